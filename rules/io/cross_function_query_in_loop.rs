//! # A function that queries, called for each item
//!
//! The loop does not look like it, but each turn asks the database: the query lies in the function that is called, or in one that
//! this one calls. A query costs a round trip of a fraction of a millisecond to some milliseconds, however little it fetches; a
//! thousand items pay it a thousand times, where one query with all keys pays it once. Functions of other files count where the
//! configuration says `follow-imports = true`; each step on the way is told.
//!
//! ```python bad
//! import sqlite3
//!
//! connection = sqlite3.connect(":memory:")
//!
//!
//! def owner(key):
//!     return connection.execute("select owner from items where id = ?", (key,)).fetchone()
//!
//!
//! def owners(keys):
//!     found = {}
//!     for key in keys:
//!         found[key.lower()] = owner(key)
//!     return found
//! ```
//!
//! ```python good
//! import sqlite3
//!
//! connection = sqlite3.connect(":memory:")
//!
//!
//! def owners(keys):
//!     marks = ", ".join("?" * len(keys))
//!     query = f"select id, owner from items where id in ({marks})"
//!     return connection.execute(query, keys).fetchall()
//! ```
//!
//! So does a store of keys and values, in another unit:
//!
//! ```python bad
//! import redis
//!
//!
//! def visits(store: redis.Redis, page):
//!     return int(store.get(page) or 0)
//!
//!
//! def table(store: redis.Redis, pages):
//!     return [visits(store, page) for page in pages]
//! ```
//!
//! What is asked for some of the items only, or when somebody takes the next, is told to those who select the rule; so is what a loop
//! asks that waits for several other answers about each item, or for some in a loop of their own.
//!
//! A function that keeps its answers asks rarely:
//!
//! ```python fine
//! import functools
//! import sqlite3
//!
//! connection = sqlite3.connect(":memory:")
//!
//!
//! @functools.cache
//! def owner(key):
//!     return connection.execute("select owner from items where id = ?", (key,)).fetchone()
//!
//!
//! def owners(keys):
//!     return [owner(key) for key in keys]
//! ```
//!
//! ```python fine
//! import sqlite3
//!
//! connection = sqlite3.connect(":memory:")
//! known = {}
//!
//!
//! def owner(key):
//!     if key in known:
//!         return known[key]
//!     return connection.execute("select owner from items where id = ?", (key,)).fetchone()
//!
//!
//! def owners(keys):
//!     return [owner(key) for key in keys]
//! ```
//!
//! One call for each batch is what batches are for, tables and constants are few, and what is made for an error is rare:
//!
//! ```python fine
//! import sqlite3
//!
//! connection = sqlite3.connect(":memory:")
//! KINDS = ("day", "week")
//!
//!
//! def store(key):
//!     connection.execute("insert into items values (?)", (key,))
//!
//!
//! def store_all(tables, chunks, keys, work):
//!     for table in tables:
//!         store(table)
//!     for kind in KINDS:
//!         store(kind)
//!     for chunk in chunks:
//!         store(chunk)
//!     for key in keys:
//!         try:
//!             work(key)
//!         except ValueError:
//!             store(key)
//! ```
//!
//! The same of many rows at once, and of a search, which ends when it has found something:
//!
//! ```python fine
//! import sqlite3
//!
//! connection = sqlite3.connect(":memory:")
//!
//!
//! def store(rows):
//!     connection.executemany("insert into items values (?, ?)", rows)
//!
//!
//! def store_all(batches):
//!     for rows in batches:
//!         store(rows)
//! ```
//!
//! ```python fine
//! import sqlite3
//!
//! connection = sqlite3.connect(":memory:")
//!
//!
//! def owner(key):
//!     return connection.execute("select owner from items where id = ?", (key,)).fetchone()
//!
//!
//! def first_owner(keys):
//!     for key in keys:
//!         found = owner(key)
//!         if found:
//!             return found
//!     return None
//! ```

use hotlint_core::ast::{AnyNodeRef, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule, way};
use hotlint_core::python::{Does, Effects, Following, Loop, Size};
use hotlint_core::text_size::Ranged;

pub struct CrossFunctionQueryInLoop;

/// How many functions deep a query is looked for.
const DEEPEST: usize = 3;

