//! Loops that do nothing but fill a list, a set or a dict: what they put in, and who sees it when the loop stops half-way.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprName, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::blocks::siblings;
use super::facts::Facts;
use super::loops::Loop;
use super::symbols::{Binding, Symbol};
use super::tree::ScopeKind;
use super::types::Type;
use super::uses::Use;

/// How a loop fills a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// `list.append(item)`
    Append,
    /// `set.add(item)`
    Add,
    /// `dict[key] = item`
    Store,
}

/// `for target in iter: [if filter:] container.append(item)`, or another [`Fill`], and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct FillLoop<'a> {
    pub stmt: &'a ast::StmtFor,
    /// What is filled: certainly a list, set or dict, and touched by nothing else in the loop.
    pub container: &'a Expr,
    /// Where a dict gets the item.
    pub key: Option<&'a Expr>,
    pub item: &'a Expr,
    pub filter: Option<&'a Expr>,
    /// The statement right before the loop, where it makes the container, empty.
    pub made: Option<&'a Stmt>,
}

impl FillLoop<'_> {
    /// Whether the items go in as they come: nothing is computed, nothing left out.
    pub fn is_copy(&self) -> bool {
        match (&*self.stmt.target, self.item) {
            (Expr::Name(target), Expr::Name(item)) => {
                target.id == item.id && self.filter.is_none() && self.key.is_none()
            }
            _ => false,
        }
    }
}

/// Who sees how far a loop came when an exception stops it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Partial {
    /// Nobody: the container is gone with the function's frame.
    Hidden,
    /// Somebody might: it was there before, is captured, or a context manager may swallow the exception.
    Possible,
    /// Code behind a `try` around the loop reads it.
    Seen,
}

