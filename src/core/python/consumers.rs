//! Who takes the items of an expression: calls that take them all at once, loops, or `len`.

use ruff_python_ast::{self as ast, AnyNodeRef, ExprRef};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::types::Type;

/// How a builtin takes the items of its only argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consumer {
    /// Into a new container: may ask for the length first, or read a subclass of a builtin without its own `__iter__`.
    Whole,
    /// Through the iterator, one item after the other.
    Stepwise,
}

impl<'a> Facts<'a> {
    /// How a call takes the items of `argument` at once and forgets what gave them; `None` is another call, or another argument.
    pub fn consumer(&self, call: &'a ast::ExprCall, argument: impl Ranged) -> Option<Consumer> {
        let [only] = &*call.arguments.args else {
            return None;
        };
        if only.range() != argument.range() {
            return None;
        }
        let name = self.name(&*call.func)?;
        match name.strip_prefix("builtins.")? {
            "list" | "tuple" | "set" | "frozenset" | "sorted" | "str.join" | "bytes.join"
            | "list.extend" | "set.update" => Some(Consumer::Whole),
            "sum" | "min" | "max" | "any" | "all" => Some(Consumer::Stepwise),
            _ => None,
        }
    }

    /// The call that takes all items of an expression, and how.
    pub fn consumed_by(
        &self,
        expr: impl Into<ExprRef<'a>>,
    ) -> Option<(&'a ast::ExprCall, Consumer)> {
        let expr: ExprRef<'a> = expr.into();
        let call = self.handed_to(expr)?;
        Some((call, self.consumer(call, expr)?))
    }

    /// The call that an expression is a positional argument of.
    fn handed_to(&self, expr: ExprRef<'a>) -> Option<&'a ast::ExprCall> {
        let Some(AnyNodeRef::Arguments(arguments)) = self.tree.parent(AnyNodeRef::from(expr))
        else {
            return None;
        };
        match self.tree.parent(arguments) {
            Some(AnyNodeRef::ExprCall(call)) => Some(call),
            _ => None,
        }
    }

    /// Whether an expression is there for its length only: `len(expr)`.
    pub fn is_measured(&self, expr: impl Into<ExprRef<'a>>) -> bool {
        self.handed_to(expr.into())
            .is_some_and(|call| self.is(&*call.func, "builtins.len"))
    }

    /// Whether an expression is what a loop or a clause iterates over.
    pub fn is_iterated(&self, expr: impl Into<ExprRef<'a>>) -> bool {
        let expr: ExprRef<'a> = expr.into();
        match self.tree.parent(AnyNodeRef::from(expr)) {
            Some(AnyNodeRef::StmtFor(stmt)) => stmt.iter.range() == expr.range(),
            Some(AnyNodeRef::Comprehension(clause)) => clause.iter.range() == expr.range(),
            _ => false,
        }
    }

    /// Why filling a container from a source of that type in one call may give something else than adding the items one by one.
    pub fn copy_doubt(&self, source: &Type<'a>, into_set: bool) -> Option<&'static str> {
        match source {
            // Read as a table, into a table of the right size from the start.
            Type::Set(_) | Type::FrozenSet(_) | Type::Dict(..) if into_set => {
                Some("the new set may be iterated in another order")
            }
            Type::Bytes | Type::Bytearray | Type::Deque(_) | Type::Iterator(_) | Type::File(_) => {
                None
            }
            ty if ty.is_builtin_container() => None,
            _ => {
                Some("the iterable may be asked for its length, or read without its own `__iter__`")
            }
        }
    }
}
