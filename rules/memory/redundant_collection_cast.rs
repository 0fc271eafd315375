//! # A copy of a copy
//!
//! `set(list(xs))` and `sorted(list(xs))` make a list that is thrown away at once: up to 1.7 times the memory, and 3 to 10 % of the time
//! on CPython 3.8 to 3.15. `set(sorted(xs))` sorts for nothing, which takes 1.4 times as long even where the items are in order already.
//!
//! ```python bad
//! def ordered(names: set[str]):
//!     return sorted(list(names))
//! ```
//!
//! ```python good
//! def ordered(names: set[str]):
//!     return sorted(names)
//! ```
//!
//! ```python input
//! ordered({str(i) for i in range(n)})
//! ```
//!
//! ```python bad
//! def views(marks: list[int]):
//!     return set(sorted(marks)), list(sorted(marks)), tuple(list(marks)), set(tuple(marks))
//! ```
//!
//! ```python good
//! def views(marks: list[int]):
//!     return set(marks), sorted(marks), tuple(marks), set(marks)
//! ```
//!
//! ```python input
//! views([i * 7919 % 10007 for i in range(n)])
//! ```
//!
//! A comprehension makes a new container by itself:
//!
//! ```python bad
//! def doubled(marks: list[int]):
//!     return list([mark * 2 for mark in marks]), f"{set({mark % 7 for mark in marks})}"
//! ```
//!
//! ```python good
//! def doubled(marks: list[int]):
//!     return [mark * 2 for mark in marks], f"{ {mark % 7 for mark in marks} }"
//! ```
//!
//! ```python input
//! doubled(list(range(n)))
//! ```
//!
//! Sorted, and then turned round:
//!
//! ```python bad
//! def falling(marks: list[int]):
//!     return list(reversed(sorted(marks)))
//! ```
//!
//! ```python good
//! def falling(marks: list[int]):
//!     return sorted(marks, reverse=True)
//! ```
//!
//! ```python input
//! falling([i * 7919 % 10007 for i in range(n)])
//! ```
//!
//! The inner order decides between equal items, duplicates go, and the type of the items is another:
//!
//! ```python fine
//! def different(rows: list, key):
//!     stable = sorted(sorted(rows), key=key)
//!     distinct = list(set(rows))
//!     frozen = [tuple(list(row)[1:]) for row in rows]
//!     backwards = list(reversed(rows))
//!     return stable, distinct, frozen, backwards
//! ```
//!
//! The fix is safe where both forms take the same items in the same order. `sorted` refuses items that have no order, and with
//! `reverse=True` it keeps equal items in the order in which they came: with a `key`, or for items that may be equal and not the same,
//! the fix is unsafe.

use hotlint_core::ast::{Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::Type;
use hotlint_core::text_size::{Ranged, TextRange};

pub struct RedundantCollectionCast;

impl Rule for RedundantCollectionCast {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &[
        "builtins.list",
        "builtins.tuple",
        "builtins.set",
        "builtins.frozenset",
        "builtins.dict",
        "builtins.sorted",
    ];
    const COST: Cost = Cost::Memory("two copies at once instead of one");

    fn check<'a>(outer: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let inner = match &*outer.arguments.args {
            [Expr::Call(inner)] => inner,
            [only] => return of_its_own_kind(outer, only, cx),
            _ => return None,
        };
        let [source] = &*inner.arguments.args else {
            return None;
        };
        if source.is_starred_expr() {
            return None;
        }
        let kept = builtin(outer, cx)?;
        let dropped = builtin(inner, cx)?;
        let ordered = matches!(cx.ty(source).element(), Type::Int | Type::Str | Type::Bytes);
        let plain = inner.arguments.keywords.is_empty();
        let (edits, doubt) = match (kept.as_str(), dropped.as_str()) {
            ("list", "reversed") => return turned_round(outer, source, cx),
            // Only the brackets allow a line to end before those of `sorted`.
            ("list", "sorted") => {
                let head = TextRange::new(inner.start(), inner.arguments.start());
                let whole = !cx.text(head).contains('\n');
                (whole.then(|| without(outer, inner, cx)).flatten(), None)
            }
            ("sorted", "sorted") => {
                let same = outer.arguments.keywords.is_empty() && plain;
                same.then_some(())?;
                (without(inner, source, cx), None)
            }
            ("set" | "frozenset", "sorted") => {
                let key = inner.arguments.find_keyword("key").is_some();
                let doubt =
                    (key || !ordered).then_some("`sorted` raises for items that have no order");
                (without(inner, source, cx), doubt)
            }
            ("list" | "tuple" | "sorted", "list" | "tuple") if plain => {
                (without(inner, source, cx), None)
            }
            ("set" | "frozenset", "list" | "tuple" | "set" | "frozenset") if plain => (
                without(inner, source, cx),
                cx.copy_doubt(&cx.ty(source), true),
            ),
            _ => return None,
        };
        let copy = if kept == "list" && dropped == "sorted" {
            outer
        } else {
            inner
        };
        let fix = edits.map(|edits| {
            let fix = Fix::safe("Leave out the copy", edits);
            match doubt {
                Some(doubt) => fix.unsafe_because(doubt),
                None => fix,
            }
        });
        Some(
            Finding::new(
                &*copy.func,
                format!("`{kept}({dropped}(...))` makes a copy that is thrown away at once"),
            )
            .label("copies all items")
            .help("leave it out")
            .fix(fix),
        )
    }
}

