//! What grows: how it is written, who holds it meanwhile, and which loops are short by nature.

use hotlint_core::ast::{AnyNodeRef, ModModule};
use hotlint_core::python::{Accumulation, Facts, Parsed, Shape, Source, Versions, parse};

/// Asks of the last accumulation of a file.
fn last<T>(code: &str, ask: impl for<'a> FnOnce(&Facts<'a>, Accumulation<'a>) -> T) -> T {
    let source = Source::module("example.py", code);
    let parsed: Parsed<ModModule> = parse(&source).expect("the example parses");
    let facts = Facts::new(&source, &parsed, Versions::default()).expect("the example is flat");
    let found = facts.tree.nodes().iter().rev().find_map(|node| match node {
        AnyNodeRef::StmtAssign(_) | AnyNodeRef::StmtAugAssign(_) => facts.accumulation(*node),
        _ => None,
    });
    ask(&facts, found.expect("the example accumulates"))
}

/// A function whose loop does `body` to `xs`, which starts as `start`.
fn grown(start: &str, body: &str, behind: &str) -> String {
    format!(
        "def f(rows, keep):\n    xs = {start}\n    for x in rows:\n        {body}\n    {behind}\n"
    )
}

fn shape(statement: &str) -> Shape {
    last(&grown("[]", statement, "return xs"), |_, found| found.shape)
}

#[test]
fn what_is_made_longer_out_of_itself_is_told_with_its_shape() {
    for merged in [
        "xs = xs | {x}",
        "xs = xs.union(x)",
        "xs = {**xs, x: 1}",
        "xs = dict(xs, **x)",
        "xs = [*xs, x]",
        "xs = (*xs, x)",
        "xs = {*xs, x}",
    ] {
        assert_eq!(shape(merged), Shape::Merged, "{merged}");
    }
    for prepended in ["xs = x | xs", "xs = [x, *xs]", "xs = {x: 1, **xs}"] {
        assert_eq!(shape(prepended), Shape::Prepended, "{prepended}");
    }
    assert_eq!(shape("xs |= x"), Shape::Augmented);
}

/// Whether a list may grow in place: `None` where it is not made and grown in one list of statements.
fn held(start: &str, body: &str, behind: &str) -> Option<bool> {
    last(&grown(start, body, behind), |facts, found| {
        let built = facts.build_up(found.target, found.stmt)?;
        Some(facts.is_held_elsewhere(built))
    })
}

#[test]
fn nobody_holds_a_new_list_that_is_handed_on_afterwards() {
    assert_eq!(held("[]", "xs = xs + [x]", "keep(xs)"), Some(false));
    assert_eq!(held("[]", "xs = xs + [len(xs)]", "return xs"), Some(false));
}

#[test]
fn a_second_name_a_keeper_and_an_iterator_hold_it() {
    assert_eq!(held("rows", "xs = xs + [x]", "return xs"), Some(true));
    assert_eq!(
        held("[]", "keep(xs)\n        xs = xs + [x]", "pass"),
        Some(true)
    );
    assert_eq!(
        held("[]\n    ys = xs", "xs = xs + [x]", "return ys"),
        Some(true)
    );
    let iterated = "for y in xs:\n            xs = xs + [y]";
    assert_eq!(held("[]", iterated, "return xs"), Some(true));
    assert_eq!(held("[]\n    xs = rows", "xs = xs + [x]", "pass"), None);
}

/// Whether the loop of a file is short by nature.
fn short(code: &str) -> bool {
    last(code, |facts, found| facts.stays_short(&found))
}

#[test]
fn ways_up_searches_and_padding_are_short() {
    for code in [
        "while node:\n    way = [node] + way\n    node = node.parent\n",
        "while path:\n    path, name = os.path.split(path)\n    way = [name] + way\n",
        "while name in taken:\n    name += '_'\n",
        "while len(row) < n:\n    row = row + [0]\n",
        "for i in indices:\n    if i >= len(row):\n        row = row + [0]\n",
        "while n:\n    digits = [n % 10] + digits\n    n //= 10\n",
    ] {
        let code = format!("import os\n{code}");
        assert!(short(&code), "{code}");
    }
}

#[test]
fn other_loops_may_be_long() {
    for code in [
        "while rows:\n    found = found + [rows.pop()]\n",
        "while True:\n    found = found + [read(node.parent)]\n",
        "for i in indices:\n    if i > 0:\n        row = row + [i]\n",
    ] {
        assert!(!short(code), "{code}");
    }
}
