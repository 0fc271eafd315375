//! The type of a variable at one place: the question is always about the name `probe`, read where it stands alone.

mod examples;

use hotlint_core::ast::{AnyNodeRef, Expr};
use hotlint_core::python::Facts;

/// The argument of the first call of `probe`.
fn probed<'a>(facts: &Facts<'a>) -> Option<&'a Expr> {
    facts.tree.nodes().iter().find_map(|node| match node {
        AnyNodeRef::ExprCall(call) => match (&*call.func, &*call.arguments.args) {
            (Expr::Name(name), [arg]) if name.id == "probe" => Some(arg),
            _ => None,
        },
        _ => None,
    })
}

fn check(examples: &[(&str, &str)]) {
    examples::check(examples, |code| {
        examples::type_of(code, probed, |ty| format!("{ty:?}"))
    });
}

#[test]
fn tests_of_the_class() {
    check(&[
        (
            "def f(x):\n    if isinstance(x, list):\n        probe(x)",
            "List(Unknown)",
        ),
        (
            "def f(x):\n    if isinstance(x, (list, str)):\n        probe(x)",
            "Union([List(Unknown), Str])",
        ),
        (
            "def f(x: int | str):\n    if isinstance(x, str):\n        return\n    probe(x)",
            "Int",
        ),
        (
            "def f(x: int | str):\n    if not isinstance(x, str):\n        probe(x)",
            "Int",
        ),
        (
            "def f(x: int | str):\n    if isinstance(x, str):\n        y = 1\n    else:\n        probe(x)",
            "Int",
        ),
        (
            "def f(x: int | str):\n    if isinstance(x, str):\n        pass\n    elif x:\n        probe(x)",
            "Int",
        ),
        (
            "def f(x: list[int] | str):\n    assert isinstance(x, list)\n    probe(x)",
            "List(Int)",
        ),
        (
            "def f(x):\n    if type(x) is dict:\n        probe(x)",
            "Dict(Unknown, Unknown)",
        ),
        (
            "def f(x):\n    if isinstance(x, str) and probe(x): pass",
            "Str",
        ),
        (
            "def f(x):\n    return probe(x) if isinstance(x, str) else 1",
            "Str",
        ),
        (
            "def f(xs):\n    return [probe(x) for x in xs if isinstance(x, str)]",
            "Str",
        ),
        (
            "def f(x: int | str):\n    if isinstance(x, str) or probe(x): pass",
            "Int",
        ),
        (
            "KINDS = (list, str)\ndef f(x):\n    if isinstance(x, KINDS):\n        probe(x)",
            "Union([List(Unknown), Str])",
        ),
        (
            "class A: pass\ndef f(x):\n    if isinstance(x, A):\n        probe(x.y)",
            "Unknown",
        ),
        // Not the builtin; nobody knows which class.
        (
            "def isinstance(x, y): return True\ndef f(x):\n    if isinstance(x, list):\n        probe(x)",
            "Unknown",
        ),
        (
            "def f(x, kinds):\n    if isinstance(x, kinds):\n        probe(x)",
            "Unknown",
        ),
        // Behind the test anything may come.
        (
            "def f(x):\n    if isinstance(x, list):\n        pass\n    probe(x)",
            "Unknown",
        ),
        (
            "def f(x):\n    if isinstance(x, list):\n        x = g()\n        probe(x)",
            "Unknown",
        ),
        (
            "def f(x):\n    if isinstance(x, list):\n        g(lambda: probe(x))",
            "Unknown",
        ),
        // `float` in an annotation may be an `int`.
        (
            "def f(x: float):\n    if isinstance(x, float):\n        return\n    probe(x)",
            "Float",
        ),
    ]);
}

#[test]
fn tests_of_none_and_truth() {
    let optional = "def f(x: list[int] | None):\n";
    let cases = [
        (
            "    if x is None:\n        return\n    probe(x)",
            "List(Int)",
        ),
        ("    if x is not None:\n        probe(x)", "List(Int)"),
        ("    if not x:\n        raise E\n    probe(x)", "List(Int)"),
        ("    while x:\n        probe(x)", "List(Int)"),
        ("    assert x\n    probe(x)", "List(Int)"),
        ("    if x and probe(x): pass", "List(Int)"),
        ("    if x is None:\n        probe(x)", "None"),
        (
            "    if x is None:\n        x = []\n    probe(x)",
            "List(Int)",
        ),
        ("    x = x or []\n    probe(x)", "List(Int)"),
        (
            "    for y in ys:\n        if x is None:\n            continue\n        probe(x)",
            "List(Int)",
        ),
        (
            "    if a:\n        if x is None:\n            return\n    probe(x)",
            "Union([List(Int), None])",
        ),
        (
            "    if x is None or a:\n        return\n    probe(x)",
            "List(Int)",
        ),
        (
            "    if x is None and a:\n        return\n    probe(x)",
            "Union([List(Int), None])",
        ),
        (
            "    try:\n        assert x\n    except E:\n        pass\n    probe(x)",
            "Union([List(Int), None])",
        ),
    ];
    for (code, expected) in cases {
        check(&[(&format!("{optional}{code}"), expected)]);
    }
    check(&[
        (
            "import re\ndef f(s):\n    if m := re.match('a', s):\n        probe(m)",
            "Instance(re.Match[Str])",
        ),
        (
            "import re\ndef f(s: str):\n    if (m := re.match('a', s)) is not None:\n        probe(m)",
            "Instance(re.Match[Str])",
        ),
        (
            "import re\ndef f(s: str):\n    m = re.match('a', s)\n    if not m:\n        return\n    probe(m)",
            "Instance(re.Match[Str])",
        ),
    ]);
}

