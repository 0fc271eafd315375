//! # `max` or `min` of two in a loop
//!
//! `best = max(best, x)` looks up a builtin, calls it and stores what it gives in every iteration, also where nothing changes. A comparison
//! does the same without a call: 3-12 times faster on CPython 3.8 to 3.12, where the items come in no order, and 1.6-2 times on 3.13 to
//! 3.15; with profile-guided builds of 3.13 both are equally fast. A loop that does nothing else is `max(items)`, which is faster still.
//!
//! ```python bad
//! def widest(rows):
//!     width = 0
//!     for row in rows:
//!         length = len(row)
//!         width = max(width, length)
//!     return width
//! ```
//!
//! ```python good
//! def widest(rows):
//!     width = 0
//!     for row in rows:
//!         length = len(row)
//!         if length > width:
//!             width = length
//!     return width
//! ```
//!
//! ```python input
//! widest(["x" * (i * 7919 % 101) for i in range(n)])
//! ```
//!
//! ```python bad
//! def lowest(prices: list[int]):
//!     low = 10**9
//!     for price in prices:
//!         low = min(price, low)
//!     return low
//! ```
//!
//! ```python good
//! def lowest(prices: list[int]):
//!     low = 10**9
//!     for price in prices:
//!         if price < low:
//!             low = price
//!     return low
//! ```
//!
//! ```python input
//! lowest([i * 7919 % 10007 for i in range(n)])
//! ```
//!
//! What is computed for the comparison needs a name first, so there is no fix:
//!
//! ```python bad
//! def longest(words):
//!     most = 0
//!     for word in words:
//!         most = max(most, len(word))
//!     return most
//! ```
//!
//! Once, of three, by a key, of other variables, and a handful of times; a limit that is set again, and a value that takes its time:
//!
//! ```python fine
//! def bounds(rows, low, high, key, limit, measure):
//!     low = step = max(low, high)
//!     for row in rows:
//!         high = max(high, row, 7)
//!         low = max(low, row, key=key)
//!         width = max(row, high)
//!         step = min(step, limit)
//!         high = max(high, measure(row))
//!     for side in ("left", "right"):
//!         high = max(high, side)
//!     return low, high, width, step
//! ```
//!
//! The fix is safe: it compares the same two in the same order. Where the order of the arguments is the other one, equal items of different
//! types could be told apart, and it is safe for whole numbers and strings only.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, StmtAssign};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Loop, Purity, Type};

pub struct RunningMaxCallInLoop;

impl Rule for RunningMaxCallInLoop {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &["builtins.max", "builtins.min"];
    const COST: Cost = Cost::Constant("a call for what a comparison does: up to 12 times slower");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let [first, second] = &*call.arguments.args else {
            return None;
        };
        let Some(AnyNodeRef::StmtAssign(stmt)) = cx.tree.parent(call) else {
            return None;
        };
        let [target @ Expr::Name(name)] = stmt.targets.as_slice() else {
            return None;
        };
        if !call.arguments.keywords.is_empty() || second.is_starred_expr() {
            return None;
        }
        let (other, kept_first) = if cx.same_place(first, target) {
            (second, true)
        } else if cx.same_place(second, target) {
            (first, false)
        } else {
            return None;
        };
        if other.is_starred_expr() || cx.same_place(other, target) {
            return None;
        }
        // What takes its time anyway hides the call, and what is the same all the time is a limit, set once more.
        let around = cx.in_loop(call)?;
        let awaits = (cx.tree.descendants(around.node())).any(|node| node.is_expr_await());
        if awaits || cx.purity(other) == Purity::Impure || cx.is_left_alone(other, around) {
            return None;
        }
        let function = cx.text(&*call.func);
        let name = name.id.as_str();
        let help = match whole_loop(stmt, other, around) {
            Some(items) => format!(
                "`{function}({})` does the whole loop in one call",
                cx.text(items)
            ),
            None => "compare the two, and assign only where something changes".to_string(),
        };
        Some(
            Finding::new(
                call,
                format!(
                    "`{function}` is called in every iteration to compare `{name}` with one value"
                ),
            )
            .label("a call, and a new value even if it is the old one")
            .because(around.header(), "in every iteration of this loop")
            .help(help)
            .fix(fix(stmt, call, other, kept_first, cx)),
        )
    }
}

/// What the loop goes over, if it does nothing else.
fn whole_loop<'a>(stmt: &'a StmtAssign, other: &'a Expr, around: Loop<'a>) -> Option<&'a Expr> {
    let Loop::For(around) = around else {
        return None;
    };
    let (Expr::Name(item), Expr::Name(target), [_]) = (other, &*around.target, &*around.body)
    else {
        return None;
    };
    let plain = !around.is_async && around.orelse.is_empty() && stmt.targets.len() == 1;
    (plain && item.id == target.id).then_some(&*around.iter)
}

fn fix<'a>(
    stmt: &'a StmtAssign,
    call: &'a ExprCall,
    other: &'a Expr,
    kept_first: bool,
    cx: &Cx<'a>,
) -> Option<Fix> {
    // Read twice, it must be there at no cost and be the same.
    if !other.is_name_expr() && !other.is_number_literal_expr() {
        return None;
    }
    if !cx.is_alone_on_its_lines(stmt) || cx.has_comment(stmt) {
        return None;
    }
    let target = cx.text(stmt.targets.first()?);
    let value = cx.text(other);
    let sign = if cx.text(&*call.func).ends_with("max") {
        ">"
    } else {
        "<"
    };
    let indentation = cx.indentation(stmt);
    let line_end = cx.line_end();
    let better =
        format!("if {value} {sign} {target}:{line_end}{indentation}    {target} = {value}");
    let fix = Fix::safe(
        format!("Replace with `if {value} {sign} {target}`"),
        [Edit::replace(stmt, better)],
    );
    let alike = matches!(
        (cx.ty(other), cx.ty(stmt.targets.first()?)),
        (Type::Int, Type::Int) | (Type::Str, Type::Str)
    );
    Some(if kept_first || alike {
        fix
    } else {
        fix.unsafe_because(format!(
            "of equal values `{target}` stays the one that it is"
        ))
    })
}
