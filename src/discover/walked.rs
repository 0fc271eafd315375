//! What a walk has found before, as long as nothing has changed that it went by.
//!
//! The time of a folder changes with each file that comes or goes, so that asking for times is as good as reading all folders, at a
//! fraction of the cost.
//!
//! **Invariant**: whatever decides about a walk is compared: every folder that was read, every file of ignore rules, there or not, and
//! what every configuration excludes. What cannot be compared is not remembered.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::cache::{Cache, Stamp};
use crate::config::{Configs, Resolved};

/// Files that say what git and its friends pass over, below each folder.
const IGNORES: [&str; 3] = [".gitignore", ".ignore", ".git/info/exclude"];

/// What a walk has found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walked {
    /// Those that were read; a folder comes after the one that it lies in.
    folders: Vec<Folder>,
    /// Files of ignore rules by whole path, with what the system says of them.
    ignores: Vec<(String, Option<Stamp>)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Folder {
    /// The place of the folder that it lies in.
    parent: Option<usize>,
    /// Below that folder; a whole path without one.
    name: String,
    stamp: Stamp,
    /// Of what its own configuration excludes; `None` where it has no configuration.
    excluded: Option<u64>,
    /// Names of the files that were found in it.
    files: Vec<String>,
}

/// Whether an entry of a folder says, or may hold, what is passed over.
pub fn may_ignore(name: &OsStr) -> bool {
    [".gitignore", ".ignore", ".git"]
        .iter()
        .any(|known| name == *known)
}

/// What a walk began with, as a number.
pub fn asked(roots: &[PathBuf], configs: &Configs) -> u64 {
    let run = configs.of_run();
    let mut words = format!(
        "{}\0{}\0{}",
        configs.cwd().display(),
        configs.reads_files(),
        run.settings.respect_gitignore
    );
    for root in roots {
        let config = configs.of(root.parent().unwrap_or(root));
        let excluded = config.settings.excluded;
        words.push_str(&format!("\0{}\0{excluded}", root.display()));
    }
    xxh3_64(words.as_bytes())
}

impl Walked {
    /// Remembers `files`, found in `folders`, the ones that were read with what the system said of them before; `has_seen` says
    /// whether there were files of ignore rules among what they hold. `None` where remembering would not be safe.
    pub fn new(
        mut folders: Vec<(PathBuf, Option<Stamp>)>,
        files: &[(PathBuf, Resolved)],
        has_seen: bool,
        configs: &Configs,
        cache: &Cache,
    ) -> Option<Self> {
        // Elsewhere the time of a folder says less.
        if !cfg!(unix) {
            return None;
        }
        folders.sort_by(|(one, _), (other, _)| one.cmp(other));
        folders.dedup_by(|(one, _), (other, _)| one == other);
        let mut places = FxHashMap::default();
        let mut known: Vec<Folder> = Vec::with_capacity(folders.len());
        for (path, stamp) in &folders {
            let stamp = stamp.filter(|stamp| cache.is_settled(*stamp))?;
            let parent = path.parent().and_then(|parent| places.get(parent).copied());
            let name = match parent {
                Some(_) => path.file_name()?.to_str()?,
                None => path.to_str()?,
            };
            places.insert(path.as_path(), known.len());
            known.push(Folder {
                parent,
                name: name.to_owned(),
                stamp,
                excluded: (!configs.is_bare(path)).then(|| configs.of(path).settings.excluded),
                files: Vec::new(),
            });
        }
        for (path, _) in files {
            let place = places.get(path.parent()?)?;
            let name = path.file_name()?.to_str()?.to_owned();
            known.get_mut(*place)?.files.push(name);
        }
        let ignores = match configs.of_run().settings.respect_gitignore {
            true => {
                let all: Vec<_> = folders.iter().map(|(path, _)| path.as_path()).collect();
                let is_root = |(_, folder): &(&&Path, &Folder)| folder.parent.is_none();
                let roots: Vec<_> = all.iter().zip(&known).filter(is_root).collect();
                let roots: Vec<_> = roots.into_iter().map(|(path, _)| *path).collect();
                ignores(&all, &roots, has_seen, cache)?
            }
            false => Vec::new(),
        };
        Some(Self {
            folders: known,
            ignores,
        })
    }

