//! # Client made for each request, in an `async def`
//!
//! An `AsyncClient` or `ClientSession` keeps a pool of open connections. One that is made for a request and closed behind it keeps
//! none: each request resolves the name and shakes hands for TCP and TLS anew, two to four round trips before the request itself, and
//! making an `httpx` client reads the certificates of the system, about 20 ms. Whether there are many requests is for you to say: a
//! coroutine that asks once a day may do so.
//!
//! ```python bad
//! import httpx
//!
//!
//! class Shop:
//!     async def price(self, number):
//!         async with httpx.AsyncClient() as client:
//!             answer = await client.get(f"https://shop.example/{number}")
//!             return answer.json()
//! ```
//!
//! ```python good
//! import httpx
//!
//!
//! class Shop:
//!     def __init__(self, client: httpx.AsyncClient):
//!         self.client = client
//!
//!     async def price(self, number):
//!         answer = await self.client.get(f"https://shop.example/{number}")
//!         return answer.json()
//! ```
//!
//! ```python bad
//! import aiohttp
//!
//!
//! async def fetch(url):
//!     async with aiohttp.ClientSession() as session:
//!         async with session.get(url) as answer:
//!             return await answer.text()
//!
//!
//! async def fetch_all(urls):
//!     return [await fetch(url) for url in urls]
//! ```
//!
//! ```python good
//! import aiohttp
//!
//!
//! async def fetch(session: aiohttp.ClientSession, url):
//!     async with session.get(url) as answer:
//!         return await answer.text()
//!
//!
//! async def fetch_all(urls):
//!     async with aiohttp.ClientSession() as session:
//!         return [await fetch(session, url) for url in urls]
//! ```
//!
//! A client that serves a whole function, that is handed on or kept, or that belongs to the caller's credentials, and a program that
//! runs once:
//!
//! ```python fine
//! import asyncio
//! import aiohttp
//!
//!
//! class Shop:
//!     async def start(self):
//!         self.session = aiohttp.ClientSession()
//!
//!     async def prices(self, urls):
//!         async with aiohttp.ClientSession() as session:
//!             for url in urls:
//!                 await session.get(url)
//!
//!     async def check(self, token):
//!         async with aiohttp.ClientSession(headers={"token": token}) as session:
//!             await session.get("https://shop.example/")
//!
//!
//! async def main():
//!     async with aiohttp.ClientSession() as session:
//!         await session.get("https://shop.example/")
//!
//!
//! if __name__ == "__main__":
//!     asyncio.run(main())
//! ```

use hotlint_core::ast::ExprCall;
use hotlint_core::lint::{Cost, Cx, Finding, InAsync, Rule};
use hotlint_core::python::{Builds, Effects};

pub struct ClientPerRequestInAsync;

impl Rule for ClientPerRequestInAsync {
    type On = InAsync<ExprCall>;
    const EFFECTS: Effects = Effects::builds(Builds::Client).or(Effects::builds(Builds::Session));
    const COST: Cost = Cost::Debatable("n connections instead of 1");

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let (because, words) = cx.built_per_call(call)?;
        let message = format!(
            "`{}` is made for each call, and its connections with it",
            cx.spelled(call)
        );
        Some(
            Finding::new(call, message)
                .label("connects anew each time")
                .because(because, words)
                .help("make one when the program starts, and share it"),
        )
    }
}
