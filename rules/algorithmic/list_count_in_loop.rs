//! # `list.count` asked in a loop
//!
//! `items.count(x)` compares `x` with every item. Asked for one item after the other, this is O(n²); `collections.Counter(items)` counts
//! them all in one pass. Measured on CPython 3.8 to 3.15: 13-24 times faster at 100 items, 431-776 times at 3000.
//!
//! ```python bad
//! from collections import Counter
//!
//!
//! def repeated(names: list[str]):
//!     return [name for name in names if names.count(name) > 1]
//! ```
//!
//! ```python good
//! from collections import Counter
//!
//!
//! def repeated(names: list[str]):
//!     names_count = Counter(names)
//!     return [name for name in names if names_count[name] > 1]
//! ```
//!
//! ```python input
//! repeated([str(i * 3 // 2) for i in range(n)])
//! ```
//!
//! ```python bad
//! from collections import Counter
//!
//!
//! def commonest(names: list[str]):
//!     return max(names, key=names.count, default=None)
//! ```
//!
//! ```python good
//! from collections import Counter
//!
//!
//! def commonest(names: list[str]):
//!     names_count = Counter(names)
//!     return max(names, key=names_count.__getitem__, default=None)
//! ```
//!
//! ```python input
//! commonest([str(i * 3 // 2) for i in range(n)])
//! ```
//!
//! Strings count substrings; a few items, a list of each iteration's own, and the same item over and over are another matter:
//!
//! ```python fine
//! def tally(text: str, words, rows, marks: list[str]):
//!     few = ["a", "b", "a"]
//!     for word in words:
//!         print(text.count(word), few.count(word))
//!     for row in rows:
//!         cells = list(row)
//!         print(cells.count(row[0]), marks.count("x"))
//! ```
//!
//! Lists have no hash, and a list that the loop changes has another count each time:
//!
//! ```python fine
//! def shrink(names: list[str], n):
//!     pairs = [[i, i] for i in range(n)]
//!     print([pairs.count(pair) for pair in pairs])
//!     for name in list(names):
//!         if names.count(name) > 1:
//!             names.remove(name)
//! ```
//!
//! The fix is unsafe: items must be hashable, with a hash that agrees with their equality.

use hotlint_core::ast::{Expr, ExprAttribute, ExprCall};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{MethodSearch, Repeated};
use hotlint_core::text_size::Ranged;

pub struct ListCountInLoop;

impl Rule for ListCountInLoop {
    type On = ExprAttribute;
    const COST: Cost = Cost::Growth("O(n·m)", "O(n+m)");
    const METHODS: &'static [&'static str] = &["count"];

    fn check<'a>(method: &'a ExprAttribute, cx: &Cx<'a>) -> Option<Finding> {
        if method.attr.as_str() != "count" || !method.ctx.is_load() {
            return None;
        }
        let list = &*method.value;
        let MethodSearch {
            kind,
            call,
            repeated,
        } = cx.method_search(method)?;
        let place = call.map_or(method.range(), Ranged::range);
        let name = cx.text(list);
        let finding = Finding::new(
            place,
            format!(
                "`{}` goes over the whole {kind}, for one item after the other",
                cx.text(place)
            ),
        )
        .label(format!("compares with every item of `{name}`"));
        let finding = match cx.made_before_node(list, repeated.around) {
            Some(made) => finding.because(made, format!("a {kind}, made here")),
            None => finding,
        };
        Some(
            finding
                .because(repeated.header, "for each iteration of this")
                .sized(cx.size_in(list, repeated.loops.first()), name)
                .help(format!(
                    "count all of them in one pass: `collections.Counter({name})`"
                ))
                .fix(counter(method, call, &repeated, cx)),
        )
    }
}

/// Counts everything before the loop.
fn counter<'a>(
    method: &'a ExprAttribute,
    call: Option<&'a ExprCall>,
    repeated: &Repeated<'a>,
    cx: &Cx<'a>,
) -> Option<Fix> {
    let list = &*method.value;
    let word = match list {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return None,
    };
    let text = cx.text(list);
    let name = cx.fresh_name(&format!("{word}_count"));
    let place = cx.steady(repeated, list)?;
    let import = cx.import(place, "collections", "Counter")?;
    let line = format!("{name} = {}({text})", import.expression);
    let mut edits = vec![cx.line_before_loop(place, &line)?];
    edits.extend(import.edits());
    if call.is_none() {
        if cx.has_comment(method) {
            return None;
        }
        edits.push(Edit::replace(method, format!("{name}.__getitem__")));
    }
    for same in cx.same_searches(method, place) {
        let probe = same.arguments.args.first()?;
        if cx.has_comment(same) || probe.is_generator_expr() {
            return None;
        }
        // One inside of the other: `xs.index(xs.index(x))`.
        let nested = cx.same_searches(method, probe.into()).next().is_some();
        if nested {
            return None;
        }
        edits.push(Edit::replace(same, format!("{name}[{}]", cx.text(probe))));
    }
    Some(Fix::unsafe_(
        format!("Count the items of `{text}` once"),
        "items must be hashable, and equal ones must have equal hashes",
        edits,
    ))
}
