//! What evaluating an expression does besides giving a value.

use ruff_python_ast::{
    AnyNodeRef, CmpOp, Comprehension, Expr, ExprCall, ExprNumberLiteral, ExprRef, Number, Operator,
    UnaryOp,
};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::symbols::Binding;
use super::types::Type;
use super::work::PASSES;

/// How sure it is that evaluating an expression has no side effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purity {
    /// It calls unknown code, awaits, yields or binds a name.
    Impure,
    /// Operators, attributes and items of objects whose classes are unknown: pure unless somebody wrote a strange class.
    Likely,
    /// Only operations of builtin types.
    Certain,
}

/// Builtin functions without side effects, given arguments without.
const PURE_BUILTINS: &[&str] = &[
    "abs",
    "all",
    "any",
    "ascii",
    "bin",
    "bool",
    "bytes",
    "callable",
    "chr",
    "complex",
    "dict",
    "divmod",
    "enumerate",
    "float",
    "format",
    "frozenset",
    "getattr",
    "hasattr",
    "hash",
    "hex",
    "id",
    "int",
    "isinstance",
    "issubclass",
    "len",
    "list",
    "max",
    "min",
    "oct",
    "ord",
    "pow",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "sorted",
    "str",
    "sum",
    "tuple",
    "type",
    "zip",
];

impl<'a> Facts<'a> {
    /// Whether evaluating `expr`, and whatever is inside, has no side effect.
    pub fn purity(&self, expr: impl Into<ExprRef<'a>>) -> Purity {
        let expr: ExprRef<'a> = expr.into();
        let mut least = Purity::Certain;
        for node in self.tree.descendants(AnyNodeRef::from(expr)) {
            least = least.min(self.own_purity(node));
            if least == Purity::Impure {
                break;
            }
        }
        least
    }

    pub(super) fn own_purity(&self, node: AnyNodeRef<'a>) -> Purity {
        let certain_if = |certain: bool| {
            if certain {
                Purity::Certain
            } else {
                Purity::Likely
            }
        };
        match node {
            AnyNodeRef::ExprAwait(_)
            | AnyNodeRef::ExprYield(_)
            | AnyNodeRef::ExprYieldFrom(_)
            | AnyNodeRef::ExprNamed(_) => Purity::Impure,
            AnyNodeRef::ExprCall(call) => {
                if let Some(def) = self.callee(call) {
                    return self.function_purity(def);
                }
                let Some(name) = self.name(&*call.func) else {
                    return Purity::Impure;
                };
                if self.calls_back_unknown(call) || self.uses_up(call) {
                    return Purity::Impure;
                }
                let Some(builtin) = name.strip_prefix("builtins.") else {
                    let pure_module = [
                        "math.",
                        "operator.",
                        "os.path.join",
                        "os.path.basename",
                        "os.path.splitext",
                    ];
                    let pure = pure_module.iter().any(|module| name.starts_with(module))
                        || PASSES.contains(&&*name) && call.arguments.find_keyword("out").is_none();
                    return if pure { Purity::Likely } else { Purity::Impure };
                };
                match builtin.split_once('.') {
                    // Methods of immutable builtins do nothing but compute.
                    Some((
                        "str" | "bytes" | "int" | "float" | "tuple" | "frozenset" | "range",
                        _,
                    )) => Purity::Certain,
                    Some(("dict", "get" | "keys" | "values" | "items" | "copy"))
                    | Some(("list", "count" | "index" | "copy"))
                    | Some(("set", "issubset" | "issuperset" | "isdisjoint" | "union" | "copy")) => {
                        Purity::Likely
                    }
                    Some(_) => Purity::Impure,
                    None if PURE_BUILTINS.contains(&builtin) => {
                        let plain = call.arguments.args.iter().all(|arg| {
                            let ty = self.ty(arg);
                            ty.is_scalar()
                                || ty.is_builtin_container()
                                    && (ty.element().is_hashable()
                                        || matches!(builtin, "len" | "list" | "tuple"))
                        });
                        certain_if(
                            plain
                                || matches!(
                                    builtin,
                                    "isinstance" | "issubclass" | "callable" | "id"
                                ),
                        )
                    }
                    None => Purity::Impure,
                }
            }
            AnyNodeRef::ExprBinOp(op) => {
                certain_if(self.ty(&*op.left).is_scalar() && self.ty(&*op.right).is_scalar())
            }
            AnyNodeRef::ExprUnaryOp(op) => certain_if(self.ty(&*op.operand).is_scalar()),
            AnyNodeRef::ExprCompare(compare) => {
                let identity = compare.ops.iter().all(|op| op.is_is() || op.is_is_not());
                certain_if(
                    identity
                        || (self.ty(&*compare.left).is_scalar()
                            && compare
                                .comparators
                                .iter()
                                .all(|side| self.ty(side).is_scalar())),
                )
            }
            AnyNodeRef::ExprAttribute(attribute) => certain_if(self.name(attribute).is_some()),
            AnyNodeRef::ExprSubscript(subscript) => certain_if(
                self.ty(&*subscript.value)
                    .class_name()
                    .is_some_and(|name| name.starts_with("builtins.")),
            ),
            AnyNodeRef::InterpolatedElement(element) => {
                certain_if(self.ty(&*element.expression).is_scalar())
            }
            AnyNodeRef::ExprBoolOp(_) | AnyNodeRef::ExprIf(_) => Purity::Likely,
            // An iterator that the comprehension did not make itself is used up by it.
            AnyNodeRef::Comprehension(clause) => match self.ty(&clause.iter) {
                _ if clause.is_async => Purity::Impure,
                Type::Iterator(_) | Type::File(_) if is_place(&clause.iter) => Purity::Impure,
                ty => certain_if(ty.is_builtin_container()),
            },
            _ => Purity::Certain,
        }
    }

