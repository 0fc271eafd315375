//! # Lists added up with `sum`
//!
//! `sum(lists, [])` makes a new list for every `+` and copies all that came before: O(n²) in the length of the result. So does
//! `functools.reduce(operator.add, lists)`. `itertools.chain.from_iterable` looks at each item once: 4.4 times faster for 100 lists,
//! 165 times for 4,000, on every CPython from 3.8 to 3.15. Below 20 lists there is nothing to gain, and PyPy's `sum` is linear by itself.
//!
//! ```python bad
//! from itertools import chain
//!
//!
//! def flat(rows: list[list[int]]):
//!     return sum(rows, [])
//! ```
//!
//! ```python good
//! from itertools import chain
//!
//!
//! def flat(rows: list[list[int]]):
//!     return list(chain.from_iterable(rows))
//! ```
//!
//! ```python input
//! flat([[i, i + 1] for i in range(n)])
//! ```
//!
//! ```python bad
//! import functools
//! import operator
//!
//!
//! def flat(files):
//!     return functools.reduce(operator.add, (file.split() for file in files), [])
//! ```
//!
//! ```python good
//! import functools
//! import operator
//! from itertools import chain
//!
//!
//! def flat(files):
//!     return list(chain.from_iterable(file.split() for file in files))
//! ```
//!
//! ```python input
//! flat(["a b", "", "c"] * n)
//! ```
//!
//! ```python bad
//! def merged(paths):
//!     return sum((tuple(path) for path in paths), ())
//! ```
//!
//! ```python good
//! from itertools import chain
//! def merged(paths):
//!     return tuple(chain.from_iterable(tuple(path) for path in paths))
//! ```
//!
//! ```python input
//! merged(["ab", "c"] * n)
//! ```
//!
//! ```python bad
//! from itertools import chain
//!
//!
//! def ordered(rows: list[list[int]]):
//!     return sorted(sum(rows, []))
//! ```
//!
//! ```python good
//! from itertools import chain
//!
//!
//! def ordered(rows: list[list[int]]):
//!     return sorted(chain.from_iterable(rows))
//! ```
//!
//! ```python input
//! ordered([[i * 7 % 5, i] for i in range(n)])
//! ```
//!
//! Numbers add up as they should, and so do values whose start is no list:
//!
//! ```python fine
//! from datetime import timedelta
//!
//!
//! def totals(rows, start):
//!     return sum(rows), sum(rows, 0.0), sum(rows, start=timedelta()), sum(rows, start)
//! ```
//!
//! A handful of lists:
//!
//! ```python fine
//! def both(left, right):
//!     return sum([left, right], [])
//! ```
//!
//! `operator.iadd` makes the first list longer in place, which is linear, and other functions do not add:
//!
//! ```python fine
//! import functools
//! import operator
//!
//!
//! def flat(lists, numbers):
//!     product = functools.reduce(operator.mul, numbers, 1)
//!     total = functools.reduce(operator.add, numbers)
//!     power = functools.reduce(operator.mul, [number * 2 for number in numbers])
//!     longest = functools.reduce(lambda a, b: a if len(a) > len(b) else b, lists, [])
//!     return functools.reduce(operator.iadd, lists, []), product, total, power, longest
//! ```
//!
//! Another `sum`:
//!
//! ```python fine
//! from numpy import sum
//!
//!
//! def total(array):
//!     return sum(array, [])
//! ```
//!
//! The fix is safe where the items are known to be lists. Elsewhere it is unsafe: `sum` refuses what is no list, or leaves it to the
//! item's own `+`, while `chain` takes the items of whatever can be iterated over.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, Operator};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{FEW, Type};
use hotlint_core::text_size::Ranged;

pub struct QuadraticListSum;

impl Rule for QuadraticListSum {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &["builtins.sum", "functools.reduce"];
    const COST: Cost = Cost::Growth("O(n²)", "O(n)");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let sum = added_up(call, cx)?;
        if cx.known_length(sum.items).is_some_and(|n| n < FEW) {
            return None;
        }
        let finding = Finding::new(
            call,
            format!(
                "`{}` copies the {} so far for each of the items",
                cx.text(&*call.func),
                sum.kind
            ),
        )
        .label(format!("a new {} for every `+`", sum.kind))
        .sized(cx.size(sum.items), cx.text(sum.items))
        .help(format!(
            "flatten with `{}(itertools.chain.from_iterable(...))`",
            sum.kind
        ));
        Some(finding.fix(fix(call, &sum, cx)))
    }
}

