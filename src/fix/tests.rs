//! Fixes are applied whole, in order, and never break what they touch.

use hotlint_core::lint::{Edit, Finding, Severity};
use hotlint_core::python::SourceKind;
use hotlint_core::text_size::{TextRange, TextSize};

use super::*;
use crate::verdict::{Marked, Problem};

fn at(text: &str, part: &str) -> TextRange {
    let start = text.find(part).unwrap();
    TextRange::at(
        TextSize::try_from(start).unwrap(),
        TextSize::try_from(part.len()).unwrap(),
    )
}

fn insert(at: u32, text: &str) -> Edit {
    Edit::insert(TextSize::new(at), text)
}

fn replace(from: u32, to: u32, text: &str) -> Edit {
    Edit::replace(TextRange::new(from.into(), to.into()), text)
}

/// The text after one pass, and which fixes were applied, skipped and malformed.
fn pass(text: &str, fixes: &[Fix], allowed: FixLevel) -> (String, [Vec<usize>; 3]) {
    let fixes: Vec<&Fix> = fixes.iter().collect();
    let applied = apply(&Source::module("a.py", text), &fixes, allowed);
    let text = applied.source.text().to_owned();
    (text, [applied.applied, applied.skipped, applied.malformed])
}

#[test]
fn all_edits_of_a_fix_are_applied_or_none() {
    let fixes = [
        Fix::safe("", [replace(0, 1, "A"), replace(4, 5, "E")]),
        // Overlaps the first one at its end only.
        Fix::safe("", [replace(2, 3, "C"), replace(4, 6, "F")]),
        Fix::safe("", [replace(8, 9, "I")]),
    ];
    let (text, order) = pass("abcdefghi", &fixes, FixLevel::Safe);
    assert_eq!(text, "AbcdEfghI");
    assert_eq!(order, [vec![0, 2], vec![1], vec![]]);
}

#[test]
fn fixes_that_touch_wait_for_the_next_pass() {
    for other in [replace(2, 4, "x"), insert(2, "x")] {
        let fixes = [Fix::safe("", [replace(0, 2, "")]), Fix::safe("", [other])];
        let (text, order) = pass("abcd", &fixes, FixLevel::Safe);
        assert_eq!(text, "cd");
        assert_eq!(order, [vec![0], vec![1], vec![]]);
    }
}

#[test]
fn what_stands_between_two_edits_of_a_fix_is_left_alone() {
    let fixes = [
        Fix::safe("", [replace(0, 1, "A"), replace(8, 9, "I")]),
        Fix::safe("", [replace(4, 5, "E")]),
        Fix::safe("", [insert(0, "import os\n"), replace(10, 11, "K")]),
    ];
    let (text, order) = pass("abcdefghijk", &fixes[..2], FixLevel::Safe);
    assert_eq!(text, "AbcdefghI".to_owned() + "jk");
    assert_eq!(order, [vec![0], vec![1], vec![]]);
    let (_, order) = pass("abcdefghijk", &fixes[1..], FixLevel::Safe);
    assert_eq!(order[1], [0usize; 0]);
}

#[test]
fn the_place_decides_and_not_the_order_of_the_findings() {
    let fixes = [
        Fix::safe("", [replace(2, 4, "late")]),
        Fix::safe("", [replace(0, 2, "early")]),
    ];
    assert_eq!(pass("abcd", &fixes, FixLevel::Safe).0, "earlycd");
}

#[test]
fn an_import_that_two_fixes_want_comes_once() {
    let import = "import heapq\n";
    let fixes = [
        Fix::safe("", [insert(0, import), replace(4, 5, "A")]),
        Fix::safe("", [insert(0, import), replace(6, 7, "B")]),
        Fix::safe("", [insert(0, "import math\n"), replace(8, 9, "C")]),
    ];
    let (text, order) = pass("x = a,b,c\n", &fixes, FixLevel::Safe);
    assert_eq!(text, "import heapq\nx = A,B,c\n");
    assert_eq!(order, [vec![0, 1], vec![2], vec![]]);
}

#[test]
fn other_insertions_are_not_merged() {
    let fixes = [
        Fix::safe("", [insert(0, "("), insert(4, ")")]),
        Fix::safe("", [insert(2, "("), insert(4, ")")]),
    ];
    let (text, order) = pass("a, b", &fixes, FixLevel::Safe);
    assert_eq!(text, "(a, b)");
    assert_eq!(order, [vec![0], vec![1], vec![]]);
}

