//! # A list sorted anew after each item
//!
//! `items.append(x)` and `items.sort()` in a loop look at all items for the sake of one. `bisect.insort(items, x)` puts the item where it
//! belongs: about 2 times faster for 100 items, 5 to 8 times for 1,000, on Python 3.8 to 3.15. A list that nobody looks at before the loop is
//! over is best sorted once, after the loop; and if only the smallest item is wanted each time, `heapq` gives it.
//!
//! ```python bad
//! def medians(values: list[int]):
//!     seen = []
//!     for value in values:
//!         seen.append(value)
//!         seen.sort()
//!         yield seen[len(seen) // 2]
//! ```
//!
//! ```python good
//! from bisect import insort
//! def medians(values: list[int]):
//!     seen = []
//!     for value in values:
//!         insort(seen, value)
//!         yield seen[len(seen) // 2]
//! ```
//!
//! ```python input
//! sum(medians([i * 7919 % 10007 for i in range(n)]))
//! ```
//!
//! Nobody looks at it before the end:
//!
//! ```python bad
//! def ordered(rows):
//!     names = []
//!     for row in rows:
//!         name = row.strip()
//!         names.append(name)
//!         names.sort()
//!     return names
//! ```
//!
//! ```python good
//! def ordered(rows):
//!     names = []
//!     for row in rows:
//!         name = row.strip()
//!         names.append(name)
//!     names.sort()
//!     return names
//! ```
//!
//! ```python input
//! ordered([str(i * 7919 % 10007) for i in range(n)])
//! ```
//!
//! A key is for the author to bring along:
//!
//! ```python bad
//! def served(tasks, run):
//!     queue = [tasks[0]]
//!     while queue:
//!         task = queue.pop(0)
//!         for other in run(task):
//!             queue.append(other)
//!             queue.sort(key=lambda task: task.cost)
//! ```
//!
//! A list that is new in each iteration, one that is sorted when the loop over its items is done, and a few rounds:
//!
//! ```python fine
//! def groups(rows, queue: list):
//!     for row in rows:
//!         names = list(row)
//!         names.append("all")
//!         names.sort()
//!         yield names
//!     for row in rows:
//!         for item in row:
//!             queue.append(item)
//!         queue.sort()
//!     for name in ("a", "b"):
//!         queue.append(name)
//!         queue.sort()
//!     queue.sort()
//! ```
//!
//! The fix is unsafe: `insort` needs a list that is in order from the start, with items that have one order.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, Stmt};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, InLoop, Rule};
use hotlint_core::python::{Loop, siblings};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct ResortAfterAppend;

impl Rule for ResortAfterAppend {
    type On = InLoop<ExprCall>;
    const CALLEES: &'static [&'static str] = &["builtins.list.sort"];
    const COST: Cost = Cost::Growth("O(n²)", "O(n log n)");

    fn check<'a>(sort: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let list = receiver(sort, "sort")?;
        let Some(AnyNodeRef::StmtExpr(stmt)) = cx.tree.parent(sort) else {
            return None;
        };
        let around = cx.in_loop(sort)?;
        let (append_stmt, append) = appended_before(stmt.into(), list, cx)?;
        if !cx.is_same_place_in(list, around) {
            return None;
        }
        let name = cx.text(list);
        let finding = Finding::new(
            sort,
            format!("all of `{name}` is sorted again for each item that it gets"),
        )
        .label(format!("O(len({name})) for one item"))
        .because(append_stmt, "one item")
        .because(around.header(), "in every iteration")
        .sized(cx.size(list), name);
        if is_read_at_the_end(list, stmt.range(), append_stmt.range(), around, cx) {
            let help = format!("sort `{name}` once, after the loop");
            return Some(
                finding
                    .help(help)
                    .fix(sort_after(sort, list, stmt.into(), around, cx)),
            );
        }
        let help = format!(
            "`bisect.insort({name}, ...)` puts the item where it belongs; if only the smallest is wanted each time, use `heapq`"
        );
        let fix = insort(sort, append, list, [append_stmt.range(), stmt.range()], cx);
        Some(finding.help(help).fix(fix))
    }
}

