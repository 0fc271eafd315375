//! # Two collections joined by comparing all pairs
//!
//! A loop inside a loop that does something only where `a.key == b.key` compares every item of one collection with every item of the
//! other: O(n·m). A dictionary from the key to the items of the inner collection, made once, finds the partners at once: O(n+m).
//!
//! ```python bad
//! def priced(orders: list[tuple[int, int]], prices: list[tuple[int, float]]):
//!     lines = []
//!     for order in orders:
//!         for price in prices:
//!             if order[0] == price[0]:
//!                 lines.append((order, price))
//!     return lines
//! ```
//!
//! ```python good
//! from collections import defaultdict
//!
//!
//! def priced(orders: list[tuple[int, int]], prices: list[tuple[int, float]]):
//!     prices_of = defaultdict(list)
//!     for price in prices:
//!         prices_of[price[0]].append(price)
//!     lines = []
//!     for order in orders:
//!         for price in prices_of.get(order[0], ()):
//!             lines.extend([(order, price)])
//!     return lines
//! ```
//!
//! ```python input
//! priced([(i, i) for i in range(n)], [(i * 2, 0.5) for i in range(n)])
//! ```
//!
//! ```python bad
//! def names_of(ids: list[int], people: list[tuple[int, str]]):
//!     return [name for wanted in ids for number, name in people if number == wanted]
//! ```
//!
//! ```python good
//! def names_of(ids: list[int], people: list[tuple[int, str]]):
//!     names = dict(people)
//!     return [names[wanted] for wanted in ids if wanted in names]
//! ```
//!
//! ```python input
//! names_of(list(range(n)), [(i * 2, str(i)) for i in range(n)])
//! ```
//!
//! Items that belong to the outer one, a few of them, something to do for every pair, and keys without a hash:
//!
//! ```python fine
//! def look(rows: list, columns: list, grid):
//!     for row in rows:
//!         for cell in row.cells:
//!             if cell.key == row.key:
//!                 print(cell)
//!     for row in rows:
//!         for column in columns[:3]:
//!             if row.key == column.key:
//!                 print(row)
//!         for name in ("id", "key"):
//!             if row.key == name:
//!                 print(row)
//!     for i in range(len(rows)):
//!         for j in range(len(columns)):
//!             if i == j:
//!                 continue
//!             grid[i][j] = 0
//! ```

use hotlint_core::ast::{AnyNodeRef, BoolOp, CmpOp, Expr, ExprCompare, ExprName, Stmt, StmtFor};
use hotlint_core::lint::{AnyFor, Cost, Cx, Finding, Rule};
use hotlint_core::python::{Loop, Type};
use hotlint_core::text_size::Ranged;

pub struct NestedLoopJoin;

impl Rule for NestedLoopJoin {
    type On = AnyFor;
    const COST: Cost = Cost::Growth("O(n·m)", "O(n+m)");

    fn check<'a>(inner: Loop<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let equality = only_equality(inner)?;
        let ([CmpOp::Eq], [right]) = (&*equality.ops, &*equality.comparators) else {
            return None;
        };
        let left = &*equality.left;
        if !is_key(left) || !is_key(right) || !is_collection(inner.iter()?, cx) {
            return None;
        }
        let outer = outer_loop(inner, cx)?;
        let sides = [(left, right), (right, left)];
        let (own, others) = sides.into_iter().find(|(own, others)| {
            is_bound(own, inner, cx) && is_bound_between(others, outer, inner, cx)
        })?;
        if cx.is_few(inner.iter()?) || outer.iter().is_some_and(|iter| cx.is_few(iter)) {
            return None;
        }
        let unhashable = cx.is_unhashable(&cx.ty(own)) || cx.is_unhashable(&cx.ty(others));
        if unhashable || !cx.is_left_alone(inner.iter()?, outer) {
            return None;
        }
        let (items, own, others) = (cx.text(inner.iter()?), cx.text(own), cx.text(others));
        Some(
            Finding::new(
                inner.header(),
                format!("all of `{items}` is searched for `{own} == {others}`, in every iteration"),
            )
            .label("goes over all of them")
            .because(outer.header(), "for each iteration of this loop")
            .because(equality, "to find those that are equal")
            .sized(cx.size(inner.iter()?), items)
            .help(format!(
                "collect `{items}` in a dictionary by `{own}` before the outer loop, and look up `{others}` there"
            )),
        )
    }
}

/// The equality without which an iteration does nothing.
fn only_equality(around: Loop<'_>) -> Option<&ExprCompare> {
    let test = match around {
        Loop::For(StmtFor { body, is_async, .. }) => match body.as_slice() {
            [Stmt::If(branch)] if branch.elif_else_clauses.is_empty() && !is_async => &*branch.test,
            _ => return None,
        },
        Loop::Clause { clause, .. } => match clause.ifs.as_slice() {
            [test, ..] if !clause.is_async => test,
            _ => return None,
        },
        Loop::While(_) => return None,
    };
    match test {
        Expr::BoolOp(both) if both.op == BoolOp::And => {
            both.values.iter().find_map(Expr::as_compare_expr)
        }
        test => test.as_compare_expr(),
    }
}

/// `x`, `x.id`, `x["id"]`, `x[0]`
fn is_key(expr: &Expr) -> bool {
    match expr {
        Expr::Name(_) => true,
        Expr::Attribute(attribute) => is_key(&attribute.value),
        Expr::Subscript(item) => item.slice.is_literal_expr() && is_key(&item.value),
        _ => false,
    }
}

/// Whether the inner loop goes over a container of items, which are found by hash; an iterator would be used up.
fn is_collection<'a>(iter: &'a Expr, cx: &Cx<'a>) -> bool {
    matches!(
        cx.ty(iter).without_none(),
        Type::List(_)
            | Type::Tuple(_)
            | Type::Set(_)
            | Type::FrozenSet(_)
            | Type::Dict(..)
            | Type::DictView(_)
    )
}

/// The loop around, if nothing but the inner loop stands between.
fn outer_loop<'a>(inner: Loop<'a>, cx: &Cx<'a>) -> Option<Loop<'a>> {
    let node: AnyNodeRef<'a> = match inner {
        Loop::Clause { clause, .. } => (&clause.iter).into(),
        other => other.node(),
    };
    cx.loops(node)
        .into_iter()
        .find(|outer| !matches!(outer, Loop::While(_)))
}

/// Whether a key reads what the loop binds as its target.
fn is_bound<'a>(key: &'a Expr, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let symbol = root(key).and_then(|name| cx.symbol(name));
    match (symbol, around.target()) {
        (Some(symbol), Some(target)) => cx.binds(target, symbol),
        _ => false,
    }
}

/// Whether a key reads what the outer loop binds anew in each iteration, and the inner loop does not.
fn is_bound_between<'a>(key: &'a Expr, outer: Loop<'a>, inner: Loop<'a>, cx: &Cx<'a>) -> bool {
    let symbol = root(key).and_then(|name| cx.symbol(name));
    symbol.is_some_and(|symbol| {
        let mut nodes = cx
            .binding_nodes(symbol)
            .filter(|node| outer.repeats(*node))
            .peekable();
        nodes.peek().is_some()
            && nodes.all(|node| match inner {
                Loop::Clause { clause, .. } => !clause.target.range().contains_range(node.range()),
                _ => !inner.range().contains_range(node.range()),
            })
    })
}

fn root(key: &Expr) -> Option<&ExprName> {
    match key {
        Expr::Name(name) => Some(name),
        Expr::Attribute(attribute) => root(&attribute.value),
        Expr::Subscript(item) => root(&item.value),
        _ => None,
    }
}
