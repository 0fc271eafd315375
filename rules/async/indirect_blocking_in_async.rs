//! # A call in an `async def` that blocks further down
//!
//! A function that is no coroutine runs to its end before the event loop gets its turn. Where it waits for a server, a database,
//! another program or a sleep, all other tasks of the loop wait too, however many calls lie between the `async def` and the wait.
//! The call is right there to be awaited in a thread: `await asyncio.to_thread(f, ...)`, or the helper becomes a coroutine and uses a
//! client that does not block. Calls are followed through other files where the configuration says `follow-imports = true`.
//!
//! ```python bad
//! import requests
//!
//!
//! def fetch(url):
//!     return requests.get(url, timeout=5).text
//!
//!
//! async def page(url):
//!     return fetch(url)
//! ```
//!
//! ```python good
//! import requests
//! from asyncio import to_thread
//!
//!
//! def fetch(url):
//!     return requests.get(url, timeout=5).text
//!
//!
//! async def page(url):
//!     return await to_thread(fetch, url)
//! ```
//!
//! SQLite has most answers in less than a millisecond: what ends there is told to those who select the rule.
//!
//! A client that does not block needs no thread, and what only may wait is left alone:
//!
//! ```python fine
//! import httpx
//!
//!
//! async def fetch(url, client: httpx.AsyncClient):
//!     answer = await client.get(url, timeout=5)
//!     return answer.text
//!
//!
//! async def page(url, client: httpx.AsyncClient):
//!     return await fetch(url, client)
//! ```
//!
//! ```python fine
//! import requests
//!
//!
//! def fetch(url, cache):
//!     if url not in cache:
//!         cache[url] = requests.get(url, timeout=5).text
//!     return cache[url]
//!
//!
//! async def page(url, cache):
//!     return fetch(url, cache)
//! ```
//!
//! Nothing else runs yet while the program starts:
//!
//! ```python fine
//! import asyncio
//!
//! import requests
//!
//!
//! def settings():
//!     return requests.get("http://localhost/settings", timeout=5).json()
//!
//!
//! async def main():
//!     print(settings())
//!
//!
//! asyncio.run(main())
//! ```
//!
//! What comes behind a `return` may never be reached:
//!
//! ```python fine
//! import time
//!
//!
//! def crash_if_asked(flags):
//!     if not flags:
//!         return
//!     time.sleep(10)
//!     raise SystemExit
//!
//!
//! async def step(flags):
//!     crash_if_asked(flags)
//! ```
//!
//! Calls that wait for a lock or for the file system, which mostly take short, are not told; nor are those that only start another
//! program, and those that a framework makes before it answers:
//!
//! ```python fine
//! import subprocess
//!
//! import requests
//! from fastapi import FastAPI
//!
//!
//! def start():
//!     return subprocess.Popen(["worker"])
//!
//!
//! def settings():
//!     return requests.get("http://localhost/settings", timeout=5).json()
//!
//!
//! async def work():
//!     return start()
//!
//!
//! async def prepare(app):
//!     await load(app)
//!     yield
//!
//!
//! async def load(app):
//!     app.settings = settings()
//!
//!
//! app = FastAPI(lifespan=prepare)
//! ```
//!
//! ```python bad
//! import subprocess
//!
//!
//! def build():
//!     process = subprocess.Popen(["make"])
//!     process.wait()
//!
//!
//! async def work():
//!     build()
//! ```
//!
//! ```python good
//! import subprocess
//! from asyncio import to_thread
//!
//!
//! def build():
//!     process = subprocess.Popen(["make"])
//!     process.wait()
//!
//!
//! async def work():
//!     await to_thread(build)
//! ```
//!
//! A pause that nobody notices, and what is raised:
//!
//! ```python fine
//! import subprocess
//! import time
//!
//!
//! class Message:
//!     def __init__(self, text):
//!         self.text = text
//!         time.sleep(0.001)
//!
//!
//! def failed(tool):
//!     version = subprocess.run([tool, "--version"], capture_output=True)
//!     return RuntimeError(f"{version.stdout} failed")
//!
//!
//! async def work(run, tool):
//!     if not await run(Message("work")):
//!         raise failed(tool)
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Edit, Finding, Fix, InAsync, Rule, way};
use hotlint_core::python::{Blocks, Does, Effects, Entry, Following, function_around};

