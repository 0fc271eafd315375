//! The summary of one file: what its functions call, what its classes hold, what its names stand for.
//!
//! **Invariant**: made from the file alone; what lies elsewhere is told as an [`Origin`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::Ranged;

use super::details::Details;
use super::fingerprint;
use super::origin::{Origin, is_of_idle_library};
use super::outgoing::Calls;
use super::relations::OutlineRelation;
use super::returns::Returns;
use super::table::ByName;
use crate::python::facts::Facts;
use crate::python::infer::Assigned;
use crate::python::libraries::Entry;
use crate::python::members::PROPERTIES;
use crate::python::models::Field;
use crate::python::names::{member_of, module_of};
use crate::python::symbols::{Binding, Symbol};
use crate::python::tree::ScopeId;

/// See the module's documentation.
#[derive(Debug, PartialEq)]
pub struct Outline {
    /// As reports call the file.
    pub path: Box<str>,
    /// What the text comes to, to tell whether two are the same.
    pub(super) text: u64,
    pub functions: Box<[OutlineFunction]>,
    pub classes: Box<[OutlineClass]>,
    /// The names at the top of the file.
    names: ByName<Named>,
    /// Modules that names are brought from, as they are spelled.
    modules: Box<[Box<str>]>,
    /// Modules whose names are all brought in.
    pub(super) stars: Box<[Box<str>]>,
    /// What is found out when somebody asks; nothing where the file is gone by then.
    pub(super) details: OnceLock<Option<Details>>,
}

/// What a name at the top of a file stands for.
#[derive(Debug, PartialEq)]
enum Named {
    /// The thing of the same name in the module of that number: most names.
    Brought(u32),
    Other(Box<Origin>),
}

#[derive(Debug, PartialEq)]
pub struct OutlineFunction {
    pub name: Box<str>,
    /// The class around, by its number.
    pub class: Option<u32>,
    /// The line of the `def`, from 1.
    pub row: u32,
    pub is_async: bool,
    pub is_generator: bool,
    /// Calling it makes a context manager, which gives what it yields.
    pub(super) is_manager: bool,
    /// Decorators leave alone what a call does: it runs the body.
    pub runs_when_called: bool,
    /// Getting the attribute calls it.
    is_property: bool,
    /// Without decorators.
    pub is_plain: bool,
    /// Results are kept: most calls do nothing.
    pub is_cached: bool,
    /// The arguments of a call are keys of a cache, as they are written.
    pub hashes_arguments: bool,
    /// What a call gives, before it is awaited; what it yields, if that makes a context manager; nothing where that is unknown.
    returns: Option<Box<Origin>>,
    pub calls: Box<[Call]>,
}

impl OutlineFunction {
    /// What a call gives, before it is awaited; what it yields, if that makes a context manager.
    pub(super) fn returns(&self) -> &Origin {
        self.returns.as_deref().unwrap_or(&Origin::Unknown)
    }

    /// Whether calling it makes a generator, and nothing else happens.
    pub(super) fn makes_generator(&self) -> bool {
        self.is_generator && !self.is_async && self.is_plain
    }

    /// Whether calling it runs its body there and then, or when it is awaited.
    pub(super) fn is_followed(&self) -> bool {
        self.runs_when_called && !self.is_cached && !self.is_generator
    }
}

/// A call that a function makes whenever it runs, in the order of the text: not in a branch, a handler, or a lazily evaluated
/// operand, and not behind a `return`, which may have found the answer already.
#[derive(Debug, PartialEq)]
pub struct Call {
    pub callee: Callee,
    pub row: u32,
    pub awaited: bool,
}

#[derive(Debug, PartialEq)]
pub enum Callee {
    /// Something of a library.
    Known(&'static Entry),
    /// Whatever this comes to.
    Other(Origin),
}

/// Functions of a file by their numbers, sorted by name; of two by one name, the last.
type Numbers = Box<[u32]>;

/// What a class is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassKind {
    Plain,
    Dataclass,
    Attrs,
    NamedTuple,
    Enum,
    Protocol,
    TypedDict,
}

#[derive(Debug, PartialEq)]
pub struct OutlineClass {
    pub name: Box<str>,
    pub kind: ClassKind,
    pub bases: Box<[Origin]>,
    /// Functions of the file, by the name of the method; those that are decorated as properties are not among them.
    pub(super) methods: Numbers,
    pub(super) properties: Numbers,
    pub(super) attributes: ByName<Origin>,
    /// `__slots__` is there, or `slots=True`.
    pub has_slots: bool,
    /// Attributes that stand for objects of other tables.
    pub relations: Box<[OutlineRelation]>,
}

