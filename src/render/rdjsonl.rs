//! The diagnostic format of reviewdog, one diagnostic on each line.

use std::io;

use super::{Style, rdjson};
use crate::report::Report;

pub(super) fn write(report: &Report, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    for diagnostic in rdjson::diagnostics(report, style) {
        serde_json::to_writer(&mut *out, &diagnostic)?;
        writeln!(out)?;
    }
    Ok(())
}
