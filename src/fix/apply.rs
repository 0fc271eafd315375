//! Many fixes on one text: each with all of its edits, or not at all.

use std::collections::BTreeMap;

use hotlint_core::lint::{Edit, Fix, FixLevel};
use hotlint_core::python::{Source, SourceKind};
use hotlint_core::text_size::{TextRange, TextSize};

/// A text after one pass; numbers are indices of the fixes that were given.
#[derive(Debug)]
pub struct Applied {
    pub source: Source,
    /// In the order in which they stand in the text.
    pub applied: Vec<usize>,
    /// Left for the next pass, because they overlap or touch one that was applied.
    pub skipped: Vec<usize>,
    /// Those that fit on no text like this one.
    pub malformed: Vec<usize>,
}

/// Edits in the order of the text; the number keeps insertions at one place in the order of their fix.
type Chosen<'a> = BTreeMap<(TextSize, TextSize, usize), &'a str>;

/// Applies those of `fixes` that are at least `allowed`, earlier places first. Edits get the line end of the file.
pub fn apply(source: &Source, fixes: &[&Fix], allowed: FixLevel) -> Applied {
    let text = source.text();
    let allowed = allowed.max(FixLevel::Unsafe);
    let mut order: Vec<usize> = (0..fixes.len())
        .filter(|index| fixes[*index].level >= allowed && !fixes[*index].edits.is_empty())
        .collect();
    order.sort_by_key(|index| {
        let first = &fixes[*index].edits[0].range;
        (first.start(), first.end(), *index)
    });

    let mut chosen = Chosen::new();
    let mut hulls: Vec<TextRange> = Vec::new();
    let (mut applied, mut skipped, mut malformed) = (Vec::new(), Vec::new(), Vec::new());
    for index in order {
        let edits = &fixes[index].edits;
        if !fits(source, edits) {
            malformed.push(index);
            continue;
        }
        // An import that another fix brings already is no reason to wait.
        let fresh: Vec<&Edit> = edits
            .iter()
            .filter(|edit| !(is_import(edit) && is_chosen(&chosen, edit)))
            .collect();
        // What stands between two edits of one fix is what it counts on.
        let hull = hull(edits);
        let in_between = |other: &TextRange| other.intersect(hull).is_some();
        if fresh.iter().any(|edit| is_taken(&chosen, edit.range)) || hulls.iter().any(in_between) {
            skipped.push(index);
            continue;
        }
        hulls.push(hull);
        let count = chosen.len();
        chosen.extend(fresh.iter().enumerate().map(|(number, edit)| {
            let key = (edit.range.start(), edit.range.end(), count + number);
            (key, edit.text.as_str())
        }));
        applied.push(index);
    }

    let line_end = line_end(text);
    let mut result = String::with_capacity(text.len());
    let mut at = TextSize::default();
    for ((start, end, _), new) in &chosen {
        result.push_str(&text[TextRange::new(at, *start)]);
        result.push_str(&with_line_end(new, line_end));
        at = *end;
    }
    result.push_str(&text[at.to_usize()..]);

    let kind = match source.kind() {
        SourceKind::Notebook { cells } => SourceKind::Notebook {
            cells: moved(cells, &chosen, line_end),
        },
        kind => kind.clone(),
    };
    Applied {
        source: Source::new(source.path(), result, kind),
        applied,
        skipped,
        malformed,
    }
}

/// The edits of one fix with the line end of the file; `None` where they do not fit on it.
pub fn fitted(source: &Source, fix: &Fix) -> Option<Vec<Edit>> {
    let line_end = line_end(source.text());
    let edit = |edit: &Edit| Edit::replace(edit.range, with_line_end(&edit.text, line_end));
    fits(source, &fix.edits).then(|| fix.edits.iter().map(edit).collect())
}

/// Whether the edits can be applied at all: in order, apart, on characters, and each within one cell.
fn fits(source: &Source, edits: &[Edit]) -> bool {
    let text = source.text();
    let in_text = edits.iter().all(|edit| {
        let (start, end) = (edit.range.start().to_usize(), edit.range.end().to_usize());
        text.is_char_boundary(start) && text.is_char_boundary(end)
    });
    let in_order = edits
        .windows(2)
        .all(|pair| pair[0].range.end() <= pair[1].range.start());
    let in_cell = match source.kind() {
        SourceKind::Notebook { cells } => edits.iter().all(|edit| {
            // The last character of a cell is the line end that joins it to the next, which is no part of the notebook.
            cells.windows(2).any(|cell| {
                cell[0] <= edit.range.start() && edit.range.end() + TextSize::from(1) <= cell[1]
            })
        }),
        _ => true,
    };
    in_text && in_order && in_cell
}

/// Whether the edit puts in whole lines of imports, and nothing else.
fn is_import(edit: &Edit) -> bool {
    edit.range.is_empty()
        && (edit.text.starts_with('\n') || edit.text.ends_with('\n'))
        && edit
            .text
            .lines()
            .map(str::trim)
            .all(|line| line.is_empty() || line.starts_with("import ") || line.starts_with("from "))
}

/// From the first edit to the last; imports stand elsewhere, and are nobody's business.
fn hull(edits: &[Edit]) -> TextRange {
    let own = edits.iter().filter(|edit| !is_import(edit));
    let hull = own.map(|edit| edit.range).reduce(TextRange::cover);
    hull.unwrap_or_default()
}

fn is_chosen(chosen: &Chosen, edit: &Edit) -> bool {
    let at = edit.range.start();
    chosen
        .range((at, at, 0)..=(at, at, usize::MAX))
        .any(|(_, text)| *text == edit.text)
}

/// Whether `range` overlaps or touches a chosen edit.
fn is_taken(chosen: &Chosen, range: TextRange) -> bool {
    // Chosen edits do not overlap, so that the last one to start before the end of `range` reaches furthest.
    let end = (range.end(), TextSize::new(u32::MAX), usize::MAX);
    chosen
        .range(..=end)
        .next_back()
        .is_some_and(|((_, end, _), _)| *end >= range.start())
}

/// The first line end of `text`; the one of a file without is `\n`.
pub(super) fn line_end(text: &str) -> &'static str {
    match text.find(['\n', '\r']).map(|at| &text.as_bytes()[at..]) {
        Some([b'\r', b'\n', ..]) => "\r\n",
        Some([b'\r', ..]) => "\r",
        _ => "\n",
    }
}

fn with_line_end(text: &str, line_end: &str) -> String {
    let text = text.replace("\r\n", "\n");
    if line_end == "\n" {
        text
    } else {
        text.replace('\n', line_end)
    }
}

/// Where cells start and end after the edits. What is put in at the start of a cell is part of it.
fn moved(cells: &[TextSize], chosen: &Chosen, line_end: &str) -> Vec<TextSize> {
    let mut edits = chosen.iter().peekable();
    let mut shift = 0i64;
    cells
        .iter()
        .map(|cell| {
            while let Some(((start, end, _), text)) = edits.next_if(|((start, ..), _)| start < cell)
            {
                let new = with_line_end(text, line_end).len();
                shift += new as i64 - i64::from((*end - *start).to_u32());
            }
            let at = i64::from(cell.to_u32()) + shift;
            TextSize::new(u32::try_from(at).unwrap_or_default())
        })
        .collect()
}
