//! A finding or a problem as the machine formats tell it.
//!
//! **Invariant**: all keys are always there; what does not apply is `null`, a list without entries is empty.

use hotlint_core::lint::{FixLevel, Severity};
use hotlint_core::text_size::TextRange;
use serde::Serialize;

use super::{Place, Told, cost, problem_name, told};
use crate::measure::evidence::{self, Figure};
use crate::profile::Unit;
use crate::report::{Checked, Report};
use crate::verdict::{Fate, Marked, Problem};

#[derive(Serialize)]
pub(super) struct Record<'a> {
    /// `finding`, or what kind of problem it is.
    kind: &'static str,
    rule: Option<&'a str>,
    message: &'a str,
    path: &'a str,
    /// Number of the notebook's cell; rows count within it.
    cell: Option<usize>,
    location: Option<Position>,
    end_location: Option<Position>,
    severity: &'static str,
    cost: Option<String>,
    /// What the rule's fix gained where it was measured.
    measured: Option<&'static Figure>,
    help: Option<&'a str>,
    causes: Vec<Because<'a>>,
    steps: Vec<Stage<'a>>,
    fix: Option<Repair<'a>>,
    fate: Option<&'static str>,
    heat: Option<Warmth>,
}

/// What the profiles say; shares are shares of the run, 0 to 1.
#[derive(Serialize)]
struct Warmth {
    /// `span`, `line`, `function`, `file` or `unprofiled`.
    join: &'static str,
    unit: Unit,
    share: f64,
    bound: f64,
    times: Option<f64>,
    hits: Option<u64>,
}

/// 1-based; columns count characters.
#[derive(Serialize)]
struct Position {
    row: usize,
    column: usize,
}

#[derive(Serialize)]
struct Because<'a> {
    message: &'a str,
    cell: Option<usize>,
    location: Position,
    end_location: Position,
}

/// A call on the way to what costs, maybe in another file.
#[derive(Serialize)]
struct Stage<'a> {
    message: &'a str,
    path: &'a str,
    row: usize,
}

#[derive(Serialize)]
struct Repair<'a> {
    level: &'static str,
    title: &'a str,
    caveat: Option<&'a str>,
    edits: Vec<Change<'a>>,
}

#[derive(Serialize)]
struct Change<'a> {
    content: &'a str,
    cell: Option<usize>,
    location: Position,
    end_location: Position,
}

/// Everything that the report has to say, in its order.
pub(super) fn records(report: &Report) -> impl Iterator<Item = Record<'_>> {
    told(report).into_iter().map(|(file, told)| match told {
        Told::Problem(problem) => Record::problem(file, problem),
        Told::Finding(marked) => Record::finding(file, marked),
    })
}

impl<'a> Record<'a> {
    fn finding(file: &'a Checked, marked: &'a Marked) -> Self {
        let finding = &marked.finding;
        let (cell, location, end_location) = span(file, finding.range);
        let causes = finding.causes.iter().map(|cause| {
            let (cell, location, end_location) = span(file, cause.range);
            Because {
                message: &cause.text,
                cell,
                location,
                end_location,
            }
        });
        let fix = finding.fix.as_ref().map(|fix| Repair {
            level: match fix.level {
                FixLevel::Safe => "safe",
                FixLevel::Unsafe => "unsafe",
                FixLevel::Display => "display",
            },
            title: &fix.title,
            caveat: filled(&fix.caveat),
            edits: fix
                .edits
                .iter()
                .map(|edit| {
                    let (cell, location, end_location) = span(file, edit.range);
                    Change {
                        content: &edit.text,
                        cell,
                        location,
                        end_location,
                    }
                })
                .collect(),
        });
        let cost = cost(marked);
        Self {
            kind: "finding",
            rule: Some(finding.rule),
            message: &finding.message,
            path: file.source.path(),
            cell,
            location: Some(location),
            end_location: Some(end_location),
            severity: severity(marked.severity),
            cost: (!cost.is_empty()).then_some(cost),
            measured: evidence::figure(finding.rule),
            help: filled(&finding.help),
            causes: causes.collect(),
            steps: (finding.steps.iter())
                .map(|step| Stage {
                    message: &step.text,
                    path: &step.path,
                    row: step.row,
                })
                .collect(),
            fix,
            fate: Some(match marked.fate {
                Fate::Stands => "stands",
                Fate::Assumed => "assumed",
                Fate::Suppressed { .. } => "suppressed",
                Fate::Quiet => "quiet",
                Fate::Cold => "cold",
                Fate::Baselined => "baselined",
                Fate::Unchanged => "unchanged",
            }),
            heat: marked.heat.map(|heat| Warmth {
                join: heat.join.name(),
                unit: heat.unit,
                share: rounded(heat.share),
                bound: rounded(heat.bound),
                times: heat.times,
                hits: heat.hits,
            }),
        }
    }

    fn problem(file: &'a Checked, problem: &'a Problem) -> Self {
        let (cell, location, end_location) = match problem.range.map(|range| span(file, range)) {
            Some((cell, start, end)) => (cell, Some(start), Some(end)),
            None => (None, None, None),
        };
        Self {
            kind: problem_name(problem.kind),
            rule: None,
            message: &problem.message,
            path: file.source.path(),
            cell,
            location,
            end_location,
            severity: severity(Severity::Error),
            cost: None,
            measured: None,
            help: filled(&problem.help),
            causes: Vec::new(),
            steps: Vec::new(),
            fix: None,
            fate: None,
            heat: None,
        }
    }
}

fn span(file: &Checked, range: TextRange) -> (Option<usize>, Position, Position) {
    let position = |place: Place| Position {
        row: place.row,
        column: place.column,
    };
    let start = Place::of(file, range.start());
    let end = Place::of(file, range.end());
    (start.cell, position(start), position(end))
}

/// More digits than that are noise.
fn rounded(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}

fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}
