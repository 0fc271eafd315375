//! The names that a file brings to whoever imports all of it: a name is looked for in many such files, and found in one, so the others
//! need no summary.
//!
//! **Invariant**: a name that is not told here stands for nothing in the file's summary.

use std::sync::Arc;

use super::fingerprint;
use super::outline::stars;
use super::{Project, View, read, write};
use crate::python::facts::Facts;
use crate::python::tree::ScopeId;

/// See the module's documentation.
pub(super) struct Brought {
    /// What the text comes to.
    pub text: u64,
    /// Fingerprints of the names at the top of the file, sorted.
    names: Box<[u64]>,
    /// Modules whose names are all brought in.
    pub stars: Box<[Box<str>]>,
}

impl Brought {
    fn of(facts: &Facts<'_>) -> Self {
        let symbols = facts.symbols().all_in(ScopeId::MODULE);
        let mut names: Box<[u64]> = symbols.map(|symbol| fingerprint(symbol.name)).collect();
        names.sort_unstable();
        Self {
            text: fingerprint(facts.source.text()),
            names,
            stars: stars(facts),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.binary_search(&fingerprint(name)).is_ok()
    }
}

impl Project {
    /// Keeps the names of a file that others import as a whole.
    pub(super) fn keep_brought(&self, facts: &Facts<'_>) {
        let place = facts.source.path().into();
        write(&self.brought).insert(place, Arc::new(Brought::of(facts)));
    }
}

impl View<'_> {
    /// What the file at `place` brings, where it has no summary and only that is known of it.
    pub(super) fn brought(&self, place: &Arc<str>) -> Option<Arc<Brought>> {
        let brought = read(&self.project.brought).get(place).cloned()?;
        self.note(Arc::clone(place));
        Some(brought)
    }
}
