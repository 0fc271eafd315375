//! The server's state, and the loop that serves one message after the other.

mod documents;
mod folders;
mod life;
mod news;
mod requests;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::{Receiver, Sender, select, tick, unbounded};
use gen_lsp_types::{
    ApplyWorkspaceEditParams, CodeAction, ConfigurationItem, ConfigurationParams,
    DidChangeNotebookDocumentParams, DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
    DidChangeWorkspaceFoldersParams, DidCloseNotebookDocumentParams, DidCloseTextDocumentParams,
    DidOpenNotebookDocumentParams, DidOpenTextDocumentParams, MessageType, Position,
    PublishDiagnosticsParams, Range, ShowDocumentParams, ShowMessageParams, Uri,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response, ResponseError};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::actions::{self, Deferred, What};
use super::analysis::{Analysis, Snapshot};
use super::answers::{Answer, Failure, Question, value};
use super::client::{self, Abilities, Wishes};
use super::document::{Content, Document};
use super::folder::{self, Folder};
use super::sweeps::Sweeps;
use super::work::Work;
use super::{Options, commands, diagnostics, greeting, uri};
use crate::crash;
use crate::page;
use crate::terminal::Terminal;

/// How often files and the client's process are looked at, where nobody tells of changes.
const TICK: Duration = Duration::from_secs(2);

/// What comes back from work.
pub enum Event {
    Analysed(Uri, Result<Arc<Analysis>, String>),
    Answered(RequestId, Result<Answer, Failure>),
    /// A folder with its profiles.
    Folder(Box<Folder>, Option<String>),
}

/// Where the server is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Fresh,
    Running,
    ShutDown,
}

/// What an answer of the client is to.
#[derive(Clone, Debug)]
enum Sent {
    /// Wishes for these folders, and for all others.
    Configuration(Vec<PathBuf>),
    /// Nothing depends on it.
    Other(&'static str),
}

/// One client, with all that it has open.
pub struct Server {
    sender: Sender<Message>,
    events: Receiver<Event>,
    work: Work<Event>,
    sweeps: Sweeps,
    terminal: Terminal,
    phase: Phase,
    abilities: Arc<Abilities>,
    /// What the user wants in all folders, unless [`Self::own_wishes`] says otherwise.
    wishes: Wishes,
    own_wishes: FxHashMap<PathBuf, Wishes>,
    /// Profiles that were loaded by hand.
    profile: Option<Vec<PathBuf>>,
    folders: Vec<Arc<Folder>>,
    /// For documents that lie in no folder of the workspace.
    loose: Vec<Arc<Folder>>,
    generation: u64,
    documents: FxHashMap<Uri, Document>,
    /// The notebooks of cells.
    cells: FxHashMap<Uri, Uri>,
    revision: u64,
    /// Requests without an answer so far, and how to tell their work that none is wanted.
    open: FxHashMap<RequestId, Arc<AtomicBool>>,
    /// Questions that wait for a document to be looked at.
    waiting: Vec<(RequestId, Uri, Question)>,
    sent: FxHashMap<RequestId, Sent>,
    last_sent: i32,
    complaints: FxHashSet<String>,
    watched: Vec<PathBuf>,
    stamps: Vec<(PathBuf, Option<(SystemTime, u64)>)>,
    client_process: Option<i32>,
    started: Instant,
}

impl Server {
    /// # Errors
    /// When there are no threads to be had.
    pub fn new(sender: Sender<Message>, options: Options, terminal: Terminal) -> io::Result<Self> {
        let (done, events) = unbounded();
        Ok(Self {
            sweeps: Sweeps::new(sender.clone(), options.uses_cache)?,
            sender,
            events,
            work: Work::new(done)?,
            terminal,
            phase: Phase::Fresh,
            abilities: Arc::default(),
            wishes: Wishes::default(),
            own_wishes: FxHashMap::default(),
            profile: None,
            folders: Vec::new(),
            loose: Vec::new(),
            generation: 0,
            documents: FxHashMap::default(),
            cells: FxHashMap::default(),
            revision: 0,
            open: FxHashMap::default(),
            waiting: Vec::new(),
            sent: FxHashMap::default(),
            last_sent: 0,
            complaints: FxHashSet::default(),
            watched: Vec::new(),
            stamps: Vec::new(),
            client_process: None,
            started: Instant::now(),
        })
    }

