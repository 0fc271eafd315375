//! What variables, attributes and parameters hold: what they are bound to, and what is added to them.

use ruff_python_ast::{self as ast, AnyNodeRef, CmpOp, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::{Evidence, Look, Sight, picks};
use crate::python::blocks::parted_by;
use crate::python::facts::Facts;
use crate::python::infer::Assigned;
use crate::python::loops::Loop;
use crate::python::symbols::{Binding, Symbol};
use crate::python::uses::Use;

impl<'a> Sight<'_, 'a> {
    /// What shows that a variable is long where a name reads it.
    pub(super) fn variable(
        &mut self,
        symbol: &Symbol<'a>,
        read: &'a ast::ExprName,
    ) -> Option<Evidence> {
        let place = self.facts.binding_nodes(symbol).next()?.range();
        self.once(place, |sight| {
            let facts = sight.facts;
            let bindings: Vec<_> = facts.bindings(symbol).collect();
            let bound = bindings
                .into_iter()
                .filter(|binding| match binding {
                    Binding::Assign(stmt) => reaches(facts, symbol, stmt, read),
                    _ => true,
                })
                .find_map(|binding| sight.bound(symbol, binding));
            bound.or_else(|| {
                let reads: Vec<_> = facts.reads(symbol).collect();
                reads.into_iter().find_map(|read| {
                    let lasting = |around: &Loop<'a>| lasts(facts, symbol, *around);
                    sight.added(facts.usage(read), read.into(), &lasting)
                })
            })
        })
    }

    /// The same of a variable that holds an array or a frame.
    pub(super) fn values_of(&mut self, symbol: &Symbol<'a>) -> Option<Evidence> {
        let place = self.facts.binding_nodes(symbol).next()?.range();
        self.once(place, |sight| {
            let bindings: Vec<_> = sight.facts.bindings(symbol).collect();
            bindings.into_iter().find_map(|binding| match binding {
                Binding::Assign(stmt) => sight.values(&stmt.value),
                Binding::Annotated(stmt) => sight.values(stmt.value.as_deref()?),
                Binding::Walrus(walrus) => sight.values(&walrus.value),
                Binding::Parameter(parameter) => {
                    sight.given(symbol, parameter, |sight, value| sight.values(value))
                }
                _ => None,
            })
        })
    }

    /// The same of an attribute.
    pub(super) fn values_of_attribute(
        &mut self,
        attribute: &'a ast::ExprAttribute,
    ) -> Option<Evidence> {
        let class = self.facts.class_of_self(attribute.value.as_name_expr()?)?;
        let attributes = self.facts.attributes_of(class);
        let assigned = attributes.get(attribute.attr.as_str())?;
        assigned.iter().find_map(|assigned| match assigned {
            Assigned::Value(value) => self.once(value.range(), |sight| sight.values(value)),
            _ => None,
        })
    }

    /// What one binding of a variable shows.
    pub(super) fn bound(&mut self, symbol: &Symbol<'a>, binding: Binding<'a>) -> Option<Evidence> {
        match binding {
            Binding::Assign(stmt) if self.facts.accumulation(stmt).is_some() => self
                .items(&stmt.value)
                .or_else(|| self.collected(symbol, stmt.into())),
            Binding::Assign(stmt) => self.items(&stmt.value),
            Binding::Annotated(stmt) => self.items(stmt.value.as_deref()?),
            Binding::Walrus(walrus) => self.items(&walrus.value),
            Binding::Augmented(stmt) => {
                let added = self.items(&stmt.value);
                added.or_else(|| self.collected(symbol, stmt.into()))
            }
            Binding::Parameter(parameter) => {
                self.given(symbol, parameter, |sight, value| sight.items(value))
            }
            _ => None,
        }
    }

    /// What shows that a statement adds to a variable often.
    pub(super) fn collected(
        &mut self,
        symbol: &Symbol<'a>,
        stmt: AnyNodeRef<'a>,
    ) -> Option<Evidence> {
        let facts = self.facts;
        // A sum grows no longer.
        let collects = matches!(
            facts.symbol_type(symbol).class_name()?.as_str(),
            "builtins.list" | "builtins.str" | "builtins.bytes" | "builtins.set"
        );
        let loops = facts.loops(stmt).into_iter();
        let mut loops = loops.filter(|around| collects && lasts(facts, symbol, *around));
        loops.find_map(|around| self.rounds(around))
    }

    /// What the calls of a function of this file pass as one of its parameters.
    pub(super) fn given(
        &mut self,
        symbol: &Symbol<'a>,
        parameter: &'a ast::Parameter,
        look: Look<'a>,
    ) -> Option<Evidence> {
        let facts = self.facts;
        let AnyNodeRef::StmtFunctionDef(def) = facts.tree.scope(symbol.scope).node else {
            return None;
        };
        let names: Vec<&str> = def
            .parameters
            .posonlyargs
            .iter()
            .chain(&def.parameters.args)
            .map(|parameter| parameter.parameter.name.as_str())
            .collect();
        let name = parameter.name.as_str();
        let at = names.iter().position(|other| *other == name);
        let calls: Vec<&'a ast::ExprCall> = match facts.tree.parent(def) {
            Some(AnyNodeRef::StmtClassDef(class)) => facts
                .tree
                .descendants(class)
                .filter_map(|node| match node {
                    AnyNodeRef::ExprCall(call) => Some(call),
                    _ => None,
                })
                .filter(|call| {
                    call.func
                        .as_attribute_expr()
                        .is_some_and(|method| method.attr.as_str() == def.name.as_str())
                })
                .collect(),
            _ => facts
                .reads(facts.symbol(def)?)
                .filter_map(|read| match facts.tree.parent(read) {
                    Some(AnyNodeRef::ExprCall(call)) => Some(call),
                    _ => None,
                })
                .collect(),
        };
        calls.into_iter().find_map(|call| {
            if facts.callee(call)?.range() != def.range() {
                return None;
            }
            let skipped = usize::from(call.func.is_attribute_expr());
            let positional = at.and_then(|at| call.arguments.args.get(at.checked_sub(skipped)?));
            let passed = match call.arguments.find_keyword(name) {
                Some(keyword) => &keyword.value,
                None => {
                    positional.filter(|_| !call.arguments.args.iter().any(Expr::is_starred_expr))?
                }
            };
            self.elsewhere(|sight| look(sight, passed))
        })
    }

    /// What a class makes of an attribute of its instances.
    pub(super) fn attribute(&mut self, attribute: &'a ast::ExprAttribute) -> Option<Evidence> {
        let facts = self.facts;
        let class = facts.class_of_self(attribute.value.as_name_expr()?)?;
        let name = attribute.attr.as_str();
        let attributes = facts.attributes_of(class);
        let assigned = attributes.get(name)?;
        let place = TextRange::new(class.name.start(), class.name.end());
        let key = match assigned.first() {
            Some(Assigned::Value(value)) => value.range(),
            _ => place,
        };
        self.once(key, |sight| {
            let value = assigned.iter().find_map(|assigned| match assigned {
                Assigned::Value(value) | Assigned::Augmented(_, value) => sight.items(value),
                _ => None,
            });
            value.or_else(|| {
                let same: Vec<&'a ast::ExprAttribute> = facts
                    .tree
                    .descendants(class)
                    .filter_map(|node| match node {
                        AnyNodeRef::ExprAttribute(other)
                            if other.attr.as_str() == name && facts.is_self(&other.value) =>
                        {
                            Some(other)
                        }
                        _ => None,
                    })
                    .collect();
                same.iter().find_map(|other| {
                    let lasting = |around: &Loop<'a>| {
                        !same.iter().any(|store| {
                            store.ctx.is_store()
                                && around.repeats(*store)
                                && !matches!(facts.usage(*store), Use::Augmented(_))
                        })
                    };
                    sight.added(facts.usage(*other), (*other).into(), &lasting)
                })
            })
        })
    }

    /// What one use of a variable or attribute adds to it, again and again: `lasting` tells whether a loop leaves it what it is.
    pub(super) fn added(
        &mut self,
        used: Use<'a>,
        at: AnyNodeRef<'a>,
        lasting: &dyn Fn(&Loop<'a>) -> bool,
    ) -> Option<Evidence> {
        let more = match used {
            // What is added to a set may be there already.
            Use::Method("append" | "appendleft" | "insert", _) => None,
            Use::Method("extend" | "extendleft", call) => call.arguments.args.first(),
            Use::Item(item) if item.ctx.is_store() => None,
            Use::Argument(call) if self.facts.is(&*call.func, "heapq.heappush") => None,
            _ => return None,
        };
        if let Some(found) = more.and_then(|more| self.items(more)) {
            return Some(found);
        }
        let facts = self.facts;
        let loops = facts.loops(at);
        let holds_back = |test: &'a Expr| picks(test) || asks_whether_it_is_new(facts, test, at);
        let mut loops = loops.into_iter().take_while(lasting).filter(|around| {
            let mut within = facts.ancestors_within(at, *around);
            !within.any(|outer| match outer {
                AnyNodeRef::StmtIf(branch) => {
                    let mut body = branch.body.iter();
                    body.any(|stmt| stmt.range().contains_range(at.range()))
                        && holds_back(&branch.test)
                }
                AnyNodeRef::ElifElseClause(clause) => clause.test.as_ref().is_some_and(holds_back),
                _ => false,
            })
        });
        loops.find_map(|around| self.rounds(around))
    }
}

