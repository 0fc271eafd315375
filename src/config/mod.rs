//! Settings: which configuration counts for a file, and what it comes to.
//!
//! **Invariant**: the closest configuration file decides alone; nothing is merged but what it extends itself, and the
//! command line on top.

mod edit;
mod exclude;
mod file;
mod issue;
mod kind;
mod libraries;
mod options;
mod select;
mod settings;
mod version;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clap::ValueEnum;
use hotlint_core::lint::Severity;
use hotlint_core::python::{Project, Versions};
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::Xxh3;

use crate::project::project;

pub use edit::with_key;
pub use exclude::{Exclude, USUAL};
pub use file::{Layer, NAMES as FILE_NAMES};
pub use issue::{Issue, did_you_mean};
pub use kind::schema;
pub use libraries::Libraries;
pub use options::{KEYS, Key, Options, QuietPlace};
pub use select::{Selection, Selector, UnknownSelector};
pub use settings::Settings;
pub use version::{of_script as versions_of_script, parse as parse_versions};

/// The severity from which on findings make the run fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FailLevel {
    Error,
    Warning,
    /// Any finding.
    #[default]
    Info,
    /// No finding.
    Never,
}

impl FailLevel {
    /// Whether something of this severity makes the run fail.
    pub fn is_reached_by(self, severity: Severity) -> bool {
        match self {
            FailLevel::Error => severity >= Severity::Error,
            FailLevel::Warning => severity >= Severity::Warning,
            FailLevel::Info => true,
            FailLevel::Never => false,
        }
    }
}

/// What becomes of a baseline when findings that it holds are gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum BaselineMode {
    /// They are taken out; in CI, where nobody commits the file, as `lock`
    #[default]
    Auto,
    /// The run fails, and the file stays as it is
    Lock,
    /// The file stays as it is
    Keep,
}

impl BaselineMode {
    /// What `Auto` means where CI `is_on`.
    #[must_use]
    pub fn resolved(self, is_on: bool) -> Self {
        match self {
            Self::Auto if is_on => Self::Lock,
            mode => mode,
        }
    }
}

/// Where settings come from, as the command line says.
#[derive(Debug, Default)]
pub struct Sources {
    /// Whether configuration files are left alone.
    pub isolated: bool,
    /// The values of `--config`: files, and `key = value`.
    pub config: Vec<String>,
    /// The flags that have a key.
    pub flags: Options,
}

/// What counts for the files of one folder.
#[derive(Clone, Debug)]
pub struct Resolved {
    pub settings: Arc<Settings>,
    /// `requires-python` of the closest pyproject.toml.
    pub requires_python: Option<Versions>,
    /// All files that share the settings and the versions.
    pub project: Arc<Project>,
}

impl Resolved {
    fn new(settings: Arc<Settings>, requires_python: Option<Versions>, cwd: &Path) -> Self {
        let python = settings
            .target_version
            .or(requires_python)
            .unwrap_or_default();
        let declared = settings.libraries.declared;
        let project = match (settings.follow_imports, declared) {
            (false, Some(declared)) => Project::declaring(declared, python),
            _ => {
                project(&settings.root, cwd, settings.max_file_size, python).with_declared(declared)
            }
        };
        Self {
            settings,
            requires_python,
            project: Arc::new(project),
        }
    }

    /// The versions that a file with this `text` supports: what the configuration says, else the script itself, else the
    /// project.
    pub fn versions(&self, text: &str) -> Versions {
        (self.settings.target_version)
            .or_else(|| version::of_script(text))
            .or(self.requires_python)
            .unwrap_or_default()
    }
}

impl Resolved {
    /// All that decides about the findings of a file named `shown`, beside its bytes, as a number that stays the same from run to
    /// run.
    pub fn asked(&self, shown: &str) -> u64 {
        let mut hasher = Xxh3::new();
        hasher.update(&self.settings.policy.fingerprint.to_le_bytes());
        let python = self.settings.target_version;
        // Where the configuration says nothing, a script may say it for itself.
        hasher.update(&[u8::from(python.is_some())]);
        hasher.update(&[u8::from(self.settings.follow_imports)]);
        if let Some(Versions { oldest, newest }) = python.or(self.requires_python) {
            hasher.update(&[oldest.major, oldest.minor, newest.major, newest.minor]);
        }
        if let Some(declared) = self.settings.libraries.declared {
            hasher.update(&declared.fingerprint().to_le_bytes());
        }
        let extension = Path::new(shown).extension().unwrap_or_default();
        hasher.update(extension.to_ascii_lowercase().as_encoded_bytes());
        // What is found depends on where the file lies in its project.
        hasher.update(b"\0");
        hasher.update(shown.as_bytes());
        hasher.digest()
    }
}

/// All configurations of a run, each read when a file under it first asks.
#[derive(Debug)]
pub struct Configs {
    cwd: PathBuf,
    /// `key = value` and flags.
    above: Vec<Layer>,
    /// Counts where no configuration file does.
    bare: Arc<Settings>,
    /// Whether the closest file counts.
    discover: bool,
    folders: Mutex<FxHashMap<PathBuf, Known>>,
    issues: Mutex<Vec<Issue>>,
}

