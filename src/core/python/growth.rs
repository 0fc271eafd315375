//! How an assignment makes something longer out of itself, and who would notice if it grew in place.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Operator, Stmt};
use ruff_text_size::Ranged;

use super::accumulation::{Accumulation, Shape};
use super::blocks::siblings;
use super::facts::Facts;
use super::loops::Loop;
use super::symbols::{Binding, Symbol};
use super::types::Type;
use super::uses::Use;

/// A local variable that one statement makes, another one of the same list makes longer, and nothing rebinds besides.
#[derive(Clone, Copy, Debug)]
pub struct BuildUp<'a, 'f> {
    pub symbol: &'f Symbol<'a>,
    /// What makes it.
    pub start: Binding<'a>,
    /// The statement in which it grows: usually the outermost loop.
    pub whole: &'a Stmt,
}

impl<'a> Facts<'a> {
    /// How `value`, assigned to `target`, makes what `target` holds longer by other means than `+`: `d = {**d, k: v}`, `s = s | x`,
    /// `s = s.union(x)`, `d = dict(d, k=v)`.
    pub(super) fn merges_into(&self, target: &'a Expr, value: &'a Expr) -> Option<Shape> {
        let own = |expr: &'a Expr| self.same_place(expr, target);
        let spread = |elts: &'a [Expr]| {
            elts.iter()
                .position(|elt| elt.as_starred_expr().is_some_and(|star| own(&star.value)))
        };
        let at = match value {
            Expr::BinOp(op) if op.op == Operator::BitOr => merged(value).into_iter().position(own),
            Expr::List(list) => spread(&list.elts),
            Expr::Tuple(tuple) => spread(&tuple.elts),
            Expr::Set(set) => spread(&set.elts),
            Expr::Dict(dict) => dict
                .items
                .iter()
                .position(|item| item.key.is_none() && own(&item.value)),
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method) => {
                    (method.attr.as_str() == "union" && own(&method.value)).then_some(0)
                }
                func => {
                    let first = call.arguments.args.first();
                    (first.is_some_and(own) && self.is(func, "builtins.dict")).then_some(0)
                }
            },
            _ => None,
        };
        Some(match at? {
            0 => Shape::Merged,
            _ => Shape::Prepended,
        })
    }

    /// Whether each iteration hands on, keeps or goes over all that was gathered by then: that takes as long as the copy, and may need it.
    pub fn is_wanted_whole(&self, found: &Accumulation<'a>) -> bool {
        self.reads_of(found.target, found.around)
            .into_iter()
            .filter(|read| {
                let stmt = self.tree.statement(*read);
                let grown = stmt.and_then(|stmt| self.accumulation(stmt));
                !grown.is_some_and(|grown| self.same_place(grown.target, found.target))
            })
            .any(|read| match self.usage(read) {
                Use::Argument(call) => !self.is(&*call.func, "builtins.len"),
                Use::Stored
                | Use::Yielded
                | Use::Awaited
                | Use::Formatted
                | Use::Iterated(_)
                | Use::AddedTo(_)
                | Use::Operand(_) => true,
                _ => false,
            })
    }

    /// Whether the same place grows further up in the same loop, in a statement that `counts`: one of the two is told.
    pub fn grew_before(
        &self,
        found: &Accumulation<'a>,
        counts: impl Fn(&Accumulation<'a>) -> bool,
    ) -> bool {
        self.tree
            .descendants(found.around.node())
            .take_while(|node| node.start() < found.stmt.start())
            .filter(|node| node.is_statement())
            .filter_map(|node| self.accumulation(node))
            .any(|other| {
                counts(&other)
                    && self.same_place(other.target, found.target)
                    && other.around.range() == found.around.range()
            })
    }

    /// Whether an iteration takes items out of a container as well: it need not get long.
    pub fn shrinks_in(&self, place: &'a Expr, around: Loop<'a>) -> bool {
        self.reads_of(place, around)
            .into_iter()
            .any(|read| match self.usage(read) {
                Use::Method(method, _) => matches!(
                    method,
                    "pop" | "popleft" | "popitem" | "clear" | "remove" | "discard"
                ),
                Use::Item(item) => item.ctx.is_del(),
                _ => false,
            })
    }

    /// The reads of a variable, attribute or item that an iteration repeats.
    pub(super) fn reads_of(&self, place: &'a Expr, around: Loop<'a>) -> Vec<AnyNodeRef<'a>> {
        if let Expr::Name(name) = place {
            let reads = self.symbol(name).map(|symbol| self.reads(symbol));
            let reads = reads.into_iter().flatten();
            return reads
                .filter(|read| around.repeats(*read))
                .map(Into::into)
                .collect();
        }
        let inside = self.tree.descendants(around.node());
        let alike = inside.filter(|node| match (node, place) {
            (AnyNodeRef::ExprAttribute(other), Expr::Attribute(own)) => {
                other.ctx.is_load()
                    && other.attr.id == own.attr.id
                    && self.same_place(&other.value, &own.value)
            }
            (AnyNodeRef::ExprSubscript(other), Expr::Subscript(own)) => {
                other.ctx.is_load()
                    && self.same_place(&other.value, &own.value)
                    && self.text(&*other.slice) == self.text(&*own.slice)
            }
            _ => false,
        });
        alike.filter(|node| around.repeats(*node)).collect()
    }

    /// Takes what `growing` adds to as a [`BuildUp`], if it is one.
    pub fn build_up<'f>(
        &'f self,
        target: &'a Expr,
        growing: impl Into<AnyNodeRef<'a>>,
    ) -> Option<BuildUp<'a, 'f>> {
        let growing = growing.into();
        let symbol = self.symbol(target.as_name_expr()?)?;
        if !self.is_fast_local(symbol) {
            return None;
        }
        let mut starts = self
            .bindings(symbol)
            .zip(self.binding_nodes(symbol))
            .filter(|(bound, _)| match bound {
                Binding::Augmented(_) => false,
                Binding::Assign(stmt) => self.accumulation(*stmt).is_none(),
                _ => true,
            });
        let (start, node) = starts.next()?;
        let stmt = match start {
            Binding::Assign(stmt) if stmt.targets.len() == 1 => AnyNodeRef::from(stmt),
            Binding::Annotated(stmt) if stmt.value.is_some() => AnyNodeRef::from(stmt),
            _ => return None,
        };
        let alone = starts.next().is_none();
        let block = siblings(&self.tree, stmt);
        let whole = block
            .iter()
            .find(|stmt| stmt.range().contains_range(growing.range()))?;
        let inside = self.bindings(symbol).zip(self.binding_nodes(symbol));
        let grows_there = inside.into_iter().all(|(_, other)| {
            other.range() == node.range() || whole.range().contains_range(other.range())
        });
        (alone && grows_there && stmt.start() < whole.start()).then_some(BuildUp {
            symbol,
            start,
            whole,
        })
    }

    /// Whether something else refers to the object while it grows, or an iterator goes over it: who holds it would see it change.
    pub fn is_held_elsewhere(&self, built: BuildUp<'a, '_>) -> bool {
        !self.is_fresh(built.start)
            || self.reads(built.symbol).any(|read| {
                if read.start() >= built.whole.end() {
                    return false;
                }
                self.keeps_hold(read, self.usage(read))
            })
    }

    /// Whether what a read of a name does lets something else refer to the object, or go over it, from then on.
    pub(super) fn keeps_hold(&self, read: &'a ast::ExprName, used: Use<'a>) -> bool {
        match used {
            Use::Truth
            | Use::Haystack(_)
            | Use::Compared(_)
            | Use::Operand(_)
            | Use::Augmented(_)
            | Use::AddedTo(_)
            | Use::Item(_)
            | Use::Returned => false,
            // Views and iterators keep the container.
            Use::Method(_, call) => {
                matches!(
                    self.ty(call),
                    Type::Unknown | Type::DictView(_) | Type::Iterator(_)
                ) && !matches!(self.tree.parent(call), Some(AnyNodeRef::StmtExpr(_)))
            }
            Use::Argument(call) => {
                !self.reads_only(call) || matches!(self.ty(call), Type::Iterator(_))
            }
            // `{**d, k: v}`, `[*xs, x]`
            Use::Stored => !self.spreads(read.into()),
            _ => true,
        }
    }

    /// Whether a name is what `**` unpacks in a display.
    fn spreads(&self, name: AnyNodeRef<'a>) -> bool {
        match self.tree.parent(name) {
            Some(AnyNodeRef::ExprDict(dict)) => dict
                .items
                .iter()
                .any(|item| item.key.is_none() && item.value.range() == name.range()),
            Some(AnyNodeRef::ExprStarred(_)) => true,
            _ => false,
        }
    }

    /// Whether an exception in the statement that makes it longer could show it, half-way, to code behind a handler.
    pub fn may_be_seen_half_way(&self, built: BuildUp<'a, '_>) -> bool {
        let inside = built.whole.range();
        self.tree
            .ancestors(built.whole)
            .take_while(|outer| !outer.is_stmt_function_def())
            .any(|outer| {
                let body = match outer {
                    AnyNodeRef::StmtTry(stmt) => &stmt.body,
                    // A context manager may swallow exceptions; a file does not.
                    AnyNodeRef::StmtWith(stmt)
                        if !stmt
                            .items
                            .iter()
                            .all(|item| matches!(self.ty(&item.context_expr), Type::File(_))) =>
                    {
                        &stmt.body
                    }
                    _ => return false,
                };
                let guarded = body.iter().any(|stmt| stmt.range().contains_range(inside));
                guarded
                    && self.reads(built.symbol).any(|read| {
                        !body
                            .iter()
                            .any(|stmt| stmt.range().contains_range(read.range()))
                    })
            })
    }
}

/// The operands of a chain of `|`, in the order of the text.
pub fn merged(expr: &Expr) -> Vec<&Expr> {
    let mut found = Vec::new();
    let mut rest = expr;
    while let Expr::BinOp(ast::ExprBinOp {
        left,
        op: Operator::BitOr,
        right,
        ..
    }) = rest
    {
        found.push(&**right);
        rest = left;
    }
    found.push(rest);
    found.reverse();
    found
}
