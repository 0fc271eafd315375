//! The variables of a loop: whether anybody reads them, and whether they only serve to look an item up.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprContext, ExprName};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::loops::Loop;
use super::tree::ScopeKind;

impl<'a> Facts<'a> {
    /// Whether nobody reads what a loop binds to one of its variables, by name or by looking at all local variables.
    pub fn is_unread(&self, name: &'a ExprName, around: Loop<'a>) -> bool {
        let Some(symbol) = self.symbol(name) else {
            return false;
        };
        let inside = around.range();
        // A name that says that it is not used may be seen from other modules; nobody looks.
        let says_so = name.id.starts_with('_')
            && !symbol.shared
            && self.tree.scope(symbol.scope).kind == ScopeKind::Module;
        let mut reads = self.reads(symbol);
        !self.is_rebound(name, around)
            && !self
                .reads(symbol)
                .any(|read| inside.contains_range(read.range()))
            && (if says_so {
                reads.next().is_none()
            } else {
                !self.is_seen_outside(symbol, inside)
            })
            && !self.looks_at_variables(around)
    }

    /// Whether something in a loop, besides the loop itself, binds one of its variables.
    pub fn is_rebound(&self, name: &'a ExprName, around: Loop<'a>) -> bool {
        self.symbol(name).is_none_or(|symbol| {
            symbol.shared
                || self.binding_nodes(symbol).any(|node| {
                    around.range().contains_range(node.range()) && node.range() != name.range()
                })
        })
    }

    /// Whether the function around a loop looks at its local variables as a whole, or runs code that may.
    pub fn looks_at_variables(&self, around: Loop<'a>) -> bool {
        let mut scope = self.tree.scope(self.tree.scope_of(around.node()));
        while scope.kind == ScopeKind::Comprehension {
            scope = self.tree.scope(scope.parent);
        }
        self.tree.descendants(scope.node).any(|node| match node {
            AnyNodeRef::ExprName(name) => {
                name.ctx == ExprContext::Load
                    && matches!(
                        name.id.as_str(),
                        "locals" | "vars" | "dir" | "eval" | "exec"
                    )
                    && self.symbol(name).is_none()
            }
            _ => false,
        })
    }

    /// Reads of `base[index]` in each iteration of `around`, where nothing there binds the variable `index` anew or uses such an item
    /// in another way; `None` otherwise, or where there is no such read.
    ///
    /// The second value tells whether the variable is read in any other way.
    pub fn item_reads(
        &self,
        base: &'a Expr,
        index: &'a ExprName,
        around: Loop<'a>,
    ) -> Option<(Vec<&'a ast::ExprSubscript>, bool)> {
        if self.is_rebound(index, around) {
            return None;
        }
        let symbol = self.symbol(index)?;
        let mut items = Vec::new();
        let mut others = false;
        for read in self.reads(symbol) {
            if !around.range().contains_range(read.range()) {
                continue;
            }
            let item = match self.tree.parent(read) {
                Some(AnyNodeRef::ExprSubscript(item))
                    if item.slice.range() == read.range() && self.same_place(&item.value, base) =>
                {
                    Some(item)
                }
                _ => None,
            };
            match item {
                Some(item) if item.ctx != ExprContext::Load => return None,
                // What runs later may find another item there, and behind the last iteration there is none.
                Some(item) if self.is_at_level(item, around) => items.push(item),
                _ => others = true,
            }
        }
        (!items.is_empty()).then_some((items, others))
    }

    /// Whether a node runs in the very iteration that it stands in: not in a function or lambda, nor behind the loop.
    fn is_at_level(&self, node: &'a ast::ExprSubscript, around: Loop<'a>) -> bool {
        let later = self.ancestors_within(node, around).any(|outer| {
            matches!(
                outer,
                AnyNodeRef::StmtFunctionDef(_)
                    | AnyNodeRef::StmtClassDef(_)
                    | AnyNodeRef::ExprLambda(_)
                    | AnyNodeRef::ExprGenerator(_)
            )
        });
        let behind = match around {
            Loop::For(stmt) => stmt
                .orelse
                .first()
                .is_some_and(|first| node.start() >= first.start()),
            _ => false,
        };
        !later && !behind
    }

