//! # `@dataclass` without `slots=True`
//!
//! Every instance of a plain class carries a `__dict__`. With slots a small dataclass takes 65 bytes instead of 105 on Python 3.11 and
//! newer, and 65 instead of 161 on 3.10. That is all there is to gain: reading attributes is as fast as before, and making instances
//! is 0.72 (3.13) to 1.1 times as fast. It matters where there are many instances. `slots=True` exists since Python 3.10, and the rule
//! is silent for projects that support less.
//!
//! ```python bad 3.10
//! from dataclasses import dataclass
//!
//!
//! @dataclass
//! class Point:
//!     x: int
//!     y: int = 0
//!
//!
//! def run(n):
//!     return [Point(i) for i in range(n)]
//! ```
//!
//! ```python good 3.10
//! from dataclasses import dataclass
//!
//!
//! @dataclass(slots=True)
//! class Point:
//!     x: int
//!     y: int = 0
//!
//!
//! def run(n):
//!     return [Point(i) for i in range(n)]
//! ```
//!
//! ```python input
//! run(n)
//! ```
//!
//! ```python bad 3.10
//! import dataclasses
//!
//!
//! @dataclasses.dataclass(
//!     frozen=True,
//!     order=True,
//! )
//! class Point:
//!     x: int
//!     y: int = 0
//! ```
//!
//! ```python good 3.10
//! import dataclasses
//!
//!
//! @dataclasses.dataclass(
//!     frozen=True,
//!     order=True, slots=True,
//! )
//! class Point:
//!     x: int
//!     y: int = 0
//! ```
//!
//! The fix is never safe. `slots=True` makes a second class: what kept the first one, as a metaclass or `__init_subclass__` might,
//! sees both. Instances take no other attributes, and no weak references without `weakref_slot=True`. Before Python 3.14 the body may
//! not use `super()` without arguments, or `__class__`: such a class is reported without a fix.
//!
//! ```python bad 3.10
//! from dataclasses import dataclass
//!
//!
//! @dataclass
//! class Shape:
//!     sides: int
//!
//!     def __repr__(self):
//!         return super().__repr__()
//! ```
//!
//! Before 3.10 there is no `slots=True`:
//!
//! ```python fine 3.9
//! from dataclasses import dataclass
//!
//!
//! @dataclass
//! class Point:
//!     x: int
//! ```
//!
//! Something in the file needs the `__dict__`. With `follow-imports`, the same counts in all other files that say the name of the class,
//! or of a function beside it that gives one:
//!
//! ```python fine 3.10
//! from dataclasses import dataclass
//! from functools import cached_property
//!
//!
//! @dataclass
//! class Extended:
//!     x: int
//!
//!
//! @dataclass
//! class Viewed:
//!     x: int
//!
//!
//! @dataclass
//! class Computed:
//!     x: int
//!
//!     def __post_init__(self):
//!         self.square = self.x ** 2
//!
//!
//! @dataclass
//! class Lazy:
//!     x: int
//!
//!     @cached_property
//!     def square(self):
//!         return self.x ** 2
//!
//!
//! def show(extended: Extended, viewed: Viewed):
//!     extended.extra = 1
//!     return vars(viewed)
//! ```
//!
//! ```python fine 3.10
//! import weakref
//! from dataclasses import dataclass
//!
//!
//! @dataclass
//! class Node:
//!     name: str
//!
//!
//! def remember(node):
//!     return weakref.ref(node)
//! ```
//!
//! A base without slots gives every instance its `__dict__` anyway, and two bases with slots cannot be combined:
//!
//! ```python fine 3.10
//! from dataclasses import dataclass
//! from enum import Enum
//!
//! from project import Record
//!
//!
//! class Plain:
//!     pass
//!
//!
//! @dataclass
//! class Child(Plain):
//!     y: int
//!
//!
//! @dataclass
//! class Row(Record):
//!     y: int
//!
//!
//! @dataclass
//! class Failure(Exception):
//!     code: int
//!
//!
//! @dataclass
//! class Left:
//!     x: int
//!
//!
//! @dataclass
//! class Right:
//!     y: int
//!
//!
//! class Both(Left, Right):
//!     pass
//! ```
//!
//! Others: slots are there, another library's decorator, a default that is read from the class, and instances that the file makes one
//! at a time.
//!
//! ```python fine 3.10
//! from dataclasses import dataclass
//! from pydantic.dataclasses import dataclass as model
//!
//!
//! @dataclass(slots=True)
//! class Point:
//!     x: int
//!
//!
//! @dataclass
//! class Old:
//!     __slots__ = ("x",)
//!     x: int
//!
//!
//! @model
//! class User:
//!     name: str
//!
//!
//! @dataclass
//! class Limits:
//!     size: int = 10
//!
//!
//! @dataclass
//! class Settings:
//!     debug: bool = False
//!
//!
//! @dataclass
//! class Summary:
//!     rows: list
//!
//!
//! def summary(rows):
//!     return Summary(list(rows))
//!
//!
//! settings = Settings()
//! print(Limits.size)
//! ```
//!
//! Options and other objects of which there are a few: made elsewhere of more than numbers, listed nowhere, or made by a loop that hands
//! the same things to all of them:
//!
//! ```python fine 3.10
//! from dataclasses import dataclass
//!
//!
//! @dataclass
//! class Options:
//!     name: str
//!     debug: bool
//!
//!
//! @dataclass
//! class Listener:
//!     hub: object
//!     config: object
//!     name: str
//!
//!
//! def listeners(hub, config, names):
//!     found = {}
//!     for name in names:
//!         found[name] = Listener(hub, config, name)
//!     return found
//! ```
//!
//! A list of them is reason enough:
//!
//! ```python bad 3.10
//! from dataclasses import dataclass
//!
//!
//! @dataclass
//! class Event:
//!     name: str
//!
//!
//! def show(events: list[Event]):
//!     for event in events:
//!         print(event.name)
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, Stmt, StmtClassDef};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Instances, Slots, Type, Use};
use hotlint_core::text_size::Ranged;

