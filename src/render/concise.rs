//! `path:line:col: rule-name [*] message`, as editors parse it; `[*]` where a safe fix is known.

use std::io;

use anstyle::AnsiColor;
use hotlint_core::text_size::TextRange;

use super::{Place, Style, Told, heat, is_fixable, paint, problem_name, told};
use crate::report::{Checked, Report};
use crate::verdict::Heat;

pub(super) fn write(report: &Report, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let bold = anstyle::Style::new().bold();
    for (file, told) in told(report) {
        let line = line(file, &told, style);
        let path = paint(style, bold, file.source.path());
        match line.place {
            Some(place) => writeln!(out, "{path}:{place}: {}", line.words)?,
            None => writeln!(out, "{path}: {}", line.words)?,
        }
    }
    Ok(())
}

/// What is said about one file, one line each.
pub(super) struct Line {
    /// `None` for what concerns the file as a whole.
    pub place: Option<Place>,
    pub heat: Option<Heat>,
    pub words: String,
}

pub(super) fn line(file: &Checked, told: &Told, style: &Style) -> Line {
    let place = |range: TextRange| Place::of(file, range.start());
    match told {
        Told::Problem(problem) => Line {
            place: problem.range.map(place),
            heat: None,
            words: format!(
                "{} {}",
                paint(
                    style,
                    AnsiColor::Red.on_default().bold(),
                    problem_name(problem.kind)
                ),
                one_line(&problem.message)
            ),
        },
        Told::Finding(marked) => Line {
            place: Some(place(marked.finding.range)),
            heat: marked.heat,
            words: format!(
                "{} {}{}{}",
                paint(
                    style,
                    AnsiColor::Yellow.on_default().bold(),
                    marked.finding.rule
                ),
                if is_fixable(marked) { "[*] " } else { "" },
                one_line(&marked.finding.message),
                (marked.heat.as_ref())
                    .map_or(String::new(), |heat| format!(" ({})", heat::brief(heat)))
            ),
        },
    }
}

/// Messages are sentences, but may quote code.
pub(super) fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}
