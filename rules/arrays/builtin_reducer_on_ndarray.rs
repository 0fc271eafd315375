//! # `sum`, `min`, `max`, `any` and `all` of an array
//!
//! The builtin functions ask an array for its values one by one, and each becomes an object: `a.max()` is 3 to 6 times faster for 100
//! values, 14 to 30 times for 1,000, 60 to 200 times for 10,000. `a.sum()` and its kin add in compiled code.
//!
//! ```python bad
//! import numpy as np
//!
//!
//! def spread(a: np.ndarray):
//!     return int(max(a)) - int(min(a))
//! ```
//!
//! ```python good
//! import numpy as np
//!
//!
//! def spread(a: np.ndarray):
//!     return int(a.max()) - int(a.min())
//! ```
//!
//! ```python input
//! import numpy as np
//! a = np.arange(n + 1)
//! spread(a)
//! ```
//!
//! ```python bad
//! import numpy as np
//!
//!
//! def above(a: np.ndarray, limit):
//!     return int(sum(a > limit))
//! ```
//!
//! ```python good
//! import numpy as np
//!
//!
//! def above(a: np.ndarray, limit):
//!     return int((a > limit).sum())
//! ```
//!
//! ```python input
//! import numpy as np
//! a = np.arange(n)
//! above(a, 10)
//! ```
//!
//! The fix is unsafe: of an array with several dimensions `a.sum()` adds all values where `sum(a)` adds rows, missing values are left
//! out of the sums of a `Series`, and small integer types do not grow.
//!
//! Arrays of a few values, arrays that were lists just before, lists, shapes, the text of an exception, other forms of the functions, and
//! operators that arrays have themselves:
//!
//! ```python fine
//! import numpy as np
//!
//!
//! def sizes(a: np.ndarray, numbers: list, other):
//!     few = np.array([1, 2, 3])
//!     converted = max(np.array(other) % 360)
//!     largest = max(a.shape)
//!     least = min(a, key=abs)
//!     pair = max(a[0], a[1])
//!     return sum(few), converted, largest, least, pair, sum(numbers), sum(other), abs(a), len(a), sum(a.tolist())
//!
//!
//! class Station:
//!     def __init__(self, units):
//!         self.adjustable = np.array([unit.adjustable for unit in units])
//!
//!     def check(self, limits: np.ndarray, times: np.ndarray, time):
//!         if len(limits) != 3 or any(limits < 0):
//!             raise ValueError("three limits, please")
//!         if time not in times:
//!             raise ValueError(f"{time} is not within {min(times)} and {max(times)}")
//!         return any(self.adjustable)
//! ```

use hotlint_core::ast::{AnyNodeRef, ExprCall};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::Array;

pub struct BuiltinReducerOnNdarray;

impl Rule for BuiltinReducerOnNdarray {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &[
        "builtins.all",
        "builtins.any",
        "builtins.max",
        "builtins.min",
        "builtins.sum",
    ];
    const COST: Cost =
        Cost::Factor("14-30 times slower for a thousand values, 60-200 times for 10,000");

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.has_arrays()
    }

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let ([values], []) = (&*call.arguments.args, &*call.arguments.keywords) else {
            return None;
        };
        if values.is_starred_expr() {
            return None;
        }
        let kind = cx.array(values)?;
        // Nobody waits for the text of an exception.
        let fails = matches!(cx.tree.statement(call), Some(AnyNodeRef::StmtRaise(_)));
        if kind == Array::Frame
            || fails
            || cx.is_small_array(values)
            || cx.is_made_of_list(values)
            || cx.is_counted_small(values)
        {
            return None;
        }
        let function = cx.text(&*call.func);
        let better = format!("{}.{function}()", cx.atom(values));
        let short = match better.len() <= 60 && !better.contains('\n') {
            true => better.clone(),
            false => format!("….{function}()"),
        };
        let what = match kind {
            Array::Tensor => "tensor",
            Array::Series => "Series",
            _ => "array",
        };
        let caveat = "adds over all dimensions, keeps the array's type, and leaves out missing values of a `Series`";
        let fix = Fix::unsafe_(
            format!("Replace with `{short}`"),
            caveat,
            [Edit::replace(call, better)],
        );
        Some(
            Finding::new(
                call,
                format!("`{function}` takes the values of the {what} one by one"),
            )
            .label("makes an object of each value")
            .sized(cx.array_size(values), cx.text(values))
            .help(format!("the {what} does it in compiled code: `{short}`"))
            .fix((!cx.has_comment(call)).then_some(fix)),
        )
    }
}