impl<'a> Facts<'a> {
    /// Takes a loop as a [`FillLoop`] of that kind, if it is one and nobody misses its variables afterwards.
    pub fn fill_loop(&self, stmt: &'a ast::StmtFor, how: Fill) -> Option<FillLoop<'a>> {
        if stmt.is_async || !stmt.orelse.is_empty() {
            return None;
        }
        let (filter, inner) = match stmt.body.as_slice() {
            [Stmt::If(branch)] if branch.elif_else_clauses.is_empty() => {
                (Some(&*branch.test), branch.body.as_slice())
            }
            body => (None, body),
        };
        let [filling] = inner else {
            return None;
        };
        let (container, key, item) = match (how, filling) {
            (Fill::Append, Stmt::Expr(call)) => method_argument(call, "append")?,
            (Fill::Add, Stmt::Expr(call)) => method_argument(call, "add")?,
            (Fill::Store, Stmt::Assign(assign)) => match assign.targets.as_slice() {
                [Expr::Subscript(place)] => (&*place.value, Some(&*place.slice), &*assign.value),
                _ => return None,
            },
            _ => return None,
        };
        let ty = self.ty(container);
        let fits = match how {
            Fill::Append => ty.is_list(),
            Fill::Add => matches!(ty, Type::Set(_)),
            Fill::Store => ty.is_dict(),
        };
        if !fits {
            return None;
        }
        let yields = self.tree.descendants(stmt).any(|node| {
            matches!(
                node,
                AnyNodeRef::ExprYield(_) | AnyNodeRef::ExprYieldFrom(_)
            )
        });
        if yields
            || !self.is_only_use(container, stmt)
            || self.leaks_target(Loop::For(stmt))
            || self.looks_at_variables(Loop::For(stmt))
        {
            return None;
        }
        let made = container
            .as_name_expr()
            .and_then(|name| self.made_before(name, stmt, how));
        Some(FillLoop {
            stmt,
            container,
            key,
            item,
            filter,
            made,
        })
    }

    /// Whether nothing else in the loop reads or binds what the loop fills.
    fn is_only_use(&self, container: &'a Expr, stmt: &'a ast::StmtFor) -> bool {
        match container {
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

    fn made_before(
        &self,
        name: &'a ExprName,
        stmt: &'a ast::StmtFor,
        how: Fill,
    ) -> Option<&'a Stmt> {
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
            Expr::List(list) => how == Fill::Append && list.elts.is_empty(),
            Expr::Dict(dict) => how == Fill::Store && dict.items.is_empty(),
            Expr::Call(call) => {
                let class = match how {
                    Fill::Append => "builtins.list",
                    Fill::Add => "builtins.set",
                    Fill::Store => "builtins.dict",
                };
                call.arguments.is_empty() && self.is(&*call.func, class)
            }
            _ => false,
        };
        let same = target
            .as_name_expr()
            .is_some_and(|target| self.same_symbol(target, name));
        (empty && same).then_some(before)
    }

    /// Whether every value that the container's variable ever has was made by this code, so that no subclass can hide behind it.
    pub fn is_own_container(&self, fill: FillLoop<'a>) -> bool {
        let symbol = fill
            .container
            .as_name_expr()
            .and_then(|name| self.symbol(name));
        symbol.is_some_and(|symbol| {
            self.bindings(symbol)
                .all(|bound| matches!(bound, Binding::Augmented(_)) || self.is_fresh(bound))
        })
    }

    /// Whether code before the loop let somebody else get hold of the container, such as whatever yields the items.
    pub fn is_handed_on(&self, fill: FillLoop<'a>) -> bool {
        let symbol = fill
            .container
            .as_name_expr()
            .and_then(|name| self.symbol(name));
        symbol.is_some_and(|symbol| {
            self.reads(symbol)
                .any(|read| read.end() <= fill.stmt.start() && self.lets_go(self.usage(read)))
        })
    }

    /// Whether a function, lambda or class inside the variable's own scope reads it.
    pub fn is_captured(&self, symbol: &Symbol<'a>) -> bool {
        self.reads(symbol)
            .any(|read| self.is_captured_by(symbol, read))
    }

    /// Whether a read stands in a function, lambda or class inside the variable's own scope.
    pub(super) fn is_captured_by(&self, symbol: &Symbol<'a>, read: &'a ExprName) -> bool {
        let mut scope = self.tree.scope_of(read);
        while self.tree.scope(scope).kind == ScopeKind::Comprehension {
            scope = self.tree.scope(scope).parent;
        }
        scope != symbol.scope
    }

    /// Whether the container is a local variable's, made by this code, and nobody else holds it, or iterates over it, while the
    /// loop fills it.
    pub fn is_private(&self, fill: FillLoop<'a>) -> bool {
        let name = fill.container.as_name_expr();
        let Some(symbol) = name.and_then(|name| self.symbol(name)) else {
            return false;
        };
        let local = self.tree.scope(symbol.scope).kind == ScopeKind::Function && !symbol.shared;
        if !local || self.is_captured(symbol) || !self.is_own_container(fill) {
            return false;
        }
        let made = self.last_made_for(symbol, fill.stmt);
        self.reads(symbol).all(|read| {
            let between = made <= read.start() && read.end() <= fill.stmt.start();
            // A read behind the loop comes before the next time that the loop runs.
            let comes_back = || {
                self.tree.ancestors(fill.stmt).any(|around| {
                    matches!(around, AnyNodeRef::StmtFor(_) | AnyNodeRef::StmtWhile(_))
                        && around.range().contains_range(read.range())
                        && made <= around.start()
                })
            };
            let own = fill.stmt.range().contains_range(read.range());
            own || !(between || comes_back()) || !self.holds_during(read, fill.stmt)
        })
    }

    /// Whether a read outside of a loop lets something see the object that may still look at it while the loop runs.
    fn holds_during(&self, read: &'a ExprName, stmt: &'a ast::StmtFor) -> bool {
        let lazy = self
            .tree
            .ancestors(read)
            .take_while(|node| !node.is_statement())
            .any(|node| node.is_expr_generator());
        lazy || match self.usage(read) {
            Use::Iterated(node) => node.range().contains_range(stmt.range()),
            used => self.keeps_hold(read, used),
        }
    }

    /// Where the variable got its object, as the loop finds it: the last assignment that every way to the loop goes through, or the
    /// start of the file.
    fn last_made_for(&self, symbol: &Symbol<'a>, stmt: &'a ast::StmtFor) -> TextSize {
        let bindings = self.bindings(symbol).zip(self.binding_nodes(symbol));
        let assigned: Vec<TextSize> = bindings
            .filter_map(|(bound, _)| match bound {
                Binding::Assign(stmt) => Some(stmt.start()),
                Binding::Annotated(stmt) if stmt.value.is_some() => Some(stmt.start()),
                _ => None,
            })
            .collect();
        let mut last = TextSize::new(0);
        let mut inner = AnyNodeRef::from(stmt);
        loop {
            let before = siblings(&self.tree, inner).iter();
            let before = before.take_while(|other| other.start() < inner.start());
            let made = before.filter(|other| assigned.contains(&other.start()));
            last = made.map(Ranged::start).max().unwrap_or(last).max(last);
            let outer = self
                .tree
                .parent(inner)
                .and_then(|parent| self.tree.statement(parent));
            match outer {
                Some(outer) if !outer.is_stmt_function_def() => inner = outer,
                _ => return last,
            }
        }
    }

    /// Who sees the container when the iterable, the item or the filter raises.
    pub fn partial_result(&self, fill: FillLoop<'a>) -> Partial {
        let symbol = fill
            .container
            .as_name_expr()
            .and_then(|name| self.symbol(name));
        let mut found = Partial::Hidden;
        let captured = match symbol {
            Some(symbol) if !symbol.shared && fill.made.is_some() => self.is_captured(symbol),
            _ => !self.is_private(fill),
        };
        if captured {
            found = Partial::Possible;
        }
        let outside = |body: &'a [Stmt]| {
            let (Some(first), Some(last)) = (body.first(), body.last()) else {
                return false;
            };
            let range = TextRange::new(first.start(), last.end());
            range.contains_range(fill.stmt.range())
                && symbol.is_none_or(|symbol| self.is_seen_outside(symbol, range))
        };
        for node in self.tree.ancestors(fill.stmt) {
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

/// Receiver and argument of `receiver.method(argument)`.
fn method_argument<'a>(
    stmt: &'a ast::StmtExpr,
    method: &str,
) -> Option<(&'a Expr, Option<&'a Expr>, &'a Expr)> {
    let call = stmt.value.as_call_expr()?;
    let callee = call.func.as_attribute_expr()?;
    let [item] = &*call.arguments.args else {
        return None;
    };
    let plain = call.arguments.keywords.is_empty() && !item.is_starred_expr();
    (plain && &*callee.attr == method).then_some((&callee.value, None, item))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    /// Whether the container of the first loop that only fills it so is made right before it, and who sees it.
    fn filled(text: &str, how: Fill) -> Option<(bool, Partial)> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        let found = facts.tree.nodes().iter().find_map(|node| match node {
            AnyNodeRef::StmtFor(stmt) => facts.fill_loop(stmt, how),
            _ => None,
        })?;
        Some((found.made.is_some(), facts.partial_result(found)))
    }

    fn partial(text: &str) -> Option<(bool, Partial)> {
        filled(text, Fill::Append)
    }

    #[test]
    fn sets_and_dicts_are_filled_as_well() {
        let set =
            "def f(xs):\n    out = set()\n    for x in xs:\n        out.add(x)\n    return out\n";
        assert_eq!(filled(set, Fill::Add), Some((true, Partial::Hidden)));
        assert_eq!(filled(set, Fill::Append), None);
        let dict =
            "def f(xs):\n    out = {}\n    for x in xs:\n        out[x] = 1\n    return out\n";
        assert_eq!(filled(dict, Fill::Store), Some((true, Partial::Hidden)));
        let read = "def f(xs):\n    out = {}\n    for x in xs:\n        out[x] = out.get(x)\n";
        assert_eq!(filled(read, Fill::Store), None);
        let class = "def f(xs, out):\n    for x in xs:\n        out.add(x)\n";
        assert_eq!(filled(class, Fill::Add), None);
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

    /// Whether the list `out` of a function, filled by the last of these lines, is seen by nobody half-way.
    fn private(lines: &str) -> bool {
        let lines: String = lines.lines().map(|line| format!("    {line}\n")).collect();
        partial(&format!("def f(xs, keep):\n{lines}    return out\n"))
            .is_some_and(|(_, partial)| partial == Partial::Hidden)
    }

    #[test]
    fn a_list_of_this_function_is_hidden_until_it_is_handed_on() {
        const FILL: &str = "for x in xs:\n    out.append(x * 2)";
        for before in [
            "out = [1]\nout.append(len(out))\n",
            "if keep:\n    out = []\nelse:\n    out = [0]\n",
            "out = []\nkeep(out)\nout = []\nprint(out)\n",
            "out = []\nfor x in out:\n    keep(x)\n",
        ] {
            assert!(private(&format!("{before}{FILL}")), "{before}");
        }
        for before in [
            "out = []\nkeep(out)\n",
            "out = []\nother = out\n",
            "out = []\nif keep:\n    keep(out)\n    out = []\n",
            "out = []\nxs = iter(out)\n",
            "out = []\nxs = (x for x in xs if x in out)\n",
            "out = []\nxs = map(keep, out)\n",
            "out = []\nkeep = lambda: out\n",
            "out = keep.list\n",
            "out = []\nself.out = out\n",
        ] {
            assert!(!private(&format!("{before}{FILL}")), "{before}");
        }
        // What is done behind the loop comes before its next time.
        let looped = |first: &str, last: &str| {
            private(&format!(
                "out = []\nfor xs in keep():\n    {first}\n    for x in xs:\n        out.append(x * 2)\n    {last}"
            ))
        };
        assert!(looped("pass", "print(out)"));
        assert!(!looped("pass", "keep(out)"));
        assert!(looped("out = []", "keep(out)"));
        assert!(!looped("if xs:\n        out = []", "keep(out)"));
        assert!(!private(
            "out = []\nfor y in out:\n    for x in xs:\n        out.append(x * 2)"
        ));
    }

    #[test]
    fn other_work_other_types_and_variables_of_use_make_no_fill_loop() {
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
