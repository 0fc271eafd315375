//! Loops whose body is a job on each item: one query more or less is a small part of it.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::libraries::{Blocks, Effects};
use super::loops::Loop;
use super::symbols::Symbol;

/// A loop of more lines does so much with an item that its queries are not to be shared with others.
const LONGEST: usize = 80;

/// What takes longer than a database takes to answer.
const SLOWER: Effects = Effects::blocks(Blocks::Sleep)
    .or(Effects::blocks(Blocks::Http))
    .or(Effects::blocks(Blocks::Subprocess))
    .or(Effects::blocks(Blocks::Start))
    .or(Effects::blocks(Blocks::Input));

impl<'a> Facts<'a> {
    /// Whether hardly anybody feels one round trip more for each item: it is a small part of a job, or somebody runs the loop by hand.
    pub fn is_hardly_felt(&self, call: &'a ExprCall, around: Loop<'a>) -> bool {
        self.is_job(call, around) || self.is_run_by_hand(call)
    }

    /// Whether a loop does a job on each item besides a call: over many lines, with another call that is made for what it does, with
    /// something that is slower than the database, in several steps of which the call is one, or so that it is sent before the next
    /// item is looked at, `session.flush()`.
    pub fn is_job(&self, call: &'a ExprCall, around: Loop<'a>) -> bool {
        self.text(around.node()).lines().count() > LONGEST
            || self.works_on_items(call, around)
            || self.is_link(call, around)
            || self.tree.descendants(around.node()).any(|node| match node {
                AnyNodeRef::ExprCall(other) => {
                    other.range() != call.range()
                        && around.repeats(other)
                        && (self.is_flush(other)
                            || self
                                .knows(other)
                                .is_some_and(|entry| entry.effects.any_of(SLOWER)))
                }
                _ => false,
            })
    }

    /// Whether another function asks the same session for what the call needs, or gets the session together with what the call gave:
    /// `row = find(session, x); session.execute(delete(row.key))`, `row = session.get(Row, x); work(session, row)`.
    fn is_link(&self, call: &'a ExprCall, around: Loop<'a>) -> bool {
        let Expr::Attribute(method) = &*call.func else {
            return false;
        };
        // The statement may have been put together above.
        let statement = match call.arguments.args.first() {
            Some(Expr::Name(name)) => self.value_before(name),
            _ => None,
        };
        let is_needed = |symbol: &Symbol<'a>| {
            let asks = [Some(call.into()), statement.map(AnyNodeRef::from)];
            let mut nodes =
                (asks.into_iter().flatten()).flat_map(|part| self.tree.descendants(part));
            nodes.any(|node| match node {
                AnyNodeRef::ExprName(name) => {
                    name.ctx.is_load()
                        && self.symbol(name).is_some_and(|other| other.id == symbol.id)
                }
                _ => false,
            })
        };
        let row = self.assigned(call);
        let is_row = |one: &'a Expr| match (one, row) {
            (Expr::Name(name), Some(row)) => {
                self.symbol(name).is_some_and(|other| other.id == row.id)
            }
            _ => false,
        };
        self.tree.descendants(around.node()).any(|node| {
            let AnyNodeRef::ExprCall(other) = node else {
                return false;
            };
            let arguments = &other.arguments;
            let keywords = arguments.keywords.iter().map(|one| &one.value);
            let mut given = arguments.args.iter().chain(keywords);
            around.repeats(other)
                && given.clone().any(|one| self.same_place(one, &method.value))
                && (given.any(is_row) || self.assigned(other).is_some_and(is_needed))
        })
    }

    /// The variable that holds what a call gives, or a part of it: `row = session.execute(...).first()`.
    fn assigned(&self, call: &'a ExprCall) -> Option<&Symbol<'a>> {
        let outer = self.tree.ancestors(call).find(|outer| {
            !matches!(
                outer,
                AnyNodeRef::ExprAwait(_) | AnyNodeRef::ExprAttribute(_) | AnyNodeRef::ExprCall(_)
            )
        })?;
        match outer {
            AnyNodeRef::StmtAssign(stmt) => match &*stmt.targets {
                [Expr::Name(name)] => self.symbol(name),
                _ => None,
            },
            _ => None,
        }
    }

    /// `session.flush()`, whatever the item.
    fn is_flush(&self, call: &'a ExprCall) -> bool {
        call.arguments.is_empty()
            && call
                .func
                .as_attribute_expr()
                .is_some_and(|method| method.attr.as_str() == "flush")
    }
}

#[cfg(test)]
mod tests {
    use crate::python::facts::probe::probed_in_loop;

    /// Whether a loop does a job on each item besides `s.probe(x)`.
    fn job(body: &str) -> bool {
        linked(&format!("        s.probe(x)\n{body}"))
    }

    fn linked(body: &str) -> bool {
        let text = format!("import requests, subprocess\ndef f(s, xs):\n    for x in xs:\n{body}");
        probed_in_loop(&text, |facts, call, around| facts.is_job(call, around))
    }

    #[test]
    fn long_and_slow_bodies_are_jobs() {
        assert!(job("        requests.get(x)\n"));
        assert!(job("        subprocess.run(x)\n"));
        assert!(job("        s.flush()\n"));
        assert!(job("        follow(x)\n"));
        assert!(linked(
            "        y = s.probe(x).first()\n        follow(y, session=s)\n"
        ));
        assert!(linked("        y = find(s, x)\n        s.probe(y.key)\n"));
        assert!(linked(
            "        y = find(x, session=s)\n        stmt = delete(y)\n        s.probe(stmt)\n"
        ));
        assert!(job(&"        print(x)\n".repeat(80)));
    }

    #[test]
    fn short_ones_are_not() {
        assert!(!job(""));
        assert!(!job("        s.add(x)\n"));
        assert!(!linked(
            "        y = s.probe(x).first()\n        z = follow(s, y.key)\n"
        ));
        assert!(!linked("        y = find(x)\n        s.probe(y.key)\n"));
        assert!(!linked("        s.probe(x)\n        y = count(s, x)\n"));
        assert!(!job(&"        print(x)\n".repeat(70)));
        assert!(!job("    requests.get(xs)\n    s.flush()\n"));
    }
}
