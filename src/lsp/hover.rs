//! What a reader is told who points at a finding, or at the name of a rule in a comment.

use gen_lsp_types::{Contents, Hover, MarkupContent, MarkupKind, Position, Range, Uri};
use hotlint_core::lint::RuleInfo;
use hotlint_core::python::{Source, parse};
use hotlint_core::text_size::{Ranged, TextRange, TextSize};

use super::analysis::Analysis;
use super::diagnostics::{page_of, shown};
use crate::measure::evidence;
use crate::page;
use crate::render::{self, heat};
use crate::verdict::{Join, Marked};

/// What there is to say about `position`.
pub fn of(analysis: &Analysis, uri: &Uri, position: Position) -> Option<Hover> {
    let checked = analysis.checked.as_ref()?;
    let offset = analysis.offset(uri, position)?;
    let at = |range: TextRange| range.contains_inclusive(offset);
    let findings: Vec<&Marked> = shown(analysis)
        .filter(|marked| at(marked.finding.range))
        .collect();
    // The innermost ones: a finding on a whole loop is about its head.
    let shortest = findings
        .iter()
        .map(|marked| marked.finding.range.len())
        .min();
    let told = findings
        .iter()
        .filter(|marked| Some(marked.finding.range.len()) == shortest);
    let texts: Vec<String> = told.map(|marked| finding(analysis, marked)).collect();
    if let Some(first) = findings
        .iter()
        .find(|marked| Some(marked.finding.range.len()) == shortest)
    {
        let (_, range) = analysis.place(first.finding.range)?;
        return Some(hover(analysis, texts.join("\n\n---\n\n"), range));
    }
    let (rule, range) = rule_at(&checked.source, offset)?;
    let (_, range) = analysis.place(range)?;
    Some(hover(analysis, about(analysis, rule), range))
}

fn hover(analysis: &Analysis, text: String, range: Range) -> Hover {
    let is_markdown = analysis.snapshot.abilities.markdown;
    Hover {
        contents: Contents::MarkupContent(MarkupContent {
            kind: match is_markdown {
                true => MarkupKind::Markdown,
                false => MarkupKind::PlainText,
            },
            value: match is_markdown {
                true => text,
                false => text.replace("**", ""),
            },
        }),
        range: Some(range),
    }
}

fn finding(analysis: &Analysis, marked: &Marked) -> String {
    let finding = &marked.finding;
    let rule = render::rule_info(finding.rule);
    let cost = render::cost(marked);
    let mut text = match cost.is_empty() {
        true => format!("**{}**", finding.rule),
        false => format!("**{}**: {cost}", finding.rule),
    };
    let mut more = |paragraph: &str| {
        if !paragraph.is_empty() {
            text.push_str("\n\n");
            text.push_str(paragraph);
        }
    };
    // Hotlint's own extension shows the diagnostic in the same box.
    if !analysis.snapshot.abilities.has_commands {
        more(&finding.message);
        more(&finding.help);
    }
    if let Some(heat) = marked.heat.filter(|heat| heat.join != Join::Unprofiled) {
        more(&format!("**Profile**: {}", heat::words(&heat)));
    }
    if let Some(rule) = rule {
        more(&measured(analysis, rule));
        if let Some(page) = page_of(analysis, rule.name) {
            more(&format!("[{}]({page})", rule.title()));
        }
    }
    text
}

/// What was measured for the Python of the project.
fn measured(analysis: &Analysis, rule: &RuleInfo) -> String {
    let Some(evidence) = evidence::of(rule) else {
        return String::new();
    };
    let minor = Some(analysis.setup.python.oldest.minor);
    let closest = evidence.closest(minor);
    let claim = closest.and_then(|python| evidence.figure_on(rule.cost, python));
    let claim = claim.map(|claim| format!("**Measured** on {}: {claim}", evidence.measured));
    let table = page::measured(&evidence, minor);
    claim
        .into_iter()
        .chain(table)
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// A rule in a few words.
fn about(analysis: &Analysis, rule: &RuleInfo) -> String {
    let mut parts = vec![
        format!("**{}**: {}", rule.name, rule.cost),
        page::summary(rule).to_owned(),
        measured(analysis, rule),
    ];
    if let Some(page) = page_of(analysis, rule.name) {
        parts.push(format!("[{}]({page})", rule.title()));
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

/// The rule whose name stands at `offset`, in a comment that speaks to hotlint.
fn rule_at(source: &Source, offset: TextSize) -> Option<(&'static RuleInfo, TextRange)> {
    let text = source.text();
    // Parsing is for those lines only that can have such a comment.
    let line = source.lines().line_index(offset).get();
    let line = text.get(source.line(line)?.to_std_range())?;
    if !line.contains("hotlint:") {
        return None;
    }
    let parsed = parse(source).ok()?;
    let mut tokens = parsed.tokens().iter();
    let comment = tokens
        .find(|token| token.kind().is_comment() && token.range().contains_inclusive(offset))?;
    let is_name = |char: char| char.is_ascii_alphanumeric() || char == '-';
    let words = text.get(comment.range().to_std_range())?;
    let at = (offset - comment.start()).to_usize();
    let start = words
        .get(..at)?
        .rfind(|char| !is_name(char))
        .map_or(0, |at| at + 1);
    let end = words
        .get(at..)?
        .find(|char| !is_name(char))
        .map_or(words.len(), |end| at + end);
    let rule = render::rule_info(words.get(start..end)?)?;
    let place = |at: usize| TextSize::try_from(at).map(|at| comment.start() + at).ok();
    Some((rule, TextRange::new(place(start)?, place(end)?)))
}
