//! # The last items of a list, kept by copying
//!
//! `items.append(x)` and `items = items[-n:]` copy the last `n` items for each one that comes; `items.pop(0)` moves them all. A
//! `collections.deque(maxlen=n)` drops the oldest item at once. The more items are kept, the more it gains: hence only windows of
//! hundreds of items, or of a size that the text does not tell, are reported.
//!
//! ```python bad
//! def last(events, n):
//!     recent = []
//!     count = 0
//!     for event in events:
//!         recent.append(event)
//!         recent = recent[-n:]
//!         count += len(recent)
//!     return count
//! ```
//!
//! ```python good
//! from collections import deque
//!
//!
//! def last(events, n):
//!     recent = deque(maxlen=n)
//!     count = 0
//!     for event in events:
//!         recent.append(event)
//!         count += len(recent)
//!     return count
//! ```
//!
//! ```python input
//! last(range(2 * n), n + 1)
//! ```
//!
//! ```python bad
//! def smoothed(values):
//!     window = []
//!     total = 0.0
//!     for value in values:
//!         window.append(value)
//!         total += value
//!         if len(window) > 5000:
//!             total -= window.pop(0)
//!         yield total / len(window)
//! ```
//!
//! ```python good
//! from collections import deque
//!
//!
//! def smoothed(values):
//!     window = deque()
//!     total = 0.0
//!     for value in values:
//!         window.append(value)
//!         total += value
//!         if len(window) > 5000:
//!             total -= window.popleft()
//!         yield total / len(window)
//! ```
//!
//! In a method it is the calls that repeat:
//!
//! ```python bad
//! class Log:
//!     def __init__(self):
//!         self.lines = []
//!
//!     def add(self, line):
//!         self.lines.append(line)
//!         self.lines = self.lines[-1000:]
//! ```
//!
//! ```python good
//! from collections import deque
//!
//!
//! class Log:
//!     def __init__(self):
//!         self.lines = deque(maxlen=1000)
//!
//!     def add(self, line):
//!         self.lines.append(line)
//! ```
//!
//! A handful of items, and a window that all of is looked at anyway:
//!
//! ```python fine
//! def means(values, width):
//!     window = []
//!     recent = []
//!     for value in values:
//!         recent.append(value)
//!         recent = recent[-10:]
//!         window.append(value)
//!         window = window[-width:]
//!         yield sum(window) / len(window), recent[0]
//!     several = []
//!     for value in values:
//!         several.append(value)
//!         if len(several) > width:
//!             several.pop(0)
//! ```
//!
//! Once, after all has been gathered, or what is no list for certain:
//!
//! ```python fine
//! def tail(lines, text, n):
//!     found = []
//!     for line in lines:
//!         found.append(line)
//!         text += line
//!         text = text[-n:]
//!     found = found[-n:]
//!     return found, text
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, ExprSlice, Number, Stmt, UnaryOp};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{Loop, Use, function_around, siblings};
use hotlint_core::text_size::Ranged;

/// Below this many items moving them costs less than everything else in the loop.
const MANY: u64 = 500;

pub struct DequeAsSlidingWindow;

impl Rule for DequeAsSlidingWindow {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &["builtins.list.append"];
    const COST: Cost = Cost::Growth("O(n·m)", "O(n)");

