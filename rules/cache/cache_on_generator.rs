//! # A cache on a generator
//!
//! A generator function gives an iterator that is good for one pass. `lru_cache` keeps the iterator instead of what it yields: whoever
//! calls again with the same arguments gets it used up, and sees nothing.
//!
//! ```python bad
//! from functools import cache
//!
//!
//! @cache
//! def primes(limit):
//!     for n in range(2, limit):
//!         if all(n % k for k in range(2, n)):
//!             yield n
//! ```
//!
//! ```python good
//! from functools import cache
//!
//!
//! @cache
//! def primes(limit):
//!     return tuple(n for n in range(2, limit) if is_prime(n))
//!
//!
//! def is_prime(n):
//!     return all(n % k for k in range(2, n))
//! ```
//!
//! ```python bad
//! from functools import lru_cache
//!
//!
//! @lru_cache
//! def words(text: str):
//!     return map(str.lower, text.split())
//! ```
//!
//! What is kept can be gone over again:
//!
//! ```python fine
//! from contextlib import contextmanager
//! from functools import cache
//!
//!
//! @cache
//! def words(text: str):
//!     return tuple(map(str.lower, text.split()))
//!
//!
//! @cache
//! def reader(text: str):
//!     def run():
//!         yield from text
//!
//!     return run
//!
//!
//! def walk(node):
//!     yield node
//!
//!
//! @cache
//! @list
//! def listed():
//!     yield 1
//! ```

use hotlint_core::ast::{AnyNodeRef, StmtFunctionDef};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::Type;
use hotlint_core::text_size::{Ranged, TextRange};

pub struct CacheOnGenerator;

impl Rule for CacheOnGenerator {
    type On = StmtFunctionDef;
    const COST: Cost = Cost::Broken("nothing is left for the second caller");

    fn check<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<Finding> {
        if def.is_async || def.decorator_list.is_empty() {
            return None;
        }
        let cached = cx.cached(def)?;
        let innermost = def.decorator_list.last()?.range() == cached.decorator.range();
        let (place, what) = iterator(def, cx)?;
        if !innermost {
            return None;
        }
        Some(
            Finding::new(
                cached.decorator,
                format!(
                    "the cache of `{}` keeps an iterator, which is good for one pass",
                    def.name
                ),
            )
            .label("the second call gives it used up")
            .because(place, what)
            .help("return a tuple"),
        )
    }
}

/// The place that makes a function's result an iterator.
fn iterator<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<(TextRange, &'static str)> {
    if cx.is_generator(def) {
        let mut nodes = cx.own_nodes(def);
        let found = nodes.find(|node| node.is_expr_yield() || node.is_expr_yield_from())?;
        return Some((found.range(), "makes it a generator"));
    }
    cx.own_nodes(def).find_map(|node| match node {
        AnyNodeRef::StmtReturn(stmt) => {
            let value = stmt.value.as_deref()?;
            matches!(cx.ty(value), Type::Iterator(_)).then(|| (value.range(), "gives an iterator"))
        }
        _ => None,
    })
}
