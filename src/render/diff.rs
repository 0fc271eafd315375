//! What fixing would change, as a unified diff.

use std::io;

use anstyle::AnsiColor;
use hotlint_core::python::{Source, SourceKind};
use hotlint_core::text_size::TextRange;
use similar::{ChangeTag, TextDiff};

use super::place::Cell;
use super::{Style, paint};
use crate::report::Checked;

/// Writes the difference between the file and its fixed text, each cell of a notebook on its own; nothing when there is none.
pub fn diff(
    file: &Checked,
    fixed: &Source,
    out: &mut dyn io::Write,
    style: &Style,
) -> io::Result<()> {
    let (before, after) = (&file.source, fixed);
    match (before.kind(), after.kind()) {
        (SourceKind::Notebook { cells: old }, SourceKind::Notebook { cells: new }) => {
            for (old, new) in old.windows(2).zip(new.windows(2)) {
                let cell = Cell::at(before, old[0]).map_or(0, |cell| cell.number(file));
                let name = format!("{}:cell {cell}", before.path());
                let (old, new) = (
                    TextRange::new(old[0], old[1]),
                    TextRange::new(new[0], new[1]),
                );
                unified(&name, &before.text()[old], &after.text()[new], out, style)?;
            }
            Ok(())
        }
        _ => unified(before.path(), before.text(), after.text(), out, style),
    }
}

fn unified(
    name: &str,
    before: &str,
    after: &str,
    out: &mut dyn io::Write,
    style: &Style,
) -> io::Result<()> {
    if before == after {
        return Ok(());
    }
    let bold = anstyle::Style::new().bold();
    writeln!(out, "{}", paint(style, bold, format_args!("--- {name}")))?;
    writeln!(out, "{}", paint(style, bold, format_args!("+++ {name}")))?;
    let diff = TextDiff::from_lines(before, after);
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        let cyan = AnsiColor::Cyan.on_default();
        writeln!(out, "{}", paint(style, cyan, hunk.header()))?;
        for change in hunk.iter_changes() {
            let (sign, color) = match change.tag() {
                ChangeTag::Equal => (' ', anstyle::Style::new()),
                ChangeTag::Delete => ('-', AnsiColor::Red.on_default()),
                ChangeTag::Insert => ('+', AnsiColor::Green.on_default()),
            };
            let whole: &str = change.value();
            let line = whole.trim_end_matches(['\r', '\n']);
            write!(out, "{}", paint(style, color, format_args!("{sign}{line}")))?;
            // The line end as the file has it, so that the diff can be applied.
            out.write_all(&whole.as_bytes()[line.len()..])?;
            if change.missing_newline() {
                write!(out, "\n\\ No newline at end of file\n")?;
            }
        }
    }
    Ok(())
}
