//! The layout of the table of library signatures, shared by what writes it when hotlint is built and what reads it.
//!
//! All numbers are little-endian, and `u16` where nothing else is said. The header holds a `u32` offset and a `u32` length, both in
//! bytes, for each section.

/// The sections, in the order of the header.
#[derive(Clone, Copy)]
#[repr(usize)]
pub enum Section {
    /// All strings, one behind the other.
    Text,
    /// `u32`: where each string ends. Strings are sorted, so that their numbers compare as they do.
    StringEnds,
    /// Where each type starts, in words.
    TypeStarts,
    /// A tag and its operands.
    TypeWords,
    /// Where each function starts, in words.
    FunctionStarts,
    /// See [`PARAMETERS_ANY`].
    FunctionWords,
    /// [`CLASS_RECORD`] of them for each class.
    Classes,
    /// The types of the bases of all classes, nearest first.
    Bases,
    /// Name, kind and number for each member of a module or class, sorted by name within each.
    Members,
    /// Name, start and number of members for each module, sorted by name.
    Modules,
}

pub const SECTIONS: usize = 10;

/// Name, number of type parameters, start and number of bases, start and number of members, constructor, flags.
pub const CLASS_RECORD: usize = 8;
/// Words of a member.
pub const MEMBER_RECORD: usize = 3;
/// Numbers of a module.
pub const MODULE_RECORD: usize = 3;

/// The number of nothing.
pub const NONE: u16 = u16::MAX;

/// The class has no hash.
pub const CLASS_UNHASHABLE: u16 = 1;
/// Whatever has the right members is an instance.
pub const CLASS_PROTOCOL: u16 = 2;

/// The class has more members than those that are told. Its bases are told in full, where they are builtin.
pub const CLASS_PARTIAL: u16 = 4;

/// What a member is.
pub mod kind {
    pub const FUNCTION: u16 = 1;
    pub const CLASS: u16 = 2;
    pub const MODULE: u16 = 3;
    pub const VALUE: u16 = 4;
}

/// A function: the number of its own type variables; for each the type that it has where nothing binds it; the number of
/// overloads; for each what it returns, the number of parameters, or [`PARAMETERS_ANY`], and for each parameter kind, name and type.
pub const PARAMETERS_ANY: u16 = u16::MAX;

/// The number of a function's first own type variable; those of its class count from zero.
pub const FIRST_OWN_VARIABLE: u16 = 32;

/// Kinds of parameters.
pub mod parameter {
    pub const POSITIONAL: u16 = 0;
    pub const ANY: u16 = 1;
    pub const KEYWORD: u16 = 2;
    pub const VARIADIC: u16 = 3;
    pub const KEYWORDS: u16 = 4;
    /// The receiver, where its type is declared.
    pub const RECEIVER: u16 = 5;
    #[allow(dead_code, reason = "the reader takes the kind apart")]
    pub const MASK: u16 = 7;
    /// May be left out.
    pub const OPTIONAL: u16 = 8;
}

/// Tags of types.
pub mod tag {
    pub const UNKNOWN: u16 = 0;
    pub const NEVER: u16 = 1;
    pub const NONE: u16 = 2;
    pub const BOOL: u16 = 3;
    pub const INT: u16 = 4;
    pub const FLOAT: u16 = 5;
    pub const COMPLEX: u16 = 6;
    pub const STR: u16 = 7;
    pub const BYTES: u16 = 8;
    pub const BYTEARRAY: u16 = 9;
    pub const RANGE: u16 = 10;
    pub const FILE_TEXT: u16 = 11;
    pub const FILE_BYTES: u16 = 12;
    /// The receiver's own type.
    pub const SELF: u16 = 13;
    /// One operand.
    pub const LIST: u16 = 20;
    pub const SET: u16 = 21;
    pub const FROZENSET: u16 = 22;
    pub const DEQUE: u16 = 23;
    pub const ITERATOR: u16 = 24;
    pub const VIEW: u16 = 25;
    pub const TUPLE: u16 = 26;
    /// Whatever is called to get the operand.
    pub const CALLABLE: u16 = 27;
    /// The class of the operand.
    pub const CLASS_OBJECT: u16 = 28;
    /// The number of a type variable.
    pub const VARIABLE: u16 = 29;
    /// Two operands.
    pub const DICT: u16 = 30;
    /// Number of operands, operands.
    pub const UNION: u16 = 31;
    pub const POSITIONS: u16 = 32;
    /// Class, number of operands, operands.
    pub const CLASS: u16 = 33;
    /// Number of strings, strings.
    pub const LITERAL_STR: u16 = 34;
    pub const LITERAL_TRUE: u16 = 35;
    pub const LITERAL_FALSE: u16 = 36;
    /// An integer of 16 bits.
    pub const LITERAL_INT: u16 = 37;
}
