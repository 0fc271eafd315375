//! # A slice of everything, made only to be iterated
//!
//! `for x in xs[::-1]` makes a list of all items, turned round; `reversed(xs)` walks backwards over the one that is there, in the same time
//! (0.92-1.08 on CPython 3.8 to 3.15) and without the memory. The same goes for `xs[:]`. A slice of a part stays what it is:
//! `itertools.islice` is up to 1.9 times slower.
//!
//! ```python bad
//! def backwards(xs: list[int], text: str):
//!     result = 7
//!     for x in xs[::-1]:
//!         result = result * 3 % 1000 + x
//!     return result, sum(x * x for x in xs[:]), any(ord(c) == 7 for c in text[::-1])
//! ```
//!
//! ```python good
//! def backwards(xs: list[int], text: str):
//!     result = 7
//!     for x in reversed(xs):
//!         result = result * 3 % 1000 + x
//!     return result, sum(x * x for x in xs), any(ord(c) == 7 for c in reversed(text))
//! ```
//!
//! ```python input
//! backwards(list(range(n)), "ab" * n)
//! ```
//!
//! The loop changes the list, by itself or through what it calls:
//!
//! ```python fine
//! def prune(xs: list, run):
//!     for x in xs[:]:
//!         if not x:
//!             xs.remove(x)
//!     for x in xs[::-1]:
//!         run(x)
//! ```
//!
//! A part of the list, every second item, a handful, and what may be an array:
//!
//! ```python fine
//! def parts(xs: list, array):
//!     for x in xs[1:]:
//!         print(x)
//!     for x in xs[::-2]:
//!         print(x)
//!     for x in [1, 2, 3][::-1]:
//!         print(x)
//!     for x in array[::-1]:
//!         print(x)
//! ```
//!
//! The fix is safe: the rule speaks up only where nothing in the loop can change the list.

use hotlint_core::ast::{Expr, UnaryOp};
use hotlint_core::lint::{AnyFor, Cost, Cx, Finding, Fix, Rule};
use hotlint_core::python::{FEW, Loop, Type};

pub struct SliceCopyInIteration;

impl Rule for SliceCopyInIteration {
    type On = AnyFor;
    const COST: Cost = Cost::Memory("a copy of all items");

    fn check<'a>(around: Loop<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let item = around.iter()?.as_subscript_expr()?;
        let slice = item.slice.as_slice_expr()?;
        if slice.lower.is_some() || slice.upper.is_some() {
            return None;
        }
        let backwards = match slice.step.as_deref() {
            None => false,
            Some(Expr::UnaryOp(step)) => {
                let one = step.op == UnaryOp::USub && cx.text(&*step.operand) == "1";
                one.then_some(true)?
            }
            Some(_) => return None,
        };
        let source = &*item.value;
        let stays = match cx.ty(source) {
            Type::List(_) => cx.is_steady(source, around),
            // `[:]` of these is the very same object.
            Type::Tuple(_) | Type::Str | Type::Bytes => backwards,
            _ => false,
        };
        if !stays || cx.known_length(source).is_some_and(|n| n < FEW) {
            return None;
        }
        let text = cx.text(source);
        let (better, title) = if backwards {
            (
                format!("reversed({text})"),
                "Walk backwards with `reversed(...)`",
            )
        } else {
            (
                cx.clause_text(source, cx.indentation(item)),
                "Leave out the copy",
            )
        };
        let shadowed = backwards && cx.visible(item, "reversed").is_some();
        let fix = (!shadowed && !cx.has_comment(item))
            .then(|| Fix::safe(title, [cx.replace_word(item, &better)]));
        Some(
            Finding::new(
                item,
                format!("this slice copies all of `{text}`, and the loop only walks over it"),
            )
            .label("copies all items first")
            .help("iterate over the items themselves")
            .fix(fix),
        )
    }
}
