//! A number for each name of a file, so that everything that compares names compares numbers.

use rustc_hash::{FxBuildHasher, FxHashMap};

/// The number of a name in its file, in the order of first occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NameId(pub u32);

/// The bytes of a name of up to 16, with zeros behind: no name has a NUL.
type Short = (u64, u64);

/// See the module's documentation.
#[derive(Default)]
pub(super) struct Interner<'a> {
    texts: Vec<&'a str>,
    /// Nearly all names; comparing two numbers is much cheaper than comparing two texts.
    short: FxHashMap<Short, NameId>,
    long: FxHashMap<&'a str, NameId>,
}

impl<'a> Interner<'a> {
    /// With room for about that many different names.
    pub fn with_capacity(names: usize) -> Self {
        Self {
            texts: Vec::with_capacity(names),
            short: FxHashMap::with_capacity_and_hasher(names, FxBuildHasher),
            long: FxHashMap::default(),
        }
    }

    #[inline]
    pub fn intern(&mut self, name: &'a str) -> NameId {
        let next = NameId(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        let id = match short(name.as_bytes()) {
            Some(key) => *self.short.entry(key).or_insert(next),
            None => *self.long.entry(name).or_insert(next),
        };
        if id == next {
            self.texts.push(name);
        }
        id
    }

    /// The number of a name that occurs in the file.
    pub fn get(&self, name: &str) -> Option<NameId> {
        match short(name.as_bytes()) {
            Some(key) => self.short.get(&key).copied(),
            None => self.long.get(name).copied(),
        }
    }

    /// All names, by number.
    pub fn texts(&self) -> &[&'a str] {
        &self.texts
    }
}

#[inline]
fn short(bytes: &[u8]) -> Option<Short> {
    let eight = |at: usize| -> Option<u64> {
        let part = bytes.get(at..at + 8)?.try_into().ok()?;
        Some(u64::from_le_bytes(part))
    };
    let len = bytes.len();
    match len {
        0..8 => {
            let mut padded = [0; 8];
            for (to, from) in padded.iter_mut().zip(bytes) {
                *to = *from;
            }
            Some((u64::from_le_bytes(padded), 0))
        }
        8 => Some((eight(0)?, 0)),
        // The last eight bytes overlap the first: shifted, what both have falls out.
        9..=16 => Some((eight(0)?, eight(len - 8)? >> (8 * (16 - len)))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_name_same_number() {
        let names: Vec<String> = (0..40)
            .flat_map(|len| {
                [
                    "a".repeat(len),
                    "é".repeat(len),
                    format!("{}b", "a".repeat(len)),
                ]
            })
            .collect();
        let mut interner = Interner::with_capacity(0);
        let first: Vec<NameId> = names.iter().map(|name| interner.intern(name)).collect();
        let again: Vec<NameId> = names.iter().map(|name| interner.intern(name)).collect();
        assert_eq!(first, again);
        for (name, id) in names.iter().zip(&first) {
            assert_eq!(interner.get(name), Some(*id));
            assert_eq!(interner.texts()[id.0 as usize], name);
        }
        assert_eq!(interner.get("ab c"), None);
    }
}
