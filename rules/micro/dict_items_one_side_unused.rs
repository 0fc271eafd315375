//! # `items()` with one side unused
//!
//! `for _, value in table.items()` makes a pair of each key and value, and takes it apart again. Iterating over `table` or
//! `table.values()` makes none: 1.1-1.45 times faster on CPython 3.8 to 3.15.
//!
//! ```python bad
//! def mixed(table: dict[str, int]):
//!     result = 0
//!     for _, value in table.items():
//!         result ^= value
//!         result = result * 3 % 1000 + value
//!     return result + sum(len(key) for (key, _) in table.items())
//! ```
//!
//! ```python good
//! def mixed(table: dict[str, int]):
//!     result = 0
//!     for value in table.values():
//!         result ^= value
//!         result = result * 3 % 1000 + value
//!     return result + sum(len(key) for key in table)
//! ```
//!
//! ```python input
//! mixed({str(i): i for i in range(n)})
//! ```
//!
//! Both sides are used, one is bound anew, or code behind the loop reads it:
//!
//! ```python fine
//! def used(table: dict):
//!     for key, value in table.items():
//!         print(key, value)
//!     for key, value in table.items():
//!         key = 1
//!     for name, mark in table.items():
//!         print(name)
//!     return mark
//! ```
//!
//! All local variables are read at once:
//!
//! ```python fine
//! def shown(table: dict):
//!     for key, value in table.items():
//!         print("%(key)s" % locals(), key)
//! ```
//!
//! Several values for one key, and a class of its own:
//!
//! ```python fine
//! class Form:
//!     def items(self):
//!         return [("a", 1), ("a", 2)]
//!
//!     def values(self):
//!         for _, value in self.items():
//!             yield value
//!
//!
//! def fields():
//!     return [name for name, _ in Form().items()]
//! ```
//!
//! What raises where it is no dict:
//!
//! ```python fine
//! def store(nodes, values):
//!     try:
//!         for node, _ in values.items():
//!             nodes[node] = values[node]
//!     except AttributeError:
//!         for node in nodes:
//!             nodes[node] = values
//! ```
//!
//! The fix is safe for dicts. Where the type is not known, it is unsafe.

use hotlint_core::lint::{AnyFor, Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{FEW, Loop};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct DictItemsOneSideUnused;

impl Rule for DictItemsOneSideUnused {
    type On = AnyFor;
    const COST: Cost = Cost::Constant("1.1-1.45 times slower");

    fn check<'a>(around: Loop<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let call = around.iter()?.as_call_expr()?;
        let method = call.func.as_attribute_expr()?;
        if &*method.attr != "items" || !call.arguments.is_empty() {
            return None;
        }
        let table = &*method.value;
        let ty = cx.ty(table);
        let known = ty.is_mapping();
        if !known && (!ty.is_unknown() || cx.is_self(table)) {
            return None;
        }
        let sides = cx.one_sided(around)?;
        // Whoever asks in this way whether it is a dict needs the call.
        if !known && cx.catches(call, &["AttributeError", "TypeError", "Exception"]) {
            return None;
        }
        if cx.trip_count(around).is_some_and(|n| n < FEW) {
            return None;
        }
        let name = cx.text(table);
        let (unused, better) = if sides.first_unused {
            ("key", format!("{name}.values()"))
        } else {
            ("value", name.to_string())
        };
        let edits = || {
            let target = cx.keep_side(sides)?;
            let iter = if sides.first_unused {
                Edit::replace(&method.attr, "values")
            } else {
                let end = TextRange::new(cx.parenthesized(table).end(), call.end());
                // `(table.items)()`
                let whole = cx.parenthesized(method) == method.range();
                (whole && !cx.has_comment(end)).then(|| Edit::delete(end))?
            };
            Some([target, iter])
        };
        let fix = edits().map(|edits| {
            let better = better.lines().next().unwrap_or_default();
            let fix = Fix::safe(format!("Iterate over `{better}`"), edits);
            if known {
                fix
            } else {
                fix.unsafe_because("what is no dict may iterate over something else")
            }
        });
        Some(
            Finding::new(call, format!("nobody reads the {unused} of these pairs"))
                .label("makes a pair for each item, and takes it apart")
                .help("iterate over what is used")
                .fix(fix),
        )
    }
}
