//! # Object saved for each item of a loop
//!
//! `save` and `create` send a statement each: a thousand objects are a thousand round trips. `bulk_create` and `bulk_update` send a
//! few large statements; `filter(...).update(...)` and `.delete()` change or delete all rows with one.
//!
//! ```python bad
//! from django.db import models
//!
//!
//! class Book(models.Model):
//!     title = models.TextField()
//!
//!
//! def load(titles):
//!     for title in titles:
//!         Book.objects.create(title=title)
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
//! def load(titles):
//!     Book.objects.bulk_create(Book(title=title) for title in titles)
//! ```
//!
//! Bulk methods call no `save` of the model and send no signals: what is saved in functions that receive signals is told to those who
//! select the rule, as is what is saved because it changed. A model with a `save` of its own is left alone:
//!
//! ```python fine
//! from django.db import models
//!
//!
//! class Book(models.Model):
//!     title = models.TextField()
//!
//!     def save(self, *args, **kwargs):
//!         self.title = self.title.strip()
//!         super().save(*args, **kwargs)
//!
//!
//! def load(titles, files):
//!     for title in titles:
//!         book = Book(title=title)
//!         book.save()
//!     for file in files:
//!         file.save()
//! ```
//!
//! What looks for its row first, what tells others of each object, what may fail for one of them, what is needed at once, and what is
//! sent for many:
//!
//! ```python fine
//! from django.db import DatabaseError, models
//!
//!
//! class Book(models.Model):
//!     title = models.TextField()
//!
//!
//! def load(titles, years, files):
//!     for title in titles:
//!         Book.objects.get_or_create(title=title)
//!     for book in Book.objects.filter(title=""):
//!         book.delete()
//!     for year in years:
//!         Book.objects.filter(year=year).update(old=True)
//!     for title in titles:
//!         try:
//!             Book.objects.create(title=title)
//!         except DatabaseError:
//!             print(title)
//!     for title, file in files:
//!         book = Book.objects.create(title=title)
//!         book.files.add(file)
//! ```
//!
//! ```python fine
//! from django.db import models
//!
//!
//! class Book(models.Model):
//!     title = models.TextField()
//!
//!
//! class Page(models.Model):
//!     book = models.ForeignKey(Book, on_delete=models.CASCADE)
//!
//!
//! def load(titles):
//!     for title in titles:
//!         book = Book(title=title)
//!         book.save()
//!         Page(book=book).save()
//! ```
//!
//! A session that is sent now and then, or whose rows are asked for their keys:
//!
//! ```python fine
//! from sqlalchemy.orm import Session
//!
//!
//! def load(session: Session, items, owners):
//!     for number, item in enumerate(items):
//!         session.add(item)
//!         if number % 1000 == 0:
//!             session.flush()
//!     for owner in owners:
//!         session.add(owner)
//!         session.flush()
//!         print(owner.id)
//! ```

use hotlint_core::ast::{AnyNodeRef, CmpOp, Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::{Does, Effects, Entry, Loop, Size, function_around};
use hotlint_core::text_size::Ranged;

pub struct OrmSaveInLoop;

impl Rule for OrmSaveInLoop {
    type On = InLoop<ExprCall>;
    const EFFECTS: Effects = Effects::does(Does::Queries);
    const COST: Cost = Cost::RoundTrips("n statements", "n / batch");

    fn is_worth_asking<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
        let fills = |around| fills_a_session(around, cx);
        let saves = |around| !is_used_at_once(call, around, cx);
        !cx.is_of_command_line()
            && (cx.in_loop(call).is_some_and(fills) || cx.per_item_loop(call).is_some_and(saves))
    }

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let entry = cx.knows(call)?;
        if !is_write(entry) {
            return None;
        }
        // A session has all objects of the loop in it.
        let around = match entry.does(Does::Maps) {
            true => cx.per_item_loop(call)?,
            false => cx
                .in_loop(call)
                .filter(|around| fills_a_session(*around, cx))?,
        };
        let is_chosen = cx.ancestors_within(call, around).any(|outer| match outer {
            AnyNodeRef::ExceptHandlerExceptHandler(_) => true,
            // What fails for one item is no matter of the others.
            AnyNodeRef::StmtTry(attempt) => !attempt.handlers.is_empty(),
            _ => false,
        });
        // What a row is needed for in the same iteration has to be there.
        if is_chosen
            || is_used_at_once(call, around, cx)
            || (!entry.does(Does::Maps) && is_needed(call, around, cx))
            || (!entry.does(Does::Maps)
                && cx
                    .tree
                    .parent(call)
                    .is_some_and(|parent| !parent.is_stmt_expr()))
            || cx.was_done_before(call, around, is_write)
        {
            return None;
        }
        let message = format!(
            "`{}` writes to the database in every iteration",
            cx.spelled(call)
        );
        let items = around.iter().map_or("", |iter| cx.text(iter));
        Some(
            Finding::new(call, message)
                .label("one statement per item")
                .because(around.header(), "for each item of this loop")
                .sized(
                    match cx.is_hardly_felt(call, around)
                        || is_for_what_changed(call, around, cx)
                        || is_in_a_receiver(call, cx)
                    {
                        true => Size::Unknown,
                        false => cx.rounds(&[around]),
                    },
                    items,
                )
                .help(format!("write all of them at once: {}", entry.batched)),
        )
    }
}

