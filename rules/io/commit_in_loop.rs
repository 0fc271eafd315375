//! # Commit for each item of a loop
//!
//! A commit waits until the disk of the database has taken the data: a few milliseconds on a disk, and a round trip more over a
//! network. One commit behind the loop waits once, and makes all changes or none. A thousand rows against PostgreSQL 15 on the same
//! machine (psycopg 3.3): 924 ms with a commit each, 32 ms with one.
//!
//! ```python bad
//! import sqlite3
//!
//!
//! def save(connection: sqlite3.Connection, rows):
//!     for key, value in rows:
//!         connection.execute("UPDATE item SET value = ? WHERE key = ?", (value, key))
//!         connection.commit()
//! ```
//!
//! ```python good
//! import sqlite3
//!
//!
//! def save(connection: sqlite3.Connection, rows):
//!     connection.executemany("UPDATE item SET value = ? WHERE key = ?", ((value, key) for key, value in rows))
//!     connection.commit()
//! ```
//!
//! Told by default where the loop is seen to be long. Where it does more with each item, in a loop of its own, a commit may be what keeps
//! it: that is told to those who select the rule.
//!
//! A commit now and then keeps what was done; one that is rolled back where an item fails, too; work that comes in has no end:
//!
//! ```python fine
//! import sqlite3
//!
//!
//! def save(connection: sqlite3.Connection, rows, queue):
//!     for count, row in enumerate(rows):
//!         connection.execute("INSERT INTO item VALUES (?)", row)
//!         if count % 1000 == 0:
//!             connection.commit()
//!     for shop in queue:
//!         for count, row in enumerate(shop):
//!             connection.execute("UPDATE item SET shop = 1 WHERE id = ?", row)
//!             if count % 100 == 0:
//!                 connection.commit()
//!         connection.commit()
//!     for row in rows:
//!         try:
//!             connection.execute("DELETE FROM item WHERE id = ?", row)
//!             connection.commit()
//!         except sqlite3.Error:
//!             connection.rollback()
//!     while True:
//!         connection.execute("INSERT INTO log VALUES (?)", (queue.get(),))
//!         connection.commit()
//! ```
//!
//! ```python fine
//! def f(repo, messages):
//!     for message in messages:
//!         repo.commit(message)
//! ```

use hotlint_core::ast::{AnyNodeRef, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::{Does, Effects, Size};
use hotlint_core::text_size::Ranged;

pub struct CommitInLoop;

impl Rule for CommitInLoop {
    type On = InLoop<ExprCall>;
    const EFFECTS: Effects = Effects::does(Does::Commits);
    const COST: Cost = Cost::RoundTrips("n commits", "1");

    fn is_worth_asking<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
        let around = cx.in_loop(call);
        let goes_over_items = around.is_some_and(|around| around.iter().is_some());
        goes_over_items && !cx.is_of_command_line()
    }

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let around = cx.in_loop(call)?;
        if cx.goes_over_batches(around) {
            return None;
        }
        // Now and then is a choice, and so is to keep what went well.
        let chosen = cx.ancestors_within(call, around).any(|outer| {
            matches!(
                outer,
                AnyNodeRef::StmtIf(_) | AnyNodeRef::ExceptHandlerExceptHandler(_)
            )
        });
        // What is done before one fails stays done.
        let chosen = chosen || {
            let mut outer = cx
                .tree
                .ancestors(around.node())
                .take_while(|outer| !outer.is_stmt_function_def());
            outer.any(|outer| match outer {
                AnyNodeRef::StmtTry(attempt) => {
                    attempt
                        .body
                        .iter()
                        .any(|stmt| stmt.range().contains_range(around.range()))
                        && attempt.handlers.iter().any(|handler| {
                            !cx.tree
                                .descendants(handler)
                                .any(|node| node.is_stmt_raise())
                        })
                }
                _ => false,
            })
        };
        // Who commits now and then in the same loop has thought about it: the rest is committed at its end.
        let batches = || {
            cx.tree.descendants(around.node()).any(|node| match node {
                AnyNodeRef::ExprCall(other) => {
                    other.range() != call.range()
                        && cx
                            .knows(other)
                            .is_some_and(|entry| entry.does(Does::Commits))
                        && cx
                            .ancestors_within(other, around)
                            .any(|outer| matches!(outer, AnyNodeRef::StmtIf(_)))
                }
                _ => false,
            })
        };
        // A connection of its own for each item has to be committed.
        if chosen
            || batches()
            || cx.calls_in(around, "rollback")
            || cx.names_bound_in(&*call.func, around)
        {
            return None;
        }
        let finding = Finding::new(
            call,
            format!(
                "`{}` waits for the disk in every iteration",
                cx.spelled(call)
            ),
        )
        .label("one commit per item")
        .because(around.header(), "for each item of this loop")
        .help("commit once behind the loop, or once for every thousand items");
        // What is done for an item may take so long that it is kept at once.
        let works = cx.tree.descendants(around.node()).any(|node| {
            matches!(node, AnyNodeRef::StmtFor(_) | AnyNodeRef::StmtWhile(_))
                && node.range() != around.range()
        });
        let size = match works || cx.is_run_by_hand(call) {
            true => Size::Unknown,
            false => cx.rounds(&[around]),
        };
        Some(finding.sized(size, around.iter().map_or("", |items| cx.text(items))))
    }
}
