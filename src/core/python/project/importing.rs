//! Which modules the files that had their turn import, by the ends of their names: others will ask about those, so each is summarised
//! in its own turn, while it is at hand. Most files are imported by nobody, and need no summary at all.
//!
//! **Invariant**: this decides about time and nothing else: whoever asks about a file without a summary has it made.

use std::sync::RwLock;

use ruff_python_ast::{self as ast, AnyNodeRef};
use rustc_hash::FxHashSet;

use super::origin::is_of_library;
use super::outline::is_star;
use super::{fingerprint, read, write};
use crate::python::facts::Facts;

/// See the module's documentation.
#[derive(Default)]
pub(super) struct Importing(RwLock<Modules>);

/// The last two parts of their names, as numbers.
#[derive(Default)]
struct Modules {
    /// Those of which something is imported by its name.
    named: FxHashSet<u64>,
    /// Those of which all is.
    stars: FxHashSet<u64>,
}

/// How files whose turn came import another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Imported {
    Never,
    /// All that it brings at once.
    Whole,
    ByName,
}

/// What stands before the last part where that is all of the name.
const ALONE: &str = "";

impl Importing {
    /// Notes what a file imports.
    pub(super) fn add(&self, facts: &Facts<'_>) {
        let (folder, _) = split_last(b'/', facts.source.path());
        let (mut named, mut stars) = (Vec::new(), Vec::new());
        for node in facts.tree.imports() {
            match node {
                AnyNodeRef::StmtImport(stmt) => {
                    let modules = stmt.names.iter().map(|alias| alias.name.as_str());
                    named.extend(modules.filter(|module| !is_of_library(module)).map(end_of));
                }
                AnyNodeRef::StmtImportFrom(stmt) if is_star(stmt) => {
                    add_from(folder, stmt, &mut stars);
                }
                AnyNodeRef::StmtImportFrom(stmt) => add_from(folder, stmt, &mut named),
                _ => {}
            }
        }
        // `from . import x` in a package imports the package itself: that asks nobody.
        let [own, _] = numbers_of(facts.source.path());
        let known = read(&self.0);
        named.retain(|one| *one != own && !known.named.contains(one));
        stars.retain(|one| !known.stars.contains(one));
        drop(known);
        if !named.is_empty() || !stars.is_empty() {
            let mut known = write(&self.0);
            known.named.extend(named);
            known.stars.extend(stars);
        }
    }

    /// How the files that were noted import the one at `path`.
    pub(super) fn how(&self, path: &str) -> Imported {
        let own = numbers_of(path);
        let known = read(&self.0);
        let is_in = |all: &FxHashSet<u64>| own.iter().any(|own| all.contains(own));
        match (is_in(&known.named), is_in(&known.stars)) {
            (true, _) => Imported::ByName,
            (_, true) => Imported::Whole,
            _ => Imported::Never,
        }
    }
}

/// What the module of a file comes to as it is imported: with the package around it, and alone.
fn numbers_of(path: &str) -> [u64; 2] {
    let (folder, file) = split_last(b'/', path);
    let stem = file.split('.').next().unwrap_or(file);
    let (before, last) = match stem {
        "__init__" => ends(folder),
        stem => (ends(folder).1, stem),
    };
    [fingerprint(&(before, last)), fingerprint(&(ALONE, last))]
}

/// Adds the module of an import, and what it brings, which may be modules too.
fn add_from(folder: &str, stmt: &ast::StmtImportFrom, all: &mut Vec<u64>) {
    let module = stmt.module.as_deref().unwrap_or_default();
    if stmt.level == 0 && is_of_library(module) {
        return;
    }
    let mut package = folder;
    for _ in 1..stmt.level {
        package = split_last(b'/', package).0;
    }
    let (before, last) = split_last(b'.', module);
    let before = split_last(b'.', before).1;
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
    let (before, last) = split_last(b'.', module);
    fingerprint(&(split_last(b'.', before).1, last))
}

/// The last two parts of a path.
fn ends(path: &str) -> (&str, &str) {
    let (before, last) = split_last(b'/', path);
    (split_last(b'/', before).1, last)
}

/// What stands behind the last separator, and what before it: nothing where there is none.
fn split_last(separator: u8, name: &str) -> (&str, &str) {
    match memchr::memrchr(separator, name.as_bytes()) {
        Some(at) => (&name[..at], &name[at + 1..]),
        None => (ALONE, name),
    }
}
