//! # A dict comprehension with one value for all keys
//!
//! `{key: None for key in keys}` stores the same value again and again. `dict.fromkeys(keys)` does it in one call: 1.05-1.6 times faster on
//! CPython 3.8 to 3.15, the least on 3.11 to 3.13, the most on builds that were optimised with a profile.
//!
//! ```python bad
//! def marks(names: list[str]):
//!     return {name: 0 for name in names}, {name: None for name in names}
//! ```
//!
//! ```python good
//! def marks(names: list[str]):
//!     return dict.fromkeys(names, 0), dict.fromkeys(names)
//! ```
//!
//! ```python input
//! marks([str(i) for i in range(n)])
//! ```
//!
//! One object for all keys would be shared, and a value that is computed may be another each time:
//!
//! ```python fine
//! def lists(keys, make, value):
//!     empty = {key: [] for key in keys}
//!     made = {key: make() for key in keys}
//!     given = {key: value for key in keys}
//!     return empty, made, given
//! ```
//!
//! Keys that are chosen or changed, and a handful of them:
//!
//! ```python fine
//! def chosen(keys):
//!     some = {key: 0 for key in keys if key}
//!     upper = {key.upper(): 0 for key in keys}
//!     few = {key: 0 for key in ("a", "b")}
//!     return some, upper, few
//! ```
//!
//! The fix is safe where no comment would be lost.

use hotlint_core::ast::{Expr, ExprDictComp};
use hotlint_core::lint::{Cost, Cx, Finding, Fix, Rule};
use hotlint_core::python::FEW;

pub struct LoopToFromkeys;

impl Rule for LoopToFromkeys {
    type On = ExprDictComp;
    const COST: Cost = Cost::Constant("1.05-1.6 times slower");

    fn check<'a>(comp: &'a ExprDictComp, cx: &Cx<'a>) -> Option<Finding> {
        let [clause] = comp.generators.as_slice() else {
            return None;
        };
        let key = comp.key.as_deref()?.as_name_expr()?;
        let target = clause.target.as_name_expr()?;
        let constant = comp.value.is_literal_expr();
        if !constant || key.id != target.id || !clause.ifs.is_empty() || clause.is_async {
            return None;
        }
        if cx.known_length(&clause.iter).is_some_and(|n| n < FEW) {
            return None;
        }
        let keys = cx.only_argument(&clause.iter);
        let value = match &*comp.value {
            Expr::NoneLiteral(_) => String::new(),
            value => format!(", {}", cx.text(value)),
        };
        let fits = cx.visible(comp, "dict").is_none() && !cx.has_comment(comp);
        let fix = fits.then(|| {
            let text = format!("dict.fromkeys({keys}{value})");
            Fix::safe(
                "Replace with `dict.fromkeys(...)`",
                [cx.replace_word(comp, &text)],
            )
        });
        Some(
            Finding::new(comp, "this comprehension stores one value for all keys, as `dict.fromkeys` does in one call")
                .label("each key goes through the interpreter")
                .help("use `dict.fromkeys`")
                .fix(fix),
        )
    }
}
