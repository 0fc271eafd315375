//! What was found in files that have not changed since.
//!
//! One file for each build of hotlint holds, by content, what the rules found, and by path, which content was there last. It is read
//! at the start of a run and written anew at its end. Severities, quiet files, baselines and profiles come after it.
//!
//! What hangs on other files is remembered with what was there, and counts only while that is the same: a list of such places is
//! cheaper to check than the file is to read again with all that it calls.
//!
//! **Invariant**: a wrong answer is never given: what is not known for certain is found again. Two runs at once, or one that dies,
//! cost time and nothing else, for the file is replaced as a whole.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hotlint_core::python::Project;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::discover::Walked;
use crate::stored::StoredReport;
use crate::verdict::FileReport;

/// The name of the folder that a project has for it.
pub const FOLDER: &str = ".hotlint_cache";
/// Changes with every source file of hotlint.
const BUILD: &str = env!("HOTLINT_BUILD");
const TAG: &str =
    "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of hotlint.\n";
/// What nobody has asked for in so many days goes.
const KEPT_DAYS: u32 = 30;
/// Each way of starting hotlint has a walk of its own; a project has few.
const MOST_WALKS: usize = 16;
/// A file that was written so shortly before it was read may be written again within one tick of its clock.
const TICK: Duration = Duration::from_secs(2);

/// What decides about a file's findings: its bytes, and what is asked of them.
pub type Key = u128;

/// All that is known.
#[derive(Debug)]
pub struct Cache {
    path: PathBuf,
    known: Known,
    today: u32,
    now: SystemTime,
    fresh: Mutex<Fresh>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Known {
    /// By whole path; for each thing that was asked.
    places: FxHashMap<String, Vec<Place>>,
    reports: FxHashMap<Key, Remembered>,
    /// By what a walk began with.
    walks: FxHashMap<u64, RememberedWalk>,
}

/// What this run adds.
#[derive(Debug, Default)]
struct Fresh {
    places: Vec<(String, Place)>,
    walks: Vec<(u64, RememberedWalk)>,
    reports: Vec<(Key, Remembered)>,
    /// What was of use again.
    used: Vec<Key>,
    /// What was found without knowing what other files say.
    waiting: FxHashMap<Key, Remembered>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    asked: u64,
    stamp: Stamp,
    key: Key,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Remembered {
    /// Days since 1970.
    used: u32,
    /// `None` where there is nothing to say.
    report: Option<StoredReport>,
    /// What of other files it hangs on, and what was there.
    seen: Vec<(String, u64)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct RememberedWalk {
    /// Days since 1970.
    used: u32,
    walked: Walked,
}

/// What the system says of a file that changes whenever its bytes do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stamp {
    size: u64,
    modified: u64,
    changed: u64,
}

/// What is known about a file.
#[derive(Debug)]
pub enum Answer {
    Nothing,
    /// There was nothing to say.
    Clean,
    Report(FileReport),
}

impl Cache {
    /// Reads what is known from the folder at `folder`; that which cannot be read is not known.
    pub fn open(folder: &Path) -> Self {
        Self::open_at(folder, SystemTime::now())
    }

    /// As [`Cache::open`], at a given time.
    pub(crate) fn open_at(folder: &Path, now: SystemTime) -> Self {
        let path = folder.join(format!("{}-{BUILD}", env!("CARGO_PKG_VERSION")));
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            known: Known::read(&path).unwrap_or_default(),
            path,
            today: u32::try_from(since.as_secs() / 86_400).unwrap_or(u32::MAX),
            now,
            fresh: Mutex::default(),
        }
    }

    /// What is known about the file at `path` without reading it; `asked` is what decides beside its bytes.
    pub fn of_unread(&self, path: &str, asked: u64, stamp: Stamp, project: &Project) -> Answer {
        match self
            .known
            .place(path, asked)
            .filter(|place| place.stamp == stamp)
        {
            Some(place) if self.is_clean(place.key, project) => Answer::Clean,
            _ => Answer::Nothing,
        }
    }

    fn is_clean(&self, key: Key, project: &Project) -> bool {
        let clean = (self.known.reports.get(&key))
            .is_some_and(|known| known.report.is_none() && known.holds(project));
        if clean {
            self.mark_used(key);
        }
        clean
    }

