//! # A pool that is made in every iteration
//!
//! A pool of threads starts its threads and ends them again, a pool of processes starts interpreters: about 0.1 ms a thread, 20 to 100 ms
//! a process. Made once before the loop, it serves all iterations.
//!
//! ```python bad
//! from concurrent.futures import ThreadPoolExecutor
//!
//!
//! def lengths(batches):
//!     for batch in batches:
//!         with ThreadPoolExecutor(4) as pool:
//!             yield list(pool.map(len, batch))
//! ```
//!
//! ```python good
//! from concurrent.futures import ThreadPoolExecutor
//!
//!
//! def lengths(batches):
//!     with ThreadPoolExecutor(4) as pool:
//!         for batch in batches:
//!             yield list(pool.map(len, batch))
//! ```
//!
//! ```python input
//! lengths([["a", "bc"]] * min(n, 100))
//! ```
//!
//! Made once, anew because it broke, or anew because the one before may hang:
//!
//! ```python fine
//! from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
//!
//!
//! def run(batches, work):
//!     pool = ProcessPoolExecutor()
//!     for batch in batches:
//!         try:
//!             yield list(pool.map(work, batch))
//!         except BrokenExecutor:
//!             pool = ProcessPoolExecutor()
//!     for size in (1, 2, 4):
//!         with ProcessPoolExecutor(size) as pool:
//!             list(pool.map(work, batches))
//!     for batch in batches:
//!         pool = ProcessPoolExecutor(max_workers=1)
//!         try:
//!             yield pool.submit(work, batch).result(timeout=10)
//!         finally:
//!             pool.shutdown(wait=False)
//! ```

use hotlint_core::ast::{AnyNodeRef, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::Pool;

pub struct PoolCreatedInLoop;

impl Rule for PoolCreatedInLoop {
    type On = InLoop<ExprCall>;
    const CALLEES: &'static [&'static str] = &[
        "concurrent.futures.ThreadPoolExecutor",
        "concurrent.futures.ProcessPoolExecutor",
        "multiprocessing.Pool",
        "multiprocessing.pool.Pool",
        "multiprocessing.pool.ThreadPool",
    ];
    const COST: Cost = Cost::Factor("0.1 ms a thread, 20 to 100 ms a process, in every iteration");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let around = cx.in_loop(call)?;
        // Its size or its start depends on the iteration, or it replaces one that broke.
        let varies = call
            .arguments
            .iter_source_order()
            .any(|argument| cx.varies(argument.value(), around));
        let guarded = cx
            .tree
            .ancestors(call)
            .take_while(|outer| !outer.is_stmt_for() && !outer.is_stmt_while())
            .any(|outer| {
                matches!(
                    outer,
                    AnyNodeRef::StmtIf(_) | AnyNodeRef::ExceptHandlerExceptHandler(_)
                )
            });
        // One worker, and a limit on how long it is waited for: one that hangs is left behind with its pool.
        let one = call
            .arguments
            .find_argument_value("max_workers", 0)
            .is_some_and(|workers| cx.text(workers) == "1");
        let limited = || {
            cx.tree.descendants(around.node()).any(|node| {
                matches!(node, AnyNodeRef::ExprCall(result)
                    if result.arguments.find_keyword("timeout").is_some())
            })
        };
        if varies || guarded || one && limited() {
            return None;
        }
        let workers = match cx.new_pool(call)? {
            Pool::Threads => "threads",
            Pool::Processes | Pool::Multiprocessing => "processes",
        };
        let function = cx.text(&*call.func);
        let finding = Finding::new(
            call,
            format!("`{function}` starts its {workers} anew in every iteration"),
        )
        .label(format!("{workers} are started, and ended again"))
        .because(around.header(), "in every iteration of this loop")
        .help("make the pool once, before the loop");
        // A few threads are started in no time.
        Some(match cx.new_pool(call)? {
            Pool::Threads => finding.sized(
                cx.rounds(&[around]),
                around.iter().map_or("", |items| cx.text(items)),
            ),
            _ => finding,
        })
    }
}
