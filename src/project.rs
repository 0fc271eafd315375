//! The other files of a project, as they are on disk: what [`hotlint_core::python::Project`] is let see of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use hotlint_core::python::{Loader, Project, Source, Versions};

use ignore::WalkBuilder;

use crate::config::{Exclude, USUAL};
use crate::read::{self, Reading};
use crate::words::shown;

/// Reads below a folder.
struct Disk {
    /// What relative paths are relative to.
    cwd: PathBuf,
    /// Larger files are not looked into, in bytes.
    limit: Option<u64>,
    /// The folder of the configuration: the project lies below it.
    root: PathBuf,
    published: OnceLock<bool>,
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

    /// All that git would track, but what is never a project's own: whatever is excluded from checks may use the rest all the same.
    fn files(&self) -> Option<Vec<String>> {
        let usual = Exclude::new(USUAL.map(|name| (&*self.root, name)));
        let mut walk = WalkBuilder::new(&self.root);
        walk.hidden(false)
            .filter_entry(move |entry| entry.depth() == 0 || !usual.contains(entry.path()));
        let mut files = Vec::new();
        for entry in walk.build() {
            let entry = entry.ok()?;
            let is_file = !entry.file_type().is_some_and(|kind| kind.is_dir());
            if is_file && is_python(entry.path()) {
                files.push(shown(entry.path(), &self.cwd));
            }
        }
        Some(files)
    }

    /// What can be built is there to be installed, and used, elsewhere.
    fn is_published(&self) -> bool {
        let builds = || {
            let text = fs::read_to_string(self.root.join("pyproject.toml")).ok()?;
            let table: toml::Table = text.parse().ok()?;
            Some(table.contains_key("build-system"))
        };
        *self.published.get_or_init(|| {
            ["setup.py", "setup.cfg"]
                .iter()
                .any(|name| self.root.join(name).exists())
                || builds().unwrap_or(false)
        })
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
        published: OnceLock::new(),
    };
    let roots = [root.to_path_buf(), root.join("src")];
    let roots = roots.iter().map(|root| shown(root, cwd)).collect();
    Project::new(disk, roots, python)
}
