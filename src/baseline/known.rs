//! The baseline that a configuration names.

use std::io;
use std::path::{Path, PathBuf};

use super::{Baseline, Comparison, FileError, OnDisk, Scene as _};
use crate::config::{BaselineMode, Settings};
use crate::discover::Target;
use crate::report::Report;
use crate::terminal::Terminal;
use crate::verdict::{Fate, Marked};
use crate::words::shown;

/// A baseline with the file that it comes from.
#[derive(Debug)]
pub struct Known {
    pub path: PathBuf,
    pub baseline: Baseline,
    pub mode: BaselineMode,
}

impl Known {
    /// The baseline that `settings` name, if they name one that is there.
    ///
    /// # Errors
    /// When it cannot be read, or is not there although the command line asks for it.
    pub fn read(
        settings: &Settings,
        is_asked_for: bool,
        terminal: Terminal,
    ) -> Result<Option<Self>, String> {
        let Some(path) = settings.baseline.clone() else {
            return Ok(None);
        };
        match Baseline::read(&path) {
            Ok(baseline) => Ok(Some(Self {
                path,
                baseline,
                mode: settings.baseline_mode,
            })),
            Err(FileError::Io(error))
                if error.kind() == io::ErrorKind::NotFound && !is_asked_for =>
            {
                terminal.warn(format_args!(
                    "there is no baseline {} yet; `hotlint baseline create` makes it",
                    told(&path)
                ));
                Ok(None)
            }
            Err(error) => Err(unreadable(&path, &error)),
        }
    }

    /// Marks the findings of `report` that it holds, and tells what has changed; no file is touched. `targets` are the files that
    /// were checked, from the folder `cwd`.
    pub fn compare(&self, cwd: &Path, targets: &[Target], report: &mut Report) -> Comparison {
        let scene = OnDisk::new(&self.path, cwd, targets, report);
        self.baseline.mark(report, &scene, Fate::Baselined)
    }
}

/// Adds one finding to the baseline at `path`, which need not be there yet. Reports of runs from `cwd` call the file `shown`.
///
/// # Errors
/// When the baseline cannot be read or written.
pub fn add(path: &Path, cwd: &Path, shown: &str, marked: &Marked) -> Result<(), FileError> {
    let mut baseline = match Baseline::read(path) {
        Err(FileError::Io(error)) if error.kind() == io::ErrorKind::NotFound => Baseline::default(),
        read => read?,
    };
    let scene = OnDisk::new(path, cwd, &[], &Report::default());
    baseline.add(super::entry(&scene.path(shown), marked), 1);
    Ok(baseline.write(path)?)
}

/// What is said of a baseline that cannot be read.
pub fn unreadable(path: &Path, error: &FileError) -> String {
    format!("cannot read the baseline {}: {error}", told(path))
}

/// What messages call a baseline.
pub fn told(path: &Path) -> String {
    shown(path, &std::env::current_dir().unwrap_or_default())
}

/// What is said of a baseline that cannot be added to.
pub fn unwritable(path: &Path, error: &FileError) -> String {
    format!("cannot add to the baseline {}: {error}", told(path))
}
