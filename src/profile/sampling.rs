//! JSON lines of Python 3.15's `profiling.sampling`: for each instruction that was seen, its place and how often.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::input::{Input, ProfileError};
use super::recorder::{Recorder, SiteId};
use super::{Format, Profile, Span, Unit};

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line {
    Meta {},
    StrDef {
        defs: Vec<Text>,
    },
    FrameDef {
        defs: Vec<Frame>,
    },
    Agg {
        #[serde(default)]
        kind: String,
        #[serde(default)]
        samples_total: f64,
        #[serde(default)]
        entries: Vec<Entry>,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Text {
    str_id: u64,
    value: String,
}

#[derive(Deserialize)]
struct Frame {
    frame_id: u64,
    path_str_id: u64,
    func_str_id: u64,
    #[serde(default)]
    line: u32,
    end_line: Option<u32>,
    col: Option<u32>,
    end_col: Option<u32>,
}

#[derive(Deserialize)]
struct Entry {
    frame_id: u64,
    #[serde(default, rename = "self")]
    alone: f64,
    #[serde(default)]
    cumulative: f64,
}

/// Texts and frames of one profile.
const MAX_DEFINITIONS: usize = 4_000_000;

pub fn read(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let mut recorder = Recorder::default();
    let mut texts: FxHashMap<u64, String> = FxHashMap::default();
    let mut frames: FxHashMap<u64, SiteId> = FxHashMap::default();
    let mut total: f64 = 0.0;
    input.lines(|line| {
        if line.is_empty() {
            return Ok(());
        }
        let line: Line = serde_json::from_str(line)
            .map_err(|error| ProfileError::broken(Format::Sampling, error))?;
        if texts.len().max(frames.len()) > MAX_DEFINITIONS {
            return Err(ProfileError::broken(
                Format::Sampling,
                "definitions beyond all measure",
            ));
        }
        match line {
            Line::StrDef { defs } => {
                texts.extend(defs.into_iter().map(|text| (text.str_id, text.value)))
            }
            Line::FrameDef { defs } => {
                for frame in defs {
                    let text = |id: u64| texts.get(&id).map_or("", String::as_str);
                    let span = match (frame.col, frame.end_line, frame.end_col) {
                        (Some(column), Some(end_line), Some(end_column)) => Some(Span {
                            column,
                            end_line,
                            end_column,
                        }),
                        _ => None,
                    };
                    let site = recorder.spot(
                        text(frame.path_str_id),
                        text(frame.func_str_id),
                        0,
                        frame.line,
                        span,
                    )?;
                    frames.insert(frame.frame_id, site);
                }
            }
            Line::Agg {
                kind,
                samples_total,
                entries,
            } if kind == "frame" => {
                total = total.max(samples_total);
                for entry in entries {
                    if let Some(site) = frames.get(&entry.frame_id) {
                        // Stacks are not told: what the instruction waited for is all that is known.
                        recorder.add(*site, entry.alone, entry.cumulative, entry.cumulative);
                    }
                }
            }
            Line::Agg { .. } | Line::Meta {} | Line::Other => {}
        }
        Ok(())
    })?;
    recorder.add_total(total);
    let mut profile = recorder.profile(Unit::Samples);
    profile.inclusive = true;
    Ok(vec![profile])
}
