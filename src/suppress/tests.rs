//! Which comments silence what, and what their fixes leave alone.

use hotlint_core::lint::FixLevel;
use hotlint_core::python::SourceKind;
use hotlint_core::text_size::TextSize;
use ruff_python_parser::{ParseOptions, parse_unchecked};

use super::*;
use crate::fix::apply;

const RULES: [Ran; 3] = [("slow", true), ("slower", true), ("asleep", false)];

/// `text` checked by two rules: `slow` is each call of `slow`, `slower` each call of `slower`.
fn marked(source: &Source) -> FileReport {
    let text = source.text();
    let mode = hotlint_core::ast::PySourceType::Python;
    let parsed = parse_unchecked(text, ParseOptions::from(mode));
    let mut report = FileReport::default();
    for (rule, call) in [("slow", "slow("), ("slower", "slower(")] {
        for (at, _) in text.match_indices(call) {
            let end = at + text[at..].find(')').map_or(call.len(), |at| at + 1);
            let [start, end] = [at, end].map(|offset| TextSize::try_from(offset).unwrap());
            let mut finding = Finding::new(TextRange::new(start, end), "it is slow");
            finding.rule = rule;
            report.findings.push(Marked {
                finding,
                severity: Severity::Warning,
                fate: Fate::Stands,
                heat: None,
                anchor: Default::default(),
            });
        }
    }
    report.findings.sort_by_key(|marked| marked.finding.start());
    mark(source, parsed.tokens(), &mut report, || RULES.to_vec());
    report
}

/// `line rule` of what stands, `line rule -` of what is suppressed.
fn fates(text: &str) -> String {
    let source = Source::module("a.py", text);
    let fates: Vec<String> = marked(&source)
        .findings
        .iter()
        .map(|marked| {
            let line = scope::line_of(&source, marked.finding.start()) + 1;
            let stands = if marked.fate == Fate::Stands {
                ""
            } else {
                " -"
            };
            format!("{line} {}{stands}", marked.finding.rule)
        })
        .collect();
    fates.join(", ")
}

fn without_directives(text: &str) -> String {
    mended(Source::module("a.py", text)).text().to_owned()
}

/// Safe fixes until there are none.
fn mended(mut source: Source) -> Source {
    loop {
        let report = marked(&source);
        let fixes: Vec<_> = report
            .findings
            .iter()
            .filter(|marked| marked.fate == Fate::Stands)
            .filter_map(|marked| marked.finding.fix.as_ref())
            .collect();
        let applied = apply(&source, &fixes, FixLevel::Safe);
        assert!(applied.malformed.is_empty());
        if applied.applied.is_empty() {
            return source;
        }
        source = applied.source;
    }
}

#[test]
fn a_comment_at_the_end_of_the_line_silences_the_rules_that_it_names() {
    assert_eq!(fates("slow()  # hotlint: ignore[slow] few"), "1 slow -");
    assert_eq!(
        fates("slow()  #hotlint:ignore [ slow , slower ]\nslow()"),
        "1 slow -, 1 unused-suppression, 2 slow"
    );
    assert_eq!(
        fates("slow(); slower()  # hotlint: ignore[slow,slower]"),
        "1 slow -, 1 slower -"
    );
    assert_eq!(
        fates("slow()  # noqa: E501 # hotlint: ignore[slow] # type: ignore"),
        "1 slow -"
    );
    assert_eq!(fates("slow()  # see hotlint: ignore[slow]"), "1 slow");
    assert_eq!(fates("slow('# hotlint: ignore[slow]')"), "1 slow");
}

#[test]
fn in_a_statement_of_many_lines_it_is_for_its_line_or_at_the_end_for_all() {
    assert_eq!(
        fates("f(\n    slow(),  # hotlint: ignore[slow]\n    slow(),\n)"),
        "2 slow -, 3 slow"
    );
    assert_eq!(
        fates("f(\n    slow(),\n    slow(),\n)  # hotlint: ignore[slow]"),
        "2 slow -, 3 slow -"
    );
    assert_eq!(fates("slow('''\n''')  # hotlint: ignore[slow]"), "1 slow -");
    assert_eq!(
        fates("f(slow(\n    1,  # hotlint: ignore[slow]\n))"),
        "1 slow -"
    );
    assert_eq!(
        fates("f(\n    # hotlint: ignore[slow]\n    slow(),\n    slow(),\n)"),
        "3 slow -, 4 slow"
    );
}

