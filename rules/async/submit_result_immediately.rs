//! # `submit(...).result()` in a loop
//!
//! A pool runs at once what it is given, but `.result()` waits for it right away: the next task is not handed out before the last one is
//! done, and everything runs one after the other, with the cost of the pool on top.
//!
//! ```python bad
//! from concurrent.futures import ThreadPoolExecutor
//!
//!
//! def pages(urls, get):
//!     with ThreadPoolExecutor() as pool:
//!         for url in urls:
//!             yield pool.submit(get, url).result()
//! ```
//!
//! ```python good
//! from concurrent.futures import ThreadPoolExecutor
//!
//!
//! def pages(urls, get):
//!     with ThreadPoolExecutor() as pool:
//!         yield from pool.map(get, urls)
//! ```
//!
//! ```python bad
//! from concurrent.futures import ProcessPoolExecutor
//!
//!
//! def total(numbers, work):
//!     total = 0
//!     with ProcessPoolExecutor() as pool:
//!         for number in numbers:
//!             future = pool.submit(work, number)
//!             total += future.result()
//!     return total
//! ```
//!
//! All that is submitted first, a timeout, and a task that needs the result of the one before:
//!
//! ```python fine
//! from concurrent.futures import ThreadPoolExecutor
//!
//!
//! def pages(urls, get):
//!     with ThreadPoolExecutor() as pool:
//!         futures = [pool.submit(get, url) for url in urls]
//!         found = [future.result() for future in futures]
//!         for url in urls:
//!             found.append(pool.submit(get, url).result(timeout=5))
//!         page = urls[0]
//!         for _ in urls:
//!             page = pool.submit(get, page).result()
//!         return found, page, pool.submit(get, urls[0]).result()
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::{Binding, siblings};
use hotlint_core::text_size::Ranged;

pub struct SubmitResultImmediately;

impl Rule for SubmitResultImmediately {
    type On = InLoop<ExprCall>;
    const CALLEES: &'static [&'static str] = &["concurrent.futures.Future.result"];
    const COST: Cost = Cost::Wait("one task at a time");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        if !call.arguments.is_empty() {
            return None;
        }
        let around = cx.in_loop(call)?;
        let submit = submitted(call, cx)?;
        let method = submit.func.as_attribute_expr()?;
        cx.pool(&method.value)?;
        // A task that is made from the last result has to wait for it.
        let outermost = cx.loops(call).into_iter().last()?;
        let feeds = submit.arguments.iter_source_order().any(|argument| {
            cx.tree
                .descendants(argument.value())
                .any(|node| match node {
                    AnyNodeRef::ExprName(name) => cx.symbol(name).is_some_and(|symbol| {
                        let target = outermost.target();
                        cx.binding_nodes(symbol).any(|bound| {
                            around.repeats(bound)
                                && target.is_none_or(|target| {
                                    !target.range().contains_range(bound.range())
                                })
                                && takes(call, bound, cx)
                        })
                    }),
                    _ => false,
                })
        });
        if feeds {
            return None;
        }
        Some(
            Finding::new(
                call,
                format!(
                    "`{}.result()` waits for each task before the next one is submitted",
                    cx.text(&*method.value).to_string() + ".submit(...)"
                ),
            )
            .label("one task at a time")
            .because(submit, "handed to the pool here")
            .because(around.header(), "in every iteration of this loop")
            .help("submit all first, or let the pool iterate: `pool.map(function, items)`"),
        )
    }
}

/// The call of `submit` whose future is waited for: it is asked on the spot, or in the next statement.
fn submitted<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<&'a ExprCall> {
    let is_submit = |call: &'a ExprCall| {
        let method = call.func.as_attribute_expr()?;
        (method.attr.as_str() == "submit").then_some(call)
    };
    let future = &*call.func.as_attribute_expr()?.value;
    if let Expr::Call(submit) = future {
        return is_submit(submit);
    }
    let symbol = cx.symbol(future.as_name_expr()?)?;
    let Binding::Assign(assign) = cx.only_binding(symbol)? else {
        return None;
    };
    let waiting = cx.tree.statement(call)?;
    let rest = siblings(&cx.tree, waiting);
    let at = rest
        .iter()
        .position(|stmt| stmt.start() == waiting.start())?;
    let before = rest.get(at.checked_sub(1)?)?;
    if before.start() != assign.start()
        || !cx
            .tree
            .parent(waiting)?
            .range()
            .contains_range(assign.range())
    {
        return None;
    }
    is_submit(assign.value.as_call_expr()?)
}

/// Whether a variable is bound by the statement that waits.
fn takes<'a>(call: &'a ExprCall, bound: AnyNodeRef<'a>, cx: &Cx<'a>) -> bool {
    let waiting = cx.tree.statement(call);
    waiting.is_some_and(|stmt| stmt.range().contains_range(bound.range()))
        || bound.start() > call.end()
}
