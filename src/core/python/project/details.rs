//! What of a file is asked so seldom that it is read again for it.
//!
//! **Invariant**: made from the text that the summary is of, or not at all.

use std::sync::Arc;

use ruff_python_ast::{self as ast, AnyNodeRef};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use super::View;
use super::changes::{Change, Slot, changes};
use super::consumption::{Consumed, consumed};
use super::outline::Outline;
use super::returns::Returns;
use super::users::{Taken, taken};
use crate::python::facts::Facts;

/// See the module's documentation.
#[derive(Debug, PartialEq)]
pub(super) struct Details {
    /// Of functions that go through one of theirs as a whole, or may change it, by the function's number.
    parameters: FxHashMap<u32, Box<[Parameter]>>,
    /// What of other files is used for its items alone.
    pub taken: Box<[Taken]>,
}

#[derive(Debug, PartialEq)]
pub(super) struct Parameter {
    pub name: Box<str>,
    /// Bound by name alone.
    pub keyword_only: bool,
    /// Whether all of it is gone through.
    pub consumed: Consumed,
    /// What may change it.
    pub changes: Box<[Change]>,
}

impl Details {
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let returns = Returns::of(facts);
        let functions = facts.numbers().functions.iter().zip(0..);
        let parameters = functions.filter_map(|(id, number)| match facts.tree.node(*id) {
            AnyNodeRef::StmtFunctionDef(def) => {
                Some((number, parameters(facts, def, &returns)?.into()))
            }
            _ => None,
        });
        Self {
            parameters: parameters.collect(),
            taken: taken(facts),
        }
    }

    /// What a function does with what it is given at a position.
    pub(super) fn parameter(&self, function: u32, at: usize) -> Option<&Parameter> {
        self.parameters.get(&function)?.get(at)
    }

    /// The parameter that an argument is for.
    pub(super) fn parameter_for(&self, function: u32, slot: &Slot) -> Option<&Parameter> {
        match slot {
            Slot::At(at) => self
                .parameter(function, *at)
                .filter(|one| !one.keyword_only),
            Slot::Named(name) => {
                let mut all = self.parameters.get(&function)?.iter();
                all.find(|one| one.name == *name)
            }
        }
    }
}

/// Those that are not variadic, where something is known of one.
fn parameters<'a>(
    facts: &Facts<'a>,
    def: &'a ast::StmtFunctionDef,
    returns: &Returns<'a>,
) -> Option<Vec<Parameter>> {
    let returns = returns.in_function(facts, def);
    let parameters = def.parameters.iter_non_variadic_params();
    let parameters = parameters.map(|one| Parameter {
        name: one.parameter.name.as_str().into(),
        keyword_only: def
            .parameters
            .kwonlyargs
            .iter()
            .any(|other| other.range() == one.range()),
        consumed: consumed(facts, def, returns, &one.parameter),
        changes: changes(facts, def, &one.parameter),
    });
    let parameters: Vec<Parameter> = parameters.collect();
    let is_known = |one: &Parameter| one.consumed != Consumed::No || !one.changes.is_empty();
    parameters.iter().any(is_known).then_some(parameters)
}

impl View<'_> {
    /// What the file of a summary tells when it is read again; `None` where another text is there by now.
    pub(super) fn details<'o>(&self, outline: &'o Outline) -> Option<&'o Details> {
        let read = || {
            let details = self.project.read_anew(&outline.path, |facts| {
                let is_same = outline.is_of(facts.source.text());
                is_same.then(|| facts.as_told_here(Details::of))
            });
            details.flatten()
        };
        outline.details.get_or_init(read).as_ref()
    }
}

impl Facts<'_> {
    /// The summary of the file, with what its text tells beyond: that need not be read again.
    pub(super) fn outline_in_detail(&self) -> Arc<Outline> {
        let outline = self.outline();
        let details = || Some(self.as_told_here(Details::of));
        outline.details.get_or_init(details);
        outline
    }
}
