//! # Repeated items dropped by searching the list of those that are kept
//!
//! `if x not in out: out.append(x)` compares each item with all that were kept before it: O(n²). The keys of a dictionary are found by
//! hash and keep their order: `list(dict.fromkeys(items))`. Measured on CPython 3.8 to 3.15: 6-12 times faster at 100 distinct items,
//! 143-293 times at 3000, and never slower.
//!
//! ```python bad
//! def unique(names: list[str]):
//!     out = []
//!     for name in names:
//!         if name not in out:
//!             out.append(name)
//!     return out
//! ```
//!
//! ```python good
//! def unique(names: list[str]):
//!     out = list(dict.fromkeys(names))
//!     return out
//! ```
//!
//! ```python input
//! unique([str(i * 3 // 2) for i in range(n)])
//! ```
//!
//! What is kept may be computed:
//!
//! ```python bad
//! def folders(paths: list[str]):
//!     found = []
//!     for path in paths:
//!         folder = path.rpartition("/")[0]
//!         if folder not in found:
//!             found.append(folder)
//!     return found
//! ```
//!
//! ```python good
//! def folders(paths: list[str]):
//!     found = {}
//!     for path in paths:
//!         folder = path.rpartition("/")[0]
//!         found[folder] = None
//!     return list(found)
//! ```
//!
//! ```python input
//! folders([f"{i * 3 // 2}/x" for i in range(n)])
//! ```
//!
//! A list that is not empty before, and a loop with more to do, in which the list is one thing among others:
//!
//! ```python fine
//! def search_path(folders: list[str], more, log):
//!     for folder in more:
//!         if folder not in folders:
//!             folders.append(folder)
//!     loggers = []
//!     for name in more:
//!         if name not in loggers:
//!             loggers.append(name)
//!         log(name)
//!     return folders, loggers
//! ```
//!
//! Lists have no hash, a set knows already, and a handful of items is compared at once:
//!
//! ```python fine
//! def kept(pairs: list[list[int]], names, rows):
//!     out = []
//!     for pair in pairs:
//!         if pair not in out:
//!             out.append(pair)
//!     seen = set()
//!     for name in names:
//!         if name not in seen:
//!             seen.add(name)
//!     few = []
//!     for name in ("a", "b", "a"):
//!         if name not in few:
//!             few.append(name)
//!     for row in rows:
//!         own = []
//!         if row not in own:
//!             own.append(row)
//!     return out, few
//! ```
//!
//! The fix is unsafe: items must be hashable, with a hash that agrees with their equality.

use hotlint_core::ast::{AnyNodeRef, Expr, Stmt, StmtIf};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Loop, Use, siblings};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct OrderedDedupByScan;

impl Rule for OrderedDedupByScan {
    type On = StmtIf;
    const COST: Cost = Cost::Growth("O(n²)", "O(n)");

    fn check<'a>(branch: &'a StmtIf, cx: &Cx<'a>) -> Option<Finding> {
        let (item, list) = cx.kept_once(branch)?;
        if cx.scanned_kind(list)? != "list"
            || cx.is_few(list)
            || cx.is_unhashable(&cx.ty(list).without_none().element())
            || cx.is_unhashable(&cx.ty(item))
        {
            return None;
        }
        if !only_keeps(branch, list, cx) {
            return None;
        }
        let repeated = cx.repeated_search(branch, list, item)?;
        let name = cx.text(list);
        let finding = Finding::new(
            &*branch.test,
            format!("`{name}` is searched before each item that is added to it"),
        )
        .label(format!("compares with all that `{name}` holds so far"));
        let finding = match cx.made_before_node(list, repeated.around) {
            Some(made) => finding.because(made, "a list, made here"),
            None => finding,
        };
        Some(
            finding
                .because(repeated.header, "for each iteration of this loop")
                .sized(cx.size_in(list, repeated.loops.first()), name)
                .help(format!(
                    "collect the keys of a dictionary, which keep their order: `dict.fromkeys`, or keep a set beside `{name}`"
                ))
                .fix(from_keys(branch, item, list, cx)),
        )
    }
}

