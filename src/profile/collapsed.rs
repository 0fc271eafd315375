//! One line for each stack: `outer (file:line);inner (file:line) 17`, as py-spy writes it, and what austin and the sampling
//! profiler of Python make of it.

use super::input::{Input, ProfileError};
use super::recorder::{MAX_STACK, Recorder, SiteId};
use super::{Profile, Unit};

/// Whether `line` is a stack with a count.
pub fn looks_like(line: &str) -> bool {
    let Some((stack, count)) = line.rsplit_once(' ') else {
        return false;
    };
    count.parse::<u64>().is_ok()
        && stack
            .split(';')
            .any(|frame| Frame::of(frame).is_some_and(|frame| frame.line > 0))
}

/// A frame in one of the spellings that are about.
#[derive(Debug, PartialEq)]
struct Frame<'a> {
    function: &'a str,
    file: &'a str,
    line: u32,
}

impl<'a> Frame<'a> {
    fn of(text: &'a str) -> Option<Self> {
        // py-spy: `function (file:line)`
        if let Some((function, place)) = text
            .strip_suffix(')')
            .and_then(|text| text.split_once(" ("))
            && let Some((file, line)) = place.rsplit_once(':')
            && let Ok(line) = line.parse()
        {
            return Some(Self {
                function,
                file,
                line,
            });
        }
        // austin and profiling.sampling: `file:function:line`
        let (rest, line) = text.rsplit_once(':')?;
        let (file, function) = rest.rsplit_once(':')?;
        let line = line.parse().ok()?;
        Some(Self {
            function,
            file,
            line,
        })
    }
}

pub fn read(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let mut recorder = Recorder::default();
    let mut stack: Vec<SiteId> = Vec::new();
    let mut bare = false;
    input.lines(|line| {
        let Some((frames, count)) = line.rsplit_once(' ') else {
            return Ok(());
        };
        let Ok(count) = count.parse::<f64>() else {
            return Ok(());
        };
        bare |= fill(&mut stack, frames, &mut recorder)?;
        recorder.stack(&stack, count)
    })?;
    let mut profile = recorder.profile(Unit::Samples);
    if bare {
        profile
            .notes
            .push("files are told by their bare names, which several files may have".to_owned());
    }
    Ok(vec![profile])
}

/// The sites of `frames`, outermost first; whether a file is told by a bare name.
fn fill(
    stack: &mut Vec<SiteId>,
    frames: &str,
    recorder: &mut Recorder,
) -> Result<bool, ProfileError> {
    stack.clear();
    let mut bare = false;
    // What threads and processes are called has no place, and goes.
    for frame in frames.split(';').take(MAX_STACK).filter_map(Frame::of) {
        bare |= !frame.file.contains(['/', '\\']) && frame.file.ends_with(".py");
        stack.push(recorder.place(frame.file, frame.function, 0, frame.line)?);
    }
    Ok(bare)
}

/// Austin's text: `# key: value` first, `P1;T0:1;file:function:line 120` then, in microseconds, or bytes with `-m`, or both.
pub fn read_austin(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let (mut time, mut memory) = (Recorder::default(), Recorder::default());
    let mut stack: Vec<SiteId> = Vec::new();
    let mut mode = String::new();
    input.lines(|line| {
        if let Some(header) = line.strip_prefix('#') {
            if let Some((key, value)) = header.split_once(':')
                && key.trim() == "mode"
            {
                mode = value.trim().to_owned();
            }
            return Ok(());
        }
        let Some((frames, numbers)) = line.rsplit_once(' ') else {
            return Ok(());
        };
        let numbers: Vec<f64> = numbers
            .split(',')
            .map_while(|number| number.parse().ok())
            .collect();
        // `time,idle,memory` in full mode; idle is 1 where the thread waited.
        let (spent, bytes) = match (numbers.as_slice(), mode.as_str()) {
            ([bytes], "memory") => (0.0, *bytes),
            ([spent], _) => (*spent, 0.0),
            ([spent, _, bytes, ..], _) => (*spent, *bytes),
            _ => return Ok(()),
        };
        if spent > 0.0 {
            fill(&mut stack, frames, &mut time)?;
            time.stack(&stack, spent * 1e-6)?;
        }
        if bytes > 0.0 {
            fill(&mut stack, frames, &mut memory)?;
            memory.stack(&stack, bytes)?;
        }
        Ok(())
    })?;
    Ok(vec![
        time.profile(Unit::Seconds),
        memory.profile(Unit::Bytes),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_in_all_spellings() {
        let frame = |function, file, line| {
            Some(Frame {
                function,
                file,
                line,
            })
        };
        for (text, wanted) in [
            (
                "Shelf.missing (stock/shelf.py:30)",
                frame("Shelf.missing", "stock/shelf.py", 30),
            ),
            (
                "<module> (C:\\app (1)\\a.py:3)",
                frame("<module>", "C:\\app (1)\\a.py", 3),
            ),
            ("/app/app.py:run:12", frame("run", "/app/app.py", 12)),
            ("P100", None),
            ("T0:100", None),
            ("", None),
        ] {
            assert_eq!(Frame::of(text), wanted, "{text}");
        }
    }
}
