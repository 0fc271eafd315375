//! One block for each file: places in a column, then rule and message.

use std::io;

use super::{Style, concise, paint};
use crate::report::Report;

pub(super) fn write(report: &Report, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let bold = anstyle::Style::new().bold();
    for file in &report.files {
        let lines: Vec<(String, String)> = concise::lines(file, style)
            .map(|line| {
                let place = line.place.map_or("-".to_owned(), |place| place.to_string());
                (place, line.words)
            })
            .collect();
        let Some(width) = lines.iter().map(|(place, _)| place.len()).max() else {
            continue;
        };
        writeln!(out, "{}:", paint(style, bold, file.source.path()))?;
        for (place, words) in lines {
            writeln!(out, "  {place:width$}  {words}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
