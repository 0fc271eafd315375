//! # `DataFrame.iterrows` in a loop
//!
//! `iterrows` makes a `Series` of every row: about 20 to 50 microseconds each, and one type for all columns. `itertuples` gives the
//! same rows as tuples in a microsecond or less, and an expression of whole columns computes all rows at once. `iterrows` is 10 times
//! slower than `itertuples` and 15 times slower than whole columns for 100 rows, 20 to 40 and over 400 times for 10,000, with pandas 2
//! and 3 on Python 3.9 to 3.13.
//!
//! ```python bad
//! import pandas as pd
//!
//!
//! def revenue(orders: pd.DataFrame):
//!     total = 0
//!     for _, order in orders.iterrows():
//!         total += order["price"] * order["amount"]
//!     return int(total)
//! ```
//!
//! ```python good
//! import pandas as pd
//!
//!
//! def revenue(orders: pd.DataFrame):
//!     return int((orders["price"] * orders["amount"]).sum())
//! ```
//!
//! ```python input
//! import pandas as pd
//! orders = pd.DataFrame({"price": range(n), "amount": range(n)}, dtype="int64")
//! revenue(orders)
//! ```
//!
//! ```python bad
//! import pandas as pd
//!
//!
//! def addresses(people: pd.DataFrame, valid):
//!     found, without = {}, 0
//!     for index, person in people.iterrows():
//!         if valid(person["email"]):
//!             found[index] = person["name"] + " <" + person["email"] + ">"
//!         else:
//!             without += 1
//!     return found, without
//! ```
//!
//! ```python good
//! import pandas as pd
//!
//!
//! def addresses(people: pd.DataFrame, valid):
//!     found, without = {}, 0
//!     for person in people.itertuples():
//!         if valid(person.email):
//!             found[person.Index] = person.name + " <" + person.email + ">"
//!         else:
//!             without += 1
//!     return found, without
//! ```
//!
//! ```python input
//! import pandas as pd
//! people = pd.DataFrame({"name": [str(i) for i in range(n)], "email": ["x"] * n})
//! addresses(people, bool)
//! ```
//!
//! ```python bad
//! import pandas as pd
//!
//!
//! def totals(orders: pd.DataFrame):
//!     for i, order in orders.iterrows():
//!         orders.at[i, "total"] = order["price"] * order["amount"]
//! ```
//!
//! ```python good
//! import pandas as pd
//!
//!
//! def totals(orders: pd.DataFrame):
//!     orders["total"] = orders["price"] * orders["amount"]
//! ```
//!
//! Where nothing is known of the receiver, the rule speaks up all the same in a file that imports pandas and has no method of that name
//! itself: no other library has one.
//!
//! Columns whose names are no names of Python have no field of that name in the tuples of `itertuples`; `zip(df["a b"], df["c"])` goes
//! over any.
//!
//! A few rows, one row, a method of one's own, rows that have to be a `Series`, and rows for each of which something outside is waited
//! for or something unknown is done, or which have more work behind them than a `Series` costs:
//!
//! ```python fine
//! import pandas as pd
//! import requests
//!
//!
//! def show(orders: pd.DataFrame, table, send):
//!     first = next(orders.iterrows())
//!     for index, order in orders.head(20).iterrows():
//!         table.append((index, order["price"]))
//!     for index, order in orders.iterrows():
//!         send(order["customer"])
//!     for index, order in orders.iterrows():
//!         table.append(order.rolling(3).mean())
//!     for index, order in orders.iterrows():
//!         requests.post("https://example.org/orders", json=order.to_dict())
//!     for index, order in orders.iterrows():
//!         print(index, order["price"])
//!     for index, order in orders.iterrows():
//!         table.append(orders.loc[orders["customer"] == order["customer"], "price"])
//!     return first
//! ```
//!
//! ```python fine
//! import pandas as pd
//!
//!
//! class Sheet:
//!     def __init__(self, frame: pd.DataFrame):
//!         self.frame = frame
//!
//!     def iterrows(self):
//!         return self.frame.itertuples()
//!
//!
//! def total(sheet, rows: Sheet):
//!     return sum(row.price for row in sheet.iterrows()) + sum(row.price for row in rows.iterrows())
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, ExprSubscript, Stmt};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{Array, Loop, RowUse, Size, Symbol};
use hotlint_core::text_size::Ranged;

pub struct PandasIterrows;

