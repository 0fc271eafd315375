//! Calls that log: at which level, and with what.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::facts::Facts;

/// A call of a logger of the standard library at a level that is off, as a rule.
#[derive(Clone, Copy, Debug)]
pub struct Log<'a> {
    /// `debug` or `info`
    pub level: &'static str,
    pub message: &'a Expr,
    /// What the message's placeholders stand for.
    pub args: &'a [Expr],
}

/// What logs at a level below warnings, which is off as a rule; see [`Facts::low_log`].
pub const LOW_LOGS: &[&str] = &[
    "logging.debug",
    "logging.info",
    "logging.Logger.debug",
    "logging.Logger.info",
    "logging.LoggerAdapter.debug",
    "logging.LoggerAdapter.info",
];

impl<'a> Facts<'a> {
    /// Takes a call as one that logs at a level below warnings; others are on nearly everywhere.
    pub fn low_log(&self, call: &'a ast::ExprCall) -> Option<Log<'a>> {
        let name = self.name(&*call.func)?;
        let known = LOW_LOGS.iter().find(|known| **known == name)?;
        let (_, level) = known.rsplit_once('.')?;
        let (message, args) = call.arguments.args.split_first()?;
        Some(Log {
            level,
            message,
            args,
        })
    }

    /// Whether a call logs, by a logger of whatever library: nothing else has methods of these names that get a text.
    pub fn logs(&self, call: &'a ast::ExprCall) -> bool {
        says(call, &["debug", "info", "log"]) || self.warns(call)
    }

    /// Whether a call warns or tells of something that went wrong.
    pub fn warns(&self, call: &'a ast::ExprCall) -> bool {
        says(call, &["warn", "warning"]) || self.logs_an_error(call)
    }

    /// Whether a call tells of something that went wrong.
    pub fn logs_an_error(&self, call: &'a ast::ExprCall) -> bool {
        says(call, &["error", "exception", "critical", "fatal"])
    }

    /// Whether a test around `node` asks for the level, or for what stands for it: `if log.isEnabledFor(DEBUG)`, `if verbose`.
    pub fn is_behind_level(&self, node: impl Into<AnyNodeRef<'a>>) -> bool {
        const WORDS: &[&str] = &["debug", "level", "verbos", "enabledfor", "trace", "quiet"];
        let node = node.into();
        let asks = |test: &'a Expr| {
            self.tree.descendants(test).any(|part| {
                let word = match part {
                    AnyNodeRef::ExprName(name) => name.id.as_str(),
                    AnyNodeRef::ExprAttribute(attribute) => attribute.attr.as_str(),
                    _ => return false,
                };
                let word = word.to_ascii_lowercase();
                WORDS.iter().any(|known| word.contains(known))
            })
        };
        self.tree.ancestors(node).any(|outer| match outer {
            AnyNodeRef::StmtIf(stmt) => {
                !stmt.test.range().contains_range(node.range()) && asks(&stmt.test)
            }
            AnyNodeRef::ElifElseClause(clause) => clause.test.as_ref().is_some_and(asks),
            AnyNodeRef::ExprBoolOp(op) => op
                .values
                .iter()
                .take_while(|value| value.end() <= node.start())
                .any(asks),
            AnyNodeRef::ExprIf(branch) => asks(&branch.test),
            _ => false,
        })
    }
}

/// Whether a method of one of these names gets a text: `log.warning("...", ...)`, `log.info("..." % ...)`.
fn says(call: &ast::ExprCall, names: &[&str]) -> bool {
    let Expr::Attribute(method) = &*call.func else {
        return false;
    };
    let is_text = |message: &Expr| match message {
        Expr::StringLiteral(_) | Expr::FString(_) => true,
        Expr::BinOp(filled) => matches!(&*filled.left, Expr::StringLiteral(_)),
        Expr::Call(filled) => matches!(&*filled.func, Expr::Attribute(format)
            if format.value.is_string_literal_expr()),
        _ => false,
    };
    names.contains(&method.attr.as_str()) && call.arguments.args.iter().any(is_text)
}
