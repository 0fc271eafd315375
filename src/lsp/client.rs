//! What the client can do, and what its user wants.
//!
//! **Invariant**: nothing that a client says here fails: what is missing, or of another kind than expected, counts as not said.

use std::path::PathBuf;

use gen_lsp_types::Uri;
use serde_json::Value;

use super::text::Encoding;
use crate::config::{Options, Selection, Selector, Sources};

/// What the client can do, as far as it matters here.
#[derive(Clone, Debug, Default)]
pub struct Abilities {
    pub encoding: Encoding,
    /// It asks for diagnostics, so that none need to be sent.
    pub pulls: bool,
    pub refreshes_diagnostics: bool,
    pub refreshes_lenses: bool,
    pub refreshes_hints: bool,
    pub related_information: bool,
    pub code_description: bool,
    pub unnecessary_tag: bool,
    pub versions_in_diagnostics: bool,
    /// Edits of an action may be asked for later.
    pub resolves_edits: bool,
    pub versioned_edits: bool,
    pub snippet_edits: bool,
    pub applies_edits: bool,
    pub markdown: bool,
    pub configuration: bool,
    pub registers_configuration: bool,
    pub registers_watchers: bool,
    pub relative_watchers: bool,
    pub shows_documents: bool,
    /// It shows documents that the server makes up.
    pub document_content: bool,
    pub progress: bool,
    /// The client is hotlint's own extension, with the commands that it brings.
    pub has_commands: bool,
}

impl Abilities {
    /// Of the parameters of `initialize`.
    pub fn of(params: &Value) -> Self {
        let capability = |pointer: &str| params.pointer(&format!("/capabilities{pointer}"));
        let flag = |pointer: &str| capability(pointer).and_then(Value::as_bool) == Some(true);
        let list = |pointer: &str| {
            let list = capability(pointer).and_then(Value::as_array);
            list.into_iter().flatten()
        };
        // Those who pull say what they show once for both ways, or in either place.
        let shows = |name: &str| {
            flag(&format!("/textDocument/publishDiagnostics/{name}"))
                || flag(&format!("/textDocument/diagnostic/{name}"))
        };
        let tags = |place: &str| {
            let mut tags = list(&format!("/textDocument/{place}/tagSupport/valueSet"));
            tags.any(|tag| tag.as_u64() == Some(1))
        };
        let encodings = list("/general/positionEncodings").filter_map(Value::as_str);
        let resolved = list("/textDocument/codeAction/resolveSupport/properties");
        let mut formats = list("/textDocument/hover/contentFormat");
        Self {
            encoding: Encoding::best(encodings),
            pulls: capability("/textDocument/diagnostic").is_some_and(Value::is_object),
            refreshes_diagnostics: flag("/workspace/diagnostics/refreshSupport")
                || flag("/workspace/diagnostic/refreshSupport"),
            refreshes_lenses: flag("/workspace/codeLens/refreshSupport"),
            refreshes_hints: flag("/workspace/inlayHint/refreshSupport"),
            related_information: shows("relatedInformation"),
            code_description: shows("codeDescriptionSupport"),
            unnecessary_tag: tags("publishDiagnostics") || tags("diagnostic"),
            versions_in_diagnostics: flag("/textDocument/publishDiagnostics/versionSupport"),
            resolves_edits: flag("/textDocument/codeAction/dataSupport")
                && resolved.into_iter().any(|name| name == "edit"),
            versioned_edits: flag("/workspace/workspaceEdit/documentChanges"),
            snippet_edits: flag("/workspace/workspaceEdit/snippetEditSupport"),
            applies_edits: flag("/workspace/applyEdit"),
            markdown: formats.any(|format| format == "markdown"),
            configuration: flag("/workspace/configuration"),
            registers_configuration: flag("/workspace/didChangeConfiguration/dynamicRegistration"),
            registers_watchers: flag("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            relative_watchers: flag("/workspace/didChangeWatchedFiles/relativePatternSupport"),
            shows_documents: flag("/window/showDocument/support"),
            document_content: capability("/workspace/textDocumentContent")
                .is_some_and(Value::is_object),
            progress: flag("/window/workDoneProgress"),
            has_commands: flag("/experimental/hotlint/commands"),
        }
    }
}

/// The folders of `initialize`: the workspace's, or else the one of older clients.
pub fn folders(params: &Value) -> Vec<Uri> {
    let list = params.get("workspaceFolders").and_then(Value::as_array);
    let uris = list.into_iter().flatten();
    let uris: Vec<Uri> = uris
        .filter_map(|folder| folder.get("uri")?.as_str())
        .map(Uri::from)
        .collect();
    if !uris.is_empty() {
        return uris;
    }
    let text = |key: &str| params.get(key).and_then(Value::as_str);
    let root = text("rootUri").map(Uri::from);
    let root = root.or_else(|| super::uri::of(&PathBuf::from(text("rootPath")?)));
    root.into_iter().collect()
}

/// What the user of the client has set, for one folder or for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// As `--config` takes them: a file, or `key = value`.
    pub configuration: Vec<String>,
    pub select: Option<Vec<String>>,
    pub extend_select: Vec<String>,
    pub ignore: Vec<String>,
    /// Profiles in place of those that the configuration names.
    pub profile: Vec<PathBuf>,
    pub baseline: Option<PathBuf>,
    /// Findings that the baseline holds are shown as hints, unless this is false.
    pub show_baselined: Option<bool>,
    pub show_syntax_errors: Option<bool>,
    pub code_lens: bool,
    pub inlay_hints: bool,
    /// Where pages of rules are: `{rule}` stands for the rule's name.
    pub docs_url: Option<String>,
    /// Whether files that are not open are of interest to the client; asked for once, at the start.
    pub workspace_diagnostics: Option<bool>,
}

