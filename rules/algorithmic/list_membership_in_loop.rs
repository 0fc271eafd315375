//! # Membership in a list, asked in a loop
//!
//! `x in items` compares `x` with one item after the other. In a loop this is one scan of the list for each iteration: O(n·m). A set
//! finds an item by its hash, in the same time however many there are. Measured on CPython 3.8 to 3.15, n lookups in a list of n:
//! 102-224 times faster with a set at n = 1000, 1.5-3 times with 100 lookups in a list of 5.
//!
//! A single lookup is faster in the list than in a set made for it, so the rule wants a list that lives longer than one iteration,
//! and is silent on lists that are few by their nature, or written out with fewer than 64 items.
//!
//! ```python bad
//! def count_known(events, known: list):
//!     found = 0
//!     for event in events:
//!         if event in known:
//!             found += 1
//!     return found
//! ```
//!
//! ```python good
//! def count_known(events, known: list):
//!     found = 0
//!     known_set = set(known)
//!     for event in events:
//!         if event in known_set:
//!             found += 1
//!     return found
//! ```
//!
//! ```python input
//! events = [i * 3 % 50 for i in range(n)]
//! count_known(events, list(range(n)))
//! ```
//!
//! A list that serves for nothing else should be a set in the first place:
//!
//! ```python bad
//! def select(rows, lines):
//!     wanted = []
//!     for line in lines:
//!         line = line.strip()
//!         wanted.append(line)
//!     return [row for row in rows if row not in wanted]
//! ```
//!
//! ```python good
//! def select(rows, lines):
//!     wanted = set()
//!     for line in lines:
//!         line = line.strip()
//!         wanted.add(line)
//!     return [row for row in rows if row not in wanted]
//! ```
//!
//! ```python input
//! rows = [str(i) for i in range(n)]
//! select(rows, [" %d " % (i * 2) for i in range(n)])
//! ```
//!
//! A list that grows while it is asked needs a set beside it, or the keys of a dictionary, which keep their order:
//!
//! ```python bad
//! def unique(names):
//!     done = []
//!     for name in names:
//!         if name in done:
//!             continue
//!         done.append(name)
//!     return done
//! ```
//!
//! ```python good
//! def unique(names):
//!     return list(dict.fromkeys(names))
//! ```
//!
//! ```python input
//! unique([i % 5 for i in range(n)])
//! ```
//!
//! So does a list that a generator inside of `extend` is asked about:
//!
//! ```python bad
//! def merge(fields):
//!     errors = []
//!     for field in fields:
//!         errors.extend(error for error in field if error not in errors)
//!     return errors
//! ```
//!
//! ```python good
//! def merge(fields):
//!     errors = {}
//!     for field in fields:
//!         errors.update(dict.fromkeys(field))
//!     return list(errors)
//! ```
//!
//! ```python input
//! merge([[i % 5, i % 3] for i in range(n)])
//! ```
//!
//! A few constants are found as fast as a hash is computed:
//!
//! ```python fine
//! def count(lines):
//!     vowels = ["a", "e"]
//!     vowels.append("i")
//!     return sum(1 for line in lines if line in vowels)
//! ```
//!
//! Strings are searched for substrings, and sets are what they should be, also where another function has a list of that name:
//!
//! ```python fine
//! def words_of(words, text: str):
//!     return [word for word in words if word in text]
//!
//!
//! def collect():
//!     seen = []
//!     seen.append(1)
//!     return seen
//!
//!
//! def first_repeated(items):
//!     seen = set()
//!     for item in items:
//!         if item in seen:
//!             return item
//!         seen.add(item)
//! ```
//!
//! One lookup for each list, a loop of few iterations, and a parameter that may be anything:
//!
//! ```python fine
//! def check(lines, rows, allowed):
//!     for line in lines:
//!         parts = line.split()
//!         if "end" in parts:
//!             return True
//!         for key in ("a", "b"):
//!             if key in parts:
//!                 return True
//!     return [row for row in rows if row in allowed]
//! ```
//!
//! A short list that its own selection replaces, and a question that no item of the loop is part of:
//!
//! ```python fine
//! def present(config, names: list):
//!     wanted = ["heads", "layers"]
//!     wanted = [name for name in dir(config) if name in wanted]
//!     for name in wanted:
//!         if "all" in names:
//!             print(name)
//! ```
//!
//! What is few by its nature (dimensions, keyword arguments, constants, what may be left out), a loop that ends with the search, an
//! iteration that waits for the disk, and a list that an object was given as a setting:
//!
//! ```python fine
//! import os
//! from settings import KINDS
//!
//!
//! class Filter:
//!     def __init__(self, folders: list[str]):
//!         self.folders = folders
//!
//!     def wanted(self, rows):
//!         return [row for row in rows if row in self.folders or row in KINDS]
//!
//!
//! def look(rows, array, known: list, skip: list = (), **options):
//!     axes = [axis for axis in range(array.ndim) if axis > 1]
//!     print([row for i, row in enumerate(rows) if i in axes])
//!     print([name for name in options if name in known], [row for row in rows if row in skip])
//!     for row in rows:
//!         if row not in known:
//!             raise ValueError(row)
//!     for row in rows:
//!         if row in known:
//!             os.remove(row)
//! ```
//!
//! A list whose items are taken out or whose places are asked for, which goes through it all the same:
//!
//! ```python fine
//! class Concept:
//!     def forget(self, gone):
//!         self.others = list(self.all)
//!         for other in gone:
//!             if other in self.others:
//!                 self.others.remove(other)
//!
//!
//! def place(rows, lines):
//!     known = [line.strip() for line in lines]
//!     for row in rows:
//!         if row in known:
//!             print(known.index(row))
//! ```
//!
//! Items that have no hash, as a handler or a comment says:
//!
//! ```python fine
//! def different(items, values):
//!     seen, others = set(), []
//!     for item in items:
//!         try:
//!             seen.add(item)
//!         except TypeError:
//!             if item not in others:
//!                 others.append(item)
//!     return seen, others
//!
//!
//! def first_of_each(values):
//!     seen = []  # values need not be hashable
//!     for value in values:
//!         if value in seen:
//!             continue
//!         seen.append(value)
//!     return seen
//! ```
//!
//! Lists have no hash:
//!
//! ```python fine
//! def missing(pairs, n):
//!     known = [[i, i] for i in range(n)]
//!     return [pair for pair in pairs if pair not in known]
//! ```
//!
//! The fix is unsafe: items and probes must be hashable, with a hash that agrees with their equality.

