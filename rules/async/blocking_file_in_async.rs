//! # File that is read or written in an `async def`
//!
//! Opening, reading and writing files waits for the disk in the thread of the event loop. On a fast local disk that is a fraction of
//! a millisecond, on a network share, a busy disk or a large file it is seconds, in which no other task runs.
//!
//! Told by default where the text shows that it takes its time: bytes, uploads and what is gone through in a loop; what copies or removes
//! files, or looks through folders; and any file that requests or a loop ask for. One text file, once, and a file of settings are
//! told to those who select the rule.
//!
//! ```python bad
//! import asyncio
//! from pathlib import Path
//!
//!
//! async def template(path: Path):
//!     text = path.read_text()
//!     await asyncio.sleep(0)
//!     return text
//! ```
//!
//! ```python good
//! import asyncio
//! from pathlib import Path
//!
//!
//! async def template(path: Path):
//!     text = await asyncio.to_thread(path.read_text)
//!     await asyncio.sleep(0)
//!     return text
//! ```
//!
//! `open` is told, and what is then read from the file is not told again: both belong into one function that a thread runs.
//!
//! ```python bad
//! async def load(name):
//!     with open(name) as file:
//!         return file.read()
//! ```
//!
//! ```python good
//! import asyncio
//!
//!
//! def read(name):
//!     with open(name) as file:
//!         return file.read()
//!
//!
//! async def load(name):
//!     return await asyncio.to_thread(read, name)
//! ```
//!
//! A single look at what a path is, or at the names in a folder, takes microseconds and is left alone; one after the other in a loop
//! are told. What only joins or splits paths never waits:
//!
//! ```python fine
//! import os.path
//! from pathlib import Path
//!
//!
//! async def find(folder, path: Path):
//!     if os.path.exists(folder) and path.is_file():
//!         return os.path.join(folder, path.name)
//!     return path.with_suffix(".bak").as_posix()
//!
//!
//! async def tables(folder: Path):
//!     for path in folder.iterdir():
//!         await show(path)
//!     return sorted(path.stem for path in folder.glob("*.sql"))
//! ```
//!
//! ```python bad
//! from pathlib import Path
//!
//!
//! async def tables(folder: Path):
//!     return [path.stem for path in folder.glob("**/*.sql")]
//! ```
//!
//! Bytes in memory, a file that a thread reads, and a command of a program, while which nothing else runs:
//!
//! ```python fine
//! import asyncio
//! import io
//! import zipfile
//! import typer
//!
//! app = typer.Typer()
//!
//!
//! async def read(name, data):
//!     with zipfile.ZipFile(io.BytesIO(data)) as packed:
//!         packed.namelist()
//!     with open(name) as file:
//!         return await asyncio.to_thread(file.read)
//!
//!
//! @app.command()
//! async def show(name):
//!     with open(name) as file:
//!         print(file.read())
//! ```
//!
//! What starts or ends a service, what only that awaits, and what computes as well, which another rule tells:
//!
//! ```python fine
//! import shutil
//!
//! import pandas as pd
//!
//!
//! class Server:
//!     async def start(self):
//!         with open(self.path) as file:
//!             self.config = file.read()
//!         await self.write_settings()
//!
//!     async def write_settings(self):
//!         with open(self.path, "w") as file:
//!             file.write(self.settings)
//!
//!     async def __aexit__(self, *error):
//!         shutil.rmtree(self.folder)
//!
//!     async def table(self, name):
//!         return pd.read_csv(name)
//! ```
//!
//! Nobody waits yet when a framework starts, nor before `main` lets anything else run:
//!
//! ```python fine
//! import asyncio
//!
//! from fastapi import FastAPI
//!
//! app = FastAPI()
//!
//!
//! @app.on_event("startup")
//! async def prepare():
//!     await read_settings()
//!
//!
//! async def read_settings():
//!     with open("settings.json") as file:
//!         app.state.settings = file.read()
//!
//!
//! async def main(path):
//!     with open(path) as file:
//!         names = file.read().splitlines()
//!     await asyncio.gather(*[fetch(name) for name in names])
//!
//!
//! if __name__ == "__main__":
//!     asyncio.run(main("names.txt"))
//! ```
//!
//! A file that somebody else reads or writes:
//!
//! ```python fine
//! import contextlib
//!
//!
//! async def upload(name, sender):
//!     with open(name, "rb") as file:
//!         await sender.send(file, name)
//!
//!
//! @contextlib.asynccontextmanager
//! async def kept(name, other):
//!     if name:
//!         with open(name, "wb") as file:
//!             yield file, name
//!     else:
//!         file = other.file
//!         print(file.name)
//!         yield file, other
//!
//!
//! def save(self, name):
//!     async def fetch():
//!         data = await self.page()
//!         with open(name, "wb") as file:
//!             file.write(data)
//!
//!     return self.wait_for(fetch())
//! ```
//! ```python fine
//! import asyncio
//! import os.path
//! import tempfile
//! from pathlib import Path
//!
//! NOTICE = os.path.join(os.path.dirname(__file__), "notice.txt")
//! HERE = Path(__file__).parent
//! TABLES = HERE / "tables.sql"
//!
//!
//! async def tables():
//!     with TABLES.open() as file:
//!         return file.read()
//!
//!
//! async def notice():
//!     with open(NOTICE) as file:
//!         return file.read()
//!
//!
//! async def key(run):
//!     with tempfile.TemporaryDirectory() as folder:
//!         await run("make-key", folder)
//!         return (Path(folder) / "key").read_text()
//!
//!
//! async def run(text, start):
//!     temporary = tempfile.NamedTemporaryFile(delete=False)
//!     temporary.close()
//!     with open(temporary.name, "w") as file:
//!         file.write(text)
//!     await start(temporary.name)
//!
//!
//! async def convert(name):
//!     """Converts a file.
//!
//!     >>> asyncio.run(convert("a.txt"))
//!     """
//!     with open(name) as file:
//!         return file.read()
//!
//!
//! async def read(name):
//!     with open(name) as file:
//!         return file.read()
//!
//!
//! async def main(name):
//!     print(await read(name))
//!
//!
//! asyncio.run(main("a.txt"))
//! ```
//!
//! Nobody waits for what is cleaned up before an error, a pipe is no file, and the names in one folder are read in no time:
//!
//! ```python fine
//! import glob
//! import os
//! import shutil
//! from pathlib import Path
//!
//!
//! async def build(run, folders, descriptor):
//!     if not await run():
//!         for folder in folders:
//!             shutil.rmtree(folder)
//!         raise RuntimeError("not built")
//!     os.write(descriptor, b"built")
//!     return glob.glob("*.html")
//!
//!
//! async def keep(path: Path, picture):
//!     path.write_bytes(picture)  # noqa: ASYNC240
//! ```

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall, ExprName, StmtFunctionDef};
use hotlint_core::lint::{Cost, Cx, Finding, InAsync, Rule};
use hotlint_core::python::{
    Binding, Blocks, Does, Effects, Entry, Type, function_around, is_for_an_error,
};
use hotlint_core::text_size::Ranged;

