//! Values that are made for people to read: of an exception, a warning, a line of a log. Nobody waits for those.

use ruff_python_ast::{AnyNodeRef, Expr};

use super::facts::Facts;

/// Functions and methods, by the last part of their name, that are given a text for people.
const TOLD: &[&str] = &[
    "critical",
    "debug",
    "deprecated",
    "display",
    "echo",
    "error",
    "exception",
    "fail",
    "fatal",
    "info",
    "input",
    "log",
    "print",
    "verbose",
    "warn",
    "warning",
];

impl<'a> Facts<'a> {
    /// Whether a node is part of what an exception, an assertion, a warning, a log or a prompt says.
    pub fn is_for_message(&self, node: impl Into<AnyNodeRef<'a>>) -> bool {
        let around = self.tree.ancestors(node);
        around
            .take_while(|outer| {
                !outer.is_statement() || outer.is_stmt_raise() || outer.is_stmt_assert()
            })
            .any(|outer| match outer {
                AnyNodeRef::StmtRaise(_) | AnyNodeRef::StmtAssert(_) => true,
                AnyNodeRef::ExprCall(call) => {
                    let word = match &*call.func {
                        Expr::Name(name) => name.id.as_str(),
                        Expr::Attribute(method) => method.attr.as_str(),
                        _ => return false,
                    };
                    TOLD.contains(&word)
                }
                _ => false,
            })
    }
}
