//! # Sleeping until another thread or process is done
//!
//! `while not event.is_set(): time.sleep(0.1)` wakes up over and over, and learns of what it waits for up to a tenth of a second late.
//! Events, threads, processes and futures can be waited for: the waiting thread sleeps until it happens, and wakes up at once.
//!
//! ```python bad
//! import threading
//! import time
//!
//!
//! def wait(ready: threading.Event):
//!     while not ready.is_set():
//!         time.sleep(0.1)
//! ```
//!
//! ```python good
//! import threading
//!
//!
//! def wait(ready: threading.Event):
//!     ready.wait()
//! ```
//!
//! ```python bad
//! import subprocess
//! import time
//!
//!
//! def run(command):
//!     process = subprocess.Popen(command)
//!     while process.poll() is None:
//!         time.sleep(1)
//!     return process.returncode
//! ```
//!
//! ```python good
//! import subprocess
//!
//!
//! def run(command):
//!     process = subprocess.Popen(command)
//!     return process.wait()
//! ```
//!
//! Other work between two looks, a limit, and what cannot be waited for:
//!
//! ```python fine
//! import os
//! import threading
//! import time
//!
//!
//! def wait(ready: threading.Event, path, job, step, server):
//!     while not ready.is_set():
//!         step()
//!         time.sleep(0.1)
//!     while ready.is_set():
//!         time.sleep(0.1)
//!     while not os.path.exists(path):
//!         time.sleep(1)
//!     while job.running:
//!         time.sleep(1)
//!     while not server.is_set():
//!         time.sleep(1)
//! ```

use hotlint_core::ast::{CmpOp, Expr, ExprCall, Stmt, StmtWhile};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};

pub struct SleepAsSynchronisation;

impl Rule for SleepAsSynchronisation {
    type On = StmtWhile;
    const COST: Cost = Cost::Wait("late by up to the time slept, and awake in between");

    fn check<'a>(around: &'a StmtWhile, cx: &Cx<'a>) -> Option<Finding> {
        let [Stmt::Expr(only)] = around.body.as_slice() else {
            return None;
        };
        let sleep = cx.call_of(&only.value, "time.sleep")?;
        let (asked, negated) = question(&around.test)?;
        let (wait, until) = waiting(asked, cx)?;
        if negated != until || !asked.arguments.is_empty() {
            return None;
        }
        let object = cx.text(&*asked.func.as_attribute_expr()?.value);
        Some(
            Finding::new(
                sleep,
                format!("this sleeps until `{object}` is ready, and learns of it late"),
            )
            .label("wakes up for nothing, over and over")
            .because(asked, "can be waited for")
            .help(format!("wait for it: `{object}.{wait}`")),
        )
    }
}

/// The call that a test consists of, and whether the loop goes on while it is false, or `None`.
fn question(test: &Expr) -> Option<(&ExprCall, bool)> {
    match test {
        Expr::Call(call) => Some((call, false)),
        Expr::UnaryOp(unary) if unary.op.is_not() => Some((unary.operand.as_call_expr()?, true)),
        Expr::Compare(compare) => match (&*compare.ops, &*compare.comparators) {
            ([CmpOp::Is], [Expr::NoneLiteral(_)]) => Some((compare.left.as_call_expr()?, true)),
            _ => None,
        },
        _ => None,
    }
}

/// What waits for what a call asks for, and whether it is over when the answer is yes.
fn waiting<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<(&'static str, bool)> {
    Some(match cx.name(&*call.func)?.as_str() {
        "threading.Event.is_set"
        | "multiprocessing.Event.is_set"
        | "multiprocessing.synchronize.Event.is_set" => ("wait()", true),
        "threading.Thread.is_alive"
        | "multiprocessing.Process.is_alive"
        | "multiprocessing.context.Process.is_alive" => ("join()", false),
        "concurrent.futures.Future.done" => ("result()", true),
        "concurrent.futures.Future.running" => ("result()", false),
        "subprocess.Popen.poll" => ("wait()", true),
        "queue.Queue.empty" => ("get()", false),
        _ => return None,
    })
}
