//! What calling the functions and methods of libraries does: blocks, queries, builds a client. Read from `libraries/*.toml` when
//! hotlint is built; the types that go with it are part of the table of [`super::typeshed`].
//!
//! **Invariant**: a file that imports nothing of a library pays nothing for it.

mod declared;
mod effects;
mod pattern;

use std::sync::LazyLock;

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall};
use rustc_hash::FxHashMap;

pub(super) use declared::FOLDER;
pub use declared::{Declaration, Declared, Fault};
pub use effects::{Blocks, Builds, Does};
pub use pattern::expanded;

use super::facts::Facts;
use super::project::{Wants, known};
use super::symbols::Binding;
use super::types::Type;
use super::typeshed::Table;

/// A set of words about a call.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Effects(u64);

impl Effects {
    pub const NONE: Effects = Effects(0);
    /// Whatever makes the thread wait.
    pub const BLOCKS: Effects = Effects(0xffff);
    /// What is worth following through calls, besides what blocks.
    pub const FOLLOWED: Effects = Effects::BUILDS
        .or(Effects::does(Does::Queries))
        .or(Effects::does(Does::RoundTrip))
        .or(Effects::does(Does::Commits))
        .or(Effects::does(Does::Varies));
    /// Whatever is dear to make and meant to be kept.
    pub const BUILDS: Effects = Effects(0xffff_0000);

    pub const fn blocks(kind: Blocks) -> Self {
        Self(kind as u64)
    }

    pub const fn builds(kind: Builds) -> Self {
        Self(kind as u64)
    }

    pub const fn does(word: Does) -> Self {
        Self(word as u64)
    }

    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the two have a word in common.
    pub const fn any_of(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl std::fmt::Debug for Effects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// What is known of calling one function, method or class.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// The qualified name, as [`Facts::name`] tells it.
    pub name: &'static str,
    pub effects: Effects,
    /// What to await instead, in words; empty where nothing is known.
    pub awaited: &'static str,
    /// What does the same for many at once, in words; empty where nothing is known.
    pub batched: &'static str,
    /// The library, as a position of [`ROOTS`].
    root: u8,
}

impl Entry {
    /// The function or method without what it belongs to.
    pub fn last(&self) -> &'static str {
        last_segment(self.name)
    }

    pub fn does(&self, word: Does) -> bool {
        self.effects.any_of(Effects::does(word))
    }

    pub fn blocks(&self, kind: Blocks) -> bool {
        self.effects.any_of(Effects::blocks(kind))
    }

    pub fn builds(&self, kind: Builds) -> bool {
        self.effects.any_of(Effects::builds(kind))
    }
}

include!(concat!(env!("OUT_DIR"), "/libraries.rs"));

/// Everything that is known, by the last part of the name.
pub fn entries() -> &'static [Entry] {
    ENTRIES
}

/// Those whose last part is `last`: asked for nearly every call of every file.
fn called(last: &str) -> &'static [Entry] {
    static BY_LAST: LazyLock<FxHashMap<&str, &[Entry]>> = LazyLock::new(|| {
        let groups = ENTRIES.chunk_by(|a, b| a.last() == b.last());
        groups.map(|group| (group[0].last(), group)).collect()
    });
    BY_LAST.get(last).copied().unwrap_or_default()
}

/// What is known of calling the thing with a qualified name.
pub(super) fn entry(name: &str) -> Option<&'static Entry> {
    let entries = called(last_segment(name));
    let found = entries
        .binary_search_by(|entry| entry.name.cmp(name))
        .ok()?;
    entries.get(found)
}

/// What there is one item for in what the thing with a qualified name gives, or in what it goes over where it is an `__iter__`, if that
/// grows with the data: "line of the file".
pub(super) fn one_for_each(name: &str) -> Option<&'static str> {
    look_up(SIZES, name)
}

/// The same of an array or a frame that is called for: what there is one value or row for.
pub(super) fn many_in(name: &str) -> Option<&'static str> {
    look_up(ARRAY_SIZES, name)
}

fn look_up(sizes: &'static [(&str, &str)], name: &str) -> Option<&'static str> {
    let found = sizes
        .binary_search_by(|(known, _)| (*known).cmp(name))
        .ok()?;
    sizes.get(found).map(|(_, each)| *each)
}

/// The same of a method by its name alone, where nothing else that is known has a method of that name.
pub(super) fn peculiar(method: &str) -> Option<&'static str> {
    let (_, each) = PECULIAR.iter().find(|(known, _)| *known == method)?;
    Some(each)
}