pub struct DataclassWithoutSlots;

impl Rule for DataclassWithoutSlots {
    type On = StmtClassDef;
    const COST: Cost = Cost::Memory("105 -> 65 bytes an instance (161 before 3.11)");

    fn check<'a>(class: &'a StmtClassDef, cx: &Cx<'a>) -> Option<Finding> {
        let (decorator, arguments) = cx.dataclass(class)?;
        if !cx.python().all_since(10) || cx.slots(class) != Slots::Absent {
            return None;
        }
        let named = arguments.and_then(|arguments| arguments.find_keyword("slots"));
        let fields = cx.dataclass_fields(class);
        if named.is_some() || fields.is_empty() || !cx.bases_are_slotted(class) {
            return None;
        }
        if body_needs_dict(class, &fields, cx)
            || class_is_used(class, &fields, cx)
            || cx.may_need_dict(class, &fields)
        {
            return None;
        }
        let instances = cx.instances(class);
        match instances {
            Instances::Few => return None,
            Instances::Unknown if !is_record(class, cx) => return None,
            _ => {}
        }
        if cx.needs_dict_elsewhere(class, &fields) {
            return None;
        }
        let message = format!(
            "every instance of the dataclass `{}` has a `__dict__`",
            class.name
        );
        let finding = Finding::new(decorator, message).label("no `slots=True`");
        let finding = match instances {
            Instances::Many(made, around) => finding
                .because(made, "one instance for each item is kept")
                .because(around.header(), "the loop"),
            Instances::Items(place) => finding.because(place, "a container of them"),
            _ => finding,
        };
        let new_class_matters = cx.python().any_before(14)
            && cx.tree.descendants(class).any(|node| match node {
                AnyNodeRef::ExprCall(call) => {
                    call.arguments.is_empty() && cx.is(&*call.func, "builtins.super")
                }
                AnyNodeRef::ExprName(name) => name.id == "__class__",
                _ => false,
            });
        if new_class_matters {
            return Some(finding.help(format!(
                "write `slots=True`, and `super({}, self)` for `super()`, which does not find the new class before Python 3.14",
                class.name
            )));
        }
        Some(finding.help("write `slots=True`").fix(fix(class, cx)))
    }
}

