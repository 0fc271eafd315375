//! # Indices where the items would do
//!
//! `for i in range(len(xs))` that reads nothing but `xs[i]` counts and looks up what iterating over `xs` hands out: 1.4-1.9 times slower on
//! CPython 3.8 to 3.15. Where the index is of use as well, there is nothing to gain: `enumerate` is no faster.
//!
//! ```python bad
//! def longest(names: list[str]):
//!     best = 0
//!     for i in range(len(names)):
//!         if len(names[i]) > best:
//!             best = len(names[i])
//!     return best, [names[i].upper() for i in range(len(names))]
//! ```
//!
//! ```python good
//! def longest(names: list[str]):
//!     best = 0
//!     for item in names:
//!         if len(item) > best:
//!             best = len(item)
//!     return best, [item.upper() for item in names]
//! ```
//!
//! ```python input
//! longest(["a" * (i % 9) for i in range(n)])
//! ```
//!
//! The index is of use, also behind the loop or in a function that runs later:
//!
//! ```python fine
//! def numbered(xs: list, ys: list):
//!     for i in range(len(xs)):
//!         print(i, xs[i])
//!     for i in range(len(xs)):
//!         print(xs[i], ys[i])
//!     for k in range(len(xs)):
//!         print(xs[k])
//!     later = [lambda: xs[j] for j in range(len(xs))]
//!     return k, later
//! ```
//!
//! Items that are written, a list that changes, and part of the indices:
//!
//! ```python fine
//! def changed(xs: list, drop):
//!     for i in range(len(xs)):
//!         xs[i] = xs[i] + 1
//!     for i in range(len(xs)):
//!         if drop(xs[i]):
//!             xs.append(1)
//!     for i in range(1, len(xs)):
//!         print(xs[i])
//! ```
//!
//! Iterating over an object may be just this, and items that are asked for later may be others:
//!
//! ```python fine
//! class Rows:
//!     def __iter__(self):
//!         for i in range(len(self)):
//!             yield self[i]
//!
//!
//! def doubled(xs: list[int]):
//!     xs.extend(xs[i] * 2 for i in range(len(xs)))
//! ```
//!
//! A dict has keys, and iterating over it gives those:
//!
//! ```python fine
//! def table(rows: dict[int, str], model):
//!     return [rows[i].upper() for i in range(len(rows))], [model.words[i].upper() for i in range(len(model.words))]
//! ```
//!
//! The fix is safe for lists, tuples and strings that nothing in the loop can change. Where the type is not known, it is unsafe.

use hotlint_core::ast::{AnyNodeRef, ExprSubscript};
use hotlint_core::lint::{AnyFor, Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{FEW, Loop, Type};

pub struct RangeLenIndex;

impl Rule for RangeLenIndex {
    type On = AnyFor;
    const COST: Cost = Cost::Constant("1.4-1.9 times slower");

    fn check<'a>(around: Loop<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let index = around.target()?.as_name_expr()?;
        let range = around.iter()?.as_call_expr()?;
        let [length] = &*range.arguments.args else {
            return None;
        };
        let [items] = &*length.as_call_expr()?.arguments.args else {
            return None;
        };
        // An attribute of unknown class is a table of numbers often enough; and `__iter__` may be where this stands.
        let plain = (items.is_name_expr() && !cx.is_self(items))
            || (items.is_attribute_expr() && !cx.ty(items).is_unknown());
        if !plain
            || cx.call_of(length, "builtins.len").is_none()
            || !cx.is(&*range.func, "builtins.range")
        {
            return None;
        }
        let ty = cx.ty(items);
        let known = matches!(
            ty,
            Type::List(_) | Type::Tuple(_) | Type::Str | Type::Bytes | Type::Range
        );
        let (reads, others) = cx.item_reads(items, index, around)?;
        if others
            || !(known || ty.is_unknown())
            || cx.leaks_target(around)
            || !cx.runs_in_place(around)
            || !cx.is_left_alone(items, around)
            || cx.trip_count(around).is_some_and(|n| n < FEW)
        {
            return None;
        }
        let (list, i) = (cx.text(items), index.id.as_str());
        let edits = || {
            let name = cx.fresh_target("item", around);
            let mut edits: Vec<Edit> = reads
                .iter()
                .map(|read| cx.replace_word(*read, &name))
                .collect();
            edits.push(Edit::replace(index, &*name));
            edits.push(cx.replace_word(range, list));
            let lost = cx.has_comment(range) || reads.iter().any(|read| cx.has_comment(*read));
            let copies = matches!(reads.as_slice(), [only] if is_copied(only, cx));
            (!lost && !copies).then_some(edits)
        };
        let fix = edits().map(|edits| {
            let fix = Fix::safe(format!("Iterate over `{list}`"), edits);
            if known && cx.is_steady(items, around) {
                fix
            } else {
                fix.unsafe_because(
                    "another class may index in its own way, and code that the loop runs may change the items",
                )
            }
        });
        Some(
            Finding::new(
                around.header(),
                format!("`{i}` is of no use but to read `{list}[{i}]`"),
            )
            .label("counts, and looks up each item")
            .help("iterate over the items")
            .fix(fix),
        )
    }
}

/// Whether the item goes somewhere as it is: such a loop has something better still.
fn is_copied<'a>(read: &'a ExprSubscript, cx: &Cx<'a>) -> bool {
    match cx.tree.parent(read) {
        Some(
            AnyNodeRef::ExprListComp(_) | AnyNodeRef::ExprSetComp(_) | AnyNodeRef::ExprGenerator(_),
        ) => true,
        Some(AnyNodeRef::Arguments(arguments)) => {
            arguments.len() == 1
                && cx
                    .tree
                    .ancestors(arguments)
                    .nth(1)
                    .is_some_and(|outer| outer.is_stmt_expr())
        }
        _ => false,
    }
}
