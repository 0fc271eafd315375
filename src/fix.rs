//! Text + findings -> better text, checked again after each step.

mod apply;
mod write;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use hotlint_core::lint::{Fix, FixLevel};
use hotlint_core::python::Source;
use rustc_hash::FxHashSet;

use crate::check::{Setup, check};
use crate::verdict::{Fate, FileReport, ProblemKind};

pub use apply::{Applied, apply, fitted};
pub use write::{WriteError, bytes, replace, temporary_prefix, write};

/// Fixes that leave more work than this many passes do not come to an end.
const MOST_PASSES: usize = 100;
/// Nor do those that let a text grow far beyond what it was: it could double with each pass.
const MOST_GROWTH: usize = 64 * 1024;

/// A file after all fixes.
#[derive(Debug)]
pub struct Fixed {
    pub source: Source,
    /// How many findings of each rule were mended.
    pub counts: BTreeMap<&'static str, usize>,
    /// What is left to say about the new text.
    pub report: FileReport,
    /// Fixes that were thrown away because of what they did.
    pub bugs: Vec<Bug>,
}

/// What a fix did that no fix may do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bug {
    pub rule: &'static str,
    pub kind: BugKind,
}

/// The ways in which a fix can be wrong that show without understanding it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BugKind {
    /// The text does not parse afterwards.
    Breaks,
    /// Its edits overlap each other, lie outside the text, or cross a cell's boundary.
    Malformed,
    /// There is always one more to apply.
    Endless,
}

impl fmt::Display for Bug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            BugKind::Breaks => "leaves code that does not parse",
            BugKind::Malformed => "has edits that cannot be applied",
            BugKind::Endless => "calls for another fix without end",
        };
        write!(
            f,
            "a fix of `{}` {what}: it was not applied; this is a bug in hotlint",
            self.rule
        )
    }
}

/// Applies the fixes of standing findings, checks what has become of the text, and goes on until none is left.
///
/// Takes safe fixes only, unless `allowed` is lower; those for display are never applied.
pub fn fix_to_fixpoint(source: &Source, setup: &Setup, allowed: FixLevel) -> Fixed {
    fixpoint(source, allowed, &|source| check(source, setup))
}

/// Applies the fixes of those findings that stand in `report`, and of none that come to light by it.
pub fn fix_standing(
    source: &Source,
    setup: &Setup,
    report: FileReport,
    allowed: FixLevel,
) -> Fixed {
    let first = Cell::new(Some(report));
    fixpoint(source, allowed, &|source| {
        first.take().unwrap_or_else(|| {
            let mut report = check(source, setup);
            for marked in &mut report.findings {
                marked.fate = Fate::Unchanged;
            }
            report
        })
    })
}

/// The same with the fixes of one rule only; the report is about that rule alone.
pub fn fix_rule_to_fixpoint(
    source: &Source,
    setup: &Setup,
    allowed: FixLevel,
    rule: &str,
) -> Fixed {
    fixpoint(source, allowed, &|source| {
        let mut report = check(source, setup);
        report.findings.retain(|marked| marked.finding.rule == rule);
        report
    })
}

type Check<'a> = &'a dyn Fn(&Source) -> FileReport;

fn fixpoint(source: &Source, allowed: FixLevel, check: Check) -> Fixed {
    let mut bugs = BTreeSet::new();
    let mut excluded = BTreeSet::new();
    loop {
        match attempt(source, allowed, check, &excluded, &mut bugs) {
            Ok(mut fixed) => {
                fixed.bugs = bugs.into_iter().collect();
                return fixed;
            }
            // All is undone: a text in the midst of an endless change is nothing to hand out.
            Err(endless) => {
                bugs.extend(endless.iter().map(|rule| Bug {
                    rule,
                    kind: BugKind::Endless,
                }));
                excluded.extend(endless);
            }
        }
    }
}

/// One run to the fixed point without the rules in `excluded`; `Err` names the rules whose fixes did not come to an end.
fn attempt(
    original: &Source,
    allowed: FixLevel,
    check: Check,
    excluded: &BTreeSet<&'static str>,
    bugs: &mut BTreeSet<Bug>,
) -> Result<Fixed, BTreeSet<&'static str>> {
    let mut fixed = Fixed {
        report: check(original),
        source: copy(original),
        counts: BTreeMap::new(),
        bugs: Vec::new(),
    };
    let mut thrown = FxHashSet::default();
    let mut seen = FxHashSet::from_iter([original.text().to_owned()]);
    let mut last = BTreeSet::new();
    for _ in 0..MOST_PASSES {
        let Fixed { source, report, .. } = &fixed;
        let candidates: Vec<(&'static str, &Fix)> = report
            .findings
            .iter()
            .filter(|marked| marked.fate == Fate::Stands)
            .filter_map(|marked| Some((marked.finding.rule, marked.finding.fix.as_ref()?)))
            .filter(|(rule, fix)| {
                !excluded.contains(rule) && !thrown.contains(&Signature::of(rule, fix, source))
            })
            .collect();
        let fixes: Vec<&Fix> = candidates.iter().map(|(_, fix)| *fix).collect();
        let applied = apply(source, &fixes, allowed);
        for index in &applied.malformed {
            let (rule, fix) = candidates[*index];
            thrown.insert(Signature::of(rule, fix, source));
            bugs.insert(Bug {
                rule,
                kind: BugKind::Malformed,
            });
        }
        if applied.applied.is_empty() {
            return Ok(fixed);
        }
        let mut trial = Trial {
            source,
            report,
            fixes: &fixes,
            allowed,
            check,
            guilty: Vec::new(),
        };
        let good = trial.good(applied.applied);
        for index in &trial.guilty {
            let (rule, fix) = candidates[*index];
            thrown.insert(Signature::of(rule, fix, source));
            bugs.insert(Bug {
                rule,
                kind: BugKind::Breaks,
            });
        }
        let Some(good) = good else { continue };
        last = good
            .which
            .iter()
            .map(|index| candidates[*index].0)
            .collect();
        let rules: Vec<_> = good
            .which
            .iter()
            .map(|index| candidates[*index].0)
            .collect();
        for rule in rules {
            *fixed.counts.entry(rule).or_default() += 1;
        }
        fixed.source = good.source;
        fixed.report = good.report;
        let text = fixed.source.text();
        let too_long = text.len() > 2 * original.text().len() + MOST_GROWTH;
        if too_long || !seen.insert(text.to_owned()) {
            return Err(last);
        }
    }
    Err(last)
}

