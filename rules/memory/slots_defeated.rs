//! # `__slots__` that save nothing
//!
//! An instance has a `__dict__` as soon as one class of its ancestry has no `__slots__`: the slots of the others then save nothing, and
//! any attribute can be set after all. A slot that a base has already is worse than useless: it takes 8 bytes more and hides the other
//! one. The same on every Python version.
//!
//! ```python bad
//! class Node:
//!     def show(self):
//!         return "node"
//!
//!
//! class Leaf(Node):
//!     __slots__ = ("value",)
//!
//!     def __init__(self, value):
//!         self.value = value
//!
//!
//! def run(n):
//!     leaves = [Leaf(i) for i in range(n)]
//!     return [leaf.show() for leaf in leaves]
//! ```
//!
//! ```python good
//! class Node:
//!     __slots__ = ()
//!
//!     def show(self):
//!         return "node"
//!
//!
//! class Leaf(Node):
//!     __slots__ = ("value",)
//!
//!     def __init__(self, value):
//!         self.value = value
//!
//!
//! def run(n):
//!     leaves = [Leaf(i) for i in range(n)]
//!     return [leaf.show() for leaf in leaves]
//! ```
//!
//! ```python input
//! run(n)
//! ```
//!
//! A subclass that forgets them, and one that repeats them:
//!
//! ```python bad
//! class Node:
//!     __slots__ = ("value",)
//!
//!     def __init__(self, value):
//!         self.value = value
//!
//!
//! class Leaf(Node):
//!     def show(self):
//!         return self.value
//! ```
//!
//! ```python good
//! class Node:
//!     __slots__ = ("value",)
//!
//!     def __init__(self, value):
//!         self.value = value
//!
//!
//! class Leaf(Node):
//!     __slots__ = ()
//!
//!     def show(self):
//!         return self.value
//! ```
//!
//! ```python bad
//! class Node:
//!     __slots__ = ("value", "left")
//!
//!
//! class Leaf(Node):
//!     __slots__ = ("value", "name")
//! ```
//!
//! Bases of the library that have no `__dict__`, and bases from elsewhere, of which nobody knows:
//!
//! ```python fine
//! from collections.abc import Mapping
//! from typing import Generic, TypeVar
//!
//! from project import Base
//!
//! T = TypeVar("T")
//!
//!
//! class Name(str):
//!     __slots__ = ()
//!
//!
//! class Box(Generic[T]):
//!     __slots__ = ("value",)
//!
//!
//! class View(Mapping):
//!     __slots__ = ("data",)
//!
//!
//! class Row(Base):
//!     __slots__ = ("data",)
//! ```
//!
//! A `__dict__` that is wanted: named as a slot, or used.
//!
//! ```python fine
//! import functools
//! from dataclasses import dataclass
//!
//!
//! class Open:
//!     __slots__ = ("value", "__dict__")
//!
//!
//! class Node:
//!     __slots__ = ("value",)
//!
//!
//! class Lazy(Node):
//!     @functools.cached_property
//!     def square(self):
//!         return self.value ** 2
//!
//!
//! class Wide(Node):
//!     def __init__(self):
//!         self.value = 1
//!         self.other = 2
//!
//!
//! class Missing(Node):
//!     def __bool__(self):
//!         return False
//!
//!
//! MISSING = Missing()
//!
//!
//! @dataclass
//! class Data(Node):
//!     name: str
//!
//!
//! class Mixin:
//!     __slots__ = ()
//!
//!
//! class Free(Mixin):
//!     pass
//! ```

use hotlint_core::ast::{Stmt, StmtClassDef};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{Base, Layout, Slots};

pub struct SlotsDefeated;

impl Rule for SlotsDefeated {
    type On = StmtClassDef;
    const COST: Cost =
        Cost::Memory("a `__dict__` in spite of `__slots__`: 105 instead of 65 bytes an instance");

