//! # A loop that only adds up
//!
//! `for x in xs: total += x` sends each number through the interpreter. `sum(xs)` adds them up in one call: 2-6 times faster on CPython 3.8 to
//! 3.15 at 1,000 numbers. With anything to compute for each item, `sum` and a generator are as slow as the loop, which is not reported then.
//!
//! ```python bad
//! def total(prices: list[int]):
//!     whole = 0
//!     for price in prices:
//!         whole += price
//!     return whole
//! ```
//!
//! ```python good
//! def total(prices: list[int]):
//!     whole = sum(prices)
//!     return whole
//! ```
//!
//! ```python input
//! total([i % 100 for i in range(n)])
//! ```
//!
//! ```python bad
//! def balance(opening: int, bookings: dict[str, int]):
//!     closing = opening * 100
//!     for booking in bookings.values():
//!         closing = closing + booking
//!     return closing
//! ```
//!
//! ```python good
//! def balance(opening: int, bookings: dict[str, int]):
//!     closing = opening * 100
//!     closing += sum(bookings.values())
//!     return closing
//! ```
//!
//! ```python input
//! balance(7, {str(i): i for i in range(n)})
//! ```
//!
//! Floats are added up more exactly by `sum` since Python 3.12, so the last digits may differ:
//!
//! ```python bad
//! def distance(steps):
//!     whole = 0.0
//!     for step in steps:
//!         whole += step
//!     return whole
//! ```
//!
//! ```python good
//! def distance(steps):
//!     whole = sum(steps, 0.0)
//!     return whole
//! ```
//!
//! ```python input
//! distance([i * 0.5 for i in range(n)])
//! ```
//!
//! Something to compute, to choose or to look at for each item, and variables that are of use afterwards:
//!
//! ```python fine
//! def measures(rows, limit):
//!     area = above = running = last = 0
//!     sums = []
//!     for row in rows:
//!         area += row * row
//!     for row in rows:
//!         if row > limit:
//!             above += row
//!     for row in rows:
//!         running += row
//!         sums.append(running)
//!     for row in rows:
//!         last += row
//!     return area, above, sums, last, row
//! ```
//!
//! `sum` takes no strings, is quadratic for lists, and what is added to may be anything:
//!
//! ```python fine
//! def together(words: list[str], lists: list[list[int]], parts, whole):
//!     text = ""
//!     for word in words:
//!         text += word
//!     joined = []
//!     for one in lists:
//!         joined += one
//!     for part in parts:
//!         whole += part
//!     return text, joined, whole
//! ```
//!
//! What came before an error is of use, a handful of numbers, and an asynchronous source:
//!
//! ```python fine
//! async def received(source, feed):
//!     size = 0
//!     try:
//!         for chunk in source:
//!             size += chunk
//!     except ConnectionError:
//!         print(size)
//!     few = 0
//!     for number in (1, 2, 3):
//!         few += number
//!     late = 0
//!     async for number in feed:
//!         late += number
//!     return few, late
//! ```
//!
//! What is computed on the way takes the time, not the sum:
//!
//! ```python fine
//! def squares(numbers):
//!     for number in numbers:
//!         yield number * number
//!
//!
//! def area(numbers):
//!     whole = 0
//!     for square in squares(numbers):
//!         whole += square
//!     return whole
//! ```
//!
//! The fix is safe for whole numbers in a container of a builtin type.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprName, Number, Stmt, StmtFor};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Binding, Loop, Shape, Symbol, Type, siblings};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct ManualSum;

impl Rule for ManualSum {
    type On = StmtFor;
    const COST: Cost = Cost::Factor("number by number instead of all at once: 2 to 6 times slower");

    fn check<'a>(stmt: &'a StmtFor, cx: &Cx<'a>) -> Option<Finding> {
        let (Expr::Name(item), [body], true) = (
            &*stmt.target,
            stmt.body.as_slice(),
            stmt.orelse.is_empty() && !stmt.is_async,
        ) else {
            return None;
        };
        if !body.is_aug_assign_stmt() && !body.is_assign_stmt() {
            return None;
        }
        let adding = cx.accumulation(body)?;
        let added = match (adding.shape, adding.value) {
            (Shape::Augmented, value) => value,
            (Shape::Appended, Expr::BinOp(op)) => &*op.right,
            _ => return None,
        };
        let (Expr::Name(total), Expr::Name(added)) = (adding.target, added) else {
            return None;
        };
        if !cx.same_symbol(item, added) || cx.same_symbol(total, added) {
            return None;
        }
        let symbol = cx.symbol(total)?;
        let items = Items::of(stmt, cx);
        if symbol.shared
            || !items.are_numbers(symbol, stmt, cx)
            || cx.leaks_target(Loop::For(stmt))
            || reads(&stmt.iter, total, cx)
            || (items != Items::Certain && is_seen_after_an_error(stmt, symbol, cx))
        {
            return None;
        }
        let name = total.id.as_str();
        let made = made_before(stmt, total, cx);
        let better = better(stmt, made, name, cx);
        let finding = Finding::new(
            Loop::For(stmt).header(),
            format!(
                "this loop adds up `{}` number by number",
                cx.text(&*stmt.iter)
            ),
        )
        .label("one trip through the interpreter for each number");
        let finding = match made {
            Some((made, _)) => finding.because(made, "nothing until then"),
            None => finding,
        };
        let whole = TextRange::new(
            made.map_or(stmt.start(), |(made, _)| made.start()),
            stmt.end(),
        );
        let alone = cx.is_alone_on_its_lines(stmt)
            && made.is_none_or(|(made, _)| cx.is_alone_on_its_lines(made))
            && !cx.has_comment(whole)
            && cx.visible(stmt, "sum").is_none();
        let fix = alone.then(|| {
            let fix = Fix::safe("Replace with `sum`", [Edit::replace(whole, better)]);
            let from_whole = match made {
                Some((_, Expr::NumberLiteral(start))) => matches!(start.value, Number::Int(_)),
                _ => matches!(cx.ty(total), Type::Int),
            };
            let whole_numbers = from_whole
                && matches!(cx.ty(&*stmt.iter).element(), Type::Int | Type::Bool);
            if items == Items::Certain && whole_numbers {
                fix
            } else {
                fix.unsafe_because("floats are added up more exactly since Python 3.12, and `sum` takes no strings")
            }
        });
        Some(
            finding
                .help("add up all of them in one call of `sum`")
                .fix(fix),
        )
    }
}

