//! Loops: what is repeated, by what, and how often if that can be known.

use std::ops::ControlFlow;

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Number};
use ruff_text_size::{Ranged, TextRange};

use super::accumulation::summands;
use super::blocks::{Leaves, leaves, siblings};
use super::facts::Facts;
use super::infer::Assigned;
use super::symbols::{Binding, Symbol};
use super::tree::comprehension_generators;
use super::uses::Use;

/// Something that evaluates code again and again.
#[derive(Clone, Copy, Debug)]
pub enum Loop<'a> {
    For(&'a ast::StmtFor),
    While(&'a ast::StmtWhile),
    /// One `for` clause of a comprehension or generator expression.
    Clause {
        comprehension: AnyNodeRef<'a>,
        clause: &'a ast::Comprehension,
    },
}

impl<'a> Loop<'a> {
    /// What is iterated over; `None` for `while`.
    pub fn iter(self) -> Option<&'a Expr> {
        match self {
            Loop::For(stmt) => Some(&stmt.iter),
            Loop::While(_) => None,
            Loop::Clause { clause, .. } => Some(&clause.iter),
        }
    }

    /// What each iteration binds; `None` for `while`.
    pub fn target(self) -> Option<&'a Expr> {
        match self {
            Loop::For(stmt) => Some(&stmt.target),
            Loop::While(_) => None,
            Loop::Clause { clause, .. } => Some(&clause.target),
        }
    }

    /// The statement or comprehension as a whole.
    pub fn node(self) -> AnyNodeRef<'a> {
        match self {
            Loop::For(stmt) => stmt.into(),
            Loop::While(stmt) => stmt.into(),
            Loop::Clause { comprehension, .. } => comprehension,
        }
    }

    /// Whether `node` is inside the loop and evaluated in each iteration: what is iterated over is not.
    pub fn repeats(self, node: impl Ranged) -> bool {
        let range = node.range();
        self.range().contains_range(range)
            && self
                .iter()
                .is_none_or(|iter| !iter.range().contains_range(range))
    }

    /// The line that a reader takes for the loop: `for x in xs`, `while test`.
    pub fn header(self) -> TextRange {
        match self {
            Loop::For(stmt) => TextRange::new(stmt.start(), stmt.iter.end()),
            Loop::While(stmt) => TextRange::new(stmt.start(), stmt.test.end()),
            Loop::Clause { clause, .. } => TextRange::new(clause.start(), clause.iter.end()),
        }
    }
}

impl Ranged for Loop<'_> {
    fn range(&self) -> TextRange {
        self.node().range()
    }
}

/// Below this many iterations no rule about loops pays: most quadratic forms are as fast as the linear ones up to about 10.
pub const FEW: u64 = 10;

