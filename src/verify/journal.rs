//! What a run that tries fixes out leaves behind for whoever has to clean up after it: the files as they were.
//!
//! A journal is a folder: `lock`, held for as long as the run lives; one copy of each file as it was; and `journal.json`, which says
//! what belongs where. It is complete on disk before the first file is changed, and gone as soon as nothing is left to clean up.
//!
//! **Invariant**: a file goes back only where it still is what the run made of it. What somebody else wrote meanwhile stays.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::fix;

const LOCK: &str = "lock";
const ENTRIES: &str = "journal.json";
/// A folder without entries may be one that is being made.
const YOUNG: Duration = Duration::from_secs(60);

/// One file of a journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Absolute, without symbolic links.
    pub path: PathBuf,
    /// [`hash`] of the file as it was.
    pub original: u64,
    /// When it was last changed before.
    pub modified: SystemTime,
    /// Hashes of what the run has written, or is about to.
    pub written: Vec<u64>,
}

/// What `journal.json` holds.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Entries {
    /// The process of the run, by which its temporary files are known.
    process: u32,
    files: Vec<Entry>,
}

/// The journal of a run that lives.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    entries: Entries,
    /// Held until the run ends, however it ends.
    _lock: File,
}

/// What came of cleaning up.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// Files that are again as they were.
    pub back: Vec<PathBuf>,
    /// Files that somebody else has changed, each with the place where its text from before is kept.
    pub changed: Vec<(PathBuf, PathBuf)>,
}

/// Tells one content of a file from another, in this run and the next.
pub fn hash(bytes: &[u8]) -> u64 {
    xxh3_64(bytes)
}

/// Where journals lie: where the system wants what programs keep from one run to the next.
pub fn home() -> Option<PathBuf> {
    let variable = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let state = match cfg!(windows) {
        true => variable("LOCALAPPDATA"),
        false => variable("XDG_STATE_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| Some(variable("HOME")?.join(".local/state"))),
    };
    Some(state?.join("hotlint").join("verify"))
}

impl Journal {
    /// A journal without entries in a new folder below `home`.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn create(home: &Path) -> io::Result<Self> {
        fs::create_dir_all(home)?;
        let folder = tempfile::Builder::new().prefix("run-").tempdir_in(home)?;
        let lock = File::create(folder.path().join(LOCK))?;
        lock.lock()?;
        Ok(Self {
            folder: folder.keep(),
            entries: Entries {
                process: std::process::id(),
                files: Vec::new(),
            },
            _lock: lock,
        })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps `bytes`, which is what the file at `path` holds.
    ///
    /// # Errors
    /// When the copy cannot be written.
    pub fn keep(&mut self, path: &Path, bytes: &[u8], modified: SystemTime) -> io::Result<()> {
        let mut copy = File::create(copy(&self.folder, self.entries.files.len()))?;
        copy.write_all(bytes)?;
        copy.sync_all()?;
        self.entries.files.push(Entry {
            path: path.to_path_buf(),
            original: hash(bytes),
            modified,
            written: Vec::new(),
        });
        Ok(())
    }

    /// Notes what is about to be written, as pairs of the number of an entry and a hash.
    ///
    /// # Errors
    /// When the journal cannot be written; then nothing else may be.
    pub fn announce(&mut self, writes: &[(usize, u64)]) -> io::Result<()> {
        let mut news = false;
        for (index, hash) in writes {
            if let Some(entry) = self.entries.files.get_mut(*index)
                && !entry.written.contains(hash)
            {
                entry.written.push(*hash);
                news = true;
            }
        }
        if !news {
            return Ok(());
        }
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        serde_json::to_writer(&mut file, &self.entries)?;
        file.as_file().sync_all()?;
        file.persist(self.folder.join(ENTRIES))
            .map_err(|error| error.error)?;
        Ok(())
    }

    /// Nothing is left to clean up.
    pub fn close(self) {
        discard(&self.folder);
    }
}

fn copy(folder: &Path, index: usize) -> PathBuf {
    folder.join(index.to_string())
}

/// The entries go first: without them there is no journal.
fn discard(folder: &Path) {
    let _ = fs::remove_file(folder.join(ENTRIES));
    let _ = fs::remove_dir_all(folder);
}

/// Cleans up after all runs that have not come to their end.
pub fn recover(home: &Path) -> Restored {
    let mut restored = Restored::default();
    let folders = fs::read_dir(home).into_iter().flatten().flatten();
    for folder in folders.map(|entry| entry.path()) {
        let Ok(lock) = File::open(folder.join(LOCK)) else {
            continue;
        };
        // Another run is at work, or somebody else cleans up.
        if matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) {
            continue;
        }
        let age = lock
            .metadata()
            .and_then(|it| it.modified())
            .ok()
            .and_then(|made| made.elapsed().ok());
        if folder.join(ENTRIES).exists() || age.is_some_and(|age| age > YOUNG) {
            restore(&folder, &mut restored);
        }
    }
    restored
}

