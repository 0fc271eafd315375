//! One file's text, as the pipeline gets it.

use ruff_source_file::{LineIndex, OneIndexed};
use ruff_text_size::TextRange;
use ruff_text_size::TextSize;

use crate::commands::CommandFile;

/// The text of one file, decoded, with the line ends that it has on disk and without its byte order mark.
#[derive(Debug)]
pub struct Source {
    path: String,
    text: String,
    kind: SourceKind,
    lines: std::sync::OnceLock<LineIndex>,
}

/// What kind of text it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceKind {
    Module,
    /// `.pyi`: read for what others ask about it, never reported.
    Stub,
    /// The code cells of a notebook, joined; offsets at which each cell starts, and the end of the last.
    Notebook {
        cells: Vec<TextSize>,
    },
    /// No Python: command lines that start it.
    Commands(CommandFile),
}

impl Source {
    /// `path` is what reports show and what globs are matched against: relative to the root, with forward slashes.
    pub fn new(path: impl Into<String>, text: impl Into<String>, kind: SourceKind) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
            kind,
            lines: std::sync::OnceLock::new(),
        }
    }

    /// A module; the shorthand of tests.
    pub fn module(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(path, text, SourceKind::Module)
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn kind(&self) -> &SourceKind {
        &self.kind
    }

    /// The place of a line with its line end, counted from 1; `None` past the last one.
    pub fn line(&self, row: usize) -> Option<TextRange> {
        let number = OneIndexed::new(row).filter(|_| row <= self.lines().line_count())?;
        Some(self.lines().line_range(number, &self.text))
    }

    /// Where lines start; counted when first asked for.
    pub fn lines(&self) -> &LineIndex {
        self.lines
            .get_or_init(|| LineIndex::from_source_text(&self.text))
    }
}
