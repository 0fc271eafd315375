//! pyinstrument's own formats: the tree that `-r json` writes, and the session that `-r session` and `--save` keep.

use serde::Deserialize;

use super::input::{Input, ProfileError};
use super::recorder::{Recorder, SiteId};
use super::{Format, Profile, Unit, json};

#[derive(Deserialize)]
struct Rendered {
    root_frame: Option<Frame>,
}

#[derive(Deserialize)]
struct Frame {
    #[serde(default)]
    function: Option<String>,
    #[serde(default)]
    class_name: Option<String>,
    #[serde(default)]
    file_path: Option<String>,
    #[serde(default)]
    line_no: Option<u32>,
    #[serde(default)]
    time: f64,
    #[serde(default)]
    children: Vec<Frame>,
}

pub fn read(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let rendered: Rendered = json::tree(input, Format::Pyinstrument)?;
    let mut recorder = Recorder::default();
    let mut stack = Vec::new();
    if let Some(root) = &rendered.root_frame {
        descend(root, &mut stack, &mut recorder)?;
    }
    Ok(vec![recorder.profile(Unit::Seconds)])
}

fn descend(
    frame: &Frame,
    stack: &mut Vec<SiteId>,
    recorder: &mut Recorder,
) -> Result<(), ProfileError> {
    let name = frame.function.as_deref().unwrap_or_default();
    let name = qualified(frame.class_name.as_deref(), name);
    let file = frame.file_path.as_deref().unwrap_or_default();
    stack.push(recorder.place(file, &name, frame.line_no.unwrap_or(0), 0)?);
    let within: f64 = frame.children.iter().map(|child| child.time).sum();
    recorder.stack(stack, frame.time - within)?;
    for child in &frame.children {
        descend(child, stack, recorder)?;
    }
    stack.pop();
    Ok(())
}

#[derive(Deserialize)]
struct Session {
    /// Outermost frame first; each frame `function\0file\0first line`, then `\1` and a letter for each thing more.
    frame_records: Vec<(Vec<String>, f64)>,
}

pub fn read_session(input: &Input) -> Result<Vec<Profile>, ProfileError> {
    let session: Session = json::whole(input, Format::PyinstrumentSession)?;
    let mut recorder = Recorder::default();
    let mut stack = Vec::new();
    for (frames, spent) in &session.frame_records {
        stack.clear();
        for frame in frames {
            let (frame, more) = frame.split_once('\u{1}').unwrap_or((frame, ""));
            let mut parts = frame.split('\0');
            let (function, file) = (
                parts.next().unwrap_or_default(),
                parts.next().unwrap_or_default(),
            );
            let first = parts.next().and_then(|line| line.parse().ok()).unwrap_or(0);
            // `[await]`, `[self]`, `<thread>`: no places.
            if file.is_empty() || file == "<thread>" {
                continue;
            }
            let told = |letter| {
                more.split('\u{1}')
                    .find_map(|attribute| attribute.strip_prefix(letter))
            };
            let line = told('l').and_then(|line| line.parse().ok()).unwrap_or(0);
            stack.push(recorder.place(file, &qualified(told('c'), function), first, line)?);
        }
        recorder.stack(&stack, *spent)?;
    }
    let mut profile = recorder.profile(Unit::Seconds);
    profile.drifting = true;
    Ok(vec![profile])
}

fn qualified(class: Option<&str>, function: &str) -> String {
    match class {
        Some(class) if !class.is_empty() => format!("{class}.{function}"),
        _ => function.to_owned(),
    }
}
