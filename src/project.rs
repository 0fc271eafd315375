//! The other files of a project, as they are on disk: what [`hotlint_core::python::Project`] is let see of it.

use std::fs;
use std::path::{Path, PathBuf};

use hotlint_core::python::{Loader, Project, Source, Versions};

use crate::read::{self, Reading};
use crate::words::shown;

/// Reads below a folder.
struct Disk {
    /// What relative paths are relative to.
    cwd: PathBuf,
    /// Larger files are not looked into, in bytes.
    limit: Option<u64>,
}

impl Loader for Disk {
    fn list(&self, folder: &str) -> Option<Vec<String>> {
        let entries = fs::read_dir(self.cwd.join(folder)).ok()?;
        let names = entries.flatten().filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let kind = entry.file_type().ok()?;
            let is_folder = match kind.is_symlink() {
                true => entry.path().is_dir(),
                false => kind.is_dir(),
            };
            match is_folder {
                true => Some(format!("{name}/")),
                false => (name.ends_with(".py") || name.ends_with(".pyi")).then_some(name),
            }
        });
        Some(names.collect())
    }

    fn read(&self, path: &str) -> Option<Source> {
        match read::file(&self.cwd.join(path), path, self.limit) {
            Reading::Text(source, _) => Some(source),
            _ => None,
        }
    }
}

/// The project whose configuration lies in `root`.
pub fn project(root: &Path, cwd: &Path, limit: Option<u64>, python: Versions) -> Project {
    let disk = Disk {
        cwd: cwd.to_path_buf(),
        limit,
    };
    let roots = [root.to_path_buf(), root.join("src")];
    let roots = roots.iter().map(|root| shown(root, cwd)).collect();
    Project::new(disk, roots, python)
}
