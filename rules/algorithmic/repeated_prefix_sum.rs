//! # The same beginning added up again and again
//!
//! `sum(sizes[:i])` in a loop over `i` copies and adds up everything from the start in each iteration: O(n²). A total that is carried on, or
//! `itertools.accumulate`, does it in one pass: 63 to 89 times faster for 500 items. The same holds for `min` and `max`, and for `sizes[i:]`.
//!
//! ```python bad
//! def offsets(sizes: list[int]):
//!     return [sum(sizes[:i]) for i in range(len(sizes))]
//! ```
//!
//! ```python good
//! from itertools import accumulate
//! def offsets(sizes: list[int]):
//!     return list(accumulate(sizes, initial=0))[:-1]
//! ```
//!
//! ```python input
//! offsets(list(range(n)))
//! ```
//!
//! ```python bad
//! def peaks(marks):
//!     found = []
//!     for i, mark in enumerate(marks):
//!         if i and mark > max(marks[:i]):
//!             found.append(i)
//!     return found
//! ```
//!
//! ```python good
//! def peaks(marks):
//!     found = []
//!     highest = marks[0] if marks else 0
//!     for i, mark in enumerate(marks):
//!         if mark > highest:
//!             found.append(i)
//!             highest = mark
//!     return found
//! ```
//!
//! ```python input
//! peaks([i * 7919 % 10007 for i in range(n)])
//! ```
//!
//! A window of fixed length, a beginning that does not depend on the loop, and a list that changes:
//!
//! ```python fine
//! def means(values: list[float], width: int):
//!     for i in range(len(values)):
//!         yield sum(values[i:i + width]) / width
//!     for i in range(len(values)):
//!         values[i] = sum(values[:i])
//!     for value in values:
//!         yield value / sum(values[:width])
//! ```
//!
//! The depths of a few stages, a handful of rounds, and a loop that stops at the first:
//!
//! ```python fine
//! def rates(config, stages, sizes: list[int]):
//!     for i in range(len(stages)):
//!         yield sum(config.depths[:i])
//!     for i in range(5):
//!         yield sum(sizes[:i])
//!     for i in range(len(sizes)):
//!         return sum(sizes[:i])
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, ExprSlice};
use hotlint_core::lint::{Cost, Cx, Finding, Looped, Rule};
use hotlint_core::python::Loop;

pub struct RepeatedPrefixSum;

impl Rule for RepeatedPrefixSum {
    type On = Looped<ExprCall>;
    const CALLEES: &'static [&'static str] = &["builtins.sum", "builtins.min", "builtins.max"];
    const COST: Cost = Cost::Growth("O(n²)", "O(n)");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let [Expr::Subscript(part)] = &*call.arguments.args else {
            return None;
        };
        let Expr::Slice(ExprSlice {
            lower,
            upper,
            step: None,
            ..
        }) = &*part.slice
        else {
            return None;
        };
        let (bound, which) = match (lower.as_deref(), upper.as_deref()) {
            (None, Some(upper)) => (upper, "from the start"),
            (Some(lower), None) => (lower, "to the end"),
            _ => return None,
        };
        let items = &*part.value;
        let around = cx
            .loops(call)
            .into_iter()
            .find(|around| counts(*around, bound, items, cx))?;
        if !cx.is_left_alone(items, around) {
            return None;
        }
        let (name, func) = (cx.text(items), cx.text(&*call.func));
        let help = match func {
            "sum" => "carry a total on from iteration to iteration, or make all of them with `itertools.accumulate`".to_string(),
            _ => format!("carry the `{func}` on from iteration to iteration, or make all of them with `itertools.accumulate`"),
        };
        Some(
            Finding::new(
                call,
                format!(
                    "`{}` goes over `{name}` {which} in every iteration",
                    cx.text(call)
                ),
            )
            .label(format!("O(len({name}))"))
            .because(around.header(), "for each index")
            .sized(cx.size(items), name)
            .help(help),
        )
    }
}

/// Whether the loop counts through `items`, and `bound` is where it is: `for i in range(len(items))`, `for i, x in enumerate(items)`.
fn counts<'a>(around: Loop<'a>, bound: &'a Expr, items: &'a Expr, cx: &Cx<'a>) -> bool {
    let (Some(Expr::Call(counter)), Some(target)) = (around.iter(), around.target()) else {
        return false;
    };
    let index = match target {
        Expr::Tuple(tuple) if cx.is(&*counter.func, "builtins.enumerate") => tuple.elts.first(),
        target @ Expr::Name(_) if cx.is(&*counter.func, "builtins.range") => Some(target),
        _ => None,
    };
    let Some(Expr::Name(index)) = index else {
        return false;
    };
    let follows = cx.tree.descendants(bound).all(|node| match node {
        AnyNodeRef::ExprName(name) => cx.same_symbol(name, index),
        node => !node.is_expr_call(),
    }) && !bound.is_literal_expr();
    let goes_through = counter
        .arguments
        .args
        .iter()
        .any(|arg| cx.same_place(arg, items) || cx.reads_length(arg, items));
    follows && goes_through
}
