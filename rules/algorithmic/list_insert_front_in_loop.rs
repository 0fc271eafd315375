//! # Items put in front of a list in a loop
//!
//! `items.insert(0, x)` moves everything in the list one place back. A loop that builds a list this way is O(n²). Appending, and turning
//! the list round once after the loop, gives the same list: 35 to 120 times faster for 10,000 items on Python 3.8 to 3.15, and never
//! slower. Where the front is needed during the loop, `collections.deque.appendleft` does it at once.
//!
//! ```python bad
//! def path(node):
//!     names = []
//!     while node:
//!         names.insert(0, node.name)
//!         node = node.parent
//!     return names
//! ```
//!
//! ```python good
//! def path(node):
//!     names = []
//!     while node:
//!         names.append(node.name)
//!         node = node.parent
//!     names.reverse()
//!     return names
//! ```
//!
//! ```python input
//! class Node:
//!     def __init__(self, name, parent): self.name, self.parent = name, parent
//! from functools import reduce
//! path(reduce(lambda parent, name: Node(name, parent), range(n), None))
//! ```
//!
//! ```python bad
//! def backwards(rows):
//!     out = list()
//!     for row in rows:
//!         for item in row:
//!             item = item or None
//!             out.insert(0, item)
//!     # newest first
//!     return out
//! ```
//!
//! ```python good
//! def backwards(rows):
//!     out = list()
//!     for row in rows:
//!         for item in row:
//!             item = item or None
//!             out.append(item)
//!     out.reverse()
//!     # newest first
//!     return out
//! ```
//!
//! ```python input
//! backwards([range(i % 5) for i in range(n)])
//! ```
//!
//! ```python bad
//! def newest_first(names: list[str]) -> list[str]:
//!     out: list[str] = []
//!     for name in names:
//!         name = name.strip()
//!         out.insert(0, name)
//!     return out
//! ```
//!
//! ```python good
//! def newest_first(names: list[str]) -> list[str]:
//!     out: list[str] = []
//!     for name in names:
//!         name = name.strip()
//!         out.append(name)
//!     out.reverse()
//!     return out
//! ```
//!
//! A list that is read in the loop, or was not empty, is for the author to change:
//!
//! ```python bad
//! def unwound(tasks: list, more):
//!     for task in more:
//!         tasks.insert(0, task)
//! ```
//!
//! ```python good
//! def unwound(tasks: list, more):
//!     tasks[:0] = reversed(list(more))
//! ```
//!
//! A deque puts things in front at once:
//!
//! ```python fine
//! from collections import deque
//!
//!
//! def turned(items):
//!     queue = deque()
//!     for item in items:
//!         queue.insert(0, item)
//!     return queue
//! ```
//!
//! A list that is new in each iteration, and an insert elsewhere:
//!
//! ```python fine
//! def lines(rows, found: list):
//!     for row in rows:
//!         line = list(row)
//!         line.insert(0, "|")
//!         found.insert(len(found), line)
//!         found.insert(1, line)
//!         yield line
//! ```
//!
//! `sys.path`, and other things that are no lists for certain:
//!
//! ```python fine
//! import sys
//!
//!
//! def extend(folders, widget):
//!     for folder in folders:
//!         sys.path.insert(0, folder)
//!         widget.insert(0, folder)
//! ```
//!
//! A few rounds, a list of the newest few, the digits of a number:
//!
//! ```python fine
//! def latest(values, n: int):
//!     found = []
//!     for name in ("a", "b"):
//!         found.insert(0, name)
//!     recent = []
//!     for value in values:
//!         recent.insert(0, value)
//!         if len(recent) > 10:
//!             recent.pop()
//!         yield sum(recent)
//!     digits = []
//!     while n:
//!         digits.insert(0, n % 10)
//!         n //= 10
//!     yield digits
//! ```
//!
//! A list that grows at its end, but for a few items that come first:
//!
//! ```python fine
//! def ordered(issues):
//!     found = []
//!     for issue in issues:
//!         if issue.urgent:
//!             found.insert(0, issue)
//!         else:
//!             found.append(issue)
//!     return found
//! ```
//!
//! The fix is safe, and only offered where the list is a local variable that starts empty before the loop and is not looked at before
//! the loop is over, not even by an exception handler.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, ExprName, Number, Stmt};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, InLoop, Rule};
use hotlint_core::python::{Binding, Loop, Symbol, Type, Use, siblings};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct ListInsertFrontInLoop;

