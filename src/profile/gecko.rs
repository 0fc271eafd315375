//! Profiles for the Firefox profiler, as functiontrace and `profiling.sampling --gecko` write them.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::input::{Input, ProfileError};
use super::recorder::{MAX_STACK, Recorder, SiteId};
use super::{Format, Profile, Unit, json};

#[derive(Deserialize)]
struct File {
    threads: Vec<Thread>,
    #[serde(default)]
    shared: Texts,
}

#[derive(Default, Deserialize)]
struct Texts {
    #[serde(default, rename = "stringArray")]
    strings: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Thread {
    samples: Samples,
    stack_table: Stacks,
    frame_table: Frames,
    func_table: Functions,
    #[serde(default)]
    string_array: Vec<String>,
}

#[derive(Deserialize)]
struct Samples {
    stack: Vec<Option<usize>>,
    weight: Option<Vec<f64>>,
}

#[derive(Deserialize)]
struct Stacks {
    frame: Vec<usize>,
    prefix: Vec<Option<usize>>,
}

#[derive(Deserialize)]
struct Frames {
    func: Vec<usize>,
    line: Vec<Option<u32>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Functions {
    name: Vec<usize>,
    file_name: Vec<Option<usize>>,
}

pub fn read(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let file: File = json::whole(input, Format::Gecko)?;
    let mut recorder = Recorder::default();
    for thread in &file.threads {
        let strings = match thread.string_array.is_empty() {
            true => &file.shared.strings,
            false => &thread.string_array,
        };
        let text = |index: Option<usize>| {
            index
                .and_then(|index| strings.get(index))
                .map_or("", String::as_str)
        };
        let mut sites = Vec::new();
        for (func, line) in thread.frame_table.func.iter().zip(&thread.frame_table.line) {
            let functions = &thread.func_table;
            let name = text(functions.name.get(*func).copied());
            let path = text(functions.file_name.get(*func).copied().flatten());
            sites.push(recorder.place(path, name, 0, line.unwrap_or(0))?);
        }
        // Samples with the same stack are taken together.
        let mut weights: FxHashMap<usize, f64> = FxHashMap::default();
        for (at, stack) in thread.samples.stack.iter().enumerate() {
            let weight = thread
                .samples
                .weight
                .as_ref()
                .and_then(|weights| weights.get(at))
                .copied();
            if let Some(stack) = stack {
                *weights.entry(*stack).or_default() += weight.unwrap_or(1.0);
            }
        }
        let mut weights: Vec<(usize, f64)> = weights.into_iter().collect();
        weights.sort_by_key(|(stack, _)| *stack);
        let mut stack: Vec<SiteId> = Vec::new();
        for (at, weight) in weights {
            stack.clear();
            let mut next = Some(at);
            while let Some(at) = next
                && stack.len() < MAX_STACK
            {
                let frame = thread.stack_table.frame.get(at);
                stack.extend(frame.and_then(|frame| sites.get(*frame)));
                next = thread.stack_table.prefix.get(at).copied().flatten();
            }
            stack.reverse();
            recorder.stack(&stack, weight)?;
        }
    }
    Ok(vec![recorder.profile(Unit::Samples)])
}
