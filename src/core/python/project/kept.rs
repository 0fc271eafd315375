//! Trees of files that were parsed for their summaries, kept until their own turn comes: no file is parsed twice where that can be helped.
//!
//! **Invariant**: never more than [`LIMIT`] bytes of text have their trees kept; what is not kept is parsed again.

use std::collections::{BTreeMap, VecDeque};

use ruff_python_ast::ModModule;
use rustc_hash::FxHashSet;

use super::fingerprint;
use crate::python::parse::Parsed;
use crate::python::source::Source;

/// In bytes of text; a tree takes about ten times as much.
const LIMIT: usize = 1 << 20;

/// See the module's documentation.
#[derive(Default)]
pub(super) struct Kept {
    trees: BTreeMap<Box<str>, Tree>,
    /// The paths of those, the oldest first; some may be gone.
    order: VecDeque<Box<str>>,
    bytes: usize,
    /// Files whose turn has been: nobody will ask for their trees.
    done: FxHashSet<Box<str>>,
}

struct Tree {
    parsed: Parsed<ModModule>,
    text: u64,
    size: usize,
}

impl Kept {
    /// Keeps the tree of a file whose turn has not been.
    pub(super) fn keep(&mut self, source: &Source, parsed: Parsed<ModModule>) {
        let (path, size) = (source.path(), source.text().len());
        if size > LIMIT || self.done.contains(path) {
            return;
        }
        let text = fingerprint(source.text());
        self.bytes += size;
        self.order.push_back(path.into());
        if let Some(before) = self.trees.insert(path.into(), Tree { parsed, text, size }) {
            self.bytes -= before.size;
        }
        while self.bytes > LIMIT
            && let Some(oldest) = self.order.pop_front()
        {
            self.bytes -= self.trees.remove(&oldest).map_or(0, |tree| tree.size);
        }
    }

    /// The tree of a file whose turn it is, if it was kept and the text is still the same.
    pub(super) fn take(&mut self, source: &Source) -> Option<Parsed<ModModule>> {
        self.done.insert(source.path().into());
        let tree = self.trees.remove(source.path())?;
        self.bytes -= tree.size;
        (tree.text == fingerprint(source.text())).then_some(tree.parsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::parse::parse;

    fn kept(kept: &mut Kept, path: &str, text: &str) {
        let source = Source::module(path, text);
        if let Ok(parsed) = parse(&source) {
            kept.keep(&source, parsed);
        }
    }

    #[test]
    fn a_tree_is_had_once_and_for_the_same_text_only() {
        let mut trees = Kept::default();
        kept(&mut trees, "a.py", "a = 1\n");
        kept(&mut trees, "b.py", "b = 1\n");
        let a = Source::module("a.py", "a = 1\n");
        assert!(trees.take(&a).is_some());
        assert!(trees.take(&a).is_none());
        assert!(trees.take(&Source::module("b.py", "b = 2\n")).is_none());
        // Its turn has been.
        kept(&mut trees, "a.py", "a = 1\n");
        assert!(trees.take(&a).is_none());
        assert_eq!(trees.bytes, 0);
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        let mut trees = Kept::default();
        let text = format!("a = '{}'\n", "x".repeat(LIMIT / 3));
        for path in ["a.py", "b.py", "c.py"] {
            kept(&mut trees, path, &text);
        }
        assert!(trees.bytes <= LIMIT);
        assert!(trees.take(&Source::module("a.py", text.as_str())).is_none());
        assert!(trees.take(&Source::module("c.py", text.as_str())).is_some());
    }
}
