//! # `pool.map(lambda args: f(*args), ...)` with processes
//!
//! What a pool of processes runs is pickled by its name, and a lambda has none: the call raises `PicklingError`. `starmap` unpacks the
//! arguments by itself.
//!
//! ```python bad
//! from multiprocessing import Pool
//!
//!
//! def powers(pairs):
//!     with Pool() as pool:
//!         return pool.map(lambda pair: pow(*pair), pairs)
//! ```
//!
//! ```python good
//! from multiprocessing import Pool
//!
//!
//! def powers(pairs):
//!     with Pool() as pool:
//!         return pool.starmap(pow, pairs)
//! ```
//!
//! ```python bad
//! from concurrent.futures import ProcessPoolExecutor
//!
//!
//! def squares(numbers):
//!     with ProcessPoolExecutor() as pool:
//!         return list(pool.map(lambda number: number**2, numbers))
//! ```
//!
//! Threads take a lambda:
//!
//! ```python fine
//! from concurrent.futures import ThreadPoolExecutor
//! from multiprocessing import Pool
//! from multiprocessing.pool import ThreadPool
//!
//!
//! def powers(pairs, numbers):
//!     with ThreadPoolExecutor() as pool, ThreadPool() as other, Pool() as processes:
//!         return (
//!             list(pool.map(lambda pair: pow(*pair), pairs)),
//!             other.map(lambda pair: pow(*pair), pairs),
//!             processes.map(abs, numbers),
//!             list(map(lambda pair: pow(*pair), pairs)),
//!         )
//! ```

use hotlint_core::ast::{Expr, ExprCall, ExprLambda};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, Rule};
use hotlint_core::python::{Pool, plain_parameters};

pub struct PoolLambdaStar;

impl Rule for PoolLambdaStar {
    type On = ExprCall;
    const COST: Cost = Cost::Broken("raises `PicklingError`");
    const METHODS: &'static [&'static str] = &[
        "map",
        "imap",
        "imap_unordered",
        "map_async",
        "starmap",
        "apply",
        "apply_async",
        "submit",
    ];

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let method = call.func.as_attribute_expr()?;
        let name = method.attr.as_str();
        if !matches!(
            name,
            "map"
                | "imap"
                | "imap_unordered"
                | "map_async"
                | "starmap"
                | "apply"
                | "apply_async"
                | "submit"
        ) {
            return None;
        }
        let function = call.arguments.args.first()?;
        let lambda = function.as_lambda_expr()?;
        let pool = cx
            .pool(&method.value)
            .filter(|pool| *pool != Pool::Threads)?;
        let starred =
            starred(lambda, cx).filter(|_| pool == Pool::Multiprocessing && name == "map");
        let finding = Finding::new(
            lambda,
            "a lambda cannot be sent to another process: it has no name to be pickled by",
        )
        .label("raises `PicklingError`")
        .because(&*method.value, "runs in other processes");
        Some(match starred {
            Some(inner) => finding
                .help(format!("`starmap({inner}, ...)` unpacks the arguments"))
                .fix((!cx.has_comment(lambda)).then(|| {
                    Fix::unsafe_(
                        format!("Replace with `starmap({inner}, ...)`"),
                        "works where an exception was raised",
                        [
                            Edit::replace(&method.attr, "starmap"),
                            Edit::replace(lambda, inner),
                        ],
                    )
                })),
            None => finding.help("define a function at module level"),
        })
    }
}

/// `f` of `lambda x: f(*x)`.
fn starred<'a>(lambda: &'a ExprLambda, cx: &Cx<'a>) -> Option<&'a str> {
    let parameters = plain_parameters(lambda)?;
    let [parameter] = parameters.as_slice() else {
        return None;
    };
    let inner = lambda.body.as_call_expr()?;
    let [Expr::Starred(argument)] = &*inner.arguments.args else {
        return None;
    };
    let own = argument
        .value
        .as_name_expr()
        .is_some_and(|name| name.id == **parameter);
    let plain = inner.arguments.keywords.is_empty() && inner.func.is_name_expr();
    (own && plain).then(|| cx.text(&*inner.func))
}
