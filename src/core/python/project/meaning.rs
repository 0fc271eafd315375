//! What an [`Origin`] comes to, over as many files as it takes.
//!
//! **Invariant**: the same on every thread and in every order of questions: nothing is assumed, and what goes in circles is unknown.

use std::sync::Arc;

use super::origin::{Origin, Owned};
use super::outline::{OutlineClass, OutlineFunction};
use super::{Outline, View};
use crate::python::types::{Class, Type};
use crate::python::typeshed::{Member, Table};

/// A class of a project.
#[derive(Clone)]
pub(in crate::python) struct ProjectClass {
    pub(super) outline: Arc<Outline>,
    pub(super) number: u32,
}

/// A function of a project.
#[derive(Clone)]
pub(in crate::python) struct ProjectFunction {
    pub outline: Arc<Outline>,
    pub number: u32,
}

impl ProjectClass {
    pub(super) fn get(&self) -> Option<&OutlineClass> {
        self.outline.class(self.number)
    }

    /// The name in its file.
    pub(in crate::python) fn name(&self) -> &str {
        self.get().map_or("", |class| &class.name)
    }
}

impl PartialEq for ProjectClass {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number && self.outline.path == other.outline.path
    }
}

impl ProjectFunction {
    pub(super) fn get(&self) -> Option<&OutlineFunction> {
        self.outline.function(self.number)
    }
}

