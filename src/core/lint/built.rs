//! Things that are dear to make, and made again for each call: what the rules on them have in common.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall};
use ruff_text_size::{Ranged, TextRange};

use super::Cx;
use crate::python::function_around;

impl<'a> Cx<'a> {
    /// Why what `call` makes is made often, and the place that says so; `None` where that is not known, or where it is kept, handed
    /// on, used many times, or made of what the caller gives.
    pub fn built_per_call(&self, call: &'a ExprCall) -> Option<(TextRange, &'static str)> {
        let def = function_around(&self.tree, call)?;
        if let Some(around) = self.in_loop(call) {
            let own = around.iter().is_some() && !self.names_bound_in(&call.arguments, around);
            return (own && self.is_used_here(call))
                .then(|| (around.header(), "for each item of this loop"));
        }
        let is_cached = def.decorator_list.iter().any(|decorator| {
            self.decorator_name(decorator).is_some_and(|name| {
                name.contains("cache")
                    || name.contains("contextmanager")
                    || name.contains("fixture")
            })
        });
        // Made of what the caller gives: credentials, a host.
        let scope = self.tree.scope_in(def)?.node;
        let is_given = self
            .tree
            .descendants(&call.arguments)
            .any(|node| match node {
                AnyNodeRef::ExprName(name) => self.symbol(name).is_some_and(|symbol| {
                    let of_function = self.tree.scope(symbol.scope).node.range() == scope.range();
                    of_function && self.class_of_self(name).is_none()
                }),
                _ => false,
            });
        if is_cached || is_given || !self.is_used_here(call) || self.is_used_often(call) {
            return None;
        }
        let name = def.name.range();
        if self.is_handler(def) {
            return Some((name, "runs for each request"));
        }
        if let Some(place) = self.called_in_loop(def) {
            return Some((place.range(), "calls the function for each of many"));
        }
        let is_method = def.is_async
            && matches!(self.tree.parent(def), Some(AnyNodeRef::StmtClassDef(_)))
            && !def.name.starts_with("__");
        is_method.then_some((name, "may be called any number of times"))
    }

    /// Whether what `call` makes stays in the function: it is a context, a local variable, or used up on the spot.
    fn is_used_here(&self, call: &'a ExprCall) -> bool {
        let mut inner: AnyNodeRef<'a> = call.into();
        if let Some(AnyNodeRef::ExprAwait(outer)) = self.tree.parent(inner) {
            inner = outer.into();
        }
        match self.tree.parent(inner) {
            Some(AnyNodeRef::WithItem(item)) => match item.optional_vars.as_deref() {
                Some(Expr::Name(name)) => !self.is_handed_out(name),
                Some(_) => false,
                None => true,
            },
            Some(AnyNodeRef::StmtAssign(assign)) => match &*assign.targets {
                [Expr::Name(name)] => !self.is_handed_out(name),
                _ => false,
            },
            Some(AnyNodeRef::ExprAttribute(_)) => true,
            _ => false,
        }
    }

    /// Whether a variable is global, or returned, yielded or kept somewhere.
    fn is_handed_out(&self, name: &'a ruff_python_ast::ExprName) -> bool {
        let Some(symbol) = self.symbol(name) else {
            return true;
        };
        symbol.shared
            || self.reads(symbol).any(|read| {
                matches!(
                    self.tree.parent(read),
                    Some(
                        AnyNodeRef::StmtReturn(_)
                            | AnyNodeRef::ExprYield(_)
                            | AnyNodeRef::StmtAssign(_)
                            | AnyNodeRef::ExprTuple(_)
                            | AnyNodeRef::ExprDict(_)
                            | AnyNodeRef::ExprList(_)
                    )
                )
            })
    }

    /// Whether what is made is used in a loop: then it serves many requests.
    fn is_used_often(&self, call: &'a ExprCall) -> bool {
        let Some(stmt) = self.tree.statement(call) else {
            return true;
        };
        let name = match stmt {
            AnyNodeRef::StmtWith(with) => with
                .items
                .iter()
                .find(|item| item.context_expr.range().contains_range(call.range()))
                .and_then(|item| item.optional_vars.as_deref()),
            AnyNodeRef::StmtAssign(assign) => assign.targets.first(),
            _ => None,
        };
        let Some(symbol) = name
            .and_then(Expr::as_name_expr)
            .and_then(|name| self.symbol(name))
        else {
            return false;
        };
        let used: Vec<_> = self.reads(symbol).collect();
        used.len() > 2 || used.iter().any(|read| self.tree.is_looped(*read))
    }
}