/// What is known of a folder.
#[derive(Clone, Debug)]
struct Known {
    resolved: Resolved,
    /// Whether it has no file of its own that could say something.
    is_bare: bool,
}

impl Configs {
    pub fn new(cwd: &Path, sources: Sources) -> Self {
        let mut issues = Vec::new();
        let mut above = Vec::new();
        let mut files = Vec::new();
        for argument in &sources.config {
            if argument.contains('=') && !cwd.join(argument).is_file() {
                let (layer, mut wrong) = file::inline(argument, cwd);
                issues.append(&mut wrong);
                above.push(layer);
            } else {
                files.push(cwd.join(argument));
            }
        }
        if files.len() > 1 || sources.isolated && !files.is_empty() {
            let issue = match sources.isolated {
                true => Issue::new("`--isolated` and `--config FILE` exclude each other"),
                false => Issue::new("`--config` takes one file"),
            };
            issues.push(issue.help("`extend` in one file names others that it starts from"));
        }
        above.push(Layer {
            path: None,
            root: cwd.to_path_buf(),
            options: sources.flags,
        });
        let (path, mut layers) = match files.first() {
            Some(path) => {
                let (config, mut wrong) = file::named(path, cwd);
                issues.append(&mut wrong);
                (Some(config.path), config.layers)
            }
            None => (None, Vec::new()),
        };
        let discover = path.is_none() && !sources.isolated;
        layers.extend(above.iter().cloned());
        let bare = Settings::resolve(path, cwd, cwd, &layers);
        Self {
            cwd: cwd.to_path_buf(),
            above,
            bare: Arc::new(bare),
            discover,
            folders: Mutex::default(),
            issues: Mutex::new(issues),
        }
    }

    /// What counts for the files that lie in `dir`, an absolute path.
    pub fn of(&self, dir: &Path) -> Resolved {
        self.known(dir).resolved
    }

    /// Whether this folder has no file that configures anything, so that what counts above it counts in it.
    pub fn is_bare(&self, dir: &Path) -> bool {
        self.known(dir).is_bare
    }

    /// Whether configuration files are looked for.
    pub fn reads_files(&self) -> bool {
        self.discover
    }

    fn known(&self, dir: &Path) -> Known {
        // Where no files are read, all folders are one.
        let dir = match self.discover {
            true => dir,
            false => Path::new(""),
        };
        if let Some(known) = lock(&self.folders).get(dir) {
            return known.clone();
        }
        // Not under the lock: other folders need not wait for this one to be read.
        let mut folder = match self.discover {
            true => file::folder(dir),
            false => file::Folder {
                is_bare: true,
                ..file::Folder::default()
            },
        };
        let above = match dir.parent() {
            Some(parent) if self.discover => self.of(parent),
            _ => Resolved::new(self.bare.clone(), None, &self.cwd),
        };
        let settings = match folder.config.take() {
            Some(config) => {
                let layers = [config.layers, self.above.clone()].concat();
                let settings = Settings::resolve(Some(config.path), dir, &self.cwd, &layers);
                Arc::new(settings)
            }
            None => above.settings.clone(),
        };
        let requires_python = folder.requires_python.or(above.requires_python);
        let same =
            Arc::ptr_eq(&settings, &above.settings) && requires_python == above.requires_python;
        let known = Known {
            resolved: match same {
                true => above,
                false => Resolved::new(settings, requires_python, &self.cwd),
            },
            is_bare: folder.is_bare,
        };
        let mut folders = lock(&self.folders);
        let known = folders.entry(dir.to_path_buf()).or_insert_with(|| {
            lock(&self.issues).append(&mut folder.issues);
            known
        });
        known.clone()
    }

    /// What counts for the run as a whole: the configuration of the folder in which hotlint was started.
    pub fn of_run(&self) -> Resolved {
        self.of(&self.cwd)
    }

    /// The folders that were asked for, and those above them.
    pub fn folders(&self) -> Vec<PathBuf> {
        lock(&self.folders).keys().cloned().collect()
    }

    /// The configuration files that were read, with those that they extend.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files = self.bare.files.clone();
        for resolved in lock(&self.folders).values() {
            files.extend(resolved.resolved.settings.files.iter().cloned());
        }
        files.sort();
        files.dedup();
        files
    }

    /// The folder in which hotlint was started.
    pub fn cwd(&self) -> &Path {
        &self.cwd
    }

    /// What is wrong with the configurations that were read since this was last asked.
    pub fn take_issues(&self) -> Vec<Issue> {
        let mut issues = std::mem::take(&mut *lock(&self.issues));
        // Files extended twice, or read by several threads, say everything again.
        issues.sort_by_cached_key(Issue::order);
        issues.dedup_by_key(|issue| issue.order());
        issues
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
