//! # `bytes` made longer in a loop
//!
//! `bytes` cannot grow. `data += chunk` makes new `bytes`, copies all that is there, and throws the old ones away: O(n²) for whatever
//! target, local variables included. A `bytearray` grows in place, and `b"".join(chunks)` copies once: 6 to 8 times faster after 5,000
//! chunks, 27 to 38 times after 20,000, on every Python from 3.8 to 3.15 and on PyPy.
//!
//! ```python bad
//! def receive(sock):
//!     data = b""
//!     while True:
//!         chunk = sock.recv(4096)
//!         if not chunk:
//!             return data
//!         data += chunk
//! ```
//!
//! ```python good
//! def receive(sock):
//!     data = bytearray()
//!     while True:
//!         chunk = sock.recv(4096)
//!         if not chunk:
//!             return bytes(data)
//!         data += chunk
//! ```
//!
//! ```python input
//! class Socket:
//!     def __init__(self, n): self.left = n
//!     def recv(self, size): self.left -= 1; return b"ab" * 40 if self.left >= 0 else b""
//! receive(Socket(n))
//! ```
//!
//! ```python bad
//! def pack(rows):
//!     packed = b"rows:"
//!     for row in rows:
//!         packed = packed + row.to_bytes(4, "big")
//!     return packed
//! ```
//!
//! ```python good
//! def pack(rows):
//!     packed = bytearray(b"rows:")
//!     for row in rows:
//!         packed += row.to_bytes(4, "big")
//!     return bytes(packed)
//! ```
//!
//! ```python input
//! pack(list(range(n)))
//! ```
//!
//! An attribute is read by others, so here it is up to the author:
//!
//! ```python bad
//! class Reader:
//!     def __init__(self, stream):
//!         self.stream = stream
//!         self.body = b""
//!
//!     def read(self):
//!         for chunk in self.stream:
//!             self.body += chunk
//! ```
//!
//! ```python good
//! class Reader:
//!     def __init__(self, stream):
//!         self.stream = stream
//!         self.body = b""
//!
//!     def read(self):
//!         self.body += b"".join(self.stream)
//! ```
//!
//! A buffer that is consumed in the same loop stays short:
//!
//! ```python fine
//! def frames(stream):
//!     buffer = b""
//!     for chunk in stream:
//!         buffer += chunk
//!         while len(buffer) >= 4:
//!             yield buffer[:4]
//!             buffer = buffer[4:]
//! ```
//!
//! ```python fine
//! class Connection:
//!     def __init__(self):
//!         self.pending = b""
//!
//!     def feed(self, chunks):
//!         for chunk in chunks:
//!             self.pending += chunk
//!             self.parse()
//!
//!     def parse(self):
//!         head, _, self.pending = self.pending.rpartition(b"\n")
//!         print(head)
//! ```
//!
//! Padding ends after a few bytes, and a header of fixed length after a few chunks:
//!
//! ```python fine
//! def padded(data: bytes, sock):
//!     while len(data) % 16:
//!         data += b"\0"
//!     header = b""
//!     while len(header) < 8:
//!         header += sock.recv(8 - len(header))
//!     return header + data
//! ```
//!
//! A `bytearray` grows in place, and numbers and unknown types are none of this rule's business:
//!
//! ```python fine
//! def total(chunks, start):
//!     data = bytearray()
//!     size = 0
//!     for chunk in chunks:
//!         data += chunk
//!         size += len(chunk)
//!         start += chunk
//!     return data, size, start
//! ```
//!
//! Three rounds, and `bytes` that are new in each round:
//!
//! ```python fine
//! def packets(rows):
//!     magic = b""
//!     for part in (b"a", b"b", b"c"):
//!         magic += part
//!     for row in rows:
//!         packet = b"\x01"
//!         packet += row
//!         yield magic + packet
//! ```
//!
//! The fix is unsafe: inside the loop the variable holds a `bytearray`.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprName, Operator};
use hotlint_core::lint::{Accumulating, Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Accumulation, Binding, Leaves, Loop, Shape, Use, leaves, summands};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct BytesConcatInLoop;

impl Rule for BytesConcatInLoop {
    type On = Accumulating;
    const COST: Cost = Cost::Growth("O(n²)", "O(n)");

    fn check<'a>(found: Accumulation<'a>, cx: &Cx<'a>) -> Option<Finding> {
        if !cx.ty(found.target).is_bytes()
            || stays_short(found, cx)
            || cx.starts_anew(&found)
            || cx.grew_before(&found, |_| true)
        {
            return None;
        }
        let name = cx.text(found.target);
        let finding = Finding::new(
            found.stmt,
            format!("all of `{name}` is copied each time something is added to it"),
        )
        .label("`bytes` cannot grow: this makes new ones")
        .because(found.around.header(), "in every iteration")
        .sized(cx.rounds_of(found.target, found.stmt), name)
        .help(format!("let `{name}` be a `bytearray`, or collect the parts in a list and `b\"\".join` them after the loop"));
        Some(finding.fix(fix(found, cx)))
    }
}

