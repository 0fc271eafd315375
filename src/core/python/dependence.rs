//! What depends on the item at hand of a loop, and what is the same in each iteration.

use ruff_python_ast::AnyNodeRef;
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::loops::Loop;
use super::symbols::Binding;

/// How many assignments are followed back to the item at hand.
const STEPS: u32 = 4;

impl<'a> Facts<'a> {
    /// Whether what an expression gives depends on the item at hand: it names what the loop goes over, or what was made of that in
    /// the same iteration.
    pub fn names_bound_in(&self, expr: impl Into<AnyNodeRef<'a>>, around: Loop<'a>) -> bool {
        self.depends_on_item(expr.into(), around, STEPS)
    }

    fn depends_on_item(&self, expr: AnyNodeRef<'a>, around: Loop<'a>, steps: u32) -> bool {
        self.tree.descendants(expr).any(|node| {
            let AnyNodeRef::ExprName(name) = node else {
                return false;
            };
            let Some(symbol) = self.symbol(name) else {
                return false;
            };
            let inside: Vec<AnyNodeRef<'a>> = self
                .binding_nodes(symbol)
                .filter(|bound| {
                    around.repeats(*bound) && !expr.range().contains_range(bound.range())
                })
                .collect();
            let is_item = |bound: &AnyNodeRef<'a>| {
                (around.target()).is_some_and(|target| target.range().contains_range(bound.range()))
            };
            if inside.is_empty() || inside.iter().any(is_item) {
                return !inside.is_empty();
            }
            let sources = self.bindings(symbol).filter_map(|bound| match bound {
                Binding::Assign(assign) => Some(AnyNodeRef::from(&*assign.value)),
                Binding::Annotated(assign) => assign.value.as_deref().map(AnyNodeRef::from),
                Binding::Walrus(named) => Some((&*named.value).into()),
                Binding::For(stmt) => Some((&*stmt.iter).into()),
                Binding::Comprehension(clause) => Some((&clause.iter).into()),
                Binding::With(item, _) => Some((&item.context_expr).into()),
                _ => None,
            });
            let mut sources = sources.filter(|value| around.repeats(*value)).peekable();
            // Parts of a tuple and the like: nobody knows.
            if sources.peek().is_none() {
                return true;
            }
            steps > 0 && sources.any(|value| self.depends_on_item(value, around, steps - 1))
        })
    }
}
