//! What displays, operators and items give.

use std::rc::Rc;

use ruff_python_ast::{self as ast, CmpOp, Expr, Number, Operator, UnaryOp};
use smallvec::SmallVec;

use super::facts::Facts;
use super::types::{Type, known};
use super::typeshed::Given;

/// A long literal is uniform or it is not: the first elements tell as much as all of them.
pub(super) const SAMPLE: usize = 50;

impl<'a> Facts<'a> {
    pub(super) fn infer_tuple(&self, tuple: &'a ast::ExprTuple) -> Type<'a> {
        if tuple.elts.len() > 8 || tuple.elts.iter().any(Expr::is_starred_expr) {
            return Type::Tuple(Rc::new(self.elements(&tuple.elts)));
        }
        Type::tuple(tuple.elts.iter().map(|elt| self.infer(elt)))
    }

    pub(super) fn infer_dict(&self, dict: &'a ast::ExprDict) -> Type<'a> {
        let mut keys = Type::Never;
        let mut values = Type::Never;
        for item in dict.items.iter().take(SAMPLE) {
            let Some(key) = &item.key else {
                // `**other`
                match self.infer(&item.value) {
                    Type::Dict(key, value) => {
                        keys = keys.join((*key).clone());
                        values = values.join((*value).clone());
                    }
                    _ => (keys, values) = (Type::Unknown, Type::Unknown),
                }
                continue;
            };
            keys = keys.join(self.infer(key));
            values = values.join(self.infer(&item.value));
        }
        Type::Dict(Rc::new(keys), Rc::new(values))
    }

    pub(super) fn infer_compare(&self, compare: &'a ast::ExprCompare) -> Type<'a> {
        // `==` of arrays is an array: only `is`, `in` and `not` always give a bool.
        let plain = compare
            .ops
            .iter()
            .all(|op| matches!(op, CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn));
        let scalar = || {
            self.infer(&*compare.left).is_scalar()
                || compare
                    .comparators
                    .iter()
                    .all(|side| self.infer(side).is_scalar())
        };
        if plain {
            return Type::Bool;
        }
        if let ([op], [right]) = (&*compare.ops, &*compare.comparators)
            && let Some(found) = self.compared(*op, &compare.left, right)
        {
            return found;
        }
        if scalar() { Type::Bool } else { Type::Unknown }
    }

    /// What a comparison gives where one side is of a class that has comparisons of its own, as arrays have.
    fn compared(&self, op: CmpOp, left: &'a Expr, right: &'a Expr) -> Option<Type<'a>> {
        let (own, mirrored) = match op {
            CmpOp::Eq => ("__eq__", "__eq__"),
            CmpOp::NotEq => ("__ne__", "__ne__"),
            CmpOp::Lt => ("__lt__", "__gt__"),
            CmpOp::LtE => ("__le__", "__ge__"),
            CmpOp::Gt => ("__gt__", "__lt__"),
            CmpOp::GtE => ("__ge__", "__le__"),
            _ => return None,
        };
        let side = |side: &'a Expr, method: &str, other: &'a Expr| {
            let ty = self.infer(side);
            let given = Given::operands(std::slice::from_ref(other));
            matches!(ty, Type::Instance(_))
                .then(|| self.call_method(&ty, method, given))
                .flatten()
        };
        side(left, own, right).or_else(|| side(right, mirrored, left))
    }

    pub(super) fn infer_unary(&self, unary: &'a ast::ExprUnaryOp) -> Type<'a> {
        if unary.op == UnaryOp::Not {
            return Type::Bool;
        }
        match self.infer(&*unary.operand) {
            Type::Bool | Type::Int => Type::Int,
            Type::Float => Type::Float,
            operand @ Type::Instance(_) => {
                let method = match unary.op {
                    UnaryOp::Invert => "__invert__",
                    UnaryOp::UAdd => "__pos__",
                    _ => "__neg__",
                };
                let found = self.call_method(&operand, method, Given::operands(&[]));
                found.unwrap_or(Type::Unknown)
            }
            _ => Type::Unknown,
        }
    }

    /// `a or b`: an operand that is passed over is false, one that is given before the last is true, hence not `None`.
    pub(super) fn infer_choice(&self, op: &'a ast::ExprBoolOp) -> Type<'a> {
        let Some((last, others)) = op.values.split_last() else {
            return Type::Unknown;
        };
        let others = others.iter().map(|value| match self.infer(value) {
            Type::None if op.op.is_or() => Type::Never,
            value if op.op.is_or() => value.without_none(),
            value => value,
        });
        Type::join_all(others).join(self.infer(last))
    }

    pub(super) fn infer_binary(&self, op: &'a ast::ExprBinOp) -> Type<'a> {
        // `a + b + c + ...` is as deep as it is long: down first, then up.
        let mut chain: SmallVec<[&'a ast::ExprBinOp; 4]> = SmallVec::new();
        let mut leftmost = op;
        chain.push(op);
        while let Expr::BinOp(inner) = &*leftmost.left {
            leftmost = inner;
            chain.push(inner);
        }
        let mut left = self.infer(&*leftmost.left);
        for op in chain.into_iter().rev() {
            left = match left {
                Type::Instance(_) => {
                    let right = Given::operands(std::slice::from_ref(&*op.right));
                    let result = self.call_method(&left, op.op.dunder(), right);
                    result.unwrap_or(Type::Unknown)
                }
                left => {
                    let mut right = Type::Never;
                    let found = binary(op.op, &left, || {
                        right = self.infer(&*op.right);
                        right.clone()
                    });
                    match right {
                        // A number, or anything else, beside an array.
                        Type::Instance(_) if found.is_unknown() && !left.is_unknown() => {
                            let given = Given::operands(std::slice::from_ref(&*op.left));
                            let method = op.op.reflected_dunder();
                            let result = self.call_method(&right, method, given);
                            result.unwrap_or(Type::Unknown)
                        }
                        _ => found,
                    }
                }
            };
        }
        left
    }

    pub(super) fn infer_item(&self, subscript: &'a ast::ExprSubscript) -> Type<'a> {
        // `None` has no items.
        let base = self.infer(&*subscript.value).without_none();
        if subscript.slice.is_slice_expr() {
            return match base {
                Type::Tuple(element) => Type::Tuple(Rc::new(element.joined_positions())),
                // `data = data[n:]` with nothing known of `data` yet: whatever it is, it stays.
                Type::Never | Type::Str | Type::Bytes | Type::Bytearray | Type::List(_) => base,
                Type::Instance(_) => {
                    let index = Given::operands(std::slice::from_ref(&*subscript.slice));
                    self.call_method(&base, "__getitem__", index)
                        .unwrap_or(Type::Unknown)
                }
                _ => Type::Unknown,
            };
        }
        match base {
            Type::Tuple(element) => known(item_of_tuple(&element, &subscript.slice)),
            Type::Instance(_) => {
                let index = Given::operands(std::slice::from_ref(&*subscript.slice));
                self.call_method(&base, "__getitem__", index)
                    .unwrap_or(Type::Unknown)
            }
            Type::Str => Type::Str,
            Type::Bytes | Type::Bytearray | Type::Range => Type::Int,
            Type::List(element) | Type::Deque(element) => known((*element).clone()),
            Type::Dict(_, value) => known((*value).clone()),
            _ => Type::Unknown,
        }
    }
}

/// The item of a tuple, by position where the subscript is a number.
fn item_of_tuple<'a>(element: &Type<'a>, index: &Expr) -> Type<'a> {
    let (Type::Positions(parts), Some(index)) = (element, literal_index(index)) else {
        return element.joined_positions();
    };
    let at = if index < 0 {
        parts.len().checked_sub(index.unsigned_abs())
    } else {
        usize::try_from(index).ok()
    };
    at.and_then(|at| parts.get(at))
        .cloned()
        .unwrap_or(Type::Unknown)
}

fn literal_index(expr: &Expr) -> Option<isize> {
    match expr {
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(int) => int.as_i64().and_then(|int| isize::try_from(int).ok()),
            _ => None,
        },
        Expr::UnaryOp(op) if op.op == UnaryOp::USub => literal_index(&op.operand)?.checked_neg(),
        _ => None,
    }
}

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
            Type::Tuple(b) => {
                let (a, b) = (a.joined_positions(), b.joined_positions());
                Type::Tuple(Rc::new(a.join(b)))
            }
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
            Type::Int | Type::Bool => match left {
                Type::Tuple(element) => Type::Tuple(Rc::new(element.joined_positions())),
                left => left.clone(),
            },
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

/// What a method returns that the stubs declare less exactly: a copy is what the original is.
pub(super) fn special_method<'a>(receiver: &Type<'a>, method: &str) -> Option<Type<'a>> {
    match (receiver, method) {
        (
            Type::List(_) | Type::Deque(_) | Type::Dict(..) | Type::Set(_) | Type::FrozenSet(_),
            "copy",
        ) => Some(receiver.clone()),
        _ => None,
    }
}
