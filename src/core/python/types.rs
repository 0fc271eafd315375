//! What is known of a value: the type, and what follows from it alone.
//!
//! **Invariant**: a type is claimed only if every value that the text lets the expression have is of it. `Unknown` is an answer.

use std::ops::Deref;
use std::rc::Rc;

use ruff_python_ast as ast;

use super::project::ProjectClass;
use super::typeshed::{ClassId, Table};

/// What is known of an expression's value. Element types are `Unknown` where nothing is known.
#[derive(Clone, Debug, PartialEq)]
pub enum Type<'a> {
    Unknown,
    /// No value yet: a variable seen from its own definition. Joins with everything.
    Never,
    None,
    Bool,
    Int,
    Float,
    Complex,
    Str,
    Bytes,
    Bytearray,
    List(Rc<Type<'a>>),
    /// What all elements have in common, or [`Type::Positions`] where they are known one by one.
    Tuple(Rc<Type<'a>>),
    /// The elements of a tuple one by one: nothing but the inside of a [`Type::Tuple`], and never all the same.
    Positions(Rc<[Type<'a>]>),
    Set(Rc<Type<'a>>),
    FrozenSet(Rc<Type<'a>>),
    Dict(Rc<Type<'a>>, Rc<Type<'a>>),
    /// `.keys()`, `.values()`, `.items()`
    DictView(Rc<Type<'a>>),
    Deque(Rc<Type<'a>>),
    Range,
    /// A generator, `map`, `filter`, `zip`, `iter()`: good for one pass.
    Iterator(Rc<Type<'a>>),
    /// An open file; `true` is text.
    File(bool),
    /// Any other class of builtins or a library; reads like its qualified name.
    Instance(Class<'a>),
    /// A class of this file.
    Local(ClassRef<'a>),
    Union(Rc<[Type<'a>]>),
}

/// A class of this file; equal if it is the same statement.
#[derive(Clone, Copy, Debug)]
pub struct ClassRef<'a>(pub &'a ast::StmtClassDef);

/// A class of builtins or a library, with its type arguments as far as they are known.
#[derive(Clone, PartialEq)]
pub struct Class<'a> {
    name: ClassName,
    arguments: Rc<[Type<'a>]>,
}

/// Classes of the standard library are known by their number, others by their names.
#[derive(Clone, PartialEq)]
enum ClassName {
    Library(ClassId),
    Other(Rc<str>),
    /// A class of another file of the project.
    Project(Rc<ProjectClass>),
}

impl<'a> Class<'a> {
    /// A class by its qualified name.
    pub(super) fn named(name: &str) -> Self {
        let arguments = Rc::new([]);
        let name = match Table::get().class(name) {
            Some(id) => ClassName::Library(id),
            None => ClassName::Other(name.into()),
        };
        Self { name, arguments }
    }

    pub(super) fn library(id: ClassId, arguments: Rc<[Type<'a>]>) -> Self {
        let name = ClassName::Library(id);
        Self { name, arguments }
    }

    pub(super) fn id(&self) -> Option<ClassId> {
        match self.name {
            ClassName::Library(id) => Some(id),
            ClassName::Other(_) | ClassName::Project(_) => None,
        }
    }

    pub(super) fn of_project(class: ProjectClass) -> Self {
        Self {
            name: ClassName::Project(Rc::new(class)),
            arguments: Rc::new([]),
        }
    }

    pub(super) fn project(&self) -> Option<&ProjectClass> {
        match &self.name {
            ClassName::Project(class) => Some(class),
            _ => None,
        }
    }

    /// What its type parameters stand for.
    pub fn arguments(&self) -> &[Type<'a>] {
        &self.arguments
    }

    /// The qualified name, as typeshed or the import tells it.
    pub fn name(&self) -> &str {
        match &self.name {
            ClassName::Library(id) => Table::get().class_name(*id),
            ClassName::Other(name) => name,
            ClassName::Project(class) => class.name(),
        }
    }
}

impl Deref for Class<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.name()
    }
}

impl std::fmt::Debug for Class<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())?;
        if self.arguments.iter().any(|argument| !argument.is_unknown()) {
            f.debug_list().entries(self.arguments.iter()).finish()?;
        }
        Ok(())
    }
}

impl PartialEq for ClassRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl<'a> Type<'a> {
    pub fn is_unknown(&self) -> bool {
        matches!(self, Type::Unknown | Type::Never)
    }

    pub fn is_list(&self) -> bool {
        matches!(self, Type::List(_))
    }

    pub fn is_tuple(&self) -> bool {
        matches!(self, Type::Tuple(_))
    }

    pub fn is_set(&self) -> bool {
        matches!(self, Type::Set(_) | Type::FrozenSet(_))
    }

    pub fn is_dict(&self) -> bool {
        matches!(self, Type::Dict(..))
    }

    /// A dict, of the builtin class or of one that keeps its methods: iterating gives the keys.
    pub fn is_mapping(&self) -> bool {
        match self {
            Type::Dict(..) => true,
            Type::Instance(name) => matches!(
                &**name,
                "collections.OrderedDict"
                    | "collections.defaultdict"
                    | "collections.Counter"
                    | "typing.DefaultDict"
                    | "typing.OrderedDict"
                    | "typing.Counter"
            ),
            _ => false,
        }
    }

    pub fn is_str(&self) -> bool {
        matches!(self, Type::Str)
    }

    /// A container of a builtin type: iterating over it runs no code of the project and cannot raise half-way, unless it is changed
    /// meanwhile.
    pub fn is_builtin_container(&self) -> bool {
        matches!(
            self,
            Type::List(_)
                | Type::Tuple(_)
                | Type::Set(_)
                | Type::FrozenSet(_)
                | Type::Dict(..)
                | Type::DictView(_)
                | Type::Str
                | Type::Range
        )
    }

    pub fn is_bytes(&self) -> bool {
        matches!(self, Type::Bytes)
    }

    /// A number, a string or `None`: immutable, with an order or an equality that runs no code of the project.
    pub fn is_scalar(&self) -> bool {
        match self {
            Type::None
            | Type::Bool
            | Type::Int
            | Type::Float
            | Type::Complex
            | Type::Str
            | Type::Bytes => true,
            Type::Union(parts) | Type::Positions(parts) => parts.iter().all(Type::is_scalar),
            _ => false,
        }
    }

    /// Certainly hashable, with an equality that agrees with the hash.
    pub fn is_hashable(&self) -> bool {
        match self {
            Type::Tuple(element) | Type::FrozenSet(element) => element.is_hashable(),
            Type::Range => true,
            Type::Union(parts) | Type::Positions(parts) => parts.iter().all(Type::is_hashable),
            other => other.is_scalar(),
        }
    }

    /// Certainly not hashable.
    pub fn is_unhashable(&self) -> bool {
        match self {
            Type::Bytearray | Type::List(_) | Type::Set(_) | Type::Dict(..) | Type::Deque(_) => {
                true
            }
            Type::Tuple(element) => element.is_unhashable(),
            Type::Instance(class) => match class.id() {
                Some(id) => Table::get().is_unhashable(id),
                None => matches!(
                    class.name(),
                    "numpy.ndarray" | "pandas.DataFrame" | "pandas.Series"
                ),
            },
            Type::Positions(parts) => parts.iter().any(Type::is_unhashable),
            Type::Union(parts) => parts.iter().all(Type::is_unhashable),
            _ => false,
        }
    }

    /// The type of what iterating gives.
    pub fn element(&self) -> Type<'a> {
        match self {
            Type::Str => Type::Str,
            Type::Bytes | Type::Bytearray | Type::Range => Type::Int,
            Type::Tuple(element) => element.joined_positions(),
            Type::List(element)
            | Type::Set(element)
            | Type::FrozenSet(element)
            | Type::DictView(element)
            | Type::Deque(element)
            | Type::Iterator(element)
            | Type::Dict(element, _) => (**element).clone(),
            Type::File(true) => Type::Str,
            Type::File(false) => Type::Bytes,
            Type::Instance(_) => Table::get().iterated(self).unwrap_or(Type::Unknown),
            // Iterating over `None` raises: who gets an element had something else.
            Type::Union(parts) => {
                let parts = parts.iter().filter(|part| **part != Type::None);
                Type::join_all(parts.map(Type::element))
            }
            _ => Type::Unknown,
        }
    }

    /// A tuple of these elements.
    pub fn tuple(parts: impl IntoIterator<Item = Type<'a>>) -> Type<'a> {
        let parts: Rc<[Type<'a>]> = parts.into_iter().collect();
        let element = match &*parts {
            [] => Type::Never,
            [first, rest @ ..] if rest.iter().all(|part| part == first) => first.clone(),
            // Longer ones are tables, not records.
            _ if parts.len() > 8 => Type::join_all(parts.iter().cloned()),
            _ => Type::Positions(parts),
        };
        Type::Tuple(Rc::new(element))
    }

    /// What iterating gives at one position; the same for all where they are not known one by one.
    pub fn element_at(&self, position: usize) -> Type<'a> {
        match self {
            Type::Tuple(element) => match &**element {
                Type::Positions(parts) => parts.get(position).cloned().unwrap_or(Type::Unknown),
                element => element.clone(),
            },
            Type::Union(parts) => {
                let parts = parts.iter().filter(|part| **part != Type::None);
                Type::join_all(parts.map(|part| part.element_at(position)))
            }
            other => other.element(),
        }
    }

    /// What all positions of a tuple have in common; any other type as it is.
    pub(super) fn joined_positions(&self) -> Type<'a> {
        match self {
            Type::Positions(parts) => Type::join_all(parts.iter().cloned()),
            other => other.clone(),
        }
    }

    /// The same without `None`, for code that has tested it away.
    pub fn without_none(&self) -> Type<'a> {
        match self {
            Type::Union(parts) => {
                Type::join_all(parts.iter().filter(|part| **part != Type::None).cloned())
            }
            other => other.clone(),
        }
    }

    /// The qualified name of the class, as [`Facts::name`] tells it.
    pub fn class_name(&self) -> Option<String> {
        Some(match self {
            Type::Unknown | Type::Never | Type::None | Type::Union(_) | Type::Positions(_) => {
                return None;
            }
            Type::Bool => "builtins.bool".into(),
            Type::Int => "builtins.int".into(),
            Type::Float => "builtins.float".into(),
            Type::Complex => "builtins.complex".into(),
            Type::Str => "builtins.str".into(),
            Type::Bytes => "builtins.bytes".into(),
            Type::Bytearray => "builtins.bytearray".into(),
            Type::List(_) => "builtins.list".into(),
            Type::Tuple(_) => "builtins.tuple".into(),
            Type::Set(_) => "builtins.set".into(),
            Type::FrozenSet(_) => "builtins.frozenset".into(),
            Type::Dict(..) => "builtins.dict".into(),
            Type::DictView(_) => "builtins.dict_view".into(),
            Type::Deque(_) => "collections.deque".into(),
            Type::Range => "builtins.range".into(),
            Type::Iterator(_) => "builtins.iterator".into(),
            Type::File(_) => "io.IOBase".into(),
            Type::Instance(class) => class.name().to_string(),
            Type::Local(class) => format!(".{}", class.0.name),
        })
    }

    /// A type that holds whatever either holds.
    pub fn join(self, other: Type<'a>) -> Type<'a> {
        match (self, other) {
            (Type::Never, other) | (other, Type::Never) => other,
            (a, b) if a == b => a,
            (Type::Unknown, _) | (_, Type::Unknown) => Type::Unknown,
            (Type::List(a), Type::List(b)) => Type::List(Rc::new(Type::join_inner(&a, &b))),
            (Type::Tuple(a), Type::Tuple(b)) => Type::Tuple(Rc::new(Type::join_inner(&a, &b))),
            (Type::Set(a), Type::Set(b)) => Type::Set(Rc::new(Type::join_inner(&a, &b))),
            (Type::Deque(a), Type::Deque(b)) => Type::Deque(Rc::new(Type::join_inner(&a, &b))),
            (Type::Iterator(a), Type::Iterator(b)) => {
                Type::Iterator(Rc::new(Type::join_inner(&a, &b)))
            }
            (Type::FrozenSet(a), Type::FrozenSet(b)) => {
                Type::FrozenSet(Rc::new(Type::join_inner(&a, &b)))
            }
            (Type::DictView(a), Type::DictView(b)) => {
                Type::DictView(Rc::new(Type::join_inner(&a, &b)))
            }
            (Type::Positions(a), Type::Positions(b)) if a.len() == b.len() => {
                let pairs = a.iter().zip(b.iter());
                let joined: Rc<[Type<'a>]> = pairs.map(|(a, b)| Type::join_inner(a, b)).collect();
                match &*joined {
                    [first, rest @ ..] if rest.iter().all(|part| part == first) => first.clone(),
                    _ => Type::Positions(joined),
                }
            }
            (positions @ Type::Positions(_), other) | (other, positions @ Type::Positions(_)) => {
                positions.joined_positions().join(other.joined_positions())
            }
            (Type::Dict(a, b), Type::Dict(c, d)) => Type::Dict(
                Rc::new(Type::join_inner(&a, &c)),
                Rc::new(Type::join_inner(&b, &d)),
            ),
            (a, b) => {
                let mut parts: Vec<Type<'a>> = Vec::new();
                for part in [a, b] {
                    match part {
                        Type::Union(inner) => parts.extend(inner.iter().cloned()),
                        part => parts.push(part),
                    }
                }
                let mut distinct: Vec<Type<'a>> = Vec::new();
                for part in parts {
                    if !distinct.contains(&part) {
                        distinct.push(part);
                    }
                }
                match distinct.len() {
                    1 => distinct.swap_remove(0),
                    2..=6 => Type::Union(distinct.into()),
                    _ => Type::Unknown,
                }
            }
        }
    }

    pub(super) fn join_inner(a: &Type<'a>, b: &Type<'a>) -> Type<'a> {
        a.clone().join(b.clone())
    }

    pub fn join_all(types: impl IntoIterator<Item = Type<'a>>) -> Type<'a> {
        types.into_iter().fold(Type::Never, Type::join)
    }
}

pub(super) fn list_of(element: Type<'_>) -> Type<'_> {
    Type::List(Rc::new(element))
}

pub(super) fn known(element: Type<'_>) -> Type<'_> {
    match element {
        Type::Never => Type::Unknown,
        element => element,
    }
}
