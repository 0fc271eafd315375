//! Functions that are passed as an argument: who calls them, and with the items of what.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::facts::Facts;

/// A call that in turn calls one of its arguments, once for each item: `sorted(items, key=function)`, `map(function, items)`.
#[derive(Clone, Copy, Debug)]
pub struct PerItem<'a> {
    pub call: &'a ast::ExprCall,
    /// Where the items come from, where that is one expression.
    pub items: Option<&'a Expr>,
    /// The function tells what to compare the items by.
    pub is_key: bool,
}

/// Name, position of the function, position of the items. A function without a position is passed as `key=`.
const CALLERS: &[(&str, Option<usize>, usize)] = &[
    ("builtins.sorted", None, 0),
    ("builtins.min", None, 0),
    ("builtins.max", None, 0),
    ("builtins.map", Some(0), 1),
    ("builtins.filter", Some(0), 1),
    ("functools.reduce", Some(0), 1),
    ("heapq.nlargest", Some(2), 1),
    ("heapq.nsmallest", Some(2), 1),
    ("itertools.dropwhile", Some(0), 1),
    ("itertools.filterfalse", Some(0), 1),
    ("itertools.groupby", Some(1), 0),
    ("itertools.takewhile", Some(0), 1),
];

impl<'a> Facts<'a> {
    /// The call that calls `function` for each item; `None` where it is passed to anything else.
    ///
    /// `x.sort(key=function)` is taken for the list's whatever `x` is: nothing else has that shape.
    pub fn per_item(&self, function: impl Into<AnyNodeRef<'a>>) -> Option<PerItem<'a>> {
        let function = function.into();
        let (as_key, arguments) = match self.tree.parent(function)? {
            AnyNodeRef::Keyword(keyword) if keyword.arg.as_deref() == Some("key") => {
                (true, self.tree.parent(keyword)?)
            }
            parent @ AnyNodeRef::Arguments(_) => (false, parent),
            _ => return None,
        };
        let AnyNodeRef::ExprCall(call) = self.tree.parent(arguments)? else {
            return None;
        };
        let args = &call.arguments.args;
        if args.iter().any(Expr::is_starred_expr) {
            return None;
        }
        if let Expr::Attribute(method) = &*call.func
            && &*method.attr == "sort"
        {
            let ty = self.ty(&*method.value);
            let own = as_key && args.is_empty() && (ty.is_list() || ty.is_unknown());
            return own.then_some(PerItem {
                call,
                items: Some(&method.value),
                is_key: true,
            });
        }
        let name = self.name(&*call.func)?;
        let (_, position, items) = CALLERS.iter().find(|(caller, ..)| *caller == name)?;
        let at = args.iter().position(|arg| arg.range() == function.range());
        let passed = as_key || (at.is_some() && at == *position);
        // `max(a, b, key=f)` compares what stands there, and `map(f, xs, ys)` passes an item of each.
        let last = items.max(&position.unwrap_or(0)) + usize::from(name == "functools.reduce");
        let one = args.len() <= last + 1;
        (passed && one).then(|| PerItem {
            call,
            items: args.get(*items),
            is_key: position.is_none() || *position > Some(0),
        })
    }
}

/// The names of a lambda's parameters, if all are plain: by position, without a default.
pub fn plain_parameters(lambda: &ast::ExprLambda) -> Option<Vec<&str>> {
    let parameters = lambda.parameters.as_deref()?;
    let plain = parameters.vararg.is_none()
        && parameters.kwarg.is_none()
        && parameters.kwonlyargs.is_empty();
    let named = parameters.posonlyargs.iter().chain(&parameters.args);
    let names = named.map(|parameter| {
        parameter
            .default
            .is_none()
            .then_some(parameter.parameter.name.as_str())
    });
    names.collect::<Option<Vec<_>>>().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    /// The callee and the items for the first lambda, and whether it is a key.
    fn found(text: &str) -> Option<(String, String, bool)> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        let lambda = facts
            .tree
            .nodes()
            .iter()
            .find(|node| node.is_expr_lambda())?;
        let found = facts.per_item(*lambda)?;
        let func = facts.text(&*found.call.func).to_string();
        Some((func, facts.text(found.items?).to_string(), found.is_key))
    }

    #[test]
    fn those_who_call_a_function_for_each_item_are_known() {
        let is = |func: &str, key| Some((func.to_string(), "xs".to_string(), key));
        assert_eq!(found("sorted(xs, key=lambda x: x)"), is("sorted", true));
        assert_eq!(found("xs.sort(key=lambda x: x)"), is("xs.sort", true));
        assert_eq!(found("map(lambda x: x, xs)"), is("map", false));
        let imported = "from itertools import groupby\ngroupby(xs, lambda x: x)";
        assert_eq!(found(imported), is("groupby", true));
    }

    #[test]
    fn other_callers_other_arguments_and_single_values_are_none() {
        for text in [
            "f(xs, key=lambda x: x)",
            "max(a, b, key=lambda x: x)",
            "map(lambda x, y: x, xs, ys)",
            "sorted(lambda x: x)",
            "xs.sort(lambda x: x)",
            "def sorted(*a, **k): pass\nsorted(xs, key=lambda x: x)",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
