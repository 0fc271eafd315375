//! Roots and ignore rules -> the files to check.
//!
//! **Invariant**: the order depends on the paths alone, never on threads or the file system.

mod walked;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hotlint_core::commands::CommandFile;
use ignore::{DirEntry, WalkBuilder, WalkState};
use rustc_hash::FxHashSet;

use crate::cache::{self, Cache, Stamp};
use crate::config::{Configs, Resolved, Settings};
use crate::quiet::normal;
use crate::words::{reason, shown};

pub use walked::Walked;

/// Extensions that are checked when a walk meets them.
const WALKED: [&str; 3] = ["py", "pyw", "ipynb"];
/// Extensions that are read when named.
const NAMED: [&str; 4] = ["py", "pyw", "ipynb", "pyi"];

/// One file to check.
#[derive(Clone, Debug)]
pub struct Target {
    pub input: Input,
    /// What reports call it: relative to the current folder where it lies below, with forward slashes.
    pub shown: String,
    pub config: Resolved,
}

/// Where the bytes of a file come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input {
    /// An absolute path.
    File(PathBuf),
    /// A whole path too, with the content to take in place of that on disk.
    Given(PathBuf, Arc<[u8]>),
    /// A whole path too, with the text that an editor has open for it.
    Buffer(PathBuf, Arc<str>),
    Stdin,
}

impl Input {
    /// The whole path; `None` for standard input.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) | Self::Given(path, _) | Self::Buffer(path, _) => Some(path),
            Self::Stdin => None,
        }
    }
}

/// What a search came to.
#[derive(Debug, Default)]
pub struct Found {
    /// In order of path, each once.
    pub targets: Vec<Target>,
    /// Roots that do not exist, folders that cannot be read; in order.
    pub errors: Vec<String>,
    /// Files that were named but are not Python; in order.
    pub warnings: Vec<String>,
}

/// What to look for, as the command line says.
#[derive(Debug, Default)]
pub struct Request {
    /// Files and folders.
    pub roots: Vec<PathBuf>,
    /// Names for what is read from standard input, when it is.
    pub stdin: Option<PathBuf>,
    /// Threads that walk; 0 for as many as pays.
    pub threads: usize,
}

/// Finds the files of `request`. The outcome is the same with and without a `cache`.
pub fn find(request: &Request, configs: &Configs, cache: Option<&Cache>) -> Found {
    let mut search = Search {
        configs,
        cache,
        found: BTreeMap::new(),
        errors: Vec::new(),
        warnings: Vec::new(),
    };
    let mut folders = Vec::new();
    for root in &request.roots {
        let path = absolute(root, configs.cwd());
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => folders.push(path),
            Ok(_) => search.named(path),
            Err(error) => search.missing(root, &error),
        }
    }
    search.walk(&folders, request.threads);
    search.finish(request.stdin.as_deref())
}

/// The one file at `path` as a walk from `folder` meets it; `None` where it passes over it.
///
/// A file that is not called like Python, but `is_python` all the same, is looked at as one that is named, unless it is excluded.
pub fn met(path: &Path, folder: &Path, is_python: bool, configs: &Configs) -> Option<Target> {
    let config = configs.of(path.parent().unwrap_or(path));
    let settings = &config.settings;
    let top = match path.starts_with(folder) {
        true => folder,
        false => &settings.root,
    };
    let is_walked = is_walked(path, settings);
    let is_met = if is_walked && path.starts_with(folder) && path.is_file() {
        is_walked_to(path, folder, configs)
    } else {
        // Not saved yet, of another name, or of no folder.
        (is_walked || is_python) && !settings.exclude.reaches(path, top)
    };
    is_met.then(|| Target {
        shown: shown(path, configs.cwd()),
        input: Input::File(path.to_path_buf()),
        config: config.clone(),
    })
}

/// Whether a walk from `folder` comes by `path`, which lies below.
fn is_walked_to(path: &Path, folder: &Path, configs: &Configs) -> bool {
    let mut walk = WalkBuilder::new(folder);
    let respect = configs.of_run().settings.respect_gitignore;
    let whole = path.to_path_buf();
    walk.standard_filters(respect)
        .hidden(false)
        .current_dir(configs.cwd())
        // Only the folders on the way.
        .filter_entry(move |entry| whole.starts_with(entry.path()));
    walk.build().flatten().any(|entry| entry.path() == path)
        && !path
            .ancestors()
            .take_while(|part| *part != folder)
            .any(|part| {
                let config = configs.of(part.parent().unwrap_or(part));
                config.settings.exclude.contains(part)
            })
}

struct Search<'a> {
    configs: &'a Configs,
    cache: Option<&'a Cache>,
    found: BTreeMap<PathBuf, Resolved>,
    errors: Vec<String>,
    warnings: Vec<String>,
}

