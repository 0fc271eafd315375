//! Where a value comes from, as far as its own file tells: what is left to say is in other files.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprRef};

use crate::python::facts::Facts;
use crate::python::libraries::root_number;
use crate::python::names::imported_name;
use crate::python::symbols::Binding;
use crate::python::tree::NodeId;
use crate::python::types::Type;
use crate::python::typeshed::{ClassId, Table};

/// A value, or a thing that has a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    Unknown,
    /// A value of a type that needs no other file.
    Value(Owned),
    /// The thing that an import brings, by its qualified name; relative ones keep their dots.
    Import(Box<str>),
    /// A function of the file, by its number.
    Function(u32),
    /// A class of the file, by its number.
    Class(u32),
    Call(Box<Origin>),
    Attribute(Box<Origin>, Box<str>),
    /// An instance of the class.
    Instance(Box<Origin>),
    Awaited(Box<Origin>),
    /// What a context manager gives.
    Entered(Box<Origin>),
    /// What a context manager gives to `async with`.
    AsyncEntered(Box<Origin>),
    /// What a name in an annotation stands for that is itself an annotation.
    Alias(Box<Origin>),
    Element(Box<Origin>),
}

impl Origin {
    /// What it begins with: a thing that has a name, or a value.
    fn head(&self) -> &Self {
        let mut head = self;
        while let Some(inner) = head.inner() {
            head = inner;
        }
        head
    }

    /// What it is said of.
    pub(super) fn inner(&self) -> Option<&Self> {
        match self {
            Origin::Unknown
            | Origin::Value(_)
            | Origin::Import(_)
            | Origin::Function(_)
            | Origin::Class(_) => None,
            Origin::Call(inner)
            | Origin::Attribute(inner, _)
            | Origin::Instance(inner)
            | Origin::Awaited(inner)
            | Origin::Entered(inner)
            | Origin::AsyncEntered(inner)
            | Origin::Alias(inner)
            | Origin::Element(inner) => Some(inner),
        }
    }

    /// Whether it hangs on another file.
    pub(super) fn is_elsewhere(&self) -> bool {
        match self.head() {
            Origin::Value(owned) => matches!(owned, Owned::Own(_) | Owned::Named(_)),
            // A class of the file may derive from one of another, and a function give what another does.
            Origin::Function(_) | Origin::Class(_) => true,
            Origin::Import(name) => name.starts_with('.') || !is_of_library(name),
            _ => false,
        }
    }

    /// The name of the import that it begins with.
    pub(super) fn import(&self) -> Option<&str> {
        match self.head() {
            Origin::Import(name) => Some(name),
            _ => None,
        }
    }

    /// Whether a function or class of its own file is part of it.
    pub(super) fn is_of_its_file(&self) -> bool {
        let head = self.head();
        matches!(
            head,
            Origin::Value(_) | Origin::Function(_) | Origin::Class(_)
        )
    }
}

/// A [`Type`] without its file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Owned {
    Unknown,
    None,
    Bool,
    Int,
    Float,
    Complex,
    Str,
    Bytes,
    Bytearray,
    Range,
    File(bool),
    List(Box<Owned>),
    Tuple(Box<Owned>),
    Positions(Box<[Owned]>),
    Set(Box<Owned>),
    FrozenSet(Box<Owned>),
    View(Box<Owned>),
    Deque(Box<Owned>),
    Iterator(Box<Owned>),
    Dict(Box<(Owned, Owned)>),
    Union(Box<[Owned]>),
    Library(ClassRefId, Box<[Owned]>),
    /// A class of a library that has no table, by its name.
    Named(Box<str>),
    /// A class of the file.
    Own(u32),
}

impl Owned {
    /// Whether a class or a file is part of it: of texts and numbers nobody asks other files.
    fn is_asked_for(&self) -> bool {
        match self {
            Owned::File(_) | Owned::Library(..) | Owned::Named(_) | Owned::Own(_) => true,
            Owned::List(inner)
            | Owned::Tuple(inner)
            | Owned::Set(inner)
            | Owned::FrozenSet(inner)
            | Owned::View(inner)
            | Owned::Deque(inner)
            | Owned::Iterator(inner) => inner.is_asked_for(),
            Owned::Dict(pair) => pair.0.is_asked_for() || pair.1.is_asked_for(),
            Owned::Positions(parts) | Owned::Union(parts) => parts.iter().any(Self::is_asked_for),
            _ => false,
        }
    }
}