/// What an expression stands for.
#[derive(Clone)]
pub(in crate::python) enum Meaning<'a> {
    Unknown,
    Module(Arc<Outline>),
    Function(ProjectFunction),
    Class(ProjectClass),
    /// Something of a library, by its qualified name.
    Library(String),
    Value(Type<'a>),
    /// A method of a library, by its qualified name, with what it is called on and the class that has it.
    Method(String, Type<'a>, Type<'a>),
    /// What awaiting gives, of an `async` function of the project.
    Coroutine(Box<Meaning<'a>>),
    /// What an annotation declares that says this name.
    Alias(Box<Meaning<'a>>),
}

/// Files that import from files that import.
pub(super) const DEEPEST: u8 = 16;
/// Longer chains of base classes are nobody's idea of readable code.
pub(super) const BASES: usize = 12;

impl View<'_> {
    /// What an origin of the file of `at` comes to.
    pub(super) fn meaning<'a>(&self, at: &Arc<Outline>, origin: &Origin, depth: u8) -> Meaning<'a> {
        let Some(depth) = depth.checked_sub(1) else {
            return Meaning::Unknown;
        };
        match origin {
            Origin::Unknown => Meaning::Unknown,
            Origin::Value(owned) => match self.typed(at, owned, depth) {
                Type::Unknown => Meaning::Unknown,
                ty => Meaning::Value(ty),
            },
            Origin::Import(name) => self.imported(&at.path, name, depth),
            Origin::Function(number) => Meaning::Function(ProjectFunction {
                outline: Arc::clone(at),
                number: *number,
            }),
            Origin::Class(number) => Meaning::Class(own_class(at, *number)),
            Origin::Call(callee) => self.called(self.meaning(at, callee, depth), depth),
            Origin::Attribute(base, name) => {
                self.attribute(self.meaning(at, base, depth), name, depth)
            }
            Origin::Instance(class) => match self.meaning(at, class, depth) {
                Meaning::Class(class) => Meaning::Value(instance(class)),
                Meaning::Library(name) => match Table::get().class(&name) {
                    Some(class) => Meaning::Value(Table::get().instance_alone(class)),
                    None => Meaning::Unknown,
                },
                Meaning::Alias(declared) => *declared,
                _ => Meaning::Unknown,
            },
            Origin::Awaited(inner) => awaited(self.meaning(at, inner, depth)),
            Origin::Entered(manager) => self.entered(at, manager, "__enter__", depth),
            Origin::AsyncEntered(manager) => self.entered(at, manager, "__aenter__", depth),
            Origin::Alias(declared) => match self.meaning(at, declared, depth) {
                Meaning::Unknown => Meaning::Unknown,
                declared => Meaning::Alias(Box::new(declared)),
            },
            Origin::Element(iterable) => match self.meaning(at, iterable, depth) {
                Meaning::Value(ty) => value(ty.element()),
                _ => Meaning::Unknown,
            },
        }
    }

    /// What a context manager gives.
    fn entered<'a>(
        &self,
        at: &Arc<Outline>,
        manager: &Origin,
        enter: &str,
        depth: u8,
    ) -> Meaning<'a> {
        let is_async = enter == "__aenter__";
        // A generator function that was made one.
        if let Origin::Call(callee) = manager
            && let Meaning::Function(function) = self.meaning(at, callee, depth)
        {
            match function.get() {
                Some(def) if def.is_manager && def.is_async == is_async => {
                    return self.meaning(&function.outline, def.returns(), depth);
                }
                _ => {}
            }
        }
        match self.meaning(at, manager, depth) {
            Meaning::Value(ty) => {
                let entering = self.attribute(Meaning::Value(ty), enter, depth);
                match self.called(entering, depth) {
                    awaitable if is_async => awaited(awaitable),
                    given => given,
                }
            }
            _ => Meaning::Unknown,
        }
    }

    /// What a qualified name stands for in the file at `from`.
    pub(super) fn imported<'a>(&self, from: &str, name: &str, depth: u8) -> Meaning<'a> {
        let Some(found) = self.find(from, name) else {
            return match name.starts_with('.') {
                true => Meaning::Unknown,
                false => Meaning::Library(name.to_owned()),
            };
        };
        let mut meaning = Meaning::Module(found.module);
        for part in found.rest.split('.').filter(|part| !part.is_empty()) {
            meaning = self.attribute(meaning, part, depth);
        }
        meaning
    }

    fn attribute<'a>(&self, base: Meaning<'a>, name: &str, depth: u8) -> Meaning<'a> {
        let Some(depth) = depth.checked_sub(1) else {
            return Meaning::Unknown;
        };
        match base {
            Meaning::Module(module) => self.in_module(&module, name, depth),
            Meaning::Library(path) => {
                let path = format!("{path}.{name}");
                match Table::get().lookup(&path).map(|entry| entry.member) {
                    Some(Member::Value(ty)) => value(Table::get().value(ty)),
                    _ => Meaning::Library(path),
                }
            }
            Meaning::Class(class) => {
                let own = instance(class.clone());
                self.in_class(&class, &own, name, depth)
            }
            Meaning::Value(ty) => match project_class(&ty) {
                Some(class) => self.in_class(&class, &ty, name, depth),
                None => in_library(&ty, &ty, name),
            },
            _ => Meaning::Unknown,
        }
    }

    fn in_module<'a>(&self, module: &Arc<Outline>, name: &str, depth: u8) -> Meaning<'a> {
        if let Some(origin) = module.named(name) {
            return self.meaning(module, &origin, depth);
        }
        self.behind(&module.path, &module.stars, name, depth)
    }

    /// What a name stands for that a file does not bind itself: a submodule, or what another file brings all at once.
    fn behind<'a>(&self, path: &str, stars: &[Box<str>], name: &str, depth: u8) -> Meaning<'a> {
        let package = path.ends_with("__init__.py") || path.ends_with("__init__.pyi");
        if package
            && let Some(place) = self.place_of(path, &format!(".{name}"))
            && *place != *path
            && let Some(module) = self.outline(&place)
        {
            return Meaning::Module(module);
        }
        let Some(deeper) = depth.checked_sub(1) else {
            return Meaning::Unknown;
        };
        for star in stars {
            let place = self.place_of(path, star);
            let brought = place.as_ref().and_then(|place| self.brought(place));
            let found = match (place, brought) {
                (Some(place), _) if *place == *path => continue,
                (Some(place), Some(brought)) if !brought.has(name) => {
                    self.behind(&place, &brought.stars, name, deeper)
                }
                _ => match self.imported(path, star, depth) {
                    Meaning::Module(other) if *other.path == *path => continue,
                    Meaning::Module(other) => self.in_module(&other, name, deeper),
                    _ => return Meaning::Unknown,
                },
            };
            match found {
                Meaning::Unknown => {}
                found => return found,
            }
        }
        Meaning::Unknown
    }

    /// A member of a class, or of the nearest base that has it; `own` is the instance that it is asked of.
    fn in_class<'a>(
        &self,
        class: &ProjectClass,
        own: &Type<'a>,
        name: &str,
        depth: u8,
    ) -> Meaning<'a> {
        let mut left = vec![class.clone()];
        for _ in 0..BASES {
            let Some(level) = left.pop() else {
                return Meaning::Unknown;
            };
            let Some(class) = level.get() else {
                return Meaning::Unknown;
            };
            if let Some(method) = level.outline.among(&class.methods, name) {
                return Meaning::Function(ProjectFunction {
                    outline: Arc::clone(&level.outline),
                    number: method,
                });
            }
            if let Some(getter) = level.outline.among(&class.properties, name) {
                let getter = ProjectFunction {
                    outline: Arc::clone(&level.outline),
                    number: getter,
                };
                return self.called(Meaning::Function(getter), depth);
            }
            if let Some(origin) = class.attributes.get(name) {
                return self.meaning(&level.outline, origin, depth);
            }
            for base in class.bases.iter().rev() {
                match self.meaning(&level.outline, base, depth) {
                    Meaning::Class(base) => left.push(base),
                    Meaning::Library(path) => {
                        let Some(base) = Table::get().class(&path) else {
                            return Meaning::Unknown;
                        };
                        let base = Table::get().instance_alone(base);
                        if Table::get().has_member(&base, name) {
                            return in_library(&base, own, name);
                        }
                        if Table::get().is_partial_type(&base) {
                            return Meaning::Unknown;
                        }
                    }
                    _ => return Meaning::Unknown,
                }
            }
        }
        Meaning::Unknown
    }

    /// What calling something gives.
    pub(super) fn called<'a>(&self, callee: Meaning<'a>, depth: u8) -> Meaning<'a> {
        let Some(depth) = depth.checked_sub(1) else {
            return Meaning::Unknown;
        };
        match callee {
            Meaning::Function(function) => {
                let Some(def) = function.get() else {
                    return Meaning::Unknown;
                };
                if def.is_manager || !(def.runs_when_called || def.is_cached) {
                    return Meaning::Unknown;
                }
                let given = self.meaning(&function.outline, def.returns(), depth);
                match def.is_async && !def.is_generator {
                    true => Meaning::Coroutine(Box::new(given)),
                    false => given,
                }
            }
            Meaning::Class(class) => Meaning::Value(instance(class)),
            Meaning::Library(path) => {
                let table = Table::get();
                match table.lookup(&path).map(|entry| entry.member) {
                    Some(Member::Class(class)) => value(table.instance_alone(class)),
                    Some(Member::Function(function)) => {
                        value(table.result_alone(function).unwrap_or(Type::Unknown))
                    }
                    _ => Meaning::Unknown,
                }
            }
            Meaning::Value(ty) => match self.attribute(Meaning::Value(ty), "__call__", depth) {
                Meaning::Value(_) | Meaning::Unknown => Meaning::Unknown,
                callee => self.called(callee, depth),
            },
            Meaning::Method(name, own, base) => {
                let method = name.rsplit('.').next().unwrap_or_default();
                value(
                    Table::get()
                        .method_alone(&base, &own, method)
                        .unwrap_or(Type::Unknown),
                )
            }
            Meaning::Coroutine(_) | Meaning::Module(_) | Meaning::Alias(_) | Meaning::Unknown => {
                Meaning::Unknown
            }
        }
    }

    /// A type of another file as one of the asking file.
    pub(super) fn typed<'a>(&self, at: &Arc<Outline>, owned: &Owned, depth: u8) -> Type<'a> {
        use std::rc::Rc;
        let one = |inner: &Owned| Rc::new(self.typed(at, inner, depth));
        let all = |parts: &[Owned]| -> Vec<Type<'a>> {
            parts
                .iter()
                .map(|part| self.typed(at, part, depth))
                .collect()
        };
        match owned {
            Owned::Unknown => Type::Unknown,
            Owned::None => Type::None,
            Owned::Bool => Type::Bool,
            Owned::Int => Type::Int,
            Owned::Float => Type::Float,
            Owned::Complex => Type::Complex,
            Owned::Str => Type::Str,
            Owned::Bytes => Type::Bytes,
            Owned::Bytearray => Type::Bytearray,
            Owned::Range => Type::Range,
            Owned::File(text) => Type::File(*text),
            Owned::List(inner) => Type::List(one(inner)),
            Owned::Tuple(inner) => Type::Tuple(one(inner)),
            Owned::Positions(parts) => Type::Positions(all(parts).into()),
            Owned::Set(inner) => Type::Set(one(inner)),
            Owned::FrozenSet(inner) => Type::FrozenSet(one(inner)),
            Owned::View(inner) => Type::DictView(one(inner)),
            Owned::Deque(inner) => Type::Deque(one(inner)),
            Owned::Iterator(inner) => Type::Iterator(one(inner)),
            Owned::Dict(pair) => Type::Dict(one(&pair.0), one(&pair.1)),
            Owned::Union(parts) => Type::join_all(all(parts)),
            Owned::Library(class, arguments) => {
                Type::Instance(Class::library(class.0, all(arguments).into()))
            }
            Owned::Own(number) => instance(own_class(at, *number)),
            Owned::Named(name) => match self.imported(&at.path, name, depth) {
                Meaning::Class(class) => instance(class),
                Meaning::Library(name) => Type::Instance(Class::named(&name)),
                _ => Type::Unknown,
            },
        }
    }
}

