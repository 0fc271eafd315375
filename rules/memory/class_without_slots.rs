//! # Class with fixed attributes and many instances, without `__slots__`
//!
//! Every instance of a plain class carries a `__dict__`. With `__slots__` a small instance takes 65 bytes instead of 105 on Python 3.11
//! and newer, and 65 instead of 161 up to 3.10. Reading attributes is as fast as before, and making instances is between 0.72 (3.13) and
//! 1.4 times as fast (3.10). The rule speaks up where the file keeps one instance for each item of a loop, and all attributes are set
//! in `__init__`. It looks at records only: classes with at least two attributes for each method.
//!
//! ```python bad
//! class Point:
//!     def __init__(self, x, y):
//!         self.x = x
//!         self.y = y
//!
//!
//! def run(n):
//!     points = [Point(i, 2 * i) for i in range(n)]
//!     return sum(point.x + point.y for point in points)
//! ```
//!
//! ```python good
//! class Point:
//!     __slots__ = ("x", "y")
//!
//!     def __init__(self, x, y):
//!         self.x = x
//!         self.y = y
//!
//!
//! def run(n):
//!     points = [Point(i, 2 * i) for i in range(n)]
//!     return sum(point.x + point.y for point in points)
//! ```
//!
//! ```python input
//! run(n)
//! ```
//!
//! ```python bad
//! class Word:
//!     def __init__(self, text):
//!         self.text = text
//!         self.count = 0
//!
//!     def seen(self):
//!         self.count += 1
//!
//!
//! def run(n):
//!     words = {}
//!     for i in range(n):
//!         word = Word(str(i))
//!         word.seen()
//!         words[i] = word
//!     return len(words)
//! ```
//!
//! ```python good
//! class Word:
//!     __slots__ = ("text", "count")
//!
//!     def __init__(self, text):
//!         self.text = text
//!         self.count = 0
//!
//!     def seen(self):
//!         self.count += 1
//!
//!
//! def run(n):
//!     words = {}
//!     for i in range(n):
//!         word = Word(str(i))
//!         word.seen()
//!         words[i] = word
//!     return len(words)
//! ```
//!
//! ```python input
//! run(n)
//! ```
//!
//! Few instances, or instances that nobody keeps, are no reason:
//!
//! ```python fine
//! class Point:
//!     def __init__(self, x):
//!         self.x = x
//!
//!
//! def run(xs):
//!     first = Point(1)
//!     for x in xs:
//!         print(Point(x).x, first.x)
//! ```
//!
//! A base, a metaclass or a decorator may bring a `__dict__` of its own, or need one:
//!
//! ```python fine
//! from dataclasses import dataclass
//! from project import Model, register
//!
//!
//! class Failure(Exception):
//!     def __init__(self, code):
//!         super().__init__(code)
//!         self.code = code
//!
//!
//! class Row(Model):
//!     def __init__(self, x):
//!         self.x = x
//!
//!
//! @register
//! class Plugin:
//!     def __init__(self, x):
//!         self.x = x
//!
//!
//! def run(xs):
//!     return [Failure(x) for x in xs], [Row(x) for x in xs], [Plugin(x) for x in xs]
//! ```
//!
//! A class that does things is rarely made in large numbers:
//!
//! ```python fine
//! class Device:
//!     def __init__(self, host):
//!         self.host = host
//!         self.is_open = False
//!
//!     def connect(self):
//!         self.is_open = True
//!
//!     def close(self):
//!         self.is_open = False
//!
//!
//! def run(hosts):
//!     return [Device(host) for host in hosts]
//! ```
//!
//! Attributes that come later, that have a default in the class, or that nobody can know:
//!
//! ```python fine
//! class Later:
//!     def __init__(self, x):
//!         self.x = x
//!
//!     def load(self):
//!         self.y = 1
//!
//!
//! class Default:
//!     x = 0
//!
//!     def __init__(self, x):
//!         self.x = x
//!
//!
//! class Dynamic:
//!     def __init__(self, **values):
//!         self.x = 1
//!         self.__dict__.update(values)
//!
//!
//! class Marked:
//!     def __init__(self, x):
//!         self.x = x
//!
//!
//! def run(xs):
//!     marked = [Marked(x) for x in xs]
//!     for mark in marked:
//!         mark.seen = True
//!     return [Later(x) for x in xs], [Default(x) for x in xs], [Dynamic(x=x) for x in xs]
//! ```
//!
//! `__dict__` among the slots is on purpose:
//!
//! ```python fine
//! class Open:
//!     __slots__ = ("x", "__dict__")
//!
//!     def __init__(self, x):
//!         self.x = x
//!         self.other = "hi"
//!
//!
//! def run(xs):
//!     return [Open(x) for x in xs]
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, Stmt, StmtClassDef};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{Instances, Slots};

