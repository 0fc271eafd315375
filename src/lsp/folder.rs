//! A folder of the workspace: its configuration, its baseline and its profiles, as the command line reads them when started there.
//!
//! **Invariant**: never changed once made; when a file behind it changes, another one takes its place.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::baseline::Known;
use crate::cli;
use crate::config::{Configs, FILE_NAMES, Settings};
use crate::discover::{self, Request, Target};
use crate::rank::Paths;
use crate::ranking::Ranking;
use crate::terminal::Terminal;

use super::client::Wishes;

/// What decides about the files below one folder.
#[derive(Debug)]
pub struct Folder {
    pub path: PathBuf,
    /// Grows with each one that takes the place of another, over all folders.
    pub generation: u64,
    pub wishes: Wishes,
    pub configs: Configs,
    pub known: Option<Known>,
    pub heat: Option<Arc<Heat>>,
    /// What the user should know; sentences without a stop.
    pub complaints: Vec<String>,
    /// Which files are checked, as far as that was asked; with whether they were there then.
    met: Mutex<FxHashMap<(PathBuf, bool), Option<Target>>>,
    /// Whether the configuration has errors: then the command line would refuse to run.
    pub is_broken: bool,
}

/// Profiles, ready to be asked about files of the folder.
#[derive(Debug)]
pub struct Heat {
    pub ranking: Ranking,
    pub paths: Paths,
    /// All files of the folder, as reports call them.
    pub names: Vec<String>,
}

impl Folder {
    /// Reads the configuration and the baseline of `path`. Profiles are another matter: see [`Folder::heat`].
    pub fn read(path: &Path, wishes: Wishes, generation: u64, terminal: Terminal) -> Self {
        let (sources, wrong) = wishes.sources();
        let configs = Configs::new(path, sources);
        let settings = configs.of_run().settings;
        let mut complaints = wrong;
        let known = match Known::read(&settings, false, terminal) {
            Ok(known) => known,
            Err(message) => {
                complaints.push(message);
                None
            }
        };
        let mut folder = Self {
            path: path.to_path_buf(),
            generation,
            wishes,
            configs,
            known,
            heat: None,
            complaints,
            met: Mutex::default(),
            is_broken: false,
        };
        folder.is_broken = folder.tell_issues(terminal);
        folder
    }

    /// Moves what is wrong with the configuration to the complaints; whether any of it is an error.
    fn tell_issues(&mut self, terminal: Terminal) -> bool {
        let issues = self.configs.take_issues();
        for issue in &issues {
            terminal.complain(issue);
            self.complaints.push(told(issue));
        }
        issues.iter().any(|issue| !issue.is_warning)
    }

    pub fn settings(&self) -> Arc<Settings> {
        self.configs.of_run().settings
    }

    /// The profiles that count here: those of the client, or else those of the configuration.
    pub fn profiles(&self) -> Vec<PathBuf> {
        match self.wishes.profile.is_empty() {
            true => self.settings().profiles.clone(),
            false => (self.wishes.profile.iter())
                .map(|path| self.path.join(path))
                .collect(),
        }
    }

    /// Reads the profiles, which may take a while; `None` where there are none.
    ///
    /// # Errors
    /// When one of them cannot be used, in words for the user.
    pub fn heat(&self, terminal: Terminal) -> Result<Option<Heat>, String> {
        let args = cli::Heat {
            profile: match self.wishes.profile.is_empty() {
                true => Vec::new(),
                false => self.profiles(),
            },
            ..cli::Heat::default()
        };
        let ranking = Ranking::new(&args, &self.settings(), &self.path, terminal)?;
        Ok(ranking.map(|ranking| {
            let targets = self.targets();
            Heat {
                paths: ranking.paths(targets.iter()),
                names: targets.into_iter().map(|target| target.shown).collect(),
                ranking,
            }
        }))
    }

    /// The file at `path` as a run over the folder meets it; `None` where it passes over it. Remembered: walking is for once, not
    /// for each key.
    pub fn met(&self, path: &Path, is_python: bool) -> Option<Target> {
        let key = (path.to_path_buf(), path.is_file());
        let known = self
            .met
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        known.unwrap_or_else(|| {
            let target = discover::met(path, &self.path, is_python, &self.configs);
            let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
            met.insert(key, target.clone());
            target
        })
    }

    /// The files that a run over the folder would check.
    pub fn targets(&self) -> Vec<Target> {
        let request = Request {
            roots: vec![self.path.clone()],
            ..Request::default()
        };
        discover::find(&request, &self.configs, None).targets
    }

    /// The files that decide about others, whether or not they are there: when one changes, the folder has to be read again.
    pub fn sources(&self) -> Vec<PathBuf> {
        let settings = self.settings();
        let mut sources: Vec<PathBuf> = Vec::new();
        for folder in self.configs.folders() {
            sources.extend(FILE_NAMES.iter().map(|name| folder.join(name)));
        }
        sources.extend(self.configs.files());
        sources.extend(settings.baseline.clone());
        sources.extend(self.profiles());
        sources.sort();
        sources.dedup();
        sources
    }
}

/// An issue on one line: editors show messages without their source.
pub fn told(issue: &crate::config::Issue) -> String {
    let place = match issue.place() {
        Some((name, line)) => format!("{name}:{line}: "),
        None => String::new(),
    };
    match issue.help.is_empty() {
        true => format!("{place}{issue}"),
        false => format!("{place}{issue}; {}", issue.help),
    }
}
