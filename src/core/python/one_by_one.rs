//! Calls that are made for one item of a loop after the other, where one call could be made for all.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::libraries::Entry;
use super::loops::Loop;

impl<'a> Facts<'a> {
    /// The `for` loop or comprehension in which a call is made for each item: it names something that the loop binds.
    ///
    /// A loop over steps of a range goes over batches already, what is done for an error is done for few, nobody waits for a command
    /// line, and a handful is a handful.
    pub fn per_item_loop(&self, call: &'a ExprCall) -> Option<Loop<'a>> {
        let around = self.in_loop(call)?;
        let iter = around.iter()?;
        // What other files may have to tell comes last.
        if !self.names_bound_in(call, around) || self.is_few(iter) {
            return None;
        }
        let steps = self
            .call_of(iter, "builtins.range")
            .is_some_and(|range| range.arguments.len() == 3);
        let is_each = !self.handles_error_in(call, around)
            && !self.is_of_command_line()
            && !steps
            && !self.goes_over_batches(around)
            && !self.goes_over_structure(around)
            && !self.is_fallback(around)
            && !self.is_asked_on_a_miss(call, around)
            && !self.takes_many(call, around);
        is_each.then_some(around)
    }

    /// Whether a call further up in the same loop is known to libraries as `wanted`: one of them is told.
    pub fn was_done_before(
        &self,
        call: &'a ExprCall,
        around: Loop<'a>,
        wanted: impl Fn(&'static Entry) -> bool,
    ) -> bool {
        self.tree.descendants(around.node()).any(|node| match node {
            AnyNodeRef::ExprCall(other) => {
                other.end() <= call.start()
                    && around.repeats(other)
                    && self
                        .in_loop(other)
                        .is_some_and(|its| its.range() == around.range())
                    && self.knows(other).is_some_and(&wanted)
            }
            _ => false,
        })
    }

    /// Whether the loop calls a method of that name: it rolls back what failed, or sleeps between items.
    pub fn calls_in(&self, around: Loop<'a>, method: &str) -> bool {
        self.tree.descendants(around.node()).any(|node| match node {
            AnyNodeRef::ExprCall(call) => match &*call.func {
                Expr::Attribute(attribute) => attribute.attr.as_str() == method,
                Expr::Name(name) => name.id.as_str() == method,
                _ => false,
            },
            _ => false,
        })
    }
}
