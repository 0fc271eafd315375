//! Comments that silence other linters -> comments that silence ours.
//!
//! ```python
//! for x in xs:  # noqa: PERF401, E501        ->  # noqa: E501  # hotlint: ignore[manual-list-comprehension]
//! # pylint: disable=use-list-copy            ->  # hotlint: disable[manual-list-copy]
//! # ruff: noqa: PERF401                      ->  # hotlint: file-ignore[manual-list-comprehension]
//! ```
//!
//! **Invariant**: codes that no rule of ours stands for stay as they are, and so do all words that are not part of a list of codes.

mod place;
pub mod settings;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use hotlint_core::ast::token::TokenKind;
use hotlint_core::lint::Edit;
use hotlint_core::python::{Source, Versions, parse};
use hotlint_core::text_size::{Ranged, TextRange, TextSize};

use crate::neighbours::rule_of;
use place::Places;

/// The edits that turn the comments of `source` into ours; none where it cannot be parsed.
pub fn edits(source: &Source, python: Versions) -> Vec<Edit> {
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
    let places = OnceCell::new();
    let places = || places.get_or_init(|| Places::new(source, python));
    let mut edits = Vec::new();
    let mut moved: BTreeMap<TextSize, BTreeSet<&str>> = BTreeMap::new();
    for token in parsed.tokens() {
        if token.kind() != TokenKind::Comment {
            continue;
        }
        let range: TextRange = token.range();
        let comment = text.get(range.to_std_range()).unwrap_or_default();
        let line = text.get(..range.start().to_usize()).unwrap_or_default();
        let line = line.rsplit(['\n', '\r']).next().unwrap_or_default();
        let is_alone = line.trim().is_empty();
        let blanks = line.len() - line.trim_end().len();
        // Where the code before the comment ends.
        let start = range.start() - TextSize::try_from(blanks).unwrap_or_default();
        let mut leaves = |rule| {
            let end = match is_alone {
                false => places().elsewhere(source, rule, start),
                true => None,
            };
            if let Some(end) = end {
                moved.entry(end).or_default().insert(rule);
            }
            end.is_some()
        };
        match migrated(comment, is_alone, line.is_empty(), &mut leaves) {
            Some(new) if new.is_empty() => {
                edits.push(Edit::delete(TextRange::new(start, range.end())));
            }
            Some(new) => edits.push(Edit::replace(range, new)),
            None => {}
        }
    }
    edits.extend(moved.into_iter().map(|(end, rules)| {
        let rules: Vec<_> = rules.into_iter().collect();
        Edit::insert(end, format!("  # hotlint: ignore[{}]", rules.join(", ")))
    }));
    edits.sort_by_key(|edit| edit.range.start());
    edits
}

/// A comment in our words, empty where nothing is left of it; `None` where there is nothing to change. `is_alone` on its line,
/// `is_at_top` at the beginning of it; `leaves` says of a rule whether its comment goes to another line.
fn migrated(
    comment: &str,
    is_alone: bool,
    is_at_top: bool,
    leaves: &mut impl FnMut(&'static str) -> bool,
) -> Option<String> {
    let mut changed = false;
    let mut parts = Vec::new();
    for body in comment.split('#').skip(1) {
        match directive(body, is_alone, is_at_top, leaves) {
            Some(new) => {
                changed = true;
                parts.push(new);
            }
            None => parts.push(format!("#{}", body.trim_end())),
        }
    }
    parts.retain(|part| !part.is_empty());
    changed.then(|| parts.join("  "))
}

/// One `# …` in our words.
fn directive(
    body: &str,
    is_alone: bool,
    is_at_top: bool,
    leaves: &mut impl FnMut(&'static str) -> bool,
) -> Option<String> {
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
    let mut rules: Vec<&'static str> = codes.iter().filter_map(|code| rule_of(code)).collect();
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
    if ours == "ignore" {
        rules.retain(|rule| !leaves(rule));
    }
    let separator = if theirs.ends_with('=') { "," } else { ", " };
    let reason = match rest.trim() {
        "" => String::new(),
        // What is left of a comment is still one.
        reason if left.is_empty() && rules.is_empty() => format!("# {reason}"),
        reason => format!(" {reason}"),
    };
    let new = match rules.is_empty() {
        true => String::new(),
        false => format!("# hotlint: {ours}[{}]", rules.join(", ")),
    };
    Some(match (left.is_empty(), new.is_empty()) {
        (true, _) => format!("{new}{reason}"),
        (false, true) => format!("# {theirs}{}{reason}", left.join(separator)),
        (false, false) => format!("# {theirs}{}{reason}  {new}", left.join(separator)),
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
    use hotlint_core::lint::Severity;

    use super::*;
    use crate::check::{Setup, check};
    use crate::policy::Policy;
    use crate::quiet::Quiet;
    use crate::verdict::Fate;

    fn text(before: &str) -> String {
        let source = Source::module("a.py", before);
        let mut text = before.to_owned();
        for edit in edits(&source, Versions::default()).iter().rev() {
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
    fn comments_go_where_the_finding_is() {
        let copy = |head: &str, body: &str| {
            format!(
                "def f(xs: list):\n    ys = []\n    for x in xs:{head}\n        ys.append(x){body}\n    return ys\n"
            )
        };
        let ours = "  # hotlint: ignore[manual-list-copy]";
        for (before, after) in [
            (copy("", "  # noqa: PERF402"), copy(ours, "")),
            (copy("  # noqa: PERF402", ""), copy(ours, "")),
            (
                copy("  # first", "  # noqa: PERF402, E501"),
                copy(&format!("  # first{ours}"), "  # noqa: E501"),
            ),
            (
                copy("", "  # noqa: PERF402 few items"),
                copy(ours, "  # few items"),
            ),
        ] {
            assert_eq!(text(&before), after);
            let source = Source::module("a.py", after);
            let all = vec![Some(Severity::Warning); hotlint_rules::all().len()];
            let setup = Setup {
                policy: Policy::new(all, Quiet::default()).into(),
                ..Setup::default()
            };
            let stands = check(&source, &setup).findings;
            let stands = stands.iter().filter(|marked| marked.fate == Fate::Stands);
            assert_eq!(stands.count(), 0, "{}", source.text());
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
