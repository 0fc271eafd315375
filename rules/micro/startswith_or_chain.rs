//! # `startswith` once for each prefix
//!
//! `s.startswith(a) or s.startswith(b)` looks the method up and calls it once for each prefix; it takes a tuple of them as well, which
//! is one call. With three prefixes of which none fits, that is 1.7-3 times faster on CPython 3.8 to 3.15. Where the first one fits nearly
//! always, both are equally fast, and on PyPy the tuple is the slower one. The same holds for `endswith`.
//!
//! ```python bad
//! def links(lines: list[str]):
//!     found = 0
//!     for line in lines:
//!         if line.startswith("http:") or line.startswith("https:") or line.startswith("ftp:"):
//!             found += 1
//!     return found
//! ```
//!
//! ```python good
//! def links(lines: list[str]):
//!     found = 0
//!     for line in lines:
//!         if line.startswith(("http:", "https:", "ftp:")):
//!             found += 1
//!     return found
//! ```
//!
//! ```python input
//! links(["some words", "other words"] * n)
//! ```
//!
//! ```python bad
//! def is_text(name: str, wanted: bool):
//!     return wanted and not name.endswith((".gz", ".xz")) and not name.endswith(".zip")
//! ```
//!
//! ```python good
//! def is_text(name: str, wanted: bool):
//!     return wanted and not name.endswith((".gz", ".xz", ".zip"))
//! ```
//!
//! ```python input
//! is_text("x" * n + ".zip", True)
//! ```
//!
//! Different strings or methods, something between, a part of the string only, and classes of which nothing is known:
//!
//! ```python fine
//! def mixed(a: str, b: str, c, is_new):
//!     first = a.startswith("x") or b.startswith("y")
//!     second = a.startswith("x") or a.endswith("y")
//!     third = a.startswith("x") or is_new() or a.startswith("y")
//!     fourth = a.startswith("x", 1) or a.startswith("y", 1)
//!     fifth = a.startswith("x") and a.startswith("xy")
//!     sixth = not a.startswith("x") or not a.startswith("y")
//!     return first, second, third, fourth, fifth, sixth, c.startswith("x") or c.startswith("y")
//! ```

use hotlint_core::ast::{BoolOp, Expr, ExprAttribute, ExprBoolOp, UnaryOp};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct StartswithOrChain;

impl Rule for StartswithOrChain {
    type On = ExprBoolOp;
    const COST: Cost = Cost::Constant("up to 3 times faster in one call, where no prefix fits");

    fn check<'a>(chain: &'a ExprBoolOp, cx: &Cx<'a>) -> Option<Finding> {
        // Nearly all chains are of other things.
        let in_a_row = chain
            .values
            .windows(2)
            .any(|pair| pair.iter().all(|value| test(value, chain.op).is_some()));
        if !in_a_row {
            return None;
        }
        let tests: Vec<Option<Test<'a>>> = chain
            .values
            .iter()
            .map(|value| test(value, chain.op))
            .collect();
        let alike = |a: &Option<Test<'a>>, b: &Option<Test<'a>>| match (a, b) {
            (Some(a), Some(b)) => {
                a.method.attr.id == b.method.attr.id
                    && cx.same_place(&a.method.value, &b.method.value)
            }
            _ => false,
        };
        let run = tests.chunk_by(alike).find(|run| run.len() > 1)?;
        let run: Vec<&Test<'a>> = run.iter().flatten().collect();
        let (first, last) = (run.first()?, run.last()?);
        let class = cx.ty(&*first.method.value);
        if !class.is_str() && !class.is_bytes() {
            return None;
        }
        let affixes: Vec<&'a Expr> = run.iter().flat_map(|test| affixes(test.affix)).collect();
        if !affixes.iter().all(|affix| cx.ty(*affix) == class) {
            return None;
        }
        let called = cx.text(first.method);
        let whole = TextRange::new(first.whole.start(), last.whole.end());
        let texts: Vec<&str> = affixes.iter().map(|affix| cx.text(*affix)).collect();
        let not = if chain.op == BoolOp::And { "not " } else { "" };
        let better = format!("{not}{called}(({}))", texts.join(", "));
        let plain = run
            .iter()
            .all(|test| cx.parenthesized(test.whole) == test.whole.range());
        let fix = (plain && !cx.has_comment(whole)).then(|| {
            Fix::safe(
                format!("Pass {} strings to one call", affixes.len()),
                [Edit::replace(whole, better)],
            )
        });
        let times = match run.len() {
            2 => "twice".to_string(),
            n => format!("{n} times"),
        };
        Some(
            Finding::new(
                whole,
                format!("`{called}` is called {times} where one call does"),
            )
            .label("one call for each of these")
            .help("pass all of them as one tuple")
            .fix(fix),
        )
    }
}

/// One test of a chain: `s.startswith(a)`, or `not s.startswith(a)` between `and`.
struct Test<'a> {
    whole: &'a Expr,
    method: &'a ExprAttribute,
    affix: &'a Expr,
}

fn test(value: &Expr, op: BoolOp) -> Option<Test<'_>> {
    let call = match (value, op) {
        (Expr::UnaryOp(not), BoolOp::And) if not.op == UnaryOp::Not => {
            not.operand.as_call_expr()?
        }
        (Expr::Call(call), BoolOp::Or) => call,
        _ => return None,
    };
    let method = call.func.as_attribute_expr()?;
    let known = matches!(&*method.attr, "startswith" | "endswith");
    match &*call.arguments.args {
        [affix] if known && call.arguments.keywords.is_empty() && !affix.is_starred_expr() => {
            Some(Test {
                whole: value,
                method,
                affix,
            })
        }
        _ => None,
    }
}

/// The strings that one call asks for.
fn affixes(affix: &Expr) -> Vec<&Expr> {
    match affix {
        Expr::Tuple(tuple) => tuple.elts.iter().collect(),
        one => vec![one],
    }
}
