//! # Cached function called with an unhashable argument
//!
//! `functools.lru_cache` and `functools.cache` look the result up by the arguments, so every argument is hashed. A list, dict, set,
//! bytearray or deque has no hash: the call raises `TypeError` before the function runs, on every Python version. What is meant is
//! nearly always a tuple, a frozenset, or a cache one level further out. Cached functions of other files count where the configuration
//! says `follow-imports = true`.
//!
//! ```python bad
//! import functools
//!
//!
//! @functools.lru_cache(maxsize=None)
//! def total(prices):
//!     return sum(prices)
//!
//!
//! def bill(items):
//!     return total([item.price for item in items])
//! ```
//!
//! ```python good
//! import functools
//!
//!
//! @functools.lru_cache(maxsize=1024)
//! def total(prices):
//!     return sum(prices)
//!
//!
//! def bill(items):
//!     return total(tuple(item.price for item in items))
//! ```
//!
//! A parameter that is declared to be such an object tells as much as a call:
//!
//! ```python bad
//! from functools import cache
//!
//!
//! @cache
//! def render(options: dict[str, int]) -> str:
//!     return ", ".join(options)
//! ```
//!
//! So does a cached method of a class whose instances have no hash, because `self` is an argument too:
//!
//! ```python bad
//! from dataclasses import dataclass
//! from functools import lru_cache
//!
//!
//! @dataclass
//! class Polygon:
//!     sides: int
//!
//!     @lru_cache(maxsize=1)
//!     def area(self):
//!         return self.sides ** 2
//! ```
//!
//! ```python bad
//! from functools import lru_cache
//!
//!
//! class Shop:
//!     @staticmethod
//!     @lru_cache(maxsize=64)
//!     def total(prices):
//!         return sum(prices)
//!
//!     def bill(self, prices):
//!         return self.total(sorted(prices))
//! ```
//!
//! Tuples and frozensets are hashable, and an abstract type may be:
//!
//! ```python fine
//! from collections.abc import Mapping, Sequence
//! from functools import cache
//!
//!
//! @cache
//! def total(prices: Sequence[int], rates: Mapping[str, int], names: list[str] | None = None):
//!     return sum(prices)
//!
//!
//! def bill(prices):
//!     return total((1, 2)) + total(prices) + total(tuple([1, 2]), frozenset({1}))
//! ```
//!
//! A decorator on top of the cache may turn lists into tuples, and a cache of size 0 hashes nothing:
//!
//! ```python fine
//! from functools import lru_cache
//!
//! from project import frozen_arguments
//!
//!
//! @frozen_arguments
//! @lru_cache(maxsize=64)
//! def total(prices: list):
//!     return sum(prices)
//!
//!
//! @lru_cache(maxsize=0)
//! def count(prices: list):
//!     return len(prices)
//!
//!
//! print(total([1, 2]), count([1, 2]))
//! ```
//!
//! Trying the cache first and going without it on `TypeError` is a well-known idiom, and a test may want the error:
//!
//! ```python fine
//! from functools import cache
//!
//! import pytest
//!
//!
//! @cache
//! def total(prices):
//!     return sum(prices)
//!
//!
//! def bill(prices):
//!     try:
//!         return total(list(prices))
//!     except TypeError:
//!         return sum(prices)
//!
//!
//! def test_total():
//!     with pytest.raises(TypeError):
//!         total([1])
//! ```
//!
//! Where a caller passes a tuple, it is the declaration that is wrong:
//!
//! ```python fine
//! import functools
//!
//! SIZES: tuple[int, ...] = (1, 2, 3)
//!
//!
//! @functools.cache
//! def above(sizes: list[int], least: int) -> int:
//!     return sum(size > least for size in sizes)
//!
//!
//! def show():
//!     print(above(SIZES, 2))
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, NodeKind, StmtFunctionDef};
use hotlint_core::lint::{Cost, Cx, Finding, Query, Rule};
use hotlint_core::python::{Cached, Type};
use hotlint_core::text_size::Ranged;

pub struct CacheUnhashableArgs;

/// Calls, and the functions that they call.
pub struct CallOrDef;

impl Query for CallOrDef {
    type Node<'a> = AnyNodeRef<'a>;
    const KINDS: &'static [NodeKind] = &[NodeKind::ExprCall, NodeKind::StmtFunctionDef];
    fn get<'a>(node: AnyNodeRef<'a>, _: &Cx<'a>) -> Option<AnyNodeRef<'a>> {
        Some(node)
    }
}

