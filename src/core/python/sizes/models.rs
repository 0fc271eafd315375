//! Queries over the models of other files, which tell no type.

use ruff_python_ast::{self as ast, Expr};

use super::chosen::is_reference;
use crate::python::facts::Facts;

/// Methods that ask the manager or the query of a model for all that there is of a kind.
const QUERY_METHODS: &[&str] = &[
    "all",
    "annotate",
    "defer",
    "distinct",
    "exclude",
    "filter",
    "filter_by",
    "iterator",
    "join",
    "only",
    "options",
    "order_by",
    "outerjoin",
    "prefetch_related",
    "select_related",
    "using",
    "values",
    "values_list",
    "where",
    "with_entities",
    "yield_per",
];

impl<'a> Facts<'a> {
    /// Whether a call asks a database for the objects of a class: `Order.objects.filter(...)`, `session.query(Order).all()`. The class
    /// is another file's, and tells no type.
    pub(super) fn asks_a_model(&self, call: &'a ast::ExprCall) -> bool {
        let mut call = call;
        let mut ends_with_all = false;
        for _ in 0..MAX_CHAIN {
            let Expr::Attribute(method) = &*call.func else {
                return false;
            };
            let word = method.attr.as_str();
            let of_classes = |args: &'a [Expr]| {
                !args.is_empty()
                    && args.iter().all(|arg| match arg {
                        Expr::Attribute(column) => {
                            self.is_class(arg) || self.is_class(&column.value)
                        }
                        arg => self.is_class(arg),
                    })
            };
            if word == "query" && ends_with_all {
                return of_classes(&call.arguments.args);
            }
            if self.picks_rows(call) || !QUERY_METHODS.contains(&word) {
                return false;
            }
            ends_with_all |= word == "all";
            match &*method.value {
                Expr::Call(inner) => call = inner,
                // What a manager is called is the project's choice, `published`; mostly it is `objects`.
                Expr::Attribute(manager) => {
                    return manager.attr.as_str().ends_with("objects")
                        && self.is_class(&manager.value)
                        && !is_reference(self.text(&*manager.value));
                }
                _ => return false,
            }
        }
        false
    }
}

/// How many calls of a query are looked through.
pub(super) const MAX_CHAIN: usize = 12;
