//! # `copy.deepcopy` of something flat, again and again
//!
//! `copy.deepcopy` looks at every item, remembers it and decides how to copy it. Where all items are numbers and strings there is
//! nothing to copy inside: `row.copy()` gives the same, 16 to 76 times faster on Python 3.8 to 3.15.
//!
//! ```python bad
//! import copy
//!
//!
//! def rows(template: dict[str, int], n: int):
//!     for i in range(n):
//!         row = copy.deepcopy(template)
//!         row["id"] = i
//!         yield row
//! ```
//!
//! ```python good
//! import copy
//!
//!
//! def rows(template: dict[str, int], n: int):
//!     for i in range(n):
//!         row = template.copy()
//!         row["id"] = i
//!         yield row
//! ```
//!
//! ```python input
//! template = {str(i): i for i in range(20)}
//! list(rows(template, n))
//! ```
//!
//! ```python bad
//! from copy import deepcopy
//!
//!
//! def snapshots(state: list[str], events):
//!     return [(event, deepcopy(state)) for event in events]
//! ```
//!
//! ```python good
//! from copy import deepcopy
//!
//!
//! def snapshots(state: list[str], events):
//!     return [(event, state.copy()) for event in events]
//! ```
//!
//! ```python input
//! snapshots([str(i) for i in range(20)], range(n))
//! ```
//!
//! ```python bad
//! import copy
//!
//!
//! def paired(rows):
//!     names = [str(row) for row in rows]
//!     return [(row, copy.deepcopy(names)) for row in rows]
//! ```
//!
//! ```python good
//! import copy
//!
//!
//! def paired(rows):
//!     names = [str(row) for row in rows]
//!     return [(row, names.copy()) for row in rows]
//! ```
//!
//! ```python input
//! paired(list(range(n % 1000)))
//! ```
//!
//! A copy that is only read need not be made:
//!
//! ```python bad
//! import copy
//!
//!
//! def count(names, defaults):
//!     found = 0
//!     for name in names:
//!         options = copy.deepcopy(defaults)
//!         if name in options:
//!             found += len(options)
//!     return found
//! ```
//!
//! What is inside is changed, or may be:
//!
//! ```python fine
//! import copy
//!
//! TEMPLATE = {"tags": []}
//!
//!
//! def tagged(names, rows, config):
//!     found = []
//!     for name in names:
//!         row = copy.deepcopy(TEMPLATE)
//!         row["tags"].append(name)
//!         found.append(row)
//!         found.append(copy.deepcopy(config))
//!         for key in copy.deepcopy(rows):
//!             del rows[key]
//!     return found
//! ```
//!
//! Once, and somebody else's `deepcopy`:
//!
//! ```python fine
//! import copy
//!
//! from project import deepcopy
//!
//!
//! def once(row: dict[str, int], names: list[str]):
//!     kept = [deepcopy(names) for name in names]
//!     return copy.deepcopy(row), kept
//! ```
//!
//! The fix is safe for lists, dictionaries and sets that the function makes itself; elsewhere a subclass may stand behind the annotation.

use hotlint_core::ast::{Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, InLoop, Rule};
use hotlint_core::python::Type;

pub struct DeepcopyInLoop;

impl Rule for DeepcopyInLoop {
    type On = InLoop<ExprCall>;
    const CALLEES: &'static [&'static str] = &["copy.deepcopy"];
    const COST: Cost = Cost::Factor("16 to 76 times slower than a flat copy");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let [original] = &*call.arguments.args else {
            return None;
        };
        if !call.arguments.keywords.is_empty() || original.is_starred_expr() {
            return None;
        }
        let around = cx.in_loop(call)?;
        let text = cx.text(original);
        let ty = cx.ty(original);
        if is_flat(&ty) {
            let finding = Finding::new(
                call,
                format!(
                    "`deepcopy` looks inside every item of `{text}`, and there is nothing inside"
                ),
            )
            .label("a flat copy gives the same")
            .because(around.header(), "in every iteration")
            .help("write `.copy()`");
            return Some(finding.fix(flat_copy(call, original, cx)));
        }
        let place = matches!(
            original,
            Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_)
        );
        let mut reads = 0;
        let read_only = cx.kept_as(call).is_some_and(|(_, symbol)| {
            reads = cx.reads(symbol).count();
            cx.is_only_read(call)
        });
        // The original must not change under the copy either.
        (place && read_only && reads > 0 && cx.is_left_alone(original, around)).then(|| {
            Finding::new(
                call,
                format!("`{text}` is copied with all that it holds, and the copy is only read"),
            )
            .label("the copy is never changed")
            .because(around.header(), "in every iteration")
            .help(format!("read `{text}` itself"))
        })
    }
}

/// A builtin container of values that cannot be changed.
fn is_flat(ty: &Type<'_>) -> bool {
    match ty {
        Type::List(item) | Type::Set(item) => item.is_hashable(),
        Type::Dict(key, value) => key.is_hashable() && value.is_hashable(),
        _ => false,
    }
}

fn flat_copy<'a>(call: &'a ExprCall, original: &'a Expr, cx: &Cx<'a>) -> Option<Fix> {
    if cx.has_comment(call) {
        return None;
    }
    let edits = [Edit::replace(call, format!("{}.copy()", cx.atom(original)))];
    let fix = Fix::safe("Replace with `.copy()`", edits);
    let own = original
        .as_name_expr()
        .and_then(|name| cx.symbol(name))
        .is_some_and(|symbol| cx.is_own_object(symbol));
    Some(if own {
        fix
    } else {
        fix.unsafe_because(
            "what is behind the annotation may be a class of its own, or hold more than it says",
        )
    })
}
