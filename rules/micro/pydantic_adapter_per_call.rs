//! # A pydantic `TypeAdapter` built by every call
//!
//! `TypeAdapter(list[User])` reads the type and builds a validator and a serializer for it, which takes milliseconds where checking an
//! object takes microseconds. The same holds for `create_model`. Built once, at module level, it serves every call.
//!
//! ```python bad
//! from pydantic import TypeAdapter
//!
//!
//! def read(text):
//!     return TypeAdapter(list[int]).validate_json(text)
//! ```
//!
//! ```python good
//! from pydantic import TypeAdapter
//!
//! NUMBERS = TypeAdapter(list[int])
//!
//!
//! def read(text):
//!     return NUMBERS.validate_json(text)
//! ```
//!
//! ```python bad
//! import pydantic
//!
//!
//! def read(rows):
//!     Row = pydantic.create_model("Row", name=(str, ...), size=(int, 0))
//!     return [Row(**row) for row in rows]
//! ```
//!
//! A type that the caller chooses, and what is kept:
//!
//! ```python fine
//! from functools import cache, cached_property
//!
//! from pydantic import TypeAdapter, create_model
//!
//! NUMBERS = TypeAdapter(list[int])
//!
//!
//! @cache
//! def numbers():
//!     return TypeAdapter(list[int])
//!
//!
//! def read(text, kind):
//!     return TypeAdapter(kind).validate_json(text)
//!
//!
//! def model(fields):
//!     return create_model("Row", **fields)
//!
//!
//! class Reader:
//!     names = TypeAdapter(list[str])
//!
//!     def __init__(self):
//!         self.numbers = TypeAdapter(list[int])
//!
//!     @cached_property
//!     def texts(self):
//!         return TypeAdapter(list[str])
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{ScopeId, Use, function_around};
use hotlint_core::text_size::Ranged;

pub struct PydanticAdapterPerCall;

impl Rule for PydanticAdapterPerCall {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &[
        "pydantic.TypeAdapter",
        "pydantic.type_adapter.TypeAdapter",
        "pydantic.create_model",
        "pydantic.main.create_model",
    ];
    const COST: Cost = Cost::Factor("milliseconds a call, where checking takes microseconds");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let def = function_around(&cx.tree, call)?;
        // A decorator may be a cache.
        let once = !def.decorator_list.iter().all(|decorator| {
            cx.decorator_name(decorator).is_some_and(|name| {
                matches!(
                    &*name,
                    "builtins.staticmethod" | "builtins.classmethod" | "builtins.property"
                )
            })
        });
        if once || call.arguments.is_empty() || def.name.as_str() == "main" {
            return None;
        }
        let constant = cx.tree.descendants(call).all(|node| match node {
            AnyNodeRef::ExprName(name) => cx
                .symbol(name)
                .is_none_or(|symbol| symbol.scope == ScopeId::MODULE),
            _ => true,
        });
        let used_here = match cx.tree.parent(call) {
            // `TypeAdapter(...).validate_json(text)`, `create_model(...)(**row)`
            Some(AnyNodeRef::ExprAttribute(_)) => true,
            Some(AnyNodeRef::ExprCall(outer)) => outer.func.range() == call.range(),
            _ => cx.kept_as(call).is_some_and(|(_, symbol)| {
                cx.reads(symbol).all(|read| {
                    let called = matches!(cx.tree.parent(read), Some(AnyNodeRef::ExprCall(outer)) if outer.func.range() == read.range());
                    called || matches!(cx.usage(read), Use::Method(..))
                })
            }),
        };
        if !constant || !used_here {
            return None;
        }
        let what = match &*call.func {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return None,
        };
        let finding = Finding::new(
            call,
            format!("every call of `{}` builds the same `{what}` anew", def.name),
        )
        .label("needs nothing of the function")
        .help("build it once, at module level");
        Some(match cx.in_loop(call) {
            Some(around) => finding.because(around.header(), "and every iteration of this loop"),
            None => finding.because(&def.name, "the function that is called"),
        })
    }
}
