//! # HTTP request in a loop without a session
//!
//! `requests.get` opens a connection for one request and closes it: name resolution, TCP and TLS handshakes take two to four round
//! trips before the request itself. A `requests.Session`, or an `httpx.Client`, keeps the connection open for the next request to the
//! same host.
//!
//! ```python bad
//! import requests
//!
//!
//! def prices(ids):
//!     return [requests.get(f"https://shop.example/price/{number}").json() for number in ids]
//! ```
//!
//! ```python good
//! import requests
//!
//!
//! def prices(ids):
//!     with requests.Session() as session:
//!         return [session.get(f"https://shop.example/price/{number}").json() for number in ids]
//! ```
//!
//! It is told where the text shows that the host is the same: the URL begins with a fixed text, or does not change at all. Where the
//! URL itself is the item, each may be another host's. What is asked once, or again after a pause, needs no connection in between:
//!
//! ```python fine
//! import time
//! import requests
//!
//!
//! def look(urls, url, session):
//!     for each in urls:
//!         requests.get(each)
//!         session.get(f"https://shop.example/{each}")
//!     while not requests.get(url).ok:
//!         time.sleep(10)
//!     return requests.get(url)
//! ```

use hotlint_core::ast::{Expr, ExprCall, InterpolatedStringElement};
use hotlint_core::lint::{Cost, Cx, Finding, InLoop, Rule};
use hotlint_core::python::{Blocks, Effects, Loop, Size};

pub struct HttpWithoutSessionInLoop;

impl Rule for HttpWithoutSessionInLoop {
    type On = InLoop<ExprCall>;
    const EFFECTS: Effects = Effects::blocks(Blocks::Http);
    const COST: Cost = Cost::RoundTrips("n connections", "1");

    fn is_worth_asking<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
        cx.in_loop(call).is_some_and(|around| {
            // Retries and polls wait between requests, and the connection would be gone.
            around.iter().is_some()
                && !cx.calls_in(around, "sleep")
                && stays_with_its_host(call, around, cx)
        })
    }

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let entry = cx.knows(call)?;
        let around = cx.in_loop(call)?;
        let is_alone = |entry: &'static hotlint_core::python::Entry| {
            entry.blocks(Blocks::Http) && entry.batched.starts_with("one ")
        };
        if !is_alone(entry) || cx.was_done_before(call, around, is_alone) {
            return None;
        }
        let message = format!(
            "`{}` opens a connection in every iteration",
            cx.spelled(call)
        );
        Some(
            Finding::new(call, message)
                .label("one connection per request")
                .because(around.header(), "for each item of this loop")
                .sized(
                    match cx.is_run_by_hand(call) {
                        true => Size::Unknown,
                        false => cx.rounds(&[around]),
                    },
                    around.iter().map_or("", |iter| cx.text(iter)),
                )
                .help(format!(
                    "make {} before the loop, and ask through it",
                    entry.batched
                )),
        )
    }
}

/// Whether the URL is the same in all iterations, or begins with the same host.
fn stays_with_its_host<'a>(call: &'a ExprCall, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    let keyword = call
        .arguments
        .find_keyword("url")
        .map(|keyword| &keyword.value);
    let args = &call.arguments.args;
    // `requests.request("GET", url)`
    let first_is_method = args.len() > 1
        && args
            .first()
            .and_then(Expr::as_string_literal_expr)
            .is_some_and(|text| {
                text.value
                    .to_str()
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase())
            });
    let Some(url) = keyword.or_else(|| args.get(usize::from(first_is_method))) else {
        return false;
    };
    let url = match url {
        Expr::Name(_) => cx.only_value(url).unwrap_or(url),
        url => url,
    };
    begins_alike(url, around, cx)
}

fn begins_alike<'a>(url: &'a Expr, around: Loop<'a>, cx: &Cx<'a>) -> bool {
    match url {
        Expr::StringLiteral(text) => text.value.to_str().contains("://"),
        // `f"{base}/price/{id}"`
        Expr::FString(text) => match text.value.elements().next() {
            Some(InterpolatedStringElement::Literal(literal)) => has_host(&literal.value),
            Some(InterpolatedStringElement::Interpolation(part)) => {
                !cx.names_bound_in(&*part.expression, around)
            }
            None => false,
        },
        // `base + path`, `"https://shop.example/%s" % id`
        Expr::BinOp(sum) => begins_alike(&sum.left, around, cx),
        Expr::Call(call) => match &*call.func {
            // `"https://shop.example/{}".format(id)`
            Expr::Attribute(method) if method.attr.as_str() == "format" => {
                begins_alike(&method.value, around, cx)
            }
            // `urljoin(base, path)`
            func if cx.is(func, "urllib.parse.urljoin") => call
                .arguments
                .args
                .first()
                .is_some_and(|base| begins_alike(base, around, cx)),
            _ => false,
        },
        Expr::Name(_) | Expr::Attribute(_) => !cx.names_bound_in(url, around),
        _ => false,
    }
}

/// Whether a text has a host, and goes on behind it.
fn has_host(text: &str) -> bool {
    text.split_once("://")
        .is_some_and(|(_, rest)| rest.contains('/'))
}
