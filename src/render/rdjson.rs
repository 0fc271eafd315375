//! The diagnostic format of reviewdog, as one document.
//!
//! **Invariant**: columns count bytes of UTF-8 from 1, and a fix is one suggestion, so that nobody applies half of it.

use std::io;

use hotlint_core::lint::{Fix, FixLevel, Severity};
use hotlint_core::text_size::{TextRange, TextSize};
use serde_json::{Value, json};

use super::place::inside;
use super::remark::{Remark, path, remarks};
use super::{Style, cost};
use crate::report::{Checked, Report};

pub(super) fn write(report: &Report, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let document = json!({
        "source": source(),
        "diagnostics": diagnostics(report, style).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn source() -> Value {
    json!({ "name": "hotlint" })
}

/// Everything that the report has to say, in its order.
pub(super) fn diagnostics(report: &Report, style: &Style) -> impl Iterator<Item = Value> {
    report.files.iter().flat_map(move |file| {
        let path = path(file, style);
        remarks(file).map(move |remark| diagnostic(file, &path, &remark))
    })
}

fn diagnostic(file: &Checked, path: &str, remark: &Remark) -> Value {
    let place = |range: Option<TextRange>| match range {
        Some(range) => json!({ "path": path, "range": span(file, range) }),
        None => json!({ "path": path }),
    };
    let finding = remark.marked.map(|marked| &marked.finding);
    let mut message = remark.message.clone();
    let cost = remark.marked.map(cost).unwrap_or_default();
    let help = finding.map_or("", |finding| &finding.help);
    for (name, text) in [("cost", cost.as_str()), ("help", help)] {
        if !text.is_empty() {
            message.push_str(&format!("\n{name}: {text}"));
        }
    }
    let mut diagnostic = json!({
        "message": message,
        "location": place(remark.range),
        "severity": match remark.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Info => "INFO",
        },
        "source": source(),
        "code": { "value": remark.name },
    });
    if let Some(finding) = finding {
        let related = finding
            .causes
            .iter()
            .map(|cause| json!({ "message": cause.text, "location": place(Some(cause.range)) }));
        let behind = finding.steps.iter().map(|step| {
            let line = json!({ "start": { "line": step.row } });
            json!({ "message": step.text, "location": { "path": step.path, "range": line } })
        });
        let related: Vec<_> = related.chain(behind).collect();
        if !related.is_empty() {
            diagnostic["related_locations"] = related.into();
        }
        let suggestion = finding.fix.as_ref().and_then(|fix| suggestion(file, fix));
        if let Some(suggestion) = suggestion {
            diagnostic["suggestions"] = json!([suggestion]);
        }
    }
    diagnostic
}

/// The edits of a fix as one, from the first place that changes to the last.
fn suggestion(file: &Checked, fix: &Fix) -> Option<Value> {
    // A notebook's lines are not those of its file; and what is for show alone must not get a button.
    if file.origin.notebook.is_some() || fix.level == FixLevel::Display {
        return None;
    }
    let text = file.source.text();
    let start = fix.edits.first()?.range.start();
    let mut at = start;
    let mut new = String::new();
    for edit in &fix.edits {
        new.push_str(text.get(at.to_usize()..edit.range.start().to_usize())?);
        new.push_str(&edit.text);
        at = edit.range.end();
    }
    Some(json!({ "range": span(file, TextRange::new(start, at)), "text": new }))
}

fn span(file: &Checked, range: TextRange) -> Value {
    if file.origin.notebook.is_some() {
        return json!({ "start": { "line": 1, "column": 1 } });
    }
    json!({ "start": position(file, range.start()), "end": position(file, range.end()) })
}

fn position(file: &Checked, offset: TextSize) -> Value {
    let text = file.source.text();
    let offset = inside(text, offset);
    let lines = file.source.lines();
    let line = lines.line_index(offset);
    let column = (offset - lines.line_start(line, text)).to_usize() + 1;
    // The mark is no part of the text, but it is part of the file.
    let mark = if file.origin.bom && line.get() == 1 {
        3
    } else {
        0
    };
    json!({ "line": line.get(), "column": column + mark })
}
