//! Types that annotations declare: the question is always about the parameter `x`.

use hotlint_core::ast::{AnyNodeRef, Expr};
use hotlint_core::python::{Facts, PythonVersion, Source, Versions, parse};

fn ty(before: &str, annotation: &str) -> String {
    let code =
        format!("import typing as t, collections.abc\n{before}\ndef f(x: {annotation}):\n    x\n");
    let source = Source::module("example.py", code);
    let parsed = parse(&source).expect("the example parses");
    let facts = Facts::new(&source, &parsed, Versions::since(PythonVersion::PY39))
        .expect("the example is flat");
    let last: Option<&Expr> = facts.tree.nodes().iter().rev().find_map(|node| match node {
        AnyNodeRef::StmtExpr(stmt) => Some(&*stmt.value),
        _ => None,
    });
    format!(
        "{:?}",
        facts.ty(last.expect("the example ends with an expression"))
    )
}

fn check(before: &str, examples: &[(&str, &str)]) {
    let wrong: Vec<String> = examples
        .iter()
        .map(|(code, expected)| (code, ty(before, code), expected))
        .filter(|(_, found, expected)| found != *expected)
        .map(|(code, found, expected)| {
            format!("{code}\n    is      {found}\n    but not {expected}")
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn builtin_generics_and_unions() {
    check(
        "",
        &[
            ("list[str]", "List(Str)"),
            ("t.List[int]", "List(Int)"),
            ("dict[str, list[int]]", "Dict(Str, List(Int))"),
            ("tuple[int, ...]", "Tuple(Int)"),
            ("tuple[int, str]", "Tuple(Positions([Int, Str]))"),
            ("int | None", "Union([Int, None])"),
            ("t.Optional[list[str]]", "Union([List(Str), None])"),
            ("t.Union[int, str]", "Union([Int, Str])"),
            ("t.Annotated[list[int], 'meta']", "List(Int)"),
            ("t.Literal['a', 'b']", "Str"),
            ("t.Literal['a', 1]", "Union([Str, Int])"),
            ("list[int] = None", "Union([List(Int), None])"),
            ("t.Any", "Unknown"),
            ("object", "Unknown"),
            ("t.Callable[[int], str]", "Unknown"),
            ("unknown", "Unknown"),
        ],
    );
}

#[test]
fn abstract_collections_know_their_elements_only() {
    check(
        "",
        &[
            ("t.Iterable[str]", "Instance(typing.Iterable[Str])"),
            (
                "collections.abc.Sequence[int]",
                "Instance(typing.Sequence[Int])",
            ),
            ("t.Mapping[str, int]", "Instance(typing.Mapping[Str, Int])"),
            ("t.Iterator[int]", "Iterator(Int)"),
            ("t.Generator[int, None, None]", "Iterator(Int)"),
            (
                "t.DefaultDict[str, int]",
                "Instance(collections.defaultdict[Str, Int])",
            ),
            ("t.Deque[int]", "Deque(Int)"),
            ("t.TextIO", "File(true)"),
        ],
    );
}

#[test]
fn annotations_in_quotes() {
    check(
        "from a import B\nimport pandas as pd\nclass Own: pass",
        &[
            ("'list[str]'", "List(Str)"),
            (
                "'dict[str, list[int]] | None'",
                "Union([Dict(Str, List(Int)), None])",
            ),
            ("'t.Optional[int]'", "Union([Int, None])"),
            ("list['str']", "List(Str)"),
            ("'pd.DataFrame'", "Instance(pandas.DataFrame)"),
            ("'B'", "Instance(a.B)"),
            ("'list['", "Unknown"),
        ],
    );
    // Somebody's own class with a builtin's name.
    assert!(ty("class list: pass", "'list[str]'").starts_with("Local"));
}

#[test]
fn aliases() {
    check(
        "Names = list[str]\nMaybe: t.TypeAlias = 'list[int] | None'\ntype Pairs = list[tuple[int, str]]\nT = t.TypeVar('T')\nLoop = list['Loop']",
        &[
            ("Names", "List(Str)"),
            ("Maybe", "Union([List(Int), None])"),
            ("Pairs", "List(Tuple(Positions([Int, Str])))"),
            ("dict[str, Names]", "Dict(Str, List(Str))"),
            ("T", "Unknown"),
            ("list[T]", "List(Unknown)"),
        ],
    );
    check(
        "if t.TYPE_CHECKING:\n    from collections.abc import Sequence",
        &[("'Sequence[int]'", "Instance(typing.Sequence[Int])")],
    );
}