#[test]
fn assignments_that_reach_a_place() {
    check(&[
        ("x = None\nx = []\nprobe(x)", "List(Never)"),
        ("x = 'a,b'\nx = x.split(',')\nprobe(x)", "List(Str)"),
        ("def f(x):\n    x = list(x)\n    probe(x)", "List(Unknown)"),
        (
            "def f(x):\n    x = [str(y) for y in x]\n    probe(x)",
            "List(Str)",
        ),
        ("def f(x):\n    probe(x)\n    x = []", "Unknown"),
        (
            "x = None\nfor y in ys:\n    x = []\n    probe(x)",
            "List(Never)",
        ),
        (
            "x = None\nfor y in ys:\n    probe(x)\n    x = []",
            "Union([None, List(Never)])",
        ),
        (
            "x = None\nfor y in ys:\n    x = []\nprobe(x)",
            "Union([None, List(Never)])",
        ),
        (
            "x = None\nif a:\n    x = []\nelse:\n    x = ['a']\nprobe(x)",
            "List(Str)",
        ),
        (
            "x = None\nif a:\n    x = []\nelse:\n    raise E\nprobe(x)",
            "List(Never)",
        ),
        (
            "x = None\ntry:\n    x = []\nexcept E:\n    x = 'a'\nprobe(x)",
            "Union([List(Never), Str])",
        ),
        (
            "x = None\ntry:\n    x = [g()]\n    h()\nexcept E:\n    probe(x)",
            "Union([None, List(Unknown)])",
        ),
        (
            "x = None\ntry:\n    x = [g()]\nfinally:\n    probe(x)",
            "Union([None, List(Unknown)])",
        ),
        (
            "x = None\nwith lock:\n    x = [1]\nprobe(x)",
            "Union([None, List(Int)])",
        ),
        (
            "x = None\nwith open('f') as f:\n    x = [1]\nprobe(x)",
            "List(Int)",
        ),
        ("x = 1\nx = 'a'\nx += 'b'\nprobe(x)", "Str"),
        ("x = 1\nx, y = 'a', 2\nprobe(x)", "Str"),
        ("x = 1\ndel x\nx = 'a'\nprobe(x)", "Str"),
        ("x = 1\nwhile (x := g()):\n    probe(x)", "Unknown"),
        ("x = 1\nh(x := 'a', probe(x))", "Union([Int, Str])"),
        // Others bind it, too.
        (
            "x = None\ndef g():\n    global x\n    x = h()\nx = []\nprobe(x)",
            "Unknown",
        ),
        (
            "def f():\n    x = None\n    def g():\n        probe(x)\n    x = []",
            "Union([None, List(Never)])",
        ),
        (
            "def f():\n    x = None\n    x = []\n    def g():\n        nonlocal x\n        x = h()\n    probe(x)",
            "Unknown",
        ),
    ]);
}

#[test]
fn parts_of_what_is_unpacked() {
    check(&[
        ("for k, v in {'a': 1}.items():\n    probe(k)", "Str"),
        ("for k, v in {'a': 1}.items():\n    probe(v)", "Int"),
        ("for i, x in enumerate(['a']):\n    probe(x)", "Str"),
        (
            "for i, (a, b) in enumerate(zip([1.5], 'ab')):\n    probe(a)",
            "Float",
        ),
        ("a, b = 1, 'a'\nprobe(b)", "Str"),
        ("a, b = 'x=y'.split('=')\nprobe(b)", "Str"),
        ("a, *b = [1, 2]\nprobe(b)", "List(Int)"),
        ("a, *b, c = [1, 2]\nprobe(c)", "Int"),
        ("(a, b), c = (1, 'a'), 2\nprobe(b)", "Str"),
        ("pair = (1, 'a')\na, b = pair\nprobe(b)", "Str"),
        ("pair = (1, 'a')\nprobe(pair[1])", "Str"),
        ("pair = (1, 'a')\nprobe(pair[i])", "Union([Int, Str])"),
        (
            "import os\nfor root, dirs, files in os.walk('d'):\n    probe(files)",
            "List(Str)",
        ),
        ("[probe(k) for k, v in {'a': 1}.items()]", "Str"),
        ("a, b = unknown\nprobe(b)", "Unknown"),
        ("a, b = b, a\nprobe(b)", "Unknown"),
    ]);
}

