//! # NumPy functions of single numbers in a loop
//!
//! `np.sqrt` and its kin prepare for arrays of any shape and type each time they are called. For a number of Python, `math.sqrt` is
//! 2 to 3 times faster on Python 3.9 to 3.13. Better still is one call for all numbers.
//!
//! ```python bad
//! import numpy as np
//!
//!
//! def lengths(xs: list[float], ys: list[float]):
//!     found = []
//!     for x, y in zip(xs, ys):
//!         found += [round(float(np.hypot(x, y)), 9)]
//!     return found
//! ```
//!
//! ```python good
//! import math
//!
//!
//! def lengths(xs: list[float], ys: list[float]):
//!     found = []
//!     for x, y in zip(xs, ys):
//!         found += [round(math.hypot(x, y), 9)]
//!     return found
//! ```
//!
//! ```python input
//! xs = [i * 0.5 for i in range(n)]
//! lengths(xs, xs)
//! ```
//!
//! What is not known to be a number of Python, and calls outside of loops:
//!
//! ```python fine
//! import numpy as np
//!
//!
//! def roots(values: np.ndarray, items, x: float):
//!     once = np.sqrt(x)
//!     for item in items:
//!         yield np.sqrt(item), np.sqrt(values), once
//! ```
//!
//! Where NumPy warns and gives `nan` or `inf`, `math` raises `ValueError` or `OverflowError`, and it gives a `float` and no
//! `np.float64`: no fix is offered.

use hotlint_core::ast::ExprCall;
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::{Does, Effects, Type};

pub struct NpScalarUfuncInLoop;

impl Rule for NpScalarUfuncInLoop {
    type On = InLoop<ExprCall>;
    const EFFECTS: Effects = Effects::does(Does::Elementwise);
    const COST: Cost = Cost::Constant("2-3 times slower than `math`");

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.imports("numpy")
    }

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let args = &call.arguments;
        let number = |ty: Type<'a>| matches!(ty, Type::Int | Type::Float | Type::Bool);
        if args.args.is_empty()
            || !args.keywords.is_empty()
            || !args.args.iter().all(|arg| number(cx.ty(arg)))
        {
            return None;
        }
        let around = cx.in_loop(call)?;
        let better = twin(cx.knows(call)?.last());
        Some(
            Finding::new(
                call,
                format!("`{}` computes with single numbers", cx.spelled(call)),
            )
            .label("prepares for arrays in each call")
            .because(around.header(), "in every iteration of this loop")
            .help(format!(
                "`{better}` does the same for a number of Python, or call it once with an array of all numbers"
            )),
        )
    }
}

/// What Python calls the same for one number.
fn twin(function: &str) -> String {
    match function {
        "abs" | "absolute" => "abs".to_owned(),
        "arcsin" | "arccos" | "arctan" | "arctan2" => {
            format!("math.{}", function.replacen("arc", "a", 1))
        }
        "deg2rad" => "math.radians".to_owned(),
        "rad2deg" => "math.degrees".to_owned(),
        "maximum" => "max".to_owned(),
        "minimum" => "min".to_owned(),
        "power" => "math.pow".to_owned(),
        "round" => "round".to_owned(),
        other => format!("math.{other}"),
    }
}
