//! The summary of one file: what its functions call, what its classes hold, what its names stand for.
//!
//! **Invariant**: made from the file alone; what lies elsewhere is told as an [`Origin`].

use std::collections::BTreeMap;

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use super::consumption::{Consumed, consumed};
use super::fingerprint;
use super::origin::{Origin, is_of_idle_library};
use super::outgoing::collect_calls;
use super::relations::OutlineRelation;
use super::table::ByName;
use super::users::{Taken, taken};
use crate::python::blocks::function_around;
use crate::python::facts::Facts;
use crate::python::infer::Assigned;
use crate::python::libraries::Entry;
use crate::python::members::PROPERTIES;
use crate::python::models::Field;
use crate::python::symbols::{Binding, Symbol};
use crate::python::tree::{NodeId, ScopeId};

/// See the module's documentation.
#[derive(Debug, PartialEq)]
pub struct Outline {
    /// As reports call the file.
    pub path: Box<str>,
    /// What the text comes to, to tell whether two are the same.
    pub(super) text: u64,
    pub functions: Vec<OutlineFunction>,
    pub classes: Vec<OutlineClass>,
    /// The names at the top of the file.
    names: ByName<Origin>,
    /// Modules whose names are all brought in.
    pub(super) stars: Vec<Box<str>>,
    /// What of other files is used for its items alone; nothing in a mere shape.
    pub(super) taken: Box<[Taken]>,
}

#[derive(Debug, PartialEq)]
pub struct OutlineFunction {
    pub name: Box<str>,
    /// The class around, by its number.
    pub class: Option<u32>,
    /// The line of the `def`, from 1.
    pub row: usize,
    pub is_async: bool,
    pub is_generator: bool,
    /// Calling it makes a context manager, which gives what it yields.
    pub(super) is_manager: bool,
    /// Decorators leave alone what a call does: it runs the body.
    pub runs_when_called: bool,
    /// Without decorators.
    pub is_plain: bool,
    /// Results are kept: most calls do nothing.
    pub is_cached: bool,
    /// The arguments of a call are keys of a cache, as they are written.
    pub hashes_arguments: bool,
    /// Of those that are gone through as a whole, and of those beside them; none otherwise.
    pub parameters: Box<[Parameter]>,
    /// What a call gives, before it is awaited; what it yields, if that makes a context manager.
    pub(super) returns: Origin,
    pub calls: Vec<Call>,
}

impl OutlineFunction {
    /// Whether calling it makes a generator, and nothing else happens.
    pub(super) fn makes_generator(&self) -> bool {
        self.is_generator && !self.is_async && self.is_plain
    }

    /// Whether calling it runs its body there and then, or when it is awaited.
    pub(super) fn is_followed(&self) -> bool {
        self.runs_when_called && !self.is_cached && !self.is_generator
    }
}

#[derive(Debug, PartialEq)]
pub struct Parameter {
    pub name: Box<str>,
    /// Bound by name alone.
    pub keyword_only: bool,
    /// Whether all of it is gone through.
    pub(super) consumed: Consumed,
}