    /// Whether a node runs in each iteration that does not leave the loop early: nothing between the two chooses.
    pub fn is_always_reached(&self, node: impl Into<AnyNodeRef<'a>>, around: Loop<'a>) -> bool {
        let node: AnyNodeRef<'a> = node.into();
        let mut inner = node.range();
        for outer in self.tree.ancestors(node) {
            if outer.range() == around.range() {
                return true;
            }
            let chooses = match outer {
                AnyNodeRef::StmtIf(stmt) => stmt.test.range() != inner,
                AnyNodeRef::ExprIf(branch) => branch.test.range() != inner,
                AnyNodeRef::ExprBoolOp(op) => op
                    .values
                    .first()
                    .is_some_and(|first| first.range() != inner),
                AnyNodeRef::ElifElseClause(_)
                | AnyNodeRef::StmtTry(_)
                | AnyNodeRef::StmtMatch(_)
                | AnyNodeRef::ExprLambda(_)
                | AnyNodeRef::StmtFunctionDef(_) => true,
                _ => false,
            };
            if chooses {
                return false;
            }
            inner = outer.range();
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    /// Asks about the first loop or clause of a text.
    fn first_loop<T>(text: &str, ask: impl for<'a> Fn(&Facts<'a>, Loop<'a>) -> T) -> Option<T> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        let around = facts.tree.nodes().iter().find_map(|node| match node {
            AnyNodeRef::StmtFor(stmt) => Some(Loop::For(stmt)),
            AnyNodeRef::Comprehension(clause) => Some(Loop::Clause {
                comprehension: facts.tree.parent(*clause)?,
                clause,
            }),
            _ => None,
        })?;
        Some(ask(&facts, around))
    }

    fn is_unread(text: &str) -> Option<bool> {
        first_loop(text, |facts, around| {
            let target = around.target().and_then(Expr::as_name_expr);
            target.is_some_and(|name| facts.is_unread(name, around))
        })
    }

    #[test]
    fn a_variable_is_unread_if_no_code_sees_it() {
        let inside =
            |body: &str| is_unread(&format!("def f(xs):\n    for x in xs:\n        {body}\n"));
        assert_eq!(inside("print(1)"), Some(true));
        assert_eq!(inside("print(x)"), Some(false));
        assert_eq!(inside("x = 1"), Some(false));
        assert_eq!(inside("print(locals())"), Some(false));
        let behind = "def f(xs):\n    for x in xs:\n        print(1)\n    return x\n";
        assert_eq!(is_unread(behind), Some(false));
        assert_eq!(is_unread("[1 for x in xs]\n"), Some(true));
        assert_eq!(is_unread("for x in xs:\n    print(1)\n"), Some(false));
        assert_eq!(is_unread("for _ in xs:\n    print(1)\n"), Some(true));
    }

    /// How often the item of the loop is read, and whether its key is used otherwise.
    fn item_reads(body: &str) -> Option<(usize, bool)> {
        let text = format!("def f(d):\n    for k in d:\n        {body}\n");
        first_loop(&text, |facts, around| {
            let key = around.target().and_then(Expr::as_name_expr)?;
            let (items, others) = facts.item_reads(around.iter()?, key, around)?;
            Some((items.len(), others))
        })?
    }

    #[test]
    fn items_that_are_only_read_are_found() {
        assert_eq!(item_reads("print(d[k], d[k])"), Some((2, false)));
        assert_eq!(item_reads("print(d[k], k)"), Some((1, true)));
        assert_eq!(item_reads("print(lambda: d[k], d[k])"), Some((1, true)));
        for body in ["d[k] = 1", "del d[k]", "print(e[k])", "k = d[k]"] {
            assert_eq!(item_reads(body), None, "{body}");
        }
    }

    #[test]
    fn what_an_iteration_may_skip_is_not_always_reached() {
        let reached = |body: &str| {
            let text = format!("def f(xs):\n    for x in xs:\n        {body}\n");
            first_loop(&text, |facts, around| {
                let mut nodes = facts.tree.nodes().iter();
                let probe = nodes
                    .find(|node| matches!(node, AnyNodeRef::ExprName(name) if name.id == "probe"));
                probe.is_some_and(|node| facts.is_always_reached(*node, around))
            })
        };
        assert_eq!(reached("print(probe)"), Some(true));
        assert_eq!(reached("if probe: print(x)"), Some(true));
        assert_eq!(reached("if x: print(probe)"), Some(false));
        assert_eq!(reached("y = x and probe"), Some(false));
        assert_eq!(reached("y = probe if x else 1"), Some(false));
    }
}
