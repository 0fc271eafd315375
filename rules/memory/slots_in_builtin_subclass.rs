//! # A subclass of `str`, `int` or `tuple` without `__slots__`
//!
//! A subclass of `str`, `int`, `tuple` or of what `namedtuple(...)` makes that says nothing about slots gives every instance a `__dict__` and a place for
//! weak references, also if nothing is ever stored there: 8 to 24 bytes more on Python 3.8 to 3.13, of about 70. `__slots__ = ()` leaves
//! both out. It matters for instances by the million.
//!
//! ```python bad
//! class Name(str):
//!     def initial(self):
//!         return self[:1]
//!
//!
//! def run(n):
//!     return [Name(i) for i in range(n)]
//! ```
//!
//! ```python good
//! class Name(str):
//!     __slots__ = ()
//!
//!     def initial(self):
//!         return self[:1]
//!
//!
//! def run(n):
//!     return [Name(i) for i in range(n)]
//! ```
//!
//! ```python input
//! run(n)
//! ```
//!
//! ```python bad
//! from collections import namedtuple
//!
//!
//! class Point(namedtuple("Point", "x y")):
//!     """A place."""
//!
//!     def norm(self):
//!         return self.x + self.y
//! ```
//!
//! ```python good
//! from collections import namedtuple
//!
//!
//! class Point(namedtuple("Point", "x y")):
//!     """A place."""
//!
//!     __slots__ = ()
//!
//!     def norm(self):
//!         return self.x + self.y
//! ```
//!
//! Instances that carry something, enumerations, exceptions, and bases that have a `__dict__` anyway:
//!
//! ```python fine
//! from enum import Enum
//!
//!
//! class Color(str, Enum):
//!     RED = "r"
//!
//!
//! class Safe(str):
//!     def __new__(cls, text, source):
//!         self = super().__new__(cls, text)
//!         self.source = source
//!         return self
//!
//!
//! class Tagged(str):
//!     pass
//!
//!
//! class Plain:
//!     pass
//!
//!
//! class Mixed(Plain, int):
//!     pass
//!
//!
//! class Empty(tuple):
//!     __slots__ = ()
//!
//!
//! def tag(text, tag):
//!     found = Tagged(text)
//!     found.tag = tag
//!     return found
//! ```
//!
//! What is made once, as a marker, and what others derive from:
//!
//! ```python fine
//! class _Missing(str):
//!     pass
//!
//!
//! class Base(int):
//!     pass
//!
//!
//! class Child(Base):
//!     pass
//!
//!
//! MISSING = _Missing("missing")
//! ```
//!
//! The fix is unsafe: instances take no attributes and no weak references any more.

use hotlint_core::ast::{Expr, Stmt, StmtClassDef};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Base, Slots};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct SlotsInBuiltinSubclass;

impl Rule for SlotsInBuiltinSubclass {
    type On = StmtClassDef;
    const COST: Cost = Cost::Memory("8 to 24 bytes an instance, of about 70");

    fn check<'a>(class: &'a StmtClassDef, cx: &Cx<'a>) -> Option<Finding> {
        if class.bases().is_empty() || !class.decorator_list.is_empty() {
            return None;
        }
        let base = builtin_base(class, cx)?;
        // A class with nothing in it is there to be told apart, or to carry attributes that another file sets.
        if base != FIELDS && !class.body.iter().any(Stmt::is_function_def_stmt) {
            return None;
        }
        if cx.slots(class) != Slots::Absent
            || !cx.attributes_set(class).is_empty()
            || !cx.subclasses(class).is_empty()
            || cx.is_singleton(class)
            || sets_attributes(class, cx)
            || cx.may_need_dict(class, &[])
        {
            return None;
        }
        let finding = Finding::new(
            &class.name,
            format!(
                "every instance of `{}` has a `__dict__` besides its {base}",
                class.name
            ),
        )
        .label("no `__slots__`")
        .help("write `__slots__ = ()` in the class");
        Some(finding.fix(fix(class, cx)))
    }
}

/// What the instances of a named tuple are.
const FIELDS: &str = "fields";

/// What the instances are, if all bases leave out the `__dict__`.
fn builtin_base<'a>(class: &'a StmtClassDef, cx: &Cx<'a>) -> Option<&'static str> {
    let mut found = None;
    for (base, expr) in cx.bases(class).iter().zip(class.bases()) {
        let kind = match base {
            Base::Named(name) => match &**name {
                "builtins.str" => "text",
                "builtins.bytes" => "bytes",
                "builtins.int" | "builtins.float" => "number",
                "builtins.tuple" => "items",
                "builtins.frozenset" => "items",
                "typing.Generic" | "typing.Protocol" => continue,
                _ => return None,
            },
            Base::Unknown => match expr {
                Expr::Call(call) if cx.is(&*call.func, "collections.namedtuple") => FIELDS,
                _ => return None,
            },
            Base::Local(_) => return None,
        };
        found = Some(kind);
    }
    found
}

/// Whether `__new__` or another method stores something on what may be an instance.
fn sets_attributes<'a>(class: &'a StmtClassDef, cx: &Cx<'a>) -> bool {
    cx.tree.descendants(class).any(|node| match node {
        hotlint_core::ast::AnyNodeRef::ExprAttribute(attribute) => !attribute.ctx.is_load(),
        hotlint_core::ast::AnyNodeRef::ExprCall(call) => {
            let word = match &*call.func {
                Expr::Name(name) => name.id.as_str(),
                Expr::Attribute(method) => method.attr.as_str(),
                _ => "",
            };
            matches!(word, "setattr" | "__setattr__" | "cached_property" | "vars")
        }
        hotlint_core::ast::AnyNodeRef::StmtFunctionDef(def) => {
            def.decorator_list.iter().any(|decorator| {
                cx.decorator_name(decorator)
                    .is_none_or(|name| name.ends_with("cached_property"))
            }) || def.name.as_str() == "__getattr__"
        }
        _ => false,
    })
}

fn fix<'a>(class: &'a StmtClassDef, cx: &Cx<'a>) -> Option<Fix> {
    let first = class.body.first()?;
    let docstring = matches!(first, Stmt::Expr(stmt) if stmt.value.is_string_literal_expr());
    // `class Name(str): pass` on one line.
    if !cx.is_alone_on_its_lines(first) || cx.lines_of(first).start() <= class.name.end() {
        return None;
    }
    let end = cx.line_end();
    let indentation = cx.indentation(first);
    let line = format!("{indentation}__slots__ = (){end}");
    let edits = match class.body.get(1) {
        _ if !docstring && first.is_pass_stmt() && class.body.len() == 1 => {
            vec![Edit::replace(first, "__slots__ = ()")]
        }
        Some(second) if docstring => {
            let at = cx.lines_of(TextRange::empty(first.end())).end();
            let gap = cx.text(TextRange::new(
                at,
                cx.lines_of(TextRange::empty(second.start())).start(),
            ));
            let blank = if gap.trim().is_empty() && !gap.is_empty() {
                ""
            } else {
                end
            };
            vec![Edit::insert(at, format!("{end}{line}{blank}"))]
        }
        None if docstring => {
            let at = cx.lines_of(TextRange::empty(first.end())).end();
            vec![Edit::insert(at, format!("{end}{line}"))]
        }
        _ => vec![cx.line_before(first, &format!("__slots__ = (){end}"))?],
    };
    Some(Fix::unsafe_(
        "Add `__slots__ = ()`",
        "instances take no attributes and no weak references any more",
        edits,
    ))
}
