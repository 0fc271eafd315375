//! # File opened again for each line that is added
//!
//! Opening and closing a file for every line asks the system three times, and writes each line by itself. A file that is open keeps
//! the lines in a buffer and writes 8 KB at once: ten times faster and more for short lines.
//!
//! ```python bad
//! def save(path, names):
//!     for name in names:
//!         with open(path, "a") as file:
//!             file.write(name + "\n")
//! ```
//!
//! ```python good
//! def save(path, names):
//!     with open(path, "a") as file:
//!         for name in names:
//!             file.write(name + "\n")
//! ```
//!
//! ```python input
//! import os, tempfile
//! folder = tempfile.mkdtemp()
//! path = os.path.join(folder, "names.txt")
//! names = [str(i) for i in range(n)]
//! save(path, names)
//! ```
//!
//! Each file once, a log that is written now and then, lines that others wait for, and many lines for each opening:
//!
//! ```python fine
//! import os
//! import time
//!
//!
//! def save(path, names, queue):
//!     for name in names:
//!         with open(name, "a") as file:
//!             file.write(name)
//!     for name in names:
//!         time.sleep(1)
//!         with open(path, "a") as file:
//!             file.write(name)
//!     for name in names:
//!         with open(path, "a") as file:
//!             file.write(name)
//!             os.fsync(file.fileno())
//!     while True:
//!         with open(path, "a") as file:
//!             file.write(queue.get())
//!
//!
//! def train(epochs, batches, step, path):
//!     for epoch in epochs:
//!         loss = 0
//!         for batch in batches:
//!             loss += step(batch)
//!         with open(path, "a") as file:
//!             file.write(f"{epoch}: {loss}")
//!
//!
//! def join(groups, path):
//!     for group in groups:
//!         with open(path, "a") as file:
//!             for line in group:
//!                 file.write(line)
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::{Blocks, Does, Effects};
use hotlint_core::text_size::Ranged;

pub struct OpenAppendInLoop;

impl Rule for OpenAppendInLoop {
    type On = InLoop<ExprCall>;
    const CALLEES: &'static [&'static str] = &["builtins.open", "io.open", "pathlib.Path.open"];
    const COST: Cost = Cost::Factor("opened and closed once, not n times");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        // The path, and the mode.
        let is_method = matches!(&*call.func, Expr::Attribute(method)
            if cx.name(&*method.value).is_none_or(|name| name != "io"));
        let mode = call
            .arguments
            .find_argument_value("mode", usize::from(!is_method))?;
        if !mode
            .as_string_literal_expr()?
            .value
            .to_str()
            .starts_with('a')
        {
            return None;
        }
        let path = match &*call.func {
            Expr::Attribute(method) if is_method => &*method.value,
            _ => call.arguments.find_argument_value("file", 0)?,
        };
        let around = cx.in_loop(call)?;
        let is_with = cx
            .tree
            .ancestors(call)
            .take(2)
            .any(|outer| outer.is_stmt_with() || outer.is_with_item());
        if around.iter().is_none() || !is_with || cx.names_bound_in(path, around) {
            return None;
        }
        // Who waits between lines, or for the disk, means it: the line is to be there.
        let waits = Effects::BLOCKS;
        let deliberate = cx.tree.descendants(around.node()).any(|node| match node {
            AnyNodeRef::ExprAwait(_) | AnyNodeRef::ExprYield(_) => true,
            AnyNodeRef::ExprCall(other) if other != call => cx.knows(other).is_some_and(|entry| {
                let of_files = entry.blocks(Blocks::File) && entry.last() != "fsync";
                entry.effects.any_of(waits) && !of_files || entry.does(Does::RoundTrip)
            }),
            _ => false,
        }) || cx.calls_in(around, "flush");
        if deliberate {
            return None;
        }
        // Each opening serves many lines, or an iteration has more to do than to write one.
        let is_loop = |node: AnyNodeRef<'a>| {
            (node.is_stmt_for() || node.is_stmt_while()) && node.range() != around.range()
        };
        if cx.tree.descendants(around.node()).any(is_loop) {
            return None;
        }
        let message = format!(
            "`{}` is opened and closed in every iteration",
            cx.text(path)
        );
        Some(
            Finding::new(call, message)
                .label("for one piece of text each")
                .because(around.header(), "for each item of this loop")
                .sized(
                    cx.rounds(&[around]),
                    around.iter().map_or("", |iter| cx.text(iter)),
                )
                .help("open the file once, around the loop"),
        )
    }
}
