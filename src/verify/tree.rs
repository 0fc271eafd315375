//! The files that fixes change: from one set of fixes to another, and back to how they were.
//!
//! **Invariant**: each file is written whole, under its own name only once it is complete, and only where it still is what this run
//! knows of it. Until [`Tree::keep`], the way back is in the journal.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::journal::{Journal, hash};
use crate::fix;

/// The word of the command line that starts the watch over a journal.
pub const WATCH: &str = "watch-journal";

/// What files hold: those that are not in it are as they were before the run.
pub type State = BTreeMap<PathBuf, Vec<u8>>;

/// Why the files are not in the state that was wanted.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    #[error("{} was changed by somebody else meanwhile", .0.display())]
    Changed(PathBuf),
    #[error("cannot write {}: {}", .0.display(), .1)]
    Write(PathBuf, fix::WriteError),
    #[error("cannot keep a copy of {}: {}", .0.display(), .1)]
    Copy(PathBuf, io::Error),
}

/// Files, and what they are by now.
#[derive(Debug)]
pub struct Tree {
    journal: Option<Journal>,
    files: BTreeMap<PathBuf, Tracked>,
    /// When the file of each content was last changed, as it says itself. Python takes a compiled file for the right one by the second
    /// and the size of its source, so that no two contents may share a second.
    stamps: HashMap<(PathBuf, u64), SystemTime>,
    last_stamp: u64,
}

#[derive(Debug)]
struct Tracked {
    /// Its number in the journal.
    index: usize,
    original: Vec<u8>,
    modified: SystemTime,
    /// The hash of what it holds.
    now: u64,
}

impl Tree {
    /// Files that are to be changed, and put back should this run die.
    ///
    /// # Errors
    /// When no journal can be kept below `home`.
    pub fn new(home: &Path) -> io::Result<Self> {
        let journal = Journal::create(home)?;
        watch(&journal);
        Ok(Self {
            journal: Some(journal),
            files: BTreeMap::new(),
            stamps: HashMap::new(),
            last_stamp: 0,
        })
    }

    /// Puts all files into `state`.
    ///
    /// # Errors
    /// When somebody else has changed a file, or one cannot be written. Some files may be in the new state then, and others not.
    pub fn put(&mut self, state: &State) -> Result<(), TreeError> {
        self.check()?;
        self.track(state.keys().map(PathBuf::as_path))?;
        let mut writes = Vec::new();
        for (path, file) in &self.files {
            let wanted = state.get(path).unwrap_or(&file.original);
            let hash = hash(wanted);
            if hash != file.now {
                writes.push((path.clone(), file.index, hash));
            }
        }
        let announced: Vec<(usize, u64)> = writes
            .iter()
            .map(|(_, index, hash)| (*index, *hash))
            .collect();
        if let Some(journal) = &mut self.journal {
            let first = writes
                .first()
                .map(|write| write.0.clone())
                .unwrap_or_default();
            journal
                .announce(&announced)
                .map_err(|error| TreeError::Copy(first, error))?;
        }
        for (path, _, hash) in writes {
            let stamp = self.stamp(&path, hash);
            if let Some(file) = self.files.get_mut(&path) {
                let bytes = state.get(&path).unwrap_or(&file.original);
                write(&path, bytes, stamp, file.now)?;
                file.now = hash;
            }
        }
        Ok(())
    }

    /// Whether all files still are as this run left them.
    ///
    /// # Errors
    /// When one is not.
    pub fn check(&self) -> Result<(), TreeError> {
        for (path, file) in &self.files {
            let now = fs::read(path).map(|bytes| hash(&bytes)).ok();
            if now != Some(file.now) {
                return Err(TreeError::Changed(path.clone()));
            }
        }
        Ok(())
    }

    /// The files stay as they are.
    pub fn keep(mut self) {
        if let Some(journal) = self.journal.take() {
            journal.close();
        }
    }