impl Rule for CacheUnhashableArgs {
    type On = CallOrDef;
    const COST: Cost = Cost::Broken("raises `TypeError`");

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.has_caches() || cx.project().is_some()
    }

    fn check<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<Finding> {
        match node {
            AnyNodeRef::ExprCall(call) => at_call(call, cx),
            AnyNodeRef::StmtFunctionDef(def) => at_definition(def, cx),
            _ => None,
        }
    }
}

fn at_call<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
    if call.arguments.is_empty() {
        return None;
    }
    let own = cx.has_caches().then(|| cx.callee(call)).flatten();
    let Some(def) = own else {
        return at_call_elsewhere(call, cx);
    };
    let cached = outermost_cache(def, cx)?;
    // A parameter that says it already is reported once, where it is declared.
    if unhashable_parameter(def, cx).is_some() || expects_type_error(call, cx) {
        return None;
    }
    let argument = unhashable_argument(call, cx)?;
    let kind = kind(argument, cx);
    let message = format!("`{}` is cached and cannot be called with {kind}", def.name);
    Some(
        Finding::new(argument, message)
            .label("has no hash: the call raises `TypeError`")
            .because(cached.decorator, "hashes every argument")
            .help("pass a tuple or frozenset, or take the cache off"),
    )
}

/// What the arguments of a call are, as they are written.
fn given(call: &ExprCall) -> impl Iterator<Item = &Expr> {
    let keywords = call.arguments.keywords.iter().map(|one| &one.value);
    call.arguments.args.iter().chain(keywords)
}

/// Whether the text of a value is that of a list, set or dict, or of a tuple that holds one.
fn shows(value: &Expr) -> bool {
    match value {
        Expr::List(_)
        | Expr::Set(_)
        | Expr::Dict(_)
        | Expr::ListComp(_)
        | Expr::SetComp(_)
        | Expr::DictComp(_) => true,
        Expr::Tuple(tuple) => tuple
            .elts
            .iter()
            .any(|item| item.is_name_expr() || shows(item)),
        Expr::Call(made) => made.func.as_name_expr().is_some_and(|name| {
            matches!(
                name.id.as_str(),
                "bytearray" | "dict" | "list" | "set" | "sorted"
            )
        }),
        _ => false,
    }
}

/// The same where another file defines the function.
fn at_call_elsewhere<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
    // Other files are looked into only for what is imported by name and gets something that is sure to be unhashable. Most calls get
    // nothing of the kind.
    if !cx.is_imported_from_project(call)
        || !given(call).any(|value| shows(value) || cx.only_value(value).is_some_and(shows))
    {
        return None;
    }
    let called = cx.hashing_function(call)?;
    let def = called.outline()?;
    if expects_type_error(call, cx) {
        return None;
    }
    let argument = unhashable_argument(call, cx)?;
    let kind = kind(argument, cx);
    let (name, path, row) = (&def.name, called.path(), def.row);
    let message = format!("`{name}` ({path}:{row}) is cached and cannot be called with {kind}");
    Some(
        Finding::new(argument, message)
            .label("has no hash: the call raises `TypeError`")
            .help("pass a tuple or frozenset, or take the cache off"),
    )
}

fn unhashable_argument<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<&'a Expr> {
    let keywords = call.arguments.keywords.iter();
    let values = keywords.filter_map(|keyword| keyword.arg.as_ref().map(|_| &keyword.value));
    let positional = call.arguments.args.iter();
    positional
        .filter(|argument| !argument.is_starred_expr())
        .chain(values)
        .find(|argument| is_unhashable(argument, cx))
}

fn at_definition<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<Finding> {
    let cached = outermost_cache(def, cx)?;
    if let Some((name, annotation)) = unhashable_parameter(def, cx) {
        let message = format!(
            "`{}` is cached but its parameter `{name}` is declared as `{}`, which has no hash",
            def.name,
            cx.text(annotation)
        );
        return Some(
            Finding::new(annotation, message)
                .label("every call with such an argument raises `TypeError`")
                .because(cached.decorator, "hashes every argument")
                .help("take a tuple or frozenset (and say so where callers pass one already), or take the cache off"),
        );
    }
    let AnyNodeRef::StmtClassDef(class) = cx.tree.parent(def)? else {
        return None;
    };
    if cx.is_static_or_class_method(def) || !cx.is_unhashable_class(class) {
        return None;
    }
    let message = format!(
        "`{}` is cached but instances of `{}` have no hash",
        def.name, class.name
    );
    let finding = Finding::new(&def.name, message)
        .label("every call raises `TypeError`")
        .because(cached.decorator, "hashes every argument, `self` as well");
    let reason = match cx.dataclass(class) {
        Some((decorator, _)) => finding.because(
            decorator,
            "compares instances by value, so it takes their hash away",
        ),
        None => finding.because(&class.name, "defines `__eq__` and no `__hash__`"),
    };
    Some(reason.help(
        "give the class a hash (`@dataclass(frozen=True)`), or use `functools.cached_property`",
    ))
}

