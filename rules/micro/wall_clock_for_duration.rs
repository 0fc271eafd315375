//! # The time of day as a stopwatch
//!
//! `time.time()` tells the time of day. It jumps when somebody, or the network, sets the clock, and ticks as coarsely as every 16 ms on
//! some systems: the difference of two readings may be far off, or negative. `time.perf_counter()` is there to measure durations: it
//! only goes forward, in the finest steps that the machine has.
//!
//! ```python bad
//! import time
//!
//!
//! def timed(function):
//!     start = time.time()
//!     function()
//!     return time.time() - start
//! ```
//!
//! ```python good
//! import time
//!
//!
//! def timed(function):
//!     start = time.perf_counter()
//!     function()
//!     return time.perf_counter() - start
//! ```
//!
//! ```python bad
//! from time import time
//!
//!
//! def laps(steps):
//!     last = time()
//!     for step in steps:
//!         step()
//!         now = time()
//!         print(step, now - last)
//!         last = now
//! ```
//!
//! ```python good
//! from time import time
//! from time import perf_counter
//!
//!
//! def laps(steps):
//!     last = perf_counter()
//!     for step in steps:
//!         step()
//!         now = perf_counter()
//!         print(step, now - last)
//!         last = now
//! ```
//!
//! The fix is safe where all readings stay in one function and are used for nothing else. An attribute of its own is followed within the
//! file, and the fix is unsafe then; so it is at module level:
//!
//! ```python bad
//! import time
//!
//!
//! class Watch:
//!     def __init__(self):
//!         self._started = time.time()
//!
//!     def elapsed(self):
//!         return time.time() - self._started
//! ```
//!
//! ```python good
//! import time
//!
//!
//! class Watch:
//!     def __init__(self):
//!         self._started = time.perf_counter()
//!
//!     def elapsed(self):
//!         return time.perf_counter() - self._started
//! ```
//!
//! Differences with a date that comes from elsewhere, as from a file or another process, need the time of day:
//!
//! ```python fine
//! import json
//! import os
//! import time
//!
//!
//! def age(path, stored, since):
//!     now = time.time()
//!     with open(stored) as file:
//!         saved = json.load(file)["time"]
//!     return now - os.stat(path).st_mtime, now - saved, time.time() - since
//! ```
//!
//! So does a reading that is told as a date as well, or that others may read, or that need not be a reading at all:
//!
//! ```python fine
//! import time
//!
//!
//! class Job:
//!     def __init__(self):
//!         self.started = time.time()
//!         self._last = 0
//!
//!     def run(self, work):
//!         start = time.time()
//!         work()
//!         print("started", time.ctime(start), "took", time.time() - start)
//!
//!     def due(self):
//!         if time.time() - self._last > 60:
//!             self._last = time.time()
//!         return time.time() - self.started
//! ```

use hotlint_core::ast::{ExprBinOp, Operator};
use hotlint_core::lint::{Cost, Cx, Finding, Fix, Rule};
use hotlint_core::python::Clock;
use hotlint_core::text_size::Ranged;

pub struct WallClockForDuration;

impl Rule for WallClockForDuration {
    type On = ExprBinOp;
    const COST: Cost = Cost::Broken("wrong by as much as the clock is set meanwhile");

    fn check<'a>(op: &'a ExprBinOp, cx: &Cx<'a>) -> Option<Finding> {
        if op.op != Operator::Sub {
            return None;
        }
        let times = cx.times(&op.left, &op.right)?;
        // Deadlines are another rule's, and one finding tells of all that is measured from the same start.
        let first = times.differences.iter().map(|other| other.start()).min()?;
        if times.are_moved || first != op.start() || times.clock == Clock::Date {
            return None;
        }
        let reading = times.first()?;
        let clock = cx.text(reading);
        let finding = Finding::new(
            op,
            format!(
                "`{clock}` is the time of day, which may be set meanwhile: this is no duration"
            ),
        )
        .label("off by as much as the clock was moved")
        .because(reading, "the clock is read here")
        .help("`time.perf_counter()` only goes forward, and in finer steps");
        let fix = cx
            .other_clock(&times, "perf_counter")
            .map(|(title, edits)| match times.are_local {
                true => Fix::safe(title, edits),
                false => Fix::unsafe_(
                    title,
                    "code of other files that reads the start sees another clock's time",
                    edits,
                ),
            });
        Some(finding.fix(fix))
    }
}