/// One pass, taken back in parts when the whole of it breaks the text.
struct Trial<'a> {
    source: &'a Source,
    report: &'a FileReport,
    fixes: &'a [&'a Fix],
    allowed: FixLevel,
    check: Check<'a>,
    guilty: Vec<usize>,
}

/// Fixes that can be applied together, and what comes of it.
struct Good {
    which: Vec<usize>,
    source: Source,
    report: FileReport,
}

impl Trial<'_> {
    /// As many of `which` as leave a text that parses; puts those that break it on their own on the list of the guilty.
    fn good(&mut self, which: Vec<usize>) -> Option<Good> {
        if let Some(good) = self.together(which.clone()) {
            return Some(good);
        }
        if let [guilty] = which[..] {
            self.guilty.push(guilty);
            return None;
        }
        let (left, right) = which.split_at(which.len() / 2);
        match (self.good(left.to_vec()), self.good(right.to_vec())) {
            (Some(left), Some(right)) => {
                let both = [&left.which[..], &right.which[..]].concat();
                // Each half is fine, only not with the other: that half waits for the next pass.
                Some(self.together(both).unwrap_or(left))
            }
            (left, right) => left.or(right),
        }
    }

    fn together(&self, which: Vec<usize>) -> Option<Good> {
        let fixes: Vec<&Fix> = which.iter().map(|index| self.fixes[*index]).collect();
        let applied = apply(self.source, &fixes, self.allowed);
        let report = (self.check)(&applied.source);
        (errors(&report) <= errors(self.report)).then_some(Good {
            which,
            source: applied.source,
            report,
        })
    }
}

fn errors(report: &FileReport) -> usize {
    let kinds = [ProblemKind::Syntax, ProblemKind::TooDeep];
    let problems = report.problems.iter();
    problems
        .filter(|problem| kinds.contains(&problem.kind))
        .count()
}

/// The numbers of those findings of `report` whose fixes can be applied together, each of which leaves a text that parses, with and without the
/// others. Those that `skip` names are left out.
pub fn together(
    source: &Source,
    report: &FileReport,
    setup: &Setup,
    allowed: FixLevel,
    skip: &dyn Fn(&Signature) -> bool,
) -> Vec<usize> {
    let findings = report.findings.iter().enumerate();
    let candidates: Vec<(usize, &Fix)> = findings
        .filter(|(_, marked)| marked.fate == Fate::Stands)
        .filter_map(|(index, marked)| {
            let fix = marked.finding.fix.as_ref()?;
            (!skip(&Signature::of(marked.finding.rule, fix, source))).then_some((index, fix))
        })
        .collect();
    let fixes: Vec<&Fix> = candidates.iter().map(|(_, fix)| *fix).collect();
    let applied = apply(source, &fixes, allowed);
    let mut trial = Trial {
        source,
        report,
        fixes: &fixes,
        allowed,
        check: &|source| check(source, setup),
        guilty: Vec::new(),
    };
    let good = match applied.applied.is_empty() {
        true => None,
        false => trial.good(applied.applied),
    };
    let which = good.map(|good| good.which).unwrap_or_default();
    which.into_iter().map(|index| candidates[index].0).collect()
}

/// What stays the same of a fix when the text around it moves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Signature {
    rule: &'static str,
    /// The old and the new text of each edit.
    edits: Vec<(String, String)>,
}

impl Signature {
    pub fn of(rule: &'static str, fix: &Fix, source: &Source) -> Self {
        let text = source.text();
        let edits = fix.edits.iter().map(|edit| {
            let old = text.get(edit.range.start().to_usize()..edit.range.end().to_usize());
            (old.unwrap_or_default().to_owned(), edit.text.clone())
        });
        Self {
            rule,
            edits: edits.collect(),
        }
    }
}

fn copy(source: &Source) -> Source {
    Source::new(source.path(), source.text(), source.kind().clone())
}

#[cfg(test)]
mod tests;
