//! Loops over pairs of which one side is of no use: `for key, value in table.items()`, `for i, x in enumerate(xs)`.

use ruff_python_ast::{Expr, ExprTuple};
use ruff_text_size::{Ranged, TextRange};

use super::{Cx, Edit};
use crate::python::Loop;

/// A loop whose target is a pair, with one side that nobody reads.
#[derive(Clone, Copy, Debug)]
pub struct OneSided<'a> {
    pub pair: &'a ExprTuple,
    /// The side that is used.
    pub kept: &'a Expr,
    /// Whether the first side is the one that is not.
    pub first_unused: bool,
}

impl<'a> Cx<'a> {
    /// Takes a loop over pairs as a [`OneSided`], if exactly one side is a name that nobody reads.
    pub fn one_sided(&self, around: Loop<'a>) -> Option<OneSided<'a>> {
        let pair = around.target()?.as_tuple_expr()?;
        let [first, second] = pair.elts.as_slice() else {
            return None;
        };
        if first.is_starred_expr() || second.is_starred_expr() {
            return None;
        }
        let unread = |side: &'a Expr| {
            side.as_name_expr()
                .is_some_and(|name| self.is_unread(name, around))
        };
        // Where nobody reads the other side either, the loop is about something else.
        let read = |side: &'a Expr| {
            side.as_name_expr().is_none_or(|name| {
                self.symbol(name).is_some_and(|symbol| {
                    self.reads(symbol)
                        .any(|read| around.range().contains_range(read.range()))
                })
            })
        };
        match (unread(first), unread(second)) {
            (true, false) if read(second) => Some(OneSided {
                pair,
                kept: second,
                first_unused: true,
            }),
            (false, true) if read(first) => Some(OneSided {
                pair,
                kept: first,
                first_unused: false,
            }),
            _ => None,
        }
    }

    /// The edit that leaves only the used side of the pair.
    pub fn keep_side(&self, sides: OneSided<'a>) -> Option<Edit> {
        let place = self.parenthesized(sides.pair);
        let kept = self.text(self.parenthesized(sides.kept));
        (!self.has_comment(place)).then(|| self.replace_word(place, kept))
    }

    /// The edit that leaves of `call`, which a loop iterates over, only its argument `inside`.
    pub fn unwrap_call(&self, call: impl Ranged, inside: &'a Expr) -> Option<Edit> {
        let before = TextRange::new(call.start(), inside.start());
        let after = TextRange::new(inside.end(), call.end());
        let lost = self.has_comment(before) || self.has_comment(after);
        let text = self.clause_text(inside, self.indentation(call.range()));
        (!lost).then(|| self.replace_word(call, &text))
    }
}
