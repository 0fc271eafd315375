//! Configuration files: where they lie, what they start from, what they say.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hotlint_core::python::Versions;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::issue::{Issue, Text};
use super::libraries;
use super::options::{self, Options};
use super::version;
use crate::words::reason;

/// Names of configuration files; the first that a folder has is the one that counts.
pub const NAMES: [&str; 3] = [".hotlint.toml", "hotlint.toml", PYPROJECT];
const PYPROJECT: &str = "pyproject.toml";

/// One configuration with the folder that its globs are relative to.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The file, where it is one.
    pub path: Option<PathBuf>,
    pub root: PathBuf,
    pub options: Options,
}

/// What a folder says about the files in it, without regard to the folders above.
#[derive(Debug, Default)]
pub struct Folder {
    /// Its configuration file, if it has one.
    pub config: Option<ConfigFile>,
    /// `requires-python` of its pyproject.toml.
    pub requires_python: Option<Versions>,
    pub issues: Vec<Issue>,
    /// Whether it has no file of those names.
    pub is_bare: bool,
}

/// A configuration file with all that it extends.
#[derive(Debug)]
pub struct ConfigFile {
    pub path: PathBuf,
    /// What it extends comes first, itself last.
    pub layers: Vec<Layer>,
}

/// Reads what the folder `dir` says.
pub fn folder(dir: &Path) -> Folder {
    let mut folder = Folder {
        is_bare: true,
        ..Folder::default()
    };
    for name in NAMES {
        let path = dir.join(name);
        let text = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            // A folder of that name, or one that may not be entered: the walk tells of it.
            Err(_) if !path.is_file() => continue,
            Err(error) => {
                folder.is_bare = false;
                folder.issues.push(unreadable(&path, &error));
                continue;
            }
        };
        folder.is_bare = false;
        if name == PYPROJECT {
            folder.requires_python = requires_python(&text);
            if !names_hotlint(&text) {
                continue;
            }
        }
        if folder.config.is_none() {
            let mut stack = Vec::new();
            let layers = load(&path, dir, &mut stack, &mut folder.issues);
            folder.config = Some(ConfigFile { path, layers });
        }
    }
    folder
}

/// Reads the file that `--config` names; its globs are relative to `root`.
pub fn named(path: &Path, root: &Path) -> (ConfigFile, Vec<Issue>) {
    let mut issues = Vec::new();
    let folder = path.parent().unwrap_or(root);
    let mut layers = load(path, folder, &mut Vec::new(), &mut issues);
    if let Some(last) = layers.last_mut() {
        last.root = root.to_path_buf();
    }
    let path = path.to_path_buf();
    (ConfigFile { path, layers }, issues)
}

/// Reads an argument of the form `key = value`.
pub fn inline(argument: &str, root: &Path) -> (Layer, Vec<Issue>) {
    let text = Text::new("--config", argument);
    let (mut options, mut issues) = match DeTable::parse(text.as_str()) {
        Ok(table) => options::read(&text, table.get_ref()),
        Err(error) => (Options::default(), vec![syntax(&text, &error)]),
    };
    read_libraries(&mut options, &text, root, &mut issues);
    let root = root.to_path_buf();
    let path = None;
    (
        Layer {
            path,
            root,
            options,
        },
        issues,
    )
}

