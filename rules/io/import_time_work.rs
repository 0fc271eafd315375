//! # Network, processes and sleep at import
//!
//! What stands at module level runs when the module is imported: every program and every test that imports it waits for the server or
//! the command, and fails to start when that fails.
//!
//! ```python bad
//! import requests
//!
//! RATES = requests.get("https://example.org/rates").json()
//!
//!
//! def rate(name):
//!     return RATES[name]
//! ```
//!
//! ```python good
//! import functools
//!
//! import requests
//!
//!
//! @functools.cache
//! def rates():
//!     return requests.get("https://example.org/rates").json()
//!
//!
//! def rate(name):
//!     return rates()[name]
//! ```
//!
//! ```python bad
//! import subprocess
//!
//! VERSION = subprocess.check_output(["git", "describe"], text=True).strip()
//!
//!
//! def banner():
//!     return f"shop {VERSION}"
//! ```
//!
//! In a function, in a program, and where it is asked for:
//!
//! ```python fine
//! import subprocess
//! import sys
//!
//! import requests
//!
//! HAS_GIT = False
//! if "--version" in sys.argv:
//!     HAS_GIT = subprocess.call(["git", "--version"]) == 0
//!
//!
//! def rates():
//!     return requests.get("https://example.org/rates").json()
//!
//!
//! lazily = lambda: requests.get("https://example.org")
//! ```
//!
//! ```python fine
//! import subprocess
//!
//! out = subprocess.check_output(["git", "describe"], text=True)
//! print(out)
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, Stmt};
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::Runs;

pub struct ImportTimeWork;

impl Rule for ImportTimeWork {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &[
        "httpx.get",
        "httpx.post",
        "os.popen",
        "os.system",
        "requests.delete",
        "requests.get",
        "requests.head",
        "requests.post",
        "requests.put",
        "socket.create_connection",
        "subprocess.Popen",
        "subprocess.call",
        "subprocess.check_call",
        "subprocess.check_output",
        "subprocess.getoutput",
        "subprocess.run",
        "time.sleep",
        "urllib.request.urlopen",
        "urllib.request.urlretrieve",
    ];
    const COST: Cost = Cost::Wait("whoever imports the module waits for it");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        if cx.runs(call) != Runs::Once || !is_imported(cx) {
            return None;
        }
        let chosen = cx.tree.ancestors(call).any(|outer| {
            matches!(
                outer,
                AnyNodeRef::StmtIf(_)
                    | AnyNodeRef::ExprIf(_)
                    | AnyNodeRef::ExprBoolOp(_)
                    | AnyNodeRef::StmtMatch(_)
            )
        });
        if chosen {
            return None;
        }
        let function = cx.text(&*call.func);
        Some(
            Finding::new(
                call,
                format!("`{function}` runs when the module is imported, whoever imports it"),
            )
            .label("every start waits for this")
            .help(
                "do it in a function, when it is first needed: `functools.cache` keeps the result",
            ),
        )
    }
}

/// Whether a file is there to be imported: it defines something, and does nothing by itself at module level.
fn is_imported(cx: &Cx<'_>) -> bool {
    const PROGRAMS: &[&str] = &[
        "__main__.py",
        "conf.py",
        "conftest.py",
        "gunicorn.conf.py",
        "manage.py",
        "noxfile.py",
        "setup.py",
        "tasks.py",
    ];
    let file = cx.source().path().rsplit('/').next().unwrap_or_default();
    let Some(AnyNodeRef::ModModule(module)) = cx.tree.nodes().first() else {
        return false;
    };
    let defines = module
        .body
        .iter()
        .any(|stmt| matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_)));
    let acts = module.body.iter().any(|stmt| match stmt {
        Stmt::Expr(stmt) => stmt
            .value
            .as_call_expr()
            .is_some_and(|call| match &*call.func {
                Expr::Name(name) => {
                    name.id == "print" || name.id == "main" || cx.callee(call).is_some()
                }
                _ => false,
            }),
        Stmt::For(_) | Stmt::While(_) => true,
        _ => false,
    });
    defines && !acts && !cx.is_script() && !PROGRAMS.contains(&file)
}
