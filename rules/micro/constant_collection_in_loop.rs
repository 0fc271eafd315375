//! # The same constants put into a new collection in every iteration
//!
//! A list, set or dictionary of constants that stands in a loop is made anew each time round, also if nobody ever changes it. Made
//! once, before the loop, the loop is 1.5 to 3 times faster on Python 3.8 to 3.13 for a handful of items, and the gain grows with their
//! number.
//!
//! ```python bad
//! def names(codes: list[int]):
//!     found = []
//!     for code in codes:
//!         table = {0: "zero", 1: "one", 2: "two", 3: "three", 4: "four"}
//!         found.append(table[code % 5] + "!")
//!         found.append("")
//!     return found
//! ```
//!
//! ```python good
//! def names(codes: list[int]):
//!     found = []
//!     table = {0: "zero", 1: "one", 2: "two", 3: "three", 4: "four"}
//!     for code in codes:
//!         found.append(table[code % 5] + "!")
//!         found.append("")
//!     return found
//! ```
//!
//! ```python input
//! names(list(range(n)))
//! ```
//!
//! ```python bad
//! def words(codes: list[int]):
//!     return [["zero", "one", "two", "three", "four"][code % 5] for code in codes]
//! ```
//!
//! ```python good
//! def words(codes: list[int]):
//!     constants = ["zero", "one", "two", "three", "four"]
//!     return [constants[code % 5] for code in codes]
//! ```
//!
//! ```python input
//! words(list(range(n)))
//! ```
//!
//! What Python makes once anyway: tuples, and what `in` and `for` look at:
//!
//! ```python fine
//! def kinds(codes):
//!     for code in codes:
//!         if code in [1, 2, 3] or code in {4, 5, 6}:
//!             print(code)
//!         for name in ["a", "b", "c"]:
//!             print(name, (1, 2, 3)[0])
//! ```
//!
//! A new list for each iteration to keep or to change:
//!
//! ```python fine
//! def rows(codes, add):
//!     found = []
//!     for code in codes:
//!         row = [0, 0, 0, 0]
//!         row[1] = code
//!         found.append(row)
//!         found.append([1, 2, 3, 4])
//!         add([1, 2, 3, 4])
//!         deep = {"a": [], "b": [], "c": []}
//!         deep["a"].append(code)
//!     return found
//! ```
//!
//! Now and then, what is not constant, and what is smaller than a look at a variable is worth:
//!
//! ```python fine
//! def rare(codes, x):
//!     for code in codes:
//!         if code == 7:
//!             print({"a": 1, "b": 2, "c": 3}[x])
//!         print([code, 1, 2, 3][x], [1][x])
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprRef, NodeKind};
use hotlint_core::lint::{Cost, Cx, Finding, Query, Rule};
use hotlint_core::python::Use;

pub struct ConstantCollectionInLoop;

impl Rule for ConstantCollectionInLoop {
    type On = Display;
    const COST: Cost = Cost::Constant("1.5 to 3 times slower than a variable, for five items");

    fn check<'a>(display: ExprRef<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let node = AnyNodeRef::from(display);
        let around = cx.in_loop(node)?;
        if matches!(
            cx.usage(node),
            // Made once by the compiler.
            Use::Haystack(_) | Use::Iterated(_) | Use::Discarded
        ) || !cx.is_only_read(display)
            || !cx.is_unconditional_in(node, around.node())
            || cx.is_for_message(node)
        {
            return None;
        }
        let outermost = *cx.loops_leaving_alone(display).last()?;
        let finding = Finding::new(
            node,
            "the same constants are put into a new collection in every iteration",
        )
        .label("never changed")
        .because(around.header(), "made again by this loop")
        .help("make it once, before the loop or at module level");
        let caveat = "a module or class gets one more name";
        Some(finding.fix(cx.hoist(display, outermost, "constants", caveat)))
    }
}

/// Lists, sets and dictionaries of three constants or more in a loop.
pub struct Display;

impl Query for Display {
    type Node<'a> = ExprRef<'a>;
    const KINDS: &'static [NodeKind] = &[NodeKind::ExprList, NodeKind::ExprSet, NodeKind::ExprDict];

    fn get<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<ExprRef<'a>> {
        if !cx.tree.is_looped(node) {
            return None;
        }
        let constant = match node {
            AnyNodeRef::ExprList(list) => list.ctx.is_load() && are_constants(list.elts.iter()),
            AnyNodeRef::ExprSet(set) => are_constants(set.elts.iter()),
            AnyNodeRef::ExprDict(dict) => {
                dict.items
                    .iter()
                    .all(|item| item.key.as_ref().is_some_and(is_constant))
                    && are_constants(dict.items.iter().map(|item| &item.value))
            }
            _ => false,
        };
        constant.then(|| node.as_expr_ref()).flatten()
    }
}

fn are_constants<'a>(items: impl ExactSizeIterator<Item = &'a Expr>) -> bool {
    let mut items = items;
    items.len() >= 3 && items.all(is_constant)
}

fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::UnaryOp(unary) => unary.operand.is_number_literal_expr(),
        Expr::Tuple(tuple) => tuple.elts.iter().all(is_constant),
        other => other.is_literal_expr(),
    }
}
