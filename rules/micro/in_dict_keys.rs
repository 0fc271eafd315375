//! # `in d.keys()`
//!
//! `key in d.keys()` makes a view of the dictionary for one question that the dictionary answers itself: `key in d` is 1.7-2.1 times
//! faster on CPython 3.8 to 3.15.
//!
//! ```python bad
//! def known(names, table: dict[str, int]):
//!     return [name for name in names if name in table.keys()]
//! ```
//!
//! ```python good
//! def known(names, table: dict[str, int]):
//!     return [name for name in names if name in table]
//! ```
//!
//! ```python input
//! known([str(i) for i in range(n)], {str(i * 2): i for i in range(n)})
//! ```
//!
//! ```python bad
//! from collections import defaultdict
//!
//!
//! def missing(names):
//!     seen = defaultdict(int)
//!     return [name for name in names if name not in (seen.keys())]
//! ```
//!
//! ```python good
//! from collections import defaultdict
//!
//!
//! def missing(names):
//!     seen = defaultdict(int)
//!     return [name for name in names if name not in seen]
//! ```
//!
//! ```python input
//! missing([str(i) for i in range(n)])
//! ```
//!
//! A class with `keys` of its own may answer `in` in another way, a loop over the keys costs nothing, and the values are no keys:
//!
//! ```python fine
//! class Row:
//!     def keys(self):
//!         return ["id"]
//!
//!
//! def look(row, name, table: dict[str, int]):
//!     if name in row.keys() or name in Row().keys():
//!         return table.keys()
//!     for key in table.keys():
//!         print(key, key in table.values())
//! ```

use hotlint_core::ast::{CmpOp, Expr, ExprCompare};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct InDictKeys;

impl Rule for InDictKeys {
    type On = ExprCompare;
    const COST: Cost = Cost::Constant("a view for one lookup: up to 2 times slower");

    fn check<'a>(compare: &'a ExprCompare, cx: &Cx<'a>) -> Option<Finding> {
        let ([CmpOp::In | CmpOp::NotIn], [haystack @ Expr::Call(call)]) =
            (&*compare.ops, &*compare.comparators)
        else {
            return None;
        };
        let method = call.func.as_attribute_expr()?;
        let dict = &*method.value;
        if method.attr.as_str() != "keys"
            || !call.arguments.is_empty()
            || !cx.is_mapping(&cx.ty(dict))
        {
            return None;
        }
        let name = cx.text(dict);
        let whole = cx.parenthesized(haystack);
        let tail = TextRange::new(dict.end(), whole.end());
        let finding = Finding::new(
            call,
            format!("`{name}.keys()` is made for one lookup that `{name}` answers itself"),
        )
        .label("makes a view")
        .help(format!("ask `{name}` itself"));
        if cx.has_comment(tail) || cx.has_comment(TextRange::new(whole.start(), dict.start())) {
            return Some(finding);
        }
        Some(finding.fix(Fix::safe(
            format!("Ask `{}` itself", name.lines().next().unwrap_or_default()),
            [Edit::replace(whole, cx.atom(dict))],
        )))
    }
}
