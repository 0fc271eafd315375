//! Traces of Chrome's format: viztracer, py-spy and functiontrace. Read event by event, for they grow to gigabytes.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::BufReader;
use std::rc::Rc;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::input::{Input, MAX_WHOLE, Metered, ProfileError};
use super::recorder::Recorder;
use super::timeline::Timeline;
use super::{Format, Profile, Unit};

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(default, borrow)]
    ph: Cow<'a, str>,
    #[serde(default, borrow)]
    name: Cow<'a, str>,
    #[serde(default)]
    ts: f64,
    #[serde(default)]
    dur: f64,
    #[serde(default)]
    pid: Number,
    #[serde(default)]
    tid: Number,
    #[serde(default, borrow)]
    args: Option<Args<'a>>,
}

/// py-spy's place; other tools put anything at all here.
#[derive(Deserialize)]
#[serde(untagged)]
enum Args<'a> {
    Place {
        #[serde(borrow)]
        filename: Cow<'a, str>,
        line: u32,
    },
    Other(IgnoredAny),
}

/// Processes and threads are numbers, or names.
#[derive(Default)]
struct Number(i64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Number(number) => number
                .as_i64()
                .or(number.as_f64().map(|number| number as i64))
                .unwrap_or(0),
            serde_json::Value::String(name) => {
                use std::hash::{Hash as _, Hasher as _};
                let mut hasher = rustc_hash::FxHasher::default();
                name.hash(&mut hasher);
                hasher.finish() as i64
            }
            _ => 0,
        }))
    }
}

pub fn read(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let mut sink = Sink::default();
    sink.left.set(MAX_WHOLE);
    let left = Rc::clone(&sink.left);
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(
        64 << 10,
        Metered::new(input.open()?, &left),
    ));
    let read = json.deserialize_any(Whole(&mut sink));
    if let Some(error) = sink.error.take() {
        return Err(error);
    }
    let mut notes = Vec::new();
    if let Err(error) = read {
        // Tracers that are killed leave a list without an end.
        if !error.is_eof() || sink.events == 0 {
            return Err(ProfileError::broken(Format::Trace, error));
        }
        notes.push("the trace breaks off; what came before counts".to_owned());
    }
    sink.timeline.finish(&mut sink.recorder)?;
    let mut profile = sink.recorder.profile(Unit::Seconds);
    profile.notes = notes;
    Ok(vec![profile])
}

#[derive(Default)]
struct Sink {
    recorder: Recorder,
    timeline: Timeline,
    events: u64,
    /// How much may be read before the next event is complete.
    left: Rc<Cell<u64>>,
    error: Option<ProfileError>,
}

impl Sink {
    fn event(&mut self, event: &Event) -> Result<(), ProfileError> {
        let thread = (event.pid.0, event.tid.0);
        let at = event.ts * 1e-6;
        match &*event.ph {
            "B" => {
                let site = self.site(event)?;
                self.timeline.begin(thread, site, at);
            }
            "E" => self.timeline.end(thread, at, &mut self.recorder)?,
            "X" => {
                let site = self.site(event)?;
                self.timeline
                    .whole(thread, site, at, at + event.dur * 1e-6, &mut self.recorder)?;
            }
            _ => return Ok(()),
        }
        self.events += 1;
        Ok(())
    }

    fn site(&mut self, event: &Event) -> Result<super::recorder::SiteId, ProfileError> {
        if let Some(Args::Place { filename, line }) = &event.args {
            return self.recorder.place(filename, &event.name, 0, *line);
        }
        // viztracer: `Work.build (/path/app.py:5)` with the function's first line, `dict.get` for builtins.
        if let Some((function, place)) = event
            .name
            .strip_suffix(')')
            .and_then(|name| name.rsplit_once(" ("))
            && let Some((file, line)) = place.rsplit_once(':')
            && let Ok(line) = line.parse()
        {
            return self.recorder.place(file, function, line, 0);
        }
        self.recorder.place("", &event.name, 0, 0)
    }
}

/// The list itself, or an object with the list in it.
struct Whole<'s>(&'s mut Sink);

impl<'de> Visitor<'de> for Whole<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("a trace")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(One(&mut *self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match &*key {
                "traceEvents" => map.next_value_seed(List(&mut *self.0))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct List<'s>(&'s mut Sink);

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(Whole(self.0))
    }
}

/// One event, which is forgotten as soon as it is counted.
struct One<'s>(&'s mut Sink);

impl<'de> DeserializeSeed<'de> for One<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.left.set(MAX_WHOLE);
        let raw = Box::<serde_json::value::RawValue>::deserialize(deserializer)?;
        // Events of other kinds may have any shape.
        if let Ok(event) = serde_json::from_str::<Event>(raw.get())
            && let Err(error) = self.0.event(&event)
        {
            self.0.error = Some(error);
            return Err(serde::de::Error::custom("too much"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_without_an_end_counts_as_far_as_it_goes() {
        let text = r#"[{"ph":"X","ts":0,"dur":5,"pid":1,"tid":"main","name":"f (app.py:3)","args":{"x":[1]}},
            {"ph":"i","name":7},
            {"ph":"X","ts":9,"dur":5,"pid":1,"tid":"main","name":"g (app.py:9)"},{"ph":"#;
        let profiles = read(&Input::Bytes(text.into())).unwrap();
        assert_eq!(profiles[0].sites.len(), 2);
        assert!((profiles[0].total - 10e-6).abs() < 1e-12);
        assert_eq!(profiles[0].notes.len(), 1);
    }
}