impl Rule for PandasIterrows {
    type On = ExprCall;
    const METHODS: &'static [&'static str] = &["iterrows"];
    const COST: Cost = Cost::Factor(
        "20-40 times slower than `itertuples`, 50-400 times slower than whole columns",
    );

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.has_frames()
    }

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let frame = &*call.func.as_attribute_expr()?.value;
        if !call.arguments.is_empty()
            || !cx.is_of(frame, Array::Frame, "iterrows")
            || cx.is_few_rows(frame)
        {
            return None;
        }
        let around = cx.loop_over(call)?;
        let row = around.target().and_then(last_name)?;
        let row = cx.symbol(row)?;
        let used = cx.row_use(row);
        if used.as_series || cx.talks_in(around) || cx.acts_in(around) || is_heavy(around, cx) {
            return None;
        }
        let help = help(frame, around, row, used, cx);
        // What the loop itself adds shows nothing.
        let size = match cx.array_size(frame) {
            Size::Seen(evidence) if around.header().contains_range(evidence.range) => Size::Unknown,
            size => size,
        };
        Some(
            Finding::new(
                call,
                format!("`{}` makes a Series of every row", cx.spelled(call)),
            )
            .label("tens of microseconds per row")
            .because(around.header(), "for each row of this loop")
            .sized(size, cx.text(frame))
            .help(help),
        )
    }
}

fn help<'a>(
    frame: &'a Expr,
    around: Loop<'a>,
    row: &Symbol<'a>,
    used: RowUse<'a>,
    cx: &Cx<'a>,
) -> String {
    let name = match frame {
        Expr::Name(_) | Expr::Attribute(_) => cx.text(frame),
        _ => "df",
    };
    if let Some(sum) = summed(name, around, row, cx) {
        return format!("compute it from whole columns: `{sum}`");
    }
    match used {
        RowUse { whole: true, .. } => format!(
            "`{name}.itertuples()` gives the rows as tuples, `{name}.to_dict(\"records\")` as dicts"
        ),
        RowUse { columns, .. } => match columns.as_slice() {
            [] => format!("the rows are not read: iterate over `{name}.index`"),
            [column] => format!("iterate over the column: `for value in {name}[\"{column}\"]`"),
            [first, .., last] => format!(
                "compute with whole columns, as in `{name}[\"{first}\"]`, or iterate over `{name}.itertuples()` and read `row.{last}`"
            ),
        },
    }
}

/// `(df["a"] * df["b"]).sum()`, if that is all that the loop is about.
fn summed<'a>(name: &str, around: Loop<'a>, row: &Symbol<'a>, cx: &Cx<'a>) -> Option<String> {
    let Loop::For(stmt) = around else {
        return None;
    };
    let [Stmt::AugAssign(sum)] = stmt.body.as_slice() else {
        return None;
    };
    let is_leaf =
        |expr: &'a Expr| cx.column_of(expr, row).is_some() || cx.is_setting_of(expr, around);
    if !sum.op.is_add() || !cx.is_elementwise(&sum.value, &is_leaf) {
        return None;
    }
    let columns = cx.with_columns(&sum.value, row, name)?;
    Some(match &*sum.value {
        Expr::Subscript(_) | Expr::Attribute(_) => format!("{columns}.sum()"),
        _ => format!("({columns}).sum()"),
    })
}

/// The last name of a target: the row of `_, row` and of `i, (_, row)`.
fn last_name(target: &Expr) -> Option<&Expr> {
    match target {
        Expr::Name(_) => None,
        Expr::Tuple(tuple) => match tuple.elts.last()? {
            name @ Expr::Name(_) => Some(name),
            inner => last_name(inner),
        },
        _ => None,
    }
}

/// Whether each row has more work behind it than a `Series` costs: another loop that calls something, or cells of frames.
fn is_heavy<'a>(around: Loop<'a>, cx: &Cx<'a>) -> bool {
    cx.tree.descendants(around.node()).any(|node| match node {
        AnyNodeRef::StmtFor(inner) => {
            inner.range() != around.range()
                && around.repeats(inner)
                && cx.tree.descendants(inner).any(|node| match node {
                    AnyNodeRef::ExprCall(call) => cx.name(&*call.func).is_none(),
                    _ => false,
                })
        }
        AnyNodeRef::ExprSubscript(item) => {
            around.repeats(item)
                && matches!(&*item.value, Expr::Attribute(indexer)
                    if matches!(indexer.attr.as_str(), "loc" | "iloc" | "at" | "iat"))
                && !is_own_cell(item, around, cx)
        }
        _ => false,
    })
}

/// `df.at[index, "total"]`: a cell of the row at hand.
fn is_own_cell<'a>(item: &'a ExprSubscript, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let Expr::Tuple(pair) = &*item.slice else {
        return false;
    };
    let row = pair.elts.first().and_then(Expr::as_name_expr);
    let row = row.and_then(|row| cx.symbol(row));
    row.is_some_and(|row| around.target().is_some_and(|target| binds(target, row, cx)))
}

fn binds<'a>(target: &'a Expr, symbol: &Symbol<'a>, cx: &Cx<'a>) -> bool {
    match target {
        Expr::Tuple(tuple) => tuple.elts.iter().any(|part| binds(part, symbol, cx)),
        target => cx.binds(target, symbol),
    }
}
