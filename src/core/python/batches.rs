//! Loops over batches, and what takes many items at once: that is the way it should be done already.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall, Stmt};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::libraries::Does;
use super::loops::Loop;

impl<'a> Facts<'a> {
    /// Whether the item at hand stands for many where a call takes it: `f(*item)`, `column.in_(item)`, `filter(id__in=item)`.
    pub(super) fn takes_many(&self, call: &'a ExprCall, around: Loop<'a>) -> bool {
        let is_item = |expr: &'a Expr| self.names_bound_in(expr, around);
        self.tree.descendants(call).any(|node| match node {
            AnyNodeRef::ExprStarred(starred) => is_item(&starred.value),
            AnyNodeRef::Keyword(keyword) => {
                keyword
                    .arg
                    .as_ref()
                    .is_some_and(|name| name.ends_with("__in"))
                    && is_item(&keyword.value)
            }
            AnyNodeRef::ExprCall(inner) => {
                matches!(&*inner.func, Expr::Attribute(method)
                    if matches!(method.attr.as_str(), "in_" | "not_in" | "any_"))
                    && inner.arguments.args.iter().any(is_item)
            }
            _ => false,
        })
    }

    /// Whether the items of a loop are batches: it goes over as few of them as can be.
    ///
    /// What no type tells, the words do: `for chunk in chunks(ids)`.
    pub fn goes_over_batches(&self, around: Loop<'a>) -> bool {
        let (Some(iter), Some(target)) = (around.iter(), around.target()) else {
            return false;
        };
        let callee = match iter {
            Expr::Call(call) => self.text(&*call.func),
            _ => "",
        };
        says_batch(self.text(target)) || says_batch(callee)
    }

    /// Whether what is gone over is one batch of many, as its name says.
    pub fn is_batch(&self, items: &'a Expr) -> bool {
        matches!(items, Expr::Name(_) | Expr::Attribute(_)) && says_batch(self.text(items))
    }

    /// Whether another branch asks for all items at once: this one is for what cannot do that.
    pub fn is_done_at_once_elsewhere(&self, around: Loop<'a>) -> bool {
        let Some(items) = around.iter().and_then(Expr::as_name_expr) else {
            return false;
        };
        let asks_for_all = |branch: &'a [Stmt]| {
            let nodes = || branch.iter().flat_map(|stmt| self.tree.descendants(stmt));
            let takes_all = nodes().any(|node| match node {
                AnyNodeRef::ExprName(name) => {
                    self.same_symbol(name, items)
                        && matches!(self.tree.parent(name), Some(AnyNodeRef::Arguments(_)))
                }
                _ => false,
            });
            takes_all
                && nodes().any(|node| match node {
                    AnyNodeRef::ExprCall(call) => self
                        .knows(call)
                        .is_some_and(|entry| entry.does(Does::Queries)),
                    _ => false,
                })
        };
        let within = |branch: &&'a [Stmt]| {
            (branch.iter()).any(|stmt| stmt.range().contains_range(around.range()))
        };
        self.tree.ancestors(around.node()).any(|outer| {
            let branches: Vec<&'a [Stmt]> = match outer {
                AnyNodeRef::StmtMatch(stmt) => stmt.cases.iter().map(|case| &*case.body).collect(),
                AnyNodeRef::StmtIf(stmt) => {
                    let others = stmt.elif_else_clauses.iter().map(|clause| &*clause.body);
                    std::iter::once(&*stmt.body).chain(others).collect()
                }
                _ => return false,
            };
            let mut others = branches.into_iter().filter(|branch| !within(branch));
            others.any(asks_for_all)
        })
    }
}

fn says_batch(text: &str) -> bool {
    const WORDS: &[&str] = &["batch", "chunk", "bulk", "attempt", "retr"];
    let text = text.to_ascii_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}
