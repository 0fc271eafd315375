//! scalene's JSON: shares of processor time for each line, and what each line allocated.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::input::{Input, ProfileError};
use super::recorder::Recorder;
use super::{Format, Profile, Unit, json};

#[derive(Deserialize)]
struct Run {
    #[serde(default)]
    elapsed_time_sec: f64,
    #[serde(default)]
    files: BTreeMap<String, File>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    functions: Vec<Line>,
    #[serde(default)]
    lines: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    /// The text of the line; the qualified name of a function.
    #[serde(default)]
    line: String,
    lineno: u32,
    #[serde(default)]
    start_function_line: u32,
    #[serde(default)]
    n_cpu_percent_python: f64,
    #[serde(default)]
    n_cpu_percent_c: f64,
    #[serde(default)]
    n_sys_percent: f64,
    #[serde(default)]
    n_malloc_mb: f64,
}

pub fn read(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let run: Run = json::whole(input, Format::Scalene)?;
    let (mut time, mut memory) = (Recorder::default(), Recorder::default());
    for (path, file) in &run.files {
        for line in &file.lines {
            // What is charged to the first line of a function is spent somewhere in it.
            let at = |first: u32| {
                file.functions
                    .iter()
                    .find(|function| function.lineno == first)
            };
            let (function, ran) = match at(line.lineno) {
                Some(function) => (Some(function), 0),
                None => (at(line.start_function_line), line.lineno),
            };
            let name = function.map_or("", |function| &function.line);
            let first = function.map_or(0, |function| function.lineno);
            let percent = line.n_cpu_percent_python + line.n_cpu_percent_c + line.n_sys_percent;
            let spent = percent / 100.0 * run.elapsed_time_sec;
            let bytes = line.n_malloc_mb * f64::from(1 << 20);
            // scalene charges a line of the user's with what libraries do for it.
            for (recorder, spent) in [(&mut time, spent), (&mut memory, bytes)] {
                let site = recorder.place(path, name, first, ran)?;
                recorder.add(site, spent, spent, spent);
            }
        }
    }
    time.add_total(run.elapsed_time_sec);
    let mut time = time.profile(Unit::Seconds);
    time.drifting = true;
    Ok(vec![time, memory.profile(Unit::Bytes)])
}
