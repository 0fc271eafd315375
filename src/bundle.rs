//! A report as a file, and several of them as one report.
//!
//! **Invariant**: nothing is lost: runs over the parts of a project, merged, say what one run over all of it says.

use std::io;
use std::path::PathBuf;

use hotlint_core::commands::CommandFile;
use hotlint_core::python::{Source, SourceKind};
use ruff_notebook::Notebook;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::rank::Ranking;
use crate::read::Origin;
use crate::report::{Checked, Report};
use crate::stored::StoredReport;

/// Goes up when older versions would misread a file.
const VERSION: u32 = 2;

#[derive(Serialize, Deserialize)]
struct Bundle {
    #[serde(rename = "hotlint-bundle")]
    version: u32,
    checked: usize,
    compared: bool,
    ranking: Option<Ranking>,
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
        ranking: report.ranking.clone(),
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
        ranking: bundle.ranking,
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
        None => match CommandFile::named(file.path.rsplit('/').next().unwrap_or_default()) {
            Some(commands) => SourceKind::Commands(commands),
            None => SourceKind::Module,
        },
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
    let (mut checked, mut compared) = (0, false);
    let mut ranking: Option<Ranking> = None;
    // Files with what the profile says of their lines.
    let mut files = Vec::new();
    for report in reports {
        checked += report.checked;
        compared |= report.compared;
        let mut heats = Vec::new();
        if let Some(mut told) = report.ranking {
            heats = std::mem::take(&mut told.lines);
            ranking.get_or_insert_default().join(told);
        }
        heats.resize(report.files.len(), Default::default());
        files.extend(report.files.into_iter().zip(heats));
    }
    let path = |file: &Checked| PathBuf::from(file.source.path());
    files.sort_by_cached_key(|(file, _)| path(file));
    let mut twice = None;
    files.dedup_by(|(one, _), (other, _)| {
        let same = one.source.path() == other.source.path();
        if same && StoredReport::from(&one.report) != StoredReport::from(&other.report) {
            twice = Some(one.source.path().to_owned());
        }
        same
    });
    if let Some(path) = twice {
        return Err(BundleError::Twice(path));
    }
    let (files, lines) = files.into_iter().unzip();
    if let Some(ranking) = &mut ranking {
        ranking.lines = lines;
    }
    let mut report = Report {
        files,
        checked,
        compared,
        ranking: None,
    };
    report.ranking = ranking.map(|mut ranking| {
        ranking.settle(&mut report);
        ranking
    });
    Ok(report)
}
