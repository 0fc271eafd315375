//! What functions do to a list, a dict or a set that they are given: whether they change it, themselves or by whom they pass it to.

use std::collections::VecDeque;

use ruff_python_ast::{self as ast, AnyNodeRef, CmpOp, Expr, ExprCall, ExprName};
use ruff_text_size::Ranged;
use rustc_hash::FxHashSet;

use super::consumption::position;
use super::meaning::ProjectFunction;
use super::origin::Origin;
use super::outgoing::around;
use super::wants::Wants;
use super::{Step, View};
use crate::python::containers::Containers;
use crate::python::facts::Facts;
use crate::python::symbols::{Binding, Symbol, binding};
use crate::python::uses::Use;

/// What a function may do to what it is given as a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// Changes it on this line, if it is one of these.
    Here(Containers, usize),
    /// Passes it to what this comes to, on this line.
    By(Origin, Slot, usize),
}

/// Which parameter an argument is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::python) enum Slot {
    At(usize),
    Named(Box<str>),
}

/// More calls than a reader follows.
const STEPS: usize = 6;
/// Functions that are looked at for one question.
const LOOKED_AT: usize = 50;

/// What a function does to the very object that is given for a parameter, in the order of the text. A change under a condition counts
/// as well: that it may happen is what matters. What is done to an object that the name stands for later does not count.
pub(super) fn changes<'a>(
    facts: &Facts<'a>,
    def: &'a ast::StmtFunctionDef,
    parameter: &'a ast::Parameter,
) -> Box<[Change]> {
    let Some(symbol) = facts.symbol(parameter).filter(|one| !one.shared) else {
        return Box::default();
    };
    let mut found = Vec::new();
    for read in facts.reads(symbol) {
        let changed = facts.changed_by(read);
        let passed = match facts.usage(read) {
            Use::Argument(call) => Some(call),
            _ => None,
        };
        if changed == Containers::NONE && passed.is_none() {
            continue;
        }
        let is_own = around(facts, read.into()).is_some_and(|(own, _)| std::ptr::eq(own, def));
        if !is_own || !is_as_given(facts, symbol, read) {
            continue;
        }
        let possible = Containers::possible(&facts.ty(read));
        let row = facts.row_of(read);
        add(&mut found, Change::Here(changed.and(possible), row));
        if possible != Containers::NONE
            && let Some(call) = passed
            && facts.may_be_elsewhere((&*call.func).into())
            && let Some(slot) = slot(call, read)
        {
            let origin = facts.origin(&call.func);
            if origin.is_elsewhere() {
                add(&mut found, Change::By(origin, slot, row));
            }
        }
    }
    found.into()
}

/// Adds what is not said yet.
fn add(found: &mut Vec<Change>, change: Change) {
    let is_new = match &change {
        Change::Here(Containers::NONE, _) => false,
        Change::Here(these, _) => {
            !(found.iter()).any(|known| matches!(known, Change::Here(known, _) if known == these))
        }
        Change::By(origin, slot, _) => !found.iter().any(
            |known| matches!(known, Change::By(known, at, _) if known == origin && at == slot),
        ),
    };
    if is_new {
        found.push(change);
    }
}

/// Whether a parameter still stands for what was given when it is read: nothing before, and nothing in a loop around, binds it anew.
fn is_as_given<'a>(facts: &Facts<'a>, symbol: &Symbol<'a>, read: &'a ExprName) -> bool {
    symbol.bindings.iter().all(|id| {
        let place = facts.tree.node(*id);
        match binding(&facts.tree, *id) {
            // In place, for whatever can be changed.
            Some(Binding::Parameter(_) | Binding::Augmented(_)) => true,
            Some(Binding::Assign(stmt)) if is_in_want(facts, symbol, stmt) => true,
            _ => {
                read.end() <= place.start()
                    && !facts.tree.ancestors(read).any(|outer| {
                        matches!(outer, AnyNodeRef::StmtFor(_) | AnyNodeRef::StmtWhile(_))
                            && outer.range().contains_range(place.range())
                    })
            }
        }
    })
}

