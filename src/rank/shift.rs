//! Where lines went since a profile was recorded, as git tells.

use std::path::Path;
use std::process::Command;

use crate::profile::Site;

/// The changes of one file: line before, lines taken out, lines put in; in order.
#[derive(Debug, Default, PartialEq)]
pub struct Shift {
    hunks: Vec<(u32, u32, u32)>,
}

/// Whether git knows `revision` in the repository of `folder`.
///
/// # Errors
/// When it does not, in words for the user.
pub fn known(revision: &str, folder: &Path) -> Result<(), String> {
    let output = Command::new("git")
        .current_dir(folder)
        .args(["rev-parse", "--quiet", "--verify", "--end-of-options"])
        .arg(format!("{revision}^{{commit}}"))
        .output();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(_) => Err(format!(
            "cannot follow lines since `{revision}`: git knows no such revision here"
        )),
        Err(error) => Err(format!(
            "cannot follow lines since `{revision}`: git does not run ({})",
            crate::words::reason(&error)
        )),
    }
}

impl Shift {
    /// What changed in `file` since `revision`; `None` where git does not know.
    pub fn since(revision: &str, file: &Path) -> Option<Self> {
        let (folder, name) = (file.parent()?, file.file_name()?);
        let output = Command::new("git")
            .current_dir(folder)
            .args([
                "diff",
                "--no-ext-diff",
                "--no-color",
                "--unified=0",
                "--end-of-options",
                revision,
                "--",
            ])
            .arg(name)
            .output()
            .ok()?;
        output
            .status
            .success()
            .then(|| Self::parsed(&String::from_utf8_lossy(&output.stdout)))
    }

    fn parsed(diff: &str) -> Self {
        let hunk = |line: &str| {
            let (old, rest) = line.strip_prefix("@@ -")?.split_once(" +")?;
            let (new, _) = rest.split_once(" @@")?;
            let numbers = |part: &str| {
                let (start, count) = part.split_once(',').unwrap_or((part, "1"));
                Some((start.parse::<u32>().ok()?, count.parse::<u32>().ok()?))
            };
            let ((start, out), (_, new)) = (numbers(old)?, numbers(new)?);
            // Nothing taken out: what is put in stands after the line that is told.
            Some((
                if out == 0 {
                    start.saturating_add(1)
                } else {
                    start
                },
                out,
                new,
            ))
        };
        Self {
            hunks: diff.lines().filter_map(hunk).collect(),
        }
    }

    /// Where `line` is now; `None` where it was changed.
    fn line(&self, line: u32) -> Option<u32> {
        let mut now = i64::from(line);
        for (start, out, new) in &self.hunks {
            if line < *start {
                break;
            }
            if line < start.saturating_add(*out) {
                return None;
            }
            now += i64::from(*new) - i64::from(*out);
        }
        u32::try_from(now).ok()
    }

    /// `site` with the lines of today; lines that were changed are forgotten, so that only the function is known.
    pub fn site(&self, site: &Site) -> Site {
        let mut site = site.clone();
        let place = &mut site.place;
        let line = (place.line > 0).then(|| self.line(place.line)).flatten();
        if line.is_none() {
            place.span = None;
        }
        if let (Some(line), Some(span)) = (line, &mut place.span) {
            span.end_line = line + span.end_line.saturating_sub(place.line);
        }
        place.line = line.unwrap_or(0);
        place.first_line = self.line(place.first_line).unwrap_or(place.first_line);
        site
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_where_the_difference_says() {
        let shift = Shift::parsed(
            "--- a\n+++ b\n@@ -2,0 +3,4 @@ def f\n+...\n@@ -10 +14,0 @@\n-x\n@@ -20,2 +23,2 @@\n",
        );
        assert_eq!(shift.hunks, [(3, 0, 4), (10, 1, 0), (20, 2, 2)]);
        let now = |line| shift.line(line);
        assert_eq!(
            [now(2), now(3), now(9), now(10), now(11), now(20), now(22)],
            [Some(2), Some(7), Some(13), None, Some(14), None, Some(25)]
        );
    }
}
