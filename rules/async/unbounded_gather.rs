//! # One request for each item, all at once
//!
//! `asyncio.gather(*(fetch(url) for url in urls))` starts all of them before the first is answered: ten thousand items are ten thousand
//! tasks, sockets and answers in memory, and a burst that the other side takes for an attack. A semaphore, or a few workers with a
//! queue, keep as many going as the other side serves.
//!
//! ```python bad
//! import asyncio
//! import httpx
//!
//!
//! async def fetch_all(client: httpx.AsyncClient, urls):
//!     return await asyncio.gather(*(client.get(url) for url in urls))
//! ```
//!
//! ```python good
//! import asyncio
//! import httpx
//!
//!
//! async def fetch_all(client: httpx.AsyncClient, urls):
//!     limit = asyncio.Semaphore(20)
//!
//!     async def fetch(url):
//!         async with limit:
//!             return await client.get(url)
//!
//!     return await asyncio.gather(*(fetch(url) for url in urls))
//! ```
//!
//! A few known requests, a batch, and what asks nobody:
//!
//! ```python fine
//! import asyncio
//! import httpx
//!
//!
//! async def show(client: httpx.AsyncClient, jobs, batch):
//!     await asyncio.gather(client.get("/a"), client.get("/b"))
//!     await asyncio.gather(*(client.get(page) for page in ("/a", "/b", "/c")))
//!     await asyncio.gather(*(client.get(url) for url in batch))
//!     await asyncio.gather(*(job.stop() for job in jobs))
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{Does, FEW, Loop, comprehension_generators};

pub struct UnboundedGather;

impl Rule for UnboundedGather {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &["asyncio.gather"];
    const COST: Cost = Cost::RoundTrips("n connections at once", "a few");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let starred = call.arguments.args.iter().find_map(Expr::as_starred_expr)?;
        let made = match &*starred.value {
            Expr::Name(_) => cx.only_value(&starred.value)?,
            value => value,
        };
        let (node, element): (AnyNodeRef<'a>, &'a Expr) = match made {
            Expr::Generator(items) => (items.into(), &items.elt),
            Expr::ListComp(items) => (items.into(), &items.elt),
            _ => return None,
        };
        let [clause] = comprehension_generators(node) else {
            return None;
        };
        let around = Loop::Clause {
            comprehension: node,
            clause,
        };
        let few = cx.trip_count(around).is_some_and(|count| count < FEW) || cx.is_few(&clause.iter);
        if few || cx.goes_over_batches(around) || cx.is_batch(&clause.iter) {
            return None;
        }
        let request = element.as_call_expr()?;
        asks(request, cx).then(|| {
            Finding::new(
                call,
                format!(
                    "a request for each item of `{}` is sent at once",
                    cx.text(&clause.iter)
                ),
            )
            .label("as many connections as items")
            .because(request, "asks over the network")
            .sized(cx.rounds(&[around]), cx.text(&clause.iter))
            .help("let a few go at a time: `asyncio.Semaphore`, or workers with an `asyncio.Queue`")
        })
    }
}

/// Whether a coroutine asks over the network, and nothing in it holds back.
fn asks<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    if cx
        .knows(call)
        .is_some_and(|entry| entry.does(Does::RoundTrip))
    {
        return true;
    }
    let Some(def) = cx.callee(call) else {
        return false;
    };
    // `async with limit:` may be a semaphore; that of a known client is not.
    let holds_back = cx.own_nodes(def).any(|node| match node {
        AnyNodeRef::StmtWith(with) if with.is_async => with.items.iter().any(|item| {
            let made = item.context_expr.as_call_expr();
            made.is_none_or(|made| cx.knows(made).is_none())
        }),
        _ => false,
    });
    def.is_async
        && !holds_back
        && cx.own_nodes(def).any(|node| match node {
            AnyNodeRef::ExprCall(inner) => cx
                .knows(inner)
                .is_some_and(|entry| entry.does(Does::RoundTrip)),
            _ => false,
        })
}
