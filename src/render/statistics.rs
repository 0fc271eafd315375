//! How many findings each rule has, and how many of them can be fixed.

use std::collections::BTreeMap;
use std::io;

use hotlint_core::lint::FixLevel;
use serde::Serialize;

use super::{Format, Style, heat, level, paint, standing};
use crate::report::Report;

/// One rule's share of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Count {
    pub rule: &'static str,
    pub count: usize,
    /// With `--fix` alone.
    pub fixable: usize,
    /// Only with `--unsafe-fixes` too.
    pub unsafe_fixable: usize,
    /// The share of the run that mending all of them saves at most; with a profile only. 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
}

impl Count {
    /// Most frequent rule first, or with a profile the one that saves most; then by name.
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
        let shares = heat::shares(report);
        for count in counts.values_mut().filter(|_| report.ranking.is_some()) {
            count.share = Some(shares.get(count.rule).copied().unwrap_or(0.0));
        }
        let mut counts: Vec<Self> = counts.into_values().collect();
        counts.sort_by(|a, b| {
            let share = |count: &Self| count.share.unwrap_or(0.0);
            share(b).total_cmp(&share(a)).then(b.count.cmp(&a.count))
        });
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
    let digits = counts.iter().map(|count| count.count.to_string().len());
    let digits = digits.max().unwrap_or(0);
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
        share,
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
        let share = share.map_or(String::new(), |share| {
            format!("{}{:>6}  ", heat::bar(share, style), heat::most(share))
        });
        writeln!(out, "{count}  {share}{rule}{fixes}")?;
    }
    Ok(())
}
