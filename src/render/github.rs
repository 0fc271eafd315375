//! Annotations of GitHub Actions: workflow commands, which the runner turns into notes beside the code.

use std::io;

use hotlint_core::lint::Severity;

use super::remark::{path, remarks};
use super::{Style, cost};
use crate::report::Report;

/// The runner shows so many annotations of each kind for one step, and drops the rest without a word.
const SHOWN: usize = 10;

pub(super) fn write(report: &Report, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let files = report.files.iter();
    let mut all: Vec<_> = files
        .flat_map(|file| remarks(file).map(move |remark| (file, remark)))
        .collect();
    // The gravest are seen.
    all.sort_by_key(|(_, remark)| std::cmp::Reverse(remark.severity));
    let mut counts = [0_usize; 3];
    for (file, remark) in &all {
        let (kind, command) = match remark.severity {
            Severity::Error => (0, "error"),
            Severity::Warning => (1, "warning"),
            Severity::Info => (2, "notice"),
        };
        counts[kind] += 1;
        let path = path(file, style);
        let mut properties = format!(
            "title={},file={}",
            property(&format!("hotlint ({})", remark.name)),
            property(&path)
        );
        if let Some(region) = remark.region {
            properties.push_str(&format!(",line={}", region.row));
            // Columns of two lines are taken for those of one.
            match region.is_one_line() {
                true => properties.push_str(&format!(
                    ",endLine={},col={},endColumn={}",
                    region.end_row, region.column, region.end_column
                )),
                false => properties.push_str(&format!(",endLine={}", region.end_row)),
            }
        }
        // The log shows nothing but the message.
        let place = remark.place(file);
        let cost = remark.marked.map(cost).filter(|cost| !cost.is_empty());
        let cost = cost.map_or_else(String::new, |cost| format!(" ({cost})"));
        let message = format!("{path}{place}: {} {}{cost}", remark.name, remark.message);
        writeln!(out, "::{command} {properties}::{}", data(&message))?;
    }
    let hidden: usize = counts.iter().map(|count| count.saturating_sub(SHOWN)).sum();
    if hidden > 0 {
        let words = format!("{hidden} more are in the log of this step, and not annotated");
        writeln!(out, "::notice title=hotlint::{}", data(&words))?;
    }
    Ok(())
}

/// The part behind `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
