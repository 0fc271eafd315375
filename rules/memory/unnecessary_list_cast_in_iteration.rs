//! # A copy made only to be iterated
//!
//! `for x in list(xs)` copies all items first. That is right where the loop changes `xs`; elsewhere it takes the memory of one more list, and
//! 5-9 % of the time of a loop that does little, on CPython 3.8 to 3.15.
//!
//! ```python bad
//! def mixed(xs: list[int], table: dict[str, int]):
//!     result = 0
//!     for x in list(xs):
//!         result ^= x
//!         result = result * 3 % 1000 + x
//!     return result + sum(abs(mark) for mark in tuple(table.values()))
//! ```
//!
//! ```python good
//! def mixed(xs: list[int], table: dict[str, int]):
//!     result = 0
//!     for x in xs:
//!         result ^= x
//!         result = result * 3 % 1000 + x
//!     return result + sum(abs(mark) for mark in table.values())
//! ```
//!
//! ```python input
//! mixed(list(range(n)), {str(i): i for i in range(n)})
//! ```
//!
//! What cannot change needs no copy, whatever the loop does:
//!
//! ```python bad
//! def run(tasks: tuple[str, ...], execute):
//!     for task in list(tasks):
//!         execute(task)
//! ```
//!
//! ```python good
//! def run(tasks: tuple[str, ...], execute):
//!     for task in tasks:
//!         execute(task)
//! ```
//!
//! The loop changes what it walks over, by name, through another, or in a function that it calls:
//!
//! ```python fine
//! def drain(xs: list, table: dict, hooks: dict, tables: list[dict], run):
//!     for x in list(xs):
//!         while x > 1:
//!             xs.remove(x) if x in xs else xs.extend([3])
//!             x //= 3
//!     for key in list(table.keys()):
//!         if not table[key]:
//!             del table[key]
//!     for hook in list(hooks["all"]):
//!         hooks["all"].pop(hook)
//!     for x in list(xs):
//!         run(x)
//!     for key in list(tables[0]):
//!         for table in tables:
//!             del table[key]
//! ```
//!
//! A copy of what others may change meanwhile, in another thread or when the items are asked for:
//!
//! ```python fine
//! class Hub:
//!     def __init__(self):
//!         self.streams = {}
//!
//!     def all(self):
//!         return [stream for stream in list(self.streams.values())]
//!
//!
//! def both(edges: set):
//!     edges.update((b, a) for a, b in list(edges))
//!     left = {1: 2}
//!
//!     def expand(key):
//!         del left[key]
//!
//!     for key in list(left):
//!         expand(key)
//! ```
//!
//! The names of a module, to which the loop adds its own:
//!
//! ```python fine
//! ONE, TWO = 1, 2
//! NAMES = {}
//! for name, value in list(globals().items()):
//!     NAMES[value] = name
//! ```
//!
//! What may be an iterator, read while something else reads it:
//!
//! ```python fine
//! def pairs(source):
//!     for x in list(source):
//!         print(x, next(source, None))
//! ```
//!
//! The fix is safe: the rule speaks up only where nothing in the loop can change what it walks over.

use hotlint_core::ast::Expr;
use hotlint_core::lint::{AnyFor, Cost, Cx, Finding, Fix, Rule};
use hotlint_core::python::{Loop, Type};

pub struct UnnecessaryListCastInIteration;

impl Rule for UnnecessaryListCastInIteration {
    type On = AnyFor;
    const COST: Cost = Cost::Memory("a copy of all items");

    fn check<'a>(around: Loop<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let call = around.iter()?.as_call_expr()?;
        let [source] = &*call.arguments.args else {
            return None;
        };
        let copies = call.arguments.keywords.is_empty()
            && (cx.is(&*call.func, "builtins.list") || cx.is(&*call.func, "builtins.tuple"));
        if !copies || source.is_starred_expr() || !stays(source, around, cx) {
            return None;
        }
        let name = cx.text(&*call.func);
        let fix = cx.unwrap_call(call, source);
        Some(
            Finding::new(
                call,
                format!("`{name}(...)` copies items that the loop only walks over"),
            )
            .label("copies all items first")
            .help("iterate over the items themselves")
            .fix(fix.map(|edit| Fix::safe("Leave out the copy", [edit]))),
        )
    }
}

/// Whether nothing in the loop can change what it walks over.
fn stays<'a>(source: &'a Expr, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let container = matches!(
        cx.ty(source),
        Type::List(_)
            | Type::Tuple(_)
            | Type::Set(_)
            | Type::FrozenSet(_)
            | Type::Dict(..)
            | Type::DictView(_)
            | Type::Deque(_)
            | Type::Str
            | Type::Bytes
    );
    container && cx.is_steady(source, around)
}
