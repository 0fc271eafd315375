//! What the server can do, as it says when it is greeted.

use gen_lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProvider, CodeLensOptions, DiagnosticOptions,
    DiagnosticProvider, ExecuteCommandOptions, HoverProvider, InitializeResult, InlayHintProvider,
    Notebook, NotebookCellLanguage, NotebookDocumentFilterWithNotebook, NotebookDocumentSync,
    NotebookDocumentSyncOptions, NotebookSelector, Save, ServerCapabilities, ServerInfo,
    TextDocumentContent, TextDocumentContentOptions, TextDocumentSync, TextDocumentSyncKind,
    TextDocumentSyncOptions, WorkDoneProgressOptions, WorkspaceFoldersServerCapabilities,
    WorkspaceOptions,
};

use super::actions::{FIX_ALL, FIX_ALL_CELLS};
use super::client::{Abilities, Wishes};
use super::{commands, diagnostics};

/// The answer to `initialize`.
pub fn of(abilities: &Abilities, wishes: &Wishes) -> InitializeResult {
    InitializeResult {
        capabilities: capabilities(abilities, wishes),
        server_info: Some(ServerInfo {
            name: "hotlint".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
    }
}

fn capabilities(abilities: &Abilities, wishes: &Wishes) -> ServerCapabilities {
    let fixes = [FIX_ALL, FIX_ALL_CELLS];
    let fixes = fixes.map(|kind| CodeActionKind::Custom(kind.into()));
    let kinds = std::iter::once(CodeActionKind::QuickFix).chain(fixes);
    let content = TextDocumentContentOptions {
        schemes: vec![diagnostics::SCHEME.to_owned()],
    };
    ServerCapabilities {
        position_encoding: Some(abilities.encoding.kind()),
        text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            will_save: None,
            will_save_wait_until: None,
            save: Some(Save::Bool(true)),
        })),
        notebook_document_sync: Some(NotebookDocumentSync::Options(NotebookDocumentSyncOptions {
            // Some clients cannot read a selector of cells without its notebook.
            notebook_selector: vec![NotebookSelector::NotebookDocumentFilterWithNotebook(
                NotebookDocumentFilterWithNotebook {
                    notebook: Notebook::String("jupyter-notebook".to_owned()),
                    cells: Some(vec![NotebookCellLanguage {
                        language: "python".to_owned(),
                    }]),
                },
            )],
            save: Some(true),
        })),
        code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
            code_action_kinds: Some(kinds.collect()),
            resolve_provider: Some(true),
            documentation: None,
            work_done_progress_options: WorkDoneProgressOptions::default(),
        })),
        hover_provider: Some(HoverProvider::Bool(true)),
        code_lens_provider: Some(CodeLensOptions::default()),
        inlay_hint_provider: Some(InlayHintProvider::Bool(true)),
        diagnostic_provider: abilities.pulls.then(|| {
            DiagnosticProvider::DiagnosticOptions(DiagnosticOptions {
                identifier: Some("hotlint".to_owned()),
                // The types of a project's other files decide, too.
                inter_file_dependencies: true,
                workspace_diagnostics: wishes.workspace_diagnostics != Some(false),
                work_done_progress_options: WorkDoneProgressOptions {
                    work_done_progress: Some(true),
                },
            })
        }),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: commands::ALL.map(str::to_owned).to_vec(),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        }),
        workspace: Some(WorkspaceOptions {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(true.into()),
            }),
            file_operations: None,
            text_document_content: abilities
                .document_content
                .then_some(TextDocumentContent::Options(content)),
        }),
        ..ServerCapabilities::default()
    }
}
