//! Offset -> the row and column that people and machines are told.

use std::fmt;

use hotlint_core::python::{Source, SourceKind};
use hotlint_core::text_size::TextSize;

use crate::report::Checked;

/// A position: all numbers are 1-based, and columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Number of the notebook's cell, text cells counted too, as notebook editors do; `row` then counts within the cell.
    pub cell: Option<usize>,
    pub row: usize,
    pub column: usize,
}

impl Place {
    /// Where `offset` is; what lies past the end of the text is at its end.
    pub fn of(file: &Checked, offset: TextSize) -> Self {
        let text = file.source.text();
        let offset = inside(text, offset);
        let position = file.source.lines().line_column(offset, text);
        let (row, column) = (position.line.get(), position.column.get());
        match Cell::at(&file.source, offset) {
            None => Self {
                cell: None,
                row,
                column,
            },
            Some(cell) => Self {
                cell: Some(cell.number(file)),
                row: (row - cell.first_line).max(1),
                column,
            },
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(cell) = self.cell {
            write!(f, "cell {cell}:")?;
        }
        write!(f, "{}:{}", self.row, self.column)
    }
}

/// A code cell of a notebook.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    /// Which of the code cells, from 0.
    pub index: usize,
    /// Lines of the joined text before it.
    pub first_line: usize,
}

impl Cell {
    /// The cell that holds `offset`; `None` outside notebooks.
    pub fn at(source: &Source, offset: TextSize) -> Option<Self> {
        let SourceKind::Notebook { cells } = source.kind() else {
            return None;
        };
        // The last entry is the end of the last cell.
        let last = cells.len().checked_sub(2)?;
        let index = cells
            .partition_point(|start| *start <= offset)
            .saturating_sub(1)
            .min(last);
        let start = inside(source.text(), cells[index]);
        Some(Self {
            index,
            first_line: source.lines().line_index(start).to_zero_indexed(),
        })
    }

    /// The cell's number as a notebook editor counts: from 1, all kinds of cells.
    pub fn number(self, file: &Checked) -> usize {
        file.origin
            .notebook
            .as_ref()
            .and_then(|notebook| notebook.index().iter().nth(self.index))
            .map_or(self.index + 1, |cell| cell.cell_index().get())
    }
}

/// `offset`, moved back to where a character starts: a range that a rule got wrong must not bring down the report.
pub(super) fn inside(text: &str, offset: TextSize) -> TextSize {
    let offset = text.floor_char_boundary(offset.to_usize());
    TextSize::try_from(offset).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn told(file: &Checked, offset: usize) -> String {
        Place::of(file, TextSize::try_from(offset).unwrap()).to_string()
    }

    #[test]
    fn columns_count_characters_whatever_the_line_end() {
        let file = sample::file("a.py", "x = 1\r\né = '𐐀' + y\r\n", vec![]);
        assert_eq!(told(&file, 0), "1:1");
        assert_eq!(told(&file, file.source.text().find('y').unwrap()), "2:11");
        assert_eq!(told(&file, 999), "3:1");
    }

    #[test]
    fn a_notebook_is_told_by_the_cells_that_its_editor_counts() {
        let file = sample::notebook(&["import re\n", "x = 1\ny = 2"], vec![]);
        let y = file.source.text().find('y').unwrap();
        assert_eq!(told(&file, 0), "cell 2:1:1");
        assert_eq!(told(&file, y), "cell 4:2:1");
    }
}