#[test]
fn insertions_of_one_fix_at_one_place_keep_their_order() {
    let fix = Fix::safe("", [insert(1, "1"), insert(1, "2"), replace(1, 2, "3")]);
    assert_eq!(pass("abc", &[fix], FixLevel::Safe).0, "a123c");
}

#[test]
fn the_level_decides_what_is_applied_and_display_never_is() {
    let fixes = [
        Fix::safe("", [replace(0, 1, "S")]),
        Fix::unsafe_("", "why", [replace(2, 3, "U")]),
        Fix::display("", "why", [replace(4, 5, "D")]),
    ];
    assert_eq!(pass("a b c", &fixes, FixLevel::Safe).0, "S b c");
    assert_eq!(pass("a b c", &fixes, FixLevel::Unsafe).0, "S U c");
    assert_eq!(pass("a b c", &fixes, FixLevel::Display).0, "S U c");
}

#[test]
fn new_lines_end_as_the_others_do() {
    let fix = || Fix::safe("", [insert(0, "import a\nimport b\r\n")]);
    for (text, fixed) in [
        ("x\r\ny\r\n", "import a\r\nimport b\r\nx\r\ny\r\n"),
        ("x\ny\n", "import a\nimport b\nx\ny\n"),
        ("x\ry\r", "import a\rimport b\rx\ry\r"),
        ("x", "import a\nimport b\nx"),
    ] {
        assert_eq!(pass(text, &[fix()], FixLevel::Safe).0, fixed);
    }
}

#[test]
fn edits_that_fit_nowhere_are_malformed() {
    let fixes = [
        Fix::safe("", [replace(0, 99, "")]),
        Fix::safe("", [replace(0, 2, ""), replace(1, 3, "")]),
        // In the midst of `é`.
        Fix::safe("", [insert(4, "")]),
    ];
    let (text, order) = pass("abcé", &fixes, FixLevel::Safe);
    assert_eq!(text, "abcé");
    assert_eq!(order, [vec![], vec![], vec![1, 0, 2]]);
}

fn cells(ends: &[u32]) -> SourceKind {
    SourceKind::Notebook {
        cells: ends.iter().map(|end| TextSize::new(*end)).collect(),
    }
}

#[test]
fn edits_stay_in_their_cell_and_cells_move_with_them() {
    let source = Source::new("a.ipynb", "ab\ncd\n", cells(&[0, 3, 6]));
    let fixes = [
        Fix::safe("", [insert(0, "import x\n"), replace(4, 5, "")]),
        // Would join the cells.
        Fix::safe("", [replace(2, 3, "")]),
    ];
    let applied = apply(&source, &fixes.each_ref(), FixLevel::Safe);
    assert_eq!(applied.malformed, [1]);
    assert_eq!(applied.source.text(), "import x\nab\nc\n");
    assert_eq!(applied.source.kind(), &cells(&[0, 12, 14]));

    let fixes = [Fix::safe("", [insert(2, "!"), insert(3, "import x\n")])];
    let applied = apply(&source, &fixes.each_ref(), FixLevel::Safe);
    assert_eq!(applied.source.text(), "ab!\nimport x\ncd\n");
    assert_eq!(applied.source.kind(), &cells(&[0, 4, 16]));
}

fn found(rule: &'static str, place: TextRange, fix: Fix) -> Marked {
    let mut finding = Finding::new(place, "slow").fix(fix);
    finding.rule = rule;
    Marked {
        finding,
        severity: Severity::Warning,
        fate: Fate::Stands,
        heat: None,
        anchor: Default::default(),
    }
}

