//! A Code Quality report of GitLab.

use std::io;

use hotlint_core::lint::Severity;
use serde::Serializer as _;
use serde_json::json;
use xxhash_rust::xxh3::xxh3_128;

use super::Style;
use super::remark::{path, remarks};
use crate::anchor::Fingerprints;
use crate::report::Report;

pub(super) fn write(report: &Report, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let mut fingerprints = Fingerprints::default();
    let mut entries = Vec::new();
    for file in &report.files {
        let path = path(file, style);
        for remark in remarks(file) {
            let fingerprint = match remark.marked {
                Some(marked) => fingerprints.next(&path, marked),
                None => {
                    let words = format!("{}\0{path}\0{}", remark.name, remark.message);
                    format!("{:032x}", xxh3_128(words.as_bytes()))
                }
            };
            let row = remark.region.map_or(1, |region| region.row);
            let end = remark.region.map_or(1, |region| region.end_row);
            entries.push(json!({
                // GitLab does not show `check_name`.
                "description": format!("{}: {}", remark.name, remark.message),
                "check_name": remark.name,
                "fingerprint": fingerprint,
                "severity": match remark.severity {
                    Severity::Error => "major",
                    Severity::Warning => "minor",
                    Severity::Info => "info",
                },
                "location": { "path": path, "lines": { "begin": row, "end": end } },
            }));
        }
    }
    let mut serializer = serde_json::Serializer::pretty(&mut *out);
    serializer.collect_seq(entries)?;
    writeln!(out)
}
