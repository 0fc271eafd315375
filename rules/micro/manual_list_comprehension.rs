//! # A loop that does what a list comprehension does
//!
//! A loop that only appends looks up and calls `append` once for each item. A comprehension has an instruction for it: 1.3-1.7 times
//! faster on CPython 3.8 to 3.10. Since 3.11 such calls are cheap, and 1.06-1.4 times is what is left: the rule speaks up only for
//! projects that support 3.10 or older. Below four items the loop is the faster one.
//!
//! ```python bad
//! def doubled(source):
//!     target = []
//!     for item in source:
//!         if item if item > 3 else item == 0:
//!             target.append(item * 2)
//!     return target
//! ```
//!
//! ```python good
//! def doubled(source):
//!     target = [item * 2 for item in source if (item if item > 3 else item == 0)]
//!     return target
//! ```
//!
//! ```python input
//! doubled(list(range(n)))
//! ```
//!
//! ```python bad
//! def spans(first, second, count):
//!     result: list = []
//!     for left, right in first if count else second:
//!         result.append(left + value for value in [right])
//!     return [list(part) for part in result]
//! ```
//!
//! ```python good
//! def spans(first, second, count):
//!     result: list = [(left + value for value in [right]) for left, right in (first if count else second)]
//!     return [list(part) for part in result]
//! ```
//!
//! An item of several lines keeps its shape:
//!
//! ```python bad
//! def described(names):
//!     found = []
//!     for name in names:
//!         if name:
//!             found.append(
//!                 {
//!                     "name": name,
//!                     "length": len(name),
//!                 }
//!             )
//!     return found
//! ```
//!
//! ```python good
//! def described(names):
//!     found = [
//!         {
//!             "name": name,
//!             "length": len(name),
//!         }
//!         for name in names
//!         if name
//!     ]
//!     return found
//! ```
//!
//! ```python input
//! described(["ab", ""] * n)
//! ```
//!
//! What binds a name cannot move into a comprehension, so there is no fix:
//!
//! ```python bad
//! def found(items, find, source):
//!     results = []
//!     for item in (rows := source()):
//!         results.append(item + 1)
//!     matches = []
//!     for item in items:
//!         if match := find(item):
//!             matches.append(match)
//!     return rows, results, matches
//! ```
//!
//! A list that is there already is extended; an exception on the way leaves it without the items so far:
//!
//! ```python bad
//! def collect(rows, out: list):
//!     for row in rows:
//!         out.append(row * 2)
//!     return out
//! ```
//!
//! ```python good
//! def collect(rows, out: list):
//!     out.extend([row * 2 for row in rows])
//!     return out
//! ```
//!
//! ```python input
//! collect(range(n), [0])
//! ```
//!
//! Nobody sees it half-way where the function made it and hands it on afterwards only:
//!
//! ```python bad
//! def titled(first, second):
//!     lines = ["# titles"]
//!     if first:
//!         for row in first:
//!             lines.append(row * 2)
//!     for row in second:
//!         lines.append(row * 3)
//!     return lines
//! ```
//!
//! ```python good
//! def titled(first, second):
//!     lines = ["# titles"]
//!     if first:
//!         lines.extend([row * 2 for row in first])
//!     lines.extend([row * 3 for row in second])
//!     return lines
//! ```
//!
//! ```python input
//! titled(list(range(n)), list(range(n)))
//! ```
//!
//! From 3.11 on:
//!
//! ```python fine 3.11
//! def doubled(source):
//!     target = []
//!     for item in source:
//!         target.append(item * 2)
//!     return target
//! ```
//!
//! The condition reads the list, or code behind the loop reads or deletes its variable:
//!
//! ```python fine
//! def distinct(items):
//!     out = []
//!     for item in items:
//!         if item not in out:
//!             out.append(item + 1)
//!     last = []
//!     for value in items:
//!         last.append(value * 2)
//!     print(value)
//!     rest = []
//!     for number in items:
//!         rest.append(number + 1)
//!     del number
//!     return out, last, rest
//! ```
//!
//! What was collected before an error is of use, and another class may do anything in its `append`:
//!
//! ```python fine
//! class Sink:
//!     def append(self, item):
//!         print(item)
//!
//!
//! def drain(source):
//!     chunks = []
//!     try:
//!         for chunk in source:
//!             chunks.append(chunk * 2)
//!     except ConnectionError:
//!         pass
//!     sink = Sink()
//!     for chunk in chunks:
//!         sink.append(chunk + 1)
//!     return chunks
//! ```
//!
//! The list belongs to the function around, and a loop that suspends:
//!
//! ```python fine
//! def outer(values):
//!     def inner():
//!         for value in values:
//!             result.append(value + 1)
//!
//!     result = []
//!     inner()
//!     return result
//!
//!
//! async def gather(source):
//!     found = []
//!     async for item in source:
//!         found.append(item + 1)
//!     return found
//! ```
//!
//! The fix is safe for a list that nobody else sees before the loop ends. There is none where a comment would be lost.

use hotlint_core::ast::StmtFor;
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Fill, FillLoop, Partial};

pub struct ManualListComprehension;

impl Rule for ManualListComprehension {
    type On = StmtFor;
    const COST: Cost = Cost::Constant("1.3-1.7 times faster up to Python 3.10");

    fn check<'a>(stmt: &'a StmtFor, cx: &Cx<'a>) -> Option<Finding> {
        if !cx.python().any_before(11) {
            return None;
        }
        let appends = cx.fill_loop(stmt, Fill::Append)?;
        let partial = cx.partial_result(appends);
        // A copy has something better.
        if partial == Partial::Seen || appends.is_copy() {
            return None;
        }
        let list = cx.text(appends.container);
        let message = format!("this loop only appends to `{list}`, as a list comprehension would");
        Some(
            cx.fill_finding(appends, message, "one call of `append` for each item")
                .help("write a list comprehension")
                .fix(fix(appends, partial, cx)),
        )
    }
}

fn fix<'a>(appends: FillLoop<'a>, partial: Partial, cx: &Cx<'a>) -> Option<Fix> {
    let (whole, head) = cx.fill_place(appends)?;
    let (left, right) = match appends.made {
        Some(_) => (format!("{head}["), "]"),
        None => (format!("{}.extend([", cx.text(appends.container)), "])"),
    };
    let text = cx.filled_at_once(appends, &left, right)?;
    let fix = Fix::safe(
        "Replace with a list comprehension",
        [Edit::replace(whole, text)],
    );
    Some(if partial == Partial::Hidden {
        fix
    } else if appends.made.is_none() {
        fix.unsafe_because("an exception on the way leaves the list without the items so far")
    } else {
        fix.unsafe_because("other code may see the list half filled")
    })
}
