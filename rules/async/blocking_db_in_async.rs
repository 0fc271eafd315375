//! # Database driver that blocks, in an `async def`
//!
//! A driver that was not made for an event loop waits for the database in the loop's thread: no other task runs until the rows, or
//! the lock, are there. A slow query of one request stops all others.
//!
//! ```python bad
//! import sqlite3
//!
//!
//! async def count(connection: sqlite3.Connection):
//!     return connection.execute("SELECT count(*) FROM job")
//! ```
//!
//! ```python good
//! import aiosqlite
//!
//!
//! async def count(connection: aiosqlite.Connection):
//!     return await connection.execute("SELECT count(*) FROM job")
//! ```
//!
//! ```python bad
//! import redis
//!
//! store = redis.Redis()
//!
//!
//! async def name(key):
//!     return store.get(key)
//! ```
//!
//! ```python good
//! import redis.asyncio
//!
//! store = redis.asyncio.Redis()
//!
//!
//! async def name(key):
//!     return await store.get(key)
//! ```
//!
//! Rows that were fetched with a query are there already, and commands of a pipeline wait for `execute`:
//!
//! ```python fine
//! import asyncio
//! import redis
//!
//!
//! def work(store: redis.Redis):
//!     return store.get("a")
//!
//!
//! async def fill(store: redis.Redis, keys):
//!     pipe = store.pipeline()
//!     for key in keys:
//!         pipe.get(key)
//!     await asyncio.to_thread(pipe.execute)
//!     await asyncio.to_thread(work, store)
//! ```

use hotlint_core::ast::{AnyNodeRef, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, InAsync, Rule};
use hotlint_core::python::{Blocks, Effects, function_around};
use hotlint_core::text_size::Ranged;

pub struct BlockingDbInAsync;

impl Rule for BlockingDbInAsync {
    type On = InAsync<ExprCall>;
    const EFFECTS: Effects = Effects::blocks(Blocks::Database);
    const COST: Cost = Cost::BlocksEventLoop;

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let entry = cx.knows(call)?;
        // One call to a database is enough to tell that a function has to do with one that blocks.
        let around = function_around(&cx.tree, call)?;
        let told_before = cx.own_nodes(around).any(|node| match node {
            AnyNodeRef::ExprCall(other) => {
                other.start() < call.start()
                    && cx
                        .knows(other)
                        .is_some_and(|entry| entry.blocks(Blocks::Database))
            }
            _ => false,
        });
        if told_before {
            return None;
        }
        cx.stops_the_loop(call, entry, "until the database has answered")
    }
}
