//! `check(&Source, &Setup) -> FileReport`: the only pipeline. Command line, editor and tests all call it.
//!
//! **Invariant**: pure. No disk but through the project that the setup brings, no clock, no environment; the same text, setup and
//! project give the same report.

use std::sync::Arc;

use hotlint_core::commands::{self, CommandFile};
use hotlint_core::lint::{Cx, Dispatch, Finding, Severity, Silence};
use hotlint_core::python::{
    Facts, ParseProblem, Project, Source, SourceKind, TypeProvider, Versions, parse,
};
use hotlint_core::text_size::TextRange;

use crate::anchor::{self, Anchor};
use crate::measure::evidence;
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
    /// The other files of the project; `None` looks at one file alone.
    pub project: Option<Arc<Project>>,
    /// When those are asked.
    pub asking: Asking,
    /// Who may know types that a file does not tell: a type checker of the whole program.
    pub types: Option<Arc<dyn TypeProvider>>,
}

/// When other files are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asking {
    /// As soon as there is a question: they are read and summarised for it.
    #[default]
    AtOnce,
    /// When all files have had their turn, and few need be read for their summaries alone: see [`FileReport::open`].
    Later {
        /// Whoever reads the file finds the same text.
        is_on_disk: bool,
    },
}

/// What all rules say of one line, selected or not, and what they asked.
#[derive(Debug)]
pub struct Explanation {
    pub found: Vec<Finding>,
    /// What the rules asked that found something.
    pub spoken: Vec<Silence>,
    /// Rules that looked and stayed silent; those that asked most come first.
    pub silent: Vec<Silence>,
}

/// Why the rules say what they say of the code that begins within `lines`.
///
/// # Errors
/// What keeps `source` from being checked at all.
pub fn explain(
    source: &Source,
    setup: &Setup,
    lines: TextRange,
) -> Result<Explanation, ParseProblem> {
    let parsed = parse(source)?;
    let facts = Facts::new(source, &parsed, setup.python).map_err(ParseProblem::TooDeep)?;
    let facts = facts
        .within(setup.project.as_deref())
        .told_by(setup.types.as_deref());
    let all = Dispatch::new(hotlint_rules::all().iter().copied());
    let (spoken, silent) = all.explain(&Cx::new(facts), lines);
    let (found, spoken) = spoken.into_iter().unzip();
    Ok(Explanation {
        found,
        spoken,
        silent,
    })
}

/// Parses `source`, runs the rules that `setup` selects, and marks what they find.
pub fn check(source: &Source, setup: &Setup) -> FileReport {
    let mut report = find(source, setup);
    judge(source, &setup.policy, &mut report);
    report
}

/// What there is to find: what the text, the Python versions and the choice of rules decide, and nothing else does.
pub fn find(source: &Source, setup: &Setup) -> FileReport {
    if let SourceKind::Commands(file) = source.kind() {
        return in_commands(source, *file, setup);
    }
    let project = setup.project.as_deref();
    let parsed = match parse(source) {
        Ok(parsed) => parsed,
        Err(problem) => return FileReport::unparsed(problem),
    };
    let facts = match Facts::new(source, &parsed, setup.python) {
        Ok(facts) => facts.within(project).told_by(setup.types.as_deref()),
        Err(place) => return FileReport::unparsed(ParseProblem::TooDeep(place)),
    };
    let cx = Cx::new(match setup.asking {
        Asking::AtOnce => facts,
        Asking::Later { is_on_disk } => facts.putting_off(is_on_disk),
    });
    // Stubs are read for what others ask about them.
    if *source.kind() == SourceKind::Stub {
        return FileReport {
            open: cx.open_questions(),
            ..FileReport::default()
        };
    }
    let policy = &setup.policy;
    let mut report = FileReport::default();
    let mut findings = policy.dispatch.run(&cx);
    for finding in &mut findings {
        finding.fix.take_if(|fix| cx.loses_comment(fix));
    }
    // What gains nothing at either end of the supported versions is nothing to report.
    findings.retain(|finding| !evidence::gains_nothing(finding.rule, setup.python));
    report.findings = findings.into_iter().map(standing).collect();
    suppress::mark(source, parsed.tokens(), &mut report, || ran(policy));
    anchor::drop_anchors(&cx, &mut report.findings);
    report.open = cx.open_questions();
    report.seen = cx.seen();
    report
}

/// The same of a file that is no Python, but starts it.
fn in_commands(source: &Source, file: CommandFile, setup: &Setup) -> FileReport {
    let policy = &setup.policy;
    let commands = commands::commands(file, source.path(), source.text());
    let findings = policy.dispatch.run_on_commands(&commands);
    let mut report = FileReport {
        findings: findings.into_iter().map(standing).collect(),
        ..FileReport::default()
    };
    let tokens = commands::statements(file, source.text());
    suppress::mark(source, &tokens, &mut report, || {
        let rules = hotlint_rules::all().iter().zip(ran(policy));
        rules
            .map(|(rule, (name, ran))| (name, ran && rule.reads_commands()))
            .collect()
    });
    anchor::drop_plain_anchors(source, &tokens, &mut report.findings);
    report
}

fn standing(finding: Finding) -> Marked {
    Marked {
        severity: Severity::Warning,
        fate: Fate::Stands,
        finding,
        heat: None,
        anchor: Anchor::default(),
    }
}

/// All rules, with whether they run.
fn ran(policy: &Policy) -> Vec<suppress::Ran<'static>> {
    let rules = hotlint_rules::all().iter().enumerate();
    rules
        .map(|(i, rule)| (rule.name, policy.severity(i).is_some()))
        .collect()
}

/// How loudly findings speak, and whether they keep quiet in this file.
pub fn judge(source: &Source, policy: &Policy, report: &mut FileReport) {
    if report.findings.is_empty() {
        return;
    }
    let quiet = policy.quiet.rules_in(source);
    for marked in &mut report.findings {
        let rule = marked.finding.rule;
        marked.severity = policy.severity_of(rule);
        if marked.fate == Fate::Stands {
            marked.fate = policy.fate_of(&marked.finding);
        }
        // Comments that are wrong are wrong everywhere.
        if !suppress::NAMES.contains(&rule) && quiet.contains(rule) {
            marked.fate = Fate::Quiet;
        }
    }
}
