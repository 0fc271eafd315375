//! # Threads for work that only computes
//!
//! One interpreter lock lets one thread run Python code at a time. A function that does nothing but compute in Python takes as long on
//! four threads as in a plain loop (0.88 to 1.09 times as fast, on Python 3.8 to 3.15), and the results come in the same order. Processes
//! run at once: `ProcessPoolExecutor`, or `multiprocessing.Pool` and its `starmap`, for work that takes longer than handing it over.
//!
//! ```python bad
//! from concurrent.futures import ThreadPoolExecutor
//!
//!
//! def crunch(n):
//!     return sum(i * i for i in range(n))
//!
//!
//! def totals(numbers):
//!     with ThreadPoolExecutor() as pool:
//!         return list(pool.map(crunch, numbers))
//! ```
//!
//! ```python good
//! from concurrent.futures import ProcessPoolExecutor
//!
//!
//! def crunch(n):
//!     return sum(i * i for i in range(n))
//!
//!
//! def totals(numbers):
//!     with ProcessPoolExecutor() as pool:
//!         return list(pool.map(crunch, numbers))
//! ```
//!
//! What waits, or works in C without the lock, is right in threads; and so is what hotlint does not know:
//!
//! ```python fine
//! import hashlib
//! import zlib
//! from concurrent.futures import ThreadPoolExecutor
//!
//!
//! def work(data):
//!     return hashlib.sha256(zlib.compress(data)).hexdigest()
//!
//!
//! def read(path):
//!     with open(path) as file:
//!         return [line.strip() for line in file]
//!
//!
//! def lookup(key, tables):
//!     return [table.find(key) for table in tables]
//!
//!
//! def run(blobs, paths, keys, tables):
//!     with ThreadPoolExecutor() as pool:
//!         yield from pool.map(work, blobs)
//!         yield from pool.map(read, paths)
//!         yield from pool.map(lookup, keys, tables)
//! ```
//!
//! On a free-threaded build of Python 3.13 or newer, threads do run at once.

use hotlint_core::ast::{AnyNodeRef, ExprCall, StmtFunctionDef};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{Binding, Pool, Purity};

pub struct CpuBoundInThreadPool;

impl Rule for CpuBoundInThreadPool {
    type On = ExprCall;
    const COST: Cost = Cost::Wait("one thread computes at a time");
    const METHODS: &'static [&'static str] = &[
        "map",
        "submit",
        "starmap",
        "imap",
        "imap_unordered",
        "map_async",
        "starmap_async",
        "run_in_executor",
        "to_thread",
    ];

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let method = call.func.as_attribute_expr()?;
        let (function, threads) = match method.attr.as_str() {
            "map" | "submit" | "starmap" | "imap" | "imap_unordered" | "map_async"
            | "starmap_async" => {
                let threads = cx.pool(&method.value) == Some(Pool::Threads);
                (call.arguments.args.first()?, threads)
            }
            "run_in_executor" => {
                let own = call.arguments.args.first()?.is_none_literal_expr();
                (call.arguments.args.get(1)?, own)
            }
            "to_thread" => {
                let own = cx.is(&*call.func, "asyncio.to_thread");
                (call.arguments.args.first()?, own)
            }
            _ => return None,
        };
        if !threads {
            return None;
        }
        let symbol = cx.symbol(function.as_name_expr()?)?;
        let Binding::Function(def) = cx.only_binding(symbol)? else {
            return None;
        };
        let work = computes(def, cx)?;
        // A single task keeps the event loop free, which is what it is there for.
        let alone = matches!(
            method.attr.as_str(),
            "run_in_executor" | "to_thread" | "submit"
        );
        if alone && cx.in_loop(call).is_none() {
            return None;
        }
        let name = def.name.as_str();
        Some(
            Finding::new(
                function,
                format!("`{name}` only computes: threads run it one at a time, under one interpreter lock"),
            )
            .label("no faster than a plain loop")
            .because(work, "Python code that holds the lock")
            .help("use processes: `ProcessPoolExecutor`, or `multiprocessing.Pool` and its `starmap`"),
        )
    }
}

/// The loop of a function that does nothing but compute in Python; `None` where it may do anything else.
fn computes<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<AnyNodeRef<'a>> {
    if cx.function_purity(def) == Purity::Impure {
        return None;
    }
    // Code in C may let go of the lock, and what it takes is its own business.
    let in_python = cx.own_nodes(def).all(|node| match node {
        AnyNodeRef::ExprCall(call) => {
            cx.callee(call).is_some()
                || cx
                    .name(&*call.func)
                    .is_some_and(|name| name.starts_with("builtins.") || name.starts_with("math."))
        }
        _ => true,
    });
    let mut nodes = cx.own_nodes(def);
    let repeated = nodes.find(|node| match node {
        AnyNodeRef::StmtFor(_) | AnyNodeRef::StmtWhile(_) => true,
        other => !hotlint_core::python::comprehension_generators(*other).is_empty(),
    });
    repeated.filter(|_| in_python)
}
