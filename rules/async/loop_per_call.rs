//! # Event loop made for each item
//!
//! `asyncio.run` makes an event loop, runs one coroutine and tears the loop down: about 0.1 ms each time, and no connection or cache
//! of one run is there for the next. The coroutines wait one after the other, too. One loop runs them all.
//!
//! ```python bad
//! import asyncio
//!
//!
//! async def double(number):
//!     return number * 2
//!
//!
//! def all_doubled(numbers):
//!     return [asyncio.run(double(number)) for number in numbers]
//! ```
//!
//! ```python good
//! import asyncio
//!
//!
//! async def double(number):
//!     return number * 2
//!
//!
//! def all_doubled(numbers):
//!     async def work():
//!         return [await double(number) for number in numbers]
//!
//!     return asyncio.run(work())
//! ```
//!
//! ```python input
//! all_doubled(list(range(n)))
//! ```
//!
//! A function that answers requests pays for it in each:
//!
//! ```python bad
//! import asyncio
//! from flask import Flask
//!
//! app = Flask(__name__)
//!
//!
//! @app.route("/price")
//! def price():
//!     return asyncio.run(fetch())
//!
//!
//! async def fetch():
//!     return ""
//! ```
//!
//! ```python good
//! from flask import Flask
//!
//! app = Flask(__name__)
//!
//!
//! @app.route("/price")
//! async def price():
//!     return await fetch()
//!
//!
//! async def fetch():
//!     return ""
//! ```
//!
//! A program that runs once, and runs with different settings:
//!
//! ```python fine
//! import asyncio
//!
//!
//! async def main():
//!     pass
//!
//!
//! if __name__ == "__main__":
//!     asyncio.run(main())
//!     for debug in (True, False):
//!         asyncio.run(main(), debug=debug)
//! ```
//!
//! What is done when something fails is done rarely:
//!
//! ```python fine
//! import asyncio
//!
//!
//! def feed(queue, items):
//!     for item in items:
//!         try:
//!             queue.put_nowait(item)
//!         except asyncio.QueueFull:
//!             asyncio.run(queue.put(item))
//! ```

use hotlint_core::ast::ExprCall;
use hotlint_core::lint::{Cost, Cx, Finding, Rule};
use hotlint_core::python::{Builds, Effects, function_around};

pub struct LoopPerCall;

impl Rule for LoopPerCall {
    type On = ExprCall;
    const EFFECTS: Effects = Effects::builds(Builds::EventLoop);
    const COST: Cost = Cost::Factor("one event loop, not n");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        cx.knows(call)?;
        let message = format!("`{}` makes an event loop", cx.spelled(call));
        let help = "await all of them in one coroutine, and run that";
        if let Some(around) = cx.in_loop(call) {
            around.iter()?;
            if cx.handles_error_in(call, around) || cx.is_of_command_line() {
                return None;
            }
            let finding = Finding::new(call, format!("{message} in every iteration"));
            return Some(
                finding
                    .because(around.header(), "for each item of this loop")
                    .help(help),
            );
        }
        let around = function_around(&cx.tree, call)?;
        cx.is_handler(around).then(|| {
            Finding::new(call, format!("{message} for every request"))
                .because(&around.name, "runs for each request")
                .help("make this function `async`, or keep one event loop in a thread of its own")
        })
    }
}
