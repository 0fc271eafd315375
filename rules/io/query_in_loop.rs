//! # Query for each item of a loop
//!
//! Each `execute` waits for the database to answer: half a millisecond in the same data centre, so that a thousand items take half a
//! second whatever the database does. One statement for all of them waits once: `executemany`, `INSERT` with many rows,
//! `WHERE id IN (...)`, or a join.
//!
//! A thousand rows against PostgreSQL 15 on loopback, where a round trip is shortest (CPython 3.11, psycopg 3.3): `INSERT` one by one
//! 60 ms, `executemany` 24 ms; `SELECT` one by one 40 ms, with `= ANY(...)` 1.5 ms.
//!
//! ```python bad
//! import psycopg
//!
//!
//! def names(connection: psycopg.Connection, ids):
//!     found = {}
//!     for number in ids:
//!         row = connection.execute("SELECT name FROM item WHERE id = %s", (number,)).fetchone()
//!         found[number] = row
//!     return found
//! ```
//!
//! ```python good
//! import psycopg
//!
//!
//! def names(connection: psycopg.Connection, ids):
//!     rows = connection.execute("SELECT id, name FROM item WHERE id = ANY(%s)", (list(ids),))
//!     return dict(rows)
//! ```
//!
//! Told by default where the loop, or one around it, is seen to be long, as over the rows of another query, and where it sends rows with
//! the same `INSERT`. Told only to those who select the rule: what goes over a parameter, which may hold a handful; a query that is one
//! step of a job on each item, as in a loop of many lines or one that makes other calls for what they do; one that is made for some of
//! the items; one for what looks like a choice, as the values of a mapping; and one that somebody runs by hand or once, in scripts,
//! migrations, made up data, and functions that print.
//!
//! SQLite answers without a network, so that there is less to be had: `executemany` is about twice as fast.
//!
//! ```python bad
//! import sqlite3
//!
//!
//! def fill(connection: sqlite3.Connection, rows):
//!     for row in rows:
//!         connection.execute("INSERT INTO item VALUES (?, ?)", row)
//! ```
//!
//! ```python good
//! import sqlite3
//!
//!
//! def fill(connection: sqlite3.Connection, rows):
//!     connection.executemany("INSERT INTO item VALUES (?, ?)", rows)
//! ```
//!
//! Loops that go over batches, that take work as it comes, or over tables to be made, have no one statement for all:
//!
//! ```python fine
//! import psycopg
//! import sqlite3
//!
//!
//! def tend(connection: sqlite3.Connection, ids, tables, queue):
//!     for start in range(0, len(ids), 500):
//!         batch = ids[start : start + 500]
//!         marks = ",".join("?" * len(batch))
//!         connection.execute(f"DELETE FROM item WHERE id IN ({marks})", batch)
//!     for table in tables:
//!         connection.execute(f"DROP TABLE {table}")
//!     for table in tables:
//!         connection.execute(f"SELECT count(*) FROM {table}")
//!     for number in ids:
//!         connection.execute("SELECT pg_terminate_backend(?)", (number,))
//!     for statement in tables:
//!         connection.execute(statement)
//!     for level in range(1, max(ids) + 1):
//!         connection.execute("UPDATE item SET path = parent.path WHERE level = ?", (level,))
//!     for chunk in chunks(ids):
//!         connection.execute("DELETE FROM item WHERE id IN (?, ?)", chunk)
//!     for attempt in retrying():
//!         with attempt:
//!             found = select()
//!             connection.execute(found)
//!     while True:
//!         connection.execute("INSERT INTO log VALUES (?)", (queue.get(),))
//!
//!
//! def tag(repo, messages):
//!     for message in messages:
//!         repo.commit(message)
//!     for attempt in range(3):
//!         repo.execute("SELECT 1")
//!
//!
//! def stream(connect, ids):
//!     for number in ids:
//!         with psycopg.connect("") as connection:
//!             rows = connection.execute("SELECT name FROM item WHERE id = %s", (number,)).fetchall()
//!         yield rows
//! ```
//!
//! A statement that is about another table each time, one that is sent where something went wrong, and one that has another way for
//! an item that fails:
//!
//! ```python fine
//! import logging
//! import sqlite3
//!
//! from sqlalchemy.orm import Session
//!
//! log = logging.getLogger(__name__)
//! connection = sqlite3.connect(":memory:")
//!
//!
//! def check(relations, rows):
//!     for column, (table, other) in relations.items():
//!         connection.execute("SELECT * FROM %s WHERE %s IS NULL" % (table, column))
//!     for table in relations:
//!         connection.execute("vacuum {}".format(table))
//!     for row in rows:
//!         if row is None:
//!             log.error("no row: %s", row)
//!             connection.execute("delete from rows where name = ?", (row,))
//!             continue
//!         try:
//!             connection.execute("insert into names values (?)", (row,))
//!         except sqlite3.IntegrityError:
//!             connection.execute("update names set seen = 1 where name = ?", (row,))
//!     for row in rows:
//!         log.warning("row %s is gone", row)
//!         connection.execute("delete from rows where name = ?", (row,))
//!
//!
//! def move(session: Session, names, table_of):
//!     for name in names:
//!         child = table_of(session, name)
//!         session.execute(child.update().where(child.c.shop == 1).values(shop=2))
//! ```
//!
//! Where another branch asks for all items at once, this one is for databases that cannot:
//!
//! ```python fine
//! from sqlalchemy import insert
//! from sqlalchemy.orm import Session
//!
//!
//! def keep(session: Session, dialect, Row, rows):
//!     if dialect == "postgresql":
//!         session.execute(insert(Row).values(rows))
//!     else:
//!         for row in rows:
//!             session.merge(Row(**row))
//! ```
//!
//! Rows that are locked or claimed one by one, because somebody else may be faster:
//!
//! ```python fine
//! from sqlalchemy import select, update
//! from sqlalchemy.orm import Session
//!
//!
//! def claim(session: Session, Job, ids):
//!     claimed = []
//!     for number in ids:
//!         result = session.execute(update(Job).where(Job.id == number, Job.owner.is_(None)).values(owner=1))
//!         if result.rowcount == 1:
//!             claimed.append(number)
//!     for number in claimed:
//!         session.execute(select(Job).where(Job.id == number).with_for_update())
//!     return claimed
//! ```
//!
//! Where all of them at once failed, one after the other shows which; and what fails alone is no matter of the others:
//!
//! ```python fine
//! import sqlite3
//!
//! from sqlalchemy import insert
//! from sqlalchemy.orm import Session
//! from sqlalchemy.schema import DropConstraint
//!
//!
//! def keep(connection: sqlite3.Connection, rows):
//!     try:
//!         connection.executemany("insert into names values (?)", rows)
//!     except sqlite3.IntegrityError:
//!         for row in rows:
//!             connection.execute("insert into names values (?)", row)
//!     for row in rows:
//!         try:
//!             connection.execute("insert into names values (?)", row)
//!         except sqlite3.IntegrityError:
//!             print(row)
//!
//!
//! def sum_up(session: Session, Total, hours, load, keys):
//!     for hour in hours:
//!         totals = [total | {"hour": hour} for total in load(hour)]
//!         session.execute(insert(Total), totals)
//!     for key in keys:
//!         session.execute(DropConstraint(key))
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, InterpolatedStringElement, Operator};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::{Does, Effects, Entry, Loop, Type};

