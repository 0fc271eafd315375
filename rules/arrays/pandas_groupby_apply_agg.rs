//! # A function of every group for what groups compute themselves
//!
//! `groupby(...).apply(lambda g: g["x"].sum())` cuts out a frame for every group and calls a Python function with it. `sum`, `mean`,
//! `size` and their kin of the groups go over all rows once: 3 times faster for 30 groups, 11 to 13 times for 300, 50 times for 3,000,
//! with pandas 2 and 3.
//!
//! ```python bad
//! import pandas as pd
//!
//!
//! def revenue(orders: pd.DataFrame):
//!     return orders.groupby("customer")["price"].agg(lambda prices: prices.sum()).tolist()
//! ```
//!
//! ```python good
//! import pandas as pd
//!
//!
//! def revenue(orders: pd.DataFrame):
//!     return orders.groupby("customer")["price"].sum().tolist()
//! ```
//!
//! ```python input
//! import pandas as pd
//! orders = pd.DataFrame({"customer": [i // 3 for i in range(n)], "price": range(n)}, dtype="int64")
//! revenue(orders)
//! ```
//!
//! ```python bad
//! import pandas as pd
//!
//!
//! def mean_prices(path):
//!     orders = pd.read_csv(path)
//!     return orders.groupby("customer").apply(lambda group: group["price"].mean())
//! ```
//!
//! ```python good
//! import pandas as pd
//!
//!
//! def mean_prices(path):
//!     orders = pd.read_csv(path)
//!     return orders.groupby("customer")["price"].mean()
//! ```
//!
//! ```python bad
//! import pandas as pd
//!
//!
//! def centred(orders: pd.DataFrame):
//!     return orders.groupby("customer")["price"].transform(lambda prices: prices - prices.mean())
//! ```
//!
//! ```python good
//! import pandas as pd
//!
//!
//! def centred(orders: pd.DataFrame):
//!     return orders["price"] - orders.groupby("customer")["price"].transform("mean")
//! ```
//!
//! What groups do not compute themselves:
//!
//! ```python fine
//! import pandas as pd
//!
//!
//! def fitted(orders: pd.DataFrame, model, groups):
//!     firsts = orders.groupby("customer").apply(lambda group: group.sort_values("date").iloc[0])
//!     models = orders.groupby("customer").apply(lambda group: model(group))
//!     names = orders.groupby("customer")["name"].agg(lambda names: ", ".join(names))
//!     totals = orders.groupby("customer")["price"].agg("sum")
//!     return firsts, models, names, totals, groups.apply(lambda group: group.sum())
//! ```

use hotlint_core::ast::{Expr, ExprCall, ExprLambda};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{Array, plain_parameters};

pub struct PandasGroupbyApplyAgg;

/// What groups compute themselves, by the name that a `Series` has for it.
const REDUCES: &[&str] = &[
    "all", "any", "count", "cumcount", "cumsum", "first", "last", "max", "mean", "median", "min",
    "nunique", "prod", "quantile", "sem", "size", "std", "sum", "var",
];

impl Rule for PandasGroupbyApplyAgg {
    type On = ExprCall;
    const METHODS: &'static [&'static str] = &["apply", "agg", "aggregate", "transform"];
    const COST: Cost = Cost::Factor("3 times slower for 30 groups, 50 times for 3,000");

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.has_frames()
    }

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let Some(Expr::Lambda(lambda)) = call.arguments.args.first() else {
            return None;
        };
        let method = call.func.as_attribute_expr()?;
        if call.arguments.args.len() != 1 {
            return None;
        }
        let frame = grouped(&method.value, cx)?;
        let found = Found::of(lambda)?;
        let groups = match cx.text(&*method.value) {
            text if text.len() <= 60 && !text.contains('\n') => text.to_owned(),
            _ => "groups".to_owned(),
        };
        let transforms = method.attr.as_str() == "transform";
        let help = match found {
            Found::Size => format!("the groups count themselves: `{groups}.size()`"),
            Found::One(column, name) if transforms => {
                format!("name it: `{}.transform(\"{name}\")`", column_of(column, &groups))
            }
            Found::One(column, name) => {
                format!("the groups compute it themselves: `{}.{name}()`", column_of(column, &groups))
            }
            Found::Several if transforms => {
                "compute the parts for all rows, as in `groups.transform(\"mean\")`, and combine whole columns".to_owned()
            }
            Found::Several => {
                "compute whole columns first, then let the groups aggregate them, and combine the results".to_owned()
            }
        };
        Some(
            Finding::new(
                call,
                format!(
                    "`{}` calls a Python function for every group",
                    cx.spelled(call)
                ),
            )
            .label("cuts out each group")
            .sized(cx.array_size(frame), cx.text(frame))
            .help(help),
        )
    }
}

