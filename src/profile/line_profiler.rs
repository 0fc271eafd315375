//! `.lprof` of line_profiler: lines of the functions that it was told to watch, with hits and with the time of what they call.

use super::input::{Input, ProfileError};
use super::object::Object;
use super::recorder::Recorder;
use super::{Profile, Unit, pickle};

pub fn read(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let (arena, root) = pickle::load(&input.whole()?)?;
    let Object::Made {
        class,
        state: Some(state),
    } = arena.get(root)
    else {
        return Err(arena.broken("no object"));
    };
    let class = arena.text(*class).unwrap_or_default();
    if !class.ends_with(".LineStats") {
        return Err(arena.broken(format_args!("a pickle of `{class}`, not of line_profiler")));
    }
    let timings = arena.value(*state, "timings");
    let unit = arena
        .value(*state, "unit")
        .and_then(|unit| arena.number(unit));
    let (Some(timings), Some(unit)) = (timings, unit) else {
        return Err(arena.broken("no timings"));
    };
    let mut recorder = Recorder::default();
    let mut longest: f64 = 0.0;
    for (key, lines) in arena.dict(timings) {
        let [file, first, name] = arena.items(*key) else {
            return Err(arena.broken("a function without a place"));
        };
        let (file, name) = (
            arena.text(*file).unwrap_or_default(),
            arena.text(*name).unwrap_or_default(),
        );
        let first = arena.line(*first);
        let mut all = 0.0;
        for timing in arena.items(*lines) {
            let [line, hits, spent] = arena.items(*timing) else {
                return Err(arena.broken("a line without numbers"));
            };
            let spent = arena.number(*spent).unwrap_or(0.0) * unit;
            let site = recorder.place(file, name, first, arena.line(*line))?;
            // What the line itself took is not known, only what it took with all that it called.
            recorder.add(site, 0.0, spent, spent);
            recorder.hit(site, arena.count(*hits));
            all += spent;
        }
        // Known to have been watched, even if it never ran.
        let function = recorder.place(file, name, first, 0)?;
        recorder.hit(function, 0);
        longest = longest.max(all);
    }
    // Functions that call one another are counted twice; the longest alone is what the run took at least.
    recorder.add_total(longest);
    let mut profile = recorder.profile(Unit::Seconds);
    profile.partial = true;
    profile.inclusive = true;
    profile.notes.push(
        "line_profiler watches only some functions: shares are shares of the longest of them"
            .to_owned(),
    );
    Ok(vec![profile])
}
