//! Qualified names: what a name or an attribute chain means, through imports, aliases and the type of the receiver.

use std::borrow::Cow;

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprRef};
use ruff_python_stdlib::builtins::is_python_builtin;

use super::facts::Facts;
use super::symbols::{Binding, Symbol, binding};
use super::types::Type;
use super::typeshed::{Entry, Member, Table};

impl<'a> Facts<'a> {
    /// The qualified name of what an expression means: `time.sleep`, `builtins.sorted`, `builtins.list.append`.
    ///
    /// Names of this file are told with a leading dot (`.Point`), relative imports with their dots (`..models.User`). `None` is
    /// unknown: rebound, passed in, computed, or possibly shadowed by a star import.
    pub fn name(&self, expr: impl Into<ExprRef<'a>>) -> Option<String> {
        let expr = expr.into();
        if let Some(name) = self.path(expr) {
            return Some(self.method_behind(expr, &name).unwrap_or(name));
        }
        let attribute = match expr {
            ExprRef::Attribute(attribute) => attribute,
            // `add = seen.add`
            ExprRef::Name(name) => match self.only_binding(self.symbol(name)?)? {
                Binding::Assign(stmt) if stmt.targets.len() == 1 => {
                    stmt.value.as_attribute_expr()?
                }
                _ => return None,
            },
            _ => return None,
        };
        let class = self.ty(&*attribute.value).class_name()?;
        Some(format!("{class}.{}", attribute.attr))
    }

    /// The method that a path goes to through a value: `cache.get`, where a library says what class `cache` is of.
    fn method_behind(&self, expr: ExprRef<'a>, path: &str) -> Option<String> {
        let ExprRef::Attribute(attribute) = expr else {
            return None;
        };
        let (receiver, method) = path.rsplit_once('.')?;
        let is_value = match receiver.strip_prefix('.') {
            // `Article.objects.get`
            Some(own) => own.contains('.'),
            None => matches!(
                Table::get().lookup(receiver),
                Some(Entry {
                    member: Member::Value(_),
                    ..
                })
            ),
        };
        // `os.environ.get` is known by that name; what other libraries call theirs is nobody's habit.
        let held = is_value.then(|| self.ty(&*attribute.value))?;
        match &held {
            Type::Instance(class) if Table::get().is_partial_type(&held) => {
                Some(format!("{}.{method}", class.name()))
            }
            _ => None,
        }
    }

    /// The same by imports, definitions and second names alone, without the type of any value.
    pub(super) fn path(&self, expr: impl Into<ExprRef<'a>>) -> Option<String> {
        self.qualified(expr.into(), 0)
    }

    /// Whether an expression means exactly the thing with that qualified name.
    pub fn is(&self, expr: impl Into<ExprRef<'a>>, name: &str) -> bool {
        let expr = expr.into();
        // The last segment of the text decides nearly always, and costs nothing.
        let last = name.rsplit('.').next().unwrap_or(name);
        let spelled = match expr {
            ExprRef::Name(name) => name.id.as_str(),
            ExprRef::Attribute(attribute) => attribute.attr.as_str(),
            _ => return false,
        };
        let may_be = match expr {
            ExprRef::Name(variable) => self.may_mean(variable, last, name.starts_with('.')),
            _ => spelled == last,
        };
        may_be && self.name(expr).as_deref() == Some(name)
    }

    /// Whether a name may mean something whose qualified name ends in `last`, and is `own` to this file: by a look at what binds it,
    /// without putting its qualified name together.
    fn may_mean(&self, name: &'a ast::ExprName, last: &str, own: bool) -> bool {
        let Some(symbol) = self.symbol(name) else {
            return !own && name.id.as_str() == last;
        };
        let first = symbol.bindings.first();
        match first.and_then(|id| binding(&self.tree, *id)) {
            Some(Binding::Import(_, alias)) => match &alias.asname {
                Some(_) => !own && alias.name.rsplit('.').next() == Some(last),
                None => !own && alias.name.split('.').next() == Some(last),
            },
            // A relative import begins with a dot as well.
            Some(Binding::ImportFrom(_, alias)) => alias.name.rsplit('.').next() == Some(last),
            Some(Binding::Assign(stmt)) => {
                matches!(&*stmt.value, Expr::Name(_) | Expr::Attribute(_))
            }
            Some(Binding::Class(def)) => own && def.name.as_str() == last,
            Some(Binding::Function(def)) => own && def.name.as_str() == last,
            _ => false,
        }
    }

