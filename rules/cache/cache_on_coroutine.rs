//! # A cache on an `async def`
//!
//! Calling an `async def` gives a coroutine, which can be awaited once. `lru_cache` keeps the coroutine instead of its result: the second
//! call with the same arguments gives it again, and awaiting it raises `RuntimeError: cannot reuse already awaited coroutine`.
//!
//! ```python bad
//! from functools import lru_cache
//!
//!
//! @lru_cache(maxsize=128)
//! async def load(key, client):
//!     return await client.get(key)
//! ```
//!
//! ```python good
//! from async_lru import alru_cache
//!
//!
//! @alru_cache(maxsize=128)
//! async def load(key, client):
//!     return await client.get(key)
//! ```
//!
//! A cache that awaits, and one on a function that makes something else of the coroutine:
//!
//! ```python fine
//! import asyncio
//! from functools import cache
//!
//! from async_lru import alru_cache
//!
//!
//! def as_task(function):
//!     return lambda *args: asyncio.ensure_future(function(*args))
//!
//!
//! @alru_cache
//! async def load(key):
//!     return key
//!
//!
//! @cache
//! @as_task
//! async def fetch(key):
//!     return key
//!
//!
//! @cache
//! def connect(key):
//!     async def run():
//!         return key
//!
//!     return run
//! ```

use hotlint_core::ast::StmtFunctionDef;
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::text_size::Ranged;

pub struct CacheOnCoroutine;

impl Rule for CacheOnCoroutine {
    type On = StmtFunctionDef;
    const COST: Cost = Cost::Broken("raises `RuntimeError` on the second await");

    fn check<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<Finding> {
        if !def.is_async || def.decorator_list.is_empty() {
            return None;
        }
        let cached = cx.cached(def)?;
        // A decorator in between may make something of the coroutine that can be kept.
        let innermost = def.decorator_list.last()?.range() == cached.decorator.range();
        if !innermost || cached.name.starts_with("async_lru.") {
            return None;
        }
        let name = def.name.as_str();
        let what = if cx.is_generator(def) {
            "an asynchronous generator, which can be used up once"
        } else {
            "a coroutine, which can be awaited once"
        };
        Some(
            Finding::new(
                cached.decorator,
                format!("the cache of `{name}` keeps {what}"),
            )
            .label("the second call gives it again")
            .because(&def.name, "is `async`")
            .help("use a cache that awaits, such as `async_lru.alru_cache`, or keep the result yourself"),
        )
    }
}