/// Decorators that leave the body to run when the function is called.
const TRANSPARENT: &[&str] = &[
    "builtins.staticmethod",
    "builtins.classmethod",
    "abc.abstractmethod",
    "contextlib.contextmanager",
    "typing.override",
    "typing.final",
    "typing_extensions.override",
    "django.db.transaction.atomic",
    "functools.wraps",
];

/// A look at an annotation, which nearly always tells that it is not [`SELF`].
fn may_be_self(annotation: &Expr) -> bool {
    match annotation {
        Expr::Name(name) => name.id == "Self",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "Self",
        _ => false,
    }
}

/// An instance of the class around.
const SELF: &[&str] = &["typing.Self", "typing_extensions.Self"];

/// Decorators that keep results.
const CACHING: &[&str] = &[
    "functools.cache",
    "functools.lru_cache",
    "cachetools.cached",
    "cachetools.cachedmethod",
    "cachetools.func.ttl_cache",
    "cachetools.func.lru_cache",
    "async_lru.alru_cache",
    "aiocache.cached",
    "joblib.Memory.cache",
    "streamlit.cache_data",
    "streamlit.cache_resource",
];

/// Decorators whose cache is a dict with the arguments for keys.
const HASHING: &[&str] = &[
    "functools.cache",
    "functools.lru_cache",
    "async_lru.alru_cache",
];

impl Outline {
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let mut calls = Calls::of(facts);
        let returns = Returns::beside(facts, |tag, node| calls.look(tag, node));
        let mut outline = Self::shaped(facts, &returns);
        calls.collect(facts, &returns, &mut outline);
        outline
    }

    /// The same without the calls, which are most of the work and tell nothing of types.
    pub(super) fn shape(facts: &Facts<'_>) -> Self {
        Self::shaped(facts, &Returns::of(facts))
    }

    fn shaped<'a>(facts: &Facts<'a>, returns: &Returns<'a>) -> Self {
        // In the order of the text, as they are numbered.
        let scopes = || facts.tree.scopes.iter();
        let functions = scopes().filter_map(|scope| match scope.node {
            AnyNodeRef::StmtFunctionDef(def) => Some(function(facts, def, scope.yields, returns)),
            _ => None,
        });
        let functions: Box<[OutlineFunction]> = functions.collect();
        let classes = scopes().filter_map(|scope| match scope.node {
            AnyNodeRef::StmtClassDef(def) => Some(class(facts, def, &functions)),
            _ => None,
        });
        let classes = classes.collect();
        let (names, modules) = names(facts);
        Self {
            path: facts.source.path().into(),
            text: fingerprint(facts.source.text()),
            functions,
            classes,
            names,
            modules,
            stars: stars(facts),
            details: OnceLock::new(),
        }
    }

    /// A file of which nothing is known but where it is.
    pub(super) fn empty(path: &str) -> Self {
        Self {
            path: path.into(),
            text: 0,
            functions: Box::default(),
            classes: Box::default(),
            names: ByName::default(),
            modules: Box::default(),
            stars: Box::default(),
            details: OnceLock::new(),
        }
    }

    /// Whether it was made from that text.
    pub(super) fn is_of(&self, text: &str) -> bool {
        self.text == fingerprint(text)
    }

    pub(super) fn named(&self, name: &str) -> Option<Cow<'_, Origin>> {
        Some(match self.names.get(name)? {
            Named::Other(origin) => Cow::Borrowed(origin),
            Named::Brought(number) => {
                let module = self.modules.get(usize::try_from(*number).ok()?)?;
                Cow::Owned(Origin::Import(member_of(module, name).into()))
            }
        })
    }

    pub(super) fn function(&self, number: u32) -> Option<&OutlineFunction> {
        self.functions.get(usize::try_from(number).ok()?)
    }

    /// The one of these functions that has a name.
    pub(super) fn among(&self, functions: &Numbers, name: &str) -> Option<u32> {
        let named = |number: &u32| (self.function(*number)).map_or("", |function| &function.name);
        let found = functions.binary_search_by(|number| named(number).cmp(name));
        found.ok().map(|at| functions[at])
    }

    pub(super) fn class(&self, number: u32) -> Option<&OutlineClass> {
        self.classes.get(usize::try_from(number).ok()?)
    }
}

