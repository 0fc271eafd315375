//! # The environment asked in every iteration
//!
//! `os.environ.get` encodes the name, looks it up and decodes the value, all in Python code, 10 to 60 times the cost of reading a
//! variable on Python 3.8 to 3.15. `os.getcwd` and `os.cpu_count` ask the operating system. What nobody changes can be asked once. It is
//! about a microsecond each time, which only long loops feel.
//!
//! ```python bad
//! import os
//!
//!
//! def paths(names):
//!     return [os.environ.get("ROOT", "/") + name for name in names]
//! ```
//!
//! ```python good
//! import os
//!
//!
//! def paths(names):
//!     root = os.environ.get("ROOT", "/")
//!     return [root + name for name in names]
//! ```
//!
//! ```python input
//! paths(["a", "b"] * n)
//! ```
//!
//! Another variable each time, one that the loop sets, or a loop that waits for it to change:
//!
//! ```python fine
//! import os
//! import time
//!
//!
//! def read(names):
//!     values = [os.environ.get(name) for name in names]
//!     for value in values:
//!         os.environ["LAST"] = value
//!         print(os.environ.get("LAST"))
//!     for name in names:
//!         os.chdir(name)
//!         print(os.getcwd())
//!     for name in names:
//!         if name.startswith("~"):
//!             print(os.getcwd())
//!     while os.getenv("READY") is None:
//!         time.sleep(1)
//!     return os.environ.get("HOME")
//! ```
//!
//! The fix is unsafe: other code that the loop runs may change the environment.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::{Loop, is_for_an_error};

pub struct EnvironInLoop;

impl Rule for EnvironInLoop {
    type On = InLoop<ExprCall>;
    const CALLEES: &'static [&'static str] = &[
        "os.cpu_count",
        "os.environ.get",
        "os.getcwd",
        "os.getenv",
        "os.path.expanduser",
        "pathlib.Path.cwd",
        "pathlib.Path.home",
    ];
    const COST: Cost = Cost::Constant("10 to 60 times a local variable");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let around = cx.in_loop(call)?;
        let constant = |arg: &'a Expr| arg.is_literal_expr() || cx.is_invariant(arg, around);
        let arguments = &call.arguments;
        if !arguments.args.iter().all(constant)
            || !arguments
                .keywords
                .iter()
                .all(|keyword| constant(&keyword.value))
            || matches!(around, Loop::While(_))
            || is_for_an_error(&cx.tree, call)
            || cx.waits_in(around)
            || !cx.is_always_reached(call, around)
            || sets_environment(around, cx)
        {
            return None;
        }
        let function = cx.text(&*call.func);
        let key = arguments
            .args
            .first()
            .and_then(Expr::as_string_literal_expr);
        let name = key.map_or("value".to_string(), |key| {
            let word = key.value.to_str().to_ascii_lowercase();
            let named = word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if named { word } else { "value".to_string() }
        });
        let name = match function.rsplit('.').next() {
            Some("getcwd" | "cwd") => "cwd",
            Some("home" | "expanduser") => "home",
            Some("cpu_count") => "cpus",
            _ => &name,
        };
        let hoisted = cx.hoist(
            call,
            around,
            name,
            "other code that the loop runs may change the environment",
        );
        Some(
            Finding::new(
                call,
                format!("`{function}` gives the same in every iteration"),
            )
            .label("looked up, encoded and decoded again")
            .because(around.header(), "in every iteration of this loop")
            .help("ask once, before the loop")
            .fix(hoisted),
        )
    }
}

/// Whether the loop writes to the environment, or goes to another folder.
fn sets_environment<'a>(around: Loop<'a>, cx: &Cx<'a>) -> bool {
    cx.tree.descendants(around.node()).any(|node| match node {
        AnyNodeRef::ExprSubscript(item) => !item.ctx.is_load() && cx.is(&*item.value, "os.environ"),
        AnyNodeRef::ExprCall(call) => cx.name(&*call.func).is_some_and(|name| {
            matches!(
                name.as_str(),
                "os.chdir" | "os.fchdir" | "os.putenv" | "os.unsetenv" | "contextlib.chdir"
            ) || name.starts_with("os.environ.") && name != "os.environ.get"
        }),
        _ => false,
    })
}