/// The receiver of `.method(...)`.
fn receiver<'a>(call: &'a ExprCall, method: &str) -> Option<&'a Expr> {
    let attribute = call.func.as_attribute_expr()?;
    (attribute.attr.as_str() == method).then_some(&*attribute.value)
}

/// `list.append(item)` as the statement right before `sort`.
fn appended_before<'a>(
    sort: AnyNodeRef<'a>,
    list: &'a Expr,
    cx: &Cx<'a>,
) -> Option<(&'a Stmt, &'a ExprCall)> {
    let block = siblings(&cx.tree, sort);
    let before = block.iter().rev().find(|stmt| stmt.end() <= sort.start())?;
    let call = before.as_expr_stmt()?.value.as_call_expr()?;
    let appends = receiver(call, "append").is_some_and(|other| cx.same_place(other, list));
    appends.then_some((before, call))
}

/// Whether the loop does nothing with a local list but append and sort.
fn is_read_at_the_end<'a>(
    list: &'a Expr,
    sort: TextRange,
    append: TextRange,
    around: Loop<'a>,
    cx: &Cx<'a>,
) -> bool {
    let Some(symbol) = list.as_name_expr().and_then(|name| cx.symbol(name)) else {
        return false;
    };
    cx.is_fast_local(symbol)
        && cx.reads(symbol).all(|read| {
            let own = sort.contains_range(read.range()) || append.contains_range(read.range());
            own || !around.range().contains_range(read.range())
        })
}

fn sort_after<'a>(
    sort: &'a ExprCall,
    list: &'a Expr,
    stmt: AnyNodeRef<'a>,
    around: Loop<'a>,
    cx: &Cx<'a>,
) -> Option<Fix> {
    let built = cx.build_up(list, sort)?;
    let leaves_early = cx.tree.descendants(around.node()).any(|node| {
        matches!(
            node,
            AnyNodeRef::StmtReturn(_) | AnyNodeRef::ExprYield(_) | AnyNodeRef::ExprYieldFrom(_)
        )
    });
    let whole = around.range() == built.whole.range();
    let else_clause = match around {
        Loop::For(stmt) => !stmt.orelse.is_empty(),
        Loop::While(stmt) => !stmt.orelse.is_empty(),
        Loop::Clause { .. } => true,
    };
    if !whole
        || leaves_early
        || else_clause
        || cx.has_comment(stmt)
        || !cx.is_alone_on_its_lines(stmt)
        || cx.may_be_seen_half_way(built)
    {
        return None;
    }
    let text = cx.text(sort);
    if text.contains('\n') {
        return None;
    }
    let edits = vec![cx.delete_lines(stmt), cx.line_after(built.whole, text)?];
    Some(Fix::unsafe_(
        format!("Sort `{}` after the loop", cx.text(list)),
        "sorts once, also when the loop runs no time at all, and raises later where items have no order",
        edits,
    ))
}

fn insort<'a>(
    sort: &'a ExprCall,
    append: &'a ExprCall,
    list: &'a Expr,
    [first, second]: [TextRange; 2],
    cx: &Cx<'a>,
) -> Option<Fix> {
    let [item] = &*append.arguments.args else {
        return None;
    };
    let between = TextRange::new(first.start(), second.end());
    if !sort.arguments.is_empty()
        || !append.arguments.keywords.is_empty()
        || item.is_starred_expr()
        || cx.has_comment(between)
        || !cx.is_alone_on_its_lines(second)
    {
        return None;
    }
    let import = cx.import(list, "bisect", "insort")?;
    let name = cx.text(list);
    let item = cx.text(cx.parenthesized(item));
    let mut edits = vec![
        Edit::replace(first, format!("{}({name}, {item})", import.expression)),
        cx.delete_lines(second),
    ];
    edits.extend(import.edits());
    Some(Fix::unsafe_(
        format!("Put the item in with `{}`", import.expression),
        format!("`{name}` must be in order before the loop, and its items must have one order"),
        edits,
    ))
}
