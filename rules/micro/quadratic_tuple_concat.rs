//! # Tuples that are copied each time they grow
//!
//! Tuples cannot grow: `found += (x,)` makes a new tuple and copies all that is there, which is O(n²) for the loop. A list grows in place,
//! and `tuple(...)` after the loop copies once: 3 to 8 times faster for 100 items, about 190 times for 4,000, on Python 3.8 to 3.15. For a
//! handful of items, which is what most tuples hold, there is nothing to gain: so the rule runs only when asked for.
//!
//! ```python bad
//! def words(lines):
//!     found = ()
//!     for line in lines:
//!         word = line.strip()
//!         if word.isalpha():
//!             found += (word,)
//!     return found
//! ```
//!
//! ```python good
//! def words(lines):
//!     found = []
//!     for line in lines:
//!         word = line.strip()
//!         if word.isalpha():
//!             found.append(word)
//!     found = tuple(found)
//!     return found
//! ```
//!
//! ```python input
//! words(["abc " for i in range(n)])
//! ```
//!
//! ```python bad
//! def flat(rows: list[tuple[int, ...]]):
//!     cells = (0,)
//!     for row in rows:
//!         cells = cells + row
//!         cells = (*cells, 0, 0)
//!     return cells
//! ```
//!
//! ```python good
//! def flat(rows: list[tuple[int, ...]]):
//!     cells = [0]
//!     for row in rows:
//!         cells += row
//!         cells += [0, 0]
//!     cells = tuple(cells)
//!     return cells
//! ```
//!
//! ```python input
//! flat([(i,) for i in range(n)])
//! ```
//!
//! An attribute is best stored once:
//!
//! ```python bad
//! class Query:
//!     def __init__(self):
//!         self.parts = ()
//!
//!     def add(self, parts):
//!         for part in parts:
//!             part = part.strip()
//!             self.parts += (part,)
//! ```
//!
//! ```python good
//! class Query:
//!     def __init__(self):
//!         self.parts = ()
//!
//!     def add(self, parts):
//!         self.parts += tuple([part.strip() for part in parts])
//! ```
//!
//! ```python input
//! query = Query()
//! query.add(["a ", "b"] * n) or query.parts
//! ```
//!
//! Each of the tuples is wanted:
//!
//! ```python fine
//! def paths(words, seen: set):
//!     path = ()
//!     for word in words:
//!         path += (word,)
//!         seen.add(path)
//!     key = ()
//!     for word in words:
//!         key = key + (word,)
//!         yield key
//! ```
//!
//! A tuple that is new in each iteration, a few rounds, and what may be anything:
//!
//! ```python fine
//! def rows(lines, start):
//!     for line in lines:
//!         row = (line,)
//!         row += (len(line),)
//!         start += (line,)
//!         yield row
//!     for name in ("a", "b"):
//!         row += (name,)
//!     yield row
//! ```
//!
//! Padding to a length, and an index with one entry for each dimension of an array:
//!
//! ```python fine
//! def block(array, shape: tuple[int, ...], width):
//!     while len(shape) < array.ndim:
//!         shape += (1,)
//!     index = ()
//!     for axis in range(array.ndim):
//!         index += (slice(axis, width),)
//!     bounds = ()
//!     for size in array.shape:
//!         size = min(size, width)
//!         bounds += (slice(size),)
//!     return array[index], array[bounds]
//! ```
//!
//! The fix is safe for a local variable that starts with a tuple of its own and is looked at when the loop is over.

use hotlint_core::ast::{AnyNodeRef, Expr};
use hotlint_core::lint::{Accumulating, Added, Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Accumulation, Binding, Use};
use hotlint_core::text_size::Ranged;

pub struct QuadraticTupleConcat;

impl Rule for QuadraticTupleConcat {
    type On = Accumulating;
    // Tuples that grow in real code hold a handful of items: the layers of a network, the dimensions of an array, a few options.
    const COST: Cost = Cost::Constant("O(n²) -> O(n), which shows from about 100 items on");

    fn check<'a>(found: Accumulation<'a>, cx: &Cx<'a>) -> Option<Finding> {
        if !cx.ty(found.target).is_tuple()
            || cx.stays_short(&found)
            || cx.starts_anew(&found)
            || cx.is_wanted_whole(&found)
            || is_index(&found, cx)
            || cx.grew_before(&found, |_| true)
        {
            return None;
        }
        let name = cx.text(found.target);
        let finding = Finding::new(
            found.stmt,
            format!("all of `{name}` is copied each time something is added to it"),
        )
        .label("tuples cannot grow: this makes a new one")
        .because(found.around.header(), "in every iteration")
        .help(format!(
            "collect the items in a list, and make it a tuple once, after the loop: `{name} = tuple(...)`"
        ));
        Some(finding.fix(fix(&found, cx)))
    }
}