/// The libraries of which anything does one of `effects`.
fn roots_that_do(effects: Effects) -> Imported {
    static BY_WORD: LazyLock<[Imported; 64]> = LazyLock::new(|| {
        let mut roots = [Imported([0; 4]); 64];
        for entry in ENTRIES {
            for (bit, roots) in roots.iter_mut().enumerate() {
                if entry.effects.0 & (1 << bit) != 0 {
                    roots.0[usize::from(entry.root) / 64] |= 1 << (entry.root % 64);
                }
            }
        }
        roots
    });
    let mut all = Imported([0; 4]);
    for (bit, roots) in BY_WORD.iter().enumerate() {
        if effects.0 & (1 << bit) != 0 {
            for (all, own) in all.0.iter_mut().zip(roots.0) {
                *all |= own;
            }
        }
    }
    all
}

/// The number of a package that a table is about.
pub(super) fn root_number(package: &str) -> Option<u8> {
    static NUMBERS: LazyLock<FxHashMap<&str, u8>> =
        LazyLock::new(|| ROOTS.iter().copied().zip(0..).collect());
    NUMBERS.get(package).copied()
}

/// The libraries that a file imports, as bits by their positions in [`ROOTS`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Imported([u64; 4]);

impl Imported {
    fn add(&mut self, root: &str) {
        if let Ok(at) = ROOTS.binary_search(&root) {
            self.0[at / 64 % 4] |= 1 << (at % 64);
        }
    }

    fn overlaps(self, other: Self) -> bool {
        self.0
            .iter()
            .zip(other.0)
            .any(|(own, other)| own & other != 0)
    }

    pub(super) fn has(self, root: u8) -> bool {
        let at = usize::from(root);
        self.0[at / 64] & (1 << (at % 64)) != 0
    }
}

impl<'a> Facts<'a> {
    /// What is known of what a call calls: a function, class or method of a library, or a method that a class of this file inherits
    /// from one.
    pub fn knows(&self, call: &'a ExprCall) -> Option<&'static Entry> {
        self.knows_where(call, || true)
    }

    /// The same, where other files are asked only if `is_worth_asking`.
    pub fn knows_where(
        &self,
        call: &'a ExprCall,
        is_worth_asking: impl FnOnce() -> bool,
    ) -> Option<&'static Entry> {
        if let Some(declared) = self.project.project.declared
            && self.may_be_declared(&call.func, declared)
        {
            let callee = self.stands_for((&*call.func).into(), || Wants::Declared);
            if let Some(entry) = self.project.declared(&callee) {
                return Some(entry);
            }
        }
        let last = match &*call.func {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return None,
        };
        match &*call.func {
            // Another name for it hides the last part.
            Expr::Name(name) if called(last).is_empty() => {
                let first = self.bindings(self.symbol(name)?).next()?;
                let renamed = match first {
                    Binding::Import(_, alias) | Binding::ImportFrom(_, alias) => {
                        alias.asname.is_some()
                    }
                    Binding::Assign(_) => true,
                    _ => false,
                };
                if !renamed {
                    return None;
                }
            }
            Expr::Attribute(_) if !self.may_know(last) => {
                return self.knows_across(call, last, is_worth_asking);
            }
            _ => {}
        }
        let own = self
            .name(&*call.func)
            .and_then(|name| self.entry(&name).or_else(|| self.inherited(call, &name)));
        own.or_else(|| self.knows_across(call, last, is_worth_asking))
    }