    /// The files with what counts for them, if a walk would find the same.
    pub fn files(&self, configs: &Configs) -> Option<Vec<(PathBuf, Resolved)>> {
        let global = global_excludes();
        let is_same = |(path, stamp): &(String, Option<Stamp>)| stamp_of(Path::new(path)) == *stamp;
        let knows_global = match &global {
            Some(global) => self.ignores.iter().any(|(path, _)| path == global),
            None => true,
        };
        let respects = configs.of_run().settings.respect_gitignore;
        if respects && !knows_global || !self.ignores.iter().all(is_same) {
            return None;
        }
        let mut files = Vec::new();
        let mut known: Vec<(PathBuf, Resolved)> = Vec::with_capacity(self.folders.len());
        for folder in &self.folders {
            let parent = folder.parent.and_then(|place| known.get(place));
            let path = match parent {
                Some((parent, _)) => parent.join(&folder.name),
                None => PathBuf::from(&folder.name),
            };
            if Stamp::of(&fs::metadata(&path).ok()?) != Some(folder.stamp) {
                return None;
            }
            let config = match (parent, folder.excluded) {
                // It has none of its own, and its time says that none has come.
                (Some((_, config)), None) => config.clone(),
                (_, None) => configs.of(&path),
                (_, Some(excluded)) => {
                    let config = configs.of(&path);
                    if config.settings.excluded != excluded {
                        return None;
                    }
                    config
                }
            };
            files.extend((folder.files.iter()).map(|name| (path.join(name), config.clone())));
            known.push((path, config));
        }
        Some(files)
    }
}

/// All files of ignore rules that count for `folders`, and above `roots`, where walks began; `None` where that is not known.
fn ignores(
    folders: &[&Path],
    roots: &[&Path],
    has_seen: bool,
    cache: &Cache,
) -> Option<Vec<(String, Option<Stamp>)>> {
    let mut found = Vec::new();
    let mut add = |path: PathBuf, is_always: bool| {
        let stamp = stamp_of(&path);
        // One that was written just now may be written again unseen.
        if stamp.is_some_and(|stamp| !cache.is_settled(stamp)) {
            return None;
        }
        if is_always || stamp.is_some() {
            found.push((path.to_str()?.to_owned(), stamp));
        }
        Some(stamp.is_some())
    };
    // Work trees and submodules keep their rules elsewhere.
    let is_plain = |folder: &Path| !folder.join(".git").is_file();
    let mut has_any = has_seen;
    if let Some(global) = global_excludes() {
        has_any |= add(PathBuf::from(global), true)?;
    }
    for above in roots.iter().flat_map(|root| root.ancestors().skip(1)) {
        if !is_plain(above) {
            return None;
        }
        add(above.join(".git"), true)?;
        for name in IGNORES {
            has_any |= add(above.join(name), true)?;
        }
    }
    // Without any, none can have been passed over unseen. That none comes or goes shows in the time of its folder.
    for folder in folders.iter().filter(|_| has_any) {
        if !is_plain(folder) {
            return None;
        }
        for name in IGNORES {
            add(folder.join(name), false)?;
        }
    }
    found.sort();
    found.dedup();
    Some(found)
}

/// What git is told to pass over everywhere.
fn global_excludes() -> Option<String> {
    let path = ignore::gitignore::gitconfig_excludes_path()?;
    Some(path.to_string_lossy().into_owned())
}

/// Of a folder, that it is there.
fn stamp_of(path: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    match metadata.is_dir() {
        true => Some(Stamp::default()),
        false => Stamp::of(&metadata),
    }
}

#[cfg(test)]
mod tests;
