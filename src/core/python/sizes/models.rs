//! Queries over the models of other files, which tell no type.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

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
    fn picks_rows(&self, call: &'a ast::ExprCall) -> bool {
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
fn is_reference(model: &str) -> bool {
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

/// How many calls of a query are looked through.
const MAX_CHAIN: usize = 12;
