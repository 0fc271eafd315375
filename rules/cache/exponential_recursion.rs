//! # A function that calls itself twice for what it has computed already
//!
//! `fib(n - 1) + fib(n - 2)` computes `fib(n - 2)` twice, what that needs four times, and so on: the work grows by a factor with each
//! step, and `fib(40)` takes a minute. A cache makes it one call for each argument.
//!
//! ```python bad 3.9
//! def fib(n: int) -> int:
//!     if n < 2:
//!         return n
//!     return fib(n - 1) + fib(n - 2)
//! ```
//!
//! ```python good 3.9
//! from functools import cache
//! @cache
//! def fib(n: int) -> int:
//!     if n < 2:
//!         return n
//!     return fib(n - 1) + fib(n - 2)
//! ```
//!
//! ```python input
//! import math
//! fib(int(math.log2(n + 1)))
//! ```
//!
//! ```python bad
//! def distance(a: str, b: str) -> int:
//!     if not a or not b:
//!         return len(a) + len(b)
//!     if a[0] == b[0]:
//!         return distance(a[1:], b[1:])
//!     return 1 + min(distance(a[1:], b), distance(a, b[1:]))
//! ```
//!
//! The parts of a tree have nothing in common, one call of the two is made, or the cache is there already:
//!
//! ```python fine
//! from functools import cache, lru_cache
//!
//!
//! def size(node):
//!     if node is None:
//!         return 0
//!     return 1 + size(node.left) + size(node.right)
//!
//!
//! def gcd(a, b):
//!     return gcd(b, a % b) if b else a
//!
//!
//! def power(x, n):
//!     if n == 0:
//!         return 1
//!     if n % 2:
//!         return x * power(x, n - 1)
//!     return power(x, n - 2) * x * x
//!
//!
//! def merged(xs):
//!     middle = len(xs) // 2
//!     return merged(xs[:middle]) + merged(xs[middle:])
//!
//!
//! @lru_cache(maxsize=None)
//! def fib(n):
//!     return n if n < 2 else fib(n - 1) + fib(n - 2)
//!
//!
//! def hanoi(n, a, b, c, log):
//!     if n:
//!         hanoi(n - 1, a, c, b, log)
//!         log(a, c)
//!         hanoi(n - 1, b, a, c, log)
//! ```
//!
//! The fix is unsafe: the cache keeps every result, and its recursion takes more of the stack.

use hotlint_core::ast::{
    AnyNodeRef, Expr, ExprCall, Number, Operator, StmtFunctionDef, StmtReturn,
};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::Use;
use hotlint_core::text_size::Ranged;

pub struct ExponentialRecursion;

impl Rule for ExponentialRecursion {
    type On = StmtReturn;
    const COST: Cost = Cost::Growth("O(2ⁿ)", "O(n)");

    fn check<'a>(stmt: &'a StmtReturn, cx: &Cx<'a>) -> Option<Finding> {
        let value = stmt.value.as_deref()?;
        if !matches!(
            value,
            Expr::BinOp(_) | Expr::Call(_) | Expr::BoolOp(_) | Expr::If(_)
        ) {
            return None;
        }
        let def = hotlint_core::python::function_around(&cx.tree, stmt)?;
        let name = def.name.as_str();
        let mut own: Vec<&'a ExprCall> = Vec::new();
        for node in cx.tree.descendants(value) {
            if let AnyNodeRef::ExprCall(call) = node
                && is_named(call, name)
                && cx
                    .callee(call)
                    .is_some_and(|callee| std::ptr::eq(callee, def))
            {
                own.push(call);
            }
        }
        let steps: Vec<Steps> = own
            .iter()
            .map(|call| steps(call, def, cx))
            .collect::<Option<_>>()?;
        let [first, second, ..] = own.as_slice() else {
            return None;
        };
        let both = own.iter().all(|call| is_evaluated(call, value, cx));
        let slices = steps.contains(&Steps::Slices);
        if !both || !def.decorator_list.is_empty() || def.is_async || !is_pure(def, cx) {
            return None;
        }
        // Lists have no hash, and their parts are copies: only text, or what is declared to be one.
        let hashable = !slices
            || def.parameters.iter().all(|parameter| {
                parameter
                    .annotation()
                    .is_some_and(|annotation| cx.annotation(annotation).is_hashable())
            });
        if !hashable {
            return None;
        }
        let finding = Finding::new(
            *second,
            format!(
                "`{name}` computes the same again and again: each call makes {} more",
                own.len()
            ),
        )
        .label("most of it is known already")
        .because(*first, "computes it as well")
        .help(
            "keep the results: `@functools.cache`, if the number of different arguments is limited",
        );
        Some(finding.fix(fix(def, cx)))
    }
}

fn is_named(call: &ExprCall, name: &str) -> bool {
    match &*call.func {
        Expr::Name(function) => function.id == name,
        _ => false,
    }
}

