//! A table in Markdown, for comments on pull requests and the summary of a CI step.

use std::io;

use super::remark::{path, remarks};
use super::{Style, Tally, cost, is_fixable};
use crate::report::Report;

/// Rows of the table; the rest is counted. Comments and summaries have a limit.
const MOST_ROWS: usize = 500;

pub(super) fn write(report: &Report, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    writeln!(out, "### hotlint\n")?;
    writeln!(out, "{}", Tally::of(report))?;
    let files = report.files.iter();
    let all: Vec<_> = files
        .flat_map(|file| remarks(file).map(move |remark| (file, remark)))
        .collect();
    if all.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n| place | rule | finding | cost |\n| --- | --- | --- | --- |"
    )?;
    for (file, remark) in all.iter().take(MOST_ROWS) {
        let place = format!("{}{}", path(file, style), remark.place(file));
        let fixable = remark.marked.is_some_and(is_fixable);
        writeln!(
            out,
            "| {} | {} | {}{} | {} |",
            code(&place),
            code(remark.name),
            cell(&remark.message),
            if fixable { " (fixable)" } else { "" },
            cell(&remark.marked.map(cost).unwrap_or_default()),
        )?;
    }
    if all.len() > MOST_ROWS {
        writeln!(out, "\nand {} more", all.len() - MOST_ROWS)?;
    }
    Ok(())
}

/// Text that may stand in a cell. What is in backticks is code to Markdown as it is to us.
fn cell(text: &str) -> String {
    let mut parts = Vec::new();
    for (index, part) in text.split('`').enumerate() {
        let part = part.replace('|', "\\|");
        // Outside of code, stars and underscores would be taken for emphasis, and brackets for tags.
        parts.push(match index % 2 {
            0 => part
                .replace('*', "\\*")
                .replace('_', "\\_")
                .replace('<', "&lt;")
                .replace('[', "\\["),
            _ => part,
        });
    }
    parts.join("`")
}

/// Code in a cell: with a fence that is longer than any run of backticks in it.
fn code(text: &str) -> String {
    let longest = text.split(|char| char != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or(0) + 1);
    let pad = if fence.len() > 1 { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", text.replace('|', "\\|"))
}
