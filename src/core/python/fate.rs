//! What becomes of the value of an expression: whether it is only looked at, so that one object made once would serve as well.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprContext, ExprRef};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::symbols::{Binding, Symbol};
use super::uses::Use;

impl<'a> Facts<'a> {
    /// Whether the object that `expr` gives is only read, and nobody keeps it: directly, or through one local variable.
    ///
    /// Immutable values are only ever read.
    pub fn is_only_read(&self, expr: impl Into<ExprRef<'a>>) -> bool {
        let expr: ExprRef<'a> = expr.into();
        if self.ty(expr).is_hashable() {
            return true;
        }
        let node = AnyNodeRef::from(expr);
        let only_read = match self.kept_as(expr) {
            Some((_, symbol)) => self.variable_is_only_read(symbol),
            None => self.use_only_reads(node),
        };
        // What it holds may be new as well, and be changed on its own.
        only_read && !(self.makes_inner(expr) && self.leads_to_change(node))
    }

    /// Whether the container that an expression makes may hold objects that it makes as well.
    fn makes_inner(&self, expr: ExprRef<'a>) -> bool {
        let new = |item: &'a Expr| {
            let plain = matches!(
                item,
                Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) | Expr::Starred(_)
            );
            !plain && !self.ty(item).is_hashable()
        };
        match expr {
            ExprRef::ListComp(comp) => new(&comp.elt),
            ExprRef::SetComp(_) | ExprRef::Set(_) => false,
            ExprRef::DictComp(comp) => new(&comp.value),
            ExprRef::List(list) => list.elts.iter().any(new),
            ExprRef::Tuple(tuple) => tuple.elts.iter().any(new),
            ExprRef::Dict(dict) => dict.items.iter().any(|item| new(&item.value)),
            ExprRef::Call(call) => !self.name(&*call.func).is_some_and(|name| {
                name.strip_prefix("builtins.").is_some_and(|name| {
                    matches!(
                        name,
                        "list"
                            | "tuple"
                            | "set"
                            | "frozenset"
                            | "dict"
                            | "sorted"
                            | "str.split"
                            | "str.rsplit"
                            | "str.splitlines"
                    )
                })
            }),
            _ => true,
        }
    }

    /// The local variable, seen by no inner function, that holds the value of `expr` and nothing else.
    pub fn kept_as(
        &self,
        expr: impl Into<ExprRef<'a>>,
    ) -> Option<(&'a ast::StmtAssign, &Symbol<'a>)> {
        let expr: ExprRef<'a> = expr.into();
        let AnyNodeRef::StmtAssign(stmt) = self.tree.parent(AnyNodeRef::from(expr))? else {
            return None;
        };
        let [Expr::Name(name)] = stmt.targets.as_slice() else {
            return None;
        };
        let symbol = self.symbol(name)?;
        let local = self.tree.scope(symbol.scope).node.is_stmt_function_def();
        let only = matches!(self.only_binding(symbol), Some(Binding::Assign(_)));
        (local && only).then_some((stmt, symbol))
    }

    /// Whether all reads of a variable only look at its object.
    pub fn variable_is_only_read(&self, symbol: &Symbol<'a>) -> bool {
        !symbol.shared
            && self
                .reads(symbol)
                .all(|read| self.use_only_reads(read.into()))
    }

    fn use_only_reads(&self, node: AnyNodeRef<'a>) -> bool {
        let used = self.usage(node);
        match used {
            Use::Method(..) | Use::Argument(_) => !self.may_mutate(used) && !self.is_kept_by(used),
            Use::Item(item) => item.ctx == ExprContext::Load,
            Use::Haystack(_)
            | Use::Compared(_)
            | Use::Truth
            | Use::Iterated(_)
            | Use::Operand(_)
            | Use::AddedTo(_)
            | Use::Formatted
            | Use::Discarded => true,
            // `f(*xs)`: `usage` has judged the call, and unpacking a display copies.
            Use::Stored => matches!(
                self.tree.parent(node),
                Some(AnyNodeRef::ExprStarred(starred))
                    if !matches!(self.tree.parent(starred), Some(AnyNodeRef::StmtAssign(_)))
            ),
            Use::Attribute(_) | Use::Augmented(_) | Use::Returned | Use::Yielded | Use::Awaited => {
                false
            }
        }
    }

    /// Whether a call gives something that goes on reading the object: an iterator, a view.
    fn is_kept_by(&self, used: Use<'a>) -> bool {
        let (Use::Argument(call) | Use::Method(_, call)) = used else {
            return false;
        };
        let lazy = matches!(
            self.ty(call),
            super::types::Type::Iterator(_) | super::types::Type::DictView(_)
        );
        lazy && !self.use_is_passing(call)
    }

    /// Whether an iterator or view is used up on the spot.
    fn use_is_passing(&self, call: &'a ast::ExprCall) -> bool {
        match self.usage(call) {
            Use::Iterated(AnyNodeRef::StmtFor(_)) | Use::Haystack(_) | Use::Discarded => true,
            Use::Iterated(AnyNodeRef::Comprehension(clause)) => self
                .tree
                .parent(clause)
                .is_some_and(|outer| !outer.is_expr_generator()),
            Use::Argument(outer) => {
                self.reads_only(outer) && !matches!(self.ty(outer), super::types::Type::Iterator(_))
            }
            _ => false,
        }
    }

    /// Whether an expression is evaluated each time that `body_of` runs its body: no test, handler or short cut stands in between.
    ///
    /// Inner loops count as run; what may leave the body earlier does not.
    pub fn is_unconditional_in(
        &self,
        expr: impl Into<AnyNodeRef<'a>>,
        body_of: impl Into<AnyNodeRef<'a>>,
    ) -> bool {
        let end = body_of.into().range();
        let mut inner: AnyNodeRef<'a> = expr.into();
        while let Some(outer) = self.tree.parent(inner) {
            let is = |expr: &Expr| expr.range() == inner.range();
            let always = match outer {
                AnyNodeRef::StmtIf(branch) => is(&branch.test),
                AnyNodeRef::ElifElseClause(_)
                | AnyNodeRef::ExceptHandlerExceptHandler(_)
                | AnyNodeRef::MatchCase(_)
                | AnyNodeRef::StmtAssert(_)
                | AnyNodeRef::ExprLambda(_)
                | AnyNodeRef::StmtFunctionDef(_) => false,
                AnyNodeRef::ExprIf(branch) => is(&branch.test),
                AnyNodeRef::ExprBoolOp(op) => op.values.first().is_some_and(is),
                AnyNodeRef::ExprCompare(compare) => {
                    compare.comparators.len() < 2
                        || is(&compare.left)
                        || compare.comparators.first().is_some_and(is)
                }
                _ => true,
            };
            if outer.range() == end {
                // The test of a comprehension decides over its element.
                let filtered = super::tree::comprehension_generators(outer)
                    .iter()
                    .any(|clause| !clause.ifs.is_empty())
                    && !matches!(inner, AnyNodeRef::Comprehension(_));
                return always && !filtered;
            }
            if !always {
                return false;
            }
            inner = outer;
        }
        true
    }
}