/// Modules whose names are all brought in, in the order of the text.
pub(super) fn stars(facts: &Facts<'_>) -> Box<[Box<str>]> {
    if !facts.tree.star_import {
        return Box::default();
    }
    let stars = facts.tree.imports().iter().filter_map(|node| match node {
        AnyNodeRef::StmtImportFrom(stmt) if is_star(stmt) => Some(module_of(stmt).into()),
        _ => None,
    });
    stars.collect()
}

pub(super) fn is_star(stmt: &ast::StmtImportFrom) -> bool {
    stmt.names.iter().any(|alias| alias.name.as_str() == "*")
}

/// The names at the top of the file, with what they stand for where only one thing binds them, and the modules of those that are
/// brought from one.
fn names(facts: &Facts<'_>) -> (ByName<Named>, Box<[Box<str>]>) {
    let mut names: Vec<(&str, Named)> = Vec::new();
    let mut modules: Vec<Box<str>> = Vec::new();
    // The last statement that was looked at: many names come from one.
    let mut last: Option<(&ast::StmtImportFrom, bool)> = None;
    for symbol in facts.symbols().all_in(ScopeId::MODULE) {
        let binding = facts.only_binding(symbol);
        if let Some(Binding::ImportFrom(stmt, alias)) = binding {
            // Nobody looks here for what a library is not known for.
            let is_idle = match last {
                Some((same, is_idle)) if std::ptr::eq(same, stmt) => is_idle,
                _ => {
                    let module = module_of(stmt);
                    let is_idle = is_of_idle_library(&module);
                    if !is_idle {
                        modules.push(module.into());
                    }
                    last = Some((stmt, is_idle));
                    is_idle
                }
            };
            if is_idle {
                continue;
            }
            if alias.asname.is_none() {
                let module = u32::try_from(modules.len()).unwrap_or_default();
                names.push((symbol.name, Named::Brought(module.saturating_sub(1))));
                continue;
            }
        }
        let origin = match binding {
            Some(Binding::Import(_, alias)) if is_of_idle_library(&alias.name) => continue,
            Some(binding) => match facts.bound_origin(binding) {
                Origin::Unknown => alias(facts, binding),
                origin => origin,
            },
            None => bound_alike(facts, symbol),
        };
        if origin != Origin::Unknown {
            names.push((symbol.name, Named::Other(Box::new(origin))));
        }
    }
    (names.into_iter().collect(), modules.into())
}

/// `SessionDep = Annotated[Session, ...]`, `type Rows = list[Row]`
fn alias<'a>(facts: &Facts<'a>, binding: Binding<'a>) -> Origin {
    let declared = match binding {
        Binding::Assign(stmt) if stmt.value.is_subscript_expr() || stmt.value.is_bin_op_expr() => {
            &stmt.value
        }
        Binding::Alias(stmt) => &stmt.value,
        _ => return Origin::Unknown,
    };
    match facts.annotation_origin(declared) {
        Origin::Unknown => Origin::Unknown,
        declared => Origin::Alias(Box::new(declared)),
    }
}

/// What all that binds a name comes to, besides `None`; unknown where they differ.
fn bound_alike<'a>(facts: &Facts<'a>, symbol: &Symbol<'a>) -> Origin {
    let values = facts.bindings(symbol).map(|binding| match binding {
        Binding::Assign(stmt) if stmt.value.is_none_literal_expr() => None,
        binding => Some(facts.bound_origin(binding)),
    });
    same(values.flatten())
}

/// What all of them are; unknown where they differ.
fn same(mut origins: impl Iterator<Item = Origin>) -> Origin {
    let first = origins.next().unwrap_or(Origin::Unknown);
    match first == Origin::Unknown || origins.any(|other| other != first) {
        true => Origin::Unknown,
        false => first,
    }
}

/// What the decorators of a function make of a call.
pub(super) struct Running {
    /// They leave alone what a call does: it runs the body.
    pub runs_when_called: bool,
    /// Results are kept: most calls do nothing.
    pub is_cached: bool,
    /// The arguments of a call are keys of a cache, as they are written.
    pub hashes_arguments: bool,
    /// Getting the attribute calls it.
    pub is_property: bool,
}

