//! # `time.sleep` in an `async def`
//!
//! `time.sleep` stops the thread that runs the event loop. For its whole duration no other task runs: no request is answered, no
//! timeout fires, no connection is read. `await asyncio.sleep` gives the time to the others.
//!
//! ```python bad
//! import asyncio
//! import time
//!
//!
//! async def poll(job):
//!     while not job.done():
//!         time.sleep(0.5)
//!     await asyncio.sleep(0)
//! ```
//!
//! ```python good
//! import asyncio
//! import time
//!
//!
//! async def poll(job):
//!     while not job.done():
//!         await asyncio.sleep(0.5)
//!     await asyncio.sleep(0)
//! ```
//!
//! A function or lambda inside the `async def` may run in a thread, where sleeping is right:
//!
//! ```python fine
//! import asyncio
//! import time
//!
//!
//! async def wait():
//!     def work():
//!         time.sleep(1)
//!
//!     await asyncio.to_thread(work)
//!     await asyncio.to_thread(lambda: time.sleep(1))
//! ```
//!
//! The fix is safe where the file works with `asyncio` already. Elsewhere it is unsafe: the framework may be trio or curio. It is unsafe,
//! too, within `with` and `try`: a lock would be held while other tasks run, and a timeout that `time.sleep` outlasted would strike.

use hotlint_core::ast::{AnyNodeRef, ExprCall};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, InAsync, Rule};
use hotlint_core::python::function_around;

pub struct BlockingSleepInAsync;

impl Rule for BlockingSleepInAsync {
    type On = InAsync<ExprCall>;
    const CALLEES: &'static [&'static str] = &["time.sleep"];
    const COST: Cost = Cost::BlocksEventLoop;

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let around = function_around(&cx.tree, call)?;
        let finding = Finding::new(
            call,
            "`time.sleep` in an `async def` stops the whole event loop",
        )
        .label("nothing else runs for as long as this sleeps")
        .because(&around.name, "runs on the event loop")
        .help("await the event loop's own sleep: `await asyncio.sleep(...)`");
        Some(finding.fix(fix(call, cx)))
    }
}

fn fix<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Fix> {
    // Its value, `None`, is of no use to anybody, and `await` as part of a larger expression wants parentheses.
    let alone = matches!(cx.tree.parent(call), Some(AnyNodeRef::StmtExpr(_)));
    let sleep = cx.import(call, "asyncio", "sleep")?;
    if !alone || !call.arguments.keywords.is_empty() || call.arguments.args.len() != 1 {
        return None;
    }
    let mut edits = vec![Edit::replace(
        &*call.func,
        format!("await {}", sleep.expression),
    )];
    let uses_asyncio = sleep.insertion.is_none();
    edits.extend(sleep.edits());
    let title = format!("Replace with `await {}(...)`", sleep.expression);
    Some(if !uses_asyncio {
        Fix::unsafe_(title, "assumes that the event loop is asyncio's", edits)
    } else if is_guarded(call, cx) {
        Fix::unsafe_(
            title,
            "other tasks run, and a cancellation may arrive, within the block around it",
            edits,
        )
    } else {
        Fix::safe(title, edits)
    })
}

/// Whether a lock may be held, a timeout may strike or an exception be caught where the sleep stands.
fn is_guarded<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    cx.tree
        .ancestors(call)
        .take_while(|outer| !outer.is_stmt_function_def())
        .any(|outer| outer.is_stmt_with() || outer.is_stmt_try())
}
