//! # Searches that fit the same steps again for each candidate
//!
//! `GridSearchCV` fits a pipeline for each candidate on each fold. Where candidates differ in the last step alone, all steps before it
//! learn the same from the same rows again, unless the pipeline has a `memory`: a folder where fitted steps are kept, and read back. With
//! five candidates and scikit-learn 1.9, searches are 1.4 to 1.9 times faster with a `TfidfVectorizer` over a thousand documents and more, 2 to
//! 4 times with `NMF`, `KernelPCA`, `RFE`, `IterativeImputer`, `PowerTransformer` or a choice of columns by mutual information over a
//! thousand rows of 30.
//!
//! What is quick to fit is slower with a memory: a `StandardScaler` takes 1.1 to 1.8 times as long, and a `PCA` pays for
//! hundreds of columns only; small data gain nothing from any of them. The rule speaks up for steps that take long.
//!
//! ```python bad
//! from sklearn.linear_model import Ridge
//! from sklearn.model_selection import GridSearchCV
//! from sklearn.pipeline import Pipeline
//! from sklearn.preprocessing import PowerTransformer
//!
//!
//! def best(rows, targets):
//!     steps = [("normal", PowerTransformer()), ("model", Ridge())]
//!     search = GridSearchCV(Pipeline(steps), {"model__alpha": [0.01, 0.1, 1.0, 10.0, 100.0]}, cv=3)
//!     return search.fit(rows, targets).best_params_
//! ```
//!
//! ```python good
//! from tempfile import TemporaryDirectory
//!
//! from sklearn.linear_model import Ridge
//! from sklearn.model_selection import GridSearchCV
//! from sklearn.pipeline import Pipeline
//! from sklearn.preprocessing import PowerTransformer
//!
//!
//! def best(rows, targets):
//!     steps = [("normal", PowerTransformer()), ("model", Ridge())]
//!     with TemporaryDirectory() as kept:
//!         pipeline = Pipeline(steps, memory=kept)
//!         search = GridSearchCV(pipeline, {"model__alpha": [0.01, 0.1, 1.0, 10.0, 100.0]}, cv=3)
//!         return search.fit(rows, targets).best_params_
//! ```
//!
//! ```python input
//! rows = [[(i * k * k) % 97 / 7 for k in range(1, 11)] for i in range(20 * n + 30)]
//! best(rows, [sum(row) % 5 for row in rows])
//! ```
//!
//! ```python bad
//! from sklearn.feature_extraction.text import TfidfVectorizer
//! from sklearn.linear_model import LogisticRegression
//! from sklearn.model_selection import RandomizedSearchCV
//! from sklearn.pipeline import make_pipeline
//!
//! model = make_pipeline(TfidfVectorizer(), LogisticRegression())
//! search = RandomizedSearchCV(model, {"logisticregression__C": [0.01, 0.1, 1, 10, 100]}, n_iter=5)
//! ```
//!
//! ```python good
//! from sklearn.feature_extraction.text import TfidfVectorizer
//! from sklearn.linear_model import LogisticRegression
//! from sklearn.model_selection import RandomizedSearchCV
//! from sklearn.pipeline import make_pipeline
//!
//! model = make_pipeline(TfidfVectorizer(), LogisticRegression(), memory="fitted")
//! search = RandomizedSearchCV(model, {"logisticregression__C": [0.01, 0.1, 1, 10, 100]}, n_iter=5)
//! ```
//!
//! Steps that are quick, candidates that differ in a step before the last, a single candidate, and whoever has thought of it:
//!
//! ```python fine
//! from sklearn.feature_extraction.text import TfidfVectorizer
//! from sklearn.linear_model import LogisticRegression
//! from sklearn.model_selection import GridSearchCV
//! from sklearn.pipeline import Pipeline, make_pipeline
//! from sklearn.preprocessing import StandardScaler
//!
//! COSTS = {"model__C": [0.1, 1.0, 10.0]}
//!
//!
//! def searches(grid):
//!     scaled = Pipeline([("scale", StandardScaler()), ("model", LogisticRegression())])
//!     yield GridSearchCV(scaled, COSTS)
//!     words = [("words", TfidfVectorizer()), ("model", LogisticRegression())]
//!     yield GridSearchCV(Pipeline(words), {"words__min_df": [1, 2, 5], **COSTS})
//!     yield GridSearchCV(Pipeline(words), {"words__min_df": [1, 2, 5], "model__C": [1.0, 10.0]})
//!     yield GridSearchCV(Pipeline(words), {"model__C": [1.0]})
//!     yield GridSearchCV(Pipeline(words), grid)
//!     yield GridSearchCV(Pipeline(words, memory=None), COSTS)
//!     kept = Pipeline(words)
//!     kept.set_params(memory="fitted")
//!     yield GridSearchCV(kept, COSTS)
//!     yield GridSearchCV(make_pipeline(LogisticRegression()), {"logisticregression__C": [1.0, 2.0]})
//! ```
//!
//! No fix is offered: somebody has to choose a folder, and to clean it up. With `n_jobs`, candidates that start at the same time fit the
//! same steps side by side all the same, and less is gained.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::Does;

pub struct SklearnPipelineWithoutMemory;

