//! # `list.index` asked in a loop
//!
//! `items.index(x)` compares `x` with one item after the other until it finds an equal one. In a loop, or as the key of a sort, this is
//! one scan for each item: O(n·m). `enumerate` knows the position already; a dictionary of positions finds it by hash. Measured on
//! CPython 3.8 to 3.15: 9-22 times faster at 100 items, 215-478 times at 3000.
//!
//! ```python bad
//! def numbered(names: list[str]):
//!     for name in names:
//!         yield names.index(name), name
//! ```
//!
//! ```python good
//! def numbered(names: list[str]):
//!     for position, name in enumerate(names):
//!         yield position, name
//! ```
//!
//! ```python input
//! list(numbered([str(i) for i in range(n)]))
//! ```
//!
//! ```python bad
//! def arranged(names: list[str], order: list[str]):
//!     return sorted(names, key=lambda name: (order.index(name), len(name)))
//! ```
//!
//! ```python good
//! def arranged(names: list[str], order: list[str]):
//!     order_index = {item: i for i, item in enumerate(order)}
//!     return sorted(names, key=lambda name: (order_index[name], len(name)))
//! ```
//!
//! ```python input
//! names = [str(i) for i in range(n)]
//! arranged(names[::-1], names)
//! ```
//!
//! ```python bad
//! def arranged(names: list[str], order: list[str]):
//!     return sorted(names, key=order.index)
//! ```
//!
//! ```python good
//! def arranged(names: list[str], order: list[str]):
//!     order_index = {item: i for i, item in enumerate(order)}
//!     return sorted(names, key=order_index.__getitem__)
//! ```
//!
//! ```python input
//! names = [str(i) for i in range(n)]
//! arranged(names[::-1], names)
//! ```
//!
//! One dictionary serves all searches in the list:
//!
//! ```python bad
//! def edges(nodes: list[str], pairs):
//!     return [(nodes.index(a), nodes.index(b)) for a, b in pairs]
//! ```
//!
//! ```python good
//! def edges(nodes: list[str], pairs):
//!     nodes_index = {item: i for i, item in enumerate(nodes)}
//!     return [(nodes_index[a], nodes_index[b]) for a, b in pairs]
//! ```
//!
//! ```python input
//! nodes = [str(i) for i in range(n)]
//! edges(nodes, zip(nodes, nodes[::-1]))
//! ```
//!
//! A search that goes on where the last one stopped, in a list of few items, or in one that the loop changes:
//!
//! ```python fine
//! def lines_of(text: str, marks: list[str], rows: list[str], old: list[str]):
//!     at = 0
//!     for mark in marks:
//!         at = rows.index(mark, at)
//!     for row in rows:
//!         print(["a", "b"].index(row))
//!     levels = ["low", "high"]
//!     for item in old:
//!         place = rows.index(item)
//!         rows[place:place + 1] = [item, item]
//!     return sorted(marks, key=levels.index)
//! ```
//!
//! Strings are searched for substrings, and a list of each iteration's own is searched once:
//!
//! ```python fine
//! def starts(text: str, words, lines):
//!     for line in lines:
//!         parts = line.split()
//!         yield parts.index(line.strip())
//!     for word in words:
//!         yield text.index(word)
//! ```
//!
//! The fix is unsafe: it gives equal items their own position, not that of the first of them, and dictionaries need hashable items and
//! raise `KeyError` where a list raises `ValueError`.

use hotlint_core::ast::{AnyNodeRef, ExceptHandler, Expr, ExprAttribute, ExprCall, StmtFor};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Loop, MethodSearch, Repeated};
use hotlint_core::text_size::Ranged;

pub struct ListIndexInLoop;

