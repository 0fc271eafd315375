//! # A lambda that only calls another function
//!
//! `key=lambda name: len(name)` runs a Python function for each item whose only work is to call `len`. Passed itself, `key=len` takes
//! 1.4-3 times less time on CPython 3.8 to 3.15. The same holds for `map`, `filter` and `reduce`, and for methods of strings:
//! `key=lambda name: name.lower()` is `key=str.lower`, where the names are known to be strings. Constructors such as `str` gain nothing
//! on 3.11 and 3.12 and are left alone.
//!
//! ```python bad
//! def by_length(names):
//!     return sorted(names, key=lambda name: len(name))
//! ```
//!
//! ```python good
//! def by_length(names):
//!     return sorted(names, key=len)
//! ```
//!
//! ```python input
//! by_length(["x" * (i * 7919 % 101) for i in range(n)])
//! ```
//!
//! ```python bad
//! def alphabetical(names: list[str]):
//!     names.sort(key=lambda name: name.lower())
//!     return names
//! ```
//!
//! ```python good
//! def alphabetical(names: list[str]):
//!     names.sort(key=str.lower)
//!     return names
//! ```
//!
//! ```python input
//! alphabetical([str(i * 7919 % 10007) for i in range(n)])
//! ```
//!
//! ```python bad
//! def area(width, height):
//!     return width * height
//!
//!
//! def product(numbers):
//!     from functools import reduce
//!
//!     return reduce(lambda a, b: area(a, b), numbers, 1)
//! ```
//!
//! ```python good
//! def area(width, height):
//!     return width * height
//!
//!
//! def product(numbers):
//!     from functools import reduce
//!
//!     return reduce(area, numbers, 1)
//! ```
//!
//! ```python input
//! product([1, 2, -1] * n)
//! ```
//!
//! Other arguments, more work, constructors, strings that may be something else, and functions that decide for themselves:
//!
//! ```python fine
//! def orders(rows, limit, measure, names, measures):
//!     rows.sort(key=lambda row: measure(row, limit))
//!     rows.sort(key=lambda row: -measure(row))
//!     rows.sort(key=lambda row: measure(row.size))
//!     rows.sort(key=lambda row: row.measure(row))
//!     rows.sort(key=lambda row, by=measure: by(row))
//!     rows.sort(key=lambda row: str(row))
//!     names.sort(key=lambda name: name.lower())
//!     rows.sort(key=lambda row: measures[row](row))
//!     return [measure(row) for row in map(lambda a, b: measure(b, a), rows, rows)]
//! ```
//!
//! The fix is safe where nothing can put another function under the same name meanwhile.

use hotlint_core::ast::{Expr, ExprCall, ExprLambda};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Binding, FEW, PerItem, ScopeKind, Type, plain_parameters};
use hotlint_core::text_size::Ranged;

pub struct LambdaWrapsCallable;

impl Rule for LambdaWrapsCallable {
    type On = ExprLambda;
    const COST: Cost = Cost::Constant("1.4-3 times faster without a Python function between");

    fn check<'a>(lambda: &'a ExprLambda, cx: &Cx<'a>) -> Option<Finding> {
        let call = lambda.body.as_call_expr()?;
        if !call.arguments.keywords.is_empty() {
            return None;
        }
        let parameters = plain_parameters(lambda)?;
        let caller = cx.per_item(lambda)?;
        let short = |items| cx.known_length(items).is_some_and(|n| n < FEW);
        if caller.items.is_some_and(short) {
            return None;
        }
        let wrapped = wrapped(call, &parameters, caller, cx)?;
        let name = &wrapped.name;
        let function = cx.text(&*caller.call.func);
        let edits = [Edit::replace(lambda, name.clone())];
        let fix = Fix::safe(format!("Pass `{name}` itself"), edits);
        let fix = if wrapped.is_fixed {
            fix
        } else {
            fix.unsafe_because(format!(
                "`{name}` is looked up once and no longer for each item"
            ))
        };
        Some(
            Finding::new(
                lambda,
                format!("`{function}` runs this lambda for each item, and all that it does is call `{name}`"),
            )
            .label("one more Python function for each item")
            .help(format!("pass `{name}` itself"))
            .fix((!cx.has_comment(lambda)).then_some(fix)),
        )
    }
}

