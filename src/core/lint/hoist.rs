//! Moving an expression in front of the loop that evaluates it again and again.

use ruff_python_ast::{AnyNodeRef, ExprRef};
use ruff_text_size::Ranged;

use super::{Cx, Edit, Fix};
use crate::python::{Loop, Purity, ScopeKind, comprehension_generators};

impl<'a> Cx<'a> {
    /// The fix that evaluates `expr` once, in front of `around`, and calls it `name` or something like it; `None` where there is no
    /// place for such a line.
    ///
    /// Safe if nobody can notice: nothing changes what `expr` reads, it cannot raise, and all of it is there before the loop. Else
    /// `caveat` says what to look at.
    pub fn hoist(
        &self,
        expr: impl Into<ExprRef<'a>>,
        around: Loop<'a>,
        name: &str,
        caveat: &str,
    ) -> Option<Fix> {
        self.hoist_as(expr, None, around, name, caveat)
    }

    /// The same, with another text for what is evaluated in front of the loop; never safe then.
    pub fn hoist_as(
        &self,
        expr: impl Into<ExprRef<'a>>,
        instead: Option<&str>,
        around: Loop<'a>,
        name: &str,
        caveat: &str,
    ) -> Option<Fix> {
        let expr: ExprRef<'a> = expr.into();
        let stmt = self.tree.statement(around.node())?;
        let between: Vec<AnyNodeRef<'a>> = self
            .tree
            .ancestors(around.node())
            .take_while(|outer| outer.range() != stmt.range())
            .collect();
        // Behind a test, or in a loop of the same statement that is not meant.
        let elsewhere = between.iter().any(|outer| {
            matches!(
                outer,
                AnyNodeRef::ExprLambda(_)
                    | AnyNodeRef::ElifElseClause(_)
                    | AnyNodeRef::ExprIf(_)
                    | AnyNodeRef::ExprBoolOp(_)
            ) || !comprehension_generators(*outer).is_empty()
        });
        let decorated = matches!(stmt, AnyNodeRef::StmtWhile(_) if matches!(around, Loop::Clause { .. }))
            || stmt.is_stmt_function_def()
            || stmt.is_stmt_class_def();
        let scope = self.tree.scope(self.tree.scope_of(stmt)).kind;
        let text = instead.unwrap_or(self.text(expr));
        let bare = matches!(expr, ExprRef::Generator(generator) if !generator.parenthesized);
        if elsewhere
            || decorated
            || scope == ScopeKind::Class
            || self.has_comment(expr)
            || text.contains('\n')
            || bare
            || !self.names_exist(expr, stmt)
        {
            return None;
        }
        let fix = match self
            .whole_statement(expr, around)
            .filter(|_| instead.is_none())
        {
            Some((line, name)) => Fix::safe(
                format!("Make `{name}` before the loop"),
                vec![
                    self.line_before(stmt, self.text(line))?,
                    self.delete_lines(line),
                ],
            ),
            None => {
                let name = self.fresh_name(name);
                Fix::safe(
                    format!("Make `{name}` before the loop"),
                    vec![
                        self.line_before(stmt, &format!("{name} = {text}"))?,
                        Edit::replace(expr, name),
                    ],
                )
            }
        };
        // A generator runs later than the statement that holds it.
        let lazy = around.node().is_expr_generator()
            && !between.iter().any(|outer| {
                matches!(outer, AnyNodeRef::ExprCall(call) if self.reads_only(call)
                    && !matches!(self.ty(*call), crate::python::Type::Iterator(_)))
            });
        let proven = !lazy
            && instead.is_none()
            && scope == ScopeKind::Function
            && self.purity(expr) == Purity::Certain
            && !self.may_raise(expr)
            && self.is_invariant(expr, around)
            && self.runs_nothing_before(stmt, around);
        Some(if proven {
            fix
        } else {
            fix.unsafe_because(caveat)
        })
    }

    /// Whether what the statement evaluates before the loop begins leaves everything alone.
    fn runs_nothing_before(&self, stmt: AnyNodeRef<'a>, around: Loop<'a>) -> bool {
        match around {
            Loop::Clause { .. } => self.tree.descendants(stmt).all(|node| match node {
                AnyNodeRef::ExprCall(call) => self.is_harmless_call(call),
                AnyNodeRef::ExprAwait(_)
                | AnyNodeRef::ExprYield(_)
                | AnyNodeRef::ExprYieldFrom(_)
                | AnyNodeRef::ExprNamed(_) => false,
                _ => true,
            }),
            _ => around
                .iter()
                .is_none_or(|iter| self.purity(iter) > Purity::Impure),
        }
    }

    fn names_exist(&self, expr: ExprRef<'a>, stmt: AnyNodeRef<'a>) -> bool {
        self.tree
            .descendants(AnyNodeRef::from(expr))
            .all(|node| match node {
                AnyNodeRef::ExprName(name) => {
                    let own = self.symbol(name).is_some_and(|symbol| {
                        expr.range()
                            .contains_range(self.tree.scope(symbol.scope).node.range())
                    });
                    own || self.symbol(name).is_none() || self.is_bound_before(name, stmt)
                }
                _ => true,
            })
    }

    /// The statement `name = expr` of the loop's body, where it can be moved as it is.
    fn whole_statement(
        &self,
        expr: ExprRef<'a>,
        around: Loop<'a>,
    ) -> Option<(&'a ruff_python_ast::StmtAssign, &'a str)> {
        let (stmt, symbol) = self.kept_as(expr)?;
        let in_body = self.tree.parent(stmt)?.range() == around.range();
        let inside = self
            .reads(symbol)
            .all(|read| read.start() > stmt.end() && around.repeats(read));
        let alone = crate::python::siblings(&self.tree, stmt.into()).len() > 1
            && self.is_alone_on_its_lines(stmt)
            && !self.text(stmt).contains('\n');
        (in_body && inside && alone && self.is_fast_local(symbol)).then_some((stmt, symbol.name))
    }
}