/// The number of a class in the table of libraries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClassRefId(pub(in crate::python) ClassId);

/// From where a name may have what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::python) enum Whence {
    /// From this file or from a library.
    Here,
    /// From an import of the project, and nothing else.
    Imported,
    /// From anything of the project.
    Elsewhere,
}

/// Values of values of values.
pub(super) const DEEPEST: u8 = 10;

impl<'a> Facts<'a> {
    /// Where the value of an expression comes from.
    pub(super) fn origin(&self, expr: &'a Expr) -> Origin {
        self.as_told_here(|facts| facts.origin_at(expr, DEEPEST))
    }

    /// Answers by what the file itself tells.
    pub(super) fn as_told_here<T>(&self, question: impl FnOnce(&Self) -> T) -> T {
        let before = self.alone.replace(true);
        let answer = question(self);
        self.alone.set(before);
        answer
    }

    /// The same of a name, an attribute, a call or an `await`.
    pub(super) fn origin_of(&self, expr: ExprRef<'a>) -> Origin {
        self.as_told_here(|facts| match expr {
            ExprRef::Name(name) => facts.name_origin(name, DEEPEST),
            ExprRef::Attribute(attribute) => facts.attribute_origin(attribute, DEEPEST),
            ExprRef::Call(call) => facts.call_origin(call, DEEPEST),
            ExprRef::Await(awaiting) => facts.await_origin(awaiting, DEEPEST),
            _ => Origin::Unknown,
        })
    }

