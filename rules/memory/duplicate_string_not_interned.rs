//! # Keys that are cut out of the text for every row
//!
//! A key that is cut out of a line is a string of its own, also where the line before had the same. Dictionaries that are kept for all rows then
//! hold each key once for every row: 50 bytes and more a key. `sys.intern` gives one and the same string for equal ones, and comparing them
//! gets faster as well. With 5 keys and small numbers for values, the rows take 2.3-2.6 times less memory on CPython 3.8 to 3.13. Looking the keys
//! up takes up to 1.4 times longer, so this pays where rows are many and keys are few.
//!
//! ```python bad
//! import sys
//!
//!
//! def parsed(lines: list[str]):
//!     rows = []
//!     for line in lines:
//!         row = {}
//!         for part in line.split(";"):
//!             key, value = part.split("=")
//!             row[key] = int(value)
//!         rows.append(row)
//!     return rows
//! ```
//!
//! ```python good
//! import sys
//!
//!
//! def parsed(lines: list[str]):
//!     rows = []
//!     for line in lines:
//!         row = {}
//!         for part in line.split(";"):
//!             key, value = part.split("=")
//!             row[sys.intern(key)] = int(value)
//!         rows.append(row)
//!     return rows
//! ```
//!
//! ```python input
//! parsed(["identifier=1;latitude=2;longitude=3;temperature=4;humidity=5"] * n)
//! ```
//!
//! Rows that nobody keeps, one dictionary for all, keys that come from elsewhere, and keys that are written down:
//!
//! ```python fine
//! def parsed(lines: list[str], names: list[str], handle):
//!     table = {}
//!     rows = []
//!     for line in lines:
//!         row = {}
//!         for part in line.split(";"):
//!             key, value = part.split("=")
//!             row[key] = value
//!             table[key] = value
//!         handle(row)
//!     for line in lines:
//!         row = {}
//!         for name, part in zip(names, line.split(";")):
//!             row[name] = part
//!         row["line"] = line
//!         rows.append(row)
//!     return rows, table
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprName, StmtAssign};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Loop, Symbol, Use};

pub struct DuplicateStringNotInterned;

impl Rule for DuplicateStringNotInterned {
    type On = StmtAssign;
    const COST: Cost = Cost::Memory("each key once for every row, instead of once");

    fn check<'a>(stmt: &'a StmtAssign, cx: &Cx<'a>) -> Option<Finding> {
        let [Expr::Subscript(item)] = stmt.targets.as_slice() else {
            return None;
        };
        let (Expr::Name(row), key) = (&*item.value, &*item.slice) else {
            return None;
        };
        if key.is_literal_expr() || !cx.tree.is_looped(stmt) {
            return None;
        }
        if !cx.ty(row).is_dict() || !cx.is_cut_out(key) {
            return None;
        }
        let symbol = cx.symbol(row)?;
        let rows = loop_of_rows(stmt, symbol, cx)?;
        let kept = kept(symbol, rows, cx)?;
        let (key_text, row_text) = (cx.text(key), row.id.as_str());
        let import = cx.import(stmt, "sys", "intern");
        let fix = import.filter(|_| !cx.has_comment(key)).map(|import| {
            let better = format!("{}({key_text})", import.expression);
            let title = format!("Replace with `{better}`");
            Fix::safe(title, [Edit::replace(cx.parenthesized(key), better)]).importing(&import)
        });
        Some(
            Finding::new(
                key,
                format!("`{key_text}` is a new string for every row, also where the rows before have the same key"),
            )
            .label("cut out of the text each time")
            .because(rows.header(), format!("a new `{row_text}` in every iteration of this loop"))
            .because(kept, format!("`{row_text}` is kept here"))
            .help("`sys.intern` gives one and the same string for equal ones")
            .fix(fix),
        )
    }
}

/// The loop that makes a new row each time, around another one that fills it.
fn loop_of_rows<'a>(stmt: &'a StmtAssign, row: &Symbol<'a>, cx: &Cx<'a>) -> Option<Loop<'a>> {
    cx.only_binding(row).filter(|made| cx.is_fresh(*made))?;
    let made_at = cx.binding_nodes(row).next()?;
    let loops = cx.loops(stmt);
    let at = loops.iter().position(|around| around.repeats(made_at))?;
    (at > 0).then(|| loops.get(at).copied())?
}

/// Where a row is put into something that outlives the iteration.
fn kept<'a>(row: &Symbol<'a>, rows: Loop<'a>, cx: &Cx<'a>) -> Option<&'a ExprName> {
    let mut reads = cx.reads(row).filter(|read| rows.repeats(*read));
    reads.find(|read| match cx.usage(*read) {
        Use::Argument(call) => cx.name(&*call.func).is_some_and(|name| {
            matches!(
                &*name,
                "builtins.list.append" | "builtins.list.insert" | "collections.deque.append"
            )
        }),
        Use::Stored => match cx.tree.parent(*read) {
            Some(AnyNodeRef::StmtAssign(stmt)) => stmt
                .targets
                .iter()
                .any(|target| target.is_subscript_expr() || target.is_attribute_expr()),
            _ => false,
        },
        _ => false,
    })
}
