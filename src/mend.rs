//! Fixing as a run does it: to the file, to standard output, or as a difference.

use std::path::Path;

use hotlint_core::lint::FixLevel;
use hotlint_core::python::Source;

use crate::check::{Setup, check};
use crate::fix;
use crate::outcome::Linted;
use crate::read::Origin;
use crate::render::{self, Style};
use crate::report::Checked;
use crate::verdict::{FileReport, Problem, ProblemKind};

/// What becomes of fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They are part of the report.
    Report,
    /// They are applied to the file, or on the way from standard input to standard output.
    Fix,
    /// They are shown as a difference.
    Diff { color: bool },
}

/// Mends one file as far as fixes may be trusted.
pub fn file(
    source: Source,
    origin: Origin,
    setup: &Setup,
    unsafe_fixes: bool,
    mode: Mode,
) -> Linted {
    let fixed = fix::fix_to_fixpoint(&source, setup, allowed(unsafe_fixes));
    mended(source, origin, setup, mode, fixed)
}

/// Mends what stands in the report of one file, and nothing else.
pub fn standing(file: Checked, setup: &Setup, unsafe_fixes: bool, mode: Mode) -> Linted {
    let Checked {
        source,
        origin,
        report,
    } = file;
    let fixed = fix::fix_standing(&source, setup, report, allowed(unsafe_fixes));
    mended(source, origin, setup, mode, fixed)
}

fn allowed(unsafe_fixes: bool) -> FixLevel {
    match unsafe_fixes {
        true => FixLevel::Unsafe,
        false => FixLevel::Safe,
    }
}

/// Puts what was fixed where `mode` wants it.
fn mended(source: Source, origin: Origin, setup: &Setup, mode: Mode, fixed: fix::Fixed) -> Linted {
    let count = fixed.counts.values().sum();
    let before = Checked {
        source,
        origin,
        report: FileReport::default(),
    };
    let mut output = Vec::new();
    if let Err(error) = put(&before, &fixed.source, count, mode, &mut output) {
        let Checked { source, origin, .. } = before;
        let mut report = check(&source, setup);
        let message = error.to_string();
        report
            .problems
            .push(problem(ProblemKind::Unreadable, message));
        return Linted::reported(source, origin, report);
    }
    let mut report = fixed.report;
    for bug in &fixed.bugs {
        report
            .problems
            .push(problem(ProblemKind::Internal, bug.to_string()));
    }
    if mode != Mode::Fix {
        report.findings.clear();
    }
    let mut linted = Linted::reported(fixed.source, before.origin, report);
    linted.fixed = count;
    linted.output = output;
    linted
}

/// Puts the text `after` where `mode` wants it.
fn put(
    before: &Checked,
    after: &Source,
    count: usize,
    mode: Mode,
    output: &mut Vec<u8>,
) -> Result<(), fix::WriteError> {
    let Checked { source, origin, .. } = before;
    match mode {
        Mode::Report => Ok(()),
        Mode::Diff { color } => {
            let style = Style {
                color,
                ..Style::default()
            };
            Ok(render::diff(before, after, output, &style)?)
        }
        Mode::Fix if origin.path == Path::new("-") => {
            *output = fix::bytes(origin, source, after)?;
            Ok(())
        }
        Mode::Fix if count == 0 => Ok(()),
        Mode::Fix => fix::write(origin, source, after),
    }
}

fn problem(kind: ProblemKind, message: String) -> Problem {
    Problem {
        kind,
        range: None,
        message,
        help: String::new(),
    }
}