impl Search<'_> {
    fn missing(&mut self, root: &Path, error: &io::Error) {
        let shown = root.display();
        self.errors.push(match error.kind() {
            io::ErrorKind::NotFound => format!("no such file or folder: {shown}"),
            _ => format!("cannot read {shown}: {}", reason(error)),
        });
    }

    /// A file that the command line names: checked whatever it is called, as long as it is Python.
    fn named(&mut self, path: PathBuf) {
        let config = self.configs.of(path.parent().unwrap_or(&path));
        let settings = &config.settings;
        if settings.force_exclude && settings.exclude.reaches(&path, &settings.root) {
            return;
        }
        let is_command_file = command_file(&path);
        if is_command_file && !settings.reads_commands {
            return;
        }
        if extension_in(&path, &NAMED) || is_command_file || has_python_shebang(&path) {
            self.found.insert(path, config);
        } else {
            let shown = shown(&path, self.configs.cwd());
            self.warnings.push(format!(
                "{shown} is not Python by its name, and does not start with `#!` and python; passed over"
            ));
        }
    }

    fn walk(&mut self, folders: &[PathBuf], threads: usize) {
        let Some((first, others)) = folders.split_first() else {
            return;
        };
        let asked = walked::asked(folders, self.configs);
        let known = self.cache.and_then(|cache| cache.walk(asked));
        if let Some(files) = known.and_then(|walked| walked.files(self.configs)) {
            self.found.extend(files);
            return;
        }
        let mut walk = WalkBuilder::new(first);
        for folder in others {
            walk.add(folder);
        }
        let respect = self.configs.of_run().settings.respect_gitignore;
        walk.standard_filters(respect)
            .hidden(false)
            .threads(threads)
            .current_dir(self.configs.cwd());
        let links = Mutex::new(Vec::new());
        let found = Mutex::new(Vec::new());
        let read = Mutex::new(Vec::new());
        let has_rules = AtomicBool::new(false);
        let errors = Mutex::new(Vec::new());
        walk.build_parallel().run(|| {
            Box::new(|entry| {
                match entry {
                    Ok(entry) => return self.visit(&entry, &found, &links, &read, &has_rules),
                    Err(error) => push(&errors, describe(&error, self.configs.cwd())),
                }
                WalkState::Continue
            })
        });
        let (found, links, errors) = (all(found), all(links), all(errors));
        // Where links lead shows in no folder's time.
        if let Some(cache) = self.cache.filter(|_| links.is_empty() && errors.is_empty())
            && let Some(walked) = Walked::new(
                all(read),
                &found,
                has_rules.into_inner(),
                self.configs,
                cache,
            )
        {
            cache.remember_walk(asked, walked);
        }
        self.found.extend(found);
        self.errors.extend(errors);
        self.follow(links);
    }

    fn visit(
        &self,
        entry: &DirEntry,
        found: &Mutex<Vec<(PathBuf, Resolved)>>,
        links: &Mutex<Vec<(PathBuf, Resolved)>>,
        read: &Mutex<Vec<(PathBuf, Option<Stamp>)>>,
        has_rules: &AtomicBool,
    ) -> WalkState {
        let path = entry.path();
        if walked::may_ignore(entry.file_name()) {
            has_rules.store(true, Ordering::Relaxed);
        }
        // What a run writes there must not look like a change.
        let is_own = |cache: &Cache| path == cache.folder();
        if entry.file_name() == cache::FOLDER || self.cache.is_some_and(is_own) {
            return WalkState::Skip;
        }
        let is_root = entry.depth() == 0;
        let config = self.configs.of(path.parent().unwrap_or(path));
        let settings = &config.settings;
        let excluded = match is_root {
            // Named by the user: like a file that is named.
            true => settings.force_exclude && settings.exclude.reaches(path, &settings.root),
            false => settings.exclude.contains(path),
        };
        if excluded {
            return WalkState::Skip;
        }
        match entry.file_type() {
            Some(kind) if kind.is_dir() && self.cache.is_some() => {
                let metadata = fs::metadata(path).ok();
                let stamp = metadata.as_ref().and_then(Stamp::of);
                push(read, (path.to_path_buf(), stamp));
            }
            Some(kind) if is_walked(path, settings) => {
                let place = if kind.is_symlink() { links } else { found };
                if kind.is_file() || kind.is_symlink() {
                    push(place, (path.to_path_buf(), config));
                }
            }
            _ => {}
        }
        WalkState::Continue
    }

    /// Links to files count where the file is not found under its own name. Those that lead nowhere are no files: editors
    /// mark open files with them.
    fn follow(&mut self, mut links: Vec<(PathBuf, Resolved)>) {
        if links.is_empty() {
            return;
        }
        links.sort_by(|(one, _), (other, _)| one.cmp(other));
        let real = |path: &PathBuf| fs::canonicalize(path).ok();
        let mut known: FxHashSet<_> = self.found.keys().filter_map(real).collect();
        for (link, config) in links {
            let Some(target) = real(&link).filter(|target| target.is_file()) else {
                continue;
            };
            if known.insert(target) {
                self.found.insert(link, config);
            }
        }
    }

    fn finish(mut self, stdin: Option<&Path>) -> Found {
        let cwd = self.configs.cwd();
        self.errors.sort();
        self.warnings.sort();
        let files = self.found.into_iter().map(|(path, config)| Target {
            shown: shown(&path, cwd),
            input: Input::File(path),
            config,
        });
        let targets = stdin.and_then(|name| stdin_target(name, self.configs));
        Found {
            targets: targets.into_iter().chain(files).collect(),
            errors: self.errors,
            warnings: self.warnings,
        }
    }
}

