//! What a loop leaves alone, what a call does, and what becomes of a value: asked of the last call of `repr(...)` in small files.

use hotlint_core::ast::{AnyNodeRef, Expr};
use hotlint_core::python::{Facts, Purity, PythonVersion, Source, Versions, parse};

/// Answers a question about what stands between the brackets of the file's last `repr(...)`.
fn about<T>(code: &str, question: impl for<'a> FnOnce(&Facts<'a>, &'a Expr) -> T) -> T {
    let source = Source::module("example.py", code);
    let parsed = parse(&source).expect("the example parses");
    let facts = Facts::new(&source, &parsed, Versions::since(PythonVersion::PY39))
        .expect("the example is flat");
    let asked = facts.tree.nodes().iter().rev().find_map(|node| match node {
        AnyNodeRef::ExprCall(call)
            if call
                .func
                .as_name_expr()
                .is_some_and(|name| name.id == "repr") =>
        {
            call.arguments.args.first()
        }
        _ => None,
    });
    question(&facts, asked.expect("the example asks something"))
}

fn left_alone(code: &str) -> bool {
    about(code, |facts, asked| {
        let around = facts.in_loop(asked).expect("a loop");
        facts.is_left_alone(asked, around)
    })
}

fn invariant(code: &str) -> bool {
    about(code, |facts, asked| {
        let around = facts.in_loop(asked).expect("a loop");
        facts.is_invariant(asked, around)
    })
}

fn purity(code: &str) -> Purity {
    about(code, |facts, asked| facts.purity(asked))
}

#[test]
fn a_loop_leaves_alone_what_it_only_reads() {
    for code in [
        "def f(xs, ys):\n    for x in xs:\n        repr(sum(ys))",
        "def f(xs, ys):\n    for x in xs:\n        repr([y.id for y in ys])\n        print(x.id)",
        "def f(self, xs):\n    for x in xs:\n        repr(sorted(self.ys))\n        self.zs.append(x)",
        "def f(xs, ys):\n    for x in xs:\n        repr(max(len(y) for y in ys))\n        g = ys[0]\n        print(g)",
    ] {
        assert!(left_alone(code), "{code}");
    }
}

#[test]
fn a_loop_changes_what_it_rebinds_grows_or_hands_on() {
    for code in [
        "def f(xs, ys):\n    for x in xs:\n        repr(sum(ys))\n        ys = x",
        "def f(xs):\n    for x, *ys in xs:\n        repr(sum(ys))",
        "def f(xs):\n    for x in xs:\n        with x as ys:\n            repr(sum(ys))",
        "def f(xs, ys):\n    for x in xs:\n        repr(sum(ys))\n        ys.append(x)",
        "def f(xs, ys):\n    for x in xs:\n        repr(sum(ys))\n        fill(ys)",
        "def f(xs, ys):\n    for x in xs:\n        repr(sum(ys))\n        ys[0] = x",
        "def f(self, xs):\n    for x in xs:\n        repr(sorted(self.ys))\n        self.ys = x",
        "def f(self, xs):\n    for x in xs:\n        repr(sorted(self.ys))\n        self.ys.append(x)",
        "async def f(self, xs):\n    for x in xs:\n        repr(sorted(self.ys))\n        await g()",
        "def f(xs, ys):\n    it = iter(ys)\n    for x in xs:\n        repr(sum(it))",
    ] {
        assert!(!left_alone(code), "{code}");
    }
}

#[test]
fn a_loop_changes_what_is_inside_through_items_targets_and_names() {
    let body = [
        "ys[x].append(x)",
        "ys.get(x).append(x)",
        "y = ys[x]\n        y.append(x)",
        "for y in ys:\n            y.append(x)",
        "for k, y in ys.items():\n            y.extend(x)",
        "y = ys[x] or z\n        fill(y)",
    ];
    for change in body {
        let code = format!(
            "def f(xs, ys):\n    for x in xs:\n        {change}\n        repr([len(y) for y in ys])"
        );
        assert!(!left_alone(&code), "{code}");
    }
    let named =
        "def f(xs, ys):\n    for x in xs:\n        x.size = 1\n        repr([y.size for y in ys])";
    assert!(!left_alone(named));
}

