//! The other files of a project, as they are on disk: what [`hotlint_core::python::Project`] is let see of it.

use std::fs;
use std::path::{Path, PathBuf};

use hotlint_core::python::{Loader, Project, Source, Versions};

use ignore::WalkBuilder;

use crate::config::{Exclude, USUAL};
use crate::read::{self, Reading};
use crate::words::shown;

/// Where version control keeps the history of a repository.
const HISTORIES: [&str; 2] = [".git", ".hg"];

/// More files are not searched for those that use something: reading them takes seconds.
const MOST_FILES: usize = 20_000;

/// Reads below a folder.
struct Disk {
    /// What relative paths are relative to.
    cwd: PathBuf,
    /// Larger files are not looked into, in bytes.
    limit: Option<u64>,
    /// The folder of the configuration: the project lies below it.
    root: PathBuf,
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

    /// The outermost folder with a history of its own: packages of one repository may use each other, those of several are installed.
    /// Where nothing tells of a repository, all below the configuration belongs together.
    fn repository(&self, folder: &str) -> String {
        let folder = self.cwd.join(folder);
        let below = folder.strip_prefix(&self.root).unwrap_or(Path::new(""));
        let mut outer: Vec<&Path> = below.ancestors().collect();
        outer.reverse();
        let found = outer
            .into_iter()
            .map(|below| self.root.join(below))
            .find(|outer| HISTORIES.iter().any(|history| outer.join(history).is_dir()));
        let repository = found.unwrap_or_else(|| self.root.clone());
        repository.to_string_lossy().into_owned()
    }

    /// All that git would track, but what is never a project's own: whatever is excluded from checks may use the rest all the same.
    fn files(&self, repository: &str) -> Option<Vec<String>> {
        self.files_up_to(MOST_FILES, repository)
    }

    /// What can be built is there to be installed, and used, elsewhere.
    fn is_published(&self, repository: &str) -> bool {
        let repository = Path::new(repository);
        let builds = || {
            let text = fs::read_to_string(repository.join("pyproject.toml")).ok()?;
            let table: toml::Table = text.parse().ok()?;
            Some(table.contains_key("build-system"))
        };
        ["setup.py", "setup.cfg"]
            .iter()
            .any(|name| repository.join(name).exists())
            || builds().unwrap_or(false)
    }
}

impl Disk {
    fn files_up_to(&self, most: usize, repository: &str) -> Option<Vec<String>> {
        let usual = Exclude::new(USUAL.map(|name| (&*self.root, name)));
        let mut walk = WalkBuilder::new(repository);
        walk.hidden(false)
            .filter_entry(move |entry| entry.depth() == 0 || !usual.contains(entry.path()));
        let mut files = Vec::new();
        for entry in walk.build() {
            let entry = entry.ok()?;
            let is_file = !entry.file_type().is_some_and(|kind| kind.is_dir());
            if is_file && is_python(entry.path()) {
                files.push(shown(entry.path(), &self.cwd));
                if files.len() > most {
                    return None;
                }
            }
        }
        Some(files)
    }
}

fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        ["py", "pyi", "pyw", "ipynb"]
            .iter()
            .any(|one| extension == *one)
    })
}

/// The project whose configuration lies in `root`.
pub fn project(root: &Path, cwd: &Path, limit: Option<u64>, python: Versions) -> Project {
    let disk = Disk {
        cwd: cwd.to_path_buf(),
        limit,
        root: root.to_path_buf(),
    };
    let roots = [root.to_path_buf(), root.join("src")];
    let roots = roots.iter().map(|root| shown(root, cwd)).collect();
    Project::new(disk, roots, python)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_files_nobody_knows_who_uses_what() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.py", "b.pyi", "c.py", "notes.txt"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let disk = Disk {
            cwd: folder.path().to_path_buf(),
            limit: None,
            root: folder.path().to_path_buf(),
        };
        let below = disk.repository("");
        let count = |most| disk.files_up_to(most, &below).map(|files| files.len());
        assert_eq!(count(3), Some(3));
        assert_eq!(count(2), None);
    }
}
