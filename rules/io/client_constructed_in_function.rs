//! # Client or connection made for each call
//!
//! A client of a service is dear to make: `boto3.client` reads the description of the service, 5 to 50 ms; a database connection is
//! several round trips and a process on the other side; `create_engine` has a pool of connections that is thrown away with it. They
//! are meant to be made once and shared. A hundred queries against PostgreSQL 15 on the same machine take 555 ms with a connection each
//! and 8 ms with one (psycopg 3.3), a hundred `get` of Redis 7.0 145 ms with a client each and 8 ms with one (redis-py 8.1).
//!
//! ```python bad
//! import boto3
//!
//!
//! def handler(event, context):
//!     bucket = boto3.client("s3")
//!     return bucket.list_objects_v2(Bucket=event["bucket"])
//! ```
//!
//! ```python good
//! import boto3
//!
//! bucket = boto3.client("s3")
//!
//!
//! def handler(event, context):
//!     return bucket.list_objects_v2(Bucket=event["bucket"])
//! ```
//!
//! ```python bad
//! import redis
//!
//!
//! def count(names):
//!     for name in names:
//!         store = redis.Redis()
//!         store.incr(name)
//! ```
//!
//! ```python good
//! import redis
//!
//!
//! def count(names):
//!     store = redis.Redis()
//!     pipe = store.pipeline()
//!     for name in names:
//!         pipe.incr(name)
//!     pipe.execute()
//! ```
//!
//! It is told in loops, in functions that answer requests, and in functions that this file calls in a loop. Factories, clients that
//! belong to an argument, and what is kept after the first call are left alone:
//!
//! ```python fine
//! import boto3
//! import redis
//! from functools import lru_cache
//!
//! store = None
//!
//!
//! def connect(url):
//!     return redis.from_url(url)
//!
//!
//! @lru_cache
//! def client():
//!     return boto3.client("s3")
//!
//!
//! def handler(event, context):
//!     global store
//!     if store is None:
//!         store = redis.Redis()
//!     return store.get(event["key"])
//!
//!
//! def each(hosts):
//!     for host in hosts:
//!         redis.Redis(host=host).ping()
//! ```
//!
//! A second attempt is made when the first one failed:
//!
//! ```python fine
//! import psycopg
//!
//!
//! def connect(place):
//!     return psycopg.connect(place)
//!
//!
//! def start(place):
//!     for attempt in range(20):
//!         try:
//!             return connect(place)
//!         except psycopg.OperationalError:
//!             print("again", attempt)
//! ```

use hotlint_core::ast::ExprCall;
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{Builds, Does, Effects, function_around};

pub struct ClientConstructedInFunction;

impl Rule for ClientConstructedInFunction {
    type On = ExprCall;
    const EFFECTS: Effects = Effects::builds(Builds::Client)
        .or(Effects::builds(Builds::Connection))
        .or(Effects::builds(Builds::Pool))
        .or(Effects::builds(Builds::Engine));
    const COST: Cost = Cost::RoundTrips("made n times", "once");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let entry = cx.knows(call)?;
        // A connection to a file is made in microseconds.
        if entry.builds(Builds::Connection) && !entry.does(Does::RoundTrip) {
            return None;
        }
        // What an `async def` makes has a rule of its own.
        if entry.builds(Builds::Client) && function_around(&cx.tree, call)?.is_async {
            return None;
        }
        let (because, words) = cx.built_per_call(call)?;
        let message = format!(
            "`{}` is made anew each time, and is dear to make",
            cx.spelled(call)
        );
        Some(
            Finding::new(call, message)
                .label("meant to be made once and shared")
                .because(because, words)
                .help("make it once, at module level or when the program starts, and pass it on"),
        )
    }
}
