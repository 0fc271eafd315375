//! One object on each line, for tools that read a stream.

use std::io;

use super::{Style, record};
use crate::report::Report;

pub(super) fn write(report: &Report, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    for record in record::records(report) {
        serde_json::to_writer(&mut *out, &record)?;
        writeln!(out)?;
    }
    Ok(())
}
