//! Findings in the words of the protocol.

use gen_lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity,
    DiagnosticTag, Location, Message, Position, Range, Uri,
};
use hotlint_core::lint::Severity;

use super::analysis::{Analysis, Page};
use super::uri;
use crate::render::{self, heat};
use crate::suppress;
use crate::verdict::{Fate, Join, Marked, Problem, ProblemKind};

/// Where pages of rules are, for clients that show what the server makes up.
pub const SCHEME: &str = "hotlint-rule";

/// Everything that is to be shown, for each part of the document, those without anything included.
pub fn of(analysis: &Analysis) -> Vec<(&Page, Vec<Diagnostic>)> {
    let mut all: Vec<(&Page, Vec<Diagnostic>)> = analysis
        .pages()
        .iter()
        .map(|page| (page, Vec::new()))
        .collect();
    let Some(checked) = &analysis.checked else {
        return all;
    };
    let wishes = &analysis.snapshot.folder.wishes;
    let mut put = |page: Option<&Page>, diagnostic: Diagnostic| {
        let uri = page.map(|page| &page.part.uri);
        let found = all.iter().position(|(page, _)| Some(&page.part.uri) == uri);
        if let Some((_, list)) = all.get_mut(found.unwrap_or(0)) {
            list.push(diagnostic);
        }
    };
    for problem in &checked.report.problems {
        if problem.kind == ProblemKind::Syntax && wishes.show_syntax_errors == Some(false) {
            continue;
        }
        let place = problem.range.and_then(|range| analysis.place(range));
        let (page, range) = place.unzip();
        put(page, of_problem(problem, range.unwrap_or_default()));
    }
    for marked in shown(analysis) {
        if let Some((page, range)) = analysis.place(marked.finding.range) {
            put(Some(page), of_finding(analysis, marked, range));
        }
    }
    all
}

/// The findings that are shown.
pub fn shown(analysis: &Analysis) -> impl Iterator<Item = &Marked> {
    let findings = analysis
        .checked
        .iter()
        .flat_map(|checked| &checked.report.findings);
    findings.filter(|marked| is_shown(analysis, marked))
}

/// Whether a finding stands, or is known and still of interest.
pub fn is_shown(analysis: &Analysis, marked: &Marked) -> bool {
    match marked.fate {
        Fate::Stands => true,
        Fate::Baselined => analysis.snapshot.folder.wishes.show_baselined != Some(false),
        _ => false,
    }
}

/// The diagnostic of one finding.
pub fn of_one(analysis: &Analysis, marked: &Marked) -> Option<Diagnostic> {
    let (_, range) = analysis.place(marked.finding.range)?;
    Some(of_finding(analysis, marked, range))
}

fn of_finding(analysis: &Analysis, marked: &Marked, range: Range) -> Diagnostic {
    let finding = &marked.finding;
    let abilities = &analysis.snapshot.abilities;
    let mut message = finding.message.clone();
    let cost = render::cost(marked);
    let mut more = |word: &str, text: &str| {
        if !text.is_empty() {
            message.push_str(&format!("\n{word}: {text}"));
        }
    };
    more("cost", &cost);
    more("help", &finding.help);
    if let Some(heat) = marked.heat.filter(|heat| heat.join != Join::Unprofiled) {
        more("profile", &heat::brief(&heat));
    }
    if marked.fate == Fate::Baselined {
        more("baseline", "it was there before");
    }
    let causes = finding.causes.iter().filter_map(|cause| {
        let (page, range) = analysis.place(cause.range)?;
        Some(DiagnosticRelatedInformation {
            location: Location {
                uri: page.part.uri.clone(),
                range,
            },
            message: cause.text.clone(),
        })
    });
    let mut causes: Vec<_> = causes.collect();
    if !abilities.related_information {
        for cause in &causes {
            let line = cause.location.range.start.line + 1;
            message.push_str(&format!("\nline {line}: {}", cause.message));
        }
    }
    // Of other files no more is known than the line; the message names the steps already.
    causes.extend(finding.steps.iter().filter_map(|step| {
        let path = analysis.snapshot.folder.path.join(&step.path);
        let line = u32::try_from(step.row.checked_sub(1)?).ok()?;
        let start = Position { line, character: 0 };
        Some(DiagnosticRelatedInformation {
            location: Location {
                uri: uri::of(&path)?,
                range: Range { start, end: start },
            },
            message: step.text.clone(),
        })
    }));
    let tags = (abilities.unnecessary_tag && finding.rule == suppress::UNUSED)
        .then(|| vec![DiagnosticTag::Unnecessary]);
    Diagnostic {
        range,
        severity: Some(match (&marked.fate, marked.severity) {
            (Fate::Baselined, _) => DiagnosticSeverity::Hint,
            (_, Severity::Error) => DiagnosticSeverity::Error,
            (_, Severity::Warning) => DiagnosticSeverity::Warning,
            (_, Severity::Info) => DiagnosticSeverity::Information,
        }),
        code: Some(Code::String(finding.rule.to_owned())),
        code_description: page_of(analysis, finding.rule).map(|href| CodeDescription { href }),
        source: Some("hotlint".to_owned()),
        message: Message::String(message),
        tags,
        related_information: (abilities.related_information && !causes.is_empty())
            .then_some(causes),
        data: None,
    }
}

/// Where the page of a rule is, if there is one that the client can show.
pub fn page_of(analysis: &Analysis, rule: &str) -> Option<Uri> {
    let abilities = &analysis.snapshot.abilities;
    hotlint_rules::find(rule)?;
    if !abilities.code_description {
        return None;
    }
    match &analysis.snapshot.folder.wishes.docs_url {
        Some(url) if url.contains("{rule}") => Some(Uri(url.replace("{rule}", rule))),
        Some(url) => Some(Uri(format!("{}/{rule}", url.trim_end_matches('/')))),
        None if abilities.document_content => Some(Uri(format!("{SCHEME}:/{rule}.md"))),
        None => None,
    }
}

fn of_problem(problem: &Problem, range: Range) -> Diagnostic {
    let message = match problem.help.is_empty() {
        true => problem.message.clone(),
        false => format!("{}\nhelp: {}", problem.message, problem.help),
    };
    Diagnostic {
        range,
        severity: Some(match problem.kind {
            ProblemKind::TooLarge => DiagnosticSeverity::Information,
            _ => DiagnosticSeverity::Error,
        }),
        code: Some(Code::String(render::problem_name(problem.kind).to_owned())),
        source: Some("hotlint".to_owned()),
        message: Message::String(message),
        code_description: None,
        tags: None,
        related_information: None,
        data: None,
    }
}

/// A name for a list of diagnostics: the same list has the same.
pub fn result_id(diagnostics: &[Diagnostic]) -> String {
    let words = serde_json::to_vec(diagnostics).unwrap_or_default();
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(&words))
}
