//! What a type checker that sees the whole program may add: types that the file itself does not tell.
//!
//! **Invariant**: asked for nothing but what would be unknown without it, so that whoever brings one gets more findings, and never
//! others.

use std::fmt::Debug;

use ruff_python_ast::{Expr, ExprRef};
use ruff_python_parser::parse_expression;
use ruff_python_stdlib::builtins::is_python_builtin;
use ruff_text_size::{Ranged, TextRange};

use super::facts::Facts;
use super::types::Type;

/// Tells the types of expressions. One that is slow keeps what it was asked: the same place may be asked for again.
pub trait TypeProvider: Debug + Send + Sync {
    /// The type of the expression at `range` of the file at `path`, in the words of an annotation with qualified names:
    /// `list[int]`, `collections.deque[str] | None`. `None` where it is not known.
    fn type_of(&self, path: &str, range: TextRange) -> Option<String>;
}

impl<'a> Facts<'a> {
    /// Asks `types` for what the file does not tell.
    #[must_use]
    pub fn told_by(mut self, types: Option<&'a dyn TypeProvider>) -> Self {
        self.told = types;
        self
    }

    /// A type that the file does not tell.
    pub(super) fn told(&self, expr: ExprRef<'a>) -> Type<'a> {
        let told = self.told.and_then(|types| {
            let told = types.type_of(self.source.path(), expr.range())?;
            let parsed = parse_expression(&told).ok()?;
            Some(self.annotation_with(parsed.expr(), &qualified))
        });
        told.unwrap_or(Type::Unknown)
    }
}

/// What a name in an answer stands for.
fn qualified(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Name(name) if is_python_builtin(&name.id, u8::MAX, false) => {
            Some(format!("builtins.{}", name.id))
        }
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => {
            let base = match &*attribute.value {
                Expr::Name(module) => module.id.to_string(),
                other => qualified(other)?,
            };
            Some(format!("{base}.{}", attribute.attr))
        }
        _ => None,
    }
}