fn load(path: &Path, root: &Path, stack: &mut Vec<PathBuf>, issues: &mut Vec<Issue>) -> Vec<Layer> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            issues.push(unreadable(path, &error));
            return Vec::new();
        }
    };
    let Ok(text) = String::from_utf8(bytes) else {
        let message = format!("{} is not UTF-8", shown(path));
        issues.push(Issue::new(message));
        return Vec::new();
    };
    let text = Text::new(shown(path), text);
    let document = match DeTable::parse(text.as_str()) {
        Ok(document) => document,
        Err(error) => {
            issues.push(syntax(&text, &error));
            return Vec::new();
        }
    };
    let empty = DeTable::new();
    let table = match path.file_name().is_some_and(|name| name == PYPROJECT) {
        false => document.get_ref(),
        true => match tool_table(document.get_ref()) {
            Some(value) => match value.get_ref() {
                DeValue::Table(table) => table,
                _ => {
                    let issue = Issue::new("expected a table, `[tool.hotlint]`");
                    issues.push(issue.at(&text, value.span()));
                    &empty
                }
            },
            None => &empty,
        },
    };
    let (mut options, mut wrong) = options::read(&text, table);
    issues.append(&mut wrong);
    read_libraries(&mut options, &text, root, issues);

    stack.push(fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf()));
    let mut layers = Vec::new();
    for base in &options.extend {
        layers.extend(extended(base, &text, root, stack, issues));
    }
    stack.pop();
    let root = root.to_path_buf();
    layers.push(Layer {
        path: Some(path.to_path_buf()),
        root,
        options,
    });
    layers
}

fn read_libraries(options: &mut Options, text: &Text, root: &Path, issues: &mut Vec<Issue>) {
    if let Some(paths) = &options.library_files {
        options.libraries = Some(libraries::read(paths, text, root, issues));
    }
}

fn extended(
    base: &Spanned<String>,
    text: &Text,
    root: &Path,
    stack: &mut Vec<PathBuf>,
    issues: &mut Vec<Issue>,
) -> Vec<Layer> {
    let path = crate::quiet::normal(&root.join(base.get_ref()));
    let complain = |message: String| Issue::new(message).at(text, base.span());
    match fs::canonicalize(&path) {
        Ok(real) if stack.contains(&real) => {
            let issue = complain(format!("{} extends itself", shown(&path)));
            issues.push(issue.help("take one of the files out of the circle"));
            Vec::new()
        }
        Ok(_) => {
            let folder = path.parent().unwrap_or(root).to_path_buf();
            load(&path, &folder, stack, issues)
        }
        Err(error) => {
            let reason = reason(&error);
            issues.push(complain(format!("cannot read {}: {reason}", shown(&path))));
            Vec::new()
        }
    }
}

/// `[tool.hotlint]`.
fn tool_table<'t, 'i>(document: &'t DeTable<'i>) -> Option<&'t Spanned<DeValue<'i>>> {
    let DeValue::Table(tool) = document.get("tool")?.get_ref() else {
        return None;
    };
    tool.get("hotlint")
}

/// Whether a pyproject.toml is a configuration of ours. One that is broken, and does not so much as name us, is the
/// business of others.
fn names_hotlint(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.contains("hotlint")
        && match DeTable::parse(&text) {
            Ok(document) => tool_table(document.get_ref()).is_some(),
            Err(_) => text.contains("[tool.hotlint"),
        }
}

/// `requires-python`; what cannot be understood is left to the tools that build the project.
fn requires_python(bytes: &[u8]) -> Option<Versions> {
    let text = std::str::from_utf8(bytes).ok()?;
    if !text.contains("requires-python") {
        return None;
    }
    let document = DeTable::parse(text).ok()?;
    let DeValue::Table(project) = document.get_ref().get("project")?.get_ref() else {
        return None;
    };
    let DeValue::String(range) = project.get("requires-python")?.get_ref() else {
        return None;
    };
    version::parse(range).ok()
}

/// What messages call a file: relative to the current folder where it lies below.
pub(super) fn shown(path: &Path) -> String {
    let cwd = std::env::current_dir().unwrap_or_default();
    crate::words::shown(path, &cwd)
}

fn unreadable(path: &Path, error: &io::Error) -> Issue {
    Issue::new(format!("cannot read {}: {}", shown(path), reason(error)))
}

pub(super) fn syntax(text: &Text, error: &toml::de::Error) -> Issue {
    let issue = Issue::new(format!("invalid TOML: {}", error.message()));
    let end = text.as_str().trim_end().len();
    let span = error.span().unwrap_or(end..end);
    // An end that comes too early is shown by what stands before it.
    let span = match span.is_empty() {
        true => span.start.min(end).saturating_sub(1)..span.end.min(end),
        false => span,
    };
    issue.at(text, span)
}