use hotlint_core::ast::{AnyNodeRef, CmpOp, Expr, ExprCompare, ExprName};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Binding, Repeated, ScopeId, ScopeKind, Use};
use hotlint_core::text_size::Ranged;

pub struct ListMembershipInLoop;

const CAVEAT: &str = "items and probes must be hashable, and equal ones must have equal hashes";

impl Rule for ListMembershipInLoop {
    type On = ExprCompare;
    const COST: Cost = Cost::Growth("O(n·m)", "O(n+m)");

    fn check<'a>(compare: &'a ExprCompare, cx: &Cx<'a>) -> Option<Finding> {
        let ([CmpOp::In | CmpOp::NotIn], [haystack]) = (&*compare.ops, &*compare.comparators)
        else {
            return None;
        };
        if compare.left.is_literal_expr() {
            return None;
        }
        let kind = cx.scanned_kind(haystack)?;
        // What is appended if it is not there yet: a matter of its own, for which there is a rule.
        if let Some(AnyNodeRef::StmtIf(branch)) = cx.tree.parent(compare)
            && cx.kept_once(branch).is_some()
        {
            return None;
        }
        let items = cx.ty(haystack).without_none().element();
        if cx.is_short_at(haystack, compare)
            || cx.is_unhashable(&items)
            || cx.is_unhashable(&cx.ty(&*compare.left))
        {
            return None;
        }
        let repeated = cx.repeated_search(compare, haystack, &compare.left)?;
        if is_used_up(haystack, &repeated, cx) || is_told_already(compare, haystack, &repeated, cx)
        {
            return None;
        }
        let name = cx.text(haystack);
        let probe = cx.text(compare);
        let what = if probe.len() <= 60 && !probe.contains('\n') {
            probe.to_string()
        } else {
            format!("in {name}")
        };
        let mut finding = Finding::new(
            compare,
            format!("`{what}` scans a {kind} in every iteration"),
        )
        .label(format!(
            "compares with one item of `{name}` after the other"
        ))
        .because(repeated.header, "for each iteration of this loop")
        .sized(cx.size_in(haystack, repeated.loops.first()), name);
        if let Some(made) = cx.made_before_node(haystack, repeated.around) {
            finding = finding.because(made, format!("a {kind}, made here"));
        }
        let fix = set_from_the_start(haystack, cx);
        let first = repeated.loops.first();
        let changes = first.and_then(|around| cx.change_in(haystack, *around));
        if let Some(changes) = changes {
            let help = match &fix {
                Some(_) => format!("make `{name}` a set: nothing asks for its order"),
                None => format!(
                    "keep a set beside `{name}` and ask that, or collect the keys of a dictionary"
                ),
            };
            return Some(
                finding
                    .because(changes, "and changed here")
                    .help(help)
                    .fix(fix),
            );
        }
        finding = finding.help(format!("make a set of `{name}` once, before the loop"));
        let fix = fix.or_else(|| set_before(haystack, &repeated, cx));
        Some(finding.fix(fix))
    }
}

/// Whether the loop takes the items out of the list one by one, so that what is left of it is looked at, and a set would forget repeated
/// ones; or asks for their places, which goes through it all the same.
fn is_used_up<'a>(haystack: &'a Expr, repeated: &Repeated<'a>, cx: &Cx<'a>) -> bool {
    let Some(around) = repeated.loops.first() else {
        return false;
    };
    cx.tree.descendants(around.node()).any(|node| match node {
        AnyNodeRef::ExprAttribute(method) => {
            matches!(method.attr.as_str(), "remove" | "pop" | "index")
                && cx.same_place(&method.value, haystack)
                && around.repeats(method)
        }
        _ => false,
    })
}

