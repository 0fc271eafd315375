//! The Python interpreters of this machine. Started only by what runs hotlint's own examples, never for a linted project.

use std::path::PathBuf;
use std::process::Command;

/// An interpreter that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpreter {
    pub path: PathBuf,
    /// The 11 of 3.11.
    pub minor: u8,
    /// `CPython`, `PyPy`
    pub implementation: String,
    /// Version, implementation and how it was built: what tells it from another.
    kind: String,
}

impl Interpreter {
    pub fn is_cpython(&self) -> bool {
        self.implementation == "CPython"
    }
}

/// One CPython for each minor version from 3.8 on: those of pyenv first, then `python3.N` and `python3` of the `PATH`.
pub fn installed() -> Vec<Interpreter> {
    let mut found: Vec<Interpreter> = Vec::new();
    for interpreter in all_installed() {
        if interpreter.is_cpython() && !found.iter().any(|known| known.minor == interpreter.minor) {
            found.push(interpreter);
        }
    }
    found
}

/// Every interpreter from 3.8 on that differs from the others in version, implementation or build, in this order: CPython first, by
/// version.
pub fn all_installed() -> Vec<Interpreter> {
    let mut found: Vec<Interpreter> = Vec::new();
    for interpreter in candidates().into_iter().filter_map(ask) {
        if interpreter.minor >= 8 && !found.iter().any(|known| known.kind == interpreter.kind) {
            found.push(interpreter);
        }
    }
    found.sort_by_key(|it| (!it.is_cpython(), it.minor));
    found
}

/// Starts an interpreter and asks what it is.
pub fn ask(path: PathBuf) -> Option<Interpreter> {
    let program = "import platform, sys, sysconfig; \
        print(*sys.version_info[:2], platform.python_implementation(), platform.python_version(), sysconfig.get_config_var('CONFIG_ARGS'))";
    let output = Command::new(&path).args(["-c", program]).output().ok()?;
    let told = String::from_utf8(output.stdout).ok()?;
    let (minor, kind) = told.trim().strip_prefix("3 ")?.split_once(' ')?;
    Some(Interpreter {
        path,
        minor: minor.parse().ok()?,
        implementation: kind.split(' ').next()?.to_owned(),
        kind: kind.to_owned(),
    })
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
    // By their whole names too: pyenv puts its own before those of the system.
    found.extend(["/usr/bin/python3", "/usr/local/bin/python3", "pypy3"].map(PathBuf::from));
    found
}
