//! What is known of a value: the type, and what follows from it alone.
//!
//! **Invariant**: a type is claimed only if every value that the text lets the expression have is of it. `Unknown` is an answer.

use std::rc::Rc;

use ruff_python_ast as ast;

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
    /// Homogeneous as far as we care: the join of all elements.
    Tuple(Rc<Type<'a>>),
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
    /// Any other class of builtins or a library, by its qualified name.
    Instance(Rc<str>),
    /// A class of this file.
    Local(ClassRef<'a>),
    Union(Rc<[Type<'a>]>),
}

/// A class of this file; equal if it is the same statement.
#[derive(Clone, Copy, Debug)]
pub struct ClassRef<'a>(pub &'a ast::StmtClassDef);

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
            Type::Union(parts) => parts.iter().all(Type::is_scalar),
            _ => false,
        }
    }

    /// Certainly hashable, with an equality that agrees with the hash.
    pub fn is_hashable(&self) -> bool {
        match self {
            Type::Tuple(element) | Type::FrozenSet(element) => element.is_hashable(),
            Type::Range => true,
            Type::Union(parts) => parts.iter().all(Type::is_hashable),
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
            Type::Instance(name) => matches!(
                &**name,
                "collections.defaultdict"
                    | "collections.OrderedDict"
                    | "collections.Counter"
                    | "collections.ChainMap"
                    | "typing.DefaultDict"
                    | "typing.OrderedDict"
                    | "typing.Counter"
                    | "numpy.ndarray"
                    | "pandas.DataFrame"
                    | "pandas.Series"
            ),
            Type::Union(parts) => parts.iter().all(Type::is_unhashable),
            _ => false,
        }
    }

    /// The type of what iterating gives.
    pub fn element(&self) -> Type<'a> {
        match self {
            Type::Str => Type::Str,
            Type::Bytes | Type::Bytearray | Type::Range => Type::Int,
            Type::List(element)
            | Type::Tuple(element)
            | Type::Set(element)
            | Type::FrozenSet(element)
            | Type::DictView(element)
            | Type::Deque(element)
            | Type::Iterator(element)
            | Type::Dict(element, _) => (**element).clone(),
            Type::File(true) => Type::Str,
            Type::File(false) => Type::Bytes,
            _ => Type::Unknown,
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
            Type::Unknown | Type::Never | Type::None | Type::Union(_) => return None,
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
            Type::Instance(name) => name.to_string(),
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
