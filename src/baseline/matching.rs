//! Which findings are those of a baseline.
//!
//! From the most certain to the least: at the same place; where the statement stood, but its surroundings have changed; in a
//! function or file of another name, where the old one is no more; in the same surroundings, a little changed. Each step takes what
//! it matches away from the next.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use similar::{Algorithm, capture_diff_slices, diff_ratio};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::verdict::Marked;

/// How much of a piece of code has to be as it was for it to be the same code.
const ALIKE: f32 = 0.8;

/// One finding of a baseline; the fields are in the order in which they are written and sorted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub path: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scope: String,
    pub rule: String,
    pub code: String,
    pub statement: String,
    pub around: String,
}

/// A finding of now.
#[derive(Clone, Copy)]
pub struct Found<'a> {
    pub path: &'a str,
    pub marked: &'a Marked,
}

/// Where a finding of the baseline was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Same,
    /// In another function or file, or changed.
    Elsewhere,
}

/// What there is to know about the code of now.
pub trait World {
    /// Whether the file at `path` still has a class or function of that qualified name; the top level is there as long as the file is.
    fn is_left(&self, path: &str, scope: &str) -> bool;
}

/// Where each finding was before, if it was, with the number of its entry; and how many findings of each entry are left without one.
pub fn matched(
    entries: &[(&Entry, usize)],
    found: &[Found],
    world: &dyn World,
) -> (Vec<Option<(Place, usize)>>, Vec<usize>) {
    let found: Vec<Entry> = (found.iter())
        .map(|found| super::entry(found.path, found.marked))
        .collect();
    let mut state = State {
        entries,
        left: entries.iter().map(|(_, count)| *count).collect(),
        places: vec![None; found.len()],
        found: &found,
    };
    let is_gone = |old: &Entry, _: &Entry| !world.is_left(&old.path, &old.scope);
    state.step(Place::Same, true, Entry::clone, |_, _| true);
    state.step(
        Place::Same,
        true,
        |entry| but(entry, |entry| entry.around.clear()),
        |_, _| true,
    );
    let elsewhere = |entry: &Entry| {
        but(entry, |entry| {
            entry.around.clear();
            entry.scope.clear();
        })
    };
    state.step(Place::Elsewhere, true, elsewhere, is_gone);
    let in_other_file = |entry: &Entry| {
        but(entry, |entry| {
            entry.around.clear();
            entry.path.clear();
        })
    };
    state.step(Place::Elsewhere, false, in_other_file, is_gone);
    let changed = |entry: &Entry| {
        but(entry, |entry| {
            entry.statement.clear();
            entry.code.clear();
        })
    };
    // First those whose slow operation is as it was.
    state.step(
        Place::Elsewhere,
        true,
        |entry| but(entry, |entry| entry.statement.clear()),
        |_, _| true,
    );
    state.step(Place::Elsewhere, true, changed, |old, new| {
        are_alike(&old.code, &new.code)
    });
    (state.places, state.left)
}

fn but(entry: &Entry, change: impl Fn(&mut Entry)) -> Entry {
    let mut entry = entry.clone();
    change(&mut entry);
    entry
}

fn are_alike(one: &str, other: &str) -> bool {
    let one: Vec<_> = one.split(' ').collect();
    let other: Vec<_> = other.split(' ').collect();
    let diff = capture_diff_slices(Algorithm::Myers, &one, &other);
    diff_ratio(&diff, one.len(), other.len()) >= ALIKE
}

struct State<'a> {
    entries: &'a [(&'a Entry, usize)],
    found: &'a [Entry],
    left: Vec<usize>,
    places: Vec<Option<(Place, usize)>>,
}

impl State<'_> {
    /// Matches what has the same `key` and what `accept`, asked about the old and the new, agrees to. Keys have the rule, and the
    /// path unless they are not `of_file`.
    fn step(
        &mut self,
        place: Place,
        of_file: bool,
        key: impl Fn(&Entry) -> Entry,
        accept: impl Fn(&Entry, &Entry) -> bool,
    ) {
        // A file has few findings, and a baseline many entries: most of them need no key.
        let words = |entry: &Entry| match of_file {
            true => xxh3_64_with_seed(entry.path.as_bytes(), xxh3_64(entry.rule.as_bytes())),
            false => xxh3_64(entry.rule.as_bytes()),
        };
        let unplaced = self
            .found
            .iter()
            .zip(&self.places)
            .filter(|(_, place)| place.is_none());
        let wanted: FxHashSet<u64> = unplaced.map(|(found, _)| words(found)).collect();
        if wanted.is_empty() {
            return;
        }
        let mut by_key: FxHashMap<Entry, Vec<usize>> = FxHashMap::default();
        for (index, (entry, _)) in self.entries.iter().enumerate() {
            if self.left[index] > 0 && wanted.contains(&words(entry)) {
                by_key.entry(key(entry)).or_default().push(index);
            }
        }
        if by_key.is_empty() {
            return;
        }
        for (index, found) in self.found.iter().enumerate() {
            if self.places[index].is_some() {
                continue;
            }
            let Some(candidates) = by_key.get(&key(found)) else {
                continue;
            };
            let fits = |old: &&usize| self.left[**old] > 0 && accept(self.entries[**old].0, found);
            if let Some(old) = candidates.iter().find(fits).copied() {
                self.left[old] -= 1;
                self.places[index] = Some((place, old));
            }
        }
    }
}
