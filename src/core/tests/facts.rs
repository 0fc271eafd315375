//! Facts, asked of small files: the question is always about the last expression, or about the name `probe`.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprName, ModModule, Stmt};
use hotlint_core::python::{Facts, Loop, Parsed, Purity, PythonVersion, Source, Versions, parse};

fn with_facts<T>(
    code: &str,
    ask: impl for<'a> FnOnce(&Facts<'a>, &'a Parsed<ModModule>) -> T,
) -> T {
    let source = Source::module("example.py", code);
    let parsed = parse(&source).expect("the example parses");
    let facts = Facts::new(&source, &parsed, Versions::since(PythonVersion::PY39))
        .expect("the example is flat");
    ask(&facts, &parsed)
}

/// The expression that the file ends with, wherever it is nested.
fn last_expr<'a>(parsed: &'a Parsed<ModModule>, facts: &Facts<'a>) -> &'a Expr {
    let _ = parsed;
    let nodes = facts.tree.nodes();
    let last = nodes.iter().rev().find_map(|node| match node {
        AnyNodeRef::StmtExpr(stmt) => Some(&*stmt.value),
        _ => None,
    });
    last.expect("the example ends with an expression")
}

fn probe<'a>(facts: &Facts<'a>) -> &'a ExprName {
    let nodes = facts.tree.nodes();
    let found = nodes.iter().find_map(|node| match node {
        AnyNodeRef::ExprName(name) if name.id == "probe" => Some(*name),
        _ => None,
    });
    found.expect("the example has a probe")
}

fn ty(code: &str) -> String {
    with_facts(code, |facts, parsed| {
        format!("{:?}", facts.ty(last_expr(parsed, facts)))
    })
}

fn name(code: &str) -> Option<String> {
    with_facts(code, |facts, parsed| facts.name(last_expr(parsed, facts)))
}

