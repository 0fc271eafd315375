//! # Keys and values zipped together again
//!
//! `zip(table.keys(), table.values())` walks over a dict twice to make the pairs that `table.items()` has: 1.1-1.5 times slower on CPython
//! 3.8 to 3.13.
//!
//! ```python bad
//! def pairs(table: dict[str, int]):
//!     return list(zip(table.keys(), table.values()))
//! ```
//!
//! ```python good
//! def pairs(table: dict[str, int]):
//!     return list(table.items())
//! ```
//!
//! ```python input
//! pairs({str(i): i for i in range(n)})
//! ```
//!
//! ```python bad
//! def longest(table: dict[str, int]):
//!     return sum(len(key) + value for key, value in zip(table, table.values()))
//! ```
//!
//! ```python good
//! def longest(table: dict[str, int]):
//!     return sum(len(key) + value for key, value in table.items())
//! ```
//!
//! ```python input
//! longest({str(i): i for i in range(n)})
//! ```
//!
//! Two tables, another order, a third part, and a class of its own:
//!
//! ```python fine
//! def others(first: dict, second: dict, form):
//!     crossed = list(zip(first.keys(), second.values()))
//!     turned = dict(zip(first.values(), first.keys()))
//!     numbered = list(zip(first.keys(), first.values(), range(9)))
//!     return crossed, turned, numbered, list(zip(form.keys(), form.values()))
//! ```
//!
//! The fix is safe where the pairs are taken at once: kept, `zip` is an iterator, and the items are a view.

use hotlint_core::ast::{Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::text_size::Ranged;

pub struct ZipKeysValues;

impl Rule for ZipKeysValues {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &["builtins.zip"];
    const COST: Cost = Cost::Constant("1.1-1.5 times slower");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let [keys, values] = &*call.arguments.args else {
            return None;
        };
        let table = view(values, "values")?;
        let other = view(keys, "keys").unwrap_or(keys);
        if !call.arguments.keywords.is_empty()
            || !cx.same_place(other, table)
            || !cx.ty(table).is_dict()
        {
            return None;
        }
        let text = format!("{}.items()", cx.text(table));
        let taken =
            cx.is_iterated(call) || cx.consumed_by(call).is_some() || is_dict_argument(call, cx);
        let fix = (!cx.has_comment(call)).then(|| {
            let fix = Fix::safe(
                format!("Replace with `{text}`"),
                [Edit::replace(call.range(), &*text)],
            );
            if taken {
                fix
            } else {
                fix.unsafe_because(
                    "`zip` is an iterator, good for one pass, and the items are a view",
                )
            }
        });
        Some(
            Finding::new(call, format!("`zip` makes the pairs that `{text}` has"))
                .label("walks over the dict twice")
                .help("iterate over the items")
                .fix(fix),
        )
    }
}

/// The receiver of `receiver.method()`.
fn view<'a>(expr: &'a Expr, method: &str) -> Option<&'a Expr> {
    let call = expr.as_call_expr()?;
    let callee = call.func.as_attribute_expr()?;
    (call.arguments.is_empty() && &*callee.attr == method).then_some(&callee.value)
}

/// `dict(zip(...))`
fn is_dict_argument<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    cx.tree
        .ancestors(call)
        .nth(1)
        .is_some_and(|outer| match outer {
            hotlint_core::ast::AnyNodeRef::ExprCall(outer) => cx.is(&*outer.func, "builtins.dict"),
            _ => false,
        })
}
