//! Rows of a database that are locked or claimed one by one, because somebody else may be faster.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::loops::Loop;

impl<'a> Facts<'a> {
    /// Whether a statement is one that others may have been faster with, row by row: it locks the row, or the loop looks at how
    /// many rows it found.
    pub fn is_claim(&self, call: &'a ExprCall, around: Loop<'a>) -> bool {
        let locks = self.tree.descendants(call).any(|node| {
            matches!(node, AnyNodeRef::ExprAttribute(method)
                if matches!(method.attr.as_str(), "select_for_update" | "with_for_update"))
        });
        if locks {
            return true;
        }
        let value = match self.tree.parent(call) {
            Some(AnyNodeRef::ExprAwait(awaiting)) => self.tree.parent(awaiting),
            other => other,
        };
        let name = match value {
            Some(AnyNodeRef::StmtAssign(stmt)) => stmt.targets.first().and_then(Expr::as_name_expr),
            _ => None,
        };
        name.and_then(|name| self.symbol(name))
            .is_some_and(|symbol| {
                self.reads(symbol).any(|read| {
                    around.range().contains_range(read.range())
                        && matches!(self.tree.parent(read), Some(AnyNodeRef::ExprAttribute(part))
                        if part.attr.as_str() == "rowcount")
                })
            })
    }
}
