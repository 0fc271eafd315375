//! Facts about calls that wait for a server: made for each item, in a handler, for a related object.

use hotlint_core::ast::{AnyNodeRef, ExprAttribute, ExprCall, StmtFunctionDef};
use hotlint_core::python::{Facts, PythonVersion, Source, Versions, parse};

fn ask<T>(code: &str, question: impl FnOnce(&Facts<'_>) -> T) -> T {
    let source = Source::module("example.py", code);
    let parsed = parse(&source).expect("the example parses");
    let facts = Facts::new(&source, &parsed, Versions::since(PythonVersion::PY39))
        .expect("the example is flat");
    question(&facts)
}

/// The first call of `work`, or of a method of that name.
fn work<'a>(facts: &Facts<'a>) -> &'a ExprCall {
    let mut nodes = facts.tree.nodes().iter();
    nodes
        .find_map(|node| match node {
            AnyNodeRef::ExprCall(call) if facts.text(&*call.func).ends_with("work") => Some(*call),
            _ => None,
        })
        .expect("a call of `work`")
}

fn function<'a>(facts: &Facts<'a>) -> &'a StmtFunctionDef {
    let mut nodes = facts.tree.nodes().iter();
    nodes
        .find_map(|node| match node {
            AnyNodeRef::StmtFunctionDef(def) => Some(*def),
            _ => None,
        })
        .expect("a function")
}

#[test]
fn a_call_is_made_per_item_if_it_depends_on_the_item() {
    for (body, wanted) in [
        ("for x in xs:\n        work(x)", true),
        (
            "for x in xs:\n        y = f(x)\n        z = g(y)\n        work(z)",
            true,
        ),
        ("for k, v in xs.items():\n        s.work(v)", true),
        ("ys = [work(x) for x in xs]", true),
        // A constant is written out somewhere.
        ("for x in settings.GUESTS:\n        work(x)", false),
        ("for x in settings.guests:\n        work(x)", true),
        // The same in each iteration.
        ("for x in xs:\n        y = f()\n        work(y)", false),
        (
            "for attempt in retrying():\n        with attempt:\n            work(xs)",
            false,
        ),
        // Batches.
        (
            "for start in range(0, len(xs), 100):\n        work(xs[start:])",
            false,
        ),
        ("for chunk in chunks(xs):\n        work(chunk)", false),
        ("for ids in zip(xs):\n        work(*ids)", false),
        ("for ids in xs:\n        work(key.in_(ids))", false),
        ("for ids in xs:\n        work(id__in=ids)", false),
        // What comes in, and what went wrong.
        ("while True:\n        work(xs.pop())", false),
        (
            "for x in xs:\n        try:\n            f(x)\n        except E:\n            work(x)",
            false,
        ),
    ] {
        let code = format!("def run(xs, s):\n    {body}\n");
        let found = ask(&code, |facts| facts.per_item_loop(work(facts)).is_some());
        assert_eq!(found, wanted, "{code}");
    }
}

#[test]
fn handlers_are_told_by_paths_requests_and_events() {
    for (code, wanted) in [
        ("@app.get('/items')\ndef items(): ...", true),
        ("@bp.route('/')\nasync def items(): ...", true),
        (
            "from starlette.requests import Request\ndef items(request: Request): ...",
            true,
        ),
        ("def handler(event, context): ...", true),
        ("@app.task('name')\ndef items(): ...", false),
        ("@cache\ndef items(): ...", false),
        ("def items(request, context): ...", false),
    ] {
        assert_eq!(
            ask(code, |facts| facts.is_handler(function(facts))),
            wanted,
            "{code}"
        );
    }
    let looped = |code| {
        ask(code, |facts| {
            facts.called_in_loop(function(facts)).is_some()
        })
    };
    assert!(looped("def f(x): ...\nfor x in xs:\n    f(x)\n"));
    assert!(looped("def f(x): ...\nlist(map(f, xs))\n"));
    assert!(!looped("def f(x): ...\nf(1)\nrun(f)\n"));
}

const MODELS: &str = "\
from django.db import models


class Author(models.Model):
    name = models.TextField()


class Book(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
    title = models.TextField()


";

#[test]
fn relations_and_what_fetches_them() {
    let lazy = |code: &str| {
        ask(&format!("{MODELS}{code}"), |facts| {
            let attribute: &ExprAttribute = facts
                .tree
                .nodes()
                .iter()
                .rev()
                .find_map(|node| match node {
                    AnyNodeRef::ExprAttribute(read) if facts.text(*read).starts_with("book.") => {
                        Some(*read)
                    }
                    _ => None,
                })
                .expect("an attribute of `book`");
            let relation = facts.relation(attribute)?;
            let object = attribute.value.as_name_expr()?;
            Some(!facts.is_fetched_along(object, &relation.name)?)
        })
    };
    let each = |query: &str, read: &str| lazy(&format!("for book in {query}:\n    book.{read}\n"));
    assert_eq!(each("Book.objects.filter(title='x')", "author"), Some(true));
    assert_eq!(each("Book.objects.all()", "title"), None);
    assert_eq!(each("Book.objects.select_related()", "author"), Some(false));
    assert_eq!(
        each(
            "Book.objects.all().prefetch_related('author__books').order_by('id')",
            "author"
        ),
        Some(false)
    );
    assert_eq!(
        each("Book.objects.select_related('shelf')", "author"),
        Some(true)
    );
    assert_eq!(each("books()", "author"), None);
    assert_eq!(
        lazy("found = Book.objects.all()\nfor book in found:\n    book.author\n"),
        Some(true)
    );
}