/// What is known of what a loop adds up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Items {
    /// Numbers in a container: nothing on the way can fail.
    Certain,
    Numbers,
    Unknown,
    Other,
}

impl Items {
    fn of<'a>(stmt: &'a StmtFor, cx: &Cx<'a>) -> Self {
        let ty = cx.ty(&*stmt.iter);
        match ty.element() {
            // A generator takes its time for each number either way.
            _ if matches!(ty, Type::Iterator(_)) => Items::Other,
            element if is_number(&element) && ty.is_builtin_container() => Items::Certain,
            element if is_number(&element) => Items::Numbers,
            // An array or a class of the project's own may add up in ways of its own.
            Type::Unknown if !matches!(ty, Type::Instance(_) | Type::Local(_)) => Items::Unknown,
            _ => Items::Other,
        }
    }

    /// Whether numbers are added up: they are, or the variable starts with one and gets nothing else.
    fn are_numbers<'a>(self, total: &Symbol<'a>, adding: &'a StmtFor, cx: &Cx<'a>) -> bool {
        match self {
            Items::Certain | Items::Numbers if is_number(&cx.symbol_type(total)) => true,
            Items::Certain | Items::Numbers | Items::Unknown => {
                cx.bindings(total).all(|binding| match binding {
                    Binding::Assign(stmt) => {
                        stmt.value.is_number_literal_expr()
                            || adding.range().contains_range(stmt.range())
                    }
                    Binding::Annotated(stmt) => {
                        (stmt.value.as_ref()).is_none_or(|value| value.is_number_literal_expr())
                    }
                    Binding::Augmented(_) => true,
                    _ => false,
                })
            }
            Items::Other => false,
        }
    }
}

fn is_number(ty: &Type<'_>) -> bool {
    match ty {
        Type::Int | Type::Float | Type::Bool | Type::Complex => true,
        Type::Union(parts) => parts.iter().all(is_number),
        _ => false,
    }
}

fn reads<'a>(expr: &'a Expr, name: &'a ExprName, cx: &Cx<'a>) -> bool {
    cx.tree.descendants(expr).any(|node| match node {
        AnyNodeRef::ExprName(other) => cx.same_symbol(other, name),
        AnyNodeRef::ExprYield(_) | AnyNodeRef::ExprYieldFrom(_) => true,
        _ => false,
    })
}

/// Whether the sum so far is of use where the items stop coming.
fn is_seen_after_an_error<'a>(stmt: &'a StmtFor, total: &Symbol<'a>, cx: &Cx<'a>) -> bool {
    let seen = |body: &'a [Stmt]| {
        let (Some(first), Some(last)) = (body.first(), body.last()) else {
            return false;
        };
        let range = TextRange::new(first.start(), last.end());
        range.contains_range(stmt.range()) && cx.is_seen_outside(total, range)
    };
    cx.tree
        .ancestors(stmt)
        .take_while(|outer| !outer.is_stmt_function_def())
        .any(|outer| match outer {
            AnyNodeRef::StmtTry(attempt) => seen(&attempt.body) || seen(&attempt.orelse),
            AnyNodeRef::StmtWith(with) => seen(&with.body),
            _ => false,
        })
}

/// The statement right before the loop, where it starts the sum with a number, and that number.
fn made_before<'a>(
    stmt: &'a StmtFor,
    total: &'a ExprName,
    cx: &Cx<'a>,
) -> Option<(&'a Stmt, &'a Expr)> {
    let siblings = siblings(&cx.tree, stmt.into());
    let at = siblings
        .iter()
        .position(|other| other.start() == stmt.start())?;
    let before = siblings.get(at.checked_sub(1)?)?;
    let (target, value) = match before {
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [target] => (target, &*assign.value),
            _ => return None,
        },
        Stmt::AnnAssign(assign) => (&*assign.target, assign.value.as_deref()?),
        _ => return None,
    };
    let same = target
        .as_name_expr()
        .is_some_and(|target| cx.same_symbol(target, total));
    (same && value.is_number_literal_expr()).then_some((before, value))
}

fn better<'a>(
    stmt: &'a StmtFor,
    made: Option<(&'a Stmt, &'a Expr)>,
    name: &str,
    cx: &Cx<'a>,
) -> String {
    let items = match &*stmt.iter {
        Expr::Tuple(tuple) if !tuple.parenthesized => format!("({})", cx.text(tuple)),
        iter => cx.text(iter).to_string(),
    };
    let Some((made, start)) = made else {
        return format!("{name} += sum({items})");
    };
    let head = cx.text(TextRange::new(
        made.start(),
        cx.parenthesized(start).start(),
    ));
    let zero = matches!(start, Expr::NumberLiteral(number)
        if matches!(&number.value, Number::Int(int) if int.as_u64() == Some(0)));
    if zero {
        format!("{head}sum({items})")
    } else {
        format!("{head}sum({items}, {})", cx.text(start))
    }
}
