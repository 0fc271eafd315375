//! Requests for the diagnostics of the whole workspace: their progress, their parts, and when there is nothing new to say.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use gen_lsp_types::{WorkspaceDiagnosticReport, WorkspaceDocumentDiagnosticReport};
use lsp_server::{Message, Notification, Request, RequestId};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::analysis::Snapshot;
use super::client::Abilities;
use super::folder::Folder;
use super::work;
use super::workspace::{Memory, Sweep};

/// What takes less is over before a bar could be seen.
const PATIENCE: Duration = Duration::from_millis(500);

/// What is kept from one request to the next.
pub struct Sweeps {
    sender: Sender<Message>,
    uses_cache: bool,
    pool: Arc<rayon::ThreadPool>,
    memory: Arc<Memory>,
    /// Goes up with everything that could change what is found.
    changes: u64,
    last: Arc<Mutex<Option<Last>>>,
    asked: u64,
}

/// What the client had when everything was last looked at.
struct Last {
    changes: u64,
    ids: FxHashMap<String, String>,
}

/// One request, ready to be worked on.
pub struct Job {
    sender: Sender<Message>,
    uses_cache: bool,
    pool: Arc<rayon::ThreadPool>,
    memory: Arc<Memory>,
    folders: Vec<Arc<Folder>>,
    abilities: Arc<Abilities>,
    open: Vec<Snapshot>,
    previous: FxHashMap<String, String>,
    partial: Option<Value>,
    /// The client's token for progress.
    given: Option<Value>,
    /// The name of a token of our own.
    own: String,
    is_told: bool,
    changes: u64,
    last: Arc<Mutex<Option<Last>>>,
}

impl Sweeps {
    /// # Errors
    /// When there are no threads to be had.
    pub fn new(sender: Sender<Message>, uses_cache: bool) -> io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Self {
            sender,
            uses_cache,
            // Whoever types has the other half.
            pool: Arc::new(work::pool((cores / 2).max(1), "sweep")?),
            memory: Arc::default(),
            changes: 0,
            last: Arc::default(),
            asked: 0,
        })
    }

    pub fn something_changed(&mut self) {
        self.changes += 1;
    }

    /// Takes a request; `is_told` says whether the client tells of changed files.
    pub fn start(
        &mut self,
        params: &Value,
        folders: &[Arc<Folder>],
        abilities: &Arc<Abilities>,
        open: Vec<Snapshot>,
        is_told: bool,
    ) -> Job {
        self.asked += 1;
        let ids = params.get("previousResultIds").and_then(Value::as_array);
        let pair = |id: &Value| {
            let text = |key: &str| Some(id.get(key)?.as_str()?.to_owned());
            Some((text("uri")?, text("value")?))
        };
        Job {
            sender: self.sender.clone(),
            uses_cache: self.uses_cache,
            pool: Arc::clone(&self.pool),
            memory: Arc::clone(&self.memory),
            folders: folders.to_vec(),
            abilities: Arc::clone(abilities),
            open,
            previous: ids.into_iter().flatten().filter_map(pair).collect(),
            partial: params.get("partialResultToken").cloned(),
            given: params.get("workDoneToken").cloned(),
            own: format!("hotlint-workspace-{}", self.asked),
            is_told,
            changes: self.changes,
            last: Arc::clone(&self.last),
        }
    }
}