    /// Keeps copies of files that are about to be changed.
    ///
    /// # Errors
    /// When one cannot be read, or no copy written.
    pub fn track<'a>(
        &mut self,
        paths: impl IntoIterator<Item = &'a Path>,
    ) -> Result<(), TreeError> {
        for path in paths {
            let tracked = self.track_one(path);
            tracked.map_err(|error| TreeError::Copy(path.to_path_buf(), error))?;
        }
        Ok(())
    }

    fn track_one(&mut self, path: &Path) -> io::Result<()> {
        if self.files.contains_key(path) {
            return Ok(());
        }
        let original = fs::read(path)?;
        let modified = fs::metadata(path)?.modified()?;
        if let Some(journal) = &mut self.journal {
            journal.keep(path, &original, modified)?;
        }
        let now = hash(&original);
        self.stamps.insert((path.to_path_buf(), now), modified);
        self.files.insert(
            path.to_path_buf(),
            Tracked {
                index: self.files.len(),
                original,
                modified,
                now,
            },
        );
        Ok(())
    }

    fn stamp(&mut self, path: &Path, hash: u64) -> SystemTime {
        let last = &mut self.last_stamp;
        *self
            .stamps
            .entry((path.to_path_buf(), hash))
            .or_insert_with(|| {
                let now = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default();
                *last = now.as_secs().max(*last + 1);
                UNIX_EPOCH + Duration::from_secs(*last)
            })
    }

    /// Takes everything back that this run has written, and says which files somebody else has changed.
    fn restore(&mut self) -> Vec<PathBuf> {
        let mut changed = Vec::new();
        for (path, file) in &mut self.files {
            let original = hash(&file.original);
            // What was announced and not written is as it was, or as it was to become.
            let now = fs::read(path).map(|bytes| hash(&bytes)).unwrap_or_default();
            let is_ours = now == file.now || self.stamps.contains_key(&(path.clone(), now));
            if !is_ours
                || now != original && write(path, &file.original, file.modified, now).is_err()
            {
                changed.push(path.clone());
            }
            file.now = original;
        }
        changed
    }
}

impl Drop for Tree {
    /// Whatever went wrong: the files are as they were.
    fn drop(&mut self) {
        if self.journal.is_some()
            && self.restore().is_empty()
            && let Some(journal) = self.journal.take()
        {
            journal.close();
        }
        // Else the journal stays, for the watch or the next run to say where the copies are.
    }
}

fn write(path: &Path, bytes: &[u8], modified: SystemTime, now: u64) -> Result<(), TreeError> {
    fix::replace(path, bytes, Some(modified), |bytes| hash(bytes) == now).map_err(|error| {
        match error {
            fix::WriteError::Changed => TreeError::Changed(path.to_path_buf()),
            error => TreeError::Write(path.to_path_buf(), error),
        }
    })
}

/// Starts another process of this program that outlives it, should it be killed, and cleans up then. Without, the next run does.
fn watch(journal: &Journal) {
    let Ok(program) = std::env::current_exe() else {
        return;
    };
    let mut command = Command::new(program);
    command
        .args([WATCH.as_ref(), journal.folder().as_os_str()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        // What ends this process by its group must not end the watch.
        command.process_group(0);
    }
    let _ = command.spawn();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without a watch: in a test, this program is the test.
    fn tree(home: &Path) -> Tree {
        Tree {
            journal: Some(Journal::create(home).unwrap()),
            files: BTreeMap::new(),
            stamps: HashMap::new(),
            last_stamp: 0,
        }
    }

    fn modified(path: &Path) -> SystemTime {
        fs::metadata(path).unwrap().modified().unwrap()
    }

    #[test]
    fn files_go_from_state_to_state_and_back() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one.py"), folder.path().join("two.py"));
        fs::write(&one, "1").unwrap();
        fs::write(&two, "2").unwrap();
        let before = modified(&one);
        let mut tree = tree(&folder.path().join("journals"));
        let state = |text: &str| State::from([(one.clone(), text.as_bytes().to_vec())]);
        let seconds = |path| modified(path).duration_since(UNIX_EPOCH).unwrap().as_secs();
        tree.put(&state("a")).unwrap();
        let first = seconds(&one);
        tree.put(&state("b")).unwrap();
        assert_ne!(first, seconds(&one), "Python would take one for the other");
        tree.put(&state("a")).unwrap();
        assert_eq!(first, seconds(&one), "the same content is the same file");
        tree.put(&State::from([(two.clone(), b"c".to_vec())]))
            .unwrap();
        assert_eq!(fs::read(&one).unwrap(), b"1");
        assert_eq!(modified(&one), before);
        drop(tree);
        assert_eq!(
            (fs::read(&one).unwrap(), fs::read(&two).unwrap()),
            (b"1".to_vec(), b"2".to_vec())
        );
        assert_eq!(
            fs::read_dir(folder.path().join("journals"))
                .unwrap()
                .count(),
            0
        );
    }

    #[test]
    fn what_is_kept_stays() {
        let folder = tempfile::tempdir().unwrap();
        let one = folder.path().join("one.py");
        fs::write(&one, "1").unwrap();
        let mut tree = tree(&folder.path().join("journals"));
        tree.put(&State::from([(one.clone(), b"a".to_vec())]))
            .unwrap();
        tree.keep();
        assert_eq!(fs::read(&one).unwrap(), b"a");
    }

    #[test]
    fn what_somebody_else_writes_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let one = folder.path().join("one.py");
        fs::write(&one, "1").unwrap();
        let mut tree = tree(&folder.path().join("journals"));
        tree.put(&State::from([(one.clone(), b"a".to_vec())]))
            .unwrap();
        fs::write(&one, "theirs").unwrap();
        let error = tree.put(&State::new());
        assert!(matches!(error, Err(TreeError::Changed(_))));
        drop(tree);
        assert_eq!(fs::read(&one).unwrap(), b"theirs");
    }
}
