//! A number for each name of a file, so that everything that compares names compares numbers.

use rustc_hash::FxHashMap;

/// The number of a name in its file, in the order of first occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NameId(pub u32);

/// The bytes of a name of up to 16, with zeros behind: no name has a NUL.
type Short = (u64, u64);

/// A slot of the table that nobody has taken.
const FREE: NameId = NameId(u32::MAX);

/// See the module's documentation.
#[derive(Default)]
pub(super) struct Interner<'a> {
    texts: Vec<&'a str>,
    /// Nearly all names, by open addressing: this is asked for every name of every file, and comparing two numbers is much cheaper
    /// than comparing two texts. The length is a power of two, and more than the number of names.
    short: Vec<(Short, NameId)>,
    taken: usize,
    long: FxHashMap<&'a str, NameId>,
}

impl<'a> Interner<'a> {
    /// With room for about that many different names.
    pub fn with_capacity(names: usize) -> Self {
        Self {
            texts: Vec::with_capacity(names),
            short: vec![((0, 0), FREE); (names * 2).next_power_of_two().max(16)],
            taken: 0,
            long: FxHashMap::default(),
        }
    }

    #[inline]
    pub fn intern(&mut self, name: &'a str) -> NameId {
        let next = NameId(u32::try_from(self.texts.len()).unwrap_or(FREE.0));
        let Some(key) = short(name.as_bytes()) else {
            let id = *self.long.entry(name).or_insert(next);
            if id == next {
                self.texts.push(name);
            }
            return id;
        };
        let slot = self.slot(key);
        if self.short[slot].1 != FREE {
            return self.short[slot].1;
        }
        self.short[slot] = (key, next);
        self.texts.push(name);
        self.taken += 1;
        if self.taken * 4 > self.short.len() * 3 {
            self.grow();
        }
        next
    }

    /// The number of a name that occurs in the file.
    pub fn get(&self, name: &str) -> Option<NameId> {
        let Some(key) = short(name.as_bytes()) else {
            return self.long.get(name).copied();
        };
        let id = self.short[self.slot(key)].1;
        (id != FREE).then_some(id)
    }

    /// All names, by number.
    pub fn texts(&self) -> &[&'a str] {
        &self.texts
    }

    /// Where `key` is, or would go.
    #[inline]
    fn slot(&self, key: Short) -> usize {
        let mask = self.short.len() - 1;
        // Any odd number with well mixed bits; the high half of the product depends on all bits below.
        const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
        let mixed = (key.0 ^ key.1.rotate_left(29)).wrapping_mul(MIX);
        let mut slot = (mixed >> 32) as usize & mask;
        while self.short[slot].1 != FREE && self.short[slot].0 != key {
            slot = (slot + 1) & mask;
        }
        slot
    }

    #[cold]
    fn grow(&mut self) {
        let double = vec![((0, 0), FREE); self.short.len() * 2];
        for (key, id) in std::mem::replace(&mut self.short, double) {
            if id != FREE {
                let slot = self.slot(key);
                self.short[slot] = (key, id);
            }
        }
    }
}

#[inline]
fn short(bytes: &[u8]) -> Option<Short> {
    // The last bytes overlap the first: shifted, what both have falls out.
    Some(match *bytes {
        [a, b, c, d, e, f, g, h] => (u64::from_le_bytes([a, b, c, d, e, f, g, h]), 0),
        [a, b, c, d, e, f, g, h, ..] if bytes.len() <= 16 => {
            let last = bytes.last_chunk().copied().map_or(0, u64::from_le_bytes);
            let first = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
            (first, last >> (8 * (16 - bytes.len())))
        }
        [_, _, _, _, _, _, _, _, ..] => return None,
        [a, b, c, d, ..] => {
            let last = bytes.last_chunk().copied().map_or(0, u32::from_le_bytes);
            let last = u64::from(last) >> (8 * (8 - bytes.len()));
            (u64::from(u32::from_le_bytes([a, b, c, d])) | last << 32, 0)
        }
        [a, b, c] => (u64::from(u32::from_le_bytes([a, b, c, 0])), 0),
        [a, b] => (u64::from(u16::from_le_bytes([a, b])), 0),
        [a] => (u64::from(a), 0),
        [] => (0, 0),
    })
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