/// Whether a value, or an item of a tuple that is written here, has no hash.
fn is_unhashable<'a>(value: &'a Expr, cx: &Cx<'a>) -> bool {
    match value {
        Expr::Tuple(tuple) => tuple.elts.iter().any(|item| is_unhashable(item, cx)),
        value => cx.ty(value).is_unhashable(),
    }
}

/// The cache of a function that gets the arguments as they are written: nothing but method decorators stands above it.
fn outermost_cache<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<Cached<'a>> {
    let cached = cx.cached(def)?;
    let above = def
        .decorator_list
        .iter()
        .take_while(|decorator| decorator.start() < cached.decorator.start());
    let plain = above.into_iter().all(|decorator| {
        cx.decorator_name(decorator).is_some_and(|name| {
            matches!(
                name.as_str(),
                "builtins.staticmethod" | "builtins.classmethod" | "builtins.property"
            )
        })
    });
    plain.then_some(cached)
}

fn unhashable_parameter<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<(&'a str, &'a Expr)> {
    // Decorators below the cache may change what the function takes.
    let last = def.decorator_list.last()?;
    let below =
        !cx.is_static_or_class_method(def) && cx.cached(def)?.decorator.range() != last.range();
    if below {
        return None;
    }
    def.parameters
        .iter()
        .enumerate()
        .find_map(|(at, parameter)| {
            // A default that has a hash lets the function be called.
            if parameter.default().is_some() {
                return None;
            }
            let annotation = parameter.annotation()?;
            let name = parameter.name().as_str();
            let unhashable =
                cx.annotation(annotation).is_unhashable() && !gets_a_tuple(def, at, name, cx);
            unhashable.then_some((name, annotation))
        })
}

/// Whether a caller in this file passes a tuple or a frozenset all the same: the declaration is wrong, not the call.
fn gets_a_tuple<'a>(def: &'a StmtFunctionDef, at: usize, name: &str, cx: &Cx<'a>) -> bool {
    let Some(symbol) = cx.symbol(def) else {
        return false;
    };
    cx.reads(symbol).any(|read| match cx.tree.parent(read) {
        Some(AnyNodeRef::ExprCall(call)) if call.func.range() == read.range() => {
            let given = call.arguments.find_argument_value(name, at);
            given.is_some_and(|given| {
                matches!(
                    cx.ty(given),
                    Type::Tuple(_) | Type::Positions(_) | Type::FrozenSet(_)
                )
            })
        }
        _ => false,
    })
}

/// Whether the code around a call is ready for the error: `except TypeError`, `with raises(TypeError)`.
fn expects_type_error<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let catches = |expr: &'a Expr| {
        cx.tree.descendants(expr).any(|node| match node {
            AnyNodeRef::ExprName(name) => ["TypeError", "Exception", "BaseException"]
                .iter()
                .any(|error| cx.is(name, &format!("builtins.{error}"))),
            _ => false,
        })
    };
    cx.tree.ancestors(call).any(|node| match node {
        AnyNodeRef::StmtTry(stmt) => {
            let guarded = stmt
                .body
                .iter()
                .any(|body| body.range().contains_range(call.range()));
            guarded
                && stmt.handlers.iter().any(|handler| {
                    let Some(handler) = handler.as_except_handler() else {
                        return true;
                    };
                    handler.type_.as_deref().is_none_or(catches)
                })
        }
        AnyNodeRef::StmtWith(stmt) => stmt.items.iter().any(|item| catches(&item.context_expr)),
        _ => false,
    })
}

fn kind<'a>(argument: &'a Expr, cx: &Cx<'a>) -> String {
    match cx.ty(argument).class_name() {
        Some(name) => {
            let name = name.rsplit('.').next().unwrap_or_default().to_string();
            match name.as_str() {
                "tuple" => "a tuple of unhashable items".to_string(),
                "ndarray" => "an array".to_string(),
                name => format!("a {name}"),
            }
        }
        None => "an unhashable argument".to_string(),
    }
}
