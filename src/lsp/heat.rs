//! What a profile says, beside the code: lenses above functions, and hints at the ends of lines.

use gen_lsp_types::{CodeLens, Command, InlayHint, Label, Position, Range, Tooltip, Uri};
use serde_json::json;

use super::analysis::Analysis;
use super::commands;
use super::diagnostics::shown;
use crate::rank::MIN_SHARE;
use crate::render::percent;
use crate::words::plural;

/// One for each function that took a share of the run that is worth a line on the screen.
pub fn lenses(analysis: &Analysis, uri: &Uri) -> Vec<CodeLens> {
    if !analysis.snapshot.folder.wishes.code_lens {
        return Vec::new();
    }
    let ranking = analysis.ranking.as_ref();
    let functions = ranking.and_then(|ranking| ranking.functions.first());
    let lenses = functions.into_iter().flatten().filter_map(|function| {
        if function.cumulative < MIN_SHARE {
            return None;
        }
        let position = of_line(analysis, uri, function.lines.0)?;
        let (first, last) = function.lines;
        let findings = shown(analysis).filter(|marked| {
            let checked = analysis.checked.as_ref();
            let line = checked.map(|checked| {
                checked
                    .source
                    .lines()
                    .line_index(marked.finding.range.start())
                    .get()
            });
            line.is_some_and(|line| (first as usize..=last as usize).contains(&line))
        });
        let findings = findings.count();
        let mut title = format!("{} of the run", percent(function.cumulative));
        if function.own < function.cumulative * 0.995 {
            title.push_str(&format!(", {} by itself", percent(function.own)));
        }
        if let Some(hits) = function.hits {
            title.push_str(&format!(", ran {}", plural(hits as usize, "time")));
        }
        if findings > 0 {
            title.push_str(&format!(" · {}", plural(findings, "finding")));
        }
        Some(CodeLens {
            range: Range {
                start: position,
                end: position,
            },
            command: Some(Command {
                title,
                tooltip: None,
                // A lens without a command cannot be clicked.
                command: match findings > 0 && analysis.snapshot.abilities.has_commands {
                    true => commands::SHOW_FINDINGS.to_owned(),
                    false => String::new(),
                },
                arguments: Some(vec![json!(uri), json!(position)]),
            }),
            data: None,
        })
    });
    lenses.collect()
}

/// One for each hot line within `range`.
pub fn hints(analysis: &Analysis, uri: &Uri, range: &Range) -> Vec<InlayHint> {
    if !analysis.snapshot.folder.wishes.inlay_hints {
        return Vec::new();
    }
    let ranking = analysis.ranking.as_ref();
    let lines = ranking.and_then(|ranking| ranking.lines.first());
    let hints = lines.into_iter().flatten().filter_map(|(line, heat)| {
        if heat.share < MIN_SHARE {
            return None;
        }
        let start = of_line(analysis, uri, *line)?;
        if !(range.start.line..=range.end.line).contains(&start.line) {
            return None;
        }
        let end = Position {
            line: start.line,
            character: u32::MAX,
        };
        // Past the end is at the end, which is what the client has to be told.
        let end = analysis.offset(uri, end)?;
        let (_, end) = analysis.place(hotlint_core::text_size::TextRange::empty(end))?;
        let what = match heat.of_function {
            true => "this function, by itself",
            false => "this line, by itself and by what it called in libraries",
        };
        let hits = heat.hits.map_or(String::new(), |hits| {
            format!("; it ran {}", plural(hits as usize, "time"))
        });
        Some(InlayHint {
            position: end.start,
            label: Label::String(percent(heat.share)),
            kind: None,
            text_edits: None,
            tooltip: Some(Tooltip::String(format!(
                "the share of the profiled run that was spent in {what}{hits}"
            ))),
            padding_left: Some(true),
            padding_right: None,
            data: None,
        })
    });
    hints.collect()
}

/// The first character of a line of the text that was checked, from 1, if the line lies in the part named `uri`.
fn of_line(analysis: &Analysis, uri: &Uri, line: u32) -> Option<Position> {
    let source = &analysis.checked.as_ref()?.source;
    let range = source.line(line as usize)?;
    let text = source.text().get(range.to_std_range())?;
    let indent = text.len() - text.trim_start().len();
    let at = range.start() + hotlint_core::text_size::TextSize::try_from(indent).ok()?;
    let (page, range) = analysis.place(hotlint_core::text_size::TextRange::empty(at))?;
    (page.part.uri == *uri).then_some(range.start)
}