/// Whether the loops around do nothing but keep items, in a list that is empty before: a dictionary says the same in less code.
fn only_keeps<'a>(branch: &'a StmtIf, list: &'a Expr, cx: &Cx<'a>) -> bool {
    let starts_empty = list
        .as_name_expr()
        .and_then(|name| cx.symbol(name))
        .is_some_and(|symbol| {
            let mut bindings = cx.bindings(symbol);
            let appends = cx.reads(symbol).filter(|read| {
                matches!(
                    cx.usage(*read),
                    Use::Method("append" | "extend" | "insert", _) | Use::Augmented(_)
                )
            });
            symbol.scope == cx.tree.scope_of(branch)
                && bindings.all(|binding| cx.starts_empty(binding))
                && appends.count() == 1
        });
    let mut inner: AnyNodeRef<'a> = branch.into();
    let mut loops = 0;
    while let Some(AnyNodeRef::StmtFor(stmt)) = cx.tree.parent(inner) {
        let prepares = |stmt: &Stmt| stmt.is_assign_stmt() || stmt.is_ann_assign_stmt();
        let alone = stmt
            .body
            .iter()
            .all(|other| other.start() == inner.start() || prepares(other));
        if !alone || !stmt.orelse.is_empty() {
            return false;
        }
        loops += 1;
        inner = stmt.into();
    }
    starts_empty && loops > 0
}

/// Replaces a loop that does nothing else by `list(dict.fromkeys(items))`, where the list is made right before it.
fn from_keys<'a>(branch: &'a StmtIf, item: &'a Expr, list: &'a Expr, cx: &Cx<'a>) -> Option<Fix> {
    let AnyNodeRef::StmtFor(stmt) = cx.tree.parent(branch)? else {
        return None;
    };
    let target = stmt.target.as_name_expr()?;
    let alone = stmt.body.len() == 1 && stmt.orelse.is_empty() && !stmt.is_async;
    let kept = item
        .as_name_expr()
        .is_some_and(|item| cx.same_symbol(item, target));
    if !alone || !kept || cx.leaks_target(Loop::For(stmt)) {
        return None;
    }
    let list = list.as_name_expr()?;
    let symbol = cx.symbol(list)?;
    let read = cx
        .reads(symbol)
        .filter(|read| stmt.range().contains_range(read.range()));
    let block = siblings(&cx.tree, stmt.into());
    let at = block
        .iter()
        .position(|other| other.start() == stmt.start())?;
    let before = block.get(at.checked_sub(1)?)?;
    let (made, value) = match before {
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [made] => (made, &*assign.value),
            _ => return None,
        },
        Stmt::AnnAssign(assign) => (&*assign.target, assign.value.as_deref()?),
        _ => return None,
    };
    let made = made.as_name_expr()?;
    let empty = match value {
        Expr::List(list) => list.is_empty(),
        Expr::Call(call) => call.arguments.is_empty() && cx.is(&*call.func, "builtins.list"),
        _ => false,
    };
    let lines = TextRange::new(before.start(), stmt.end());
    let whole_lines = cx.is_alone_on_its_lines(before) && cx.is_alone_on_its_lines(stmt);
    let bare = matches!(&*stmt.iter, Expr::Tuple(tuple) if !tuple.parenthesized);
    if !cx.same_symbol(made, list)
        || !empty
        || read.count() != 2
        || bare
        || !whole_lines
        || cx.has_comment(lines)
    {
        return None;
    }
    let keys = format!("list(dict.fromkeys({}))", cx.text(&*stmt.iter));
    let edits = [Edit::replace(
        TextRange::new(cx.parenthesized(value).start(), stmt.end()),
        keys.clone(),
    )];
    Some(Fix::unsafe_(
        format!("Replace the loop with `{keys}`"),
        "items must be hashable, and equal ones must have equal hashes",
        edits,
    ))
}
