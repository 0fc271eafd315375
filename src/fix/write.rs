//! The fixed text back into its file, as it was stored before.
//!
//! **Invariant**: a file is either as it was or wholly new; one that has changed since it was read is left alone.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::SystemTime;

use hotlint_core::python::{Source, SourceKind};
use ruff_diagnostics::SourceMap;
use thiserror::Error;

use crate::read::{Origin, digest};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a fixed text was not written; the file is as it was.
#[derive(Debug, Error)]
pub enum WriteError {
    #[error("changed since it was read, so it was not fixed; run again")]
    Changed,
    #[error("read-only, so it was not fixed; make it writable first")]
    ReadOnly,
    #[error(
        "its encoding lacks a character of the fixed text, so it was not fixed; store it as UTF-8"
    )]
    Unencodable,
    #[error("could not put the fixes back into the notebook: {0}")]
    Notebook(String),
    #[error("could not write the fixed file: {0}")]
    Io(#[from] io::Error),
}

/// The bytes of the file with `after` in the place of `before`: encoding, byte order mark and notebook are kept.
pub fn bytes(origin: &Origin, before: &Source, after: &Source) -> Result<Vec<u8>, WriteError> {
    let mut bytes = if origin.bom {
        BYTE_ORDER_MARK.to_vec()
    } else {
        Vec::new()
    };
    let body = match (&origin.notebook, before.kind(), after.kind()) {
        (
            Some(notebook),
            SourceKind::Notebook { cells: before },
            SourceKind::Notebook { cells: now },
        ) => in_notebook(notebook.clone(), before, now, after.text())?,
        (Some(_), ..) => return Err(WriteError::Notebook("its cells are not known".to_owned())),
        (None, ..) => origin
            .encoding
            .encode(after.text())
            .ok_or(WriteError::Unencodable)?,
    };
    bytes.extend(body);
    Ok(bytes)
}

type Cells = [hotlint_core::text_size::TextSize];

fn in_notebook(
    mut notebook: ruff_notebook::Notebook,
    before: &Cells,
    after: &Cells,
    text: &str,
) -> Result<Vec<u8>, WriteError> {
    // `Notebook::update` panics on cells that do not fit.
    let fit = **notebook.cell_offsets() == *before
        && before.len() == after.len()
        && after.is_sorted()
        && after.iter().all(|at| text.is_char_boundary(at.to_usize()));
    if !fit {
        return Err(WriteError::Notebook("its cells have moved".to_owned()));
    }
    let mut map = SourceMap::default();
    for (before, after) in before.iter().zip(after) {
        map.push_marker(*before, *after);
    }
    notebook.update(&map, text.to_owned());
    let mut json = Vec::new();
    notebook
        .write(&mut json)
        .map_err(|error| WriteError::Notebook(error.to_string()))?;
    Ok(json)
}

/// Puts `after` into the file that `before` was read from: through symbolic links, with the mode that it has.
///
/// # Errors
/// Leaves the file as it is when it is read-only, has changed since it was read, or cannot hold the new text.
pub fn write(origin: &Origin, before: &Source, after: &Source) -> Result<(), WriteError> {
    let bytes = bytes(origin, before, after)?;
    let path = fs::canonicalize(&origin.path)?;
    replace(&path, &bytes, None, |bytes| digest(bytes) == origin.digest)
}

/// How the names of the files begin that a process of this program writes before they take the place of others.
pub fn temporary_prefix(process: u32) -> String {
    format!(".hotlint-{process}-")
}

/// Puts `bytes` in the place of what the file holds, which must be as `unchanged` says; with `modified` as the time of its change, or now.
///
/// # Errors
/// Leaves the file as it is.
pub fn replace(
    path: &Path,
    bytes: &[u8],
    modified: Option<SystemTime>,
    unchanged: impl Fn(&[u8]) -> bool,
) -> Result<(), WriteError> {
    let metadata = fs::metadata(path)?;
    if metadata.permissions().readonly() {
        return Err(WriteError::ReadOnly);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(&temporary_prefix(std::process::id()))
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    keep_owner(file.as_file(), &metadata);
    fs::set_permissions(file.path(), metadata.permissions())?;
    if let Some(modified) = modified {
        file.as_file().set_modified(modified)?;
    }
    // As late as can be: editors save at any time.
    if !unchanged(&fs::read(path)?) {
        return Err(WriteError::Changed);
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A file keeps its owner when a privileged user fixes it; anyone else can only own it already.
#[cfg(unix)]
fn keep_owner(file: &File, metadata: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    // Group and owner apart, for one may be allowed where the other is not.
    let _ = fchown(file, None, Some(metadata.gid()));
    let _ = fchown(file, Some(metadata.uid()), None);
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) {}

#[cfg(test)]
mod tests;
