//! # A profiler that was left in the code
//!
//! A profiler or tracer that runs all the time slows every call: `cProfile` 1.3 to 3 times, `line_profiler` and `memory_profiler` 10 times
//! and more, and `tracemalloc` doubles the cost of memory. `@profile` without an import is a `NameError` unless `kernprof` runs the
//! program.
//!
//! ```python bad
//! from line_profiler import profile
//!
//!
//! @profile
//! def total(rows):
//!     return sum(row.price for row in rows)
//! ```
//!
//! ```python good
//! def total(rows):
//!     return sum(row.price for row in rows)
//! ```
//!
//! ```python bad
//! @profile
//! def total(rows):
//!     return sum(row.price for row in rows)
//! ```
//!
//! ```python bad
//! import tracemalloc
//!
//! tracemalloc.start()
//!
//!
//! def total(rows):
//!     return sum(row.price for row in rows)
//! ```
//!
//! A decorator of the project, a profiler that somebody asked for, and programs and functions that are there to profile:
//!
//! ```python fine
//! import cProfile
//! import os
//! import tracemalloc
//!
//! from shop.users import profile
//!
//! if os.environ.get("TRACE_MEMORY"):
//!     tracemalloc.start()
//!
//!
//! @profile
//! def page(user):
//!     return user
//!
//!
//! def run_with_profiler(function):
//!     profiler = cProfile.Profile()
//!     profiler.enable()
//!     function()
//!     profiler.disable()
//!
//!
//! if __name__ == "__main__":
//!     cProfile.run("page(1)")
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, NodeKind};
use hotlint_core::lint::{Cost, Cx, Finding, Query, Rule};
use hotlint_core::text_size::Ranged;

pub struct ProfilerLeftInCode;

/// Decorators, and calls.
pub struct DecoratorOrCall;

impl Query for DecoratorOrCall {
    type Node<'a> = AnyNodeRef<'a>;
    const KINDS: &'static [NodeKind] = &[NodeKind::Decorator, NodeKind::ExprCall];
    fn get<'a>(node: AnyNodeRef<'a>, _: &Cx<'a>) -> Option<AnyNodeRef<'a>> {
        Some(node)
    }
}

/// What starts a profiler for all code that follows.
const STARTS: &[&str] = &[
    "cProfile.Profile.enable",
    "cProfile.run",
    "cProfile.runctx",
    "profile.run",
    "pyinstrument.Profiler.start",
    "pyinstrument.profiler.Profiler.start",
    "sys.setprofile",
    "threading.setprofile",
    "tracemalloc.start",
    "yappi.start",
];

impl Rule for ProfilerLeftInCode {
    type On = DecoratorOrCall;
    const COST: Cost = Cost::Broken("1.3 to 10 times the run time");
    const CALLEES: &'static [&'static str] = STARTS;

    fn check<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<Finding> {
        match node {
            AnyNodeRef::Decorator(decorator) => {
                let expression = &decorator.expression;
                let name = cx.decorator_name(decorator);
                let known = matches!(
                    name.as_deref(),
                    Some("line_profiler.profile" | "memory_profiler.profile")
                );
                if !known && !is_unresolved(expression, cx) || cx.is_in_test(node) {
                    return None;
                }
                let told = if known {
                    "this function is profiled in every run"
                } else {
                    "`profile` is defined by a profiler only: without it this is a `NameError`"
                };
                Some(
                    Finding::new(decorator, told)
                        .label("left from a profiling session")
                        .help("take the decorator off"),
                )
            }
            AnyNodeRef::ExprCall(call) => {
                let method = call.func.as_attribute_expr()?.attr.as_str();
                if !matches!(method, "enable" | "run" | "runctx" | "start" | "setprofile") {
                    return None;
                }
                let name = cx.name(&*call.func)?;
                let off = call
                    .arguments
                    .args
                    .first()
                    .is_some_and(Expr::is_none_literal_expr);
                if !STARTS.contains(&name.as_str()) || off || is_on_purpose(node, cx) {
                    return None;
                }
                let function = cx.text(&*call.func);
                Some(
                    Finding::new(call, format!("`{function}` slows down all that runs from here on"))
                        .label("runs in every run of the program")
                        .help("take it out, or start it only when asked to: by an option, or a variable of the environment"),
                )
            }
            _ => None,
        }
    }
}

/// Whether a decorator is the bare name `profile`, which nothing in the file binds.
fn is_unresolved<'a>(expression: &'a Expr, cx: &Cx<'a>) -> bool {
    let bare = expression
        .as_name_expr()
        .is_some_and(|name| name.id == "profile" && cx.symbol(name).is_none());
    bare && cx.tree.nodes().iter().all(|node| match node {
        AnyNodeRef::Alias(alias) => alias.name.as_str() != "*",
        // `builtins.profile = ...` in the same file.
        AnyNodeRef::ExprStringLiteral(text) => text.value.to_str() != "profile",
        _ => true,
    })
}

/// Whether a profiler is started because somebody asked, in a test, or by code that is there for it.
fn is_on_purpose<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> bool {
    const WORDS: &[&str] = &[
        "prof", "trace", "debug", "bench", "memory", "perf", "leak", "monitor", "stat", "timing",
        "cover",
    ];
    let speaks = |text: &str| {
        let text = text.to_ascii_lowercase();
        WORDS.iter().any(|word| text.contains(word))
    };
    let file = cx.source().path().rsplit('/').next().unwrap_or_default();
    cx.is_script()
        || speaks(file)
        || cx.is_in_test(node)
        || cx.tree.ancestors(node).any(|outer| match outer {
            AnyNodeRef::StmtIf(stmt) => !stmt.test.range().contains_range(node.range()),
            AnyNodeRef::ExprIf(_)
            | AnyNodeRef::ExprBoolOp(_)
            | AnyNodeRef::StmtMatch(_)
            | AnyNodeRef::ElifElseClause(_) => true,
            AnyNodeRef::StmtFunctionDef(def) => speaks(&def.name),
            AnyNodeRef::StmtClassDef(class) => speaks(&class.name),
            _ => false,
        })
}
