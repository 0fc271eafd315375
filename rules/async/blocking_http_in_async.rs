//! # HTTP request that blocks, in an `async def`
//!
//! `requests`, `urllib` and the blocking client of `httpx` wait for the answer in the thread of the event loop. A request takes
//! milliseconds to seconds; until it is answered, no other task runs, and no timeout fires.
//!
//! ```python bad
//! import asyncio
//!
//! import requests
//!
//!
//! async def price(url):
//!     answer = requests.get(url, timeout=5)
//!     await asyncio.sleep(0)
//!     return answer.json()
//! ```
//!
//! ```python good
//! import asyncio
//!
//! import requests
//!
//!
//! async def price(url):
//!     answer = await asyncio.to_thread(requests.get, url, timeout=5)
//!     await asyncio.sleep(0)
//!     return answer.json()
//! ```
//!
//! A session is asked the same way, and one client that awaits is better than many threads:
//!
//! ```python bad
//! import requests
//!
//!
//! async def price(session: requests.Session, url):
//!     return session.get(url).json()
//! ```
//!
//! ```python good
//! import httpx
//!
//!
//! async def price(client: httpx.AsyncClient, url):
//!     answer = await client.get(url)
//!     return answer.json()
//! ```
//!
//! What runs in a thread may block; so may what is not awaited by anybody:
//!
//! ```python fine
//! import asyncio
//! import requests
//!
//!
//! async def price(url, session):
//!     def work():
//!         return requests.get(url)
//!
//!     await asyncio.to_thread(requests.get, url)
//!     await asyncio.to_thread(lambda: requests.get(url))
//!     await session.get(url)
//!     return await asyncio.to_thread(work)
//!
//!
//! def plain(url):
//!     return requests.get(url)
//! ```

use hotlint_core::ast::ExprCall;
use hotlint_core::lint::{Cost, Cx, Finding, InAsync, Rule};
use hotlint_core::python::{Blocks, Effects};

pub struct BlockingHttpInAsync;

impl Rule for BlockingHttpInAsync {
    type On = InAsync<ExprCall>;
    const EFFECTS: Effects = Effects::blocks(Blocks::Http);
    const COST: Cost = Cost::BlocksEventLoop;

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let entry = cx.knows(call)?;
        let finding = cx.stops_the_loop(call, entry, "until the answer is there")?;
        Some(finding.fix(cx.to_thread(call)))
    }
}
