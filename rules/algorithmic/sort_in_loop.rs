//! # The same sort in every iteration
//!
//! `sorted(items)` inside a loop that leaves `items` alone puts the same items in the same order again and again. Sorted once, before the
//! loop, it is O(n log n) in place of O(n·m): 28 to 58 times faster for 100 items and as many iterations, on Python 3.8 to 3.15.
//!
//! ```python bad
//! def ranks(queries: list[int], marks: list[int]):
//!     total = 0
//!     for query in queries:
//!         total += sorted(marks)[query]
//!     return total
//! ```
//!
//! ```python good
//! def ranks(queries: list[int], marks: list[int]):
//!     total = 0
//!     marks_sorted = sorted(marks)
//!     for query in queries:
//!         total += marks_sorted[query]
//!     return total
//! ```
//!
//! ```python input
//! ranks(list(range(n)), [i * 7919 % 10007 for i in range(n)])
//! ```
//!
//! The list is sorted already after the first time, and looked through all the same:
//!
//! ```python bad
//! def best(rounds: int, marks: list[int]):
//!     found = 0
//!     while found < rounds:
//!         marks.sort()
//!         found += max(1, marks[-1])
//!     return found
//! ```
//!
//! ```python good
//! def best(rounds: int, marks: list[int]):
//!     found = 0
//!     marks.sort()
//!     while found < rounds:
//!         found += max(1, marks[-1])
//!     return found
//! ```
//!
//! ```python input
//! best(n, [i * 7919 % 13 for i in range(n + 1)])
//! ```
//!
//! What is sorted changes from one iteration to the next, or the order does:
//!
//! ```python fine
//! def paired(rows: list[list[int]], names: list[str], distance):
//!     for row in rows:
//!         yield sorted(row)[1]
//!     for name in list(names):
//!         names.remove(name)
//!         yield sorted(names)[:2]
//!     for row in rows:
//!         yield sorted(names, key=lambda name: distance(name, row))[:2]
//! ```
//!
//! A loop that sorts once for all its rounds, a handful of items, and what a call may give anew each time:
//!
//! ```python fine
//! def listed(table: dict[str, int], fetch, rows):
//!     for name in sorted(table):
//!         yield table[name]
//!     for row in rows:
//!         yield row + sorted("abc")[0] + sorted(fetch())[0]
//!     for row in rows:
//!         return row in sorted(table)
//! ```
//!
//! A test in front that is mostly false:
//!
//! ```python fine
//! def same(scenes, name: str, lights: list[str]):
//!     return [scene for scene in scenes if scene.name == name and scene.lights == sorted(lights)]
//! ```
//!
//! Where all items are gone through anyway, the sort is a small part of it; and what is told when something is wrong is told once:
//!
//! ```python fine
//! def printed(rows, names: set[str], log):
//!     for row in rows:
//!         for name in sorted(names):
//!             print(name, row)
//!         if row not in names:
//!             row.names = sorted(names)
//!             log(f"{row} is none of {sorted(names)}")
//!         if row is None:
//!             log.append("one of " + ", ".join(sorted(names)))
//! ```
//!
//! The fix is safe where the items are known to have an order, and nothing around can change them.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, Stmt};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Looped, Rule};
use hotlint_core::python::{Binding, FEW, Loop, Purity, ScopeKind, Type, Use, siblings};
use hotlint_core::text_size::Ranged;

pub struct SortInLoop;

impl Rule for SortInLoop {
    type On = Looped<ExprCall>;
    const CALLEES: &'static [&'static str] = &["builtins.sorted", "builtins.list.sort"];
    const COST: Cost = Cost::Growth("O(n·m)", "O(n+m)");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let items = match &*call.func {
            Expr::Attribute(method) if method.attr.as_str() == "sort" => &*method.value,
            _ => match &*call.arguments.args {
                [items] if !items.is_starred_expr() => items,
                _ => return None,
            },
        };
        let in_place = !items.range().is_empty() && call.arguments.args.is_empty();
        if !in_place && is_gone_through(call, cx)
            || in_place && !matches!(cx.tree.parent(call), Some(AnyNodeRef::StmtExpr(_)))
            || matches!(cx.ty(items), Type::Iterator(_))
            || cx.known_length(items).is_some_and(|n| n < FEW)
            || is_now_and_then(call, cx)
        {
            return None;
        }
        let loops = cx.loops(call);
        let steady = |around: &Loop<'a>| {
            let left_alone = if in_place {
                sorts_the_same(call, items, *around, cx)
            } else {
                cx.is_left_alone(items, *around)
            };
            left_alone && orders_alike(call, *around, cx)
        };
        let steady: Vec<Loop<'a>> = loops.into_iter().take_while(steady).collect();
        let (innermost, outermost) = (*steady.first()?, *steady.last()?);
        let name = cx.text(items);
        let finding = Finding::new(
            call,
            format!("`{name}` is sorted again in every iteration, and is the same each time"),
        )
        .label(format!("O(n log n) for the items of `{name}`"))
        .because(innermost.header(), "in every iteration of this loop")
        .sized(cx.size(items).or(|| cx.rounds(&steady)), name)
        .help("sort it once, before the loop");
        Some(if in_place {
            finding
        } else {
            finding.fix(sort_before(call, items, outermost, cx))
        })
    }
}