    /// Whether a call goes on with an iterator that it was handed, which is another one afterwards.
    fn uses_up(&self, call: &'a ExprCall) -> bool {
        call.arguments
            .args
            .iter()
            .any(|arg| is_place(arg) && matches!(self.ty(arg), Type::Iterator(_) | Type::File(_)))
    }

    /// Whether evaluating `expr` could raise: `false` only for operations of builtin types that never do, on names that are bound.
    pub fn may_raise(&self, expr: impl Into<ExprRef<'a>>) -> bool {
        let expr: ExprRef<'a> = expr.into();
        self.tree
            .descendants(AnyNodeRef::from(expr))
            .any(|node| self.own_may_raise(node))
    }

    fn own_may_raise(&self, node: AnyNodeRef<'a>) -> bool {
        match node {
            AnyNodeRef::ExprName(name) => self.symbol(name).is_some_and(|symbol| {
                self.bindings(symbol)
                    .any(|binding| matches!(binding, Binding::Deleted))
            }),
            AnyNodeRef::ExprStringLiteral(_)
            | AnyNodeRef::ExprBytesLiteral(_)
            | AnyNodeRef::ExprNumberLiteral(_)
            | AnyNodeRef::ExprBooleanLiteral(_)
            | AnyNodeRef::ExprNoneLiteral(_)
            | AnyNodeRef::ExprTuple(_)
            | AnyNodeRef::ExprList(_) => false,
            AnyNodeRef::ExprSet(set) => !set.elts.iter().all(|elt| self.ty(elt).is_hashable()),
            AnyNodeRef::ExprDict(dict) => !dict.items.iter().all(|item| {
                item.key
                    .as_ref()
                    .is_some_and(|key| self.ty(key).is_hashable())
            }),
            AnyNodeRef::ExprListComp(comp) => self.clauses_may_raise(&comp.generators),
            AnyNodeRef::ExprSetComp(comp) => {
                !self.ty(&*comp.elt).is_hashable() || self.clauses_may_raise(&comp.generators)
            }
            AnyNodeRef::ExprCompare(compare) => {
                let mut left = self.ty(&*compare.left);
                compare
                    .ops
                    .iter()
                    .zip(&compare.comparators)
                    .any(|(op, side)| {
                        let right = self.ty(side);
                        let left = std::mem::replace(&mut left, right.clone());
                        !comparable(*op, &left, &right)
                    })
            }
            AnyNodeRef::ExprUnaryOp(op) => match op.op {
                UnaryOp::Not => !self.ty(&*op.operand).is_scalar(),
                _ => !matches!(self.ty(&*op.operand), Type::Int | Type::Bool),
            },
            AnyNodeRef::ExprBoolOp(op) => !op.values.iter().all(|value| self.ty(value).is_scalar()),
            AnyNodeRef::ExprIf(branch) => !self.ty(&*branch.test).is_scalar(),
            AnyNodeRef::ExprBinOp(op) => {
                let nonzero = || match &*op.right {
                    Expr::NumberLiteral(ExprNumberLiteral {
                        value: Number::Int(int),
                        ..
                    }) => int.as_u64().is_some_and(|int| int > 0),
                    _ => false,
                };
                match (self.ty(&*op.left), self.ty(&*op.right)) {
                    (Type::Int | Type::Bool, Type::Int | Type::Bool) => match op.op {
                        Operator::Add
                        | Operator::Sub
                        | Operator::Mult
                        | Operator::BitAnd
                        | Operator::BitOr
                        | Operator::BitXor => false,
                        Operator::Mod | Operator::FloorDiv => !nonzero(),
                        _ => true,
                    },
                    (Type::Float, Type::Float) => {
                        !matches!(op.op, Operator::Add | Operator::Sub | Operator::Mult)
                    }
                    (Type::Str, Type::Str) | (Type::Bytes, Type::Bytes) => op.op != Operator::Add,
                    _ => true,
                }
            }
            AnyNodeRef::ExprCall(call) => self.call_may_raise(call),
            // The callee, which the call has judged.
            AnyNodeRef::ExprAttribute(attribute) => !matches!(
                self.tree.parent(attribute),
                Some(AnyNodeRef::ExprCall(call)) if call.func.range() == attribute.range()
            ),
            node => node.is_expression(),
        }
    }