impl Rule for ListInsertFrontInLoop {
    type On = InLoop<ExprCall>;
    const COST: Cost = Cost::Growth("O(n²)", "O(n)");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let (list, _) = inserted(call)?;
        if !cx.ty(list).is_list() {
            return None;
        }
        let around = cx.in_loop(call)?;
        if is_told_already(list, call, cx)
            || !cx.is_same_place_in(list, around)
            || cx.is_logarithmic(around)
            || is_kept_otherwise(list, around, cx)
        {
            return None;
        }
        let name = cx.text(list);
        let finding = Finding::new(
            call,
            format!("putting an item in front of `{name}` moves all the others, in every iteration"),
        )
        .label(format!("O(len({name}))"))
        .because(around.header(), "in every iteration")
        .help(format!("append to `{name}` and `reverse()` it after the loop, or use `collections.deque.appendleft`"));
        Some(finding.fix(fix(list, call, cx)))
    }
}

/// The receiver and the item of `.insert(0, item)`.
fn inserted(call: &ExprCall) -> Option<(&Expr, &Expr)> {
    let (Expr::Attribute(attribute), [index, item]) = (&*call.func, &*call.arguments.args) else {
        return None;
    };
    let zero = match index {
        Expr::NumberLiteral(number) => {
            matches!(&number.value, Number::Int(int) if int.as_u64() == Some(0))
        }
        _ => false,
    };
    let plain = zero
        && attribute.attr.as_str() == "insert"
        && call.arguments.keywords.is_empty()
        && !item.is_starred_expr();
    plain.then_some((&attribute.value, item))
}

/// Whether the loop takes items away as well, or puts most of them at the end.
fn is_kept_otherwise<'a>(list: &'a Expr, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    cx.tree.descendants(around.node()).any(|node| match node {
        AnyNodeRef::ExprCall(call) => match &*call.func {
            Expr::Attribute(method) => {
                matches!(
                    method.attr.as_str(),
                    "pop" | "clear" | "remove" | "append" | "extend"
                ) && cx.same_place(&method.value, list)
            }
            _ => false,
        },
        AnyNodeRef::ExprSubscript(item) => !item.ctx.is_load() && cx.same_place(&item.value, list),
        _ => false,
    })
}

/// Whether the same list, in the same loop, is reported further up.
fn is_told_already<'a>(list: &'a Expr, call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let loops = cx.loops(call);
    loops.last().is_some_and(|outermost| {
        cx.tree
            .descendants(outermost.node())
            .take_while(|node| node.start() < call.start())
            .any(|node| match node {
                AnyNodeRef::ExprCall(other) => {
                    inserted(other).is_some_and(|(other, _)| cx.same_place(other, list))
                        && cx.in_loop(other).map(|around| around.range())
                            == loops.first().map(Ranged::range)
                }
                _ => false,
            })
    })
}

/// Whether a loop of nothing but appends would be left, which `reversed` or a comprehension says better, and other rules report.
fn becomes_a_copy<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let Some(Loop::For(stmt)) = cx.in_loop(call) else {
        return false;
    };
    let alone = matches!(stmt.body.as_slice(), [Stmt::Expr(only)] if only.range() == call.range());
    let copies = inserted(call).is_some_and(|(_, item)| cx.text(item) == cx.text(&*stmt.target));
    alone && (copies || cx.python().any_before(11))
}

