//! # Waiting for the device in every step of training
//!
//! Work for a GPU is queued, and Python runs ahead. `loss.item()`, `.cpu()`, `.numpy()` and `.tolist()` wait until all that was queued
//! is done, and copy: in every step, the device then stands still while Python prepares the next one. Kept as a tensor, `loss.detach()`
//! costs nothing; one `.item()` every hundred steps, or one at the end, tells as much.
//!
//! ```python bad
//! import torch
//!
//!
//! def train(model, batches, criterion, optimizer, device):
//!     total = 0.0
//!     for inputs, targets in batches:
//!         optimizer.zero_grad()
//!         loss = criterion(model(inputs.to(device)), targets.to(device))
//!         loss.backward()
//!         optimizer.step()
//!         total += loss.item()
//!     return total
//! ```
//!
//! ```python good
//! import torch
//!
//!
//! def train(model, batches, criterion, optimizer, device):
//!     total = torch.zeros((), device=device)
//!     for inputs, targets in batches:
//!         optimizer.zero_grad()
//!         loss = criterion(model(inputs.to(device)), targets.to(device))
//!         loss.backward()
//!         optimizer.step()
//!         total += loss.detach()
//!     return total.item()
//! ```
//!
//! Waiting now and then, once for all steps, and on a processor without a device:
//!
//! ```python fine
//! import torch
//!
//!
//! def train(model, batches, criterion, optimizer, log, device):
//!     model.to(device)
//!     for epoch in range(100):
//!         for step, (inputs, targets) in enumerate(batches):
//!             loss = criterion(model(inputs), targets)
//!             loss.backward()
//!             optimizer.step()
//!             if step % 100 == 0:
//!                 log(step, loss.item())
//!         log(epoch, loss.item())
//! ```
//!
//! ```python fine
//! import torch
//!
//!
//! def fit(model, xs, ys):
//!     optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
//!     total = 0.0
//!     for x, y in zip(xs, ys):
//!         loss = (model(x) - y).square().mean()
//!         loss.backward()
//!         optimizer.step()
//!         total += loss.item()
//!     return total
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::{Array, Loop};
use hotlint_core::text_size::Ranged;

pub struct TorchSyncInLoop;

/// Methods of a tensor that wait for the device.
const WAITS: &[&str] = &["item", "cpu", "numpy", "tolist"];

impl Rule for TorchSyncInLoop {
    type On = InLoop<ExprCall>;
    const METHODS: &'static [&'static str] = WAITS;
    const COST: Cost = Cost::Debatable("the device stands still in every step");

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.imports("torch")
    }

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let around = waits(call, cx)?;
        // One of them is told.
        let before = cx.tree.descendants(around.node()).any(|node| match node {
            AnyNodeRef::ExprCall(other) => {
                (other.start(), other.end()) < (call.start(), call.end())
                    && around.repeats(other)
                    && other
                        .func
                        .as_attribute_expr()
                        .is_some_and(|method| WAITS.contains(&method.attr.as_str()))
                    && waits(other, cx).is_some()
            }
            _ => false,
        });
        if before || !has_device(cx) {
            return None;
        }
        Some(
            Finding::new(
                call,
                format!("`{}` waits for the device in every step", cx.spelled(call)),
            )
            .label("until all that was queued is done")
            .because(around.header(), "for each batch of this loop")
            .help("keep the tensor, detached, and fetch its value once, or every so many steps"),
        )
    }
}

/// The training loop in every step of which a call waits for a tensor.
fn waits<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Loop<'a>> {
    let method = call.func.as_attribute_expr()?;
    if !call.arguments.is_empty() || !cx.is_of(&method.value, Array::Tensor, &method.attr) {
        return None;
    }
    let around = cx.in_loop(call)?;
    let on_condition = cx
        .tree
        .ancestors(call)
        .take_while(|outer| outer.range() != around.range())
        .any(|outer| {
            outer.is_stmt_if() || outer.is_expr_if() || outer.is_except_handler_except_handler()
        });
    (!on_condition && trains(around, cx)).then_some(around)
}

/// Whether each iteration goes back through the network.
fn trains<'a>(around: Loop<'a>, cx: &Cx<'a>) -> bool {
    cx.tree.descendants(around.node()).any(|node| match node {
        AnyNodeRef::ExprCall(call) => {
            matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "backward")
                && cx
                    .in_loop(call)
                    .is_some_and(|its| its.range() == around.range())
        }
        _ => false,
    })
}

/// Whether the file moves anything to a device.
fn has_device(cx: &Cx<'_>) -> bool {
    cx.tree.nodes().iter().any(|node| match node {
        AnyNodeRef::ExprAttribute(attribute) => {
            matches!(attribute.attr.as_str(), "cuda" | "to" | "device")
        }
        _ => false,
    })
}
