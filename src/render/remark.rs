//! A finding or a problem as formats tell it that know nothing of cells, causes and costs.

use hotlint_core::lint::Severity;
use hotlint_core::text_size::TextRange;

use super::concise::one_line;
use super::{Place, Style, problem_name, standing};
use crate::report::Checked;
use crate::verdict::{Marked, Problem, ProblemKind};

/// One thing that is said about a file.
pub(super) struct Remark<'a> {
    /// The rule, or the kind of problem.
    pub name: &'static str,
    pub severity: Severity,
    /// One line. In a notebook it tells the place, for [`Remark::region`] cannot.
    pub message: String,
    /// Where, if anywhere in the text.
    pub range: Option<TextRange>,
    /// The same for tools that know files only.
    pub region: Option<Region>,
    /// What it is made from; `None` for a problem.
    pub marked: Option<&'a Marked>,
}

/// Rows and columns of a file as it is on disk: from 1, in characters, the end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub row: usize,
    pub column: usize,
    pub end_row: usize,
    pub end_column: usize,
}

impl Region {
    /// The first line of a notebook stands for all of it: the lines of its JSON are nobody's concern.
    pub fn of(file: &Checked, range: TextRange) -> Self {
        let (start, end) = (Place::of(file, range.start()), Place::of(file, range.end()));
        match start.cell {
            Some(_) => Self {
                row: 1,
                column: 1,
                end_row: 1,
                end_column: 1,
            },
            None => Self {
                row: start.row,
                column: start.column,
                end_row: end.row,
                end_column: end.column,
            },
        }
    }

    pub fn is_one_line(self) -> bool {
        self.row == self.end_row
    }
}

/// All that is said about `file`: problems first, for they say how far the findings go.
pub(super) fn remarks(file: &Checked) -> impl Iterator<Item = Remark<'_>> {
    let problems = (file.report.problems.iter()).map(|problem| Remark::problem(file, problem));
    problems.chain(standing(&file.report).map(|marked| Remark::finding(file, marked)))
}

impl<'a> Remark<'a> {
    /// `:row:column`, to be put behind the path; nothing for what concerns the file as a whole.
    pub fn place(&self, file: &Checked) -> String {
        let start = self.range.map(|range| Place::of(file, range.start()));
        start.map_or_else(String::new, |place| format!(":{place}"))
    }

    pub fn finding(file: &Checked, marked: &'a Marked) -> Self {
        let finding = &marked.finding;
        Self {
            name: finding.rule,
            severity: marked.severity,
            message: with_cell(file, finding.range, one_line(&finding.message)),
            range: Some(finding.range),
            region: Some(Region::of(file, finding.range)),
            marked: Some(marked),
        }
    }

    pub fn problem(file: &Checked, problem: &Problem) -> Self {
        let message = one_line(&problem.message);
        Self {
            name: problem_name(problem.kind),
            severity: severity_of(problem.kind),
            message: match problem.range {
                Some(range) => with_cell(file, range, message),
                None => message,
            },
            range: problem.range,
            region: problem.range.map(|range| Region::of(file, range)),
            marked: None,
        }
    }
}

/// As loud as it counts for the exit code.
fn severity_of(kind: ProblemKind) -> Severity {
    match kind {
        ProblemKind::Unreadable | ProblemKind::Internal => Severity::Error,
        ProblemKind::Undecodable | ProblemKind::Syntax | ProblemKind::TooDeep => Severity::Warning,
        ProblemKind::TooLarge => Severity::Info,
    }
}

fn with_cell(file: &Checked, range: TextRange, message: String) -> String {
    let place = Place::of(file, range.start());
    match place.cell {
        Some(_) => format!("{place}: {message}"),
        None => message,
    }
}

/// The path of a file as seen from the top of the repository.
pub(super) fn path(file: &Checked, style: &Style) -> String {
    let path = file.source.path();
    match style.below.is_empty() || std::path::Path::new(path).is_absolute() {
        true => path.to_owned(),
        false => format!("{}/{path}", style.below),
    }
}
