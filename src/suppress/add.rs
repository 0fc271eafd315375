//! The comment that silences one finding.
//!
//! **Invariant**: an edit that is handed out was tried: the finding is silent afterwards, and no comment is malformed.

use hotlint_core::lint::{Edit, Fix, FixLevel};
use hotlint_core::python::{Source, SourceKind, parse};
use hotlint_core::text_size::{TextRange, TextSize};

use super::MALFORMED;
use super::directive::{self, Kind, MARK};
use super::scope::{Statements, line_range, reaches};
use crate::fix::{apply, fitted};
use crate::verdict::{Fate, FileReport};

/// The edit that silences the finding of `rule` at `place`, for the `reason` that is written behind it; `None` where no comment
/// does. `check` is what the source is checked with.
pub fn ignore(
    source: &Source,
    rule: &'static str,
    place: TextRange,
    reason: &str,
    check: &dyn Fn(&Source) -> FileReport,
) -> Option<Edit> {
    // What is no single line, or would be read as a directive of its own, is no reason.
    let reason = reason.replace('#', "");
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    candidates(source, rule, place, &reason)
        .into_iter()
        .find_map(|edit| {
            let fix = Fix::safe("", [edit]);
            let edit = fitted(source, &fix)?.into_iter().next()?;
            let applied = apply(source, &[&fix], FixLevel::Safe);
            let shift = match edit.range.start() <= place.start() {
                true => TextSize::of(&*edit.text) - edit.range.len(),
                false => TextSize::default(),
            };
            let at = place.start() + shift;
            let report = check(&applied.source);
            let is_silent = report.findings.iter().any(|marked| {
                marked.finding.rule == rule
                    && marked.finding.range.start() == at
                    && matches!(marked.fate, Fate::Suppressed { .. })
            });
            let faults = |report: &FileReport| {
                let faults = report.findings.iter();
                faults
                    .filter(|marked| marked.finding.rule == MALFORMED)
                    .count()
            };
            (is_silent && faults(&report) <= faults(&check(source))).then_some(edit)
        })
}

/// The places where a comment may stand, the most usual first.
fn candidates(source: &Source, rule: &str, place: TextRange, reason: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    edits.extend(longer_list(source, rule, place));
    let blank = if reason.is_empty() { "" } else { " " };
    let comment = format!("# {MARK} ignore[{rule}]{blank}{reason}");
    // Behind a command it may be one more argument: not all that read those files look for comments there.
    let is_command = matches!(source.kind(), SourceKind::Commands(_));
    let ends = [place.start(), place.end()];
    for offset in ends.into_iter().filter(|_| !is_command) {
        let line = line_range(source, offset);
        let text = source.text().get(line.to_std_range()).unwrap_or_default();
        let text = text.trim_end();
        edits.push(Edit::insert(
            line.start() + TextSize::of(text),
            format!("  {comment}"),
        ));
    }
    // Above: strings over several lines, and lines that go on behind a `\`, take no comment at their end.
    let line = line_range(source, statement(source, place).unwrap_or(place.start()));
    let text = source.text().get(line.to_std_range()).unwrap_or_default();
    let indent: String = text
        .chars()
        .take_while(|char| matches!(char, ' ' | '\t'))
        .collect();
    edits.push(Edit::insert(line.start(), format!("{indent}{comment}\n")));
    edits
}

/// One more name in the brackets of a comment that reaches the place already.
fn longer_list(source: &Source, rule: &str, place: TextRange) -> Option<Edit> {
    if !source.text().contains(MARK) {
        return None;
    }
    let parsed = parse(source).ok()?;
    let statements = Statements::new(parsed.tokens());
    let (mut directives, mut faults) = directive::read(source, parsed.tokens());
    let reaches = reaches(source, &statements, &mut directives, &mut faults);
    let mut pairs = directives.iter().zip(reaches);
    let (directive, _) = pairs.find(|(directive, reaches)| {
        directive.kind == Kind::Ignore && reaches.iter().any(|reach| reach.holds(source, place))
    })?;
    Some(Edit::insert(directive.list.end(), format!(", {rule}")))
}

/// Where the statement around a place starts.
fn statement(source: &Source, place: TextRange) -> Option<TextSize> {
    let parsed = parse(source).ok()?;
    Statements::new(parsed.tokens()).start_of(place.start())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Setup, check};

    /// The text with the first finding ignored.
    fn ignored(text: &str, reason: &str) -> String {
        let source = Source::module("a.py", text);
        let setup = Setup::default();
        let check = |source: &Source| check(source, &setup);
        let report = check(&source);
        let first = report.findings.first().expect("a finding");
        let edit = ignore(
            &source,
            first.finding.rule,
            first.finding.range,
            reason,
            &check,
        );
        let fix = Fix::safe("", [edit.expect("an edit")]);
        apply(&source, &[&fix], FixLevel::Safe)
            .source
            .text()
            .to_owned()
    }

    const SLEEP: &str = "blocking-sleep-in-async";

    #[test]
    fn a_comment_stands_at_the_end_of_the_line() {
        let text = "import time\n\nasync def f():\n    time.sleep(1)\n";
        let wanted = format!("    time.sleep(1)  # hotlint: ignore[{SLEEP}]\n");
        assert!(ignored(text, "").ends_with(&wanted));
        let wanted = format!("    time.sleep(1)  # hotlint: ignore[{SLEEP}] it is short\n");
        assert!(ignored(text, "it is\n# short").ends_with(&wanted));
        let with_comment = "import time\r\n\r\nasync def f():\r\n    time.sleep(1)  # why\r\n";
        let wanted = format!("  # why  # hotlint: ignore[{SLEEP}]\r\n");
        assert!(ignored(with_comment, "").ends_with(&wanted));
    }

    #[test]
    fn what_cannot_take_a_comment_at_its_end_has_one_above() {
        let text = "import time\n\nasync def f():\n    time.sleep(1); x = '''\n    '''\n";
        let wanted =
            format!("    # hotlint: ignore[{SLEEP}]\n    time.sleep(1); x = '''\n    '''\n");
        assert!(
            ignored(text, "").ends_with(&wanted),
            "{}",
            ignored(text, "")
        );
    }

    #[test]
    fn a_comment_that_is_there_learns_one_more_name() {
        let text = "import time\n\nasync def f():\n    time.sleep(1)  # hotlint: ignore[list-membership-in-loop] old\n";
        let wanted = format!("# hotlint: ignore[list-membership-in-loop, {SLEEP}] old\n");
        assert!(
            ignored(text, "new").ends_with(&wanted),
            "{}",
            ignored(text, "new")
        );
    }
}