#[test]
fn a_loop_changes_what_the_functions_that_it_runs_change() {
    let class = "class A:\n    def grow(self, x):\n        self.add(x)\n    def add(self, x):\n        self.ys.append(x)\n    def look(self):\n        return len(self.ys)\n";
    let loop_with = |call: &str| {
        format!(
            "{class}    def f(self, xs):\n        for x in xs:\n            self.{call}\n            repr(sorted(self.ys))"
        )
    };
    assert!(!left_alone(&loop_with("grow(x)")));
    assert!(!left_alone(&loop_with("add(x)")));
    assert!(left_alone(&loop_with("look()")));
    // A visitor is called back from elsewhere.
    let visitor = "class V:\n    def go(self, node):\n        node.accept(ARG)\n    def f(self, xs):\n        for x in xs:\n            self.go(x)\n            repr(sorted(self.ys))";
    assert!(!left_alone(&visitor.replace("ARG", "self")));
    assert!(left_alone(&visitor.replace("ARG", "0")));
    let global = "ys = []\ndef add(x):\n    ys.append(x)\ndef f(xs):\n    for x in xs:\n        CALL\n        repr(sorted(ys))";
    assert!(!left_alone(&global.replace("CALL", "add(x)")));
    assert!(!left_alone(&global.replace("CALL", "run(add, x)")));
    assert!(left_alone(&global.replace("CALL", "other(x)")));
    let rebound = "n = ()\ndef g():\n    global n\n    n = (1,)\ndef f(xs):\n    for x in xs:\n        g()\n        repr(sum(n))";
    assert!(!left_alone(rebound));
}

#[test]
fn only_what_nobody_else_holds_is_invariant() {
    let known = "def f(xs: list[int]):\n    ys = [1, 2]\n    ALIAS\n    for x in xs:\n        CALL\n        repr(sum(ys))";
    let with =
        |alias: &str, call: &str| invariant(&known.replace("ALIAS", alias).replace("CALL", call));
    assert!(with("zs = []", "zs.append(x)"));
    assert!(with("pass", "unknown(x)"));
    assert!(!with("zs = ys", "unknown(x)"));
    assert!(!with("zs = ys", "zs.append(x)"));
    assert!(!with("zs = {0: ys}", "zs[0].append(x)"));
    let text =
        "def f(xs, text: str):\n    for x in xs:\n        unknown(x)\n        repr(text.split())";
    assert!(invariant(text));
    // A parameter may be the same list as another one.
    let twice = "def f(xs, ys: list[int], zs: list[int]):\n    for x in xs:\n        zs.append(x)\n        repr(sum(ys))";
    assert!(!invariant(twice));
    assert!(invariant(
        &twice
            .replace("zs: list[int]", "zs: set[int]")
            .replace("append", "add")
    ));
    // A property of a local class is no constant.
    let attribute = "class A:\n    ys: list\ndef f(xs, a: A):\n    for x in xs:\n        unknown(x)\n        repr(sum(a.ys))";
    assert!(!invariant(attribute));
}

#[test]
fn functions_of_the_file_are_as_pure_as_what_they_do() {
    let with = |body: &str| purity(&format!("def g(a):\n    {body}\nrepr(g(1))"));
    for body in [
        "return a + 1",
        "out = []\n    for x in a:\n        out.append(x)\n    return out",
        "d = {}\n    for x in a:\n        d[x] = len(x)\n    return d",
        "n = 0\n    for x in a:\n        n += 1\n    return n",
    ] {
        assert_eq!(with(body), Purity::Likely, "{body}");
    }
    for body in [
        "a.append(1)",
        "a[0] = 1",
        "a.x = 1",
        "global b\n    b = a",
        "print(a)",
        "yield a",
        "return g(a)",
        "out = a\n    out.append(1)",
        "import os\n    return os.getcwd()",
    ] {
        assert_eq!(with(body), Purity::Impure, "{body}");
    }
}

