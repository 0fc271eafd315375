//! # Cells of a frame one by one
//!
//! `df.loc[i, "price"]`, `df.iloc[i]`, `df.at[i, "price"]` and `series[i]` look a cell up through indexers, labels and types: 5 to 100
//! microseconds each. Over all rows, whole columns are 20 times faster for 100 rows, over 80 times for 1,000, about 700
//! times for 10,000, with pandas 2 and 3 on Python 3.9 to 3.13.
//!
//! ```python bad
//! import pandas as pd
//!
//!
//! def changes(prices: pd.DataFrame):
//!     found = []
//!     for i in range(len(prices)):
//!         found += [int(prices.iloc[i]["close"] - prices.iloc[i]["open"])]
//!     return found
//! ```
//!
//! ```python good
//! import pandas as pd
//!
//!
//! def changes(prices: pd.DataFrame):
//!     return (prices["close"] - prices["open"]).tolist()
//! ```
//!
//! ```python input
//! import pandas as pd
//! prices = pd.DataFrame({"open": range(n), "close": range(n)}, dtype="int64")
//! changes(prices)
//! ```
//!
//! ```python bad
//! import pandas as pd
//!
//!
//! def taxed(orders: pd.DataFrame, rate):
//!     for i in orders.index:
//!         orders.at[i, "tax"] = orders.at[i, "price"] * rate
//!     return orders["tax"].tolist()
//! ```
//!
//! ```python good
//! import pandas as pd
//!
//!
//! def taxed(orders: pd.DataFrame, rate):
//!     orders["tax"] = orders["price"] * rate
//!     return orders["tax"].tolist()
//! ```
//!
//! Where a row depends on the one before, take the values out first, `prices = df["price"].to_numpy()` or `.tolist()`, and put the
//! result back as a whole column.
//!
//! A few cells, cells of some rows, slices, and columns:
//!
//! ```python fine
//! import pandas as pd
//!
//!
//! def corrected(table: pd.DataFrame, fixes: dict, groups):
//!     for key, value in fixes.items():
//!         table.loc[key, "price"] = value
//!     for start in range(0, len(table), 100):
//!         yield table.iloc[start : start + 100]
//!     for column in table.columns:
//!         yield table.loc[:, column]
//!     for i in range(3):
//!         yield table.iloc[i]["price"]
//!     for i in range(len(table)):
//!         near = [i, i + 1]
//!         yield table.loc[near]
//!     for group in groups:
//!         yield group.iloc[0]["price"], table.loc[table["group"] == group, "price"]
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprSubscript};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::{Array, Loop};
use hotlint_core::text_size::Ranged;

pub struct PandasScalarAccessInLoop;

impl Rule for PandasScalarAccessInLoop {
    type On = InLoop<ExprSubscript>;
    const COST: Cost =
        Cost::Factor("20 times slower than whole columns for 100 rows, 700 times for 10,000");

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.has_frames()
    }

    fn check<'a>(item: &'a ExprSubscript, cx: &Cx<'a>) -> Option<Finding> {
        let frame = accessed(item, cx)?;
        let around = over_all_rows(item, frame, cx)?;
        if told_before(item, around, cx) || cx.talks_in(around) {
            return None;
        }
        let name = cx.text(frame);
        let spelled = cx.text(item);
        let help = if item.ctx.is_load() {
            format!(
                "compute with whole columns of `{name}`; where a row needs the one before, take the values out first with `.to_numpy()`"
            )
        } else {
            format!(
                "compute the whole column, or gather its values in a list, and assign it to `{name}` once"
            )
        };
        let message = match spelled.len() > 60 || spelled.contains('\n') {
            true => format!("cells of `{name}` are looked up one by one"),
            false => format!("`{spelled}` looks up one cell or row at a time"),
        };
        Some(
            Finding::new(item, message)
                .label("goes through indexers and labels each time")
                .because(around.header(), "for each row of this loop")
                .sized(cx.array_size(frame), name)
                .help(help),
        )
    }
}

/// The frame of which one cell or row is looked up: `df.loc[i, "a"]`, `df["a"][i]`.
fn accessed<'a>(item: &'a ExprSubscript, cx: &Cx<'a>) -> Option<&'a Expr> {
    let key = match &*item.slice {
        Expr::Tuple(pair) => match pair.elts.as_slice() {
            [row, column] if !column.is_slice_expr() => row,
            _ => return None,
        },
        key => key,
    };
    // One row: a name, or a row beside it.
    if !matches!(key, Expr::Name(_) | Expr::BinOp(_)) {
        return None;
    }
    match &*item.value {
        Expr::Attribute(indexer) => {
            let kind = indexer.attr.as_str();
            if !matches!(kind, "loc" | "iloc" | "at" | "iat") {
                return None;
            }
            let frame = &*indexer.value;
            (cx.array(frame) == Some(Array::Series) || cx.is_of(frame, Array::Frame, kind))
                .then_some(frame)
        }
        series @ (Expr::Subscript(_) | Expr::Name(_)) => (!item.slice.is_tuple_expr()
            && cx.array(series) == Some(Array::Series))
        .then_some(series),
        _ => None,
    }
}

