//! A bar on the terminal for runs that last.

use std::io::{self, IsTerminal as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A run that is over before this has no bar.
const PATIENCE: Duration = Duration::from_millis(300);

/// How far a run has come.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    since: Instant,
    wanted: bool,
    shown: AtomicBool,
}

impl Progress {
    pub fn new(files: usize, wanted: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(files as u64), ProgressDrawTarget::hidden());
        let template = "{bar:30} {pos}/{len} files";
        let style = ProgressStyle::with_template(template);
        Self {
            bar: bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())),
            since: Instant::now(),
            wanted: wanted && io::stderr().is_terminal(),
            shown: AtomicBool::new(false),
        }
    }

    /// One more file is done.
    pub fn step(&self) {
        if !self.wanted {
            return;
        }
        self.bar.inc(1);
        if self.since.elapsed() > PATIENCE && !self.shown.swap(true, Ordering::Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
