//! The calls of a summary: what the functions of a file call whenever they run, as far as callers may want to know.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind};
use ruff_text_size::{Ranged, TextSize};
use rustc_hash::FxHashSet;

use super::origin::{Origin, Owned};
use super::outline::{Call, Callee, Outline, row};
use super::returns::Returns;
use crate::python::blocks::function_around;
use crate::python::facts::Facts;
use crate::python::libraries::{Effects, Entry};
use crate::python::symbols::{Binding, SymbolId};
use crate::python::tree::Tag;
use crate::python::types::Type;
use crate::python::waits::is_short_pause;

/// Calls that functions may be known for, and what comes to a call, in the order of the text.
pub(super) struct Calls<'a> {
    /// Going through something may be one.
    iterates: bool,
    nodes: Vec<AnyNodeRef<'a>>,
    /// Names that functions call, by the functions' numbers.
    named: FxHashSet<(u32, SymbolId, bool)>,
}

impl<'a> Calls<'a> {
    pub(super) fn of(facts: &Facts<'a>) -> Self {
        Self {
            iterates: facts.may_know("__iter__"),
            nodes: Vec::new(),
            named: FxHashSet::default(),
        }
    }

    /// Takes a node of the file into account.
    pub(super) fn look(&mut self, tag: Tag, node: &AnyNodeRef<'a>) {
        let is_loop = || tag.is(NodeKind::StmtFor) || tag.is(NodeKind::Comprehension);
        if tag.is(NodeKind::ExprCall) || self.iterates && is_loop() {
            self.nodes.push(*node);
        }
    }

    /// Tells them to the functions that make them.
    pub(super) fn collect(
        mut self,
        facts: &Facts<'a>,
        returns: &Returns<'a>,
        outline: &mut Outline,
    ) {
        let mut made: Vec<Vec<Call>> = outline.functions.iter().map(|_| Vec::new()).collect();
        for node in std::mem::take(&mut self.nodes) {
            let Some((def, number)) = caller(facts, node) else {
                continue;
            };
            let function = outline.function(number);
            let (Some(function), Some(calls)) = (function, made.get_mut(number as usize)) else {
                continue;
            };
            if !function.is_followed() {
                continue;
            }
            let first = || {
                let first = returns.in_function(facts, def).first();
                first.map(|(_, first)| first.end())
            };
            let method = |class: u32, name: &str| {
                let methods = &outline.class(class)?.methods;
                outline.among(methods, name)
            };
            let Some(outgoing) = self.outgoing(facts, node, number, first, method) else {
                continue;
            };
            // The first of several is the one that is told.
            let Outgoing { callee, awaited } = outgoing;
            let is_new = |known: &Call| known.callee != callee || known.awaited != awaited;
            if calls.iter().all(is_new) {
                let row = row(facts, place_of(node));
                calls.push(Call {
                    callee,
                    row,
                    awaited,
                });
            }
        }
        if facts.declared_libraries().is_none() {
            forget_idle_calls(&mut made);
        }
        for (function, calls) in outline.functions.iter_mut().zip(made) {
            function.calls = calls.into();
        }
    }

    /// What comes of a call that the function of that number makes; `first` tells where its first `return` ends, `method` which function
    /// of the file is a method of a class.
    fn outgoing(
        &mut self,
        facts: &Facts<'a>,
        node: AnyNodeRef<'a>,
        number: u32,
        first: impl FnOnce() -> Option<TextSize>,
        method: impl Fn(u32, &str) -> Option<u32>,
    ) -> Option<Outgoing> {
        let place = place_of(node);
        if first().is_some_and(|first| first <= place.start()) {
            return None;
        }
        let awaited = matches!(facts.tree.parent(place), Some(AnyNodeRef::ExprAwait(_)));
        // The same function called again, as nearly half of all calls do, comes to the same.
        if let AnyNodeRef::ExprCall(call) = node
            && let Expr::Name(name) = &*call.func
            && let Some(symbol) = facts.symbol_id(name)
            && !self.named.insert((number, symbol, awaited))
        {
            return None;
        }
        let callee = match node {
            AnyNodeRef::ExprCall(call) => callee(facts, call),
            // Going through a queryset sends its query.
            AnyNodeRef::StmtFor(stmt) => iterated(facts, &stmt.iter).map(Callee::Known),
            AnyNodeRef::Comprehension(clause) => iterated(facts, &clause.iter).map(Callee::Known),
            _ => None,
        }?;
        // What the configuration describes is known by its own name.
        let callee = match facts.declared_libraries() {
            Some(_) => callee,
            None => settled(callee, method)?,
        };
        Some(Outgoing { callee, awaited })
    }
}

