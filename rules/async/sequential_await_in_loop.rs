//! # Awaits one after the other, for each item of a loop
//!
//! A loop that awaits something for each item takes as long as all of the waits together. Where they do not depend on one another,
//! `asyncio.gather` or a `TaskGroup` (Python 3.11 and newer) waits for all at once, and takes as long as the longest: with a semaphore,
//! if there are many.
//!
//! ```python bad
//! import asyncio
//!
//!
//! async def ask(number):
//!     await asyncio.sleep(0.0005)
//!     return number
//!
//!
//! async def answers(numbers):
//!     found = []
//!     for number in numbers:
//!         found.append(await ask(number))
//!     return found
//! ```
//!
//! ```python good
//! import asyncio
//!
//!
//! async def ask(number):
//!     await asyncio.sleep(0.0005)
//!     return number
//!
//!
//! async def answers(numbers):
//!     return await asyncio.gather(*(ask(number) for number in numbers))
//! ```
//!
//! ```python input
//! numbers = list(range(n % 500))
//! asyncio.run(answers(numbers))
//! ```
//!
//! One database session or connection must not be used by several tasks: there, one statement for all rows saves the waits.
//!
//! An await that needs what the one before gave, that may end the loop, or that waits on purpose:
//!
//! ```python fine
//! import asyncio
//!
//!
//! async def follow(client, cursor, urls, limit, lines):
//!     while cursor:
//!         page = await client.get(cursor)
//!         cursor = page.next
//!     token = None
//!     for url in urls:
//!         token = await client.get(url, token)
//!     for url in urls:
//!         if await client.get(url):
//!             return url
//!     for url in urls:
//!         await client.get(url)
//!         await asyncio.sleep(1)
//!     for url in urls:
//!         async with limit:
//!             await client.get(url)
//!     async for line in lines:
//!         await client.get(line)
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprAwait, Stmt};
use hotlint_core::lint::{Cost, Cx, Finding, InAsync, InLoop, Rule};
use hotlint_core::python::{Blocks, Does, Loop};
use hotlint_core::text_size::Ranged;

pub struct SequentialAwaitInLoop;

impl Rule for SequentialAwaitInLoop {
    type On = InLoop<InAsync<ExprAwait>>;
    // How long a wait is, nobody here knows; and whether the order matters, only the author does.
    const COST: Cost = Cost::Constant("as long as all waits, instead of the longest");

    fn check<'a>(awaited: &'a ExprAwait, cx: &Cx<'a>) -> Option<Finding> {
        let call = awaited.value.as_call_expr()?;
        let around = cx.per_item_loop(call)?;
        let Loop::For(stmt) = around else {
            return None;
        };
        let is_first = cx.tree.descendants(stmt).find_map(|node| match node {
            AnyNodeRef::ExprAwait(first) => Some(first),
            _ => None,
        });
        if stmt.is_async
            || is_first.map(Ranged::range) != Some(awaited.range())
            || !is_plain(awaited, cx)
            || !stmt.orelse.is_empty()
            || is_ordered(stmt, around, cx)
        {
            return None;
        }
        let known = cx.knows(call);
        // One connection serves one task at a time.
        let is_database = known.is_some_and(|entry| {
            entry.does(Does::Queries) || entry.does(Does::Commits) || entry.blocks(Blocks::Database)
        }) || matches!(&*call.func, Expr::Attribute(method)
            if matches!(method.attr.as_str(), "execute" | "executemany" | "flush" | "commit" | "refresh"));
        let help = match is_database {
            true => {
                "a session or connection serves one task at a time: send one statement for all items"
            }
            false => "where they do not depend on one another: `asyncio.gather`, or a `TaskGroup`",
        };
        Some(
            Finding::new(
                awaited,
                format!(
                    "`{}` is awaited for one item after the other",
                    cx.spelled(call)
                ),
            )
            .label("the next one starts when this one is done")
            .because(around.header(), "for each item of this loop")
            .help(help),
        )
    }
}

/// A statement of its own, or what it gives is kept: `await f(x)`, `y = await f(x)`, `ys.append(await f(x))`.
fn is_plain<'a>(awaited: &'a ExprAwait, cx: &Cx<'a>) -> bool {
    let Some(stmt) = cx.tree.statement(awaited) else {
        return false;
    };
    let direct = matches!(
        stmt,
        AnyNodeRef::StmtExpr(_) | AnyNodeRef::StmtAssign(_) | AnyNodeRef::StmtAnnAssign(_)
    );
    // Directly in the loop: no condition, no handler, no lock.
    direct && matches!(cx.tree.parent(stmt), Some(AnyNodeRef::StmtFor(_)))
}

/// Whether an iteration leaves the loop, hands something on to the next, or waits on purpose.
fn is_ordered<'a>(stmt: &'a hotlint_core::ast::StmtFor, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let leaves = cx.tree.descendants(stmt).any(|node| match node {
        AnyNodeRef::StmtBreak(_)
        | AnyNodeRef::StmtReturn(_)
        | AnyNodeRef::StmtRaise(_)
        | AnyNodeRef::ExprYield(_)
        | AnyNodeRef::StmtTry(_)
        | AnyNodeRef::StmtWith(_)
        | AnyNodeRef::StmtAugAssign(_) => true,
        AnyNodeRef::ExprCall(call) => {
            cx.is(&*call.func, "asyncio.sleep") || cx.is(&*call.func, "anyio.sleep")
        }
        _ => false,
    });
    let counts = cx.call_of(&stmt.iter, "builtins.range").is_some();
    leaves
        || counts
        || stmt
            .body
            .iter()
            .any(|inner| carries(inner, stmt, around, cx))
}

/// Whether a statement binds what an earlier part of the loop, or the code behind it, reads.
fn carries<'a>(
    inner: &'a Stmt,
    stmt: &'a hotlint_core::ast::StmtFor,
    around: Loop<'a>,
    cx: &Cx<'a>,
) -> bool {
    let Stmt::Assign(assign) = inner else {
        return false;
    };
    assign.targets.iter().any(|target| match target {
        Expr::Name(name) => cx.symbol(name).is_none_or(|symbol| {
            cx.reads(symbol).any(|read| {
                let before = around.repeats(read) && read.start() < assign.end();
                let outside = !stmt.range().contains_range(read.range());
                before || outside
            })
        }),
        // `found[key] = await f(key)`
        Expr::Subscript(_) => false,
        _ => true,
    })
}