    /// What is known about these bytes.
    pub fn of(&self, key: Key, project: &Project) -> Answer {
        let known = self.known.reports.get(&key);
        let known = known.filter(|known| known.holds(project));
        match known.map(|known| &known.report) {
            None => Answer::Nothing,
            Some(None) => {
                self.mark_used(key);
                Answer::Clean
            }
            Some(Some(report)) => match report.restored() {
                Some(report) => {
                    self.mark_used(key);
                    Answer::Report(report)
                }
                None => Answer::Nothing,
            },
        }
    }

    fn mark_used(&self, key: Key) {
        // Once a day is often enough: most runs need not write anything.
        if self
            .known
            .reports
            .get(&key)
            .is_some_and(|known| known.used != self.today)
        {
            self.fresh().used.push(key);
        }
    }

    /// Remembers what the file at `path` says, as of `stamp`, and what there is to say about it.
    pub fn remember(
        &self,
        path: &str,
        asked: u64,
        stamp: Option<Stamp>,
        key: Key,
        report: Option<&FileReport>,
        project: &Project,
    ) {
        let mut fresh = self.fresh();
        if let Some(stamp) = stamp.filter(|stamp| self.is_settled(*stamp)) {
            let place = Place { asked, stamp, key };
            if self.known.place(path, asked) != Some(&place) {
                fresh.places.push((path.to_owned(), place));
            }
        }
        if let Some(report) = report {
            let stored = StoredReport::from(report);
            let remembered = Remembered {
                used: self.today,
                report: (!stored.is_empty()).then_some(stored),
                seen: (report.seen.iter())
                    .map(|place| (place.to_string(), project.state(place)))
                    .collect(),
            };
            match report.open {
                None => fresh.reports.push((key, remembered)),
                Some(_) => {
                    fresh.waiting.insert(key, remembered);
                }
            }
        }
    }

    /// What waited under `key` stands: other files had nothing to say, as `seen` of them tells.
    pub fn settle(&self, key: Key, seen: &[Arc<str>], project: &Project) {
        let states: Vec<_> = (seen.iter())
            .map(|place| (place.to_string(), project.state(place)))
            .collect();
        let mut fresh = self.fresh();
        if let Some(mut remembered) = fresh.waiting.remove(&key) {
            remembered.seen.extend(states);
            fresh.reports.push((key, remembered));
        }
    }

    /// What a walk that began with `asked` has found.
    pub fn walk(&self, asked: u64) -> Option<&Walked> {
        self.known.walks.get(&asked).map(|known| &known.walked)
    }

    /// Remembers what a walk that began with `asked` has found.
    pub fn remember_walk(&self, asked: u64, walked: Walked) {
        if self.walk(asked) != Some(&walked) {
            let used = self.today;
            let walk = RememberedWalk { used, walked };
            self.fresh().walks.push((asked, walk));
        }
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// Whether a write after this stamp would show.
    pub fn is_settled(&self, stamp: Stamp) -> bool {
        let latest = Duration::from_nanos(stamp.modified.max(stamp.changed));
        let now = self.now.duration_since(UNIX_EPOCH).unwrap_or_default();
        latest + TICK < now
    }

    fn fresh(&self) -> std::sync::MutexGuard<'_, Fresh> {
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what is known now.
    ///
    /// # Errors
    /// Whatever the system says; what was there before is still there.
    pub fn close(&self) -> io::Result<()> {
        let Fresh {
            places,
            walks,
            reports,
            used,
            waiting: _,
        } = std::mem::take(&mut *self.fresh());
        if places.is_empty() && walks.is_empty() && reports.is_empty() && used.is_empty() {
            return Ok(());
        }
        let folder = self.folder();
        prepare(folder)?;
        // Another run may have added something in the meantime.
        let mut known = Known::read(&self.path).unwrap_or_else(|| self.known.clone());
        for (path, place) in places {
            let of_path = known.places.entry(path).or_default();
            of_path.retain(|older| older.asked != place.asked);
            of_path.push(place);
        }
        known.walks.extend(walks);
        known.reports.extend(reports);
        for key in used {
            if let Some(remembered) = known.reports.get_mut(&key) {
                remembered.used = self.today;
            }
        }
        let oldest = self.today.saturating_sub(KEPT_DAYS);
        known
            .reports
            .retain(|_, remembered| remembered.used >= oldest);
        let reports = &known.reports;
        known.places.retain(|_, places| {
            places.retain(|place| reports.contains_key(&place.key));
            !places.is_empty()
        });
        known.forget_walks(oldest);
        known.write(&self.path, folder)?;
        // What other builds have left, once nobody uses it.
        forget_others(folder, &self.path, self.now);
        Ok(())
    }
}

impl Remembered {
    /// Whether what it hangs on is still the same.
    fn holds(&self, project: &Project) -> bool {
        (self.seen.iter()).all(|(place, state)| project.state(place) == *state)
    }
}

impl Known {
    fn place(&self, path: &str, asked: u64) -> Option<&Place> {
        let places = self.places.get(path)?;
        places.iter().find(|place| place.asked == asked)
    }