impl<'a> Facts<'a> {
    /// The loops that evaluate `node` again and again, innermost first, up to the function, lambda or class around it.
    ///
    /// A loop that is left for certain after `node` does not count, nor one of fewer than [`FEW`] known iterations.
    pub fn loops(&self, node: impl Into<AnyNodeRef<'a>>) -> Vec<Loop<'a>> {
        let mut found = Vec::new();
        self.each_loop(node.into(), |around| {
            found.push(around);
            ControlFlow::Continue(())
        });
        found
    }

    /// The nodes between `node` and a loop around it, innermost first, without either.
    pub fn ancestors_within(
        &self,
        node: impl Into<AnyNodeRef<'a>>,
        around: Loop<'a>,
    ) -> impl Iterator<Item = AnyNodeRef<'a>> + '_ {
        self.tree
            .ancestors(node)
            .take_while(move |outer| outer.range() != around.range())
    }

    /// Whether `node` runs only where something went wrong with an item of a loop around it: what is done for an error is done for few.
    pub fn handles_error_in(&self, node: impl Into<AnyNodeRef<'a>>, around: Loop<'a>) -> bool {
        self.ancestors_within(node, around)
            .any(|outer| outer.is_except_handler_except_handler())
    }

    /// The innermost of [`Self::loops`].
    pub fn in_loop(&self, node: impl Into<AnyNodeRef<'a>>) -> Option<Loop<'a>> {
        let node = node.into();
        if !self.tree.is_looped(node) {
            return None;
        }
        // Many rules ask of the same node, one after the other.
        let id = self.tree.id(node);
        if let Some((asked, answer)) = self.last_loop.get()
            && asked == id
        {
            return answer;
        }
        let mut innermost = None;
        self.each_loop(node, |around| {
            innermost = Some(around);
            ControlFlow::Break(())
        });
        self.last_loop.set(Some((id, innermost)));
        innermost
    }

    /// Calls `visit` with each of [`Self::loops`] until it has enough.
    fn each_loop(&self, node: AnyNodeRef<'a>, mut visit: impl FnMut(Loop<'a>) -> ControlFlow<()>) {
        let mut inner = node;
        if !self.tree.is_looped(inner) {
            return;
        }
        let mut innermost = inner;
        // Control leaves the innermost loop, or the whole function, behind `node` on every path.
        let mut left: Option<Leaves> = None;
        while let Some(outer) = self.tree.parent(inner) {
            if left.is_none() && inner.is_statement() {
                let rest = siblings(&self.tree, inner);
                let behind = rest.iter().position(|stmt| stmt.start() == inner.start());
                let tail = behind.and_then(|i| rest.get(i + 1..)).unwrap_or_default();
                left = if inner.is_stmt_return() || inner.is_stmt_raise() {
                    Some(Leaves::Function)
                } else {
                    leaves(tail)
                };
            }
            let found = match outer {
                AnyNodeRef::StmtFor(stmt) => in_body(&stmt.body, inner).then_some(Loop::For(stmt)),
                AnyNodeRef::StmtWhile(stmt) => {
                    let in_test = inner.range() == stmt.test.range();
                    (in_test || in_body(&stmt.body, inner)).then_some(Loop::While(stmt))
                }
                AnyNodeRef::StmtFunctionDef(_)
                | AnyNodeRef::StmtClassDef(_)
                | AnyNodeRef::ExprLambda(_) => break,
                _ => self.clause_around(outer, inner, innermost),
            };
            if let Some(found) = found {
                match left.take() {
                    None | Some(Leaves::Iteration) => {
                        if !self.is_short(found) && visit(found).is_break() {
                            return;
                        }
                    }
                    Some(Leaves::Loop) => {}
                    Some(Leaves::Function) => break,
                }
                // The other clauses of the same comprehension repeat it as well.
                if let Loop::Clause {
                    comprehension,
                    clause,
                } = found
                {
                    let clauses = comprehension_generators(comprehension);
                    let before = clauses
                        .iter()
                        .rev()
                        .skip_while(|other| other.start() >= clause.start());
                    for clause in before {
                        let other = Loop::Clause {
                            comprehension,
                            clause,
                        };
                        if !self.is_short(other) && visit(other).is_break() {
                            return;
                        }
                    }
                }
            }
            innermost = inner;
            inner = outer;
        }
    }

    /// Whether a loop is known to run fewer than [`FEW`] times.
    fn is_short(&self, around: Loop<'a>) -> bool {
        self.trip_count(around).is_some_and(|n| n < FEW)
    }

    /// The clause that repeats `inner`, a direct child of the comprehension `outer`; `below` is the child of `inner`.
    fn clause_around(
        &self,
        outer: AnyNodeRef<'a>,
        inner: AnyNodeRef<'a>,
        below: AnyNodeRef<'a>,
    ) -> Option<Loop<'a>> {
        let clauses = comprehension_generators(outer);
        let last = clauses.last()?;
        let clause = match clauses
            .iter()
            .position(|clause| clause.range() == inner.range())
        {
            // The element: repeated by all clauses, the last one innermost.
            None => last,
            Some(i) if clauses[i].iter.range().contains_range(below.range()) => {
                clauses.get(i.checked_sub(1)?)?
            }
            Some(i) => &clauses[i],
        };
        Some(Loop::Clause {
            comprehension: outer,
            clause,
        })
    }

    /// How often a loop runs at the most, where the text tells.
    pub fn trip_count(&self, around: Loop<'a>) -> Option<u64> {
        let iter = around.iter()?;
        let id = self.tree.id(iter);
        if let Some(known) = self.trip_counts.borrow().get(&id) {
            return *known;
        }
        let count = self.length(iter, 0);
        self.trip_counts.borrow_mut().insert(id, count);
        count
    }

