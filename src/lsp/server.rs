//! The server's state, and what each message does to it.

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
use super::folder::Folder;
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

    // Requests.

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        self.open.insert(id.clone(), Arc::default());
        let result = match (self.phase, method.as_str()) {
            (Phase::Fresh, "initialize") => self.initialize(&params),
            (Phase::Fresh, _) => {
                let message = "the first request has to be `initialize`".to_owned();
                Err((ErrorCode::ServerNotInitialized, message))
            }
            (_, "shutdown") => {
                self.phase = Phase::ShutDown;
                value(Value::Null)
            }
            (Phase::ShutDown, _) => {
                let message = "the server was shut down".to_owned();
                Err((ErrorCode::InvalidRequest, message))
            }
            (Phase::Running, method) => match self.asked(&id, method, params) {
                // It comes later.
                Ok(None) => return,
                Ok(Some(answer)) => Ok(answer),
                Err(failure) => Err(failure),
            },
        };
        self.respond(&id, result);
    }

    /// Answers at once, or sees to it that an answer comes.
    fn asked(
        &mut self,
        id: &RequestId,
        method: &str,
        params: Value,
    ) -> Result<Option<Answer>, Failure> {
        let question = match method {
            "textDocument/diagnostic" => {
                let params: DiagnosticParams = read(params)?;
                Question::Diagnostics {
                    uri: params.text_document.uri,
                    previous: params.previous_result_id,
                }
            }
            "textDocument/codeAction" => {
                Question::Actions(Box::new(read::<actions::Params>(params)?))
            }
            "codeAction/resolve" => {
                let action: CodeAction = read(params)?;
                let data = action.data.clone().unwrap_or_default();
                let Ok(deferred) = serde_json::from_value::<Deferred>(data) else {
                    // Nothing is missing, or it is not ours.
                    return value(action).map(Some);
                };
                Question::Resolve(Box::new(action), deferred)
            }
            "textDocument/hover" => {
                let params: PlaceParams = read(params)?;
                Question::Hover(params.text_document.uri, params.position)
            }
            "textDocument/codeLens" => {
                let params: DocumentParams = read(params)?;
                Question::Lenses(params.text_document.uri)
            }
            "textDocument/inlayHint" => {
                let params: RangeParams = read(params)?;
                Question::Hints(params.text_document.uri, params.range)
            }
            "workspace/diagnostic" => return self.sweep(id, &params).map(|()| None),
            "workspace/executeCommand" => return self.command(id, params),
            "workspace/textDocumentContent" => {
                let params: UriParams = read(params)?;
                let name = uri::name(&params.uri).trim_end_matches(".md");
                let text = rule_page(name)?;
                return value(json!({ "text": text })).map(Some);
            }
            "initialize" => {
                let message = "the server is initialized already".to_owned();
                return Err((ErrorCode::InvalidRequest, message));
            }
            _ => {
                let message = format!("`{method}` is nothing that hotlint does");
                return Err((ErrorCode::MethodNotFound, message));
            }
        };
        self.ask(id, question)
    }

    /// Has a question answered, now or when its document was looked at.
    fn ask(&mut self, id: &RequestId, question: Question) -> Result<Option<Answer>, Failure> {
        let uri = match &question {
            Question::Diagnostics { uri, .. } => uri,
            Question::Actions(params) => &params.text_document.uri,
            Question::Hover(uri, _) | Question::Lenses(uri) | Question::Hints(uri, _) => uri,
            Question::Resolve(_, deferred)
            | Question::Change(deferred)
            | Question::ToBaseline(deferred) => &deferred.uri,
        };
        let uri = self.cells.get(uri).unwrap_or(uri).clone();
        let Some(document) = self.documents.get(&uri) else {
            return question.without_document().map(Some);
        };
        let known = document.analysis.clone();
        let folder = self.folder_of(&uri);
        match known.filter(|known| self.is_current(known, folder.as_ref())) {
            Some(analysis) => self.answer(id.clone(), question, analysis),
            None => {
                self.waiting.push((id.clone(), uri.clone(), question));
                self.look_at(&uri);
            }
        }
        Ok(None)
    }

    fn answer(&self, id: RequestId, question: Question, analysis: Arc<Analysis>) {
        self.work.spawn(
            move || question.answer(&analysis),
            move |result| {
                let crashed = |crash| {
                    let message = format!("hotlint crashed: {crash}");
                    Err((ErrorCode::InternalError, message))
                };
                Event::Answered(id, result.unwrap_or_else(crashed))
            },
        );
    }

    fn sweep(&mut self, id: &RequestId, params: &Value) -> Result<(), Failure> {
        let token = self.open.get(id).cloned().unwrap_or_default();
        let uris: Vec<Uri> = self.documents.keys().cloned().collect();
        let open = uris.iter().filter_map(|uri| self.snapshot(uri)).collect();
        let creates = self.abilities.progress.then(|| {
            self.last_sent += 1;
            let id = RequestId::from(self.last_sent);
            self.sent.insert(id.clone(), Sent::Other("progress"));
            id
        });
        let is_told = self.abilities.registers_watchers;
        let sweep = self
            .sweeps
            .start(params, &self.folders, &self.abilities, open, is_told);
        let id = id.clone();
        self.work.spawn_apart(
            move || sweep.run(&token, creates),
            move |result| {
                let crashed = |crash| {
                    (
                        ErrorCode::InternalError,
                        format!("hotlint crashed: {crash}"),
                    )
                };
                Event::Answered(id, result.map_err(crashed).and_then(value))
            },
        );
        Ok(())
    }

    fn command(&mut self, id: &RequestId, params: Value) -> Result<Option<Answer>, Failure> {
        let params: CommandParams = read(params)?;
        let first = params.arguments.first().cloned().unwrap_or_default();
        match params.command.as_str() {
            commands::EXPLAIN_RULE => {
                let rule: String = read(first)?;
                self.explain(&rule)?;
                value(Value::Null).map(Some)
            }
            commands::RULE_PAGE => {
                let rule: String = read(first)?;
                value(rule_page(&rule)?).map(Some)
            }
            commands::FIX_ALL => {
                let uri: Uri = read(first)?;
                self.ask(
                    id,
                    Question::Change(Deferred {
                        uri: self.cells.get(&uri).cloned().unwrap_or(uri),
                        revision: 0,
                        generation: 0,
                        what: What::FixAll,
                    }),
                )
            }
            commands::IGNORE => {
                let mut deferred: Deferred = read(first)?;
                let reason = params.arguments.get(1).and_then(Value::as_str);
                if let What::IgnoreFor(finding) = deferred.what {
                    deferred.what = What::Ignore {
                        finding,
                        reason: reason.unwrap_or_default().to_owned(),
                    };
                }
                self.ask(id, Question::Change(deferred))
            }
            commands::ADD_TO_BASELINE => {
                let deferred: Deferred = read(first)?;
                self.ask(id, Question::ToBaseline(deferred))
            }
            commands::LOAD_PROFILE => {
                let paths = match first {
                    Value::Array(_) => read::<Vec<PathBuf>>(first)?,
                    _ => read::<Vec<PathBuf>>(Value::from(params.arguments))?,
                };
                self.profile = Some(paths);
                self.reload(|_| true);
                value(Value::Null).map(Some)
            }
            commands::CLEAR_PROFILE => {
                self.profile = None;
                self.reload(|_| true);
                value(Value::Null).map(Some)
            }
            commands::DEBUG_INFORMATION => value(self.debug_information()).map(Some),
            other => {
                let message = format!("`{other}` is no command of hotlint");
                Err((ErrorCode::InvalidParams, message))
            }
        }
    }

    /// Shows the page of a rule in whatever way the client has.
    fn explain(&mut self, rule: &str) -> Result<(), Failure> {
        let text = rule_page(rule)?;
        let uri = match (
            self.abilities.document_content,
            self.abilities.shows_documents,
        ) {
            (true, true) => Some(Uri(format!("{}:/{rule}.md", diagnostics::SCHEME))),
            (false, true) => {
                let folder = std::env::temp_dir().join("hotlint-rules");
                let path = folder.join(format!("{rule}.md"));
                let written =
                    std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, &text));
                written.ok().and_then(|()| uri::of(&path))
            }
            _ => None,
        };
        match uri {
            Some(uri) => {
                let params = ShowDocumentParams {
                    uri,
                    external: None,
                    take_focus: Some(true),
                    selection: None,
                };
                self.send(
                    "window/showDocument",
                    json!(params),
                    Sent::Other("document"),
                );
            }
            None => self.show(MessageType::Info, text),
        }
        Ok(())
    }

    fn debug_information(&self) -> String {
        let mut text = format!(
            "hotlint {}\nrunning for {} s, {} documents, {} requests open\n",
            env!("CARGO_PKG_VERSION"),
            self.started.elapsed().as_secs(),
            self.documents.len(),
            self.open.len(),
        );
        for folder in self.folders.iter().chain(&self.loose) {
            let settings = folder.settings();
            let config = settings
                .path
                .as_ref()
                .map(|path| path.display().to_string());
            text.push_str(&format!(
                "\nfolder {}\n  configuration {}{}\n  rules {}\n  baseline {}\n  profiles {}\n",
                folder.path.display(),
                config.as_deref().unwrap_or("none"),
                if folder.is_broken {
                    ", with errors"
                } else {
                    ""
                },
                settings.policy.selected().count(),
                folder
                    .known
                    .as_ref()
                    .map_or(0, |known| known.baseline.len()),
                folder
                    .heat
                    .as_ref()
                    .map_or(0, |heat| heat.ranking.sources().len()),
            ));
        }
        text.push_str(&format!("\n{:#?}\n", self.abilities));
        text
    }

    // The life of the server.

    fn initialize(&mut self, params: &Value) -> Result<Answer, Failure> {
        self.phase = Phase::Running;
        self.abilities = Arc::new(Abilities::of(params));
        self.wishes = Wishes::of(params.get("initializationOptions").unwrap_or(&Value::Null));
        let process = params.get("processId").and_then(Value::as_i64);
        self.client_process = process.and_then(|process| i32::try_from(process).ok());
        for uri in client::folders(params) {
            self.add_folder(&uri);
        }
        self.stamp();
        value(greeting::of(&self.abilities, &self.wishes))
    }

    fn initialized(&mut self) {
        if self.abilities.registers_configuration {
            let registration = json!({"registrations": [
                {"id": "configuration", "method": "workspace/didChangeConfiguration", "registerOptions": {"section": "hotlint"}},
            ]});
            self.send(
                "client/registerCapability",
                registration,
                Sent::Other("registration"),
            );
        }
        self.watch();
        self.ask_wishes();
    }

    fn ask_wishes(&mut self) {
        if !self.abilities.configuration {
            return;
        }
        let section = || Some("hotlint".to_owned());
        let folders: Vec<PathBuf> = self
            .folders
            .iter()
            .map(|folder| folder.path.clone())
            .collect();
        let mut items: Vec<ConfigurationItem> = (folders.iter())
            .map(|path| ConfigurationItem {
                scope_uri: uri::of(path),
                section: section(),
            })
            .collect();
        items.push(ConfigurationItem {
            scope_uri: None,
            section: section(),
        });
        let params = ConfigurationParams { items };
        self.send(
            "workspace/configuration",
            json!(params),
            Sent::Configuration(folders),
        );
    }

    /// Registers what the client is to tell of; again, when that has changed.
    fn watch(&mut self) {
        if !self.abilities.registers_watchers {
            return;
        }
        let folders = self.folders.iter();
        let sources = folders.flat_map(|folder| {
            let sources = folder.sources().into_iter();
            sources.filter(|path| !path.extension().is_some_and(|it| it == "toml"))
        });
        let mut sources: Vec<PathBuf> = sources.collect();
        sources.sort();
        sources.dedup();
        if self.watched == sources && !self.watched.is_empty() {
            return;
        }
        let mut watchers: Vec<Value> = [
            "**/*.toml",
            "**/{.gitignore,.ignore}",
            "**/*.{py,pyw,ipynb}",
        ]
        .iter()
        .map(|glob| json!({ "globPattern": glob }))
        .collect();
        for source in &sources {
            let base = source.parent().and_then(uri::of);
            let name = source
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            if let (Some(base), Some(name), true) = (base, name, self.abilities.relative_watchers) {
                let pattern = json!({"baseUri": base, "pattern": name});
                watchers.push(json!({ "globPattern": pattern }));
            } else {
                watchers.push(json!({"globPattern": source.to_string_lossy().replace('\\', "/")}));
            }
        }
        let method = "workspace/didChangeWatchedFiles";
        if !self.watched.is_empty() {
            let params = json!({"unregisterations": [{"id": "files", "method": method}]});
            self.send(
                "client/unregisterCapability",
                params,
                Sent::Other("registration"),
            );
        }
        let params = json!({"registrations": [
            {"id": "files", "method": method, "registerOptions": {"watchers": watchers}},
        ]});
        self.send(
            "client/registerCapability",
            params,
            Sent::Other("registration"),
        );
        self.watched = sources;
    }

    fn is_client_gone(&self) -> bool {
        #[cfg(unix)]
        if let Some(process) = self.client_process.and_then(rustix::process::Pid::from_raw) {
            let error = rustix::process::test_kill_process(process).err();
            return error == Some(rustix::io::Errno::SRCH);
        }
        false
    }

    /// Looks at the files that decide about others, where the client does not tell of them.
    fn look_at_files(&mut self) {
        let is_told = |path: &Path| {
            self.abilities.registers_watchers
                && self
                    .folders
                    .iter()
                    .any(|folder| path.starts_with(&folder.path))
        };
        let changed: FxHashSet<PathBuf> = (self.stamps.iter())
            .filter(|(path, _)| !is_told(path))
            .filter(|(path, before)| stamp(path) != *before)
            .map(|(path, _)| path.clone())
            .collect();
        if !changed.is_empty() {
            self.reload(|folder| folder.sources().iter().any(|path| changed.contains(path)));
        }
    }

    fn stamp(&mut self) {
        let folders = self.folders.iter().chain(&self.loose);
        let mut sources: Vec<PathBuf> = folders.flat_map(|folder| folder.sources()).collect();
        sources.sort();
        sources.dedup();
        self.stamps = sources
            .into_iter()
            .map(|path| (path.clone(), stamp(&path)))
            .collect();
    }

    // Notifications and answers.

    fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        if self.phase != Phase::Running {
            return;
        }
        let done = match method.as_str() {
            "initialized" => {
                self.initialized();
                Ok(())
            }
            "textDocument/didOpen" => read(params).map(|params| self.opened(params)),
            "textDocument/didChange" => read(params).map(|params| self.changed(params)),
            "textDocument/didClose" => read(params)
                .map(|params: DidCloseTextDocumentParams| self.closed(&params.text_document.uri)),
            "notebookDocument/didOpen" => read(params).map(|params| self.opened_notebook(params)),
            "notebookDocument/didChange" => {
                read(params).map(|params| self.changed_notebook(params))
            }
            "notebookDocument/didClose" => {
                read(params).map(|params: DidCloseNotebookDocumentParams| {
                    self.closed(&params.notebook_document.uri)
                })
            }
            "textDocument/didSave" | "notebookDocument/didSave" => {
                self.look_at_files();
                Ok(())
            }
            "workspace/didChangeConfiguration" => {
                self.reconfigured(&params);
                Ok(())
            }
            "workspace/didChangeWatchedFiles" => {
                read(params).map(|params| self.files_changed(&params))
            }
            "workspace/didChangeWorkspaceFolders" => {
                read(params).map(|params| self.folders_changed(params))
            }
            "$/cancelRequest" => {
                let id = params.get("id").cloned().unwrap_or_default();
                if let Ok(id) = serde_json::from_value::<RequestId>(id) {
                    self.cancel(&id);
                }
                Ok(())
            }
            // What begins with a `$` may be passed over, and other news is nothing that matters here.
            _ => Ok(()),
        };
        if let Err((_, message)) = done {
            self.terminal
                .warn(format_args!("`{method}` was passed over: {message}"));
        }
    }

    fn cancel(&mut self, id: &RequestId) {
        if let Some(token) = self.open.get(id) {
            token.store(true, Ordering::Relaxed);
            self.waiting.retain(|(waiting, ..)| waiting != id);
            let message = "the client wants it no more".to_owned();
            self.respond(id, Err((ErrorCode::RequestCanceled, message)));
        }
    }

    fn response(&mut self, response: Response) {
        match (self.sent.remove(&response.id), response.response_result) {
            (Some(Sent::Configuration(folders)), Ok(values)) => {
                let values: Vec<Value> = serde_json::from_value(values).unwrap_or_default();
                self.wished(&folders, &values);
            }
            (Some(Sent::Other(what)), Err(error)) => {
                self.terminal
                    .debug(format_args!("the client refused {what}: {}", error.message));
            }
            _ => {}
        }
    }

    fn reconfigured(&mut self, params: &Value) {
        if self.abilities.configuration {
            self.ask_wishes();
            return;
        }
        let wishes = Wishes::of(params.get("settings").unwrap_or(&Value::Null));
        // Clients that have nothing to say send nothing, or an empty table.
        if wishes != Wishes::default() && wishes != self.wishes {
            self.wishes = wishes;
            self.reload(|_| true);
        }
    }

    fn wished(&mut self, folders: &[PathBuf], values: &[Value]) {
        let of = |value: Option<&Value>| {
            let wishes = value.map(Wishes::of);
            wishes.filter(|wishes| *wishes != Wishes::default())
        };
        let mut changed = false;
        if let Some(wishes) = of(values.get(folders.len())) {
            changed |= wishes != self.wishes;
            self.wishes = wishes;
        }
        for (path, value) in folders.iter().zip(values) {
            let before = self.own_wishes.get(path).cloned();
            let after = of(Some(value)).filter(|wishes| *wishes != self.wishes);
            changed |= before != after;
            match after {
                Some(wishes) => self.own_wishes.insert(path.clone(), wishes),
                None => self.own_wishes.remove(path),
            };
        }
        if changed {
            self.reload(|_| true);
        }
    }

    fn files_changed(&mut self, params: &DidChangeWatchedFilesParams) {
        let paths: Vec<PathBuf> = params
            .changes
            .iter()
            .filter_map(|change| uri::path(&change.uri))
            .collect();
        let is_source = |path: &PathBuf| {
            let extension = path.extension().and_then(|extension| extension.to_str());
            !matches!(extension, Some("py" | "pyw" | "ipynb"))
        };
        let (sources, files): (Vec<PathBuf>, Vec<PathBuf>) = paths.into_iter().partition(is_source);
        if !sources.is_empty() {
            let below = |folder: &Folder| {
                let known = folder.sources();
                sources
                    .iter()
                    .any(|path| path.starts_with(&folder.path) || known.contains(path))
            };
            self.reload(below);
        }
        let is_open = |path: &PathBuf| {
            self.documents
                .values()
                .any(|document| document.path == *path)
        };
        if files.iter().any(|path| !is_open(path)) && self.sweeps.file_changed() {
            self.refresh();
        }
    }

    fn folders_changed(&mut self, params: DidChangeWorkspaceFoldersParams) {
        for folder in &params.event.removed {
            if let Some(path) = uri::path(&folder.uri) {
                self.folders.retain(|known| known.path != path);
            }
        }
        for folder in &params.event.added {
            self.add_folder(&folder.uri);
        }
        self.loose.clear();
        self.settle();
        self.ask_wishes();
    }

    // Folders.

    fn add_folder(&mut self, uri: &Uri) {
        let Some(path) = uri::path(uri) else { return };
        if self.folders.iter().any(|known| known.path == path) {
            return;
        }
        let folder = self.read_folder(&path);
        self.folders.push(folder);
        // The innermost is found first.
        self.folders
            .sort_by_key(|folder| std::cmp::Reverse(folder.path.components().count()));
    }

    fn wishes_of(&self, path: &Path) -> Wishes {
        let own = self.own_wishes.get(path);
        let mut wishes = own.unwrap_or(&self.wishes).clone();
        if let Some(profile) = &self.profile {
            wishes.profile.clone_from(profile);
        }
        wishes
    }

    /// Reads the folder at `path`, and has its profiles read.
    fn read_folder(&mut self, path: &Path) -> Arc<Folder> {
        self.generation += 1;
        let folder = Folder::read(path, self.wishes_of(path), self.generation, self.terminal);
        if folder.complaints.is_empty() {
            // What is mended and comes back is told again.
            self.complaints.clear();
        }
        self.complain(&folder.complaints);
        if !folder.is_broken && folder.profiles().iter().any(|path| path.exists()) {
            self.generation += 1;
            let (path, wishes) = (folder.path.clone(), folder.wishes.clone());
            let (generation, terminal) = (self.generation, self.terminal);
            let work = move || {
                let mut folder = Folder::read(&path, wishes, generation, terminal);
                let heat = folder.heat(terminal);
                let complaint = heat.as_ref().err().cloned();
                folder.heat = heat.ok().flatten();
                (folder, complaint)
            };
            // Nothing is lost by a crash but the heat.
            self.work.spawn_apart(work, |result| match result {
                Ok((folder, complaint)) => Event::Folder(Box::new(folder), complaint),
                Err(crash) => {
                    eprintln!("hotlint: a profile could not be read: {crash}");
                    Event::Answered(RequestId::from(0), value(Value::Null))
                }
            });
        }
        Arc::new(folder)
    }

    /// Reads folders again, those that `which` names.
    fn reload(&mut self, which: impl Fn(&Folder) -> bool) {
        for index in 0..self.folders.len() + self.loose.len() {
            let at = index.checked_sub(self.folders.len());
            let before = match at {
                None => Arc::clone(&self.folders[index]),
                Some(at) => Arc::clone(&self.loose[at]),
            };
            if !which(&before) {
                continue;
            }
            let after = self.read_folder(&before.path);
            // While somebody is writing a configuration, the last good one counts.
            let kept = if after.is_broken && !before.is_broken && before.wishes == after.wishes {
                before
            } else {
                after
            };
            match at {
                None => self.folders[index] = kept,
                Some(at) => self.loose[at] = kept,
            }
        }
        self.settle();
    }

    /// After folders have changed.
    fn settle(&mut self) {
        self.sweeps.something_changed();
        self.stamp();
        self.watch();
        self.refresh();
    }

    /// Has everything that is shown brought up to date.
    fn refresh(&mut self) {
        match self.abilities.pulls {
            true if self.abilities.refreshes_diagnostics => {
                self.send(
                    "workspace/diagnostic/refresh",
                    Value::Null,
                    Sent::Other("a refresh"),
                );
            }
            true => {}
            false => {
                let uris: Vec<Uri> = self.documents.keys().cloned().collect();
                uris.iter().for_each(|uri| self.look_at(uri));
            }
        }
        if self.abilities.refreshes_lenses {
            self.send(
                "workspace/codeLens/refresh",
                Value::Null,
                Sent::Other("a refresh"),
            );
        }
        if self.abilities.refreshes_hints {
            self.send(
                "workspace/inlayHint/refresh",
                Value::Null,
                Sent::Other("a refresh"),
            );
        }
    }

    /// The folder that decides about a document.
    fn folder_of(&mut self, uri: &Uri) -> Option<Arc<Folder>> {
        let path = self.documents.get(uri)?.path.clone();
        if let Some(folder) = self
            .folders
            .iter()
            .find(|folder| path.starts_with(&folder.path))
        {
            return Some(Arc::clone(folder));
        }
        let parent = path.parent().unwrap_or(&path).to_path_buf();
        if let Some(folder) = self.loose.iter().find(|folder| folder.path == parent) {
            return Some(Arc::clone(folder));
        }
        let folder = self.read_folder(&parent);
        self.loose.push(Arc::clone(&folder));
        self.stamp();
        Some(folder)
    }

    // Documents.

    /// Where a document lies, or would lie when it is saved.
    fn path_of(&self, uri: &Uri) -> PathBuf {
        uri::path(uri).unwrap_or_else(|| {
            let folder = match self.folders.first() {
                Some(folder) => folder.path.clone(),
                None => std::env::current_dir().unwrap_or_default(),
            };
            folder.join(uri::name(uri))
        })
    }

    fn opened(&mut self, params: DidOpenTextDocumentParams) {
        let item = params.text_document;
        // Cells are opened with their notebook; odd clients tell of them again.
        if self.cells.contains_key(&item.uri) {
            return;
        }
        let path = self.path_of(&item.uri);
        self.put(Document::file(item, path));
    }

    fn opened_notebook(&mut self, params: DidOpenNotebookDocumentParams) {
        let notebook = params.notebook_document;
        let mut path = self.path_of(&notebook.uri);
        // Not saved yet: it has no name that tells what it is.
        if path
            .extension()
            .is_none_or(|extension| extension != "ipynb")
        {
            path.set_extension("ipynb");
        }
        let (uri, version, texts) = (notebook.uri, notebook.version, params.cell_text_documents);
        self.put(Document::notebook(
            uri,
            version,
            path,
            notebook.cells,
            texts,
        ));
    }

    fn put(&mut self, mut document: Document) {
        self.revision += 1;
        document.revision = self.revision;
        let uri = document.uri.clone();
        self.documents.insert(uri.clone(), document);
        self.touched(&uri);
    }

    fn changed(&mut self, params: DidChangeTextDocumentParams) {
        let encoding = self.abilities.encoding;
        let uri = params.text_document.text_document_identifier.uri;
        let Some(document) = self.documents.get_mut(&uri) else {
            return;
        };
        if let Content::File(part) = &mut document.content {
            part.change(
                params.text_document.version,
                params.content_changes,
                encoding,
            );
            self.revision += 1;
            document.revision = self.revision;
            self.touched(&uri);
        }
    }

    fn changed_notebook(&mut self, params: DidChangeNotebookDocumentParams) {
        let encoding = self.abilities.encoding;
        let (uri, version) = (
            params.notebook_document.uri,
            params.notebook_document.version,
        );
        let Some(document) = self.documents.get_mut(&uri) else {
            return;
        };
        let before: Vec<Uri> = document
            .content
            .parts()
            .map(|part| part.uri.clone())
            .collect();
        document.change_notebook(version, params.change.cells, encoding);
        self.revision += 1;
        document.revision = self.revision;
        let gone = before
            .into_iter()
            .filter(|cell| document.content.part(cell).is_none());
        let gone: Vec<Uri> = gone.collect();
        for cell in gone {
            self.cells.remove(&cell);
            self.publish(cell, None, Vec::new());
        }
        self.touched(&uri);
    }

    /// After a document has changed.
    fn touched(&mut self, uri: &Uri) {
        self.sweeps.something_changed();
        if let Some(document) = self.documents.get(uri)
            && let Content::Notebook { .. } = document.content
        {
            let cells = document
                .content
                .parts()
                .map(|part| (part.uri.clone(), uri.clone()));
            self.cells.extend(cells);
        }
        if !self.abilities.pulls {
            self.look_at(uri);
        }
    }

    fn closed(&mut self, uri: &Uri) {
        let Some(document) = self.documents.remove(uri) else {
            return;
        };
        self.sweeps.something_changed();
        for part in document.content.parts() {
            self.cells.remove(&part.uri);
            self.publish(part.uri.clone(), None, Vec::new());
        }
        let waiting = std::mem::take(&mut self.waiting);
        let (gone, waiting) = waiting
            .into_iter()
            .partition(|(_, waited, _)| waited == uri);
        self.waiting = waiting;
        for (id, _, question) in gone as Vec<(RequestId, Uri, Question)> {
            self.respond(&id, question.without_document());
        }
        let documents = &self.documents;
        let is_used = |folder: &Arc<Folder>| {
            documents
                .values()
                .any(|document| document.path.parent() == Some(&folder.path))
        };
        self.loose.retain(is_used);
    }

    // Looking at documents.

    fn snapshot(&mut self, uri: &Uri) -> Option<Snapshot> {
        let folder = self.folder_of(uri)?;
        let document = self.documents.get(uri)?;
        Some(Snapshot {
            uri: uri.clone(),
            path: document.path.clone(),
            revision: document.revision,
            is_python: document.is_python,
            content: document.content.clone(),
            folder,
            abilities: Arc::clone(&self.abilities),
        })
    }

    fn is_current(&self, analysis: &Analysis, folder: Option<&Arc<Folder>>) -> bool {
        let document = self.documents.get(&analysis.snapshot.uri);
        match (document, folder) {
            (Some(document), Some(folder)) => analysis.is_of(document.revision, folder),
            _ => false,
        }
    }

    /// Has a document looked at, unless that is being done.
    fn look_at(&mut self, uri: &Uri) {
        let Some(snapshot) = self.snapshot(uri) else {
            return;
        };
        let Some(document) = self.documents.get_mut(uri) else {
            return;
        };
        // One at a time: when it is done, the text of then is looked at.
        if document.in_work.is_some() {
            return;
        }
        document.in_work = Some(document.revision);
        let uri = uri.clone();
        self.work.spawn(
            move || Arc::new(snapshot.analyse()),
            move |result| Event::Analysed(uri, result),
        );
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

    fn analysed(&mut self, uri: &Uri, result: Result<Arc<Analysis>, String>) {
        let folder = self.folder_of(uri);
        let Some(document) = self.documents.get_mut(uri) else {
            return;
        };
        let looked_at = document.in_work.take();
        let analysis = match result {
            Ok(analysis) => analysis,
            Err(crash) => {
                let is_newest = looked_at == Some(document.revision);
                self.log_crash(Some(crash.clone()));
                let failed: Vec<_> = self
                    .waiting
                    .extract_if(.., |(_, waited, _)| waited == uri)
                    .collect();
                for (id, ..) in failed {
                    let message = format!("hotlint crashed: {crash}");
                    self.respond(&id, Err((ErrorCode::InternalError, message)));
                }
                if !is_newest {
                    self.look_at(uri);
                }
                return;
            }
        };
        let issues = analysis.snapshot.folder.configs.take_issues();
        let complaints: Vec<String> = issues.iter().map(super::folder::told).collect();
        self.complain(&complaints);
        if !self.is_current(&analysis, folder.as_ref()) {
            let is_waited_for = self.waiting.iter().any(|(_, waited, _)| waited == uri);
            if is_waited_for || !self.abilities.pulls {
                self.look_at(uri);
            }
            return;
        }
        if let Some(document) = self.documents.get_mut(uri) {
            document.analysis = Some(Arc::clone(&analysis));
        }
        let ready: Vec<_> = self
            .waiting
            .extract_if(.., |(_, waited, _)| waited == uri)
            .collect();
        for (id, _, question) in ready {
            self.answer(id, question, Arc::clone(&analysis));
        }
        if !self.abilities.pulls {
            let told = diagnostics::of(&analysis);
            for part in analysis.snapshot.content.parts() {
                let list = told.iter().find(|(page, _)| page.part.uri == part.uri);
                let list = list.map_or(Vec::new(), |(_, list)| list.clone());
                self.publish(part.uri.clone(), Some(part.version), list);
            }
        }
    }

    fn publish(&self, uri: Uri, version: Option<i32>, list: Vec<gen_lsp_types::Diagnostic>) {
        if self.abilities.pulls {
            return;
        }
        let params = PublishDiagnosticsParams {
            uri,
            version: version.filter(|_| self.abilities.versions_in_diagnostics),
            diagnostics: list,
        };
        self.tell("textDocument/publishDiagnostics", json!(params));
    }

    // Speaking.

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

fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn rule_page(name: &str) -> Result<String, Failure> {
    match hotlint_rules::find(name) {
        Some(rule) => Ok(page::markdown(&rule.info)),
        None => Err((
            ErrorCode::InvalidParams,
            format!("there is no rule `{name}`"),
        )),
    }
}

/// Parameters, or the words for what is wrong with them.
fn read<T: DeserializeOwned>(params: Value) -> Result<T, Failure> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DiagnosticParams {
    text_document: actions::TextDocument,
    previous_result_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DocumentParams {
    text_document: actions::TextDocument,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlaceParams {
    text_document: actions::TextDocument,
    position: Position,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RangeParams {
    text_document: actions::TextDocument,
    range: Range,
}

#[derive(Deserialize)]
struct UriParams {
    uri: Uri,
}

#[derive(Deserialize)]
struct CommandParams {
    command: String,
    #[serde(default)]
    arguments: Vec<Value>,
}
