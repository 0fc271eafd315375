//! Hand-made reports for the tests of the formats.

use std::path::PathBuf;

use hotlint_core::lint::{Edit, Finding, Fix, Severity};
use hotlint_core::python::{Source, SourceKind};
use hotlint_core::text_size::{TextRange, TextSize};

use crate::anchor::Anchor;
use crate::read::{Encoding, Origin, digest};
use crate::report::{Checked, Report};
use crate::verdict::{Fate, FileReport, Marked, Problem, ProblemKind};

pub fn range(text: &str, part: &str) -> TextRange {
    let start = text
        .find(part)
        .unwrap_or_else(|| panic!("{part:?} is not in the sample"));
    TextRange::at(
        TextSize::try_from(start).unwrap(),
        TextSize::try_from(part.len()).unwrap(),
    )
}

pub fn marked(rule: &'static str, mut finding: Finding) -> Marked {
    finding.rule = rule;
    Marked {
        finding,
        severity: Severity::Warning,
        fate: Fate::Stands,
        heat: None,
        anchor: Anchor::default(),
    }
}

pub fn file(path: &str, text: &str, findings: Vec<Marked>) -> Checked {
    Checked {
        source: Source::module(path, text),
        origin: Origin {
            path: PathBuf::from(path),
            encoding: Encoding::Utf8,
            bom: false,
            digest: digest(text.as_bytes()),
            notebook: None,
        },
        report: FileReport {
            findings,
            ..FileReport::default()
        },
    }
}

/// A notebook with a text cell before each of the code cells.
pub fn notebook(cells: &[&str], findings: Vec<Marked>) -> Checked {
    let cells: Vec<serde_json::Value> = cells
        .iter()
        .flat_map(|code| {
            [
                serde_json::json!({"cell_type": "markdown", "metadata": {}, "source": "words"}),
                serde_json::json!({
                    "cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": code
                }),
            ]
        })
        .collect();
    let json =
        serde_json::json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 2})
            .to_string();
    let notebook = ruff_notebook::Notebook::from_source_code(&json).unwrap();
    let kind = SourceKind::Notebook {
        cells: notebook.cell_offsets().to_vec(),
    };
    let mut checked = file("book.ipynb", &json, findings);
    checked.source = Source::new("book.ipynb", notebook.source_code(), kind);
    checked.origin.notebook = Some(notebook);
    checked
}

pub const TEXT: &str = "\
def common(names, path):
    known = []
    for line in open(path):
        known.append(line.strip())
    log.info('read %s', path)
    log.info('found %d', len(known))
    log.info('searching')

    for name in names:
        if name in known:
            print(name)
";

/// Two findings and a problem in two files.
pub fn report() -> Report {
    let known = "known = []";
    let membership = marked(
        "name-membership-in-loop",
        Finding::new(
            range(TEXT, "name in known"),
            "`name in known` searches the whole list each time round the loop",
        )
        .label("compares with one element after the other")
        .because(range(TEXT, known), "a list, made here")
        .because(range(TEXT, "for name in names:"), "repeated for each name")
        .cost("O(n·m) -> O(n+m)")
        .help("search in a set: `known = set(known)` before the loop")
        .fix(Fix::unsafe_(
            "Make `known` a set",
            "the elements must be hashable",
            [
                Edit::replace(range(TEXT, "[]"), "set()"),
                Edit::replace(range(TEXT, "append"), "add"),
            ],
        )),
    );
    let other = "import os\nfor f in fs: os.stat(f)\n";
    let stat = marked(
        "stat-in-loop",
        Finding::new(range(other, "os.stat(f)"), "a system call for each file").fix(Fix::safe(
            "Use `scandir`",
            [Edit::replace(range(other, "os.stat(f)"), "f.stat()")],
        )),
    );
    let broken = "x = (\n";
    let mut third = file("src/broken.py", broken, vec![]);
    third.report.problems.push(Problem {
        kind: ProblemKind::Syntax,
        range: Some(range(broken, "(")),
        message: "this parenthesis is never closed".to_owned(),
        help: String::new(),
    });
    let mut fourth = file("src/gone.py", "", vec![]);
    fourth.report.problems.push(Problem {
        kind: ProblemKind::Unreadable,
        range: None,
        message: "permission denied".to_owned(),
        help: "give the user who runs hotlint the right to read it".to_owned(),
    });
    Report {
        files: vec![
            file("src/app.py", TEXT, vec![membership]),
            file("src/other.py", other, vec![stat]),
            third,
            fourth,
        ],
        checked: 12,
        ..Report::default()
    }
}

/// What `format` makes of `report`.
pub fn written(report: &Report, format: super::Format, style: &super::Style) -> String {
    let mut out = Vec::new();
    super::write(report, format, &mut out, style).unwrap();
    String::from_utf8(out).unwrap()
}
