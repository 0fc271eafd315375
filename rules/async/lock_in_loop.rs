//! # A lock taken for each item of a loop
//!
//! Taking and giving back a lock costs more than what a short statement does under it: 3 to 10 times the loop without, on Python 3.8 to
//! 3.15, and each time another thread may get in between. Around the loop, or around the one statement that hands over what was gathered,
//! it is taken once.
//!
//! ```python bad
//! import threading
//!
//! LOCK = threading.Lock()
//!
//!
//! def count(words):
//!     total = 0
//!     for word in words:
//!         with LOCK:
//!             total += len(word)
//!     return total
//! ```
//!
//! ```python good
//! import threading
//!
//! LOCK = threading.Lock()
//!
//!
//! def count(words):
//!     total = 0
//!     with LOCK:
//!         for word in words:
//!             total += len(word)
//!     return total
//! ```
//!
//! ```python input
//! count(["a", "bc"] * n)
//! ```
//!
//! Work outside of the lock, or under it, and a loop that others have to get a word in:
//!
//! ```python fine
//! import threading
//! import time
//!
//! LOCK = threading.Lock()
//!
//!
//! def serve(jobs, done, lock):
//!     for job in jobs:
//!         result = job()
//!         with LOCK:
//!             done.append(result)
//!     for job in jobs:
//!         with LOCK:
//!             job()
//!     for job in jobs:
//!         with lock:
//!             done.append(job)
//!     while not done:
//!         with LOCK:
//!             done.append(len(jobs))
//! ```
//!
//! There is no fix: others wait for as long as the whole loop takes then.

use hotlint_core::ast::{AnyNodeRef, Stmt, StmtWith};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::Loop;

pub struct LockInLoop;

impl Rule for LockInLoop {
    type On = InLoop<StmtWith>;
    const COST: Cost = Cost::Factor("3 to 10 times a short statement");

    fn check<'a>(with: &'a StmtWith, cx: &Cx<'a>) -> Option<Finding> {
        let Loop::For(around) = cx.in_loop(with)? else {
            return None;
        };
        let ([Stmt::With(_)], [item], [inside]) = (
            around.body.as_slice(),
            with.items.as_slice(),
            with.body.as_slice(),
        ) else {
            return None;
        };
        let class = cx.ty(&item.context_expr).class_name()?;
        if !matches!(
            class.as_str(),
            "threading.Lock"
                | "threading.RLock"
                | "threading._RLock"
                | "_thread.lock"
                | "_thread.RLock"
        ) || around.is_async
        {
            return None;
        }
        let short = inside.is_expr_stmt() || inside.is_assign_stmt() || inside.is_aug_assign_stmt();
        let cheap = cx.tree.descendants(inside).all(|node| match node {
            AnyNodeRef::ExprCall(call) => {
                cx.name(&*call.func)
                    .is_some_and(|name| name.starts_with("builtins."))
                    && cx.work(call).is_none()
            }
            AnyNodeRef::ExprAwait(_) | AnyNodeRef::ExprYield(_) => false,
            _ => true,
        });
        if !short || !cheap || cx.varies(&item.context_expr, Loop::For(around)) {
            return None;
        }
        let lock = cx.text(&item.context_expr);
        Some(
            Finding::new(
                &item.context_expr,
                format!("`{lock}` is taken and given back for each item"),
            )
            .label("costs more than what is done under it")
            .because(
                Loop::For(around).header(),
                "in every iteration of this loop",
            )
            .help("take it once, around the loop, or gather first and hand over under the lock"),
        )
    }
}
