//! What was looked at to find an answer: whoever remembers the answer has to ask again when one of these places changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashSet;

/// Places that were looked at: files, and folders with a slash behind. Answers stand on answers, and so do their trails: none is
/// written out before somebody asks for the places.
#[derive(Clone)]
pub(super) struct Trail(Arc<Looked>);

struct Looked {
    places: Box<[Arc<str>]>,
    /// What others had looked at when they found what this one was told.
    behind: Box<[Trail]>,
}

impl Trail {
    pub(super) fn new(
        places: impl IntoIterator<Item = Arc<str>>,
        behind: impl IntoIterator<Item = Trail>,
    ) -> Self {
        Self(Arc::new(Looked {
            places: places.into_iter().collect(),
            behind: behind.into_iter().collect(),
        }))
    }

    /// Tells one trail from another.
    pub(super) fn id(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Adds all places of these trails, and of those behind them.
    pub(super) fn add_places(
        trails: impl IntoIterator<Item = Trail>,
        all: &mut BTreeSet<Arc<str>>,
    ) {
        let mut open: Vec<Trail> = trails.into_iter().collect();
        let mut known: FxHashSet<usize> = open.iter().map(Trail::id).collect();
        while let Some(trail) = open.pop() {
            all.extend(trail.0.places.iter().cloned());
            let behind = trail.0.behind.iter();
            open.extend(behind.filter(|trail| known.insert(trail.id())).cloned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_stands_behind_is_told_once() {
        let places = |names: &[&str]| {
            names
                .iter()
                .map(|name| Arc::from(*name))
                .collect::<Vec<_>>()
        };
        let first = Trail::new(places(&["a.py", "pkg/"]), []);
        let second = Trail::new(places(&["b.py"]), [first.clone(), first.clone()]);
        let third = Trail::new(places(&["a.py"]), [second.clone(), first]);
        let mut all = BTreeSet::new();
        Trail::add_places([third, second], &mut all);
        assert_eq!(
            all.into_iter().collect::<Vec<_>>(),
            places(&["a.py", "b.py", "pkg/"])
        );
    }
}
