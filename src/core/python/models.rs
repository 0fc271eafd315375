//! Object-relational mappers: what a query was asked to fetch, and attributes that fetch another object when they are read.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprCall};

use super::facts::Facts;
use super::libraries::{Does, Effects};
use super::project::Wants;
use super::types::Type;
use super::typeshed::Table;

/// An attribute of a model that stands for an object of another table.
#[derive(Clone, Debug)]
pub struct Relation<'a> {
    /// The name of the attribute.
    pub name: Box<str>,
    pub field: Field<'a>,
    /// Whether the key is an attribute as well, with `_id` behind its name.
    pub has_key: bool,
    /// Whether that key is the other object's own, and not another column of it.
    pub is_primary: bool,
    /// Whether the object is fetched with its owner anyway.
    pub is_eager: bool,
}

/// Where a relation is declared.
#[derive(Clone, Debug)]
pub enum Field<'a> {
    /// `ForeignKey(...)`, `relationship(...)`
    Here(&'a ExprCall),
    /// In a file of the project, on a line from 1.
    There(String, usize),
}

/// The calls that put a query together, the last one first.
#[derive(Debug)]
pub struct Fetch<'a> {
    steps: Vec<(&'a str, &'a ExprCall)>,
}

const FOREIGN_KEYS: &[&str] = &[
    "django.db.models.ForeignKey",
    "django.db.models.OneToOneField",
    "peewee.ForeignKeyField",
];
const RELATIONSHIPS: &[&str] = &["sqlalchemy.orm.relationship"];
/// What the libraries do that a mapper is known by.
const MAPPING: Effects = Effects::does(Does::Maps).or(Effects::does(Does::Queries));
/// What a query over objects is, and what it begins with.
const QUERIES: &[&str] = &[
    "django.db.models.query.QuerySet",
    "django.db.models.manager.BaseManager",
    "django.db.models.manager.Manager",
    "sqlalchemy.orm.Query",
    "sqlalchemy.orm.query.Query",
];
/// What columns are called that tell one row from all others.
const NAMING: &[&str] = &[
    "code", "email", "guid", "key", "login", "name", "slug", "token", "username", "uuid",
];
/// Names and calls of one query.
const MAX_STEPS: usize = 50;
const EAGER: &[&str] = &["select_related", "prefetch_related", "options", "prefetch"];

impl<'a> Facts<'a> {
    /// Whether the file imports an object-relational mapper, or other files may.
    pub fn may_map_objects(&self) -> bool {
        self.may_use(MAPPING)
    }

