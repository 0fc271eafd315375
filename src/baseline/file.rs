//! A baseline as a file: a line that says what it is, then one entry on each line, in order.
//!
//! **Invariant**: the same baseline gives the same bytes, and a file is either as it was or wholly new.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Baseline, Entry};
use crate::words::reason;

/// Goes up when old versions of hotlint would misread a file.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Head {
    #[serde(rename = "hotlint-baseline")]
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    entry: Entry,
    /// Left out where it is 1.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    count: usize,
}

fn one() -> usize {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_one(count: &usize) -> bool {
    *count == 1
}

/// Why a baseline could not be read.
#[derive(Debug, Error)]
pub enum FileError {
    #[error("{}", reason(.0))]
    Io(#[from] io::Error),
    #[error("it does not begin with `{{\"hotlint-baseline\":{VERSION}}}`; is it a baseline?")]
    Foreign,
    #[error("it was written by a newer hotlint, whose format {0} this one does not know")]
    Newer(u32),
    #[error(
        "line {0} is a mark of a merge conflict; keep the entries of both sides, then run `hotlint baseline prune`"
    )]
    Conflict(usize),
    #[error("line {0}: {1}")]
    Line(usize, serde_json::Error),
}

impl Baseline {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// When there is none, or it is no baseline.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        Self::parse(&fs::read_to_string(path)?)
    }

    fn parse(text: &str) -> Result<Self, FileError> {
        let mut lines = text.lines().enumerate();
        let head = lines.next().map(|(_, line)| serde_json::from_str(line));
        match head {
            Some(Ok(Head { version })) if version > VERSION => {
                return Err(FileError::Newer(version));
            }
            Some(Ok(Head { .. })) => {}
            _ => return Err(FileError::Foreign),
        }
        let mut baseline = Self::default();
        for (index, line) in lines {
            let number = index + 1;
            if ["<<<<<<<", "|||||||", "=======", ">>>>>>>"]
                .iter()
                .any(|mark| line.starts_with(mark))
            {
                return Err(FileError::Conflict(number));
            }
            if line.trim().is_empty() {
                continue;
            }
            let line: Line =
                serde_json::from_str(line).map_err(|error| FileError::Line(number, error))?;
            // Both sides of a merge may have added the same entry: that is one finding still.
            let count = baseline.entries.entry(line.entry).or_default();
            *count = line.count.max(*count);
        }
        Ok(baseline)
    }

    /// Writes the file at `path`, and makes its folder where there is none.
    ///
    /// # Errors
    /// Whatever the system says; the file is as it was then.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new()
            .prefix(".hotlint-")
            .tempfile_in(folder)?;
        file.write_all(self.text()?.as_bytes())?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // Temporary files are for their owner alone; this one is for everybody who has the project.
            let permissions = fs::metadata(path).map_or_else(
                |_| fs::Permissions::from_mode(0o644),
                |metadata| metadata.permissions(),
            );
            fs::set_permissions(file.path(), permissions)?;
        }
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    fn text(&self) -> io::Result<String> {
        let mut text = serde_json::to_string(&Head { version: VERSION })?;
        text.push('\n');
        for (entry, count) in self.entries() {
            let entry = entry.clone();
            text.push_str(&serde_json::to_string(&Line { entry, count })?);
            text.push('\n');
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, scope: &str) -> Entry {
        Entry {
            path: path.to_owned(),
            scope: scope.to_owned(),
            rule: "rule".to_owned(),
            code: "a in b".to_owned(),
            statement: "0123456789abcdef".to_owned(),
            around: "0".repeat(16),
        }
    }

    #[test]
    fn a_file_is_sorted_and_read_as_it_was_written() {
        let mut baseline = Baseline::default();
        baseline.add(entry("b.py", ""), 2);
        baseline.add(entry("a.py", "A.f"), 1);
        let text = baseline.text().unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines,
            [
                r#"{"hotlint-baseline":1}"#,
                r#"{"path":"a.py","scope":"A.f","rule":"rule","code":"a in b","statement":"0123456789abcdef","around":"0000000000000000"}"#,
                r#"{"path":"b.py","rule":"rule","code":"a in b","statement":"0123456789abcdef","around":"0000000000000000","count":2}"#,
            ]
        );
        assert_eq!(Baseline::parse(&text).unwrap(), baseline);
        // What a merge that keeps both sides leaves.
        let merged = format!("{text}{}\n", lines[2]);
        assert_eq!(Baseline::parse(&merged).unwrap(), baseline);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let error = |text: &str| Baseline::parse(text).unwrap_err().to_string();
        assert!(error("").contains("is it a baseline?"));
        assert!(error("[]").contains("is it a baseline?"));
        assert!(error("{\"hotlint-baseline\":2}").contains("newer hotlint"));
        assert!(error("{\"hotlint-baseline\":1}\n<<<<<<< HEAD\n").starts_with("line 2 is a mark"));
        assert!(error("{\"hotlint-baseline\":1}\n\n{\"path\": 1}").starts_with("line 3: "));
    }
}
