//! Logging commands of Azure Pipelines.

use std::io;

use hotlint_core::lint::Severity;

use super::Style;
use super::remark::{path, remarks};
use crate::report::Report;

pub(super) fn write(report: &Report, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    for file in &report.files {
        for remark in remarks(file) {
            // There is nothing below a warning.
            let kind = match remark.severity {
                Severity::Error => "error",
                Severity::Warning | Severity::Info => "warning",
            };
            let path = property(&path(file, style));
            write!(out, "##vso[task.logissue type={kind};sourcepath={path}")?;
            if let Some(region) = remark.region {
                write!(
                    out,
                    ";linenumber={};columnnumber={}",
                    region.row, region.column
                )?;
            }
            let message = data(&remark.message);
            writeln!(out, ";code={}]{message}", property(remark.name))?;
        }
    }
    Ok(())
}

fn data(text: &str) -> String {
    text.replace('%', "%AZP25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(';', "%3B").replace(']', "%5D")
}
