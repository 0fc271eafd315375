//! # Two requests, one after the other
//!
//! `a = await client.get(x)` and then `b = await client.get(y)` takes as long as both together. Where the second needs nothing of the
//! first, both may be on their way at once: that takes as long as the longer one.
//!
//! ```python bad
//! import httpx
//!
//!
//! async def page(client: httpx.AsyncClient, number):
//!     item = await client.get(f"/item/{number}")
//!     prices = await client.get(f"/prices/{number}")
//!     return item.json(), prices.json()
//! ```
//!
//! ```python good
//! import asyncio
//! import httpx
//!
//!
//! async def page(client: httpx.AsyncClient, number):
//!     item, prices = await asyncio.gather(
//!         client.get(f"/item/{number}"),
//!         client.get(f"/prices/{number}"),
//!     )
//!     return item.json(), prices.json()
//! ```
//!
//! Requests that change something have an order, and so has what needs an answer; one database connection serves one task at a time:
//!
//! ```python fine
//! import httpx
//! from sqlalchemy.ext.asyncio import AsyncSession
//!
//!
//! async def page(client: httpx.AsyncClient, session: AsyncSession, number):
//!     await client.post("/visit", json={"item": number})
//!     item = await client.get(f"/item/{number}")
//!     maker = await client.get(item.json()["maker"])
//!     one = await session.scalar("SELECT 1")
//!     two = await session.scalar("SELECT 2")
//!     return maker, one, two
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, Stmt, StmtAssign};
use hotlint_core::lint::{Cost, Cx, Finding, InAsync, Rule};
use hotlint_core::python::{Does, siblings};
use hotlint_core::text_size::Ranged;

pub struct SequentialIndependentAwaits;

impl Rule for SequentialIndependentAwaits {
    type On = InAsync<StmtAssign>;
    const COST: Cost = Cost::RoundTrips("2 round trips", "1");

    fn check<'a>(second: &'a StmtAssign, cx: &Cx<'a>) -> Option<Finding> {
        let asked = request(second, cx)?;
        let before = siblings(&cx.tree, second.into())
            .iter()
            .take_while(|stmt| stmt.start() < second.start())
            .last()?;
        let Stmt::Assign(first) = before else {
            return None;
        };
        let first_asked = request(first, cx)?;
        // Of three in a row, the last two are told with the first.
        let [Expr::Name(given)] = &*first.targets else {
            return None;
        };
        let symbol = cx.symbol(given)?;
        let needs = cx
            .reads(symbol)
            .any(|read| second.range().contains_range(read.range()));
        if needs {
            return None;
        }
        Some(
            Finding::new(
                asked,
                format!(
                    "`{}` waits until another request is answered",
                    cx.spelled(asked)
                ),
            )
            .label("needs nothing of the answer before")
            .because(first_asked, "this one is waited for first")
            .help("send both at once: `asyncio.gather`, or a `TaskGroup`"),
        )
    }
}

/// The request that a statement awaits, if it is one that only reads.
fn request<'a>(assign: &'a StmtAssign, cx: &Cx<'a>) -> Option<&'a ExprCall> {
    let call = assign.value.as_await_expr()?.value.as_call_expr()?;
    let entry = cx.knows(call)?;
    let of_http = entry.does(Does::RoundTrip)
        && !entry.does(Does::Queries)
        && !entry.does(Does::Commits)
        && !entry.does(Does::KeyValue);
    let reads = matches!(entry.last(), "get" | "head" | "options");
    let guarded = matches!(cx.tree.parent(assign), Some(AnyNodeRef::StmtTry(_)));
    (of_http && reads && !guarded).then_some(call)
}
