//! What can be done about findings: quick-fixes, fixes of many at once, comments and the baseline.

use gen_lsp_types::{
    CodeAction, CodeActionDisabled, CodeActionKind, Command, Range, Uri, WorkspaceEdit,
};
use hotlint_core::lint::{Edit, Fix, FixLevel};
use hotlint_core::python::Source;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::analysis::Analysis;
use super::diagnostics::{self, is_shown};
use super::document::{Content, touch};
use super::{commands, edits};
use crate::check::check;
use crate::fix::{Fixed, fitted, fix_rule_to_fixpoint, fix_to_fixpoint};
use crate::suppress;
use crate::verdict::{Fate, Marked};

/// The kind of the action that applies all fixes.
pub const FIX_ALL: &str = "source.fixAll.hotlint";
/// The same for notebooks, which editors ask for by this name.
pub const FIX_ALL_CELLS: &str = "notebook.source.fixAll.hotlint";
/// What stands where a reason belongs.
const REASON: &str = "reason";

/// What a client asks for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    pub text_document: TextDocument,
    pub range: Range,
    #[serde(default)]
    context: Context,
}

#[derive(Debug, Deserialize)]
pub struct TextDocument {
    pub uri: Uri,
}

/// The diagnostics that clients send along are theirs: what is known here is newer.
#[derive(Debug, Default, Deserialize)]
struct Context {
    only: Option<Vec<String>>,
}

/// An action whose edit is made when it is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deferred {
    /// The document: the file, or the notebook.
    pub uri: Uri,
    pub revision: u64,
    pub generation: u64,
    pub what: What,
}

/// What an action does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum What {
    /// Applies the fix of the finding of this number.
    Fix(usize),
    /// Applies all fixes of a rule.
    FixRule(String),
    FixAll,
    /// Puts a comment at the finding of this number.
    Ignore {
        finding: usize,
        reason: String,
    },
    /// The same; the user fills in the reason.
    IgnoreFor(usize),
}

/// The actions for a place.
pub fn of(analysis: &Analysis, params: &Params) -> Vec<CodeAction> {
    let wanted = |kind: &str| {
        let only = params.context.only.as_ref();
        only.is_none_or(|only| only.iter().any(|wanted| is_below(kind, wanted)))
    };
    let mut actions = Vec::new();
    let Some(checked) = &analysis.checked else {
        return actions;
    };
    let here = |marked: &&(usize, &Marked)| {
        let place = analysis.place(marked.1.finding.range);
        place.is_some_and(|(page, range)| {
            page.part.uri == params.text_document.uri && touch(&range, &params.range)
        })
    };
    if wanted("quickfix") {
        let findings = checked.report.findings.iter().enumerate();
        let shown: Vec<_> = findings
            .filter(|(_, marked)| is_shown(analysis, marked))
            .collect();
        let found: Vec<_> = shown.iter().filter(here).copied().collect();
        actions.extend(
            found
                .iter()
                .filter_map(|(index, marked)| fix(analysis, *index, marked)),
        );
        let mut rules: Vec<&'static str> = Vec::new();
        for (_, marked) in &found {
            let rule = marked.finding.rule;
            let of_rule = |(_, other): &&(usize, &Marked)| {
                other.finding.rule == rule && is_applied(analysis, other)
            };
            if !rules.contains(&rule) && shown.iter().filter(of_rule).count() > 1 {
                rules.push(rule);
                let title = format!("Fix all `{rule}` in this file");
                let what = What::FixRule(rule.to_owned());
                actions.extend(edited(analysis, title, CodeActionKind::QuickFix, what));
            }
        }
        for (index, marked) in &found {
            if marked.fate == Fate::Stands {
                actions.extend(ignores(analysis, *index, marked));
            }
        }
        for (index, marked) in &found {
            actions.extend(to_baseline(analysis, *index, marked));
        }
        let mut explained: Vec<&'static str> = Vec::new();
        for (_, marked) in &found {
            let rule = marked.finding.rule;
            if !explained.contains(&rule) && hotlint_rules::find(rule).is_some() {
                explained.push(rule);
                actions.push(explain(analysis, marked));
            }
        }
    }
    for kind in [FIX_ALL, FIX_ALL_CELLS] {
        let is_notebook = matches!(analysis.snapshot.content, Content::Notebook { .. });
        if !wanted(kind) || (kind == FIX_ALL_CELLS) != is_notebook && params.context.only.is_none()
        {
            continue;
        }
        if checked
            .report
            .findings
            .iter()
            .any(|marked| is_applied(analysis, marked))
        {
            let title = "hotlint: fix all".to_owned();
            let kind = CodeActionKind::Custom(kind.into());
            actions.extend(edited(analysis, title, kind, What::FixAll));
        }
    }
    actions
}

