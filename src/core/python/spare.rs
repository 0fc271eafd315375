//! The memory of a file that is done with, for the next one on the same thread. Lists as long as a file has nodes are dear to ask the
//! system for: it clears each page, and no cache knows it.
//!
//! **Invariant**: what is kept is empty, and holds at most [`MOST`] items a list.

use std::cell::RefCell;

use ruff_python_ast::AnyNodeRef;

use super::symbols::SymbolId;
use super::tree::{NodeId, Occurrence, Tag};

/// Longer lists are those of files that are written by programs.
const MOST: usize = 1 << 20;

thread_local! {
    static SPARE: RefCell<Spare> = RefCell::default();
}

/// See the module's documentation.
#[derive(Default)]
pub(super) struct Spare {
    nodes: Vec<AnyNodeRef<'static>>,
    pub parents: Vec<NodeId>,
    pub tags: Vec<Tag>,
    pub occurrences: Vec<Occurrence>,
    pub of_nodes: Vec<SymbolId>,
}

impl Spare {
    pub fn nodes<'a>(&mut self) -> Vec<AnyNodeRef<'a>> {
        emptied(std::mem::take(&mut self.nodes))
    }

    pub fn keep_nodes(&mut self, nodes: &mut Vec<AnyNodeRef<'_>>) {
        let nodes = emptied(std::mem::take(nodes));
        keep(&mut self.nodes, nodes);
    }
}

/// Takes from what is kept, or gives to it; `None` while the thread ends.
pub(super) fn spare<T>(with: impl FnOnce(&mut Spare) -> T) -> Option<T> {
    let with = |spare: &RefCell<Spare>| Some(with(&mut *spare.try_borrow_mut().ok()?));
    SPARE.try_with(with).ok()?
}

/// Keeps a list if it is the longer one.
pub(super) fn keep<T>(kept: &mut Vec<T>, mut list: Vec<T>) {
    list.clear();
    if (kept.capacity()..=MOST).contains(&list.capacity()) {
        *kept = list;
    }
}

/// The memory of a list of nodes without the nodes: collecting a list of the same layout out of it uses it again.
fn emptied<'b>(mut nodes: Vec<AnyNodeRef<'_>>) -> Vec<AnyNodeRef<'b>> {
    nodes.clear();
    nodes.into_iter().filter_map(|_| None).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_of_a_list_serves_again() {
        let mut spare = Spare::default();
        let mut nodes: Vec<AnyNodeRef<'_>> = Vec::with_capacity(1000);
        let place = nodes.as_ptr().addr();
        spare.keep_nodes(&mut nodes);
        let again = spare.nodes();
        assert_eq!((again.as_ptr().addr(), again.capacity()), (place, 1000));
        assert_eq!(spare.nodes().capacity(), 0);
    }

    #[test]
    fn the_longer_list_is_kept_but_not_the_longest() {
        let mut kept: Vec<u8> = Vec::new();
        for length in [10, 100, 20, MOST * 2] {
            keep(&mut kept, Vec::with_capacity(length));
        }
        assert_eq!(kept.capacity(), 100);
    }
}