pub struct BlockingFileInAsync;

impl Rule for BlockingFileInAsync {
    type On = InAsync<ExprCall>;
    const EFFECTS: Effects = Effects::blocks(Blocks::File);
    const COST: Cost = Cost::BlocksEventLoop;

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let entry = cx.knows(call)?;
        // The text of a file that is open comes from memory, or from where it was opened: that is told.
        let of_file = entry.name.starts_with("io.")
            || matches!(&*call.func, Expr::Attribute(method)
                if matches!(cx.ty(&*method.value), Type::File(_)));
        let opens = matches!(entry.last(), "open");
        if of_file && !opens
            || is_of_no_file(call, entry, cx)
            || is_in_memory(call, cx)
            || opens && is_read_elsewhere(call, cx)
        {
            return None;
        }
        let brief = entry.does(Does::Brief) || lists_one_folder(call, entry, cx);
        if brief && !is_many(call, entry, cx) {
            return None;
        }
        // That it computes as well is told already. And what is started or ended has no tasks yet, or none that still matter.
        let around = function_around(&cx.tree, call)?;
        if entry.blocks(Blocks::Cpu) || cx.starts_or_ends(around) || cx.has_its_own_loop(around) {
            return None;
        }
        if is_near_at_hand(call, cx) || is_before_an_error(call, cx) {
            return None;
        }
        // Somebody else reads what is only opened here, perhaps in a thread.
        if opens && is_handed_on(call, cx) {
            return None;
        }
        let finding = cx.stops_the_loop(call, entry, "until the disk has answered")?;
        let finding = match cx.in_loop(call) {
            Some(each) if brief => {
                let items = each.iter().map_or("", |iter| cx.text(iter));
                finding.sized(cx.rounds(&[each]), items)
            }
            _ if !is_seen_to_wait(call, around, cx) => {
                finding.assuming(path_of(call, cx).map_or("", |path| cx.text(path)))
            }
            _ => finding,
        };
        // What is opened is then read here.
        Some(match opens {
            true => finding.help(
                "open and read in a function of its own, and `await asyncio.to_thread(...)` it; or use `aiofiles`",
            ),
            false => finding.fix(cx.to_thread(call)),
        })
    }
}

