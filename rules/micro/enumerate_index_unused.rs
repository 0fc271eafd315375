//! # `enumerate` without a use for the index
//!
//! `for _, x in enumerate(xs)` counts for nobody, and makes a pair of each item. Iterating over `xs` itself is 1.3-2.1 times faster on
//! CPython 3.8 to 3.13, for a loop that does little else.
//!
//! ```python bad
//! def mixed(xs: list[int]):
//!     result = 0
//!     for i, x in enumerate(xs, start=1):
//!         result ^= x
//!         result = result * 3 % 1000 + x
//!     return result, [x for _, x in enumerate(xs) if x]
//! ```
//!
//! ```python good
//! def mixed(xs: list[int]):
//!     result = 0
//!     for x in xs:
//!         result ^= x
//!         result = result * 3 % 1000 + x
//!     return result, [x for x in xs if x]
//! ```
//!
//! ```python input
//! mixed(list(range(n)))
//! ```
//!
//! The index is used, also behind the loop; the item is not; and the count starts at something that must be computed:
//!
//! ```python fine
//! def numbered(xs, start):
//!     for i, x in enumerate(xs):
//!         print(i, x)
//!     for last, x in enumerate(xs):
//!         print(x)
//!     for i, _ in enumerate(xs):
//!         print(i)
//!     for i, x in enumerate(xs, start()):
//!         print(x)
//!     return last
//! ```
//!
//! The fix is safe: both forms take the same items.

use hotlint_core::lint::{AnyFor, Cost, Cx, Finding, Fix, Rule};
use hotlint_core::python::{FEW, Loop};

pub struct EnumerateIndexUnused;

impl Rule for EnumerateIndexUnused {
    type On = AnyFor;
    const COST: Cost = Cost::Constant("1.3-2.1 times slower");

    fn check<'a>(around: Loop<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let iter = around.iter()?;
        let call = cx.call_of(iter, "builtins.enumerate")?;
        let arguments = &call.arguments;
        let (items, start) = match &*arguments.args {
            [items] => (
                items,
                arguments.find_keyword("start").map(|start| &start.value),
            ),
            [items, start] => (items, Some(start)),
            _ => return None,
        };
        if items.is_starred_expr()
            || start.is_some_and(|start| !start.is_number_literal_expr())
            || arguments.len() > 2
        {
            return None;
        }
        let sides = cx.one_sided(around).filter(|sides| sides.first_unused)?;
        if cx.trip_count(around).is_some_and(|n| n < FEW) {
            return None;
        }
        let edits = || Some([cx.keep_side(sides)?, cx.unwrap_call(call, items)?]);
        let fix = edits().map(|edits| Fix::safe("Iterate over the items alone", edits));
        Some(
            Finding::new(call, "nobody reads the index that `enumerate` counts")
                .label("counts, and makes a pair for each item")
                .help("iterate over the items alone")
                .fix(fix),
        )
    }
}