impl Wishes {
    /// Of `initializationOptions`, or of what came for the section `hotlint`; in whatever of the usual forms.
    pub fn of(value: &Value) -> Self {
        let value = ["hotlint", "settings", "hotlint"]
            .iter()
            .fold(value, |value, key| match value.get(key) {
                Some(inner) if inner.is_object() => inner,
                _ => value,
            });
        let get = |key: &str| {
            // `codeLens.enable` is what editors with flat settings have.
            let found = value.get(key)?;
            Some(found.get("enable").unwrap_or(found))
        };
        let flag = |key: &str| get(key).and_then(Value::as_bool);
        let text = |key: &str| {
            let text = get(key).and_then(Value::as_str).map(str::trim);
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let list = |key: &str| match get(key) {
            Some(Value::Array(list)) => Some(
                list.iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect::<Vec<_>>(),
            ),
            Some(Value::String(one)) if !one.trim().is_empty() => Some(vec![one.clone()]),
            _ => None,
        };
        let mode = text("diagnosticMode");
        Self {
            configuration: list("configuration").unwrap_or_default(),
            // Editors with a form for settings send what is not filled in as empty.
            select: list("select").filter(|words| !words.is_empty()),
            extend_select: list("extendSelect").unwrap_or_default(),
            ignore: list("ignore").unwrap_or_default(),
            profile: list("profile")
                .unwrap_or_default()
                .into_iter()
                .map(PathBuf::from)
                .collect(),
            baseline: text("baseline").map(PathBuf::from),
            show_baselined: flag("showBaselined"),
            show_syntax_errors: flag("showSyntaxErrors"),
            code_lens: flag("codeLens") == Some(true),
            inlay_hints: flag("inlayHints") == Some(true),
            docs_url: text("docsUrl"),
            workspace_diagnostics: mode.map(|mode| mode == "workspace"),
        }
    }

    /// As the command line would say it, with the words that are no rules.
    pub fn sources(&self) -> (Sources, Vec<String>) {
        let mut wrong = Vec::new();
        let mut selectors = |words: &[String]| -> Vec<Selector> {
            let parsed = words.iter().filter_map(|word| match word.parse() {
                Ok(selector) => Some(selector),
                Err(error) => {
                    let error: crate::config::UnknownSelector = error;
                    wrong.push(format!("{error}, {}", error.help));
                    None
                }
            });
            parsed.collect()
        };
        let selection = Selection {
            select: self.select.as_deref().map(&mut selectors),
            extend_select: selectors(&self.extend_select),
            ignore: selectors(&self.ignore),
        };
        let sources = Sources {
            isolated: false,
            config: self.configuration.clone(),
            flags: Options {
                selection,
                baseline: self.baseline.clone(),
                ..Options::default()
            },
        };
        (sources, wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn whatever_a_client_says_is_taken_for_what_it_can_mean() {
        for odd in [
            json!(null),
            json!({}),
            json!([]),
            json!({"settings": {}}),
            json!({"settings": null, "select": 3, "codeLens": "yes"}),
            json!({"hotlint": {}}),
        ] {
            assert_eq!(Wishes::of(&odd), Wishes::default(), "{odd}");
        }
        for form in [
            json!({"settings": {"ignore": ["a"], "codeLens": true}}),
            json!({"hotlint": {"ignore": "a", "codeLens": {"enable": true}}}),
            json!({"settings": {"hotlint": {"ignore": ["a", 1], "codeLens": true}}}),
            json!({"ignore": ["a"], "codeLens": true}),
        ] {
            let wishes = Wishes::of(&form);
            assert_eq!(
                (wishes.ignore, wishes.code_lens),
                (vec!["a".to_owned()], true)
            );
        }
    }

    #[test]
    fn the_folders_of_old_and_new_clients_are_found() {
        let of = |params: Value| {
            folders(&params)
                .into_iter()
                .map(|uri| uri.0)
                .collect::<Vec<_>>()
        };
        assert!(of(json!({})).is_empty());
        assert!(of(json!({"workspaceFolders": null, "rootUri": null})).is_empty());
        assert_eq!(
            of(json!({"workspaceFolders": [], "rootUri": "file:///a"})),
            ["file:///a"]
        );
        assert_eq!(of(json!({"rootPath": "/a b"})), ["file:///a%20b"]);
        let both = json!({"workspaceFolders": [{"uri": "file:///b"}, {"uri": "file:///c"}], "rootUri": "file:///a"});
        assert_eq!(of(both), ["file:///b", "file:///c"]);
    }

    #[test]
    fn abilities_are_none_until_they_are_told() {
        let none = Abilities::of(&json!({"capabilities": 7}));
        assert!(!none.pulls && !none.resolves_edits && none.encoding == Encoding::Utf16);
        let some = Abilities::of(&json!({"capabilities": {
            "general": {"positionEncodings": ["utf-16", "utf-8"]},
            "textDocument": {"diagnostic": {}, "codeAction": {"dataSupport": true, "resolveSupport": {"properties": ["edit"]}}},
        }}));
        assert!(some.pulls && some.resolves_edits && some.encoding == Encoding::Utf8);
    }
}
