//! Places before a loop: where what a repeated search needs can be made once.

use ruff_python_ast::{AnyNodeRef, Expr};

use super::{Cx, Edit};
use crate::python::{Repeated, ScopeKind, comprehension_generators};

impl<'a> Cx<'a> {
    /// The outermost loop or call that repeats a search and leaves the haystack alone; `None` where it changes meanwhile.
    pub fn steady(&self, repeated: &Repeated<'a>, haystack: &'a Expr) -> Option<AnyNodeRef<'a>> {
        if repeated.loops.is_empty() {
            return Some(repeated.around);
        }
        let mut steady = None;
        for around in &repeated.loops {
            if !self.is_left_alone(haystack, *around) {
                break;
            }
            steady = Some(around.node());
        }
        steady
    }

    /// A line of its own before the statement that holds `repeated`, a loop or a call; `None` where that statement's values are
    /// evaluated at another time, as in a lambda or an `elif`, or where the line would put a name into a class.
    pub fn line_before_loop(&self, repeated: AnyNodeRef<'a>, line: &str) -> Option<Edit> {
        let stmt = self.tree.statement(repeated)?;
        let moved = !repeated.is_statement()
            && self
                .tree
                .ancestors(repeated)
                .take_while(|outer| !outer.is_statement())
                .any(|outer| {
                    matches!(
                        outer,
                        AnyNodeRef::ExprLambda(_) | AnyNodeRef::ElifElseClause(_)
                    ) || !comprehension_generators(outer).is_empty()
                });
        // The test of a `while` is evaluated anew each time.
        let tested_again = stmt.is_stmt_while() && !repeated.is_statement();
        let scope = self.tree.scope(self.tree.scope_of(stmt)).kind;
        if moved || tested_again || scope == ScopeKind::Class {
            return None;
        }
        self.line_before(stmt, line)
    }
}
