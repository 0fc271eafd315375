//! What instances of the classes of this file hold and give: attributes, properties and methods, through base classes; and what
//! functions return.

use std::rc::Rc;

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};

use super::blocks::{Leaves, function_around, leaves};
use super::facts::Facts;
use super::infer::Assigned;
use super::questions::Question;
use super::symbols::Binding;
use super::types::{Class, ClassRef, Type, known};
use super::typeshed::{Given, Table};

/// Longer chains of base classes are nobody's idea of readable code.
const BASES: usize = 12;

/// Decorators of methods that are asked for like attributes.
pub(super) const PROPERTIES: &[&str] = &[
    "builtins.property",
    "functools.cached_property",
    "abc.abstractproperty",
    "cached_property.cached_property",
    "django.utils.functional.cached_property",
    "kombu.utils.objects.cached_property",
    "propcache.api.cached_property",
    "propcache.cached_property",
    "werkzeug.utils.cached_property",
];

/// What a class of this file says of a name.
enum Found<'a> {
    Assigned(&'a ast::StmtClassDef),
    Method(&'a ast::StmtFunctionDef),
    /// A base class outside of the file.
    Outside(Type<'a>),
}

impl<'a> Facts<'a> {
    /// The type of an attribute of an instance.
    pub(super) fn instance_attribute(
        &self,
        class: &'a ast::StmtClassDef,
        attribute: &'a str,
    ) -> Type<'a> {
        self.ask(Question::Attribute(self.tree.id(class), attribute))
    }

    /// What the class, or the nearest base, says of an attribute.
    pub(super) fn attribute_of(
        &self,
        class: &'a ast::StmtClassDef,
        attribute: &'a str,
    ) -> Type<'a> {
        match self.member_of_class(class, attribute) {
            Some(Found::Assigned(owner)) => match self.attributes_of(owner).get(attribute) {
                Some(assigned) => self.infer_assigned(assigned),
                None => Type::Unknown,
            },
            Some(Found::Method(def)) if self.is_property(def) => self.result(def),
            Some(Found::Outside(base)) => Table::get()
                .inherited_attribute(&base, &Type::Local(ClassRef(class)), attribute)
                .unwrap_or(Type::Unknown),
            _ => Type::Unknown,
        }
    }

    /// What calling a method of an instance, or of the class, gives.
    pub(super) fn method_result(
        &self,
        class: &'a ast::StmtClassDef,
        method: &str,
        given: Given<'a>,
    ) -> Type<'a> {
        match self.member_of_class(class, method) {
            Some(Found::Method(def)) if !self.is_property(def) => self.returned(def),
            Some(Found::Outside(base)) => self
                .call_inherited(&base, &Type::Local(ClassRef(class)), method, given)
                .unwrap_or(Type::Unknown),
            _ => Type::Unknown,
        }
    }

    /// The class of this file that an expression names.
    pub(super) fn local_class(&self, expr: &'a Expr) -> Option<&'a ast::StmtClassDef> {
        match self.only_binding(self.symbol(expr.as_name_expr()?)?)? {
            Binding::Class(class) => Some(class),
            _ => None,
        }
    }

    /// Where a class, or the nearest of its bases, assigns or defines a name. Bases that nobody knows may define anything.
    fn member_of_class(&self, class: &'a ast::StmtClassDef, name: &str) -> Option<Found<'a>> {
        let mut left = vec![class];
        for _ in 0..BASES {
            let class = left.pop()?;
            let method = class.body.iter().rev().find_map(|stmt| match stmt {
                Stmt::FunctionDef(def) if def.name.as_str() == name => Some(def),
                _ => None,
            });
            let attributes = self.attributes_of(class);
            match (method, attributes.get(name)) {
                (Some(def), None) => return Some(Found::Method(def)),
                // Both: a method that is wrapped, or a property with its hidden value.
                (Some(_), Some(_)) => return None,
                (None, Some(assigned)) => {
                    // `name: int` in a class body, of which a base has the value.
                    let declared = assigned
                        .iter()
                        .any(|assigned| !matches!(assigned, Assigned::Augmented(..)));
                    return declared.then_some(Found::Assigned(class));
                }
                (None, None) => {}
            }
            for base in class.bases().iter().rev() {
                let base = match base {
                    Expr::Subscript(subscript) => &*subscript.value,
                    other => other,
                };
                if self.is(base, "typing.Generic") || self.is(base, "builtins.object") {
                    continue;
                }
                match self.instance_of(base)? {
                    Type::Local(class) => left.push(class.0),
                    // The last one counts only if the others of this file do not have the name.
                    outside => {
                        let known = Table::get().has_member(&outside, name);
                        if known && left.is_empty() {
                            return Some(Found::Outside(outside));
                        }
                        if known || Table::get().is_partial_type(&outside) {
                            return None;
                        }
                    }
                }
            }
        }
        None
    }

    /// The base class outside of the file from which a class of this file has a method, where no class of this file has it.
    pub(super) fn outside_base(
        &self,
        class: &'a ast::StmtClassDef,
        method: &str,
    ) -> Option<Type<'a>> {
        let mut left = vec![class];
        for _ in 0..BASES {
            let class = left.pop()?;
            let defines = class
                .body
                .iter()
                .any(|stmt| matches!(stmt, Stmt::FunctionDef(def) if def.name.as_str() == method));
            if defines || self.attributes_of(class).contains_key(method) {
                return None;
            }
            for base in class.bases().iter().rev() {
                match self.instance_of(base) {
                    Some(Type::Local(class)) => left.push(class.0),
                    Some(outside) => return Some(outside),
                    None => {}
                }
            }
        }
        None
    }

    pub(super) fn is_property(&self, def: &'a ast::StmtFunctionDef) -> bool {
        def.decorator_list.iter().any(|decorator| {
            PROPERTIES
                .iter()
                .any(|name| self.is(&decorator.expression, name))
        })
    }

    /// What calling a function of this file gives.
    pub(super) fn returned(&self, def: &'a ast::StmtFunctionDef) -> Type<'a> {
        if self.is_manager(def) {
            return self.manager_of(def);
        }
        let transparent = def.decorator_list.iter().all(|decorator| {
            self.decorator_name(decorator).is_some_and(|name| {
                matches!(
                    name.as_str(),
                    "builtins.staticmethod"
                        | "builtins.classmethod"
                        | "functools.cache"
                        | "functools.lru_cache"
                        | "abc.abstractmethod"
                        | "typing.override"
                        | "typing.final"
                        | "typing_extensions.override"
                )
            })
        });
        if transparent {
            self.result(def)
        } else {
            Type::Unknown
        }
    }

    /// What a function gives where its decorators leave that alone.
    fn result(&self, def: &'a ast::StmtFunctionDef) -> Type<'a> {
        let yields = self.is_generator(def);
        let declared = def
            .returns
            .as_deref()
            .map(|returns| self.annotation(returns));
        match declared {
            Some(declared) if !declared.is_unknown() => {
                return match declared {
                    declared if def.is_async && !yields => coroutine(declared),
                    _ if def.is_async => Type::Unknown,
                    declared => declared,
                };
            }
            _ => {}
        }
        if def.is_async && yields {
            return Type::Unknown;
        }
        let given = self.ask(Question::Result(self.tree.id(def)));
        if yields {
            Type::Iterator(Rc::new(known(given)))
        } else if def.is_async {
            coroutine(known(given))
        } else if given == Type::None {
            // Nothing but `raise`, or nothing at all: meant to be overridden.
            Type::Unknown
        } else {
            given
        }
    }

    /// The join of all that a function returns, or yields.
    pub(super) fn given_by(&self, def: &'a ast::StmtFunctionDef) -> Type<'a> {
        let yields = self.is_generator(def);
        let mut all = match leaves(&def.body) {
            Some(Leaves::Function) => Type::Never,
            _ if yields => Type::Never,
            _ => Type::None,
        };
        let mut bare = true;
        for node in self.tree.descendants(def) {
            let value = match node {
                AnyNodeRef::StmtReturn(stmt) if !yields => stmt.value.as_deref(),
                AnyNodeRef::ExprYield(expr) if yields => expr.value.as_deref(),
                AnyNodeRef::ExprYieldFrom(_) if yields => return Type::Unknown,
                _ => continue,
            };
            let own = function_around(&self.tree, node).is_some_and(|own| std::ptr::eq(own, def));
            if !own {
                continue;
            }
            bare &= value.is_none();
            all = all.join(value.map_or(Type::None, |value| self.infer(value)));
            if all == Type::Unknown {
                return all;
            }
        }
        if bare && !yields { Type::None } else { all }
    }
}

fn coroutine<'a>(result: Type<'a>) -> Type<'a> {
    let arguments = [Type::Unknown, Type::Unknown, result];
    match Class::named("typing.Coroutine").id() {
        Some(id) => Type::Instance(Class::library(id, Rc::new(arguments))),
        None => Type::Unknown,
    }
}