/// Whether the tuple is what an array is indexed with, or its shape: as long as the array has dimensions.
fn is_index<'a>(found: &Accumulation<'a>, cx: &Cx<'a>) -> bool {
    let Some(symbol) = found.target.as_name_expr().and_then(|name| cx.symbol(name)) else {
        return false;
    };
    let slices = cx.tree.descendants(found.value).any(|node| match node {
        AnyNodeRef::ExprCall(call) => cx.is(&*call.func, "builtins.slice"),
        _ => false,
    });
    slices
        || cx.reads(symbol).any(|read| match cx.tree.parent(read) {
            Some(AnyNodeRef::ExprSubscript(item)) => item.slice.range() == read.range(),
            _ => false,
        })
}

/// Makes a local variable a list until the loop is over.
fn fix<'a>(found: &Accumulation<'a>, cx: &Cx<'a>) -> Option<Fix> {
    let built = cx.build_up(found.target, found.stmt)?;
    let name = built.symbol.name;
    let Binding::Assign(start) = built.start else {
        // An annotation would have to change as well.
        return None;
    };
    let free = ["tuple", "list"]
        .iter()
        .all(|word| cx.visible(found.stmt, word).is_none());
    if !free || cx.may_be_seen_half_way(built) || cx.has_comment(&*start.value) {
        return None;
    }
    let made = match &*start.value {
        Expr::Tuple(tuple) => match tuple.elts.as_slice() {
            [] => "[]".to_string(),
            [first, .., last] => {
                let range = cx.parenthesized(first).cover(cx.parenthesized(last));
                format!("[{}]", cx.text(range))
            }
            [only] => format!("[{}]", cx.text(cx.parenthesized(only))),
        },
        Expr::Call(call) if cx.is(&*call.func, "builtins.tuple") => {
            let inside = call.arguments.inner_range();
            match &*call.arguments.args {
                [] => "[]".to_string(),
                _ => format!("list({})", cx.text(inside)),
            }
        }
        _ => return None,
    };
    let mut edits = vec![Edit::replace(cx.parenthesized(&*start.value), made)];
    let mut certain = true;
    for read in cx.reads(built.symbol) {
        if read.start() >= built.whole.end() {
            continue;
        }
        let grown = cx
            .tree
            .statement(read)
            .and_then(|stmt| cx.accumulation(stmt))
            .filter(|grown| cx.same_place(grown.target, found.target));
        let Some(grown) = grown else {
            // `len` and `if` do the same with a list.
            match cx.usage(read) {
                Use::Truth => continue,
                Use::Argument(call) if cx.is(&*call.func, "builtins.len") => continue,
                _ => return None,
            }
        };
        let (text, sure) = grows(&grown, name, cx)?;
        // `t += (t,)`: the list would hold itself.
        let own_reads = cx
            .reads(built.symbol)
            .filter(|other| grown.stmt.range().contains_range(other.range()));
        if own_reads.count() != 1 || cx.only_appends(&grown, &text) {
            return None;
        }
        certain &= sure;
        edits.push(Edit::replace(grown.stmt, text));
    }
    edits.push(cx.line_after(built.whole, &format!("{name} = tuple({name})"))?);
    let fix = Fix::safe(
        format!("Make `{name}` a list until the loop is over"),
        edits,
    );
    Some(if certain {
        fix
    } else {
        fix.unsafe_because(
            "`+=` on a list takes what a tuple refuses: anything that can be iterated over",
        )
    })
}

/// The statement that makes a list longer by what `found` adds to a tuple, and whether it certainly takes nothing else.
fn grows<'a>(found: &Accumulation<'a>, name: &str, cx: &Cx<'a>) -> Option<(String, bool)> {
    let append = |item: &'a Expr| {
        let text = cx.text(cx.parenthesized(item));
        (format!("{name}.append({text})"), true)
    };
    Some(match cx.added(found)? {
        Added::Operands(parts, text) => {
            let tuples = parts.iter().all(|part| cx.ty(*part).is_tuple());
            match parts.as_slice() {
                [Expr::Tuple(tuple)] => match tuple.elts.as_slice() {
                    [only] if !only.is_starred_expr() => append(only),
                    _ => (format!("{name} += {text}"), true),
                },
                _ => (format!("{name} += {text}"), tuples),
            }
        }
        Added::Items(items, text) => match items {
            [only] if !only.is_starred_expr() => append(only),
            _ => (format!("{name} += [{text}]"), true),
        },
        Added::Pairs(..) | Added::Arguments(..) => return None,
    })
}
