//! Each format, pinned by its expected text.

use super::sample::{self, report, written};
use super::*;

fn shown(format: Format) -> String {
    written(&report(), format, &Style::default())
}

#[test]
fn concise_is_one_line_for_each() {
    let expected = "\
src/app.py:10:12: name-membership-in-loop `name in known` searches the whole list each time round the loop
src/other.py:2:14: stat-in-loop [*] a system call for each file
src/broken.py:1:5: syntax-error this parenthesis is never closed
src/gone.py: unreadable permission denied
";
    assert_eq!(shown(Format::Concise), expected);
}

#[test]
fn grouped_names_each_file_once() {
    let mut report = report();
    let line = sample::marked(
        "rule",
        hotlint_core::lint::Finding::new(sample::range(sample::TEXT, "known"), "again"),
    );
    report.files[0].report.findings.insert(0, line);
    report.files.truncate(2);
    let expected = "\
src/app.py:
  2:5    rule again
  10:12  name-membership-in-loop `name in known` searches the whole list each time round the loop

src/other.py:
  2:14  stat-in-loop [*] a system call for each file

";
    assert_eq!(
        written(&report, Format::Grouped, &Style::default()),
        expected
    );
}

#[test]
fn json_has_all_keys_always() {
    let records: Vec<serde_json::Value> = serde_json::from_str(&shown(Format::Json)).unwrap();
    assert_eq!(records.len(), 4);
    let keys = |record: &serde_json::Value| {
        let object = record.as_object().unwrap();
        object.keys().cloned().collect::<Vec<_>>()
    };
    assert!(
        records
            .iter()
            .all(|record| keys(record) == keys(&records[0]))
    );
    assert_eq!(
        records[0],
        serde_json::json!({
            "kind": "finding",
            "rule": "name-membership-in-loop",
            "message": "`name in known` searches the whole list each time round the loop",
            "path": "src/app.py",
            "cell": null,
            "location": {"row": 10, "column": 12},
            "end_location": {"row": 10, "column": 25},
            "severity": "warning",
            "cost": "O(n·m) -> O(n+m)",
            "measured": null,
            "help": "search in a set: `known = set(known)` before the loop",
            "causes": [
                {
                    "message": "a list, made here",
                    "cell": null,
                    "location": {"row": 2, "column": 5},
                    "end_location": {"row": 2, "column": 15},
                },
                {
                    "message": "repeated for each name",
                    "cell": null,
                    "location": {"row": 9, "column": 5},
                    "end_location": {"row": 9, "column": 23},
                },
            ],
            "steps": [],
            "fix": {
                "level": "unsafe",
                "title": "Make `known` a set",
                "caveat": "the elements must be hashable",
                "edits": [
                    {
                        "content": "set()",
                        "cell": null,
                        "location": {"row": 2, "column": 13},
                        "end_location": {"row": 2, "column": 15},
                    },
                    {
                        "content": "add",
                        "cell": null,
                        "location": {"row": 4, "column": 15},
                        "end_location": {"row": 4, "column": 21},
                    },
                ],
            },
            "fate": "stands",
            "heat": null,
        })
    );
    assert_eq!(
        records[3],
        serde_json::json!({
            "kind": "unreadable", "rule": null, "message": "permission denied", "path": "src/gone.py", "cell": null,
            "location": null, "end_location": null, "severity": "error", "cost": null, "measured": null,
            "help": "give the user who runs hotlint the right to read it", "causes": [], "steps": [], "fix": null, "fate": null, "heat": null,
        })
    );
}

#[test]
fn json_lines_are_the_same_records() {
    let array: Vec<serde_json::Value> = serde_json::from_str(&shown(Format::Json)).unwrap();
    let lines = shown(Format::JsonLines);
    let lines: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(array, lines);
}

#[test]
fn what_is_suppressed_or_quiet_is_printed_nowhere() {
    let mut report = report();
    report.files.truncate(2);
    report.files[0].report.findings[0].fate = Fate::Quiet;
    report.files[1].report.findings[0].fate = Fate::Suppressed {
        by: sample::range("x", "x"),
    };
    for format in [
        Format::Concise,
        Format::Full,
        Format::Grouped,
        Format::JsonLines,
    ] {
        assert_eq!(
            written(&report, format, &Style::default()),
            "",
            "{format:?}"
        );
    }
    assert_eq!(written(&report, Format::Json, &Style::default()), "[]\n");
    assert_eq!(Tally::of(&report).findings, 0);
}

#[test]
fn statistics_count_rules_and_fixes() {
    let mut report = report();
    for number in 0..10 {
        let fix = hotlint_core::lint::Fix::safe("", []);
        let finding = hotlint_core::lint::Finding::new(sample::range("x", "x"), "slow");
        let finding = if number < 4 {
            finding.fix(fix)
        } else {
            finding
        };
        report.files[2]
            .report
            .findings
            .push(sample::marked("common", finding));
    }
    let count = |format| {
        let mut out = Vec::new();
        statistics(&report, format, &mut out, &Style::default()).unwrap();
        String::from_utf8(out).unwrap()
    };
    let expected = "\
10  common                   4 fixable
 1  name-membership-in-loop  1 fixable with `--unsafe-fixes`
 1  stat-in-loop             1 fixable
";
    assert_eq!(count(Format::Full), expected);
    let first = count(Format::JsonLines);
    assert_eq!(
        first.lines().next(),
        Some(r#"{"rule":"common","count":10,"fixable":4,"unsafe_fixable":0}"#)
    );
}

#[test]
fn a_diff_can_be_applied_as_it_is() {
    let before = sample::file("a.py", "a\r\nb\r\nc", vec![]);
    let after = hotlint_core::python::Source::module("a.py", "a\r\nB\r\nc");
    let mut out = Vec::new();
    diff(&before, &after, &mut out, &Style::default()).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "--- a.py\n+++ a.py\n@@ -1,3 +1,3 @@\n a\r\n-b\r\n+B\r\n c\n\\ No newline at end of file\n"
    );
    let mut out = Vec::new();
    diff(&before, &before.source, &mut out, &Style::default()).unwrap();
    assert!(out.is_empty());
}

#[test]
fn a_notebook_s_diff_names_the_cell() {
    let book = sample::notebook(&["a = 1", "b = 2"], vec![]);
    let fix = hotlint_core::lint::Fix::safe(
        "",
        [hotlint_core::lint::Edit::replace(
            sample::range(book.source.text(), "2"),
            "3",
        )],
    );
    let fixed = crate::fix::apply(&book.source, &[&fix], FixLevel::Safe).source;
    let mut out = Vec::new();
    diff(&book, &fixed, &mut out, &Style::default()).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "--- book.ipynb:cell 4\n+++ book.ipynb:cell 4\n@@ -1 +1 @@\n-b = 2\n+b = 3\n"
    );
}
