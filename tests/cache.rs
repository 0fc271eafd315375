//! A run that remembers says what one says that does not.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

const SLOW: &str = "import time\n\n\nasync def f():\n    time.sleep(1)\n    time.sleep(2)  # hotlint: ignore[blocking-sleep-in-async]\n";

fn hotlint(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotlint"));
    for variable in [
        "CI",
        "HOTLINT_NO_CACHE",
        "HOTLINT_CACHE_DIR",
        "HOTLINT_BASELINE",
        "GITHUB_STEP_SUMMARY",
    ] {
        command.env_remove(variable);
    }
    command
        .current_dir(folder)
        .args(["-q", "--select", "all"])
        .args(args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn said(folder: &Path, args: &[&str]) -> String {
    let done = hotlint(folder, args).output().unwrap();
    String::from_utf8([done.stdout, done.stderr].concat()).unwrap()
}

/// Files of all kinds, written an hour ago.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let notebook = serde_json::json!({
        "cells": [{"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": SLOW}],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 2,
    });
    for (name, text) in [
        ("a.py", SLOW.to_owned()),
        ("b.py", "x = 1\n".to_owned()),
        (
            "script.py",
            format!("# /// script\n# requires-python = '>=3.13'\n# ///\n{SLOW}"),
        ),
        ("tests/test_a.py", SLOW.to_owned()),
        ("broken.py", "def f(:\n".to_owned()),
        ("book.ipynb", notebook.to_string()),
    ] {
        write(&folder.path().join(name), &text);
    }
    fs::write(folder.path().join("latin.py"), b"x = '\xe9'\n").unwrap();
    folder
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    let hour = SystemTime::now() - Duration::from_secs(3600);
    fs::File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(hour)
        .unwrap();
}

#[test]
fn what_is_remembered_is_what_is_found() {
    let project = project();
    let folder = project.path();
    for format in ["full", "json", "sarif", "gitlab"] {
        let afresh = said(folder, &["--no-cache", "--output-format", format]);
        assert!(afresh.len() > 500);
        assert!(!folder.join(".hotlint_cache").exists());
        for _ in 0..3 {
            assert_eq!(said(folder, &["--output-format", format]), afresh);
        }
        assert!(folder.join(".hotlint_cache/CACHEDIR.TAG").is_file());
        assert!(hotlint(folder, &[]).args(["--no-cache"]).status().is_ok());
        assert!(
            Command::new(env!("CARGO_BIN_EXE_hotlint"))
                .current_dir(folder)
                .args(["-q", "clean"])
                .env_remove("HOTLINT_CACHE_DIR")
                .status()
                .unwrap()
                .success()
        );
        assert!(!folder.join(".hotlint_cache").exists());
    }
}

#[test]
fn what_comes_after_the_rules_is_not_remembered() {
    let project = project();
    let folder = project.path();
    said(folder, &[]);
    for args in [
        &["--error", "all"][..],
        &["--config", "quiet-in = []"],
        &["--config", "per-file-ignores = { 'a.py' = ['all'] }"],
        &["--select", "async"],
        &["--ignore", "blocking-sleep-in-async"],
        &["--target-version", "py39"],
    ] {
        let json = [args, &["--output-format", "json"]].concat();
        let afresh = said(folder, &[&json[..], &["--no-cache"]].concat());
        assert_eq!(said(folder, &json), afresh, "{args:?}");
        assert_eq!(said(folder, &json), afresh, "{args:?}");
    }
}

#[test]
fn changes_are_seen() {
    let project = project();
    let folder = project.path();
    let concise = ["--output-format", "concise"];
    let before = said(folder, &concise);
    assert!(!before.contains("b.py:5"));
    write(&folder.join("b.py"), SLOW);
    let after = said(folder, &concise);
    assert!(after.contains("b.py:5"), "{after}");
    // The same length, the same time of writing.
    write(
        &folder.join("b.py"),
        &SLOW.replace("time.sleep(1)", "time.slept(1)"),
    );
    assert_eq!(said(folder, &concise), before);
    fs::remove_file(folder.join("a.py")).unwrap();
    assert!(!said(folder, &concise).contains("a.py:5"));
}

