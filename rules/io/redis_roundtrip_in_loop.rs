//! # Round trip to a key-value store for each item of a loop
//!
//! Redis answers in microseconds, but each command waits for the network: 0.1 to 0.5 ms in the same data centre, so that a thousand
//! keys take half a second. `mget`, `mset` and their kin ask for all keys at once, and a pipeline sends many commands in one go.
//!
//! A thousand items against Redis 7.0 on loopback, where a round trip is shortest (CPython 3.11, redis-py 8.1): `get` one by one 66 ms,
//! `mget` 1.6 ms; `rpush` one by one 71 ms, in a pipeline 11 ms.
//!
//! ```python bad
//! import redis
//!
//! store = redis.Redis()
//!
//!
//! def names(keys):
//!     return [store.get(key) for key in keys]
//! ```
//!
//! ```python good
//! import redis
//!
//! store = redis.Redis()
//!
//!
//! def names(keys):
//!     return store.mget(keys)
//! ```
//!
//! ```python bad
//! import redis
//!
//!
//! def visit(store: redis.Redis, pages):
//!     for page in pages:
//!         store.incr(page)
//! ```
//!
//! ```python good
//! import redis
//!
//!
//! def visit(store: redis.Redis, pages):
//!     with store.pipeline() as pipe:
//!         for page in pages:
//!             pipe.incr(page)
//!         pipe.execute()
//! ```
//!
//! Told by default where the loop is seen to be long, and only gathers what it gets.
//!
//! Django's cache has `get_many` and `set_many`. In a cluster, the keys of one command have to lie in one slot.
//!
//! A pipeline gathers commands, and a loop that polls or takes what comes in has nothing to gather:
//!
//! ```python fine
//! import time
//! import redis
//!
//!
//! def work(store: redis.Redis, keys):
//!     pipe = store.pipeline()
//!     for key in keys:
//!         pipe.get(key)
//!     while not store.get("ready"):
//!         time.sleep(1)
//!     for attempt in range(100):
//!         store.ping()
//!     return pipe.execute()
//! ```

use hotlint_core::ast::ExprCall;
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::{Blocks, Does, Effects, Entry, Size};

pub struct RedisRoundtripInLoop;

impl Rule for RedisRoundtripInLoop {
    type On = InLoop<ExprCall>;
    const EFFECTS: Effects = Effects::does(Does::RoundTrip);
    const COST: Cost = Cost::RoundTrips("n round trips", "1");

    fn is_worth_asking<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
        cx.per_item_loop(call).is_some()
    }

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let entry = cx.knows(call)?;
        if !is_command(entry) {
            return None;
        }
        let around = cx.per_item_loop(call)?;
        if cx.was_done_before(call, around, is_command) {
            return None;
        }
        let message = format!(
            "`{}` waits for an answer in every iteration",
            cx.spelled(call)
        );
        let size = match cx.is_hardly_felt(call, around) {
            true => Size::Unknown,
            false => cx.rounds(&[around]),
        };
        Some(
            Finding::new(call, message)
                .label("one round trip per item")
                .because(around.header(), "for each item of this loop")
                .sized(size, around.iter().map_or("", |items| cx.text(items)))
                .help(format!("ask once for all items: {}", entry.batched)),
        )
    }
}

/// A command of a store for which there is one for many keys.
fn is_command(entry: &'static Entry) -> bool {
    let others = [Does::Queries, Does::Commits, Does::Batches, Does::Maps];
    entry.does(Does::RoundTrip)
        && entry.does(Does::KeyValue)
        && !entry.batched.is_empty()
        && !entry.blocks(Blocks::Http)
        && !others.iter().any(|other| entry.does(*other))
}
