//! How paths and system errors are put into words, the same everywhere.

use std::io;
use std::path::Path;

/// What reports call a file.
pub fn shown(path: &Path, cwd: &Path) -> String {
    let path = path.strip_prefix(cwd).unwrap_or(path);
    let shown = path.to_string_lossy();
    match std::path::MAIN_SEPARATOR {
        '/' => shown.into_owned(),
        separator => shown.replace(separator, "/"),
    }
}

/// The reason of a system error, in our words where it is a usual one.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::NotADirectory => "a part of the path is no folder".to_owned(),
        _ => error.to_string().to_lowercase(),
    }
}

/// "1 file", "2 files".
pub fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
