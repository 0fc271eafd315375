//! The types of names that are bound as parts of a tuple or list: `for k, v in d.items()`, `a, *rest = values`.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;
use smallvec::SmallVec;

use super::facts::Facts;
use super::tree::NodeId;
use super::types::{Type, known, list_of};

/// Which part of what is unpacked a target takes.
#[derive(Clone, Copy)]
enum Part {
    /// Counted from the start, of so many.
    At(usize, usize),
    /// Behind a starred one: any.
    Any,
    /// Starred: a list of some of them.
    Rest,
}

impl<'a> Facts<'a> {
    /// What the name at a place gets when a value is unpacked.
    pub(super) fn infer_unpacked(&self, id: NodeId) -> Type<'a> {
        let mut path: SmallVec<[Part; 4]> = SmallVec::new();
        let mut inner = self.tree.node(id);
        let source = loop {
            let Some(outer) = self.tree.parent(inner) else {
                return Type::Unknown;
            };
            match outer {
                AnyNodeRef::ExprTuple(ast::ExprTuple { elts, .. })
                | AnyNodeRef::ExprList(ast::ExprList { elts, .. }) => {
                    path.push(part_of(elts, inner));
                }
                AnyNodeRef::ExprStarred(_) => {}
                AnyNodeRef::StmtAssign(stmt) => match self.unpacked_literal(&stmt.value, &path) {
                    Some(value) => return value,
                    None => break self.infer(&*stmt.value),
                },
                AnyNodeRef::StmtFor(stmt) if !stmt.is_async => {
                    break self.infer(&*stmt.iter).element();
                }
                AnyNodeRef::Comprehension(clause) if !clause.is_async => {
                    break self.infer(&clause.iter).element();
                }
                _ => return Type::Unknown,
            }
            inner = outer;
        };
        let parts = path.into_iter().rev();
        known(parts.fold(source, |value, part| match part {
            Part::At(position, _) => value.element_at(position),
            Part::Any => value.element(),
            Part::Rest => list_of(value.element()),
        }))
    }

    /// The part of a tuple that is written out, `a, b = 1, ''`.
    fn unpacked_literal(&self, value: &'a Expr, path: &[Part]) -> Option<Type<'a>> {
        let mut value = value;
        for part in path.iter().rev() {
            let elts = match value {
                Expr::Tuple(tuple) => &tuple.elts,
                Expr::List(list) => &list.elts,
                _ => return None,
            };
            let Part::At(position, count) = *part else {
                return None;
            };
            if elts.len() != count || elts.iter().any(Expr::is_starred_expr) {
                return None;
            }
            value = elts.get(position)?;
        }
        Some(self.infer(value))
    }
}

fn part_of(elts: &[Expr], inner: AnyNodeRef<'_>) -> Part {
    let position = elts.iter().position(|elt| elt.range() == inner.range());
    let starred = elts.iter().position(Expr::is_starred_expr);
    match (position, starred) {
        (Some(position), Some(starred)) if position == starred => Part::Rest,
        (Some(position), Some(starred)) if position < starred => Part::At(position, 0),
        (Some(position), None) => Part::At(position, elts.len()),
        _ => Part::Any,
    }
}
