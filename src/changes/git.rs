//! The `git` program, asked in a way that no configuration changes the answer.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::quiet::normal;

/// Files that may be Python by their name.
const PYTHON: [&str; 4] = [
    ":(top,icase)*.py",
    ":(top,icase)*.pyw",
    ":(top,icase)*.pyi",
    ":(top,icase)*.ipynb",
];

fn git(cwd: &Path, args: &[&OsStr]) -> Result<Output, String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(cwd);
    // Paths as they are, and nothing that takes locks away from others.
    command.args(["--no-optional-locks", "-c", "core.quotePath=false"]);
    command.args(args).env("LC_ALL", "C");
    command.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            "the program git is not to be found, which tells what has changed".to_owned()
        }
        _ => format!("cannot run git: {error}"),
    })
}

/// What git prints, or its complaint.
fn asked(cwd: &Path, args: &[&OsStr]) -> Result<Vec<u8>, String> {
    let output = git(cwd, args)?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => {
            let words = String::from_utf8_lossy(&output.stderr);
            let line = words.lines().next().unwrap_or_default();
            let line = line
                .trim_start_matches("fatal: ")
                .trim_start_matches("error: ");
            Err(format!("git says: {line}"))
        }
    }
}

fn words(words: &[&'static str]) -> Vec<&'static OsStr> {
    words
        .iter()
        .map(|word: &&'static str| OsStr::new(*word))
        .collect()
}

fn line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end().to_owned()
}

/// The top folder of the repository, spelled as `cwd` is.
pub fn top(cwd: &Path) -> Result<PathBuf, String> {
    let output = git(cwd, &words(&["rev-parse", "--show-cdup"]))?;
    if !output.status.success() {
        return Err(format!(
            "{} is in no git repository, which would tell what has changed; `--since-diff FILE` takes a patch",
            cwd.display()
        ));
    }
    let up = output.stdout.trim_ascii_end();
    Ok(normal(&cwd.join(path_of(up))))
}

fn is_shallow(cwd: &Path) -> bool {
    let answer = git(cwd, &words(&["rev-parse", "--is-shallow-repository"]));
    answer.is_ok_and(|output| output.stdout.starts_with(b"true"))
}

/// The words for a commit that is not to be had.
fn missing(cwd: &Path, what: &str) -> String {
    match is_shallow(cwd) {
        true => format!(
            "{what}, for this clone is shallow; fetch its history first: `fetch-depth: 0` for actions/checkout, \
             `GIT_DEPTH: 0` for GitLab, `git fetch --unshallow` by hand"
        ),
        false => format!("{what}; `git fetch` may bring it"),
    }
}

/// The hash of the commit `name`.
pub fn commit(cwd: &Path, name: &str) -> Result<String, String> {
    let mut args = words(&["rev-parse", "--verify", "--quiet", "--end-of-options"]);
    let name_of = format!("{name}^{{commit}}");
    args.push(OsStr::new(&name_of));
    let output = git(cwd, &args)?;
    match output.status.success() {
        true => Ok(line(&output.stdout)),
        false => Err(missing(cwd, &format!("git has no commit `{name}` here"))),
    }
}

/// The last commit that HEAD and `name` have in common.
pub fn merge_base(cwd: &Path, name: &str) -> Result<String, String> {
    let other = commit(cwd, name)?;
    let mut args = words(&["merge-base", "HEAD"]);
    args.push(OsStr::new(&other));
    let output = git(cwd, &args)?;
    match output.status.success() {
        true => Ok(line(&output.stdout)),
        false => {
            let what = format!("git finds no commit that HEAD and `{name}` have in common");
            Err(missing(cwd, &what))
        }
    }
}

/// The difference between `commit`, or nothing, and the files of now or what is to be committed.
pub fn diff<'a>(
    cwd: &Path,
    commit: Option<&str>,
    is_staged: bool,
    others: impl Iterator<Item = &'a Path>,
) -> Result<Vec<u8>, String> {
    let mut args = words(&[
        "diff",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--no-relative",
        "--text",
        "--unified=0",
        "--inter-hunk-context=0",
        "--find-renames",
        "--ignore-submodules",
        "--src-prefix=a/",
        "--dst-prefix=b/",
    ]);
    if is_staged {
        args.push(OsStr::new("--cached"));
    }
    args.extend(commit.map(OsStr::new));
    args.push(OsStr::new("--"));
    args.extend(PYTHON.iter().map(OsStr::new));
    let others: Vec<OsString> = others
        .map(|path| {
            let mut spec = OsString::from(":(literal)");
            spec.push(path);
            spec
        })
        .collect();
    args.extend(others.iter().map(OsString::as_os_str));
    asked(cwd, &args)
}

/// The content of a file as it is to be committed.
pub fn staged(top: &Path, name: &[u8]) -> Result<Vec<u8>, String> {
    let mut object = OsString::from(":");
    object.push(path_of(name));
    let mut args = words(&["cat-file", "blob"]);
    args.push(&object);
    asked(top, &args)
}

/// Files that git does not know and does not ignore.
pub fn untracked(top: &Path) -> Result<Vec<Vec<u8>>, String> {
    let args = words(&["ls-files", "--others", "--exclude-standard", "-z"]);
    let list = asked(top, &args)?;
    let names = list
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty());
    Ok(names.map(<[u8]>::to_vec).collect())
}

/// A path of git's.
#[cfg(unix)]
pub fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
pub fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
