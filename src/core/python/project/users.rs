//! Who in other files uses a function, and how: whether all who do take the items that it gives one after the other.
//!
//! **Invariant**: whoever names it in a way that is not understood is a user of another kind.

use std::sync::Arc;

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall, NodeKind, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::{FxHashMap, FxHashSet};

use super::View;
use super::meaning::{DEEPEST, Meaning, ProjectFunction};
use super::origin::Origin;
use super::outline::Outline;
use super::wants::Wants;
use crate::python::facts::Facts;
use crate::python::names::imported_name;
use crate::python::symbols::Binding;
use crate::python::taking::Taking;

/// A function of another file, by whose name this one does nothing but call it and take the items that it gives.
#[derive(Debug, PartialEq)]
pub(super) struct Taken {
    /// As its own file calls it.
    name: Box<str>,
    origin: Origin,
    /// The lines where items are taken one by one.
    rows: Box<[usize]>,
}

/// A place where another file takes the items that a function gives one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub path: String,
    pub row: usize,
}

/// A name that more files say is nobody's in particular.
pub(super) const MOST: usize = 60;

/// What a file uses in no other way than to take its items.
pub(super) fn taken<'a>(facts: &Facts<'a>) -> Box<[Taken]> {
    let mut words: FxHashMap<&'a str, Vec<(&'a ExprCall, Taking<'a>)>> = FxHashMap::default();
    for (tag, node) in facts.tree.tagged() {
        if let AnyNodeRef::ExprCall(call) = node
            && tag.is(NodeKind::ExprCall)
            && may_take(facts, call)
            && facts.is_imported_from_project(call)
            && let Some(word) = word(facts, call)
            && let Some(taking) = facts.taking(call)
        {
            words.entry(word).or_default().push((call, taking));
        }
    }
    if words.is_empty() {
        return Box::default();
    }
    // A module may have the name of its function.
    let calls = words.values().flatten();
    let allowed: FxHashSet<TextRange> = calls.flat_map(|(call, _)| said_by(call)).collect();
    for node in facts.tree.nodes() {
        match node {
            AnyNodeRef::ExprName(name) if !allowed.contains(&name.range()) => {
                words.remove(name.id.as_str());
            }
            AnyNodeRef::ExprAttribute(attribute) if !allowed.contains(&attribute.attr.range()) => {
                words.remove(attribute.attr.as_str());
            }
            // By another name it is not looked for.
            AnyNodeRef::Alias(alias) if alias.asname.is_some() => {
                words.remove(last(&alias.name));
            }
            AnyNodeRef::ExprStringLiteral(text) => {
                words.remove(last(text.value.to_str()));
            }
            _ => {}
        }
    }
    let taken = words.into_iter().filter_map(|(word, calls)| {
        let origin = facts.origin(&calls.first()?.0.func);
        let mut rows = Vec::new();
        for (call, taking) in calls {
            let disturbs = (facts.taking_loop(&taking))
                .is_some_and(|around| facts.taking_disturbs(call, around));
            if disturbs || facts.origin(&call.func) != origin {
                return None;
            }
            if let Some(place) = taking.place() {
                rows.push(facts.row_of(place));
            }
        }
        rows.sort_unstable();
        Some(Taken {
            name: word.into(),
            origin,
            rows: rows.into(),
        })
    });
    let mut taken: Vec<Taken> = taken.collect();
    taken.sort_by(|a, b| a.name.cmp(&b.name));
    taken.into()
}

/// A look at what is around a call, which nearly always tells that its items are not just taken.
fn may_take<'a>(facts: &Facts<'a>, call: &'a ExprCall) -> bool {
    match facts.tree.parent(call) {
        Some(AnyNodeRef::StmtFor(_) | AnyNodeRef::Comprehension(_)) => true,
        Some(AnyNodeRef::Arguments(arguments)) => arguments.args.len() == 1,
        _ => false,
    }
}

/// What its own file calls the function that a call runs.
fn word<'a>(facts: &Facts<'a>, call: &'a ExprCall) -> Option<&'a str> {
    match &*call.func {
        Expr::Attribute(member) => Some(member.attr.as_str()),
        Expr::Name(name) => match facts.only_binding(facts.symbol(name)?)? {
            Binding::ImportFrom(_, alias) if alias.asname.is_none() => Some(name.id.as_str()),
            _ => None,
        },
        _ => None,
    }
}

/// The names that are said to call it.
fn said_by(call: &ExprCall) -> Vec<TextRange> {
    match &*call.func {
        Expr::Attribute(member) => vec![member.attr.range(), member.value.range()],
        other => vec![other.range()],
    }
}

pub(super) fn last(name: &str) -> &str {
    name.rsplit(['.', ':']).next().unwrap_or(name)
}

