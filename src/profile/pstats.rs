//! What cProfile, profile, yappi and pyinstrument leave for the module `pstats`, and the sampling profiler of Python 3.15.
//!
//! `{(file, first line, name): (primitive calls, calls, time alone, time, {caller: (calls, primitive, alone, time)})}`.

use rustc_hash::FxHashMap;

use super::input::{Input, ProfileError};
use super::object::{Arena, Object, Ref};
use super::recorder::{Recorder, SiteId};
use super::{Profile, Unit, marshal};

struct Entry {
    site: SiteId,
    calls: u64,
    alone: f64,
    cumulative: f64,
    callers: Vec<Edge>,
}

struct Edge {
    caller: usize,
    calls: f64,
    /// `None` where only calls were counted, as the module `profile` does.
    spent: Option<f64>,
}

pub fn read(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let (arena, root) = marshal::load(&input.whole()?)?;
    if !matches!(arena.get(root), Object::Dict(_)) {
        return Err(arena.broken("no dict"));
    }
    let mut recorder = Recorder::default();
    let mut entries: Vec<Entry> = Vec::new();
    let mut index: FxHashMap<Key, usize> = FxHashMap::default();
    let mut sampled = false;
    for (key, value) in arena.dict(root) {
        let Some(parts) = Key::of(&arena, *key) else {
            let marks = arena.items(*key);
            sampled |= marks
                .first()
                .is_some_and(|mark| arena.text(*mark) == Some("__sampled__"));
            continue;
        };
        let [_, calls, alone, cumulative, ..] = arena.items(*value) else {
            return Err(arena.broken("an entry with too few numbers"));
        };
        index.insert(parts, entries.len());
        entries.push(Entry {
            // Filled in below, when it is known what the line means.
            site: recorder.place("", "", 0, 0)?,
            calls: arena.count(*calls),
            alone: arena.number(*alone).unwrap_or(0.0),
            cumulative: arena.number(*cumulative).unwrap_or(0.0),
            callers: Vec::new(),
        });
    }
    // The sampling profiler tells the line that ran, all others the function's first.
    let mut names: Vec<(&Key, usize)> = index.iter().map(|(key, at)| (key, *at)).collect();
    names.sort_by_key(|(_, at)| *at);
    for (key, at) in names {
        let (first, line) = if sampled {
            (0, key.line)
        } else {
            (key.line, 0)
        };
        entries[at].site = recorder.place(
            arena.text(key.file).unwrap_or_default(),
            arena.text(key.name).unwrap_or_default(),
            first,
            line,
        )?;
    }
    for (key, value) in arena.dict(root) {
        let entry = Key::of(&arena, *key).and_then(|key| index.get(&key).copied());
        let callers = arena.items(*value).get(4).copied();
        let (Some(entry), Some(callers)) = (entry, callers) else {
            continue;
        };
        for (caller, told) in arena.dict(callers) {
            let Some(caller) = Key::of(&arena, *caller).and_then(|key| index.get(&key).copied())
            else {
                continue;
            };
            let edge = match arena.items(*told) {
                [calls, _, _, spent, ..] => Edge {
                    caller,
                    calls: arena.number(*calls).unwrap_or(0.0),
                    spent: arena.number(*spent),
                },
                _ => Edge {
                    caller,
                    calls: arena.number(*told).unwrap_or(0.0),
                    spent: None,
                },
            };
            entries[entry].callers.push(edge);
        }
    }
    count(&mut recorder, &entries, sampled)?;
    let unit = if sampled {
        Unit::Samples
    } else {
        Unit::Seconds
    };
    Ok(vec![recorder.profile(unit)])
}

/// What tells one entry from the others. Texts are compared by what they are, not by where they lie.
struct Key {
    file: Ref,
    line: u32,
    name: Ref,
    text: (std::sync::Arc<str>, std::sync::Arc<str>),
}

impl Key {
    fn of(arena: &Arena, key: Ref) -> Option<Self> {
        let [file, line, name] = arena.items(key) else {
            return None;
        };
        let (Object::Text(path), Object::Text(function)) = (arena.get(*file), arena.get(*name))
        else {
            return None;
        };
        Some(Self {
            file: *file,
            line: arena.line(*line),
            name: *name,
            text: (path.clone(), function.clone()),
        })
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        (self.line, &self.text) == (other.line, &other.text)
    }
}

impl Eq for Key {}

impl std::hash::Hash for Key {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.line, &self.text).hash(state);
    }
}

/// How often a function has to be seen before the average of its calls tells something.
const MANY: f64 = 100.0;

