//! # Dictionaries that are copied each time they grow
//!
//! `table = {**table, key: value}` makes a new dictionary, copies all that is there, and throws the old one away: O(n²) for the loop. The
//! same holds for `table | {...}` and `dict(table, ...)`. `table[key] = value` and `table.update(...)` change it in place: 7 to 26 times
//! faster for 100 keys, about 57 times for 1,000, on Python 3.8 to 3.15.
//!
//! ```python bad
//! def index(rows):
//!     table = {}
//!     for row in rows:
//!         key = row.lower()
//!         table = {**table, key: row}
//!     return table
//! ```
//!
//! ```python good
//! def index(rows):
//!     table = {}
//!     for row in rows:
//!         key = row.lower()
//!         table[key] = row
//!     return table
//! ```
//!
//! ```python input
//! index(["Key" + str(i) for i in range(n)])
//! ```
//!
//! ```python bad 3.9
//! def merged(settings: list[dict[str, int]]):
//!     result: dict[str, int] = {}
//!     for more in settings:
//!         result = result | more
//!     return result
//! ```
//!
//! ```python good 3.9
//! def merged(settings: list[dict[str, int]]):
//!     result: dict[str, int] = {}
//!     for more in settings:
//!         result |= more
//!     return result
//! ```
//!
//! ```python input
//! merged([{str(i): i} for i in range(n)])
//! ```
//!
//! ```python bad
//! def counted(words):
//!     counts = dict()
//!     for word in words:
//!         word = word.strip()
//!         counts = dict(counts, **{word: len(word), "last": word})
//!     return counts
//! ```
//!
//! ```python good
//! def counted(words):
//!     counts = dict()
//!     for word in words:
//!         word = word.strip()
//!         counts.update(**{word: len(word), "last": word})
//!     return counts
//! ```
//!
//! ```python input
//! counted([str(i) for i in range(n)])
//! ```
//!
//! ```python bad
//! def both(pairs):
//!     table = {}
//!     for a, b in pairs:
//!         table = {**table, a: b, b: a}
//!     return table
//! ```
//!
//! ```python good
//! def both(pairs):
//!     table = {}
//!     for a, b in pairs:
//!         table.update({a: b, b: a})
//!     return table
//! ```
//!
//! ```python input
//! both([(i, -i) for i in range(n)])
//! ```
//!
//! Each of the dictionaries is wanted:
//!
//! ```python fine
//! def history(events):
//!     state = {}
//!     states = []
//!     for key, value in events:
//!         state = {**state, key: value}
//!         states.append(state)
//!     scope = {}
//!     for key, value in events:
//!         scope = scope | {key: value}
//!         yield scope
//!     return states
//! ```
//!
//! A dictionary that is new in each iteration, a few rounds, and in-place forms:
//!
//! ```python fine
//! def prepared(rows, defaults, base):
//!     table = {}
//!     for row in rows:
//!         options = dict(defaults)
//!         options = {**options, "row": row}
//!         table |= {row: options}
//!         base = base | row
//!     for name in ("a", "b"):
//!         table = {**table, name: name}
//!     return table
//! ```
//!
//! The fix is safe for a local variable that starts with a dictionary of its own, and that nothing else refers to while it grows.

use hotlint_core::ast::{DictItem, Expr};
use hotlint_core::lint::{Accumulating, Added, Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Accumulation, Purity, Shape};

pub struct QuadraticDictMerge;

impl Rule for QuadraticDictMerge {
    type On = Accumulating;
    const COST: Cost = Cost::Growth("O(n²)", "O(n)");

    fn check<'a>(found: Accumulation<'a>, cx: &Cx<'a>) -> Option<Finding> {
        // `table |= more` changes it in place.
        if !matches!(found.shape, Shape::Merged | Shape::Prepended)
            || !cx.ty(found.target).is_dict()
            || cx.stays_short(&found)
            || cx.starts_anew(&found)
            || cx.is_wanted_whole(&found)
            || cx.grew_before(&found, |other| other.shape != Shape::Augmented)
        {
            return None;
        }
        let name = cx.text(found.target);
        let finding = Finding::new(
            found.stmt,
            format!("all of `{name}` is copied each time something is added to it"),
        )
        .label(format!("makes a new dictionary: O(len({name}))"))
        .because(found.around.header(), "in every iteration")
        .sized(cx.rounds_of(found.target, found.stmt), name)
        .help(format!(
            "change `{name}` in place, with `{name}[key] = value` or `{name}.update(...)`"
        ));
        Some(finding.fix(fix(&found, cx)))
    }
}

fn fix<'a>(found: &Accumulation<'a>, cx: &Cx<'a>) -> Option<Fix> {
    let name = cx.text(found.target);
    let (text, certain) = match cx.added(found)? {
        Added::Operands(parts, text) => {
            let dicts = parts.iter().all(|part| cx.ty(*part).is_dict());
            (format!("{name} |= {text}"), dicts)
        }
        Added::Pairs([only], text) => match &only.key {
            // Here the key is evaluated first, in an assignment the value.
            Some(key) => {
                let (key, value) = (cx.parenthesized(key), cx.parenthesized(&only.value));
                let text = format!("{name}[{}] = {}", cx.text(key), cx.text(value));
                (text, either_is_pure(only, cx))
            }
            None => {
                let text = format!("{name}.update({})", text.trim_start_matches('*'));
                (text, cx.ty(&only.value).is_dict())
            }
        },
        Added::Pairs(_, text) => (format!("{name}.update({{{text}}})"), true),
        Added::Arguments(_, text) => (format!("{name}.update({text})"), true),
        Added::Items(..) => return None,
    };
    let fix = Fix::safe(
        format!("Change `{name}` in place"),
        [Edit::replace(found.stmt, text)],
    );
    let fix = match found.target {
        Expr::Name(_) => {
            let built = cx.build_up(found.target, found.stmt)?;
            if cx.is_held_elsewhere(built) {
                return None;
            }
            fix
        }
        _ => fix.unsafe_because(format!(
            "whoever holds the dictionary of `{name}` sees it change"
        )),
    };
    Some(if certain {
        fix
    } else {
        fix.unsafe_because(
            "may evaluate the value before the key, or take pairs where a mapping was asked for",
        )
    })
}

/// Whether it is all the same which of the key and the value is evaluated first.
fn either_is_pure<'a>(item: &'a DictItem, cx: &Cx<'a>) -> bool {
    let pure = |expr: &'a Expr| cx.purity(expr) > Purity::Impure;
    let plain = |expr: &Expr| expr.is_literal_expr() || expr.is_name_expr();
    item.key
        .as_ref()
        .is_some_and(|key| plain(key) || pure(key) && pure(&item.value))
        || plain(&item.value)
}