/// What awaiting something gives.
fn awaited<'a>(awaitable: Meaning<'a>) -> Meaning<'a> {
    match awaitable {
        Meaning::Coroutine(inner) => *inner,
        Meaning::Value(ty) => Meaning::Value(Table::get().awaited(&ty).unwrap_or(Type::Unknown)),
        _ => Meaning::Unknown,
    }
}

fn own_class(at: &Arc<Outline>, number: u32) -> ProjectClass {
    ProjectClass {
        outline: Arc::clone(at),
        number,
    }
}

fn instance<'a>(class: ProjectClass) -> Type<'a> {
    Type::Instance(Class::of_project(class))
}

fn project_class(ty: &Type<'_>) -> Option<ProjectClass> {
    match ty {
        Type::Instance(class) => class.project().cloned(),
        // `None` has no members: who gets one had something else.
        Type::Union(_) => match ty.without_none() {
            Type::Instance(class) => class.project().cloned(),
            _ => None,
        },
        _ => None,
    }
}

/// A member that an object of a library has: the class of `base` has it, `own` is what it is asked of.
fn in_library<'a>(base: &Type<'a>, own: &Type<'a>, name: &str) -> Meaning<'a> {
    let base = base.without_none();
    if let Some(held) = Table::get().inherited_attribute(&base, own, name) {
        return value(held);
    }
    match base.class_name() {
        Some(class) if Table::get().has_member(&base, name) => {
            Meaning::Method(format!("{class}.{name}"), own.clone(), base)
        }
        _ => Meaning::Unknown,
    }
}

fn value<'a>(ty: Type<'a>) -> Meaning<'a> {
    match ty.is_unknown() {
        true => Meaning::Unknown,
        false => Meaning::Value(ty),
    }
}
