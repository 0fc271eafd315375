//! `path:row: [rule] message`, for tools that read Pylint.

use std::io;

use super::Style;
use super::remark::remarks;
use crate::report::Report;

pub(super) fn write(report: &Report, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    for file in &report.files {
        let path = file.source.path();
        for remark in remarks(file) {
            let row = remark.region.map_or(1, |region| region.row);
            writeln!(out, "{path}:{row}: [{}] {}", remark.name, remark.message)?;
        }
    }
    Ok(())
}
