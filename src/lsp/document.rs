//! What clients have open: files, and notebooks with their cells.

use std::path::PathBuf;
use std::sync::Arc;

use gen_lsp_types::{
    NotebookCell, NotebookCellKind, NotebookDocumentCellChanges, Range,
    TextDocumentContentChangeEvent, TextDocumentItem, Uri,
};
use serde_json::{Value, json};

use super::analysis::Analysis;
use super::text::{Encoding, Text};

/// A file or a notebook that is open.
#[derive(Debug)]
pub struct Document {
    pub uri: Uri,
    /// Where it lies, or where it would lie.
    pub path: PathBuf,
    /// Goes up with each change; the client's own numbers are those of the parts.
    pub revision: u64,
    /// Whether the client says that it is Python, whatever it is called.
    pub is_python: bool,
    pub content: Content,
    /// What was found last, which may be of an older revision.
    pub analysis: Option<Arc<Analysis>>,
    /// The revision that is being looked at.
    pub in_work: Option<u64>,
}

/// What a document holds.
#[derive(Clone, Debug)]
pub enum Content {
    File(Part),
    /// The cells in their order, those without code too.
    Notebook {
        version: i32,
        cells: Vec<Cell>,
    },
}

/// A text that the client counts versions of: a file, or a cell.
#[derive(Clone, Debug)]
pub struct Part {
    pub uri: Uri,
    pub version: i32,
    pub text: Arc<Text>,
}

/// A cell of a notebook.
#[derive(Clone, Debug)]
pub struct Cell {
    pub is_code: bool,
    /// `python`, unless the cell has a language of its own.
    pub language: String,
    pub part: Part,
}

impl Part {
    fn of(item: TextDocumentItem) -> (Self, String) {
        let language = serde_json::to_value(item.language_id).unwrap_or_default();
        let part = Self {
            uri: item.uri,
            version: item.version,
            text: Arc::new(Text::new(item.text)),
        };
        (part, language.as_str().unwrap_or_default().to_owned())
    }

    /// Makes the changes in the order in which they are told.
    pub fn change(
        &mut self,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) {
        self.version = version;
        for change in changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    let text = Arc::make_mut(&mut self.text);
                    text.replace(part.range, &part.text, encoding);
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => {
                    self.text = Arc::new(Text::new(whole.text));
                }
            }
        }
    }
}

impl Document {
    pub fn file(item: TextDocumentItem, path: PathBuf) -> Self {
        let (part, language) = Part::of(item);
        let is_python = language == "python";
        Self::new(part.uri.clone(), path, is_python, Content::File(part))
    }

    pub fn notebook(
        uri: Uri,
        version: i32,
        path: PathBuf,
        cells: Vec<NotebookCell>,
        texts: Vec<TextDocumentItem>,
    ) -> Self {
        let mut texts = texts;
        let cells = cells
            .into_iter()
            .map(|cell| Cell::of(cell, &mut texts))
            .collect();
        Self::new(uri, path, true, Content::Notebook { version, cells })
    }

    fn new(uri: Uri, path: PathBuf, is_python: bool, content: Content) -> Self {
        Self {
            uri,
            path,
            revision: 0,
            is_python,
            content,
            analysis: None,
            in_work: None,
        }
    }

    /// Makes the changes that a client tells of a notebook: first of its cells, then in them.
    pub fn change_notebook(
        &mut self,
        new_version: i32,
        changes: Option<NotebookDocumentCellChanges>,
        encoding: Encoding,
    ) {
        self.revision += 1;
        let Content::Notebook { version, cells } = &mut self.content else {
            return;
        };
        *version = new_version;
        let Some(changes) = changes else { return };
        if let Some(structure) = changes.structure {
            let mut texts = structure.did_open.unwrap_or_default();
            let array = structure.array;
            let start = (array.start as usize).min(cells.len());
            let end = start
                .saturating_add(array.delete_count as usize)
                .min(cells.len());
            let removed: Vec<Cell> = cells.drain(start..end).collect();
            let added = array.cells.unwrap_or_default().into_iter().map(|cell| {
                // A cell that is moved is taken out and put in, and not opened again.
                let known = removed.iter().find(|old| old.part.uri == cell.document);
                match known {
                    Some(old) => Cell {
                        is_code: cell.kind == NotebookCellKind::Code,
                        ..old.clone()
                    },
                    None => Cell::of(cell, &mut texts),
                }
            });
            let added: Vec<Cell> = added.collect();
            cells.splice(start..start, added);
        }
        for data in changes.data.unwrap_or_default() {
            if let Some(cell) = cells.iter_mut().find(|cell| cell.part.uri == data.document) {
                cell.is_code = data.kind == NotebookCellKind::Code;
            }
        }
        for content in changes.text_content.unwrap_or_default() {
            let uri = &content.document.text_document_identifier.uri;
            if let Some(cell) = cells.iter_mut().find(|cell| cell.part.uri == *uri) {
                cell.part
                    .change(content.document.version, content.changes, encoding);
            }
        }
    }
}

impl Content {
    /// The files or cells that the client knows by a name of their own.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        let (file, cells) = match self {
            Self::File(part) => (Some(part), &[][..]),
            Self::Notebook { cells, .. } => (None, cells.as_slice()),
        };
        file.into_iter().chain(cells.iter().map(|cell| &cell.part))
    }

    pub fn part(&self, uri: &Uri) -> Option<&Part> {
        self.parts().find(|part| part.uri == *uri)
    }

    /// What would lie on the disk: the text, or the notebook as Jupyter writes it.
    pub fn on_disk(&self) -> String {
        match self {
            // A mark at the start is not part of the text.
            Self::File(part) => {
                let text = part.text.as_str();
                text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()
            }
            Self::Notebook { cells, .. } => {
                let cells: Vec<Value> = cells.iter().map(Cell::on_disk).collect();
                json!({
                    "cells": cells,
                    "metadata": {"language_info": {"name": "python"}},
                    "nbformat": 4,
                    "nbformat_minor": 4,
                })
                .to_string()
            }
        }
    }
}

impl Cell {
    fn of(cell: NotebookCell, texts: &mut Vec<TextDocumentItem>) -> Self {
        let is_code = cell.kind == NotebookCellKind::Code;
        let at = texts.iter().position(|text| text.uri == cell.document);
        match at.map(|at| Part::of(texts.swap_remove(at))) {
            Some((part, language)) => Self {
                is_code,
                language,
                part,
            },
            // The client keeps it to itself: it is in another language.
            None => Self {
                is_code,
                language: String::new(),
                part: Part {
                    uri: cell.document,
                    version: 0,
                    text: Arc::new(Text::new(String::new())),
                },
            },
        }
    }

    fn on_disk(&self) -> Value {
        let source = self.part.text.as_str();
        match (self.is_code, self.language.as_str()) {
            (false, _) => json!({"cell_type": "markdown", "metadata": {}, "source": source}),
            (true, "python") => json!({
                "cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": source,
            }),
            (true, language) => json!({
                "cell_type": "code", "execution_count": null, "outputs": [], "source": source,
                "metadata": {"vscode": {"languageId": language}},
            }),
        }
    }
}

/// Whether two ranges have a place in common, their ends included.
pub fn touch(one: &Range, other: &Range) -> bool {
    let key = |position: gen_lsp_types::Position| (position.line, position.character);
    key(one.start) <= key(other.end) && key(other.start) <= key(one.end)
}