/// The headers of the loops around `probe`, innermost first.
fn loops(code: &str) -> Vec<String> {
    with_facts(code, |facts, _| {
        facts
            .loops(probe(facts))
            .into_iter()
            .map(|found: Loop<'_>| facts.text(found.header()).to_string())
            .collect()
    })
}

#[test]
fn what_is_made_from_itself_keeps_its_type() {
    let grown = |first: &str, more: &str| {
        ty(&format!(
            "def f(xs):\n    s = {first}\n    for x in xs:\n        s = {more}\n    s\n"
        ))
    };
    assert_eq!(grown("{1}", "s | {2}"), "Set(Int)");
    assert_eq!(grown("set()", "s.union(x)"), "Set(Unknown)");
    assert_eq!(grown("frozenset()", "s | x"), "FrozenSet(Unknown)");
    assert_eq!(grown("{}", "s | x"), "Dict(Unknown, Unknown)");
    assert_eq!(grown("{}", "{**s, x: 1}"), "Dict(Unknown, Unknown)");
    assert_eq!(grown("''", "s.strip()"), "Str");
    assert_eq!(grown("b''", "s[x:]"), "Bytes");
    let cut = "class C:\n    def f(self):\n        self.x = []\n        self.x = self.x[-9:]\n        self.x\n";
    assert_eq!(ty(cut), "List(Unknown)");
    // As long as a chain is, each of its calls is looked at a few times only.
    assert_eq!(ty(&format!("a{}\n", ".b().c()".repeat(40))), "Unknown");
}

#[test]
fn types_of_literals_and_constructors() {
    assert_eq!(ty("x = [1, 2]\nx"), "List(Int)");
    assert_eq!(ty("x = {'a': 1}\nx"), "Dict(Str, Int)");
    assert_eq!(ty("x = set()\nx"), "Set(Unknown)");
    assert_eq!(ty("x = sorted('ab')\nx"), "List(Str)");
    assert_eq!(ty("x = 'a,b'.split(',')\nx[0]"), "Str");
    assert_eq!(
        ty("import collections as c\nx = c.deque()\nx"),
        "Deque(Unknown)"
    );
}

#[test]
fn types_join_over_all_bindings() {
    assert_eq!(
        ty("x = []\nif a:\n    x = set()\nx"),
        "Union([List(Never), Set(Unknown)])"
    );
    assert_eq!(ty("x = []\nx = f()\nx"), "Unknown");
    assert_eq!(ty("x = ''\nfor w in ws:\n    x += w\nx"), "Str");
    assert_eq!(ty("x = ''\nfor w in ws:\n    x = x + w + ','\nx"), "Str");
    assert_eq!(ty("x = 0\nfor w in ws:\n    x += w\nx"), "Unknown");
}

#[test]
fn types_of_names_that_are_rebound_elsewhere() {
    // The same name in another function is another variable.
    assert_eq!(
        ty("def f():\n    seen = []\ndef g():\n    seen = set()\n    seen"),
        "Set(Unknown)"
    );
    // A `global` statement anywhere lets anybody assign.
    assert_eq!(
        ty("x = []\ndef f():\n    global x\n    x = g()\nx"),
        "Unknown"
    );
}

#[test]
fn types_from_annotations() {
    assert_eq!(ty("def f(x: list[str]):\n    x"), "List(Str)");
    assert_eq!(ty("def f(x: 'list[int]'):\n    x"), "List(Int)");
    assert_eq!(
        ty("from typing import Optional\ndef f(x: Optional[int]):\n    x"),
        "Union([Int, None])"
    );
    assert_eq!(ty("def f(x: bytes | None):\n    x"), "Union([Bytes, None])");
    assert_eq!(ty("def f(*args: int, **kw: str):\n    args"), "Tuple(Int)");
    assert_eq!(ty("def f(x):\n    x"), "Unknown");
    // Somebody's own class with a builtin's name.
    assert_eq!(ty("class list: pass\ndef f(x: list):\n    x.y"), "Unknown");
}

#[test]
fn types_of_attributes_of_self() {
    let class = "class A:\n    def __init__(self):\n        self.out = ''\n        self.rows = []\n    def f(self):\n";
    assert_eq!(
        ty(&format!("{class}        self.out += x\n        self.out")),
        "Str"
    );
    assert_eq!(ty(&format!("{class}        self.rows")), "List(Never)");
    assert_eq!(
        ty(&format!(
            "{class}        self.rows = g()\n        self.rows"
        )),
        "Unknown"
    );
    assert_eq!(
        ty(&format!(
            "{class}        self.rows = list(self.rows)\n        self.rows"
        )),
        "List(Unknown)"
    );
    // `self` of a static method is anything.
    let static_method = "class A:\n    x = []\n    @staticmethod\n    def f(self):\n        self.x";
    assert_eq!(ty(static_method), "Unknown");
}

#[test]
fn types_that_go_in_circles_end() {
    assert_eq!(ty("a = b\nb = a\na"), "Unknown");
    assert_eq!(ty("a = [b]\nb = [a]\na"), "Unknown");
    assert_eq!(
        ty(
            "class A:\n    def f(self):\n        self.x = self.y\n        self.y = self.x\n        self.x"
        ),
        "Unknown"
    );
}

#[test]
fn types_of_variables_that_all_depend_on_each_other() {
    // Thirty sums, each of all others: asked one for the sake of the other, in all orders, that takes for ever.
    let names: Vec<String> = (0..30).map(|i| format!("v{i}")).collect();
    let sum = names.join(" + ");
    let circle = |start: &str| {
        let starts = names.iter().map(|name| format!("{name} = {start}\n"));
        let sums = names.iter().map(|name| format!("    {name} = {sum}\n"));
        let (starts, sums): (String, String) = (starts.collect(), sums.collect());
        format!("{starts}while probe():\n{sums}v7")
    };
    assert_eq!(ty(&circle("''")), "Str");
    assert_eq!(ty(&circle("unknown")), "Unknown");
    let both = circle("''").replace("v0 = ''", "v0 = unknown");
    assert_eq!(ty(&both), "Unknown");
}

#[test]
fn names_through_imports_and_aliases() {
    assert_eq!(
        name("import time\ntime.sleep").as_deref(),
        Some("time.sleep")
    );
    assert_eq!(
        name("from time import sleep as pause\npause").as_deref(),
        Some("time.sleep")
    );
    assert_eq!(
        name("import os.path\nos.path.join").as_deref(),
        Some("os.path.join")
    );
    assert_eq!(
        name("import time\nnap = time.sleep\nnap").as_deref(),
        Some("time.sleep")
    );
    assert_eq!(name("from ..a import b\nb.c").as_deref(), Some("..a.b.c"));
    assert_eq!(name("sorted").as_deref(), Some("builtins.sorted"));
    assert_eq!(
        name("x = []\nx.append").as_deref(),
        Some("builtins.list.append")
    );
}

#[test]
fn names_that_may_mean_something_else_are_unknown() {
    assert_eq!(
        name("def sorted(x): pass\nsorted").as_deref(),
        Some(".sorted")
    );
    assert_eq!(name("from numpy import *\nsum"), None);
    assert_eq!(name("import time\ntime = fake()\ntime.sleep"), None);
    assert_eq!(
        name("try:\n    import fast as m\nexcept ImportError:\n    import slow as m\nm.f"),
        None
    );
    assert_eq!(name("def f(time):\n    time.sleep"), None);
}

#[test]
fn loops_around_a_place() {
    assert_eq!(loops("for x in xs:\n    probe"), ["for x in xs"]);
    assert_eq!(loops("for x in probe:\n    y"), [""; 0]);
    assert_eq!(loops("while probe:\n    y"), ["while probe"]);
    assert_eq!(loops("[x for x in xs if probe]"), ["for x in xs"]);
    assert_eq!(loops("[x for x in probe if y]"), [""; 0]);
    assert_eq!(loops("[y for x in xs for y in probe]"), ["for x in xs"]);
    assert_eq!(
        loops("[probe for x in xs for y in ys]"),
        ["for y in ys", "for x in xs"]
    );
    assert_eq!(loops("for x in xs:\n    pass\nelse:\n    probe"), [""; 0]);
    // A function is called who knows how often.
    assert_eq!(loops("for x in xs:\n    def f():\n        probe"), [""; 0]);
    assert_eq!(loops("for x in xs:\n    f(lambda: probe)"), [""; 0]);
}

#[test]
fn loops_that_end_before_they_repeat() {
    assert_eq!(loops("for x in xs:\n    probe\n    break"), [""; 0]);
    assert_eq!(
        loops("for y in ys:\n    for x in xs:\n        probe\n        break"),
        ["for y in ys"]
    );
    assert_eq!(
        loops(
            "def f():\n    for y in ys:\n        for x in xs:\n            probe\n            return x"
        ),
        [""; 0]
    );
    assert_eq!(
        loops("for x in xs:\n    if probe:\n        break"),
        ["for x in xs"]
    );
    assert_eq!(
        loops("for x in xs:\n    if a:\n        probe\n        break"),
        [""; 0]
    );
    assert_eq!(
        loops("for x in xs:\n    if a:\n        probe\n        continue\n    break"),
        ["for x in xs"]
    );
}

#[test]
fn loops_with_few_iterations_do_not_count() {
    assert_eq!(loops("for x in (1, 2, 3):\n    probe"), [""; 0]);
    assert_eq!(loops("for x in range(3):\n    probe"), [""; 0]);
    assert_eq!(loops("for x in range(121, 115, -1):\n    probe"), [""; 0]);
    assert_eq!(loops("for x in range(-100, 100, 50):\n    probe"), [""; 0]);
    assert_eq!(
        loops("for x in range(100, 0, -1):\n    probe"),
        ["for x in range(100, 0, -1)"]
    );
    assert_eq!(
        loops("for x in range(1000):\n    probe"),
        ["for x in range(1000)"]
    );
    assert_eq!(
        loops("NAMES = ('a', 'b')\nfor i, x in enumerate(NAMES):\n    probe"),
        [""; 0]
    );
    assert_eq!(
        loops("names = ['a', 'b']\nfor c in cs:\n    names.append(c)\nfor x in names:\n    probe"),
        ["for x in names"]
    );
    assert_eq!(loops("for x in [*xs]:\n    probe"), ["for x in [*xs]"]);
}

#[test]
fn what_is_seen_outside_a_loop() {
    let seen = |code: &str| {
        with_facts(code, |facts, parsed| {
            let Some(Stmt::FunctionDef(def)) = parsed.syntax().body.first() else {
                panic!("a function")
            };
            let around = def.body.iter().find_map(|stmt| match stmt {
                Stmt::For(stmt) => Some(Loop::For(stmt)),
                _ => None,
            });
            facts.leaks_target(around.expect("a loop"))
        })
    };
    assert!(!seen("def f():\n    for i in xs:\n        g(i)"));
    assert!(seen(
        "def f():\n    for i in xs:\n        g(i)\n    return i"
    ));
    assert!(seen("def f():\n    for i in xs:\n        g(i)\n    del i"));
    assert!(seen(
        "def f():\n    for i in xs:\n        g(i)\n    h(lambda: i)"
    ));
    assert!(!seen(
        "def f():\n    for i in xs:\n        g(i)\n    for i in ys:\n        g(i)"
    ));
    assert!(!seen(
        "def f():\n    for i in xs:\n        g(i)\n    i = 1\n    return i"
    ));
    assert!(seen(
        "def f():\n    for i in xs:\n        g(i)\n    if a:\n        i = 1\n    return i"
    ));
    assert!(!seen(
        "def f():\n    for i in xs:\n        g(i)\n    return [i for i in ys]"
    ));
}

#[test]
fn invariant_expressions() {
    let invariant = |code: &str| {
        with_facts(code, |facts, _| {
            let call = facts.tree.nodes().iter().find_map(|node| match node {
                AnyNodeRef::StmtExpr(stmt)
                    if facts.call_of(&stmt.value, "builtins.sorted").is_some() =>
                {
                    Some(&*stmt.value)
                }
                _ => None,
            });
            let call = call.expect("a call of sorted");
            let around = facts.in_loop(call).expect("a loop");
            facts.is_invariant(call, around)
        })
    };
    assert!(invariant("probe = [1]\nfor x in xs:\n    sorted(probe)"));
    assert!(!invariant(
        "probe = [1]\nfor x in xs:\n    sorted(probe)\n    probe.append(x)"
    ));
    assert!(!invariant(
        "probe = [1]\nfor x in xs:\n    sorted(probe)\n    probe = x"
    ));
    assert!(!invariant(
        "probe = [1]\nalias = probe\nfor x in xs:\n    sorted(probe)\n    unknown(x)"
    ));
    assert!(!invariant(
        "def f(probe):\n    for x in xs:\n        sorted(probe)\n        unknown(x)"
    ));
    assert!(invariant(
        "def f(probe: str):\n    for x in xs:\n        sorted(probe)\n        unknown(x)"
    ));
    assert!(!invariant("for probe in xs:\n    sorted(probe)"));
    // A function that the loop calls may change what it captures.
    assert!(!invariant(
        "def f(xs):\n    probe = [1]\n    def g(x):\n        probe.remove(x)\n    for x in xs:\n        sorted(probe)\n        g(x)"
    ));
}

#[test]
fn what_a_loop_leaves_alone() {
    let left_alone = |body: &str| {
        let code = format!(
            "def f(self, xs):\n    for x in xs:\n        {body}\n        sorted(self.items)\n"
        );
        with_facts(&code, |facts, parsed| {
            let call = facts.call_of(last_expr(parsed, facts), "builtins.sorted");
            let call = call.expect("a call of sorted");
            let around = facts.in_loop(call).expect("a loop");
            facts.is_left_alone(&call.arguments.args[0], around)
        })
    };
    assert!(left_alone("print(x)"));
    assert!(left_alone("self.others.append(x)"));
    assert!(!left_alone("self.items.append(x)"));
    assert!(!left_alone("self.items[0] = x"));
    assert!(!left_alone("self.items = x"));
}

#[test]
fn purity_of_expressions() {
    let purity =
        |code: &str| with_facts(code, |facts, parsed| facts.purity(last_expr(parsed, facts)));
    assert_eq!(purity("x = 1\nx + 2 == 3"), Purity::Certain);
    assert_eq!(purity("def f(x):\n    x % 7 == 0"), Purity::Likely);
    assert_eq!(purity("def f(x):\n    x.save()"), Purity::Impure);
    assert_eq!(purity("'a'.upper()"), Purity::Certain);
    assert_eq!(purity("def f(x: str):\n    len(x) > 3"), Purity::Certain);
    assert_eq!(purity("(y := 1)"), Purity::Impure);
}

#[test]
fn deep_trees_are_refused_and_not_crashed_on() {
    let deep = [
        format!("x = {}1{}", "(".repeat(100_000), ")".repeat(100_000)),
        "[".repeat(100_000),
        format!("x = 1{}", " + 1".repeat(100_000)),
        format!("x = f{}", "()".repeat(100_000)),
        format!("x = {}1", "-".repeat(100_000)),
        format!("x = 1{}", " + 1".repeat(12_000)),
        format!("x = {}1{}", "[".repeat(6_000), "]".repeat(6_000)),
    ];
    for code in deep {
        // Debug frames are fat: the stack that the program's threads have.
        let check = std::thread::Builder::new().stack_size(hotlint_core::python::STACK_SIZE);
        let refused = check.spawn(move || {
            let source = Source::module("deep.py", code);
            match parse(&source) {
                Err(_) => true,
                Ok(parsed) => Facts::new(&source, &parsed, Versions::default()).is_err(),
            }
        });
        assert!(refused.expect("a thread").join().expect("no panic"));
    }
}
