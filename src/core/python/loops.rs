//! Loops: what is repeated, by what, and how often if that can be known.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Number};
use ruff_text_size::{Ranged, TextRange};

use super::blocks::{Leaves, leaves, siblings};
use super::facts::Facts;
use super::tree::comprehension_generators;

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
        let mut inner: AnyNodeRef<'a> = node.into();
        let mut innermost = inner;
        // Control leaves the innermost loop, or the whole function, behind `node` on every path.
        let mut left: Option<Leaves> = None;
        while let Some(outer) = self.tree.parent(inner) {
            if inner.is_statement() {
                let rest = siblings(&self.tree, inner);
                let behind = rest.iter().position(|stmt| stmt.start() == inner.start());
                let tail = behind.and_then(|i| rest.get(i + 1..)).unwrap_or_default();
                let here = if inner.is_stmt_return() || inner.is_stmt_raise() {
                    Some(Leaves::Function)
                } else {
                    leaves(tail)
                };
                left = left.or(here);
            }
            let found_loop = match outer {
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
            if let Some(found_loop) = found_loop {
                match left.take() {
                    None | Some(Leaves::Iteration) => {
                        if self.trip_count(found_loop).is_none_or(|n| n >= FEW) {
                            found.push(found_loop);
                        }
                    }
                    Some(Leaves::Loop) => {}
                    Some(Leaves::Function) => break,
                }
                // The other clauses of the same comprehension repeat it as well.
                if let Loop::Clause {
                    comprehension,
                    clause,
                } = found_loop
                {
                    let before = comprehension_generators(comprehension)
                        .iter()
                        .take_while(|other| other.start() < clause.start());
                    for clause in before.collect::<Vec<_>>().into_iter().rev() {
                        let other = Loop::Clause {
                            comprehension,
                            clause,
                        };
                        if self.trip_count(other).is_none_or(|n| n >= FEW) {
                            found.push(other);
                        }
                    }
                }
            }
            innermost = inner;
            inner = outer;
        }
        found
    }

    /// The innermost of [`Self::loops`].
    pub fn in_loop(&self, node: impl Into<AnyNodeRef<'a>>) -> Option<Loop<'a>> {
        self.loops(node).first().copied()
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
        self.length(around.iter()?, 0)
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
            Expr::Name(_) => {
                let value = self.only_value(expr)?;
                // A list may have grown since it was written down; a tuple or a string has not.
                let fixed = value.is_tuple_expr()
                    || value.is_string_literal_expr()
                    || value.is_bytes_literal_expr()
                    || !self.grows(expr);
                fixed.then(|| self.length(value, hops + 1)).flatten()
            }
            Expr::Call(call) => {
                let args = &call.arguments.args;
                if let Expr::Attribute(method) = &*call.func
                    && args.is_empty()
                    && matches!(method.attr.as_str(), "items" | "keys" | "values")
                {
                    return self.length(&method.value, hops + 1);
                }
                match self.name(&*call.func)?.as_str() {
                    "builtins.range" => range_length(args),
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

fn in_body<'a>(body: &'a [ast::Stmt], child: AnyNodeRef<'a>) -> bool {
    match (body.first(), body.last()) {
        (Some(first), Some(last)) => first.start() <= child.start() && child.end() <= last.end(),
        _ => false,
    }
}

fn range_length(args: &[Expr]) -> Option<u64> {
    let number = |expr: &Expr| match expr {
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(int) => int.as_u64(),
            _ => None,
        },
        _ => None,
    };
    match args {
        [stop] => number(stop),
        [start, stop] => Some(number(stop)?.saturating_sub(number(start)?)),
        [start, stop, step] => {
            let span = number(stop)?.saturating_sub(number(start)?);
            Some(span.div_ceil(number(step)?.max(1)))
        }
        _ => None,
    }
}