/// Waits for the run of the journal in `folder` to end, and cleans up where it could not do so itself.
pub fn guard(folder: &Path) {
    let Ok(lock) = File::open(folder.join(LOCK)) else {
        return;
    };
    if lock.lock().is_ok() && folder.exists() {
        restore(folder, &mut Restored::default());
    }
}

/// Puts the files of a journal back, whose lock is held.
fn restore(folder: &Path, restored: &mut Restored) {
    let entries = fs::read(folder.join(ENTRIES)).unwrap_or_default();
    let entries: Entries = serde_json::from_slice(&entries).unwrap_or_default();
    let mut is_done = true;
    for (index, entry) in entries.files.iter().enumerate() {
        remove_temporary(&entry.path, entries.process);
        let kept = copy(folder, index);
        match put_back(entry, &kept) {
            Ok(true) => restored.back.push(entry.path.clone()),
            Ok(false) => {}
            Err(_) => {
                is_done = false;
                restored.changed.push((entry.path.clone(), kept));
            }
        }
    }
    if is_done {
        discard(folder);
    } else {
        // It was told once where the copies are; they stay, and are not told again.
        let _ = fs::remove_file(folder.join(ENTRIES));
        let _ = fs::remove_file(folder.join(LOCK));
    }
}

/// Removes what the run was about to put in the place of `path`.
fn remove_temporary(path: &Path, process: u32) {
    let prefix = fix::temporary_prefix(process);
    let files = path.parent().and_then(|folder| fs::read_dir(folder).ok());
    for file in files.into_iter().flatten().flatten() {
        if file.file_name().to_string_lossy().starts_with(&prefix) {
            let _ = fs::remove_file(file.path());
        }
    }
}

/// Whether the file had to be put back; an error where it is not what the run made of it.
fn put_back(entry: &Entry, kept: &Path) -> io::Result<bool> {
    let now = hash(&fs::read(&entry.path)?);
    if now == entry.original {
        return Ok(false);
    }
    let bytes = fs::read(kept)?;
    let is_ours = entry.written.contains(&now) && hash(&bytes) == entry.original;
    let unchanged = |bytes: &[u8]| hash(bytes) == now;
    match is_ours {
        true => fix::replace(&entry.path, &bytes, Some(entry.modified), unchanged)
            .map(|()| true)
            .map_err(io::Error::other),
        false => Err(io::Error::other("changed by somebody else")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file, and the folder of a journal that announced `b` for it, whose run is no more.
    fn abandoned(home: &Path, path: &Path) -> PathBuf {
        fs::write(path, "a").unwrap();
        let modified = fs::metadata(path).unwrap().modified().unwrap();
        let mut journal = Journal::create(home).unwrap();
        journal.keep(path, b"a", modified).unwrap();
        journal.announce(&[(0, hash(b"b"))]).unwrap();
        journal.folder().to_path_buf()
    }

    #[test]
    fn what_a_run_left_half_done_is_taken_back() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file.py");
        let home = home.path().join("journals");
        let folder = abandoned(&home, &path);
        fs::write(&path, "b").unwrap();
        let process = std::process::id();
        let temporary = path.with_file_name(format!("{}x", fix::temporary_prefix(process)));
        fs::write(&temporary, "c").unwrap();
        let restored = recover(&home);
        assert!(!temporary.exists());
        assert_eq!(restored.back, [path.as_path()]);
        assert_eq!(fs::read(&path).unwrap(), b"a");
        assert!(!folder.exists());
        assert_eq!(recover(&home), Restored::default());
    }

    #[test]
    fn what_somebody_else_wrote_stays() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file.py");
        let home = home.path().join("journals");
        abandoned(&home, &path);
        fs::write(&path, "c").unwrap();
        let restored = recover(&home);
        assert_eq!(fs::read(&path).unwrap(), b"c");
        let [(changed, kept)] = restored.changed.as_slice() else {
            panic!("{restored:?}");
        };
        assert_eq!(
            (changed.as_path(), fs::read(kept).unwrap()),
            (path.as_path(), b"a".to_vec())
        );
        assert_eq!(recover(&home), Restored::default());
        assert!(kept.exists());
    }

    #[test]
    fn a_run_that_lives_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file.py");
        fs::write(&path, "b").unwrap();
        let mut journal = Journal::create(home.path()).unwrap();
        journal.keep(&path, b"a", SystemTime::now()).unwrap();
        journal.announce(&[(0, hash(b"b"))]).unwrap();
        assert_eq!(recover(home.path()), Restored::default());
        let folder = journal.folder().to_path_buf();
        journal.close();
        assert!(!folder.exists());
    }
}
