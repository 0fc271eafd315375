//! `check(&Source, &Setup) -> FileReport`: the only pipeline. Command line, editor and tests all call it.
//!
//! **Invariant**: pure. No disk, no clock, no environment; the same text and setup give the same report.

use std::sync::Arc;

use hotlint_core::lint::Cx;
use hotlint_core::python::{Facts, ParseProblem, Source, SourceKind, Versions, parse};

use crate::policy::Policy;
use crate::suppress;
use crate::verdict::{Fate, FileReport, Marked};

/// Everything that decides what is reported, except the text itself. Cheap to clone: what is costly is made once for
/// each configuration file and shared by all threads.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// The Python versions that the linted project, or the script, supports.
    pub python: Versions,
    pub policy: Arc<Policy>,
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
                heat: None,
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
