//! # Waiting for a variable by looking again and again
//!
//! `while not self.ready: await asyncio.sleep(0.1)` wakes up ten times a second for nothing, and sees the change 50 ms late on average.
//! An `asyncio.Event` that is set where the variable is wakes the task at once.
//!
//! ```python bad
//! import asyncio
//!
//!
//! class Job:
//!     def __init__(self):
//!         self.is_done = False
//!
//!     def finish(self):
//!         self.is_done = True
//!
//!     async def wait(self):
//!         while not self.is_done:
//!             await asyncio.sleep(0.1)
//! ```
//!
//! ```python good
//! import asyncio
//!
//!
//! class Job:
//!     def __init__(self):
//!         self.done = asyncio.Event()
//!
//!     def finish(self):
//!         self.done.set()
//!
//!     async def wait(self):
//!         await self.done.wait()
//! ```
//!
//! It is told where the file itself changes what is looked at. What another program, a device or a server changes can only be looked
//! at again:
//!
//! ```python fine
//! import asyncio
//! import os
//!
//!
//! async def poll(job, path, ask, device):
//!     while not os.path.exists(path):
//!         await asyncio.sleep(1)
//!     while await ask() == 0:
//!         await asyncio.sleep(1)
//!     while not device.is_on:
//!         await asyncio.sleep(1)
//!     while True:
//!         await asyncio.sleep(3600)
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, Stmt, StmtWhile};
use hotlint_core::lint::{Cost, Cx, Finding, InAsync, Rule};
use hotlint_core::text_size::Ranged;

pub struct AsyncBusyWait;

impl Rule for AsyncBusyWait {
    type On = InAsync<StmtWhile>;
    const COST: Cost = Cost::RoundTrips("wakes up again and again", "wakes up once");

    fn check<'a>(stmt: &'a StmtWhile, cx: &Cx<'a>) -> Option<Finding> {
        // Nothing but sleep.
        let [Stmt::Expr(only)] = &*stmt.body else {
            return None;
        };
        let sleep = only.value.as_await_expr()?.value.as_call_expr()?;
        let name = cx.name(&*sleep.func)?;
        if !matches!(
            name.as_str(),
            "asyncio.sleep" | "anyio.sleep" | "trio.sleep"
        ) {
            return None;
        }
        let (state, set) = watched(&stmt.test, stmt, cx)?;
        let finding = Finding::new(
            &*stmt.test,
            format!("`{}` is looked at again and again", cx.text(state)),
        )
        .label("sees the change late, and wakes up for nothing until then")
        .because(sleep, "sleeps between looks");
        let finding = match set {
            Some(place) => finding.because(place, "changes it"),
            None => finding,
        };
        Some(finding.help("set an `asyncio.Event` where it changes, and await its `wait()`"))
    }
}

/// The variable or attribute that a test looks at, where it is of this program, with a place that changes it.
fn watched<'a>(
    test: &'a Expr,
    around: &'a StmtWhile,
    cx: &Cx<'a>,
) -> Option<(&'a Expr, Option<AnyNodeRef<'a>>)> {
    match test {
        Expr::UnaryOp(unary) => watched(&unary.operand, around, cx),
        Expr::BoolOp(op) => {
            // All of it has to be of this program: else it is looked at for the other part.
            let parts: Option<Vec<_>> = op
                .values
                .iter()
                .map(|value| watched(value, around, cx))
                .collect();
            parts?.into_iter().next()
        }
        Expr::Compare(compare)
            if compare.comparators.iter().all(|other| {
                matches!(other, Expr::Name(_) | Expr::Attribute(_)) || other.is_literal_expr()
            }) =>
        {
            watched(&compare.left, around, cx)
        }
        Expr::Name(name) => {
            let symbol = cx.symbol(name)?;
            // A local variable that nobody else sees never changes.
            let changes = |bound: &AnyNodeRef<'a>| {
                !matches!(bound, AnyNodeRef::Alias(_) | AnyNodeRef::Parameter(_))
            };
            let binding = cx.binding_nodes(symbol).filter(changes).last()?;
            let here = hotlint_core::python::function_around(&cx.tree, around);
            let there = hotlint_core::python::function_around(&cx.tree, binding);
            let elsewhere = here.map(Ranged::range) != there.map(Ranged::range);
            elsewhere.then_some((test, there.is_some().then_some(binding)))
        }
        Expr::Attribute(attribute) => {
            let of_self =
                matches!(&*attribute.value, Expr::Name(name) if cx.class_of_self(name).is_some());
            let set = of_self.then(|| set_elsewhere(attribute, around, cx))??;
            Some((test, Some(set)))
        }
        _ => None,
    }
}

/// A method of the same class, other than the one that waits, that sets the attribute behind its beginning.
fn set_elsewhere<'a>(
    attribute: &'a hotlint_core::ast::ExprAttribute,
    around: &'a StmtWhile,
    cx: &Cx<'a>,
) -> Option<AnyNodeRef<'a>> {
    let Expr::Name(name) = &*attribute.value else {
        return None;
    };
    let class = cx.class_of_self(name)?;
    let here = hotlint_core::python::function_around(&cx.tree, around)?;
    cx.tree.descendants(class).find(|node| match node {
        AnyNodeRef::ExprAttribute(other)
            if other.ctx.is_store() && other.attr.as_str() == attribute.attr.as_str() =>
        {
            let there = hotlint_core::python::function_around(&cx.tree, *other);
            there.is_some_and(|there| {
                there.range() != here.range() && there.name.as_str() != "__init__"
            })
        }
        _ => false,
    })
}