/// What a lambda computes of a group.
enum Found<'a> {
    /// `len(g)`
    Size,
    /// `g["column"].sum()`, `g.sum()`
    One(&'a str, &'a str),
    /// Sums, differences and the like of such.
    Several,
}

impl<'a> Found<'a> {
    fn of(lambda: &'a ExprLambda) -> Option<Self> {
        let names = plain_parameters(lambda)?;
        let [group] = names.as_slice() else {
            return None;
        };
        if let Expr::Call(call) = &*lambda.body {
            let is_len = matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "len");
            if is_len
                && matches!(call.arguments.args.first(), Some(Expr::Name(name)) if name.id.as_str() == *group)
            {
                return Some(Found::Size);
            }
            if let Some((of, name)) = reduction(call)
                && let Some(column) = column(of, group)
            {
                return Some(Found::One(column, name));
            }
        }
        (is_computed(&lambda.body, group) && has_reduction(&lambda.body)).then_some(Found::Several)
    }
}

/// `x.sum()`: the `x` and the `sum`.
fn reduction(call: &ExprCall) -> Option<(&Expr, &str)> {
    let method = call.func.as_attribute_expr()?;
    let name = method.attr.as_str();
    let plain =
        call.arguments.keywords.is_empty() && call.arguments.args.iter().all(Expr::is_literal_expr);
    (plain && REDUCES.contains(&name)).then_some((&*method.value, name))
}

/// The column of a group: empty for the group itself.
fn column<'a>(expr: &'a Expr, group: &str) -> Option<&'a str> {
    let is_group = |expr: &Expr| matches!(expr, Expr::Name(name) if name.id.as_str() == group);
    match expr {
        Expr::Name(_) if is_group(expr) => Some(""),
        Expr::Subscript(item) if is_group(&item.value) => match &*item.slice {
            Expr::StringLiteral(key) => Some(key.value.to_str()),
            _ => None,
        },
        Expr::Attribute(attribute) if is_group(&attribute.value) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// Whether an expression is made of columns of the group, what they reduce to, constants and operators.
fn is_computed(expr: &Expr, group: &str) -> bool {
    match expr {
        Expr::NumberLiteral(_) => true,
        Expr::BinOp(op) => is_computed(&op.left, group) && is_computed(&op.right, group),
        Expr::UnaryOp(op) => is_computed(&op.operand, group),
        Expr::Compare(compare) => {
            is_computed(&compare.left, group)
                && compare
                    .comparators
                    .iter()
                    .all(|side| is_computed(side, group))
        }
        Expr::Call(call) => reduction(call).is_some_and(|(of, _)| is_computed(of, group)),
        other => column(other, group).is_some(),
    }
}

fn has_reduction(expr: &Expr) -> bool {
    match expr {
        Expr::BinOp(op) => has_reduction(&op.left) || has_reduction(&op.right),
        Expr::UnaryOp(op) => has_reduction(&op.operand),
        Expr::Compare(compare) => {
            has_reduction(&compare.left) || compare.comparators.iter().any(has_reduction)
        }
        Expr::Call(call) => reduction(call).is_some(),
        _ => false,
    }
}

fn column_of(column: &str, groups: &str) -> String {
    match column {
        "" => groups.to_owned(),
        column => format!("{groups}[\"{column}\"]"),
    }
}

/// The frame or column of which an expression gives groups.
fn grouped<'a>(expr: &'a Expr, cx: &Cx<'a>) -> Option<&'a Expr> {
    if !cx.imports("pandas") {
        return None;
    }
    match expr {
        Expr::Subscript(item) => grouped(&item.value, cx),
        Expr::Call(call) => {
            let method = call.func.as_attribute_expr()?;
            let groups = method.attr.as_str() == "groupby"
                && (cx.array(&method.value) == Some(Array::Series)
                    || cx.is_of(&method.value, Array::Frame, "groupby"));
            groups.then_some(&*method.value)
        }
        Expr::Name(_) => grouped(cx.only_value(expr)?, cx),
        Expr::Attribute(attribute) if attribute.value.is_call_expr() => {
            grouped(&attribute.value, cx)
        }
        _ => None,
    }
}
