//! # Question to the user in an `async def`
//!
//! `input` and `getpass` wait for the user in the thread of the event loop: no other task runs until a line was typed.
//!
//! ```python bad
//! import asyncio
//!
//!
//! async def chat(send):
//!     while True:
//!         await send(input("> "))
//!         await asyncio.sleep(0)
//! ```
//!
//! ```python good
//! import asyncio
//!
//!
//! async def chat(send):
//!     while True:
//!         await send(await asyncio.to_thread(input, "> "))
//!         await asyncio.sleep(0)
//! ```
//!
//! One that prints as well, and keeps others going:
//!
//! ```python bad
//! import asyncio
//!
//!
//! async def chat(listen):
//!     asyncio.create_task(listen())
//!     while True:
//!         print("You said", input("> "))
//!         await asyncio.sleep(0)
//! ```
//!
//! What runs in a thread may wait, and so may an `input` of one's own, and a program that is in a dialogue with its user:
//!
//! ```python fine
//! import asyncio
//!
//!
//! async def choose(names):
//!     print("Choose one of", names)
//!     while (name := input("> ")) not in names:
//!         print("That is none of them")
//!     return name
//!
//!
//! async def ask(input):
//!     await asyncio.to_thread(lambda: input("name: "))
//!     return input("name: ")
//! ```

use hotlint_core::ast::ExprCall;
use hotlint_core::lint::{Cost, Cx, Finding, InAsync, Rule};
use hotlint_core::python::{Blocks, Effects};

pub struct BlockingInputInAsync;

impl Rule for BlockingInputInAsync {
    type On = InAsync<ExprCall>;
    const EFFECTS: Effects = Effects::blocks(Blocks::Input);
    const COST: Cost = Cost::BlocksEventLoop;

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let entry = cx.knows(call)?;
        let finding = cx.stops_the_loop(call, entry, "until the user has answered")?;
        Some(finding.fix(cx.to_thread(call)))
    }
}