#[test]
fn on_its_own_line_it_is_for_the_statement_below_but_not_for_its_body() {
    assert_eq!(
        fates("# hotlint: ignore[slow]\nfor x in f(\n    slow(),\n):\n    slow()\n"),
        "3 slow -, 5 slow"
    );
    assert_eq!(
        fates("# hotlint: ignore[slow]\n# words\n@slow()\n@b\ndef f(x=slow()):\n    slow()\n"),
        "3 slow -, 5 slow -, 6 slow"
    );
    assert_eq!(
        fates("def f():\n    # hotlint: ignore[slow]\n    return slow()\n\nslow()\n"),
        "3 slow -, 5 slow"
    );
}

#[test]
fn file_ignore_is_for_the_file_and_stands_at_its_top_level() {
    assert_eq!(fates("slow()\n# hotlint: file-ignore[slow]\n"), "1 slow -");
    assert_eq!(
        fates("if a:\n    # hotlint: file-ignore[slow]\n    slow()\n"),
        "2 malformed-suppression, 3 slow"
    );
    assert_eq!(
        fates("slow()  # hotlint: file-ignore[slow]\n"),
        "1 slow, 1 malformed-suppression"
    );
}

#[test]
fn disable_lasts_until_enable_or_the_end_of_the_block() {
    assert_eq!(
        fates(
            "# hotlint: disable[slow, slower]\nslow()\n# hotlint: enable[slow]\nslow()\nslower()\n"
        ),
        "2 slow -, 4 slow, 5 slower -"
    );
    assert_eq!(
        fates(
            "def f():\n    # hotlint: disable[slow]\n    slow()\n    if a:\n        slow()\nslow()\n"
        ),
        "3 slow -, 5 slow -, 6 slow"
    );
    assert_eq!(
        fates("if a:\n    # hotlint: disable[slow]\n    slow()\n# hotlint: enable[slow]\nslow()\n"),
        "3 slow -, 4 unused-suppression, 5 slow"
    );
    assert_eq!(
        fates("f(\n# hotlint: disable[slow]\n)\n"),
        "2 malformed-suppression"
    );
}

#[test]
fn what_is_unused_unknown_or_malformed_is_said() {
    assert_eq!(
        fates("f()  # hotlint: ignore[slow]"),
        "1 unused-suppression"
    );
    assert_eq!(
        fates("f()  # hotlint: ignore[slov]"),
        "1 unknown-suppression"
    );
    for malformed in [
        "ignore",
        "ignore[]",
        "ignore[slow",
        "ignroe[slow]",
        "",
        "ignore slow",
    ] {
        let text = format!("slow()  # hotlint: {malformed}");
        assert_eq!(fates(&text), "1 slow, 1 malformed-suppression", "{text}");
    }
    let source = Source::module("a.py", "f()  # hotlint: ignore[slov]");
    assert_eq!(
        marked(&source).findings[0].finding.help,
        "did you mean `slow`?"
    );
}

#[test]
fn a_rule_that_did_not_run_is_not_unused() {
    assert_eq!(fates("f()  # hotlint: ignore[asleep]"), "");
    assert_eq!(
        fates("# hotlint: disable[asleep]\nf()\n# hotlint: enable[asleep]"),
        ""
    );
}

#[test]
fn nothing_is_unused_in_a_file_that_was_not_understood() {
    let source = Source::module("a.py", "f()  # hotlint: ignore[slow]\n");
    let parsed = parse_unchecked(
        source.text(),
        ParseOptions::from(hotlint_core::ast::PySourceType::Python),
    );
    let mut report = FileReport::default();
    report.problems.push(crate::verdict::Problem {
        kind: ProblemKind::Syntax,
        range: None,
        message: String::new(),
        help: String::new(),
    });
    mark(&source, parsed.tokens(), &mut report, || RULES.to_vec());
    assert!(report.findings.is_empty());
}

