//! What anchors see, and what they do not.

use hotlint_core::lint::Finding;
use hotlint_core::python::{Source, Versions, parse};

use super::*;
use crate::render::sample;

/// The anchor of the place between `«` and `»`.
fn anchored(marked: &str) -> Anchor {
    let start = marked.find('«').unwrap();
    let text = marked.replace('«', "");
    let end = text.find('»').unwrap();
    let text = text.replace('»', "");
    let source = Source::module("a.py", text);
    let parsed = parse(&source).unwrap();
    let facts = Facts::new(&source, &parsed, Versions::default()).unwrap();
    let offset = |at| TextSize::try_from(at).unwrap();
    let range = TextRange::new(offset(start), offset(end));
    let mut findings = [sample::marked("rule", Finding::new(range, "slow"))];
    drop_anchors(&facts, &mut findings);
    findings[0].anchor.clone()
}

#[test]
fn formatting_changes_nothing() {
    let plain = anchored(
        "class A:\n    def f(self):\n        x = 0XFF\n        y = («g('it\\'s', u\"b\", [1, 2])»)\n        return (x, y)\n",
    );
    assert_eq!(plain.scope, "A.f");
    assert_eq!(plain.code, "g \"its , \"b , [ 1 , 2 ]");
    let formatted = anchored(
        "class A():\n  def f(\n      self,\n  ):\n    # why\n    x = 0xff\n    y = «g(\n      \"it's\",\n      'b',\n      [\n        1,\n        2,\n      ],\n    )»\n    return x, y\n",
    );
    assert_eq!(plain, formatted);
    let joined = anchored("x = «f\"a{b}c d{{\"»\n");
    assert_eq!(joined, anchored("x = «'a' f'{b}' \"c \" 'd{'»\n"));
    assert_eq!(
        anchored("for x in 1, 2,: «a»; b\n"),
        anchored("for x in (1, 2):\n    «a»\n    b\n")
    );
}

#[test]
fn other_code_is_another_place() {
    let anchor = anchored("def f():\n    a\n    if «x in y»:\n        z\n    b\n");
    assert_eq!(anchor.code, "x in y");
    for (other, changed) in [
        (
            "def g():\n    a\n    if «x in y»:\n        z\n    b\n",
            "scope around",
        ),
        (
            "def f():\n    a\n    if «x in z»:\n        z\n    b\n",
            "code statement",
        ),
        (
            "def f():\n    a\n    if «x in y» or 1:\n        z\n    b\n",
            "statement",
        ),
        (
            "def f():\n    a\n    c\n    if «x in y»:\n        z\n    b\n",
            "around",
        ),
        // The body of a statement is none of its head's business.
        ("def f():\n    a\n    if «x in y»:\n        w\n    b\n", ""),
    ] {
        let other = anchored(other);
        let mut found = Vec::new();
        for (name, differs) in [
            ("scope", other.scope != anchor.scope),
            ("code", other.code != anchor.code),
            ("statement", other.statement != anchor.statement),
            ("around", other.around != anchor.around),
        ] {
            found.extend(differs.then_some(name));
        }
        assert_eq!(found.join(" "), changed);
    }
}

#[test]
fn clauses_and_heads_are_places_too() {
    let branch = anchored("if a:\n    b\nelif «c»:\n    d\n");
    assert_eq!(branch, anchored("if a:\n    b\n\nelif («c»):\n    e\n"));
    assert_ne!(
        branch.statement,
        anchored("if a:\n    b\nelif «c» > 1:\n    d\n").statement
    );
    let handler = anchored("try:\n    a\nexcept E:\n    «b»\n");
    assert_eq!(handler.code, "b");
    let decorated = anchored("class A:\n    @«cache»\n    def f(self): pass\n");
    assert_eq!(
        (decorated.scope.as_str(), decorated.code.as_str()),
        ("A", "cache")
    );
    let case = anchored("match a:\n    case 1 if «b»:\n        pass\n");
    assert_eq!(case.code, "b");
    let comment = anchored("x = 1\n«# hotlint: ignore[a]»\n");
    assert_eq!(comment.code, "# hotlint: ignore[a]");
}

#[test]
fn long_code_is_cut_but_not_mistaken() {
    let long = |last: &str| anchored(&format!("«f({}{last})»\n", "argument, ".repeat(40)));
    assert!(long("a").code.chars().count() < LONGEST + 20);
    assert_ne!(long("a").code, long("b").code);
}

#[test]
fn fingerprints_number_what_is_alike() {
    let mut names = Fingerprints::default();
    let one = sample::marked("rule", Finding::new(TextRange::default(), "slow"));
    let first = names.next("a.py", &one);
    let second = names.next("a.py", &one);
    assert_ne!(first, second);
    assert_ne!(first, names.next("b.py", &one));
    assert_eq!(Fingerprints::default().next("a.py", &one), first);
    // Kept in files: a change here turns every baseline out of date.
    assert_eq!(first, "ac30ec48329a6015c8c380284ce866db");
}
