//! Which profiler wrote it, told from the content.

use std::io::{BufRead as _, Read as _};

use super::input::{Input, ProfileError};
use super::{collapsed, json, perf, pprof};

/// The formats that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    Pstats,
    LineProfiler,
    Collapsed,
    Austin,
    Mojo,
    Speedscope,
    Trace,
    Pyinstrument,
    PyinstrumentSession,
    Scalene,
    MemrayStats,
    Gprof2dot,
    Pprof,
    Callgrind,
    PerfScript,
    Sampling,
    Gecko,
    Stored,
    Unknown,
}

impl Format {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Pstats => "pstats",
            Format::LineProfiler => "line_profiler",
            Format::Collapsed => "collapsed stacks",
            Format::Austin => "austin",
            Format::Mojo => "austin MOJO",
            Format::Speedscope => "speedscope",
            Format::Trace => "Chrome trace",
            Format::Pyinstrument => "pyinstrument JSON",
            Format::PyinstrumentSession => "pyinstrument session",
            Format::Scalene => "scalene",
            Format::MemrayStats => "memray stats",
            Format::Gprof2dot => "gprof2dot JSON",
            Format::Pprof => "pprof",
            Format::Callgrind => "callgrind",
            Format::PerfScript => "perf script",
            Format::Sampling => "profiling.sampling",
            Format::Gecko => "Firefox profile",
            Format::Stored => "hotlint profile",
            Format::Unknown => "unknown",
        }
    }
}

/// How much of the beginning is looked at.
const HEAD: u64 = 64 << 10;

/// The format of `input`.
///
/// # Errors
/// When it cannot be read, or is a format that is known but has to be converted first.
pub fn guess(input: &Input) -> Result<Format, ProfileError> {
    let mut head = Vec::new();
    input.open()?.take(HEAD).read_to_end(&mut head)?;
    let format = match head.as_slice() {
        [] => return Err(ProfileError::Empty(Format::Unknown)),
        // A marshalled dict; in JSON a quote, a blank or the end would follow.
        [first, second, ..]
            if first & 0x7f == b'{' && matches!(second & 0x7f, b'(' | b')' | b'0') =>
        {
            Format::Pstats
        }
        [0x80, 2..=5, ..] => Format::LineProfiler,
        [0x04, 0x22, 0x4d, 0x18, ..] => {
            return Err(ProfileError::Convert(
                "memray's own format",
                "memray transform speedscope FILE",
            ));
        }
        [b'M', b'O', b'J', ..] => Format::Mojo,
        [b'T', b'A', b'C', b'H', ..] | [b'H', b'C', b'A', b'T', ..] => {
            return Err(ProfileError::Convert(
                "the binary format of profiling.sampling",
                "python -m profiling.sampling replay --collapsed FILE",
            ));
        }
        _ => match head.trim_ascii_start().first() {
            Some(b'[') => Format::Trace,
            Some(b'{') if is_sampling(input)? => Format::Sampling,
            Some(b'{') => json_format(input)?,
            _ => text(&head),
        },
    };
    match format {
        Format::Unknown => Err(ProfileError::Unknown),
        format => Ok(format),
    }
}

/// Whether the first line is a whole object that says `"type": "meta"`.
fn is_sampling(input: &Input) -> Result<bool, ProfileError> {
    let mut line = Vec::new();
    input.open()?.take(HEAD).read_until(b'\n', &mut line)?;
    let first: Result<serde_json::Value, _> = serde_json::from_slice(&line);
    Ok(first.is_ok_and(|first| first["type"] == "meta"))
}

fn json_format(input: &Input) -> Result<Format, ProfileError> {
    let keys = json::top_keys(input)?;
    let has = |key: &str| keys.iter().any(|known| known == key);
    Ok(match () {
        () if has("hotlint-profile") => Format::Stored,
        () if has("traceEvents") => Format::Trace,
        () if has("shared") && has("profiles") => Format::Speedscope,
        () if has("root_frame") => Format::Pyinstrument,
        () if has("frame_records") => Format::PyinstrumentSession,
        () if has("elapsed_time_sec") && has("files") => Format::Scalene,
        () if has("top_allocations_by_size") => Format::MemrayStats,
        () if has("costs") && has("events") && has("functions") => Format::Gprof2dot,
        () if has("meta") && has("threads") => Format::Gecko,
        () => Format::Unknown,
    })
}

fn text(head: &[u8]) -> Format {
    let words = String::from_utf8_lossy(head);
    if words.starts_with("# austin") {
        return Format::Austin;
    }
    let is_text = !head
        .iter()
        .any(|byte| *byte < b' ' && !byte.is_ascii_whitespace());
    if is_text {
        let mut lines = words.lines().take(40);
        let keys = ["version: ", "creator: ", "events: ", "positions: "];
        if lines
            .clone()
            .any(|line| keys[1..].iter().any(|key| line.starts_with(key)))
            && words.contains("fn=")
        {
            return Format::Callgrind;
        }
        if perf::looks_like(&words) {
            return Format::PerfScript;
        }
        if lines.any(collapsed::looks_like) {
            return Format::Collapsed;
        }
        return Format::Unknown;
    }
    match pprof::looks_like(head) {
        true => Format::Pprof,
        false => Format::Unknown,
    }
}
