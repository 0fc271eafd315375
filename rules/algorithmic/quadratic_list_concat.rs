//! # Lists that are copied each time they grow
//!
//! `items = items + [x]` makes a new list, copies all that is there, and throws the old list away: O(n²) for the loop. `items.append(x)`
//! and `items += more` grow the list in place: 3 to 9 times faster for 100 items, 45 to 258 times for 4,000, on Python 3.8 to 3.15.
//! `[*items, x]` copies just as well.
//!
//! ```python bad
//! def words(lines):
//!     found = []
//!     for line in lines:
//!         word = line.strip()
//!         if word.isalpha():
//!             found = found + [word]
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
//!     return found
//! ```
//!
//! ```python input
//! words(["abc " for i in range(n)])
//! ```
//!
//! ```python bad
//! def flat(rows: list[list[int]]):
//!     cells = [0]
//!     for row in rows:
//!         cells = cells + row + [0]
//!     return cells
//! ```
//!
//! ```python good
//! def flat(rows: list[list[int]]):
//!     cells = [0]
//!     for row in rows:
//!         cells += row + [0]
//!     return cells
//! ```
//!
//! ```python input
//! flat([[i] for i in range(n)])
//! ```
//!
//! ```python bad
//! def doubled(numbers: list[int]):
//!     out = []
//!     for number in numbers:
//!         number *= 2
//!         out = [*out, number, number]
//!     return out
//! ```
//!
//! ```python good
//! def doubled(numbers: list[int]):
//!     out = []
//!     for number in numbers:
//!         number *= 2
//!         out += [number, number]
//!     return out
//! ```
//!
//! ```python input
//! doubled(list(range(n)))
//! ```
//!
//! In front, it is one more turn:
//!
//! ```python bad
//! def unwound(steps):
//!     undo: list[str] = []
//!     for step in steps:
//!         name = str(step)
//!         undo = ["un" + name] + undo
//!     return undo
//! ```
//!
//! ```python good
//! def unwound(steps):
//!     undo: list[str] = []
//!     for step in steps:
//!         name = str(step)
//!         undo.append("un" + name)
//!     undo.reverse()
//!     return undo
//! ```
//!
//! ```python input
//! unwound(range(n))
//! ```
//!
//! `+=` on a list grows it in place, and each of the lists may be wanted:
//!
//! ```python fine
//! def prefixes(words: list[str]):
//!     found = []
//!     seen = []
//!     for word in words:
//!         seen += [word]
//!         found = found + [word]
//!         yield found
//! ```
//!
//! ```python fine
//! def steps(words: list[str], keep):
//!     path = []
//!     paths = []
//!     for word in words:
//!         path = path + [word]
//!         paths.append(path)
//!     tail: list[str] = []
//!     for word in words:
//!         tail = tail + [word]
//!         keep(tail)
//!     return paths
//! ```
//!
//! A list that is new in each iteration, a few rounds, numbers and arrays:
//!
//! ```python fine
//! def lines(rows, total, start):
//!     for row in rows:
//!         line = ["|"]
//!         line = line + list(row)
//!         total = total + row
//!         start = start + [row]
//!         yield line
//!     names = []
//!     for name in ("a", "b"):
//!         names = names + [name]
//!     yield names
//! ```
//!
//! A stack from which the loop takes as well, and options of a command line:
//!
//! ```python fine
//! def flat(tree: list, opts):
//!     todo = [tree]
//!     while todo:
//!         item = todo.pop(0)
//!         if isinstance(item, list):
//!             todo = item + todo
//!     folders = []
//!     for option, value in opts:
//!         if option == "-p":
//!             folders = folders + value.split(":")
//!     return folders
//! ```
//!
//! Padding that ends after a few items, and the way up a tree:
//!
//! ```python fine
//! def padded(row: list[int], node):
//!     while len(row) % 4:
//!         row = row + [0]
//!     way = []
//!     while node is not None:
//!         way = [node] + way
//!         node = node.parent
//!     return row, way
//! ```
//!
//! The fix is safe for a local variable that starts with a list of its own, and that nothing else refers to while it grows. The list of
//! somebody else must not grow, so no fix is offered for parameters and second names.

use hotlint_core::ast::Expr;
use hotlint_core::lint::{Accumulating, Added, Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Accumulation, Shape};

pub struct QuadraticListConcat;

impl Rule for QuadraticListConcat {
    type On = Accumulating;
    const COST: Cost = Cost::Growth("O(n²)", "O(n)");

    fn check<'a>(found: Accumulation<'a>, cx: &Cx<'a>) -> Option<Finding> {
        // `items += more` grows in place.
        if found.shape == Shape::Augmented
            || !cx.ty(found.target).is_list()
            || cx.stays_short(&found)
            || cx.starts_anew(&found)
            || cx.is_wanted_whole(&found)
            || cx.shrinks_in(found.target, found.around)
            || cx.reads_options(found.around)
            || cx.grew_before(&found, |other| other.shape != Shape::Augmented)
        {
            return None;
        }
        let name = cx.text(found.target);
        let help = if found.shape == Shape::Prepended {
            format!(
                "append to `{name}` and `reverse()` it after the loop, or use `collections.deque.appendleft`"
            )
        } else {
            format!("grow `{name}` in place, with `append` or `+=`")
        };
        let finding = Finding::new(
            found.stmt,
            format!("all of `{name}` is copied each time something is added to it"),
        )
        .label(format!("makes a new list: O(len({name}))"))
        .because(found.around.header(), "in every iteration")
        .sized(cx.rounds_of(found.target, found.stmt), name)
        .help(help);
        Some(finding.fix(fix(&found, cx)))
    }
}

fn fix<'a>(found: &Accumulation<'a>, cx: &Cx<'a>) -> Option<Fix> {
    let name = cx.text(found.target);
    let (text, certain) = match cx.added(found)? {
        Added::Operands(parts, text) => {
            let lists = parts.iter().all(|part| cx.ty(*part).is_list());
            match parts.as_slice() {
                [Expr::List(list)] => match list.elts.as_slice() {
                    [only] if !only.is_starred_expr() => (appended(name, only, cx), true),
                    _ => (format!("{name} += {text}"), lists),
                },
                _ => (format!("{name} += {text}"), lists),
            }
        }
        Added::Items(items, text) => match items {
            [only] if !only.is_starred_expr() => (appended(name, only, cx), true),
            [Expr::Starred(all)] => {
                let whole = cx.ty(&*all.value).is_builtin_container();
                let value = cx.text(cx.parenthesized(&*all.value));
                (format!("{name}.extend({value})"), whole)
            }
            _ => (format!("{name} += [{text}]"), true),
        },
        Added::Pairs(..) | Added::Arguments(..) => return None,
    };
    if cx.only_appends(found, &text) {
        return None;
    }
    let title = format!("Grow `{name}` in place");
    let fix = Fix::safe(title, [Edit::replace(found.stmt, text)]);
    let fix = match found.target {
        Expr::Name(_) => {
            let built = cx.build_up(found.target, found.stmt)?;
            if cx.is_held_elsewhere(built) {
                return None;
            }
            fix
        }
        _ => fix.unsafe_because(format!("whoever holds the list of `{name}` sees it grow")),
    };
    Some(if certain {
        fix
    } else {
        fix.unsafe_because("`+=` takes what `+` refuses: anything that can be iterated over")
    })
}

fn appended<'a>(name: &str, item: &'a Expr, cx: &Cx<'a>) -> String {
    format!("{name}.append({})", cx.text(cx.parenthesized(item)))
}
