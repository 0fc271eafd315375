//! hotlint's own form of a profile: small, stable, with paths of the project; to be kept with the code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::input::{Input, ProfileError};
use super::recorder::Recorder;
use super::{Format, Profile, Span, Unit, json};

/// Bytes that read this version read nothing else.
const VERSION: u32 = 1;
/// Places with less of the total than this are left out.
const LEAST: f64 = 0.0005;

#[derive(Serialize, Deserialize)]
struct File {
    #[serde(rename = "hotlint-profile")]
    version: u32,
    profiles: Vec<Part>,
}

#[derive(Serialize, Deserialize)]
struct Part {
    unit: Unit,
    total: f64,
    #[serde(default, skip_serializing_if = "is_none")]
    drag: f64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    partial: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    inclusive: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    drifting: bool,
    files: BTreeMap<String, Vec<Entry>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Entry {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    function: String,
    #[serde(default, skip_serializing_if = "is_zero")]
    first_line: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    line: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    span: Option<(u32, u32, u32)>,
    alone: f64,
    own: f64,
    #[serde(default, skip_serializing_if = "is_none")]
    drag: f64,
    cumulative: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hits: Option<u64>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    calls: BTreeMap<String, f64>,
}

fn is_none(number: &f64) -> bool {
    *number == 0.0
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// `profiles` as text. `path` tells what a file of a profile is called in the project; `None` leaves it out.
///
/// # Errors
/// Never, as far as can be seen.
pub fn store(
    profiles: &[Profile],
    path: impl Fn(&str) -> Option<String>,
) -> serde_json::Result<String> {
    let parts = profiles.iter().map(|profile| {
        let mut files: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        for site in &profile.sites {
            let Some(path) = path(&site.place.file) else {
                continue;
            };
            // Half a place is enough to say that a file was seen, so those of partial profiles stay.
            if site.cumulative.max(site.own) < profile.total * LEAST && !profile.partial {
                files.entry(path).or_default();
                continue;
            }
            let calls = site
                .calls
                .iter()
                .filter(|(_, spent)| *spent >= profile.total * LEAST);
            files.entry(path).or_default().push(Entry {
                function: site.place.function.to_string(),
                first_line: site.place.first_line,
                line: site.place.line,
                span: site
                    .place
                    .span
                    .map(|span| (span.column, span.end_line, span.end_column)),
                alone: rounded(site.alone),
                own: rounded(site.own),
                drag: rounded(site.drag),
                cumulative: rounded(site.cumulative),
                hits: site.hits,
                calls: calls
                    .map(|(name, spent)| (name.to_string(), rounded(*spent)))
                    .collect(),
            });
        }
        Part {
            unit: profile.unit,
            total: rounded(profile.total),
            drag: rounded(profile.drag),
            partial: profile.partial,
            inclusive: profile.inclusive,
            drifting: profile.drifting,
            files,
        }
    });
    let file = File {
        version: VERSION,
        profiles: parts.collect(),
    };
    serde_json::to_string_pretty(&file).map(|text| text + "\n")
}

pub fn read(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let file: File = json::whole(input, Format::Stored)?;
    if file.version > VERSION {
        return Err(ProfileError::broken(
            Format::Stored,
            "made by a newer hotlint",
        ));
    }
    file.profiles.into_iter().map(part).collect()
}

fn part(part: Part) -> Result<Profile, ProfileError> {
    let mut recorder = Recorder::default();
    for (path, entries) in &part.files {
        // A file whose places were all too small was seen all the same.
        let seen = recorder.place(path, "", 0, 0)?;
        recorder.hit(seen, 0);
        for entry in entries {
            let span = entry.span.map(|(column, end_line, end_column)| Span {
                column,
                end_line,
                end_column,
            });
            let site = recorder.spot(path, &entry.function, entry.first_line, entry.line, span)?;
            recorder.add(site, entry.alone, entry.own, entry.cumulative);
            recorder.drag(site, entry.drag);
            if let Some(hits) = entry.hits {
                recorder.hit(site, hits);
            }
            for (name, spent) in &entry.calls {
                recorder.call(site, name.as_str().into(), *spent);
            }
        }
    }
    recorder.add_total(part.total);
    recorder.add_drag(part.drag);
    let mut profile = recorder.profile(part.unit);
    profile.partial = part.partial;
    profile.inclusive = part.inclusive;
    profile.drifting = part.drifting;
    Ok(profile)
}

/// Three digits, so that the next recording changes little.
fn rounded(number: f64) -> f64 {
    format!("{number:.2e}").parse().unwrap_or(number)
}
