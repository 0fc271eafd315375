//! The Python interpreters of this machine. Started only by what runs hotlint's own examples, never for a linted project.

use std::path::PathBuf;
use std::process::Command;

/// An interpreter that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpreter {
    pub path: PathBuf,
    /// The 11 of 3.11.
    pub minor: u8,
}

/// One interpreter for each minor version from 3.8 on: those of pyenv first, then `python3.N` and `python3` of the `PATH`.
pub fn installed() -> Vec<Interpreter> {
    let mut found: Vec<Interpreter> = Vec::new();
    for path in candidates() {
        if let Some(interpreter) = ask(path)
            && interpreter.minor >= 8
            && !found.iter().any(|known| known.minor == interpreter.minor)
        {
            found.push(interpreter);
        }
    }
    found.sort_by_key(|interpreter| interpreter.minor);
    found
}

/// Starts an interpreter and asks for its version.
pub fn ask(path: PathBuf) -> Option<Interpreter> {
    let program = "import sys; print(sys.version_info[0], sys.version_info[1])";
    let output = Command::new(&path).args(["-c", program]).output().ok()?;
    let told = String::from_utf8(output.stdout).ok()?;
    let minor = told.trim().strip_prefix("3 ")?.parse().ok()?;
    Some(Interpreter { path, minor })
}

fn candidates() -> Vec<PathBuf> {
    let root = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let root =
        root.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".pyenv")));
    let versions = root.and_then(|root| std::fs::read_dir(root.join("versions")).ok());
    let mut found: Vec<PathBuf> = versions
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("3."))
        .map(|entry| entry.path().join("bin/python"))
        .collect();
    found.sort();
    found.extend((8..=15).map(|minor| PathBuf::from(format!("python3.{minor}"))));
    found.push(PathBuf::from("python3"));
    found
}
