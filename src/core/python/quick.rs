//! Blocks that run in no time: what a few instructions around them cost can be felt.

use ruff_python_ast::{AnyNodeRef, Stmt};

use super::facts::Facts;

impl<'a> Facts<'a> {
    /// Whether a block runs operators, builtins and the like only: no loop, no code of the project, nothing that waits.
    pub fn is_quick(&self, block: &'a [Stmt]) -> bool {
        block.iter().all(|stmt| {
            self.tree.descendants(stmt).all(|node| match node {
                AnyNodeRef::ExprCall(call) => self.is_harmless_call(call),
                AnyNodeRef::ExprAwait(_)
                | AnyNodeRef::ExprYield(_)
                | AnyNodeRef::ExprYieldFrom(_)
                | AnyNodeRef::Comprehension(_)
                | AnyNodeRef::StmtFor(_)
                | AnyNodeRef::StmtWhile(_)
                | AnyNodeRef::StmtWith(_)
                | AnyNodeRef::StmtImport(_)
                | AnyNodeRef::StmtImportFrom(_) => false,
                _ => true,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    fn is_quick(text: &str) -> Option<bool> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        Some(facts.is_quick(&parsed.syntax().body))
    }

    #[test]
    fn operators_and_builtins_are_quick() {
        assert_eq!(is_quick("total += int(table[key])\n"), Some(true));
        assert_eq!(is_quick("del table[key]\nx = len('a')\n"), Some(true));
    }

    #[test]
    fn other_code_loops_and_waiting_are_not() {
        for text in [
            "fetch(key)\n",
            "total += item.price()\n",
            "for x in xs: pass\n",
            "y = [x for x in xs]\n",
            "with lock: n += 1\n",
            "import json\n",
        ] {
            assert_eq!(is_quick(text), Some(false), "{text}");
        }
    }
}
