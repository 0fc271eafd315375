//! Comments that silence other linters -> comments that silence ours.
//!
//! ```python
//! for x in xs:  # noqa: PERF401, E501        ->  # noqa: E501  # hotlint: ignore[manual-list-comprehension]
//! # pylint: disable=use-list-copy            ->  # hotlint: disable[manual-list-copy]
//! # ruff: noqa: PERF401                      ->  # hotlint: file-ignore[manual-list-comprehension]
//! ```
//!
//! **Invariant**: codes that no rule of ours stands for stay as they are, and so do all words that are not part of a list of codes.

pub mod settings;

use hotlint_core::ast::token::TokenKind;
use hotlint_core::lint::Edit;
use hotlint_core::python::{Source, parse};
use hotlint_core::text_size::{Ranged, TextRange};

use crate::neighbours::rule_of;

/// The edits that turn the comments of `source` into ours; none where it cannot be parsed.
pub fn edits(source: &Source) -> Vec<Edit> {
    let text = source.text();
    if !["noqa", "pylint:", "ruff:"]
        .iter()
        .any(|word| text.contains(word))
        && !text.contains("NOQA")
    {
        return Vec::new();
    }
    let Ok(parsed) = parse(source) else {
        return Vec::new();
    };
    let mut edits = Vec::new();
    for token in parsed.tokens() {
        if token.kind() != TokenKind::Comment {
            continue;
        }
        let range: TextRange = token.range();
        let comment = text.get(range.to_std_range()).unwrap_or_default();
        let line = text.get(..range.start().to_usize()).unwrap_or_default();
        let line = line.rsplit(['\n', '\r']).next().unwrap_or_default();
        let is_alone = line.trim().is_empty();
        if let Some(new) = migrated(comment, is_alone, line.is_empty()) {
            edits.push(Edit::replace(range, new));
        }
    }
    edits
}

/// A comment in our words; `None` where there is nothing to change. `is_alone` on its line, `is_at_top` at the beginning of it.
fn migrated(comment: &str, is_alone: bool, is_at_top: bool) -> Option<String> {
    let mut changed = false;
    let mut parts = Vec::new();
    for body in comment.split('#').skip(1) {
        match directive(body, is_alone, is_at_top) {
            Some(new) => {
                changed = true;
                parts.push(new);
            }
            None => parts.push(format!("#{}", body.trim_end())),
        }
    }
    changed.then(|| parts.join("  "))
}

/// One `# …` in our words.
fn directive(body: &str, is_alone: bool, is_at_top: bool) -> Option<String> {
    let words = body.trim_start();
    let lower = words.to_ascii_lowercase();
    let after = |prefix: &str| {
        let rest = lower.strip_prefix(prefix)?;
        words.get(words.len() - rest.len()..)
    };
    let (theirs, ours, rest) =
        if let Some(rest) = after("ruff: noqa:").or_else(|| after("flake8: noqa:")) {
            if !is_at_top {
                return None;
            }
            ("ruff: noqa: ", "file-ignore", rest)
        } else if let Some(rest) = after("noqa:") {
            ("noqa: ", "ignore", rest)
        } else if let Some(rest) = after("pylint: disable-next=") {
            ("pylint: disable-next=", "ignore", rest)
        } else if let Some(rest) = after("pylint: disable=") {
            let word = if is_alone { "disable" } else { "ignore" };
            ("pylint: disable=", word, rest)
        } else {
            return None;
        };
    let (codes, rest) = codes(rest);
    let mut rules: Vec<&str> = codes.iter().filter_map(|code| rule_of(code)).collect();
    rules.sort_unstable();
    rules.dedup();
    if rules.is_empty() {
        return None;
    }
    let left: Vec<&str> = codes
        .iter()
        .copied()
        .filter(|code| rule_of(code).is_none())
        .collect();
    let separator = if theirs.ends_with('=') { "," } else { ", " };
    let new = format!("# hotlint: {ours}[{}]", rules.join(", "));
    let reason = rest.trim();
    Some(match (left.is_empty(), reason.is_empty()) {
        (true, true) => new,
        (true, false) => format!("{new} {reason}"),
        (false, true) => format!("# {theirs}{}  {new}", left.join(separator)),
        (false, false) => format!("# {theirs}{} {reason}  {new}", left.join(separator)),
    })
}

/// The codes that a text begins with, apart by commas or blanks, and what follows them.
fn codes(text: &str) -> (Vec<&str>, &str) {
    let mut codes = Vec::new();
    let mut rest = text;
    loop {
        let next = rest.trim_start_matches([' ', '\t', ',']);
        let end = next
            .find(|char: char| !char.is_ascii_alphanumeric() && char != '-')
            .unwrap_or(next.len());
        let (word, after) = next.split_at(end);
        // Codes, and names of several words; other words are for people.
        let is_code = word.ends_with(|char: char| char.is_ascii_digit())
            && word.starts_with(|char: char| char.is_ascii_alphabetic())
            && !word.contains('-');
        let comma = rest.trim_start().starts_with(',');
        let is_name = word.contains('-') && (codes.is_empty() || comma);
        if word.is_empty() || !is_code && !is_name {
            return (codes, rest);
        }
        codes.push(word);
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(before: &str) -> String {
        let source = Source::module("a.py", before);
        let mut text = before.to_owned();
        for edit in edits(&source).iter().rev() {
            text.replace_range(edit.range.to_std_range(), &edit.text);
        }
        text
    }

    #[test]
    fn codes_become_names() {
        for (before, after) in [
            (
                "x  # noqa: PERF401",
                "x  # hotlint: ignore[manual-list-comprehension]",
            ),
            (
                "x  # NOQA: perf401,E501",
                "x  # noqa: E501  # hotlint: ignore[manual-list-comprehension]",
            ),
            (
                "x  # noqa: PERF401 PERF402 few items",
                "x  # hotlint: ignore[manual-list-comprehension, manual-list-copy] few items",
            ),
            (
                "x  # type: ignore # noqa: PERF402",
                "x  # type: ignore  # hotlint: ignore[manual-list-copy]",
            ),
            (
                "x  # noqa: PERF402 # pragma: no cover",
                "x  # hotlint: ignore[manual-list-copy]  # pragma: no cover",
            ),
            (
                "x  # pylint: disable=use-list-copy,invalid-name",
                "x  # pylint: disable=invalid-name  # hotlint: ignore[manual-list-copy]",
            ),
            (
                "# pylint: disable=W8402",
                "# hotlint: disable[manual-list-copy]",
            ),
            (
                "# ruff: noqa: PERF402",
                "# hotlint: file-ignore[manual-list-copy]",
            ),
        ] {
            assert_eq!(text(before), after);
        }
    }

    #[test]
    fn all_else_stays_as_it_is() {
        for same in [
            "x  # noqa",
            "x  # noqa: E501",
            "x  # a noqa: PERF401 in words",
            "x = '# noqa: PERF401'",
            "x  # noqa : PERF401",
            "x  # pylint: disable=invalid-name",
            "def f(:  # noqa: PERF401",
            "#",
            "x  # noqa: PERF999 ##",
        ] {
            assert_eq!(text(same), same);
        }
    }
}
