//! What is open: kept in step with the client, and looked at.

use super::*;

impl Server {
    /// Where a document lies, or would lie when it is saved.
    pub(super) fn path_of(&self, uri: &Uri) -> PathBuf {
        uri::path(uri).unwrap_or_else(|| {
            let folder = match self.folders.first() {
                Some(folder) => folder.path.clone(),
                None => std::env::current_dir().unwrap_or_default(),
            };
            folder.join(uri::name(uri))
        })
    }

    pub(super) fn opened(&mut self, params: DidOpenTextDocumentParams) {
        let item = params.text_document;
        // Cells are opened with their notebook; odd clients tell of them again.
        if self.cells.contains_key(&item.uri) {
            return;
        }
        let path = self.path_of(&item.uri);
        self.put(Document::file(item, path));
    }

    pub(super) fn opened_notebook(&mut self, params: DidOpenNotebookDocumentParams) {
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

    pub(super) fn put(&mut self, mut document: Document) {
        self.revision += 1;
        document.revision = self.revision;
        let uri = document.uri.clone();
        self.documents.insert(uri.clone(), document);
        self.touched(&uri);
    }

    pub(super) fn changed(&mut self, params: DidChangeTextDocumentParams) {
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

    pub(super) fn changed_notebook(&mut self, params: DidChangeNotebookDocumentParams) {
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
    pub(super) fn touched(&mut self, uri: &Uri) {
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

    pub(super) fn closed(&mut self, uri: &Uri) {
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

    pub(super) fn snapshot(&mut self, uri: &Uri) -> Option<Snapshot> {
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

    pub(super) fn is_current(&self, analysis: &Analysis, folder: Option<&Arc<Folder>>) -> bool {
        let document = self.documents.get(&analysis.snapshot.uri);
        match (document, folder) {
            (Some(document), Some(folder)) => analysis.is_of(document.revision, folder),
            _ => false,
        }
    }

    /// Has a document looked at, unless that is being done.
    pub(super) fn look_at(&mut self, uri: &Uri) {
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

    pub(super) fn analysed(&mut self, uri: &Uri, result: Result<Arc<Analysis>, String>) {
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
        let complaints: Vec<String> = issues.iter().map(folder::told).collect();
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

    pub(super) fn publish(
        &self,
        uri: Uri,
        version: Option<i32>,
        list: Vec<gen_lsp_types::Diagnostic>,
    ) {
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
}
