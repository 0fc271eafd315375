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
//! A single look at what a path is takes microseconds and is left alone; in a loop it is told. What only joins or splits paths never
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

use hotlint_core::ast::{Expr, ExprCall};
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
        if entry.does(Does::Brief) && cx.in_loop(call).is_none() {
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
