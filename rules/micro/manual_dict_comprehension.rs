//! # A loop that does what a dict comprehension does
//!
//! A loop that only stores items in a new dict looks the dict up each time. A comprehension does not: 1.05-1.1 times faster on CPython 3.8
//! to 3.10, and slower below ten items. Since 3.11 there is no difference: the rule speaks up only for projects that support 3.10 or older.
//!
//! ```python bad
//! def lengths(names: list[str]):
//!     found = {}
//!     for name in names:
//!         if name:
//!             found[name] = len(name)
//!     return found
//! ```
//!
//! ```python good
//! def lengths(names: list[str]):
//!     found = {name: len(name) for name in names if name}
//!     return found
//! ```
//!
//! ```python input
//! lengths([str(i) for i in range(n)])
//! ```
//!
//! A key that is a tuple without brackets:
//!
//! ```python bad
//! def grid(rows):
//!     cells = {}
//!     for value, (x,) in rows:
//!         cells[x,] = value
//!     return cells
//! ```
//!
//! ```python good
//! def grid(rows):
//!     cells = {(x,): value for value, (x,) in rows}
//!     return cells
//! ```
//!
//! ```python input
//! grid([(i, (i,)) for i in range(n)])
//! ```
//!
//! From 3.11 on:
//!
//! ```python fine 3.11
//! def lengths(names: list[str]):
//!     found = {}
//!     for name in names:
//!         found[name] = len(name)
//!     return found
//! ```
//!
//! The value reads the dict, the dict was there before, or the loop writes to an attribute:
//!
//! ```python fine
//! def count(words, given: dict, pairs, place):
//!     counts = {}
//!     for word in words:
//!         counts[word] = counts.get(word, 0) + 1
//!     for word in words:
//!         given[word] = 1
//!     table = {}
//!     for place.key, place.value in pairs:
//!         table[place.key] = place.value
//!     return counts, given, table
//! ```
//!
//! What was stored before an error is of use:
//!
//! ```python fine
//! def fetch(source, load):
//!     found = {}
//!     try:
//!         for name in source:
//!             found[name] = load(name)
//!     except ConnectionError:
//!         pass
//!     return found
//! ```
//!
//! The fix is safe where neither key nor value has a side effect: a loop computes the value first, a comprehension the key. It is unsafe
//! where other code may see the dict half filled.

use hotlint_core::ast::{Expr, StmtFor};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{FEW, Fill, FillLoop, Loop, Partial, Purity};

pub struct ManualDictComprehension;

impl Rule for ManualDictComprehension {
    type On = StmtFor;
    const COST: Cost = Cost::Constant("up to 1.1 times faster up to Python 3.10");

    fn check<'a>(stmt: &'a StmtFor, cx: &Cx<'a>) -> Option<Finding> {
        if !cx.python().any_before(11) {
            return None;
        }
        let stores = cx.fill_loop(stmt, Fill::Store)?;
        let key = stores.made.and(stores.key)?;
        let partial = cx.partial_result(stores);
        let few = cx.trip_count(Loop::For(stmt)).is_some_and(|n| n < FEW);
        if partial == Partial::Seen || few || key.is_slice_expr() {
            return None;
        }
        let dict = cx.text(stores.container);
        let message =
            format!("this loop only stores items in `{dict}`, as a dict comprehension would");
        Some(
            cx.fill_finding(stores, message, "one lookup of the dict for each item")
                .help("write a dict comprehension")
                .fix(fix(stores, key, partial, cx)),
        )
    }
}

fn fix<'a>(stores: FillLoop<'a>, key: &'a Expr, partial: Partial, cx: &Cx<'a>) -> Option<Fix> {
    let (whole, head) = cx.fill_place(stores)?;
    let text = cx.filled_at_once(stores, &format!("{head}{{"), "}")?;
    let fix = Fix::safe(
        "Replace with a dict comprehension",
        [Edit::replace(whole, text)],
    );
    // Computing only one of the two can have an effect: then their order is of no matter.
    let ordered = cx.purity(key).max(cx.purity(stores.item)) != Purity::Certain
        && !(key.is_name_expr() || stores.item.is_name_expr());
    Some(if ordered {
        fix.unsafe_because("the key is computed before the value")
    } else if partial == Partial::Possible {
        fix.unsafe_because("other code may see the dict half filled")
    } else if key.is_tuple_expr() {
        fix.unsafe_because("the key is made before the value")
    } else {
        fix
    })
}
