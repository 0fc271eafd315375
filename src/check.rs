//! `check(&Source, &Setup) -> FileReport`: the only pipeline. Command line, editor and tests all call it.
//!
//! **Invariant**: pure. No disk, no clock, no environment; the same text and setup give the same report.

use std::sync::Arc;

use hotlint_core::lint::{Cx, Finding, Severity};
use hotlint_core::python::{Facts, MAX_DEPTH, ParseProblem, Source, SourceKind, Versions, parse};
use hotlint_core::text_size::TextRange;

use crate::policy::Policy;
use crate::suppress;

/// Everything that decides what is reported, except the text itself. Cheap to clone: what is costly is made once for
/// each configuration file and shared by all threads.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// The Python versions that the linted project, or the script, supports.
    pub python: Versions,
    pub policy: Arc<Policy>,
}

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

/// Parses `source`, runs the rules that `setup` selects, and marks what they find.
pub fn check(source: &Source, setup: &Setup) -> FileReport {
    let parsed = match parse(source) {
        Ok(parsed) => parsed,
        Err(problem) => return FileReport::unparsed(problem),
    };
    let cx = match Facts::new(source, &parsed, setup.python) {
        Ok(facts) => Cx::new(facts),
        Err(place) => return FileReport::unparsed(ParseProblem::TooDeep(place)),
    };
    // Stubs are read for what others ask about them.
    if *source.kind() == SourceKind::Stub {
        return FileReport::default();
    }
    let policy = &setup.policy;
    let findings = policy.dispatch.run(&cx);
    let mut report = FileReport::default();
    if !findings.is_empty() {
        let quiet = policy.quiet.rules_in(source);
        report
            .findings
            .extend(findings.into_iter().map(|finding| Marked {
                severity: policy.severity_of(finding.rule),
                fate: match quiet.contains(finding.rule) {
                    true => Fate::Quiet,
                    false => Fate::Stands,
                },
                finding,
            }));
    }
    suppress::mark(source, parsed.tokens(), &mut report, || {
        let rules = hotlint_rules::all().iter().enumerate();
        rules
            .map(|(i, rule)| (rule.name, policy.severity(i).is_some()))
            .collect()
    });
    report
}

impl FileReport {
    fn unparsed(problem: ParseProblem) -> Self {
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