/// A call on its way out of a function.
pub(super) struct Outgoing {
    pub callee: Callee,
    pub awaited: bool,
}

impl<'a> Facts<'a> {
    /// What one function calls whenever it runs, where the file needs no summary.
    pub(super) fn outgoing(&self, def: &'a ast::StmtFunctionDef, number: u32) -> Vec<Outgoing> {
        let mut calls = Calls::of(self);
        let mut first: Option<TextSize> = None;
        for (tag, node) in self.tree.tagged_descendants(def) {
            if tag.is(NodeKind::StmtReturn) {
                let around = || function_around(&self.tree, *node);
                if first.is_none() && around().is_some_and(|around| std::ptr::eq(around, def)) {
                    first = Some(node.end());
                }
                continue;
            }
            calls.look(tag, node);
        }
        let method = |class: u32, name: &str| self.method_of(class, name);
        let nodes = std::mem::take(&mut calls.nodes).into_iter();
        let outgoing = nodes.filter_map(|node| match caller(self, node) {
            Some((_, of)) if of == number => calls.outgoing(self, node, number, || first, method),
            _ => None,
        });
        outgoing.collect()
    }
}

/// Where a call stands; what is gone through where that comes to one.
fn place_of(node: AnyNodeRef<'_>) -> AnyNodeRef<'_> {
    match node {
        AnyNodeRef::StmtFor(stmt) => (&*stmt.iter).into(),
        AnyNodeRef::Comprehension(clause) => (&clause.iter).into(),
        call => call,
    }
}

/// The function that makes a call whenever it runs, and its number, where callers may want to know of it.
fn caller<'a>(facts: &Facts<'a>, node: AnyNodeRef<'a>) -> Option<(&'a ast::StmtFunctionDef, u32)> {
    if let AnyNodeRef::ExprCall(call) = node
        && !is_worth_following(facts, call)
    {
        return None;
    }
    // What may not run, or runs when nobody follows, counts for nothing: that is half of all.
    match around(facts, place_of(node))? {
        (def, false) => Some((def, facts.number_of_function(def)?)),
        _ => None,
    }
}

/// Whether a look at the callee lets it be something that callers want to know.
fn is_worth_following<'a>(facts: &Facts<'a>, call: &'a ast::ExprCall) -> bool {
    if is_short_pause(call) {
        return false;
    }
    let spelled = match &*call.func {
        Expr::Name(name) => match facts.symbol(name) {
            Some(_) => return true,
            None => name.id.as_str(),
        },
        // `self.store.load()` may be worth it, whatever `item.strip()` is called on is not.
        Expr::Attribute(method) if method.value.is_name_expr() => {
            if facts.is_told_by_name(call) {
                return true;
            }
            method.attr.as_str()
        }
        Expr::Attribute(_) => return true,
        _ => return false,
    };
    facts.may_do(spelled, WORTH_KNOWING)
        || (facts.declared_libraries()).is_some_and(|declared| declared.has_last(spelled))
}

/// Drops calls of functions of the file that come to nothing, as far as a way leads through this file alone.
fn forget_idle_calls(made: &mut [Vec<Call>]) {
    let own = |call: &Call| match &call.callee {
        Callee::Other(Origin::Function(number)) => Some(*number as usize),
        _ => None,
    };
    let mut callers: Vec<Vec<usize>> = vec![Vec::new(); made.len()];
    let mut comes_to: Vec<bool> = vec![false; made.len()];
    let mut open = Vec::new();
    for (caller, calls) in made.iter().enumerate() {
        for call in calls {
            match own(call) {
                Some(callee) => {
                    if let Some(callers) = callers.get_mut(callee) {
                        callers.push(caller);
                    }
                }
                None => open.push(caller),
            }
        }
    }
    while let Some(function) = open.pop() {
        if !std::mem::replace(&mut comes_to[function], true) {
            open.extend(callers[function].iter().copied());
        }
    }
    for calls in made {
        let counts = |callee: usize| comes_to.get(callee).copied().unwrap_or_default();
        calls.retain(|call| own(call).is_none_or(counts));
    }
}

