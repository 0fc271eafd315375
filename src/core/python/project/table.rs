//! What a summary keeps by name: thousands of small tables, so each takes no more memory than it holds.

use rustc_hash::FxHasher;
use std::hash::{Hash as _, Hasher as _};

/// Names and what they stand for. Few tables are ever asked, so nothing is sorted: the names' fingerprints are gone through.
#[derive(Debug, PartialEq)]
pub(super) struct ByName<T> {
    fingerprints: Box<[u32]>,
    /// All names, one behind the other.
    names: Box<str>,
    /// Where each name ends.
    ends: Box<[u32]>,
    things: Box<[T]>,
}

impl<T> ByName<T> {
    /// Of two things by one name, the last counts.
    pub(super) fn get(&self, name: &str) -> Option<&T> {
        let wanted = fingerprint(name);
        let mut at = self.fingerprints.len();
        loop {
            let before = &self.fingerprints[..at];
            at = before.iter().rposition(|known| *known == wanted)?;
            if self.name(at) == Some(name) {
                return self.things.get(at);
            }
        }
    }

    fn name(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)? as usize;
        let start = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.names.get(start..end)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

impl<T> Default for ByName<T> {
    fn default() -> Self {
        Self {
            fingerprints: Box::default(),
            names: Box::default(),
            ends: Box::default(),
            things: Box::default(),
        }
    }
}

impl<'n, T> FromIterator<(&'n str, T)> for ByName<T> {
    fn from_iter<I: IntoIterator<Item = (&'n str, T)>>(all: I) -> Self {
        let mut names = String::new();
        let (mut fingerprints, mut ends, mut things) = (Vec::new(), Vec::new(), Vec::new());
        for (name, thing) in all {
            names.push_str(name);
            // A file of more bytes is not read.
            ends.push(u32::try_from(names.len()).unwrap_or(u32::MAX));
            fingerprints.push(fingerprint(name));
            things.push(thing);
        }
        Self {
            fingerprints: fingerprints.into(),
            names: names.into(),
            ends: ends.into(),
            things: things.into(),
        }
    }
}

fn fingerprint(name: &str) -> u32 {
    let mut hasher = FxHasher::default();
    name.hash(&mut hasher);
    // The upper half is the better one.
    (hasher.finish() >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_a_name_counts() {
        let all = ["b", "a", "b", "c", "b"].into_iter().zip(0..);
        let table: ByName<i32> = all.collect();
        let found = ["a", "b", "c", "d"].map(|name| table.get(name).copied());
        assert_eq!(found, [Some(1), Some(4), Some(3), None]);
        assert!(!ByName::<i32>::default().has("a"));
    }
}
