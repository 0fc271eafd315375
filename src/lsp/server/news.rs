//! What the client tells, and what it answers.

use super::*;

impl Server {
    pub(super) fn notification(&mut self, notification: Notification) {
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
                let uri = params.pointer("/textDocument/uri").and_then(Value::as_str);
                let path = uri.and_then(|uri| uri::path(&Uri::from(uri)));
                // Those who watch files tell of it once more.
                if !self.abilities.registers_watchers {
                    self.forget_project(path.as_slice());
                }
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

    pub(super) fn cancel(&mut self, id: &RequestId) {
        if let Some(token) = self.open.get(id) {
            token.store(true, Ordering::Relaxed);
            self.waiting.retain(|(waiting, ..)| waiting != id);
            let message = "the client wants it no more".to_owned();
            self.respond(id, Err((ErrorCode::RequestCanceled, message)));
        }
    }

    pub(super) fn response(&mut self, response: Response) {
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

    pub(super) fn reconfigured(&mut self, params: &Value) {
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

    pub(super) fn wished(&mut self, folders: &[PathBuf], values: &[Value]) {
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

    pub(super) fn files_changed(&mut self, params: &DidChangeWatchedFilesParams) {
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
        if !files.is_empty() {
            self.forget_project(&files);
        }
    }

    pub(super) fn folders_changed(&mut self, params: DidChangeWorkspaceFoldersParams) {
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
}
