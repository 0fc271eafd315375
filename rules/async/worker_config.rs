//! # Settings of uvicorn and gunicorn that do nothing
//!
//! `uvicorn.run(app, workers=4)` starts one worker: further processes import the application by its name, and an object has none. uvicorn
//! warns of it and ends, or goes on alone. With `reload=True` it ignores `workers` as well. gunicorn's `threads` is for its own threaded
//! workers, and does nothing for `uvicorn.workers.UvicornWorker`, gevent or eventlet.
//!
//! ```python bad
//! import uvicorn
//! from fastapi import FastAPI
//!
//! app = FastAPI()
//!
//! if __name__ == "__main__":
//!     uvicorn.run(app, host="0.0.0.0", workers=4)
//! ```
//!
//! ```python good
//! import uvicorn
//! from fastapi import FastAPI
//!
//! app = FastAPI()
//!
//! if __name__ == "__main__":
//!     uvicorn.run("main:app", host="0.0.0.0", workers=4)
//! ```
//!
//! ```python bad
//! import uvicorn
//!
//!
//! def serve():
//!     uvicorn.run("shop.main:app", reload=True, workers=8)
//! ```
//!
//! One worker, a name, and settings that are decided elsewhere:
//!
//! ```python fine
//! import os
//!
//! import uvicorn
//! from shop import app
//!
//!
//! def serve(debug, target):
//!     uvicorn.run(app, port=8000)
//!     uvicorn.run(app, workers=1)
//!     uvicorn.run("shop:app", workers=int(os.environ.get("WORKERS", "2")))
//!     uvicorn.run("shop:app", workers=4, reload=debug)
//!     uvicorn.run(target, workers=4)
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, Number};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::Binding;

pub struct WorkerConfig;

impl Rule for WorkerConfig {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &["uvicorn.run", "uvicorn.Config"];
    const COST: Cost = Cost::Broken("one worker, whatever the setting says");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let app = call.arguments.find_argument_value("app", 0)?;
        let keyword = |name: &str| {
            call.arguments
                .find_keyword(name)
                .map(|keyword| &keyword.value)
        };
        let workers = keyword("workers").filter(|workers| is_many(workers, cx));
        let reload = keyword("reload").filter(|reload| {
            reload
                .as_boolean_literal_expr()
                .is_some_and(|literal| literal.value)
        });
        if let (Some(workers), Some(reload)) = (workers, reload) {
            return Some(
                Finding::new(workers, "uvicorn ignores `workers` with `reload=True`")
                    .label("one worker only")
                    .because(reload, "reloads a single process")
                    .help("leave `reload` to development, and `workers` to production"),
            );
        }
        let setting = workers.or(reload)?;
        if !is_object(app, cx) {
            return None;
        }
        let name = cx.text(app);
        Some(
            Finding::new(
                setting,
                format!(
                    "uvicorn needs the application's import path for this: `{name}` is an object"
                ),
            )
            .label("not possible with an object")
            .because(app, "cannot be imported by another process")
            .help(format!(
                "give its path: `uvicorn.run(\"module:{name}\", ...)`"
            )),
        )
    }
}

/// More than one worker, by a number or by what counts the processors.
fn is_many<'a>(workers: &'a Expr, cx: &Cx<'a>) -> bool {
    match workers {
        Expr::NumberLiteral(number) => {
            matches!(&number.value, Number::Int(int) if int.as_u64().is_some_and(|n| n > 1))
        }
        other => cx.tree.descendants(other).any(|node| match node {
            AnyNodeRef::ExprCall(call) => {
                cx.is(&*call.func, "os.cpu_count")
                    || cx.is(&*call.func, "multiprocessing.cpu_count")
            }
            _ => false,
        }),
    }
}

/// Whether an expression is certainly the application itself, made in this file.
fn is_object<'a>(app: &'a Expr, cx: &Cx<'a>) -> bool {
    let Some(name) = app.as_name_expr() else {
        return false;
    };
    let bound = cx.symbol(name).and_then(|symbol| cx.only_binding(symbol));
    match bound {
        Some(Binding::Assign(stmt)) => match &*stmt.value {
            Expr::Call(call) => cx.name(&*call.func).is_some_and(|made| {
                matches!(
                    made.as_str(),
                    "fastapi.FastAPI"
                        | "starlette.applications.Starlette"
                        | "litestar.Litestar"
                        | "quart.Quart"
                )
            }),
            _ => false,
        },
        Some(Binding::Function(def)) => def.is_async,
        _ => false,
    }
}