    fn clauses_may_raise(&self, clauses: &'a [Comprehension]) -> bool {
        clauses.iter().any(|clause| {
            clause.is_async
                || !clause.target.is_name_expr()
                || !self.ty(&clause.iter).is_builtin_container()
        })
    }

    fn call_may_raise(&self, call: &'a ExprCall) -> bool {
        let name = self.name(&*call.func);
        let Some(builtin) = name
            .as_deref()
            .and_then(|name| name.strip_prefix("builtins."))
        else {
            return true;
        };
        if !call.arguments.keywords.is_empty() {
            return true;
        }
        let args = &call.arguments.args;
        let all_text = || args.iter().all(|arg| self.ty(arg).is_str());
        match (builtin.split_once('.'), &**args) {
            (Some(("str", "startswith" | "endswith")), [_])
            | (Some(("str", "strip" | "lstrip" | "rstrip")), [] | [_]) => !all_text(),
            (
                Some((
                    "str",
                    "lower" | "upper" | "casefold" | "title" | "swapcase" | "capitalize"
                    | "isalnum" | "isalpha" | "isascii" | "isdecimal" | "isdigit" | "isidentifier"
                    | "islower" | "isnumeric" | "isprintable" | "isspace" | "istitle" | "isupper",
                )),
                [],
            ) => false,
            (Some(("str", "split" | "rsplit" | "splitlines")), []) => false,
            (Some(("str", "split" | "rsplit")), [Expr::StringLiteral(separator)]) => {
                separator.value.is_empty()
            }
            (Some(("str", "replace")), [_, _]) | (Some(("str", "count" | "find")), [_]) => {
                !all_text()
            }
            (Some(("str", "join")), [items]) => {
                let ty = self.ty(items);
                !(ty.is_builtin_container() && ty.element().is_str())
            }
            (None, [items]) if matches!(builtin, "list" | "tuple") => {
                !self.ty(items).is_builtin_container()
            }
            (None, [items]) if matches!(builtin, "set" | "frozenset") => {
                let ty = self.ty(items);
                !(ty.is_builtin_container() && ty.element().is_hashable())
            }
            (None, [items]) if builtin == "sorted" => {
                let ty = self.ty(items);
                !(ty.is_builtin_container()
                    && matches!(
                        ty.element(),
                        Type::Bool | Type::Int | Type::Str | Type::Bytes | Type::Float
                    ))
            }
            (None, [items]) if builtin == "sum" => {
                let ty = self.ty(items);
                !(ty.is_builtin_container()
                    && matches!(ty.element(), Type::Bool | Type::Int | Type::Float))
            }
            (None, [value]) if matches!(builtin, "str" | "repr") => !self.ty(value).is_scalar(),
            (None, [arg]) if builtin == "len" => !matches!(
                self.ty(arg),
                Type::Str
                    | Type::Bytes
                    | Type::List(_)
                    | Type::Tuple(_)
                    | Type::Set(_)
                    | Type::FrozenSet(_)
                    | Type::Dict(..)
            ),
            (None, [arg]) if builtin == "bool" => !self.ty(arg).is_scalar(),
            (None, [_, class]) if builtin == "isinstance" => !self
                .name(class)
                .is_some_and(|class| class.starts_with("builtins.")),
            _ => true,
        }
    }
}

