//! Writing keeps what it does not change: mode, links, encoding, and files that somebody else changed.

use std::path::PathBuf;

use hotlint_core::lint::{Edit, Fix, FixLevel};
use hotlint_core::text_size::TextSize;
use tempfile::TempDir;

use super::*;
use crate::fix::apply;
use crate::read::Encoding;

/// A folder that goes away with the test, and what was read from a file in it.
struct Stage {
    folder: TempDir,
    origin: Origin,
    source: Source,
}

fn stage(bytes: &[u8], encoding: Encoding, text: &str) -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.py");
    fs::write(&path, bytes).unwrap();
    Stage {
        origin: Origin {
            path,
            encoding,
            bom: bytes.starts_with(BYTE_ORDER_MARK),
            digest: digest(bytes),
            notebook: None,
        },
        source: Source::module("a.py", text),
        folder,
    }
}

impl Stage {
    fn write(&self, text: &str) -> Result<(), WriteError> {
        write(&self.origin, &self.source, &Source::module("a.py", text))
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(&self.origin.path).unwrap()
    }

    /// Nothing may be left behind, whatever happens.
    fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into())
            .collect();
        files.sort();
        files
    }
}

#[test]
fn encoding_and_byte_order_mark_stay() {
    let stage = stage(b"\xef\xbb\xbfx = 1\r\n", Encoding::Utf8, "x = 1\r\n");
    stage.write("x = 'é'\r\n").unwrap();
    assert_eq!(stage.bytes(), "\u{feff}x = 'é'\r\n".as_bytes());
    assert_eq!(stage.files(), [PathBuf::from("a.py")]);
}

#[test]
fn a_text_that_the_encoding_lacks_is_not_written() {
    let before = b"# coding: latin-1\nx = '\xe9'\n";
    let stage = stage(before, Encoding::Latin1, "# coding: latin-1\nx = 'é'\n");
    stage.write("# coding: latin-1\ny = 'é'\n").unwrap();
    assert_eq!(stage.bytes(), b"# coding: latin-1\ny = '\xe9'\n");

    let stage = self::stage(before, Encoding::Latin1, "# coding: latin-1\nx = 'é'\n");
    let error = stage.write("# coding: latin-1\nx = '→'\n").unwrap_err();
    assert!(matches!(error, WriteError::Unencodable));
    assert_eq!(stage.bytes(), before);
}

#[test]
fn a_file_that_has_changed_is_left_alone() {
    let stage = stage(b"x = 1\n", Encoding::Utf8, "x = 1\n");
    fs::write(&stage.origin.path, "x = 2\n").unwrap();
    let error = stage.write("x = 3\n").unwrap_err();
    assert!(matches!(error, WriteError::Changed));
    assert_eq!(stage.bytes(), b"x = 2\n");
    assert_eq!(stage.files(), [PathBuf::from("a.py")]);
}

#[test]
fn a_file_that_is_gone_does_not_come_back() {
    let stage = stage(b"x = 1\n", Encoding::Utf8, "x = 1\n");
    fs::remove_file(&stage.origin.path).unwrap();
    assert!(matches!(stage.write("x = 3\n"), Err(WriteError::Io(_))));
    assert!(stage.files().is_empty());
}

#[cfg(unix)]
#[test]
fn the_mode_stays_and_read_only_is_respected() {
    use std::os::unix::fs::PermissionsExt;
    let stage = stage(b"x = 1\n", Encoding::Utf8, "x = 1\n");
    let mode = |mode| fs::set_permissions(&stage.origin.path, fs::Permissions::from_mode(mode));
    mode(0o755).unwrap();
    stage.write("x = 2\n").unwrap();
    let now = fs::metadata(&stage.origin.path).unwrap().permissions();
    assert_eq!(now.mode() & 0o777, 0o755);

    mode(0o444).unwrap();
    assert!(matches!(stage.write("x = 3\n"), Err(WriteError::ReadOnly)));
    assert_eq!(stage.bytes(), b"x = 2\n");
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let mut stage = stage(b"x = 1\n", Encoding::Utf8, "x = 1\n");
    let link = stage.folder.path().join("link.py");
    std::os::unix::fs::symlink("a.py", &link).unwrap();
    let target = std::mem::replace(&mut stage.origin.path, link.clone());
    stage.write("x = 2\n").unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&target).unwrap(), b"x = 2\n");
    assert!(!fs::symlink_metadata(&target).unwrap().is_symlink());
}

const NOTEBOOK: &str = r##"{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 7,
   "metadata": {},
   "outputs": [],
   "source": [
    "x = 1\n",
    "y = 2"
   ]
  },
  {
   "cell_type": "markdown",
   "metadata": {},
   "source": [
    "# words"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "metadata": {},
   "outputs": [],
   "source": [
    "z = 3"
   ]
  }
 ],
 "metadata": {},
 "nbformat": 4,
 "nbformat_minor": 2
}
"##;

#[test]
fn fixes_go_back_into_the_cells_that_they_came_from() {
    let mut stage = stage(NOTEBOOK.as_bytes(), Encoding::Utf8, "");
    let notebook = ruff_notebook::Notebook::from_source_code(NOTEBOOK).unwrap();
    let kind = SourceKind::Notebook {
        cells: notebook.cell_offsets().to_vec(),
    };
    stage.source = Source::new("a.ipynb", notebook.source_code(), kind);
    stage.origin.notebook = Some(notebook);
    let text = stage.source.text();
    let offset = |part: &str| TextSize::try_from(text.find(part).unwrap()).unwrap();
    let fix = Fix::safe(
        "",
        [
            Edit::insert(TextSize::default(), "import os\n"),
            Edit::insert(offset("\nz"), "0"),
            Edit::insert(offset("z"), "import re\n"),
        ],
    );
    let fixed = apply(&stage.source, &[&fix], FixLevel::Safe).source;
    write(&stage.origin, &stage.source, &fixed).unwrap();
    let expected = NOTEBOOK
        .replace("\"x = 1\\n\"", "\"import os\\n\",\n    \"x = 1\\n\"")
        .replace("y = 2", "y = 20")
        .replace("\"z = 3\"", "\"import re\\n\",\n    \"z = 3\"");
    assert_eq!(String::from_utf8(stage.bytes()).unwrap(), expected);

    // Cells that do not belong to this notebook are refused rather than written.
    let other = Source::new(
        "a.ipynb",
        "a\n",
        SourceKind::Notebook {
            cells: vec![TextSize::new(0), TextSize::new(2)],
        },
    );
    let error = bytes(&stage.origin, &stage.source, &other).unwrap_err();
    assert!(matches!(error, WriteError::Notebook(_)));
}
