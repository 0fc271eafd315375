//! Which modules the files that had their turn import, by the ends of their names: others will ask about those, so each is summarised
//! in its own turn, while it is at hand. Most files are imported by nobody, and need no summary at all.
//!
//! **Invariant**: this decides about time and nothing else: whoever asks about a file without a summary has it made.

use std::sync::RwLock;

use ruff_python_ast::{self as ast, AnyNodeRef};
use rustc_hash::FxHashSet;

use super::origin::is_of_library;
use super::{fingerprint, read, write};
use crate::python::facts::Facts;

/// The last two parts of the names of modules, as numbers; see the module's documentation.
#[derive(Default)]
pub(super) struct Importing(RwLock<FxHashSet<u64>>);

/// What stands before the last part where that is all of the name.
const ALONE: &str = "";

impl Importing {
    /// Notes what a file imports; tells whether one before it has imported that file.
    pub(super) fn add(&self, facts: &Facts<'_>) -> bool {
        let path = facts.source.path();
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let mut all = Vec::new();
        for node in facts.tree.imports() {
            match node {
                AnyNodeRef::StmtImport(stmt) => {
                    let modules = stmt.names.iter().map(|alias| alias.name.as_str());
                    all.extend(modules.filter(|module| !is_of_library(module)).map(end_of));
                }
                AnyNodeRef::StmtImportFrom(stmt) => add_from(folder, stmt, &mut all),
                _ => {}
            }
        }
        let stem = file.split('.').next().unwrap_or(file);
        let (before, last) = match stem {
            "__init__" => ends(folder),
            stem => (ends(folder).1, stem),
        };
        let own = [fingerprint(&(before, last)), fingerprint(&(ALONE, last))];
        let known = read(&self.0);
        let is_imported = own.iter().any(|own| known.contains(own));
        all.retain(|one| !known.contains(one));
        drop(known);
        if !all.is_empty() {
            write(&self.0).extend(all);
        }
        is_imported
    }
}

/// Adds the module of an import, and what it brings, which may be modules too.
fn add_from(folder: &str, stmt: &ast::StmtImportFrom, all: &mut Vec<u64>) {
    let module = stmt.module.as_deref().unwrap_or_default();
    if stmt.level == 0 && is_of_library(module) {
        return;
    }
    let mut package = folder;
    for _ in 1..stmt.level {
        package = package.rsplit_once('/').map_or("", |(outer, _)| outer);
    }
    let (before, last) = module.rsplit_once('.').unwrap_or(("", module));
    let before = before.rsplit('.').next().unwrap_or(before);
    let (before, last) = match (stmt.level, before, last) {
        (0, ..) => (before, last),
        (_, "", "") => ends(package),
        (_, "", last) => (ends(package).1, last),
        (_, before, last) => (before, last),
    };
    all.push(fingerprint(&(before, last)));
    let members = stmt.names.iter().map(|alias| alias.name.as_str());
    all.extend(members.map(|member| fingerprint(&(last, member))));
}

fn end_of(module: &str) -> u64 {
    let (before, last) = module.rsplit_once('.').unwrap_or((ALONE, module));
    fingerprint(&(before.rsplit('.').next().unwrap_or(before), last))
}

/// The last two parts of a path.
fn ends(path: &str) -> (&str, &str) {
    let (before, last) = path.rsplit_once('/').unwrap_or(("", path));
    (before.rsplit('/').next().unwrap_or(before), last)
}
