//! Edits in the words of the protocol.
//!
//! **Invariant**: an edit names the version of the text that it fits on, wherever the client can be told.

use std::collections::HashMap;

use gen_lsp_types::{
    DocumentChange, Edit as LspEdit, OptionalVersionedTextDocumentIdentifier, Range,
    SnippetTextEdit, StringValue, TextDocumentEdit, TextDocumentIdentifier, TextEdit,
    WorkspaceEdit,
};
use hotlint_core::lint::Edit;
use hotlint_core::python::{Source, SourceKind};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::analysis::{Analysis, Page};
use super::client::Abilities;

/// `edits` to the text of `analysis`.
pub fn of(analysis: &Analysis, edits: &[Edit]) -> Option<WorkspaceEdit> {
    let mut parts: Vec<(&Page, Vec<TextEdit>)> = Vec::new();
    for edit in edits {
        let (page, range) = analysis.place(edit.range)?;
        let edit = TextEdit {
            range,
            new_text: edit.text.clone(),
        };
        match parts
            .iter_mut()
            .find(|(known, _)| known.part.uri == page.part.uri)
        {
            Some((_, list)) => list.push(edit),
            None => parts.push((page, vec![edit])),
        }
    }
    Some(whole(&analysis.snapshot.abilities, parts))
}

/// The same with a place that the user fills in: `hint` is what stands in the edit's text at first.
pub fn with_blank(analysis: &Analysis, edit: &Edit, hint: &str) -> Option<WorkspaceEdit> {
    let (page, range) = analysis.place(edit.range)?;
    let (before, after) = edit.text.rsplit_once(hint)?;
    let escaped = |text: &str| {
        text.replace('\\', "\\\\")
            .replace('$', "\\$")
            .replace('}', "\\}")
    };
    let value = format!(
        "{}${{1:{}}}{}",
        escaped(before),
        escaped(hint),
        escaped(after)
    );
    let edit = LspEdit::SnippetTextEdit(SnippetTextEdit {
        range,
        snippet: StringValue::new(value),
        annotation_id: None,
    });
    Some(versioned(vec![(page, vec![edit])]))
}

/// What makes the text of `analysis` that of `after`; line by line, so that what stays the same is not touched.
pub fn between(analysis: &Analysis, after: &Source) -> Option<WorkspaceEdit> {
    let mut parts = Vec::new();
    let ends = match after.kind() {
        SourceKind::Notebook { cells } => cells.iter().map(|at| at.to_usize()).collect(),
        _ => vec![0, after.text().len()],
    };
    let is_notebook = matches!(after.kind(), SourceKind::Notebook { .. });
    for (page, new) in analysis.pages().iter().zip(ends.windows(2)) {
        // Cells are joined by line ends that are no part of them.
        let end = new[1] - usize::from(is_notebook);
        let new = after.text().get(new[0]..end.max(new[0]))?;
        let edits = differences(analysis, page, new);
        if !edits.is_empty() {
            parts.push((page, edits));
        }
    }
    (!parts.is_empty()).then(|| whole(&analysis.snapshot.abilities, parts))
}

fn differences(analysis: &Analysis, page: &Page, new: &str) -> Vec<TextEdit> {
    let old: Vec<&str> = page.text().split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let mut starts = vec![page.lead()];
    for line in &old {
        starts.push(starts.last().copied().unwrap_or_default() + line.len());
    }
    let encoding = analysis.snapshot.encoding();
    let position = |line: usize| {
        let offset = starts.get(line).or(starts.last()).copied();
        page.part
            .text
            .position(offset.unwrap_or_default(), encoding)
    };
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    let edits = ops.into_iter().filter_map(|op| {
        if let DiffOp::Equal { .. } = op {
            return None;
        }
        let (before, after) = (op.old_range(), op.new_range());
        Some(TextEdit {
            range: Range {
                start: position(before.start),
                end: position(before.end),
            },
            new_text: new.get(after).unwrap_or_default().concat(),
        })
    });
    edits.collect()
}

fn whole(abilities: &Abilities, parts: Vec<(&Page, Vec<TextEdit>)>) -> WorkspaceEdit {
    if abilities.versioned_edits {
        let parts = parts.into_iter();
        return versioned(
            parts
                .map(|(page, edits)| (page, edits.into_iter().map(LspEdit::TextEdit).collect()))
                .collect(),
        );
    }
    let changes: HashMap<_, _> = parts
        .into_iter()
        .map(|(page, edits)| (page.part.uri.clone(), edits))
        .collect();
    WorkspaceEdit {
        changes: Some(changes),
        ..WorkspaceEdit::default()
    }
}

fn versioned(parts: Vec<(&Page, Vec<LspEdit>)>) -> WorkspaceEdit {
    let changes = parts.into_iter().map(|(page, edits)| {
        DocumentChange::TextDocumentEdit(TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                version: Some(page.part.version),
                text_document_identifier: TextDocumentIdentifier {
                    uri: page.part.uri.clone(),
                },
            },
            edits,
        })
    });
    WorkspaceEdit {
        document_changes: Some(changes.collect()),
        ..WorkspaceEdit::default()
    }
}