#[test]
fn instances_of_classes_of_the_file() {
    let classes = "
import functools
class Base:
    kinds: list[str]
    def __init__(self):
        self.rows = []
    @property
    def size(self) -> int: ...
    @functools.cached_property
    def names(self):
        return ['a']
    def pairs(self):
        yield 1, 'a'
    def find(self, x):
        if x:
            return 'a'
        return None
    def todo(self):
        raise NotImplementedError
    async def wait(self):
        return 1
class Child(Base):
    pass
class Table(dict):
    pass
def function():
    return [1]
def recursive(n):
    return [] if n == 0 else recursive(n - 1)
async def main():
    probe(await Base().wait())
";
    let cases = [
        ("probe(Child().rows)", "List(Never)"),
        ("probe(Child().kinds)", "List(Str)"),
        ("probe(Child().size)", "Int"),
        ("probe(Child().names)", "List(Str)"),
        (
            "probe(list(Child().pairs()))",
            "List(Tuple(Positions([Int, Str])))",
        ),
        ("probe(Child().find(1))", "Union([Str, None])"),
        ("probe(Child().todo())", "Unknown"),
        ("probe(Child().nothing)", "Unknown"),
        ("probe(Table().keys())", "DictView(Unknown)"),
        ("probe(function())", "List(Int)"),
        ("probe(recursive(1))", "List(Never)"),
    ];
    for (code, expected) in cases {
        check(&[(
            &classes.replace("    probe(await Base().wait())", &format!("    {code}")),
            expected,
        )]);
    }
    check(&[(classes, "Int")]);
}

#[test]
fn cases_of_a_match() {
    let subject =
        |annotation: &str, cases: &str| format!("def f(x{annotation}, y):\n    match x:\n{cases}");
    let number = ": int | str | None";
    for (annotation, cases, expected) in [
        (
            "",
            "        case list():\n            probe(x)",
            "List(Unknown)",
        ),
        ("", "        case int(n):\n            probe(x)", "Int"),
        (
            "",
            "        case y.Other():\n            probe(x)",
            "Unknown",
        ),
        ("", "        case _:\n            probe(x)", "Unknown"),
        (number, "        case str():\n            probe(x)", "Str"),
        (number, "        case None:\n            probe(x)", "None"),
        (
            number,
            "        case str() | int() as n:\n            probe(x)",
            "Union([Str, Int])",
        ),
        (
            number,
            "        case 'a' | 'b':\n            probe(x)",
            "Union([Int, Str])",
        ),
        // What was passed over is not there any more.
        (
            number,
            "        case None:\n            pass\n        case _:\n            probe(x)",
            "Union([Int, Str])",
        ),
        (
            number,
            "        case str(n):\n            pass\n        case None:\n            pass\n        case n:\n            probe(x)",
            "Int",
        ),
        // But for what may have failed all the same.
        (
            number,
            "        case str() if y:\n            pass\n        case n:\n            probe(x)",
            "Union([Int, Str, None])",
        ),
        (
            number,
            "        case str('a'):\n            pass\n        case n:\n            probe(x)",
            "Union([Int, Str, None])",
        ),
        (
            number,
            "        case str(real=1):\n            pass\n        case n:\n            probe(x)",
            "Union([Int, Str, None])",
        ),
        (
            number,
            "        case 'a':\n            pass\n        case n:\n            probe(x)",
            "Union([Int, Str, None])",
        ),
        // Guards see what the pattern has told.
        (
            number,
            "        case str() if probe(x):\n            pass",
            "Str",
        ),
        (
            number,
            "        case n if isinstance(x, int):\n            probe(x)",
            "Int",
        ),
        // Behind it: what no case has taken, and what the cases leave.
        (
            number,
            "        case None:\n            return\n    probe(x)",
            "Union([Int, Str])",
        ),
        (
            number,
            "        case None:\n            x = 1\n        case str():\n            return\n    probe(x)",
            "Int",
        ),
        (
            number,
            "        case None:\n            return\n        case str():\n            x = b''\n        case _:\n            return\n    probe(x)",
            "Bytes",
        ),
        (
            number,
            "        case str():\n            y = 1\n    probe(x)",
            "Union([Str, Int, None])",
        ),
        // A pattern that binds it again.
        (
            number,
            "        case [x, 1]:\n            probe(x)",
            "Unknown",
        ),
    ] {
        let code = subject(annotation, cases);
        check(&[(&code, expected)]);
    }
    // Of another variable, cases tell nothing but which of them are left.
    check(&[
        (
            "def f(x: int | None, y):\n    match y:\n        case int():\n            probe(x)",
            "Union([Int, None])",
        ),
        (
            "def f(y):\n    x = None\n    match y:\n        case int():\n            x = 1\n        case _:\n            return\n    probe(x)",
            "Int",
        ),
        (
            "def f(x: int | None):\n    match x.real:\n        case None:\n            probe(x)",
            "Union([Int, None])",
        ),
    ]);
}