/// Whether `kind` is `wanted`, or below it: `source.fixAll.hotlint` is below `source.fixAll` and `source`.
fn is_below(kind: &str, wanted: &str) -> bool {
    wanted.is_empty()
        || kind
            .strip_prefix(wanted)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether fixing everything applies its fix.
fn is_applied(analysis: &Analysis, marked: &Marked) -> bool {
    let level = marked.finding.fix.as_ref().map(|fix| fix.level);
    is_shown(analysis, marked) && level.is_some_and(|level| level >= allowed(analysis))
}

/// How far fixes are trusted that nobody looks at one by one: as far as the command line does.
fn allowed(analysis: &Analysis) -> FixLevel {
    match analysis.snapshot.folder.settings().unsafe_fixes {
        true => FixLevel::Unsafe,
        false => FixLevel::Safe,
    }
}

fn fix(analysis: &Analysis, index: usize, marked: &Marked) -> Option<CodeAction> {
    let fix = marked
        .finding
        .fix
        .as_ref()
        .filter(|fix| !fix.edits.is_empty())?;
    let caveat = match fix.caveat.is_empty() {
        true => String::new(),
        false => format!(": {}", fix.caveat),
    };
    let title = match fix.level {
        FixLevel::Safe => fix.title.clone(),
        FixLevel::Unsafe => format!("{} (unsafe{caveat})", fix.title),
        FixLevel::Display => format!("{} (a sketch, to be finished by hand{caveat})", fix.title),
    };
    let action = edited(analysis, title, CodeActionKind::QuickFix, What::Fix(index))?;
    Some(CodeAction {
        is_preferred: (fix.level == FixLevel::Safe).then_some(true),
        ..about(analysis, marked, action)
    })
}

/// The action with the diagnostic that it is for.
fn about(analysis: &Analysis, marked: &Marked, action: CodeAction) -> CodeAction {
    CodeAction {
        diagnostics: diagnostics::of_one(analysis, marked).map(|diagnostic| vec![diagnostic]),
        ..action
    }
}

fn ignores(analysis: &Analysis, index: usize, marked: &Marked) -> Vec<CodeAction> {
    let rule = marked.finding.rule;
    let plain = edited(
        analysis,
        format!("Ignore `{rule}` on this line"),
        CodeActionKind::QuickFix,
        What::Ignore {
            finding: index,
            reason: String::new(),
        },
    );
    let title = format!("Ignore `{rule}` on this line, with a reason");
    let with_reason = match analysis.snapshot.abilities.has_commands {
        true => Some(CodeAction {
            title: title.clone(),
            kind: Some(CodeActionKind::QuickFix),
            command: Some(Command {
                title,
                command: commands::ASK_REASON.to_owned(),
                arguments: Some(vec![json!(deferred(analysis, What::IgnoreFor(index)))]),
                tooltip: None,
            }),
            ..CodeAction::default()
        }),
        false => edited(
            analysis,
            title,
            CodeActionKind::QuickFix,
            What::IgnoreFor(index),
        ),
    };
    let both = plain.into_iter().chain(with_reason);
    both.map(|action| about(analysis, marked, action)).collect()
}

fn to_baseline(analysis: &Analysis, index: usize, marked: &Marked) -> Option<CodeAction> {
    let baseline = analysis.snapshot.folder.settings().baseline.clone()?;
    if marked.fate != Fate::Stands {
        return None;
    }
    let name = baseline.file_name()?.to_string_lossy().into_owned();
    let title = format!("Add this `{}` to {name}", marked.finding.rule);
    let action = CodeAction {
        title: title.clone(),
        kind: Some(CodeActionKind::QuickFix),
        command: Some(Command {
            title,
            command: commands::ADD_TO_BASELINE.to_owned(),
            arguments: Some(vec![json!(deferred(analysis, What::Fix(index)))]),
            tooltip: None,
        }),
        ..CodeAction::default()
    };
    Some(about(analysis, marked, action))
}

fn explain(analysis: &Analysis, marked: &Marked) -> CodeAction {
    let rule = marked.finding.rule;
    let title = format!("Explain `{rule}`");
    let action = CodeAction {
        title: title.clone(),
        kind: Some(CodeActionKind::QuickFix),
        command: Some(Command {
            title,
            command: commands::EXPLAIN_RULE.to_owned(),
            arguments: Some(vec![json!(rule)]),
            tooltip: None,
        }),
        ..CodeAction::default()
    };
    about(analysis, marked, action)
}

fn deferred(analysis: &Analysis, what: What) -> Deferred {
    let snapshot = &analysis.snapshot;
    Deferred {
        uri: snapshot.uri.clone(),
        revision: snapshot.revision,
        generation: snapshot.folder.generation,
        what,
    }
}

/// An action with its edit, or with what its edit is made from later; `None` where there is nothing to edit.
fn edited(
    analysis: &Analysis,
    title: String,
    kind: CodeActionKind,
    what: What,
) -> Option<CodeAction> {
    let action = CodeAction {
        title,
        kind: Some(kind),
        ..CodeAction::default()
    };
    if analysis.snapshot.abilities.resolves_edits {
        return Some(CodeAction {
            data: Some(json!(deferred(analysis, what))),
            ..action
        });
    }
    Some(CodeAction {
        edit: Some(edit(analysis, &what)?),
        ..action
    })
}

/// The action with its edit; without one, the action says why.
pub fn resolved(analysis: &Analysis, action: CodeAction, what: &What) -> CodeAction {
    match edit(analysis, what) {
        Some(edit) => CodeAction {
            edit: Some(edit),
            ..action
        },
        None => CodeAction {
            disabled: Some(CodeActionDisabled {
                reason: "nothing is left to change".to_owned(),
            }),
            ..action
        },
    }
}

/// What the action changes.
pub fn edit(analysis: &Analysis, what: &What) -> Option<WorkspaceEdit> {
    let checked = analysis.checked.as_ref()?;
    let (source, setup) = (&checked.source, &analysis.setup);
    let finding = |index: usize| Some(&checked.report.findings.get(index)?.finding);
    match what {
        What::Fix(index) => {
            let fix: &Fix = finding(*index)?.fix.as_ref()?;
            edits::of(analysis, &fitted(source, fix)?)
        }
        What::FixRule(rule) => after(
            analysis,
            &fix_rule_to_fixpoint(source, setup, allowed(analysis), rule),
        ),
        What::FixAll => after(analysis, &fix_to_fixpoint(source, setup, allowed(analysis))),
        What::Ignore {
            finding: index,
            reason,
        } => {
            let edit = ignore(analysis, *index, reason)?;
            edits::of(analysis, &[edit])
        }
        What::IgnoreFor(index) => {
            let edit = ignore(analysis, *index, REASON)?;
            match analysis.snapshot.abilities.snippet_edits {
                true => edits::with_blank(analysis, &edit, REASON)
                    .or_else(|| edits::of(analysis, &[edit])),
                false => edits::of(analysis, &[edit]),
            }
        }
    }
}

fn ignore(analysis: &Analysis, index: usize, reason: &str) -> Option<Edit> {
    let checked = analysis.checked.as_ref()?;
    let finding = &checked.report.findings.get(index)?.finding;
    let setup = &analysis.setup;
    let check = |source: &Source| check(source, setup);
    suppress::ignore(&checked.source, finding.rule, finding.range, reason, &check)
}

fn after(analysis: &Analysis, fixed: &Fixed) -> Option<WorkspaceEdit> {
    edits::between(analysis, &fixed.source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_form_a_tree() {
        for wanted in ["", "source", "source.fixAll", FIX_ALL] {
            assert!(is_below(FIX_ALL, wanted), "{wanted}");
        }
        for wanted in [
            "quickfix",
            "source.fix",
            "source.fixAll.ruff",
            FIX_ALL_CELLS,
        ] {
            assert!(!is_below(FIX_ALL, wanted), "{wanted}");
        }
    }
}
