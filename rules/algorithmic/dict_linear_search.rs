//! # A dictionary searched for a key by looping over it
//!
//! `for key in table: if key == wanted: ...` compares all keys, one after the other: O(n). A dictionary finds a key by its hash, in the
//! same time however many there are.
//!
//! ```python bad
//! def price_of(prices: dict[str, float], wanted: str):
//!     for name, price in prices.items():
//!         if name == wanted:
//!             return price
//!     return None
//! ```
//!
//! ```python good
//! def price_of(prices: dict[str, float], wanted: str):
//!     if wanted in prices:
//!         return prices[wanted]
//!     return None
//! ```
//!
//! ```python input
//! price_of({str(i): i for i in range(n)}, str(n - 1))
//! ```
//!
//! ```python bad
//! def rows_of(rows, table: dict[int, list]):
//!     return [group for row in rows for key, group in table.items() if key == row]
//! ```
//!
//! ```python good
//! def rows_of(rows, table: dict[int, list]):
//!     return [table[row] for row in rows if row in table]
//! ```
//!
//! ```python input
//! rows_of(list(range(n)), {i * 2: [i] for i in range(n)})
//! ```
//!
//! A search for a value, for a part of the key, among a few keys, or with something to do for the others as well:
//!
//! ```python fine
//! def look(prices: dict[str, float], wanted: str, limit: float):
//!     signs = {"+": 1, "-": -1}
//!     for name, price in prices.items():
//!         if price == limit:
//!             return name
//!     for name, price in prices.items():
//!         if name.lower() == wanted:
//!             return price
//!     for name, sign in signs.items():
//!         if name == wanted:
//!             return sign
//!     for name, price in prices.items():
//!         if name == wanted:
//!             return price
//!         print(price)
//! ```
//!
//! An equal key that is of use itself:
//!
//! ```python fine
//! def spelled(prices: dict[str, float], wanted: str):
//!     for name in prices:
//!         if name == wanted:
//!             return name
//! ```

use hotlint_core::ast::{AnyNodeRef, CmpOp, Expr, ExprCompare, ExprName, Stmt, StmtFor};
use hotlint_core::lint::{AnyFor, Cost, Cx, Finding, Rule};
use hotlint_core::python::{Loop, WRITTEN_OUT};
use hotlint_core::text_size::Ranged;

pub struct DictLinearSearch;

impl Rule for DictLinearSearch {
    type On = AnyFor;
    const COST: Cost = Cost::Growth("O(n)", "O(1)");

    fn check<'a>(around: Loop<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let test = only_test(around)?;
        let (dict, keys) = searched(around)?;
        let (Expr::Compare(compare), Expr::Name(key)) = (test, keys) else {
            return None;
        };
        let wanted = other_side(compare, key, cx)?;
        if !cx.ty(dict).without_none().is_dict()
            || cx.known_length(dict).is_some_and(|n| n < WRITTEN_OUT)
            || cx.is_unhashable(&cx.ty(wanted))
            || cx.varies(wanted, around)
            || uses_key(key, compare, dict, around, cx)
        {
            return None;
        }
        let (name, wanted) = (cx.text(dict), cx.text(wanted));
        Some(
            Finding::new(
                around.header(),
                format!(
                    "this loop looks for the key `{wanted}` in `{name}` by comparing all of them"
                ),
            )
            .label("goes over the whole dictionary")
            .because(compare, "only one key can pass")
            .sized(cx.size(dict), name)
            .help(format!(
                "ask the dictionary: `if {wanted} in {name}`, then `{name}[{wanted}]`"
            )),
        )
    }
}

/// Whether anything but the comparison and `dict[key]` uses the key: an equal key need not be the same object.
fn uses_key<'a>(
    key: &'a ExprName,
    compare: &'a ExprCompare,
    dict: &'a Expr,
    around: Loop<'a>,
    cx: &Cx<'a>,
) -> bool {
    let Some(symbol) = cx.symbol(key) else {
        return true;
    };
    cx.reads(symbol)
        .filter(|read| !compare.range().contains_range(read.range()))
        .any(|read| {
            let looked_up = matches!(cx.tree.parent(read), Some(AnyNodeRef::ExprSubscript(item))
                if item.slice.range() == read.range() && cx.same_place(&item.value, dict));
            !looked_up || !around.range().contains_range(read.range())
        })
}

/// The only test of a loop that does nothing unless it holds.
fn only_test(around: Loop<'_>) -> Option<&Expr> {
    match around {
        Loop::For(StmtFor { body, is_async, .. }) => match body.as_slice() {
            [Stmt::If(branch)] if branch.elif_else_clauses.is_empty() && !is_async => {
                Some(&branch.test)
            }
            _ => None,
        },
        Loop::Clause { clause, .. } => match clause.ifs.as_slice() {
            [test] if !clause.is_async => Some(test),
            _ => None,
        },
        Loop::While(_) => None,
    }
}

/// The dictionary that is looped over, and what each key is bound to.
fn searched<'a>(around: Loop<'a>) -> Option<(&'a Expr, &'a Expr)> {
    let (iter, target) = (around.iter()?, around.target()?);
    let Expr::Call(call) = iter else {
        return Some((iter, target));
    };
    let method = call.func.as_attribute_expr()?;
    let keys = match (method.attr.as_str(), target) {
        ("keys", key) => key,
        ("items", Expr::Tuple(pair)) => match pair.elts.as_slice() {
            [key, _] => key,
            _ => return None,
        },
        _ => return None,
    };
    call.arguments.is_empty().then_some((&*method.value, keys))
}

/// What `key` is compared with by `==`.
fn other_side<'a>(compare: &'a ExprCompare, key: &'a ExprName, cx: &Cx<'a>) -> Option<&'a Expr> {
    let ([CmpOp::Eq], [right]) = (&*compare.ops, &*compare.comparators) else {
        return None;
    };
    let is_key = |side: &'a Expr| {
        side.as_name_expr()
            .is_some_and(|name| cx.same_symbol(name, key))
    };
    match (is_key(&compare.left), is_key(right)) {
        (true, false) => Some(right),
        (false, true) => Some(&compare.left),
        _ => None,
    }
}
