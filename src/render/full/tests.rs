//! The excerpt that `full` draws, line by line.

use hotlint_core::lint::{Edit, Finding, Fix};
use hotlint_core::text_size::{TextRange, TextSize};

use super::super::sample::{self, file, marked, range, written};
use super::super::{Format, Style};
use crate::report::{Checked, Report};
use crate::verdict::Marked;

fn seen(file: Checked, style: &Style) -> String {
    let report = Report {
        files: vec![file],
        checked: 1,
        ..Report::default()
    };
    written(&report, Format::Full, style)
}

fn narrow() -> Style {
    Style {
        width: 50,
        ..Style::default()
    }
}

/// A finding on `part` of `text`, without any more words than needed.
fn plain(text: &str, part: &str) -> Marked {
    marked("rule", Finding::new(range(text, part), "slow"))
}

#[test]
fn a_finding_shows_operation_cause_cost_help_and_fix() {
    let expected = "\
name-membership-in-loop at src/app.py:10:12

  ⚠ `name in known` searches the whole list each time round the loop
   ╭─[src/app.py:2:5]
 1 │ def common(names, path):
 2 │     known = []
   ·     ─────┬────
   ·          ╰── a list, made here
 3 │     for line in open(path):
   ╰────
    ╭─[src/app.py:10:12]
  8 │ 
  9 │     for name in names:
    ·     ─────────┬────────
    ·              ╰── repeated for each name
 10 │         if name in known:
    ·            ──────┬──────
    ·                  ╰── compares with one element after the other
 11 │             print(name)
    ╰────
  cost: O(n·m) -> O(n+m)
  help: search in a set: `known = set(known)` before the loop
  unsafe fix: Make `known` a set (the elements must be hashable)
    2 -     known = []
    2 +     known = set()
    4 -         known.append(line.strip())
    4 +         known.add(line.strip())

stat-in-loop

  ⚠ a system call for each file
   ╭─[src/other.py:2:14]
 1 │ import os
 2 │ for f in fs: os.stat(f)
   ·              ──────────
   ╰────
  fix: Use `scandir`
    2 - for f in fs: os.stat(f)
    2 + for f in fs: f.stat()

syntax-error

  × this parenthesis is never closed
   ╭─[src/broken.py:1:5]
 1 │ x = (
   ·     ─
   ╰────

unreadable

  × src/gone.py: permission denied
  help: give the user who runs hotlint the right to read it

";
    let text = written(&sample::report(), Format::Full, &Style::default());
    assert_eq!(text, expected);
}

#[test]
fn colours_tell_the_finding_from_its_causes() {
    let style = Style {
        color: true,
        ..Style::default()
    };
    let text = written(&sample::report(), Format::Full, &style);
    let yellow = "\u{1b}[33;1m           ──────┬──────";
    let cyan = "\u{1b}[36m    ─────────┬────────";
    assert!(text.contains(yellow) && text.contains(cyan), "{text}");
    assert!(text.contains("\u{1b}[32m+     known = set()\u{1b}[0m"));
    let plain = written(&sample::report(), Format::Full, &Style::default());
    assert!(!plain.contains('\u{1b}'));
}

#[test]
fn tabs_wide_characters_and_crlf_keep_the_mark_in_its_place() {
    let text = "if a:\r\n\tx = '日本' + slow()\r\n\tb\r\n";
    let expected = "\
rule

  ⚠ slow
   ╭─[a.py:2:13]
 1 │ if a:
 2 │     x = '日本' + slow()
   ·                  ──────
 3 │     b
   ╰────

";
    let text = file("a.py", text, vec![plain(text, "slow()")]);
    assert_eq!(seen(text, &Style::default()), expected);
}

#[test]
fn a_long_line_is_cut_around_the_finding() {
    let text = format!("x = [{}slow(), {}]\n", "1, ".repeat(100), "2, ".repeat(100));
    let expected = "\
rule

  ⚠ slow
   ╭─[a.py:1:306]
 1 │ …, 1, 1, 1, 1, slow(), 2, 2, 2, 2, 2, 2, 2,…
   ·                ──────
   ╰────

";
    let text = file("a.py", &text, vec![plain(&text, "slow()")]);
    assert_eq!(seen(text, &narrow()), expected);
}

#[test]
fn of_many_lines_the_first_is_marked() {
    let text = "f(\n    1,\n)\n";
    let expected = "\
rule

  ⚠ slow
   ╭─[a.py:1:1]
 1 │ f(
   · ──
 2 │     1,
   ╰────

";
    let text = file("a.py", text, vec![plain(text, "f(\n    1,\n)")]);
    assert_eq!(seen(text, &Style::default()), expected);
}

#[test]
fn labels_that_lie_over_each_other_are_drawn_beside_each_other() {
    let text = "x = [a for a in b if a in c]\n";
    let finding = Finding::new(range(text, "a in c"), "slow")
        .label("a search")
        .because(range(text, "for a in b if a in c"), "for each `a`")
        .because(range(text, "c]").sub_end(TextSize::new(1)), "a list");
    let expected = "\
rule

  ⚠ slow
   ╭─[a.py:1:22]
 1 │ x = [a for a in b if a in c]
   ·        ──────┬────── ───┬──
   ·              │          ╰─┤ a search
   ·              │            │ a list
   ·              ╰── for each `a`
   ╰────

";
    let text = file("a.py", text, vec![marked("rule", finding)]);
    assert_eq!(seen(text, &Style::default()), expected);
}

#[test]
fn small_gaps_are_filled_and_large_ones_left_out() {
    let lines: String = (1..=20)
        .map(|number| format!("line{number:02}\n"))
        .collect();
    let finding = Finding::new(range(&lines, "line12"), "slow")
        .because(range(&lines, "line07"), "near")
        .because(range(&lines, "line20"), "far");
    let expected = "\
rule

  ⚠ slow
    ╭─[a.py:12:1]
  6 │ line06
  7 │ line07
    · ───┬──
    ·    ╰── near
  8 │ line08
  9 │ line09
 10 │ line10
 11 │ line11
 12 │ line12
    · ──────
 13 │ line13
    ╰────
    ╭─[a.py:20:1]
 19 │ line19
 20 │ line20
    · ───┬──
    ·    ╰── far
    ╰────

";
    let text = file("a.py", &lines, vec![marked("rule", finding)]);
    assert_eq!(seen(text, &Style::default()), expected);
}

#[test]
fn a_notebook_is_shown_cell_by_cell() {
    let cells = ["names = []\nx = 1", "y = 2\nz in names"];
    let text = "names = []\nx = 1\ny = 2\nz in names\n";
    let finding = Finding::new(range(text, "z in names"), "slow")
        .because(range(text, "names = []"), "a list")
        .fix(Fix::safe(
            "Make it a set",
            [Edit::replace(range(text, "[]"), "set()")],
        ));
    let expected = "\
rule at book.ipynb:cell 4:2:1

  ⚠ slow
   ╭─[book.ipynb:cell 2:1:1]
 1 │ names = []
   · ─────┬────
   ·      ╰── a list
 2 │ x = 1
   ╰────
   ╭─[book.ipynb:cell 4:2:1]
 1 │ y = 2
 2 │ z in names
   · ──────────
   ╰────
  fix: Make it a set
    1 - names = []
    1 + names = set()

";
    let book = sample::notebook(&cells, vec![marked("rule", finding)]);
    assert_eq!(seen(book, &Style::default()), expected);
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let text = "x = '\u{1b}[31m\u{202e}\0\u{c}' + slow()\n";
    let shown = seen(
        file("a.py", text, vec![plain(text, "slow()")]),
        &Style::default(),
    );
    assert!(
        !shown.contains(['\u{1b}', '\u{202e}', '\0', '\u{c}']),
        "{shown:?}"
    );
    assert!(shown.contains("+ slow()"));
}

#[test]
fn ranges_that_lie_outside_are_no_reason_to_panic() {
    for text in ["", "x", "é\n", "a\n\n"] {
        for (start, end) in [(0, 0), (1, 1), (1, 99), (50, 99)] {
            let place = TextRange::new(TextSize::new(start), TextSize::new(end));
            let finding = Finding::new(place, "slow")
                .because(place, "twice")
                .fix(Fix::safe("", [Edit::replace(place, "y")]));
            let shown = seen(file("a.py", text, vec![marked("rule", finding)]), &narrow());
            assert!(shown.contains("⚠ slow"), "{shown}");
        }
    }
}

#[test]
fn long_fixes_are_cut_short() {
    let text = "x\n";
    let lines: String = (0..30).map(|number| format!("y{number}\n")).collect();
    let finding = Finding::new(range(text, "x"), "slow").fix(Fix::safe(
        "Write more",
        [Edit::insert(TextSize::default(), lines)],
    ));
    let shown = seen(
        file("a.py", text, vec![marked("rule", finding)]),
        &Style::default(),
    );
    assert!(
        shown.contains("    12 + y11\n    … 18 more lines\n"),
        "{shown}"
    );
}

#[test]
fn rules_are_links_only_where_links_are_known() {
    let links = Style {
        hyperlinks: true,
        ..Style::default()
    };
    assert_eq!(super::linked("rule", "", &links), "rule");
    assert_eq!(
        super::linked("rule", "https://x.example", &Style::default()),
        "rule"
    );
    assert_eq!(
        super::linked("rule", "https://x.example/", &links),
        "\u{1b}]8;;https://x.example/rules/rule\u{1b}\\rule\u{1b}]8;;\u{1b}\\"
    );
}