    fn origin_at(&self, expr: &'a Expr, depth: u8) -> Origin {
        let Some(depth) = depth.checked_sub(1) else {
            return Origin::Unknown;
        };
        match expr {
            Expr::Name(name) => self.name_origin(name, depth),
            Expr::Attribute(attribute) => self.attribute_origin(attribute, depth),
            Expr::Call(call) => self.call_origin(call, depth),
            Expr::Await(awaiting) => self.await_origin(awaiting, depth),
            // Nobody asks for texts and numbers of other files.
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::FString(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::Tuple(_)
            | Expr::Dict(_)
            | Expr::DictComp(_)
            | Expr::Compare(_)
            | Expr::UnaryOp(_)
            | Expr::Lambda(_) => Origin::Unknown,
            _ => self.value_origin(expr),
        }
    }

    fn name_origin(&self, name: &'a ast::ExprName, depth: u8) -> Origin {
        // What binds it tells most, and is at hand; its type has to be inferred.
        let binding = self
            .symbol(name)
            .and_then(|symbol| self.only_binding(symbol));
        if let Some(Binding::Parameter(_)) = binding
            && let Some(class) = self.class_of_self(name)
        {
            return match self.number_of_class(class) {
                Some(number) => Origin::Value(Owned::Own(number)),
                None => Origin::Unknown,
            };
        }
        match binding.map(|binding| (binding, self.binding_origin(binding, depth))) {
            // The type of the value was asked for, and what is passed in without a word has none.
            Some((
                Binding::Assign(_)
                | Binding::Annotated(_)
                | Binding::Walrus(_)
                | Binding::Parameter(_),
                found,
            )) => found,
            None | Some((_, Origin::Unknown)) => self.value_origin(name),
            Some((_, known)) => known,
        }
    }

    fn attribute_origin(&self, attribute: &'a ast::ExprAttribute, depth: u8) -> Origin {
        match self.origin_at(&attribute.value, depth) {
            Origin::Unknown => Origin::Unknown,
            base => Origin::Attribute(Box::new(base), attribute.attr.as_str().into()),
        }
    }

    fn call_origin(&self, call: &'a ast::ExprCall, depth: u8) -> Origin {
        match self.origin_at(&call.func, depth) {
            // A builtin; what methods of unknown things give is unknown.
            Origin::Unknown if call.func.is_name_expr() => self.value_origin(call),
            Origin::Unknown => Origin::Unknown,
            Origin::Value(_) => self.value_origin(call),
            callee => Origin::Call(Box::new(callee)),
        }
    }

    fn await_origin(&self, awaiting: &'a ast::ExprAwait, depth: u8) -> Origin {
        match self.origin_at(&awaiting.value, depth) {
            Origin::Unknown => Origin::Unknown,
            inner => Origin::Awaited(Box::new(inner)),
        }
    }

    fn value_origin(&self, expr: impl Into<ExprRef<'a>>) -> Origin {
        let owned = self.owned(&self.ty(expr));
        match owned.is_asked_for() {
            true => Origin::Value(owned),
            false => Origin::Unknown,
        }
    }

    pub(super) fn binding_origin(&self, binding: Binding<'a>, depth: u8) -> Origin {
        let wrapped = |inner: Origin, wrap: fn(Box<Origin>) -> Origin| match inner {
            Origin::Unknown => Origin::Unknown,
            inner => wrap(Box::new(inner)),
        };
        match binding {
            Binding::Import(_, alias) => Origin::Import(match &alias.asname {
                Some(_) => alias.name.as_str().into(),
                None => alias.name.split('.').next().unwrap_or_default().into(),
            }),
            Binding::ImportFrom(stmt, alias) => Origin::Import(imported_name(stmt, alias).into()),
            Binding::Function(def) => match self.number_of_function(def) {
                Some(number) => Origin::Function(number),
                None => Origin::Unknown,
            },
            Binding::Class(class) => match self.number_of_class(class) {
                Some(number) => Origin::Class(number),
                None => Origin::Unknown,
            },
            Binding::Assign(stmt) => self.origin_at(&stmt.value, depth),
            Binding::Annotated(stmt) => match self.annotation_origin(&stmt.annotation) {
                Origin::Unknown => match &stmt.value {
                    Some(value) => self.origin_at(value, depth),
                    None => Origin::Unknown,
                },
                declared => declared,
            },
            Binding::Walrus(walrus) => self.origin_at(&walrus.value, depth),
            Binding::With(item, is_async) => {
                let manager = self.origin_at(&item.context_expr, depth);
                match is_async {
                    true => wrapped(manager, Origin::AsyncEntered),
                    false => wrapped(manager, Origin::Entered),
                }
            }
            Binding::For(stmt) if !stmt.is_async => {
                wrapped(self.origin_at(&stmt.iter, depth), Origin::Element)
            }
            Binding::Comprehension(clause) if !clause.is_async => {
                wrapped(self.origin_at(&clause.iter, depth), Origin::Element)
            }
            Binding::Parameter(parameter) => match &parameter.annotation {
                Some(annotation) => self.annotation_origin(annotation),
                None => Origin::Unknown,
            },
            _ => Origin::Unknown,
        }
    }

    /// What is declared to be of a class of another file.
    pub(super) fn annotation_origin(&self, annotation: &'a Expr) -> Origin {
        let class = self.class_origin(annotation);
        let is_typing = matches!(&class, Origin::Import(name) if name.starts_with("typing"));
        // A class that is brought or defined here needs no look at what types there are, and nobody asks for texts and numbers.
        if (is_typing || class == Origin::Unknown) && self.names_classes(annotation) {
            let declared = self.owned(&self.annotation(annotation));
            if !matches!(declared, Owned::Unknown | Owned::Named(_)) {
                return Origin::Value(declared);
            }
        }
        match class {
            Origin::Unknown => Origin::Unknown,
            class => Origin::Instance(Box::new(class)),
        }
    }

    /// Whether an annotation has a name in it that this file brings or defines.
    fn names_classes(&self, annotation: &'a Expr) -> bool {
        match annotation {
            Expr::Name(name) => self.symbol(name).is_some(),
            Expr::Attribute(_) | Expr::StringLiteral(_) => true,
            // Of several things in one, nobody asks for any.
            Expr::Subscript(item) => !item.slice.is_tuple_expr() && self.names_classes(&item.slice),
            Expr::BinOp(op) => self.names_classes(&op.left) || self.names_classes(&op.right),
            _ => false,
        }
    }

    /// The class that an annotation names: `X`, `"X"`, `Optional[X]`, `X | None`.
    fn class_origin(&self, annotation: &'a Expr) -> Origin {
        match annotation {
            Expr::Name(name) => match self
                .symbol(name)
                .and_then(|symbol| self.only_binding(symbol))
            {
                Some(
                    binding @ (Binding::Import(..) | Binding::ImportFrom(..) | Binding::Class(_)),
                ) => self.binding_origin(binding, DEEPEST),
                _ => Origin::Unknown,
            },
            Expr::Attribute(attribute) => match self.class_origin(&attribute.value) {
                Origin::Unknown => Origin::Unknown,
                base => Origin::Attribute(Box::new(base), attribute.attr.as_str().into()),
            },
            Expr::StringLiteral(text) => self.quoted_origin(annotation, text.value.to_str()),
            Expr::BinOp(op) if op.right.is_none_literal_expr() => self.class_origin(&op.left),
            Expr::Subscript(item) if self.is(&*item.value, "typing.Optional") => {
                self.class_origin(&item.slice)
            }
            Expr::Subscript(item) => match &*item.slice {
                // `Annotated[X, ...]`
                Expr::Tuple(parts) if self.is_annotated(&item.value) => {
                    (parts.elts.first()).map_or(Origin::Unknown, |first| self.class_origin(first))
                }
                _ => Origin::Unknown,
            },
            _ => Origin::Unknown,
        }
    }

    fn is_annotated(&self, expr: &'a Expr) -> bool {
        self.is(expr, "typing.Annotated") || self.is(expr, "typing_extensions.Annotated")
    }

    fn quoted_origin(&self, place: &'a Expr, text: &str) -> Origin {
        let mut parts = text.split('.');
        let first = parts.next().unwrap_or_default();
        let Some(symbol) = self.visible(place, first) else {
            return Origin::Unknown;
        };
        let mut found = match self.only_binding(symbol) {
            Some(binding @ (Binding::Import(..) | Binding::ImportFrom(..) | Binding::Class(_))) => {
                self.binding_origin(binding, DEEPEST)
            }
            _ => return Origin::Unknown,
        };
        for part in parts {
            found = Origin::Attribute(Box::new(found), part.into());
        }
        found
    }

    /// Whether an expression could stand for something of the project, by a look at what it begins with. Answers most questions.
    pub(in crate::python) fn may_be_elsewhere(&self, expr: ExprRef<'a>) -> bool {
        let mut expr = expr;
        let name = loop {
            expr = match expr {
                ExprRef::Name(name) => break name,
                ExprRef::Attribute(attribute) => (&*attribute.value).into(),
                ExprRef::Call(call) => (&*call.func).into(),
                ExprRef::Await(awaiting) => (&*awaiting.value).into(),
                _ => return false,
            }
        };
        self.whence(name) != Whence::Here
    }

    /// Whether nothing but an import binds a name, and that is of the project. Cheaper than [`Self::whence`] for names of other things.
    pub(super) fn is_import_of_project(&self, name: &'a ast::ExprName) -> bool {
        let Some(id) = self.symbol_id(name) else {
            return false;
        };
        let is_import = match self.symbols().get(id).bindings.as_slice() {
            [only] => self.tree.node(*only).is_alias(),
            _ => false,
        };
        is_import && self.whence(name) == Whence::Imported
    }

    /// From where a name may have what it stands for, by a look at what binds it.
    fn whence(&self, name: &'a ast::ExprName) -> Whence {
        let Some(id) = self.symbol_id(name) else {
            return Whence::Here;
        };
        let at = id.index();
        if let Some(Some(known)) = self.whence.borrow().get(at) {
            return *known;
        }
        let symbol = self.symbols().get(id);
        let found = match self.only_binding(symbol) {
            Some(Binding::Import(_, alias)) => match is_of_library(&alias.name) {
                true => Whence::Here,
                false => Whence::Imported,
            },
            Some(Binding::ImportFrom(stmt, _)) => {
                let module = stmt.module.as_deref().unwrap_or_default();
                match stmt.level == 0 && is_of_library(module) {
                    true => Whence::Here,
                    false => Whence::Imported,
                }
            }
            Some(binding) if self.may_hold_elsewhere(name, binding) => Whence::Elsewhere,
            _ => Whence::Here,
        };
        let mut all = self.whence.borrow_mut();
        if all.len() <= at {
            all.resize(self.symbols().len(), None);
        }
        all[at] = Some(found);
        found
    }

    fn may_hold_elsewhere(&self, name: &'a ast::ExprName, binding: Binding<'a>) -> bool {
        match binding {
            Binding::Parameter(parameter) => {
                parameter.annotation.is_some() || self.class_of_self(name).is_some()
            }
            Binding::Assign(_)
            | Binding::Annotated(_)
            | Binding::Walrus(_)
            | Binding::With(..)
            | Binding::For(_)
            | Binding::Comprehension(_)
            | Binding::Function(_)
            | Binding::Class(_) => true,
            _ => false,
        }
    }

    /// The number of a function among all of the file, in the order of the text.
    pub(super) fn number_of_function(&self, def: &'a ast::StmtFunctionDef) -> Option<u32> {
        place_of(self.tree.id(def), &self.numbers().functions)
    }

    pub(super) fn number_of_class(&self, class: &'a ast::StmtClassDef) -> Option<u32> {
        place_of(self.tree.id(class), &self.numbers().classes)
    }

    pub(super) fn function_of_number(&self, number: u32) -> Option<&'a ast::StmtFunctionDef> {
        let id = self.numbers().functions.get(number as usize)?;
        match self.tree.node(*id) {
            AnyNodeRef::StmtFunctionDef(def) => Some(def),
            _ => None,
        }
    }