pub struct IndirectBlockingInAsync;

/// What takes long enough for others to notice.
const LONG: Effects = Effects::blocks(Blocks::Sleep)
    .or(Effects::blocks(Blocks::Http))
    .or(Effects::blocks(Blocks::Socket))
    .or(Effects::blocks(Blocks::Subprocess))
    .or(Effects::blocks(Blocks::Database))
    .or(Effects::blocks(Blocks::Input));

impl Rule for IndirectBlockingInAsync {
    type On = InAsync<ExprCall>;
    const COST: Cost = Cost::BlocksEventLoop;

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let parent = cx.tree.parent(call)?;
        // What is raised ends it all.
        if parent.is_expr_await() || parent.is_stmt_raise() {
            return None;
        }
        let steps = cx.leads_to(call, LONG, Following::Certain)?;
        let around = function_around(&cx.tree, call)?;
        let last = steps.last()?.entry?;
        let is_sqlite = last.name.starts_with("sqlite3.");
        // An object that opens a file of its own is made once, as a rule.
        if is_sqlite && steps.iter().any(|step| step.makes) {
            return None;
        }
        if cx.is_main_coroutine(around)
            || cx.is_start_hook(around)
            || cx.is_command(around)
            || cx.is_in_test(call)
            || last.blocks(Blocks::Input) && cx.is_dialogue(around)
            || cx.runs_apart(around)
        {
            return None;
        }
        let what = waits(last);
        let name = &steps.first()?.name;
        let finding = Finding::new(
            call,
            format!("`{name}` blocks the event loop: {}", way(&steps, what)),
        )
        .label("nothing else runs until this is done")
        .because(&around.name, "runs on the event loop")
        .through(&steps, what)
        .help(match last.awaited {
            "" | "asyncio.to_thread" => "run it in a thread: `await asyncio.to_thread(...)`".to_owned(),
            other => format!("run it in a thread with `await asyncio.to_thread(...)`, or await {other} instead of `{}`", last.name),
        });
        // SQLite has most answers in less than a millisecond.
        let finding = match is_sqlite && !last.does(Does::Batches) {
            true => finding.assuming(cx.spelled(call)),
            false => finding,
        };
        Some(finding.fix(fix(call, parent, cx)))
    }
}

fn waits(last: &Entry) -> &'static str {
    if last.blocks(Blocks::Sleep) {
        "sleeps"
    } else if last.blocks(Blocks::Http) {
        "waits for an answer over HTTP"
    } else if last.blocks(Blocks::Subprocess) {
        "waits for another program"
    } else if last.blocks(Blocks::Database) {
        "waits for a database"
    } else if last.blocks(Blocks::Input) {
        "waits for the user"
    } else {
        "waits for the network"
    }
}

fn fix<'a>(call: &'a ExprCall, parent: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<Fix> {
    let to_thread = cx.import(call, "asyncio", "to_thread")?;
    let plain = matches!(
        parent,
        AnyNodeRef::StmtExpr(_)
            | AnyNodeRef::StmtReturn(_)
            | AnyNodeRef::StmtAssign(_)
            | AnyNodeRef::StmtAnnAssign(_)
            | AnyNodeRef::Arguments(_)
            | AnyNodeRef::Keyword(_)
    );
    let in_generator = cx
        .tree
        .ancestors(call)
        .take_while(|outer| !outer.is_statement())
        .any(|outer| outer.is_expr_generator());
    let dotted = matches!(&*call.func, Expr::Name(_) | Expr::Attribute(_));
    if in_generator || !dotted || cx.has_comment(call) {
        return None;
    }
    let inside = cx.text(call.arguments.inner_range());
    let given = match inside.trim().is_empty() {
        true => String::new(),
        false => format!(", {}", inside.trim_start()),
    };
    let text = format!(
        "await {}({}{given})",
        to_thread.expression,
        cx.text(&*call.func)
    );
    let text = match plain {
        true => text,
        false => format!("({text})"),
    };
    let mut edits = vec![Edit::replace(call, text)];
    edits.extend(to_thread.edits());
    Some(Fix::unsafe_(
        "Run it in a thread",
        "other tasks run meanwhile, and what the function touches has to bear another thread",
        edits,
    ))
}
