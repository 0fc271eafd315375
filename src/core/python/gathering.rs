//! What a loop does with its items besides gathering them: calls that are made for what they do, whose result nobody takes.
//!
//! **Invariant**: decides what is reported unasked, never whether a finding is right. A call that nobody knows counts as work: only
//! where all of a loop's calls are known to gather does a round trip stand out.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall};
use ruff_text_size::Ranged;

use super::blocks::function_around;
use super::facts::Facts;
use super::libraries::Does;
use super::loops::Loop;

/// Methods that put something into a collection or a file, take something out, or note it down.
const GATHERING: &[&str] = &[
    "add",
    "append",
    "appendleft",
    "discard",
    "extend",
    "insert",
    "pop",
    "remove",
    "setdefault",
    "update",
    "write",
    "writelines",
    "writerow",
    "writerows",
];

impl<'a> Facts<'a> {
    /// Whether a loop does something with each item besides `part`: it sends, checks or counts anew what that may have given. Other
    /// statements of the database do not count: what is true of one of them is true of all.
    pub fn works_on_items(&self, part: impl Ranged, around: Loop<'a>) -> bool {
        self.deeds(part, around).any(|deed| {
            !self
                .knows(deed)
                .is_some_and(|entry| entry.does(Does::Queries) || entry.does(Does::Maps))
        })
    }

    /// Whether all that a loop does with what `part` gives is to keep it: no other call of the loop is made for what it does.
    pub fn only_gathers(&self, part: impl Ranged, around: Loop<'a>) -> bool {
        self.deeds(part, around).next().is_none()
    }

    /// Calls in a loop, besides `part`, that are made for what they do.
    fn deeds(&self, part: impl Ranged, around: Loop<'a>) -> impl Iterator<Item = &'a ExprCall> {
        let nodes = self.tree.descendants(around.node());
        let made = nodes.filter_map(|node| match node {
            AnyNodeRef::StmtExpr(stmt) => match &*stmt.value {
                Expr::Await(waiting) => waiting.value.as_call_expr(),
                value => value.as_call_expr(),
            },
            _ => None,
        });
        made.filter(move |made| {
            made.range() != part.range() && around.repeats(*made) && !self.gathers(made)
        })
    }

    fn gathers(&self, call: &'a ExprCall) -> bool {
        let is_method = match &*call.func {
            Expr::Attribute(method) => GATHERING.contains(&method.attr.as_str()),
            _ => false,
        };
        is_method
            && self
                .name(&*call.func)
                .is_none_or(|name| !name.starts_with("os."))
            || self.logs(call)
            || self
                .name(&*call.func)
                .is_some_and(|name| name.starts_with("builtins.") && !name.ends_with(".input"))
    }

    /// Whether a loop may stop before its last item: a search.
    pub fn ends_early(&self, around: Loop<'a>) -> bool {
        let own = function_around(&self.tree, around.node()).map(|def| self.tree.id(def));
        self.tree.descendants(around.node()).any(|node| match node {
            AnyNodeRef::StmtBreak(_) => {
                let mut outer = self.tree.ancestors(node);
                let of = outer.find(|outer| outer.is_stmt_for() || outer.is_stmt_while());
                of.is_some_and(|of| self.tree.id(of) == self.tree.id(around.node()))
            }
            AnyNodeRef::StmtReturn(_) => {
                function_around(&self.tree, node).map(|def| self.tree.id(def)) == own
            }
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::python::facts::probe::probed_in_loop;

    fn text(body: &str) -> String {
        format!("async def f(s, xs, out):\n    for x in xs:\n        {body}\n")
    }

    #[test]
    fn what_is_kept_or_noted_down_is_gathered() {
        for body in [
            "out.append(s.probe(x))",
            "y = s.probe(x)\n        out[x] = y.name",
            "x.rows = s.probe(x)",
            "log.info('row %s', x)\n        yield s.probe(x)",
            "s.probe(x)",
            "setattr(x, 'row', s.probe(x))",
            "out.writerow(s.probe(x))",
        ] {
            let gathers = probed_in_loop(&text(body), |facts, call, around| {
                facts.only_gathers(call, around)
            });
            assert!(gathers, "{body}");
        }
    }

    #[test]
    fn calls_that_nobody_knows_are_work() {
        for body in [
            "s.probe(x).tidy()",
            "send(s.probe(x))",
            "row = s.probe(x)\n        row.count_anew()",
            "s.probe(x)\n        await notify(x)",
            "import os\n        os.remove(s.probe(x))",
        ] {
            for (what, works) in [
                (
                    "gathers",
                    probed_in_loop(&text(body), |facts, call, around| {
                        !facts.only_gathers(call, around)
                    }),
                ),
                (
                    "works",
                    probed_in_loop(&text(body), |facts, call, around| {
                        facts.works_on_items(call, around)
                    }),
                ),
            ] {
                assert!(works, "{what}: {body}");
            }
        }
    }

    #[test]
    fn searches_end_early() {
        for (body, ends) in [
            ("if s.probe(x):\n            break", true),
            ("if s.probe(x):\n            return x", true),
            ("for y in s.probe(x):\n            break", false),
            ("s.probe(x)\n        def f():\n            return x", false),
            ("yield s.probe(x)", false),
        ] {
            let found = probed_in_loop(&text(body), |facts, _, around| facts.ends_early(around));
            assert_eq!(found, ends, "{body}");
        }
    }
}
