//! # A loop that copies item by item
//!
//! `for x in items: out.append(x)` moves each item through the interpreter. `list(items)` and `out.extend(items)` do it in one call:
//! 9-24 times faster on CPython 3.8 to 3.15 at 1000 items.
//!
//! ```python bad
//! def snapshot(items: set):
//!     copy = []
//!     for item in items:
//!         copy.append(item)
//!     copy.sort()
//!     return copy
//! ```
//!
//! ```python good
//! def snapshot(items: set):
//!     copy = list(items)
//!     copy.sort()
//!     return copy
//! ```
//!
//! ```python input
//! snapshot(set(range(n)))
//! ```
//!
//! ```python bad
//! def lines_of(header: list[str], rows: list[str]):
//!     lines = header + ["-"]
//!     for row in rows:
//!         lines.append(row)
//!     return lines
//! ```
//!
//! ```python good
//! def lines_of(header: list[str], rows: list[str]):
//!     lines = header + ["-"]
//!     lines.extend(rows)
//!     return lines
//! ```
//!
//! ```python input
//! lines_of(["h"], [str(i) for i in range(n)])
//! ```
//!
//! The target depends on the item, the item is changed or chosen, or the variable is of use afterwards:
//!
//! ```python fine
//! def group(rows, buckets):
//!     big = []
//!     last = []
//!     for row in rows:
//!         buckets[row["k"]].append(row)
//!     for row in rows:
//!         if row:
//!             big.append(row)
//!     for row in rows:
//!         last.append(row)
//!     return big, last, row
//! ```
//!
//! What came before an error is kept, an asynchronous source, a handful, and a class of its own:
//!
//! ```python fine
//! from collections import deque
//!
//!
//! def drain(source):
//!     chunks = []
//!     try:
//!         for chunk in source:
//!             chunks.append(chunk)
//!     except ConnectionError:
//!         pass
//!     few = []
//!     for name in ("a", "b"):
//!         few.append(name)
//!     queue = deque()
//!     for chunk in chunks:
//!         queue.append(chunk)
//!     return chunks, few, queue
//!
//!
//! async def gather(source):
//!     found = []
//!     async for item in source:
//!         found.append(item)
//!     return found
//! ```
//!
//! Whatever yields the items was given the list before:
//!
//! ```python fine
//! def render(template, tracker):
//!     blocks: list[str] = []
//!     tracker.watch(blocks)
//!     for block in template.generate():
//!         blocks.append(block)
//!     return blocks
//! ```
//!
//! The fix is safe for containers of builtin types. Others may run code of their own when asked for their length.

use hotlint_core::ast::StmtFor;
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{FEW, Fill, FillLoop, Loop, Partial, Type};

pub struct ManualListCopy;

impl Rule for ManualListCopy {
    type On = StmtFor;
    const COST: Cost = Cost::Factor("item by item instead of all at once: 2 to 24 times slower");

    fn check<'a>(stmt: &'a StmtFor, cx: &Cx<'a>) -> Option<Finding> {
        let appends = cx.fill_loop(stmt, Fill::Append)?;
        if !appends.is_copy() {
            return None;
        }
        let partial = cx.partial_result(appends);
        let short = cx.trip_count(Loop::For(stmt)).is_some_and(|n| n < FEW);
        // Whatever yields the items may look at a list that it was given.
        let watched = !is_builtin(stmt, cx) && cx.is_handed_on(appends);
        if partial == Partial::Seen || short || watched {
            return None;
        }
        let list = cx.text(appends.container);
        let iter = cx.only_argument(&stmt.iter);
        let better = match appends.made {
            Some(_) => format!("list({iter})"),
            None => format!("{list}.extend({iter})"),
        };
        let message = format!("this loop copies items to `{list}` one by one");
        let finding = cx.fill_finding(appends, message, "one call of `append` for each item");
        let help = if better.contains('\n') {
            "copy all of them in one call".to_string()
        } else {
            format!("copy all of them in one call: `{better}`")
        };
        Some(finding.help(help).fix(fix(appends, &better, partial, cx)))
    }
}

fn fix<'a>(appends: FillLoop<'a>, better: &str, partial: Partial, cx: &Cx<'a>) -> Option<Fix> {
    let stmt = appends.stmt;
    let (whole, head) = cx.fill_place(appends)?;
    let fix = Fix::safe(
        format!(
            "Replace with `{}`",
            better.lines().next().unwrap_or_default()
        ),
        [Edit::replace(whole, format!("{head}{better}"))],
    );
    // An annotation would let a subclass through, with an `append` of its own.
    let own = cx.is_own_container(appends);
    // A file may stop half-way.
    let whole_or_nothing =
        partial == Partial::Hidden || !matches!(cx.ty(&*stmt.iter), Type::File(_));
    Some(if !is_builtin(stmt, cx) {
        fix.unsafe_because(
            "the iterable is asked for its length first, which may run code of its own",
        )
    } else if !own || !whole_or_nothing {
        fix.unsafe_because("a subclass of `list` may do more in its `append`, and other code may see the list half filled")
    } else {
        fix
    })
}

/// Whether the iterable is a container of a builtin type, or a file.
fn is_builtin<'a>(stmt: &'a StmtFor, cx: &Cx<'a>) -> bool {
    let ty = cx.ty(&*stmt.iter);
    ty.is_builtin_container() || matches!(ty, Type::Bytes | Type::File(_))
}
