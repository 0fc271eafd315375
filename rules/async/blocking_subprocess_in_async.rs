//! # Other program that is waited for, in an `async def`
//!
//! `subprocess.run` and its kin wait in the thread of the event loop until the other program ends; nothing else runs for as long.
//! `subprocess.Popen` waits until it has started, which takes a process of a few hundred megabytes a few milliseconds: that is told
//! where a request or a loop asks for it; elsewhere, for those who select the rule.
//!
//! ```python bad
//! import asyncio
//! import subprocess
//!
//!
//! async def version(tool):
//!     done = subprocess.run([tool, "--version"], capture_output=True)
//!     await asyncio.sleep(0)
//!     return done.stdout
//! ```
//!
//! ```python good
//! import asyncio
//! import subprocess
//!
//!
//! async def version(tool):
//!     done = await asyncio.to_thread(subprocess.run, [tool, "--version"], capture_output=True)
//!     await asyncio.sleep(0)
//!     return done.stdout
//! ```
//!
//! The event loop can wait for a program without a thread, too:
//!
//! ```python bad
//! import os
//!
//!
//! async def clean(folder):
//!     os.system(f"make -C {folder} clean")
//! ```
//!
//! ```python good
//! import asyncio
//!
//!
//! async def clean(folder):
//!     process = await asyncio.create_subprocess_exec("make", "-C", folder, "clean")
//!     await process.wait()
//! ```
//!
//! What runs in a thread may wait:
//!
//! ```python fine
//! import asyncio
//! import subprocess
//!
//!
//! async def version(tool):
//!     def ask():
//!         return subprocess.check_output([tool, "--version"])
//!
//!     process = await asyncio.create_subprocess_exec(tool)
//!     await process.communicate()
//!     return await asyncio.get_running_loop().run_in_executor(None, ask)
//! ```

use hotlint_core::ast::ExprCall;
use hotlint_core::lint::{Cost, Cx, Finding, InAsync, Rule};
use hotlint_core::python::{Blocks, Effects, function_around};

pub struct BlockingSubprocessInAsync;

impl Rule for BlockingSubprocessInAsync {
    type On = InAsync<ExprCall>;
    const EFFECTS: Effects = Effects::blocks(Blocks::Subprocess).or(Effects::blocks(Blocks::Start));
    const COST: Cost = Cost::BlocksEventLoop;

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let entry = cx.knows(call)?;
        let until = match entry.blocks(Blocks::Start) {
            true => "until the program has started",
            false => "until the program ends",
        };
        let finding = cx.stops_the_loop(call, entry, until)?;
        let around = function_around(&cx.tree, call)?;
        let is_rare = || cx.in_loop(call).is_none() && !cx.is_handler(around);
        // The event loop's own way to start a program takes it as long.
        let finding = match entry.blocks(Blocks::Start) && is_rare() {
            true => finding.assuming(cx.spelled(call)),
            false => finding,
        };
        Some(finding.fix(cx.to_thread(call)))
    }
}
