//! # `apply` with a function of every row
//!
//! `df.apply(f, axis=1)` makes a `Series` of every row and calls `f` with it. Where `f` only computes, the same operators work on whole
//! columns: 5 times faster for 100 rows, 34 to 41 times for 1,000, about 150 times for 10,000, with pandas 2 and 3 on Python 3.9 to
//! 3.13. `series.apply(f)` and `series.map(f)` make no `Series`, but call `f` for every value: operators pay from a thousand values on,
//! and conditions only much later, so that the rule leaves those alone.
//!
//! ```python bad
//! import pandas as pd
//!
//!
//! def totals(orders: pd.DataFrame):
//!     return orders.apply(lambda order: order["price"] * order["amount"] + 5, axis=1)
//! ```
//!
//! ```python good
//! import pandas as pd
//!
//!
//! def totals(orders: pd.DataFrame):
//!     return orders["price"] * orders["amount"] + 5
//! ```
//!
//! ```python input
//! import pandas as pd
//! orders = pd.DataFrame({"price": range(n + 1), "amount": range(n + 1)}, dtype="int64")
//! totals(orders)
//! ```
//!
//! ```python bad
//! import pandas as pd
//!
//!
//! def scaled(prices: pd.Series):
//!     return prices.apply(lambda price: price * 3 + 1)
//! ```
//!
//! ```python good
//! import pandas as pd
//!
//!
//! def scaled(prices: pd.Series):
//!     return prices * 3 + 1
//! ```
//!
//! ```python input
//! import pandas as pd
//! prices = pd.Series(range(n), dtype="int64")
//! scaled(prices)
//! ```
//!
//! ```python bad
//! import pandas as pd
//!
//!
//! def grade(row):
//!     if row["points"] > 90:
//!         return "A"
//!     return "B"
//!
//!
//! def grades(results: pd.DataFrame):
//!     return results.apply(grade, axis="columns")
//! ```
//!
//! ```python good
//! import numpy as np
//! import pandas as pd
//!
//!
//! def grades(results: pd.DataFrame):
//!     return np.where(results["points"] > 90, "A", "B")
//! ```
//!
//! Where nothing is known of the receiver, `.apply(..., axis=1)` is taken for that of a frame in a file that imports pandas, if no
//! class there has such a method.
//!
//! Functions that do more than compute, functions of whole columns, and methods for text, which are no faster than a function:
//!
//! ```python fine
//! import numpy as np
//! import pandas as pd
//!
//!
//! def cleaned(people: pd.DataFrame, parse, lookup):
//!     people["name"] = people["name"].apply(lambda name: name.strip().title())
//!     people["born"] = people["born"].map(lambda text: parse(text))
//!     people["root"] = people["size"].apply(np.sqrt)
//!     people["capped"] = people["size"].apply(lambda size: 10 if size > 10 else size)
//!     people["label"] = people.apply(lambda row: f"{row['name']} ({row['born']})", axis=1)
//!     people["rate"] = people.apply(lambda row: lookup(row["name"], row["born"]), axis=1)
//!     spread = people[["size", "weight"]].apply(lambda column: column.max() - column.min())
//!     colours = people.style.apply(lambda row: row["size"] * 2, axis=1)
//!     return spread, colours
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, ExprRef, Number};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{Array, Formula};

pub struct PandasApplyAxis1;

impl Rule for PandasApplyAxis1 {
    type On = ExprCall;
    const METHODS: &'static [&'static str] = &["apply", "map"];
    const COST: Cost =
        Cost::Factor("5 times slower than whole columns for 100 rows, 150 times for 10,000");

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.has_frames()
    }

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let function = call.arguments.args.first()?;
        if !matches!(function, Expr::Lambda(_) | Expr::Name(_)) {
            return None;
        }
        let method = call.func.as_attribute_expr()?;
        let of_rows = method.attr.as_str() == "apply" && by_rows(call);
        let is_wanted = match of_rows {
            true => cx.is_of(&method.value, Array::Frame, "apply") && !is_style(&method.value),
            false => call.arguments.len() == 1 && cx.array(&method.value) == Some(Array::Series),
        };
        if !is_wanted || cx.is_few_rows(&method.value) {
            return None;
        }
        let formula = cx.formula(function)?;
        if !of_rows && chooses(&formula, cx) {
            return None;
        }
        let parameter = cx.parameter(&formula)?;
        let is_leaf = |expr: &'a Expr| match of_rows {
            true => cx.column_of(expr, parameter).is_some(),
            false => cx.is_parameter_of(expr, &formula),
        };
        if !cx.is_elementwise_formula(&formula, &is_leaf) {
            return None;
        }
        let (each, whole) = match of_rows {
            true => ("row", "columns"),
            false => ("value", "the whole column"),
        };
        let finding = Finding::new(
            call,
            format!(
                "`{}` calls a Python function for every {each}",
                cx.spelled(call)
            ),
        )
        .label(match of_rows {
            true => "makes a Series of each row",
            false => "takes the values one by one",
        });
        let finding = match of_rows {
            true => finding,
            false => finding
                .cost("3 times slower than the whole column for 1,000 values, 20 times for 10,000"),
        };
        let finding = finding.sized(cx.array_size(&method.value), cx.text(&*method.value));
        Some(finding.help(help(method.value.as_ref(), &formula, whole, cx)))
    }
}

fn help<'a>(receiver: &'a Expr, formula: &Formula<'a>, whole: &str, cx: &Cx<'a>) -> String {
    let text = cx.text(receiver);
    if let ([only], Some(parameter)) = (formula.parts.as_slice(), cx.parameter(formula))
        && matches!(
            receiver,
            Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_)
        )
        && let Some(columns) = cx.with_columns(only, parameter, text)
    {
        return format!("compute with {whole}: `{columns}`");
    }
    match chooses(formula, cx) {
        true => format!("compute with {whole}, and choose with `np.where` or `np.select`"),
        false => format!("the same operators and NumPy functions take {whole}"),
    }
}

/// Whether a formula gives one thing or another.
fn chooses<'a>(formula: &Formula<'a>, cx: &Cx<'a>) -> bool {
    let choice = |part: &&'a Expr| {
        let inside = AnyNodeRef::from(ExprRef::from(*part));
        let mut nodes = cx.tree.descendants(inside);
        nodes.any(|node| node.is_expr_if() || node.is_expr_bool_op())
    };
    formula.parts.len() > 1 || formula.parts.iter().any(choice)
}

/// `axis=1`, `axis="columns"`
fn by_rows(call: &ExprCall) -> bool {
    match call.arguments.find_argument_value("axis", 1) {
        Some(Expr::NumberLiteral(number)) => {
            matches!(&number.value, Number::Int(int) if int.as_u8() == Some(1))
        }
        Some(Expr::StringLiteral(text)) => text.value.to_str() == "columns",
        _ => false,
    }
}

/// `df.style`, and what its methods give: colours for a table that somebody looks at.
fn is_style(receiver: &Expr) -> bool {
    match receiver {
        Expr::Attribute(attribute) => {
            attribute.attr.as_str() == "style" || is_style(&attribute.value)
        }
        Expr::Call(call) => is_style(&call.func),
        _ => false,
    }
}
