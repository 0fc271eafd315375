//! The XML of Checkstyle, which Jenkins and many others read.

use std::io;

use hotlint_core::lint::Severity;

use super::Style;
use super::remark::remarks;
use super::xml::escaped;
use crate::report::Report;

pub(super) fn write(report: &Report, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<checkstyle version=\"4.3\">")?;
    for file in &report.files {
        let mut remarks = remarks(file).peekable();
        if remarks.peek().is_none() {
            continue;
        }
        writeln!(out, "  <file name=\"{}\">", escaped(file.source.path()))?;
        for remark in remarks {
            let (row, column) = remark
                .region
                .map_or((1, 1), |region| (region.row, region.column));
            let severity = match remark.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "info",
            };
            writeln!(
                out,
                "    <error line=\"{row}\" column=\"{column}\" severity=\"{severity}\" message=\"{}\" source=\"hotlint.{}\"/>",
                escaped(&remark.message),
                escaped(remark.name),
            )?;
        }
        writeln!(out, "  </file>")?;
    }
    writeln!(out, "</checkstyle>")
}