struct Sum<'a> {
    /// `list` or `tuple`
    kind: &'static str,
    items: &'a Expr,
    /// Nothing is put in front of the items.
    from_nothing: bool,
    /// Without a start the result of one item is that item itself, and of none an exception.
    has_start: bool,
}

fn added_up<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Sum<'a>> {
    let arguments = &call.arguments;
    let plain = arguments.args.iter().all(|arg| !arg.is_starred_expr());
    let is_reduce = cx.is(&*call.func, "functools.reduce");
    let (items, start) = match (plain, &*arguments.args, &*arguments.keywords) {
        (true, [add, items], []) if is_reduce && is_addition(add, cx) => (items, None),
        (true, [add, items, start], []) if is_reduce && is_addition(add, cx) => {
            (items, Some(start))
        }
        _ if is_reduce => return None,
        (true, [items], [start]) if start.arg.as_deref() == Some("start") => {
            (items, Some(&start.value))
        }
        (true, [items, start], []) => (items, Some(start)),
        _ => return None,
    };
    let kind = match start.map_or_else(|| cx.ty(items).element(), |start| cx.ty(start)) {
        Type::List(_) => "list",
        Type::Tuple(_) => "tuple",
        _ => return None,
    };
    let from_nothing = start.is_none_or(|start| match start {
        Expr::List(list) => list.is_empty(),
        Expr::Tuple(tuple) => tuple.is_empty(),
        _ => false,
    });
    Some(Sum {
        kind,
        items,
        from_nothing,
        has_start: start.is_some(),
    })
}

/// `operator.add`, `operator.concat`, `lambda a, b: a + b`
fn is_addition<'a>(expr: &'a Expr, cx: &Cx<'a>) -> bool {
    if let Expr::Lambda(lambda) = expr {
        let Some(parameters) = &lambda.parameters else {
            return false;
        };
        let names: Vec<&str> = parameters.iter().map(|p| p.name().as_str()).collect();
        return match (&*lambda.body, names.as_slice()) {
            (Expr::BinOp(op), [a, b]) if op.op == Operator::Add => {
                let is = |side: &Expr, name: &str| {
                    side.as_name_expr().is_some_and(|side| side.id == name)
                };
                is(&op.left, a) && is(&op.right, b)
            }
            _ => false,
        };
    }
    cx.is(expr, "operator.add") || cx.is(expr, "operator.concat")
}

/// Whether the result goes into a function that makes its own list or set of it: `sorted(sum(lists, []))`.
fn is_copied_at_once<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let Some(AnyNodeRef::ExprCall(outer)) = cx.tree.ancestors(call).nth(1) else {
        return false;
    };
    let first = outer.arguments.args.first();
    first.is_some_and(|first| first.range() == call.range())
        && ["builtins.sorted", "builtins.set", "builtins.frozenset"]
            .iter()
            .any(|name| cx.is(&*outer.func, name))
}

fn fix<'a>(call: &'a ExprCall, sum: &Sum<'a>, cx: &Cx<'a>) -> Option<Fix> {
    if !sum.from_nothing || cx.has_comment(call) || cx.visible(call, sum.kind).is_some() {
        return None;
    }
    let chain = cx.import(call, "itertools", "chain")?;
    let items = match sum.items {
        Expr::Generator(generator) if generator.parenthesized => cx.text(generator).to_string(),
        items => format!("({})", cx.text(items)),
    };
    let chained = format!("{}.from_iterable{items}", chain.expression);
    let title = format!("Flatten with `{}.from_iterable(...)`", chain.expression);
    let flat = if is_copied_at_once(call, cx) {
        chained
    } else {
        format!("{}({chained})", sum.kind)
    };
    let element = cx.ty(sum.items).element();
    let known = match sum.kind {
        "list" => element.is_list(),
        _ => element.is_tuple(),
    };
    let fix = Fix::safe(title, [Edit::replace(call.range(), flat)]);
    let fix = if !known {
        fix.unsafe_because(format!(
            "items that are no {}s are taken apart and not refused",
            sum.kind
        ))
    } else if !sum.has_start {
        fix.unsafe_because(
            "gives a new list for a single item, and an empty one for none, where `reduce` raises `TypeError`",
        )
    } else {
        fix
    };
    Some(fix.importing(&chain))
}
