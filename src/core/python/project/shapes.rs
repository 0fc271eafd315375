//! What files of a project need of the instances of a class that another one defines: a `__dict__`, a weak reference, a layout that can
//! be combined with others.
//!
//! **Invariant**: of who says neither the class nor a function of its file that gives one, nothing is known, and nothing is assumed.

use std::collections::BTreeSet;
use std::sync::Arc;

use ruff_python_ast::{AnyNodeRef, Expr, StmtClassDef};

use super::meaning::{DEEPEST, Meaning, ProjectClass};
use super::origin::Origin;
use super::outline::Outline;
use super::users::may_be_of;
use super::wants::Wants;
use super::{View, write};
use crate::python::facts::Facts;
use crate::python::types::Type;

/// Something that a class with slots may refuse.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// An attribute of some object is written, any where it has no name; the class by its name, where that is known.
    Attribute(Option<Box<str>>, Option<Box<str>>),
    /// An attribute is read from what an import brings: class, attribute.
    OfClass(Box<str>, Box<str>),
    /// Weak references are taken.
    Weak,
}

/// What one file needs, of whatever objects.
#[derive(Debug, Default)]
pub(super) struct Needs(BTreeSet<Need>);

impl Needs {
    fn of<'a>(facts: &Facts<'a>) -> Self {
        let mut needs = BTreeSet::new();
        for used in facts.dict_uses().iter() {
            let is_own = (used.receiver.as_name_expr())
                .is_some_and(|name| facts.class_of_self(name).is_some());
            // A subclass has a `__dict__` of its own for what it adds.
            if is_own {
                continue;
            }
            let class = match facts.ty(used.receiver).without_none() {
                Type::Unknown | Type::Never | Type::Union(_) => {
                    if facts.name(used.receiver).is_some() {
                        continue;
                    }
                    None
                }
                // Not in the tables of types: of the project, or of a library that nobody knows.
                Type::Instance(class) if class.id().is_none() => Some(last(class.name()).into()),
                _ => continue,
            };
            needs.insert(Need::Attribute(used.attribute.map(Into::into), class));
        }
        for node in facts.tree.nodes() {
            if facts.is_weak(*node) {
                needs.insert(Need::Weak);
            }
            if let AnyNodeRef::ExprAttribute(attribute) = node
                && let Some(class) = spelled(&attribute.value)
                && facts.may_be_elsewhere((&*attribute.value).into())
            {
                needs.insert(Need::OfClass(class.into(), attribute.attr.as_str().into()));
            }
        }
        Self(needs)
    }

    /// Whether anything of it is something that instances of a class with these fields for slots refuse.
    fn concern(&self, class: &str, fields: &[Box<str>]) -> bool {
        let is_field = |name: &str| fields.iter().any(|field| **field == *name);
        self.0.iter().any(|need| match need {
            Need::Weak => true,
            Need::Attribute(name, of) => {
                !name.as_deref().is_some_and(is_field) && of.as_deref().is_none_or(|of| of == class)
            }
            // What stands there as a default is in the slot's place then.
            Need::OfClass(of, name) => **of == *class && (is_field(name) || &**name == "__dict__"),
        })
    }
}

fn spelled(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

impl View<'_> {
    /// Whether another file may need instances of a class to have a `__dict__`, or to be combined with others.
    pub(super) fn needs_dict(&self, class: &ProjectClass, fields: &[Box<str>]) -> bool {
        let own = &class.outline;
        // Who gets one from a function need not say the class.
        let makers = own.functions.iter().filter(|def| {
            def.class.is_none()
                && matches!(
                    self.meaning(own, def.returns(), DEEPEST),
                    Meaning::Value(Type::Instance(made)) if made.project() == Some(class)
                )
        });
        let names = makers.map(|def| &*def.name).chain([class.name()]);
        let files: Option<Vec<_>> = names.map(|name| self.naming(name, &own.path)).collect();
        let Some(files) = files else {
            return true;
        };
        let files: BTreeSet<Arc<str>> = files.into_iter().flatten().collect();
        files.iter().any(|path| {
            **path != *own.path
                && self.outline(path).is_some_and(|other| {
                    self.may_mean(&other, class)
                        && (self.combines(&other, class)
                            || self.needs(path).concern(class.name(), fields))
                })
        })
    }

    /// Whether the name of a class may stand for it in a file.
    fn may_mean(&self, other: &Arc<Outline>, class: &ProjectClass) -> bool {
        let Some(origin) = other.named(class.name()) else {
            return true;
        };
        match self.meaning(other, &origin, DEEPEST) {
            Meaning::Class(found) => found == *class,
            Meaning::Unknown => true,
            Meaning::Library(name) => may_be_of(&name, &class.outline.path),
            _ => false,
        }
    }

    /// Whether a class of a file has it for one of several bases.
    fn combines(&self, other: &Arc<Outline>, class: &ProjectClass) -> bool {
        other.classes.iter().any(|sub| {
            sub.bases.len() > 1
                && sub.bases.iter().any(|base| {
                    matches!(
                        self.meaning(other, base, DEEPEST),
                        Meaning::Class(found) if found == *class
                    )
                })
        })
    }

    /// What a file needs, found out once.
    fn needs(&self, path: &str) -> Arc<Needs> {
        let slot = Arc::clone(
            write(&self.project.needs)
                .entry(path.to_owned())
                .or_default(),
        );
        let needs = slot.get_or_init(|| {
            let needs = self.project.read_anew(path, Needs::of);
            Arc::new(needs.unwrap_or_default())
        });
        Arc::clone(needs)
    }
}

impl<'a> Facts<'a> {
    /// Whether another file of the project may need instances of a class, whose `fields` would be slots, to have a `__dict__` or weak
    /// references, reads a field from the class itself, or derives from it and from others at once.
    pub fn needs_dict_elsewhere(&self, class: &'a StmtClassDef, fields: &[&str]) -> bool {
        let follows = self.project().is_some_and(|project| !project.only_declares);
        let Some(number) = self.number_of_class(class).filter(|_| follows) else {
            return false;
        };
        let origin = Origin::Class(number);
        let fields: Box<[Box<str>]> = fields.iter().map(|field| (*field).into()).collect();
        if (self.ask_of(origin, || Wants::Dict(fields.clone()))).is_none() {
            return false;
        }
        let outline = self.outline();
        self.project
            .needs_dict(&ProjectClass { outline, number }, &fields)
    }
}