    fn check<'a>(append: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let list = &*append.func.as_attribute_expr()?.value;
        let stmt = cx.tree.statement(append)?;
        let behind = siblings(&cx.tree, stmt).iter();
        let mut behind = behind.filter(|other| other.start() >= stmt.end());
        let (cut, kept, moves) = behind.find_map(|other| shortened(other, list, cx))?;
        let size = number(kept);
        // Moving is quick: that a window of unknown size is large enough is not likely.
        if size.map_or(moves, |size| size < MANY) {
            return None;
        }
        let around = cx.in_loop(append);
        let repeats = match (list, around) {
            (_, Some(around)) => is_window_of(list, around, cx),
            // A method is called again and again; how often, nobody knows.
            (Expr::Attribute(own), None) => {
                let owner = own.value.as_name_expr();
                let of_self = owner.is_some_and(|name| cx.class_of_self(name).is_some());
                let initial = function_around(&cx.tree, append)
                    .is_some_and(|def| def.name.as_str() == "__init__");
                of_self && !initial && size.is_some()
            }
            _ => false,
        };
        if !repeats {
            return None;
        }
        let name = cx.text(list);
        let kept = cx.text(kept);
        let finding = Finding::new(
            cut,
            format!("the last {kept} items of `{name}` are {} for each one that comes", if moves { "moved" } else { "copied" }),
        )
        .label(format!("O({kept}) for one item"))
        .because(append, "one item")
        .help(format!("let `{name}` be a `collections.deque(maxlen={kept})`, which drops the oldest item by itself"));
        Some(match around {
            Some(around) => finding.because(around.header(), "in every iteration"),
            None => finding,
        })
    }
}

/// `list = list[-n:]`, or `if len(list) > n: list.pop(0)`: the place, the `n`, and whether items are moved and not copied.
fn shortened<'a>(
    stmt: &'a Stmt,
    list: &'a Expr,
    cx: &Cx<'a>,
) -> Option<(AnyNodeRef<'a>, &'a Expr, bool)> {
    match stmt {
        Stmt::Assign(assign) => {
            let ([place], Expr::Subscript(item)) = (assign.targets.as_slice(), &*assign.value)
            else {
                return None;
            };
            let Expr::Slice(ExprSlice {
                lower: Some(lower),
                upper: None,
                step: None,
                ..
            }) = &*item.slice
            else {
                return None;
            };
            let Expr::UnaryOp(minus) = &**lower else {
                return None;
            };
            let own = minus.op == UnaryOp::USub
                && cx.same_place(place, list)
                && cx.same_place(&item.value, list);
            own.then_some((stmt.into(), &*minus.operand, false))
        }
        Stmt::If(branch) => {
            let Expr::Compare(compare) = &*branch.test else {
                return None;
            };
            let ([limit], [only]) = (&*compare.comparators, branch.body.as_slice()) else {
                return None;
            };
            if !cx.reads_length(&compare.left, list) || !branch.elif_else_clauses.is_empty() {
                return None;
            }
            let at_front = |index: &Expr| number(index) == Some(0);
            let first = cx.tree.descendants(only).find_map(|node| match node {
                AnyNodeRef::ExprCall(call) => match (&*call.func, &*call.arguments.args) {
                    (Expr::Attribute(method), [index]) => (method.attr.as_str() == "pop"
                        && at_front(index)
                        && cx.same_place(&method.value, list))
                    .then_some(node),
                    _ => None,
                },
                AnyNodeRef::ExprSubscript(item) => {
                    (item.ctx.is_del() && at_front(&item.slice) && cx.same_place(&item.value, list))
                        .then_some(node)
                }
                _ => None,
            });
            match (first, shortened(only, list, cx)) {
                (Some(node), _) => Some((node, limit, true)),
                (None, Some((node, kept, false))) => Some((node, kept, false)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn number(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(int) => int.as_u64(),
            _ => None,
        },
        _ => None,
    }
}

/// Whether the list is the same in all iterations, and nothing there goes over all of it.
fn is_window_of<'a>(list: &'a Expr, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let Some(symbol) = list.as_name_expr().and_then(|name| cx.symbol(name)) else {
        return true;
    };
    let starts_outside = cx
        .binding_nodes(symbol)
        .any(|node| !around.range().contains_range(node.range()));
    starts_outside
        && cx
            .reads(symbol)
            .filter(|read| around.repeats(*read))
            .all(|read| match cx.usage(read) {
                Use::Method(..) | Use::Truth | Use::Item(_) => true,
                Use::Argument(call) => cx.is(&*call.func, "builtins.len"),
                _ => false,
            })
}
