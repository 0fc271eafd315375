//! # The time of day for deadlines and timeouts
//!
//! A deadline that is reckoned from `time.time()` moves when the clock is set: a wait ends at once, or hours too late, and a cache holds
//! what it should have forgotten. `time.monotonic()` only goes forward.
//!
//! ```python bad
//! import time
//!
//!
//! def wait_for(ready, timeout):
//!     deadline = time.time() + timeout
//!     while not ready():
//!         if time.time() > deadline:
//!             raise TimeoutError
//! ```
//!
//! ```python good
//! import time
//!
//!
//! def wait_for(ready, timeout):
//!     deadline = time.monotonic() + timeout
//!     while not ready():
//!         if time.monotonic() > deadline:
//!             raise TimeoutError
//! ```
//!
//! ```python bad
//! import time
//!
//!
//! class Token:
//!     def __init__(self, fetch):
//!         self._fetch = fetch
//!         self._expires = None
//!
//!     def get(self):
//!         if self._expires is None or time.time() > self._expires:
//!             self._token = self._fetch()
//!             self._expires = time.time() + 300
//!         return self._token
//! ```
//!
//! ```python good
//! import time
//!
//!
//! class Token:
//!     def __init__(self, fetch):
//!         self._fetch = fetch
//!         self._expires = None
//!
//!     def get(self):
//!         if self._expires is None or time.monotonic() > self._expires:
//!             self._token = self._fetch()
//!             self._expires = time.monotonic() + 300
//!         return self._token
//! ```
//!
//! A date that comes from elsewhere, or goes there, is a matter of the time of day: what a server says, a file's age, a stored value.
//!
//! ```python fine
//! import os
//! import time
//!
//!
//! def expired(token, path, rows):
//!     limit = time.time() - 3600
//!     old = [row for row in rows if row.created < limit]
//!     expires = time.time() + token["expires_in"]
//!     token["expires_at"] = expires
//!     return time.time() > token["expires_at"] or os.path.getmtime(path) < limit or old
//! ```
//!
//! The fix is safe where deadline and clock stay in one function.

use hotlint_core::ast::ExprCompare;
use hotlint_core::lint::{Cost, Cx, Finding, Fix, Rule};
use hotlint_core::text_size::Ranged;

pub struct WallClockTtl;

impl Rule for WallClockTtl {
    type On = ExprCompare;
    const COST: Cost =
        Cost::Broken("too early or too late by as much as the clock is set meanwhile");

    fn check<'a>(compare: &'a ExprCompare, cx: &Cx<'a>) -> Option<Finding> {
        let [right] = &*compare.comparators else {
            return None;
        };
        let op = compare.ops.first()?;
        if op.is_eq() || op.is_not_eq() || op.is_in() || op.is_is() {
            return None;
        }
        let times = cx.times(&compare.left, right)?;
        let first = times.comparisons.iter().map(|other| other.start()).min()?;
        if !times.are_moved || first != compare.start() {
            return None;
        }
        let reading = times.first()?;
        let clock = cx.text(reading);
        let finding = Finding::new(
            compare,
            format!("`{clock}` is the time of day, which may be set meanwhile: the deadline moves with it"),
        )
        .label("too early or too late by as much")
        .because(reading, "the clock is read here")
        .help("`time.monotonic()` only goes forward");
        let fix = cx
            .other_clock(&times, "monotonic")
            .map(|(title, edits)| match times.are_local {
                true => Fix::safe(title, edits),
                false => Fix::unsafe_(
                    title,
                    "code of other files that reads the deadline sees another clock's time",
                    edits,
                ),
            });
        Some(finding.fix(fix))
    }
}
