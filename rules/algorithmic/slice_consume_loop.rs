//! # What is left is copied for each piece that is taken
//!
//! `data = data[n:]` copies all that is left, in every iteration: a loop that takes a string, bytes or a list apart this way is O(n²). An
//! index that moves on, an iterator, or a `memoryview` of bytes copies nothing: 6 to 10 times faster for 10,000 characters or 1,000 pieces
//! of 64 bytes, 42 to 116 times for larger ones, on Python 3.8 to 3.15. Below some 10 kB there is little to gain.
//!
//! ```python bad
//! def packets(data: bytes):
//!     found = []
//!     while data:
//!         found.append(data[:4])
//!         data = data[4:]
//!     return found
//! ```
//!
//! ```python good
//! def packets(data: bytes):
//!     return [data[at:at + 4] for at in range(0, len(data), 4)]
//! ```
//!
//! ```python input
//! packets(b"abcd" * n)
//! ```
//!
//! ```python bad
//! def total(items: list[int]):
//!     found = 0
//!     while len(items) > 0:
//!         found += items[0] * len(items)
//!         items = items[1:]
//!     return found
//! ```
//!
//! ```python good
//! def total(items: list[int]):
//!     found = 0
//!     for at, item in enumerate(items):
//!         found += item * (len(items) - at)
//!     return found
//! ```
//!
//! ```python input
//! total(list(range(n)))
//! ```
//!
//! ```python bad
//! def fields(line: bytes, sizes):
//!     for size in sizes:
//!         yield line[:size]
//!         line = line[size:]
//! ```
//!
//! ```python good
//! def fields(line: bytes, sizes):
//!     at = 0
//!     for size in sizes:
//!         yield line[at:at + size]
//!         at += size
//! ```
//!
//! ```python input
//! len(list(fields(b"ab" * n, [2] * n)))
//! ```
//!
//! What is cut off the front as long as it is of some kind, and prefixes:
//!
//! ```python fine
//! def stripped(text: str, lines: list[str]):
//!     while text.startswith("../"):
//!         text = text[3:]
//!     while lines and not lines[0]:
//!         lines = lines[1:]
//!     while True:
//!         if text[:1] == "#":
//!             text = text[1:]
//!         else:
//!             return text, lines
//! ```
//!
//! A buffer that is filled up in the same loop, and what is new in each iteration:
//!
//! ```python fine
//! def frames(stream, rows: list[bytes]):
//!     buffer = b""
//!     for chunk in stream:
//!         buffer += chunk
//!         while len(buffer) >= 4:
//!             yield buffer[:4]
//!             buffer = buffer[4:]
//!     for row in rows:
//!         row = row[1:]
//!         yield row
//! ```
//!
//! Batches of items, and each of the rests:
//!
//! ```python fine
//! def saved(rows: list[str], store, *pairs):
//!     rest = list(rows)
//!     while rest:
//!         store(rest[:100])
//!         rest = rest[100:]
//!     tails = []
//!     while rows:
//!         tails.append((len(rows), rows))
//!         rows = rows[1:]
//!     while pairs:
//!         store(pairs[0])
//!         pairs = pairs[2:]
//!     return tails
//! ```
//!
//! The arguments of a program, the last items, a `memoryview`, and arrays:
//!
//! ```python fine
//! def run(args: list[str], data: bytes, array, marks: list[int]):
//!     while args:
//!         if args[0] == "--output":
//!             args = args[1:]
//!         args = args[1:]
//!     view = memoryview(data)
//!     while view:
//!         view = view[4:]
//!         array = array[1:]
//!     for mark in range(1000):
//!         marks.append(mark)
//!         marks = marks[-10:]
//!     return array
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprSlice, Number, StmtAssign};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::{Binding, FEW, Loop, Type, Use};
use hotlint_core::text_size::Ranged;

pub struct SliceConsumeLoop;

impl Rule for SliceConsumeLoop {
    type On = InLoop<StmtAssign>;
    const COST: Cost = Cost::Growth("O(n²)", "O(n)");