/// What a call calls, where callers may want to know.
fn callee<'a>(facts: &Facts<'a>, call: &'a ast::ExprCall) -> Option<Callee> {
    let declared = facts.declared_libraries();
    let is_described = declared.is_some();
    // Methods that do nothing of the kind are most.
    let may_do = match &*call.func {
        Expr::Attribute(method) => {
            facts.may_do(&method.attr, WORTH_KNOWING)
                || declared.is_some_and(|declared| declared.has_last(&method.attr))
        }
        Expr::Name(name) => match facts.symbol(name).map(|symbol| facts.only_binding(symbol)) {
            Some(Some(Binding::Function(_) | Binding::Class(_))) => is_described,
            Some(Some(Binding::ImportFrom(_, alias))) => {
                is_described || facts.may_do(&alias.name, WORTH_KNOWING)
            }
            _ => true,
        },
        _ => true,
    };
    if let Some(known) = may_do.then(|| facts.knows(call)).flatten() {
        let worth = known.effects.any_of(WORTH_KNOWING);
        return worth.then_some(Callee::Known(known));
    }
    if !facts.may_be_elsewhere((&*call.func).into()) {
        return None;
    }
    let origin = facts.origin(&call.func);
    origin.is_elsewhere().then_some(Callee::Other(origin))
}

/// What callers may want to know.
const WORTH_KNOWING: Effects = Effects::BLOCKS.or(Effects::FOLLOWED);

/// What going through an object of a library does.
pub(super) fn iterated<'a>(facts: &Facts<'a>, iterable: &'a Expr) -> Option<&'static Entry> {
    if !facts.may_know("__iter__") {
        return None;
    }
    match facts.ty(iterable) {
        Type::Instance(class) if class.id().is_some() => {
            facts.entry(&format!("{}.__iter__", class.name()))
        }
        _ => None,
    }
}

/// The function whose call runs `node`, and whether only under a condition; `None` for what runs at import, or later.
pub(super) fn around<'a>(
    facts: &Facts<'a>,
    node: AnyNodeRef<'a>,
) -> Option<(&'a ast::StmtFunctionDef, bool)> {
    let mut guarded = false;
    let mut inner = node;
    while let Some(outer) = facts.tree.parent(inner) {
        match outer {
            AnyNodeRef::StmtFunctionDef(def) => {
                let in_body = def
                    .body
                    .first()
                    .is_some_and(|first| inner.start() >= first.start());
                // A default or a decorator runs when the function is defined.
                if !in_body {
                    inner = outer;
                    continue;
                }
                return Some((def, guarded));
            }
            AnyNodeRef::ExprLambda(_) | AnyNodeRef::StmtClassDef(_) => return None,
            AnyNodeRef::ExprGenerator(generator) => {
                let first = generator.generators.first();
                // The first iterable is evaluated at once, the rest when somebody asks.
                if !first.is_some_and(|first| first.iter.range().contains_range(node.range())) {
                    guarded = true;
                }
            }
            AnyNodeRef::StmtIf(stmt) => guarded |= !stmt.test.range().contains_range(inner.range()),
            AnyNodeRef::ElifElseClause(_)
            | AnyNodeRef::ExceptHandlerExceptHandler(_)
            | AnyNodeRef::MatchCase(_) => guarded = true,
            AnyNodeRef::ExprIf(branch) => {
                guarded |= !branch.test.range().contains_range(inner.range());
            }
            AnyNodeRef::ExprBoolOp(op) => {
                let first = op.values.first();
                guarded |= !first.is_some_and(|first| first.range().contains_range(inner.range()));
            }
            AnyNodeRef::StmtWhile(stmt) => {
                let forever = facts.always(&stmt.test) == Some(true);
                guarded |= !forever && !stmt.test.range().contains_range(inner.range());
            }
            _ => {}
        }
        inner = outer;
    }
    None
}

/// The same callee, told as the function of this file that it is; `None` where that is nothing.
fn settled(callee: Callee, method: impl Fn(u32, &str) -> Option<u32>) -> Option<Callee> {
    Some(match callee {
        // `self.method()`: a class's own methods hide those of its bases.
        Callee::Other(Origin::Attribute(base, name)) => {
            let own = match &*base {
                Origin::Value(Owned::Own(class)) => method(*class, &name),
                _ => None,
            };
            Callee::Other(match own {
                Some(number) => Origin::Function(number),
                None => Origin::Attribute(base, name),
            })
        }
        // Making an instance runs `__init__`; one that a base has is not followed.
        Callee::Other(Origin::Class(class)) => {
            Callee::Other(Origin::Function(method(class, "__init__")?))
        }
        callee => callee,
    })
}
