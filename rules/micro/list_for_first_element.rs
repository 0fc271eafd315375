//! # A list made for its first element
//!
//! `list(items)[0]` copies all items for the sake of one, and `[x for x in xs if x.ok][0]` goes on testing after the first hit.
//! `next(iter(items))` and `next(x for x in xs if x.ok)` stop there. Opt-in, as most collections that are asked like that hold a handful
//! of items.
//!
//! ```python bad
//! def some_key(table: dict[str, int]):
//!     return list(table)[0]
//! ```
//!
//! ```python good
//! def some_key(table: dict[str, int]):
//!     return next(iter(table))
//! ```
//!
//! ```python input
//! some_key({str(i): i for i in range(n + 1)})
//! ```
//!
//! ```python bad
//! def first_large(numbers: list[int], limit: int):
//!     return [number for number in numbers if number > limit][0]
//! ```
//!
//! ```python good
//! def first_large(numbers: list[int], limit: int):
//!     return next(number for number in numbers if number > limit)
//! ```
//!
//! ```python input
//! first_large(list(range(n + 2)), 0)
//! ```
//!
//! What is a list already can be asked itself:
//!
//! ```python bad
//! def head(rows: list[str]):
//!     return list(rows)[0]
//! ```
//!
//! ```python good
//! def head(rows: list[str]):
//!     return rows[0]
//! ```
//!
//! ```python input
//! head([str(i) for i in range(n + 1)])
//! ```
//!
//! ```python bad
//! def head(queue):
//!     return list(map(str, queue)).pop(0)
//! ```
//!
//! ```python good
//! def head(queue):
//!     return next(map(str, queue))
//! ```
//!
//! ```python input
//! head(range(n + 1))
//! ```
//!
//! Where nothing is there, `next` raises `StopIteration` instead of `IndexError`. Where that is caught, and in generators, no fix is
//! offered: `next(..., None)` gives `None` instead.
//!
//! ```python bad
//! def find(users, name):
//!     try:
//!         return [user for user in users if user.name == name][0]
//!     except IndexError:
//!         return None
//! ```
//!
//! Other items, a list that is kept, a list that is written to, a few items, and somebody else's `tuple`:
//!
//! ```python fine
//! def pick(xs, i, tuple):
//!     rows = list(xs)
//!     list(xs)[0] = i
//!     return list(xs)[1], list(xs)[i], list(xs)[:1], rows[0], list((1, 2))[0], tuple(xs)[0], sorted(xs)[0]
//! ```
//!
//! The only item there is, and what an exception or a log says:
//!
//! ```python fine
//! def only(xs, log):
//!     if len(xs) == 1:
//!         return list(xs)[0]
//!     log.info("starts with %s", list(xs)[0])
//!     raise ValueError(list(xs)[0], [x for x in xs if x][0])
//! ```
//!
//! A coroutine that is awaited for every item:
//!
//! ```python fine
//! async def answers(xs):
//!     return [await x.get() for x in xs][0]
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, ExprListComp};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, FirstElement, Fix, Rule};
use hotlint_core::python::{FEW, Type, function_around};
use hotlint_core::text_size::Ranged;

pub struct ListForFirstElement;

impl Rule for ListForFirstElement {
    type On = FirstElement;
    const COST: Cost = Cost::Constant("O(n) -> O(1), 1.5 times faster or more at 100 items");

    fn check<'a>((whole, list): (AnyNodeRef<'a>, &'a Expr), cx: &Cx<'a>) -> Option<Finding> {
        let items = match list {
            Expr::Call(call) => copied(call, cx)?,
            Expr::List(display) => match display.elts.as_slice() {
                [Expr::Starred(starred)] => &starred.value,
                _ => return None,
            },
            Expr::ListComp(comp) if !waits(comp, cx) => list,
            _ => return None,
        };
        if cx.known_length(list).is_some_and(|n| n < FEW)
            || cx.is_for_message(whole)
            || cx.is_the_only_item(whole, items)
        {
            return None;
        }
        let finding = match items {
            Expr::ListComp(comp) => {
                let searched = cx.text(&comp.generators.first()?.iter);
                let message = format!("goes through all of `{searched}` for the first item");
                Finding::new(whole, message)
            }
            _ => Finding::new(
                whole,
                format!("all of `{}` is copied for its first item", cx.text(items)),
            ),
        };
        let finding = finding
            .label("one item of a new list")
            .help("write `next(...)`, with a default where there may be none");
        Some(finding.fix(fix(whole, items, cx)))
    }
}

fn waits<'a>(comp: &'a ExprListComp, cx: &Cx<'a>) -> bool {
    comp.generators.iter().any(|clause| clause.is_async)
        || cx
            .tree
            .descendants(comp)
            .any(|node| matches!(node, AnyNodeRef::ExprAwait(_) | AnyNodeRef::ExprNamed(_)))
}

fn copied<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<&'a Expr> {
    let [items] = &*call.arguments.args else {
        return None;
    };
    let copies = call.arguments.keywords.is_empty()
        && !items.is_starred_expr()
        && (cx.is(&*call.func, "builtins.list") || cx.is(&*call.func, "builtins.tuple"));
    copies.then_some(items)
}

fn fix<'a>(whole: AnyNodeRef<'a>, items: &'a Expr, cx: &Cx<'a>) -> Option<Fix> {
    if cx.has_comment(whole) {
        return None;
    }
    let text = cx.text(items);
    let replaced = |text: String| vec![Edit::replace(whole.range(), text)];
    let ty = cx.ty(items);
    let indexed = !items.is_list_comp_expr()
        && matches!(ty, Type::List(_) | Type::Tuple(_) | Type::Str | Type::Range);
    if indexed && items.is_name_expr() {
        let title = format!("Ask `{text}` itself");
        return Some(Fix::safe(title, replaced(format!("{text}[0]"))));
    }
    let caught = cx.catches(whole, &["IndexError", "LookupError", "Exception"])
        || function_around(&cx.tree, whole).is_some_and(|def| cx.is_generator(def));
    let taken = |name| cx.visible(whole, name).is_some();
    if caught || taken("next") || taken("iter") {
        return None;
    }
    let is_iterator = matches!(ty, Type::Iterator(_));
    let bare = matches!(items, Expr::Generator(generator) if !generator.parenthesized);
    let text = if items.is_list_comp_expr() {
        let inside = text.strip_prefix('[')?.strip_suffix(']')?;
        format!("next({})", inside.trim())
    } else if bare || is_iterator {
        format!("next({text})")
    } else {
        format!("next(iter({text}))")
    };
    Some(Fix::unsafe_(
        "Take the first item with `next`",
        "raises `StopIteration` instead of `IndexError` if there is none, and leaves the other items alone",
        replaced(text),
    ))
}
