//! The `return`s of the functions of a file, and the calls that a summary may keep: found in one pass.

use ruff_python_ast::{self as ast, AnyNodeRef, NodeKind};

use crate::python::blocks::function_around;
use crate::python::facts::Facts;
use crate::python::tree::{NodeId, Tag};

/// See the module's documentation.
pub(super) struct Returns<'a>(Vec<(NodeId, &'a ast::StmtReturn)>);

impl<'a> Returns<'a> {
    pub(super) fn of(facts: &Facts<'a>) -> Self {
        Self::beside(facts, |_, _| {})
    }

    /// The same, with a look at all other nodes.
    pub(super) fn beside(facts: &Facts<'a>, mut look: impl FnMut(Tag, &AnyNodeRef<'a>)) -> Self {
        let mut all = Vec::new();
        for (tag, node) in facts.tree.tagged() {
            if !tag.is(NodeKind::StmtReturn) {
                look(tag, node);
                continue;
            }
            if let AnyNodeRef::StmtReturn(stmt) = node
                && let Some(def) = function_around(&facts.tree, *stmt)
            {
                all.push((facts.tree.id(def), *stmt));
            }
        }
        // Stable: those of one function stay in the order of the text.
        all.sort_by_key(|(def, _)| *def);
        Self(all)
    }

    /// Those of one function, in the order of the text.
    pub(super) fn in_function(
        &self,
        facts: &Facts<'a>,
        def: &'a ast::StmtFunctionDef,
    ) -> &[(NodeId, &'a ast::StmtReturn)] {
        let id = facts.tree.id(def);
        let start = self.0.partition_point(|(of, _)| *of < id);
        let rest = &self.0[start..];
        &rest[..rest.partition_point(|(of, _)| *of == id)]
    }
}
