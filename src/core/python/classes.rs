//! Classes of this file: their bases, their slots, and whether anything needs their instances to have a `__dict__`.
//!
//! **Invariant**: `Layout::Unknown` whenever a base, a metaclass or a class decorator comes from code that is not known.

use std::rc::Rc;

use ruff_python_ast::{self as ast, AnyNodeRef, Decorator, Expr, ExprContext, Stmt};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::symbols::Binding;
use super::tree::ScopeId;
use super::types::{ClassRef, Type};

/// What a class derives from.
#[derive(Clone, Debug)]
pub enum Base<'a> {
    /// A class of this file.
    Local(&'a ast::StmtClassDef),
    /// Any other, by its qualified name.
    Named(String),
    Unknown,
}

/// What a class says about `__slots__`.
#[derive(Clone, Debug, PartialEq)]
pub enum Slots<'a> {
    /// Nothing: instances have a `__dict__`.
    Absent,
    /// The names, and the statement that lists them.
    Listed(Vec<&'a str>, &'a Stmt),
    /// `@dataclass(slots=True)`
    Dataclass,
    /// Computed, or possibly made by a decorator or metaclass.
    Unknown,
}

/// Whether the instances of a class have a `__dict__`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Dict,
    Slotted,
    Unknown,
}

/// A place that reaches for the `__dict__` of some object, or writes an attribute from outside of its class.
#[derive(Clone, Copy, Debug)]
pub(super) struct DictUse<'a> {
    pub(super) receiver: &'a Expr,
    /// The attribute written; `None` may be any.
    pub(super) attribute: Option<&'a str>,
}

/// Decorators of classes that leave the layout of the instances alone.
const HARMLESS_DECORATORS: &[&str] = &[
    "functools.total_ordering",
    "typing.final",
    "typing_extensions.final",
    "typing.runtime_checkable",
    "typing_extensions.runtime_checkable",
];

impl<'a> Facts<'a> {
    /// The qualified name of a decorator, with or without a call.
    pub fn decorator_name(&self, decorator: &'a Decorator) -> Option<String> {
        match &decorator.expression {
            Expr::Call(call) => self.name(&*call.func),
            other => self.name(other),
        }
    }

