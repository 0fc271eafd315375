//! Loops that do nothing but append to a list: what they append, and who sees the list when the loop stops half-way.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprName, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::blocks::siblings;
use super::facts::Facts;
use super::loops::Loop;
use super::tree::ScopeKind;
use super::types::Type;

/// `for target in iter: [if filter:] list.append(item)`, and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct AppendLoop<'a> {
    pub stmt: &'a ast::StmtFor,
    /// What is appended to: certainly a list, and touched by nothing else in the loop.
    pub list: &'a Expr,
    pub item: &'a Expr,
    pub filter: Option<&'a Expr>,
    /// The statement right before the loop, where it makes the list, empty.
    pub made: Option<&'a Stmt>,
}

/// Who sees how far a loop came when an exception stops it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Partial {
    /// Nobody: the list is gone with the function's frame.
    Hidden,
    /// Somebody might: the list was there before, is captured, or a context manager may swallow the exception.
    Possible,
    /// Code behind a `try` around the loop reads the list.
    Seen,
}

impl<'a> Facts<'a> {
    /// Takes a loop as an [`AppendLoop`], if it is one and nobody misses its variables afterwards.
    pub fn append_loop(&self, stmt: &'a ast::StmtFor) -> Option<AppendLoop<'a>> {
        if stmt.is_async || !stmt.orelse.is_empty() {
            return None;
        }
        let (filter, inner) = match stmt.body.as_slice() {
            [Stmt::If(branch)] if branch.elif_else_clauses.is_empty() => {
                (Some(&*branch.test), branch.body.as_slice())
            }
            body => (None, body),
        };
        let [Stmt::Expr(append)] = inner else {
            return None;
        };
        let call = append.value.as_call_expr()?;
        let method = call.func.as_attribute_expr()?;
        let [item] = &*call.arguments.args else {
            return None;
        };
        let around = Loop::For(stmt);
        let plain = call.arguments.keywords.is_empty() && !item.is_starred_expr();
        let list = &*method.value;
        if &*method.attr != "append" || !plain || !matches!(self.ty(list), Type::List(_)) {
            return None;
        }
        let yields = self.tree.descendants(stmt).any(|node| {
            matches!(
                node,
                AnyNodeRef::ExprYield(_) | AnyNodeRef::ExprYieldFrom(_)
            )
        });
        if yields || !self.is_only_use(list, stmt) || self.leaks_target(around) {
            return None;
        }
        let made = list
            .as_name_expr()
            .and_then(|name| self.made_before(name, stmt));
        Some(AppendLoop {
            stmt,
            list,
            item,
            filter,
            made,
        })
    }

    /// Whether nothing else in the loop reads or binds what the loop appends to.
    fn is_only_use(&self, list: &'a Expr, stmt: &'a ast::StmtFor) -> bool {
        match list {
            Expr::Name(name) => {
                let Some(symbol) = self.symbol(name) else {
                    return false;
                };
                let own_scope = symbol.scope == self.tree.scope_of(stmt);
                let reads = self
                    .reads(symbol)
                    .filter(|read| stmt.range().contains_range(read.range()));
                own_scope && reads.count() == 1 && !self.is_bound_in(symbol, stmt.range())
            }
            Expr::Attribute(attribute) => {
                let same = self.tree.descendants(stmt).filter(|node| {
                    matches!(node, AnyNodeRef::ExprAttribute(other) if other.attr.id == attribute.attr.id)
                });
                let receiver = attribute.value.as_name_expr();
                let known = receiver.is_some_and(|name| self.class_of_self(name).is_some());
                known && same.count() == 1
            }
            _ => false,
        }
    }

    fn made_before(&self, name: &'a ExprName, stmt: &'a ast::StmtFor) -> Option<&'a Stmt> {
        let siblings = siblings(&self.tree, stmt.into());
        let at = siblings
            .iter()
            .position(|other| other.start() == stmt.start())?;
        let before = siblings.get(at.checked_sub(1)?)?;
        let (target, value) = match before {
            Stmt::Assign(assign) => match assign.targets.as_slice() {
                [target] => (target, &*assign.value),
                _ => return None,
            },
            Stmt::AnnAssign(assign) => (&*assign.target, assign.value.as_deref()?),
            _ => return None,
        };
        let empty = match value {
            Expr::List(list) => list.elts.is_empty(),
            Expr::Call(call) => call.arguments.is_empty() && self.is(&*call.func, "builtins.list"),
            _ => false,
        };
        let same = target
            .as_name_expr()
            .is_some_and(|target| self.same_symbol(target, name));
        (empty && same).then_some(before)
    }