impl Running {
    pub(super) fn of<'a>(facts: &Facts<'a>, def: &'a ast::StmtFunctionDef) -> Self {
        let mut running = Self {
            runs_when_called: true,
            is_cached: false,
            hashes_arguments: false,
            is_property: false,
        };
        for (at, decorator) in def.decorator_list.iter().enumerate() {
            let name = facts.decorator_name(decorator);
            let is_one = |of: &[&str]| (name.as_deref()).is_some_and(|name| of.contains(&name));
            let is_property = is_one(PROPERTIES) && !decorator.expression.is_call_expr();
            if is_one(CACHING) {
                running.is_cached = true;
            } else if !is_one(TRANSPARENT) && !is_one(PROPERTIES) {
                running.runs_when_called = false;
            }
            running.is_property |= is_property;
            running.hashes_arguments |= at == 0 && is_one(HASHING);
        }
        running
    }
}

fn function<'a>(
    facts: &Facts<'a>,
    def: &'a ast::StmtFunctionDef,
    is_generator: bool,
    returns: &Returns<'a>,
) -> OutlineFunction {
    let class = match facts.tree.parent(def) {
        Some(AnyNodeRef::StmtClassDef(class)) => facts.number_of_class(class),
        _ => None,
    };
    let running = Running::of(facts, def);
    let returns = match returned(facts, def, is_generator, returns) {
        Origin::Unknown => None,
        given => Some(Box::new(given)),
    };
    OutlineFunction {
        name: def.name.as_str().into(),
        class,
        row: row(facts, &def.name),
        is_async: def.is_async,
        is_generator,
        is_manager: is_generator && facts.is_manager(def),
        runs_when_called: running.runs_when_called,
        is_plain: def.decorator_list.is_empty(),
        is_cached: running.is_cached,
        hashes_arguments: running.hashes_arguments,
        is_property: running.is_property,
        returns,
        calls: Box::default(),
    }
}

/// See [`Facts::row_of`].
pub(super) fn row(facts: &Facts<'_>, place: impl Ranged) -> u32 {
    // A file of more lines is not read.
    u32::try_from(facts.row_of(place)).unwrap_or(u32::MAX)
}

/// What calling a function gives: what it declares, or what all its `return`s give.
fn returned<'a>(
    facts: &Facts<'a>,
    def: &'a ast::StmtFunctionDef,
    is_generator: bool,
    returns: &Returns<'a>,
) -> Origin {
    if is_generator && facts.is_manager(def) {
        return match facts.declared_to_yield(def) {
            Some(declared) => facts.annotation_origin(declared),
            None => same(facts.yielded(def).map(|value| match value {
                Some(value) => facts.origin(value),
                None => Origin::Unknown,
            })),
        };
    }
    if is_generator {
        return Origin::Unknown;
    }
    if let Some(declared) = &def.returns {
        if may_be_self(declared)
            && SELF.iter().any(|name| facts.is(&**declared, name))
            && let Some(AnyNodeRef::StmtClassDef(class)) = facts.tree.parent(def)
            && let Some(number) = facts.number_of_class(class)
        {
            return Origin::Instance(Box::new(Origin::Class(number)));
        }
        return facts.annotation_origin(declared);
    }
    // Told as what awaiting gives where it is `async`.
    let returns = returns.in_function(facts, def).iter();
    let values = returns.filter_map(|(_, stmt)| stmt.value.as_deref());
    same(values.map(|value| facts.origin(value)))
}

/// The relations of a class, in a file that knows a mapper.
fn relations<'a>(facts: &Facts<'a>, def: &'a ast::StmtClassDef) -> Box<[OutlineRelation]> {
    if !["bulk_create", "refresh"]
        .iter()
        .any(|last| facts.may_know(last))
    {
        return Box::default();
    }
    let relations = facts.relations_of(def).map(|relation| OutlineRelation {
        row: match &relation.field {
            Field::Here(field) => facts.row_of(*field),
            Field::There(_, row) => *row,
        },
        name: relation.name,
        has_key: relation.has_key,
        is_primary: relation.is_primary,
        is_eager: relation.is_eager,
    });
    relations.collect()
}

