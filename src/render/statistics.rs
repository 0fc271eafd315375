//! How many findings each rule has, and how many of them can be fixed.

use std::collections::BTreeMap;
use std::io;

use hotlint_core::lint::FixLevel;
use serde::Serialize;

use super::{Format, Style, level, paint, standing};
use crate::report::Report;

/// One rule's share of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    pub rule: &'static str,
    pub count: usize,
    /// With `--fix` alone.
    pub fixable: usize,
    /// Only with `--unsafe-fixes` too.
    pub unsafe_fixable: usize,
}

impl Count {
    /// Most frequent rule first, then by name.
    pub fn of(report: &Report) -> Vec<Self> {
        let mut counts: BTreeMap<&'static str, Self> = BTreeMap::new();
        for marked in report.files.iter().flat_map(|file| standing(&file.report)) {
            let count = counts.entry(marked.finding.rule).or_default();
            count.rule = marked.finding.rule;
            count.count += 1;
            match level(marked) {
                Some(FixLevel::Safe) => count.fixable += 1,
                Some(FixLevel::Unsafe) => count.unsafe_fixable += 1,
                Some(FixLevel::Display) | None => {}
            }
        }
        let mut counts: Vec<Self> = counts.into_values().collect();
        counts.sort_by_key(|count| std::cmp::Reverse(count.count));
        counts
    }
}

/// Writes the counts in place of the findings; the machine formats get them as JSON.
pub fn statistics(
    report: &Report,
    format: Format,
    out: &mut dyn io::Write,
    style: &Style,
) -> io::Result<()> {
    let counts = Count::of(report);
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &counts)?;
            return writeln!(out);
        }
        Format::JsonLines => {
            for count in &counts {
                serde_json::to_writer(&mut *out, count)?;
                writeln!(out)?;
            }
            return Ok(());
        }
        _ => {}
    }
    let digits = counts
        .first()
        .map_or(0, |most| most.count.to_string().len());
    let names = counts
        .iter()
        .map(|count| count.rule.len())
        .max()
        .unwrap_or(0);
    for Count {
        rule,
        count,
        fixable,
        unsafe_fixable,
    } in counts
    {
        let fixes = match (fixable, unsafe_fixable) {
            (0, 0) => String::new(),
            (safe, 0) => format!("  {safe} fixable"),
            (0, risky) => format!("  {risky} fixable with `--unsafe-fixes`"),
            (safe, risky) => format!("  {safe} fixable, {risky} more with `--unsafe-fixes`"),
        };
        let rule = if fixes.is_empty() {
            rule.to_owned()
        } else {
            format!("{rule:names$}")
        };
        let count = paint(
            style,
            anstyle::Style::new().bold(),
            format_args!("{count:>digits$}"),
        );
        writeln!(out, "{count}  {rule}{fixes}")?;
    }
    Ok(())
}
