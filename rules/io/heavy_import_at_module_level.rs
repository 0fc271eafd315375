//! # A heavy library imported for one function
//!
//! pandas, torch, matplotlib and their like take 0.1 to 5 seconds to import. At the top of a module that uses them in one function, every
//! program that imports the module pays at its start, whether it calls the function or not.
//!
//! ```python bad
//! import matplotlib.pyplot as plt
//!
//!
//! def total(rows):
//!     return sum(rows)
//!
//!
//! def average(rows):
//!     return total(rows) / len(rows)
//!
//!
//! def plot(rows):
//!     plt.plot(rows)
//!     plt.show()
//! ```
//!
//! ```python good
//! def total(rows):
//!     return sum(rows)
//!
//!
//! def average(rows):
//!     return total(rows) / len(rows)
//!
//!
//! def plot(rows):
//!     import matplotlib.pyplot as plt
//!
//!     plt.plot(rows)
//!     plt.show()
//! ```
//!
//! Used while the module is imported, in annotations, in several functions, or by the only function there is:
//!
//! ```python fine
//! import pandas as pd
//! import scipy.stats
//! import torch
//!
//! ROWS = pd.DataFrame()
//!
//!
//! class Net(torch.nn.Module):
//!     def forward(self, x: torch.Tensor):
//!         return torch.relu(x)
//!
//!
//! def mean(xs):
//!     return scipy.stats.tmean(xs)
//!
//!
//! def deviation(xs):
//!     return scipy.stats.tstd(xs)
//! ```
//!
//! ```python fine
//! def plot(xs):
//!     import matplotlib.pyplot as plt
//!
//!     plt.plot(xs)
//! ```
//!
//! It is for those who ask: many projects want all imports at the top. From Python 3.15 on, `lazy import` does both.

use hotlint_core::ast::{Alias, AnyNodeRef, Stmt, StmtFunctionDef};
use hotlint_core::lint::{AnyImport, Cost, Cx, Finding, Rule};
use hotlint_core::python::function_around;
use hotlint_core::text_size::Ranged;

pub struct HeavyImportAtModuleLevel;

/// Libraries that take a tenth of a second and more to import.
const HEAVY: &[&str] = &[
    "boto3",
    "botocore",
    "bokeh",
    "cv2",
    "gensim",
    "jax",
    "keras",
    "librosa",
    "lightgbm",
    "matplotlib",
    "nltk",
    "numba",
    "pandas",
    "plotly",
    "polars",
    "pyarrow",
    "scipy",
    "seaborn",
    "skimage",
    "sklearn",
    "spacy",
    "statsmodels",
    "sympy",
    "tensorflow",
    "torch",
    "torchvision",
    "transformers",
    "xgboost",
];

impl Rule for HeavyImportAtModuleLevel {
    type On = AnyImport;
    const COST: Cost = Cost::Debatable("0.1 to 5 seconds at the start of every program");

    fn check<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<Finding> {
        let AnyNodeRef::ModModule(module) = cx.tree.parent(node)? else {
            return None;
        };
        let (root, names): (&str, &'a [Alias]) = match node {
            AnyNodeRef::StmtImport(stmt) => {
                let first = stmt.names.first()?.name.as_str();
                (first.split('.').next()?, &stmt.names)
            }
            AnyNodeRef::StmtImportFrom(stmt) if stmt.level == 0 => {
                (stmt.module.as_deref()?.split('.').next()?, &stmt.names)
            }
            _ => return None,
        };
        if !HEAVY.contains(&root) || cx.is_script() {
            return None;
        }
        // The library itself, and other imports of what is heavy: the start is slow anyway.
        let at_home = cx.source().path().split('/').any(|part| part == root);
        let heavy = |name: &str| {
            let root = name.split('.').next().unwrap_or_default();
            HEAVY.contains(&root)
        };
        let again = at_home
            || module.body.iter().any(|other| {
                other.start() != node.start()
                    && match other {
                        Stmt::Import(stmt) => stmt.names.iter().any(|name| heavy(&name.name)),
                        Stmt::ImportFrom(stmt) => {
                            stmt.level == 0 && stmt.module.as_deref().is_some_and(heavy)
                        }
                        _ => false,
                    }
            });
        let functions = cx
            .tree
            .nodes()
            .iter()
            .filter(|node| node.is_stmt_function_def())
            .count();
        if again || functions < 3 {
            return None;
        }
        let mut user: Option<&'a StmtFunctionDef> = None;
        for name in names {
            let symbol = cx.symbol(name)?;
            cx.only_binding(symbol)?;
            for read in cx.reads(symbol) {
                let def = function_around(&cx.tree, read)?;
                let in_body = def
                    .body
                    .first()
                    .is_some_and(|first| read.start() >= first.start());
                if !in_body || user.is_some_and(|user| !std::ptr::eq(user, def)) {
                    return None;
                }
                user = Some(def);
            }
        }
        let user = user?;
        let help = if cx.python().all_since(15) {
            format!("import it in `{}`, or with `lazy import`", user.name)
        } else {
            format!("import it in `{}`", user.name)
        };
        Some(
            Finding::new(
                node,
                format!(
                    "`{root}` takes long to import, and only `{}` uses it",
                    user.name
                ),
            )
            .label("every program that imports this module waits")
            .because(&user.name, "the only place that uses it")
            .help(help),
        )
    }
}
