//! What `check` says about one file: findings with their fates, and what kept it from being checked.

use std::sync::Arc;

use hotlint_core::lint::{Finding, Severity};
use hotlint_core::python::{MAX_DEPTH, Open, ParseProblem};
use hotlint_core::text_size::TextRange;
use serde::{Deserialize, Serialize};

use crate::anchor::Anchor;
use crate::profile::Unit;

/// What `check` has to say about one file.
#[derive(Debug, Default)]
pub struct FileReport {
    /// In order of place, then of rule. Marked, never dropped: unused suppressions, baselines and ranking read the same list.
    pub findings: Vec<Marked>,
    /// What kept the file from being checked in full: syntax errors, nesting that is too deep, a crashed rule.
    pub problems: Vec<Problem>,
    /// What of other files it hangs on.
    pub seen: Vec<Arc<str>>,
    /// What other files have to be asked before all is found; see [`crate::check::Asking::Later`].
    pub open: Option<Open>,
}

/// A finding and what becomes of it.
#[derive(Debug)]
pub struct Marked {
    pub finding: Finding,
    pub severity: Severity,
    pub fate: Fate,
    /// `None` where there is no profile.
    pub heat: Option<Heat>,
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
    /// The profile says that little is to be had, and only what is hot was asked for.
    Cold,
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
            problems: vec![problem],
            ..Self::default()
        }
    }
}

/// What the profiles of a run say about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heat {
    /// How the finding was found in the profile.
    pub join: Join,
    /// What shares are shares of.
    pub unit: Unit,
    /// The share of the run that was spent where the finding is; an upper bound for the finding itself. 0 to 1.
    pub share: f64,
    /// The share of the run that its fix saves at most.
    pub bound: f64,
    /// What its fix is expected to save; for the order only.
    pub score: f64,
    /// How many times less the operation takes, at most, where that was measured.
    pub times: Option<f64>,
    /// How often the place ran, where that was counted.
    pub hits: Option<u64>,
    /// The line where that place begins: findings of one function share its time. 0 where nothing was seen.
    pub at: u32,
}

/// How a finding was found in a profile: the further down, the surer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Join {
    /// No profile saw its file, or watched its function.
    Unprofiled,
    /// Its file was seen, and nothing of its function.
    File,
    /// The function was seen as a whole.
    Function,
    /// The lines were seen.
    Line,
    /// The very expression was seen.
    Span,
}

impl Heat {
    pub const fn unprofiled() -> Self {
        Self {
            join: Join::Unprofiled,
            unit: Unit::Samples,
            share: 0.0,
            bound: 0.0,
            score: 0.0,
            times: None,
            hits: None,
            at: 0,
        }
    }

    /// Whether a profile saw it, and its fix can save `share` of the run.
    pub fn reaches(&self, share: f64) -> bool {
        self.join != Join::Unprofiled && self.bound >= share
    }
}

impl Join {
    /// In machine formats.
    pub fn name(self) -> &'static str {
        match self {
            Join::Unprofiled => "unprofiled",
            Join::File => "file",
            Join::Function => "function",
            Join::Line => "line",
            Join::Span => "span",
        }
    }
}
