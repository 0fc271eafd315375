//! # Sets that are copied each time they grow
//!
//! `seen = seen | {x}` and `seen = seen.union(more)` make a new set, put all that is there into it, and throw the old set away: O(n²) for
//! the loop. `seen.add(x)`, `seen.update(more)` and `seen |= more` grow the set in place: 6 to 14 times faster for 100 items, about 66
//! times for 1,000, on Python 3.8 to 3.15.
//!
//! ```python bad
//! def letters(lines):
//!     seen = set()
//!     for line in lines:
//!         letter = line[:1]
//!         if letter.isalpha():
//!             seen = seen | {letter}
//!     return seen
//! ```
//!
//! ```python good
//! def letters(lines):
//!     seen = set()
//!     for line in lines:
//!         letter = line[:1]
//!         if letter.isalpha():
//!             seen.add(letter)
//!     return seen
//! ```
//!
//! ```python input
//! sorted(letters([chr(65 + i) for i in range(n)]))
//! ```
//!
//! ```python bad
//! def reached(graph, nodes):
//!     found = set(nodes)
//!     for node in nodes:
//!         found = found.union(graph[node], [node])
//!     return found
//! ```
//!
//! ```python good
//! def reached(graph, nodes):
//!     found = set(nodes)
//!     for node in nodes:
//!         found.update(graph[node], [node])
//!     return found
//! ```
//!
//! ```python input
//! len(reached({i: [i * 2, i * 3] for i in range(n)}, range(n)))
//! ```
//!
//! ```python bad
//! def joined(groups: list[set[str]]):
//!     names = set()
//!     for group in groups:
//!         names = names | group
//!     return names
//! ```
//!
//! ```python good
//! def joined(groups: list[set[str]]):
//!     names = set()
//!     for group in groups:
//!         names |= group
//!     return names
//! ```
//!
//! ```python input
//! len(joined([{str(i)} for i in range(n)]))
//! ```
//!
//! A `frozenset` cannot grow at all:
//!
//! ```python bad
//! def closed(names):
//!     found = frozenset()
//!     for name in names:
//!         name = name.lower()
//!         found |= {name}
//!     return found
//! ```
//!
//! ```python good
//! def closed(names):
//!     found = set()
//!     for name in names:
//!         name = name.lower()
//!         found.add(name)
//!     return frozenset(found)
//! ```
//!
//! ```python input
//! len(closed([str(i) for i in range(n)]))
//! ```
//!
//! `|=` on a set grows it in place, and each of the sets may be wanted:
//!
//! ```python fine
//! def levels(graph, start, keep: list):
//!     seen = {start}
//!     ring = {start}
//!     for step in graph:
//!         seen |= graph[step]
//!         ring = ring | graph[step]
//!         keep.append(ring)
//!     return seen
//! ```
//!
//! A set that is new in each iteration, a few rounds, flags of numbers, and sets of other kinds:
//!
//! ```python fine
//! def flags(rows, intervals):
//!     known = 0
//!     for row in rows:
//!         names = set(row)
//!         names = names | {"all"}
//!         known = known | row.flag
//!         intervals = intervals.union(row)
//!         yield names, known
//!     for name in ("a", "b"):
//!         names = names | {name}
//!     yield names, intervals
//! ```
//!
//! The fix is safe for a local variable that starts with a set of its own, and that nothing else refers to while it grows.

use hotlint_core::ast::Expr;
use hotlint_core::lint::{Accumulating, Added, Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Accumulation, Shape, Type};

pub struct QuadraticSetUnion;

impl Rule for QuadraticSetUnion {
    type On = Accumulating;
    const COST: Cost = Cost::Growth("O(n²)", "O(n)");

    fn check<'a>(found: Accumulation<'a>, cx: &Cx<'a>) -> Option<Finding> {
        if matches!(found.shape, Shape::Appended | Shape::Chained) {
            return None;
        }
        let frozen = match cx.ty(found.target) {
            // `seen |= more` grows in place.
            Type::Set(_) if found.shape != Shape::Augmented => false,
            Type::FrozenSet(_) => true,
            _ => return None,
        };
        if cx.stays_short(&found)
            || cx.starts_anew(&found)
            || cx.is_wanted_whole(&found)
            || cx.grew_before(&found, |other| frozen || other.shape != Shape::Augmented)
        {
            return None;
        }
        let name = cx.text(found.target);
        let help = if frozen {
            format!(
                "gather the items in a set, and make it a `frozenset` once, after the loop: `{name} = frozenset(...)`"
            )
        } else {
            format!("grow `{name}` in place, with `add`, `update` or `|=`")
        };
        let finding = Finding::new(
            found.stmt,
            format!("all of `{name}` is copied each time something is added to it"),
        )
        .label(format!("makes a new set: O(len({name}))"))
        .because(found.around.header(), "in every iteration")
        .sized(cx.rounds_of(found.target, found.stmt), name)
        .help(help);
        Some(if frozen {
            finding
        } else {
            finding.fix(fix(&found, cx))
        })
    }
}

fn fix<'a>(found: &Accumulation<'a>, cx: &Cx<'a>) -> Option<Fix> {
    let name = cx.text(found.target);
    let (text, certain) = match cx.added(found)? {
        Added::Operands(parts, text) => {
            let sets = parts.iter().all(|part| cx.ty(*part).is_set());
            match parts.as_slice() {
                [Expr::Set(set)] => match set.elts.as_slice() {
                    [only] if !only.is_starred_expr() => (added(name, only, cx), true),
                    _ => (format!("{name} |= {text}"), true),
                },
                _ => (format!("{name} |= {text}"), sets),
            }
        }
        Added::Items(items, text) => match items {
            [only] if !only.is_starred_expr() => (added(name, only, cx), true),
            [Expr::Starred(all)] => {
                let whole = cx.ty(&*all.value).is_builtin_container();
                let value = cx.text(cx.parenthesized(&*all.value));
                (format!("{name}.update({value})"), whole)
            }
            _ => (format!("{name} |= {{{text}}}"), true),
        },
        // What raises half-way leaves a part behind.
        Added::Arguments(call, text) => {
            let args = &call.arguments.args;
            let whole = args.iter().all(|arg| match arg {
                Expr::Starred(_) => false,
                arg => {
                    let ty = cx.ty(arg);
                    ty.is_builtin_container() && ty.element().is_hashable() || ty.is_set()
                }
            });
            (format!("{name}.update({text})"), whole)
        }
        Added::Pairs(..) => return None,
    };
    let fix = Fix::safe(
        format!("Grow `{name}` in place"),
        [Edit::replace(found.stmt, text)],
    );
    let fix = match found.target {
        Expr::Name(_) => {
            let built = cx.build_up(found.target, found.stmt)?;
            if cx.is_held_elsewhere(built) {
                return None;
            }
            // Nobody sees what an exception leaves behind.
            if !certain && !cx.may_be_seen_half_way(built) && found.value.is_call_expr() {
                return Some(fix);
            }
            fix
        }
        _ => fix.unsafe_because(format!("whoever holds the set of `{name}` sees it grow")),
    };
    Some(if certain {
        fix
    } else {
        fix.unsafe_because("may add a part of the items before one of them raises, or call an operator of another class")
    })
}

fn added<'a>(name: &str, item: &'a Expr, cx: &Cx<'a>) -> String {
    format!("{name}.add({})", cx.text(cx.parenthesized(item)))
}
