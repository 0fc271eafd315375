//! `path:line:col: rule-name [*] message`, as editors parse it; `[*]` where a safe fix is known.

use std::io;

use anstyle::AnsiColor;
use hotlint_core::text_size::TextRange;

use super::{Place, Style, is_fixable, paint, problem_name, standing};
use crate::report::{Checked, Report};

pub(super) fn write(report: &Report, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let bold = anstyle::Style::new().bold();
    for file in &report.files {
        for line in lines(file, style) {
            let path = paint(style, bold, file.source.path());
            match line.place {
                Some(place) => writeln!(out, "{path}:{place}: {}", line.words)?,
                None => writeln!(out, "{path}: {}", line.words)?,
            }
        }
    }
    Ok(())
}

/// What is said about one file, one line each.
pub(super) struct Line {
    /// `None` for what concerns the file as a whole.
    pub place: Option<Place>,
    pub words: String,
}

/// Problems first, for they say how far the findings go.
pub(super) fn lines<'a>(file: &'a Checked, style: &'a Style) -> impl Iterator<Item = Line> + 'a {
    let place = |range: TextRange| Place::of(file, range.start());
    let problems = file.report.problems.iter().map(move |problem| Line {
        place: problem.range.map(place),
        words: format!(
            "{} {}",
            paint(
                style,
                AnsiColor::Red.on_default().bold(),
                problem_name(problem.kind)
            ),
            one_line(&problem.message)
        ),
    });
    let findings = standing(&file.report).map(move |marked| Line {
        place: Some(place(marked.finding.range)),
        words: format!(
            "{} {}{}",
            paint(
                style,
                AnsiColor::Yellow.on_default().bold(),
                marked.finding.rule
            ),
            if is_fixable(marked) { "[*] " } else { "" },
            one_line(&marked.finding.message)
        ),
    });
    problems.chain(findings)
}

/// Messages are sentences, but may quote code.
pub(super) fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}
