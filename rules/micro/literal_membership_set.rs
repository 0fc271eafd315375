//! # Membership in a tuple or list of many constants
//!
//! `x in ("a", "b", ...)` compares one constant after the other. A set of constants is made when the file is compiled, and finds `x` by
//! its hash: 2.5-7 times faster with ten constants on CPython 3.8 to 3.15 where the last or none is equal; no faster where the first is,
//! and slower on PyPy. With fewer than five there is nothing to gain.
//!
//! ```python bad
//! def weekdays(words: list[str]):
//!     return [word for word in words if word in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]
//! ```
//!
//! ```python good
//! def weekdays(words: list[str]):
//!     return [word for word in words if word in {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}]
//! ```
//!
//! ```python input
//! weekdays([("x", "sun", "fri", "sat")[i % 4] for i in range(n)])
//! ```
//!
//! ```python bad
//! def primes(numbers: list[int]):
//!     return [number for number in numbers if number not in [2, 3, 5, 7, 11, 13, 17, 19]]
//! ```
//!
//! ```python good
//! def primes(numbers: list[int]):
//!     return [number for number in numbers if number not in {2, 3, 5, 7, 11, 13, 17, 19}]
//! ```
//!
//! ```python input
//! primes([i * 2 for i in range(n)])
//! ```
//!
//! A few constants, items that have no hash or are no constants, and an order that matters:
//!
//! ```python fine
//! def look(word: str, first: dict, second: dict, names):
//!     print(word in ("a", "b", "c"))
//!     print(word in (first, second, names, first, second, names))
//!     print(word in ([1], [2], [3], [4], [5], [6]))
//!     for letter in ("a", "b", "c", "d", "e", "f"):
//!         print(letter)
//!     return word in "abcdefgh"
//! ```
//!
//! The fix is safe where `x` is known to have a hash; a list or a dictionary would raise `TypeError`.

use hotlint_core::ast::{CmpOp, Expr, ExprCompare, UnaryOp};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::Runs;
use hotlint_core::text_size::Ranged;

/// From so many constants on, a set is faster wherever the equal one stands.
const MANY: usize = 5;

pub struct LiteralMembershipSet;

impl Rule for LiteralMembershipSet {
    type On = ExprCompare;
    const COST: Cost =
        Cost::Constant("one comparison after the other: up to 7 times slower with ten constants");

    fn check<'a>(compare: &'a ExprCompare, cx: &Cx<'a>) -> Option<Finding> {
        let ([CmpOp::In | CmpOp::NotIn], [haystack]) = (&*compare.ops, &*compare.comparators)
        else {
            return None;
        };
        let (elts, kind) = match haystack {
            Expr::List(list) => (&list.elts, "list"),
            Expr::Tuple(tuple) => (&tuple.elts, "tuple"),
            _ => return None,
        };
        if elts.len() < MANY || !elts.iter().all(is_constant) || cx.runs(compare) != Runs::Often {
            return None;
        }
        let probe = cx.ty(&*compare.left);
        if cx.is_unhashable(&probe) {
            return None;
        }
        let finding = Finding::new(
            haystack,
            format!(
                "a {kind} of {} constants is searched one by one",
                elts.len()
            ),
        )
        .label("a set finds it at once")
        .help("write a set: it is made when the file is compiled");
        let whole = cx.parenthesized(haystack);
        let text = cx.text(haystack);
        let inner = text.get(1..text.len().saturating_sub(1))?;
        let bracketed = text.starts_with(['(', '[']) && text.ends_with([')', ']']);
        if !bracketed || (whole != haystack.range() && cx.has_comment(whole)) {
            return Some(finding);
        }
        let fix = Fix::safe(
            format!("Make the {kind} a set"),
            [Edit::replace(whole, format!("{{{inner}}}"))],
        );
        Some(finding.fix(if probe.is_hashable() {
            fix
        } else {
            fix.unsafe_because(format!(
                "`{}` must be hashable",
                cx.text(&*compare.left).lines().next().unwrap_or_default()
            ))
        }))
    }
}

/// Whether an item is a constant to the compiler, with a hash.
fn is_constant(item: &Expr) -> bool {
    match item {
        Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::NumberLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_) => true,
        Expr::UnaryOp(unary) => unary.op == UnaryOp::USub && unary.operand.is_number_literal_expr(),
        _ => false,
    }
}