/// `functions` are all of the file.
fn class<'a>(
    facts: &Facts<'a>,
    def: &'a ast::StmtClassDef,
    functions: &[OutlineFunction],
) -> OutlineClass {
    let mut methods: BTreeMap<&str, u32> = BTreeMap::new();
    let mut properties: BTreeMap<&str, u32> = BTreeMap::new();
    for stmt in &def.body {
        if let Stmt::FunctionDef(method) = stmt
            && let Some(number) = facts.number_of_function(method)
        {
            let function = functions.get(number as usize);
            let table = match function.is_some_and(|function| function.is_property) {
                true => &mut properties,
                false => &mut methods,
            };
            table.insert(method.name.as_str(), number);
        }
    }
    let mut attributes: Vec<(&str, Origin)> = Vec::new();
    let assigned_to = facts.attributes_of(def);
    for (name, assigned) in assigned_to.iter() {
        let origin = attribute(facts, assigned);
        if origin != Origin::Unknown {
            attributes.push((*name, origin));
        }
    }
    let kind = kind(facts, def);
    let has_slots = assigned_to.contains_key("__slots__")
        || kind == ClassKind::NamedTuple
        || def
            .decorator_list
            .iter()
            .any(|decorator| match &decorator.expression {
                Expr::Call(call) => call.arguments.find_keyword("slots").is_some_and(|slots| {
                    slots
                        .value
                        .as_boolean_literal_expr()
                        .is_some_and(|b| b.value)
                }),
                _ => false,
            });
    OutlineClass {
        name: def.name.as_str().into(),
        kind,
        bases: def.bases().iter().map(|base| facts.origin(base)).collect(),
        methods: methods.into_values().collect(),
        properties: properties.into_values().collect(),
        attributes: attributes.into_iter().collect(),
        has_slots,
        relations: relations(facts, def),
    }
}

fn kind<'a>(facts: &Facts<'a>, def: &'a ast::StmtClassDef) -> ClassKind {
    for decorator in &def.decorator_list {
        match facts.decorator_name(decorator).as_deref() {
            Some("dataclasses.dataclass" | "pydantic.dataclasses.dataclass") => {
                return ClassKind::Dataclass;
            }
            Some(
                "attr.s" | "attr.attrs" | "attr.define" | "attrs.define" | "attrs.frozen"
                | "attr.frozen",
            ) => {
                return ClassKind::Attrs;
            }
            _ => {}
        }
    }
    for base in def.bases() {
        let base = match base {
            Expr::Subscript(item) => &*item.value,
            other => other,
        };
        match facts.path(base).as_deref() {
            Some("typing.NamedTuple") => return ClassKind::NamedTuple,
            Some("typing.Protocol" | "typing_extensions.Protocol") => return ClassKind::Protocol,
            Some("typing.TypedDict" | "typing_extensions.TypedDict") => {
                return ClassKind::TypedDict;
            }
            Some("enum.Enum" | "enum.IntEnum" | "enum.StrEnum" | "enum.Flag" | "enum.IntFlag") => {
                return ClassKind::Enum;
            }
            _ => {}
        }
    }
    ClassKind::Plain
}

/// What a class keeps in an attribute, besides `None`.
pub(super) fn attribute<'a>(facts: &Facts<'a>, assigned: &[Assigned<'a>]) -> Origin {
    let mut found = Origin::Unknown;
    for one in assigned {
        let origin = match one {
            Assigned::Annotation(annotation) => return facts.annotation_origin(annotation),
            Assigned::Value(Expr::NoneLiteral(_)) => continue,
            Assigned::Value(value) => facts.origin(value),
            Assigned::Augmented(..) | Assigned::Other => Origin::Unknown,
        };
        if found != Origin::Unknown && found != origin {
            return Origin::Unknown;
        }
        found = origin;
    }
    found
}

impl<'a> Facts<'a> {
    fn bound_origin(&self, binding: Binding<'a>) -> Origin {
        self.binding_origin(binding, super::origin::DEEPEST)
    }

    /// The line of a place, from 1.
    pub(super) fn row_of(&self, place: impl Ranged) -> usize {
        let text = self.source.text().as_bytes();
        let ends_with_returns =
            || *(self.has_carriage_returns).get_or_init(|| memchr::memchr(b'\r', text).is_some());
        if ends_with_returns() {
            return self.source.lines().line_index(place.range().start()).get();
        }
        // Nearly always a few lines from the last: to count those is cheaper than to find all line ends of the file.
        let at = place.range().start().to_usize();
        let (last, row) = self.last_row.get();
        let between = |from, to| memchr::memchr_iter(b'\n', &text[from..to]).count();
        let row = match at >= last {
            true => row + between(last, at),
            false => row - between(at, last),
        };
        self.last_row.set((at, row));
        row
    }
}
