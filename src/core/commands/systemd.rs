//! What a unit of systemd starts: `ExecStart=` of its `[Service]`.

use super::line::of_shell;
use super::{Line, Piece, range};

pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut in_service = false;
    let mut rest = 0;
    while let Some(line) = text
        .get(rest..)
        .and_then(|rest| rest.split_inclusive('\n').next())
    {
        let start = rest;
        rest += line.len();
        let trimmed = line.trim();
        if trimmed.starts_with('[') {
            in_service = trimmed == "[Service]";
        }
        let Some(command) = line
            .trim_start()
            .strip_prefix("ExecStart=")
            .filter(|_| in_service)
        else {
            continue;
        };
        let begin = start + line.len() - command.len();
        // A line goes on after a backslash.
        let mut last = line;
        while last.trim_end().ends_with('\\')
            && let Some(next) = text
                .get(rest..)
                .and_then(|rest| rest.split_inclusive('\n').next())
        {
            rest += next.len();
            last = next;
        }
        let whole = text.get(begin..rest).unwrap_or_default();
        // How the program is run, not what it is.
        let value = whole.trim_start_matches(['@', '-', ':', '+', '!']);
        let begin = begin + whole.len() - value.len();
        let piece = Piece {
            value,
            range: range(begin, begin + value.trim_end().len()),
        };
        lines.push(of_shell(piece, text));
    }
    lines
}
