//! # A list built only to be iterated
//!
//! `for x in [...]` and `for x in list(map(...))` hold all items at once, though the loop needs one at a time. A generator, or the
//! iterator itself, holds one. In time there is little in it: 0.7-0.9 times the speed at 1000 items, 1.3-1.7 times at 100 000.
//!
//! ```python bad
//! def total_of(numbers: list[int]):
//!     total = 0
//!     for square in [number * number for number in numbers]:
//!         total += square
//!     return total
//! ```
//!
//! ```python good
//! def total_of(numbers: list[int]):
//!     total = 0
//!     for square in (number * number for number in numbers):
//!         total += square
//!     return total
//! ```
//!
//! ```python input
//! total_of(list(range(n)))
//! ```
//!
//! ```python bad
//! def pairs(left: list, right: list):
//!     return [a for a, b in list(zip(left, right)) if b]
//! ```
//!
//! ```python good
//! def pairs(left: list, right: list):
//!     return [a for a, b in zip(left, right) if b]
//! ```
//!
//! ```python input
//! pairs(list(range(n)), [i % 3 for i in range(n)])
//! ```
//!
//! A list that is a snapshot, because the loop changes what it is made of:
//!
//! ```python fine
//! def prune(table: dict, numbers: list[int]):
//!     for key, value in list(table.items()):
//!         if not value:
//!             del table[key]
//!     for index, number in list(enumerate(numbers)):
//!         if not number:
//!             numbers.append(index)
//!     for number in [number + 1 for number in numbers]:
//!         numbers.append(number)
//! ```
//!
//! Elements with side effects: all work is started before the first result is waited for:
//!
//! ```python fine
//! def fetch(pool, urls):
//!     for future in [pool.submit(url) for url in urls]:
//!         print(future.result())
//! ```
//!
//! A thousand items take no memory to speak of, and `zip(*rows)` holds all of them already:
//!
//! ```python fine
//! def both(a, b):
//!     for item in [x * 2 for x in (a, b)]:
//!         print(item)
//!     for number in list(range(100)):
//!         print(number)
//!     return [sum(column) for column in list(zip(*a))]
//! ```
//!
//! The fix is safe where computing an item can neither raise nor see what the loop does.

use hotlint_core::ast::{Expr, ExprListComp};
use hotlint_core::lint::{AnyFor, Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Loop, Purity, Type};

pub struct ListBuiltOnlyToIterate;

/// Below this many items a list takes no memory to speak of.
const WORTH_SAVING: u64 = 1000;

impl Rule for ListBuiltOnlyToIterate {
    type On = AnyFor;
    const COST: Cost = Cost::Memory("O(n) -> O(1) memory");

    fn check<'a>(around: Loop<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let iter = around.iter()?;
        if !matches!(iter, Expr::ListComp(_) | Expr::Call(_))
            || is_async(around)
            || !cx.runs_in_place(around)
            || cx.known_length(iter).is_some_and(|n| n < WORTH_SAVING)
        {
            return None;
        }
        let (message, fix) = match iter {
            Expr::ListComp(comp) => (
                "this list is built only to be iterated once",
                generator(comp, around, cx)?,
            ),
            Expr::Call(call) if cx.is(&*call.func, "builtins.list") => {
                let [argument @ Expr::Call(inner)] = &*call.arguments.args else {
                    return None;
                };
                let name = cx.name(&*inner.func)?;
                // What a call of unknown code yields may depend on when it is asked.
                let lazy = matches!(
                    name.as_str(),
                    "builtins.zip"
                        | "builtins.enumerate"
                        | "builtins.reversed"
                        | "builtins.map"
                        | "builtins.filter"
                        | "builtins.range"
                ) || name.starts_with("itertools.");
                // `zip(*rows)` holds all rows already.
                let starred = inner.arguments.args.iter().any(Expr::is_starred_expr);
                let plain = call.arguments.keywords.is_empty() && !starred && !cx.has_comment(call);
                if !lazy || !plain || !is_steady(argument, inner, &name, around, cx) {
                    return None;
                }
                let edits = [Edit::replace(call, cx.text(argument))];
                let fix = Fix::safe(
                    format!("Iterate over `{}(...)` itself", cx.text(&*inner.func)),
                    edits,
                );
                let certain = matches!(
                    name.as_str(),
                    "builtins.zip" | "builtins.enumerate" | "builtins.reversed" | "builtins.range"
                ) && inner.arguments.args.iter().all(|arg| {
                    matches!(
                        cx.ty(arg),
                        Type::List(_) | Type::Tuple(_) | Type::Str | Type::Range
                    ) || (name == "builtins.range" && matches!(cx.ty(arg), Type::Int))
                });
                let fix = if certain {
                    fix
                } else {
                    fix.unsafe_because(
                        "the loop runs for the first items before the last ones are computed",
                    )
                };
                ("this list is built only to be iterated once", fix)
            }
            _ => return None,
        };
        Some(
            Finding::new(iter, message)
                .label("holds all items at once, the loop needs one at a time")
                .help("iterate over the generator or iterator itself")
                .fix(fix),
        )
    }
}