#[test]
fn callbacks_and_used_up_iterators_are_not_pure() {
    let sort = "def key(x):\n    BODY\ndef f(xs):\n    repr(sorted(xs, key=key))";
    assert_eq!(purity(&sort.replace("BODY", "return x.a")), Purity::Likely);
    assert_eq!(purity(&sort.replace("BODY", "log(x)")), Purity::Impure);
    assert_eq!(
        purity("def f(xs, key):\n    repr(sorted(xs, key=key))"),
        Purity::Impure
    );
    assert_eq!(
        purity("def f(xs):\n    it = iter(xs)\n    repr(list(it))"),
        Purity::Impure
    );
    assert_eq!(
        purity("def f(xs: list[int]):\n    repr(sum(xs))"),
        Purity::Certain
    );
    assert_eq!(purity("def f(xs):\n    repr(sum(xs))"), Purity::Likely);
}

#[test]
fn calls_on_known_types_that_never_raise() {
    let raises = |code: &str| about(code, |facts, asked| facts.may_raise(asked));
    for code in [
        "def f(text: str):\n    repr(text.split())",
        "def f(text: str):\n    repr(len(text.split(',')))",
        "def f(xs: list[str]):\n    repr(', '.join(xs))",
        "def f(xs: list[int]):\n    repr(sorted(xs))",
        "def f(xs: list[int]):\n    repr(set(xs))",
        "def f(xs: list[int]):\n    repr([x + 1 for x in xs])",
        "repr({1: 'a', 2: 'b'})",
    ] {
        assert!(!raises(code), "{code}");
    }
    for code in [
        "def f(text: str, by: str):\n    repr(text.split(by))",
        "def f(text):\n    repr(text.split())",
        "def f(xs: list):\n    repr(', '.join(xs))",
        "def f(xs: list[int]):\n    repr(max(xs))",
        "def f(xs: list[list]):\n    repr(set(xs))",
        "def f(xs):\n    repr([x for x in xs])",
        "def f(text: str):\n    repr(text.encode())",
    ] {
        assert!(raises(code), "{code}");
    }
}

#[test]
fn a_value_that_is_only_read() {
    let read = |code: &str| about(code, |facts, asked| facts.is_only_read(asked));
    // The value stands in a variable or in a place that only reads.
    let made = |uses: &str| {
        let code = format!("def f(xs, y):\n    zs = [x for x in xs]\n    {uses}\n    repr(0)");
        let source = Source::module("example.py", code);
        let parsed = parse(&source).expect("the example parses");
        let facts = Facts::new(&source, &parsed, Versions::default()).expect("flat");
        let value = facts.tree.nodes().iter().find_map(|node| match node {
            AnyNodeRef::StmtAssign(stmt) => Some(&*stmt.value),
            _ => None,
        });
        facts.is_only_read(value.expect("an assignment"))
    };
    for uses in [
        "y in zs",
        "len(zs)",
        "for z in zs: print(z)",
        "if zs: pass",
        "print(zs[0])",
        "zs.index(y)",
    ] {
        assert!(made(uses), "{uses}");
    }
    for uses in [
        "return zs",
        "zs.append(y)",
        "y.add(zs)",
        "keep(zs)",
        "zs[0] = y",
        "y = zs",
        "yield zs",
        "y = iter(zs)",
        "zs += y",
        "y = lambda: zs.pop()",
    ] {
        assert!(!made(uses), "{uses}");
    }
    assert!(read("repr('a'.upper())"));
}

#[test]
fn what_stands_behind_a_test_is_not_always_evaluated() {
    let always = |code: &str| {
        about(code, |facts, asked| {
            let around = facts.in_loop(asked).expect("a loop");
            facts.is_unconditional_in(asked, around.node())
        })
    };
    assert!(always("for x in xs:\n    repr(x)"));
    assert!(always("for x in xs:\n    if repr(x): pass"));
    assert!(always("for x in xs:\n    if repr(x) and y: pass"));
    assert!(always("[x for x in xs if repr(x)]"));
    assert!(!always("for x in xs:\n    if x:\n        repr(x)"));
    assert!(!always("for x in xs:\n    y = x and repr(x)"));
    assert!(!always(
        "for x in xs:\n    try: pass\n    except E:\n        repr(x)"
    ));
    assert!(!always("[repr(x) for x in xs if x]"));
}