    /// Serves until the client goes; whether it said so before.
    pub fn run(mut self, messages: &Receiver<Message>) -> bool {
        let ticks = tick(TICK);
        let events = self.events.clone();
        loop {
            select! {
                recv(messages) -> message => match message {
                    Ok(Message::Notification(it)) if it.method == "exit" => break,
                    Ok(message) => self.guarded(message),
                    // The end of input.
                    Err(_) => break,
                },
                recv(events) -> event => if let Ok(event) = event {
                    let done = crash::guard(|| self.take(event));
                    self.log_crash(done.err());
                },
                recv(ticks) -> _ => {
                    if self.is_client_gone() {
                        break;
                    }
                    let done = crash::guard(|| self.look_at_files());
                    self.log_crash(done.err());
                },
            }
        }
        self.open
            .values()
            .for_each(|token| token.store(true, Ordering::Relaxed));
        self.phase == Phase::ShutDown
    }

    /// Whatever goes wrong with one message, the next is served.
    fn guarded(&mut self, message: Message) {
        let id = match &message {
            Message::Request(request) => Some(request.id.clone()),
            _ => None,
        };
        let done = crash::guard(|| match message {
            Message::Request(request) => self.request(request),
            Message::Notification(notification) => self.notification(notification),
            Message::Response(response) => self.response(response),
        });
        if let Err(crash) = done {
            if let Some(id) = id {
                let message = format!("hotlint crashed: {crash}");
                self.respond(&id, Err((ErrorCode::InternalError, message)));
            }
            self.log_crash(Some(crash));
        }
    }

    fn log_crash(&self, crash: Option<String>) {
        if let Some(crash) = crash {
            self.terminal.error(format_args!(
                "hotlint crashed: {crash}; this is a bug in hotlint; please report it"
            ));
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Answered(id, result) => self.respond(&id, result),
            Event::Analysed(uri, result) => self.analysed(&uri, result),
            Event::Folder(folder, complaint) => {
                self.complain(complaint.as_slice());
                let list = self.folders.iter_mut().chain(&mut self.loose);
                // Not if it was read again in the meantime.
                let mut old = list.filter(|old| old.path == folder.path);
                let old = old.find(|old| old.generation + 1 == folder.generation);
                if let Some(old) = old {
                    *old = Arc::from(folder);
                    self.settle();
                }
            }
        }
    }

    fn respond(&mut self, id: &RequestId, result: Result<Answer, Failure>) {
        // It may have been cancelled, which is an answer too.
        if self.open.remove(id).is_none() {
            return;
        }
        let result = match result {
            Ok(Answer::Value(value)) => Ok(value),
            Ok(Answer::Change(_)) if !self.abilities.applies_edits => Err(ResponseError {
                code: ErrorCode::RequestFailed as i32,
                message: "the client makes no edits that it is asked for".to_owned(),
                data: None,
            }),
            Ok(Answer::Change(edit)) => {
                let params = ApplyWorkspaceEditParams {
                    label: Some("hotlint".to_owned()),
                    edit,
                    metadata: None,
                };
                self.send("workspace/applyEdit", json!(params), Sent::Other("an edit"));
                Ok(Value::Null)
            }
            Ok(Answer::BaselineChanged) => {
                self.reload(|_| true);
                Ok(Value::Null)
            }
            Err((code, message)) => Err(ResponseError {
                code: code as i32,
                message,
                data: None,
            }),
        };
        let response = Response {
            id: id.clone(),
            response_result: result,
        };
        // Nobody listens any more: the end of input tells.
        let _ = self.sender.send(response.into());
    }

    fn send(&mut self, method: &str, params: Value, sent: Sent) {
        self.last_sent += 1;
        let id = RequestId::from(self.last_sent);
        self.sent.insert(id.clone(), sent);
        let _ = self
            .sender
            .send(Request::new(id, method.to_owned(), params).into());
    }

    fn tell(&self, method: &str, params: Value) {
        let _ = self
            .sender
            .send(Notification::new(method.to_owned(), params).into());
    }

    fn show(&self, kind: MessageType, message: String) {
        self.tell(
            "window/showMessage",
            json!(ShowMessageParams { kind, message }),
        );
    }

    /// Shows what the user has to know, each thing once.
    fn complain(&mut self, complaints: &[String]) {
        for complaint in complaints {
            if self.complaints.insert(complaint.clone()) {
                self.show(MessageType::Warning, format!("hotlint: {complaint}"));
            }
        }
    }
}

/// Parameters, or the words for what is wrong with them.
fn read<T: DeserializeOwned>(params: Value) -> Result<T, Failure> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}