/// Appends, and turns the list round after the outermost loop that adds to it.
fn fix<'a>(list: &'a Expr, call: &'a ExprCall, cx: &Cx<'a>) -> Option<Fix> {
    if becomes_a_copy(call, cx) {
        return None;
    }
    let symbol = cx.symbol(list.as_name_expr()?)?;
    let bound = cx.only_binding(symbol)?;
    let start = match bound {
        Binding::Assign(stmt) => AnyNodeRef::from(stmt),
        Binding::Annotated(stmt) => AnyNodeRef::from(stmt),
        _ => return None,
    };
    if !cx.is_fast_local(symbol) || !cx.starts_empty(bound) {
        return None;
    }
    let block = siblings(&cx.tree, start);
    let whole = block
        .iter()
        .find(|stmt| stmt.range().contains_range(call.range()))?;
    let repeats = whole.is_for_stmt() || whole.is_while_stmt();
    if !repeats || start.start() > whole.start() || sees_partial_results(symbol, whole.range(), cx)
    {
        return None;
    }
    let mut edits = Vec::new();
    for read in cx.reads(symbol) {
        if read.end() <= whole.start() {
            return None;
        }
        if whole.range().contains_range(read.range()) {
            edits.extend(appended(read, cx)?);
        }
    }
    let lines = cx.lines_of(whole);
    let behind = &cx.source().text()[TextRange::new(whole.end(), lines.end())];
    let ends = behind.ends_with(['\n', '\r']);
    if !ends || !(behind.trim().is_empty() || behind.trim_start().starts_with('#')) {
        return None;
    }
    let line_end = if behind.ends_with("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    let turn = format!(
        "{}{}.reverse(){line_end}",
        cx.indentation(whole),
        symbol.name
    );
    edits.push(Edit::insert(lines.end(), turn));
    Some(Fix::safe(
        format!("Append, and reverse `{}` after the loop", symbol.name),
        edits,
    ))
}

/// `list.insert(0, x)` as a statement becomes `list.append(x)`; `None` for every other use.
fn appended<'a>(read: &'a ExprName, cx: &Cx<'a>) -> Option<[Edit; 2]> {
    let Use::Method("insert", call) = cx.usage(read) else {
        return None;
    };
    let (list, item) = inserted(call)?;
    let Expr::Attribute(method) = &*call.func else {
        return None;
    };
    let index = TextRange::new(
        call.arguments.args.first()?.start(),
        cx.parenthesized(item).start(),
    );
    let statement = matches!(cx.tree.parent(call), Some(AnyNodeRef::StmtExpr(_)));
    if !statement || list.range() != read.range() || cx.has_comment(index) {
        return None;
    }
    let walrus = item.is_named_expr() || item.is_generator_expr() || item.is_yield_expr();
    (!walrus).then(|| [Edit::replace(&method.attr, "append"), Edit::delete(index)])
}

/// Whether an exception in the loop could show the list to code behind a handler, before it is turned round.
fn sees_partial_results<'a>(symbol: &Symbol<'a>, inside: TextRange, cx: &Cx<'a>) -> bool {
    let Some(start) = cx.binding_nodes(symbol).next() else {
        return true;
    };
    cx.tree
        .ancestors(start)
        .take_while(|outer| !outer.is_stmt_function_def())
        .any(|outer| {
            let body = match outer {
                AnyNodeRef::StmtTry(stmt) => &stmt.body,
                // A context manager may swallow exceptions; a file does not.
                AnyNodeRef::StmtWith(stmt)
                    if !stmt
                        .items
                        .iter()
                        .all(|item| matches!(cx.ty(&item.context_expr), Type::File(_))) =>
                {
                    &stmt.body
                }
                _ => return false,
            };
            let guarded = body.iter().any(|stmt| stmt.range().contains_range(inside));
            guarded
                && cx.reads(symbol).any(|read| {
                    !body
                        .iter()
                        .any(|stmt| stmt.range().contains_range(read.range()))
                })
        })
}
