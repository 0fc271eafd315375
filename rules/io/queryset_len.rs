//! # Rows fetched to count them
//!
//! `len` of a queryset fetches all rows and makes an object of each; `.count()` lets the database count, and fetches a number.
//!
//! ```python bad
//! from django.db import models
//!
//!
//! class Book(models.Model):
//!     year = models.IntegerField()
//!
//!
//! def how_many(year):
//!     return len(Book.objects.filter(year=year))
//! ```
//!
//! ```python good
//! from django.db import models
//!
//!
//! class Book(models.Model):
//!     year = models.IntegerField()
//!
//!
//! def how_many(year):
//!     return Book.objects.filter(year=year).count()
//! ```
//!
//! The same with `len(session.query(...).all())`. Where the objects are needed as well, `len` is right, for they are fetched once;
//! somebody else's queryset may have been fetched already:
//!
//! ```python fine
//! from django.db import models
//!
//!
//! class Book(models.Model):
//!     year = models.IntegerField()
//!
//!
//! def show(year, books):
//!     found = Book.objects.filter(year=year)
//!     print(len(found), len(books))
//!     for book in found:
//!         print(book.year)
//! ```

use hotlint_core::ast::{Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::Does;

pub struct QuerysetLen;

impl Rule for QuerysetLen {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &["builtins.len"];
    const COST: Cost = Cost::RoundTrips("all rows", "1 number");

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.may_map_objects()
    }

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let [rows] = &*call.arguments.args else {
            return None;
        };
        // `session.query(...).all()`
        let fetched = rows.as_call_expr().filter(|fetched| {
            cx.knows(fetched)
                .is_some_and(|entry| entry.does(Does::FetchesAll) && entry.does(Does::Queries))
        });
        let query = match fetched.map(|fetched| &*fetched.func) {
            Some(Expr::Attribute(method)) => &*method.value,
            _ => rows,
        };
        // A variable that is counted, and nothing else.
        if let Expr::Name(name) = rows
            && !cx.is_asked_only(name, |read| cx.is_measured(read))
        {
            return None;
        }
        let fetch = cx.fetch(query)?;
        let text = format!("{}.count()", cx.atom(query));
        let fix = Fix::unsafe_(
            format!("Replace with `{text}`"),
            "asks another statement, which may count otherwise where the query is sliced or grouped",
            vec![Edit::replace(call, text.clone())],
        );
        let finding = Finding::new(
            call,
            "all rows are fetched and made objects of, to be counted",
        )
        .label("the database can count them")
        .fix(fix);
        Some(match fetch.asks_by_name() || cx.is_run_by_hand(call) {
            true => finding.assuming(cx.text(query)),
            false => finding,
        })
    }
}
