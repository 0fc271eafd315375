//! Files and folders that a walk passes over.

use std::path::{Path, PathBuf};

use globset::{Glob, GlobSet, GlobSetBuilder};

/// What is passed over unless `exclude` says otherwise: version control, caches, environments and builds.
pub const USUAL: [&str; 26] = [
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".git-rewrite",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pants.d",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    "__pypackages__",
    "_build",
    "buck-out",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
    "__pycache__",
];

/// Globs of one or more configurations, ready to be matched.
#[derive(Debug, Default)]
pub struct Exclude {
    /// Without a slash: they match a name at any depth.
    names: GlobSet,
    /// With a slash: they match the path below a folder.
    paths: Vec<(PathBuf, GlobSet)>,
}

impl Exclude {
    /// `globs` come with the folder that they are relative to; the ones that do not parse are left out.
    pub fn new<'a>(globs: impl IntoIterator<Item = (&'a Path, &'a str)>) -> Self {
        let mut names = GlobSetBuilder::new();
        let mut paths: Vec<(PathBuf, GlobSetBuilder)> = Vec::new();
        for (root, text) in globs {
            let text = text.strip_prefix("./").unwrap_or(text);
            let text = text.strip_suffix('/').unwrap_or(text);
            let Ok(glob) = Glob::new(text) else { continue };
            if !text.contains('/') {
                names.add(glob);
                continue;
            }
            let root = match Path::new(text).is_absolute() {
                true => Path::new(""),
                false => root,
            };
            match paths.iter_mut().find(|(known, _)| known == root) {
                Some((_, set)) => drop(set.add(glob)),
                None => {
                    let mut set = GlobSetBuilder::new();
                    set.add(glob);
                    paths.push((root.to_path_buf(), set));
                }
            }
        }
        let build = |set: GlobSetBuilder| set.build().unwrap_or_default();
        Self {
            names: build(names),
            paths: (paths.into_iter())
                .map(|(root, set)| (root, build(set)))
                .collect(),
        }
    }

    /// Whether this very file or folder is passed over; folders above it are not looked at.
    pub fn contains(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default();
        let below = |root: &Path, set: &GlobSet| {
            path.strip_prefix(root).is_ok_and(|path| set.is_match(path))
        };
        self.names.is_match(name) || self.paths.iter().any(|(root, set)| below(root, set))
    }

    /// Whether this file, or a folder between it and `top`, is passed over.
    pub fn reaches(&self, path: &Path, top: &Path) -> bool {
        (path.ancestors().enumerate())
            .take_while(|(depth, folder)| *depth == 0 || *folder != top && folder.starts_with(top))
            .any(|(_, folder)| self.contains(folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_without_a_slash_match_names_the_others_paths() {
        let root = Path::new("/p");
        let globs = ["build", "*_pb2.py", "./docs/", "a/*.py", "/abs/**/x"];
        let exclude = Exclude::new(globs.map(|glob| (root, glob)));
        for path in [
            "/p/build",
            "/p/x/build",
            "/p/x/y_pb2.py",
            "/p/a/b.py",
            "/abs/1/2/x",
            "/p/docs",
        ] {
            assert!(exclude.contains(Path::new(path)), "{path}");
        }
        for path in ["/p/builds", "/p/x/a/b.py", "/q/a/b.py", "/p/build/x"] {
            assert!(!exclude.contains(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn folders_above_the_project_do_not_count() {
        let exclude = Exclude::new([(Path::new("/build/p"), "build")]);
        let reaches = |path| exclude.reaches(Path::new(path), Path::new("/build/p"));
        assert!(reaches("/build/p/build/a.py"));
        assert!(!reaches("/build/p/a.py"));
        assert!(!reaches("/build/other/a.py"));
    }
}