fn is_async(around: Loop<'_>) -> bool {
    match around {
        Loop::For(stmt) => stmt.is_async,
        Loop::Clause { clause, .. } => clause.is_async,
        Loop::While(_) => true,
    }
}

/// Whether the arguments of `zip(...)` and its like are the same at the end of the loop as before it.
fn is_steady<'a>(
    argument: &'a Expr,
    inner: &'a hotlint_core::ast::ExprCall,
    name: &str,
    around: Loop<'a>,
    cx: &Cx<'a>,
) -> bool {
    let has_function = matches!(name, "builtins.map" | "builtins.filter");
    if has_function {
        // An unknown function may have side effects, or see those of the loop.
        let Some(Expr::Name(function)) = inner.arguments.args.first() else {
            return false;
        };
        let known = cx.name(function).is_some_and(|name| {
            matches!(
                name.as_str(),
                "builtins.str"
                    | "builtins.int"
                    | "builtins.float"
                    | "builtins.len"
                    | "builtins.repr"
                    | "builtins.abs"
                    | "builtins.bool"
                    | "builtins.ord"
                    | "builtins.chr"
            )
        });
        return known
            && inner
                .arguments
                .args
                .iter()
                .skip(1)
                .all(|arg| cx.is_invariant(arg, around));
    }
    cx.is_invariant(argument, around)
}

fn generator<'a>(comp: &'a ExprListComp, around: Loop<'a>, cx: &Cx<'a>) -> Option<Fix> {
    let iter = around.iter()?;
    let parts = std::iter::once(&*comp.elt).chain(
        comp.generators
            .iter()
            .flat_map(|clause| std::iter::once(&clause.iter).chain(&clause.ifs)),
    );
    let is_async = comp.generators.iter().any(|clause| clause.is_async);
    if is_async
        || parts.clone().any(|expr| cx.purity(expr) == Purity::Impure)
        || !cx.is_invariant(iter, around)
    {
        return None;
    }
    let fix = Fix::safe(
        "Replace the list with a generator",
        cx.brackets(comp, "(", ")"),
    );
    let certain = comp.generators.len() == 1
        && comp.generators.iter().all(|clause| {
            clause.target.is_name_expr()
                && matches!(
                    cx.ty(&clause.iter),
                    Type::List(_)
                        | Type::Tuple(_)
                        | Type::Set(_)
                        | Type::FrozenSet(_)
                        | Type::Str
                        | Type::Range
                )
                && clause.ifs.iter().all(|test| !cx.may_raise(test))
        })
        && !cx.may_raise(&*comp.elt);
    Some(if certain {
        fix
    } else {
        fix.unsafe_because(
            "the loop runs for the first items before the last ones are computed, or raise",
        )
    })
}
