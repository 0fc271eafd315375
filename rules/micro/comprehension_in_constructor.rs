//! # A container made from a comprehension of another kind
//!
//! `set(f(x) for x in xs)` resumes a generator for each item, and `dict([(k, v) for ...])` makes a list of pairs first. A comprehension of
//! the right kind does neither. On CPython 3.8 to 3.15 with 1000 items: `dict` 1.7-2.7 times faster, `set` 1.1-1.7, `list` 1.3-1.6.
//!
//! ```python bad
//! def index(rows: list[str]):
//!     return dict((row[:1], len(row)) for row in rows), dict([(row, row * 2) for row in rows if row])
//! ```
//!
//! ```python good
//! def index(rows: list[str]):
//!     return {row[:1]: len(row) for row in rows}, {row: row * 2 for row in rows if row}
//! ```
//!
//! ```python input
//! index(["ab" * (i % 7) for i in range(n)])
//! ```
//!
//! ```python bad
//! def lengths(rows: list[str]):
//!     return set(len(row) for row in rows), list(len(row) for row in rows), set([len(row) for row in rows])
//! ```
//!
//! ```python good
//! def lengths(rows: list[str]):
//!     return {len(row) for row in rows}, [len(row) for row in rows], {len(row) for row in rows}
//! ```
//!
//! ```python input
//! lengths(["a" * (i % 7) for i in range(n)])
//! ```
//!
//! More arguments, elements that are no pairs, what takes the items as they come, and a tuple:
//!
//! ```python fine
//! def others(rows, pairs):
//!     more = dict(((a, 1) for a in rows), c=1)
//!     given = dict(pair for pair in pairs)
//!     total = sum(len(row) for row in rows)
//!     frozen = tuple([len(row) for row in rows])
//!     return more, given, total, frozen
//! ```
//!
//! An asynchronous generator is no iterable:
//!
//! ```python fine
//! async def gather(source):
//!     return list([item + 1 async for item in source])
//! ```
//!
//! The fix is safe, unless an element may raise `StopIteration`, which a generator turns into a `RuntimeError`.

use hotlint_core::ast::{AnyNodeRef, Comprehension, Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, Fix, Rule};
use hotlint_core::python::FEW;
use hotlint_core::text_size::{Ranged, TextRange, TextSize};

pub struct ComprehensionInConstructor;

impl Rule for ComprehensionInConstructor {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &["builtins.list", "builtins.set", "builtins.dict"];
    const COST: Cost = Cost::Constant("a generator or a list in between: 1.1-2.7 times slower");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let [made] = &*call.arguments.args else {
            return None;
        };
        let (element, clauses, inside) = match made {
            Expr::ListComp(comp) => (&*comp.elt, &comp.generators, within_brackets(comp)),
            Expr::Generator(comp) if comp.parenthesized => {
                (&*comp.elt, &comp.generators, within_brackets(comp))
            }
            Expr::Generator(comp) => (&*comp.elt, &comp.generators, comp.range()),
            _ => return None,
        };
        let is_async = clauses.iter().any(|clause| clause.is_async);
        let few = || cx.known_length(made).is_some_and(|n| n < FEW);
        if is_async || is_identity(element, clauses) || !call.arguments.keywords.is_empty() || few()
        {
            return None;
        }
        let name = cx.name(&*call.func)?;
        let (constructor, kind) = match name.as_str() {
            "builtins.list" => ("list", "list"),
            "builtins.set" => ("set", "set"),
            _ => ("dict", "dict"),
        };
        let text = cx.text(inside);
        let better = match (constructor, element) {
            // A list of a list costs a copy and no more.
            ("list", _) if made.is_generator_expr() => format!("[{text}]"),
            ("set", _) => format!("{{{text}}}"),
            ("dict", Expr::Tuple(pair)) => {
                let [key, value] = pair.elts.as_slice() else {
                    return None;
                };
                if key.is_starred_expr() || value.is_starred_expr() {
                    return None;
                }
                let part = |part: &'a Expr| cx.text(cx.parenthesized(part));
                let whole = cx.parenthesized(element);
                let rest = cx.text(TextRange::new(whole.end(), inside.end()));
                format!("{{{}: {}{rest}}}", part(key), part(value))
            }
            _ => return None,
        };
        let what = if made.is_generator_expr() {
            "generator"
        } else {
            "list"
        };
        // One value for all keys has something better still.
        let constant = matches!(element, Expr::Tuple(pair) if kind == "dict" && pair.elts.last().is_some_and(Expr::is_literal_expr));
        let fits = !constant && !cx.has_comment(call) && cx.moves_into_comprehension(made, || true);
        let fix = fits.then(|| {
            let title = format!("Replace with a {kind} comprehension");
            let fix = Fix::safe(title, [cx.replace_word(call, &better)]);
            if made.is_generator_expr() && may_stop(made, cx) {
                fix.unsafe_because(
                    "a `StopIteration` from an element is no longer a `RuntimeError`",
                )
            } else {
                fix
            }
        });
        Some(
            Finding::new(
                call,
                format!(
                    "`{constructor}(...)` of a {what}, where a {kind} comprehension needs none"
                ),
            )
            .label(format!("a {what} in between"))
            .help(format!("write a {kind} comprehension"))
            .fix(fix),
        )
    }
}

fn within_brackets(comp: impl Ranged) -> TextRange {
    let one = TextSize::from(1);
    TextRange::new(comp.start() + one, comp.end() - one)
}

/// A copy, for which there is something better.
fn is_identity(element: &Expr, clauses: &[Comprehension]) -> bool {
    match (element, clauses) {
        (Expr::Name(element), [clause]) => {
            clause.ifs.is_empty()
                && clause
                    .target
                    .as_name_expr()
                    .is_some_and(|target| target.id == element.id)
        }
        _ => false,
    }
}

/// Whether an element asks an iterator for its next item.
fn may_stop<'a>(made: &'a Expr, cx: &Cx<'a>) -> bool {
    cx.tree.descendants(made).any(|node| match node {
        AnyNodeRef::ExprCall(call) => cx.is(&*call.func, "builtins.next"),
        _ => false,
    })
}