/// `folder.glob("*.txt")`, which reads the names in one folder; `**` reads those in all below it.
fn lists_one_folder<'a>(call: &'a ExprCall, entry: &'static Entry, cx: &Cx<'a>) -> bool {
    if matches!(entry.name, "glob.glob" | "glob.iglob") {
        return call.arguments.find_keyword("recursive").is_none();
    }
    let pattern = call
        .arguments
        .args
        .first()
        .filter(|_| entry.last() == "glob");
    let written = |pattern: &'a Expr| match pattern {
        Expr::StringLiteral(text) => !text.value.to_str().contains("**"),
        Expr::FString(_) => !cx.text(pattern).contains("**"),
        _ => false,
    };
    pattern.is_some_and(|pattern| written(pattern) || cx.only_value(pattern).is_some_and(written))
}

/// `os.read(descriptor, size)` of who knows what: a pipe, a terminal.
fn is_of_no_file<'a>(call: &'a ExprCall, entry: &'static Entry, cx: &Cx<'a>) -> bool {
    let opened = |descriptor: &'a Expr| {
        let made = cx.only_value(descriptor);
        made.is_some_and(|made| cx.call_of(made, "os.open").is_some())
    };
    matches!(entry.name, "os.read" | "os.write") && !call.arguments.args.first().is_some_and(opened)
}

/// Whether one look at a path after the other is taken, with nothing in between that lets other tasks run.
///
/// What takes long beside it is told already.
fn is_many<'a>(call: &'a ExprCall, entry: &'static Entry, cx: &Cx<'a>) -> bool {
    let takes_long = |other: &'a ExprCall| {
        cx.knows(other).is_some_and(|other| {
            other.blocks(Blocks::File) && !std::ptr::eq(other, entry) && !other.does(Does::Brief)
        })
    };
    cx.in_loop(call).is_some_and(|around| {
        around.iter().is_some()
            && !cx.tree.descendants(around.node()).any(|node| match node {
                AnyNodeRef::ExprAwait(_) => true,
                AnyNodeRef::ExprCall(other) => takes_long(other),
                _ => false,
            })
    })
}

/// Whether the text shows that a call takes long, or that it is made again and again: it copies or removes, or what it reads or
/// writes may be large, or a request or a loop asks for it. One small file is a fraction of a millisecond, once.
fn is_seen_to_wait<'a>(call: &'a ExprCall, around: &'a StmtFunctionDef, cx: &Cx<'a>) -> bool {
    let Some(path) = path_of(call, cx) else {
        return true;
    };
    let opens = matches!(cx.knows(call).map(Entry::last), Some("open"));
    if cx.runs_once(call) || opens && !is_used_here(call, cx) {
        return false;
    }
    let each = cx
        .in_loop(call)
        .filter(|each| !each.iter().is_some_and(|items| cx.is_few(items)));
    if cx.is_large_file(call, path) || each.is_some_and(|each| cx.rounds(&[each]).is_seen()) {
        return true;
    }
    !cx.is_small_file(path)
        && (each.is_some() || cx.is_handler(around) || cx.called_in_loop(around).is_some())
}

