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
//! Where nothing is done with the items, one call copies them backwards:
//!
//! ```python bad
//! def turned(names: list[str]):
//!     out = []
//!     for name in names:
//!         out.insert(0, name)
//!     return out
//! ```
//!
//! ```python good
//! def turned(names: list[str]):
//!     out = list(reversed(names))
//!     return out
//! ```
//!
//! ```python input
//! turned([str(i) for i in range(n)])
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
//! A few items that come first of what is there already, and the parts of a file's path:
//!
//! ```python fine
//! import os
//!
//!
//! def found(columns: list[str], index: list[str], path: str, width: int):
//!     for name in reversed(index):
//!         columns.insert(0, name)
//!     for _ in range(len(columns), width):
//!         columns.insert(0, "")
//!     parts = []
//!     while path:
//!         path, part = os.path.split(path)
//!         parts.insert(0, part)
//!     return columns, parts
//! ```
//!
//! The fix is safe for containers of builtin types, and only offered where the list is a local variable that starts empty before the loop and is not looked at before
//! the loop is over, not even by an exception handler.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, ExprName, Number, Stmt, StmtFor};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, InLoop, Rule};
use hotlint_core::python::{Binding, BuildUp, Loop, Type, Use, siblings};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct ListInsertFrontInLoop;

impl Rule for ListInsertFrontInLoop {
    type On = InLoop<ExprCall>;
    const COST: Cost = Cost::Growth("O(n²)", "O(n)");
    const METHODS: &'static [&'static str] = &["insert"];

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let (list, _) = inserted(call)?;
        // The list of another module, `sys.path`, is short, and order is what it is about.
        let is_foreign = |name: String| !name.starts_with('.');
        if !cx.ty(list).is_list() || cx.name(list).is_some_and(is_foreign) {
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
        let fix = fix(list, call, cx);
        if fix.is_none() && is_rare(list, around, cx) || walks_up_a_path(around, cx) {
            return None;
        }
        let name = cx.text(list);
        let finding = Finding::new(
            call,
            format!("putting an item in front of `{name}` moves all the others, in every iteration"),
        )
        .label(format!("O(len({name}))"))
        .because(around.header(), "in every iteration")
        .sized(cx.rounds_of(list, call).or(|| cx.size(list)), name)
        .help(format!("append to `{name}` and `reverse()` it after the loop, or use `collections.deque.appendleft`"));
        Some(finding.fix(fix))
    }
}

/// Whether a loop without an edit to mend it is one of those that put a few items in front: up a tree, for as long as it takes, or what
/// comes first of a list that is there already.
fn is_rare<'a>(list: &'a Expr, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let starts_empty = || {
        let symbol = list.as_name_expr().and_then(|name| cx.symbol(name));
        symbol.is_some_and(|symbol| {
            cx.only_binding(symbol)
                .is_some_and(|bound| cx.starts_empty(bound))
        })
    };
    match around.iter() {
        Some(Expr::Call(call)) => {
            (cx.is(&*call.func, "builtins.reversed") || cx.is(&*call.func, "builtins.range"))
                && !starts_empty()
        }
        Some(Expr::Subscript(item)) => item.slice.is_slice_expr() && !starts_empty(),
        Some(_) => false,
        None => true,
    }
}

/// Whether the loop takes a file's path apart.
fn walks_up_a_path<'a>(around: Loop<'a>, cx: &Cx<'a>) -> bool {
    cx.climbs(around)
        && cx.tree.descendants(around.node()).any(|node| match node {
            AnyNodeRef::ExprCall(call) => {
                cx.is(&*call.func, "os.path.split") || cx.is(&*call.func, "os.path.dirname")
            }
            _ => false,
        })
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

/// Appends, and turns the list round after the outermost loop that adds to it.
fn fix<'a>(list: &'a Expr, call: &'a ExprCall, cx: &Cx<'a>) -> Option<Fix> {
    let built = cx.build_up(list, call)?;
    let whole = built.whole;
    let repeats = whole.is_for_stmt() || whole.is_while_stmt();
    if !cx.starts_empty(built.start) || !repeats || cx.may_be_seen_half_way(built) {
        return None;
    }
    if cx
        .reads(built.symbol)
        .any(|read| read.end() <= whole.start())
    {
        return None;
    }
    if let Some((stmt, item)) = only_inserts(call, cx) {
        // A loop of nothing but appends would be left, which other rules report.
        return match item.as_name_expr() {
            Some(item) if is_target(item, stmt) => copy_backwards(built, stmt, cx),
            _ if cx.python().any_before(11) => None,
            _ => append_and_reverse(built, cx),
        };
    }
    append_and_reverse(built, cx)
}

