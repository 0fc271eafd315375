//! What the operators and methods of builtin types give.

use std::rc::Rc;

use ruff_python_ast::Operator;

use super::types::{Type, known, list_of};

pub(super) fn binary<'a>(
    op: Operator,
    left: &Type<'a>,
    right: impl FnOnce() -> Type<'a>,
) -> Type<'a> {
    match (op, left) {
        // `str.__add__` takes nothing but `str`; the same for `bytes` and a formatted `%`.
        (Operator::Add, Type::Str) | (Operator::Mod, Type::Str) => Type::Str,
        (Operator::Add, Type::Bytes) | (Operator::Mod, Type::Bytes) => Type::Bytes,
        (Operator::Add, Type::Bytearray) => Type::Bytearray,
        (Operator::Add, Type::List(a)) => match right() {
            Type::List(b) => Type::List(Rc::new(Type::join_inner(a, &b))),
            _ => Type::List(Rc::new(Type::Unknown)),
        },
        (Operator::Add, Type::Tuple(a)) => match right() {
            Type::Tuple(b) => Type::Tuple(Rc::new(Type::join_inner(a, &b))),
            _ => Type::Unknown,
        },
        (Operator::Add, _) => match (left, right()) {
            (Type::Never, right) => match right {
                // `s = s + x` with nothing known of `s` yet: whatever `s` is, it stays.
                Type::Str
                | Type::Bytes
                | Type::Int
                | Type::Float
                | Type::List(_)
                | Type::Tuple(_) => right,
                _ => Type::Never,
            },
            // A string on the right needs a string on the left, unless that is a class with its own `+`.
            (Type::Unknown, Type::Str) => Type::Unknown,
            (left, right) => number(left, &right),
        },
        (Operator::Mult, Type::Str | Type::Bytes | Type::List(_) | Type::Tuple(_)) => match right()
        {
            Type::Int | Type::Bool => left.clone(),
            _ => Type::Unknown,
        },
        (Operator::Div, Type::Int | Type::Float) => match right() {
            Type::Int | Type::Float | Type::Bool => Type::Float,
            _ => Type::Unknown,
        },
        (Operator::Sub | Operator::Mult | Operator::FloorDiv | Operator::Mod, _) => {
            number(left, &right())
        }
        // `s = s | x` with nothing known of `s` yet: whatever `s` is, it stays.
        (Operator::BitOr, Type::Never) => Type::Never,
        (Operator::BitOr | Operator::BitAnd | Operator::BitXor, _) => match (left, right()) {
            (Type::Int, Type::Int) => Type::Int,
            (Type::Set(a), Type::Set(b) | Type::FrozenSet(b)) => {
                Type::Set(Rc::new(Type::join_inner(a, &b)))
            }
            (Type::FrozenSet(a), Type::Set(b) | Type::FrozenSet(b)) => {
                Type::FrozenSet(Rc::new(Type::join_inner(a, &b)))
            }
            // `set.__or__` takes nothing but sets, and what knows better is rare.
            (Type::Set(_), Type::Unknown) => Type::Set(Rc::new(Type::Unknown)),
            (Type::FrozenSet(_), Type::Unknown) => Type::FrozenSet(Rc::new(Type::Unknown)),
            (Type::Dict(..), Type::Unknown) => {
                Type::Dict(Rc::new(Type::Unknown), Rc::new(Type::Unknown))
            }
            (Type::Dict(..), Type::Dict(..)) => left.clone(),
            _ => Type::Unknown,
        },
        _ => Type::Unknown,
    }
}

pub(super) fn number<'a>(left: &Type<'a>, right: &Type<'a>) -> Type<'a> {
    match (left, right) {
        (Type::Int | Type::Bool, Type::Int | Type::Bool) => Type::Int,
        (Type::Int | Type::Bool | Type::Float, Type::Int | Type::Bool | Type::Float) => Type::Float,
        (Type::Never, _) | (_, Type::Never) => Type::Never,
        _ => Type::Unknown,
    }
}

pub(super) fn augmented<'a>(
    op: Operator,
    own: &Type<'a>,
    value: impl FnOnce() -> Type<'a>,
) -> Type<'a> {
    match (op, own) {
        (_, Type::Never) => Type::Never,
        (Operator::Add, Type::List(a)) => {
            let added = value().element();
            Type::List(Rc::new(Type::join_inner(a, &known(added))))
        }
        (Operator::BitOr | Operator::BitAnd | Operator::Sub | Operator::BitXor, Type::Set(_)) => {
            Type::Set(Rc::new(Type::Unknown))
        }
        (Operator::BitOr, Type::Dict(..)) => {
            Type::Dict(Rc::new(Type::Unknown), Rc::new(Type::Unknown))
        }
        _ => binary(op, own, value),
    }
}

/// What a method of a builtin type returns.
pub(super) fn method_type<'a>(receiver: &Type<'a>, method: &str) -> Type<'a> {
    match receiver {
        Type::Str | Type::Bytes => match method {
            "split" | "rsplit" | "splitlines" => list_of(receiver.clone()),
            "partition" | "rpartition" => Type::Tuple(Rc::new(receiver.clone())),
            "encode" => Type::Bytes,
            "decode" => Type::Str,
            "find" | "rfind" | "index" | "rindex" | "count" => Type::Int,
            "startswith" | "endswith" => Type::Bool,
            "maketrans" => Type::Unknown,
            "hex" => Type::Str,
            _ if method.starts_with("is") => Type::Bool,
            _ => receiver.clone(),
        },
        Type::List(element) | Type::Deque(element) => match method {
            "copy" => receiver.clone(),
            "pop" | "popleft" => known((**element).clone()),
            "index" | "count" => Type::Int,
            "append" | "extend" | "insert" | "sort" | "reverse" | "clear" | "remove"
            | "appendleft" | "extendleft" | "rotate" => Type::None,
            _ => Type::Unknown,
        },
        Type::Dict(key, value) => match method {
            "copy" => receiver.clone(),
            "keys" => Type::DictView(Rc::clone(key)),
            "values" => Type::DictView(Rc::clone(value)),
            "items" => Type::DictView(Rc::new(Type::Tuple(Rc::new(Type::Unknown)))),
            "clear" | "update" => Type::None,
            _ => Type::Unknown,
        },
        Type::Set(_) | Type::FrozenSet(_) => match method {
            "copy" | "union" | "intersection" | "difference" | "symmetric_difference" => {
                receiver.clone()
            }
            "issubset" | "issuperset" | "isdisjoint" => Type::Bool,
            "add" | "update" | "discard" | "remove" | "clear" => Type::None,
            _ => Type::Unknown,
        },
        Type::File(text) => {
            let piece = if *text { Type::Str } else { Type::Bytes };
            match method {
                "read" | "readline" => piece,
                "readlines" => list_of(piece),
                _ => Type::Unknown,
            }
        }
        _ => Type::Unknown,
    }
}
