//! # A single run of something short, measured
//!
//! What takes less than a millisecond cannot be measured by one run: the first one warms caches, specialises the bytecode and may be
//! interrupted, and the clock's own call is a part of it. `timeit` repeats it and takes the best.
//!
//! ```python bad
//! import time
//!
//!
//! def compare(words):
//!     start = time.perf_counter()
//!     found = sorted(words)
//!     print(time.perf_counter() - start)
//!     return found
//! ```
//!
//! ```python good
//! import timeit
//!
//!
//! def compare(words):
//!     print(min(timeit.repeat(lambda: sorted(words), number=100)) / 100)
//! ```
//!
//! Calls of the project's own code, loops, and what waits may take as long as they like:
//!
//! ```python fine
//! import time
//!
//!
//! def run(job, words, log):
//!     start = time.perf_counter()
//!     job.run()
//!     log.info("took %s", time.perf_counter() - start)
//!     start = time.perf_counter()
//!     for word in words:
//!         print(word)
//!     log.info("took %s", time.perf_counter() - start)
//! ```
//!
//! It is for those who ask: the items may be many.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprBinOp, Operator, Stmt};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{Purity, siblings};
use hotlint_core::text_size::Ranged;

pub struct SingleShotBenchmark;

impl Rule for SingleShotBenchmark {
    type On = ExprBinOp;
    const COST: Cost = Cost::Debatable("one run of something short says little");

    fn check<'a>(op: &'a ExprBinOp, cx: &Cx<'a>) -> Option<Finding> {
        if op.op != Operator::Sub {
            return None;
        }
        let start = op.right.as_name_expr()?;
        is_clock(&op.left, cx).then_some(())?;
        let told = cx.tree.statement(op)?;
        let block = siblings(&cx.tree, told);
        let at = block.iter().position(|stmt| stmt.start() == told.start())?;
        let (first, measured) = (
            block.get(at.checked_sub(2)?)?,
            block.get(at.checked_sub(1)?)?,
        );
        let Stmt::Assign(assign) = first else {
            return None;
        };
        let starts = assign.targets.iter().any(|target| {
            target
                .as_name_expr()
                .is_some_and(|name| cx.same_symbol(name, start))
        });
        let value = match measured {
            Stmt::Assign(stmt) => &*stmt.value,
            Stmt::Expr(stmt) => &*stmt.value,
            _ => return None,
        };
        // Pure and in one expression: nothing that reads, writes or waits.
        let calls = cx.tree.descendants(value).any(|node| match node {
            AnyNodeRef::ExprCall(call) => cx.callee(call).is_some(),
            _ => false,
        });
        let short = !calls && cx.purity(value) > Purity::Impure;
        if !starts || !is_clock(&assign.value, cx) || !short || cx.in_loop(op).is_some() {
            return None;
        }
        Some(
            Finding::new(
                op,
                "one run of a short expression says little about how long it takes",
            )
            .label("mostly noise")
            .because(value, "measured once")
            .help("repeat it, and take the best: `timeit.repeat`"),
        )
    }
}

fn is_clock<'a>(expr: &'a Expr, cx: &Cx<'a>) -> bool {
    expr.as_call_expr().is_some_and(|call| {
        call.arguments.is_empty()
            && matches!(
                cx.name(&*call.func).as_deref(),
                Some("time.perf_counter" | "time.time" | "time.monotonic" | "time.process_time")
            )
    })
}
