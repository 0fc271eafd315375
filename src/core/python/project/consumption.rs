//! What functions do with an iterator that they are given: whether they certainly go through all of it, themselves or by whom they pass
//! it to.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprCall};
use ruff_text_size::Ranged;

use super::meaning::ProjectFunction;
use super::origin::Origin;
use super::outgoing::around;
use super::wants::Wants;
use super::{Step, View};
use crate::python::facts::Facts;
use crate::python::tree::{NodeId, comprehension_generators};
use crate::python::uses::Use;

/// What becomes of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Consumed {
    /// Nothing, or nobody knows.
    No,
    /// Gone through to its end, on this line.
    Whole(usize),
    /// Passed to what this comes to, as the argument at that position, on this line.
    By(Origin, usize, usize),
}

/// Builtins that go through what they are given as the only argument.
const TAKERS: &[&str] = &[
    "builtins.dict",
    "builtins.frozenset",
    "builtins.list",
    "builtins.max",
    "builtins.min",
    "builtins.set",
    "builtins.sorted",
    "builtins.sum",
    "builtins.tuple",
];

/// Passed on from function to function: longer chains are followed no further, and circles end.
const DEEPEST: usize = 6;

/// What a function certainly does with a parameter whenever it is called.
pub(super) fn consumed<'a>(
    facts: &Facts<'a>,
    def: &'a ast::StmtFunctionDef,
    returns: &[(NodeId, &'a ast::StmtReturn)],
    parameter: &'a ast::Parameter,
) -> Consumed {
    let Some(symbol) = facts
        .symbol(parameter)
        .filter(|one| one.bindings.len() == 1)
    else {
        return Consumed::No;
    };
    if symbol.reads.is_empty() || !def.decorator_list.is_empty() || facts.is_generator(def) {
        return Consumed::No;
    }
    let first = returns.first().map(|(_, stmt)| stmt.end());
    for read in facts.reads(symbol) {
        // How it is used is nearly always something else.
        let usage = facts.usage(read);
        if !matches!(usage, Use::Iterated(_) | Use::Argument(_)) {
            continue;
        }
        let is_certain = around(facts, read.into())
            .is_some_and(|(own, guarded)| std::ptr::eq(own, def) && !guarded)
            && in_no_loop(facts, read)
            && first.is_none_or(|first| read.start() < first);
        if !is_certain {
            continue;
        }
        let row = facts.row_of(read);
        match usage {
            Use::Iterated(AnyNodeRef::StmtFor(stmt)) if !stmt.is_async => {
                let may_end = facts.tree.descendants(stmt).any(|node| {
                    node.is_stmt_break() || node.is_stmt_return() || node.is_stmt_raise()
                });
                if !may_end {
                    return Consumed::Whole(row);
                }
            }
            Use::Iterated(AnyNodeRef::Comprehension(clause)) if !clause.is_async => {
                let is_lazy = matches!(
                    facts.tree.parent(clause),
                    Some(AnyNodeRef::ExprGenerator(_)) | None
                );
                if !is_lazy {
                    return Consumed::Whole(row);
                }
            }
            Use::Argument(call) => {
                let Some(at) = position(call, read.range()) else {
                    continue;
                };
                let is_taker = call.arguments.args.len() == 1
                    && TAKERS.iter().any(|taker| facts.is(&*call.func, taker));
                if is_taker {
                    return Consumed::Whole(row);
                }
                if facts.may_be_elsewhere((&*call.func).into()) {
                    let origin = facts.origin(&call.func);
                    if origin != Origin::Unknown {
                        return Consumed::By(origin, at, row);
                    }
                }
            }
            _ => {}
        }
    }
    Consumed::No
}

/// Whether a read is done once a call: what a loop goes over is asked for before its first turn.
fn in_no_loop<'a>(facts: &Facts<'a>, read: &'a ast::ExprName) -> bool {
    facts.tree.ancestors(read).all(|outer| match outer {
        AnyNodeRef::StmtFor(stmt) => stmt.iter.range().contains_range(read.range()),
        AnyNodeRef::StmtWhile(_) => false,
        other => comprehension_generators(other)
            .first()
            .is_none_or(|clause| clause.iter.range().contains_range(read.range())),
    })
}