    /// Who sees the list when the iterable, the item or the filter raises.
    pub fn partial_result(&self, appends: AppendLoop<'a>) -> Partial {
        let symbol = appends
            .list
            .as_name_expr()
            .and_then(|name| self.symbol(name));
        let mut found = Partial::Hidden;
        let captured = match symbol {
            Some(symbol) if !symbol.shared && appends.made.is_some() => {
                self.reads(symbol).any(|read| {
                    let mut scope = self.tree.scope_of(read);
                    while self.tree.scope(scope).kind == ScopeKind::Comprehension {
                        scope = self.tree.scope(scope).parent;
                    }
                    scope != symbol.scope
                })
            }
            _ => true,
        };
        if captured {
            found = Partial::Possible;
        }
        let outside = |body: &'a [Stmt]| {
            let (Some(first), Some(last)) = (body.first(), body.last()) else {
                return false;
            };
            let range = TextRange::new(first.start(), last.end());
            range.contains_range(appends.stmt.range())
                && symbol.is_none_or(|symbol| self.is_seen_outside(symbol, range))
        };
        for node in self.tree.ancestors(appends.stmt) {
            match node {
                AnyNodeRef::StmtFunctionDef(_) => break,
                AnyNodeRef::StmtTry(attempt)
                    if outside(&attempt.body) || outside(&attempt.orelse) =>
                {
                    return Partial::Seen;
                }
                AnyNodeRef::StmtWith(with) if outside(&with.body) => {
                    for item in &with.items {
                        if let Type::File(_) = self.ty(&item.context_expr) {
                            continue;
                        }
                        if let Expr::Call(call) = &item.context_expr
                            && self.is(&*call.func, "contextlib.suppress")
                        {
                            return Partial::Seen;
                        }
                        found = Partial::Possible;
                    }
                }
                _ => {}
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    /// Whether the list of the first loop that only appends is made right before it, and who sees it.
    fn partial(text: &str) -> Option<(bool, Partial)> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        let found = facts.tree.nodes().iter().find_map(|node| match node {
            AnyNodeRef::StmtFor(stmt) => facts.append_loop(stmt),
            _ => None,
        })?;
        Some((found.made.is_some(), facts.partial_result(found)))
    }

    #[test]
    fn a_list_made_right_before_is_hidden_from_all_but_handlers() {
        let plain =
            "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x)\n    return out\n";
        assert_eq!(partial(plain), Some((true, Partial::Hidden)));
        let handled = "def f(xs):\n    out = []\n    try:\n        for x in xs:\n            out.append(x)\n    except E:\n        pass\n    return out\n";
        assert_eq!(partial(handled), Some((false, Partial::Seen)));
        let given = "def f(xs, out: list):\n    for x in xs:\n        out.append(x)\n";
        assert_eq!(partial(given), Some((false, Partial::Possible)));
    }

    #[test]
    fn other_work_other_types_and_variables_of_use_make_no_append_loop() {
        for text in [
            "def f(xs, out):\n    for x in xs:\n        out.append(x)\n",
            "def f(xs):\n    out = []\n    for x in xs:\n        if x not in out:\n            out.append(x)\n",
            "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x)\n    return out, x\n",
            "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x)\n    else:\n        g()\n    return out\n",
        ] {
            assert_eq!(partial(text), None, "{text}");
        }
    }
}
