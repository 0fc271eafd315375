//! # `try` inside a loop that an exception ends anyway
//!
//! Up to Python 3.10, entering a `try` block takes an instruction in every iteration. Where every handler leaves the loop, the `try` can
//! stand around it. That is 1.1 to 1.2 times faster where the block does next to nothing, and not to be measured where it calls other code, which is left alone.
//! Since 3.11 a `try` that nothing happens in costs nothing at all: the rule speaks up only for projects that support 3.10 or older.
//!
//! ```python bad
//! def inverse(numbers):
//!     found = []
//!     for number in numbers:
//!         try:
//!             found += (1 / number,)
//!         except ZeroDivisionError as error:
//!             raise ValueError(number) from error
//!     return found
//! ```
//!
//! ```python good
//! def inverse(numbers):
//!     found = []
//!     try:
//!         for number in numbers:
//!             found += (1 / number,)
//!     except ZeroDivisionError as error:
//!         raise ValueError(number) from error
//!     return found
//! ```
//!
//! ```python input
//! inverse(range(1, n + 1))
//! ```
//!
//! From 3.11 on:
//!
//! ```python fine 3.11
//! def inverse(numbers):
//!     for number in numbers:
//!         try:
//!             print(1 / number)
//!         except ZeroDivisionError:
//!             break
//! ```
//!
//! A block that takes its time, a handler that goes on, code behind, a first success that ends the loop, and another way out:
//!
//! ```python fine
//! def attempts(sources, fetch, table):
//!     for source in sources:
//!         try:
//!             fetch(source)
//!         except OSError:
//!             raise
//!     for source in sources:
//!         try:
//!             print(table[source])
//!         except KeyError:
//!             print(source)
//!     for source in sources:
//!         try:
//!             found = table[source]
//!         except KeyError:
//!             raise
//!         print(found)
//!     for source in sources:
//!         try:
//!             found = table[source]
//!             break
//!         except KeyError:
//!             return None
//!     for source in sources:
//!         try:
//!             found += table[source]
//!         except KeyError:
//!             break
//!         finally:
//!             found += 1
//!     return found
//! ```
//!
//! There is no fix: around the loop, the handlers also see what the iterable raises.

use hotlint_core::ast::{AnyNodeRef, ExceptHandler, StmtTry};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{Leaves, Loop, leaves};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct TryExceptInLoop;

impl Rule for TryExceptInLoop {
    type On = StmtTry;
    const COST: Cost = Cost::Constant("up to 1.2 times faster around the loop, up to Python 3.10");

    fn check<'a>(stmt: &'a StmtTry, cx: &Cx<'a>) -> Option<Finding> {
        if !cx.python().any_before(11)
            || stmt.is_star
            || stmt.handlers.is_empty()
            || !stmt.orelse.is_empty()
            || !stmt.finalbody.is_empty()
        {
            return None;
        }
        let body = match cx.tree.parent(stmt)? {
            AnyNodeRef::StmtFor(outer) if outer.orelse.is_empty() && !outer.is_async => &outer.body,
            AnyNodeRef::StmtWhile(outer) if outer.orelse.is_empty() => &outer.body,
            _ => return None,
        };
        let ends = stmt.handlers.iter().all(|handler| {
            let ExceptHandler::ExceptHandler(handler) = handler;
            leaves(&handler.body) >= Some(Leaves::Loop)
        });
        if body.len() != 1 || !ends {
            return None;
        }
        if !cx.is_quick(&stmt.body) {
            return None;
        }
        let block = TextRange::new(stmt.body.first()?.start(), stmt.body.last()?.end());
        let jumps = cx.tree.descendants(stmt).any(|node| {
            block.contains_range(node.range())
                && matches!(
                    node,
                    AnyNodeRef::StmtBreak(_)
                        | AnyNodeRef::StmtContinue(_)
                        | AnyNodeRef::StmtReturn(_)
                )
        });
        let around = cx.in_loop(stmt).filter(|_| !jumps)?;
        let place = TextRange::at(stmt.start(), 3.into());
        let seen_too = match around {
            Loop::While(_) => "the condition",
            _ => "the iterable",
        };
        Some(
            Finding::new(
                place,
                "this `try` is entered in every iteration, and every handler ends the loop",
            )
            .label("an instruction more each time, up to Python 3.10")
            .because(around.header(), "in every iteration of this loop")
            .help(format!(
                "put it around the loop, unless {seen_too} may raise the same exceptions"
            )),
        )
    }
}
