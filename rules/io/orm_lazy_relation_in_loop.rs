//! # Related object fetched for each object of a query
//!
//! A foreign key of a model reads like an attribute, and asks the database for the other object when it is read first: a query for the
//! books, and one more for the author of each. `select_related` (or `prefetch_related`, or SQLAlchemy's `joinedload` and
//! `selectinload`) fetches them along with the objects.
//!
//! Told only to those who select the rule: loops that look for one object and stop, loops that make other calls for what they do with
//! each object, as to send a mail, and what somebody runs by hand.
//!
//! ```python bad
//! from django.db import models
//!
//!
//! class Author(models.Model):
//!     name = models.TextField()
//!
//!
//! class Book(models.Model):
//!     author = models.ForeignKey(Author, on_delete=models.CASCADE)
//!     year = models.IntegerField()
//!
//!
//! def authors(year):
//!     return [book.author.name for book in Book.objects.filter(year=year)]
//! ```
//!
//! ```python good
//! from django.db import models
//!
//!
//! class Author(models.Model):
//!     name = models.TextField()
//!
//!
//! class Book(models.Model):
//!     author = models.ForeignKey(Author, on_delete=models.CASCADE)
//!     year = models.IntegerField()
//!
//!
//! def authors(year):
//!     return [book.author.name for book in Book.objects.filter(year=year).select_related("author")]
//! ```
//!
//! The key is there without a query, and so is what was fetched along. Where the query comes from elsewhere, it may have been:
//!
//! ```python fine
//! import os
//! from django.db import models
//!
//!
//! class Author(models.Model):
//!     name = models.TextField()
//!
//!
//! class Book(models.Model):
//!     author = models.ForeignKey(Author, on_delete=models.CASCADE)
//!
//!
//! def show(books, path, others):
//!     for book in Book.objects.all():
//!         print(book.author_id)
//!     eager = Book.objects.select_related("author__country").order_by("id")
//!     for book in eager:
//!         print(book.author.name)
//!     for book in books:
//!         print(book.author.name)
//!     for name in os.listdir(path):
//!         print(name.author)
//!     for book in Book.objects.prefetch_related(*others):
//!         print(book.author.name)
//!     for book in Book.objects.all():
//!         try:
//!             book.check()
//!         except ValueError:
//!             print("look at", book.author.name)
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprName};
use hotlint_core::lint::{AnyFor, Cost, Cx, Finding, Rule};
use hotlint_core::python::Loop;

pub struct OrmLazyRelationInLoop;

impl Rule for OrmLazyRelationInLoop {
    type On = AnyFor;
    const COST: Cost = Cost::RoundTrips("n + 1 queries", "1");

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.may_map_objects()
    }

    fn check<'a>(around: Loop<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let (iter, target) = (around.iter()?, around.target()?);
        let object = target.as_name_expr()?;
        if !cx.is_put_together(iter) {
            return None;
        }
        let symbol = cx.symbol(object)?;
        let read_in_loop = |name: &'a ExprName| match cx.tree.parent(name) {
            Some(AnyNodeRef::ExprAttribute(attribute)) => (attribute.ctx.is_load()
                && around.repeats(attribute)
                && !cx.handles_error_in(attribute, around))
            .then_some(attribute),
            _ => None,
        };
        // Other files have few relations to tell of, and many queries: these are asked about last.
        let mut reads = (cx.reads(symbol).filter_map(read_in_loop))
            .filter_map(|attribute| Some((attribute, cx.relation(attribute)?)))
            .peekable();
        reads.peek()?;
        let fetch = cx.fetch(iter)?;
        let (read, relation) =
            reads.find(|(_, relation)| !fetch.has(&relation.name) && !relation.is_eager)?;
        let is_written = cx.tree.descendants(around.node()).any(|node| {
            matches!(node, AnyNodeRef::ExprAttribute(other)
                if other.ctx.is_store() && other.attr.as_str() == read.attr.as_str()
                    && matches!(&*other.value, Expr::Name(name) if cx.same_symbol(name, object)))
        });
        if is_written {
            return None;
        }
        let name = &relation.name;
        let help = match relation.has_key {
            true => format!("fetch it along: `.select_related(\"{name}\")`"),
            false => format!("fetch it along: `.options(selectinload(...{name}))`"),
        };
        let finding = Finding::new(
            read,
            format!(
                "`{}` asks the database for each object of the loop",
                cx.text(read)
            ),
        )
        .label("one query per object")
        .because(around.header(), "these come with one query")
        .declared_at(&relation.field, "the object is fetched when it is read")
        .help(help);
        let is_hardly_felt =
            cx.is_run_by_hand(read) || cx.ends_early(around) || !cx.only_gathers(read, around);
        Some(match is_hardly_felt {
            true => finding.assuming(cx.text(iter)),
            false => finding,
        })
    }
}
