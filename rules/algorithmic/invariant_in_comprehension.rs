//! # A comprehension that is evaluated again for each item
//!
//! `x.id in [y.id for y in ys]`, as the condition of another comprehension or in a loop, builds the same list for every `x`. Built once,
//! before the loop, and as a set where it is only asked for members, it is 44 times faster at 1,000 items, and the gain grows with their
//! number. The same holds for `sum(...)`, `max(...)` and the like of a generator that does not change.
//!
//! ```python bad
//! def owned(files, users):
//!     return [file for file in files if file.owner in [user.id for user in users]]
//! ```
//!
//! ```python good
//! def owned(files, users):
//!     known = {user.id for user in users}
//!     return [file for file in files if file.owner in known]
//! ```
//!
//! ```python bad
//! def shares(rows, table: dict[str, int]):
//!     for row in rows:
//!         yield row / sum(count + 1 for count in table.values())
//! ```
//!
//! ```python good
//! def shares(rows, table: dict[str, int]):
//!     value = sum(count + 1 for count in table.values())
//!     for row in rows:
//!         yield row / value
//! ```
//!
//! ```python input
//! list(shares(list(range(n)), {str(i): i for i in range(n)}))
//! ```
//!
//! A comprehension that is different each time, through its own text or through what the loop changes:
//!
//! ```python fine
//! def by_owner(files, users, groups):
//!     found = [[user for user in users if user.id == file.owner] for file in files]
//!     for file in files:
//!         groups[file.owner].append(file)
//!         if 3 in [len(group) for group in groups.values()]:
//!             return found
//!     for file in files:
//!         users.append(file)
//!         print(len([user for user in users if user]))
//! ```
//!
//! A new list for every row:
//!
//! ```python fine
//! def table(names, columns):
//!     rows = [[0 for column in columns] for name in names]
//!     for name in names:
//!         row = [None for column in columns]
//!         row[0] = name
//!         rows.append(row)
//!     while rows:
//!         groups = [[] for column in columns]
//!         for row in rows.pop():
//!             groups[0].append(row)
//!         print(len(groups))
//!     return rows
//! ```
//!
//! What it calls may give something else each time, is made for a message, or goes over a few items:
//!
//! ```python fine
//! def poll(tasks, workers):
//!     while any(task.poll() for task in tasks):
//!         print([worker.next() for worker in workers])
//!     for task in tasks:
//!         if task in ["a" + suffix for suffix in ("x", "y")]:
//!             continue
//!         if not task:
//!             raise ValueError([worker.name for worker in workers])
//! ```

use hotlint_core::ast::{AnyNodeRef, ExprRef};
use hotlint_core::lint::{AnyFor, Cost, Cx, Finding, Fix, Rule};
use hotlint_core::python::{FEW, Loop, Use};
use hotlint_core::text_size::Ranged;

pub struct InvariantInComprehension;

impl Rule for InvariantInComprehension {
    type On = AnyFor;
    const COST: Cost = Cost::Growth("O(n·m)", "O(n+m)");

    fn check<'a>(clause: Loop<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let Loop::Clause {
            comprehension,
            clause,
        } = clause
        else {
            return None;
        };
        if !cx.tree.is_looped(comprehension) {
            return None;
        }
        let expr = comprehension.as_expr_ref()?;
        let clauses = hotlint_core::python::comprehension_generators(comprehension);
        if clauses.first()?.range() != clause.range()
            || cx
                .trip_count(Loop::Clause {
                    comprehension,
                    clause,
                })
                .is_some_and(|n| n < FEW)
        {
            return None;
        }
        let innermost = cx.in_loop(comprehension)?;
        if !cx.is_left_alone(expr, innermost) {
            return None;
        }
        let value = cx.largest_left_alone(expr, innermost);
        let node = AnyNodeRef::from(value);
        // A part of another comprehension that is itself the same each time: that one is reported.
        let inner = cx
            .tree
            .ancestors(comprehension)
            .take_while(|outer| node.range().contains_range(outer.range()))
            .any(|outer| !hotlint_core::python::comprehension_generators(outer).is_empty());
        let whole_generator = matches!(value, ExprRef::Generator(_));
        let iterated = matches!(cx.usage(node), Use::Iterated(_));
        if inner
            || whole_generator
            || iterated
            || cx.is_for_message(comprehension)
            || !cx.is_unconditional_in(node, innermost.node())
            || !cx.is_only_read(value)
            || cx.waits_in(innermost)
        {
            return None;
        }
        let outermost = *cx.loops_leaving_alone(value).last()?;
        let finding = Finding::new(
            value,
            format!("`{}` is the same in every iteration", cx.text(value)),
        )
        .label(format!("goes over all of `{}`", cx.text(&clause.iter)))
        .because(innermost.header(), "evaluated again by this loop")
        .sized(
            cx.size(&clause.iter)
                .or(|| cx.rounds(&cx.loops_leaving_alone(value))),
            cx.text(&clause.iter),
        )
        .help("evaluate it once, before the loop");
        Some(finding.fix(fix(value, outermost, cx)))
    }
}

fn fix<'a>(value: ExprRef<'a>, around: Loop<'a>, cx: &Cx<'a>) -> Option<Fix> {
    let caveat = "nothing that the loop calls may change what it reads, and it is evaluated also when the loop runs no time at all";
    // A list would still be scanned for each member.
    if let (ExprRef::ListComp(_), Use::Haystack(_)) = (value, cx.usage(AnyNodeRef::from(value))) {
        let text = cx.text(value);
        let inside = text.strip_prefix('[')?.strip_suffix(']')?;
        let set = format!("{{{inside}}}");
        let caveat = "the items must be hashable, and nothing that the loop calls may change them";
        return cx.hoist_as(value, Some(&set), around, "known", caveat);
    }
    cx.hoist(value, around, "value", caveat)
}