/// Whether the object that is made is needed in the same iteration: `order = Order.objects.create(); order.files.add(file)`,
/// `order.save(); Item(order=order)`.
fn is_used_at_once<'a>(call: &'a ExprCall, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    if let Expr::Attribute(save) = &*call.func
        && let Expr::Name(saved) = &*save.value
        && let Some(symbol) = cx.symbol(saved)
    {
        return cx.reads(symbol).any(|read| {
            read.start() > call.end()
                && around.repeats(read)
                && matches!(cx.tree.parent(read), Some(AnyNodeRef::Keyword(_)))
        });
    }
    let Some(AnyNodeRef::StmtAssign(assign)) = cx.tree.parent(call) else {
        return false;
    };
    let [Expr::Name(name)] = &*assign.targets else {
        return false;
    };
    cx.symbol(name).is_some_and(|symbol| {
        cx.reads(symbol)
            .any(|read| read.start() > call.end() && around.repeats(read))
    })
}

/// Whether a function receives signals, `def add(sender, instance, **kwargs)`: who has such receivers may have some for what is saved
/// here, and bulk methods send them nothing.
fn is_in_a_receiver<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    function_around(&cx.tree, call).is_some_and(|def| {
        let has = |name: &str| def.parameters.iter().any(|one| one.name().as_str() == name);
        has("sender") && has("instance")
    })
}

/// Whether only those objects are saved that are not as they should be: `if order.total != total:`. Mostly they are.
fn is_for_what_changed<'a>(call: &'a ExprCall, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    cx.ancestors_within(call, around).any(|outer| match outer {
        AnyNodeRef::StmtIf(branch) => cx.tree.descendants(&*branch.test).any(|node| match node {
            AnyNodeRef::ExprCompare(compare) => {
                let sides = std::iter::once(&*compare.left).chain(&compare.comparators);
                compare.ops.contains(&CmpOp::NotEq)
                    && sides
                        .into_iter()
                        .any(|side| side.is_attribute_expr() && cx.names_bound_in(side, around))
            }
            _ => false,
        }),
        _ => false,
    })
}

/// Whether a session is sent now and then, or what it has sent is asked for in the same iteration: the key of a row, by whoever
/// gets it.
fn is_needed<'a>(call: &'a ExprCall, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let now_and_then = cx
        .ancestors_within(call, around)
        .any(|outer| outer.is_stmt_if());
    now_and_then
        || cx.tree.descendants(around.node()).any(|node| match node {
            AnyNodeRef::ExprYield(_) => true,
            AnyNodeRef::ExprAttribute(key) => {
                let name = key.attr.as_str();
                key.start() > call.end()
                    && key.ctx.is_load()
                    && (matches!(name, "id" | "pk" | "uuid") || name.ends_with("_id"))
            }
            _ => false,
        })
}

/// Whether a loop goes over objects, and not over batches or attempts.
fn fills_a_session<'a>(around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let symbol = around
        .target()
        .and_then(Expr::as_name_expr)
        .and_then(|name| cx.symbol(name));
    let is_used = symbol.is_some_and(|symbol| {
        cx.reads(symbol)
            .any(|name| !matches!(cx.tree.parent(name), Some(AnyNodeRef::WithItem(_))))
    });
    is_used && !cx.goes_over_batches(around) && !cx.calls_in(around, "rollback")
}

/// Writes objects: what it sends does not depend on what comes back.
fn is_write(entry: &'static Entry) -> bool {
    entry.does(Does::Queries)
        && !entry.does(Does::Varies)
        && !entry.does(Does::Batches)
        && !entry.does(Does::Single)
}
