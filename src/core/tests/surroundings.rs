//! What stands around an expression or a class: handlers, tests of a length, messages, and how many instances are made.

use hotlint_core::ast::{AnyNodeRef, Expr, StmtClassDef};
use hotlint_core::python::{Facts, Instances, PythonVersion, Source, Versions, parse};

fn with_facts<T>(code: &str, ask: impl for<'a> FnOnce(&Facts<'a>) -> T) -> T {
    let source = Source::module("example.py", code);
    let parsed = parse(&source).expect("the example parses");
    let facts = Facts::new(&source, &parsed, Versions::since(PythonVersion::PY39))
        .expect("the example is flat");
    ask(&facts)
}

/// Answers a question about the subscript `...[0]` of a file, and about what it takes the first item of.
fn first<T>(code: &str, ask: impl for<'a> FnOnce(&Facts<'a>, AnyNodeRef<'a>, &'a Expr) -> T) -> T {
    with_facts(code, |facts| {
        let found = facts.tree.nodes().iter().find_map(|node| match node {
            AnyNodeRef::ExprSubscript(item) => Some((*node, &*item.value)),
            _ => None,
        });
        let (node, of) = found.expect("the example has an item");
        ask(facts, node, of)
    })
}

#[test]
fn handlers_catch_what_they_name_in_the_body_only() {
    let catches = |code: &str| first(code, |facts, node, _| facts.catches(node, &["IndexError"]));
    assert!(catches("try:\n    x[0]\nexcept IndexError:\n    pass"));
    assert!(catches(
        "try:\n    x[0]\nexcept (KeyError, IndexError) as e:\n    pass"
    ));
    assert!(!catches("try:\n    x[0]\nexcept KeyError:\n    pass"));
    assert!(!catches("try:\n    pass\nexcept IndexError:\n    x[0]"));
    assert!(!catches(
        "class IndexError(Exception): pass\ntry:\n    x[0]\nexcept IndexError:\n    pass"
    ));
}

#[test]
fn a_test_of_the_length_tells_of_a_single_item() {
    let only = |code: &str| first(code, |facts, node, of| facts.is_the_only_item(node, of));
    assert!(only(
        "def f(xs):\n    if len(xs) == 1:\n        return xs[0]"
    ));
    assert!(only(
        "def f(xs):\n    if a and len(xs) == 1:\n        return xs[0]"
    ));
    assert!(only(
        "def f(xs):\n    if len(xs) != 1:\n        raise E\n    return xs[0]"
    ));
    assert!(only(
        "def f(xs):\n    assert len(xs) == 1\n    return xs[0]"
    ));
    assert!(only(
        "def f(xs):\n    return xs[0] if len(xs) == 1 else None"
    ));
    assert!(only("def f(xs):\n    return len(xs) == 1 and xs[0]"));
    assert!(!only(
        "def f(xs):\n    if len(xs) == 2:\n        return xs[0]"
    ));
    assert!(!only(
        "def f(xs, ys):\n    if len(ys) == 1:\n        return xs[0]"
    ));
    assert!(!only(
        "def f(xs):\n    if len(xs) == 1:\n        return 1\n    return xs[0]"
    ));
    assert!(!only(
        "def f(xs):\n    if len(xs) != 1:\n        print(1)\n    return xs[0]"
    ));
}

#[test]
fn messages_are_what_exceptions_and_logs_say() {
    let told = |code: &str| first(code, |facts, node, _| facts.is_for_message(node));
    assert!(told("raise ValueError(x[0])"));
    assert!(told("log.warning('%s', x[0])"));
    assert!(told("print(f'{x[0]}')"));
    assert!(told("assert y, x[0]"));
    assert!(!told("y = f(x[0])"));
    assert!(!told("if x[0]:\n    print(y)"));
}

fn instances(rest: &str) -> &'static str {
    let code = format!(
        "class P:\n    @classmethod\n    def read(cls, text): return cls(text)\n    def find(self): pass\n{rest}"
    );
    with_facts(&code, |facts| {
        let class: Option<&StmtClassDef> = facts.tree.nodes().iter().find_map(|node| match node {
            AnyNodeRef::StmtClassDef(class) => Some(*class),
            _ => None,
        });
        match facts.instances(class.expect("a class")) {
            Instances::Many(..) => "many",
            Instances::Items(_) => "items",
            Instances::Few => "few",
            Instances::Unknown => "unknown",
        }
    })
}

#[test]
fn instances_are_counted_where_loops_keep_them() {
    for rest in [
        "ps = [P(x) for x in xs]",
        "for x in xs:\n    ps[x] = P(x)",
        "for x in xs:\n    p = P(x)\n    ps.append(p)",
        "def f():\n    for x in xs:\n        yield P(x)",
        "ps = {x: P.read(x) for x in xs}",
    ] {
        assert_eq!(instances(rest), "many", "{rest}");
    }
    for rest in [
        "p = P(1)",
        "for x in xs:\n    p = P(x)\n    print(p.find())",
        "for x in xs:\n    ps[x] = P(hub, config, x)",
        "ps = [P(x) for x in (1, 2, 3)]",
    ] {
        assert_eq!(instances(rest), "few", "{rest}");
    }
    assert_eq!(instances("def f(ps: list[P]): pass"), "items");
    assert_eq!(instances("def f(ps: dict[str, P]): pass"), "unknown");
    assert_eq!(
        instances("def f(g: list[Callable[[P], None]]): pass"),
        "unknown"
    );
    assert_eq!(instances(""), "unknown");
}
