//! # A generator given to `join`
//!
//! `join` needs to know how many strings there are, so it makes a list of a generator before it starts: no memory is saved, and each item
//! costs a jump into the generator and back. A list comprehension is 1.1-1.7 times faster on CPython 3.8 to 3.15 where the items themselves
//! are cheap; where each of them takes a function call, the difference all but disappears.
//!
//! ```python bad
//! def line(values):
//!     return ",".join(str(value) for value in values if value)
//! ```
//!
//! ```python good
//! def line(values):
//!     return ",".join([str(value) for value in values if value])
//! ```
//!
//! ```python input
//! line(range(n))
//! ```
//!
//! ```python bad
//! def packed(parts: list[bytes]):
//!     return b"".join((part * 2 for part in parts))
//! ```
//!
//! ```python good
//! def packed(parts: list[bytes]):
//!     return b"".join([part * 2 for part in parts])
//! ```
//!
//! ```python input
//! packed([b"ab"] * n)
//! ```
//!
//! What is passed on as it is needs neither:
//!
//! ```python bad
//! def text(lines: list[str]):
//!     return "\n".join(line for line in lines)
//! ```
//!
//! ```python good
//! def text(lines: list[str]):
//!     return "\n".join(lines)
//! ```
//!
//! ```python input
//! text([str(i) for i in range(n)])
//! ```
//!
//! A list already, a handful of items, another class's `join`, an asynchronous generator, and the words of an exception:
//!
//! ```python fine
//! import os
//!
//!
//! async def names(values, thread, a, b):
//!     thread.join(value for value in values)
//!     os.path.join(*(value for value in values))
//!     few = ", ".join(str(x) for x in (a, b))
//!     listed = ", ".join([str(x) for x in values])
//!     if not listed:
//!         raise ValueError(", ".join(str(x) for x in values))
//!     return few, listed, ", ".join(await x for x in values)
//! ```
//!
//! The fix is safe. It is not where an element calls `next`: a `StopIteration` that gets out of a generator becomes a `RuntimeError`.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, ExprGenerator};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{FEW, Type};
use hotlint_core::text_size::{Ranged, TextRange, TextSize};

pub struct GeneratorInJoin;

impl Rule for GeneratorInJoin {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &[
        "builtins.str.join",
        "builtins.bytes.join",
        "builtins.bytearray.join",
    ];
    const COST: Cost = Cost::Constant(
        "up to 1.7 times faster with a list comprehension, 4 times with the items themselves",
    );

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let [argument @ Expr::Generator(generator)] = &*call.arguments.args else {
            return None;
        };
        let is_async = generator.generators.iter().any(|clause| clause.is_async)
            || (cx.tree.descendants(argument)).any(|node| node.is_expr_await());
        if !call.arguments.keywords.is_empty()
            || is_async
            || cx.known_length(argument).is_some_and(|n| n < FEW)
            || (cx.tree.statement(call)).is_some_and(|stmt| stmt.is_stmt_raise())
        {
            return None;
        }
        let copied = copied(generator);
        let better = match copied {
            Some(_) => "pass what it goes over",
            None => "pass a list comprehension",
        };
        Some(
            Finding::new(
                argument,
                "`join` makes a list of this generator before it joins anything",
            )
            .label("one jump into the generator and back for each item")
            .help(better)
            .fix(match copied {
                Some(items) => pass_on(generator, items, cx),
                None => make_list(generator, cx),
            }),
        )
    }
}

/// What a generator only passes on: `line for line in lines`.
fn copied(generator: &ExprGenerator) -> Option<&Expr> {
    let ([clause], Expr::Name(item)) = (&*generator.generators, &*generator.elt) else {
        return None;
    };
    let target = clause.target.as_name_expr()?;
    (clause.ifs.is_empty() && target.id == item.id).then_some(&clause.iter)
}

fn pass_on<'a>(generator: &'a ExprGenerator, items: &'a Expr, cx: &Cx<'a>) -> Option<Fix> {
    if cx.has_comment(generator) || matches!(items, Expr::Tuple(tuple) if !tuple.parenthesized) {
        return None;
    }
    let edit = Edit::replace(generator, cx.text(items));
    let fix = Fix::safe("Pass the items as they are", [edit]);
    let ty = cx.ty(items);
    let plain = ty.is_builtin_container() || matches!(ty, Type::Iterator(_));
    Some(if plain {
        fix
    } else {
        fix.unsafe_because(
            "a class of its own that is a list underneath is no longer asked for its items",
        )
    })
}

fn make_list<'a>(generator: &'a ExprGenerator, cx: &Cx<'a>) -> Option<Fix> {
    let inside = || cx.tree.descendants(generator);
    // What these tell depends on the function that they are called in.
    let looks_around = inside().any(|node| match node {
        AnyNodeRef::ExprName(name) => matches!(
            name.id.as_str(),
            "super" | "__class__" | "locals" | "vars" | "dir" | "eval" | "exec"
        ),
        _ => false,
    });
    if looks_around {
        return None;
    }
    let range = generator.range();
    let one = TextSize::from(1);
    let (open, close) = if generator.parenthesized {
        (
            TextRange::at(range.start(), one),
            TextRange::new(range.end() - one, range.end()),
        )
    } else {
        (
            TextRange::empty(range.start()),
            TextRange::empty(range.end()),
        )
    };
    let fix = Fix::safe(
        "Replace the generator with a list",
        [Edit::replace(open, "["), Edit::replace(close, "]")],
    );
    let stops = inside().any(|node| match node {
        AnyNodeRef::ExprCall(call) => {
            call.arguments.len() == 1 && cx.is(&*call.func, "builtins.next")
        }
        AnyNodeRef::ExprAttribute(attribute) => &*attribute.attr == "__next__",
        _ => false,
    });
    Some(if stops {
        fix.unsafe_because("a `StopIteration` of an item is no longer turned into a `RuntimeError`")
    } else {
        fix
    })
}