    /// The same by what other files say of the receiver.
    fn knows_across(
        &self,
        call: &'a ExprCall,
        last: &str,
        is_worth_asking: impl FnOnce() -> bool,
    ) -> Option<&'static Entry> {
        if !self.sees_others()
            || called(last).is_empty()
            || !self.may_be_elsewhere((&*call.func).into())
        {
            return None;
        }
        known(&self.stands_where((&*call.func).into(), || Wants::Entry, is_worth_asking))
    }

    /// What is known of calling the thing with a qualified name.
    pub fn entry(&self, name: &str) -> Option<&'static Entry> {
        entry(name)
    }

    /// A method by another name of its class, or of a class of this file that derives from one.
    fn inherited(&self, call: &'a ExprCall, name: &str) -> Option<&'static Entry> {
        let Expr::Attribute(method) = &*call.func else {
            return None;
        };
        let class = match self.ty(&*method.value) {
            Type::Local(class) => Some(class.0),
            _ => self.local_class(&method.value),
        };
        if let Some(class) = class {
            let base = self.outside_base(class, &method.attr)?;
            return self.entry(&format!("{}.{}", base.class_name()?, method.attr));
        }
        let (class, last) = name.rsplit_once('.')?;
        let table = Table::get();
        let class = table.class_name(table.class(class)?);
        self.entry(&format!("{class}.{last}"))
    }

    /// Whether a callee goes by the last name of something that is described, or by another that this file gives it.
    fn may_be_declared(&self, callee: &'a Expr, declared: &Declared) -> bool {
        match callee {
            Expr::Attribute(attribute) => declared.has_last(&attribute.attr),
            Expr::Name(name) if declared.has_last(&name.id) => true,
            Expr::Name(name) => match self
                .symbol(name)
                .and_then(|symbol| self.only_binding(symbol))
            {
                Some(Binding::ImportFrom(_, alias)) => declared.has_last(&alias.name),
                Some(Binding::Assign(stmt)) => match &*stmt.value {
                    Expr::Attribute(value) => declared.has_last(&value.attr),
                    Expr::Name(value) => declared.has_last(&value.id),
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        }
    }

    /// The libraries that the project's configuration describes, where the file could know of them.
    pub fn declared_libraries(&self) -> Option<&'static Declared> {
        self.project.project.declared
    }

    /// Whether the file imports something that the project's configuration describes.
    pub(super) fn imports_any_of(&self, declared: &Declared) -> bool {
        self.tree.imports().iter().any(|node| match node {
            AnyNodeRef::StmtImport(stmt) => {
                let mut roots = stmt.names.iter().map(|alias| first_segment(&alias.name));
                roots.any(|root| declared.has_root(root))
            }
            AnyNodeRef::StmtImportFrom(stmt) if stmt.level == 0 => {
                let module = stmt.module.as_deref().unwrap_or_default();
                declared.has_root(first_segment(module))
            }
            _ => false,
        })
    }

    pub(super) fn imported_libraries(&self) -> Imported {
        *self.libraries.get_or_init(|| {
            let mut imported = Imported([0; 4]);
            // Their values need no import.
            for root in ["builtins", "io"] {
                imported.add(root);
            }
            for node in self.tree.imports() {
                match node {
                    AnyNodeRef::StmtImport(stmt) => {
                        for alias in &stmt.names {
                            imported.add(first_segment(&alias.name));
                        }
                    }
                    AnyNodeRef::StmtImportFrom(stmt) if stmt.level == 0 => {
                        imported.add(first_segment(stmt.module.as_deref().unwrap_or_default()));
                    }
                    _ => {}
                }
            }
            imported
        })
    }

    /// Whether the file imports anything called `last` that does one of `effects`.
    pub(super) fn may_do(&self, last: &str, effects: Effects) -> bool {
        let imported = self.imported_libraries();
        let mut entries = called(last).iter();
        entries.any(|entry| entry.effects.any_of(effects) && imported.has(entry.root))
    }

    /// Whether the file imports a library of which anything does one of `effects`, or other files may.
    pub fn may_use(&self, effects: Effects) -> bool {
        self.sees_others() || self.imports_any(effects)
    }

    /// Whether the file imports a library of which anything does one of `effects`.
    pub(super) fn imports_any(&self, effects: Effects) -> bool {
        self.imported_libraries().overlaps(roots_that_do(effects))
    }

    /// Whether the file imports anything that an entry called `last` is about.
    pub fn may_know(&self, last: &str) -> bool {
        let imported = self.imported_libraries();
        called(last).iter().any(|entry| imported.has(entry.root))
    }
}

fn first_segment(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

fn last_segment(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_sorted_for_the_search() {
        let key = |entry: &Entry| (entry.last(), entry.name);
        assert!(ENTRIES.windows(2).all(|pair| key(&pair[0]) < key(&pair[1])));
        assert!(ROOTS.is_sorted());
        let get = called("get")
            .iter()
            .find(|entry| entry.name == "requests.get");
        assert!(get.is_some_and(|entry| entry.blocks(Blocks::Http)));
        assert!(called("nothing").is_empty());
    }
}
