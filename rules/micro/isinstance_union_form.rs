//! # `isinstance` with a union
//!
//! `isinstance(x, A | B)` builds a union object for every test and looks at it more slowly than at a tuple: `isinstance(x, (A, B))` is
//! 1.4-1.6 times faster on CPython 3.10 to 3.13, three times on 3.14 and 3.15.
//!
//! ```python bad 3.10
//! def numbers(values):
//!     return [value for value in values if isinstance(value, int | float)]
//! ```
//!
//! ```python good 3.10
//! def numbers(values):
//!     return [value for value in values if isinstance(value, (int, float))]
//! ```
//!
//! ```python input 3.10
//! numbers([i if i % 3 else str(i) for i in range(n)])
//! ```
//!
//! ```python bad 3.10
//! class Point:
//!     pass
//!
//!
//! def texts(values):
//!     return [value for value in values if isinstance(value, (str | bytes | Point))]
//! ```
//!
//! ```python good 3.10
//! class Point:
//!     pass
//!
//!
//! def texts(values):
//!     return [value for value in values if isinstance(value, (str, bytes, Point))]
//! ```
//!
//! ```python input 3.10
//! texts([i if i % 3 else str(i) for i in range(n)])
//! ```
//!
//! A union that is passed in or kept in a name is no more work to make, and `None` is no class:
//!
//! ```python fine 3.10
//! NUMBER = int | float
//!
//!
//! def look(values, kinds):
//!     for value in values:
//!         print(isinstance(value, NUMBER), isinstance(value, kinds), isinstance(value, int | None))
//!         print(isinstance(value, (int, float)))
//! ```

use hotlint_core::ast::{Expr, ExprCall, Operator};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::Binding;

pub struct IsinstanceUnionForm;

impl Rule for IsinstanceUnionForm {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &["builtins.isinstance", "builtins.issubclass"];
    const COST: Cost =
        Cost::Constant("a union made for each test: 1.4 to 3 times slower than a tuple");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let [_, union @ Expr::BinOp(_)] = &*call.arguments.args else {
            return None;
        };
        let parts = members(union)?;
        let text = cx.text(union);
        let tuple = parts.iter().map(|part| cx.text(*part)).collect::<Vec<_>>();
        let tuple = format!("({})", tuple.join(", "));
        let finding = Finding::new(union, format!("`{text}` builds a union for every test"))
            .label("a tuple is made once, and searched faster")
            .help(format!("write `{tuple}`"));
        let whole = cx.parenthesized(union);
        if cx.has_comment(whole) {
            return Some(finding);
        }
        let fix = Fix::safe(
            format!("Replace with `{tuple}`"),
            [Edit::replace(whole, tuple)],
        );
        let classes = parts.iter().all(|part| is_class(part, cx));
        Some(finding.fix(if classes {
            fix
        } else {
            fix.unsafe_because("a class of its own kind may define `|` otherwise")
        }))
    }
}

/// The members of `A | B | C`, if all are plain names.
fn members(union: &Expr) -> Option<Vec<&Expr>> {
    match union {
        Expr::BinOp(op) if op.op == Operator::BitOr => {
            let mut left = members(&op.left)?;
            left.extend(members(&op.right)?);
            Some(left)
        }
        Expr::Name(_) | Expr::Attribute(_) => Some(vec![union]),
        _ => None,
    }
}

/// Whether a name means a class: of builtins, of this file, or imported under a name that says so.
fn is_class<'a>(part: &'a Expr, cx: &Cx<'a>) -> bool {
    let of_file = || {
        let symbol = part.as_name_expr().and_then(|name| cx.symbol(name));
        symbol
            .and_then(|symbol| cx.only_binding(symbol))
            .is_some_and(|binding| match binding {
                Binding::Class(class) => class
                    .arguments
                    .as_deref()
                    .is_none_or(|arguments| arguments.keywords.is_empty()),
                _ => false,
            })
    };
    cx.name(part)
        .is_some_and(|name| name.starts_with("builtins."))
        || of_file()
}
