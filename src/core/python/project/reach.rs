//! Which functions of a file may come to do something, by the spelling of what they call: a quick look that saves most searches.
//!
//! **Invariant**: whatever a search through the file's own calls finds begins with a name that is told here; never the other way
//! round.

use std::rc::Rc;

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextSize};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::python::facts::Facts;
use crate::python::libraries::Effects;
use crate::python::symbols::Binding;

/// Names of functions and classes that may come to do something when they are called.
pub(in crate::python) type Reach<'a> = Rc<FxHashSet<&'a str>>;

impl<'a> Facts<'a> {
    /// Whether a call may come to do any of `effects` through functions of this file, or through other files.
    pub fn may_lead_to(&self, call: &'a ast::ExprCall, effects: Effects) -> bool {
        let Some(last) = last_of(&call.func) else {
            return false;
        };
        // To ask later is cheaper than to look for a way through this file.
        if self.put_off.is_some() {
            return self.may_be_elsewhere((&*call.func).into());
        }
        let known = self
            .reach
            .borrow()
            .iter()
            .find_map(|(of, reach)| (*of == effects).then(|| Rc::clone(reach)));
        let reach = known.unwrap_or_else(|| {
            let reach: Reach<'a> = Rc::new(self.reaching(effects));
            self.reach.borrow_mut().push((effects, Rc::clone(&reach)));
            reach
        });
        reach.contains(last) || self.may_be_told_elsewhere(call)
    }

    fn reaching(&self, effects: Effects) -> FxHashSet<&'a str> {
        // Who calls what, among what has a name in this file.
        let mut callers: FxHashMap<&'a str, Vec<&'a str>> = FxHashMap::default();
        for (tag, node) in self.tree.tagged() {
            if tag.is(NodeKind::StmtFunctionDef) || tag.is(NodeKind::StmtClassDef) {
                let name = match node {
                    AnyNodeRef::StmtFunctionDef(def) => def.name.as_str(),
                    AnyNodeRef::StmtClassDef(class) => class.name.as_str(),
                    _ => continue,
                };
                callers.entry(name).or_default();
            }
        }
        let mut found: FxHashSet<&'a str> = FxHashSet::default();
        if callers.is_empty() || !self.may_use(effects) {
            return found;
        }
        let mut open: Vec<&'a str> = Vec::new();
        // Other names for the same: `pause = time.sleep`, `from time import sleep as pause`.
        let mut doing: FxHashSet<&'a str> = FxHashSet::default();
        for renaming in self.tree.renamings() {
            let (new, old) = match renaming {
                AnyNodeRef::StmtAssign(stmt) => match &*stmt.targets {
                    [target] => (last_of(target), last_of(&stmt.value)),
                    _ => continue,
                },
                AnyNodeRef::Alias(alias) => {
                    let new = alias.asname.as_ref().map(ast::Identifier::as_str);
                    (new, alias.name.rsplit('.').next())
                }
                _ => continue,
            };
            let (Some(new), Some(old)) = (new, old) else {
                continue;
            };
            if let Some(known) = callers.get_mut(old) {
                known.push(new);
            }
            if self.may_do(old, effects) {
                doing.insert(new);
            }
        }
        // The definitions around, with their ends.
        let mut around: Vec<(TextSize, &'a str)> = Vec::new();
        for (tag, node) in self.tree.tagged() {
            let wanted = tag.is(NodeKind::ExprCall)
                || tag.is(NodeKind::StmtFor)
                || tag.is(NodeKind::Comprehension);
            if !wanted && !tag.is(NodeKind::StmtFunctionDef) && !tag.is(NodeKind::StmtClassDef) {
                continue;
            }
            while around.last().is_some_and(|(end, _)| *end <= node.start()) {
                around.pop();
            }
            let does = match node {
                AnyNodeRef::StmtFunctionDef(def) => {
                    around.push((def.end(), def.name.as_str()));
                    continue;
                }
                AnyNodeRef::StmtClassDef(class) => {
                    around.push((class.end(), class.name.as_str()));
                    continue;
                }
                AnyNodeRef::ExprCall(call) => match last_of(&call.func) {
                    Some(last) => {
                        if let Some(known) = callers.get_mut(last) {
                            known.extend(around.iter().map(|(_, name)| *name));
                        }
                        self.may_do(last, effects)
                            || doing.contains(last)
                            || self.may_be_told_elsewhere(call)
                    }
                    None => false,
                },
                // Going through a queryset sends its query.
                AnyNodeRef::StmtFor(stmt) => self.may_query(&stmt.iter, effects),
                AnyNodeRef::Comprehension(clause) => self.may_query(&clause.iter, effects),
                _ => false,
            };
            if does {
                open.extend(around.iter().map(|(_, name)| *name));
            }
        }
        while let Some(name) = open.pop() {
            if found.insert(name) {
                open.extend(callers.get(name).into_iter().flatten());
            }
        }
        found
    }

    fn may_query(&self, iterable: &'a Expr, effects: Effects) -> bool {
        self.may_do("__iter__", effects)
            && super::outgoing::iterated(self, iterable)
                .is_some_and(|entry| entry.effects.any_of(effects))
    }

    /// Whether other files may say what a call runs.
    fn may_be_told_elsewhere(&self, call: &'a ast::ExprCall) -> bool {
        if !self.sees_others() || !self.is_told_by_name(call) {
            return false;
        }
        let callee = &*call.func;
        let is_own = match callee {
            // What this file defines is followed by its name.
            Expr::Name(name) => {
                let symbol = self.symbol(name);
                let binding = symbol.and_then(|symbol| self.only_binding(symbol));
                matches!(binding, Some(Binding::Function(_) | Binding::Class(_)))
            }
            Expr::Attribute(method) => {
                let receiver = method.value.as_name_expr();
                let class = receiver.and_then(|name| self.class_of_self(name));
                class.is_some_and(|class| {
                    class.bases().is_empty() || has_method(class, &method.attr)
                })
            }
            _ => false,
        };
        !is_own && self.may_be_elsewhere(callee.into())
    }
}

fn has_method(class: &ast::StmtClassDef, name: &str) -> bool {
    let mut body = class.body.iter();
    body.any(|stmt| matches!(stmt, Stmt::FunctionDef(def) if def.name.as_str() == name))
}

/// How a callee, or a name, is spelled at its end.
fn last_of(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}
