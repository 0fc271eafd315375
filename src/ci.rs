//! What a CI service tells through the environment.

use std::env;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::render::{self, Format, Style};
use crate::report::Report;
use crate::words::shown;

/// Where services keep the top folder of the repository.
const TOPS: [&str; 3] = [
    "GITHUB_WORKSPACE",
    "CI_PROJECT_DIR",
    "BUILD_SOURCESDIRECTORY",
];

/// Where `cwd` lies below the top of the repository, with forward slashes; empty at the top, and where nobody tells.
pub fn below(cwd: &Path) -> String {
    let tops = TOPS.iter().filter_map(env::var_os).map(PathBuf::from);
    let below = tops.filter_map(|top| {
        let path = cwd.strip_prefix(&top).ok()?;
        Some(shown(path, Path::new("")))
    });
    below.into_iter().next().unwrap_or_default()
}

/// Whether this is a CI run, as nearly all services say.
pub fn is_on() -> bool {
    env::var_os("CI").is_some_and(|value| !["", "0", "false"].iter().any(|no| value == *no))
}

/// Adds a table to the summary of the step, where there is one.
///
/// # Errors
/// When it cannot be written.
pub fn summarise(report: &Report, style: &Style) -> io::Result<()> {
    let Some(path) = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let mut table = Vec::new();
    render::write(report, Format::Markdown, &mut table, style)?;
    let mut summary = OpenOptions::new().append(true).create(true).open(path)?;
    // Several runs of one step follow each other.
    table.push(b'\n');
    summary.write_all(&table)
}
