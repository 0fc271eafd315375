//! pprof's protocol buffers, as continuous profilers in production deliver them.
//!
//! The few messages are decoded by hand: generated code would copy all of a file whose strings are shared.

use rustc_hash::FxHashMap;

use super::input::{Input, ProfileError};
use super::recorder::{MAX_STACK, Recorder, SiteId};
use super::{Format, Profile, Unit};

/// Fields of all messages together.
const MAX_FIELDS: usize = 64_000_000;

/// Whether `head` begins like a profile: with a sample type, or whatever field may come first.
pub fn looks_like(head: &[u8]) -> bool {
    let mut fields = Fields(head);
    let Some(Ok((number, _))) = fields.next() else {
        return false;
    };
    // One more, as far as the head goes, so that one byte by chance is not enough.
    (1..=14).contains(&number)
        && !matches!(fields.next(), None | Some(Err(_)) if head.len() < 60_000)
}

enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    fn number(&self) -> u64 {
        match self {
            Value::Number(number) => *number,
            Value::Bytes(_) => 0,
        }
    }

    fn bytes(&self) -> &'a [u8] {
        match self {
            Value::Number(_) => &[],
            Value::Bytes(bytes) => bytes,
        }
    }

    /// A repeated number, packed or not.
    fn push_to(&self, numbers: &mut Vec<u64>) {
        match self {
            Value::Number(number) => numbers.push(*number),
            Value::Bytes(bytes) => {
                let mut rest = *bytes;
                while let Some(number) = varint(&mut rest) {
                    numbers.push(number);
                }
            }
        }
    }
}

/// The fields of one message.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), ProfileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = field(&mut self.0);
        if field.is_none() {
            self.0 = &[];
        }
        Some(field.ok_or_else(|| ProfileError::broken(Format::Pprof, "a field that is none")))
    }
}

fn field<'a>(rest: &mut &'a [u8]) -> Option<(u64, Value<'a>)> {
    let tag = varint(rest)?;
    let value = match tag & 7 {
        0 => Value::Number(varint(rest)?),
        1 => Value::Bytes(take(rest, 8)?),
        2 => {
            let length = usize::try_from(varint(rest)?).ok()?;
            Value::Bytes(take(rest, length)?)
        }
        5 => Value::Bytes(take(rest, 4)?),
        _ => return None,
    };
    (tag >> 3 > 0).then_some((tag >> 3, value))
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for place in 0..10 {
        let byte = *take(rest, 1)?.first()?;
        value |= u64::from(byte & 0x7f) << (7 * place).min(63);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[derive(Default)]
struct Function {
    name: u64,
    file: u64,
    first_line: u64,
}

pub fn read(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let bytes = input.whole()?;
    let mut strings: Vec<&[u8]> = Vec::new();
    let mut kinds: Vec<(u64, u64)> = Vec::new();
    let mut samples: Vec<&[u8]> = Vec::new();
    let mut locations: FxHashMap<u64, Vec<(u64, u64)>> = FxHashMap::default();
    let mut functions: FxHashMap<u64, Function> = FxHashMap::default();
    for (count, field) in Fields(&bytes).enumerate() {
        let (number, value) = field?;
        if count > MAX_FIELDS {
            return Err(ProfileError::broken(
                Format::Pprof,
                "fields beyond all measure",
            ));
        }
        match number {
            1 => kinds.push(pair(value.bytes(), 1, 2)?),
            2 => samples.push(value.bytes()),
            4 => {
                let mut id = 0;
                let mut lines = Vec::new();
                for field in Fields(value.bytes()) {
                    match field? {
                        (1, value) => id = value.number(),
                        (4, value) => lines.push(pair(value.bytes(), 1, 2)?),
                        _ => {}
                    }
                }
                locations.insert(id, lines);
            }
            5 => {
                let (mut id, mut function) = (0, Function::default());
                for field in Fields(value.bytes()) {
                    match field? {
                        (1, value) => id = value.number(),
                        (2, value) => function.name = value.number(),
                        (4, value) => function.file = value.number(),
                        (5, value) => function.first_line = value.number(),
                        _ => {}
                    }
                }
                functions.insert(id, function);
            }
            6 => strings.push(value.bytes()),
            _ => {}
        }
    }
    let text = |index: u64| {
        let bytes = usize::try_from(index)
            .ok()
            .and_then(|index| strings.get(index));
        String::from_utf8_lossy(bytes.copied().unwrap_or_default())
    };
    let units: Vec<(Unit, f64)> = kinds
        .iter()
        .map(|(_, unit)| unit_of(&text(*unit)))
        .collect();
    let mut profiles = Vec::new();
    for unit in [Unit::Seconds, Unit::Samples, Unit::Bytes] {
        // Samples are counted beside the time that they stand for; of two times the first is the processor's.
        let has_time = units.iter().any(|(unit, _)| *unit == Unit::Seconds);
        let Some(column) = units.iter().position(|(of, _)| *of == unit) else {
            continue;
        };
        if unit == Unit::Samples && has_time {
            continue;
        }
        let scale = units.get(column).map_or(1.0, |(_, scale)| *scale);
        let mut recorder = Recorder::default();
        let mut known: FxHashMap<u64, Vec<SiteId>> = FxHashMap::default();
        let (mut ids, mut values, mut stack) = (Vec::new(), Vec::new(), Vec::new());
        for sample in &samples {
            ids.clear();
            values.clear();
            stack.clear();
            for field in Fields(sample) {
                match field? {
                    (1, value) => value.push_to(&mut ids),
                    (2, value) => value.push_to(&mut values),
                    _ => {}
                }
            }
            // Innermost first, in samples and in the inlined lines of a location.
            for id in ids.iter().take(MAX_STACK) {
                if !known.contains_key(id) {
                    let mut sites = Vec::new();
                    for (function, ran) in locations
                        .get(id)
                        .map_or(&[][..], |lines| lines)
                        .iter()
                        .take(MAX_STACK)
                    {
                        let Some(function) = functions.get(function) else {
                            continue;
                        };
                        let line = |line: u64| u32::try_from(line).unwrap_or(0);
                        let (file, name) = (text(function.file), text(function.name));
                        sites.push(recorder.place(
                            &file,
                            &name,
                            line(function.first_line),
                            line(*ran),
                        )?);
                    }
                    known.insert(*id, sites);
                }
                stack.extend(known.get(id).into_iter().flatten().copied());
            }
            stack.reverse();
            let value = values.get(column).copied().unwrap_or(0);
            // Heaps that shrank are told in negative numbers.
            recorder.stack(&stack, value.cast_signed().max(0) as f64 * scale)?;
        }
        profiles.push(recorder.profile(unit));
    }
    Ok(profiles)
}

/// Two numbers of a message.
fn pair(message: &[u8], first: u64, second: u64) -> Result<(u64, u64), ProfileError> {
    let mut numbers = (0, 0);
    for field in Fields(message) {
        let (number, value) = field?;
        if number == first {
            numbers.0 = value.number();
        } else if number == second {
            numbers.1 = value.number();
        }
    }
    Ok(numbers)
}

fn unit_of(name: &str) -> (Unit, f64) {
    match name {
        "nanoseconds" | "ns" => (Unit::Seconds, 1e-9),
        "microseconds" | "us" | "\u{3bc}s" | "\u{b5}s" => (Unit::Seconds, 1e-6),
        "milliseconds" | "ms" => (Unit::Seconds, 1e-3),
        "seconds" | "s" => (Unit::Seconds, 1.0),
        "bytes" | "B" => (Unit::Bytes, 1.0),
        _ => (Unit::Samples, 1.0),
    }
}