    /// The relation that an attribute reads, where its object is of a model of this file or of another.
    pub fn relation(&self, attribute: &'a ast::ExprAttribute) -> Option<Relation<'a>> {
        let wants = || Wants::Relation(attribute.attr.as_str().into());
        let class = match (
            &*attribute.value,
            self.type_anywhere(&*attribute.value, wants),
        ) {
            (_, Type::Local(class)) => class.0,
            (_, Type::Instance(class)) => {
                return self.relation_elsewhere(class.project()?, attribute.attr.as_str());
            }
            (Expr::Name(name), _) => self.class_of_self(name)?,
            _ => return None,
        };
        self.ancestry(class)
            .iter()
            .find_map(|class| self.relation_of(class, attribute.attr.as_str()))
    }

    fn relation_of(&self, class: &'a ast::StmtClassDef, wanted: &str) -> Option<Relation<'a>> {
        self.relations_of(class)
            .find(|relation| &*relation.name == wanted)
    }

    /// The relations that the body of a class declares.
    pub(super) fn relations_of(
        &self,
        class: &'a ast::StmtClassDef,
    ) -> impl Iterator<Item = Relation<'a>> {
        class.body.iter().filter_map(|stmt| {
            let (target, value) = match stmt {
                ast::Stmt::Assign(assign) => (assign.targets.first()?, &*assign.value),
                ast::Stmt::AnnAssign(assign) => (&*assign.target, assign.value.as_deref()?),
                _ => return None,
            };
            let name = target.as_name_expr()?;
            let field = value.as_call_expr()?;
            let made_by = self.name(&*field.func)?;
            let has_key = FOREIGN_KEYS.contains(&made_by.as_str());
            let is_relation = has_key || RELATIONSHIPS.contains(&made_by.as_str());
            let option = |name: &str| {
                let keyword = field.arguments.find_keyword(name);
                keyword.map(|keyword| &keyword.value)
            };
            is_relation.then(|| Relation {
                name: name.id.as_str().into(),
                field: Field::Here(field),
                has_key,
                is_primary: option("to_field").is_none() && option("field").is_none(),
                is_eager: option("lazy").is_some_and(|lazy| {
                    lazy.as_string_literal_expr()
                        .is_none_or(|text| text.value.to_str() != "select")
                }),
            })
        })
    }

    /// Whether an expression is a query over objects of a model: one that asks the database when it is gone over.
    pub fn is_query(&self, expr: &'a Expr) -> bool {
        if !matches!(expr, Expr::Call(_) | Expr::Name(_) | Expr::Attribute(_)) {
            return false;
        }
        // Where this file knows no mapper, the types that it tells are none of a mapper.
        let found = match self.imports_any(MAPPING) {
            true => self.type_anywhere(expr, || Wants::Query),
            false => self.type_elsewhere(expr, || Wants::Query),
        };
        match &found {
            // A manager of the project's own.
            Type::Local(class) => self.derives_from(class.0, &|base| {
                let base = Table::get().class(base);
                base.is_some_and(|base| is_query_type(&Table::get().instance_alone(base)))
            }),
            Type::Instance(class) => match class.project() {
                Some(class) => self.project.is_query_class(class),
                None => is_query_type(&found),
            },
            _ => is_query_type(&found),
        }
    }

    /// How a query came to be, where all of it can be seen: down to the manager of a model, or to `session.query(...)`.
    pub fn fetch(&self, query: &'a Expr) -> Option<Fetch<'a>> {
        // By its form first: of most expressions others need not be asked.
        if !self.is_put_together(query) || !self.is_query(query) {
            return None;
        }
        let mut steps = Vec::new();
        let mut at = query;
        loop {
            match at {
                Expr::Name(_) => at = self.only_value(at)?,
                Expr::Call(call) => {
                    let Expr::Attribute(method) = &*call.func else {
                        return None;
                    };
                    steps.push((method.attr.as_str(), call));
                    // `session.query(Model)` begins here.
                    if !self.is_query(&method.value) {
                        return (method.attr.as_str() == "query" && self.is_query(at))
                            .then_some(Fetch { steps });
                    }
                    at = &method.value;
                }
                // `Model.objects`
                Expr::Attribute(manager) => {
                    let of_class = self.name(&*manager.value).is_some();
                    return (of_class && !steps.is_empty()).then_some(Fetch { steps });
                }
                _ => return None,
            }
            if steps.len() > MAX_STEPS {
                return None;
            }
        }
    }

    /// Whether an expression has the form of a query: methods that are called one on the other, `Model.objects.filter(...)`.
    pub fn is_put_together(&self, query: &'a Expr) -> bool {
        let mut at = query;
        for step in 0..MAX_STEPS {
            match at {
                Expr::Name(_) => match self.only_value(at) {
                    Some(value) => at = value,
                    None => return false,
                },
                Expr::Call(call) => match &*call.func {
                    Expr::Attribute(method) => {
                        if method.attr.as_str() == "query" {
                            return true;
                        }
                        at = &method.value;
                    }
                    _ => return false,
                },
                Expr::Attribute(manager) => {
                    return step > 0 && self.name(&*manager.value).is_some();
                }
                _ => return false,
            }
        }
        false
    }

    /// Whether nothing but tests and lengths is asked of what a variable holds.
    pub fn is_asked_only(
        &self,
        name: &'a ast::ExprName,
        asks: impl Fn(&'a ast::ExprName) -> bool,
    ) -> bool {
        self.symbol(name)
            .is_some_and(|symbol| !symbol.shared && self.reads(symbol).all(asks))
    }

    /// Whether `name` is the object at hand of a loop whose query fetches `relation` along, as far as can be seen.
    pub fn is_fetched_along(&self, name: &'a ast::ExprName, relation: &str) -> Option<bool> {
        let symbol = self.symbol(name)?;
        let iter = match self.only_binding(symbol)? {
            super::symbols::Binding::For(stmt) => &*stmt.iter,
            super::symbols::Binding::Comprehension(clause) => &clause.iter,
            _ => return None,
        };
        Some(self.fetch(iter)?.has(relation))
    }
}

impl Fetch<'_> {
    /// Whether it asks for what has a certain name or key, `filter(slug=slug)`, `filter(email__iexact=email)`: that is one row, as a
    /// rule, so that hardly more comes than was asked for.
    pub fn asks_by_name(&self) -> bool {
        let mut asked = (self.steps.iter())
            .filter(|(method, _)| matches!(*method, "filter" | "filter_by"))
            .flat_map(|(_, call)| &call.arguments.keywords)
            .filter_map(|keyword| keyword.arg.as_deref());
        asked.any(|field| {
            let (field, lookup) = field.split_once("__").unwrap_or((field, "exact"));
            let last = field.rsplit('_').next().unwrap_or(field);
            match lookup {
                "exact" => NAMING.contains(&last) || matches!(field, "id" | "pk"),
                lookup => lookup == "iexact",
            }
        })
    }

    /// Whether the query fetches a relation along with the objects, or may.
    pub fn has(&self, relation: &str) -> bool {
        self.steps.iter().any(|(method, call)| {
            let names = |text: &str| text == relation || text.starts_with(&format!("{relation}__"));
            EAGER.contains(method)
                && (call.arguments.is_empty()
                    || call.arguments.args.iter().any(|argument| {
                        argument
                            .as_string_literal_expr()
                            .is_none_or(|text| names(text.value.to_str()))
                    }))
        })
    }
}

/// Whether something of that type is a query over objects of a model.
pub(super) fn is_query_type(ty: &Type<'_>) -> bool {
    ty.class_name()
        .is_some_and(|name| QUERIES.contains(&name.as_str()))
}

/// Whether a name is part of a test: what decides an `if`, a `while` or a `not`, alone or with `and` and `or`.
pub fn is_tested<'a>(facts: &Facts<'a>, expr: impl Into<AnyNodeRef<'a>>) -> bool {
    use ruff_text_size::Ranged;
    let mut inner: AnyNodeRef<'a> = expr.into();
    loop {
        match facts.tree.parent(inner) {
            Some(AnyNodeRef::ExprUnaryOp(unary)) if unary.op == ast::UnaryOp::Not => {
                inner = unary.into();
            }
            Some(AnyNodeRef::ExprBoolOp(op)) => inner = op.into(),
            Some(AnyNodeRef::StmtIf(stmt)) => return stmt.test.range() == inner.range(),
            Some(AnyNodeRef::ElifElseClause(clause)) => {
                return clause
                    .test
                    .as_ref()
                    .is_some_and(|test| test.range() == inner.range());
            }
            Some(AnyNodeRef::StmtWhile(stmt)) => return stmt.test.range() == inner.range(),
            Some(AnyNodeRef::ExprIf(choice)) => return choice.test.range() == inner.range(),
            _ => return false,
        }
    }
}
