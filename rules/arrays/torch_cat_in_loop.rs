//! # Tensors that are copied each time they grow
//!
//! `torch.cat` copies all that is there into a new tensor: O(n²) for a loop that adds part by part, in memory traffic and, while a
//! gradient is wanted, in the graph. A list takes the parts for nothing, and one `torch.cat` joins them: twice as fast for
//! a thousand parts of ten numbers, 8 to 29 times for ten thousand, on a CPU with PyTorch 1.12.
//!
//! ```python bad
//! import torch
//!
//!
//! def predictions(batches, model):
//!     found = torch.empty(0)
//!     for batch in batches:
//!         found = torch.cat([found, model(batch)])
//!     return found.tolist()
//! ```
//!
//! ```python good
//! import torch
//!
//!
//! def predictions(batches, model):
//!     parts = [torch.empty(0)]
//!     for batch in batches:
//!         parts += [model(batch)]
//!     return torch.cat(parts).tolist()
//! ```
//!
//! ```python input
//! import torch
//! batches = [torch.full((10,), float(i)) for i in range(n)]
//! predictions(batches, torch.clone)
//! ```
//!
//! The rule is for those who ask: loops over tensors often have few parts, and are short. Text that is generated piece by piece needs all pieces in every step, layers that hand on all that came before do so by design, a network has few layers, and whoever gives up each part at once has no memory for
//! a list of them:
//!
//! ```python fine
//! import torch
//!
//!
//! def generate(model, tokens: torch.Tensor, layers, steps):
//!     for step in range(steps):
//!         piece = model(tokens)
//!         tokens = torch.cat([tokens, piece], dim=1)
//!     for layer in layers:
//!         tokens = torch.cat([tokens, layer(tokens)], dim=1)
//!     return tokens
//!
//!
//! class Net:
//!     def features(self, x, parts):
//!         found = self.first(x)
//!         for layer in self.layers:
//!             found = torch.cat((found, layer(x)), dim=1)
//!         whole = parts[0]
//!         for i in range(1, len(parts)):
//!             whole = torch.cat((whole, parts[i]))
//!             parts[i] = None
//!         return found, whole
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr};
use hotlint_core::lint::{Accumulating, Cost, Cx, Finding, Rule};
use hotlint_core::python::{Accumulation, Loop, Shape};

pub struct TorchCatInLoop;

impl Rule for TorchCatInLoop {
    type On = Accumulating;
    const COST: Cost = Cost::Constant(
        "O(n²) -> O(n): twice as slow for a thousand parts, 8-29 times for ten thousand",
    );

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.imports("torch")
    }

    fn check<'a>(found: Accumulation<'a>, cx: &Cx<'a>) -> Option<Finding> {
        if found.shape != Shape::Joined("torch")
            || cx.stays_short(&found)
            || !cx.is_only_gathered(&found)
            || goes_over_layers(found.around, cx)
            || takes_apart(&found, cx)
            || cx.grew_before(&found, |other| other.shape == found.shape)
        {
            return None;
        }
        let call = found.value.as_call_expr()?;
        let name = cx.text(found.target);
        let function = cx.spelled(call);
        Some(
            Finding::new(
                found.stmt,
                format!("all of `{name}` is copied each time something is added to it"),
            )
            .label(format!("`{function}` makes a new tensor"))
            .because(found.around.header(), "in every iteration")
            .help(format!(
                "append the parts to a list in the loop, and join them once after it with `{function}`"
            )),
        )
    }
}

/// `for layer in self.layers`: the parts of a network.
fn goes_over_layers<'a>(around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let mut iter = around.iter();
    while let Some(Expr::Call(call)) = iter {
        if !cx.is(&*call.func, "builtins.enumerate") {
            return false;
        }
        iter = call.arguments.args.first();
    }
    iter.is_some_and(Expr::is_attribute_expr)
}

/// Whether the loop gives up each part as soon as it was added.
fn takes_apart<'a>(found: &Accumulation<'a>, cx: &Cx<'a>) -> bool {
    let value = cx.text(found.value);
    cx.tree
        .descendants(found.around.node())
        .any(|node| match node {
            AnyNodeRef::ExprSubscript(item) => !item.ctx.is_load() && value.contains(cx.text(item)),
            _ => false,
        })
}
