//! # An expensive argument of `log.debug` in a loop
//!
//! A logger that is off does nothing with its arguments, but Python has made them by then. What serialises, parses or computes for a
//! debug message does so in every iteration of every run, for nobody. Whether that is much work is for you to say.
//!
//! ```python bad
//! import json
//! import logging
//!
//! log = logging.getLogger(__name__)
//!
//!
//! def load(rows: list[list[str]]):
//!     for row in rows:
//!         log.debug("row: %s", json.dumps(row))
//! ```
//!
//! ```python good
//! import json
//! import logging
//!
//! log = logging.getLogger(__name__)
//!
//!
//! def load(rows: list[list[str]]):
//!     for row in rows:
//!         if log.isEnabledFor(logging.DEBUG):
//!             log.debug("row: %s", json.dumps(row))
//! ```
//!
//! ```python input
//! load([["ab"] * 100] * n)
//! ```
//!
//! ```python bad
//! import json
//! import logging
//!
//! log = logging.getLogger(__name__)
//!
//!
//! def send(messages, post):
//!     for message in messages:
//!         log.debug(f"sending {json.dumps(message, indent=2)}")
//!         post(message)
//! ```
//!
//! Cheap arguments, as a few names that are joined, levels that are on, tests of the level, and messages that are logged once:
//!
//! ```python fine
//! import json
//! import logging
//!
//! log = logging.getLogger(__name__)
//!
//!
//! def send(messages, post, verbose):
//!     log.debug("all: %s", json.dumps(messages))
//!     for message in messages:
//!         log.debug("sending %s of %d", message, len(messages))
//!         log.warning("sending %s", json.dumps(message))
//!         if verbose:
//!             log.debug("sending %s", json.dumps(message))
//!         try:
//!             post(message)
//!         except OSError:
//!             log.debug("not sent: %s", json.dumps(message))
//!         log.debug("sent: %s", max(1, len(message)))
//!         log.debug("with %s", ", ".join(message))
//! ```
//!
//! There is no fix: test the level, or give the logger an object whose `__str__` does the work.

use hotlint_core::ast::{AnyNodeRef, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::LOW_LOGS;

pub struct LoggingExpensiveArgUnguarded;

impl Rule for LoggingExpensiveArgUnguarded {
    type On = InLoop<ExprCall>;
    const CALLEES: &'static [&'static str] = LOW_LOGS;
    const COST: Cost = Cost::Debatable("all of the argument's work, even if the level is off");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let log = cx.low_log(call).filter(|log| log.level == "debug")?;
        let around = cx.in_loop(call)?;
        let handles_error = cx
            .tree
            .ancestors(call)
            .any(|outer| matches!(outer, AnyNodeRef::ExceptHandlerExceptHandler(_)));
        let inside = std::iter::once(log.message)
            .chain(log.args)
            .flat_map(|argument| cx.tree.descendants(argument));
        let mut expensive = None;
        for node in inside {
            if let AnyNodeRef::ExprCall(inner) = node
                && cx.may_work(inner)
                && let Some(work) = cx.work(inner)
                && work.over.is_none_or(|over| !cx.is_few(over))
                && !is_builtin(inner, cx)
            {
                expensive = Some(inner);
                break;
            }
        }
        let expensive = expensive?;
        if handles_error || cx.waits_in(around) || cx.is_behind_level(call) {
            return None;
        }
        let function = cx.text(&*call.func);
        Some(
            Finding::new(
                expensive,
                format!(
                    "`{}` runs in every iteration, even if `{function}` is off",
                    cx.text(&*expensive.func)
                ),
            )
            .label("made even if nobody reads it")
            .because(around.header(), "in every iteration of this loop")
            .help("test the level first: `if log.isEnabledFor(logging.DEBUG):`"),
        )
    }
}

/// Whether a call only collects what is there, as `", ".join(names)` and `list(names)`: of a few names, as a rule, in a message.
fn is_builtin<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    cx.name(&*call.func)
        .is_some_and(|name| name.starts_with("builtins."))
}
