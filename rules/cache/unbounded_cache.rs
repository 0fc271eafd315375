//! # A cache without a limit on texts or numbers
//!
//! `functools.cache` and `lru_cache(maxsize=None)` keep every result for as long as the process lives. Where the arguments are texts or
//! numbers that come from outside, there is no end to them, and the memory grows until the process is killed. A limit costs nothing:
//! `lru_cache(maxsize=1024)` is as fast.
//!
//! ```python bad
//! import functools
//!
//!
//! @functools.lru_cache(maxsize=None)
//! def page(user: int, query: str) -> str:
//!     return query * user
//! ```
//!
//! ```python good
//! import functools
//!
//!
//! @functools.lru_cache(maxsize=1024)
//! def page(user: int, query: str) -> str:
//!     return query * user
//! ```
//!
//! Arguments of which there are few, a limit, and a memo of a recursion:
//!
//! ```python fine
//! import enum
//! import functools
//!
//!
//! class Color(enum.Enum):
//!     RED = 1
//!
//!
//! @functools.cache
//! def settings():
//!     return {}
//!
//!
//! @functools.cache
//! def style(color: Color, bold: bool):
//!     return color, bold
//!
//!
//! @functools.lru_cache(maxsize=128)
//! def page(query: str):
//!     return query
//!
//!
//! @functools.cache
//! def fib(n: int) -> int:
//!     return n if n < 2 else fib(n - 1) + fib(n - 2)
//! ```
//!
//! It is for those who ask, as hotlint cannot see where the arguments come from.

use hotlint_core::ast::{AnyNodeRef, StmtFunctionDef};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{CacheLimit, Type, function_around};

pub struct UnboundedCache;

impl Rule for UnboundedCache {
    type On = StmtFunctionDef;
    const COST: Cost = Cost::Debatable("every result is kept for ever");

    fn check<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<Finding> {
        if def.decorator_list.is_empty() {
            return None;
        }
        let cached = cx.cached(def)?;
        if cached.limit != CacheLimit::None
            || function_around(&cx.tree, def).is_some()
            || is_method(def, cx)
            || cx.is_script()
        {
            return None;
        }
        // A memo that has to keep all of its parts.
        let recursive = cx.own_nodes(def).any(|node| match node {
            AnyNodeRef::ExprName(name) => name.id == def.name.id,
            AnyNodeRef::ExprAttribute(attribute) => attribute.attr.id == def.name.id,
            _ => false,
        });
        let open = def.parameters.iter().find(|parameter| {
            parameter.annotation().is_some_and(|annotation| {
                matches!(
                    cx.annotation(annotation).without_none(),
                    Type::Str | Type::Bytes | Type::Int | Type::Float
                )
            })
        })?;
        if recursive {
            return None;
        }
        let name = open.name().as_str();
        Some(
            Finding::new(
                cached.decorator,
                format!(
                    "the cache of `{}` keeps a result for every `{name}` there ever was",
                    def.name
                ),
            )
            .label("without a limit")
            .because(open.name(), "may be anything")
            .help("set a limit: `lru_cache(maxsize=1024)`"),
        )
    }
}

/// A method keeps its instances as well, which is another rule's.
fn is_method<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> bool {
    matches!(cx.tree.parent(def), Some(AnyNodeRef::StmtClassDef(_)))
        && !cx.is_static_or_class_method(def)
}
