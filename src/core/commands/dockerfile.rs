//! What containers of an image run: `ENTRYPOINT` and `CMD`, the last of each stage, as a shell's text or as a list.

use parse_dockerfile::{Command, Instruction};

use super::line::{of_shell, placed};
use super::{Line, Piece, Word, is_about, range};

pub(super) fn lines(text: &str) -> Vec<Line> {
    let Ok(file) = parse_dockerfile::parse(text) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    for stage in file.stages() {
        let mut entrypoint = None;
        let mut command = None;
        for instruction in stage.instructions {
            match instruction {
                Instruction::Entrypoint(found) => {
                    entrypoint = Some(&found.arguments);
                    // It resets what came before.
                    command = None;
                }
                Instruction::Cmd(found) => command = Some(&found.arguments),
                _ => {}
            }
        }
        let name = stage.from.as_.as_ref().map(|(_, name)| &*name.value);
        let is_development = name.is_some_and(|name| is_about(name, super::DEVELOPMENT));
        let started = match (entrypoint, command) {
            (Some(Command::Exec(entrypoint)), Some(Command::Exec(command))) => {
                let mut words = exec(entrypoint.value.iter(), text);
                words.extend(exec(command.value.iter(), text));
                Some(words)
            }
            // Arguments that a shell passes on are none of the program's.
            (Some(entrypoint), _) => Some(words(entrypoint, text)),
            (None, Some(command)) => Some(words(command, text)),
            (None, None) => None,
        };
        lines.extend(started.map(|words| Line {
            words,
            is_development,
        }));
    }
    lines
}

fn words(command: &Command<'_>, text: &str) -> Vec<Word> {
    match command {
        Command::Exec(list) => exec(list.value.iter(), text),
        Command::Shell(script) => {
            let piece = Piece {
                value: script.value,
                range: range(script.span.start, script.span.end),
            };
            of_shell(piece, text).words
        }
        _ => Vec::new(),
    }
}

fn exec<'i>(
    list: impl Iterator<Item = &'i parse_dockerfile::UnescapedString<'i>>,
    text: &str,
) -> Vec<Word> {
    list.flat_map(|item| {
        let whole = range(item.span.start, item.span.end);
        placed(vec![item.value.to_string()], whole, text)
    })
    .collect()
}
