//! Rows of a database that are locked or claimed one by one, because somebody else may be faster.
//!
//! **Invariant**: says `true` only to keep rules about round trips silent; the words by which everybody calls claims are good enough
//! for that.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall, ExprName};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::loops::Loop;
use super::symbols::Binding;

/// What functions that claim a row are called, as one of the words of their names.
const CLAIMING: &[&str] = &["claim", "lease", "lock"];

/// How many variables are followed to a statement.
const MAX_HOPS: u8 = 3;

impl<'a> Facts<'a> {
    /// Whether a statement is one that others may have been faster with, row by row: it locks the row, the loop looks at how many
    /// rows it found, or hands the same session to what claims the item.
    pub fn is_claim(&self, call: &'a ExprCall, around: Loop<'a>) -> bool {
        self.locks_rows(call.into(), 0)
            || self.counts_rows(call, around)
            || self.claims_the_item(call, around)
    }

    /// `select(...).with_for_update()`, `objects.select_for_update()`, `with_locks(select(...), skip_locked=True)`, and variables that
    /// hold such a statement.
    fn locks_rows(&self, node: AnyNodeRef<'a>, hops: u8) -> bool {
        let locks = self.tree.descendants(node).any(|inner| match inner {
            AnyNodeRef::ExprAttribute(method) => matches!(
                method.attr.as_str(),
                "select_for_update" | "with_for_update"
            ),
            AnyNodeRef::Keyword(keyword) => keyword.arg.as_deref() == Some("skip_locked"),
            _ => false,
        });
        let statement = match node {
            AnyNodeRef::ExprCall(call) => match call.arguments.args.first() {
                Some(Expr::Name(name)) => Some(name),
                _ => None,
            },
            _ => None,
        };
        locks
            || statement.is_some_and(|name| {
                hops < MAX_HOPS
                    && self
                        .value_before(name)
                        .is_some_and(|value| self.locks_rows(value.into(), hops + 1))
            })
    }

    /// What was last assigned to a variable above a place that reads it, as the lines stand.
    pub(super) fn value_before(&self, name: &'a ExprName) -> Option<&'a Expr> {
        let symbol = self.symbol(name)?;
        let values = self.bindings(symbol).filter_map(|bound| match bound {
            Binding::Assign(stmt) => Some(&*stmt.value),
            Binding::Annotated(stmt) => stmt.value.as_deref(),
            _ => None,
        });
        values
            .filter(|value| value.end() < name.start())
            .max_by_key(|value| value.start())
    }

    /// `session.execute(...).rowcount`, also where a variable has the result.
    fn counts_rows(&self, call: &'a ExprCall, around: Loop<'a>) -> bool {
        let is_count = |node: Option<AnyNodeRef<'a>>| matches!(node, Some(AnyNodeRef::ExprAttribute(part)) if part.attr.as_str() == "rowcount");
        let value = match self.tree.parent(call) {
            Some(AnyNodeRef::ExprAwait(awaiting)) => self.tree.parent(awaiting),
            other => other,
        };
        let name = match value {
            Some(AnyNodeRef::StmtAssign(stmt)) => stmt.targets.first().and_then(Expr::as_name_expr),
            _ => None,
        };
        is_count(value)
            || name
                .and_then(|name| self.symbol(name))
                .is_some_and(|symbol| {
                    self.reads(symbol).any(|read| {
                        around.range().contains_range(read.range())
                            && is_count(self.tree.parent(read))
                    })
                })
    }

    /// Whether the loop hands the session to a function that locks or claims the item: `lock_job(session, number)`.
    fn claims_the_item(&self, call: &'a ExprCall, around: Loop<'a>) -> bool {
        let Expr::Attribute(method) = &*call.func else {
            return false;
        };
        self.tree.descendants(around.node()).any(|node| match node {
            AnyNodeRef::ExprCall(other) => {
                let name = match &*other.func {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(method) => method.attr.as_str(),
                    _ => return false,
                };
                name.split('_').any(|word| CLAIMING.contains(&word))
                    && around.repeats(other)
                    && (other.arguments.args.iter())
                        .any(|given| self.same_place(given, &method.value))
            }
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::python::facts::probe::probed_in_loop;

    /// Whether `s.probe` claims its row.
    fn claim(body: &str) -> bool {
        let text = format!("def f(s, xs):\n    for x in xs:\n{body}");
        probed_in_loop(&text, |facts, call, around| facts.is_claim(call, around))
    }

    #[test]
    fn rows_are_locked_counted_and_claimed() {
        for body in [
            "        s.probe(select(x).with_for_update())\n",
            "        s.probe(locked(select(x), skip_locked=True))\n",
            "        stmt = select(x).with_for_update()\n        s.probe(stmt)\n        stmt = delete(x)\n        s.go(stmt)\n",
            "        if s.probe(x).rowcount == 0:\n            break\n",
            "        done = s.probe(x)\n        print(done.rowcount)\n",
            "        lock_job(s, x)\n        s.probe(x)\n",
        ] {
            assert!(claim(body), "{body}");
        }
    }

    #[test]
    fn what_is_locked_elsewhere_is_no_claim() {
        for body in [
            "        s.probe(select(x))\n",
            "        s.probe(stmt)\n        stmt = select(x).with_for_update()\n        s.go(stmt)\n",
            "        done = s.probe(x)\n        print(done.first())\n",
            "        lock_job(x)\n        s.probe(x)\n",
            "        block(s, x)\n        s.probe(x)\n",
        ] {
            assert!(!claim(body), "{body}");
        }
    }
}