pub struct ClassWithoutSlots;

impl Rule for ClassWithoutSlots {
    type On = StmtClassDef;
    const COST: Cost = Cost::Memory("105 -> 65 bytes an instance (161 before 3.11)");

    fn check<'a>(class: &'a StmtClassDef, cx: &Cx<'a>) -> Option<Finding> {
        if !class.decorator_list.is_empty()
            || cx.slots(class) != Slots::Absent
            || !cx.bases_are_slotted(class)
            || !cx.subclasses(class).is_empty()
        {
            return None;
        }
        let attributes = fixed_attributes(class, cx)?;
        let Instances::Many(made, around) = cx.instances(class) else {
            return None;
        };
        let mut inherited: Vec<&str> = Vec::new();
        for base in cx.ancestry(class) {
            if let Slots::Listed(names, _) = cx.slots(base) {
                inherited.extend(names);
            }
        }
        let all: Vec<&str> = attributes.iter().chain(&inherited).copied().collect();
        if cx.may_need_dict(class, &all) {
            return None;
        }
        let own: Vec<String> = attributes
            .iter()
            .filter(|name| !inherited.contains(name))
            .map(|name| format!("\"{name}\""))
            .collect();
        let comma = if own.len() == 1 { "," } else { "" };
        Some(
            Finding::new(
                &class.name,
                format!(
                    "every instance of `{}` has a `__dict__` for its {}",
                    class.name,
                    counted(all.len())
                ),
            )
            .label("no `__slots__`")
            .because(made, "one instance for each item is kept")
            .because(around.header(), "the loop")
            .help(format!(
                "write `__slots__ = ({}{comma})` in the class",
                own.join(", ")
            )),
        )
    }
}

fn counted(n: usize) -> String {
    match n {
        1 => "one attribute".to_string(),
        n => format!("{n} attributes"),
    }
}

/// The attributes of the instances, if `__init__` sets them all and nothing in the body stands in the way of slots.
fn fixed_attributes<'a>(class: &'a StmtClassDef, cx: &Cx<'a>) -> Option<Vec<&'a str>> {
    let mut in_class: Vec<&str> = Vec::new();
    for stmt in &class.body {
        match stmt {
            Stmt::FunctionDef(def) => {
                let plain = def.decorator_list.iter().all(|decorator| {
                    cx.decorator_name(decorator)
                        .is_some_and(|name| !name.ends_with("cached_property"))
                        // `@x.setter` has no qualified name.
                        || matches!(&decorator.expression, Expr::Attribute(of) if of.attr.as_str() == "setter")
                });
                let dynamic = matches!(
                    def.name.as_str(),
                    "__getattr__"
                        | "__getattribute__"
                        | "__setattr__"
                        | "__getstate__"
                        | "__setstate__"
                        | "__reduce__"
                        | "__reduce_ex__"
                        | "__new__"
                );
                if !plain || dynamic {
                    return None;
                }
                in_class.push(def.name.as_str());
            }
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    in_class.push(target.as_name_expr()?.id.as_str());
                }
            }
            Stmt::AnnAssign(assign) => {
                let name = assign.target.as_name_expr()?.id.as_str();
                if assign.value.is_some() {
                    in_class.push(name);
                }
            }
            Stmt::Expr(_) | Stmt::Pass(_) => {}
            _ => return None,
        }
    }
    let mut attributes: Vec<&'a str> = Vec::new();
    let set = cx.attributes_set(class);
    for (attribute, def) in &set {
        let name = attribute.attr.as_str();
        let property = in_class.contains(&name);
        let plain_parent = cx.tree.parent(*def).is_some_and(
            |node| matches!(node, AnyNodeRef::StmtClassDef(of) if std::ptr::eq(of, class)),
        );
        if def.name.as_str() == "__init__"
            && plain_parent
            && !property
            && !attributes.contains(&name)
        {
            attributes.push(name);
        }
    }
    let known = |name: &str| {
        attributes.contains(&name)
            || class.body.iter().any(|stmt| {
                matches!(stmt, Stmt::FunctionDef(def)
                    if def.name == *name && !def.decorator_list.is_empty())
            })
    };
    let methods = class.body.iter().filter(|stmt| match stmt {
        Stmt::FunctionDef(def) => def.decorator_list.is_empty() && !def.name.starts_with("__"),
        _ => false,
    });
    if methods.count() * 2 > attributes.len() {
        return None;
    }
    let fixed = set
        .iter()
        .all(|(attribute, _)| known(attribute.attr.as_str()));
    // Private names are mangled the same way in `__slots__`.
    (fixed && !attributes.is_empty()).then_some(attributes)
}
