//! Functions that a builtin calls once for each item: the `key` of `sorted`, the first argument of `map`.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::facts::Facts;
use super::loops::FEW;

/// A call that runs a function once for each item.
#[derive(Clone, Copy, Debug)]
pub struct PerItem<'a> {
    pub call: &'a ast::ExprCall,
    /// What gives the items.
    pub items: &'a Expr,
    /// The function as it is passed, with its keyword if it has one.
    pub function: TextRange,
}

impl<'a> Facts<'a> {
    /// The call that runs `function`, a lambda or a name passed as an argument, once for each of [`FEW`] items or more.
    pub fn per_item(&self, function: impl Into<AnyNodeRef<'a>>) -> Option<PerItem<'a>> {
        let function = function.into();
        let (argument, arguments) = match self.tree.parent(function)? {
            AnyNodeRef::Keyword(keyword) if keyword.arg.as_deref() == Some("key") => {
                (keyword.range(), self.tree.parent(keyword)?)
            }
            arguments @ AnyNodeRef::Arguments(_) => (function.range(), arguments),
            _ => return None,
        };
        let AnyNodeRef::ExprCall(call) = self.tree.parent(arguments)? else {
            return None;
        };
        let args = &call.arguments.args;
        let is_key = argument != function.range();
        let is_first = args
            .first()
            .is_some_and(|first| first.range() == function.range());
        let items = match self.name(&*call.func)?.as_str() {
            "builtins.sorted" | "builtins.min" | "builtins.max" | "itertools.groupby"
                if is_key && args.len() == 1 =>
            {
                args.first()?
            }
            "heapq.nlargest" | "heapq.nsmallest" if is_key => args.get(1)?,
            "builtins.list.sort" if is_key => &call.func.as_attribute_expr()?.value,
            "builtins.map" | "builtins.filter" | "itertools.filterfalse" if is_first => {
                args.get(1)?
            }
            _ => return None,
        };
        let few = items.is_starred_expr() || self.known_length(items).is_some_and(|n| n < FEW);
        (!few).then_some(PerItem {
            call,
            items,
            function: argument,
        })
    }

    /// The same for the lambda around a node, if there is one.
    pub fn per_item_around(&self, node: impl Into<AnyNodeRef<'a>>) -> Option<PerItem<'a>> {
        let mut around = self.tree.ancestors(node);
        let lambda = around.find(|outer| outer.is_expr_lambda() || outer.is_statement())?;
        if lambda.is_expr_lambda() {
            self.per_item(lambda)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    /// What gives the items that the first lambda of a text is called for.
    fn items(text: &str) -> Option<String> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        let lambda = facts.tree.nodes().iter().find(|node| node.is_expr_lambda());
        let found = facts.per_item(*lambda?)?;
        Some(facts.text(found.items).to_string())
    }

    #[test]
    fn builtins_that_call_a_function_for_each_item() {
        for text in [
            "sorted(xs, key=lambda x: -x)\n",
            "max(xs, key=lambda x: -x, default=None)\n",
            "map(lambda x: -x, xs)\n",
            "xs = list(ys)\nxs.sort(key=lambda x: -x)\n",
            "import heapq\nheapq.nsmallest(3, xs, key=lambda x: -x)\n",
        ] {
            assert_eq!(items(text).as_deref(), Some("xs"), "{text}");
        }
    }

    #[test]
    fn other_calls_and_few_items_do_not_count() {
        for text in [
            "xs.sort(key=lambda x: -x)\n",
            "max(a, b, key=lambda x: -x)\n",
            "sorted((1, 2), key=lambda x: -x)\n",
            "register(key=lambda x: -x)\n",
            "map(f, lambda: 1)\n",
            "def sorted(*a, **k): ...\nsorted(xs, key=lambda x: -x)\n",
        ] {
            assert_eq!(items(text), None, "{text}");
        }
    }
}