#[test]
fn a_checkout_elsewhere_finds_what_was_remembered() {
    let (one, other) = (project(), project());
    let cache = tempfile::tempdir().unwrap();
    let cache = cache.path().join("cache");
    let args = [
        "--output-format",
        "json",
        "--cache-dir",
        cache.to_str().unwrap(),
    ];
    let found = said(one.path(), &args);
    let file = || {
        let entries = fs::read_dir(&cache)
            .unwrap()
            .flatten()
            .map(|entry| entry.path());
        let mut files: Vec<_> = entries
            .filter(|path| {
                path.extension().is_none_or(|it| it != "TAG") && !path.ends_with(".gitignore")
            })
            .collect();
        assert_eq!(files.len(), 1);
        files.remove(0)
    };
    let size = fs::metadata(file()).unwrap().len();
    assert_eq!(said(other.path(), &args), found);
    // Places were added, findings were not.
    let more = fs::metadata(file()).unwrap().len() - size;
    assert!(more < size, "{more} more than {size}");
}

#[test]
fn runs_at_once_do_no_harm() {
    let project = project();
    let folder = project.path();
    for number in 0..50 {
        write(
            &folder.join(format!("many/m{number}.py")),
            &SLOW.replace("sleep(1)", &format!("sleep({number})")),
        );
    }
    let args = ["--output-format", "json"];
    let afresh = said(folder, &["--output-format", "json", "--no-cache"]);
    let started: Vec<Child> = (0..6)
        .map(|_| hotlint(folder, &args).spawn().unwrap())
        .collect();
    for child in started {
        let done = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(done.stdout).unwrap(), afresh);
        assert_eq!(String::from_utf8(done.stderr).unwrap(), "");
    }
    assert_eq!(said(folder, &args), afresh);
    // One that died, and one that left half a file.
    let mut killed = hotlint(folder, &args).spawn().unwrap();
    killed.kill().unwrap();
    killed.wait().unwrap();
    for entry in fs::read_dir(folder.join(".hotlint_cache"))
        .unwrap()
        .flatten()
    {
        let bytes = fs::read(entry.path()).unwrap();
        fs::write(entry.path(), &bytes[..bytes.len() / 2]).unwrap();
    }
    assert_eq!(said(folder, &args), afresh);
    assert_eq!(said(folder, &args), afresh);
}

#[test]
fn a_cache_that_cannot_be_written_is_no_error() {
    let project = project();
    let folder = project.path();
    let afresh = said(folder, &["--no-cache"]);
    fs::write(folder.join(".hotlint_cache"), "a file").unwrap();
    assert_eq!(said(folder, &[]), afresh);
    let clean = Command::new(env!("CARGO_BIN_EXE_hotlint"))
        .current_dir(folder)
        .arg("clean")
        .output()
        .unwrap();
    assert_eq!(clean.status.code(), Some(2));
    assert!(folder.join(".hotlint_cache").exists());
}

#[test]
fn what_hangs_on_another_file_is_found_again_when_that_changes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let plain = "def load(key):\n    return key\n";
    let querying = "import sqlite3\n\nconnection = sqlite3.connect('a')\n\n\ndef load(key):\n    return connection.execute(key)\n";
    write(&folder.join("hotlint.toml"), "follow-imports = true\n");
    write(&folder.join("app/__init__.py"), "");
    write(&folder.join("app/db.py"), plain);
    write(
        &folder.join("app/use.py"),
        "from .db import load\n\n\ndef all(keys):\n    return [load(key) for key in keys]\n",
    );
    let rule = "cross-function-query-in-loop";
    let found = || {
        said(folder, &["--output-format", "concise"])
            .matches(rule)
            .count()
    };
    assert_eq!(found(), 0);
    write(&folder.join("app/db.py"), querying);
    assert_eq!(found(), 1, "the other file queries now");
    assert_eq!(found(), 1, "and is remembered to");
    write(&folder.join("app/db.py"), plain);
    assert_eq!(found(), 0, "and queries no more");
    // A package goes before a module of the same name.
    write(&folder.join("app/db/__init__.py"), querying);
    assert_eq!(found(), 1, "another file takes its place");
}