/// `list([...])`, `set({...})` and `dict({...})` of a comprehension.
fn of_its_own_kind<'a>(outer: &'a ExprCall, made: &'a Expr, cx: &Cx<'a>) -> Option<Finding> {
    let kind = match made {
        Expr::ListComp(_) => "list",
        Expr::SetComp(_) => "set",
        Expr::DictComp(_) => "dict",
        _ => return None,
    };
    let name = cx.name(&*outer.func)?;
    if name.strip_prefix("builtins.") != Some(kind) || !outer.arguments.keywords.is_empty() {
        return None;
    }
    let text = cx.text(made);
    let before = TextRange::new(outer.start(), made.start());
    let after = TextRange::new(made.end(), outer.end());
    let fix = (!cx.has_comment(before) && !cx.has_comment(after))
        .then(|| Fix::safe("Leave out the copy", [cx.replace_word(outer, text)]));
    Some(
        Finding::new(
            &*outer.func,
            format!("`{kind}` copies what the comprehension has just made"),
        )
        .label("copies all items")
        .help("leave it out")
        .fix(fix),
    )
}

/// The name of the builtin that a call calls.
fn builtin<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<String> {
    let name = cx.name(&*call.func)?;
    let name = name.strip_prefix("builtins.")?;
    matches!(
        name,
        "list" | "tuple" | "set" | "frozenset" | "sorted" | "reversed"
    )
    .then(|| name.to_string())
}

/// Edits that leave of `call` only `inside`, with what stands around it in its brackets.
fn without<'a>(call: &'a ExprCall, inside: impl Ranged, cx: &Cx<'a>) -> Option<Vec<Edit>> {
    let before = TextRange::new(call.start(), inside.start());
    let after = TextRange::new(inside.end(), call.end());
    // A generator may go without brackets of its own only as the sole argument, so it stays where it is.
    let bare = cx
        .text(before)
        .ends_with(|c: char| c != '(' && !c.is_whitespace())
        || cx.text(after).matches(')').count() != 1;
    let lost = cx.has_comment(before) || cx.has_comment(after);
    (!bare && !lost).then(|| vec![Edit::delete(before), Edit::delete(after)])
}

/// `list(reversed(sorted(xs)))`
fn turned_round<'a>(outer: &'a ExprCall, turned: &'a Expr, cx: &Cx<'a>) -> Option<Finding> {
    let sorting = cx.call_of(turned, "builtins.sorted")?;
    let [source] = &*sorting.arguments.args else {
        return None;
    };
    if source.is_starred_expr() || sorting.arguments.find_keyword("reverse").is_some() {
        return None;
    }
    let text = cx.text(sorting);
    let head = text.trim_end().strip_suffix(')')?.trim_end();
    let comma = if head.ends_with(',') { "" } else { "," };
    let key = sorting.arguments.find_keyword("key").is_some();
    let ordered = matches!(cx.ty(source).element(), Type::Int | Type::Str | Type::Bytes);
    let bare = matches!(source, Expr::Generator(generator) if !generator.parenthesized);
    let fix = (!cx.has_comment(outer) && !bare).then(|| {
        let edit = Edit::replace(outer, format!("{head}{comma} reverse=True)"));
        let fix = Fix::safe("Replace with `sorted(..., reverse=True)`", [edit]);
        if key || !ordered {
            fix.unsafe_because("equal items come in the order in which they were, not turned round")
        } else {
            fix
        }
    });
    Some(
        Finding::new(
            outer,
            "`list(reversed(sorted(...)))` turns round what `sorted` can put the other way",
        )
        .label("copies all items")
        .help("pass `reverse=True` to `sorted`")
        .fix(fix),
    )
}