/// How the arguments of a call come closer to the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Steps {
    Numbers,
    Slices,
}

/// Whether a call passes the function's own parameters on in their places, and at least one of them a step smaller: `n - 1`, `s[1:]`.
/// Then another order of the same steps leads to the same arguments.
fn steps<'a>(call: &'a ExprCall, def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<Steps> {
    let parameters: Vec<&str> = def
        .parameters
        .iter()
        .map(|parameter| parameter.name().as_str())
        .collect();
    if parameters.len() != call.arguments.args.len() || !call.arguments.keywords.is_empty() {
        return None;
    }
    let mut found = None;
    for (argument, parameter) in call.arguments.args.iter().zip(parameters) {
        let is_parameter = |expr: &Expr| {
            expr.as_name_expr()
                .is_some_and(|name| name.id == *parameter)
        };
        match argument {
            argument if is_parameter(argument) => {}
            Expr::BinOp(op) if op.op == Operator::Sub && is_parameter(&op.left) => {
                let number = op.right.as_number_literal_expr()?;
                matches!(&number.value, Number::Int(_)).then_some(())?;
                found = found.or(Some(Steps::Numbers));
            }
            Expr::Subscript(item) if is_parameter(&item.value) => {
                let slice = item.slice.as_slice_expr()?;
                let constant = |bound: &Option<Box<Expr>>| {
                    bound.as_deref().is_none_or(|bound| {
                        bound.is_number_literal_expr() || bound.as_unary_op_expr().is_some()
                    })
                };
                (constant(&slice.lower) && constant(&slice.upper) && slice.step.is_none())
                    .then_some(())?;
                found = Some(Steps::Slices);
            }
            _ => return None,
        }
    }
    // Rebound on the way, it is another value.
    let rebound = def.parameters.iter().any(|parameter| {
        cx.symbol(parameter.as_parameter())
            .is_none_or(|symbol| cx.only_binding(symbol).is_none())
    });
    found.filter(|_| !rebound)
}

/// Whether each evaluation of `value` evaluates a call in it, and makes a number of the result or compares it.
fn is_evaluated<'a>(call: &'a ExprCall, value: &'a Expr, cx: &Cx<'a>) -> bool {
    let mut inner: AnyNodeRef<'a> = call.into();
    for outer in cx.tree.ancestors(call) {
        let fine = match outer {
            AnyNodeRef::ExprBinOp(op) => op.op != Operator::Mod,
            AnyNodeRef::ExprUnaryOp(_) | AnyNodeRef::Arguments(_) => true,
            AnyNodeRef::ExprCall(around) => matches!(
                cx.name(&*around.func).as_deref(),
                Some("builtins.min" | "builtins.max" | "builtins.sum" | "builtins.abs")
            ),
            AnyNodeRef::ExprIf(branch) => branch.test.range() != inner.range(),
            AnyNodeRef::StmtReturn(_) => return true,
            _ => false,
        };
        if !fine {
            return false;
        }
        if outer.range() == value.range() && outer.is_expression() {
            return true;
        }
        inner = outer;
    }
    false
}

/// Whether a function calls nothing but itself and builtins without effect, and changes nothing.
fn is_pure<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> bool {
    cx.own_nodes(def)
        .filter(|node| {
            def.body
                .first()
                .is_some_and(|first| node.start() >= first.start())
        })
        .all(|node| match node {
            AnyNodeRef::ExprCall(call) => {
                is_named(call, def.name.as_str())
                    || cx.name(&*call.func).is_some_and(|name| {
                        matches!(
                            name.as_str(),
                            "builtins.min"
                                | "builtins.max"
                                | "builtins.sum"
                                | "builtins.abs"
                                | "builtins.len"
                                | "builtins.range"
                                | "builtins.int"
                        )
                    })
            }
            AnyNodeRef::ExprAttribute(_)
            | AnyNodeRef::ExprYield(_)
            | AnyNodeRef::ExprYieldFrom(_)
            | AnyNodeRef::ExprList(_)
            | AnyNodeRef::ExprListComp(_)
            | AnyNodeRef::StmtGlobal(_)
            | AnyNodeRef::StmtNonlocal(_) => false,
            AnyNodeRef::ExprSubscript(item) => item.ctx.is_load(),
            // A memo that is looked into.
            AnyNodeRef::ExprName(name) => !matches!(cx.usage(name), Use::Haystack(_)),
            _ => true,
        })
}

fn fix<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<Fix> {
    // `cache` came with 3.9.
    let (member, call) = if cx.python().any_before(9) {
        ("lru_cache", "(maxsize=None)")
    } else {
        ("cache", "")
    };
    let import = cx.import(def, "functools", member)?;
    let mut edits: Vec<Edit> = import.edits().into_iter().collect();
    edits.push(cx.line_before(def, &format!("@{}{call}", import.expression))?);
    Some(Fix::unsafe_(
        "Cache the results",
        "keeps every result, and takes more of the stack for each step",
        edits,
    ))
}
