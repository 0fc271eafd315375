//! A walk that is remembered finds what a walk finds.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::super::{Cache, Configs, Found, Request, cache, find, names, walked};
use crate::config::Sources;

/// A project whose files have been there for a while.
struct Project {
    _folder: tempfile::TempDir,
    root: PathBuf,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap().join("project");
        let project = Self {
            _folder: folder,
            root,
        };
        for (name, text) in [
            (".git/HEAD", ""),
            (".gitignore", "out\n"),
            (
                "pyproject.toml",
                "[tool.hotlint]\nextend-exclude = ['gen']\n",
            ),
            ("a.py", ""),
            ("data/notes.txt", ""),
            ("gen/b.py", ""),
            ("out/c.py", ""),
            ("pkg/d.py", ""),
            ("pkg/sub/e.py", ""),
            ("pkg/sub/.gitignore", "*\n!e.py\n"),
        ] {
            project.write(name, text);
        }
        project
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// What a run finds, and whether it had to walk.
    fn find(&self, config: &[&str], now: SystemTime) -> (Vec<String>, bool) {
        let sources = || Sources {
            config: config.iter().map(|text| (*text).to_owned()).collect(),
            ..Sources::default()
        };
        let configs = Configs::new(&self.root, sources());
        let request = Request {
            roots: vec![self.root.clone()],
            ..Request::default()
        };
        let cache = Cache::open_at(&self.root.join(cache::FOLDER), now);
        let asked = walked::asked(&request.roots, &configs);
        let known = cache.walk(asked).and_then(|walked| walked.files(&configs));
        let found = find(&request, &configs, Some(&cache));
        cache.close().unwrap();
        let fresh = find(&request, &Configs::new(&self.root, sources()), None);
        assert_eq!(names(&found.targets), names(&fresh.targets));
        let settings = |found: &Found| -> Vec<_> {
            let targets = found.targets.iter();
            targets
                .map(|it| (it.config.settings.path.clone(), it.config.versions("")))
                .collect()
        };
        assert_eq!(settings(&found), settings(&fresh));
        let names = names(&found.targets).into_iter().map(str::to_owned);
        (names.collect(), known.is_none())
    }
}

/// A time at which all files of now are old.
fn later() -> SystemTime {
    SystemTime::now() + Duration::from_secs(60)
}

#[cfg(unix)]
#[test]
fn a_walk_is_remembered_until_something_changes() {
    let project = Project::new();
    let all = ["a.py", "pkg/d.py", "pkg/sub/e.py"].map(str::to_owned);
    let find = || project.find(&[], later());
    // The first one makes the folder of the cache, which is a change.
    assert_eq!(find(), (all.to_vec(), true));
    assert!(find().1);
    assert_eq!(find(), (all.to_vec(), false));
    // What stands in a file is not the business of a walk.
    fs::write(project.root.join("a.py"), "x = 1\n").unwrap();
    assert!(!find().1);

    type Change<'a> = (&'a str, &'a dyn Fn(&Path), usize);
    let changes: [Change; 9] = [
        (
            "a file comes",
            &|root| fs::write(root.join("data/f.py"), "").unwrap(),
            4,
        ),
        (
            "a file goes",
            &|root| fs::remove_file(root.join("data/f.py")).unwrap(),
            3,
        ),
        (
            "a folder comes",
            &|root| {
                fs::create_dir_all(root.join("data/deep/er")).unwrap();
                fs::write(root.join("data/deep/er/g.py"), "").unwrap();
            },
            4,
        ),
        (
            "a file is renamed",
            &|root| {
                fs::rename(root.join("pkg/d.py"), root.join("pkg/d.txt")).unwrap();
            },
            3,
        ),
        (
            "ignore rules change",
            &|root| fs::write(root.join(".gitignore"), "").unwrap(),
            4,
        ),
        (
            "hidden ignore rules change",
            &|root| {
                fs::write(root.join("pkg/sub/.gitignore"), "*\n").unwrap();
            },
            3,
        ),
        (
            "a configuration changes",
            &|root| {
                fs::write(root.join("pyproject.toml"), "[tool.hotlint]\n").unwrap();
            },
            4,
        ),
        (
            "a configuration comes",
            &|root| {
                fs::write(root.join("out/hotlint.toml"), "extend-exclude = ['c.py']\n").unwrap();
            },
            3,
        ),
        (
            "rules above come",
            &|root| {
                fs::write(root.join("../.ignore"), "gen\n").unwrap();
            },
            2,
        ),
    ];
    for (what, change, count) in changes {
        change(&project.root);
        let (found, walked) = find();
        assert_eq!((found.len(), walked), (count, true), "{what}: {found:?}");
        let (found, walked) = find();
        assert_eq!((found.len(), walked), (count, false), "{what}: {found:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_was_asked_otherwise_is_another_walk() {
    let project = Project::new();
    for _ in 0..2 {
        project.find(&[], later());
    }
    for (config, count) in [
        (&["respect-gitignore = false"][..], 4),
        (&["extend-exclude = ['sub']"][..], 2),
        (&["extend-exclude = ['gen', 'a.py']"][..], 2),
    ] {
        let (found, walked) = project.find(config, later());
        assert_eq!((found.len(), walked), (count, true), "{found:?}");
    }
    assert!(!project.find(&[], later()).1);
}

#[cfg(unix)]
#[test]
fn what_may_change_unseen_is_not_remembered() {
    let project = Project::new();
    for _ in 0..3 {
        // The folders have been changed a moment ago.
        assert!(project.find(&[], SystemTime::now()).1);
    }
    std::os::unix::fs::symlink(
        project.root.join("data/notes.txt"),
        project.root.join("l.py"),
    )
    .unwrap();
    for _ in 0..3 {
        assert!(project.find(&[], later()).1, "links lead anywhere");
    }
}
