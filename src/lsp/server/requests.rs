//! Requests of the client: answered at once, or put to those who look at documents.

use super::*;

impl Server {
    pub(super) fn request(&mut self, request: Request) {
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
    pub(super) fn asked(
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
    pub(super) fn ask(
        &mut self,
        id: &RequestId,
        question: Question,
    ) -> Result<Option<Answer>, Failure> {
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

    pub(super) fn answer(&self, id: RequestId, question: Question, analysis: Arc<Analysis>) {
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

    pub(super) fn sweep(&mut self, id: &RequestId, params: &Value) -> Result<(), Failure> {
        let token = self.open.get(id).cloned().unwrap_or_default();
        let uris: Vec<Uri> = self.documents.keys().cloned().collect();
        let open = uris.iter().filter_map(|uri| self.snapshot(uri)).collect();
        let creates = self.abilities.progress.then(|| {
            // It may never be sent; and if so, nothing depends on the answer.
            self.last_sent += 1;
            RequestId::from(self.last_sent)
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

    pub(super) fn command(
        &mut self,
        id: &RequestId,
        params: Value,
    ) -> Result<Option<Answer>, Failure> {
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
    pub(super) fn explain(&mut self, rule: &str) -> Result<(), Failure> {
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

    pub(super) fn debug_information(&self) -> String {
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
