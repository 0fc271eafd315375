//! # `strptime` for dates in ISO format
//!
//! `strptime` looks its format up, runs a regular expression and puts a date together in Python code. `fromisoformat` reads what
//! `isoformat` writes, in C: 25-75 times faster on CPython 3.8 to 3.15.
//!
//! ```python bad
//! from datetime import datetime
//!
//!
//! def days(lines: list[str]):
//!     return [datetime.strptime(line, "%Y-%m-%d") for line in lines]
//! ```
//!
//! ```python good
//! from datetime import datetime
//!
//!
//! def days(lines: list[str]):
//!     return [datetime.fromisoformat(line) for line in lines]
//! ```
//!
//! ```python input
//! days(["2024-%02d-%02d" % (i % 12 + 1, i % 28 + 1) for i in range(n)])
//! ```
//!
//! ```python bad
//! import datetime as dt
//!
//! FORMAT = "%Y-%m-%dT%H:%M:%S"
//!
//!
//! def latest(rows):
//!     newest = dt.datetime.min
//!     for row in rows:
//!         time = dt.datetime.strptime(row["time"], FORMAT)
//!         if time > newest:
//!             newest = time
//!     return newest
//! ```
//!
//! ```python good
//! import datetime as dt
//!
//! FORMAT = "%Y-%m-%dT%H:%M:%S"
//!
//!
//! def latest(rows):
//!     newest = dt.datetime.min
//!     for row in rows:
//!         time = dt.datetime.fromisoformat(row["time"])
//!         if time > newest:
//!             newest = time
//!     return newest
//! ```
//!
//! ```python input
//! latest([{"time": "2024-01-31T12:%02d:07" % (i % 60)} for i in range(n)])
//! ```
//!
//! Offsets from UTC and dates without dashes are read since Python 3.11:
//!
//! ```python bad 3.11
//! from datetime import datetime
//!
//!
//! def times(lines):
//!     return [datetime.strptime(line, "%Y%m%dT%H%M%S%z") for line in lines]
//! ```
//!
//! ```python good 3.11
//! from datetime import datetime
//!
//!
//! def times(lines):
//!     return [datetime.fromisoformat(line) for line in lines]
//! ```
//!
//! ```python input
//! times(["20240131T12%02d07+0100" % (i % 60) for i in range(n)])
//! ```
//!
//! Other formats, a `Z` that is taken for a letter, offsets before 3.11, formats that are not known, and single dates:
//!
//! ```python fine
//! from datetime import datetime
//!
//!
//! def read(lines, form, line):
//!     german = [datetime.strptime(line, "%d.%m.%Y") for line in lines]
//!     zulu = [datetime.strptime(line, "%Y-%m-%dT%H:%M:%SZ") for line in lines]
//!     offset = [datetime.strptime(line, "%Y-%m-%dT%H:%M:%S%z") for line in lines]
//!     given = [datetime.strptime(line, form) for line in lines]
//!     return german, zulu, offset, given, datetime.strptime(line, "%Y-%m-%d")
//! ```
//!
//! Who drops what is read wants to know whether it has this very form:
//!
//! ```python fine
//! from datetime import datetime
//!
//!
//! def check(days):
//!     for day in days:
//!         datetime.strptime(day, "%Y-%m-%d")
//! ```
//!
//! The fix is unsafe: `strptime` takes `2024-1-7` as well, and `fromisoformat` takes whatever is ISO format.

use hotlint_core::ast::{Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::text_size::TextRange;

pub struct StrptimeIsoFormat;

impl Rule for StrptimeIsoFormat {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &["datetime.datetime.strptime"];
    const COST: Cost = Cost::Factor("25 to 75 times slower than `fromisoformat`");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let [text, format] = &*call.arguments.args else {
            return None;
        };
        if text.is_starred_expr() || format.is_starred_expr() {
            return None;
        }
        let literal = match format {
            Expr::StringLiteral(literal) => literal,
            name @ Expr::Name(_) => cx.only_value(name)?.as_string_literal_expr()?,
            _ => return None,
        };
        let written = literal.value.to_str();
        if !is_iso(written, cx.python().all_since(11)) {
            return None;
        }
        // Whoever drops what was read wants to know whether it has this very form: `fromisoformat` reads others too.
        if cx
            .tree
            .parent(call)
            .is_some_and(|parent| parent.is_stmt_expr())
        {
            return None;
        }
        let around = cx.in_loop(call)?;
        let function = cx.text(&*call.func);
        let better = function.replace("strptime", "fromisoformat");
        Some(
            Finding::new(
                call,
                format!("`{function}` reads ISO format by way of a regular expression"),
            )
            .label(format!("`{written}` is what `fromisoformat` reads, in C"))
            .because(around.header(), "in every iteration of this loop")
            .help(format!("`{better}` reads the same"))
            .fix(fix(call, text, format, cx)),
        )
    }
}

/// Whether `fromisoformat` reads what was written in a format: before 3.11 only what `isoformat` writes.
fn is_iso(format: &str, all_of_iso: bool) -> bool {
    let (rest, offset) = match format.strip_suffix("%z") {
        Some(rest) => (rest, true),
        None => (format, false),
    };
    let (date, time) = match rest.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (rest, None),
    };
    let plain =
        date == "%Y-%m-%d" && matches!(time, None | Some("%H:%M" | "%H:%M:%S" | "%H:%M:%S.%f"));
    let short = date == "%Y%m%d" && matches!(time, None | Some("%H%M" | "%H%M%S"));
    (plain || (short && all_of_iso)) && (!offset || (time.is_some() && all_of_iso))
}

fn fix<'a>(call: &'a ExprCall, text: &'a Expr, format: &'a Expr, cx: &Cx<'a>) -> Option<Fix> {
    let method = call.func.as_attribute_expr()?;
    let from = cx.parenthesized(text).end();
    let range = TextRange::new(from, cx.parenthesized(format).end());
    let edits = [
        Edit::replace(&method.attr, "fromisoformat"),
        Edit::delete(range),
    ];
    (!cx.has_comment(range)).then(|| {
        Fix::unsafe_(
            "Replace with `fromisoformat`",
            "numbers without leading zeros are refused, and other forms of ISO format are read",
            edits,
        )
    })
}
