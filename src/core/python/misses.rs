//! Calls that are made only for what is not known yet: a memory stands before them.

use ruff_python_ast::{AnyNodeRef, CmpOp, Expr, ExprCall, StmtIf, UnaryOp};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::loops::Loop;
use super::symbols::Binding;

impl<'a> Facts<'a> {
    /// Whether a call only runs where something that is kept does not have the item: `if key not in known:`,
    /// `if not (found := known.get(key)):`, `if found is None:`.
    pub(super) fn is_asked_on_a_miss(&self, call: &'a ExprCall, around: Loop<'a>) -> bool {
        let is_lookup = |value: &'a Expr| {
            matches!(value, Expr::Call(found)
                if matches!(&*found.func, Expr::Attribute(method) if method.attr.as_str() == "get")
                    && self.knows(found).is_none())
        };
        let looks_up = |expr: &'a Expr| match expr {
            Expr::Named(named) => is_lookup(&named.value),
            Expr::Name(name) => self.symbol(name).is_some_and(|symbol| {
                self.bindings(symbol).any(|binding| match binding {
                    Binding::Assign(stmt) => around.repeats(stmt) && is_lookup(&stmt.value),
                    _ => false,
                })
            }),
            other => is_lookup(other),
        };
        self.ancestors_within(call, around).any(|outer| {
            let AnyNodeRef::StmtIf(branch) = outer else {
                return false;
            };
            let in_body = branch
                .body
                .iter()
                .any(|stmt| stmt.range().contains_range(call.range()));
            in_body
                && match &*branch.test {
                    Expr::UnaryOp(not) => not.op == UnaryOp::Not && looks_up(&not.operand),
                    Expr::Compare(compare) => match &*compare.ops {
                        [CmpOp::Is] => looks_up(&compare.left),
                        // What the branch then adds to: a memory of what was asked.
                        [CmpOp::NotIn] => compare
                            .comparators
                            .first()
                            .is_some_and(|kept| self.is_filled_in(kept, branch)),
                        _ => false,
                    },
                    _ => false,
                }
        })
    }

    /// Whether a branch puts something into a container: `known[key] = value`, `seen.add(key)`.
    fn is_filled_in(&self, kept: &'a Expr, branch: &'a StmtIf) -> bool {
        self.tree.descendants(branch).any(|node| match node {
            AnyNodeRef::ExprSubscript(item) => {
                item.ctx.is_store() && self.same_place(&item.value, kept)
            }
            AnyNodeRef::ExprCall(call) => matches!(&*call.func, Expr::Attribute(method)
                if matches!(method.attr.as_str(), "add" | "setdefault")
                    && self.same_place(&method.value, kept)),
            _ => false,
        })
    }
}
