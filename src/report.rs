//! What a run found, in the form that renderers and the fixer take.

use hotlint_core::python::Source;

use crate::rank::Ranking;
use crate::read::Origin;
use crate::verdict::FileReport;

/// Everything that one run has to say, ready to be rendered.
#[derive(Debug, Default)]
pub struct Report {
    /// Files with at least one finding (of whatever fate) or problem, ordered by path; the text of the others is let go.
    pub files: Vec<Checked>,
    /// How many files were looked at, those without findings included.
    pub checked: usize,
    /// What the profiles of the run say, where there are any.
    pub ranking: Option<Ranking>,
    /// Whether findings were compared with a baseline or an older version.
    pub compared: bool,
}

/// One file with what is said about it.
#[derive(Debug)]
pub struct Checked {
    /// The text; empty when the file could not be read, and for show only when it could not be decoded.
    pub source: Source,
    pub origin: Origin,
    pub report: FileReport,
}
