//! # A cache on a function that tells the time, or a random number
//!
//! A cache gives the same result for ever. Of a function whose result is the time, or is drawn at random, it keeps the first.
//!
//! ```python bad
//! import time
//! from functools import lru_cache
//!
//!
//! @lru_cache(maxsize=None)
//! def now():
//!     return time.time()
//! ```
//!
//! ```python good
//! import time
//!
//!
//! def now():
//!     return time.time()
//! ```
//!
//! ```python bad
//! import random
//! from functools import cache
//!
//!
//! @cache
//! def roll(sides: int) -> int:
//!     number = random.randint(1, sides)
//!     return number
//! ```
//!
//! What is measured on the way, one identity for the process, and results that expire:
//!
//! ```python fine
//! import time
//! import uuid
//! from functools import cache
//!
//! from cachetools.func import ttl_cache
//!
//!
//! @cache
//! def instance():
//!     return uuid.uuid4().hex
//!
//!
//! @cache
//! def load(path):
//!     start = time.perf_counter()
//!     data = path.read_bytes()
//!     print("took", time.perf_counter() - start)
//!     return data
//!
//!
//! @ttl_cache(ttl=60)
//! def minute(zone):
//!     return time.time() // 60
//! ```

use hotlint_core::ast::{AnyNodeRef, ExprCall, StmtFunctionDef};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::Use;

pub struct CacheImpureFunction;

/// Functions that give something else each time.
const CLOCKS: &[&str] = &[
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "time.monotonic",
    "time.perf_counter",
    "time.time",
    "time.time_ns",
];

/// The same; without parameters, one result for the whole process may be what is wanted.
const DRAWN: &[&str] = &[
    "os.urandom",
    "random.choice",
    "random.choices",
    "random.randint",
    "random.random",
    "random.randrange",
    "random.sample",
    "random.uniform",
    "secrets.randbelow",
    "secrets.token_bytes",
    "secrets.token_hex",
    "secrets.token_urlsafe",
    "uuid.uuid1",
    "uuid.uuid4",
];

impl Rule for CacheImpureFunction {
    type On = StmtFunctionDef;
    const COST: Cost = Cost::Broken("the first result for ever");

    fn check<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<Finding> {
        if def.decorator_list.is_empty() {
            return None;
        }
        let cached = cx.cached(def)?;
        if cached.name.contains("ttl") {
            return None;
        }
        let has_parameters = def.parameters.iter().next().is_some();
        let call = cx.own_nodes(def).find_map(|node| match node {
            AnyNodeRef::ExprCall(call) => {
                let name = cx.name(&*call.func)?;
                let varies = CLOCKS.contains(&name.as_str())
                    || has_parameters && DRAWN.contains(&name.as_str());
                (varies && is_returned(call, cx)).then_some(call)
            }
            _ => None,
        })?;
        let function = cx.text(&*call.func);
        Some(
            Finding::new(
                cached.decorator,
                format!(
                    "the cache of `{}` keeps what `{function}` gave first",
                    def.name
                ),
            )
            .label("the same for ever")
            .because(call, "gives something else each time")
            .help("take the cache off, or let its entries expire"),
        )
    }
}

/// Whether a value is a part of what the function returns, directly or through one variable.
fn is_returned<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let in_return =
        |node: AnyNodeRef<'a>| matches!(cx.tree.statement(node), Some(AnyNodeRef::StmtReturn(_)));
    if in_return(call.into()) {
        return true;
    }
    let Some((_, symbol)) = cx.kept_as(call) else {
        return false;
    };
    // A duration is not what the function is asked for.
    cx.reads(symbol)
        .any(|read| in_return(read.into()) && !matches!(cx.usage(read), Use::Operand(op) if op.op == hotlint_core::ast::Operator::Sub))
}
