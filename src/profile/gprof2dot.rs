//! gprof2dot's JSON, as `memray transform gprof2dot` writes it: stacks of functions, innermost first.

use serde::Deserialize;

use super::input::{Input, ProfileError};
use super::recorder::Recorder;
use super::{Format, Profile, Unit, json};

#[derive(Deserialize)]
struct Graph {
    costs: Vec<Kind>,
    events: Vec<Event>,
    functions: Vec<Function>,
}

#[derive(Deserialize)]
struct Kind {
    #[serde(default)]
    unit: String,
}

#[derive(Deserialize)]
struct Event {
    callchain: Vec<usize>,
    cost: Vec<f64>,
}

#[derive(Deserialize)]
struct Function {
    name: String,
    #[serde(default)]
    module: String,
}

pub fn read(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let graph: Graph = json::whole(input, Format::Gprof2dot)?;
    let (unit, scale) = match graph.costs.first().map_or("", |kind| &kind.unit) {
        "bytes" => (Unit::Bytes, 1.0),
        "s" | "seconds" => (Unit::Seconds, 1.0),
        "ms" | "milliseconds" => (Unit::Seconds, 1e-3),
        _ => (Unit::Samples, 1.0),
    };
    let mut recorder = Recorder::default();
    let mut sites = Vec::new();
    for Function { name, module } in &graph.functions {
        sites.push(recorder.place(module, name, 0, 0)?);
    }
    let mut stack = Vec::new();
    for Event { callchain, cost } in &graph.events {
        stack.clear();
        stack.extend(callchain.iter().rev().filter_map(|frame| sites.get(*frame)));
        recorder.stack(&stack, cost.first().copied().unwrap_or(0.0) * scale)?;
    }
    Ok(vec![recorder.profile(unit)])
}
