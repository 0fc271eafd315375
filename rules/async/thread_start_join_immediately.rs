//! # A thread that is started and joined at once
//!
//! `thread.join()` right behind `thread.start()` waits until the thread is done before the loop goes on: everything runs one after the
//! other, with the start of a thread on top of each.
//!
//! ```python bad
//! import threading
//!
//!
//! def run(jobs):
//!     for job in jobs:
//!         thread = threading.Thread(target=job)
//!         thread.start()
//!         thread.join()
//! ```
//!
//! ```python good
//! import threading
//!
//!
//! def run(jobs):
//!     threads = [threading.Thread(target=job) for job in jobs]
//!     for thread in threads:
//!         thread.start()
//!     for thread in threads:
//!         thread.join()
//! ```
//!
//! Work between the two, a limit to the wait, and a thread outside of any loop:
//!
//! ```python fine
//! import threading
//!
//!
//! def run(jobs, work):
//!     for job in jobs:
//!         thread = threading.Thread(target=job)
//!         thread.start()
//!         work()
//!         thread.join()
//!         late = threading.Thread(target=job)
//!         late.start()
//!         late.join(timeout=5)
//!     thread = threading.Thread(target=work)
//!     thread.start()
//!     thread.join()
//! ```
//!
//! A clock, whose next round is to begin when the last one has ended:
//!
//! ```python fine
//! import threading
//! import time
//!
//!
//! def watch(look, seconds):
//!     while True:
//!         time.sleep(seconds)
//!         thread = threading.Thread(target=look)
//!         thread.start()
//!         thread.join()
//! ```

use hotlint_core::ast::{Expr, ExprCall, Stmt};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::siblings;
use hotlint_core::text_size::Ranged;

pub struct ThreadStartJoinImmediately;

impl Rule for ThreadStartJoinImmediately {
    type On = InLoop<ExprCall>;
    const CALLEES: &'static [&'static str] = &[
        "threading.Thread.join",
        "multiprocessing.Process.join",
        "multiprocessing.context.Process.join",
    ];
    const COST: Cost = Cost::Wait("one after the other, and the start of a thread each");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        // A `while` that starts a thread is a clock or waits for work: the next round is to begin when this one has ended.
        let around = cx.in_loop(call)?;
        around.iter()?;
        let join = call.func.as_attribute_expr()?;
        let stmt = cx.tree.parent(call)?;
        if !call.arguments.is_empty() || !stmt.is_stmt_expr() {
            return None;
        }
        let others = siblings(&cx.tree, stmt);
        let at = others
            .iter()
            .position(|other| other.start() == stmt.start())?;
        let Stmt::Expr(before) = others.get(at.checked_sub(1)?)? else {
            return None;
        };
        let start = before.value.as_call_expr()?;
        let Expr::Attribute(method) = &*start.func else {
            return None;
        };
        if method.attr.as_str() != "start" || !cx.same_place(&method.value, &join.value) {
            return None;
        }
        let name = cx.text(&*join.value);
        Some(
            Finding::new(
                call,
                format!("`{name}.join()` waits for the thread before the next one is started"),
            )
            .label("nothing else happens meanwhile")
            .because(start, "started here")
            .because(around.header(), "in every iteration of this loop")
            .help("start all of them first, or call the function without a thread"),
        )
    }
}