    fn check<'a>(stmt: &'a StmtAssign, cx: &Cx<'a>) -> Option<Finding> {
        let (place, start) = cut(stmt, cx)?;
        let kind = match cx.ty(place) {
            Type::Bytes => "step through it with an index, or slice a `memoryview`",
            Type::Bytearray => "`del` of a slice at the front of a `bytearray` copies nothing",
            Type::Str => {
                "step through it with an index, as in `str.find(..., start)` or `pattern.match(text, start)`"
            }
            Type::List(_) | Type::Tuple(_) => {
                "step through it with an index or an iterator, or let it be a `collections.deque`"
            }
            _ => return None,
        };
        // Batches of items are for somebody who takes longer with them.
        let batches = matches!(cx.ty(place), Type::List(_) | Type::Tuple(_)) && !is_small(start);
        let around = outermost(stmt, place, cx)?;
        if batches
            || is_handed_on(stmt, place, around, cx)
            || is_trim(stmt, place, around, cx)
            || cx.reads_options(around)
        {
            return None;
        }
        let name = cx.text(place);
        Some(
            Finding::new(
                stmt,
                format!("all that is left of `{name}` is copied in every iteration"),
            )
            .label(format!("copies everything from `{}` on", cx.text(start)))
            .because(around.header(), "in every iteration")
            .sized(cx.size(place).or(|| cx.rounds(&[around])), name)
            .help(kind),
        )
    }
}

/// The place and the start of `place = place[start:]`.
fn cut<'a>(stmt: &'a StmtAssign, cx: &Cx<'a>) -> Option<(&'a Expr, &'a Expr)> {
    let ([place @ Expr::Name(_)], Expr::Subscript(item)) = (stmt.targets.as_slice(), &*stmt.value)
    else {
        return None;
    };
    let Expr::Slice(ExprSlice {
        lower: Some(lower),
        upper: None,
        step: None,
        ..
    }) = &*item.slice
    else {
        return None;
    };
    // `xs[-n:]` keeps the last ones, `xs[0:]` all.
    let moves = match &**lower {
        Expr::UnaryOp(_) => false,
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(int) => int.as_u64().is_some_and(|int| int > 0),
            _ => false,
        },
        _ => true,
    };
    (moves && cx.same_place(place, &item.value)).then_some((place, lower))
}

fn is_small(start: &Expr) -> bool {
    match start {
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(int) => int.as_u64().is_some_and(|int| int < FEW),
            _ => false,
        },
        _ => false,
    }
}

/// Whether each of the rests is wanted, or the whole is no longer than somebody's arguments.
fn is_handed_on<'a>(stmt: &'a StmtAssign, place: &'a Expr, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let Some(symbol) = place.as_name_expr().and_then(|name| cx.symbol(name)) else {
        return true;
    };
    let arguments = cx.bindings(symbol).any(|bound| match bound {
        Binding::Parameter(parameter) => match cx.tree.parent(parameter) {
            Some(AnyNodeRef::Parameters(all)) => all
                .vararg
                .as_deref()
                .is_some_and(|vararg| vararg.range() == parameter.range()),
            _ => false,
        },
        _ => false,
    });
    arguments
        || cx
            .reads(symbol)
            .filter(|read| around.repeats(*read) && !stmt.range().contains_range(read.range()))
            .any(|read| matches!(cx.usage(read), Use::Stored | Use::Yielded))
}

/// The outermost loop that does nothing to the variable but cut it.
fn outermost<'a>(stmt: &'a StmtAssign, place: &'a Expr, cx: &Cx<'a>) -> Option<Loop<'a>> {
    let symbol = cx.symbol(place.as_name_expr()?)?;
    let only_cuts = |around: &Loop<'a>| {
        !symbol.shared
            && cx
                .binding_nodes(symbol)
                .filter(|node| around.repeats(*node))
                .all(|node| match cx.tree.parent(node) {
                    Some(AnyNodeRef::StmtAssign(stmt)) => cut(stmt, cx).is_some(),
                    _ => false,
                })
    };
    let loops = cx.loops(stmt);
    // A loop outside that fills it again keeps it short.
    loops
        .iter()
        .all(only_cuts)
        .then(|| loops.first().copied())?
}

/// Whether the variable is cut only as long as its front is of some kind: a few times, as a rule.
fn is_trim<'a>(stmt: &'a StmtAssign, place: &'a Expr, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let looks_at_front = |test: &'a Expr| {
        cx.tree.descendants(test).any(|node| match node {
            AnyNodeRef::ExprSubscript(item) => cx.same_place(&item.value, place),
            AnyNodeRef::ExprCall(call) => match &*call.func {
                Expr::Attribute(method) => {
                    method.attr.as_str() == "startswith" && cx.same_place(&method.value, place)
                }
                _ => false,
            },
            _ => false,
        })
    };
    let tested = match around {
        Loop::While(stmt) => looks_at_front(&stmt.test),
        _ => false,
    };
    let mut inside = cx.ancestors_within(stmt, around);
    tested
        || inside.any(|outer| match outer {
            AnyNodeRef::StmtIf(branch) => looks_at_front(&branch.test),
            _ => false,
        })
}