/// Whether all of the sorted items are gone through in Python code, kept, or only told to a reader.
fn is_gone_through<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    match cx.usage(call) {
        Use::Iterated(_) | Use::Formatted | Use::Yielded => true,
        // Each gets a list of its own.
        Use::Stored => !matches!(cx.tree.parent(call), Some(AnyNodeRef::StmtAssign(stmt))
            if stmt.targets.iter().all(Expr::is_name_expr)),
        Use::Argument(outer) => match &*outer.func {
            // A message.
            Expr::Attribute(method) if method.attr.as_str() == "join" => true,
            func => [
                "enumerate",
                "zip",
                "map",
                "filter",
                "reversed",
                "repr",
                "str",
            ]
            .iter()
            .any(|name| cx.is(func, &format!("builtins.{name}"))),
        },
        _ => false,
    }
}

/// Whether something in front of the expression decides whether it is evaluated at all: `name == other and sorted(a) == sorted(b)`.
fn is_now_and_then<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let inside = cx.tree.ancestors(call);
    inside
        .take_while(|outer| !outer.is_statement())
        .any(|outer| match outer {
            AnyNodeRef::ExprBoolOp(op) => {
                let first = op.values.first();
                first.is_none_or(|first| !first.range().contains_range(call.range()))
            }
            AnyNodeRef::ExprIf(branch) => !branch.test.range().contains_range(call.range()),
            _ => false,
        })
}

/// Whether an iteration does nothing to a list but sort it and look at it.
fn sorts_the_same<'a>(call: &'a ExprCall, list: &'a Expr, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let Expr::Name(name) = list else {
        return false;
    };
    let Some(symbol) = cx.symbol(name) else {
        return false;
    };
    !cx.is_bound_in(symbol, around.range())
        && !symbol.shared
        && cx
            .reads(symbol)
            .filter(|read| around.repeats(*read) && !call.range().contains_range(read.range()))
            .all(|read| !cx.may_mutate(cx.usage(read)))
}

/// Whether the key is the same in every iteration.
fn orders_alike<'a>(call: &'a ExprCall, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    call.arguments.keywords.iter().all(|keyword| {
        keyword.arg.is_some()
            && cx.tree.descendants(&keyword.value).all(|node| match node {
                AnyNodeRef::ExprName(name) => cx.symbol(name).is_none_or(|symbol| {
                    keyword
                        .range()
                        .contains_range(cx.tree.scope(symbol.scope).node.range())
                        || !cx.is_touched_in(symbol, around)
                }),
                AnyNodeRef::ExprAttribute(attribute) => {
                    // `key=self.order.index`
                    !attribute.value.is_attribute_expr()
                        || cx.is_left_alone(&attribute.value, around)
                }
                AnyNodeRef::ExprYield(_) | AnyNodeRef::ExprAwait(_) | AnyNodeRef::ExprNamed(_) => {
                    false
                }
                _ => true,
            })
    })
}

fn sort_before<'a>(
    call: &'a ExprCall,
    items: &'a Expr,
    around: Loop<'a>,
    cx: &Cx<'a>,
) -> Option<Fix> {
    let stmt = cx.tree.statement(around.node())?;
    let is_loop = stmt.range() == around.range();
    let scope = cx.tree.scope(cx.tree.scope_of(stmt)).kind;
    let text = cx.text(call);
    // In a comprehension, what stands around may run it later or never.
    if !is_loop || scope == ScopeKind::Class || cx.has_comment(call) || text.contains('\n') {
        return None;
    }
    let word = match items {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => "items",
    };
    let name = cx.fresh_name(&format!("{word}_sorted"));
    let fix = Fix::safe(
        format!("Sort `{}` before the loop", cx.text(items)),
        vec![
            cx.line_before(stmt, &format!("{name} = {text}"))?,
            Edit::replace(call, name),
        ],
    );
    let ordered = matches!(cx.ty(items).element(), Type::Int | Type::Str | Type::Bytes)
        && cx.ty(items).is_builtin_container()
        && call.arguments.keywords.is_empty();
    let early = around
        .iter()
        .is_none_or(|iter| cx.purity(iter) > Purity::Impure);
    let shared = matches!(
        cx.usage(call),
        Use::Item(_) | Use::Haystack(_) | Use::Compared(_)
    ) || matches!(cx.usage(call), Use::Method("index" | "count" | "copy", _));
    let proven = ordered
        && early
        && shared
        && scope == ScopeKind::Function
        && cx.is_invariant(items, around)
        && is_bound_before(items, stmt, cx);
    Some(if proven {
        fix
    } else {
        fix.unsafe_because(format!(
            "`{}` must stay as it is, its items must have an order, and nothing may change the sorted list",
            cx.text(items)
        ))
    })
}

/// Whether a variable has a value for certain when `stmt` begins.
fn is_bound_before<'a>(items: &'a Expr, stmt: AnyNodeRef<'a>, cx: &Cx<'a>) -> bool {
    let Some(symbol) = items.as_name_expr().and_then(|name| cx.symbol(name)) else {
        return false;
    };
    let mut bindings = cx.bindings(symbol).zip(cx.binding_nodes(symbol));
    bindings.any(|(bound, node)| match bound {
        Binding::Parameter(_) => true,
        _ => siblings(&cx.tree, stmt).iter().any(|other| {
            other.start() < stmt.start()
                && matches!(other, Stmt::Assign(_) | Stmt::AnnAssign(_))
                && other.range().contains_range(node.range())
        }),
    }) && !cx
        .bindings(symbol)
        .any(|bound| matches!(bound, Binding::Deleted))
}
