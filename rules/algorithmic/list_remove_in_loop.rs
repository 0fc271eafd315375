//! # Items taken out of a list one by one
//!
//! `items.remove(x)` looks for `x` from the start and then moves all that come behind it; so does `del items[i]`. In a loop over the
//! items this is O(n²). A comprehension that keeps the others goes over them once: 26-49 times faster for 1000 items on CPython 3.8 to
//! 3.15, 241-473 times for 10,000.
//!
//! ```python bad
//! def without_blank(lines: list[str]):
//!     for line in list(lines):
//!         if not line.strip():
//!             lines.remove(line)
//!     return lines
//! ```
//!
//! ```python good
//! def without_blank(lines: list[str]):
//!     lines[:] = [line for line in lines if line.strip()]
//!     return lines
//! ```
//!
//! ```python input
//! without_blank(["%d" % i for i in range(n)] + [" "] * n)
//! ```
//!
//! ```python bad
//! def without_blank(lines: list[str]):
//!     for i in reversed(range(len(lines))):
//!         if not lines[i].strip():
//!             del lines[i]
//!     return lines
//! ```
//!
//! ```python good
//! def without_blank(lines: list[str]):
//!     lines[:] = [line for line in lines if line.strip()]
//!     return lines
//! ```
//!
//! ```python input
//! without_blank([" "] * n + ["%d" % i for i in range(n)])
//! ```
//!
//! One item for each list, a search that ends with the first, a set, and names that somebody else chose:
//!
//! ```python fine
//! def tidy(rows, names: list[str], seen: set[str], wanted):
//!     for row in rows:
//!         cells = list(row)
//!         cells.remove("")
//!     for name in names:
//!         if name == wanted:
//!             names.remove(name)
//!             break
//!     for name in names:
//!         seen.remove(name)
//!     for name in rows:
//!         names.remove(name)
//! ```
//!
//! A queue from which the best is taken each time:
//!
//! ```python fine
//! def ordered(tasks: list[int]):
//!     while tasks:
//!         task = min(tasks)
//!         tasks.remove(task)
//!         print(task)
//! ```

use hotlint_core::ast::NodeKind;
use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, ExprSubscript, StmtDelete};
use hotlint_core::lint::{Cost, Cx, Finding, Query, Rule};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct ListRemoveInLoop;

/// What takes an item out of a list from within.
#[derive(Clone, Copy)]
pub struct Removal<'a> {
    list: &'a Expr,
    /// The item, or its position.
    which: &'a Expr,
    by_position: bool,
    range: TextRange,
}

/// Statements that take one item out of something: `xs.remove(x)`, `xs.pop(i)`, `del xs[i]`.
pub struct Removing;

impl Query for Removing {
    type Node<'a> = Removal<'a>;
    const KINDS: &'static [NodeKind] = &[NodeKind::StmtExpr, NodeKind::StmtDelete];
    fn get<'a>(node: AnyNodeRef<'a>, _: &Cx<'a>) -> Option<Removal<'a>> {
        match node {
            AnyNodeRef::StmtExpr(stmt) => called(stmt.value.as_call_expr()?),
            AnyNodeRef::StmtDelete(StmtDelete { targets, .. }) => match targets.as_slice() {
                [Expr::Subscript(item)] => deleted(item),
                _ => None,
            },
            _ => None,
        }
    }
}

fn called(call: &ExprCall) -> Option<Removal<'_>> {
    let (Expr::Attribute(method), [which]) = (&*call.func, &*call.arguments.args) else {
        return None;
    };
    let by_position = match method.attr.as_str() {
        "remove" => false,
        "pop" => true,
        _ => return None,
    };
    call.arguments.keywords.is_empty().then_some(Removal {
        list: &method.value,
        which,
        by_position,
        range: call.range(),
    })
}

fn deleted(item: &ExprSubscript) -> Option<Removal<'_>> {
    (!item.slice.is_slice_expr()).then_some(Removal {
        list: &item.value,
        which: &item.slice,
        by_position: true,
        range: item.range(),
    })
}

impl Rule for ListRemoveInLoop {
    type On = Removing;
    const COST: Cost = Cost::Growth("O(n²)", "O(n)");

    fn check<'a>(removal: Removal<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let Removal {
            list,
            which,
            by_position,
            range,
        } = removal;
        let name = which.as_name_expr()?;
        if cx.scanned_kind(list)? != "list" {
            return None;
        }
        let around = cx.in_loop(which)?;
        let iter = around.iter()?;
        let symbol = cx.symbol(name)?;
        let is_target = cx.binds(around.target()?, symbol);
        // Who goes over the list itself keeps or drops each item; a few others to be dropped are no matter of growth.
        if !is_target
            || !mentions(iter, list, cx)
            || !cx.outlives(list, around)
            || cx.is_short_at(list, which)
        {
            return None;
        }
        let text = cx.text(list);
        let finding = Finding::new(
            range,
            format!(
                "`{}` moves all that come behind it in `{text}`, for one item after the other",
                cx.text(range)
            ),
        )
        .label(if by_position {
            format!("moves the rest of `{text}`")
        } else {
            format!("searches `{text}` from its start, and moves the rest of it")
        });
        let finding = match cx.made_before_node(list, around) {
            Some(made) => finding.because(made, "a list, made here"),
            None => finding,
        };
        Some(
            finding
                .because(around.header(), "for each iteration of this loop")
                .sized(cx.size_in(list, Some(&around)), text)
                .help(format!(
                    "keep the others in one pass: `{text}[:] = [x for x in {text} if ...]`"
                )),
        )
    }
}

/// Whether a loop goes over a list itself, a copy of it, or its positions.
fn mentions<'a>(iter: &'a Expr, list: &'a Expr, cx: &Cx<'a>) -> bool {
    let mut inside = cx.tree.descendants(iter);
    inside.any(|node| match node {
        AnyNodeRef::ExprName(_) | AnyNodeRef::ExprAttribute(_) => node
            .as_expr_ref()
            .is_some_and(|expr| cx.text(expr) == cx.text(list)),
        _ => false,
    })
}