/// Whether the loop runs until a small length is reached.
fn stays_short<'a>(found: Accumulation<'a>, cx: &Cx<'a>) -> bool {
    if ends_at_length(found, cx) {
        return true;
    }
    let Loop::While(stmt) = found.around else {
        return false;
    };
    if cx.is_logarithmic(found.around) {
        return true;
    }
    let constant = |expr: &Expr| expr.is_number_literal_expr();
    cx.tests_length(found.target, found.around)
        && cx
            .tree
            .descendants(stmt.test.as_ref())
            .any(|node| match node {
                AnyNodeRef::ExprBinOp(op) => {
                    op.op == Operator::Mod && cx.reads_length(&op.left, found.target)
                }
                AnyNodeRef::ExprCompare(compare) => compare.comparators.iter().any(constant),
                _ => false,
            })
        || cx.tests_length(found.target, found.around)
            && added(found).iter().any(|part| part.is_bytes_literal_expr())
}

/// Whether the loop is left as soon as there are some bytes: `if len(header) >= 32: break`.
fn ends_at_length<'a>(found: Accumulation<'a>, cx: &Cx<'a>) -> bool {
    cx.tree
        .descendants(found.around.node())
        .any(|node| match node {
            AnyNodeRef::StmtIf(branch) => {
                let number = cx.tree.descendants(&*branch.test).any(|node| {
                    matches!(node, AnyNodeRef::ExprCompare(compare)
                        if compare.comparators.iter().any(Expr::is_number_literal_expr))
                });
                number
                    && matches!(leaves(&branch.body), Some(Leaves::Loop | Leaves::Function))
                    && cx.reads_length(&branch.test, found.target)
            }
            _ => false,
        })
}

/// What is added, without the accumulator itself.
fn added(found: Accumulation<'_>) -> Vec<&Expr> {
    let mut parts = summands(found.value);
    if found.shape != Shape::Augmented {
        parts.remove(0);
    }
    parts
}

/// Makes a local variable a `bytearray` from its only other binding on, and `bytes` again where it is used after the loop.
fn fix<'a>(found: Accumulation<'a>, cx: &Cx<'a>) -> Option<Fix> {
    let Expr::Name(name) = found.target else {
        return None;
    };
    let symbol = cx.symbol(name)?;
    let mut bindings = cx.bindings(symbol);
    let Some(Binding::Assign(start)) = bindings.next() else {
        return None;
    };
    let own = bindings.next()?;
    let accumulates = match own {
        Binding::Augmented(stmt) => stmt.range() == found.stmt.range(),
        Binding::Assign(stmt) => {
            stmt.range() == found.stmt.range() && found.shape == Shape::Appended
        }
        _ => false,
    };
    let free = |name: &str| cx.visible(found.stmt, name).is_none();
    if !accumulates
        || bindings.next().is_some()
        || !cx.is_fast_local(symbol)
        || start.targets.len() != 1
        || found.around.range().contains_range(start.range())
        || !free("bytes")
        || !free("bytearray")
    {
        return None;
    }
    let Expr::BytesLiteral(literal) = &*start.value else {
        return None;
    };
    let made = if literal.value.is_empty() {
        "bytearray()".to_string()
    } else {
        format!("bytearray({})", cx.text(literal))
    };
    let mut edits = vec![Edit::replace(cx.parenthesized(literal), made)];
    if found.shape == Shape::Appended {
        let operator = TextRange::new(name.end(), added(found).first()?.start());
        let parenthesized = cx.parenthesized(found.value) != found.value.range();
        if parenthesized || cx.has_comment(operator) {
            return None;
        }
        let part = added(found);
        let part = cx.parenthesized(*part.first()?);
        edits.push(Edit::replace(
            TextRange::new(name.end(), part.start()),
            " += ",
        ));
    }
    let mut used = 0;
    for read in cx.reads(symbol) {
        if found.stmt.range().contains_range(read.range()) || takes_both(read, cx) {
            continue;
        }
        let ends = matches!(cx.usage(read), Use::Returned);
        if found.around.repeats(read) && !ends || cx.parenthesized(read) != read.range() {
            return None;
        }
        used += 1;
        edits.push(Edit::replace(read, format!("bytes({})", name.id)));
    }
    let caveat = format!(
        "`{}` is a `bytearray` until it is used after the loop",
        name.id
    );
    (used <= 2).then(|| Fix::unsafe_(format!("Make `{}` a `bytearray`", name.id), caveat, edits))
}

/// Whether a read does the same with a `bytearray`.
fn takes_both<'a>(read: &'a ExprName, cx: &Cx<'a>) -> bool {
    match cx.usage(read) {
        Use::Truth => true,
        Use::Argument(call) => cx.is(&*call.func, "builtins.len"),
        _ => false,
    }
}