/// Standard input as the file `name`; `None` when that file is excluded by force.
fn stdin_target(name: &Path, configs: &Configs) -> Option<Target> {
    let path = absolute(name, configs.cwd());
    let config = configs.of(path.parent().unwrap_or(&path));
    let settings = &config.settings;
    let excluded = settings.force_exclude && settings.exclude.reaches(&path, &settings.root);
    (!excluded).then(|| Target {
        input: Input::Stdin,
        shown: match name == Path::new("-") {
            true => "-".to_owned(),
            false => shown(&path, configs.cwd()),
        },
        config,
    })
}

/// The paths that a list holds, one a line or separated by NUL bytes; `-` is standard input.
pub fn listed(list: &Path) -> io::Result<Vec<PathBuf>> {
    let mut bytes = Vec::new();
    match list == Path::new("-") {
        true => io::stdin().lock().read_to_end(&mut bytes)?,
        false => fs::File::open(list)?.read_to_end(&mut bytes)?,
    };
    let separator = if bytes.contains(&0) { 0 } else { b'\n' };
    let paths = bytes
        .split(|byte| *byte == separator)
        .map(|path| match separator {
            0 => path,
            _ => path.strip_suffix(b"\r").unwrap_or(path),
        });
    Ok(paths.filter(|path| !path.is_empty()).map(path_of).collect())
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// One spelling for one file, as far as that can be had without asking about links that nobody named.
fn absolute(path: &Path, cwd: &Path) -> PathBuf {
    let joined = cwd.join(path);
    // `link/..` is not the folder of the link.
    let climbs = path.components().any(|part| part == Component::ParentDir);
    match fs::canonicalize(&joined) {
        Ok(real) if climbs => real,
        _ => normal(&joined),
    }
}

/// Whether a walk takes a file, by its name.
fn is_walked(path: &Path, settings: &Settings) -> bool {
    extension_in(path, &WALKED) || settings.reads_commands && command_file(path)
}

/// Whether a file holds command lines, by its name.
fn command_file(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| CommandFile::named(name).is_some())
}

fn extension_in(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|found| extensions.iter().any(|one| found.eq_ignore_ascii_case(one)))
}

/// Whether the first line names an interpreter of Python: `#!/usr/bin/env python3`, `#!/usr/bin/env -S uv run`.
fn has_python_shebang(path: &Path) -> bool {
    let Ok(file) = fs::File::open(path) else {
        return false;
    };
    let mut line = Vec::new();
    let read = BufReader::new(file).take(256).read_until(b'\n', &mut line);
    let line = String::from_utf8_lossy(&line);
    let Some(command) = line.strip_prefix("#!").filter(|_| read.is_ok()) else {
        return false;
    };
    command.split_whitespace().any(|word| {
        let program = word.rsplit(['/', '\\']).next().unwrap_or(word);
        ["python", "pypy", "ipython"]
            .iter()
            .any(|name| program.starts_with(name))
    }) || command.contains("uv run")
}

/// What the walker could not do, in our words.
fn describe(error: &ignore::Error, cwd: &Path) -> String {
    match error {
        ignore::Error::WithPath { path, err } => {
            let shown = shown(path, cwd);
            match err.io_error() {
                Some(error) => format!("cannot read {shown}: {}", reason(error)),
                None => format!("cannot read {shown}: {err}"),
            }
        }
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            describe(err, cwd)
        }
        ignore::Error::Loop { child, ancestor } => format!(
            "{} leads back to {}",
            shown(child, cwd),
            shown(ancestor, cwd)
        ),
        other => other.to_string(),
    }
}

fn push<T>(list: &Mutex<Vec<T>>, item: T) {
    list.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(item);
}

fn all<T>(list: Mutex<Vec<T>>) -> Vec<T> {
    list.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Paths of the targets, for tests and `--show-files`.
pub fn names(targets: &[Target]) -> Vec<&str> {
    targets.iter().map(|target| target.shown.as_str()).collect()
}

#[cfg(test)]
mod tests;
