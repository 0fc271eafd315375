//! From the table's types to ours, and from ours to the table's classes.

use std::rc::Rc;
use std::sync::LazyLock;

use smallvec::{SmallVec, smallvec};

use super::format::{FIRST_OWN_VARIABLE, Section, tag};
use super::{ClassId, Entry, FunctionId, Member, Table, TypeId};
use crate::python::types::{Class, Type, known};

/// What the type variables of a signature stand for.
pub(in crate::python) struct Bound<'t, 'a> {
    /// Those of the class; `Never` is not bound yet.
    pub(super) class: SmallVec<[Type<'a>; 4]>,
    pub(super) own: SmallVec<[Type<'a>; 4]>,
    /// What those of the function are where nothing binds them.
    pub(super) unbound: SmallVec<[TypeId; 4]>,
    pub(super) receiver: Option<&'t Type<'a>>,
    /// A constructor's: those of the class are still to be found.
    pub(super) open: bool,
}

impl<'t, 'a> Bound<'t, 'a> {
    pub(super) fn new(class: SmallVec<[Type<'a>; 4]>, receiver: Option<&'t Type<'a>>) -> Self {
        Self {
            class,
            own: SmallVec::new(),
            unbound: SmallVec::new(),
            receiver,
            open: false,
        }
    }
}

/// The classes behind the types that have a variant of their own.
struct Builtin {
    none: ClassId,
    bool: ClassId,
    int: ClassId,
    float: ClassId,
    complex: ClassId,
    str: ClassId,
    bytes: ClassId,
    bytearray: ClassId,
    list: ClassId,
    tuple: ClassId,
    set: ClassId,
    frozenset: ClassId,
    dict: ClassId,
    view: ClassId,
    deque: ClassId,
    range: ClassId,
    iterator: ClassId,
    text: ClassId,
    binary: ClassId,
    iterable: ClassId,
    awaitable: ClassId,
}

static BUILTIN: LazyLock<Builtin> = LazyLock::new(|| {
    // A class that the stubs lack has no members, which makes everything about it unknown.
    let class = |name: &str| Table::get().class(name).unwrap_or(ClassId(super::NONE));
    Builtin {
        none: class("types.NoneType"),
        bool: class("builtins.bool"),
        int: class("builtins.int"),
        float: class("builtins.float"),
        complex: class("builtins.complex"),
        str: class("builtins.str"),
        bytes: class("builtins.bytes"),
        bytearray: class("builtins.bytearray"),
        list: class("builtins.list"),
        tuple: class("builtins.tuple"),
        set: class("builtins.set"),
        frozenset: class("builtins.frozenset"),
        dict: class("builtins.dict"),
        view: class("typing.AbstractSet"),
        deque: class("collections.deque"),
        range: class("builtins.range"),
        iterator: class("typing.Iterator"),
        text: class("typing.TextIO"),
        binary: class("typing.BinaryIO"),
        iterable: class("typing.Iterable"),
        awaitable: class("typing.Awaitable"),
    }
});

/// The arguments of a class.
pub(super) type Arguments<'a> = SmallVec<[Type<'a>; 4]>;

impl Table {
    /// The class of the library that values of a type are of, and its arguments.
    pub(super) fn class_of<'a>(&self, ty: &Type<'a>) -> Option<(ClassId, Arguments<'a>)> {
        let known = &*BUILTIN;
        let one = |element: &Rc<Type<'a>>| -> Arguments<'a> { smallvec![(**element).clone()] };
        Some(match ty {
            Type::Unknown | Type::Never | Type::Local(_) | Type::Union(_) | Type::Positions(_) => {
                return None;
            }
            Type::None => (known.none, smallvec![]),
            Type::Bool => (known.bool, smallvec![]),
            Type::Int => (known.int, smallvec![]),
            Type::Float => (known.float, smallvec![]),
            Type::Complex => (known.complex, smallvec![]),
            Type::Str => (known.str, smallvec![]),
            Type::Bytes => (known.bytes, smallvec![]),
            Type::Bytearray => (known.bytearray, smallvec![]),
            Type::Range => (known.range, smallvec![]),
            Type::File(true) => (known.text, smallvec![]),
            Type::File(false) => (known.binary, smallvec![]),
            Type::List(element) => (known.list, one(element)),
            Type::Tuple(_) => (known.tuple, smallvec![ty.element()]),
            Type::Set(element) => (known.set, one(element)),
            Type::FrozenSet(element) => (known.frozenset, one(element)),
            Type::Deque(element) => (known.deque, one(element)),
            Type::DictView(element) => (known.view, one(element)),
            Type::Iterator(element) => (known.iterator, one(element)),
            Type::Dict(key, value) => (known.dict, smallvec![(**key).clone(), (**value).clone()]),
            Type::Instance(class) => (class.id()?, class.arguments().iter().cloned().collect()),
        })
    }

    /// The arguments that `base` has where it is a base of `class`, or `class` itself.
    pub(super) fn arguments_as<'a>(
        &self,
        class: ClassId,
        arguments: &Arguments<'a>,
        base: ClassId,
    ) -> Option<Arguments<'a>> {
        if class == base {
            return Some(arguments.clone());
        }
        let (_, ty) = self.bases(class).find(|(other, _)| *other == base)?;
        Some(self.reference_arguments(ty, arguments))
    }

    /// The class of a reference to a base.
    pub(super) fn class_of_reference(&self, ty: TypeId) -> ClassId {
        let at = self.type_start(ty);
        ClassId(self.word(Section::TypeWords, at + 1))
    }

    /// The arguments of a reference to a base, in terms of what the parameters of the deriving class stand for.
    pub(super) fn reference_arguments<'a>(&self, ty: TypeId, own: &Arguments<'a>) -> Arguments<'a> {
        let bound = Bound::new(own.clone(), None);
        let at = self.type_start(ty);
        let count = self.word(Section::TypeWords, at + 2);
        (0..usize::from(count))
            .map(|i| self.ty(TypeId(self.word(Section::TypeWords, at + 3 + i)), &bound))
            .collect()
    }

    pub(super) fn type_start(&self, ty: TypeId) -> usize {
        usize::from(self.word(Section::TypeStarts, usize::from(ty.0)))
    }

    /// An instance of a class of the library.
    pub(in crate::python) fn instance<'a>(
        &self,
        class: ClassId,
        arguments: Arguments<'a>,
    ) -> Type<'a> {
        let known = &*BUILTIN;
        let arg = |i: usize| Rc::new(arguments.get(i).cloned().unwrap_or(Type::Unknown));
        match class {
            _ if class == known.none => Type::None,
            _ if class == known.bool => Type::Bool,
            _ if class == known.int => Type::Int,
            _ if class == known.float => Type::Float,
            _ if class == known.complex => Type::Complex,
            _ if class == known.str => Type::Str,
            _ if class == known.bytes => Type::Bytes,
            _ if class == known.bytearray => Type::Bytearray,
            _ if class == known.range => Type::Range,
            _ if class == known.list => Type::List(arg(0)),
            _ if class == known.tuple => Type::Tuple(arg(0)),
            _ if class == known.set => Type::Set(arg(0)),
            _ if class == known.frozenset => Type::FrozenSet(arg(0)),
            _ if class == known.deque => Type::Deque(arg(0)),
            _ if class == known.dict => Type::Dict(arg(0), arg(1)),
            _ if class == known.iterator => Type::Iterator(arg(0)),
            _ if class == known.text => Type::File(true),
            _ if class == known.binary => Type::File(false),
            _ => match self.class_name(class) {
                "builtins.object" | "typing.Any" => Type::Unknown,
                "typing.Generator" => Type::Iterator(arg(0)),
                "io.TextIOWrapper" => Type::File(true),
                "io.BufferedReader" | "io.BufferedWriter" | "io.BufferedRandom" | "io.FileIO" => {
                    Type::File(false)
                }
                "typing.KeysView" | "typing.ValuesView" => Type::DictView(arg(0)),
                "typing.ItemsView" => {
                    Type::DictView(Rc::new(Type::tuple([(*arg(0)).clone(), (*arg(1)).clone()])))
                }
                _ => Type::Instance(Class::library(class, arguments.into_iter().collect())),
            },
        }
    }

    /// What a type of the table is, given what its variables stand for.
    pub(super) fn ty<'a>(&self, id: TypeId, bound: &Bound<'_, 'a>) -> Type<'a> {
        let at = self.type_start(id);
        let word = |i: usize| self.word(Section::TypeWords, at + i);
        let inner = |i: usize| known(self.ty(TypeId(word(i)), bound));
        let element = || Rc::new(inner(1));
        let counted = |from: usize| {
            let count = usize::from(word(from));
            (0..count).map(move |i| TypeId(word(from + 1 + i)))
        };
        match word(0) {
            tag::NEVER => Type::Never,
            tag::NONE => Type::None,
            tag::BOOL | tag::LITERAL_TRUE | tag::LITERAL_FALSE => Type::Bool,
            tag::INT | tag::LITERAL_INT => Type::Int,
            tag::FLOAT => Type::Float,
            tag::COMPLEX => Type::Complex,
            tag::STR | tag::LITERAL_STR => Type::Str,
            tag::BYTES => Type::Bytes,
            tag::BYTEARRAY => Type::Bytearray,
            tag::RANGE => Type::Range,
            tag::FILE_TEXT => Type::File(true),
            tag::FILE_BYTES => Type::File(false),
            tag::SELF => bound.receiver.cloned().unwrap_or(Type::Unknown),
            tag::LIST => Type::List(element()),
            tag::SET => Type::Set(element()),
            tag::FROZENSET => Type::FrozenSet(element()),
            tag::DEQUE => Type::Deque(element()),
            tag::ITERATOR => Type::Iterator(element()),
            tag::VIEW => Type::DictView(element()),
            tag::TUPLE => {
                let at = self.type_start(TypeId(word(1)));
                if self.word(Section::TypeWords, at) == tag::POSITIONS {
                    let count = usize::from(self.word(Section::TypeWords, at + 1));
                    let part = |i: usize| TypeId(self.word(Section::TypeWords, at + 2 + i));
                    Type::tuple((0..count).map(|i| known(self.ty(part(i), bound))))
                } else {
                    Type::Tuple(Rc::new(self.ty(TypeId(word(1)), bound)))
                }
            }
            tag::DICT => Type::Dict(Rc::new(inner(1)), Rc::new(inner(2))),
            tag::UNION => Type::join_all(counted(1).map(|part| self.ty(part, bound))),
            tag::VARIABLE => {
                let variable = word(1);
                match variable.checked_sub(FIRST_OWN_VARIABLE) {
                    None => known(
                        bound
                            .class
                            .get(usize::from(variable))
                            .cloned()
                            .unwrap_or(Type::Unknown),
                    ),
                    Some(own) => {
                        let own = usize::from(own);
                        match (bound.own.get(own), bound.unbound.get(own)) {
                            (Some(Type::Never) | None, Some(unbound)) => {
                                self.ty(*unbound, &Bound::new(SmallVec::new(), None))
                            }
                            (Some(found), _) => found.clone(),
                            (None, None) => Type::Unknown,
                        }
                    }
                }
            }
            tag::CLASS => {
                let arguments = counted(2).map(|part| known(self.ty(part, bound)));
                let class = ClassId(word(1));
                // `IO[str]` is known only now.
                match (self.class_name(class), arguments.collect::<Arguments<'a>>()) {
                    ("typing.IO", args) if args.first() == Some(&Type::Str) => Type::File(true),
                    ("typing.IO", args) if args.first() == Some(&Type::Bytes) => Type::File(false),
                    (_, args) => Type::Instance(Class::library(class, args.into_iter().collect())),
                }
            }
            _ => Type::Unknown,
        }
    }

    /// What iterating over an instance gives.
    pub(in crate::python) fn iterated<'a>(&self, ty: &Type<'a>) -> Option<Type<'a>> {
        let (class, arguments) = self.class_of(ty)?;
        if let Some(of) = self.arguments_as(class, &arguments, BUILTIN.iterable) {
            return of.into_iter().next();
        }
        let (entry, base) = self.class_member(class, "__iter__")?;
        let Member::Function(function) = entry.member else {
            return None;
        };
        let arguments = match base {
            Some(base) => self.reference_arguments(base, &arguments),
            None => arguments,
        };
        let result = self.plain_result(function)?;
        match self.ty(result, &Bound::new(arguments, Some(ty))) {
            Type::Iterator(element) => Some((*element).clone()),
            _ => None,
        }
    }

    /// Whether values of one type are instances of the class of the other; `None` where one of them is not the library's.
    pub(in crate::python) fn is_instance(&self, ty: &Type<'_>, base: &Type<'_>) -> Option<bool> {
        let ((own, _), (base, _)) = (self.class_of(ty)?, self.class_of(base)?);
        Some(self.derives(own, base))
    }

    pub(super) fn derives(&self, class: ClassId, base: ClassId) -> bool {
        class == base || self.bases(class).any(|(other, _)| other == base)
    }

    /// A member of what a type is an instance of, with what the parameters of its class stand for there.
    pub(in crate::python) fn member_of<'a>(
        &self,
        ty: &Type<'a>,
        name: &str,
    ) -> Option<(Entry, Arguments<'a>)> {
        let (class, arguments) = self.class_of(ty)?;
        let (entry, base) = self.class_member(class, name)?;
        let arguments = match base {
            Some(base) => self.reference_arguments(base, &arguments),
            None => arguments,
        };
        Some((entry, arguments))
    }

    /// What a constant holds.
    pub(in crate::python) fn value<'a>(&self, ty: TypeId) -> Type<'a> {
        known(self.ty(ty, &Bound::new(SmallVec::new(), None)))
    }

    /// What an attribute or property of an instance holds.
    pub(in crate::python) fn attribute<'a>(
        &self,
        receiver: &Type<'a>,
        name: &str,
    ) -> Option<Type<'a>> {
        self.inherited_attribute(receiver, receiver, name)
    }

    /// The same, of an instance of `own`, a class outside of the library that derives from that of `base`.
    pub(in crate::python) fn inherited_attribute<'a>(
        &self,
        base: &Type<'a>,
        own: &Type<'a>,
        name: &str,
    ) -> Option<Type<'a>> {
        let (entry, arguments) = self.member_of(base, name)?;
        match entry.member {
            Member::Value(ty) => Some(known(self.ty(ty, &Bound::new(arguments, Some(own))))),
            _ => None,
        }
    }

    /// What a function returns, where that is the same whatever it is called with and on.
    pub(in crate::python) fn result_alone<'a>(&self, function: FunctionId) -> Option<Type<'a>> {
        let result = self.plain_result(function)?;
        Some(self.value(result))
    }

    /// What calling a method gives, where that hangs on the receiver alone: the class of `base` has it, `own` is what it is called on.
    pub(in crate::python) fn method_alone<'a>(
        &self,
        base: &Type<'a>,
        own: &Type<'a>,
        name: &str,
    ) -> Option<Type<'a>> {
        let (entry, arguments) = self.member_of(base, name)?;
        let Member::Function(function) = entry.member else {
            return None;
        };
        let result = self.plain_result(function)?;
        Some(known(self.ty(result, &Bound::new(arguments, Some(own)))))
    }

    /// An instance of a class of which no arguments are known.
    pub(in crate::python) fn instance_alone<'a>(&self, class: ClassId) -> Type<'a> {
        let unknown = smallvec![Type::Unknown; self.class_parameters(class)];
        self.instance(class, unknown)
    }

    /// Whether instances of a type have a member of that name, declared anywhere.
    pub(in crate::python) fn has_member(&self, ty: &Type<'_>, name: &str) -> bool {
        match self.class_of(ty) {
            Some((class, _)) => self.class_member(class, name).is_some(),
            // A class of another library may have anything.
            None => true,
        }
    }

    /// An instance of a class with these arguments; those that are missing are unknown.
    pub(in crate::python) fn instance_with<'a>(
        &self,
        class: ClassId,
        arguments: impl Iterator<Item = Type<'a>>,
    ) -> Type<'a> {
        let count = self.class_parameters(class);
        let unknown = std::iter::repeat(Type::Unknown);
        self.instance(class, arguments.chain(unknown).take(count).collect())
    }

    /// Whether values of a type may have members that the table lacks.
    pub(in crate::python) fn is_partial_type(&self, ty: &Type<'_>) -> bool {
        self.class_of(ty)
            .is_some_and(|(class, _)| self.is_partial(class))
    }

    /// What awaiting an instance gives.
    pub(in crate::python) fn awaited<'a>(&self, ty: &Type<'a>) -> Option<Type<'a>> {
        let (class, arguments) = self.class_of(ty)?;
        let found = self.arguments_as(class, &arguments, BUILTIN.awaitable)?;
        found.into_iter().next().map(known)
    }
}