pub struct QueryInLoop;

impl Rule for QueryInLoop {
    type On = InLoop<ExprCall>;
    const EFFECTS: Effects = Effects::does(Does::Queries);
    const COST: Cost = Cost::RoundTrips("n queries", "1");

    fn is_worth_asking<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
        cx.per_item_loop(call).is_some()
    }

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let entry = cx.knows(call)?;
        let around = cx.per_item_loop(call)?;
        if !is_plain_query(entry)
            || is_about_structure(call, cx)
            || is_another_statement(call, around, cx)
            || cx.is_said_of_an_error(call, around)
            || cx.has_another_way(call, around, is_plain_query)
            || cx.fails_alone(call, around)
            || cx.is_done_at_once_elsewhere(around)
            || cx.is_claim(call, around)
            || is_streamed(call, around, cx)
            || cx.was_done_before(call, around, is_plain_query)
        {
            return None;
        }
        let message = format!(
            "`{}` asks the database in every iteration",
            cx.spelled(call)
        );
        let label = match entry.does(Does::RoundTrip) {
            true => "one round trip per item",
            false => "one statement per item",
        };
        let finding = Finding::new(call, message)
            .label(label)
            .because(around.header(), "for each item of this loop");
        let items = around.iter()?;
        let is_hardly_felt = cx.is_hardly_felt(call, around)
            || cx.is_for_a_few(call, around)
            || asks_by_pattern(call, around, cx);
        let finding = if is_hardly_felt {
            finding.assuming(cx.text(items))
        } else if sends_a_row(call, cx) && !cx.is_selection(items) {
            finding
        } else {
            finding.sized(cx.rounds_of_all(call, around), cx.text(items))
        };
        Some(match entry.batched {
            "" => finding.help("ask once for all items"),
            batched => finding.help(format!("ask once for all items: {batched}")),
        })
    }
}

