//! # All rows fetched only to go over them
//!
//! `fetchall` makes a list of all rows before the first one is handled. A cursor gives them one by one, and only the row at hand is in
//! memory. The time is the same.
//!
//! ```python bad
//! import sqlite3
//!
//!
//! def total(cursor: sqlite3.Cursor):
//!     cursor.execute("SELECT value FROM numbers")
//!     found = 0
//!     for (value,) in cursor.fetchall():
//!         found += value
//!     return found
//! ```
//!
//! ```python good
//! import sqlite3
//!
//!
//! def total(cursor: sqlite3.Cursor):
//!     cursor.execute("SELECT value FROM numbers")
//!     found = 0
//!     for (value,) in cursor:
//!         found += value
//!     return found
//! ```
//!
//! ```python input
//! connection = sqlite3.connect(":memory:")
//! connection.execute("CREATE TABLE numbers (value INTEGER)")
//! connection.executemany("INSERT INTO numbers VALUES (?)", ((i,) for i in range(n)))
//! total(connection.cursor())
//! ```
//!
//! A cursor that the loop uses again would lose the rows that are left, a list that is kept is wanted, and the rows of another's
//! `fetchall` may come from anywhere:
//!
//! ```python fine
//! import sqlite3
//!
//!
//! def mend(connection: sqlite3.Connection, cursor: sqlite3.Cursor, other):
//!     for (key,) in cursor.fetchall():
//!         cursor.execute("DELETE FROM item WHERE id = ?", (key,))
//!     for (key,) in cursor.fetchall():
//!         connection.execute("DELETE FROM item WHERE id = ?", (key,))
//!     rows = cursor.fetchall()
//!     for row in other.fetchall():
//!         print(row)
//!     return rows
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Blocks, Does, Effects};

pub struct FetchallThenIterate;

impl Rule for FetchallThenIterate {
    type On = ExprCall;
    const EFFECTS: Effects = Effects::does(Does::FetchesAll);
    const COST: Cost = Cost::Memory("a list of all rows");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let Expr::Attribute(method) = &*call.func else {
            return None;
        };
        if !cx.is_iterated(call) || !call.arguments.is_empty() {
            return None;
        }
        let entry = cx.knows(call)?;
        // Drivers' cursors only: what an ORM fetches, it keeps.
        if entry.does(Does::Queries) || !entry.blocks(Blocks::Database) {
            return None;
        }
        let around = cx.tree.ancestors(call).find(|outer| {
            matches!(outer, AnyNodeRef::StmtFor(_)) || matches!(outer, AnyNodeRef::Comprehension(_))
        })?;
        let body = match around {
            AnyNodeRef::Comprehension(clause) => cx.tree.parent(clause)?,
            around => around,
        };
        // While rows are left, the connection has better things to do than another statement.
        let is_busy = cx.tree.descendants(body).any(|node| match node {
            AnyNodeRef::ExprCall(other) => {
                other != call
                    && cx
                        .knows(other)
                        .is_some_and(|entry| entry.blocks(Blocks::Database))
            }
            AnyNodeRef::ExprYield(_) | AnyNodeRef::ExprYieldFrom(_) | AnyNodeRef::ExprAwait(_) => {
                true
            }
            _ => false,
        });
        let is_lazy = body.is_expr_generator();
        if is_busy || is_lazy {
            return None;
        }
        let cursor = cx.text(&*method.value);
        let message =
            format!("`{cursor}.fetchall()` holds all rows, and they are taken one by one");
        let fix = Fix::unsafe_(
            format!("Go over `{cursor}` itself"),
            "the cursor stays in use until the loop ends, and an error of the database may come up within it",
            vec![Edit::replace(call, cursor)],
        );
        Some(
            Finding::new(call, message)
                .label("a list of all rows")
                .fix(fix),
        )
    }
}
