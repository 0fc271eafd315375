//! A report as a file, and several of them as one report.
//!
//! **Invariant**: nothing is lost: runs over the parts of a project, merged, say what one run over all of it says.

use std::io;
use std::path::{Path, PathBuf};

use hotlint_core::python::{Source, SourceKind};
use ruff_notebook::Notebook;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::read::Origin;
use crate::report::{Checked, Report};
use crate::stored::StoredReport;

/// Goes up when older versions would misread a file.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Bundle {
    #[serde(rename = "hotlint-bundle")]
    version: u32,
    checked: usize,
    compared: bool,
    files: Vec<File>,
}

#[derive(Serialize, Deserialize)]
struct File {
    /// What reports call it.
    path: String,
    is_stub: bool,
    bom: bool,
    text: String,
    /// The JSON that the text was taken from.
    notebook: Option<String>,
    report: StoredReport,
}

/// Why a bundle could not be read, or not be merged with others.
#[derive(Debug, Error)]
pub enum BundleError {
    #[error("it is no bundle of hotlint ({0}); `--output-format bundle:FILE` writes them")]
    Foreign(#[from] serde_json::Error),
    #[error("it was written by another version of hotlint")]
    OtherVersion,
    #[error("two reports speak of {0}, and differently")]
    Twice(String),
}

/// Writes all that `report` knows.
///
/// # Errors
/// Whatever the system says.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut files = Vec::new();
    for file in &report.files {
        let notebook = file.origin.notebook.as_ref().map(|notebook| {
            let mut json = Vec::new();
            let written = notebook.write(&mut json).map_err(io::Error::other);
            written.map(|()| String::from_utf8_lossy(&json).into_owned())
        });
        files.push(File {
            path: file.source.path().to_owned(),
            is_stub: *file.source.kind() == SourceKind::Stub,
            bom: file.origin.bom,
            text: file.source.text().to_owned(),
            notebook: notebook.transpose()?,
            report: StoredReport::from(&file.report),
        });
    }
    let bundle = Bundle {
        version: VERSION,
        checked: report.checked,
        compared: report.compared,
        files,
    };
    serde_json::to_writer(&mut *out, &bundle)?;
    writeln!(out)
}

/// Reads what [`write`] wrote.
///
/// # Errors
/// When it is something else.
pub fn read(bytes: &[u8]) -> Result<Report, BundleError> {
    let bundle: Bundle = serde_json::from_slice(bytes)?;
    if bundle.version != VERSION {
        return Err(BundleError::OtherVersion);
    }
    let files = bundle.files.into_iter().map(restored);
    Ok(Report {
        files: files
            .collect::<Option<_>>()
            .ok_or(BundleError::OtherVersion)?,
        checked: bundle.checked,
        compared: bundle.compared,
        ..Report::default()
    })
}

fn restored(file: File) -> Option<Checked> {
    let notebook = match &file.notebook {
        Some(json) => Some(Notebook::from_source_code(json).ok()?),
        None => None,
    };
    let kind = match &notebook {
        Some(notebook) => SourceKind::Notebook {
            cells: notebook.cell_offsets().to_vec(),
        },
        None if file.is_stub => SourceKind::Stub,
        None => SourceKind::Module,
    };
    let report = file.report.restored()?;
    let origin = Origin {
        bom: file.bom,
        notebook,
        ..Origin::of_unread(PathBuf::from(&file.path))
    };
    Some(Checked {
        source: Source::new(file.path, file.text, kind),
        origin,
        report,
    })
}

/// One report of many, in the order of a single run.
///
/// # Errors
/// When two of them say different things about one file.
pub fn merged(reports: Vec<Report>) -> Result<Report, BundleError> {
    let mut all = Report::default();
    for report in reports {
        all.checked += report.checked;
        all.compared |= report.compared;
        all.files.extend(report.files);
    }
    all.files
        .sort_by(|one, other| Path::new(one.source.path()).cmp(Path::new(other.source.path())));
    let mut twice = None;
    all.files.dedup_by(|one, other| {
        let same = one.source.path() == other.source.path();
        if same && StoredReport::from(&one.report) != StoredReport::from(&other.report) {
            twice = Some(one.source.path().to_owned());
        }
        same
    });
    match twice {
        Some(path) => Err(BundleError::Twice(path)),
        None => Ok(all),
    }
}
