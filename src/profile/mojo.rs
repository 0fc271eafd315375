//! MOJO, the binary format of austin: texts and frames are told once for each process, stacks by their numbers.
//!
//! An event is a number and its fields: texts that end with a zero byte, and numbers of which the first byte has six bits and a
//! sign, all others seven.

use std::io::{BufRead, Read};

use rustc_hash::FxHashMap;

use super::input::{Input, ProfileError};
use super::recorder::{MAX_STACK, Recorder, SiteId};
use super::{Format, Profile, Span, Unit};

/// Bytes of one text.
const MAX_TEXT: usize = 1 << 16;
/// Texts, or frames, of one profile.
const MAX_DEFINITIONS: usize = 1_000_000;
/// Threads whose last stack is remembered.
const MAX_THREADS: usize = 4_096;
/// The newest version that is known.
const NEWEST: i64 = 4;

pub fn read(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let mut events = Events(input.open()?);
    let mut magic = [0; 3];
    events.0.read_exact(&mut magic)?;
    let version = events.number()?;
    if magic != *b"MOJ" || !(1..=NEWEST).contains(&version) {
        return Err(broken(format_args!(
            "a version that is not known: {version}"
        )));
    }
    let mut reader = Reader::default();
    while let Some(kind) = events.byte()? {
        reader.event(kind, version, &mut events)?;
    }
    reader.flush()?;
    let profiles = [
        reader.time.profile(Unit::Seconds),
        reader.memory.profile(Unit::Bytes),
    ];
    Ok(profiles.into())
}

fn broken(why: impl std::fmt::Display) -> ProfileError {
    ProfileError::broken(Format::Mojo, why)
}

/// The fields of events, one after the other.
struct Events<'a>(Box<dyn BufRead + 'a>);

impl Events<'_> {
    /// `None` at the end.
    fn byte(&mut self) -> Result<Option<u8>, ProfileError> {
        let mut byte = [0];
        Ok((self.0.read(&mut byte)? == 1).then_some(byte[0]))
    }

    fn number(&mut self) -> Result<i64, ProfileError> {
        let next = |events: &mut Self| {
            events
                .byte()?
                .ok_or_else(|| broken("it ends within a number"))
        };
        let mut byte = next(self)?;
        let is_negative = byte & 0x40 != 0;
        let mut number = i64::from(byte & 0x3f);
        let mut shift = 6;
        while byte & 0x80 != 0 {
            byte = next(self)?;
            let bits = i64::from(byte & 0x7f).checked_mul(1_i64.checked_shl(shift).unwrap_or(0));
            let bits = bits.filter(|_| shift < 62);
            number |= bits.ok_or_else(|| broken("a number without end"))?;
            shift += 7;
        }
        Ok(if is_negative { -number } else { number })
    }

    fn line(&mut self) -> Result<u32, ProfileError> {
        Ok(u32::try_from(self.number()?).unwrap_or(0))
    }

    fn text(&mut self) -> Result<String, ProfileError> {
        let mut bytes = Vec::new();
        (&mut self.0)
            .take(MAX_TEXT as u64)
            .read_until(0, &mut bytes)?;
        match bytes.pop() {
            Some(0) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            _ => Err(broken("a text without end")),
        }
    }
}

/// Where a frame is, told by what profiles of time and of memory call it.
#[derive(Clone, Copy)]
struct Frame {
    time: SiteId,
    memory: SiteId,
    /// Whether it is of the machine, and no Python.
    is_native: bool,
}

/// What was told so far.
#[derive(Default)]
struct Reader {
    time: Recorder,
    memory: Recorder,
    is_memory: bool,
    process: i64,
    thread: (i64, String),
    texts: FxHashMap<(i64, i64), String>,
    frames: FxHashMap<(i64, i64), Frame>,
    /// The stack of the sample, outermost first.
    stack: Vec<Frame>,
    /// The stacks of each thread's last sample.
    last: FxHashMap<(i64, String), Vec<Frame>>,
    /// Frames that belong to a suspended task, and not to the sample.
    of_task: i64,
    spent: i64,
    allocated: i64,
}