    /// Lets go of walks that were remembered before the day `oldest`, and of the oldest where there are many.
    fn forget_walks(&mut self, oldest: u32) {
        let mut days: Vec<_> = (self.walks.iter())
            .map(|(asked, walk)| (walk.used, *asked))
            .collect();
        days.sort_unstable();
        let surplus = days.len().saturating_sub(MOST_WALKS);
        for (index, (used, asked)) in days.into_iter().enumerate() {
            if index < surplus || used < oldest {
                self.walks.remove(&asked);
            }
        }
    }

    fn read(path: &Path) -> Option<Self> {
        let bytes = fs::read(path).ok()?;
        let (sum, body) = bytes.split_at_checked(8)?;
        let sum = u64::from_le_bytes(sum.try_into().ok()?);
        (sum == xxh3_64(body)).then(|| postcard::from_bytes(body).ok())?
    }

    fn write(&self, path: &Path, folder: &Path) -> io::Result<()> {
        let body = postcard::to_allocvec(self).map_err(io::Error::other)?;
        let mut file = tempfile::Builder::new()
            .prefix(".new-")
            .tempfile_in(folder)?;
        file.write_all(&xxh3_64(&body).to_le_bytes())?;
        file.write_all(&body)?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }
}

/// Makes the folder, and tells backups and git to pass over it.
fn prepare(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, text) in [("CACHEDIR.TAG", TAG), (".gitignore", "*\n")] {
        let path = folder.join(name);
        if !path.exists() {
            fs::write(path, text)?;
        }
    }
    Ok(())
}

/// Takes away the files of other builds, and of runs that died, that are older than a month.
fn forget_others(folder: &Path, own: &Path, now: SystemTime) {
    let old = Duration::from_secs(u64::from(KEPT_DAYS) * 86_400);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_ours = path
            .file_name()
            .is_some_and(|name| name != "CACHEDIR.TAG" && name != ".gitignore");
        let age = (entry
            .metadata()
            .and_then(|metadata| metadata.modified())
            .ok())
        .and_then(|modified| now.duration_since(modified).ok());
        if is_ours && path != own && age.is_some_and(|age| age > old) {
            let _ = fs::remove_file(path);
        }
    }
}

/// Takes the folder away, if it is a cache of ours; whether it was there.
///
/// # Errors
/// Whatever the system says.
pub fn clean(folder: &Path) -> io::Result<bool> {
    let is_ours = fs::read_to_string(folder.join("CACHEDIR.TAG")).is_ok_and(|tag| tag == TAG);
    if is_ours {
        fs::remove_dir_all(folder)?;
    }
    Ok(is_ours)
}

/// The key of `bytes`, of which `asked` is asked.
pub fn key(bytes: &[u8], asked: u64) -> Key {
    xxh3_128(bytes) ^ (u128::from(asked) << 64 | u128::from(asked.rotate_left(17)))
}

impl Stamp {
    /// What `metadata` says.
    pub fn of(metadata: &fs::Metadata) -> Option<Self> {
        let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        #[cfg(unix)]
        let changed = {
            use std::os::unix::fs::MetadataExt as _;
            let seconds = u64::try_from(metadata.ctime()).ok()?;
            seconds * 1_000_000_000 + u64::try_from(metadata.ctime_nsec()).ok()?
        };
        #[cfg(not(unix))]
        let changed = 0;
        Some(Self {
            size: metadata.len(),
            modified: u64::try_from(modified.as_nanos()).ok()?,
            changed,
        })
    }
}

#[cfg(test)]
mod tests;
