//! Who in other files awaits a coroutine: whether it runs nowhere but while a service starts, or on an event loop of its own.
//!
//! **Invariant**: says `true` only to keep rules silent. Who names it in a way that is not understood may run it beside others.

use std::collections::BTreeSet;
use std::sync::Arc;

use ruff_python_ast::{self as ast, AnyNodeRef};
use ruff_text_size::Ranged;
use rustc_hash::FxHashSet;

use super::View;
use super::meaning::{DEEPEST, Meaning, ProjectFunction};
use super::origin::Origin;
use super::outline::Outline;
use super::users::{MOST, is_of_import, is_same, last, may_be_of};
use super::wants::Wants;
use crate::python::blocks::function_around;
use crate::python::context::is_of_tests;
use crate::python::facts::Facts;
use crate::python::names::imported_name;

/// How many functions lie between a coroutine and what starts it, each awaited by the next.
const MAX_HOPS: u8 = 3;

/// What files are called in which programs begin.
const BEGINNINGS: &[&str] = &[
    "__main__",
    "app",
    "asgi",
    "bootstrap",
    "bot",
    "cli",
    "launch",
    "launcher",
    "lifespan",
    "main",
    "manage",
    "run",
    "server",
    "service",
    "setup",
    "startup",
    "worker",
    "wsgi",
];

fn is_beginning(file: &str) -> bool {
    file.strip_suffix(".py")
        .is_some_and(|stem| BEGINNINGS.contains(&stem))
}

/// How a coroutine is used at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Use {
    /// While nothing else runs.
    Apart,
    /// It is what an event loop is started for.
    Run,
    /// Awaited by the function with this number, of which the file alone does not tell.
    By(u32),
    /// Perhaps while others run.
    Beside,
}

impl View<'_> {
    /// Whether somebody awaits a function at the top of its file, and all who do so while nothing else runs; `names` are its own, and
    /// those of the functions around it that await it.
    pub(super) fn runs_apart(&self, function: &ProjectFunction, names: &[Box<str>]) -> bool {
        self.may_be_started(&function.outline.path, names)
            && self.runs_apart_within(function, MAX_HOPS) == Some(true)
    }

    /// Whether a file where programs begin says one of `names`: a look at a few, for to search all is dear. They lie beside the file at
    /// `path`, or in the folders around.
    fn may_be_started(&self, path: &str, names: &[Box<str>]) -> bool {
        let mut folder = path;
        while !folder.is_empty() {
            folder = folder.rsplit_once('/').map_or("", |(outer, _)| outer);
            let Some(files) = self.folder(folder) else {
                return false;
            };
            for file in files.iter().filter(|file| is_beginning(file)) {
                let place = match folder {
                    "" => file.clone(),
                    folder => format!("{folder}/{file}"),
                };
                self.note(place.as_str().into());
                let source = self.project.loader(&place).read(&place);
                let says = |text: &str| {
                    (names.iter()).any(|name| {
                        memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_some()
                    })
                };
                if place != path && source.is_some_and(|source| says(source.text())) {
                    return true;
                }
            }
        }
        false
    }

    /// `None` where nobody is seen to await it.
    fn runs_apart_within(&self, function: &ProjectFunction, hops: u8) -> Option<bool> {
        let def = function.get()?;
        if def.class.is_some() || !def.is_async || !def.is_plain {
            return Some(false);
        }
        let own: Arc<str> = (*function.outline.path).into();
        let naming = self.naming(&def.name, &own);
        let Some(naming) = naming.filter(|files| files.len() <= MOST) else {
            return Some(false);
        };
        let files: BTreeSet<Arc<str>> = naming.into_iter().chain([own]).collect();
        let mut all = Vec::new();
        // Whoever tests a coroutine runs it alone, whatever others do.
        for path in files.iter().filter(|path| !is_of_tests(path)) {
            // What is no Python by its text runs nothing.
            let Some(at) = self.outline(path) else {
                continue;
            };
            let uses = (self.project).read_anew(path, |facts| self.uses_in(facts, &at, function));
            match uses {
                Some(uses) if !uses.contains(&Use::Beside) => {
                    all.extend(uses.into_iter().map(|how| (Arc::clone(&at), how)));
                }
                _ => return Some(false),
            }
        }
        let mut found = None;
        for (outline, how) in all {
            let apart = match how {
                Use::Apart => Some(true),
                Use::Run => Some(!self.starts_tasks(&function.outline.path)),
                Use::By(number) => {
                    let caller = ProjectFunction { outline, number };
                    match hops.checked_sub(1) {
                        Some(hops) if !is_same(&caller, function) => {
                            self.runs_apart_within(&caller, hops)
                        }
                        _ => Some(false),
                    }
                }
                Use::Beside => Some(false),
            };
            match apart {
                Some(false) => return apart,
                _ => found = found.or(apart),
            }
        }
        found
    }

    /// Whether anything in a file lets coroutines run beside each other.
    fn starts_tasks(&self, path: &str) -> bool {
        let starts = self.project.read_anew(path, |facts| facts.starts_tasks());
        starts.unwrap_or(true)
    }

    /// How a file uses a function.
    fn uses_in<'a>(
        &self,
        facts: &Facts<'a>,
        at: &Arc<Outline>,
        function: &ProjectFunction,
    ) -> FxHashSet<Use> {
        let Some(def) = function.get() else {
            return FxHashSet::default();
        };
        let is_own = at.path == function.outline.path;
        let mut uses = FxHashSet::default();
        for node in facts.tree.nodes() {
            match *node {
                AnyNodeRef::StmtFunctionDef(own)
                    if is_own && facts.number_of_function(own) == Some(function.number) =>
                {
                    uses.extend(
                        facts
                            .uses_of(own)
                            .into_iter()
                            .map(|used| facts.use_at(used)),
                    );
                }
                // Unbound, it comes from who knows where.
                AnyNodeRef::ExprName(said)
                    if *said.id == *def.name && facts.symbol(said).is_none() =>
                {
                    uses.insert(Use::Beside);
                }
                AnyNodeRef::ExprAttribute(member)
                    if *member.attr == *def.name && is_of_import(&member.value, facts) =>
                {
                    let origin = facts.origin_of(member.into());
                    match self.meaning(at, &origin, DEEPEST) {
                        Meaning::Function(found) if is_same(&found, function) => {
                            uses.insert(facts.use_at(*node));
                        }
                        Meaning::Unknown => {
                            uses.insert(Use::Beside);
                        }
                        _ => {}
                    }
                }
                AnyNodeRef::StmtImportFrom(stmt) => {
                    let aliases = stmt.names.iter();
                    for alias in aliases.filter(|alias| *alias.name == *def.name) {
                        match self.imported(&at.path, &imported_name(stmt, alias), DEEPEST) {
                            Meaning::Function(found) if is_same(&found, function) => {
                                uses.extend(facts.uses_of_import(alias));
                            }
                            Meaning::Unknown => {
                                uses.insert(Use::Beside);
                            }
                            Meaning::Library(name) if may_be_of(&name, &function.outline.path) => {
                                uses.insert(Use::Beside);
                            }
                            _ => {}
                        }
                    }
                }
                AnyNodeRef::ExprStringLiteral(text)
                    if last(text.value.to_str()) == &*def.name && !facts.is_exported_name(text) =>
                {
                    uses.insert(Use::Beside);
                }
                _ => {}
            }
        }
        uses
    }
}