impl Reader {
    fn event(&mut self, kind: u8, version: i64, events: &mut Events) -> Result<(), ProfileError> {
        match kind {
            // Metadata.
            1 => {
                let (key, value) = (events.text()?, events.text()?);
                if key == "mode" {
                    self.is_memory = value == "memory";
                }
            }
            // A stack begins: process, interpreter, thread.
            2 => {
                self.flush()?;
                self.process = events.number()?;
                if version >= 3 {
                    events.number()?;
                }
                self.thread = (self.process, events.text()?);
            }
            3 => self.define(version, events)?,
            // A frame that could not be read.
            4 | 7 | 8 => {}
            5 => {
                let frame = self.frames.get(&(self.process, events.number()?)).copied();
                if self.of_task > 0 {
                    self.of_task -= 1;
                } else if let Some(frame) = frame.filter(|_| self.stack.len() < MAX_STACK) {
                    self.stack.push(frame);
                }
            }
            // A frame of the kernel.
            6 => drop(events.text()?),
            9 => self.spent = self.spent.saturating_add(events.number()?),
            10 => self.allocated = self.allocated.saturating_add(events.number()?),
            11 => {
                let key = (self.process, events.number()?);
                let text = events.text()?;
                if self.texts.len() >= MAX_DEFINITIONS {
                    return Err(broken("too many texts"));
                }
                self.texts.insert(key, text);
            }
            12 => drop(events.number()?),
            // As the last time in this thread, below what was told already.
            13 => {
                let mut stack = self.last.get(&self.thread).cloned().unwrap_or_default();
                while stack.last().is_some_and(|frame| frame.is_native) {
                    stack.pop();
                }
                stack.append(&mut self.stack);
                stack.truncate(MAX_STACK);
                self.stack = stack;
            }
            // Tasks that wait: their frames are no part of the sample.
            14 => {
                events.number()?;
                events.number()?;
                self.of_task = events.number()?;
            }
            15 => {
                events.number()?;
                events.number()?;
            }
            16 => drop(events.number()?),
            other => return Err(broken(format_args!("an event that is not known: {other}"))),
        }
        Ok(())
    }

    /// A frame: its number, file, function and place.
    fn define(&mut self, version: i64, events: &mut Events) -> Result<(), ProfileError> {
        let key = (self.process, events.number()?);
        let (file, function) = (events.number()?, events.number()?);
        let line = events.line()?;
        let span = match version {
            1 => None,
            _ => {
                let (end_line, column, end_column) =
                    (events.line()?, events.line()?, events.line()?);
                // Columns are told from 1; 0 is none.
                let ends = column.checked_sub(1).zip(end_column.checked_sub(1));
                ends.filter(|_| end_line > 0)
                    .map(|(column, end_column)| Span {
                        column,
                        end_line,
                        end_column,
                    })
            }
        };
        if self.frames.len() >= MAX_DEFINITIONS {
            return Err(broken("too many frames"));
        }
        let text = |number: i64| {
            self.texts
                .get(&(self.process, number))
                .map_or("", String::as_str)
        };
        let (file, function) = (text(file), text(function));
        let frame = Frame {
            time: self.time.spot(file, function, 0, line, span)?,
            memory: self.memory.spot(file, function, 0, line, span)?,
            is_native: !file.ends_with(".py") && !file.starts_with('<'),
        };
        self.frames.insert(key, frame);
        Ok(())
    }

    /// The sample is complete.
    fn flush(&mut self) -> Result<(), ProfileError> {
        let sites = |of: fn(&Frame) -> SiteId| self.stack.iter().map(of).collect::<Vec<_>>();
        // Microseconds, and bytes: given back ones are negative, and count nothing.
        if self.spent > 0 && !self.is_memory {
            let stack = sites(|frame| frame.time);
            self.time.stack(&stack, self.spent as f64 * 1e-6)?;
        }
        if self.allocated > 0 {
            let stack = sites(|frame| frame.memory);
            self.memory.stack(&stack, self.allocated as f64)?;
        }
        (self.spent, self.allocated, self.of_task) = (0, 0, 0);
        let stack = std::mem::take(&mut self.stack);
        if self.last.len() < MAX_THREADS || self.last.contains_key(&self.thread) {
            self.last.insert(self.thread.clone(), stack);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_six_bits_and_a_sign_first() {
        for (bytes, wanted) in [
            (&[0x05][..], Some(5)),
            (&[0xc3, 0x02], Some(-131)),
            (&[0xa7, 0xa3, 0x02], Some(0x27 | 0x23 << 6 | 2 << 13)),
            (&[0x80], None),
            (&[0xff; 40], None),
        ] {
            let number = Events(Box::new(bytes)).number().ok();
            assert_eq!(number, wanted, "{bytes:?}");
        }
    }

    #[test]
    fn a_stack_may_go_on_from_the_last_one() {
        let mut bytes = b"MOJ\x04\x01mode\0wall\0".to_vec();
        bytes.extend(b"\x02\x01\x00t\0\x0b\x02/app/a.py\0\x0b\x03main\0\x0b\x04work\0");
        bytes.extend(b"\x03\x01\x02\x03\x05\x05\x05\x09\x03\x02\x02\x04\x08\x08\x01\x04");
        bytes.extend(b"\x05\x01\x05\x02\x09\x0a");
        // The same below, and a frame of its own on top; a task waits elsewhere.
        bytes.extend(b"\x02\x01\x00t\0\x0e\x01\x00\x01\x05\x01\x05\x02\x0d\x09\x0a");
        let profiles = read(&Input::Bytes(bytes)).unwrap();
        let time = &profiles[0];
        assert!((time.total - 20e-6).abs() < 1e-12);
        let main = time
            .sites
            .iter()
            .find(|site| &*site.place.function == "main")
            .unwrap();
        assert_eq!((main.place.line, main.own), (5, 0.0));
        assert!((main.cumulative - time.total).abs() < 1e-12);
        assert_eq!(
            main.place.span.map(|span| (span.column, span.end_column)),
            Some((4, 8))
        );
    }
}