/// Whether a parameter is bound anew only where nothing was given: `if p is None: p = []`.
fn is_in_want<'a>(facts: &Facts<'a>, symbol: &Symbol<'a>, stmt: &'a ast::StmtAssign) -> bool {
    let Some(AnyNodeRef::StmtIf(branch)) = facts.tree.parent(stmt) else {
        return false;
    };
    let tested = match &*branch.test {
        Expr::Compare(test) if test.ops.as_ref() == [CmpOp::Is] => {
            match test.comparators.as_ref() {
                [Expr::NoneLiteral(_)] => &*test.left,
                _ => return false,
            }
        }
        Expr::UnaryOp(test) if test.op.is_not() => &*test.operand,
        _ => return false,
    };
    facts.binds(tested, symbol)
}

/// Which parameter an argument is for, where that is sure.
fn slot(call: &ExprCall, argument: impl Ranged) -> Option<Slot> {
    if let Some(at) = position(call, argument.range()) {
        return Some(Slot::At(at));
    }
    let mut keywords = call.arguments.keywords.iter();
    let keyword = keywords.find(|keyword| keyword.value.range() == argument.range())?;
    Some(Slot::Named(keyword.arg.as_ref()?.as_str().into()))
}

impl View<'_> {
    /// By which calls a function comes to change a container that it is given: the shortest way, and among those the first.
    pub(super) fn changes(
        &self,
        function: &ProjectFunction,
        slot: &Slot,
        container: Containers,
    ) -> Option<Vec<Step>> {
        let mut seen: FxHashSet<(Box<str>, u32, Slot)> = FxHashSet::default();
        let mut open = VecDeque::from([(function.clone(), slot.clone(), Vec::new())]);
        while let Some((function, slot, steps)) = open.pop_front() {
            if seen.len() >= LOOKED_AT || steps.len() >= STEPS {
                return None;
            }
            let path = &function.outline.path;
            if !seen.insert((path.clone(), function.number, slot.clone())) {
                continue;
            }
            // A method's first parameter is its object. What a coroutine does is done when somebody waits for it.
            let is_followed =
                |def: &super::OutlineFunction| def.is_followed() && def.class.is_none();
            if !function.get().is_some_and(is_followed) {
                continue;
            }
            let Some(details) = self.details(&function.outline) else {
                continue;
            };
            let Some(parameter) = details.parameter_for(function.number, &slot) else {
                continue;
            };
            let own = parameter.changes.iter().find_map(|change| match change {
                Change::Here(these, row) if these.any_of(container) => Some(*row),
                _ => None,
            });
            if let Some(row) = own {
                let last = Step {
                    name: parameter.name.to_string(),
                    entry: None,
                    makes: false,
                    path: path.to_string(),
                    row,
                    defined: None,
                };
                return Some(steps.into_iter().chain([last]).collect());
            }
            for change in &parameter.changes {
                if let Change::By(origin, slot, row) = change
                    && let Some(callee) = self.callee(&function.outline, origin)
                    && let Some(step) = self.step(path, *row, &callee)
                {
                    let steps = steps.iter().cloned().chain([step]).collect();
                    open.push_back((callee, slot.clone(), steps));
                }
            }
        }
        None
    }
}

impl<'a> Facts<'a> {
    /// How a call changes a container that it is given, by a function of the project: the calls on the way, and the line that may change
    /// it. `None` where nothing is seen to. Other files are looked into where imports are followed.
    pub fn changes_argument(
        &self,
        call: &'a ExprCall,
        argument: impl Ranged,
        container: Containers,
    ) -> Option<Vec<Step>> {
        if !self.may_be_elsewhere((&*call.func).into()) {
            return None;
        }
        let slot = slot(call, argument)?;
        let origin = self.origin(&call.func);
        if !origin.is_elsewhere() {
            return None;
        }
        let origin = self.ask_of(origin, || Wants::Changing(slot.clone(), container))?;
        let own = match origin.is_of_its_file() {
            true => self.outline_in_detail(),
            false => self.outline_for(&origin),
        };
        let callee = self.project.callee(&own, &origin)?;
        let step = self.project.step(&own.path, self.row_of(call), &callee)?;
        let rest = self.project.changes(&callee, &slot, container)?;
        Some(std::iter::once(step).chain(rest).collect())
    }
}
