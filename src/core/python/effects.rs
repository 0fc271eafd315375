//! What evaluating an expression does besides giving a value.

use ruff_python_ast::{AnyNodeRef, ExprRef};

use super::facts::Facts;

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
        let inside = self.tree.descendants(AnyNodeRef::from(expr));
        inside
            .map(|node| self.own_purity(node))
            .min()
            .unwrap_or(Purity::Certain)
    }

    fn own_purity(&self, node: AnyNodeRef<'a>) -> Purity {
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
                let Some(name) = self.name(&*call.func) else {
                    return Purity::Impure;
                };
                let Some(builtin) = name.strip_prefix("builtins.") else {
                    let pure_module = [
                        "math.",
                        "operator.",
                        "os.path.join",
                        "os.path.basename",
                        "os.path.splitext",
                    ];
                    return if pure_module.iter().any(|module| name.starts_with(module)) {
                        Purity::Likely
                    } else {
                        Purity::Impure
                    };
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
                        let scalars = call
                            .arguments
                            .args
                            .iter()
                            .all(|arg| self.ty(arg).is_scalar());
                        certain_if(
                            scalars
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
            _ => Purity::Certain,
        }
    }
}
