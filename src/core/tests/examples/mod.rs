//! Examples of code side by side with what facts say of them.

use hotlint_core::ast::{AnyNodeRef, Expr};
use hotlint_core::python::{Facts, PythonVersion, Source, Type, Versions, parse};

/// The type of the expression that `find` picks, as `shown`.
pub fn type_of(
    code: &str,
    find: impl for<'a> Fn(&Facts<'a>) -> Option<&'a Expr>,
    shown: impl Fn(Type<'_>) -> String,
) -> String {
    let source = Source::module("example.py", code);
    let parsed = parse(&source).expect("the example parses");
    let facts = Facts::new(&source, &parsed, Versions::since(PythonVersion::PY39))
        .expect("the example is flat");
    shown(facts.ty(find(&facts).expect("the example has what is asked about")))
}

/// The last statement that is an expression alone.
#[allow(dead_code, reason = "each test file takes what it asks about")]
pub fn last_expression<'a>(facts: &Facts<'a>) -> Option<&'a Expr> {
    facts.tree.nodes().iter().rev().find_map(|node| match node {
        AnyNodeRef::StmtExpr(stmt) => Some(&*stmt.value),
        _ => None,
    })
}

/// Whether `answer` says of each example what stands beside it.
pub fn check(examples: &[(&str, &str)], answer: impl Fn(&str) -> String) {
    let wrong: Vec<String> = examples
        .iter()
        .map(|(code, expected)| (code, expected, answer(code)))
        .filter(|(_, expected, is)| is != *expected)
        .map(|(code, expected, is)| format!("{code}\n    is      {is}\n    but not {expected}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
