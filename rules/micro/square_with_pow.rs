//! # A square by the power operator
//!
//! `x ** 2` goes through the general power function. `x * x` is 3-9 times faster for whole numbers up to Python 3.10, and 1.2-1.4 times
//! since 3.11, where the rule is silent about them; for floats it is 1.4-2.5 times faster on CPython 3.8 to 3.15.
//!
//! ```python bad
//! def squares(count: int):
//!     return [i ** 2 + 1 for i in range(count)]
//! ```
//!
//! ```python good
//! def squares(count: int):
//!     return [i * i + 1 for i in range(count)]
//! ```
//!
//! ```python input
//! squares(n)
//! ```
//!
//! ```python bad 3.11
//! def lengths(xs: list[float], ys: list[float]):
//!     total = 0.0
//!     for x in xs:
//!         total += 2 * x ** 2
//!     return total
//! ```
//!
//! ```python good 3.11
//! def lengths(xs: list[float], ys: list[float]):
//!     total = 0.0
//!     for x in xs:
//!         total += 2 * (x * x)
//!     return total
//! ```
//!
//! ```python input
//! lengths([i * 0.5 for i in range(n)], [])
//! ```
//!
//! Whole numbers from 3.11 on, arrays and other classes, other powers, what would be computed twice, and a single square:
//!
//! ```python fine 3.11
//! def squares(count: int):
//!     return [i ** 2 for i in range(count)]
//! ```
//!
//! ```python fine
//! def powers(xs, floats: list[float], i: int):
//!     unknown = [x ** 2 for x in xs]
//!     cubes = [x ** 3 for x in floats]
//!     computed = [(x - 1.0) ** 2 for x in floats]
//!     return unknown, cubes, computed, i ** 2
//! ```
//!
//! The fix is safe for whole numbers. For floats the last digit may differ, and a number that grows too large becomes `inf`.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprBinOp, Number, Operator};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::Type;
use hotlint_core::text_size::Ranged;

pub struct SquareWithPow;

impl Rule for SquareWithPow {
    type On = ExprBinOp;
    const COST: Cost = Cost::Constant("3-9 times faster up to Python 3.10; floats about 2 times");

    fn check<'a>(power: &'a ExprBinOp, cx: &Cx<'a>) -> Option<Finding> {
        let (Operator::Pow, Expr::Name(name), Expr::NumberLiteral(exponent)) =
            (power.op, &*power.left, &*power.right)
        else {
            return None;
        };
        let is_two = matches!(&exponent.value, Number::Int(int) if int.as_u8() == Some(2));
        if !is_two {
            return None;
        }
        let is_int = match cx.ty(name) {
            Type::Int if cx.python().any_before(11) => true,
            Type::Float => false,
            _ => return None,
        };
        let around = cx.in_loop(power)?;
        let name = name.id.as_str();
        let better = if stands_alone(power, cx) {
            format!("{name} * {name}")
        } else {
            format!("({name} * {name})")
        };
        let fix = Fix::safe(
            format!("Replace with `{better}`"),
            [Edit::replace(power, &*better)],
        );
        let fix = if is_int {
            fix
        } else {
            fix.unsafe_because("the last digit may differ, and a number that grows too large becomes `inf` instead of an `OverflowError`")
        };
        Some(
            Finding::new(
                power,
                format!("`{name}` is squared by the general power function"),
            )
            .label("a multiplication does the same")
            .because(around.header(), "in every iteration of this loop")
            .fix((!cx.has_comment(power)).then_some(fix)),
        )
    }
}

/// Whether a product can stand in its place without parentheses.
fn stands_alone<'a>(power: &'a ExprBinOp, cx: &Cx<'a>) -> bool {
    cx.parenthesized(power) != power.range()
        || match cx.tree.parent(power) {
            Some(AnyNodeRef::ExprBinOp(outer)) => {
                matches!(outer.op, Operator::Add | Operator::Sub)
            }
            Some(
                AnyNodeRef::ExprUnaryOp(_)
                | AnyNodeRef::ExprAwait(_)
                | AnyNodeRef::ExprAttribute(_),
            ) => false,
            _ => true,
        }
}
