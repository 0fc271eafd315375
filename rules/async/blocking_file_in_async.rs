//! # File that is read or written in an `async def`
//!
//! Opening, reading and writing files waits for the disk in the thread of the event loop. On a fast local disk that is a fraction of
//! a millisecond, on a network share, a busy disk or a large file it is seconds, in which no other task runs.
//!
//! ```python bad
//! import asyncio
//! from pathlib import Path
//!
//!
//! async def template(path: Path):
//!     text = path.read_text()
//!     await asyncio.sleep(0)
//!     return text
//! ```
//!
//! ```python good
//! import asyncio
//! from pathlib import Path
//!
//!
//! async def template(path: Path):
//!     text = await asyncio.to_thread(path.read_text)
//!     await asyncio.sleep(0)
//!     return text
//! ```
//!
//! `open` is told, and what is then read from the file is not told again: both belong into one function that a thread runs.
//!
//! ```python bad
//! async def load(name):
//!     with open(name) as file:
//!         return file.read()
//! ```
//!
//! ```python good
//! import asyncio
//!
//!
//! def read(name):
//!     with open(name) as file:
//!         return file.read()
//!
//!
//! async def load(name):
//!     return await asyncio.to_thread(read, name)
//! ```
//!
//! A single look at what a path is takes microseconds and is left alone; one after the other in a loop are told. What only joins or splits paths never
//! waits:
//!
//! ```python fine
//! import os.path
//! from pathlib import Path
//!
//!
//! async def find(folder, path: Path):
//!     if os.path.exists(folder) and path.is_file():
//!         return os.path.join(folder, path.name)
//!     return path.with_suffix(".bak").as_posix()
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, InAsync, Rule};
use hotlint_core::python::{Blocks, Does, Effects, Type};

pub struct BlockingFileInAsync;

impl Rule for BlockingFileInAsync {
    type On = InAsync<ExprCall>;
    const EFFECTS: Effects = Effects::blocks(Blocks::File);
    const COST: Cost = Cost::BlocksEventLoop;

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let entry = cx.knows(call)?;
        // The text of a file that is open comes from memory, or from where it was opened: that is told.
        let of_file = entry.name.starts_with("io.")
            || matches!(&*call.func, Expr::Attribute(method)
                if matches!(cx.ty(&*method.value), Type::File(_)));
        let opens = matches!(entry.last(), "open");
        if of_file && !opens {
            return None;
        }
        if entry.does(Does::Brief) && !is_many(call, cx) {
            return None;
        }
        // Somebody else reads what is only opened here, perhaps in a thread.
        if opens && is_handed_on(call, cx) {
            return None;
        }
        let finding = cx.stops_the_loop(call, entry, "until the disk has answered")?;
        // What is opened is then read here.
        Some(match opens {
            true => finding.help(
                "open and read in a function of its own, and `await asyncio.to_thread(...)` it; or use `aiofiles`",
            ),
            false => finding.fix(cx.to_thread(call)),
        })
    }
}

/// Whether one look at a path after the other is taken, with nothing in between that lets other tasks run.
fn is_many<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    cx.in_loop(call).is_some_and(|around| {
        around.iter().is_some()
            && !cx
                .tree
                .descendants(around.node())
                .any(|node| node.is_expr_await())
    })
}

/// Whether the file goes to a call that is not known to read or write it.
fn is_handed_on<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let mut outer = cx.tree.ancestors(call);
    let is_argument = outer
        .next()
        .is_some_and(|parent| matches!(parent, AnyNodeRef::Arguments(_) | AnyNodeRef::Keyword(_)));
    let taker = outer.find_map(|node| match node {
        AnyNodeRef::ExprCall(call) => Some(call),
        _ => None,
    });
    is_argument && taker.is_none_or(|taker| cx.knows(taker).is_none())
}
