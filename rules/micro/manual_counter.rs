//! # Items counted by hand
//!
//! A loop that does nothing but `counts[x] = counts.get(x, 0) + 1` counts in the interpreter. `collections.Counter(items)` counts in C:
//! 1.2-2 times faster from about 100 items on, on CPython 3.8 to 3.15; `counts[x] += 1` on a `Counter` is 3.5-4.5 times slower than
//! `counts.update(items)`. For a handful of items, and on PyPy, the loop is faster.
//!
//! ```python bad
//! def tally(words: list[str]):
//!     counts = {}
//!     for word in words:
//!         counts[word] = counts.get(word, 0) + 1
//!     return counts
//! ```
//!
//! ```python good
//! from collections import Counter
//!
//!
//! def tally(words: list[str]):
//!     return dict(Counter(words))
//! ```
//!
//! ```python input
//! tally([str(i % 50) for i in range(n)])
//! ```
//!
//! ```python bad
//! from collections import Counter
//!
//!
//! def tally(words: list[str]):
//!     counts = Counter()
//!     for word in words:
//!         counts[word] += 1
//!     return counts
//! ```
//!
//! ```python good
//! from collections import Counter
//!
//!
//! def tally(words: list[str]):
//!     counts = Counter()
//!     counts.update(words)
//!     return counts
//! ```
//!
//! ```python input
//! tally([str(i % 50) for i in range(n)])
//! ```
//!
//! A loop that does more, other steps than one, and a class with a `get` of its own:
//!
//! ```python fine
//! def look(words: list[str], table, sizes: dict[str, int]):
//!     counts = {}
//!     for word in words:
//!         table[word] = table.get(word, 0) + 1
//!     for word in words:
//!         print(word)
//!         counts[word] = counts.get(word, 0) + 1
//!     for word in words:
//!         sizes[word] = sizes.get(word, 0) + len(word)
//!     for word in words:
//!         sizes[word] = sizes.get(word, 1) + 1
//!     return counts
//!
//!
//! def links(pages: list[list[str]]):
//!     counts = {}
//!     for page in pages:
//!         for link in page:
//!             counts[link] = counts.get(link, 0) + 1
//!     return counts
//! ```

use hotlint_core::ast::{Expr, ExprSubscript, Number, Operator, Stmt, StmtFor};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{FEW, Loop, Type};

pub struct ManualCounter;

impl Rule for ManualCounter {
    type On = StmtFor;
    const COST: Cost =
        Cost::Constant("one item after the other: 1.2 to 4.5 times slower than `Counter`");

    fn check<'a>(stmt: &'a StmtFor, cx: &Cx<'a>) -> Option<Finding> {
        let [only] = stmt.body.as_slice() else {
            return None;
        };
        let target = stmt.target.as_name_expr()?;
        if stmt.is_async || !stmt.orelse.is_empty() {
            return None;
        }
        let (item, is_counter) = counted(only, cx)?;
        let key = item.slice.as_name_expr()?;
        let short = cx.trip_count(Loop::For(stmt)).is_some_and(|n| n < FEW);
        // In a loop around, most rounds of this one are short.
        if !cx.same_symbol(key, target) || short || cx.in_loop(stmt).is_some() {
            return None;
        }
        let (name, items) = (cx.text(&*item.value), cx.text(&*stmt.iter));
        let items_line = items.lines().next().unwrap_or_default();
        let finding = Finding::new(
            Loop::For(stmt).header(),
            format!("this loop counts the items of `{items_line}` one by one"),
        )
        .label("one lookup and one addition for each item")
        .because(only, "does nothing but count");
        if !is_counter {
            return Some(finding.help(format!(
                "count all of them in one call: `{name} = collections.Counter(...)`"
            )));
        }
        let finding = finding.help(format!(
            "count all of them in one call: `{name}.update(...)`"
        ));
        let alone = cx.is_alone_on_its_lines(stmt) && !cx.has_comment(stmt);
        let bare = matches!(&*stmt.iter, Expr::Tuple(tuple) if !tuple.parenthesized);
        if !alone || bare || cx.leaks_target(Loop::For(stmt)) {
            return Some(finding);
        }
        let call = format!("{name}.update({items})");
        let fix = Fix::safe(
            format!("Replace with `{}`", call.lines().next().unwrap_or_default()),
            [Edit::replace(stmt, call)],
        );
        let ty = cx.ty(&*stmt.iter);
        let plain = ty.is_builtin_container() && !ty.is_dict() && ty.element().is_hashable();
        Some(finding.fix(if plain {
            fix
        } else {
            fix.unsafe_because("a mapping would have its values added, and what came before an error would not be counted")
        }))
    }
}

/// The item that a statement adds one to, and whether it is one of a `Counter`.
fn counted<'a>(stmt: &'a Stmt, cx: &Cx<'a>) -> Option<(&'a ExprSubscript, bool)> {
    match stmt {
        Stmt::AugAssign(stmt) if stmt.op == Operator::Add && is_number(&stmt.value, 1) => {
            let item = stmt.target.as_subscript_expr()?;
            let counter = matches!(cx.ty(&*item.value), Type::Instance(class)
                if matches!(&*class, "collections.Counter" | "typing.Counter"));
            counter.then_some((item, true))
        }
        Stmt::Assign(stmt) => {
            let ([Expr::Subscript(item)], Expr::BinOp(sum)) =
                (stmt.targets.as_slice(), &*stmt.value)
            else {
                return None;
            };
            let Expr::Call(get) = &*sum.left else {
                return None;
            };
            let (Expr::Attribute(method), [key, zero]) = (&*get.func, &*get.arguments.args) else {
                return None;
            };
            let counts = sum.op == Operator::Add
                && is_number(&sum.right, 1)
                && is_number(zero, 0)
                && method.attr.as_str() == "get"
                && cx.same_place(&method.value, &item.value)
                && cx.same_place(key, &item.slice)
                && cx.ty(&*item.value).is_dict();
            counts.then_some((item, false))
        }
        _ => None,
    }
}

fn is_number(expr: &Expr, wanted: u64) -> bool {
    matches!(expr, Expr::NumberLiteral(number)
        if matches!(&number.value, Number::Int(int) if int.as_u64() == Some(wanted)))
}
