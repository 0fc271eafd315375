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
//! A configuration of gunicorn that names its workers:
//!
//! ```python bad
//! bind = "0.0.0.0:8000"
//! workers = 4
//! threads = 8
//! worker_class = "uvicorn.workers.UvicornWorker"
//! ```
//!
//! ```python good
//! bind = "0.0.0.0:8000"
//! workers = 4
//! worker_class = "uvicorn.workers.UvicornWorker"
//! ```
//!
//! ```python fine
//! workers = 4
//! threads = 8
//! worker_class = "gthread"
//! worker_connections = 100
//! ```
//!
//! The same is read in `Procfile`, `Dockerfile` (`CMD` and `ENTRYPOINT`), compose files (`command` and `entrypoint`) and units of systemd
//! (`ExecStart=`): reported at its place, never rewritten. There, `--reload` is reported where users are served, and so is one `sync` worker
//! without threads, which serves one request at a time. Files whose path speaks of development, tests or examples, and compose files that
//! do not say `prod`, are taken for what a developer starts. `# hotlint: ignore[worker-config]` on the line or above it silences.
//!
//! ```text
//! web: gunicorn shop.wsgi --worker-class gevent --threads 8
//! CMD ["uvicorn", "shop.main:app", "--workers", "4", "--reload"]
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

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, NodeKind, Number, Stmt, StmtAssign};
use hotlint_core::commands::{Command, Word};
use hotlint_core::lint::{Cost, Cx, Finding, Query, Rule};
use hotlint_core::python::Binding;

pub struct WorkerConfig;

/// Calls, and assignments.
pub struct CallOrAssign;

impl Query for CallOrAssign {
    type Node<'a> = AnyNodeRef<'a>;
    const KINDS: &'static [NodeKind] = &[NodeKind::ExprCall, NodeKind::StmtAssign];
    fn get<'a>(node: AnyNodeRef<'a>, _: &Cx<'a>) -> Option<AnyNodeRef<'a>> {
        Some(node)
    }
}

impl Rule for WorkerConfig {
    type On = CallOrAssign;
    const COST: Cost = Cost::Broken("one worker, whatever the setting says");
    const READS_COMMANDS: bool = true;

    fn check_command(command: &Command) -> Option<Finding> {
        match command.program.text.as_str() {
            "uvicorn" => uvicorn_command(command),
            "gunicorn" => gunicorn_command(command),
            _ => None,
        }
    }

    fn check<'a>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<Finding> {
        match node {
            AnyNodeRef::ExprCall(call) => of_uvicorn(call, cx),
            AnyNodeRef::StmtAssign(stmt) => of_gunicorn(stmt, cx),
            _ => None,
        }
    }
}

/// `uvicorn.run(...)`
fn of_uvicorn<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
    // A look at the text, as this is asked of every call.
    call.arguments
        .find_keyword("workers")
        .or(call.arguments.find_keyword("reload"))?;
    let name = cx.name(&*call.func)?;
    if !matches!(name.as_str(), "uvicorn.run" | "uvicorn.Config") {
        return None;
    }
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
            format!("uvicorn needs the application's import path for this: `{name}` is an object"),
        )
        .label("not possible with an object")
        .because(app, "cannot be imported by another process")
        .help(format!(
            "give its path: `uvicorn.run(\"module:{name}\", ...)`"
        )),
    )
}