/// Statements and look-ups; what saves objects of an ORM has rules of its own.
fn is_plain_query(entry: &'static Entry) -> bool {
    entry.does(Does::Queries)
        && entry.does(Does::Varies)
        && !entry.does(Does::Batches)
        && !entry.does(Does::Maps)
}

/// Whether a statement sends one row, of which it could send many without a word changed: `execute("INSERT ...", row)`, and nobody
/// asks what comes back. Who has rows to send has many.
fn sends_a_row<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let parent = match cx.tree.parent(call) {
        Some(AnyNodeRef::ExprAwait(waiting)) => cx.tree.parent(waiting),
        parent => parent,
    };
    let [statement, _] = &*call.arguments.args else {
        return false;
    };
    let written = match statement {
        Expr::Name(_) => cx.only_value(statement).unwrap_or(statement),
        _ => statement,
    };
    matches!(parent, Some(AnyNodeRef::StmtExpr(_)))
        && written.as_string_literal_expr().is_some_and(|text| {
            let first = text.value.to_str().split_whitespace().next();
            first.is_some_and(|word| {
                word.eq_ignore_ascii_case("insert") || word.eq_ignore_ascii_case("replace")
            })
        })
}

/// Whether the item is a pattern, `column.like(item)`: there is no list of patterns to ask with, and somebody typed them.
fn asks_by_pattern<'a>(call: &'a ExprCall, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    cx.tree.descendants(&call.arguments).any(|node| match node {
        AnyNodeRef::ExprCall(test) => {
            matches!(&*test.func, Expr::Attribute(method)
                    if matches!(method.attr.as_str(), "ilike" | "like" | "regexp_match"))
                && cx.names_bound_in(&test.arguments, around)
        }
        _ => false,
    })
}

/// Whether each item has a connection of its own, and somebody takes the items one by one: so that none is held meanwhile.
fn is_streamed<'a>(call: &'a ExprCall, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let connection = match &*call.func {
        Expr::Attribute(method) => method.value.as_name_expr(),
        _ => None,
    };
    connection
        .and_then(|name| cx.symbol(name))
        .is_some_and(|symbol| cx.binding_nodes(symbol).all(|bound| around.repeats(bound)))
        && cx
            .tree
            .descendants(around.node())
            .any(|node| matches!(node, AnyNodeRef::ExprYield(_)))
}

/// Whether the statement makes, changes or drops tables, or sets the connection up: these come one by one.
fn is_about_structure<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let Some(statement) = call.arguments.args.first() else {
        return false;
    };
    let written = match statement {
        Expr::Name(_) => cx.only_value(statement).unwrap_or(statement),
        // `"VACUUM {}".format(table)`
        Expr::Call(filled) if matches!(&*filled.func, Expr::Attribute(method) if method.value.is_string_literal_expr()) => {
            &filled.func
        }
        // `text("CREATE ...")`
        Expr::Call(wrapped) => wrapped.arguments.args.first().unwrap_or(statement),
        _ => statement,
    };
    // `DropConstraint(key)`
    if let Expr::Call(made) = written
        && let Some(name) = cx.name(&*made.func)
        && (name.starts_with("sqlalchemy.schema.") || name.as_str() == "sqlalchemy.DDL")
    {
        return true;
    }
    let text = cx
        .text(written)
        .trim_start_matches(['f', 'r', 'b', 'F', 'R', 'B']);
    let text = text
        .trim_start_matches(['"', '\''])
        .trim_start_matches(|c: char| c.is_whitespace() || c == '\\');
    let word = |text: &str| -> String {
        text.chars()
            .take_while(|c| c.is_ascii_alphabetic() || *c == '_')
            .map(|c| c.to_ascii_uppercase())
            .collect()
    };
    let first = word(text);
    // `SELECT pg_terminate_backend(...)` asks the server for nothing but to do something.
    let is_call = || {
        first == "SELECT"
            && (text.split_whitespace().nth(1)).is_some_and(|next| word(next).starts_with("PG_"))
    };
    STRUCTURE.contains(&first.as_str()) || is_call()
}

