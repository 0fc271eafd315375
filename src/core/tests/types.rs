//! Types that the signatures of the standard library tell: the question is always about the last expression of the example.

mod examples;

fn check(examples: &[(&str, &str)]) {
    examples::check(examples, |code| {
        examples::type_of(code, examples::last_expression, |ty| format!("{ty:?}"))
    });
}

#[test]
fn methods_of_builtin_types() {
    check(&[
        ("'a'.split()", "List(Str)"),
        ("b'a'.split()", "List(Bytes)"),
        ("'a'.partition('b')", "Tuple(Str)"),
        ("'a'.encode()", "Bytes"),
        ("'a'.join(xs)", "Str"),
        ("[1].pop()", "Int"),
        ("[1].index(2)", "Int"),
        ("[1].append(2)", "None"),
        ("{'a': 1}.keys()", "DictView(Str)"),
        ("{'a': 1}.items()", "DictView(Tuple(Positions([Str, Int])))"),
        ("{'a': 1}.pop('a')", "Int"),
        ("{'a': 1}.get('a')", "Union([Int, None])"),
        ("{'a': 1}.get('a', 2)", "Int"),
        ("{'a': 1}.get('a', '')", "Union([Int, Str])"),
        ("{'a': 1}.setdefault('a', 2)", "Int"),
        ("{1}.union({2})", "Set(Int)"),
        ("{1}.copy()", "Set(Int)"),
        ("(1).bit_length()", "Int"),
        ("(1.5).is_integer()", "Bool"),
        ("'a'.nothing()", "Unknown"),
    ]);
}

#[test]
fn builtin_functions() {
    check(&[
        ("sorted({1: 'a'})", "List(Int)"),
        ("sorted(unknown, key=len)", "List(Unknown)"),
        ("list(map(str, [1]))", "List(Str)"),
        ("list(map(lambda x: 1, xs))", "List(Int)"),
        ("list(filter(None, ['a']))", "List(Str)"),
        (
            "list(enumerate('ab'))",
            "List(Tuple(Positions([Int, Str])))",
        ),
        ("list(zip([1], 'ab'))", "List(Tuple(Positions([Int, Str])))"),
        ("list(reversed([1]))", "List(Int)"),
        ("zip(*rows)", "Iterator(Unknown)"),
        ("dict(zip([1], 'ab'))", "Dict(Int, Str)"),
        ("dict({1: 'a'})", "Dict(Int, Str)"),
        ("dict(a=1)", "Dict(Str, Int)"),
        ("set('ab')", "Set(Str)"),
        ("frozenset([1])", "FrozenSet(Int)"),
        ("tuple([1])", "Tuple(Int)"),
        ("list()", "List(Unknown)"),
        ("list(unknown)", "List(Unknown)"),
        ("len(unknown)", "Int"),
        ("max([1, 2])", "Int"),
        ("max(1, 2)", "Int"),
        ("max(1, unknown)", "Unknown"),
        ("abs(-1)", "Int"),
        ("sum([1, 2])", "Int"),
        ("next(iter([1]))", "Int"),
        ("input()", "Str"),
        ("open('f')", "File(true)"),
        ("open('f', 'rb')", "File(false)"),
        ("open('f', mode)", "Unknown"),
        ("open('f').readlines()", "List(Str)"),
        ("isinstance(a, b)", "Bool"),
        ("print(1)", "None"),
        ("divmod(7, 2)", "Tuple(Int)"),
    ]);
}

