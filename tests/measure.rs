//! `hotlint measure` on interpreters that are there, that are not, and that fail.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use hotlint::interpreters::installed;

fn measure(arguments: &[&str], pythons: &[&Path]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotlint"));
    command.arg("measure").args(arguments);
    for python in pythons {
        command.arg("--python").arg(python);
    }
    command.output().expect("hotlint runs")
}

/// A program that says that it is Python, and cannot do more.
fn broken(folder: &Path) -> PathBuf {
    let path = folder.join("python");
    let answer = "case \"$2\" in *'import platform, sys, sysconfig; '*) echo 3 12 CPython 3.12.0 None;; *) echo out of order >&2; exit 1;; esac";
    fs::write(&path, format!("#!/bin/sh\n{answer}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn one_interpreter_that_fails_does_not_keep_the_others_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let broken = broken(folder.path());
    let found = installed();
    let whole = &found.last().expect("a Python is there").path;
    fs::create_dir(folder.path().join("micro")).unwrap();
    let write = folder.path().to_str().unwrap();
    let rules = ["in-dict-keys", "square-with-pow", "--write", write];
    let output = measure(&rules, &[&broken, whole]);
    let out = String::from_utf8_lossy(&output.stdout);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{out}{told}");
    let both = out.contains("in-dict-keys (") && out.contains("square-with-pow (");
    assert!(both && out.contains("2 rules measured"), "{out}");
    assert!(out.contains("square-with-pow failed"), "{out}");
    assert!(told.contains("out of order"), "{told}");
    // What is known from before is more than half of what would be known now.
    assert!(!folder.path().join("micro/in_dict_keys.json").exists());

    let output = measure(&["in-dict-keys", "--write", write], &[whole]);
    assert_eq!(output.status.code(), Some(0));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("rules measured"));
    assert!(folder.path().join("micro/in_dict_keys.json").exists());
}

#[test]
fn an_interpreter_that_is_not_there_is_named() {
    let output = measure(&["in-dict-keys"], &[Path::new("no-such-python")]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        told.contains("no-such-python is no Python 3 that answers"),
        "{told}"
    );
}