/// Whether the item is the statement itself, or the table that it is about.
fn is_another_statement<'a>(call: &'a ExprCall, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let is_item = |expr: &'a Expr| {
        (around.target()).is_some_and(|target| {
            matches!(expr, Expr::Name(name) if cx.symbol(name).is_some_and(|symbol| cx.binds(target, symbol)))
        })
    };
    // Many rows with each statement: a list of parameters.
    if let Some(rows) = call.arguments.args.get(1)
        && let Type::List(row) = cx.ty(rows)
        && (row.is_mapping()
            || row.is_tuple()
            || call.arguments.args.first().is_some_and(Expr::is_call_expr))
    {
        return true;
    }
    // A connection for each item.
    let mut base = &*call.func;
    loop {
        base = match base {
            Expr::Attribute(attribute) => &attribute.value,
            Expr::Call(inner) => &inner.func,
            _ => break,
        };
    }
    if is_item(base) {
        return true;
    }
    // `session.query(Model).filter(...).delete()`
    let mut receiver = &*call.func;
    while let Expr::Attribute(method) = receiver
        && let Expr::Call(inner) = &*method.value
    {
        if inner.arguments.args.first().is_some_and(is_item) {
            return true;
        }
        receiver = &inner.func;
    }
    let Some(statement) = call.arguments.args.first() else {
        return false;
    };
    let mut hops = 0;
    let mut written = match statement {
        Expr::Name(_) if !is_item(statement) => cx.only_value(statement).unwrap_or(statement),
        _ => statement,
    };
    loop {
        match written {
            // `select(Model).where(...)`, `text(statement)`
            Expr::Call(made) => {
                let name = match &*made.func {
                    Expr::Attribute(method) => method.attr.as_str(),
                    Expr::Name(name) => name.id.as_str(),
                    _ => "",
                };
                // A text that is filled in elsewhere may have the table filled in.
                if name == "format"
                    && let Expr::Attribute(method) = &*made.func
                {
                    return cx.names_bound_in(&made.arguments, around)
                        && fills_in_a_table(&method.value, "{");
                }
                let first = made.arguments.args.first();
                let of_table = ENTITIES.contains(&name)
                    && first.is_some_and(|first| cx.names_bound_in(first, around));
                // `table_of(connection, name)`
                let finds_table = made.func.is_name_expr()
                    && name.split('_').any(|word| word == "table")
                    && cx.names_bound_in(&made.arguments, around);
                if of_table || finds_table || first.is_some_and(is_item) {
                    return true;
                }
                match &*made.func {
                    Expr::Attribute(method) => written = &method.value,
                    _ => match made.arguments.args.first() {
                        Some(first) => written = first,
                        None => return false,
                    },
                }
            }
            // `f"SELECT * FROM {table}"`
            Expr::FString(text) => {
                let mut before = "";
                return text.value.elements().any(|element| match element {
                    InterpolatedStringElement::Literal(literal) => {
                        before = &literal.value;
                        false
                    }
                    InterpolatedStringElement::Interpolation(part) => {
                        let is_table = names_a_table(std::mem::take(&mut before));
                        is_table && cx.names_bound_in(&*part.expression, around)
                    }
                });
            }
            // `"SELECT * FROM %s" % table`
            Expr::BinOp(filled) if filled.op == Operator::Mod => {
                return cx.names_bound_in(&*filled.right, around)
                    && fills_in_a_table(&filled.left, "%");
            }
            written if is_item(written) => return true,
            // `table.update()` of a table that belongs to the item.
            Expr::Attribute(part) => written = &part.value,
            Expr::Name(_) if hops < HOPS => match cx.only_value(written) {
                Some(value) if around.repeats(value) => {
                    hops += 1;
                    written = value;
                }
                _ => return false,
            },
            _ => return false,
        }
    }
}

/// Names that stand for names.
const HOPS: u32 = 4;

/// Whether what is filled in for `mark` is a table; a text from elsewhere may have one anywhere.
fn fills_in_a_table(text: &Expr, mark: &str) -> bool {
    let Expr::StringLiteral(text) = text else {
        return true;
    };
    let parts: Vec<&str> = text.value.to_str().split(mark).collect();
    let before = parts.split_last().map_or(&[][..], |(_, before)| before);
    before.iter().any(|part| names_a_table(part))
}

/// Whether a table follows.
fn names_a_table(before: &str) -> bool {
    let word = before.trim_end_matches(['"', '`', '[', '.']).trim_end();
    let word = word.rsplit(|c: char| !c.is_ascii_alphabetic()).next();
    let word = word.unwrap_or_default().to_ascii_uppercase();
    TABLES.contains(&word.as_str())
}

/// Functions and methods that take the table.
const ENTITIES: &[&str] = &[
    "delete",
    "insert",
    "query",
    "select",
    "select_from",
    "update",
];
/// What stands before the name of a table.
const TABLES: &[&str] = &["", "FROM", "INTO", "JOIN", "TABLE", "UPDATE"];

const STRUCTURE: &[&str] = &[
    "ALTER",
    "ANALYZE",
    "ATTACH",
    "CALL",
    "CREATE",
    "DETACH",
    "DROP",
    "EXPLAIN",
    "GRANT",
    "PRAGMA",
    "REFRESH",
    "REINDEX",
    "RELEASE",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SET",
    "SHOW",
    "TRUNCATE",
    "USE",
    "VACUUM",
];
