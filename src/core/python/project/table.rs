//! What a summary keeps by name: thousands of small tables, so each takes no more memory than it holds.

/// Names and what they stand for, sorted by name.
#[derive(Debug, PartialEq)]
pub(super) struct ByName<T>(Box<[(Box<str>, T)]>);

impl<T> ByName<T> {
    pub(super) fn get(&self, name: &str) -> Option<&T> {
        let found = self.0.binary_search_by(|(own, _)| (**own).cmp(name));
        found.ok().map(|at| &self.0[at].1)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

impl<T> Default for ByName<T> {
    fn default() -> Self {
        Self(Box::default())
    }
}

impl<T> FromIterator<(Box<str>, T)> for ByName<T> {
    /// Of two things by one name, the last counts.
    fn from_iter<I: IntoIterator<Item = (Box<str>, T)>>(all: I) -> Self {
        let mut all: Vec<(Box<str>, T)> = all.into_iter().collect();
        all.sort_by(|(a, _), (b, _)| a.cmp(b));
        all.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                std::mem::swap(later, kept);
            }
            same
        });
        Self(all.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_a_name_counts() {
        let all = ["b", "a", "b", "c", "b"].into_iter().zip(0..);
        let table: ByName<i32> = all.map(|(name, n)| (name.into(), n)).collect();
        let found = ["a", "b", "c", "d"].map(|name| table.get(name).copied());
        assert_eq!(found, [Some(1), Some(4), Some(3), None]);
        assert!(!ByName::<i32>::default().has("a"));
    }
}