#[test]
fn findings_on_directives_can_be_suppressed() {
    assert_eq!(
        fates("f()  # hotlint: ignore[slow] # hotlint: ignore[unused-suppression]"),
        "1 unused-suppression -"
    );
}

#[test]
fn quiet_findings_stay_quiet_and_count_as_use() {
    let source = Source::module("a.py", "slow()  # hotlint: ignore[slow]\n");
    let parsed = parse_unchecked(
        source.text(),
        ParseOptions::from(hotlint_core::ast::PySourceType::Python),
    );
    let mut finding = Finding::new(TextRange::up_to(TextSize::new(6)), "it is slow");
    finding.rule = "slow";
    let mut report = FileReport::default();
    report.findings.push(Marked {
        finding,
        severity: Severity::Warning,
        fate: Fate::Quiet,
        heat: None,
        anchor: Default::default(),
    });
    mark(&source, parsed.tokens(), &mut report, || RULES.to_vec());
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings[0].fate, Fate::Quiet);
}

#[test]
fn fixing_takes_away_the_directive_and_nothing_else() {
    let code = [
        "",
        "import a\n",
        "def f():\n    x = 1\n",
        "def f():\n    x = 1",
        "x = '''\n  # no'''  # words\n",
    ];
    let directives = [
        "# hotlint: ignore[slow]",
        "# hotlint: ignore[slow, slov] because  ",
        "# hotlint: ignore",
    ];
    for code in code {
        for line_end in ["\n", "\r\n", "\r"] {
            let code = code.replace('\n', line_end);
            let lines: Vec<&str> = code.split_inclusive(line_end).collect();
            for directive in directives {
                // At the end of each line that has code, and on a line of its own before and after each.
                for index in 0..=lines.len() {
                    let (before, after) = (lines[..index].concat(), lines[index..].concat());
                    if before.ends_with(line_end) || before.is_empty() {
                        let text = format!("{before}{directive}{line_end}{after}");
                        if !in_string(&text, directive) {
                            assert_eq!(without_directives(&text), code, "{text:?}");
                        }
                    }
                    if let Some(line) = before.strip_suffix(line_end)
                        && !line.is_empty()
                    {
                        let text = format!("{line}  {directive}{line_end}{after}");
                        if !in_string(&text, directive) {
                            assert_eq!(without_directives(&text), code, "{text:?}");
                        }
                    }
                }
            }
        }
    }
}

fn in_string(text: &str, directive: &str) -> bool {
    let before = &text[..text.find(directive).unwrap()];
    before.matches("'''").count() == 1
}

#[test]
fn fixing_leaves_the_words_of_others() {
    assert_eq!(
        without_directives("f()  # noqa # hotlint: ignore[slow]"),
        "f()  # noqa"
    );
    assert_eq!(
        without_directives("f()  # hotlint: ignore[slow] a # noqa"),
        "f()  # noqa"
    );
    assert_eq!(
        without_directives("f()  # noqa  # hotlint: ignore[slow]  # type: ignore"),
        "f()  # noqa  # type: ignore"
    );
    assert_eq!(
        without_directives("slow()  # hotlint: ignore[slower, slow,asleep] why"),
        "slow()  # hotlint: ignore[slow, asleep] why"
    );
    // It may be a sentence: that is for `--unsafe-fixes`.
    let prose = "# hotlint: complains about this\n";
    assert_eq!(without_directives(prose), prose);
}

#[test]
fn fixing_a_notebook_leaves_its_cells_apart() {
    let cells = |ends: &[u32]| SourceKind::Notebook {
        cells: ends.iter().map(|end| TextSize::new(*end)).collect(),
    };
    let directive = "# hotlint: ignore[slow]";
    let text = format!("x\n{directive}\n{directive}\ny\n");
    let source = Source::new("a.ipynb", text, cells(&[0, 26, 50, 52]));
    let source = mended(source);
    assert_eq!(source.text(), "x\n\ny\n");
    assert_eq!(source.kind(), &cells(&[0, 2, 3, 5]));
}