    /// How many items an iterable holds at the most, where the text tells.
    pub fn known_length(&self, expr: &'a Expr) -> Option<u64> {
        self.length(expr, 0)
    }

    fn length(&self, expr: &'a Expr, hops: u8) -> Option<u64> {
        let elements = |elts: &'a [Expr]| {
            let plain = elts.iter().all(|elt| !elt.is_starred_expr());
            plain.then_some(elts.len() as u64)
        };
        if hops > 4 {
            return None;
        }
        match expr {
            Expr::List(list) => elements(&list.elts),
            Expr::Tuple(tuple) => elements(&tuple.elts),
            Expr::Set(set) => elements(&set.elts),
            Expr::Dict(dict) => {
                let plain = dict.items.iter().all(|item| item.key.is_some());
                plain.then_some(dict.items.len() as u64)
            }
            Expr::StringLiteral(text) => Some(text.value.chars().count() as u64),
            Expr::BytesLiteral(bytes) => Some(bytes.value.len() as u64),
            Expr::ListComp(ast::ExprListComp { generators, .. })
            | Expr::SetComp(ast::ExprSetComp { generators, .. })
            | Expr::Generator(ast::ExprGenerator { generators, .. }) => {
                generators.iter().try_fold(1u64, |product, clause| {
                    Some(product.saturating_mul(self.length(&clause.iter, hops + 1)?))
                })
            }
            Expr::BinOp(op) if op.op.is_add() => {
                summands(expr).into_iter().try_fold(0u64, |sum, part| {
                    Some(sum.saturating_add(self.length(part, hops + 1)?))
                })
            }
            Expr::If(branch) => {
                let (one, other) = (&branch.body, &branch.orelse);
                Some(
                    self.length(one, hops + 1)?
                        .max(self.length(other, hops + 1)?),
                )
            }
            Expr::Name(name) => self.length_of_symbol(self.symbol(name)?, hops),
            Expr::Attribute(attribute) => self.length_of_attribute(attribute, hops),
            Expr::Call(call) => {
                let args = &call.arguments.args;
                if let Expr::Attribute(method) = &*call.func
                    && args.is_empty()
                    && matches!(method.attr.as_str(), "items" | "keys" | "values")
                {
                    return self.length(&method.value, hops + 1);
                }
                match self.name(&*call.func)?.as_str() {
                    "builtins.str.split" if call.arguments.is_empty() => {
                        let text = method_receiver(call)?.as_string_literal_expr()?;
                        Some(text.value.to_str().split_whitespace().count() as u64)
                    }
                    "builtins.str.split" | "builtins.str.rsplit" => {
                        let most = call.arguments.find_argument_value("maxsplit", 1)?;
                        Some(whole_number(most)?.saturating_add(1))
                    }
                    "builtins.range" => match &**args {
                        [stop @ (Expr::Name(_) | Expr::If(_))] => self.at_most(stop, hops),
                        args => range_length(args),
                    },
                    "builtins.enumerate" | "builtins.reversed" | "builtins.sorted"
                    | "builtins.list" | "builtins.tuple" | "builtins.set"
                    | "builtins.frozenset" | "builtins.iter" => {
                        self.length(args.first()?, hops + 1)
                    }
                    "builtins.zip" => args
                        .iter()
                        .filter_map(|arg| self.length(arg, hops + 1))
                        .min(),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

impl<'a> Facts<'a> {
    /// The greatest value of a number that is written down, as in `2 if retry else 1`, or of a variable that holds one.
    fn at_most(&self, number: &'a Expr, hops: u8) -> Option<u64> {
        if hops > 4 {
            return None;
        }
        match number {
            Expr::If(branch) => {
                let one = self.at_most(&branch.body, hops + 1)?;
                Some(one.max(self.at_most(&branch.orelse, hops + 1)?))
            }
            Expr::Name(_) => self.at_most(self.only_value(number)?, hops + 1),
            literal => whole_number(literal),
        }
    }
}

fn method_receiver(call: &ast::ExprCall) -> Option<&Expr> {
    Some(&call.func.as_attribute_expr()?.value)
}

impl<'a> Facts<'a> {
    /// The longest that the values of a variable get: as they were written down, and with what is added to them one by one.
    fn length_of_symbol(&self, symbol: &Symbol<'a>, hops: u8) -> Option<u64> {
        if symbol.shared {
            return None;
        }
        let mut longest = None;
        let mut added = 0u64;
        // A list may grow after it was written down; a tuple or a string may not.
        let mut fixed = true;
        for binding in self.bindings(symbol) {
            let value = match binding {
                Binding::Assign(stmt) => &*stmt.value,
                Binding::Walrus(walrus) => &*walrus.value,
                Binding::Annotated(stmt) => match stmt.value.as_deref() {
                    Some(value) => value,
                    None => continue,
                },
                Binding::Augmented(stmt) if stmt.op.is_add() => {
                    let more = self.length(&stmt.value, hops + 1)?;
                    added =
                        added.saturating_add(self.once(stmt.into(), symbol)?.saturating_mul(more));
                    continue;
                }
                Binding::Deleted => continue,
                _ => return None,
            };
            fixed &= value.is_tuple_expr()
                || value.is_string_literal_expr()
                || value.is_bytes_literal_expr();
            longest = longest.max(Some(self.length(value, hops + 1)?));
        }
        if !fixed {
            for read in self.reads(symbol) {
                let used = self.usage(read);
                // A list that is written down and handed to others does not grow there, as a rule; an empty one may be their output.
                let handed_on = self.lets_go(used) && longest > Some(0);
                if self.may_mutate(used) && !handed_on {
                    added = added.saturating_add(self.added_by(used, read.into(), symbol, hops)?);
                }
            }
        }
        longest.map(|longest| longest.saturating_add(added))
    }

    /// How many items one use adds; `None` is any number.
    fn added_by(
        &self,
        used: Use<'a>,
        at: AnyNodeRef<'a>,
        symbol: &Symbol<'a>,
        hops: u8,
    ) -> Option<u64> {
        match used {
            Use::Method("append" | "appendleft" | "insert" | "add", _) => self.once(at, symbol),
            Use::Method("extend", call) => {
                let more = self.length(call.arguments.args.first()?, hops + 1)?;
                Some(self.once(at, symbol)?.saturating_mul(more))
            }
            Use::Method(
                "pop" | "popleft" | "popitem" | "remove" | "discard" | "clear" | "sort" | "reverse",
                _,
            ) => Some(0),
            Use::Item(subscript) => {
                let in_place =
                    self.symbol_type(symbol).is_list() && !subscript.slice.is_slice_expr();
                in_place.then_some(0)
            }
            // Counted with the bindings.
            Use::Augmented(_) => Some(0),
            _ => None,
        }
    }

    /// One, if `node` runs at most once for each value of the variable: in the same function and in no loop.
    fn once(&self, node: AnyNodeRef<'a>, symbol: &Symbol<'a>) -> Option<u64> {
        let around = self.tree.ancestors(node).take_while(|outer| {
            !outer
                .range()
                .contains_range(self.tree.scope(symbol.scope).node.range())
        });
        let again = around.into_iter().any(|outer| {
            matches!(
                outer,
                AnyNodeRef::StmtFor(_)
                    | AnyNodeRef::StmtWhile(_)
                    | AnyNodeRef::StmtFunctionDef(_)
                    | AnyNodeRef::ExprLambda(_)
            ) || !comprehension_generators(outer).is_empty()
        });
        (!again).then_some(1)
    }

    /// The longest value that a class gives one of its attributes, as long as nothing in the file may make it grow.
    fn length_of_attribute(&self, attribute: &'a ast::ExprAttribute, hops: u8) -> Option<u64> {
        let class = self.class_of_self(attribute.value.as_name_expr()?)?;
        let attributes = self.attributes_of(class);
        let mut longest = None;
        for assigned in attributes.get(attribute.attr.as_str())? {
            match assigned {
                Assigned::Value(value) => {
                    longest = longest.max(Some(self.length(value, hops + 1)?));
                }
                Assigned::Annotation(_) => {}
                _ => return None,
            }
        }
        let grows = self.tree.nodes().iter().any(|node| {
            matches!(node, AnyNodeRef::ExprAttribute(other) if other.attr.id == attribute.attr.id
                && other.ctx.is_load()
                && self.may_mutate(self.usage(*other)))
        });
        longest.filter(|_| !grows)
    }
}

fn in_body<'a>(body: &'a [ast::Stmt], child: AnyNodeRef<'a>) -> bool {
    match (body.first(), body.last()) {
        (Some(first), Some(last)) => first.start() <= child.start() && child.end() <= last.end(),
        _ => false,
    }
}

fn range_length(args: &[Expr]) -> Option<u64> {
    let (start, stop, step) = match args {
        [stop] => (0, signed_number(stop)?, 1),
        [start, stop] => (signed_number(start)?, signed_number(stop)?, 1),
        [start, stop, step] => (
            signed_number(start)?,
            signed_number(stop)?,
            signed_number(step)?,
        ),
        _ => return None,
    };
    let span = if step > 0 {
        stop.checked_sub(start)?
    } else {
        start.checked_sub(stop)?
    };
    let steps = u64::try_from(span).unwrap_or(0);
    (step != 0).then(|| steps.div_ceil(step.unsigned_abs()))
}

/// The value of a literal such as `3` or `-3`.
fn signed_number(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::UnaryOp(unary) if unary.op == ast::UnaryOp::USub => {
            signed_number(&unary.operand)?.checked_neg()
        }
        number => whole_number(number)?.try_into().ok(),
    }
}

fn whole_number(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::NumberLiteral(ast::ExprNumberLiteral {
            value: Number::Int(int),
            ..
        }) => int.as_u64(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    /// The known length of the argument of the last `len(...)` of a text.
    fn length(text: &str) -> Option<u64> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        let calls = facts.tree.nodes().iter().filter_map(|node| match node {
            AnyNodeRef::ExprCall(call) if facts.is(&*call.func, "builtins.len") => Some(call),
            _ => None,
        });
        facts.known_length(calls.last()?.arguments.args.first()?)
    }

    #[test]
    fn items_added_one_by_one_are_counted() {
        let added = "xs = [1, 2]\nxs.append(3)\nxs += [4, 5]\nlen(xs)\n";
        assert_eq!(length(added), Some(5));
        let chosen = "if a:\n    xs = [1]\nelse:\n    xs = [1, 2]\nlen(xs)\n";
        assert_eq!(length(chosen), Some(2));
        assert_eq!(length("len('a b c'.split(' ', 1))\n"), Some(2));
        assert_eq!(length("len('a b  c'.split())\n"), Some(3));
        let parts = "class C:\n    a = [1]\n    b = a + a + [2] + a + a + [3]\n    def f(self): len(self.b)\n";
        assert_eq!(length(parts), Some(6));
        assert_eq!(length("len([x for x in (1, 2) for y in 'abc'])\n"), Some(6));
    }

    #[test]
    fn a_range_of_literals_has_a_length() {
        let range = |args: &str| length(&format!("len(range({args}))\n"));
        for (args, n) in [
            ("3", 3),
            ("2, 7", 5),
            ("0, 7, 3", 3),
            ("121, 115, -1", 6),
            ("-2, 2", 4),
            ("7, 2", 0),
        ] {
            assert_eq!(range(args), Some(n), "{args}");
        }
        for args in ["n", "0, n", "1, 2, 0", ""] {
            assert_eq!(range(args), None, "{args}");
        }
        assert_eq!(range("2 if retry else 1"), Some(2));
        assert_eq!(range("2 if retry else n"), None);
        assert_eq!(length("TRIES = 3\nlen(range(TRIES))\n"), Some(3));
        assert_eq!(length("n = 3\nn = 4\nlen(range(n))\n"), None);
        assert_eq!(length("len('ab' if x else (1, 2, 3))\n"), Some(3));
    }

    #[test]
    fn items_added_in_a_loop_or_by_others_are_not() {
        for text in [
            "xs = []\nfor y in ys:\n    xs.append(y)\nlen(xs)\n",
            "xs = []\nfill(xs)\nlen(xs)\n",
            "xs = [1]\nxs.extend(ys)\nlen(xs)\n",
            "xs = [1]\ndef f():\n    xs.append(1)\nlen(xs)\n",
        ] {
            assert_eq!(length(text), None, "{text}");
        }
    }
}
