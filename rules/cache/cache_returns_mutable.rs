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
//! A function that the caller passes it to may change it as well, in this file or, with `follow-imports`, in another:
//!
//! ```python bad
//! from functools import lru_cache
//!
//!
//! @lru_cache(maxsize=128)
//! def limits(path: str):
//!     return {"path": path, "size": 10}
//!
//!
//! def fill(found, more=None):
//!     if more is None:
//!         more = {}
//!     found.update(more)
//!     return found
//!
//!
//! def complete(path: str):
//!     found = limits(path)
//!     return fill(found, more={"depth": 3})
//! ```
//!
//! ```python good
//! from functools import lru_cache
//!
//!
//! @lru_cache(maxsize=128)
//! def limits(path: str):
//!     return {"path": path, "size": 10}
//!
//!
//! def fill(found, more=None):
//!     return {**found, **(more or {})}
//!
//!
//! def complete(path: str):
//!     found = limits(path)
//!     return fill(found, more={"depth": 3})
//! ```
//!
//! What a function is declared to return counts where its text does not tell:
//!
//! ```python bad
//! import json
//! import random
//! from functools import cache
//! from typing import List
//!
//!
//! @cache
//! def words(path: str) -> List[str]:
//!     with open(path) as file:
//!         return json.load(file)
//!
//!
//! def shuffled(path: str):
//!     found = words(path)
//!     random.shuffle(found)
//!     return found
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
//!
//! A function that copies before it changes, one that is given a copy, and one that changes what is no list:
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
//! def ended(parts):
//!     parts = list(parts)
//!     parts.append("index")
//!     return parts
//!
//!
//! def end(parts):
//!     parts.append("index")
//!
//!
//! def collect(found):
//!     if isinstance(found, set):
//!         found.add("index")
//!
//!
//! def full(path: str):
//!     found = names(path)
//!     collect(found)
//!     end(found.copy())
//!     end(found[:])
//!     end(list(names(path)))
//!     return ended(found)
//! ```
//!
//! A method of the same name, and a name that is bound to something else:
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
//! def end(parts):
//!     parts.append("index")
//!
//!
//! def full(path: str, ended):
//!     end = len
//!     found = names(path)
//!     ended.end(found)
//!     return end(found)
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, StmtFunctionDef};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{Binding, Containers, Step, Symbol, Type, Use};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct CacheReturnsMutable;

impl Rule for CacheReturnsMutable {
    type On = StmtFunctionDef;
    const COST: Cost = Cost::Broken("changes what other callers get");

    fn check<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<Finding> {
        if def.decorator_list.is_empty() || def.is_async || cx.is_generator(def) {
            return None;
        }
        let cached = cx.cached(def)?;
        let (kind, container) = returned(def, cx)?;
        let symbol = cx.symbol(def)?;
        cx.only_binding(symbol)?;
        let changed = cx.reads(symbol).find_map(|read| {
            let call = match cx.tree.parent(read)? {
                AnyNodeRef::ExprCall(call) if call.func.range() == read.range() => call,
                _ => return None,
            };
            changed(call, container, cx)
        })?;
        let who = match changed.steps.first() {
            Some(step) => format!("`{}`", step.name),
            None => "this".to_owned(),
        };
        Some(
            Finding::new(
                changed.place,
                format!(
                    "{who} changes the {kind} that the cache of `{}` gives to everybody",
                    def.name
                ),
            )
            .label("other callers get it changed")
            .because(cached.decorator, "keeps the object itself")
            .through(&changed.steps, "changes")
            .help(match kind {
                "dict" => "copy it first, or return a `MappingProxyType`",
                "set" => "copy it first, or return a `frozenset`",
                _ => "copy it first, or return a tuple",
            }),
        )
    }
}

/// What a function returns, if it is certainly something that can be changed.
fn returned<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<(&'static str, Containers)> {
    let mut kind = None;
    let declared = def.returns.as_deref();
    for node in cx.own_nodes(def) {
        let AnyNodeRef::StmtReturn(stmt) = node else {
            continue;
        };
        let ty = match (cx.ty(stmt.value.as_deref()?), declared) {
            (Type::Unknown, Some(declared)) => cx.annotation(declared),
            (ty, _) => ty,
        };
        let name = match ty {
            Type::List(_) => "list",
            Type::Dict(..) => "dict",
            Type::Set(_) => "set",
            Type::Deque(_) => "deque",
            _ => return None,
        };
        if kind.is_some_and(|(other, _)| other != name) {
            return None;
        }
        kind = Some((name, Containers::of(&ty)));
    }
    kind
}

/// A place that changes what a call gives.
struct Changed {
    place: TextRange,
    /// The calls on the way, where a function of the project does it.
    steps: Vec<Step>,
}

/// The place that changes what a call gives: directly, or through a variable that holds nothing else.
fn changed<'a>(call: &'a ExprCall, container: Containers, cx: &Cx<'a>) -> Option<Changed> {
    let changes = |node: AnyNodeRef<'a>| {
        let usage = cx.usage(node);
        let place = match usage {
            Use::Method(_, call) | Use::Argument(call) => call.range(),
            Use::Item(item) => item.range(),
            Use::Augmented(stmt) => stmt.range(),
            _ => return None,
        };
        let steps = match usage {
            _ if cx.changed_by(node).any_of(container) => Vec::new(),
            Use::Argument(call) => cx.changes_argument(call, node, container)?,
            _ => return None,
        };
        Some(Changed { place, steps })
    };
    changes(call.into()).or_else(|| {
        let symbol = kept_as(call, cx)?;
        cx.reads(symbol).find_map(|read| changes(read.into()))
    })
}

/// The local variable that holds what a call gives, and nothing else: `+=` changes a list in place.
fn kept_as<'a, 'c>(call: &'a ExprCall, cx: &'c Cx<'a>) -> Option<&'c Symbol<'a>> {
    let AnyNodeRef::StmtAssign(stmt) = cx.tree.parent(call)? else {
        return None;
    };
    let [Expr::Name(name)] = stmt.targets.as_slice() else {
        return None;
    };
    let symbol = cx.symbol(name)?;
    let is_local = cx.tree.scope(symbol.scope).node.is_stmt_function_def();
    let holds_it_alone = cx.bindings(symbol).all(|bound| match bound {
        Binding::Assign(other) => std::ptr::eq(other, stmt),
        Binding::Augmented(_) => true,
        _ => false,
    });
    (is_local && !symbol.shared && holds_it_alone).then_some(symbol)
}