    /// A call of the thing with that qualified name.
    pub fn call_of(&self, expr: &'a Expr, name: &str) -> Option<&'a ast::ExprCall> {
        let call = expr.as_call_expr()?;
        self.is(&*call.func, name).then_some(call)
    }

    fn qualified(&self, expr: ExprRef<'a>, hops: u8) -> Option<String> {
        if hops > 8 {
            return None;
        }
        match expr {
            ExprRef::Name(name) => {
                let Some(symbol) = self.symbol(name) else {
                    let id = name.id.as_str();
                    let minor = self.python.newest.minor;
                    let builtin = is_python_builtin(id, minor, false) && !id.starts_with("__");
                    return (builtin && !self.tree.star_import).then(|| dotted("builtins", id));
                };
                // `try: from fast import f / except ImportError: from slow import f` is known only if both say the same.
                if symbol.shared {
                    return None;
                }
                let mut names = self.bindings(symbol).map(|binding| match binding {
                    Binding::Import(_, alias) => Some(match &alias.asname {
                        Some(_) => alias.name.to_string(),
                        None => alias.name.split('.').next()?.to_string(),
                    }),
                    Binding::ImportFrom(stmt, alias) => Some(imported_name(stmt, alias)),
                    Binding::Assign(stmt) if stmt.targets.len() == 1 => match &*stmt.value {
                        value @ (Expr::Name(_) | Expr::Attribute(_)) => {
                            self.qualified(value.into(), hops + 1)
                        }
                        _ => None,
                    },
                    Binding::Class(def) => Some(dotted("", &def.name)),
                    Binding::Function(def) => Some(dotted("", &def.name)),
                    _ => None,
                });
                let first = names.next()??;
                names
                    .all(|other| other.as_ref() == Some(&first))
                    .then_some(first)
            }
            ExprRef::Attribute(attribute) => {
                let mut name = self.qualified((&*attribute.value).into(), hops + 1)?;
                name.reserve(1 + attribute.attr.len());
                name.push('.');
                name.push_str(&attribute.attr);
                Some(name)
            }
            _ => None,
        }
    }

    /// The qualified name that a variable is imported by, where nothing else binds it.
    pub(super) fn imported(&self, symbol: &Symbol<'a>) -> Option<String> {
        match self.only_binding(symbol)? {
            Binding::Import(_, alias) => Some(match &alias.asname {
                Some(_) => alias.name.to_string(),
                None => alias.name.split('.').next()?.to_string(),
            }),
            Binding::ImportFrom(stmt, alias) => Some(imported_name(stmt, alias)),
            _ => None,
        }
    }

    /// The function of this file that a call certainly calls: a plain name bound once by `def`, or `self.method` of a class
    /// that says so itself.
    pub fn callee(&self, call: &'a ast::ExprCall) -> Option<&'a ast::StmtFunctionDef> {
        match &*call.func {
            Expr::Name(name) => match self.only_binding(self.symbol(name)?)? {
                Binding::Function(def) => Some(def),
                _ => None,
            },
            Expr::Attribute(attribute) => {
                let receiver = attribute.value.as_name_expr()?;
                let class = self.class_of_self(receiver)?;
                let scope = self.tree.scope_opened_by(self.tree.id(class))?;
                let method = self
                    .symbols()
                    .in_scope(&self.tree, scope, attribute.attr.as_str())?;
                match self.only_binding(self.symbols().get(method))? {
                    Binding::Function(def) => Some(def),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Whether an expression is the object whose method this is.
    pub fn is_self(&self, expr: &'a Expr) -> bool {
        expr.as_name_expr()
            .is_some_and(|name| self.class_of_self(name).is_some())
    }

    /// The class whose instance `name` is, where `name` is the first parameter of one of its methods and never rebound.
    pub fn class_of_self(&self, name: &'a ast::ExprName) -> Option<&'a ast::StmtClassDef> {
        let symbol = self.symbol(name)?;
        if let Some(known) = self.selves.borrow().get(&symbol.id) {
            return *known;
        }
        let class = self.class_by_self(symbol);
        self.selves.borrow_mut().insert(symbol.id, class);
        class
    }

    fn class_by_self(&self, symbol: &Symbol<'a>) -> Option<&'a ast::StmtClassDef> {
        let Binding::Parameter(parameter) = self.only_binding(symbol)? else {
            return None;
        };
        let AnyNodeRef::StmtFunctionDef(def) = self.tree.scope(symbol.scope).node else {
            return None;
        };
        let AnyNodeRef::StmtClassDef(class) = self.tree.parent(def)? else {
            return None;
        };
        let first = def.parameters.iter_non_variadic_params().next()?;
        if first.parameter.range != parameter.range {
            return None;
        }
        let decorated_away = def.decorator_list.iter().any(|decorator| {
            self.is(&decorator.expression, "builtins.staticmethod")
                || self.is(&decorator.expression, "builtins.classmethod")
        });
        (!decorated_away).then_some(class)
    }
}

/// `base.last`, put together without the machinery of formatting: names are asked for more than anything else.
fn dotted(base: &str, last: &str) -> String {
    let mut name = String::with_capacity(base.len() + 1 + last.len());
    name.push_str(base);
    name.push('.');
    name.push_str(last);
    name
}

/// The qualified name of what an import brings; relative ones keep their dots.
pub(super) fn imported_name(stmt: &ast::StmtImportFrom, alias: &ast::Alias) -> String {
    member_of(&module_of(stmt), &alias.name)
}

/// The module of an import, with its dots.
pub(super) fn module_of(stmt: &ast::StmtImportFrom) -> Cow<'_, str> {
    let module = stmt.module.as_deref().unwrap_or_default();
    match stmt.level {
        0 => Cow::Borrowed(module),
        level => Cow::Owned(".".repeat(level as usize) + module),
    }
}

/// The qualified name of what lies in a module.
pub(super) fn member_of(module: &str, name: &str) -> String {
    let mut qualified = String::with_capacity(module.len() + 1 + name.len());
    qualified.push_str(module);
    if !module.is_empty() && !module.ends_with('.') {
        qualified.push('.');
    }
    qualified.push_str(name);
    qualified
}
