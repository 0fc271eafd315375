//! # A cached list or dict that a caller changes
//!
//! A cache gives every caller the same object. Who appends to it changes what the others get from then on.
//!
//! ```python bad
//! from functools import lru_cache
//!
//!
//! @lru_cache(maxsize=128)
//! def names(path: str):
//!     return path.split("/")
//!
//!
//! def full(path: str):
//!     parts = names(path)
//!     parts.append("index")
//!     return parts
//! ```
//!
//! ```python good
//! from functools import lru_cache
//!
//!
//! @lru_cache(maxsize=128)
//! def names(path: str):
//!     return tuple(path.split("/"))
//!
//!
//! def full(path: str):
//!     return [*names(path), "index"]
//! ```
//!
//! Callers that copy it first, or that only read:
//!
//! ```python fine
//! from functools import cache
//!
//!
//! @cache
//! def names(path: str):
//!     return path.split("/")
//!
//!
//! def full(path: str):
//!     parts = list(names(path))
//!     parts.append("index")
//!     more = names(path) + ["more"]
//!     more.append("index")
//!     return parts, more, names(path)[0], names(path).index("a")
//! ```

use hotlint_core::ast::{AnyNodeRef, ExprCall, StmtFunctionDef};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{Type, Use};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct CacheReturnsMutable;

/// Methods of lists, dicts, sets and deques that change them.
const CHANGING: &[&str] = &[
    "add",
    "append",
    "appendleft",
    "clear",
    "discard",
    "extend",
    "insert",
    "pop",
    "popitem",
    "popleft",
    "remove",
    "reverse",
    "setdefault",
    "sort",
    "update",
];

impl Rule for CacheReturnsMutable {
    type On = StmtFunctionDef;
    const COST: Cost = Cost::Broken("changes what other callers get");

    fn check<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<Finding> {
        if def.decorator_list.is_empty() || def.is_async || cx.is_generator(def) {
            return None;
        }
        let cached = cx.cached(def)?;
        let kind = returned(def, cx)?;
        let symbol = cx.symbol(def)?;
        cx.only_binding(symbol)?;
        let changed = cx.reads(symbol).find_map(|read| {
            let call = match cx.tree.parent(read)? {
                AnyNodeRef::ExprCall(call) if call.func.range() == read.range() => call,
                _ => return None,
            };
            changed(call, cx)
        })?;
        Some(
            Finding::new(
                changed,
                format!(
                    "this changes the {kind} that the cache of `{}` gives to everybody",
                    def.name
                ),
            )
            .label("other callers get it changed")
            .because(cached.decorator, "keeps the object itself")
            .help("copy it first, or return a tuple"),
        )
    }
}

/// What a function returns, if it is certainly something that can be changed.
fn returned<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<&'static str> {
    let mut kind = None;
    for node in cx.own_nodes(def) {
        let AnyNodeRef::StmtReturn(stmt) = node else {
            continue;
        };
        kind = Some(match cx.ty(stmt.value.as_deref()?) {
            Type::List(_) => "list",
            Type::Dict(..) => "dict",
            Type::Set(_) => "set",
            Type::Deque(_) => "deque",
            _ => return None,
        });
    }
    kind
}

/// The place that certainly changes what a call gives: directly, or through a variable that holds nothing else.
fn changed<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<TextRange> {
    let changes = |node: AnyNodeRef<'a>| match cx.usage(node) {
        Use::Method(method, call) => CHANGING.contains(&method).then(|| call.range()),
        Use::Item(item) => (!item.ctx.is_load()).then(|| item.range()),
        Use::Augmented(stmt) => Some(stmt.range()),
        _ => None,
    };
    if let Some(place) = changes(call.into()) {
        return Some(place);
    }
    let (_, symbol) = cx.kept_as(call)?;
    cx.reads(symbol).find_map(|read| changes(read.into()))
}