/// Whether an expression names something that was there before, and is there afterwards.
fn is_place(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_)
    )
}

/// Whether comparing values of these types never raises.
fn comparable(op: CmpOp, left: &Type<'_>, right: &Type<'_>) -> bool {
    let number = |ty: &Type<'_>| matches!(ty, Type::Int | Type::Bool | Type::Float);
    match op {
        CmpOp::Is | CmpOp::IsNot => true,
        CmpOp::Eq | CmpOp::NotEq => left.is_scalar() && right.is_scalar(),
        CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => {
            (number(left) && number(right))
                || matches!(
                    (left, right),
                    (Type::Str, Type::Str) | (Type::Bytes, Type::Bytes)
                )
        }
        CmpOp::In | CmpOp::NotIn => match right {
            Type::Str => left.is_str(),
            Type::List(element)
            | Type::Tuple(element)
            | Type::Set(element)
            | Type::FrozenSet(element)
            | Type::Dict(element, _) => left.is_scalar() && element.is_scalar(),
            _ => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Parsed, Source, Versions, parse};

    fn last_expression(parsed: &Parsed<ruff_python_ast::ModModule>) -> Option<&Expr> {
        parsed
            .syntax()
            .body
            .last()?
            .as_expr_stmt()
            .map(|stmt| &*stmt.value)
    }

    fn may_raise(text: &str) -> Option<bool> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        Some(facts.may_raise(last_expression(&parsed)?))
    }

    #[test]
    fn comparing_and_computing_with_known_numbers_never_raises() {
        assert_eq!(
            may_raise("x = 3\nx % 7 == 0 and not x < 2.5\n"),
            Some(false)
        );
        assert_eq!(
            may_raise("x = 'a'\nx.strip().startswith('b')\n"),
            Some(false)
        );
    }

    #[test]
    fn unknown_operands_zero_divisors_and_mixed_orders_may_raise() {
        assert_eq!(may_raise("x % 7 == 0\n"), Some(true));
        assert_eq!(may_raise("x = 3\nx % x\n"), Some(true));
        assert_eq!(may_raise("x = 3\nx < 'a'\n"), Some(true));
        assert_eq!(may_raise("x = 'a'\nx.index('b')\n"), Some(true));
    }
}
