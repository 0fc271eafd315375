//! A fix as the few lines that it changes.

use std::fmt::Write as _;

use anstyle::AnsiColor;
use hotlint_core::lint::{Edit, Fix};
use hotlint_core::text_size::{TextRange, TextSize};
use similar::{ChangeTag, TextDiff};

use super::excerpt::{Cut, TAB, line_range, printable};
use super::place::{Cell, inside};
use super::{Style, paint};
use crate::report::Checked;

/// A longer diff tells less than the title.
const MOST: usize = 12;

/// Appends the lines that `fix` takes away and puts in, each with its number.
pub(super) fn write(text: &mut String, file: &Checked, fix: &Fix, style: &Style) {
    let changes = changes(file, &fix.edits);
    let digits = changes
        .iter()
        .take(MOST)
        .map(|change| change.number)
        .max()
        .unwrap_or(0)
        .to_string()
        .len();
    for change in changes.iter().take(MOST) {
        let (sign, color) = if change.added {
            ('+', AnsiColor::Green)
        } else {
            ('-', AnsiColor::Red)
        };
        let line = shown(&change.line, style.width.saturating_sub(digits + 8).max(20));
        let number = paint(
            style,
            anstyle::Style::new().dimmed(),
            format_args!("{:>digits$}", change.number),
        );
        let line = format!("{sign} {line}");
        let line = paint(style, color.on_default(), line.trim_end());
        let _ = writeln!(text, "    {number} {line}");
    }
    if changes.len() > MOST {
        let _ = writeln!(text, "    … {} more lines", changes.len() - MOST);
    }
}

struct Change {
    added: bool,
    /// The line's number before the fix (taken away), or where it comes to stand (put in).
    number: usize,
    line: String,
}

fn changes(file: &Checked, edits: &[Edit]) -> Vec<Change> {
    let source = &file.source;
    let text = source.text();
    let line_of = |offset: TextSize| {
        let offset = inside(text, offset);
        source.lines().line_index(offset).to_zero_indexed()
    };
    let mut changes = Vec::new();
    let mut rest = edits;
    while let Some(first) = rest.first() {
        // Edits of the same line, or of lines that follow each other, make one piece.
        let from = line_of(first.range.start());
        let mut to = line_of(first.range.end());
        let mut count = 1;
        while let Some(next) = rest.get(count)
            && line_of(next.range.start()) <= to + 1
        {
            to = to.max(line_of(next.range.end()));
            count += 1;
        }
        let (piece, later) = rest.split_at(count);
        rest = later;

        let start = line_range(source, from).start();
        let end = line_range(source, to).end().max(start);
        let (mut after, mut at) = (String::new(), start);
        for edit in piece {
            let (from, to) = (
                inside(text, edit.range.start()),
                inside(text, edit.range.end()),
            );
            if from < at || to < from {
                continue;
            }
            after.push_str(&text[TextRange::new(at, from)]);
            after.push_str(&edit.text);
            at = to;
        }
        after.push_str(&text[TextRange::new(at.min(end.max(at)), end.max(at))]);
        let before = &text[TextRange::new(start, end)];

        let above = Cell::at(source, start).map_or(0, |cell| cell.first_line);
        let (before, after) = (lines(before), lines(&after));
        for change in TextDiff::from_slices(&before, &after).iter_all_changes() {
            let (added, index) = match change.tag() {
                ChangeTag::Equal => continue,
                ChangeTag::Delete => (false, change.old_index()),
                ChangeTag::Insert => (true, change.new_index()),
            };
            changes.push(Change {
                added,
                number: (from + index.unwrap_or(0) + 1).saturating_sub(above),
                line: (*change.value()).to_owned(),
            });
        }
    }
    changes
}

/// What `str::lines` says, but without a difference between no line and an empty one.
fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

/// The line as far as it fits, in characters that a terminal shows.
fn shown(line: &str, width: usize) -> String {
    let cut = Cut::new(line, None, width);
    let mut shown = String::with_capacity(cut.to);
    for c in line[cut.from..cut.to].chars().map(printable) {
        if c == '\t' {
            shown.push_str(&" ".repeat(TAB));
        } else {
            shown.push(c);
        }
    }
    if cut.to < line.len() {
        shown.push('…');
    }
    shown
}
