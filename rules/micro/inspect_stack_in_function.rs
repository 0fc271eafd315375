//! # `inspect.stack()` to look at one caller
//!
//! `inspect.stack()` makes a record of every frame up to the bottom of the stack and reads their source files for the lines around each
//! call. `sys._getframe(1)` gives the same frame 1,000 to 7,000 times faster, on Python 3.8 to 3.15. Whether the milliseconds matter is
//! for you to say: in what runs once, while a program starts, they hardly do.
//!
//! ```python bad
//! import inspect
//!
//!
//! def caller():
//!     return inspect.stack()[1].function
//! ```
//!
//! ```python good
//! import sys
//!
//!
//! def caller():
//!     return sys._getframe(1).f_code.co_name
//! ```
//!
//! ```python input
//! [caller() for _ in range(min(n, 20))]
//! ```
//!
//! ```python bad
//! import inspect
//!
//!
//! def warn(text, log):
//!     frame = inspect.stack()[2]
//!     log(f"{frame.filename}:{frame.lineno}: {text}")
//! ```
//!
//! Without the lines of source it is much cheaper; and a whole stack may be what is wanted:
//!
//! ```python fine
//! import inspect
//! import traceback
//!
//!
//! def dump(log):
//!     log(inspect.stack(0)[1].function)
//!     for frame in inspect.stack():
//!         log(frame.function, frame.code_context)
//!     log("".join(traceback.format_stack()))
//!     if not log:
//!         name = inspect.stack()[1].function
//!         raise ValueError(name)
//! ```

use hotlint_core::ast::{AnyNodeRef, ExprCall, Stmt};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{is_for_an_error, siblings};
use hotlint_core::text_size::Ranged;

pub struct InspectStackInFunction;

impl Rule for InspectStackInFunction {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &["inspect.stack"];
    const COST: Cost =
        Cost::Debatable("milliseconds a call: thousands of times slower than `sys._getframe`");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let item = match cx.tree.parent(call)? {
            AnyNodeRef::ExprSubscript(item) if item.value.range() == call.range() => item,
            _ => return None,
        };
        let index = cx.text(&*item.slice);
        let depth: u32 = index.parse().ok()?;
        // A context was asked for, or an exception is put together: nobody waits for that.
        let fails = cx
            .tree
            .ancestors(call)
            .filter(|outer| outer.is_statement())
            .any(|stmt| matches!(siblings(&cx.tree, stmt).last(), Some(Stmt::Raise(_))));
        if !call.arguments.is_empty() || is_for_an_error(&cx.tree, call) || fails {
            return None;
        }
        Some(
            Finding::new(
                item,
                format!("`{}` reads the source of every frame of the stack, for one of them", cx.text(call)),
            )
            .label("all frames but one are thrown away")
            .help(format!(
                "`sys._getframe({depth})` gives that frame: `.f_code.co_name`, `.f_code.co_filename`, `.f_lineno`"
            )),
        )
    }
}
