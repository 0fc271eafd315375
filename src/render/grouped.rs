//! One block for each file: places in a column, then rule and message.

use std::io;

use super::concise::Line;
use super::{Style, concise, heat, paint, told};
use crate::report::{Checked, Report};

pub(super) fn write(report: &Report, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let bold = anstyle::Style::new().bold();
    // With a profile the file of the hottest finding comes first, and its findings by their heat.
    let mut files: Vec<(&Checked, Vec<Line>)> = Vec::new();
    for (file, told) in told(report) {
        let line = concise::line(file, &told, style);
        match files
            .iter_mut()
            .find(|(known, _)| std::ptr::eq(*known, file))
        {
            Some((_, lines)) => lines.push(line),
            None => files.push((file, vec![line])),
        }
    }
    for (file, lines) in files {
        let place = |line: &Line| line.place.map_or("-".to_owned(), |place| place.to_string());
        let width = lines
            .iter()
            .map(|line| place(line).len())
            .max()
            .unwrap_or(0);
        writeln!(out, "{}:", paint(style, bold, file.source.path()))?;
        for line in lines {
            let bar = line
                .heat
                .map_or(String::new(), |heat| heat::bar(heat.bound, style));
            writeln!(out, "  {:width$}  {bar}{}", place(&line), line.words)?;
        }
        writeln!(out)?;
    }
    Ok(())
}
