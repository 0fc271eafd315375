//! Reading another clock wherever the time of day was read.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall};

use super::{Cx, Edit};

impl<'a> Cx<'a> {
    /// The edits that call `member` of the module `time` instead of each of `readings`, which all call another member of it.
    pub fn read_clock(&self, readings: &[&'a ExprCall], member: &str) -> Option<Vec<Edit>> {
        let mut edits: Vec<Edit> = Vec::new();
        for call in readings {
            match &*call.func {
                Expr::Attribute(attribute) => edits.push(Edit::replace(&attribute.attr, member)),
                function => {
                    let import = self.import(AnyNodeRef::from(*call), "time", member)?;
                    edits.push(Edit::replace(function, &*import.expression));
                    let insertion = import.edits().filter(|edit| !edits.contains(edit));
                    edits.extend(insertion);
                }
            }
        }
        Some(edits)
    }
}
