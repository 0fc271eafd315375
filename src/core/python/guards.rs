//! What stands around an expression: which exceptions are caught there, and what is known of a length.

use ruff_python_ast::{self as ast, AnyNodeRef, CmpOp, ExceptHandler, Expr, Number};
use ruff_text_size::Ranged;

use super::blocks::{leaves, siblings};
use super::facts::Facts;

impl<'a> Facts<'a> {
    /// Whether a handler around `node` names one of these builtin exceptions.
    pub fn catches(&self, node: impl Into<AnyNodeRef<'a>>, exceptions: &[&str]) -> bool {
        let node = node.into();
        self.tree.ancestors(node).any(|outer| {
            let AnyNodeRef::StmtTry(stmt) = outer else {
                return false;
            };
            let in_body = stmt
                .body
                .iter()
                .any(|part| part.range().contains_range(node.range()));
            in_body
                && stmt.handlers.iter().any(|handler| {
                    let ExceptHandler::ExceptHandler(handler) = handler;
                    handler.type_.as_deref().is_some_and(|caught| {
                        self.tree.descendants(caught).any(|node| match node {
                            AnyNodeRef::ExprName(name) => exceptions
                                .iter()
                                .any(|wanted| self.is(name, &format!("builtins.{wanted}"))),
                            _ => false,
                        })
                    })
                })
        })
    }

    /// Whether a test says that `items` holds a single item where `node` is evaluated: `if len(items) == 1:` around it, or
    /// `if len(items) != 1: raise` before it.
    pub fn is_the_only_item(&self, node: impl Into<AnyNodeRef<'a>>, items: &'a Expr) -> bool {
        let mut inner: AnyNodeRef<'a> = node.into();
        while let Some(outer) = self.tree.parent(inner) {
            let says = |test: &'a Expr, op: CmpOp| self.says_length(test, items, op);
            let guarded = match outer {
                AnyNodeRef::StmtIf(branch) => {
                    !branch.test.range().contains_range(inner.range())
                        && branch
                            .body
                            .first()
                            .is_some_and(|first| first.start() <= inner.start())
                        && says(&branch.test, CmpOp::Eq)
                }
                AnyNodeRef::ElifElseClause(clause) => clause
                    .test
                    .as_ref()
                    .is_some_and(|test| says(test, CmpOp::Eq)),
                AnyNodeRef::ExprIf(branch) => {
                    branch.body.range() == inner.range() && says(&branch.test, CmpOp::Eq)
                }
                AnyNodeRef::ExprBoolOp(op) => op
                    .values
                    .iter()
                    .take_while(|value| value.start() < inner.start())
                    .any(|value| says(value, CmpOp::Eq)),
                _ => false,
            };
            if guarded {
                return true;
            }
            if inner.is_statement() {
                let before = siblings(&self.tree, inner)
                    .iter()
                    .take_while(|other| other.start() < inner.start());
                for other in before {
                    let left = match other {
                        ast::Stmt::If(branch) => {
                            leaves(&branch.body).is_some()
                                && (says(&branch.test, CmpOp::NotEq)
                                    || says(&branch.test, CmpOp::Gt))
                        }
                        ast::Stmt::Assert(assert) => says(&assert.test, CmpOp::Eq),
                        _ => false,
                    };
                    if left {
                        return true;
                    }
                }
            }
            if outer.is_stmt_function_def() {
                return false;
            }
            inner = outer;
        }
        false
    }

    /// Whether a test, or a part of it, compares `len(items)` with 1 in that way.
    fn says_length(&self, test: &'a Expr, items: &'a Expr, wanted: CmpOp) -> bool {
        let items = self.text(items);
        self.tree.descendants(test).any(|node| {
            let AnyNodeRef::ExprCompare(compare) = node else {
                return false;
            };
            let ([op], Expr::Call(call), [Expr::NumberLiteral(number)]) =
                (&*compare.ops, &*compare.left, &*compare.comparators)
            else {
                return false;
            };
            let one = matches!(&number.value, Number::Int(int) if int.as_u64() == Some(1));
            *op == wanted
                && one
                && self.is(&*call.func, "builtins.len")
                && call.arguments.args.first().is_some_and(|of| {
                    let of = self.text(of);
                    of == items
                        || items
                            .strip_prefix(of)
                            .is_some_and(|rest| rest.starts_with('.'))
                })
        })
    }
}
