//! The one line that ends a run.

use std::fmt::{self, Write as _};
use std::time::Duration;

use hotlint_core::lint::FixLevel;

use super::{level, standing};
use crate::report::Report;
use crate::words::plural;

/// What a run comes to; `Display` makes the line of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub findings: usize,
    /// Files with at least one finding that stands.
    pub files: usize,
    pub checked: usize,
    /// Findings with a safe fix.
    pub fixable: usize,
    /// Findings with a fix that needs `--unsafe-fixes`.
    pub unsafe_fixable: usize,
    /// Files that could not be checked in full.
    pub broken: usize,
    /// Findings that were mended in this run.
    pub fixed: usize,
    /// Set by the shell, for reports know no clock.
    pub elapsed: Option<Duration>,
}

impl Tally {
    /// Counts what stands in `report`.
    pub fn of(report: &Report) -> Self {
        let mut tally = Self {
            checked: report.checked,
            ..Self::default()
        };
        for file in &report.files {
            let before = tally.findings;
            for marked in standing(&file.report) {
                tally.findings += 1;
                match level(marked) {
                    Some(FixLevel::Safe) => tally.fixable += 1,
                    Some(FixLevel::Unsafe) => tally.unsafe_fixable += 1,
                    Some(FixLevel::Display) | None => {}
                }
            }
            tally.files += usize::from(tally.findings > before);
            tally.broken += usize::from(!file.report.problems.is_empty());
        }
        tally
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = String::new();
        let elapsed = self.elapsed.map_or(String::new(), |elapsed| {
            format!(" in {:.2} s", elapsed.as_secs_f64())
        });
        if self.fixed > 0 {
            write!(line, "Fixed {}. ", plural(self.fixed, "finding"))?;
        }
        let found = match (self.findings, self.fixed) {
            (0, 0) => "Found nothing".to_owned(),
            (0, _) => "Nothing is left".to_owned(),
            (n, 0) => format!("Found {}", plural(n, "finding")),
            (n, _) => format!("{} left", plural(n, "finding")),
        };
        let files = plural(self.checked, "file");
        if self.findings > 0 {
            write!(line, "{found} in {} of {files}{elapsed}.", self.files)?;
        } else {
            write!(line, "{found} in {files}{elapsed}.")?;
        }
        match (self.fixable, self.unsafe_fixable) {
            (0, 0) => {}
            (safe, 0) => write!(line, " {safe} fixable with `--fix`.")?,
            (0, risky) => write!(line, " {risky} fixable with `--fix --unsafe-fixes`.")?,
            (safe, risky) => write!(
                line,
                " {safe} fixable with `--fix`, {risky} more with `--unsafe-fixes`."
            )?,
        }
        if self.broken > 0 {
            let files = plural(self.broken, "file");
            write!(line, " {files} could not be checked in full.")?;
        }
        f.write_str(&line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_was_found_and_what_can_be_done() {
        let mut tally = Tally {
            findings: 3,
            files: 2,
            checked: 12,
            fixable: 2,
            unsafe_fixable: 1,
            ..Tally::default()
        };
        assert_eq!(
            tally.to_string(),
            "Found 3 findings in 2 of 12 files. 2 fixable with `--fix`, 1 more with `--unsafe-fixes`."
        );
        tally.elapsed = Some(Duration::from_millis(1234));
        tally.fixable = 0;
        tally.broken = 1;
        assert_eq!(
            tally.to_string(),
            "Found 3 findings in 2 of 12 files in 1.23 s. 1 fixable with `--fix --unsafe-fixes`. \
             1 file could not be checked in full."
        );
    }

    #[test]
    fn nothing_and_fixed_have_their_own_words() {
        let tally = Tally {
            checked: 1,
            ..Tally::default()
        };
        assert_eq!(tally.to_string(), "Found nothing in 1 file.");
        let tally = Tally { fixed: 2, ..tally };
        assert_eq!(
            tally.to_string(),
            "Fixed 2 findings. Nothing is left in 1 file."
        );
        let tally = Tally {
            findings: 1,
            files: 1,
            checked: 3,
            ..tally
        };
        assert_eq!(
            tally.to_string(),
            "Fixed 2 findings. 1 finding left in 1 of 3 files."
        );
    }

    #[test]
    fn counts_what_stands() {
        let tally = Tally::of(&super::super::sample::report());
        assert_eq!(
            tally.to_string(),
            "Found 2 findings in 2 of 12 files. 1 fixable with `--fix`, 1 more with `--unsafe-fixes`. \
             2 files could not be checked in full."
        );
    }
}