/// Whether what is opened is read or written by this function, and not only handed on: `file.read()`, `for line in file`,
/// `json.load(file)`.
fn is_used_here<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let name = match cx.tree.parent(call) {
        Some(AnyNodeRef::WithItem(item)) => item.optional_vars.as_deref(),
        Some(AnyNodeRef::StmtAssign(stmt)) => stmt.targets.first(),
        Some(AnyNodeRef::StmtAnnAssign(stmt)) => Some(&*stmt.target),
        Some(AnyNodeRef::ExprNamed(walrus)) => Some(&*walrus.target),
        Some(AnyNodeRef::ExprIf(_) | AnyNodeRef::ExprDict(_) | AnyNodeRef::ExprTuple(_)) => {
            return false;
        }
        _ => return true,
    };
    let Some(symbol) = name
        .and_then(Expr::as_name_expr)
        .and_then(|name| cx.symbol(name))
    else {
        return false;
    };
    cx.reads(symbol).any(|file| match cx.tree.parent(file) {
        Some(AnyNodeRef::ExprAttribute(method)) => {
            method.attr.as_str() != "close" && method.attr.as_str() != "name"
        }
        Some(AnyNodeRef::StmtFor(_) | AnyNodeRef::Comprehension(_)) => true,
        Some(AnyNodeRef::Arguments(_) | AnyNodeRef::Keyword(_)) => {
            let taker = cx.tree.ancestors(file).find(|outer| outer.is_expr_call());
            taker.is_some_and(|taker| {
                !matches!(cx.tree.parent(taker), Some(AnyNodeRef::ExprAwait(_)))
            })
        }
        _ => false,
    })
}

/// Whether the call cleans up, one thing after the other at most, before an exception is raised.
fn is_before_an_error<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    for outer in cx.tree.ancestors(call) {
        if outer.is_stmt_function_def() {
            return false;
        }
        if outer.is_statement() && is_for_an_error(&cx.tree, outer) {
            return true;
        }
        if outer.is_stmt_for() || outer.is_stmt_while() {
            return false;
        }
    }
    false
}

/// The path of the file that a call opens, or reads or writes as a whole.
fn path_of<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<&'a Expr> {
    let name = cx.knows(call)?.name;
    let Some((_, of_path)) = name.rsplit_once("Path.") else {
        let opens = matches!(name, "builtins.open" | "io.open" | "codecs.open");
        return call.arguments.args.first().filter(|_| opens);
    };
    let whole = [
        "open",
        "read_bytes",
        "read_text",
        "write_bytes",
        "write_text",
    ];
    let method = call.func.as_attribute_expr()?;
    whole.contains(&of_path).then_some(&*method.value)
}

/// Whether the file came with the program, or was written to a temporary folder a moment ago: small, or in memory still.
fn is_near_at_hand<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let in_temporary = |name: &'a ExprName| {
        let bound = cx.symbol(name).and_then(|symbol| cx.only_binding(symbol));
        matches!(bound, Some(Binding::With(item, _))
            if cx.call_of(&item.context_expr, "tempfile.TemporaryDirectory").is_some())
    };
    // `temp = NamedTemporaryFile(delete=False)`, `open(temp.name, "w")`: as quick as `temp.write`.
    let of_temporary = |name: &'a ExprName| {
        let bound = cx.symbol(name).and_then(|symbol| cx.only_binding(symbol));
        let made = match bound {
            Some(Binding::With(item, _)) => Some(&item.context_expr),
            Some(Binding::Assign(assign)) => Some(&*assign.value),
            _ => None,
        };
        made.is_some_and(|made| cx.call_of(made, "tempfile.NamedTemporaryFile").is_some())
    };
    if call.arguments.args.first().is_some_and(|path| {
        matches!(path, Expr::Attribute(path) if path.attr.as_str() == "name"
            && path.value.as_name_expr().is_some_and(of_temporary))
    }) {
        return cx.is(&*call.func, "builtins.open");
    }
    let leads_there = |place: &'a Expr| {
        cx.tree.descendants(place).any(|node| match node {
            AnyNodeRef::ExprName(name) => name.id.as_str() == "__file__" || in_temporary(name),
            _ => false,
        })
    };
    // `path.open(mode)`
    let of_path = match &*call.func {
        Expr::Attribute(method) if entry_opens_path(call, cx) => Some(&*method.value),
        _ => None,
    };
    let writes = call
        .arguments
        .find_argument_value("mode", usize::from(of_path.is_none()))
        .and_then(Expr::as_string_literal_expr)
        .is_some_and(|mode| mode.value.to_str().contains(['w', 'a', 'x', '+']));
    let (path, reads) = match &*call.func {
        Expr::Attribute(method) if matches!(method.attr.as_str(), "read_text" | "read_bytes") => {
            (Some(&*method.value), true)
        }
        _ if of_path.is_some() => (of_path, !writes),
        func => (
            call.arguments.args.first(),
            cx.is(func, "builtins.open") && !writes,
        ),
    };
    // `HERE = Path(__file__).parent`, `NOTICE = HERE / "notice.txt"`
    let base_leads_there = |place: &'a Expr| {
        leads_there(place)
            || cx.tree.descendants(place).any(|node| match node {
                AnyNodeRef::ExprName(name) => {
                    let bound = cx.symbol(name).and_then(|symbol| cx.only_binding(symbol));
                    matches!(bound, Some(Binding::Assign(assign)) if leads_there(&assign.value))
                }
                _ => false,
            })
    };
    reads
        && path.is_some_and(|path| {
            base_leads_there(path) || cx.only_value(path).is_some_and(base_leads_there)
        })
}

