//! # `.seconds` of a time difference compared with a limit
//!
//! `timedelta.seconds` leaves the days out: it is what is left after them, from 0 to 86,399. An age of a day and a second has `.seconds`
//! of 1, so that an entry of a cache that has long expired is taken for fresh; and a difference that is negative has more than 80,000.
//! `.total_seconds()` is the whole.
//!
//! ```python bad
//! from datetime import datetime
//!
//!
//! def is_fresh(stored: datetime, limit: int):
//!     return (datetime.now() - stored).seconds < limit
//! ```
//!
//! ```python good
//! from datetime import datetime
//!
//!
//! def is_fresh(stored: datetime, limit: int):
//!     return (datetime.now() - stored).total_seconds() < limit
//! ```
//!
//! Where the days are looked at as well, nothing is compared, or a loop waits for the limit and sees it passed within the day:
//!
//! ```python fine
//! from datetime import datetime, timedelta
//!
//!
//! def told(d: timedelta, limit, other):
//!     hours, rest = divmod(d.seconds, 3600)
//!     if d.days == 0 and d.seconds < limit:
//!         return "today"
//!     if other.seconds < limit:
//!         return "other"
//!     return f"{d.days}d {hours}h {rest // 60}m"
//!
//!
//! def wait(ready, pause, timeout):
//!     start = datetime.now()
//!     while not ready():
//!         if (datetime.now() - start).seconds > timeout:
//!             raise TimeoutError
//!         pause()
//! ```
//!
//! The fix is unsafe: that is the point of it.

use hotlint_core::ast::{AnyNodeRef, CmpOp, Expr, ExprAttribute, Operator};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Binding, ScopeKind, function_around};

pub struct TimedeltaSecondsTtl;

impl Rule for TimedeltaSecondsTtl {
    type On = ExprAttribute;
    const COST: Cost = Cost::Broken("starts anew after each day");
    const METHODS: &'static [&'static str] = &["seconds"];

    fn check<'a>(attribute: &'a ExprAttribute, cx: &Cx<'a>) -> Option<Finding> {
        if attribute.attr.as_str() != "seconds" || !attribute.ctx.is_load() {
            return None;
        }
        let AnyNodeRef::ExprCompare(compare) = cx.tree.parent(attribute)? else {
            return None;
        };
        let ordered = compare
            .ops
            .iter()
            .all(|op| matches!(op, CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE));
        if !ordered
            || !is_difference(&attribute.value, cx)
            || looks_at_days(attribute, cx)
            || is_polled(&attribute.value, cx)
        {
            return None;
        }
        let title = "Replace with `.total_seconds()`";
        Some(
            Finding::new(
                attribute,
                "`.seconds` leaves the days of the difference out, and starts anew after each",
            )
            .label("0 again after 24 hours")
            .help("`.total_seconds()` is the whole difference")
            .fix(Fix::unsafe_(
                title,
                "differences of a day or more, and negative ones, compare as what they are",
                [Edit::replace(&attribute.attr, "total_seconds()")],
            )),
        )
    }
}

/// Whether an expression is a `timedelta`: by its type, or because a datetime is taken from or away, which has no `.seconds` itself.
fn is_difference<'a>(value: &'a Expr, cx: &Cx<'a>) -> bool {
    let is = |expr: &'a Expr, class: &str| cx.ty(expr).class_name().as_deref() == Some(class);
    if is(value, "datetime.timedelta") {
        return true;
    }
    let difference = match value {
        Expr::Name(_) => cx.only_value(value),
        value => Some(value),
    };
    match difference {
        Some(Expr::BinOp(op)) => {
            op.op == Operator::Sub
                && (is(&op.left, "datetime.datetime") || is(&op.right, "datetime.datetime"))
        }
        _ => false,
    }
}

/// Whether a loop waits for the difference to grow, from a time that the same function took: it sees the limit passed long before a day
/// is over.
fn is_polled<'a>(value: &'a Expr, cx: &Cx<'a>) -> bool {
    let difference = match value {
        Expr::Name(_) => cx.only_value(value),
        value => Some(value),
    };
    let Some(Expr::BinOp(difference)) = difference else {
        return false;
    };
    let Expr::Name(then) = &*difference.right else {
        return false;
    };
    let taken_here = cx.symbol(then).is_some_and(|symbol| {
        cx.tree.scope(symbol.scope).kind == ScopeKind::Function
            && !symbol.shared
            && cx
                .bindings(symbol)
                .all(|binding| matches!(binding, Binding::Assign(_) | Binding::Annotated(_)))
    });
    let around = || {
        cx.tree
            .ancestors(value)
            .take_while(|outer| !outer.is_stmt_function_def())
            .any(|outer| outer.is_stmt_while())
    };
    taken_here && around()
}

fn looks_at_days<'a>(attribute: &'a ExprAttribute, cx: &Cx<'a>) -> bool {
    let Some(def) = function_around(&cx.tree, attribute) else {
        return false;
    };
    cx.tree.descendants(def).any(|node| match node {
        AnyNodeRef::ExprAttribute(other) => {
            other.attr.as_str() == "days" && cx.text(&*other.value) == cx.text(&*attribute.value)
        }
        _ => false,
    })
}
