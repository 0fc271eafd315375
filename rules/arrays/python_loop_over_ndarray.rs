//! # Arrays that Python goes through value by value
//!
//! Each `a[i]` of an array makes an object, and each operator on it runs the interpreter. The same operators on whole arrays run in
//! compiled code: 7 to 11 times faster for 100 values, 30 to 60 times for 1,000, over 110 times for 10,000, with NumPy 1.26 to 2.4.
//!
//! ```python bad
//! import numpy as np
//!
//!
//! def scaled(a: np.ndarray):
//!     out = np.empty_like(a)
//!     for i in range(len(a)):
//!         out[i] = a[i] * 2 + 1
//!     return out
//! ```
//!
//! ```python good
//! import numpy as np
//!
//!
//! def scaled(a: np.ndarray):
//!     return a * 2 + 1
//! ```
//!
//! ```python input
//! import numpy as np
//! a = np.arange(n)
//! scaled(a)
//! ```
//!
//! ```python bad
//! import numpy as np
//!
//!
//! def distance(a: np.ndarray, b: np.ndarray):
//!     total = 0
//!     for x, y in zip(a, b):
//!         total += (x - y) * (x - y)
//!     return int(total)
//! ```
//!
//! ```python good
//! import numpy as np
//!
//!
//! def distance(a: np.ndarray, b: np.ndarray):
//!     return int(((a - b) * (a - b)).sum())
//! ```
//!
//! ```python input
//! import numpy as np
//! a = np.arange(n)
//! b = a[::-1].copy()
//! distance(a, b)
//! ```
//!
//! A matrix has one loop for each of its dimensions, and conditions are `np.where` or a mask:
//!
//! ```python bad
//! import numpy as np
//!
//!
//! def clipped(image: np.ndarray, limit):
//!     for i in range(image.shape[0]):
//!         for j in range(image.shape[1]):
//!             if image[i, j] > limit:
//!                 image[i, j] = limit
//!     return image
//! ```
//!
//! ```python good
//! import numpy as np
//!
//!
//! def clipped(image: np.ndarray, limit):
//!     image[image > limit] = limit
//!     return image
//! ```
//!
//! Where an iteration needs what the one before has computed there is no such expression: `scipy.signal.lfilter`, `np.cumsum` and its
//! kin cover some recurrences, `numba` the rest. Nor is one said of loops that may end early, call other code, or go over a few values:
//!
//! ```python fine
//! import numpy as np
//!
//!
//! def smoothed(a: np.ndarray, b: np.ndarray, rows: list, step):
//!     for i in range(1, len(a)):
//!         a[i] = 0.9 * a[i - 1] + a[i]
//!     level = 0.0
//!     for i in range(len(a)):
//!         level = 0.5 * level + b[i]
//!         b[i] = level
//!     for i in range(len(a)):
//!         if a[i] > 3:
//!             break
//!         b[i] = a[i]
//!     for i in range(len(a)):
//!         b[i] = step(a[i])
//!     for i in range(3):
//!         b[i] = a[i] * 2
//!     for i in range(len(rows)):
//!         rows[i] = rows[i] * 2
//!     for row in a:
//!         step(row)
//!     histogram = np.zeros(10)
//!     for value in a:
//!         histogram[value] += 1
//!     return [float(x) for x in a], [x * 2 for x in np.array([1, 2, 3])]
//! ```
//!
//! A list that is made an array first loses most of the gain: the array has to be there already.

use hotlint_core::ast::{AnyNodeRef, Expr};
use hotlint_core::lint::{AnyFor, Cost, Cx, Finding, Rule};
use hotlint_core::python::{Array, Loop, Outcome};

pub struct PythonLoopOverNdarray;

impl Rule for PythonLoopOverNdarray {
    type On = AnyFor;
    const COST: Cost =
        Cost::Factor("10 times slower than whole arrays for 100 values, 100-300 times for 10,000");

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.has_arrays()
    }

    fn check<'a>(around: Loop<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let found = match around {
            Loop::For(stmt) => {
                let found = cx.vector_loop(stmt)?;
                // The loop around it says it all.
                if let Some(AnyNodeRef::StmtFor(outer)) = cx.tree.parent(stmt)
                    && cx.vector_loop(outer).is_some()
                {
                    return None;
                }
                found
            }
            Loop::Clause { comprehension, .. } => cx.vector_comprehension(comprehension)?,
            Loop::While(_) => return None,
        };
        // `s[i]` of a column is the business of `pandas-scalar-access-in-loop`.
        let by_position = around.iter().is_some_and(Expr::is_call_expr);
        if found.kind == Array::Series && by_position {
            return None;
        }
        let name = match found.array {
            Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) => {
                format!("`{}`", cx.text(found.array))
            }
            _ => "an array".to_owned(),
        };
        let what = match found.kind {
            Array::Tensor => "tensors",
            Array::Series => "columns",
            _ => "arrays",
        };
        let help = match found.outcome {
            Outcome::Array => format!(
                "the same operators take whole {what}, slices such as `a[1:]`, and masks: one statement for all values"
            ),
            Outcome::Sum => format!("compute with whole {what}, and add up with `.sum()`"),
            Outcome::List => {
                format!("compute with whole {what}; `.tolist()` makes a list of the result")
            }
        };
        Some(
            Finding::new(
                around.header(),
                format!("{name} is gone through value by value in Python"),
            )
            .label("makes an object of each value")
            .sized(cx.array_size(found.array), cx.text(found.array))
            .help(help),
        )
    }
}
