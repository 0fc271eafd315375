//! How the caller of a function takes the items of the list that it gets: one after the other, or all at once, and whether it would
//! see a difference if they were made one by one.

use ruff_python_ast::{AnyNodeRef, ExprCall, ExprContext};
use ruff_text_size::{Ranged, TextRange};

use super::effects::Purity;
use super::facts::Facts;
use super::loops::Loop;

/// What becomes of the items that a call gives, where nothing else becomes of the object that holds them.
#[derive(Clone, Copy, Debug)]
pub enum Taking<'a> {
    /// A loop, a comprehension or a builtin that holds none of them.
    OneByOne(AnyNodeRef<'a>),
    /// Makes another list of them: an iterator would gain nothing, and lose nothing.
    AllAtOnce,
}

impl Taking<'_> {
    /// What a reader has to see of it.
    pub fn place(&self) -> Option<TextRange> {
        match self {
            Taking::OneByOne(AnyNodeRef::StmtFor(stmt)) => Some(Loop::For(stmt).header()),
            Taking::OneByOne(other) => Some(other.range()),
            Taking::AllAtOnce => None,
        }
    }
}

impl<'a> Facts<'a> {
    /// How the items are taken that a call gives; `None` where it is used as what it is, or kept.
    pub fn taking(&self, call: &'a ExprCall) -> Option<Taking<'a>> {
        let node = self.tree.parent(call)?;
        match node {
            AnyNodeRef::StmtFor(stmt) if stmt.iter.range() == call.range() && !stmt.is_async => {
                Some(Taking::OneByOne(node))
            }
            AnyNodeRef::Comprehension(clause)
                if clause.iter.range() == call.range() && !clause.is_async =>
            {
                // A generator expression runs who knows when.
                match self.tree.parent(clause)? {
                    AnyNodeRef::ExprGenerator(_) => None,
                    _ => Some(Taking::OneByOne(node)),
                }
            }
            AnyNodeRef::Arguments(arguments) => {
                let AnyNodeRef::ExprCall(outer) = self.tree.parent(arguments)? else {
                    return None;
                };
                if arguments.args.len() != 1 || arguments.args.first()?.range() != call.range() {
                    return None;
                }
                match self.name(&*outer.func)?.as_str() {
                    "builtins.sum" | "builtins.any" | "builtins.all" | "builtins.min"
                    | "builtins.max" | "builtins.set" | "builtins.frozenset" | "builtins.dict" => {
                        Some(Taking::OneByOne(outer.into()))
                    }
                    "builtins.list" | "builtins.tuple" | "builtins.sorted"
                    | "builtins.str.join" => Some(Taking::AllAtOnce),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The loop in which a caller takes items one by one; `None` where a builtin does, which calls nothing while it counts.
    pub fn taking_loop(&self, taking: &Taking<'a>) -> Option<Loop<'a>> {
        match taking {
            Taking::OneByOne(AnyNodeRef::StmtFor(stmt)) => Some(Loop::For(stmt)),
            Taking::OneByOne(AnyNodeRef::Comprehension(clause)) => Some(Loop::Clause {
                comprehension: self.tree.parent(*clause)?,
                clause,
            }),
            _ => None,
        }
    }

    /// Whether the code that takes the items changes what the call was given, or attributes of anything: then it matters that all of
    /// them were made before.
    pub fn taking_disturbs(&self, call: &'a ExprCall, around: Loop<'a>) -> bool {
        let changed = |name| {
            self.symbol(name)
                .is_some_and(|symbol| self.changes_in(symbol, around))
        };
        let arguments = self.tree.descendants(&call.arguments);
        let by_argument = arguments.into_iter().any(|node| match node {
            AnyNodeRef::ExprName(name) => changed(name),
            // Whatever an argument reaches may be changed by any call.
            AnyNodeRef::ExprAttribute(_) | AnyNodeRef::ExprSubscript(_) => {
                self.calls_unknown(around)
            }
            AnyNodeRef::ExprCall(inner) => {
                self.purity(inner) == Purity::Impure && self.calls_unknown(around)
            }
            _ => false,
        });
        by_argument
            || match around {
                Loop::For(stmt) => stmt.body.iter().any(|stmt| {
                    self.tree.descendants(stmt).any(|node| match node {
                        AnyNodeRef::ExprAttribute(attribute) => attribute.ctx != ExprContext::Load,
                        _ => false,
                    })
                }),
                _ => false,
            }
    }
}
