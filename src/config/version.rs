//! The Python versions of a project: `target-version`, `requires-python`, and a script's own metadata.

use std::str::FromStr;

use hotlint_core::python::{PythonVersion, Versions};
use pep440_rs::{Version, VersionSpecifiers};

/// Versions that an open end is tried against.
const TRIED: u8 = 99;

/// The versions that `text` names: `py311`, `3.11` (this one and newer), or specifiers like `>=3.9,<3.14`.
///
/// # Errors
/// What is wrong with it: one sentence, lower case, no full stop.
pub fn parse(text: &str) -> Result<Versions, String> {
    let text = text.trim();
    if let Some(version) = plain(text) {
        return Ok(Versions::since(version));
    }
    let specifiers = Some(text).filter(|text| !text.is_empty());
    let specifiers = specifiers.and_then(|text| VersionSpecifiers::from_str(text).ok());
    let specifiers = specifiers.ok_or_else(|| {
        format!("`{text}` is neither a version like `py311` nor a range like `>=3.9,<3.14`")
    })?;
    allowed(&specifiers).ok_or_else(|| format!("no Python 3 version satisfies `{text}`"))
}

/// `py311` or `3.11`.
fn plain(text: &str) -> Option<PythonVersion> {
    let (major, minor) = match text.strip_prefix("py") {
        Some(digits) => (digits.get(..1)?, digits.get(1..)?),
        None => text.split_once('.')?,
    };
    let version = PythonVersion {
        major: major.parse().ok()?,
        minor: minor.parse().ok()?,
    };
    (version.major == 3).then_some(version)
}

fn allowed(specifiers: &VersionSpecifiers) -> Option<Versions> {
    // A bound may lie between two patch releases, as in `>=3.9.2`: a minor version counts when any patch of it does.
    let any_patch = |minor: &u8| {
        let release = |patch| Version::new([3, u64::from(*minor), patch]);
        (0..=50).any(|patch| specifiers.contains(&release(patch)))
    };
    let oldest = (0..=TRIED).find(any_patch)?;
    let newest = (oldest..=TRIED).rev().find(any_patch).unwrap_or(oldest);
    let version = |minor| PythonVersion { major: 3, minor };
    let open = Versions::since(version(oldest));
    Some(Versions {
        newest: open.newest.min(version(newest)),
        ..open
    })
}

/// The `requires-python` of a script's inline metadata (PEP 723).
pub fn of_script(text: &str) -> Option<Versions> {
    // Nearly every file lacks the block: look for its opening before anything else.
    let start = memchr::memmem::find(text.as_bytes(), b"# /// script")?;
    let at_line_start = start == 0 || text.as_bytes()[start - 1] == b'\n';
    let mut lines = text[start..].lines();
    if !at_line_start || lines.next()?.trim_end() != "# /// script" {
        return None;
    }
    let mut metadata = String::new();
    for line in lines {
        if line.trim_end() == "# ///" {
            let table = toml::from_str::<toml::Table>(&metadata).ok()?;
            return parse(table.get("requires-python")?.as_str()?).ok();
        }
        metadata.push_str(line.strip_prefix("# ").or_else(|| line.strip_prefix('#'))?);
        metadata.push('\n');
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> (u8, u8) {
        let versions = parse(text).unwrap();
        (versions.oldest.minor, versions.newest.minor)
    }

    #[test]
    fn versions_and_ranges() {
        let newest = Versions::NEWEST.minor;
        assert_eq!(range("py311"), (11, newest));
        assert_eq!(range("3.9"), (9, newest));
        assert_eq!(range(">=3.9,<3.14"), (9, 13));
        assert_eq!(range(">=3.9.2, !=3.10.*, <=3.12"), (9, 12));
        assert_eq!(range("~=3.8"), (8, newest));
        assert_eq!(range("==3.12.*"), (12, 12));
        assert_eq!(range(">=2.7,!=3.0.*,!=3.1.*"), (2, newest));
        for wrong in ["", "py", "py27", "pyé", "^3.9", "3", ">=4", "<3"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn scripts_tell_their_version() {
        let script = "#!/usr/bin/env python\n# /// script\n# requires-python = \">=3.12\"\n#\n# dependencies = []\n# ///\n";
        assert_eq!(of_script(script).unwrap().oldest, PythonVersion::PY312);
        for other in [
            "x = '# /// script'\n# requires-python = '>=3.12'\n# ///\n",
            "# /// script\n# requires-python = '>=3.12'\n",
            "# /// script\nrequires-python = '>=3.12'\n# ///\n",
            "# /// scripted\n# requires-python = '>=3.12'\n# ///\n",
        ] {
            assert_eq!(of_script(other), None, "{other}");
        }
    }
}
