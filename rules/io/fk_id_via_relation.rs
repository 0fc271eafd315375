//! # Key of a related object read from the object
//!
//! `book.author.id` fetches the author to read a number that the book has itself: `book.author_id`. That is a query saved for each
//! book.
//!
//! ```python bad
//! from django.db import models
//!
//!
//! class Book(models.Model):
//!     author = models.ForeignKey("Author", on_delete=models.CASCADE)
//!
//!     def link(self):
//!         return f"/author/{self.author.pk}"
//! ```
//!
//! ```python good
//! from django.db import models
//!
//!
//! class Book(models.Model):
//!     author = models.ForeignKey("Author", on_delete=models.CASCADE)
//!
//!     def link(self):
//!         return f"/author/{self.author_id}"
//! ```
//!
//! Where the object is needed anyway, here or by a method that is called here, where the key is of another column, and where nothing is
//! known of the object:
//!
//! ```python fine
//! from django.db import models
//!
//!
//! class Book(models.Model):
//!     author = models.ForeignKey("Author", on_delete=models.CASCADE)
//!     shelf = models.ForeignKey("Shelf", on_delete=models.CASCADE, to_field="code")
//!
//!     def link(self):
//!         return f"/author/{self.author.id}/{self.author.name}"
//!
//!     def place(self):
//!         return self.shelf.id
//!
//!     def is_open(self):
//!         return self.author.works_here
//!
//!     def door(self):
//!         return f"/author/{self.author.id}" if self.is_open() else None
//!
//!
//! def show(request, session):
//!     return request.user.id, session.user.id
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprAttribute, StmtFunctionDef};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::function_around;
use hotlint_core::text_size::Ranged;

pub struct FkIdViaRelation;

impl Rule for FkIdViaRelation {
    type On = ExprAttribute;
    const COST: Cost = Cost::RoundTrips("1 more query", "0");
    const METHODS: &'static [&'static str] = &["id", "pk"];

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.may_map_objects()
    }

    fn check<'a>(key: &'a ExprAttribute, cx: &Cx<'a>) -> Option<Finding> {
        if !matches!(key.attr.as_str(), "id" | "pk") || !key.ctx.is_load() {
            return None;
        }
        let Expr::Attribute(object) = &*key.value else {
            return None;
        };
        let relation = cx.relation(object).filter(|relation| relation.has_key)?;
        if !relation.is_primary {
            return None;
        }
        let own = cx.text(object);
        let around = function_around(&cx.tree, key)?;
        let is_needed = is_needed_in(around, object, cx)
            || methods_called_on(&object.value, around, cx)
                .any(|def| is_needed_in(def, object, cx));
        let is_there = matches!(&*object.value, Expr::Name(name)
            if cx.is_fetched_along(name, &relation.name) == Some(true));
        if is_needed || is_there {
            return None;
        }
        let text = format!("{own}_id");
        let fix = Fix::unsafe_(
            format!("Replace with `{text}`"),
            "gives `None` instead of an exception where there is no such object, and takes the key that was set last",
            vec![Edit::replace(key, text.clone())],
        );
        Some(
            Finding::new(
                key,
                format!("`{own}` is fetched to read its key, which `{text}` has"),
            )
            .label("one query for a number that is there")
            .declared_at(&relation.field, "its column holds the key")
            .fix(fix),
        )
    }
}

/// Whether a function reads an object for something else than its key: then it is there.
fn is_needed_in<'a>(def: &'a StmtFunctionDef, object: &'a ExprAttribute, cx: &Cx<'a>) -> bool {
    let own = cx.text(object);
    cx.tree.descendants(def).any(|node| match node {
        AnyNodeRef::ExprAttribute(other) => {
            other.range() != object.range()
                && cx.text(other) == own
                && !matches!(cx.tree.parent(other), Some(AnyNodeRef::ExprAttribute(outer))
                    if matches!(outer.attr.as_str(), "id" | "pk"))
        }
        _ => false,
    })
}

/// The methods of its own object that a function calls: `self.can_renew()`.
fn methods_called_on<'a>(
    own: &'a Expr,
    def: &'a StmtFunctionDef,
    cx: &Cx<'a>,
) -> impl Iterator<Item = &'a StmtFunctionDef> {
    let own = own
        .as_name_expr()
        .filter(|name| cx.class_of_self(name).is_some());
    let calls = cx.tree.descendants(def).filter_map(|node| match node {
        AnyNodeRef::ExprCall(call) => Some(call),
        _ => None,
    });
    calls.filter_map(move |call| {
        let method = call.func.as_attribute_expr()?;
        let is_own = method.value.as_name_expr()?.id == own?.id;
        is_own.then(|| cx.callee(call)).flatten()
    })
}