fn entry_opens_path<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    cx.knows(call)
        .is_some_and(|entry| entry.name == "pathlib.Path.open")
}

/// Whether the bytes are in memory, or of something that was opened here and told.
fn is_in_memory<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let in_memory = call.arguments.args.iter().any(|argument| {
        (cx.ty(argument).class_name())
            .is_some_and(|name| matches!(name.as_str(), "io.BytesIO" | "io.StringIO"))
    });
    let opened_here = match &*call.func {
        Expr::Attribute(method) => method.value.as_name_expr().is_some_and(|name| {
            let bound = cx.symbol(name).and_then(|symbol| cx.only_binding(symbol));
            let made = match bound {
                Some(Binding::With(item, _)) => Some(&item.context_expr),
                Some(Binding::Assign(assign)) => Some(&*assign.value),
                _ => None,
            };
            (made.and_then(Expr::as_call_expr))
                .and_then(|made| cx.knows(made))
                .is_some_and(|entry| entry.blocks(Blocks::File) && !entry.does(Does::Brief))
        }),
        _ => false,
    };
    in_memory || opened_here
}

/// Whether the file that is opened is only read or written in a thread: `await asyncio.to_thread(file.read)`.
fn is_read_elsewhere<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let Some(AnyNodeRef::WithItem(item)) = cx.tree.parent(call) else {
        return false;
    };
    let name = item.optional_vars.as_deref().and_then(Expr::as_name_expr);
    let Some(symbol) = name.and_then(|name| cx.symbol(name)) else {
        return false;
    };
    // The name may be another file's further down.
    let block = cx.tree.parent(item).map(|block| block.range());
    let mut reads = cx
        .reads(symbol)
        .filter(|read| block.is_none_or(|block| block.contains_range(read.range())))
        .peekable();
    reads.peek().is_some() && reads.all(|read| is_given_away(read, cx))
}

/// Whether somebody else reads: a method is passed on, a coroutine takes the file, or whoever asked for it gets it.
fn is_given_away<'a>(file: &'a ExprName, cx: &Cx<'a>) -> bool {
    let Some(parent) = cx.tree.parent(file) else {
        return false;
    };
    if let AnyNodeRef::ExprAttribute(method) = parent {
        return matches!(cx.tree.parent(method), Some(AnyNodeRef::Arguments(_)));
    }
    let mut outer = cx.tree.ancestors(file);
    let taker = outer.find(|node| {
        !matches!(
            node,
            AnyNodeRef::ExprTuple(_) | AnyNodeRef::Arguments(_) | AnyNodeRef::Keyword(_)
        )
    });
    match taker {
        Some(AnyNodeRef::ExprYield(_)) => true,
        Some(AnyNodeRef::ExprCall(taker)) => {
            matches!(cx.tree.parent(taker), Some(AnyNodeRef::ExprAwait(_)))
        }
        _ => false,
    }
}

/// Whether the file goes to a call that is not known to read or write it.
fn is_handed_on<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let mut outer = cx.tree.ancestors(call);
    let is_argument = outer
        .next()
        .is_some_and(|parent| matches!(parent, AnyNodeRef::Arguments(_) | AnyNodeRef::Keyword(_)));
    let taker = outer.find_map(|node| match node {
        AnyNodeRef::ExprCall(call) => Some(call),
        _ => None,
    });
    is_argument && taker.is_none_or(|taker| cx.knows(taker).is_none())
}
