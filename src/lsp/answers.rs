//! Answers to questions about one document, from what was found in it.

use gen_lsp_types::{
    CodeAction, DocumentDiagnosticReport, FullDocumentDiagnosticReport, Position, Range,
    RelatedFullDocumentDiagnosticReport, RelatedUnchangedDocumentDiagnosticReport,
    UnchangedDocumentDiagnosticReport, Uri, WorkspaceEdit,
};
use lsp_server::ErrorCode;
use serde::Serialize;
use serde_json::Value;

use super::actions::{self, Deferred, What};
use super::analysis::Analysis;
use super::{diagnostics, heat, hover};
use crate::baseline;

/// What a client wants to know, or to have done.
#[derive(Debug)]
pub enum Question {
    Diagnostics {
        uri: Uri,
        previous: Option<String>,
    },
    Actions(Box<actions::Params>),
    Resolve(Box<CodeAction>, Deferred),
    Hover(Uri, Position),
    Lenses(Uri),
    Hints(Uri, Range),
    /// An edit that the server itself asks the client to make.
    Change(Deferred),
    ToBaseline(Deferred),
}

/// What is to be said, or done, in answer.
#[derive(Debug)]
pub enum Answer {
    Value(Value),
    /// Nothing; but the client is to make an edit first.
    Change(WorkspaceEdit),
    /// Nothing; but the baseline is another one now.
    BaselineChanged,
}

/// A code of the protocol with a sentence.
pub type Failure = (ErrorCode, String);

impl Question {
    /// What to say where the document is not known.
    pub fn without_document(&self) -> Result<Answer, Failure> {
        match self {
            Self::Diagnostics { .. } => value(full(None, Vec::new())),
            Self::Actions(_) | Self::Lenses(_) | Self::Hints(..) => value(Vec::<()>::new()),
            Self::Hover(..) => value(Value::Null),
            Self::Resolve(..) | Self::Change(_) | Self::ToBaseline(_) => Err(gone()),
        }
    }

    /// Answers it.
    ///
    /// # Errors
    /// When it is about a text that is no more, or something cannot be done.
    pub fn answer(self, analysis: &Analysis) -> Result<Answer, Failure> {
        match self {
            Self::Diagnostics { uri, previous } => {
                let told = diagnostics::of(analysis).into_iter();
                let mut told = told.filter(|(page, _)| page.part.uri == uri);
                let items = told.next().map_or(Vec::new(), |(_, list)| list);
                let result = diagnostics::result_id(&items);
                value(match previous == Some(result.clone()) {
                    true => unchanged(result),
                    false => full(Some(result), items),
                })
            }
            Self::Actions(params) => value(actions::of(analysis, &params)),
            Self::Resolve(action, deferred) => {
                fits(analysis, &deferred)?;
                value(actions::resolved(analysis, *action, &deferred.what))
            }
            Self::Hover(uri, position) => value(hover::of(analysis, &uri, position)),
            Self::Lenses(uri) => value(heat::lenses(analysis, &uri)),
            Self::Hints(uri, range) => value(heat::hints(analysis, &uri, &range)),
            Self::Change(deferred) => {
                // All at once fits any text; one finding is told by its number.
                if deferred.what != What::FixAll {
                    fits(analysis, &deferred)?;
                }
                match actions::edit(analysis, &deferred.what) {
                    Some(edit) => Ok(Answer::Change(edit)),
                    None => value(Value::Null),
                }
            }
            Self::ToBaseline(deferred) => {
                fits(analysis, &deferred)?;
                to_baseline(analysis, &deferred.what)
            }
        }
    }
}

fn to_baseline(analysis: &Analysis, what: &What) -> Result<Answer, Failure> {
    let folder = &analysis.snapshot.folder;
    let found = analysis.checked.as_ref().and_then(|checked| match what {
        What::Fix(index) => Some((checked, checked.report.findings.get(*index)?)),
        _ => None,
    });
    let (Some((checked, marked)), Some(path)) = (found, folder.settings().baseline.clone()) else {
        return Err(gone());
    };
    let shown = checked.source.path();
    baseline::add(&path, folder.configs.cwd(), shown, marked).map_err(|error| {
        (
            ErrorCode::RequestFailed,
            baseline::unwritable(&path, &error),
        )
    })?;
    Ok(Answer::BaselineChanged)
}

/// Whether what a client gives back is about the text of now.
fn fits(analysis: &Analysis, deferred: &Deferred) -> Result<(), Failure> {
    let snapshot = &analysis.snapshot;
    let is_same =
        snapshot.revision == deferred.revision && snapshot.folder.generation == deferred.generation;
    is_same.then_some(()).ok_or_else(gone)
}

fn gone() -> Failure {
    let message = "the text has changed since; ask again".to_owned();
    (ErrorCode::ContentModified, message)
}

/// # Errors
/// Never, for what the protocol has types for.
pub fn value(answer: impl Serialize) -> Result<Answer, Failure> {
    let value = serde_json::to_value(answer);
    value
        .map(Answer::Value)
        .map_err(|error| (ErrorCode::InternalError, error.to_string()))
}

fn full(
    result_id: Option<String>,
    items: Vec<gen_lsp_types::Diagnostic>,
) -> DocumentDiagnosticReport {
    DocumentDiagnosticReport::RelatedFullDocumentDiagnosticReport(
        RelatedFullDocumentDiagnosticReport {
            related_documents: None,
            full_document_diagnostic_report: FullDocumentDiagnosticReport { result_id, items },
        },
    )
}

fn unchanged(result_id: String) -> DocumentDiagnosticReport {
    DocumentDiagnosticReport::RelatedUnchangedDocumentDiagnosticReport(
        RelatedUnchangedDocumentDiagnosticReport {
            related_documents: None,
            unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id },
        },
    )
}
