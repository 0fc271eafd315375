//! What `memray stats --json` says: the few places that allocated most.

use serde::Deserialize;

use super::input::{Input, ProfileError};
use super::recorder::Recorder;
use super::{Format, Profile, Unit, json};

#[derive(Deserialize)]
struct Stats {
    #[serde(default)]
    total_bytes_allocated: f64,
    top_allocations_by_size: Vec<Allocation>,
}

#[derive(Deserialize)]
struct Allocation {
    /// `function:file:line`
    location: String,
    size: f64,
}

pub fn read(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let stats: Stats = json::whole(input, Format::MemrayStats)?;
    let mut recorder = Recorder::default();
    for Allocation { location, size } in &stats.top_allocations_by_size {
        let Some((function, place)) = location.split_once(':') else {
            continue;
        };
        let Some((file, line)) = place.rsplit_once(':') else {
            continue;
        };
        let site = recorder.place(file, function, 0, line.parse().unwrap_or(0))?;
        recorder.add(site, *size, *size, *size);
    }
    recorder.add_total(stats.total_bytes_allocated);
    let mut profile = recorder.profile(Unit::Bytes);
    profile.partial = true;
    profile.notes.push("memray's statistics tell only the places that allocate most; `memray transform speedscope` tells all".to_owned());
    Ok(vec![profile])
}
