//! What profilers wrote -> one [`Profile`]: where time, or memory, went.
//!
//! One file reads one format; [`read`] guesses which one from the content. A profile often comes from elsewhere, a build
//! machine or a container, so no reader trusts it.
//!
//! **Invariant**: no reader executes anything, panics, or takes more memory than the limits in [`input`] and [`recorder`]
//! allow, whatever bytes it is given.

mod callgrind;
mod collapsed;
mod format;
mod gecko;
mod gprof2dot;
mod input;
mod json;
mod library;
mod line_profiler;
mod marshal;
mod memray;
mod merge;
mod mojo;
mod object;
mod perf;
mod pickle;
mod pprof;
mod pstats;
mod pyinstrument;
mod recorder;
mod sampling;
mod scalene;
mod speedscope;
mod stored;
mod timeline;
mod trace;

use std::path::Path;
use std::sync::Arc;

pub use format::Format;
pub use input::{Input, ProfileError};
pub use library::is_library;
pub use merge::merge;
pub use stored::store;

/// Where one run of a program spent its time, or its memory.
#[derive(Clone, Debug)]
pub struct Profile {
    pub format: Format,
    pub unit: Unit,
    /// All that was seen, in `unit`; shares are shares of this.
    pub total: f64,
    /// How much of the total the profiler may have taken itself, at most.
    pub drag: f64,
    /// In order of [`Place`], each place once.
    pub sites: Vec<Site>,
    /// Whether only some functions were watched: then what is missing is not cold but unknown.
    pub partial: bool,
    /// Whether it is not known who called whom: then what a place owns is all that was spent while it ran.
    pub inclusive: bool,
    /// Whether lines are those at which a signal was answered: the next call, or the next round of the loop. The function
    /// is right, the line may not be.
    pub drifting: bool,
    /// What the reader of the profile should know; sentences without a stop.
    pub notes: Vec<String>,
}

/// What the numbers of a profile count.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    Seconds,
    /// Samples or ticks that stand for equal pieces of time.
    Samples,
    Bytes,
}

impl Unit {
    /// Whether it counts time, in whatever pieces.
    pub fn is_time(self) -> bool {
        self != Unit::Bytes
    }
}

/// A place in the source of the program that ran.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// As the profiler tells it, with forward slashes.
    pub file: Arc<str>,
    /// Bare (`build`) or qualified (`Work.build`), as the profiler tells it; empty where it does not.
    pub function: Arc<str>,
    /// The first line of the function, or of its first decorator; 0 where unknown.
    pub first_line: u32,
    /// The line that ran; 0 where only the function is known.
    pub line: u32,
    /// The instruction's own columns.
    pub span: Option<Span>,
}

/// The end of a place that begins on [`Place::line`]; columns count bytes of UTF-8 from 0, as CPython does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

/// A place, and what was spent there, in the unit of the profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    pub place: Place,
    /// Spent by the place itself.
    pub alone: f64,
    /// Spent by the place itself and by library code and builtins on its behalf: what an edit of this place can save.
    pub own: f64,
    /// How much of `own` the profiler may have taken, reckoned as that of the whole profile is.
    pub drag: f64,
    /// Spent while the place was running, or waiting for what it called.
    pub cumulative: f64,
    /// How often it ran, where that was counted.
    pub hits: Option<u64>,
    /// What functions outside of libraries took, when called from here; by their bare names.
    pub calls: Vec<(Arc<str>, f64)>,
}

impl Place {
    /// The name without what it is nested in: `build` of `Work.<locals>.build`.
    pub fn bare(&self) -> &str {
        bare(&self.function)
    }
}

/// The last part of a qualified name.
pub fn bare(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Reads what lies at `path`, whatever wrote it: one profile for time and perhaps one for memory.
///
/// # Errors
/// When it cannot be read, is too large, is broken, or is nothing that hotlint knows.
pub fn read(path: &Path) -> Result<Vec<Profile>, ProfileError> {
    // Trees in JSON are read by descent, so the stack has to bear what the limit of depth allows.
    let work = || read_input(&Input::File(path.to_path_buf()));
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(hotlint_core::python::STACK_SIZE)
            .spawn_scoped(scope, work);
        match thread {
            Ok(thread) => thread.join().unwrap_or_else(|_| {
                Err(ProfileError::broken(
                    Format::Unknown,
                    "hotlint stumbled over it",
                ))
            }),
            Err(error) => Err(error.into()),
        }
    })
}

/// Reads `input`; wants a stack of [`hotlint_core::python::STACK_SIZE`].
///
/// # Errors
/// See [`read`].
pub fn read_input(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let format = format::guess(input)?;
    let mut profiles = match format {
        Format::Pstats => pstats::read(input),
        Format::LineProfiler => line_profiler::read(input),
        Format::Collapsed => collapsed::read(input),
        Format::Austin => collapsed::read_austin(input),
        Format::Mojo => mojo::read(input),
        Format::Speedscope => speedscope::read(input),
        Format::Trace => trace::read(input),
        Format::Pyinstrument => pyinstrument::read(input),
        Format::PyinstrumentSession => pyinstrument::read_session(input),
        Format::Scalene => scalene::read(input),
        Format::MemrayStats => memray::read(input),
        Format::Gprof2dot => gprof2dot::read(input),
        Format::Pprof => pprof::read(input),
        Format::Callgrind => callgrind::read(input),
        Format::PerfScript => perf::read(input),
        Format::Sampling => sampling::read(input),
        Format::Gecko => gecko::read(input),
        Format::Stored => stored::read(input),
        Format::Unknown => Err(ProfileError::Unknown),
    }?;
    for profile in &mut profiles {
        profile.format = format;
    }
    profiles.retain(|profile| profile.total > 0.0 && profile.total.is_finite());
    match profiles.is_empty() {
        true => Err(ProfileError::Empty(format)),
        false => Ok(profiles),
    }
}

#[cfg(test)]
mod tests;