/// What the profiler itself takes of a call, at most: in the function that is called, and in the one that calls.
///
/// No function takes less than the profiler does in it, so the one that takes least bounds it for all.
fn drag(entries: &[Entry], made: &[f64]) -> (f64, f64) {
    let least = |count: &dyn Fn(usize, &Entry) -> f64| {
        let each = entries.iter().enumerate().filter_map(|(at, entry)| {
            let count = count(at, entry);
            (count >= MANY).then(|| entry.alone.max(0.0) / count)
        });
        each.min_by(f64::total_cmp).unwrap_or(0.0)
    };
    let called = least(&|_, entry| entry.calls as f64);
    let calling = least(&|at, _| made.get(at).copied().unwrap_or(0.0));
    (called, calling)
}

/// Hands the time of builtins and libraries to who called them.
fn count(recorder: &mut Recorder, entries: &[Entry], sampled: bool) -> Result<(), ProfileError> {
    // What an edge took: as told, or the callee's time by the share of calls.
    let spent = |entry: &Entry, edge: &Edge| {
        edge.spent.unwrap_or_else(|| {
            let all: f64 = entry.callers.iter().map(|edge| edge.calls).sum();
            entry.cumulative * edge.calls / all.max(1.0)
        })
    };
    // Time that libraries spent in functions of the user that they called back: no library time.
    let mut back = vec![0.0; entries.len()];
    for entry in entries
        .iter()
        .filter(|entry| !recorder.is_library(entry.site))
    {
        for edge in &entry.callers {
            if entries
                .get(edge.caller)
                .is_some_and(|caller| recorder.is_library(caller.site))
            {
                back[edge.caller] += spent(entry, edge);
            }
        }
    }
    // Calls that each of them made.
    let mut made = vec![0.0; entries.len()];
    for edge in entries.iter().flat_map(|entry| &entry.callers) {
        made[edge.caller] += edge.calls.max(0.0);
    }
    let (called, calling) = match sampled {
        true => (0.0, 0.0),
        false => drag(entries, &made),
    };
    for (at, entry) in entries.iter().enumerate() {
        let lost = entry.calls as f64 * called + made[at] * calling;
        recorder.add_drag(lost);
        recorder.drag(entry.site, lost);
        let (own, hits) = (entry.alone, entry.calls);
        recorder.add(
            entry.site,
            entry.alone,
            own,
            entry.cumulative.max(entry.alone),
        );
        if !sampled && hits > 0 {
            recorder.hit(entry.site, hits);
        }
        recorder.add_total(entry.alone);
        let is_library = recorder.is_library(entry.site);
        let library_share =
            1.0 - (back[at] / entry.cumulative.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
        for edge in entry.callers.iter().filter(|edge| edge.caller != at) {
            let Some(caller) = entries.get(edge.caller).map(|caller| caller.site) else {
                continue;
            };
            let spent = spent(entry, edge);
            if is_library {
                recorder.add(caller, 0.0, spent * library_share, 0.0);
                recorder.drag(caller, edge.calls.max(0.0) * called);
                // `sorted(key=price)`: the user's functions that the library called are calls of this place all the same.
                recorder.call(caller, "".into(), spent * (1.0 - library_share));
            } else {
                let name = recorder.name(entry.site)?;
                recorder.call(caller, name, spent);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(recorder: &mut Recorder, name: &str, calls: u64, alone: f64) -> Entry {
        Entry {
            site: recorder.place("app.py", name, 1, 0).unwrap(),
            calls,
            alone,
            cumulative: alone,
            callers: Vec::new(),
        }
    }

    #[test]
    fn the_profiler_takes_no_more_than_the_cheapest_function_does() {
        let mut recorder = Recorder::default();
        let mut entries = [
            entry(&mut recorder, "main", 1, 8.0),
            entry(&mut recorder, "cheap", 1_000, 0.5),
            entry(&mut recorder, "dear", 1_000, 1.5),
            // Seen too seldom to tell anything.
            entry(&mut recorder, "once", 1, 0.000_001),
        ];
        for entry in &mut entries[1..3] {
            entry.callers.push(Edge {
                caller: 0,
                calls: 1_000.0,
                spent: Some(entry.alone),
            });
        }
        assert_eq!(drag(&entries, &[2_000.0, 0.0, 0.0, 0.0]), (0.0005, 0.004));
        count(&mut recorder, &entries, false).unwrap();
        let profile = recorder.profile(Unit::Seconds);
        assert!(
            (profile.drag - 2_002.0 * 0.0005 + 0.0 - 8.0).abs() < 0.01,
            "{}",
            profile.drag
        );
        let main = profile
            .sites
            .iter()
            .find(|site| &*site.place.function == "main");
        assert!((main.unwrap().drag - 8.0).abs() < 0.01);
    }
}