/// What a lambda calls with its own parameters and nothing else.
struct Wrapped {
    name: String,
    /// It is the same function all the time.
    is_fixed: bool,
}

fn wrapped<'a>(
    call: &'a ExprCall,
    parameters: &[&str],
    caller: PerItem<'a>,
    cx: &Cx<'a>,
) -> Option<Wrapped> {
    let is = |expr: &Expr, wanted: &str| expr.as_name_expr().is_some_and(|name| name.id == wanted);
    if let (Expr::Attribute(method), [], [parameter]) =
        (&*call.func, &*call.arguments.args, parameters)
        && is(&method.value, parameter)
    {
        let class = match cx.ty(caller.items?).element() {
            Type::Str => "str",
            Type::Bytes => "bytes",
            _ => return None,
        };
        return cx.visible(call, class).is_none().then(|| Wrapped {
            name: format!("{class}.{}", method.attr),
            is_fixed: true,
        });
    }
    let args = &call.arguments.args;
    let same = args.len() == parameters.len()
        && args.iter().zip(parameters).all(|(arg, own)| is(arg, own));
    if !same || args.is_empty() || !is_plain(&call.func, parameters) {
        return None;
    }
    let name = cx.text(&*call.func).to_string();
    let is_fixed = match &*call.func {
        Expr::Name(function) => match cx.symbol(function) {
            None => {
                let known = cx.name(function)?;
                // A class is called in another way, which the interpreter knows how to hurry along.
                let last = known.strip_prefix("builtins.")?;
                if CLASSES.contains(&last) {
                    return None;
                }
                true
            }
            Some(symbol) => match cx.only_binding(symbol) {
                Some(Binding::Class(_)) => return None,
                Some(Binding::Function(def)) => {
                    let inside = cx.tree.scope(symbol.scope).kind != ScopeKind::Class;
                    inside && def.start() < call.start()
                }
                Some(Binding::Import(..) | Binding::ImportFrom(..) | Binding::Parameter(_)) => true,
                _ => false,
            },
        },
        // What a module holds stays; what an object holds may not.
        function => cx.name(function).is_some_and(|name| {
            !name.starts_with('.')
                && !name.starts_with("builtins.")
                && is_module_member(function, cx)
        }),
    };
    Some(Wrapped { name, is_fixed })
}

/// Classes among the builtins.
const CLASSES: &[&str] = &[
    "bool",
    "bytearray",
    "bytes",
    "complex",
    "dict",
    "enumerate",
    "float",
    "frozenset",
    "int",
    "list",
    "map",
    "memoryview",
    "object",
    "range",
    "reversed",
    "set",
    "slice",
    "str",
    "super",
    "tuple",
    "type",
    "zip",
    "filter",
    "property",
    "classmethod",
    "staticmethod",
];

/// A name, or attributes of one, other than the lambda's own parameters.
fn is_plain(function: &Expr, parameters: &[&str]) -> bool {
    match function {
        Expr::Name(name) => !parameters.contains(&name.id.as_str()),
        Expr::Attribute(attribute) => is_plain(&attribute.value, parameters),
        _ => false,
    }
}

/// Whether an attribute is one of an imported module.
fn is_module_member<'a>(function: &'a Expr, cx: &Cx<'a>) -> bool {
    let mut root = function;
    while let Expr::Attribute(attribute) = root {
        root = &attribute.value;
    }
    let symbol = root.as_name_expr().and_then(|name| cx.symbol(name));
    symbol.is_some_and(|symbol| {
        matches!(
            cx.only_binding(symbol),
            Some(Binding::Import(..) | Binding::ImportFrom(..))
        )
    })
}