impl Job {
    /// Looks at everything, unless it `is_cancelled`. With `creates`, a request of that name may make a bar of our own.
    pub fn run(
        self,
        is_cancelled: &AtomicBool,
        creates: Option<RequestId>,
    ) -> WorkspaceDiagnosticReport {
        if self.is_told && self.is_as_before() {
            return WorkspaceDiagnosticReport::default();
        }
        let ids = Mutex::new(self.previous.clone());
        let items = Mutex::new(Vec::new());
        let tell = |reports: Vec<WorkspaceDocumentDiagnosticReport>| {
            if reports.is_empty() {
                return;
            }
            note(
                &mut ids.lock().unwrap_or_else(PoisonError::into_inner),
                &reports,
            );
            match &self.partial {
                Some(token) => self.progress(token, json!({ "items": reports })),
                None => items
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .extend(reports),
            }
        };
        let bar = Bar::new(&self, creates);
        Sweep {
            folders: self.folders.clone(),
            abilities: Arc::clone(&self.abilities),
            open: self.open.clone(),
            previous: self.previous.clone(),
            memory: &self.memory,
            uses_cache: self.uses_cache,
            is_cancelled,
            tell: &tell,
            step: &|done, all| bar.step(done, all),
        }
        .run(&self.pool);
        bar.end();
        if !is_cancelled.load(Ordering::Relaxed) {
            let ids = ids.into_inner().unwrap_or_else(PoisonError::into_inner);
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            *last = Some(Last {
                changes: self.changes,
                ids,
            });
        }
        let items = items.into_inner().unwrap_or_else(PoisonError::into_inner);
        WorkspaceDiagnosticReport { items }
    }

    /// Whether nothing has changed since the client got what it has.
    fn is_as_before(&self) -> bool {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref()
            .is_some_and(|last| last.changes == self.changes && last.ids == self.previous)
    }

    fn progress(&self, token: &Value, value: Value) {
        let params = json!({"token": token, "value": value});
        let notification = Notification::new("$/progress".to_owned(), params);
        let _ = self.sender.send(notification.into());
    }
}

/// What the client has once it got `reports`.
fn note(ids: &mut FxHashMap<String, String>, reports: &[WorkspaceDocumentDiagnosticReport]) {
    for report in reports {
        match report {
            WorkspaceDocumentDiagnosticReport::WorkspaceFullDocumentDiagnosticReport(full) => {
                match &full.full_document_diagnostic_report.result_id {
                    Some(id) => ids.insert(full.uri.0.clone(), id.clone()),
                    None => ids.remove(&full.uri.0),
                };
            }
            WorkspaceDocumentDiagnosticReport::WorkspaceUnchangedDocumentDiagnosticReport(_) => {}
        }
    }
}

/// How far the work is, where somebody looks.
struct Bar<'a> {
    job: &'a Job,
    started: Instant,
    creates: Mutex<Option<RequestId>>,
    token: Mutex<Option<Value>>,
    percent: AtomicU64,
}

impl<'a> Bar<'a> {
    fn new(job: &'a Job, creates: Option<RequestId>) -> Self {
        let bar = Self {
            job,
            started: Instant::now(),
            creates: Mutex::new(creates),
            token: Mutex::new(job.given.clone()),
            percent: AtomicU64::new(0),
        };
        if let Some(token) = &job.given {
            bar.begin(token);
        }
        bar
    }

    fn begin(&self, token: &Value) {
        let value =
            json!({"kind": "begin", "title": "hotlint", "cancellable": false, "percentage": 0});
        self.job.progress(token, value);
    }

    fn step(&self, done: usize, all: usize) {
        let mut token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        if token.is_none() && self.started.elapsed() > PATIENCE {
            let mut creates = self.creates.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(id) = creates.take() {
                let own = Value::from(self.job.own.as_str());
                let params = json!({ "token": own });
                let request = Request::new(id, "window/workDoneProgress/create".to_owned(), params);
                let _ = self.job.sender.send(request.into());
                self.begin(&own);
                *token = Some(own);
            }
        }
        let percent = (done * 100 / all.max(1)) as u64;
        if let Some(token) = &*token
            && self.percent.swap(percent, Ordering::Relaxed) != percent
        {
            let message = format!("{done} of {all} files");
            let value = json!({"kind": "report", "message": message, "percentage": percent});
            self.job.progress(token, value);
        }
    }

    fn end(self) {
        let token = self
            .token
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = token {
            self.job.progress(&token, json!({"kind": "end"}));
        }
    }
}
