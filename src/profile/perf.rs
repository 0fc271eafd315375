//! What `perf script` prints of a Python that ran with `-X perf`: Python functions among the frames of the machine.

use super::input::{Input, ProfileError};
use super::recorder::{MAX_STACK, Recorder, SiteId};
use super::{Profile, Unit};

/// Whether `words` begins with a sample: a line that ends with an event, then an address.
pub fn looks_like(words: &str) -> bool {
    let mut lines = words
        .lines()
        .skip_while(|line| line.is_empty() || line.starts_with('#'));
    let (Some(header), Some(frame)) = (lines.next(), lines.next()) else {
        return false;
    };
    let address = frame.split_whitespace().next().unwrap_or_default();
    header.trim_end().ends_with(':')
        && !header.starts_with(char::is_whitespace)
        && frame.starts_with(char::is_whitespace)
        && !address.is_empty()
        && address.bytes().all(|byte| byte.is_ascii_hexdigit())
}

pub fn read(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let mut recorder = Recorder::default();
    let mut stack: Vec<SiteId> = Vec::new();
    let mut weight = 0.0;
    let mut python = false;
    let mut clock = true;
    let flush = |stack: &mut Vec<SiteId>, weight: f64, recorder: &mut Recorder| {
        // Innermost first.
        stack.reverse();
        recorder.stack(stack, weight)?;
        stack.clear();
        Ok::<(), ProfileError>(())
    };
    input.lines(|line| {
        if line.starts_with('#') {
            return Ok(());
        }
        if !line.starts_with(char::is_whitespace) {
            flush(&mut stack, weight, &mut recorder)?;
            weight = 0.0;
            if let Some((period, event)) = sample(line) {
                weight = period;
                clock &= event.contains("clock");
            }
            return Ok(());
        }
        // `7f00 py::Shelf.missing:/app/stock/shelf.py+0xb (/tmp/perf-1.map)`
        let symbol = line
            .trim_start()
            .split_once(' ')
            .map_or("", |(_, symbol)| symbol);
        if let Some(symbol) = symbol.strip_prefix("py::") {
            let symbol = symbol
                .rsplit_once(" (")
                .map_or(symbol, |(symbol, _)| symbol);
            let symbol = symbol
                .rsplit_once("+0x")
                .map_or(symbol, |(symbol, _)| symbol);
            if let Some((function, file)) = symbol.split_once(':')
                && stack.len() < MAX_STACK
            {
                python = true;
                stack.push(recorder.place(file, function, 0, 0)?);
            }
        }
        Ok(())
    })?;
    flush(&mut stack, weight, &mut recorder)?;
    if !python {
        let why = "no Python functions in it; run the program with `python -X perf` and a Python that keeps frame pointers";
        return Err(ProfileError::broken(super::Format::PerfScript, why));
    }
    let mut profile = recorder.profile(if clock { Unit::Seconds } else { Unit::Samples });
    if clock {
        // Clocks count nanoseconds.
        super::merge::scale(&mut profile, 1e-9);
    }
    Ok(vec![profile])
}

/// The period and the event of `python 8872 11641.234396: 2004008 cpu-clock:ppp:`.
fn sample(line: &str) -> Option<(f64, &str)> {
    let mut words = line.split_whitespace().rev();
    let event = words.next()?.trim_end_matches(':');
    let period = words
        .next()
        .and_then(|period| period.parse().ok())
        .unwrap_or(1.0);
    Some((period, event))
}
