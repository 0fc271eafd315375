//! # A class made anew by every call
//!
//! A `class` statement, `namedtuple(...)` or `Enum(...)` inside a function makes a new class each time that the function is called: 20
//! to 150 microseconds, as much as hundreds of instances take. A class that needs nothing of the function belongs to the module.
//!
//! ```python bad
//! from collections import namedtuple
//!
//!
//! def distance(a, b):
//!     Point = namedtuple("Point", "x y")
//!     p = Point(a, b)
//!     return p.x - p.y
//!
//!
//! def run(n):
//!     return sum(distance(i, 1) for i in range(n))
//! ```
//!
//! ```python good
//! from collections import namedtuple
//!
//! Point = namedtuple("Point", "x y")
//!
//!
//! def distance(a, b):
//!     p = Point(a, b)
//!     return p.x - p.y
//!
//!
//! def run(n):
//!     return sum(distance(i, 1) for i in range(n))
//! ```
//!
//! ```python input
//! run(n)
//! ```
//!
//! ```python bad
//! def render(text):
//!     class Writer:
//!         __slots__ = ("text",)
//!
//!         def __init__(self, text):
//!             self.text = text
//!
//!         def write(self):
//!             return self.text.upper()
//!
//!     return Writer(text).write()
//!
//!
//! def run(n):
//!     return [render(str(i)) for i in range(n)]
//! ```
//!
//! ```python good
//! class Writer:
//!     __slots__ = ("text",)
//!
//!     def __init__(self, text):
//!         self.text = text
//!
//!     def write(self):
//!         return self.text.upper()
//!
//!
//! def render(text):
//!     return Writer(text).write()
//!
//!
//! def run(n):
//!     return [render(str(i)) for i in range(n)]
//! ```
//!
//! ```python input
//! run(n)
//! ```
//!
//! Fields, bases or methods that come from the call, and a class that is what the function is for:
//!
//! ```python fine
//! from collections import namedtuple
//!
//!
//! def row_type(columns):
//!     return namedtuple("Row", columns)
//!
//!
//! def rows(columns, values):
//!     Row = namedtuple("Row", columns)
//!     return [Row(*value) for value in values]
//!
//!
//! def limited(base, limit):
//!     class Limited(base):
//!         pass
//!
//!     class Counter:
//!         def count(self):
//!             return limit
//!
//!     class Returned:
//!         pass
//!
//!     return Limited(), Counter(), Returned
//! ```
//!
//! Once, in a module or in what keeps its result:
//!
//! ```python fine
//! from collections import namedtuple
//! from functools import cache
//!
//! Point = namedtuple("Point", "x y")
//!
//!
//! class Shape:
//!     Size = namedtuple("Size", "w h")
//!
//!
//! @cache
//! def origin():
//!     Origin = namedtuple("Origin", "x y")
//!     return Origin(0, 0)
//!
//!
//! def main():
//!     Options = namedtuple("Options", "a b")
//!     return Options(1, 2)
//!
//!
//! def known(names):
//!     global Known
//!     Known = namedtuple("Known", "a b")
//!     names.Kind = namedtuple("Kind", "a b")
//!     return Known(1, 2)
//! ```
//!
//! There is no fix: a class of the module has another qualified name, and pickles and messages show it.

use hotlint_core::ast::{
    AnyNodeRef, Expr, ExprCall, NodeKind, Stmt, StmtClassDef, StmtFunctionDef,
};
use hotlint_core::lint::{Cost, Cx, Finding, Query, Rule};
use hotlint_core::python::{ScopeId, Symbol, Use, function_around};
use hotlint_core::text_size::Ranged;

pub struct TypeCreatedPerCall;

impl Rule for TypeCreatedPerCall {
    type On = Made;
    const COST: Cost = Cost::Constant("20 to 150 µs a call, as much as hundreds of instances");

    fn check<'a>(made: Type<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let def = match made {
            Type::Class(class) => function_around(&cx.tree, class)?,
            Type::Call(call) => function_around(&cx.tree, call)?,
        };
        let named = match made {
            Type::Class(class) => is_plain_class(class, def, cx).then_some(class.name.as_str())?,
            Type::Call(call) => {
                makes_type(call, cx).then_some(())?;
                if !is_constant(call.into(), cx) {
                    return None;
                }
                match &*call.func {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    _ => return None,
                }
            }
        };
        let (place, stays): (AnyNodeRef<'a>, bool) = match made {
            Type::Class(class) => (class.into(), is_only_called(cx.symbol(class)?, cx)),
            Type::Call(call) => {
                let used_up = matches!(cx.tree.parent(call), Some(AnyNodeRef::ExprCall(outer)) if outer.func.range() == call.range());
                let kept = cx
                    .kept_as(call)
                    .is_some_and(|(_, symbol)| is_only_called(symbol, cx));
                (call.into(), used_up || kept)
            }
        };
        if !stays || runs_once(def, cx) {
            return None;
        }
        let finding = match made {
            Type::Class(class) => Finding::new(
                &class.name,
                format!(
                    "every call of `{}` makes the class `{named}` anew",
                    def.name
                ),
            ),
            Type::Call(call) => Finding::new(
                call,
                format!(
                    "every call of `{}` makes a class anew with `{named}`",
                    def.name
                ),
            ),
        };
        let finding = finding
            .label("needs nothing of the function")
            .help("move it to the module");
        Some(match cx.in_loop(place) {
            Some(around) => finding.because(around.header(), "and every iteration of this loop"),
            None => finding.because(&def.name, "the function that is called"),
        })
    }
}