/// Whether an earlier lookup in the same list, in the same loops, is reported: one set serves both.
fn is_told_already<'a>(
    compare: &'a ExprCompare,
    haystack: &'a Expr,
    repeated: &Repeated<'a>,
    cx: &Cx<'a>,
) -> bool {
    let whole = repeated
        .loops
        .last()
        .map_or(repeated.around, |outer| outer.node());
    cx.tree
        .descendants(whole)
        .take_while(|node| node.start() <= compare.start())
        .any(|node| match node {
            AnyNodeRef::ExprCompare(other) if other.range() != compare.range() => {
                let ([CmpOp::In | CmpOp::NotIn], [same]) = (&*other.ops, &*other.comparators)
                else {
                    return false;
                };
                cx.same_place(same, haystack)
                    && other.end() <= compare.start()
                    && !other.left.is_literal_expr()
                    && cx
                        .repeated_search(other, same, &other.left)
                        .is_some_and(|other| {
                            other.loops.last().map(Ranged::range)
                                == repeated.loops.last().map(Ranged::range)
                        })
            }
            _ => false,
        })
}

/// Makes the variable a set where it is born, if nothing asks for more than a set can do.
fn set_from_the_start<'a>(haystack: &'a Expr, cx: &Cx<'a>) -> Option<Fix> {
    let name = haystack.as_name_expr()?;
    let symbol = cx.symbol(name)?;
    let Binding::Assign(stmt) = cx.only_binding(symbol)? else {
        return None;
    };
    if stmt.targets.len() != 1 || cx.tree.scope(symbol.scope).kind != ScopeKind::Function {
        return None;
    }
    let mut edits = Vec::new();
    let value = stmt.value.range();
    match &*stmt.value {
        Expr::List(list) if list.elts.is_empty() && !cx.has_comment(list) => {
            edits.push(Edit::replace(value, "set()"))
        }
        Expr::List(_) | Expr::ListComp(_) => edits.extend(cx.brackets(value, "{", "}")),
        Expr::Call(call) if cx.is(&*call.func, "builtins.list") => {
            edits.push(Edit::replace(&*call.func, "set"));
        }
        _ => return None,
    }
    for read in cx.reads(symbol) {
        match cx.usage(read) {
            Use::Haystack(_) | Use::Truth => {}
            Use::Method(method, call) if call.arguments.len() == 1 => {
                let adds = match method {
                    "append" => "add",
                    "extend" => "update",
                    _ => return None,
                };
                let attribute = call.func.as_attribute_expr()?;
                edits.push(Edit::replace(&attribute.attr, adds));
            }
            _ => return None,
        }
    }
    let title = format!("Make `{}` a set from the start", name.id);
    Some(Fix::unsafe_(title, CAVEAT, edits))
}

/// Makes a set before the outermost loop in which the list stays as it is, and probes that.
fn set_before<'a>(haystack: &'a Expr, repeated: &Repeated<'a>, cx: &Cx<'a>) -> Option<Fix> {
    let place = cx.steady(repeated, haystack)?;
    let word = match haystack {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return None,
    };
    let set = cx.fresh_name(&format!("{word}_set"));
    let text = cx.text(haystack);
    let mut edits = vec![cx.line_before_loop(place, &format!("{set} = set({text})"))?];
    let around = repeated
        .loops
        .iter()
        .find(|around| cx.tree.id(around.node()) == cx.tree.id(place));
    match (haystack, around) {
        (Expr::Name(name), Some(around)) => {
            let symbol = cx.symbol(name)?;
            let function = cx.tree.scope_of(cx.tree.statement(place)?);
            let probes = cx.reads(symbol).filter(|read| {
                around.repeats(read)
                    && matches!(cx.usage(*read), Use::Haystack(_))
                    && same_function(read, function, cx)
            });
            edits.extend(probes.map(|read| Edit::replace(read, set.clone())));
        }
        _ => edits.push(Edit::replace(haystack, set.clone())),
    }
    let quiet = around.is_some_and(|around| cx.is_invariant(haystack, *around));
    let caveat = if quiet {
        CAVEAT.to_string()
    } else {
        format!("{CAVEAT}; nothing that the loop calls may change `{text}`")
    };
    Some(Fix::unsafe_(
        format!("Make a set of `{text}` before the loop"),
        caveat,
        edits,
    ))
}

/// Whether a read runs in a scope itself or in a comprehension there, not in a function that is called who knows when.
fn same_function<'a>(read: &'a ExprName, function: ScopeId, cx: &Cx<'a>) -> bool {
    let mut scope = cx.tree.scope_of(read);
    while scope != function && cx.tree.scope(scope).kind == ScopeKind::Comprehension {
        scope = cx.tree.scope(scope).parent;
    }
    scope == function
}