impl View<'_> {
    /// The places in other files where items are taken one by one that a function at the top of its file gives; `None` where one of
    /// them does anything else with it, or where nobody knows who there is.
    pub(super) fn users(&self, function: &ProjectFunction) -> Option<Vec<User>> {
        let def = function.get()?;
        if def.class.is_some() {
            return None;
        }
        let own = &*function.outline.path;
        let files = self.naming(&def.name, own)?;
        if files.len() > MOST {
            return None;
        }
        let mut users = Vec::new();
        let mut others = Vec::new();
        for path in files.iter().filter(|path| ***path != *own) {
            // What is no Python by its text runs nothing.
            let Some(outline) = self.outline(path) else {
                continue;
            };
            let taken = (self.details(&outline)).map_or(&[][..], |details| &details.taken);
            let found = taken.iter().find(|taken| {
                taken.name == def.name && self.is_it(&outline, &taken.origin, function)
            });
            match found {
                Some(taken) => users.extend(taken.rows.iter().map(|row| User {
                    path: path.to_string(),
                    row: *row,
                })),
                None => others.push(outline),
            }
        }
        let concerned = others.iter().any(|other| self.may_use(other, function));
        (!concerned).then_some(users)
    }

    fn is_it(&self, at: &Arc<Outline>, origin: &Origin, function: &ProjectFunction) -> bool {
        match self.meaning(at, origin, DEEPEST) {
            Meaning::Function(found) => is_same(&found, function),
            _ => false,
        }
    }

    /// Whether a file that says the name of a function may mean it.
    fn may_use(&self, other: &Arc<Outline>, function: &ProjectFunction) -> bool {
        let Some(name) = function.get().map(|def| &*def.name) else {
            return true;
        };
        if !other.stars.is_empty() {
            return true;
        }
        let names = self.project.read_anew(&other.path, |facts| {
            let mut nodes = facts.tree.nodes().iter();
            nodes.any(|node| self.means(*node, facts, name, other, function))
        });
        names.unwrap_or(true)
    }

    fn means<'a>(
        &self,
        node: AnyNodeRef<'a>,
        facts: &Facts<'a>,
        name: &str,
        other: &Arc<Outline>,
        function: &ProjectFunction,
    ) -> bool {
        match node {
            // Unbound, it comes from who knows where; bound by an import, that is looked at.
            AnyNodeRef::ExprName(said) => said.id == name && facts.symbol(said).is_none(),
            AnyNodeRef::ExprAttribute(member) => {
                member.attr.as_str() == name && is_of_import(&member.value, facts)
            }
            AnyNodeRef::StmtImportFrom(stmt) => stmt.names.iter().any(|alias| {
                alias.name.as_str() == name
                    && match self.imported(&other.path, &imported_name(stmt, alias), DEEPEST) {
                        Meaning::Function(found) => is_same(&found, function),
                        Meaning::Unknown => true,
                        Meaning::Library(name) => may_be_of(&name, &function.outline.path),
                        _ => false,
                    }
            }),
            AnyNodeRef::ExprStringLiteral(text) => last(text.value.to_str()) == name,
            _ => false,
        }
    }
}

/// Whether what is taken for a library's may be of the file at `path`: a package of the same repository is installed from there, and
/// nobody knows where it lies.
pub(super) fn may_be_of(name: &str, path: &str) -> bool {
    let first = name.split('.').next().unwrap_or(name);
    let mut parts = path.split('/');
    parts.any(|part| part.strip_suffix(".py").unwrap_or(part) == first)
}

/// Whether a chain of attributes begins with something that may be a module of the project.
pub(super) fn is_of_import<'a>(expr: &'a Expr, facts: &Facts<'a>) -> bool {
    let mut expr = expr;
    while let Expr::Attribute(member) = expr {
        expr = &member.value;
    }
    let Expr::Name(first) = expr else {
        return false;
    };
    let bound = facts.symbol(first).map(|symbol| facts.only_binding(symbol));
    match bound {
        Some(Some(Binding::Import(..) | Binding::ImportFrom(..))) => {
            facts.may_be_elsewhere(first.into())
        }
        // One of several imports, or a module by another name.
        Some(None) => true,
        Some(Some(Binding::Assign(stmt))) => {
            stmt.value.is_name_expr() || stmt.value.is_attribute_expr()
        }
        Some(Some(_)) => false,
        None => true,
    }
}

pub(super) fn is_same(found: &ProjectFunction, function: &ProjectFunction) -> bool {
    let name = |one: &ProjectFunction| {
        let def = one.get()?;
        def.class.is_none().then(|| def.name.clone())
    };
    found.outline.path == function.outline.path && name(found) == name(function)
}

impl<'a> Facts<'a> {
    /// The places in other files of the project where the items that a function gives are taken one by one; `None` where another file
    /// does anything else with it, where others than the project may, or where nobody can tell.
    pub fn users_elsewhere(&self, def: &'a StmtFunctionDef) -> Option<Vec<User>> {
        let project = self.project()?;
        if project.only_declares || project.is_published(self.source.path()) {
            return None;
        }
        let number = self.number_of_function(def)?;
        let origin = Origin::Function(number);
        self.ask_of(origin, || Wants::Users)?;
        let outline = self.outline();
        self.project.users(&ProjectFunction { outline, number })
    }
}