    fn check<'a>(class: &'a StmtClassDef, cx: &Cx<'a>) -> Option<Finding> {
        match cx.slots(class) {
            Slots::Listed(names, stmt) => base_with_dict(class, &names, stmt, cx)
                .or_else(|| repeated(class, &names, stmt, cx)),
            Slots::Absent => forgotten(class, cx),
            Slots::Dataclass | Slots::Unknown => None,
        }
    }
}

fn base_with_dict<'a>(
    class: &'a StmtClassDef,
    names: &[&str],
    stmt: &'a Stmt,
    cx: &Cx<'a>,
) -> Option<Finding> {
    if names.contains(&"__dict__") {
        return None;
    }
    // The class furthest up is the one to mend.
    let culprit = cx
        .ancestry(class)
        .into_iter()
        .skip(1)
        .filter(|base| cx.slots(base) == Slots::Absent && cx.layout(base) == Layout::Dict)
        .last()?;
    // A base of the library that has a `__dict__` cannot be mended.
    if !cx.bases_are_slotted(culprit) {
        return None;
    }
    let message = format!(
        "`__slots__` of `{}` saves nothing: its base `{}` has none",
        class.name, culprit.name
    );
    Some(
        Finding::new(stmt, message)
            .label("instances have a `__dict__` anyway")
            .because(&culprit.name, "without `__slots__`")
            .help(format!(
                "write `__slots__ = ()` in `{}`, with the attributes that it sets",
                culprit.name
            )),
    )
}

fn repeated<'a>(
    class: &'a StmtClassDef,
    names: &[&'a str],
    stmt: &'a Stmt,
    cx: &Cx<'a>,
) -> Option<Finding> {
    let (name, base, other) = cx.ancestry(class).into_iter().skip(1).find_map(|base| {
        let Slots::Listed(inherited, other) = cx.slots(base) else {
            return None;
        };
        let name = names.iter().find(|name| {
            let special = matches!(**name, "__dict__" | "__weakref__");
            // Private names of two classes are two names.
            let private = name.starts_with("__") && !name.ends_with("__");
            !special && !private && inherited.contains(name)
        })?;
        Some((*name, base, other))
    })?;
    let message = format!(
        "the slot `{name}` of `{}` is there twice: `{}` has it already",
        class.name, base.name
    );
    Some(
        Finding::new(stmt, message)
            .label("8 bytes more for each instance")
            .because(other, "the first one")
            .cost("8 bytes an instance for each slot that is there twice")
            .help(format!("leave `{name}` out of `{}`", class.name)),
    )
}

/// A subclass without slots of a class of this file that avoids the `__dict__`.
fn forgotten<'a>(class: &'a StmtClassDef, cx: &Cx<'a>) -> Option<Finding> {
    if cx.dataclass(class).is_some() || !cx.bases_are_slotted(class) {
        return None;
    }
    let (base, stmt) = cx.bases(class).into_iter().find_map(|base| match base {
        Base::Local(base) => match cx.slots(base) {
            // Empty slots leave the choice to the subclasses.
            Slots::Listed(names, stmt) if !names.is_empty() => Some((base, stmt)),
            _ => None,
        },
        _ => None,
    })?;
    let mut slots: Vec<&str> = Vec::new();
    for base in cx.ancestry(class) {
        if let Slots::Listed(names, _) = cx.slots(base) {
            slots.extend(names);
        }
    }
    let lazy = class.body.iter().any(|stmt| match stmt {
        Stmt::FunctionDef(def) => def.decorator_list.iter().any(|decorator| {
            cx.decorator_name(decorator)
                .is_some_and(|name| name.ends_with("cached_property"))
        }),
        _ => false,
    });
    if lazy || cx.is_singleton(class) || cx.may_need_dict(class, &slots) {
        return None;
    }
    let message = format!(
        "instances of `{}` have a `__dict__`: it has no `__slots__`, though `{}` has",
        class.name, base.name
    );
    Some(
        Finding::new(&class.name, message)
            .label("no `__slots__`")
            .because(stmt, "saved nothing here")
            .help("write `__slots__ = ()` in the class"),
    )
}
