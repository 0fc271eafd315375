//! Types in the words of annotations, for messages.

use std::fmt::{Display, Formatter, Result};

use super::types::{ClassRef, Type};

impl Display for Type<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let of = |f: &mut Formatter<'_>, name: &str, parts: &[&Type<'_>]| {
            f.write_str(name)?;
            if parts.iter().all(|part| part.is_unknown()) {
                return Ok(());
            }
            f.write_str("[")?;
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    f.write_str(", ")?;
                }
                part.fmt(f)?;
            }
            f.write_str("]")
        };
        match self {
            Type::Unknown | Type::Never => f.write_str("unknown"),
            Type::None => f.write_str("None"),
            Type::Bool => f.write_str("bool"),
            Type::Int => f.write_str("int"),
            Type::Float => f.write_str("float"),
            Type::Complex => f.write_str("complex"),
            Type::Str => f.write_str("str"),
            Type::Bytes => f.write_str("bytes"),
            Type::Bytearray => f.write_str("bytearray"),
            Type::List(element) => of(f, "list", &[element]),
            Type::Tuple(element) => of(f, "tuple", &[element]),
            Type::Set(element) => of(f, "set", &[element]),
            Type::FrozenSet(element) => of(f, "frozenset", &[element]),
            Type::Dict(key, value) => of(f, "dict", &[key, value]),
            Type::DictView(element) => of(f, "dict view", &[element]),
            Type::Deque(element) => of(f, "deque", &[element]),
            Type::Range => f.write_str("range"),
            Type::Iterator(element) => of(f, "iterator", &[element]),
            Type::File(true) => f.write_str("text file"),
            Type::File(false) => f.write_str("binary file"),
            Type::Instance(class) => f.write_str(class.trim_start_matches("builtins.")),
            Type::Local(ClassRef(class)) => f.write_str(&class.name),
            Type::Union(parts) => {
                for (i, part) in parts.iter().enumerate() {
                    if i > 0 {
                        f.write_str(" | ")?;
                    }
                    part.fmt(f)?;
                }
                Ok(())
            }
        }
    }
}
