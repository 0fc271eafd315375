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
//!     while not os.path.exists(path):
//!         time.sleep(1)
//!     while job.running:
//!         time.sleep(1)
//!     while not server.is_set():
//!         time.sleep(1)
//! ```

use hotlint_core::ast::{AnyNodeRef, ExprCall, Stmt, StmtWhile};
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
        let (asked, wait) = cx
            .tree
            .descendants(&*around.test)
            .find_map(|node| match node {
                AnyNodeRef::ExprCall(call) => Some((call, waiting(call, cx)?)),
                _ => None,
            })?;
        // One question, asked once each time: not a limit of attempts as well.
        if around.test.is_bool_op_expr() || !asked.arguments.is_empty() {
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

/// What waits for what a call asks for.
fn waiting<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<&'static str> {
    Some(match cx.name(&*call.func)?.as_str() {
        "threading.Event.is_set"
        | "multiprocessing.Event.is_set"
        | "multiprocessing.synchronize.Event.is_set" => "wait()",
        "threading.Thread.is_alive"
        | "multiprocessing.Process.is_alive"
        | "multiprocessing.context.Process.is_alive" => "join()",
        "concurrent.futures.Future.done" | "concurrent.futures.Future.running" => "result()",
        "subprocess.Popen.poll" => "wait()",
        "queue.Queue.empty" => "get()",
        _ => return None,
    })
}