/// The loop that goes over all rows of the frame and binds the key.
fn over_all_rows<'a>(item: &'a ExprSubscript, frame: &'a Expr, cx: &Cx<'a>) -> Option<Loop<'a>> {
    let base = root(frame);
    cx.loops(item).into_iter().find(|around| {
        let iter = around.iter();
        // By their labels, tables of a few results are read as well: rows and cells of fixed columns are data.
        iter.is_some_and(|iter| goes_over(iter, base, cx))
            && (is_named_cell(item) || !iter.is_some_and(Expr::is_attribute_expr))
            && is_its_position(&item.slice, *around, cx)
    })
}

/// Whether a key is what the loop binds, or a step beside it: `i`, `i - 1`.
fn is_its_position<'a>(key: &'a Expr, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let key = match key {
        Expr::Tuple(pair) => pair.elts.first().unwrap_or(key),
        key => key,
    };
    let key = match key {
        Expr::BinOp(step) => &step.left,
        key => key,
    };
    let Some(symbol) = key.as_name_expr().and_then(|name| cx.symbol(name)) else {
        return false;
    };
    around.target().is_some_and(|target| match target {
        Expr::Tuple(tuple) => tuple.elts.iter().any(|part| cx.binds(part, symbol)),
        target => cx.binds(target, symbol),
    })
}

/// `df.at[i, "price"]`, `df["price"][i]`, `df["price"].loc[i]`
fn is_named_cell(item: &ExprSubscript) -> bool {
    let by_name = |expr: &Expr| matches!(expr, Expr::Subscript(column) if column.slice.is_string_literal_expr());
    match (&*item.slice, &*item.value) {
        (Expr::Tuple(pair), _) => pair.elts.last().is_some_and(Expr::is_string_literal_expr),
        (_, Expr::Attribute(indexer)) => by_name(&indexer.value),
        (_, column) => by_name(column),
    }
}

/// Whether an iterable is the index of a frame, or the range of its positions.
fn goes_over<'a>(iter: &'a Expr, base: &'a Expr, cx: &Cx<'a>) -> bool {
    match iter {
        Expr::Call(call) if cx.is(&*call.func, "builtins.range") => {
            let args = &call.arguments.args;
            let last = match args.len() {
                1 => args.first(),
                2 => args.get(1),
                _ => None,
            };
            last.is_some_and(|last| counts(last, base, cx))
        }
        Expr::Call(call) if cx.is(&*call.func, "builtins.enumerate") || is_progress(&call.func) => {
            let first = call.arguments.args.first();
            first.is_some_and(|first| goes_over(first, base, cx))
        }
        Expr::Attribute(index) => {
            index.attr.as_str() == "index" && cx.same_place(whole(&index.value), base)
        }
        _ => false,
    }
}

/// Whether a number is that of the rows: `len(df)`, `df.shape[0]`, one less, or a name for it.
fn counts<'a>(number: &'a Expr, base: &'a Expr, cx: &Cx<'a>) -> bool {
    let number = cx.only_value(number).unwrap_or(number);
    match number {
        Expr::BinOp(op) => counts(&op.left, base, cx),
        Expr::Call(call) => {
            let first = call.arguments.args.first();
            cx.is(&*call.func, "builtins.len")
                && first.is_some_and(|first| cx.same_place(whole(first), base))
        }
        Expr::Subscript(shape) => match &*shape.value {
            Expr::Attribute(attribute) => {
                attribute.attr.as_str() == "shape" && cx.same_place(whole(&attribute.value), base)
            }
            _ => false,
        },
        _ => false,
    }
}

/// The frame that a column or an index is of.
fn root(expr: &Expr) -> &Expr {
    match expr {
        Expr::Subscript(item)
            if item.slice.is_string_literal_expr() || item.slice.is_name_expr() =>
        {
            root(&item.value)
        }
        Expr::Attribute(part) if part.attr.as_str() == "index" => root(&part.value),
        other => other,
    }
}

/// The same of what is counted or gone over: a name in brackets may be a mask there.
fn whole(expr: &Expr) -> &Expr {
    match expr {
        Expr::Subscript(item) if item.slice.is_string_literal_expr() => whole(&item.value),
        Expr::Attribute(part) if part.attr.as_str() == "index" => whole(&part.value),
        other => other,
    }
}

fn is_progress(function: &Expr) -> bool {
    function
        .as_name_expr()
        .is_some_and(|name| name.id.as_str() == "tqdm")
}

/// Whether the loop looks up another cell further up: one of them is told.
fn told_before<'a>(item: &'a ExprSubscript, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    cx.tree.descendants(around.node()).any(|node| match node {
        AnyNodeRef::ExprSubscript(other) => {
            other.start() < item.start()
                && around.repeats(other)
                && accessed(other, cx).is_some_and(|frame| {
                    over_all_rows(other, frame, cx).is_some_and(|its| its.range() == around.range())
                })
        }
        _ => false,
    })
}
