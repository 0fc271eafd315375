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
//!
//! The contents of a `data:` address stand in it:
//!
//! ```python fine
//! from urllib.request import urlopen
//!
//!
//! async def picture_of(data_url):
//!     with urlopen(data_url) as picture:
//!         return picture.read()
//! ```

use hotlint_core::ast::{Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, InAsync, Rule};
use hotlint_core::python::{Blocks, Effects, function_around};

pub struct BlockingHttpInAsync;

impl Rule for BlockingHttpInAsync {
    type On = InAsync<ExprCall>;
    const EFFECTS: Effects = Effects::blocks(Blocks::Http);
    const COST: Cost = Cost::BlocksEventLoop;

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let entry = cx.knows(call)?;
        if is_data_url(call, cx) {
            return None;
        }
        let finding = cx.stops_the_loop(call, entry, "until the answer is there")?;
        Some(finding.fix(cx.to_thread(call)))
    }
}

/// Whether what is opened has its contents in the address: `data:,text`, as the names of the variable and of the function tell.
fn is_data_url<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let says = |name: &str| name.contains("data_url") || name.contains("data_uri");
    let url = call.arguments.args.first();
    cx.is(&*call.func, "urllib.request.urlopen")
        && (url.and_then(Expr::as_name_expr)).is_some_and(|url| {
            says(&url.id) || function_around(&cx.tree, call).is_some_and(|def| says(&def.name))
        })
}
