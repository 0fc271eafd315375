//! # `np.vectorize` for what NumPy computes itself
//!
//! `np.vectorize`, `np.frompyfunc` and `np.apply_along_axis` look like compiled loops, and call a Python function for every value or
//! row. Operators and functions of NumPy on the whole array are 6 times faster for 100 values, 20 times for 1,000, 70 times for 10,000;
//! `np.sum(table, axis=1)` is over 100 times faster for 1,000 rows.
//!
//! ```python bad
//! import numpy as np
//!
//!
//! def clipped(values: np.ndarray, limit):
//!     clip = np.vectorize(lambda value: limit if value > limit else value, otypes=[np.int64])
//!     return clip(values)
//! ```
//!
//! ```python good
//! import numpy as np
//!
//!
//! def clipped(values: np.ndarray, limit):
//!     return np.where(values > limit, limit, values)
//! ```
//!
//! ```python input
//! import numpy as np
//! values = np.arange(n)
//! clipped(values, 100)
//! ```
//!
//! ```python bad
//! import numpy as np
//!
//!
//! def means(table: np.ndarray):
//!     return np.apply_along_axis(np.sum, 1, table)
//! ```
//!
//! ```python good
//! import numpy as np
//!
//!
//! def means(table: np.ndarray):
//!     return np.sum(table, axis=1)
//! ```
//!
//! ```python input
//! import numpy as np
//! table = np.arange(n * 10).reshape(n, 10) if n else np.zeros((1, 10), dtype=np.int64)
//! means(table)
//! ```
//!
//! The same as a decorator:
//!
//! ```python bad
//! import numpy as np
//!
//!
//! @np.vectorize
//! def clip(value, limit):
//!     if value > limit:
//!         return limit
//!     return value
//! ```
//!
//! ```python bad
//! import numpy as np
//!
//!
//! @np.vectorize(otypes=[float])
//! def area(radius):
//!     return np.pi * radius**2
//! ```
//!
//! A function that does more than compute has no compiled twin, and `vectorize` is as good a loop as any for it:
//!
//! ```python fine
//! import numpy as np
//!
//!
//! def labels(codes: np.ndarray, table: dict, peaks):
//!     named = np.vectorize(lambda code: table.get(code, "?"))
//!     upper = np.vectorize(str.upper)
//!     moved = np.vectorize(lambda days: table.start + days, otypes=[object])
//!     counts = np.apply_along_axis(np.bincount, 1, codes)
//!     found = np.apply_along_axis(lambda row: peaks(row), 1, codes)
//!     return named(codes), upper, moved, counts, found
//! ```
//!
//! ```python fine
//! import functools
//!
//! import numpy as np
//!
//! NAMES = {1: "one"}
//!
//!
//! @np.vectorize
//! def label(code):
//!     return NAMES.get(code, "?")
//!
//!
//! @np.vectorize(otypes=[object])
//! def moved(days):
//!     return days + 1
//!
//!
//! @functools.cache
//! def twice(value):
//!     return 2 * value
//! ```

use hotlint_core::ast::{AnyNodeRef, Arguments, Expr, ExprCall, StmtFunctionDef};
use hotlint_core::lint::{CallOrDecorated, Cost, Cx, Finding, Rule};
use hotlint_core::python::{Does, Effects, Formula};

pub struct NpVectorizeAsSpeedup;

impl Rule for NpVectorizeAsSpeedup {
    type On = CallOrDecorated;
    const EFFECTS: Effects = Effects::does(Does::CallsPerItem);
    const COST: Cost = Cost::Factor(
        "20 times slower than whole arrays for a thousand values, 70 times for 10,000",
    );

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.imports("numpy")
    }

    fn check<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<Finding> {
        match node {
            AnyNodeRef::ExprCall(call) => called(call, cx),
            AnyNodeRef::StmtFunctionDef(def) => decorated(def, cx),
            _ => None,
        }
    }
}

