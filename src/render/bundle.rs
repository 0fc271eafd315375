//! Everything that a run knows, for `hotlint merge`: nothing of it is for people.

use std::io;

use super::Style;
use crate::bundle;
use crate::report::Report;

pub(super) fn write(report: &Report, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    bundle::write(report, out)
}
