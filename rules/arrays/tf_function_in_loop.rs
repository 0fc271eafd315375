//! # Functions that are compiled anew in each iteration
//!
//! `tf.function`, `jax.jit` and `torch.compile` trace a function when it is first called, and keep what they compiled with the object
//! that they gave back. Made in a loop, each iteration has an object of its own: it traces and compiles again, for milliseconds to
//! seconds.
//!
//! ```python bad
//! import jax
//!
//!
//! def fitted(params, batches, loss):
//!     for batch in batches:
//!         step = jax.jit(lambda params, batch: loss(params, batch))
//!         params = step(params, batch)
//!     return params
//! ```
//!
//! ```python good
//! import jax
//!
//!
//! def fitted(params, batches, loss):
//!     step = jax.jit(lambda params, batch: loss(params, batch))
//!     for batch in batches:
//!         params = step(params, batch)
//!     return params
//! ```
//!
//! Functions of which each is compiled once:
//!
//! ```python fine
//! import torch
//!
//!
//! def compiled(blocks):
//!     return [torch.compile(block) for block in blocks]
//! ```

use hotlint_core::ast::{Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::{Does, Effects};

pub struct TfFunctionInLoop;

impl Rule for TfFunctionInLoop {
    type On = InLoop<ExprCall>;
    const EFFECTS: Effects = Effects::does(Does::Compiles);
    const COST: Cost = Cost::Wait("traced and compiled in every iteration");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let function = call.arguments.args.first()?;
        let around = cx.in_loop(call)?;
        let anew = match function {
            Expr::Lambda(lambda) => {
                !cx.names_bound_in(&*lambda.body, around)
                    || own_names_only(lambda.body.as_ref(), cx, around)
            }
            other => cx.is_setting_of(other, around),
        };
        if !anew {
            return None;
        }
        Some(
            Finding::new(
                call,
                format!(
                    "`{}` compiles the same function in every iteration",
                    cx.spelled(call)
                ),
            )
            .label("traces and compiles again")
            .because(around.header(), "in every iteration of this loop")
            .help("compile the function once, before the loop"),
        )
    }
}

/// Whether a lambda reads nothing that the loop binds besides its own parameters.
fn own_names_only<'a>(body: &'a Expr, cx: &Cx<'a>, around: hotlint_core::python::Loop<'a>) -> bool {
    let nodes = cx.tree.descendants(hotlint_core::ast::AnyNodeRef::from(
        hotlint_core::ast::ExprRef::from(body),
    ));
    nodes
        .filter_map(|node| match node {
            hotlint_core::ast::AnyNodeRef::ExprName(name) => cx.symbol(name),
            _ => None,
        })
        .all(|symbol| {
            let mut bound = cx.binding_nodes(symbol);
            bound.all(|node| !around.repeats(node) || node.is_parameter())
        })
}