impl<'a> Facts<'a> {
    /// Whether all who await a coroutine, in whatever file of the project, do so while a service starts, or on an event loop of its
    /// own. Dear: to be asked last.
    pub fn runs_apart(&self, def: &'a ast::StmtFunctionDef) -> bool {
        let follows = (self.project()).is_some_and(|project| !project.only_declares);
        if !follows || !self.is_on_top(def) || !def.decorator_list.is_empty() {
            return false;
        }
        let Some(number) = self.number_of_function(def) else {
            return false;
        };
        // What the file itself tells may settle it.
        let mut names: Vec<Box<str>> = vec![def.name.as_str().into()];
        for used in self.uses_of(def) {
            match self.use_at(used) {
                Use::Beside => return false,
                Use::By(_) => {
                    let by = function_around(&self.tree, used);
                    names.extend(by.map(|by| by.name.as_str().into()));
                }
                Use::Apart | Use::Run => {}
            }
        }
        let names: Box<[Box<str>]> = names.into();
        let origin = Origin::Function(number);
        if (self.ask_of(origin, || Wants::Apart(names.clone()))).is_none() {
            return false;
        }
        let outline = self.outline();
        (self.project).runs_apart(&ProjectFunction { outline, number }, &names)
    }

    /// How a place that names a coroutine uses it.
    fn use_at(&self, used: AnyNodeRef<'a>) -> Use {
        if self.is_given_as_hook(used) {
            return Use::Apart;
        }
        let call = match self.tree.parent(used) {
            Some(AnyNodeRef::ExprCall(call)) if call.func.range() == used.range() => call,
            _ => return Use::Beside,
        };
        if self.is_run_to_its_end(call.into()) {
            return Use::Run;
        }
        let awaited = matches!(self.tree.parent(call), Some(AnyNodeRef::ExprAwait(_)));
        let Some(caller) = function_around(&self.tree, call).filter(|_| awaited) else {
            return Use::Beside;
        };
        if self.is_start_hook(caller)
            || self.has_its_own_loop(caller)
            || self.is_command(caller)
            || self.is_before_others(call)
        {
            return Use::Apart;
        }
        let is_seen = self.is_on_top(caller) && caller.decorator_list.is_empty();
        match self.number_of_function(caller) {
            Some(number) if is_seen && !self.is_handler(caller) => Use::By(number),
            _ => Use::Beside,
        }
    }

    fn uses_of_import(&self, alias: &'a ast::Alias) -> Vec<Use> {
        // Others may import it from there by a name that is not looked for.
        if alias.asname.is_some() && self.source.path().ends_with("__init__.py") {
            return vec![Use::Beside];
        }
        match self.symbol(alias) {
            Some(symbol) => {
                let reads = self.reads(symbol);
                reads.map(|name| self.use_at(name.into())).collect()
            }
            None => vec![Use::Beside],
        }
    }

    /// `__all__ = ["name"]`
    fn is_exported_name(&self, text: &'a ast::ExprStringLiteral) -> bool {
        let is_all = |target: &ast::Expr| {
            target
                .as_name_expr()
                .is_some_and(|name| name.id.as_str() == "__all__")
        };
        match self.tree.statement(text) {
            Some(AnyNodeRef::StmtAssign(stmt)) => stmt.targets.iter().all(is_all),
            Some(AnyNodeRef::StmtAugAssign(stmt)) => is_all(&stmt.target),
            Some(AnyNodeRef::StmtAnnAssign(stmt)) => is_all(&stmt.target),
            _ => false,
        }
    }

    /// Whether a function stands in no other, and in no class.
    fn is_on_top(&self, def: &'a ast::StmtFunctionDef) -> bool {
        let mut outer = self.tree.ancestors(def);
        !outer.any(|node| {
            matches!(
                node,
                AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_)
            )
        })
    }
}