/// A call that a function makes whenever it runs, in the order of the text: not in a branch, a handler, or a lazily evaluated
/// operand, and not behind a `return`, which may have found the answer already.
#[derive(Debug, PartialEq)]
pub struct Call {
    pub callee: Callee,
    pub row: usize,
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
    pub row: usize,
    pub kind: ClassKind,
    pub bases: Vec<Origin>,
    /// Functions of the file, by the name of the method; those that are decorated as properties are not among them.
    pub(super) methods: Numbers,
    pub(super) properties: Numbers,
    pub(super) attributes: ByName<Origin>,
    /// `__slots__` is there, or `slots=True`.
    pub has_slots: bool,
    /// Attributes that stand for objects of other tables.
    pub relations: Vec<OutlineRelation>,
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
        let returns = returns_of(facts);
        let mut outline = Self::shaped(facts, &returns);
        collect_calls(facts, &returns, &mut outline);
        outline.taken = taken(facts);
        outline
    }

    /// The same without the calls, which are most of the work and tell nothing of types.
    pub(super) fn shape(facts: &Facts<'_>) -> Self {
        Self::shaped(facts, &returns_of(facts))
    }

    fn shaped<'a>(facts: &Facts<'a>, returns: &Returns<'a>) -> Self {
        let mut functions = Vec::new();
        let mut classes = Vec::new();
        let mut stars = Vec::new();
        for (tag, node) in facts.tree.tagged() {
            let wanted = tag.is(NodeKind::StmtFunctionDef)
                || tag.is(NodeKind::StmtClassDef)
                || tag.is(NodeKind::StmtImportFrom);
            if !wanted {
                continue;
            }
            match node {
                AnyNodeRef::StmtFunctionDef(def) => {
                    let returns = returns.get(&facts.tree.id(*def));
                    let returns = returns.map(Vec::as_slice).unwrap_or_default();
                    functions.push(function(facts, def, returns));
                }
                AnyNodeRef::StmtClassDef(def) => classes.push(class(facts, def)),
                AnyNodeRef::StmtImportFrom(stmt)
                    if stmt.names.iter().any(|alias| alias.name.as_str() == "*") =>
                {
                    let dots = ".".repeat(stmt.level as usize);
                    let module = stmt.module.as_deref().unwrap_or_default();
                    stars.push(format!("{dots}{module}").into());
                }
                _ => {}
            }
        }
        Self {
            path: facts.source.path().into(),
            text: fingerprint(facts.source.text()),
            functions,
            classes,
            names: names(facts),
            stars,
            taken: Box::default(),
        }
    }

    /// A file of which nothing is known but where it is.
    pub(super) fn empty(path: &str) -> Self {
        Self {
            path: path.into(),
            text: 0,
            functions: Vec::new(),
            classes: Vec::new(),
            names: ByName::default(),
            stars: Vec::new(),
            taken: Box::default(),
        }
    }

    /// Whether it was made from that text.
    pub(super) fn is_of(&self, text: &str) -> bool {
        self.text == fingerprint(text)
    }

    pub(super) fn named(&self, name: &str) -> Option<&Origin> {
        self.names.get(name)
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

/// The names at the top of the file, with what they stand for where only one thing binds them.
fn names(facts: &Facts<'_>) -> ByName<Origin> {
    let mut names: Vec<(Box<str>, Origin)> = Vec::new();
    for symbol in facts.symbols().all_in(ScopeId::MODULE) {
        let Some(binding) = facts.only_binding(symbol) else {
            let origin = bound_alike(facts, symbol);
            if origin != Origin::Unknown {
                names.push((symbol.name.into(), origin));
            }
            continue;
        };
        let origin = match facts.bound_origin(binding) {
            Origin::Unknown => alias(facts, binding),
            origin => origin,
        };
        // Nobody looks here for what a library is not known for.
        let is_idle = matches!(&origin, Origin::Import(name) if is_of_idle_library(name));
        if origin != Origin::Unknown && !is_idle {
            names.push((symbol.name.into(), origin));
        }
    }
    names.into_iter().collect()
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

fn function<'a>(
    facts: &Facts<'a>,
    def: &'a ast::StmtFunctionDef,
    returns: &[&'a ast::StmtReturn],
) -> OutlineFunction {
    let class = match facts.tree.parent(def) {
        Some(AnyNodeRef::StmtClassDef(class)) => facts.number_of_class(class),
        _ => None,
    };
    let mut runs_when_called = true;
    let mut is_cached = false;
    for decorator in &def.decorator_list {
        match facts.decorator_name(decorator) {
            Some(name) if CACHING.contains(&name.as_str()) => is_cached = true,
            Some(name)
                if TRANSPARENT.contains(&name.as_str()) || PROPERTIES.contains(&name.as_str()) => {}
            _ => runs_when_called = false,
        }
    }
    // Nobody asks for those of methods.
    let asked = class.is_none().then_some(&*def.parameters);
    let parameters = (asked.into_iter())
        .flat_map(ast::Parameters::iter_non_variadic_params)
        .map(|one| Parameter {
            name: one.parameter.name.as_str().into(),
            keyword_only: def
                .parameters
                .kwonlyargs
                .iter()
                .any(|other| other.range() == one.range()),
            consumed: consumed(facts, def, returns, &one.parameter),
        });
    let mut parameters: Vec<Parameter> = parameters.collect();
    // Of the others nobody asks anything.
    if parameters.iter().all(|one| one.consumed == Consumed::No) {
        parameters = Vec::new();
    }
    OutlineFunction {
        name: def.name.as_str().into(),
        class,
        row: facts.row_of(&def.name),
        is_async: def.is_async,
        is_generator: facts.is_generator(def),
        is_manager: facts.is_manager(def),
        runs_when_called,
        is_plain: def.decorator_list.is_empty(),
        is_cached,
        hashes_arguments: def.decorator_list.first().is_some_and(|first| {
            let name = facts.decorator_name(first);
            name.is_some_and(|name| HASHING.contains(&name.as_str()))
        }),
        parameters: parameters.into(),
        returns: returned(facts, def, returns),
        calls: Vec::new(),
    }
}

/// What calling a function gives: what it declares, or what all its `return`s give.
fn returned<'a>(
    facts: &Facts<'a>,
    def: &'a ast::StmtFunctionDef,
    returns: &[&'a ast::StmtReturn],
) -> Origin {
    if facts.is_manager(def) {
        return match facts.declared_to_yield(def) {
            Some(declared) => facts.annotation_origin(declared),
            None => same(facts.yielded(def).map(|value| match value {
                Some(value) => facts.origin(value),
                None => Origin::Unknown,
            })),
        };
    }
    let yields = facts.is_generator(def);
    if let Some(declared) = &def.returns
        && !yields
    {
        if SELF.iter().any(|name| facts.is(&**declared, name))
            && let Some(AnyNodeRef::StmtClassDef(class)) = facts.tree.parent(def)
            && let Some(number) = facts.number_of_class(class)
        {
            return Origin::Instance(Box::new(Origin::Class(number)));
        }
        return facts.annotation_origin(declared);
    }
    if yields {
        return Origin::Unknown;
    }
    // Told as what awaiting gives where it is `async`.
    let values = returns.iter().filter_map(|stmt| stmt.value.as_deref());
    same(values.map(|value| facts.origin(value)))
}

/// The relations of a class, in a file that knows a mapper.
fn relations<'a>(facts: &Facts<'a>, def: &'a ast::StmtClassDef) -> Vec<OutlineRelation> {
    if !["bulk_create", "refresh"]
        .iter()
        .any(|last| facts.may_know(last))
    {
        return Vec::new();
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

fn class<'a>(facts: &Facts<'a>, def: &'a ast::StmtClassDef) -> OutlineClass {
    let mut methods: BTreeMap<&str, u32> = BTreeMap::new();
    let mut properties: BTreeMap<&str, u32> = BTreeMap::new();
    for stmt in &def.body {
        if let Stmt::FunctionDef(method) = stmt
            && let Some(number) = facts.number_of_function(method)
        {
            let table = if facts.is_property(method) {
                &mut properties
            } else {
                &mut methods
            };
            table.insert(method.name.as_str(), number);
        }
    }
    let mut attributes: Vec<(Box<str>, Origin)> = Vec::new();
    let assigned_to = facts.attributes_of(def);
    for (name, assigned) in assigned_to.iter() {
        let origin = attribute(facts, assigned);
        if origin != Origin::Unknown {
            attributes.push(((*name).into(), origin));
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
        row: facts.row_of(&def.name),
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
fn attribute<'a>(facts: &Facts<'a>, assigned: &[Assigned<'a>]) -> Origin {
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

/// The `return`s of functions, by their nodes.
pub(super) type Returns<'a> = FxHashMap<NodeId, Vec<&'a ast::StmtReturn>>;

/// The `return`s of each function that has some, in the order of the text, by the function's node.
fn returns_of<'a>(facts: &Facts<'a>) -> Returns<'a> {
    let mut returns = Returns::default();
    for (tag, node) in facts.tree.tagged() {
        if let AnyNodeRef::StmtReturn(stmt) = node
            && tag.is(NodeKind::StmtReturn)
            && let Some(def) = function_around(&facts.tree, *stmt)
        {
            returns.entry(facts.tree.id(def)).or_default().push(*stmt);
        }
    }
    returns
}