/// `worker_class = "..."` at module level, beside a setting that these workers do not read.
fn of_gunicorn<'a>(stmt: &'a StmtAssign, cx: &Cx<'a>) -> Option<Finding> {
    let ([Expr::Name(name)], Expr::StringLiteral(class)) = (stmt.targets.as_slice(), &*stmt.value)
    else {
        return None;
    };
    if name.id != "worker_class" {
        return None;
    }
    let AnyNodeRef::ModModule(module) = cx.tree.parent(stmt)? else {
        return None;
    };
    let class = class.value.to_str();
    let (ignored, why) = ignored_by(class)?;
    let setting = module.body.iter().find_map(|other| match other {
        Stmt::Assign(other) => match other.targets.as_slice() {
            [Expr::Name(target)] if target.id == ignored && is_many(&other.value, cx) => {
                Some(other)
            }
            _ => None,
        },
        _ => None,
    })?;
    Some(
        Finding::new(
            setting,
            format!("gunicorn's `{ignored}` does nothing with `{class}`: {why}"),
        )
        .label("has no effect")
        .because(stmt, "the workers")
        .help("leave it out, and set the number of `workers`"),
    )
}

/// The setting that workers of a class do not read, and why.
fn ignored_by(class: &str) -> Option<(&'static str, &'static str)> {
    Some(match class {
        "sync" => (
            "worker_connections",
            "a `sync` worker has one connection at a time",
        ),
        "gevent" | "eventlet" | "tornado" => ("threads", "these workers have no threads"),
        other if other.starts_with("uvicorn") => {
            ("threads", "uvicorn's workers have no threads of their own")
        }
        _ => return None,
    })
}

/// `uvicorn shop:app --workers 4 --reload`
fn uvicorn_command(command: &Command) -> Option<Finding> {
    let reload = command.flag("--reload")?;
    match command.option(&["--workers"]).filter(is_more_than_one) {
        Some(workers) => Some(
            Finding::new(workers, "uvicorn ignores `--workers` with `--reload`")
                .label("one worker only")
                .because(reload, "reloads a single process")
                .help("leave `--reload` to development, and `--workers` to production"),
        ),
        None => reloading(command, reload),
    }
}

/// `gunicorn shop.wsgi -k gevent --threads 4`
fn gunicorn_command(command: &Command) -> Option<Finding> {
    let class = command.option(&["-k", "--worker-class"]);
    if let Some(class) = &class
        && let Some((ignored, why)) = ignored_by(&class.text)
    {
        let name = format!("--{}", ignored.replace('_', "-"));
        if let Some(setting) = command.option(&[name.as_str()]).filter(is_more_than_one) {
            return Some(
                Finding::new(
                    setting,
                    format!(
                        "gunicorn's `{name}` does nothing with `{}`: {why}",
                        class.text
                    ),
                )
                .label("has no effect")
                .because(class, "the workers")
                .help("leave it out, and set the number of `--workers`"),
            );
        }
    }
    if let Some(reload) = command.flag("--reload") {
        return reloading(command, reload);
    }
    // One request at a time, where nothing else may say otherwise.
    let workers = command.option(&["-w", "--workers"])?;
    let is_sync = class.is_none_or(|class| class.text == "sync");
    let is_decided_elsewhere = !command.environment.is_empty()
        || command.option(&["-c", "--config"]).is_some()
        || command.option(&["--threads"]).is_some();
    if workers.text != "1" || !is_sync || is_decided_elsewhere || !command.is_deployed {
        return None;
    }
    Some(
        Finding::new(
            workers,
            "one `sync` worker without threads: gunicorn serves one request at a time",
        )
        .label("all others wait")
        .cost("one request at a time")
        .help("add `--threads`, or more workers; what is not thread-safe needs the latter"),
    )
}

/// Reloading where users are.
fn reloading(command: &Command, reload: &Word) -> Option<Finding> {
    if !command.is_deployed {
        return None;
    }
    let program = &command.program.text;
    Some(
        Finding::new(
            reload,
            format!(
                "`{program} --reload` is for development: it watches the source files all the time"
            ),
        )
        .label("watches files, and restarts when they change")
        .cost(match program.as_str() {
            "uvicorn" => "one worker, and a watcher beside it",
            _ => "a watcher in each worker",
        })
        .help("leave it out here, and give it on the command line while developing"),
    )
}

fn is_more_than_one(word: &Word) -> bool {
    word.text.parse::<u32>().is_ok_and(|number| number > 1)
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
