//! What a run came to: the report, and what was mended.

use hotlint_core::lint::Finding;
use hotlint_core::python::{Open, Source};

use crate::cache::Key;
use crate::check::{Setup, check};
use crate::discover::Target;
use crate::read::Origin;
use crate::report::{Checked, Report};
use crate::verdict::{FileReport, Problem};

/// What a run came to.
#[derive(Debug, Default)]
pub struct Outcome {
    pub report: Report,
    /// How many findings were mended.
    pub fixed: usize,
    /// What mending standard input, or showing the difference, has to print.
    pub output: Vec<u8>,
}

/// What one file came to.
#[derive(Debug, Default)]
pub struct Linted {
    /// Most files have nothing to say: those take little room.
    pub checked: Option<Box<Checked>>,
    pub fixed: usize,
    pub output: Vec<u8>,
    /// What is to be asked of other files, with what the cache calls the answer.
    pub open: Option<(Open, Option<Key>)>,
}

impl Linted {
    pub fn checked(source: Source, origin: Origin, setup: &Setup) -> Self {
        let report = check(&source, setup);
        Self::reported(source, origin, report)
    }

    pub fn refused(source: Source, origin: Origin, problem: Problem) -> Self {
        let report = FileReport {
            problems: vec![problem],
            ..FileReport::default()
        };
        Self::reported(source, origin, report)
    }

    pub fn reported(source: Source, origin: Origin, mut report: FileReport) -> Self {
        Self {
            open: report.open.take().map(|open| (open, None)),
            checked: Some(Box::new(Checked {
                source,
                origin,
                report,
            })),
            ..Self::default()
        }
    }

    /// What was found, if anything is said of it.
    pub fn found(&self) -> impl Iterator<Item = &Finding> {
        let checked = self.checked.iter();
        checked.flat_map(|checked| checked.report.findings.iter().map(|marked| &marked.finding))
    }

    /// Lets the text go when there is nothing to say about it.
    pub fn without_idle_text(mut self) -> Self {
        let said = |checked: &Checked| {
            let FileReport {
                findings, problems, ..
            } = &checked.report;
            !findings.is_empty() || !problems.is_empty()
        };
        self.checked = self.checked.filter(|checked| said(checked));
        self
    }
}

impl Outcome {
    pub fn of(targets: &[Target]) -> Self {
        let report = Report {
            files: Vec::new(),
            checked: targets.len(),
            ..Report::default()
        };
        Self {
            report,
            ..Self::default()
        }
    }

    #[must_use]
    pub fn with(mut self, file: Linted) -> Self {
        self.report
            .files
            .extend(file.checked.map(|checked| *checked));
        self.fixed += file.fixed;
        self.output.extend(file.output);
        self
    }
}
