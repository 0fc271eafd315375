//! # A lambda that only calls another function
//!
//! `key=lambda name: len(name)` runs a Python function for each item whose only work is to call `len`. Passed itself, `key=len` takes
//! 1.2-3 times less time on CPython 3.8 to 3.15. The same holds for `map`, `filter` and `reduce`, and for methods of strings:
//! `key=lambda name: name.lower()` is `key=str.lower`, where the names are known to be strings. Classes of the file are left alone,
//! for which there is next to nothing to gain, and so is `str` where 3.11 is the oldest version: 3.11 and 3.12 have an instruction for it.
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
//! product([1, -1, 1] * n)
//! ```
//!
//! ```python bad
//! def numbers(lines: list[str]):
//!     return sum(map(lambda line: int(line), lines))
//! ```
//!
//! ```python good
//! def numbers(lines: list[str]):
//!     return sum(map(int, lines))
//! ```
//!
//! ```python input
//! numbers([str(i % 100) for i in range(n)])
//! ```
//!
//! Looking something up is a method as well:
//!
//! ```python bad
//! def ranked(words: list[str]):
//!     counts = {word: len(word) * 7 % 5 for word in words}
//!     return sorted(counts, key=lambda word: counts[word], reverse=True)
//! ```
//!
//! ```python good
//! def ranked(words: list[str]):
//!     counts = {word: len(word) * 7 % 5 for word in words}
//!     return sorted(counts, key=counts.get, reverse=True)
//! ```
//!
//! ```python input
//! ranked([str(i * i) for i in range(n)])
//! ```
//!
//! ```python fine 3.11
//! def texts(numbers):
//!     return list(map(lambda number: str(number), numbers))
//! ```
//!
//! Other arguments, more work, classes of the file, strings that may be something else, and functions that decide for themselves:
//!
//! ```python fine
//! class Size:
//!     def __init__(self, row):
//!         self.row = row
//!
//!
//! def orders(rows, limit, measure, names, measures):
//!     rows.sort(key=lambda row: measure(row, limit))
//!     rows.sort(key=lambda row: -measure(row))
//!     rows.sort(key=lambda row: measure(row.size))
//!     rows.sort(key=lambda row: row.measure(row))
//!     rows.sort(key=lambda row, by=measure: by(row))
//!     rows.sort(key=lambda row: Size(row))
//!     names.sort(key=lambda name: name.lower())
//!     rows.sort(key=lambda row: measures[row](row))
//!     rows.sort(key=lambda row: measures[row])
//!     return [measure(row) for row in map(lambda a, b: measure(b, a), rows, rows)]
//! ```
//!
//! The fix is safe where nothing can put another function under the same name meanwhile; for a method, a class that derives from `str` may
//! have one of its own.

use hotlint_core::ast::{Expr, ExprCall, ExprLambda, ExprSubscript};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Binding, FEW, PerItem, ScopeKind, Type, plain_parameters};
use hotlint_core::text_size::Ranged;

pub struct LambdaWrapsCallable;

impl Rule for LambdaWrapsCallable {
    type On = ExprLambda;
    const COST: Cost = Cost::Constant("1.2-3 times faster without a Python function between");

    fn check<'a>(lambda: &'a ExprLambda, cx: &Cx<'a>) -> Option<Finding> {
        let is_call = match &*lambda.body {
            Expr::Call(call) => call.arguments.keywords.is_empty(),
            Expr::Subscript(_) => true,
            _ => false,
        };
        if !is_call {
            return None;
        }
        let parameters = plain_parameters(lambda)?;
        let caller = cx.per_item(lambda)?;
        let short = |items| cx.known_length(items).is_some_and(|n| n < FEW);
        if caller.items.is_some_and(short) {
            return None;
        }
        let wrapped = match &*lambda.body {
            Expr::Call(call) => wrapped(call, &parameters, caller, cx)?,
            Expr::Subscript(item) => looked_up(item, &parameters, caller, cx)?,
            _ => return None,
        };
        let name = &wrapped.name;
        let function = cx.text(&*caller.call.func);
        let edits = [Edit::replace(lambda, name.clone())];
        let fix = Fix::safe(format!("Pass `{name}` itself"), edits);
        let fix = match &wrapped.caveat {
            None => fix,
            Some(caveat) => fix.unsafe_because(caveat),
        };
        Some(
            Finding::new(
                lambda,
                format!("`{function}` runs this lambda for each item, and `{name}` does the same"),
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
    /// What passing it on may change.
    caveat: Option<String>,
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
            caveat: Some(format!(
                "a class that derives from `{class}` may have its own `{}`",
                method.attr
            )),
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
                // 3.11 and 3.12 have an instruction for `str(x)`, which nothing else comes near.
                let python = cx.python();
                let hurried = python.all_since(11) && !python.all_since(13);
                if known == "builtins.str" && hurried {
                    return None;
                }
                true
            }
            Some(symbol) => match cx.only_binding(symbol) {
                // Calling one is dear in itself, and slower by `map` on 3.13.
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
    let caveat = format!("`{name}` is looked up once and no longer for each item");
    Some(Wrapped {
        name,
        caveat: (!is_fixed).then_some(caveat),
    })
}

/// `lambda key: counts[key]`, a method of the dictionary.
fn looked_up<'a>(
    item: &'a ExprSubscript,
    parameters: &[&str],
    caller: PerItem<'a>,
    cx: &Cx<'a>,
) -> Option<Wrapped> {
    let key = item.slice.as_name_expr()?;
    let table = &*item.value;
    // A key is asked for right away, when the dictionary is still the same.
    let fits = caller.is_key && parameters == [key.id.as_str()] && is_plain(table, parameters);
    if !fits || !cx.ty(table).is_dict() {
        return None;
    }
    let own_keys = caller.items.is_some_and(|items| match items {
        Expr::Call(call) => {
            cx.is(&*call.func, "builtins.dict.keys")
                && call
                    .func
                    .as_attribute_expr()
                    .is_some_and(|keys| cx.same_place(&keys.value, table))
        }
        items => cx.same_place(items, table),
    });
    // Any other key might be missing, and `get` would not say so.
    own_keys.then(|| Wrapped {
        name: format!("{}.get", cx.text(table)),
        caveat: None,
    })
}

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