fn called<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
    let entry = cx.knows(call)?;
    let function = call.arguments.args.first()?;
    let spelled = cx.spelled(call);
    let along_axis = entry.last() == "apply_along_axis";
    let help = if along_axis && takes_axis(function, cx) {
        let name = cx.text(function);
        let rest = &call.arguments.args;
        match (rest.get(1), rest.get(2)) {
            (Some(axis), Some(array)) if rest.len() == 3 && call.arguments.keywords.is_empty() => {
                format!(
                    "it takes an axis itself: `{name}({}, axis={})`",
                    cx.text(array),
                    cx.text(axis)
                )
            }
            _ => format!("`{name}` takes an axis itself"),
        }
    } else {
        if makes_objects(&call.arguments, cx) {
            return None;
        }
        with_arrays(&cx.formula(function)?, cx)?
    };
    let per = if along_axis { "row" } else { "value" };
    Some(
        Finding::new(
            call,
            format!("`{spelled}` calls a Python function for every {per}"),
        )
        .label("a Python loop in disguise")
        .help(help),
    )
}

/// `@np.vectorize` with and without arguments.
fn decorated<'a>(def: &'a StmtFunctionDef, cx: &Cx<'a>) -> Option<Finding> {
    let [decorator] = def.decorator_list.as_slice() else {
        return None;
    };
    let entry = cx.entry(&cx.decorator_name(decorator)?)?;
    // Of these, only `vectorize` makes do with the function.
    if !entry.effects.any_of(NpVectorizeAsSpeedup::EFFECTS) || entry.last() != "vectorize" {
        return None;
    }
    if let Expr::Call(call) = &decorator.expression
        && (!call.arguments.args.is_empty() || makes_objects(&call.arguments, cx))
    {
        return None;
    }
    let help = with_arrays(&cx.body_formula(def)?, cx)?;
    Some(
        Finding::new(
            decorator,
            format!(
                "`{}` is a Python function that is called for every value",
                def.name
            ),
        )
        .label("a Python loop in disguise")
        .help(help),
    )
}

/// How to compute the same with whole arrays, where that can be.
fn with_arrays<'a>(formula: &Formula<'a>, cx: &Cx<'a>) -> Option<String> {
    let is_leaf = |expr: &'a Expr| cx.is_parameter_of(expr, formula);
    if !cx.is_elementwise_formula(formula, &is_leaf) {
        return None;
    }
    let chooses = formula.parts.len() > 1 || formula.parts.iter().any(|part| part.is_if_expr());
    let help = match chooses {
        true => "compute with whole arrays, and choose with `np.where` or `np.select`",
        false => "the same operators and NumPy functions take whole arrays",
    };
    Some(help.to_owned())
}

/// Whether a function of NumPy reduces along an axis that it is told.
fn takes_axis<'a>(function: &'a Expr, cx: &Cx<'a>) -> bool {
    const REDUCES: &[&str] = &[
        "all",
        "amax",
        "amin",
        "any",
        "argmax",
        "argmin",
        "average",
        "count_nonzero",
        "cumprod",
        "cumsum",
        "max",
        "mean",
        "median",
        "min",
        "nanmax",
        "nanmean",
        "nanmedian",
        "nanmin",
        "nanstd",
        "nansum",
        "prod",
        "sort",
        "std",
        "sum",
        "var",
    ];
    cx.name(function).is_some_and(|name| {
        name.strip_prefix("numpy.")
            .is_some_and(|name| REDUCES.contains(&name))
    })
}

/// Whether `otypes` names something that is no number.
fn makes_objects<'a>(arguments: &'a Arguments, cx: &Cx<'a>) -> bool {
    let Some(types) = arguments.find_argument_value("otypes", 1) else {
        return false;
    };
    let all = match types {
        Expr::List(list) => list.elts.as_slice(),
        one => std::slice::from_ref(one),
    };
    !all.iter().all(|ty| {
        ty.is_string_literal_expr()
            || cx.name(ty).is_some_and(|name| {
                name.starts_with("numpy.") && !name.contains("object")
                    || ["builtins.int", "builtins.float", "builtins.bool"].contains(&name.as_str())
            })
    })
}
