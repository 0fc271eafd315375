//! What `check` says about one file: findings with their fates, and what kept it from being checked.

use hotlint_core::lint::{Finding, Severity};
use hotlint_core::python::{MAX_DEPTH, ParseProblem};
use hotlint_core::text_size::TextRange;

use crate::anchor::Anchor;

/// What `check` has to say about one file.
#[derive(Debug, Default)]
pub struct FileReport {
    /// In order of place, then of rule. Marked, never dropped: unused suppressions, baselines and ranking read the same list.
    pub findings: Vec<Marked>,
    /// What kept the file from being checked in full: syntax errors, nesting that is too deep, a crashed rule.
    pub problems: Vec<Problem>,
}

/// A finding and what becomes of it.
#[derive(Debug)]
pub struct Marked {
    pub finding: Finding,
    pub severity: Severity,
    pub fate: Fate,
    /// Where it belongs, told without line numbers.
    pub anchor: Anchor,
}

/// What becomes of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is reported.
    Stands,
    /// A comment in the file silences it.
    Suppressed { by: TextRange },
    /// The configuration silences this rule in this file.
    Quiet,
    /// The baseline knows it.
    Baselined,
    /// It was there before the change that this run looks at.
    Unchanged,
}

/// Something that kept a file from being checked in full; the run goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub kind: ProblemKind,
    /// Where, if anywhere in the text.
    pub range: Option<TextRange>,
    /// One sentence, lower case, no full stop.
    pub message: String,
    /// What the reader can do about it; may be empty.
    pub help: String,
}

/// Kinds of problem, in the words of the machine formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// It is not there, or may not be read.
    Unreadable,
    /// Bytes that are no text in the encoding that the file declares.
    Undecodable,
    /// The parser did not understand it.
    Syntax,
    /// Nested deeper than hotlint follows.
    TooDeep,
    /// Larger than `max-file-size`.
    TooLarge,
    /// A bug in hotlint.
    Internal,
}

impl FileReport {
    /// Nothing but the reason why there is no tree.
    pub(crate) fn unparsed(problem: ParseProblem) -> Self {
        let problem = match problem {
            ParseProblem::Syntax(range, message) => Problem {
                kind: ProblemKind::Syntax,
                range: Some(range),
                message,
                help: String::new(),
            },
            ParseProblem::TooDeep(range) => Problem {
                kind: ProblemKind::TooDeep,
                range: Some(range),
                message: format!("nested more than {MAX_DEPTH} levels deep"),
                help: "CPython cannot compile this either; exclude the file if it is data"
                    .to_string(),
            },
        };
        Self {
            findings: Vec::new(),
            problems: vec![problem],
        }
    }
}