/// A function of more lines does so much with an item that its queries are not to be shared with others.
const LONGEST: usize = 80;

/// What waits for another program's answer about each item.
const ASKS: Effects = Effects::does(Does::Queries).or(Effects::does(Does::KeyValue));

impl Rule for CrossFunctionQueryInLoop {
    type On = InLoop<ExprCall>;
    const COST: Cost = Cost::RoundTrips("n queries", "1");

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.may_use(ASKS)
    }

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        // What this file tells comes first: to look into others is dear.
        if call.arguments.is_empty() || !cx.is_told_by_name(call) || !cx.may_lead_to(call, ASKS) {
            return None;
        }
        let around = cx.in_loop(call)?;
        // `while` polls or goes through pages.
        if matches!(around, Loop::While(_)) || cx.is_of_command_line() {
            return None;
        }
        if cx.ends_early(around)
            || cx.goes_over_structure(around)
            || cx.goes_over_batches(around)
            || cx.is_fallback(around)
            || around.iter().is_some_and(|iter| cx.is_few(iter))
            || cx.handles_error_in(call, around)
        {
            return None;
        }
        let steps = cx.leads_to(call, ASKS, Following::Every)?;
        let arguments = &call.arguments;
        let keywords = arguments.keywords.iter().map(|one| &one.value);
        let mut given = arguments.args.iter().chain(keywords);
        // What is the same each time is another story. Dearer to tell than whether the call leads anywhere.
        if given.all(|one| cx.is_invariant(one, around)) {
            return None;
        }
        // What lies deeper is a small part of what the call is for.
        if steps.len() > DEEPEST {
            return None;
        }
        let last = steps.last()?.entry?;
        // What is gathered in a pipeline goes out at once.
        if !last.does(Does::Queries) && !last.does(Does::RoundTrip) || last.does(Does::Single) {
            return None;
        }
        // A report on each item, or a job.
        if cx.length_of_callee(call) > LONGEST {
            return None;
        }
        let name = &steps.first()?.name;
        let (what, whom) = match last.does(Does::Queries) {
            true => ("runs a query", "the database"),
            false => ("asks a store of keys", "the store"),
        };
        let help = match last.batched {
            "" => "fetch what all items need with one query before the loop".to_owned(),
            batched => format!("do it for all items at once: {batched}"),
        };
        Some(
            Finding::new(
                call,
                format!("`{name}` asks {whom} for each item: {}", way(&steps, what)),
            )
            .label("a round trip each time")
            .because(around.header(), "repeated for each item")
            .sized(
                match cx.is_for_a_few(call, around)
                    || cx.is_hardly_felt(call, around)
                    || is_asked_for(call, cx)
                    || waits_for_more(call, around, cx)
                {
                    true => Size::Unknown,
                    false => cx.rounds_of_all(call, around),
                },
                around.iter().map_or("", |iter| cx.text(iter)),
            )
            .through(&steps, what)
            .help(help),
        )
    }
}

/// Whether somebody takes what the call gives, one after the other, for as long as it is wanted: `yield f(x)`.
fn is_asked_for<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    matches!(cx.tree.parent(call), Some(AnyNodeRef::ExprYield(_)))
}

/// Whether the loop waits for other answers about each item as well, several of them or one in a loop of its own: with one query less it
/// waits nearly as long.
fn waits_for_more<'a>(call: &'a ExprCall, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let mut others = cx
        .tree
        .descendants(around.node())
        .filter(|node| match node {
            AnyNodeRef::ExprCall(other) if other.range() != call.range() => {
                matches!(cx.tree.parent(*other), Some(AnyNodeRef::ExprAwait(_)))
                    || cx
                        .knows(other)
                        .is_some_and(|entry| entry.effects.any_of(ASKS))
                    || cx.is_told_by_name(other)
                        && cx.leads_to(other, ASKS, Following::Every).is_some()
            }
            _ => false,
        });
    let mut count = 0;
    others.any(|other| {
        count += 1;
        let inner = cx.in_loop(other);
        count >= MORE || inner.is_some_and(|inner| inner.range() != around.range())
    })
}

/// From so many on it is work on each item, and no look-up.
const MORE: usize = 2;