/// Whether a test asks for what a collection does not have yet, `x not in xs`: of many items a few may be distinct.
fn asks_whether_it_is_new<'a>(facts: &Facts<'a>, test: &'a Expr, added: AnyNodeRef<'a>) -> bool {
    match test {
        Expr::Compare(compare) => {
            let mut asked = compare.ops.iter().zip(&compare.comparators);
            asked.any(|(op, of)| *op == CmpOp::NotIn && facts.text(of) == facts.text(added))
        }
        Expr::BoolOp(tests) => {
            (tests.values.iter()).any(|test| asks_whether_it_is_new(facts, test, added))
        }
        _ => false,
    }
}

/// Whether a loop leaves a variable what it is, but for what is added to it.
fn lasts<'a>(facts: &Facts<'a>, symbol: &Symbol<'a>, around: Loop<'a>) -> bool {
    facts
        .bindings(symbol)
        .zip(facts.binding_nodes(symbol))
        .all(|(binding, node)| {
            let adds = match binding {
                Binding::Augmented(_) => true,
                Binding::Assign(stmt) => facts.accumulation(stmt).is_some(),
                _ => false,
            };
            adds || !around.repeats(node)
        })
}

/// Whether a value may be what a name reads: not where another branch assigns it, unless a loop comes back. What a branch assigns
/// because a variable is empty, `if xs: ... else: xs = ...`, is nothing that the other goes over.
fn reaches<'a>(
    facts: &Facts<'a>,
    symbol: &Symbol<'a>,
    assign: &'a ast::StmtAssign,
    read: &'a ast::ExprName,
) -> bool {
    let Some(branch) = parted_by(&facts.tree, read.into(), assign.into()) else {
        return true;
    };
    let comes_back = (facts.tree.ancestors(branch))
        .take_while(|outer| !outer.is_stmt_function_def())
        .any(|outer| outer.is_stmt_for() || outer.is_stmt_while());
    let is_tested =
        (facts.reads(symbol)).any(|read| branch.test.range().contains_range(read.range()));
    comes_back && !is_tested
}
