//! What may fail for one item of a loop without harm to the others, and loops that are only run because something failed.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall, Stmt};
use ruff_text_size::Ranged;

use super::blocks::siblings;
use super::facts::Facts;
use super::libraries::Entry;
use super::loops::Loop;

impl<'a> Facts<'a> {
    /// Whether a loop stands where an exception is handled: for one item after the other, because all of them at once failed.
    pub fn is_fallback(&self, around: Loop<'a>) -> bool {
        self.tree
            .ancestors(around.node())
            .take_while(|outer| !outer.is_stmt_function_def())
            .any(|outer| outer.is_except_handler_except_handler())
    }

    /// Whether nobody wants the result of a call, and the loop goes on with the next item where it fails: all items at once would fail
    /// together.
    pub fn fails_alone(&self, call: &'a ExprCall, around: Loop<'a>) -> bool {
        // `session.execute(...).one()` as well.
        let mut outer = self.tree.ancestors(call);
        let whole = outer.find(|outer| {
            !matches!(
                outer,
                AnyNodeRef::ExprAwait(_) | AnyNodeRef::ExprAttribute(_) | AnyNodeRef::ExprCall(_)
            )
        });
        let is_done_for_itself = whole.is_some_and(|stmt| stmt.is_stmt_expr());
        is_done_for_itself
            && self
                .ancestors_within(call, around)
                .any(|outer| match outer {
                    AnyNodeRef::StmtTry(attempt) => {
                        let tries = (attempt.body.iter())
                            .any(|stmt| stmt.range().contains_range(call.range()));
                        tries
                            && attempt.handlers.iter().any(|handler| {
                                !self.tree.descendants(handler).any(|node| {
                                    matches!(
                                        node,
                                        AnyNodeRef::StmtRaise(_)
                                            | AnyNodeRef::StmtReturn(_)
                                            | AnyNodeRef::StmtBreak(_)
                                    )
                                })
                            })
                    }
                    // `with suppress(Error):`
                    AnyNodeRef::StmtWith(with) => with.items.iter().any(|item| {
                        matches!(&item.context_expr, Expr::Call(made)
                            if self.is(&*made.func, "contextlib.suppress"))
                    }),
                    _ => false,
                })
    }

    /// Whether the branch tells of an error before a call, or each item gets a warning: nobody waits for that.
    pub fn is_said_of_an_error(&self, call: &'a ExprCall, around: Loop<'a>) -> bool {
        let Some(stmt) = self.tree.statement(call) else {
            return false;
        };
        let is_branch =
            (self.tree.parent(stmt)).is_some_and(|parent| parent.range() != around.range());
        let mut before = siblings(&self.tree, stmt)
            .iter()
            .take_while(|other| other.start() < stmt.start());
        before.any(|other| match other {
            Stmt::Expr(said) => said
                .value
                .as_call_expr()
                .is_some_and(|said| match is_branch {
                    true => self.logs_an_error(said),
                    false => self.warns(said),
                }),
            _ => false,
        })
    }

    /// Whether what fails for one item is done otherwise for that item, by a call that is known as `wanted`: all of them at once would
    /// fail together.
    pub fn has_another_way(
        &self,
        call: &'a ExprCall,
        around: Loop<'a>,
        wanted: impl Fn(&'static Entry) -> bool,
    ) -> bool {
        let mut within = self.ancestors_within(call, around);
        within.any(|outer| match outer {
            AnyNodeRef::StmtTry(attempt) => attempt.handlers.iter().any(|handler| {
                handler.start() > call.end()
                    && self.tree.descendants(handler).any(|node| match node {
                        AnyNodeRef::ExprCall(other) => self.knows(other).is_some_and(&wanted),
                        _ => false,
                    })
            }),
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::python::facts::probe::probed_in_loop;

    #[test]
    fn an_item_fails_alone_where_the_loop_goes_on() {
        for (body, wanted) in [
            (
                "    try:\n        probe(x)\n    except E:\n        log(x)\n",
                true,
            ),
            (
                "    try:\n        probe(x)\n    except E:\n        continue\n",
                true,
            ),
            ("    with contextlib.suppress(E):\n        probe(x)\n", true),
            (
                "    try:\n        probe(x)\n    except E:\n        raise F\n",
                false,
            ),
            (
                "    try:\n        probe(x)\n    except E:\n        raise F\n    except F:\n        log(x)\n",
                true,
            ),
            (
                "    try:\n        probe(x)\n    finally:\n        log(x)\n",
                false,
            ),
            (
                "    try:\n        probe(x).one()\n    except E:\n        add(x)\n",
                true,
            ),
            (
                "    try:\n        y = probe(x)\n    except E:\n        y = None\n",
                false,
            ),
            (
                "    try:\n        log(x)\n    except E:\n        pass\n    probe(x)\n",
                false,
            ),
        ] {
            let text = format!("import contextlib\nfor x in xs:\n{body}");
            let found =
                probed_in_loop(&text, |facts, call, around| facts.fails_alone(call, around));
            assert_eq!(found, wanted, "{text}");
        }
    }

    #[test]
    fn a_loop_that_handles_an_error_is_a_fallback() {
        for (text, wanted) in [
            (
                "try:\n    all(xs)\nexcept E:\n    for x in xs:\n        probe(x)\n",
                true,
            ),
            (
                "try:\n    for x in xs:\n        probe(x)\nexcept E:\n    pass\n",
                false,
            ),
            (
                "try:\n    all(xs)\nexcept E:\n    def f():\n        for x in xs:\n            probe(x)\n",
                false,
            ),
        ] {
            let found = probed_in_loop(text, |facts, _, around| facts.is_fallback(around));
            assert_eq!(found, wanted, "{text}");
        }
    }
}