#[test]
fn functions_of_the_library() {
    check(&[
        ("import os\nos.listdir('d')", "List(Str)"),
        ("import os\nos.listdir(b'd')", "List(Bytes)"),
        (
            "import os\nos.listdir(unknown)",
            "List(Union([Str, Bytes]))",
        ),
        ("import os\nos.path.join('a', 'b')", "Str"),
        ("import os\nos.path.basename('a')", "Str"),
        (
            "import os\nos.path.basename(unknown)",
            "Union([Str, Bytes])",
        ),
        ("import os.path as p\np.exists(x)", "Bool"),
        ("import os\nos.environ.get('A')", "Union([Str, None])"),
        ("import os\nos.environ['A']", "Str"),
        ("import os\nos.getcwd()", "Str"),
        ("import sys\nsys.argv", "List(Str)"),
        ("import sys\nsys.argv[1:]", "List(Str)"),
        ("import re\nre.compile('a')", "Instance(re.Pattern[Str])"),
        ("import re\nre.compile('a').sub('b', 'c')", "Str"),
        (
            "import re\nre.compile(x).split(y)[0]",
            "Union([Str, None, Bytes])",
        ),
        ("import re\nre.sub('a', 'b', 'c')", "Str"),
        ("import re\nre.findall('a', 'b')", "List(Unknown)"),
        (
            "import re\nre.finditer('a', 'b')",
            "Iterator(Instance(re.Match[Str]))",
        ),
        ("import re\nre.match('a', 'b').group()", "Str"),
        ("import collections\ncollections.deque([1])", "Deque(Int)"),
        (
            "import collections\ncollections.deque([1]).popleft()",
            "Int",
        ),
        (
            "import collections\ncollections.Counter('ab')",
            "Instance(collections.Counter[Str])",
        ),
        (
            "import collections\ncollections.Counter('ab').most_common()",
            "List(Tuple(Positions([Str, Int])))",
        ),
        (
            "import collections\ncollections.defaultdict(list)['a']",
            "List(Unknown)",
        ),
        (
            "import collections\ncollections.OrderedDict().keys()",
            "DictView(Unknown)",
        ),
        (
            "import itertools\nitertools.chain([1], [2])",
            "Iterator(Int)",
        ),
        (
            "import itertools\nitertools.chain([1], unknown)",
            "Iterator(Unknown)",
        ),
        (
            "import itertools\nitertools.chain.from_iterable([[1]])",
            "Iterator(Int)",
        ),
        (
            "import itertools\nitertools.islice('ab', 2)",
            "Iterator(Str)",
        ),
        (
            "import itertools\nlist(itertools.product('ab', [1]))",
            "List(Tuple(Positions([Str, Int])))",
        ),
        (
            "import itertools\nitertools.count()",
            "Instance(itertools.count[Int])",
        ),
        (
            "import datetime\ndatetime.datetime.now() - datetime.datetime.now()",
            "Instance(datetime.timedelta)",
        ),
        (
            "import datetime\ndatetime.datetime.now().isoformat()",
            "Str",
        ),
        (
            "import pathlib\npathlib.Path('a') / 'b'",
            "Instance(pathlib.Path)",
        ),
        ("import pathlib\npathlib.Path('a').read_text()", "Str"),
        ("import pathlib\npathlib.Path('a').name", "Str"),
        ("import pathlib\npathlib.Path('a').parent.stem", "Str"),
        ("import csv\ncsv.reader(f)", "Iterator(List(Str))"),
        (
            "import subprocess\nsubprocess.run(a, text=True)",
            "Instance(subprocess.CompletedProcess[Str])",
        ),
        ("import subprocess\nsubprocess.check_output(a)", "Bytes"),
        ("import io\nio.StringIO().getvalue()", "Str"),
        ("import json\njson.dumps(x)", "Str"),
        ("import json\njson.loads(x)", "Unknown"),
        ("import time\ntime.time()", "Float"),
        ("import random\nrandom.choice([1])", "Int"),
        ("import copy\ncopy.copy([1])", "List(Int)"),
        ("import shlex\nshlex.split(x)", "List(Str)"),
        ("import glob\nglob.glob('*')", "List(Str)"),
        ("import string\nstring.ascii_letters", "Str"),
        ("import heapq\nheapq.nlargest(2, [1])", "List(Int)"),
        ("import urllib.parse\nurllib.parse.quote(x)", "Str"),
        ("import textwrap\ntextwrap.wrap(x)", "List(Str)"),
        ("import typing\ntyping.List()", "List(Unknown)"),
        ("import functools\nfunctools.reduce(f, [1])", "Unknown"),
    ]);
}

#[test]
fn names_of_others_are_left_alone() {
    check(&[
        ("import os\nos = fake()\nos.listdir('d')", "Unknown"),
        ("def sorted(x): return unknown\nsorted([1])", "Unknown"),
        ("from somewhere import *\nsorted([1])", "Unknown"),
        ("import nimpy\nnimpy.array([1])", "Unknown"),
        (
            "import pandas\npandas.DataFrame()",
            "Instance(pandas.DataFrame)",
        ),
    ]);
}

#[test]
fn functions_that_are_context_managers_give_what_they_yield() {
    let given = |decorator: &str, def: &str, with: &str| {
        format!(
            "import contextlib\nfrom typing import AsyncIterator, Generator, Iterator\n@{decorator}\n{def}\nasync def work():\n    {with}\n        x\n"
        )
    };
    let is = |code: String, wanted: &str| check(&[(code.as_str(), wanted)]);
    for (def, wanted) in [
        ("def f():\n    yield 1", "Int"),
        (
            "def f():\n    with open('a') as g:\n        yield g",
            "File(true)",
        ),
        ("def f() -> Iterator[str]:\n    yield g()", "Str"),
        (
            "def f() -> Generator[str, None, None]:\n    yield g()",
            "Str",
        ),
        ("def f():\n    yield g()", "Unknown"),
        // Each `yield` may be the one.
        (
            "def f():\n    if a:\n        yield 1\n    else:\n        yield ''",
            "Union([Int, Str])",
        ),
        // No generator function.
        ("def f() -> int:\n    return 1", "Unknown"),
    ] {
        let code = given("contextlib.contextmanager", def, "with f() as x:");
        is(code, wanted);
    }
    let with = "async with f() as x:";
    let made = "contextlib.asynccontextmanager";
    let def = "async def f():\n    yield 1";
    is(given(made, def, with), "Int");
    let def = "async def f() -> AsyncIterator[str]:\n    yield g()";
    is(given(made, def, with), "Str");
    // The other kind of `with`, and another decorator around.
    is(given(made, def, "with f() as x:"), "Unknown");
    let def = "def f():\n    yield 1";
    let twice = "retried\n@contextlib.contextmanager";
    is(given(twice, def, "with f() as x:"), "Unknown");
    is(given("retried", def, "with f() as x:"), "Unknown");
}
