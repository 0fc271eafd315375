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
