//! The types that annotations declare.

use std::rc::Rc;

use ruff_python_ast::{Expr, Operator};

use super::facts::Facts;
use super::symbols::Binding;
use super::types::{Class, ClassRef, Type, known};

impl<'a> Facts<'a> {
    /// The type that an annotation declares.
    pub fn annotation(&self, expr: &'a Expr) -> Type<'a> {
        match expr {
            Expr::NoneLiteral(_) => Type::None,
            Expr::BinOp(op) if op.op == Operator::BitOr => {
                self.annotation(&op.left).join(self.annotation(&op.right))
            }
            Expr::StringLiteral(text) => quoted_annotation(text.value.to_str()),
            Expr::Subscript(subscript) => {
                let args: &'a [Expr] = match &*subscript.slice {
                    Expr::Tuple(tuple) => &tuple.elts,
                    single => std::slice::from_ref(single),
                };
                let arg = |i: usize| {
                    args.get(i)
                        .map_or(Type::Unknown, |arg| known(self.annotation(arg)))
                };
                let Some(name) = self.name(&subscript.value) else {
                    return Type::Unknown;
                };
                match short_name(&name) {
                    "Optional" => arg(0).join(Type::None),
                    "Union" => Type::join_all((0..args.len()).map(arg)),
                    "Annotated" | "Final" | "ClassVar" | "Required" | "NotRequired"
                    | "ReadOnly" => arg(0),
                    "tuple" | "Tuple" => {
                        let parts = args.iter().filter(|arg| !arg.is_ellipsis_literal_expr());
                        Type::Tuple(Rc::new(known(Type::join_all(
                            parts.map(|arg| self.annotation(arg)),
                        ))))
                    }
                    _ => class_type(&name, &arg(0), &arg(1)),
                }
            }
            Expr::Name(_) | Expr::Attribute(_) => {
                if let Expr::Name(name) = expr
                    && let Some(symbol) = self.symbol(name)
                    && let Some(Binding::Class(class)) = self.only_binding(symbol)
                {
                    return Type::Local(ClassRef(class));
                }
                match self.name(expr) {
                    Some(name) => class_type(&name, &Type::Unknown, &Type::Unknown),
                    None => Type::Unknown,
                }
            }
            _ => Type::Unknown,
        }
    }
}

fn short_name(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// The type that a class name stands for in an annotation.
fn class_type<'a>(name: &str, first: &Type<'a>, second: &Type<'a>) -> Type<'a> {
    let first = || Rc::new(first.clone());
    match name {
        "builtins.str" | "typing.Text" | "typing.AnyStr" | "typing.LiteralString" => Type::Str,
        "builtins.bytes" => Type::Bytes,
        "builtins.bytearray" => Type::Bytearray,
        "builtins.int" => Type::Int,
        "builtins.float" => Type::Float,
        "builtins.complex" => Type::Complex,
        "builtins.bool" => Type::Bool,
        "builtins.list" | "typing.List" => Type::List(first()),
        "builtins.tuple" | "typing.Tuple" => Type::Tuple(first()),
        "builtins.set" | "typing.Set" => Type::Set(first()),
        "builtins.frozenset" | "typing.FrozenSet" => Type::FrozenSet(first()),
        "builtins.dict" | "typing.Dict" => Type::Dict(first(), Rc::new(second.clone())),
        "collections.deque" | "typing.Deque" => Type::Deque(first()),
        "builtins.range" => Type::Range,
        "typing.Iterator"
        | "typing.Generator"
        | "collections.abc.Iterator"
        | "collections.abc.Generator" => Type::Iterator(first()),
        "typing.TextIO" | "io.TextIOWrapper" => Type::File(true),
        "typing.BinaryIO" | "io.BufferedReader" => Type::File(false),
        "builtins.object" | "typing.Any" => Type::Unknown,
        _ if name.starts_with('.') => Type::Unknown,
        _ if short_name(name).starts_with(char::is_uppercase) => Type::Instance(Class::named(name)),
        _ => Type::Unknown,
    }
}

/// The commonest annotations in quotes; whatever else stands there is unknown.
fn quoted_annotation<'a>(text: &str) -> Type<'a> {
    let text = text.trim();
    let (name, args) = match text.split_once('[') {
        Some((name, rest)) => (name.trim(), rest.strip_suffix(']').unwrap_or("").trim()),
        None => (text, ""),
    };
    if !name
        .chars()
        .all(|c| c.is_alphanumeric() || c == '_' || c == '.')
        || args.contains(['[', '|'])
    {
        return Type::Unknown;
    }
    let mut args = args.split(',').map(|arg| scalar_annotation(arg.trim()));
    let (first, second) = (
        args.next().unwrap_or(Type::Unknown),
        args.next().unwrap_or(Type::Unknown),
    );
    match name {
        "list" | "List" | "typing.List" => class_type("builtins.list", &first, &second),
        "tuple" | "Tuple" => class_type("builtins.tuple", &Type::Unknown, &second),
        "set" | "Set" => class_type("builtins.set", &first, &second),
        "dict" | "Dict" => class_type("builtins.dict", &first, &second),
        other => scalar_annotation(other),
    }
}

fn scalar_annotation<'a>(name: &str) -> Type<'a> {
    match name {
        "str" => Type::Str,
        "int" => Type::Int,
        "float" => Type::Float,
        "bool" => Type::Bool,
        "bytes" => Type::Bytes,
        _ => Type::Unknown,
    }
}