/// The loop and the item of `for x in xs: out.insert(0, item)`, where that is all.
fn only_inserts<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<(&'a StmtFor, &'a Expr)> {
    let Some(Loop::For(stmt)) = cx.in_loop(call) else {
        return None;
    };
    let alone =
        matches!(stmt.body.as_slice(), [Stmt::Expr(only)] if only.value.range() == call.range());
    let (_, item) = inserted(call)?;
    alone.then_some((stmt, item))
}

fn is_target(item: &ExprName, stmt: &StmtFor) -> bool {
    stmt.target
        .as_name_expr()
        .is_some_and(|target| target.id == item.id)
}

/// `for x in xs: out.insert(0, x)` becomes `out = list(reversed(xs))`.
fn copy_backwards<'a>(built: BuildUp<'a, '_>, stmt: &'a StmtFor, cx: &Cx<'a>) -> Option<Fix> {
    let around = Loop::For(stmt);
    let plain = !stmt.is_async && stmt.orelse.is_empty() && !cx.leaks_target(around);
    let free = ["list", "reversed"]
        .iter()
        .all(|word| cx.visible(stmt, word).is_none());
    if !plain
        || !free
        || built.whole.range() != stmt.range()
        || cx.has_comment(stmt)
        || !cx.is_alone_on_its_lines(stmt)
    {
        return None;
    }
    let ty = cx.ty(&*stmt.iter);
    let items = match &*stmt.iter {
        Expr::Tuple(tuple) if !tuple.parenthesized => format!("({})", cx.text(tuple)),
        items => cx.text(items).to_string(),
    };
    let sequence = matches!(ty, Type::List(_) | Type::Tuple(_) | Type::Str | Type::Range);
    let (start, value) = match built.start {
        Binding::Assign(stmt) => (stmt.range(), &*stmt.value),
        Binding::Annotated(stmt) => (stmt.range(), stmt.value.as_deref()?),
        _ => return None,
    };
    let block = siblings(&cx.tree, stmt.into());
    let before = block.iter().rev().find(|other| other.end() <= stmt.start());
    let between = TextRange::new(start.start(), stmt.end());
    let right_before = before.is_some_and(|before| before.range() == start)
        && cx.is_alone_on_its_lines(start)
        && !cx.has_comment(between);
    let edit = if right_before {
        let head = cx.text(TextRange::new(
            start.start(),
            cx.parenthesized(value).start(),
        ));
        let copy = if sequence {
            format!("list(reversed({items}))")
        } else {
            format!("list({items})[::-1]")
        };
        Edit::replace(between, format!("{head}{copy}"))
    } else {
        let backwards = if sequence {
            format!("reversed({items})")
        } else {
            format!("list({items})[::-1]")
        };
        Edit::replace(stmt, format!("{}.extend({backwards})", built.symbol.name))
    };
    let fix = Fix::safe("Copy the items backwards in one call", [edit]);
    Some(if ty.is_builtin_container() {
        fix
    } else {
        fix.unsafe_because(
            "the iterable is asked for its length first, which may run code of its own",
        )
    })
}

fn append_and_reverse<'a>(built: BuildUp<'a, '_>, cx: &Cx<'a>) -> Option<Fix> {
    let mut edits = Vec::new();
    for read in cx.reads(built.symbol) {
        if built.whole.range().contains_range(read.range()) {
            edits.extend(appended(read, cx)?);
        }
    }
    let name = built.symbol.name;
    edits.push(cx.line_after(built.whole, &format!("{name}.reverse()"))?);
    Some(Fix::safe(
        format!("Append, and reverse `{name}` after the loop"),
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
        cx.parenthesized(call.arguments.args.first()?).start(),
        cx.parenthesized(item).start(),
    );
    let statement = matches!(cx.tree.parent(call), Some(AnyNodeRef::StmtExpr(_)));
    if !statement || list.range() != read.range() || cx.has_comment(index) {
        return None;
    }
    let walrus = item.is_named_expr() || item.is_generator_expr() || item.is_yield_expr();
    (!walrus).then(|| [Edit::replace(&method.attr, "append"), Edit::delete(index)])
}
