//! speedscope's file format, as py-spy, pyinstrument and memray write it.

use serde::Deserialize;

use super::input::{Input, ProfileError};
use super::recorder::{Recorder, SiteId};
use super::timeline::Timeline;
use super::{Format, Profile, Unit, json};

#[derive(Deserialize)]
struct File {
    shared: Shared,
    profiles: Vec<Part>,
    #[serde(default)]
    exporter: Option<String>,
}

#[derive(Deserialize)]
struct Shared {
    frames: Vec<Frame>,
}

#[derive(Deserialize)]
struct Frame {
    name: String,
    #[serde(default)]
    file: Option<String>,
    #[serde(default)]
    line: Option<i64>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    samples: Vec<Vec<usize>>,
    #[serde(default)]
    weights: Vec<f64>,
    #[serde(default)]
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    r#type: String,
    at: f64,
    frame: usize,
}

impl Part {
    /// The unit, and how much of it the numbers count.
    fn unit(&self) -> (Unit, f64) {
        match &*self.unit {
            "bytes" => (Unit::Bytes, 1.0),
            "seconds" => (Unit::Seconds, 1.0),
            "milliseconds" => (Unit::Seconds, 1e-3),
            "microseconds" => (Unit::Seconds, 1e-6),
            "nanoseconds" => (Unit::Seconds, 1e-9),
            _ => (Unit::Samples, 1.0),
        }
    }
}

pub fn read(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let file: File = json::whole(input, Format::Speedscope)?;
    // pyinstrument tells where a function begins, the others what runs.
    let tells_functions = file
        .exporter
        .as_deref()
        .is_some_and(|exporter| exporter.starts_with("pyinstrument"));
    let units: Vec<(Unit, f64)> = file.profiles.iter().map(Part::unit).collect();
    let mut profiles = Vec::new();
    for unit in [Unit::Seconds, Unit::Samples, Unit::Bytes] {
        // Beside bytes, what has no unit counts allocations.
        if unit == Unit::Samples && units.iter().any(|(unit, _)| *unit != Unit::Samples) {
            continue;
        }
        let mut recorder = Recorder::default();
        let mut sites = Vec::new();
        for frame in &file.shared.frames {
            let line = frame
                .line
                .and_then(|line| u32::try_from(line).ok())
                .unwrap_or(0);
            let (first, line) = if tells_functions {
                (line, 0)
            } else {
                (0, line)
            };
            sites.push(recorder.place(
                frame.file.as_deref().unwrap_or_default(),
                &frame.name,
                first,
                line,
            )?);
        }
        for (part, (_, scale)) in file
            .profiles
            .iter()
            .zip(&units)
            .filter(|(_, (of, _))| *of == unit)
        {
            sampled(part, *scale, &sites, &mut recorder)?;
            evented(part, *scale, &sites, &mut recorder)?;
        }
        profiles.push(recorder.profile(unit));
    }
    Ok(profiles)
}

fn sampled(
    part: &Part,
    scale: f64,
    sites: &[SiteId],
    recorder: &mut Recorder,
) -> Result<(), ProfileError> {
    let mut stack = Vec::new();
    for (sample, weight) in part.samples.iter().zip(&part.weights) {
        stack.clear();
        stack.extend(sample.iter().filter_map(|frame| sites.get(*frame)));
        recorder.stack(&stack, weight * scale)?;
    }
    Ok(())
}

fn evented(
    part: &Part,
    scale: f64,
    sites: &[SiteId],
    recorder: &mut Recorder,
) -> Result<(), ProfileError> {
    let mut timeline = Timeline::default();
    for event in &part.events {
        let Some(site) = sites.get(event.frame) else {
            continue;
        };
        match &*event.r#type {
            "O" => timeline.begin((0, 0), *site, event.at * scale),
            "C" => timeline.end((0, 0), event.at * scale, recorder)?,
            _ => {}
        }
    }
    timeline.finish(recorder)
}
