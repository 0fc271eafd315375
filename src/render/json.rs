//! One array with one object for each finding and problem.

use std::io;

use serde::Serializer as _;

use super::{Style, record};
use crate::report::Report;

pub(super) fn write(report: &Report, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::pretty(&mut *out);
    serializer.collect_seq(record::records(report))?;
    writeln!(out)
}