/// Which argument stands at a place, where that is sure to be the parameter of the same position.
pub(super) fn position(call: &ExprCall, range: ruff_text_size::TextRange) -> Option<usize> {
    let args = &call.arguments.args;
    let at = args.iter().position(|one| one.range() == range)?;
    let before = args.get(..=at)?;
    (!before.iter().any(Expr::is_starred_expr)).then_some(at)
}

impl View<'_> {
    /// How a function goes through what it is given at a position.
    pub(super) fn takes(&self, function: &ProjectFunction, at: usize) -> Option<Vec<Step>> {
        self.consumes(function, at, DEEPEST)
    }

    fn consumes(&self, function: &ProjectFunction, at: usize, left: usize) -> Option<Vec<Step>> {
        let left = left.checked_sub(1)?;
        let def = function.get()?;
        // A method's first parameter is its object.
        if def.is_async || def.is_generator || !def.runs_when_called || def.class.is_some() {
            return None;
        }
        let details = self.details(&function.outline)?;
        let parameter = details.parameter(function.number, at);
        let parameter = parameter.filter(|one| !one.keyword_only)?;
        let path = &function.outline.path;
        match &parameter.consumed {
            Consumed::No => None,
            Consumed::Whole(row) => Some(vec![Step {
                name: parameter.name.to_string(),
                entry: None,
                makes: false,
                path: path.to_string(),
                row: *row,
                defined: None,
            }]),
            Consumed::By(origin, at, row) => {
                let callee = self.callee(&function.outline, origin)?;
                let step = self.step(path, *row, &callee)?;
                let rest = self.consumes(&callee, *at, left)?;
                Some(std::iter::once(step).chain(rest).collect())
            }
        }
    }
}

impl<'a> Facts<'a> {
    /// Whether a call may run a function of the project by its name: methods are not looked into.
    pub fn may_take(&self, call: &'a ExprCall) -> bool {
        if !self.sees_others() {
            return false;
        }
        let mut callee = &*call.func;
        while let Expr::Attribute(member) = callee {
            callee = &member.value;
        }
        let Expr::Name(name) = callee else {
            return false;
        };
        match call.func.is_name_expr() {
            true => self.may_be_elsewhere(name.into()),
            false => self.is_import_of_project(name),
        }
    }

    /// How a call of a function of the project goes through all of an argument: the calls on the way, and the line that does it. `None`
    /// where it may not, or where other files are not looked into.
    pub fn takes_all(&self, call: &'a ExprCall, argument: impl Ranged) -> Option<Vec<Step>> {
        if !self.may_take(call) {
            return None;
        }
        let at = position(call, argument.range())?;
        let origin = self.origin(&call.func);
        let origin = self.ask_of(origin, || Wants::Taking(at))?;
        let own = match origin.is_of_its_file() {
            true => self.outline_in_detail(),
            false => self.outline_for(&origin),
        };
        let callee = self.project.callee(&own, &origin)?;
        let step = self.project.step(&own.path, self.row_of(call), &callee)?;
        let rest = self.project.takes(&callee, at)?;
        Some(std::iter::once(step).chain(rest).collect())
    }

    /// The generator of another file that a call makes: where it is defined.
    pub fn generator_elsewhere(&self, call: &'a ExprCall) -> Option<(String, usize)> {
        if !self.sees_others() || self.callee(call).is_some() {
            return None;
        }
        let called = self.called_function(call, || Wants::Generator)?;
        let def = called.outline()?;
        def.makes_generator()
            .then(|| (called.path().to_owned(), def.row as usize))
    }
}