/// Whether the class body itself says something that slots break.
fn body_needs_dict<'a>(class: &'a StmtClassDef, fields: &[&str], cx: &Cx<'a>) -> bool {
    class.body.iter().any(|stmt| match stmt {
        Stmt::FunctionDef(def) => {
            let lazy = def.decorator_list.iter().any(|decorator| {
                // Any decorator named so, of whatever library, keeps its result in the instance.
                cx.decorator_name(decorator)
                    .is_none_or(|name| name.ends_with("cached_property"))
            });
            // A descriptor in the place of the field, or a state that somebody wrote down by hand.
            lazy || fields.contains(&def.name.as_str())
                || matches!(
                    def.name.as_str(),
                    "__getstate__"
                        | "__setstate__"
                        | "__reduce__"
                        | "__reduce_ex__"
                        | "__getattr__"
                        | "__getattribute__"
                        | "__setattr__"
                        | "__init_subclass__"
                        | "__set_name__"
                )
        }
        Stmt::AnnAssign(_) | Stmt::Expr(_) | Stmt::Pass(_) => false,
        Stmt::Assign(assign) => assign.targets.iter().any(|target| match target {
            Expr::Name(name) => fields.contains(&name.id.as_str()),
            _ => true,
        }),
        Stmt::ClassDef(_) => false,
        _ => true,
    })
}

/// Whether the class object is used in a way that a field's slot disturbs: its default is read from the class, or it is one of
/// several bases.
fn class_is_used<'a>(class: &'a StmtClassDef, fields: &[&str], cx: &Cx<'a>) -> bool {
    let combined = cx.subclasses(class).iter().any(|sub| sub.bases().len() > 1);
    let read = cx.symbol(class).is_none_or(|symbol| {
        cx.reads(symbol).any(|read| match cx.usage(read) {
            Use::Attribute(name) => fields.contains(&name) || name.starts_with("__"),
            _ => false,
        })
    });
    combined || read
}

/// Whether a class whose instances are made elsewhere looks like one of many: a point, a size, a span. Texts and flags are options, as
/// a rule.
fn is_record<'a>(class: &'a StmtClassDef, cx: &Cx<'a>) -> bool {
    let mut fields = class.body.iter().filter_map(|stmt| match stmt {
        Stmt::AnnAssign(stmt) => Some(&*stmt.annotation),
        _ => None,
    });
    fields.all(|annotation| is_number(&cx.annotation(annotation)))
}

fn is_number(ty: &Type<'_>) -> bool {
    match ty {
        Type::Int | Type::Float | Type::Complex => true,
        Type::Tuple(item) => is_number(item),
        _ => false,
    }
}

fn fix<'a>(class: &'a StmtClassDef, cx: &Cx<'a>) -> Option<Fix> {
    let (decorator, arguments) = cx.dataclass(class)?;
    let edit = match arguments {
        None => Edit::insert(decorator.expression.end(), "(slots=True)"),
        Some(arguments) => {
            let last = arguments.keywords.last().map(Ranged::end);
            match last {
                Some(end) => Edit::insert(end, ", slots=True"),
                None if arguments.args.is_empty() => Edit::replace(arguments, "(slots=True)"),
                None => return None,
            }
        }
    };
    Some(Fix::unsafe_(
        "Add `slots=True`",
        "makes a new class whose instances have no `__dict__`: other attributes raise `AttributeError`, weak references need \
         `weakref_slot=True`, old pickles do not load, and two bases with slots cannot be combined",
        vec![edit],
    ))
}