    /// The bases of a class, in order; `Generic[T]` counts as `Generic`.
    pub fn bases(&self, class: &'a ast::StmtClassDef) -> Vec<Base<'a>> {
        class.bases().iter().map(|base| self.base(base)).collect()
    }

    fn base(&self, base: &'a Expr) -> Base<'a> {
        let base = match base {
            Expr::Subscript(subscript) => &*subscript.value,
            other => other,
        };
        if let Some(symbol) = base.as_name_expr().and_then(|name| self.symbol(name))
            && let Some(Binding::Class(class)) = self.only_binding(symbol)
        {
            return Base::Local(class);
        }
        match self.name(base) {
            // A class of this file that is bound twice, or nested in another.
            Some(name) if name.starts_with('.') && !name.starts_with("..") => match base {
                Expr::Name(_) => Base::Unknown,
                _ => Base::Named(name),
            },
            Some(name) => Base::Named(name),
            None => Base::Unknown,
        }
    }

    /// Whether a class is, or derives from, one whose qualified name `wanted` accepts, as far as this file tells.
    pub fn derives_from(
        &self,
        class: &'a ast::StmtClassDef,
        wanted: &dyn Fn(&str) -> bool,
    ) -> bool {
        self.derives(class, wanted, 0)
    }

    fn derives(
        &self,
        class: &'a ast::StmtClassDef,
        wanted: &dyn Fn(&str) -> bool,
        hops: u8,
    ) -> bool {
        hops < 16
            && self.bases(class).iter().any(|base| match base {
                Base::Local(base) => self.derives(base, wanted, hops + 1),
                Base::Named(name) => wanted(name),
                Base::Unknown => false,
            })
    }

    /// The classes of this file that name `class` as a base.
    pub fn subclasses(&self, class: &'a ast::StmtClassDef) -> Vec<&'a ast::StmtClassDef> {
        let Some(symbol) = self.symbol(class) else {
            return Vec::new();
        };
        let bases = self.reads(symbol).filter_map(|read| {
            let mut around = self.tree.ancestors(read).filter(|node| {
                !matches!(node, AnyNodeRef::ExprSubscript(_) | AnyNodeRef::ExprName(_))
            });
            match (around.next(), around.next()) {
                (Some(AnyNodeRef::Arguments(_)), Some(AnyNodeRef::StmtClassDef(of))) => Some(of),
                _ => None,
            }
        });
        bases.collect()
    }

    /// The `@dataclass` decorator of the standard library, with its arguments if it has any.
    pub fn dataclass(
        &self,
        class: &'a ast::StmtClassDef,
    ) -> Option<(&'a Decorator, Option<&'a ast::Arguments>)> {
        class.decorator_list.iter().find_map(|decorator| {
            let name = self.decorator_name(decorator)?;
            let arguments = match &decorator.expression {
                Expr::Call(call) => Some(&call.arguments),
                _ => None,
            };
            (name == "dataclasses.dataclass").then_some((decorator, arguments))
        })
    }

    /// The names that a dataclass stores on its instances, its bases' of this file included.
    pub fn dataclass_fields(&self, class: &'a ast::StmtClassDef) -> Vec<&'a str> {
        let mut fields = Vec::new();
        for base in self.ancestry(class) {
            for stmt in &base.body {
                if let Stmt::AnnAssign(stmt) = stmt
                    && let Expr::Name(name) = &*stmt.target
                    && !self.is_class_variable(&stmt.annotation)
                {
                    fields.push(name.id.as_str());
                }
            }
        }
        fields
    }

    fn is_class_variable(&self, annotation: &'a Expr) -> bool {
        let special = |name: &str| matches!(name, "ClassVar" | "InitVar");
        let last = |name: &str| special(name.rsplit('.').next().unwrap_or(name));
        match annotation {
            Expr::Subscript(subscript) => self.name(&*subscript.value).is_some_and(|n| last(&n)),
            Expr::StringLiteral(text) => {
                last(text.value.to_str().split('[').next().unwrap_or_default())
            }
            other => self.name(other).is_some_and(|name| last(&name)),
        }
    }

    /// The class and its bases of this file, nearest first.
    pub fn ancestry(&self, class: &'a ast::StmtClassDef) -> Vec<&'a ast::StmtClassDef> {
        let mut found = vec![class];
        let mut next = 0;
        while let Some(class) = found.get(next).copied() {
            next += 1;
            for base in self.bases(class) {
                if let Base::Local(base) = base
                    && !found.iter().any(|known| std::ptr::eq(*known, base))
                {
                    found.push(base);
                }
            }
        }
        found
    }

    /// What a class itself says about `__slots__`.
    pub fn slots(&self, class: &'a ast::StmtClassDef) -> Slots<'a> {
        let mut strange = false;
        for decorator in &class.decorator_list {
            match self.decorator_name(decorator) {
                Some(name) if name == "dataclasses.dataclass" => {
                    if let Expr::Call(call) = &decorator.expression {
                        match call
                            .arguments
                            .find_keyword("slots")
                            .map(|keyword| &keyword.value)
                        {
                            Some(Expr::BooleanLiteral(literal)) if literal.value => {
                                return Slots::Dataclass;
                            }
                            Some(Expr::BooleanLiteral(_)) => {}
                            Some(_) => strange = true,
                            None => {
                                strange |=
                                    call.arguments.keywords.iter().any(|key| key.arg.is_none());
                            }
                        }
                    }
                }
                Some(name) => strange |= !HARMLESS_DECORATORS.contains(&name.as_str()),
                None => strange = true,
            }
        }
        let keywords = class
            .arguments
            .iter()
            .flat_map(|arguments| &arguments.keywords);
        for keyword in keywords {
            let known = keyword.arg.as_deref() == Some("metaclass")
                && self.is(&keyword.value, "abc.ABCMeta");
            strange |= !known;
        }
        for stmt in &class.body {
            let (target, value) = match stmt {
                Stmt::Assign(assign) => match assign.targets.as_slice() {
                    [target] => (target, Some(&*assign.value)),
                    _ => continue,
                },
                Stmt::AnnAssign(assign) => (&*assign.target, assign.value.as_deref()),
                _ => continue,
            };
            if target
                .as_name_expr()
                .is_none_or(|name| name.id != "__slots__")
            {
                continue;
            }
            return match value.and_then(slot_names) {
                Some(names) => Slots::Listed(names, stmt),
                None => Slots::Unknown,
            };
        }
        // `if TYPE_CHECKING: ... else: __slots__ = ...` and the like.
        let elsewhere = self
            .symbols()
            .in_scope(&self.tree, self.body_scope(class), "__slots__")
            .is_some();
        if strange || elsewhere {
            Slots::Unknown
        } else {
            Slots::Absent
        }
    }

    fn body_scope(&self, class: &'a ast::StmtClassDef) -> ScopeId {
        class
            .body
            .first()
            .map_or(ScopeId::MODULE, |first| self.tree.scope_of(first))
    }

    /// Whether instances of a class have a `__dict__`.
    pub fn layout(&self, class: &'a ast::StmtClassDef) -> Layout {
        self.layout_of(class, 0)
    }

    fn layout_of(&self, class: &'a ast::StmtClassDef, hops: u8) -> Layout {
        if hops > 16 {
            return Layout::Unknown;
        }
        let named_tuple =
            |base: &Base| matches!(base, Base::Named(name) if name == "typing.NamedTuple");
        let bases = self.bases(class);
        let own = match self.slots(class) {
            // The class that `NamedTuple` makes has empty slots; classes derived from it have a `__dict__` again.
            Slots::Absent if bases.iter().any(named_tuple) => Layout::Slotted,
            Slots::Absent => return Layout::Dict,
            Slots::Listed(names, _) if names.contains(&"__dict__") => return Layout::Dict,
            Slots::Listed(..) | Slots::Dataclass => Layout::Slotted,
            Slots::Unknown => Layout::Unknown,
        };
        let inherited = bases.iter().map(|base| match base {
            Base::Local(base) => self.layout_of(base, hops + 1),
            Base::Named(name) => library_layout(name),
            Base::Unknown => Layout::Unknown,
        });
        inherited.fold(own, |a, b| match (a, b) {
            (Layout::Dict, _) | (_, Layout::Dict) => Layout::Dict,
            (Layout::Unknown, _) | (_, Layout::Unknown) => Layout::Unknown,
            _ => Layout::Slotted,
        })
    }

    /// Whether the instances of a class get no `__dict__` from its bases.
    pub fn bases_are_slotted(&self, class: &'a ast::StmtClassDef) -> bool {
        self.bases(class).iter().all(|base| match base {
            Base::Local(base) => self.layout(base) == Layout::Slotted,
            Base::Named(name) => library_layout(name) == Layout::Slotted,
            Base::Unknown => false,
        })
    }

    /// The attributes that methods of a class set on `self`, with the function that does.
    pub fn attributes_set(
        &self,
        class: &'a ast::StmtClassDef,
    ) -> Vec<(&'a ast::ExprAttribute, &'a ast::StmtFunctionDef)> {
        let inside = self.tree.descendants(class).filter_map(|node| match node {
            AnyNodeRef::ExprAttribute(attribute) if attribute.ctx == ExprContext::Store => {
                let receiver = attribute.value.as_name_expr()?;
                let own = self
                    .class_of_self(receiver)
                    .is_some_and(|of| std::ptr::eq(of, class));
                let scope = self.tree.scope(self.symbol(receiver)?.scope).node;
                match scope {
                    AnyNodeRef::StmtFunctionDef(def) if own => Some((attribute, def)),
                    _ => None,
                }
            }
            _ => None,
        });
        inside.collect()
    }

    /// Whether some code of this file may need instances of `class` to have a `__dict__` or a weak reference: it writes an
    /// attribute that is not in `slots`, or asks for `__dict__`, of an object that may be one.
    pub fn may_need_dict(&self, class: &'a ast::StmtClassDef, slots: &[&str]) -> bool {
        let related = |other: &'a ast::StmtClassDef| {
            self.ancestry(class)
                .iter()
                .any(|own| std::ptr::eq(*own, other))
                || self
                    .ancestry(other)
                    .iter()
                    .any(|own| std::ptr::eq(*own, class))
        };
        let uses = self.dict_uses();
        let needs = uses.iter().any(|used| {
            if used.attribute.is_some_and(|name| slots.contains(&name)) {
                return false;
            }
            let own = used
                .receiver
                .as_name_expr()
                .and_then(|name| self.class_of_self(name));
            if let Some(of) = own {
                // A subclass that adds attributes has a `__dict__` of its own.
                return self
                    .ancestry(class)
                    .iter()
                    .any(|own| std::ptr::eq(*own, of));
            }
            match self.ty(used.receiver).without_none() {
                Type::Local(ClassRef(other)) => related(other),
                Type::Unknown | Type::Never | Type::Union(_) => self.name(used.receiver).is_none(),
                _ => false,
            }
        });
        needs || self.tree.nodes().iter().any(|node| self.is_weak(*node))
    }

    /// An import of `weakref`: who knows what is referred to.
    pub(super) fn is_weak(&self, node: AnyNodeRef<'a>) -> bool {
        match node {
            AnyNodeRef::StmtImport(stmt) => stmt.names.iter().any(|alias| &alias.name == "weakref"),
            AnyNodeRef::StmtImportFrom(stmt) => stmt.module.as_deref() == Some("weakref"),
            _ => false,
        }
    }

    pub(super) fn dict_uses(&self) -> Rc<[DictUse<'a>]> {
        Rc::clone(self.dict_uses.get_or_init(|| {
            let nodes = self.tree.nodes().iter();
            nodes.filter_map(|node| self.dict_use(*node)).collect()
        }))
    }

    fn dict_use(&self, node: AnyNodeRef<'a>) -> Option<DictUse<'a>> {
        match node {
            AnyNodeRef::ExprAttribute(attribute) => {
                let receiver = &*attribute.value;
                match (attribute.ctx, attribute.attr.as_str()) {
                    (_, "__dict__" | "__weakref__") => Some(DictUse {
                        receiver,
                        attribute: None,
                    }),
                    (ExprContext::Store | ExprContext::Del, name) => Some(DictUse {
                        receiver,
                        attribute: Some(name),
                    }),
                    _ => None,
                }
            }
            AnyNodeRef::ExprCall(call) => {
                let receiver = call.arguments.args.first()?;
                let spelled = match &*call.func {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    _ => return None,
                };
                // Also `monkeypatch.setattr(x, ...)` and `patch.object(x, ...)`.
                if !matches!(
                    spelled,
                    "vars" | "setattr" | "delattr" | "__setattr__" | "__delattr__" | "object"
                ) {
                    return None;
                }
                let attribute = match call.arguments.args.get(1) {
                    Some(Expr::StringLiteral(text)) => Some(text.value.to_str()),
                    _ => None,
                };
                Some(DictUse {
                    receiver,
                    attribute,
                })
            }
            _ => None,
        }
    }

    /// Whether the file makes a single instance of a class, once, at module level.
    pub fn is_singleton(&self, class: &'a ast::StmtClassDef) -> bool {
        let Some(symbol) = self.symbol(class) else {
            return false;
        };
        let mut made = 0;
        for read in self.reads(symbol) {
            match self.tree.parent(read) {
                Some(AnyNodeRef::ExprCall(call)) if call.func.range() == read.range() => {
                    let once = self.tree.scope_of(call) == ScopeId::MODULE
                        && !self.tree.ancestors(call).any(|node| {
                            matches!(node, AnyNodeRef::StmtFor(_) | AnyNodeRef::StmtWhile(_))
                        });
                    if !once {
                        return false;
                    }
                    made += 1;
                }
                _ => {}
            }
        }
        made == 1
    }

    /// Whether a class compares and hashes its instances by value: it, or a base of this file, defines `__hash__`, is a frozen
    /// dataclass, or a named tuple.
    pub fn has_own_hash(&self, class: &'a ast::StmtClassDef) -> bool {
        let is_tuple = |base: &str| {
            matches!(
                base,
                "typing.NamedTuple" | "typing_extensions.NamedTuple" | "builtins.tuple"
            )
        };
        self.derives_from(class, &is_tuple)
            || self.ancestry(class).into_iter().any(|class| {
                let scope = self.body_scope(class);
                let frozen = self.dataclass(class).is_some_and(|(_, arguments)| {
                    arguments.is_some_and(|arguments| {
                        ["frozen", "unsafe_hash"]
                            .iter()
                            .any(|name| arguments.find_keyword(name).is_some())
                    })
                });
                frozen
                    || self
                        .symbols()
                        .in_scope(&self.tree, scope, "__hash__")
                        .is_some()
            })
    }

    /// Whether instances of a class are certainly unhashable: it defines `__eq__`, itself or as a dataclass, and no `__hash__`.
    pub fn is_unhashable_class(&self, class: &'a ast::StmtClassDef) -> bool {
        let scope = self.body_scope(class);
        let has = |name: &str| self.symbols().in_scope(&self.tree, scope, name).is_some();
        if has("__hash__") {
            return false;
        }
        let compared = match self.dataclass(class) {
            // Without arguments: `eq=True`, `frozen=False`, `unsafe_hash=False`.
            Some((_, None)) => true,
            Some((_, Some(arguments))) => {
                let set = |name| arguments.find_keyword(name).is_some();
                let open = arguments
                    .keywords
                    .iter()
                    .any(|keyword| keyword.arg.is_none());
                !open && !set("eq") && !set("frozen") && !set("unsafe_hash")
            }
            None => has("__eq__") && class.decorator_list.is_empty() && class.keywords().is_empty(),
        };
        compared && self.subclasses(class).is_empty()
    }
}

/// The names in `("x", "y")`, `["x"]`, `{"x": ...}` or `"x"`; `None` is computed.
fn slot_names(value: &Expr) -> Option<Vec<&str>> {
    fn text(expr: &Expr) -> Option<&str> {
        Some(expr.as_string_literal_expr()?.value.to_str())
    }
    match value {
        Expr::StringLiteral(literal) => Some(vec![literal.value.to_str()]),
        Expr::Tuple(tuple) => tuple.elts.iter().map(text).collect(),
        Expr::List(list) => list.elts.iter().map(text).collect(),
        Expr::Set(set) => set.elts.iter().map(text).collect(),
        Expr::Dict(dict) => dict
            .items
            .iter()
            .map(|item| text(item.key.as_ref()?))
            .collect(),
        _ => None,
    }
}

/// Whether instances of a builtin or library class have a `__dict__`, where it is one that everybody knows.
fn library_layout(name: &str) -> Layout {
    if let Some(builtin) = name.strip_prefix("builtins.") {
        const ERRORS: &[&str] = &["Exception", "Error", "Warning", "ExceptionGroup"];
        return match builtin {
            "object" | "int" | "float" | "complex" | "str" | "bytes" | "bytearray" | "tuple"
            | "list" | "dict" | "set" | "frozenset" => Layout::Slotted,
            "KeyboardInterrupt" | "SystemExit" | "StopIteration" | "StopAsyncIteration" => {
                Layout::Dict
            }
            _ if ERRORS.iter().any(|end| builtin.ends_with(end)) => Layout::Dict,
            _ => Layout::Unknown,
        };
    }
    match name {
        "typing.Generic"
        | "typing.Protocol"
        | "typing_extensions.Generic"
        | "typing_extensions.Protocol"
        | "typing.NamedTuple"
        | "abc.ABC"
        | "collections.deque"
        | "collections.defaultdict" => Layout::Slotted,
        "threading.Thread"
        | "collections.UserDict"
        | "collections.UserList"
        | "collections.UserString"
        | "collections.Counter" => Layout::Dict,
        _ if name.starts_with("collections.abc.") || name.starts_with("numbers.") => {
            Layout::Slotted
        }
        _ => Layout::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    fn class_named<'a>(facts: &Facts<'a>, name: &str) -> &'a ast::StmtClassDef {
        let mut nodes = facts.tree.nodes().iter();
        let found = nodes.find_map(|node| match node {
            AnyNodeRef::StmtClassDef(class) if class.name == *name => Some(*class),
            _ => None,
        });
        found.expect("the class is there")
    }

    fn with_facts(code: &str, test: impl Fn(&Facts<'_>)) {
        let source = Source::module("example.py", code);
        let parsed = parse(&source).expect("it parses");
        test(&Facts::new(&source, &parsed, Versions::default()).expect("it is flat"));
    }

    #[test]
    fn a_dict_comes_from_any_class_without_slots() {
        let code = "\
from dataclasses import dataclass
from typing import Generic, TypeVar, NamedTuple
from elsewhere import Base
class Plain: pass
class Own(Generic[T]): __slots__ = ('x',)
class Lost(Plain): __slots__ = ()
class Wanted: __slots__ = ('x', '__dict__')
class Failure(ValueError): __slots__ = ()
class Foreign(Base): __slots__ = ()
@dataclass(slots=True)
class Data(Own): y: int
class Pair(NamedTuple): x: int
class Rich(Pair): pass
";
        let expected = [
            ("Plain", Layout::Dict),
            ("Own", Layout::Slotted),
            ("Lost", Layout::Dict),
            ("Wanted", Layout::Dict),
            ("Failure", Layout::Dict),
            ("Foreign", Layout::Unknown),
            ("Data", Layout::Slotted),
            ("Pair", Layout::Slotted),
            ("Rich", Layout::Dict),
        ];
        with_facts(code, |facts| {
            for (name, layout) in expected {
                assert_eq!(facts.layout(class_named(facts, name)), layout, "{name}");
            }
        });
    }

    #[test]
    fn a_dict_is_needed_by_whoever_writes_another_attribute() {
        let class = "class A:\n    def __init__(self):\n        self.x = 1\n";
        let needs = [
            ("def f(a: A):\n    a.y = 1\n", true),
            ("def f(a):\n    return vars(a)\n", true),
            ("def f(a):\n    setattr(a, 'x', 1)\n", false),
            ("def f(a: A):\n    a.x = 1\n", false),
            ("import os\nos.y = 1\n", false),
            ("class B:\n    def f(self):\n        self.y = 1\n", false),
            ("import weakref\n", true),
        ];
        for (rest, expected) in needs {
            with_facts(&format!("{class}{rest}"), |facts| {
                let class = class_named(facts, "A");
                assert_eq!(facts.may_need_dict(class, &["x"]), expected, "{rest}");
            });
        }
    }

    #[test]
    fn equality_without_hash_is_unhashable() {
        let code = "\
from dataclasses import dataclass
@dataclass
class A: x: int
@dataclass(frozen=True)
class B: x: int
class C:
    def __eq__(self, other): return True
class D:
    def __eq__(self, other): return True
    __hash__ = object.__hash__
";
        with_facts(code, |facts| {
            for (name, expected) in [("A", true), ("B", false), ("C", true), ("D", false)] {
                let class = class_named(facts, name);
                assert_eq!(facts.is_unhashable_class(class), expected, "{name}");
            }
        });
    }
}
