//! What a test tells of the type of a variable, when it holds and when it does not.

use ruff_python_ast::{CmpOp, Expr, Operator};

use super::facts::Facts;
use super::flow::Flow;
use super::symbols::Symbol;
use super::types::{Class, Type};
use super::typeshed::Table;

impl<'a> Facts<'a> {
    /// The type of a variable after a test of which the outcome is known.
    pub(super) fn narrow(
        &self,
        flow: &Flow<'_, 'a>,
        state: Type<'a>,
        test: &'a Expr,
        holds: bool,
    ) -> Type<'a> {
        let is = |expr: &'a Expr| self.is_read_of(expr, flow.symbol);
        match test {
            Expr::Name(_) | Expr::Named(_) if is(test) => {
                if holds {
                    without_none(state)
                } else {
                    state
                }
            }
            Expr::UnaryOp(op) if op.op.is_not() => self.narrow(flow, state, &op.operand, !holds),
            Expr::BoolOp(op) if op.op.is_and() == holds => {
                // All of them turned out the same way, one after the other.
                let each = op.values.iter();
                each.fold(state, |state, value| self.narrow(flow, state, value, holds))
            }
            Expr::BoolOp(op) => {
                // One of them did, those before it did not.
                let mut reached = state;
                let mut all = Type::Never;
                for value in &op.values {
                    all = all.join(self.narrow(flow, reached.clone(), value, holds));
                    reached = self.narrow(flow, reached, value, !holds);
                }
                all
            }
            Expr::Compare(compare) => {
                let ([op], [right]) = (&*compare.ops, &*compare.comparators) else {
                    return state;
                };
                let same = match op {
                    CmpOp::Is | CmpOp::Eq => holds,
                    CmpOp::IsNot | CmpOp::NotEq => !holds,
                    _ => return state,
                };
                match &*compare.left {
                    left if is(left) && right.is_none_literal_expr() => {
                        if same {
                            Type::None
                        } else {
                            without_none(state)
                        }
                    }
                    // `type(x) is list`
                    Expr::Call(call) if same => match &*call.arguments.args {
                        [arg] if is(arg) && self.is(&*call.func, "builtins.type") => {
                            let told = self.instances_of(right, 0);
                            told.map_or(state.clone(), |told| filter(state, &told))
                        }
                        _ => state,
                    },
                    _ => state,
                }
            }
            Expr::Call(call) => match &*call.arguments.args {
                [arg, classes] if is(arg) && self.is(&*call.func, "builtins.isinstance") => {
                    let told = self.instances_of(classes, 0);
                    match (told, holds) {
                        (Some(told), true) => filter(state, &told),
                        (Some(told), false) => remove(state, &told),
                        (None, true) => Type::Unknown,
                        (None, false) => state,
                    }
                }
                _ => state,
            },
            _ => state,
        }
    }

    pub(super) fn is_read_of(&self, expr: &'a Expr, symbol: &Symbol<'a>) -> bool {
        let name = match expr {
            Expr::Named(walrus) => walrus.target.as_name_expr(),
            other => other.as_name_expr(),
        };
        name.is_some_and(|name| name.id == symbol.name && self.symbol_id(name) == Some(symbol.id))
    }

    /// What is an instance of a class, or of one in a tuple of classes.
    pub(super) fn instances_of(&self, classes: &'a Expr, hops: u8) -> Option<Type<'a>> {
        match classes {
            Expr::Tuple(tuple) => {
                let mut all = Type::Never;
                for class in &tuple.elts {
                    all = all.join(self.instances_of(class, hops)?);
                }
                Some(all)
            }
            Expr::BinOp(op) if op.op == Operator::BitOr => {
                let left = self.instances_of(&op.left, hops)?;
                Some(left.join(self.instances_of(&op.right, hops)?))
            }
            Expr::NoneLiteral(_) => Some(Type::None),
            Expr::Name(_) | Expr::Attribute(_) => {
                if let Some(instance) = self.instance_of(classes) {
                    return Some(instance).filter(|instance| !instance.is_unknown());
                }
                if hops < 2
                    && let Some(value) = self.only_value(classes)
                {
                    return self.instances_of(value, hops + 1);
                }
                let name = self.name(classes)?;
                let last = name.rsplit('.').next()?;
                let class = last.starts_with(char::is_uppercase) && !name.starts_with('.');
                class.then(|| Type::Instance(Class::named(&name)))
            }
            _ => None,
        }
    }
}

pub(super) fn without_none(state: Type<'_>) -> Type<'_> {
    match state {
        // Nothing is left: a place that is never reached.
        Type::None => Type::Never,
        Type::Union(_) => state.without_none(),
        other => other,
    }
}

fn parts<'t, 'a>(ty: &'t Type<'a>) -> &'t [Type<'a>] {
    match ty {
        Type::Union(parts) => parts,
        one => std::slice::from_ref(one),
    }
}

/// Whether every value of one type is an instance of the class of the other.
fn derives(ty: &Type<'_>, base: &Type<'_>) -> bool {
    match (ty, base) {
        (Type::Local(own), Type::Local(base)) => own == base,
        _ => Table::get().is_instance(ty, base).unwrap_or(ty == base),
    }
}

/// What of `state` is an instance of `told`; `told` itself where that cannot be said.
pub(super) fn filter<'a>(state: Type<'a>, told: &Type<'a>) -> Type<'a> {
    if state.is_unknown() {
        return told.clone();
    }
    let mut all = Type::Never;
    for part in parts(&state) {
        for class in parts(told) {
            if derives(part, class) {
                all = all.join(part.clone());
                break;
            }
            // A class may have descendants that are both; what is declared `float` may be an `int`.
            let open = matches!(
                part,
                Type::Instance(_)
                    | Type::Local(_)
                    | Type::Iterator(_)
                    | Type::DictView(_)
                    | Type::File(_)
                    | Type::Float
                    | Type::Complex
            );
            if open || derives(class, part) {
                all = all.join(class.clone());
            }
        }
    }
    match all {
        Type::Never => told.clone(),
        all => all,
    }
}

/// What of `state` is no instance of `told`.
pub(super) fn remove<'a>(state: Type<'a>, told: &Type<'a>) -> Type<'a> {
    let stays = |part: &&Type<'a>| !parts(told).iter().any(|class| derives(part, class));
    match Type::join_all(parts(&state).iter().filter(stays).cloned()) {
        // An `int` where a `float` was declared; all others are never seen here.
        Type::Never if parts(&state).contains(&Type::Float) => Type::Unknown,
        rest => rest,
    }
}
