//! # Evaluation that remembers how to go back
//!
//! `model.eval()` switches dropout and batch norms; it does not stop PyTorch from keeping what the way back through the network needs.
//! `torch.no_grad()` and `torch.inference_mode()` do: no graph is built, and the values between the layers are freed at once: 1.1 to
//! 1.2 times faster for a small network on a CPU with PyTorch 1.12, and more by memory than by time.
//!
//! ```python bad
//! import torch
//!
//!
//! def accuracy(model: torch.nn.Module, batches):
//!     model.eval()
//!     right = 0
//!     for inputs, targets in batches:
//!         right += int((model(inputs).argmax(dim=1) == targets).sum())
//!     return right
//! ```
//!
//! ```python good
//! import torch
//!
//!
//! def accuracy(model: torch.nn.Module, batches):
//!     model.eval()
//!     right = 0
//!     with torch.inference_mode():
//!         for inputs, targets in batches:
//!             right += int((model(inputs).argmax(dim=1) == targets).sum())
//!     return right
//! ```
//!
//! ```python input
//! import torch
//! torch.manual_seed(1)
//! model = torch.nn.Sequential(torch.nn.Linear(8, 64), torch.nn.ReLU(), torch.nn.Linear(64, 4))
//! batches = [(torch.ones(4, 8), torch.zeros(4, dtype=torch.int64)) for i in range(n)]
//! accuracy(model, batches)
//! ```
//!
//! A caller that has switched it off, a decorator, gradients that are wanted, and training after all:
//!
//! ```python fine
//! import torch
//!
//!
//! @torch.no_grad()
//! def accuracy(model: torch.nn.Module, batches):
//!     model.eval()
//!     return [model(batch) for batch in batches]
//!
//!
//! def outputs(model: torch.nn.Module, batches):
//!     model.eval()
//!     return [model(batch) for batch in batches]
//!
//!
//! def report(model, batches):
//!     with torch.no_grad():
//!         return outputs(model, batches)
//!
//!
//! def saliency(model: torch.nn.Module, images):
//!     model.eval()
//!     for image in images:
//!         image.requires_grad_()
//!         model(image).max().backward()
//!         yield image.grad
//!
//!
//! def settings(model: torch.nn.Module, batches):
//!     model.eval()
//!     return torch.utils.data.DataLoader(batches, batch_size=32, num_workers=0)
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, StmtFunctionDef};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{Loop, function_around};
use hotlint_core::text_size::Ranged;

pub struct TorchEvalWithoutNoGrad;

/// Whatever says that gradients are wanted, or dealt with.
const GRADIENTS: &[&str] = &[
    "autograd",
    "backward",
    "detach",
    "enable_grad",
    "grad",
    "inference_mode",
    "no_grad",
    "requires_grad",
    "requires_grad_",
    "set_grad_enabled",
];

impl Rule for TorchEvalWithoutNoGrad {
    type On = ExprCall;
    const METHODS: &'static [&'static str] = &["eval"];
    const COST: Cost =
        Cost::Constant("about 1.2 times slower, and the values between all layers are kept");

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.imports("torch")
    }

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let model = &*call.func.as_attribute_expr()?.value;
        if !call.arguments.is_empty()
            || !cx.imports("torch")
            || !matches!(model, Expr::Name(_) | Expr::Attribute(_))
        {
            return None;
        }
        let def = function_around(&cx.tree, call)?;
        if deals_with_gradients(def, cx) || is_run_without(def, cx) || trains_again(def, model, cx)
        {
            return None;
        }
        let (forward, around) = cx.tree.descendants(def).find_map(|node| match node {
            AnyNodeRef::ExprCall(forward)
                if forward.start() > call.end() && cx.same_place(&forward.func, model) =>
            {
                let around = cx.in_loop(forward)?;
                (!around.range().contains_range(call.range())).then_some((forward, around))
            }
            _ => None,
        })?;
        Some(finding(forward, call, around, cx))
    }
}

fn finding<'a>(
    forward: &'a ExprCall,
    eval: &'a ExprCall,
    around: Loop<'a>,
    cx: &Cx<'a>,
) -> Finding {
    let name = cx.spelled(forward);
    Finding::new(
        forward,
        format!("`{name}` evaluates, and still keeps all that gradients would need"),
    )
    .label("builds a graph that nobody walks back")
    .because(eval, "evaluates from here on")
    .because(around.header(), "in every iteration of this loop")
    .help("run the loop in `with torch.inference_mode():`, or `torch.no_grad()` if its results meet gradients later")
}

/// Whether a function, or a decorator of it, says anything about gradients.
fn deals_with_gradients<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> bool {
    cx.tree.descendants(def).any(|node| match node {
        AnyNodeRef::ExprAttribute(attribute) => GRADIENTS.contains(&attribute.attr.as_str()),
        AnyNodeRef::ExprName(name) => GRADIENTS.contains(&name.id.as_str()),
        AnyNodeRef::ExprStringLiteral(text) => text.value.to_str() == "grad",
        _ => false,
    })
}

/// Whether the model goes back to training before it is run.
fn trains_again<'a>(def: &'a StmtFunctionDef, model: &'a Expr, cx: &Cx<'a>) -> bool {
    cx.tree.descendants(def).any(|node| match node {
        AnyNodeRef::ExprCall(call) => {
            matches!(&*call.func, Expr::Attribute(method)
            if method.attr.as_str() == "step" || method.attr.as_str() == "zero_grad")
                && !cx.same_place(&call.func, model)
        }
        _ => false,
    })
}

/// Whether the file runs a function where gradients are off: in a `with`, or from a function that is decorated so.
fn is_run_without<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> bool {
    let name = def.name.as_str();
    cx.tree.nodes().iter().any(|node| {
        let says = match node {
            AnyNodeRef::ExprName(read) => read.id.as_str() == name,
            AnyNodeRef::ExprAttribute(read) => read.attr.as_str() == name,
            _ => false,
        };
        says && cx.tree.ancestors(*node).any(|outer| {
            let off = |expr: &'a Expr| {
                let callee = match expr {
                    Expr::Call(call) => &*call.func,
                    plain => plain,
                };
                let last = match callee {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    _ => "",
                };
                matches!(last, "no_grad" | "inference_mode" | "set_grad_enabled")
            };
            match outer {
                AnyNodeRef::StmtWith(with) => with.items.iter().any(|item| off(&item.context_expr)),
                AnyNodeRef::StmtFunctionDef(outer) => outer
                    .decorator_list
                    .iter()
                    .any(|decorator| off(&decorator.expression)),
                _ => false,
            }
        })
    })
}
