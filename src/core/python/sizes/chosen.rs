//! Queries that give few rows by what they ask for: a list of keys, what belongs to one object, words for kinds.
//!
//! **Invariant**: decides what is reported unasked, never whether a finding is right.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::models::MAX_CHAIN;
use crate::python::facts::Facts;

impl<'a> Facts<'a> {
    /// Whether a query gives no more rows than somebody chose, those of one object, or as many as there are words for a kind:
    /// `Order.objects.filter(pk__in=chosen)`, `Language.objects.all()`.
    pub(super) fn is_chosen(&self, query: &'a Expr) -> bool {
        let mut query = query;
        for _ in 0..MAX_CHAIN {
            query = match query {
                Expr::Call(call) if self.picks_rows(call) => return true,
                Expr::Call(call) => match &*call.func {
                    Expr::Attribute(method) => &method.value,
                    _ => return false,
                },
                // `Language.objects`
                Expr::Attribute(manager) => return is_reference(self.text(&*manager.value)),
                Expr::Name(_) => match self.only_value(query) {
                    Some(value) => value,
                    None => return false,
                },
                _ => return false,
            };
        }
        false
    }

    /// Whether something is read from what a name stands for, which texts and numbers do not have.
    pub(super) fn is_an_object(&self, name: &'a ast::ExprName) -> bool {
        self.symbol(name).is_some_and(|symbol| {
            self.reads(symbol).any(|read| match self.tree.parent(read) {
                Some(AnyNodeRef::ExprAttribute(part)) => {
                    !matches!(self.tree.parent(part), Some(AnyNodeRef::ExprCall(called))
                        if called.func.range() == part.range())
                }
                _ => false,
            })
        })
    }

    /// Whether a call picks some rows of a query.
    pub(super) fn picks_rows(&self, call: &'a ast::ExprCall) -> bool {
        let by_keyword = call.arguments.keywords.iter().any(|keyword| {
            let name = keyword.arg.as_deref();
            // `filter(pk__in=chosen)`: gives no more than was chosen, unless another query chose.
            let is_chosen = name.is_some_and(|name| name.ends_with("__in"));
            // `filter(job=self)`: what belongs to one object.
            let is_of_self = || match &keyword.value {
                Expr::Name(name) => self.class_of_self(name).is_some(),
                _ => false,
            };
            // `filter(order=order)` of an object that something is read from.
            let is_of_one = || match &keyword.value {
                Expr::Name(of) => name == Some(of.id.as_str()) && self.is_an_object(of),
                _ => false,
            };
            is_chosen && !self.is_query(&keyword.value) || is_of_self() || is_of_one()
        });
        // `filter(Order.id.in_(chosen))`
        let by_test = call.arguments.args.iter().any(|arg| match arg {
            Expr::Call(test) => match &*test.func {
                Expr::Attribute(method) => {
                    let mut chosen = test.arguments.args.iter();
                    method.attr.as_str() == "in_" && !chosen.any(|chosen| self.is_query(chosen))
                }
                _ => false,
            },
            _ => false,
        });
        by_keyword || by_test
    }
}

/// Whether a model has as many rows as there are words for its kind, or things to be set: `Language`, `models.Currency`, `Setting`.
pub(super) fn is_reference(model: &str) -> bool {
    const KINDS: &[&str] = &[
        "ContentType",
        "Country",
        "Currency",
        "Language",
        "Locale",
        "Setting",
        "Site",
    ];
    KINDS.contains(&model.rsplit('.').next().unwrap_or(model))
}
