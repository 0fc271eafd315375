//! callgrind's text, as yappi and pyprof2calltree write it: what each function took, and what it called.

use rustc_hash::FxHashMap;

use super::input::{Input, ProfileError};
use super::recorder::{Recorder, SiteId};
use super::{Profile, Unit};

/// What the lines so far have set.
#[derive(Default)]
struct State {
    recorder: Recorder,
    /// Names behind their numbers: `(7) /app/app.py` first, `(7)` from then on.
    files: FxHashMap<u64, String>,
    functions: FxHashMap<u64, String>,
    file: String,
    function: String,
    callee_file: String,
    callee: String,
    /// How often, when the next line tells what calls took.
    calls: Option<u64>,
    /// Edges wait until it is known which functions there are: caller, callee's file and name, cost.
    edges: Vec<(SiteId, String, String, f64, u64)>,
    sites: FxHashMap<(String, String), SiteId>,
}

/// Edges of one profile.
const MAX_EDGES: usize = 2_000_000;

pub fn read(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let mut state = State::default();
    input.lines(|line| state.line(line))?;
    let State {
        mut recorder,
        edges,
        sites,
        ..
    } = state;
    for (caller, file, function, spent, calls) in edges {
        let callee = match sites.get(&(file.clone(), function.clone())) {
            Some(callee) => *callee,
            None => recorder.place(&file, bare_of(&function).0, 0, 0)?,
        };
        recorder.add(caller, 0.0, 0.0, spent);
        recorder.hit(callee, calls);
        if recorder.is_library(callee) {
            recorder.add(caller, 0.0, spent, 0.0);
        } else {
            let name = recorder.name(callee)?;
            recorder.call(caller, name, spent);
        }
    }
    Ok(vec![recorder.profile(Unit::Samples)])
}

impl State {
    fn line(&mut self, line: &str) -> Result<(), ProfileError> {
        let line = line.trim();
        if let Some((key, value)) = line.split_once('=') {
            match key {
                "fl" | "fi" | "fe" => self.file = named(&mut self.files, value),
                "fn" => self.function = named(&mut self.functions, value),
                "cfl" | "cfi" => self.callee_file = named(&mut self.files, value),
                "cfn" => self.callee = named(&mut self.functions, value),
                "calls" => {
                    self.calls = value
                        .split_whitespace()
                        .next()
                        .and_then(|calls| calls.parse().ok())
                }
                _ => {}
            }
            return Ok(());
        }
        let mut numbers = line
            .split_whitespace()
            .map(|number| number.trim_start_matches(['+', '-', '*']).parse::<f64>());
        let (Some(Ok(first)), Some(Ok(cost))) = (numbers.next(), numbers.next()) else {
            return Ok(());
        };
        let key = (self.file.clone(), self.function.clone());
        let site = match self.sites.get(&key) {
            Some(site) => *site,
            None => {
                let (name, told) = bare_of(&self.function);
                let first = if told > 0 { told } else { first as u32 };
                let site = self.recorder.place(&self.file, name, first, 0)?;
                self.sites.insert(key, site);
                site
            }
        };
        match self.calls.take() {
            None => self.recorder.add(site, cost, cost, cost),
            Some(calls) if self.edges.len() < MAX_EDGES => {
                let edge = (
                    site,
                    self.callee_file.clone(),
                    self.callee.clone(),
                    cost,
                    calls,
                );
                self.edges.push(edge);
            }
            Some(_) => {}
        }
        Ok(())
    }
}

/// The name that `value` stands for.
fn named(names: &mut FxHashMap<u64, String>, value: &str) -> String {
    let number = value
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(')'));
    let Some((Ok(number), name)) = number.map(|(number, name)| (number.parse(), name.trim()))
    else {
        return value.to_owned();
    };
    if !name.is_empty() && names.len() < MAX_EDGES {
        names.insert(number, name.to_owned());
    }
    names.get(&number).cloned().unwrap_or_default()
}

/// yappi's `Shelf.missing /app/stock/shelf.py:25`: the name, and the first line.
fn bare_of(function: &str) -> (&str, u32) {
    let Some((name, place)) = function.split_once(' ') else {
        return (function, 0);
    };
    let line = place
        .rsplit_once(':')
        .and_then(|(_, line)| line.parse().ok());
    (name, line.unwrap_or(0))
}
