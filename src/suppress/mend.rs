//! Findings on directives, and the edits that take away what is of no use.

use hotlint_core::lint::{Edit, Finding, Fix};
use hotlint_core::python::{Source, SourceKind};
use hotlint_core::text_size::{TextRange, TextSize};

use super::directive::{Directive, Fault, Kind};
use super::scope::{indentation, line_range};
use super::{MALFORMED, Ran, UNKNOWN, UNUSED};

pub(super) fn malformed(source: &Source, fault: Fault) -> Finding {
    let edit = removal(source, fault.range, fault.comment);
    let mut fix = Fix::safe("Remove the comment", [edit]);
    if !fault.is_meant {
        fix = fix.unsafe_because("it may be meant for people");
    }
    named(
        MALFORMED,
        Finding::new(
            fault.range,
            format!("{}, so it suppresses nothing", fault.message),
        )
        .help(fault.help)
        .fix(fix),
    )
}

pub(super) fn unknown(
    source: &Source,
    directive: &Directive,
    which: &[usize],
    rules: &[Ran],
) -> Finding {
    let place = place(directive, which);
    let message = match which {
        [_] => format!("there is no rule {}", list(directive, which)),
        _ => format!("there are no rules {}", list(directive, which)),
    };
    let help = match which {
        [one] => closest(&directive.names[*one].text, rules)
            .map_or(String::new(), |rule| format!("did you mean `{rule}`?")),
        _ => String::new(),
    };
    let fix = without(source, directive, which);
    named(UNKNOWN, Finding::new(place, message).help(help).fix(fix))
}

pub(super) fn unused(source: &Source, directive: &Directive, which: &[usize]) -> Finding {
    let names = list(directive, which);
    let message = match directive.kind {
        Kind::Enable => format!("`enable` ends nothing: {names} is not disabled here"),
        kind => format!(
            "`{}` suppresses nothing: {names} finds nothing here",
            kind.word()
        ),
    };
    let fix = without(source, directive, which);
    named(
        UNUSED,
        Finding::new(place(directive, which), message).fix(fix),
    )
}

fn named(rule: &'static str, mut finding: Finding) -> Finding {
    finding.rule = rule;
    finding
}

/// The directive, or the only one of its names that is meant.
fn place(directive: &Directive, which: &[usize]) -> TextRange {
    match which {
        [one] if directive.names.len() > 1 => directive.names[*one].range,
        _ => directive.range,
    }
}

fn list(directive: &Directive, which: &[usize]) -> String {
    let names = which
        .iter()
        .map(|index| format!("`{}`", directive.names[*index].text));
    names.collect::<Vec<_>>().join(", ")
}

fn closest<'a>(name: &str, rules: &[Ran<'a>]) -> Option<&'a str> {
    let likeness = |rule: &str| strsim::normalized_damerau_levenshtein(name, rule);
    rules
        .iter()
        .map(|(rule, _)| (*rule, likeness(rule)))
        .filter(|(_, likeness)| *likeness > 0.6)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(rule, _)| rule)
}

/// The directive without the names in `which`; all of it, when none is left.
fn without(source: &Source, directive: &Directive, which: &[usize]) -> Fix {
    let rest: Vec<&str> = directive
        .names
        .iter()
        .enumerate()
        .filter(|(index, _)| !which.contains(index))
        .map(|(_, name)| name.text.as_str())
        .collect();
    if rest.is_empty() {
        let edit = removal(source, directive.range, directive.comment);
        Fix::safe("Remove the comment", [edit])
    } else {
        let title = format!("Take {} out of the comment", list(directive, which));
        Fix::safe(title, [Edit::replace(directive.list, rest.join(", "))])
    }
}

/// Takes away the part `range` of `comment`, with the blanks that only it needs; what others wrote stays.
fn removal(source: &Source, range: TextRange, comment: TextRange) -> Edit {
    let text = source.text();
    let before = &text[TextRange::new(comment.start(), range.start())];
    let after = &text[TextRange::new(range.end(), comment.end())];
    if !after.trim().is_empty() {
        let blanks = after.len() - after.trim_start().len();
        let blanks = TextSize::try_from(blanks).unwrap_or_default();
        return Edit::delete(TextRange::new(range.start(), range.end() + blanks));
    }
    if !before.trim().is_empty() {
        let kept = TextSize::of(before.trim_end());
        return Edit::delete(TextRange::new(comment.start() + kept, comment.end()));
    }
    let line = line_range(source, comment.start());
    if indentation(source, comment).is_none() {
        let code = text[TextRange::new(line.start(), comment.start())].trim_end();
        return Edit::delete(TextRange::new(
            line.start() + TextSize::of(code),
            comment.end(),
        ));
    }
    // The whole line, with its own end or, where that is missing or holds a notebook together, the one before.
    if comment.end() < line.end() && !is_cell_boundary(source, line.end()) {
        return Edit::delete(line);
    }
    let start = if line.start() == TextSize::default() || is_cell_boundary(source, line.start()) {
        line.start()
    } else {
        let before = &text[..line.start().to_usize()];
        let before = before
            .strip_suffix("\r\n")
            .or_else(|| before.strip_suffix(['\r', '\n']))
            .unwrap_or(before);
        TextSize::of(before)
    };
    Edit::delete(TextRange::new(start, comment.end()))
}

fn is_cell_boundary(source: &Source, offset: TextSize) -> bool {
    match source.kind() {
        SourceKind::Notebook { cells } => cells.contains(&offset),
        _ => false,
    }
}