/// Statements and calls that may make a class inside a function.
pub struct Made;

#[derive(Clone, Copy)]
pub enum Type<'a> {
    Class(&'a StmtClassDef),
    Call(&'a ExprCall),
}

impl Query for Made {
    type Node<'a> = Type<'a>;
    const KINDS: &'static [NodeKind] = &[NodeKind::StmtClassDef, NodeKind::ExprCall];

    fn get<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<Type<'a>> {
        match node {
            AnyNodeRef::StmtClassDef(class) => {
                let inside = !matches!(
                    cx.tree.parent(class),
                    Some(AnyNodeRef::ModModule(_) | AnyNodeRef::StmtClassDef(_))
                );
                inside.then_some(Type::Class(class))
            }
            AnyNodeRef::ExprCall(call) => {
                let word = match &*call.func {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    _ => return None,
                };
                let may_be = matches!(
                    word,
                    "namedtuple"
                        | "NamedTuple"
                        | "TypedDict"
                        | "make_dataclass"
                        | "Enum"
                        | "IntEnum"
                        | "StrEnum"
                        | "Flag"
                        | "IntFlag"
                );
                (may_be && call.arguments.len() > 1).then_some(Type::Call(call))
            }
            _ => None,
        }
    }
}

fn makes_type<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    cx.name(&*call.func).is_some_and(|name| {
        matches!(
            &*name,
            "collections.namedtuple"
                | "typing.NamedTuple"
                | "typing.TypedDict"
                | "typing_extensions.TypedDict"
                | "dataclasses.make_dataclass"
                | "enum.Enum"
                | "enum.IntEnum"
                | "enum.StrEnum"
                | "enum.Flag"
                | "enum.IntFlag"
        )
    })
}

/// Whether a class statement stands in the function only by chance: no part of it comes from the function.
fn is_plain_class<'a>(class: &'a StmtClassDef, def: &'a StmtFunctionDef, cx: &Cx<'a>) -> bool {
    let direct = cx
        .tree
        .ancestors(class)
        .find(|outer| {
            matches!(
                outer,
                AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_)
            )
        })
        .is_some_and(|outer| outer.range() == def.range());
    // A body without methods is a namespace or a marker; with a metaclass or a decorator, anything may happen.
    let methods = class.body.iter().any(Stmt::is_function_def_stmt);
    direct
        && (methods || class.body.iter().any(Stmt::is_ann_assign_stmt))
        && class.keywords().is_empty()
        && class.decorator_list.iter().all(|decorator| {
            cx.decorator_name(decorator)
                .is_some_and(|name| &*name == "dataclasses.dataclass")
        })
        && is_constant(class.into(), cx)
}

/// Whether nothing inside `node` is a variable of the function, or of one around it.
fn is_constant<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> bool {
    cx.tree.descendants(node).all(|inner| match inner {
        AnyNodeRef::ExprName(name) => cx.symbol(name).is_none_or(|symbol| {
            symbol.scope == ScopeId::MODULE
                || node
                    .range()
                    .contains_range(cx.tree.scope(symbol.scope).node.range())
        }),
        AnyNodeRef::StmtGlobal(_) | AnyNodeRef::StmtNonlocal(_) => false,
        _ => true,
    })
}

/// Whether a class is only there to make instances of, or to ask about them.
fn is_only_called<'a>(symbol: &Symbol<'a>, cx: &Cx<'a>) -> bool {
    let mut called = false;
    let only = cx.only_binding(symbol).is_some()
        && cx.reads(symbol).all(|read| {
            // From an inner function: a decorator, which runs once.
            if cx.tree.scope_of(read) != symbol.scope {
                return false;
            }
            if matches!(cx.tree.parent(read), Some(AnyNodeRef::ExprCall(call)) if call.func.range() == read.range()) {
                called = true;
                return true;
            }
            match cx.usage(read) {
                Use::Method(..) | Use::Attribute(_) => {
                    called = true;
                    true
                }
                Use::Argument(call) => cx.is(&*call.func, "builtins.isinstance"),
                _ => false,
            }
        });
    only && called && cx.tree.scope(symbol.scope).node.is_stmt_function_def()
}

/// Whether a function is called once: the entry of a program, or what keeps its result.
fn runs_once<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> bool {
    let entry = matches!(
        def.name.as_str(),
        "main" | "_main" | "cli" | "setup" | "configure" | "__init_subclass__"
    );
    let around = cx.tree.ancestors(def).filter_map(|outer| match outer {
        AnyNodeRef::StmtFunctionDef(outer) => Some(outer),
        _ => None,
    });
    // A decorator may be a cache, a fixture or a command.
    entry
        || std::iter::once(def).chain(around).any(|def| {
            !def.decorator_list.iter().all(|decorator| {
                cx.decorator_name(decorator).is_some_and(|name| {
                    matches!(
                        &*name,
                        "builtins.staticmethod" | "builtins.classmethod" | "builtins.property"
                    )
                })
            })
        })
}