    pub(super) fn class_of_number(&self, number: u32) -> Option<&'a ast::StmtClassDef> {
        let id = self.numbers().classes.get(number as usize)?;
        match self.tree.node(*id) {
            AnyNodeRef::StmtClassDef(class) => Some(class),
            _ => None,
        }
    }

    /// A type without its file.
    pub(super) fn owned(&self, ty: &Type<'a>) -> Owned {
        let one = |inner: &Type<'a>| Box::new(self.owned(inner));
        match ty {
            Type::Unknown | Type::Never => Owned::Unknown,
            Type::None => Owned::None,
            Type::Bool => Owned::Bool,
            Type::Int => Owned::Int,
            Type::Float => Owned::Float,
            Type::Complex => Owned::Complex,
            Type::Str => Owned::Str,
            Type::Bytes => Owned::Bytes,
            Type::Bytearray => Owned::Bytearray,
            Type::Range => Owned::Range,
            Type::File(text) => Owned::File(*text),
            Type::List(inner) => Owned::List(one(inner)),
            Type::Tuple(inner) => Owned::Tuple(one(inner)),
            Type::Set(inner) => Owned::Set(one(inner)),
            Type::FrozenSet(inner) => Owned::FrozenSet(one(inner)),
            Type::DictView(inner) => Owned::View(one(inner)),
            Type::Deque(inner) => Owned::Deque(one(inner)),
            Type::Iterator(inner) => Owned::Iterator(one(inner)),
            Type::Dict(key, value) => Owned::Dict(Box::new((self.owned(key), self.owned(value)))),
            Type::Positions(parts) => {
                Owned::Positions(parts.iter().map(|part| self.owned(part)).collect())
            }
            Type::Union(parts) => Owned::Union(parts.iter().map(|part| self.owned(part)).collect()),
            Type::Instance(class) => match class.id() {
                Some(id) => {
                    let arguments = class.arguments().iter().map(|part| self.owned(part));
                    Owned::Library(ClassRefId(id), arguments.collect())
                }
                None => Owned::Named(class.name().into()),
            },
            Type::Local(class) => match self.number_of_class(class.0) {
                Some(number) => Owned::Own(number),
                None => Owned::Unknown,
            },
        }
    }

    /// The functions and classes of the file.
    pub(super) fn numbers(&self) -> &Numbers {
        self.numbers.get_or_init(|| {
            let mut numbers = Numbers::default();
            for scope in &self.tree.scopes {
                match scope.node {
                    AnyNodeRef::StmtFunctionDef(def) => {
                        numbers.functions.push(self.tree.id(def));
                    }
                    AnyNodeRef::StmtClassDef(class) => numbers.classes.push(self.tree.id(class)),
                    _ => {}
                }
            }
            numbers
        })
    }
}

fn place_of(id: NodeId, all: &[NodeId]) -> Option<u32> {
    u32::try_from(all.binary_search(&id).ok()?).ok()
}

/// Whether a module is a library's that is known: a file of the project by the same name is not looked for.
pub(super) fn is_of_library(module: &str) -> bool {
    let root = module.split('.').next().unwrap_or(module);
    Table::get().has_module(root)
}

/// Whether a qualified name is of a library that is known, and known to do nothing that is asked for.
pub(super) fn is_of_idle_library(name: &str) -> bool {
    let end = memchr::memchr(b'.', name.as_bytes()).unwrap_or(name.len());
    let root = &name[..end];
    root_number(root).is_none() && Table::get().has_module(root)
}

/// The functions and the classes of a file, each in the order of the text: their places are their numbers.
#[derive(Default)]
pub(in crate::python) struct Numbers {
    pub(super) functions: Vec<NodeId>,
    pub(super) classes: Vec<NodeId>,
}
