//! # `str` of an argument that the logger would convert itself
//!
//! `log.debug("got %s", str(reply))` makes the text even if the level is off. `%s` calls `str` itself, and `%r` calls `repr`, but only
//! when the message is wanted.
//!
//! ```python bad
//! import logging
//!
//! log = logging.getLogger(__name__)
//!
//!
//! def receive(replies):
//!     for reply in replies:
//!         log.debug("got %s: %s", len(reply), str(reply))
//! ```
//!
//! ```python good
//! import logging
//!
//! log = logging.getLogger(__name__)
//!
//!
//! def receive(replies):
//!     for reply in replies:
//!         log.debug("got %s: %s", len(reply), reply)
//! ```
//!
//! ```python input
//! receive([list(range(20))] * n)
//! ```
//!
//! ```python bad
//! import logging
//!
//!
//! def receive(reply):
//!     logging.info("100%% of %s", repr(reply))
//! ```
//!
//! ```python good
//! import logging
//!
//!
//! def receive(reply):
//!     logging.info("100%% of %r", reply)
//! ```
//!
//! ```python bad
//! import logging
//!
//! log = logging.getLogger(__name__)
//!
//!
//! def read(lines):
//!     for number, line in enumerate(lines):
//!         log.debug("line %s: %s", str(number), line)
//!     return len(lines)
//! ```
//!
//! ```python good
//! import logging
//!
//! log = logging.getLogger(__name__)
//!
//!
//! def read(lines):
//!     for number, line in enumerate(lines):
//!         log.debug("line %s: %s", number, line)
//!     return len(lines)
//! ```
//!
//! ```python input
//! read(["a"] * n)
//! ```
//!
//! Other placeholders, arguments whose number is not known, and conversions that do more:
//!
//! ```python fine
//! import logging
//!
//!
//! def f(args, x, raw):
//!     logging.info("%s %s %s", *args, str(x))
//!     logging.info("%r", repr(x))
//!     logging.info("%-9s %s", str(x), x)
//!     logging.info("%(name)s", str(x))
//!     logging.info("%s", str(raw, "utf-8"))
//!     logging.error("%s", str(x))
//! ```
//!
//! The fix is safe for numbers and strings. Elsewhere it is unsafe: a handler that works later, or that sends the arguments on, sees the
//! object instead of its text.

use hotlint_core::ast::{Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::LOW_LOGS;
use hotlint_core::text_size::{Ranged, TextRange, TextSize};

pub struct LoggingEagerConversion;

impl Rule for LoggingEagerConversion {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = LOW_LOGS;
    const COST: Cost = Cost::Constant("the text is made even if the level is off");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let log = cx.low_log(call)?;
        if log.args.iter().any(Expr::is_starred_expr) || cx.is_behind_level(call) {
            return None;
        }
        let placeholders = placeholders(log.message, cx)?;
        if placeholders.len() != log.args.len() {
            return None;
        }
        let (argument, inner, place, better) =
            log.args
                .iter()
                .zip(placeholders)
                .find_map(|(argument, (place, letter))| {
                    let conversion = argument.as_call_expr()?;
                    let ([inner], true) = (
                        &*conversion.arguments.args,
                        conversion.arguments.keywords.is_empty(),
                    ) else {
                        return None;
                    };
                    let better = if letter != 's' || inner.is_starred_expr() {
                        return None;
                    } else if cx.is(&*conversion.func, "builtins.str") {
                        "%s"
                    } else if cx.is(&*conversion.func, "builtins.repr") {
                        "%r"
                    } else {
                        return None;
                    };
                    Some((argument, inner, place, better))
                })?;
        let function = argument
            .as_call_expr()
            .map_or("", |call| cx.text(&*call.func));
        let finding = Finding::new(
            argument,
            format!("`{function}` makes a text even if the level is off: `{better}` does it when it is wanted"),
        )
        .label("made even if nobody reads it");
        if cx.has_comment(argument) {
            return Some(finding);
        }
        let mut edits = vec![Edit::replace(argument, cx.text(inner))];
        if better == "%r" {
            edits.push(Edit::replace(place, better));
        }
        let fix = Fix::safe(format!("Leave `{function}` to the logger"), edits);
        Some(finding.fix(if cx.ty(inner).is_scalar() {
            fix
        } else {
            fix.unsafe_because(
                "a handler that works later, or sends the arguments on, sees the object",
            )
        }))
    }
}

/// The placeholders of a message in one piece, `%s` and its like, with their letters; `None` where they are not that plain.
fn placeholders<'a>(message: &'a Expr, cx: &Cx<'a>) -> Option<Vec<(TextRange, char)>> {
    let literal = message.as_string_literal_expr()?;
    if literal.value.is_implicit_concatenated() {
        return None;
    }
    let source = cx.text(literal);
    let mut found = Vec::new();
    let mut rest = source.char_indices();
    while let Some((at, c)) = rest.next() {
        if c != '%' {
            continue;
        }
        match rest.next()? {
            (_, '%') => {}
            (_, letter @ ('s' | 'r' | 'd' | 'i' | 'x' | 'f')) => {
                let start = literal.start() + TextSize::try_from(at).ok()?;
                found.push((TextRange::at(start, TextSize::new(2)), letter));
            }
            _ => return None,
        }
    }
    Some(found)
}
