//! # Waiting for the device in every step of training
//!
//! Work for a GPU is queued, and Python runs ahead. `loss.item()`, `.cpu()`, `.numpy()` and `.tolist()` wait until all that was queued
//! is done, and copy; so do `print(loss)`, `f"{loss}"`, `float(loss)` and `if loss > limit:`, where it is known that these are tensors. In
//! every step, the device then stands still while Python prepares the next one. Kept as a tensor, `loss.detach()`
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
//! ```python bad
//! import torch
//!
//!
//! def train(model: torch.nn.Module, batches, optimizer, device):
//!     for inputs, targets in batches:
//!         optimizer.zero_grad()
//!         loss = torch.nn.functional.mse_loss(model(inputs.to(device)), targets.to(device))
//!         loss.backward()
//!         optimizer.step()
//!         print(f"loss: {loss:.3f}")
//! ```
//!
//! ```python bad
//! import torch
//!
//!
//! def train(model: torch.nn.Module, batches, optimizer, device):
//!     for inputs, targets in batches:
//!         loss = torch.nn.functional.mse_loss(model(inputs.to(device)), targets.to(device))
//!         if torch.isnan(loss):
//!             continue
//!         loss.backward()
//!         optimizer.step()
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
//!             if step % 100 == 0 and loss.item() > 10:
//!                 break
//!         log(epoch, loss.item())
//! ```
//!
//! What is no tensor, or not known to be one, and what only looks at its shape:
//!
//! ```python fine
//! import torch
//!
//!
//! def train(model, batches, criterion, optimizer, device):
//!     for step, (inputs, targets) in enumerate(batches):
//!         loss = criterion(model(inputs.to(device)), targets.to(device))
//!         loss.backward()
//!         optimizer.step()
//!         if loss is None or inputs.shape[0] > 1:
//!             print(step, loss)
//!         print(f"{step}: {loss}", torch.float32)
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

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, UnaryOp};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::{Array, Loop};
use hotlint_core::text_size::{Ranged, TextRange};

pub struct TorchSyncInLoop;

/// Methods of a tensor that wait for the device.
const WAITS: &[&str] = &["item", "cpu", "numpy", "tolist"];

/// Builtins that ask a tensor for its value.
const READS: &[&str] = &[
    "builtins.print",
    "builtins.float",
    "builtins.int",
    "builtins.bool",
    "builtins.str",
    "builtins.repr",
    "builtins.format",
];

impl Rule for TorchSyncInLoop {
    type On = InLoop<ExprCall>;
    // Each iteration of a training loop goes back through the network.
    const METHODS: &'static [&'static str] = &["backward"];
    const COST: Cost = Cost::Debatable("the device stands still in every step");

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.imports("torch")
    }

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let around = cx.in_loop(call)?;
        let mut inside = cx.tree.descendants(around.node());
        // One loop may have several losses.
        let is_first = inside.all(|node| match node {
            AnyNodeRef::ExprCall(other) => {
                other.start() >= call.start() || !goes_back(other, around, cx)
            }
            _ => true,
        });
        if !is_first || !has_device(cx) {
            return None;
        }
        // One of them is told.
        let waits = cx.tree.descendants(around.node()).filter(|node| {
            around.repeats(*node)
                && (cx.in_loop(*node)).is_some_and(|its| its.range() == around.range())
        });
        let mut waits: Vec<(TextRange, String)> = waits
            .filter_map(|node| wait(node, cx).filter(|_| !on_condition(node, around, cx)))
            .collect();
        waits.sort_by_key(|(place, _)| (place.start(), place.end()));
        let (place, what) = waits.into_iter().next()?;
        Some(
            Finding::new(place, format!("{what} waits for the device in every step"))
                .label("until all that was queued is done")
                .because(around.header(), "for each batch of this loop")
                .help(
                    "keep the tensor, detached, and fetch its value once, or every so many steps",
                ),
        )
    }
}

fn goes_back<'a>(call: &'a ExprCall, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "backward")
        && (cx.in_loop(call)).is_some_and(|its| its.range() == around.range())
}

/// What of a node waits for the value of a tensor, in words.
fn wait<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<(TextRange, String)> {
    let is_tensor = |expr: &'a Expr| cx.array(expr) == Some(Array::Tensor);
    let shown = |expr: &'a Expr| match cx.text(expr) {
        text if text.len() < 60 && !text.contains('\n') => format!("`{text}`"),
        _ => "a tensor".to_owned(),
    };
    match node {
        AnyNodeRef::ExprCall(call) => {
            if let Expr::Attribute(method) = &*call.func
                && WAITS.contains(&method.attr.as_str())
            {
                let waits = call.arguments.is_empty()
                    && cx.is_of(&method.value, Array::Tensor, &method.attr);
                return waits.then(|| (call.range(), format!("`{}`", cx.spelled(call))));
            }
            if !call.func.is_name_expr() || !READS.iter().any(|read| cx.is(&*call.func, read)) {
                return None;
            }
            let read = call.arguments.args.iter().find(|one| is_tensor(one))?;
            let what = format!("`{}` of {}", cx.spelled(call), shown(read));
            Some((call.range(), what))
        }
        AnyNodeRef::InterpolatedElement(element) => {
            let written = &*element.expression;
            is_tensor(written).then(|| (written.range(), format!("writing {}", shown(written))))
        }
        AnyNodeRef::StmtIf(stmt) => tested(&stmt.test, is_tensor, shown),
        AnyNodeRef::StmtWhile(stmt) => tested(&stmt.test, is_tensor, shown),
        AnyNodeRef::StmtAssert(stmt) => tested(&stmt.test, is_tensor, shown),
        AnyNodeRef::ExprIf(branch) => tested(&branch.test, is_tensor, shown),
        _ => None,
    }
}

fn tested<'a>(
    test: &'a Expr,
    is_tensor: impl Fn(&'a Expr) -> bool,
    shown: impl Fn(&'a Expr) -> String,
) -> Option<(TextRange, String)> {
    let asked = match test {
        Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => &*unary.operand,
        Expr::BoolOp(op) => op.values.first()?,
        test => test,
    };
    is_tensor(asked).then(|| (asked.range(), format!("testing {}", shown(asked))))
}

/// Whether an iteration of the loop may do without a node.
fn on_condition<'a>(node: AnyNodeRef<'a>, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let is_part = |part: &Expr| part.range().contains_range(node.range());
    cx.ancestors_within(node, around).any(|outer| match outer {
        AnyNodeRef::StmtIf(stmt) => !is_part(&stmt.test),
        AnyNodeRef::ExprIf(branch) => !is_part(&branch.test),
        AnyNodeRef::ExprBoolOp(op) => !op.values.first().is_some_and(is_part),
        outer => outer.is_except_handler_except_handler(),
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