impl Rule for SklearnPipelineWithoutMemory {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &[
        "sklearn.model_selection.GridSearchCV",
        "sklearn.model_selection.HalvingGridSearchCV",
        "sklearn.model_selection.HalvingRandomSearchCV",
        "sklearn.model_selection.RandomizedSearchCV",
    ];
    const COST: Cost = Cost::Debatable(
        "each step before the last is fitted again for each candidate: 1.4-4 times slower",
    );

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.imports("sklearn")
    }

    fn check<'a>(search: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let arguments = &search.arguments;
        let searched = arguments.find_argument_value("estimator", 0)?;
        let grid = arguments
            .find_positional(1)
            .or_else(|| Some(&arguments.find_keyword("param_grid")?.value))
            .or_else(|| Some(&arguments.find_keyword("param_distributions")?.value))?;
        let pipeline = value(searched, cx).as_call_expr()?;
        let steps = steps(pipeline, cx)?;
        let (last, before) = steps.split_last()?;
        let dear = before
            .iter()
            .find_map(|step| laborious(step.estimator, cx))?;
        if !varies_only(value(grid, cx), &last.name, cx) || is_given_memory(searched, cx) {
            return None;
        }
        Some(
            Finding::new(
                search,
                format!("`{}` fits `{}` again for each candidate", cx.spelled(search), cx.text(dear)),
            )
            .label(format!("candidates differ in `{}` alone", last.name))
            .because(dear, "learns the same from the same rows each time")
            .because(&*pipeline.func, "has no `memory`")
            .help("pass `memory=` a folder to the pipeline: what was fitted is kept there, and read back"),
        )
    }
}

struct Step<'a> {
    name: String,
    estimator: &'a Expr,
}

/// What a name stands for, where that is one thing.
fn value<'a>(expr: &'a Expr, cx: &Cx<'a>) -> &'a Expr {
    cx.only_value(expr).unwrap_or(expr)
}

/// The steps of a pipeline that nobody has given a memory, or has said that it needs none.
fn steps<'a>(pipeline: &'a ExprCall, cx: &Cx<'a>) -> Option<Vec<Step<'a>>> {
    let arguments = &pipeline.arguments;
    let has_memory = |word: Option<&str>| word.is_none_or(|word| word == "memory");
    if (arguments.keywords.iter()).any(|keyword| has_memory(keyword.arg.as_deref())) {
        return None;
    }
    if cx.is(&*pipeline.func, "sklearn.pipeline.make_pipeline") {
        let named = arguments.args.iter().map(|estimator| {
            let class = cx.name(&*estimator.as_call_expr()?.func)?;
            let name = class.rsplit('.').next()?.to_lowercase();
            Some(Step { name, estimator })
        });
        return named.collect();
    }
    if !cx.is(&*pipeline.func, "sklearn.pipeline.Pipeline") || arguments.args.len() > 1 {
        return None;
    }
    let steps = value(arguments.find_argument_value("steps", 0)?, cx);
    let named = steps.as_list_expr()?.elts.iter().map(|step| match step {
        Expr::Tuple(step) => match &*step.elts {
            [Expr::StringLiteral(name), estimator] => Some(Step {
                name: name.value.to_str().to_owned(),
                estimator: value(estimator, cx),
            }),
            _ => None,
        },
        _ => None,
    });
    named.collect()
}

/// The part of a step that takes long to fit: the step itself, one of those that it is made of, or what it chooses by.
fn laborious<'a>(step: &'a Expr, cx: &Cx<'a>) -> Option<&'a Expr> {
    let is = |name: &str| {
        cx.entry(name)
            .is_some_and(|entry| entry.does(Does::Laborious))
    };
    let call = step.as_call_expr()?;
    let mut parts = cx.tree.descendants(call).filter_map(|node| match node {
        AnyNodeRef::ExprCall(part) => Some(&*part.func),
        _ => None,
    });
    let by_itself = parts.find(|class| {
        cx.name(*class)
            .is_some_and(|name| is(&format!("{name}.fit_transform")))
    });
    let named = call.arguments.keywords.iter().map(|keyword| &keyword.value);
    let mut given = call.arguments.args.iter().chain(named);
    by_itself.or_else(|| given.find(|given| cx.name(*given).is_some_and(|name| is(&name))))
}

/// Whether all candidates of a grid, several, have the same for all steps but one.
fn varies_only<'a>(grid: &'a Expr, step: &str, cx: &Cx<'a>) -> bool {
    let of_step = |key: &str| key.split("__").next() == Some(step);
    let several = |values: &Expr| match values {
        Expr::List(values) => values.elts.len() > 1,
        Expr::Tuple(values) => values.elts.len() > 1,
        _ => true,
    };
    match grid {
        Expr::Dict(grid) => {
            let is_of_step = |key: &Option<Expr>| match key {
                Some(Expr::StringLiteral(key)) => of_step(key.value.to_str()),
                _ => false,
            };
            grid.items.iter().all(|item| is_of_step(&item.key))
                && grid.items.iter().any(|item| several(&item.value))
        }
        // `dict(model__alpha=...)`
        Expr::Call(call) if cx.is(&*call.func, "builtins.dict") => {
            let named = &call.arguments.keywords;
            call.arguments.args.is_empty()
                && named
                    .iter()
                    .all(|one| one.arg.as_deref().is_some_and(of_step))
                && named.iter().any(|one| several(&one.value))
        }
        Expr::List(grids) => {
            !grids.elts.is_empty() && grids.elts.iter().all(|grid| varies_only(grid, step, cx))
        }
        _ => false,
    }
}

/// Whether something is done with a pipeline by its name that may give it a memory.
fn is_given_memory<'a>(pipeline: &'a Expr, cx: &Cx<'a>) -> bool {
    let Some(symbol) = pipeline.as_name_expr().and_then(|name| cx.symbol(name)) else {
        return false;
    };
    cx.reads(symbol).any(|read| {
        matches!(cx.tree.parent(read), Some(AnyNodeRef::ExprAttribute(member))
            if matches!(member.attr.as_str(), "set_params" | "memory"))
    })
}