impl Rule for ListIndexInLoop {
    type On = ExprAttribute;
    const COST: Cost = Cost::Growth("O(n·m)", "O(n+m)");
    const METHODS: &'static [&'static str] = &["index"];

    fn check<'a>(method: &'a ExprAttribute, cx: &Cx<'a>) -> Option<Finding> {
        if method.attr.as_str() != "index" || !method.ctx.is_load() {
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
                "`{}` searches a {kind} from its start, for one item after the other",
                cx.text(place)
            ),
        )
        .label(format!("compares with the items of `{name}`, one by one"));
        let finding = match cx.made_before_node(list, repeated.around) {
            Some(made) => finding.because(made, format!("a {kind}, made here")),
            None => finding,
        };
        let finding = finding
            .because(repeated.header, "for each iteration of this")
            .sized(cx.size_in(list, repeated.loops.first()), name);
        let own = call.and_then(|call| enumerated(call, &repeated, cx));
        Some(match own {
            Some(around) => finding
                .help("`enumerate` gives the position with the item")
                .fix(enumerate(list, around, cx)),
            None => finding
                .help(format!(
                    "collect the positions once: `{{item: i for i, item in enumerate({name})}}`"
                ))
                .fix(positions(method, call, &repeated, cx)),
        })
    }
}

/// The loop over the list itself whose item is searched for.
fn enumerated<'a>(call: &'a ExprCall, repeated: &Repeated<'a>, cx: &Cx<'a>) -> Option<Loop<'a>> {
    let list = &call.func.as_attribute_expr()?.value;
    let probe = call.arguments.args.first()?;
    repeated.loops.iter().copied().find(|around| {
        let over = around.iter().is_some_and(|iter| cx.same_place(iter, list));
        over && around
            .target()
            .is_some_and(|target| cx.same_place(target, probe))
    })
}

/// `for x in xs` becomes `for position, x in enumerate(xs)`, and every `xs.index(x)` in it `position`.
fn enumerate<'a>(list: &'a Expr, around: Loop<'a>, cx: &Cx<'a>) -> Option<Fix> {
    let (iter, target) = (around.iter()?, around.target()?.as_name_expr()?);
    let symbol = cx.symbol(target)?;
    let rebound = cx
        .binding_nodes(symbol)
        .any(|node| around.repeats(node) && node.range() != target.range());
    if rebound || matches!(around, Loop::For(StmtFor { is_async: true, .. })) {
        return None;
    }
    let position = cx.fresh_name("position");
    let mut edits = vec![
        Edit::insert(target.start(), format!("{position}, ")),
        Edit::replace(
            cx.parenthesized(iter),
            format!("enumerate({})", cx.text(iter)),
        ),
    ];
    for node in cx.tree.descendants(around.node()) {
        let AnyNodeRef::ExprCall(call) = node else {
            continue;
        };
        let asks = match (&*call.func, &*call.arguments.args) {
            (Expr::Attribute(method), [probe]) => {
                method.attr.as_str() == "index"
                    && cx.same_place(&method.value, list)
                    && probe
                        .as_name_expr()
                        .is_some_and(|probe| cx.same_symbol(probe, target))
            }
            _ => false,
        };
        if asks && call.arguments.keywords.is_empty() && around.repeats(call) {
            edits.push(Edit::replace(call, position.clone()));
        }
    }
    let caveat = "equal items get a position each, not that of the first of them";
    Some(Fix::unsafe_(
        format!("Number the items with `enumerate({})`", cx.text(list)),
        caveat,
        edits,
    ))
}

/// Collects the positions before the loop.
fn positions<'a>(
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
    let name = cx.fresh_name(&format!("{word}_index"));
    let line = format!("{name} = {{item: i for i, item in enumerate({text})}}");
    let place = cx.steady(repeated, list)?;
    // Where somebody waits for the `ValueError`, a `KeyError` would pass by.
    let awaited = cx.tree.ancestors(method).any(|outer| match outer {
        AnyNodeRef::StmtTry(attempt) => attempt.handlers.iter().any(|handler| {
            let ExceptHandler::ExceptHandler(handler) = handler;
            let caught = handler.type_.as_deref();
            caught.is_some_and(|caught| cx.text(caught).contains("ValueError"))
        }),
        _ => false,
    });
    if awaited {
        return None;
    }
    let mut edits = vec![cx.line_before_loop(place, &line)?];
    if call.is_none() {
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
    let caveat = format!(
        "the items of `{text}` must be hashable and no two of them equal, and one that is missing raises `KeyError`"
    );
    Some(Fix::unsafe_(
        format!("Collect the positions in `{text}` once"),
        caveat,
        edits,
    ))
}
