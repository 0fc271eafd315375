//! # An import in a loop
//!
//! An import of a module that is there already still looks it up, and binds the name, in each iteration: 0.3 to 1 µs on Python 3.8 to
//! 3.15, 1.5 to 9 times a short loop. Before the loop it is done once.
//!
//! ```python bad
//! def sizes(paths):
//!     for path in paths:
//!         from os.path import splitext
//!
//!         yield splitext(path)[1]
//! ```
//!
//! ```python good
//! def sizes(paths):
//!     from os.path import splitext
//!     for path in paths:
//!         yield splitext(path)[1]
//! ```
//!
//! ```python input
//! sizes(["a.py", "b"] * n)
//! ```
//!
//! An import that only some iterations need, or that may fail, or whose name differs:
//!
//! ```python fine
//! import importlib
//!
//!
//! def load(names):
//!     for name in names:
//!         if name == "yaml":
//!             import yaml
//!
//!             yield yaml
//!         try:
//!             import tomllib
//!         except ImportError:
//!             continue
//!         yield tomllib, importlib.import_module(name)
//!     for _ in range(3):
//!         import json
//! ```
//!
//! The fix is unsafe: without an iteration the module would not have been loaded.

use hotlint_core::ast::AnyNodeRef;
use hotlint_core::lint::{AnyImport, Cost, Cx, Edit, Finding, Fix, InLoop, Rule};
use hotlint_core::python::siblings;
use hotlint_core::text_size::{Ranged, TextRange};

pub struct ImportInLoop;

impl Rule for ImportInLoop {
    type On = InLoop<AnyImport>;
    const COST: Cost = Cost::Constant("0.3 to 1 µs an iteration");

    fn check<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let around = cx.in_loop(node)?;
        // Behind a test, or where it may fail, it stands for a reason.
        let in_body = cx.tree.parent(node)?.range() == around.range();
        if !in_body || cx.waits_in(around) {
            return None;
        }
        let finding = Finding::new(node, "the import is looked up again in every iteration")
            .label("once is enough")
            .because(around.header(), "in every iteration of this loop")
            .help("move it before the loop, or to the top of the file");
        Some(finding.fix(fix(node, around.node(), cx)))
    }
}

fn fix<'a>(import: AnyNodeRef<'a>, around: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<Fix> {
    let others = siblings(&cx.tree, import);
    let next = others.iter().find(|other| other.start() > import.start())?;
    if !cx.is_alone_on_its_lines(import) || cx.text(import).contains('\n') {
        return None;
    }
    // An empty line behind it goes as well.
    let lines = cx.lines_of(import);
    let until = cx.lines_of(TextRange::empty(next.start())).start();
    let gap = TextRange::new(lines.end(), until);
    let end = if cx.text(gap).trim().is_empty() {
        until
    } else {
        lines.end()
    };
    Some(Fix::unsafe_(
        "Move the import before the loop",
        "the module is loaded even if the loop has nothing to do",
        [
            cx.line_before_loop(around, cx.text(import))?,
            Edit::delete(TextRange::new(lines.start(), end)),
        ],
    ))
}
