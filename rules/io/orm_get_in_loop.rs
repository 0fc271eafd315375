//! # Object fetched from the database for each item of a loop
//!
//! `Model.objects.get(...)` asks the database each time: a thousand items are a thousand queries, each with a round trip of half a
//! millisecond and the work of the ORM on top. `in_bulk`, or a `filter` with `__in`, fetches all objects with one.
//!
//! Told by default where the loop, or one around it, is seen to be long, or where the object is looked up by its key or belongs to an
//! object that the loop goes over, and is only kept; what is looked up by a name may be a handful. So are the fields of a form, files that
//! somebody uploads and texts that somebody types; and where other calls are made for what they do with each object, or in what runs by hand or
//! once, one query more or less is not felt.
//!
//! ```python bad
//! from django.db import models
//!
//!
//! class Book(models.Model):
//!     title = models.TextField()
//!
//!
//! def titles(ids):
//!     return [Book.objects.get(pk=number).title for number in ids]
//! ```
//!
//! ```python good
//! from django.db import models
//!
//!
//! class Book(models.Model):
//!     title = models.TextField()
//!
//!
//! def titles(ids):
//!     books = Book.objects.in_bulk(ids)
//!     return [books[number].title for number in ids]
//! ```
//!
//! One object, whatever is repeated, and objects that are no models:
//!
//! ```python fine
//! from django.db import models
//!
//!
//! class Book(models.Model):
//!     title = models.TextField()
//!
//!
//! def read(pk, names, shelf):
//!     book = Book.objects.get(pk=pk)
//!     for name in names:
//!         shelf.objects.get(name)
//!         for attempt in range(3):
//!             book.title = name
//!     return book
//!
//!
//! def empty(year):
//!     queries = [Book.objects.filter(year=year), Book.objects.filter(year=0)]
//!     return [query for query in queries if not query.exists()]
//!
//!
//! def sell(pks, known):
//!     for pk in pks:
//!         book = Book.objects.select_for_update().get(pk=pk)
//!         book.sold += 1
//!     for pk in pks:
//!         if pk not in known:
//!             known[pk] = Book.objects.get(pk=pk)
//!         yield known[pk]
//!     for pk in pks:
//!         book = known.get(pk)
//!         if book is None:
//!             book = Book.objects.get(pk=pk)
//!         yield book
//!     try:
//!         Book.objects.filter(pk__in=pks).delete()
//!     except ValueError:
//!         for pk in pks:
//!             Book.objects.get(pk=pk).delete()
//! ```

use hotlint_core::ast::{Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::{Does, Effects, Entry, Size};

pub struct OrmGetInLoop;

impl Rule for OrmGetInLoop {
    type On = InLoop<ExprCall>;
    const EFFECTS: Effects = Effects::does(Does::Maps);
    const COST: Cost = Cost::RoundTrips("n queries", "1");

    fn is_worth_asking<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
        cx.per_item_loop(call).is_some()
    }

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let entry = cx.knows(call)?;
        if !is_look_up(entry) {
            return None;
        }
        let around = cx.per_item_loop(call)?;
        // Each item is a query of its own.
        let is_item = matches!(&*call.func, Expr::Attribute(method)
            if method.value.is_name_expr() && cx.names_bound_in(&*method.value, around));
        if is_item || cx.is_claim(call, around) || cx.was_done_before(call, around, is_look_up) {
            return None;
        }
        let message = format!(
            "`{}` asks the database in every iteration",
            cx.spelled(call)
        );
        let items = around.iter().map_or("", |iter| cx.text(iter));
        Some(
            Finding::new(call, message)
                .label("one query per item")
                .because(around.header(), "for each item of this loop")
                .sized(
                    match cx.is_hardly_felt(call, around) {
                        true => Size::Unknown,
                        false => cx.look_ups(call, around),
                    },
                    items,
                )
                .help(format!(
                    "fetch all objects before the loop: {}",
                    entry.batched
                )),
        )
    }
}

fn is_look_up(entry: &'static Entry) -> bool {
    entry.does(Does::Maps)
        && entry.does(Does::Queries)
        && entry.does(Does::Varies)
        && !entry.does(Does::Batches)
}
