//! What a search finds, and what it passes over.

use super::*;
use crate::config::Sources;

struct Tree(tempfile::TempDir);

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            let path = tree.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        tree
    }

    /// As the system spells it, and as the current folder would be told.
    fn path(&self) -> PathBuf {
        fs::canonicalize(self.0.path()).unwrap()
    }

    fn find(&self, roots: &[&str]) -> Found {
        self.find_with(roots, &[])
    }

    fn find_with(&self, roots: &[&str], config: &[&str]) -> Found {
        let sources = Sources {
            config: config.iter().map(|text| (*text).to_owned()).collect(),
            ..Sources::default()
        };
        let configs = Configs::new(&self.path(), sources);
        let roots = roots.iter().map(PathBuf::from).collect();
        let request = Request {
            roots,
            ..Request::default()
        };
        let found = find(&request, &configs, None);
        assert_eq!(configs.take_issues().len(), 0);
        found
    }
}

#[test]
fn a_walk_takes_python_and_passes_over_what_is_ignored() {
    let tree = Tree::new(&[
        (".git/HEAD", ""),
        (".gitignore", "ignored.py\n/out/\n"),
        ("a.py", ""),
        ("b.PYW", ""),
        ("c.ipynb", ""),
        ("d.pyi", ""),
        ("e.txt", ""),
        (".hidden/f.py", ""),
        ("ignored.py", ""),
        ("out/g.py", ""),
        ("venv/h.py", ""),
        ("x/site-packages/i.py", ""),
        ("x/.ignore", "k.py"),
        ("x/j.py", ""),
        ("x/k.py", ""),
    ]);
    let found = tree.find(&["."]);
    assert_eq!(
        names(&found.targets),
        [".hidden/f.py", "a.py", "b.PYW", "c.ipynb", "x/j.py"]
    );
    let all = tree.find_with(&["."], &["respect-gitignore = false", "exclude = ['.git']"]);
    assert_eq!(all.targets.len(), 10);
    let less = tree.find_with(&["."], &["extend-exclude = ['x/*.py', '.hidden']"]);
    assert_eq!(names(&less.targets), ["a.py", "b.PYW", "c.ipynb"]);
}

#[test]
fn a_file_is_found_once_however_it_is_named() {
    let tree = Tree::new(&[("x/a.py", ""), ("x/y/b.py", "")]);
    let found = tree.find(&["x", "x/y", "x/a.py", "./x/y/../a.py", ".", "x/y/b.py"]);
    assert_eq!(names(&found.targets), ["x/a.py", "x/y/b.py"]);
}

#[test]
fn named_files_are_checked_though_excluded_unless_forced() {
    let tree = Tree::new(&[("build/a.py", ""), ("stub.pyi", ""), ("venv/b.py", "")]);
    let exclude = "exclude = ['build', 'venv']";
    let roots = ["build/a.py", "stub.pyi", "venv"];
    let found = tree.find_with(&roots, &[exclude]);
    assert_eq!(
        names(&found.targets),
        ["build/a.py", "stub.pyi", "venv/b.py"]
    );
    let forced = tree.find_with(&roots, &[exclude, "force-exclude = true"]);
    assert_eq!(names(&forced.targets), ["stub.pyi"]);
}

#[test]
fn scripts_are_python_by_their_first_line() {
    let tree = Tree::new(&[
        ("env", "#!/usr/bin/env python3\n"),
        ("uv", "#!/usr/bin/env -S uv run --script\n"),
        ("shell", "#!/bin/sh\n"),
        ("README.md", "python"),
    ]);
    let found = tree.find(&["env", "uv", "shell", "README.md"]);
    assert_eq!(names(&found.targets), ["env", "uv"]);
    assert_eq!(found.warnings.len(), 2);
    assert_eq!(tree.find(&["."]).targets.len(), 0);
}

#[test]
fn a_root_that_is_missing_does_not_stop_the_others() {
    let tree = Tree::new(&[("a.py", "")]);
    let found = tree.find(&["nonesuch", "a.py", "a.py/b"]);
    assert_eq!(names(&found.targets), ["a.py"]);
    assert_eq!(
        found.errors,
        [
            "cannot read a.py/b: a part of the path is no folder",
            "no such file or folder: nonesuch"
        ]
    );
}

#[cfg(unix)]
#[test]
fn links_are_followed_to_files_and_no_further() {
    use std::os::unix::fs::symlink;
    let tree = Tree::new(&[("a.py", ""), ("sub/b.py", ""), ("elsewhere/c.txt", "")]);
    let link = |target: &str, name: &str| symlink(target, tree.path().join(name)).unwrap();
    link("a.py", "again.py");
    link(".", "sub/loop");
    link("self.py", "self.py");
    link("nowhere", ".#lock.py");
    link("elsewhere/c.txt", "c.py");
    let found = tree.find(&["."]);
    assert_eq!(names(&found.targets), ["a.py", "c.py", "sub/b.py"]);
    assert!(found.errors.is_empty(), "{:?}", found.errors);
    let named = tree.find(&["self.py"]);
    assert_eq!(named.errors.len(), 1);
}

#[test]
fn the_closest_configuration_counts() {
    let tree = Tree::new(&[
        (
            "hotlint.toml",
            "target-version = 'py311'\nextend-exclude = ['skip.py']",
        ),
        ("skip.py", ""),
        ("a.py", ""),
        (
            "x/pyproject.toml",
            "[project]\nrequires-python = '>=3.12'\n[tool.hotlint]\n",
        ),
        ("x/skip.py", ""),
        (
            "y/pyproject.toml",
            "[project]\nrequires-python = '>=3.13'\n",
        ),
        ("y/b.py", ""),
        (
            "z/pyproject.toml",
            "[tool.hotlint]\ntarget-version = 'py39'\n",
        ),
        (
            "z/hotlint.toml",
            "extend = '../hotlint.toml'\ntarget-version = 'py310'\n",
        ),
        ("z/.hotlint.toml", "extend = 'hotlint.toml'"),
        ("z/c.py", ""),
    ]);
    let found = tree.find(&["."]);
    let oldest = |target: &Target| target.config.versions("").oldest.minor;
    let told: Vec<_> = found
        .targets
        .iter()
        .map(|it| (it.shown.as_str(), oldest(it)))
        .collect();
    assert_eq!(
        told,
        [
            ("a.py", 11),
            ("x/skip.py", 12),
            ("y/b.py", 11),
            ("z/c.py", 10)
        ]
    );
}