/// One finding for each `old`, to be replaced by `new`; brackets without partner are syntax errors.
fn rules(source: &Source, rules: &[(&'static str, &str, &str)]) -> FileReport {
    let text = source.text();
    let mut report = FileReport::default();
    if text.matches('(').count() != text.matches(')').count() {
        report.problems.push(Problem {
            kind: ProblemKind::Syntax,
            range: None,
            message: String::new(),
            help: String::new(),
        });
    }
    for (rule, old, new) in rules {
        for (start, _) in text.match_indices(old) {
            let place = TextRange::at(
                TextSize::try_from(start).unwrap(),
                TextSize::try_from(old.len()).unwrap(),
            );
            let fix = Fix::safe("", [Edit::replace(place, *new)]);
            report.findings.push(found(rule, place, fix));
        }
    }
    report
}

fn run(text: &str, list: &[(&'static str, &str, &str)]) -> Fixed {
    let source = Source::module("a.py", text);
    fixpoint(&source, FixLevel::Safe, &|source| rules(source, list))
}

#[test]
fn goes_on_until_nothing_is_left() {
    let fixed = run("a a\n", &[("first", "a", "b"), ("second", "b", "c")]);
    assert_eq!(fixed.source.text(), "c c\n");
    assert_eq!(fixed.counts, BTreeMap::from([("first", 2), ("second", 2)]));
    assert!(fixed.report.findings.is_empty());
    assert_eq!(fixed.bugs, []);
}

#[test]
fn a_fix_that_breaks_the_code_is_thrown_away_and_the_others_are_not() {
    let fixed = run("a1 a2 b a3 a4\n", &[("good", "a", "x"), ("bad", "b", "(")]);
    assert_eq!(fixed.source.text(), "x1 x2 b x3 x4\n");
    assert_eq!(fixed.counts, BTreeMap::from([("good", 4)]));
    let bug = Bug {
        rule: "bad",
        kind: BugKind::Breaks,
    };
    assert_eq!(fixed.bugs, [bug]);
    assert_eq!(fixed.report.findings.len(), 1);
}

#[test]
fn fixes_are_judged_together_first() {
    let fixed = run("(a)\n", &[("left", "(", ""), ("right", ")", "")]);
    assert_eq!(fixed.source.text(), "a\n");
    assert_eq!(fixed.bugs, []);
}

#[test]
fn only_one_of_two_fixes_that_break_together_is_applied() {
    let source = Source::module("a.py", "a b\n");
    let fixed = fixpoint(&source, FixLevel::Safe, &|source| {
        let mut report = rules(source, &[("first", "a", "x"), ("second", "b", "y")]);
        if source.text() == "x y\n" {
            report
                .problems
                .extend(rules(&Source::module("", "("), &[]).problems);
        }
        report
    });
    assert_eq!(fixed.source.text(), "x b\n");
    assert_eq!(fixed.counts, BTreeMap::from([("first", 1)]));
}

#[test]
fn fixes_that_undo_each_other_come_to_nothing() {
    let fixed = run(
        "a d\n",
        &[("there", "a", "b"), ("back", "b", "a"), ("other", "d", "e")],
    );
    assert!(["a e\n", "b e\n"].contains(&fixed.source.text()));
    assert!(fixed.bugs.iter().all(|bug| bug.kind == BugKind::Endless));
    assert!(!fixed.bugs.is_empty());
    assert!(!fixed.bugs.iter().any(|bug| bug.rule == "other"));
}

#[test]
fn a_fix_that_always_leaves_more_to_do_is_undone() {
    let fixed = run("a d\n", &[("endless", "a", "aa"), ("other", "d", "e")]);
    assert_eq!(fixed.source.text(), "a e\n");
    let bug = Bug {
        rule: "endless",
        kind: BugKind::Endless,
    };
    assert_eq!(fixed.bugs, [bug]);
}

#[test]
fn what_is_suppressed_is_not_fixed() {
    let source = Source::module("a.py", "a a\n");
    let fixed = fixpoint(&source, FixLevel::Safe, &|source| {
        let mut report = rules(source, &[("first", "a", "b")]);
        report.findings[0].fate = Fate::Quiet;
        report
    });
    assert_eq!(fixed.source.text(), "a b\n");
}

#[test]
fn a_malformed_fix_is_told_once_and_the_rest_goes_on() {
    let source = Source::module("a.py", "a c\n");
    let fixed = fixpoint(&source, FixLevel::Safe, &|source| {
        let mut report = rules(source, &[("good", "c", "d")]);
        let fix = Fix::safe("", [replace(7, 99, "")]);
        report
            .findings
            .push(found("bad", at(source.text(), "a"), fix));
        report
    });
    assert_eq!(fixed.source.text(), "a d\n");
    let bug = Bug {
        rule: "bad",
        kind: BugKind::Malformed,
    };
    assert_eq!(fixed.bugs, [bug]);
}
