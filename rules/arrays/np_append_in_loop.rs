//! # Arrays that are copied each time they grow
//!
//! An array cannot grow: `np.append`, `np.concatenate`, `np.vstack` and their kin copy all that is there into a new one, which is O(n²)
//! for a loop. A list grows in place and becomes an array once: 13 to 17 times faster for 100 values, 20 to 29 times for 30,000.
//!
//! ```python bad
//! import numpy as np
//!
//!
//! def steps(values):
//!     seen = np.array([], dtype=np.int64)
//!     for value in values:
//!         if value % 3:
//!             seen = np.append(seen, value)
//!     return seen.tolist()
//! ```
//!
//! ```python good
//! import numpy as np
//!
//!
//! def steps(values):
//!     seen = []
//!     for value in values:
//!         if value % 3:
//!             seen += [value]
//!     return np.array(seen, dtype=np.int64).tolist()
//! ```
//!
//! ```python input
//! steps(list(range(n)))
//! ```
//!
//! ```python bad
//! import numpy as np
//!
//!
//! def stacked(rows):
//!     table = None
//!     for row in rows:
//!         if table is None:
//!             table = row
//!         else:
//!             table = np.vstack((table, row))
//!     return table
//! ```
//!
//! ```python good
//! import numpy as np
//!
//!
//! def stacked(rows):
//!     parts = list(rows)
//!     return np.vstack(parts) if parts else None
//! ```
//!
//! A few parts, an array that the loop works with as it grows or that it makes anew, and what is gathered for debugging:
//!
//! ```python fine
//! import numpy as np
//!
//!
//! def grown(samples, model, groups):
//!     known = np.zeros((1, 3))
//!     for sample in samples:
//!         known = np.vstack([known, sample])
//!         model.fit(known)
//!     edges = np.array([0.0])
//!     for part in ("left", "right"):
//!         edges = np.append(edges, groups[part])
//!     for name, values in groups.items():
//!         padded = np.append(values, 0.0)
//!         padded = np.append(padded, 0.0)
//!         yield name, padded
//!     buffer = np.array([])
//!     for chunk in samples:
//!         buffer = np.append(buffer, chunk)
//!         buffer = buffer[-100:]
//!     yield "edges", edges
//!
//!
//! def solve(state, step, debug):
//!     states = np.array([])
//!     while not state.done:
//!         state = step(state)
//!         if debug:
//!             states = np.append(states, state.value)
//!     return states
//! ```

use hotlint_core::ast::{Expr, ExprCall};
use hotlint_core::lint::{Accumulating, Cost, Cx, Finding, Rule};
use hotlint_core::python::{Accumulation, Loop, Shape};

pub struct NpAppendInLoop;

impl Rule for NpAppendInLoop {
    type On = Accumulating;
    const COST: Cost = Cost::Factor("O(n²) -> O(n): 10-30 times slower from a hundred values on");

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.imports("numpy")
    }

    fn check<'a>(found: Accumulation<'a>, cx: &Cx<'a>) -> Option<Finding> {
        if found.shape != Shape::Joined("numpy")
            || cx.stays_short(&found)
            || !cx.is_only_gathered(&found)
            || cx.is_behind_level(found.stmt)
            || cx.grew_before(&found, |other| other.shape == found.shape)
        {
            return None;
        }
        let call = found.value.as_call_expr()?;
        if !adds_one(call) && goes_over_classes(found.around, cx) {
            return None;
        }
        let name = cx.text(found.target);
        let function = cx.spelled(call);
        let in_lists = matches!(
            call.arguments.args.first(),
            Some(Expr::List(_) | Expr::Tuple(_))
        );
        let help = if in_lists {
            format!(
                "append the parts to a list in the loop, and join them once after it with `{function}`"
            )
        } else {
            "append to a list in the loop, and make an array of it once".to_owned()
        };
        Some(
            Finding::new(
                found.stmt,
                format!("all of `{name}` is copied each time something is added to it"),
            )
            .label(format!("`{function}` makes a new array"))
            .because(found.around.header(), "in every iteration")
            .sized(
                cx.rounds_of(found.target, found.stmt)
                    .or(|| cx.array_size(found.value)),
                name,
            )
            .help(help),
        )
    }
}

/// Whether one value is added, and not a part of many.
fn adds_one(call: &ExprCall) -> bool {
    matches!(
        call.arguments.args.get(1),
        Some(Expr::NumberLiteral(_) | Expr::List(_))
    )
}

/// Whether a loop goes over the names or classes of something: few, and each with much behind it.
fn goes_over_classes<'a>(around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let mut iter = around.iter();
    while let Some(Expr::Call(call)) = iter {
        match &*call.func {
            Expr::Attribute(method) => {
                return matches!(
                    method.attr.as_str(),
                    "items" | "keys" | "values" | "unique" | "groupby"
                );
            }
            _ => iter = call.arguments.args.first(),
        }
    }
    iter.and_then(|iter| cx.only_value(iter)).is_some_and(
        |value| matches!(value, Expr::Call(call) if cx.is(&*call.func, "numpy.unique")),
    )
}
