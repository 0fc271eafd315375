//! # Long computation in an `async def`
//!
//! Compressing, hashing a password or reading a table keeps the thread of the event loop busy for milliseconds to seconds, in which
//! no other task runs. `zlib.compress` takes about 20 ms a megabyte, a password hash is slow on purpose: 50 ms and more.
//!
//! ```python bad
//! import asyncio
//! import hashlib
//!
//!
//! async def check(password, salt, wanted):
//!     found = hashlib.pbkdf2_hmac("sha256", password, salt, 600_000)
//!     await asyncio.sleep(0)
//!     return found == wanted
//! ```
//!
//! ```python good
//! import asyncio
//! import hashlib
//!
//!
//! async def check(password, salt, wanted):
//!     found = await asyncio.to_thread(hashlib.pbkdf2_hmac, "sha256", password, salt, 600_000)
//!     await asyncio.sleep(0)
//!     return found == wanted
//! ```
//!
//! These functions let other threads run while they compute, so that a thread is enough. A thread or a literal is fine:
//!
//! ```python fine
//! import asyncio
//! import zlib
//!
//!
//! async def pack(data):
//!     def work():
//!         return zlib.compress(data)
//!
//!     head = zlib.compress(b"head")
//!     return head + await asyncio.to_thread(work)
//! ```
//!
//! A picture of a few known dots is no work:
//!
//! ```python fine
//! import io
//!
//! from PIL import Image
//!
//!
//! async def empty():
//!     picture = Image.new("RGB", (80, 60), color="black")
//!     written = io.BytesIO()
//!     picture.save(written, format="PNG")
//!     return written.getvalue()
//! ```

use hotlint_core::ast::{Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, InAsync, Rule};
use hotlint_core::python::{Blocks, Effects};

pub struct BlockingCpuInAsync;

impl Rule for BlockingCpuInAsync {
    type On = InAsync<ExprCall>;
    const EFFECTS: Effects = Effects::blocks(Blocks::Cpu);
    const COST: Cost = Cost::BlocksEventLoop;

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let entry = cx.knows(call)?;
        // What stands in the text is short.
        let first = call.arguments.args.first();
        if call.arguments.len() == 1 && first.is_some_and(|data| data.is_literal_expr()) {
            return None;
        }
        if is_drawn_here(call, cx) {
            return None;
        }
        let finding = cx.stops_the_loop(call, entry, "until it is computed")?;
        Some(finding.fix(cx.to_thread(call)))
    }
}

/// Whether a picture is as large as the text says, and no larger: `Image.new("RGB", (800, 600))`.
fn is_drawn_here<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let picture = match &*call.func {
        Expr::Attribute(method) => cx.only_value(&method.value),
        _ => None,
    };
    let made = picture.and_then(|picture| cx.call_of(picture, "PIL.Image.new"));
    made.and_then(|made| made.arguments.args.get(1))
        .and_then(Expr::as_tuple_expr)
        .is_some_and(|size| size.elts.iter().all(Expr::is_number_literal_expr))
}
