//! # `contextlib.suppress` in a loop
//!
//! `with suppress(KeyError):` makes an object, enters it and leaves it again in every iteration. `try` costs nothing where no exception comes:
//! 4-16 times faster then on CPython 3.8 to 3.15, and about 1.8 times where one comes every time. A block that calls
//! code of the project is left alone: it takes longer than that microsecond.
//!
//! ```python bad
//! from contextlib import suppress
//!
//!
//! def total(keys, table):
//!     found = 0
//!     for key in keys:
//!         with suppress(KeyError):
//!             found += table[key]
//!     return found
//! ```
//!
//! ```python good
//! from contextlib import suppress
//!
//!
//! def total(keys, table):
//!     found = 0
//!     for key in keys:
//!         try:
//!             found += table[key]
//!         except KeyError:
//!             pass
//!     return found
//! ```
//!
//! ```python input
//! total(range(n), {i: i for i in range(n)})
//! ```
//!
//! ```python bad
//! import contextlib
//!
//!
//! def numbers(words):
//!     found = []
//!     for word in words:
//!         with contextlib.suppress(ValueError, TypeError):  # no number
//!             found += [int(word)]
//!     return found
//! ```
//!
//! ```python good
//! import contextlib
//!
//!
//! def numbers(words):
//!     found = []
//!     for word in words:
//!         try:  # no number
//!             found += [int(word)]
//!         except (ValueError, TypeError):
//!             pass
//!     return found
//! ```
//!
//! ```python input
//! numbers([str(i) for i in range(n)])
//! ```
//!
//! Around the loop, once, for a handful of items, before the loop is left, other contexts, and blocks that take their time:
//!
//! ```python fine
//! from contextlib import suppress
//!
//!
//! def close(files, lock, table):
//!     with suppress(OSError):
//!         for file in files:
//!             file.close()
//!     for name in ("a", "b"):
//!         with suppress(KeyError):
//!             del table[name]
//!     for file in files:
//!         with lock:
//!             file.flush()
//!     for file in files:
//!         with suppress(OSError):
//!             file.unlink()
//!     for file in files:
//!         with suppress(KeyError):
//!             table[file] += 1
//!         break
//! ```
//!
//! The fix is safe: that `suppress` takes exceptions out of groups as well since Python 3.12 concerns none that builtins raise.

use hotlint_core::ast::{Expr, ExprCall, StmtWith};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct SuppressInLoop;

impl Rule for SuppressInLoop {
    type On = StmtWith;
    const COST: Cost = Cost::Constant("about a microsecond, up to 16 times the work itself");

    fn check<'a>(stmt: &'a StmtWith, cx: &Cx<'a>) -> Option<Finding> {
        let mut items = stmt.items.iter();
        let call = items.find_map(|item| cx.call_of(&item.context_expr, "contextlib.suppress"))?;
        if !cx.is_quick(&stmt.body) {
            return None;
        }
        let around = cx.in_loop(stmt)?;
        Some(
            Finding::new(
                call,
                "`suppress` makes and enters an object in every iteration",
            )
            .label("a context manager each time")
            .because(around.header(), "in every iteration of this loop")
            .help("`try` and `except` cost nothing as long as nothing is raised")
            .fix(fix(stmt, call, cx)),
        )
    }
}

fn fix<'a>(stmt: &'a StmtWith, call: &'a ExprCall, cx: &Cx<'a>) -> Option<Fix> {
    let [item] = stmt.items.as_slice() else {
        return None;
    };
    let plain = |class: &Expr| class.is_name_expr() || class.is_attribute_expr();
    let classes = &call.arguments.args;
    let names = match &**classes {
        [class] => cx.text(class).to_string(),
        classes => {
            let names: Vec<&str> = classes.iter().map(|class| cx.text(class)).collect();
            format!("({})", names.join(", "))
        }
    };
    let first = stmt.body.first()?;
    let head = TextRange::new(stmt.start(), call.end());
    let behind = cx.text(TextRange::new(call.end(), first.start()));
    let indentation = cx.indentation(stmt);
    let lines = cx.lines_of(stmt);
    // What stands in front would become a part of another statement.
    let opens_line = cx
        .text(TextRange::new(lines.start(), stmt.start()))
        .trim()
        .is_empty();
    if stmt.is_async
        || item.optional_vars.is_some()
        || classes.is_empty()
        || !classes.iter().all(plain)
        || !call.arguments.keywords.is_empty()
        || !behind.trim_start().starts_with(':')
        || cx.parenthesized(call) != call.range()
        || cx.has_comment(head)
        || !opens_line
    {
        return None;
    }
    let own = cx.indentation(first);
    let deeper = match own.strip_prefix(indentation) {
        Some(step) if !step.is_empty() => own.to_string(),
        _ => format!("{indentation}    "),
    };
    let line_end = cx.line_end();
    let text = cx.text(lines);
    let before = if text.ends_with(['\n', '\r']) {
        ""
    } else {
        line_end
    };
    let handler = format!(
        "{before}{indentation}except {names}:{line_end}{deeper}pass{}",
        if before.is_empty() { line_end } else { "" }
    );
    Some(Fix::safe(
        "Replace with `try` and `except`",
        [
            Edit::replace(head, "try"),
            Edit::insert(lines.end(), handler),
        ],
    ))
}
