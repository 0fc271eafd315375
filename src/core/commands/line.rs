//! Command lines to words, and words to the programs that they start.

use ruff_text_size::TextRange;

use super::{Command, Line, Piece, Word, range};

/// Lines of a Procfile: `web: gunicorn shop.wsgi`.
pub(super) fn of_procfile(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let begin = start;
        start += line.len();
        let Some((name, command)) = line.split_once(':') else {
            continue;
        };
        let is_name = !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        if is_name {
            let piece = Piece {
                value: command,
                range: range(begin + name.len() + 1, begin + line.trim_end().len()),
            };
            lines.push(of_shell(piece, text));
        }
    }
    lines
}

/// What a shell makes of a text.
pub(super) fn of_shell(piece: Piece<'_>, file: &str) -> Line {
    // A line that goes on is one line, and not an empty word.
    let value = piece.value.replace("\\\r\n", " ").replace("\\\n", " ");
    let words = shlex::split(&value).unwrap_or_default();
    Line {
        words: placed(words, piece.range, file),
        is_development: false,
    }
}

/// Words in the order of the text, each at its place within `whole`.
pub(super) fn placed(words: Vec<String>, whole: TextRange, file: &str) -> Vec<Word> {
    let raw = file
        .get(whole.start().to_usize()..whole.end().to_usize())
        .unwrap_or_default();
    let mut from = 0;
    let placed = words.into_iter().map(|text| {
        let rest = raw.get(from..).unwrap_or_default();
        match rest.find(&text) {
            Some(at) if !text.is_empty() => {
                let start = whole.start().to_usize() + from + at;
                from += at + text.len();
                let range = range(start, start + text.len());
                Word { text, range }
            }
            _ => Word { text, range: whole },
        }
    });
    placed.collect()
}

/// Adds what a line starts: more than one program where a shell reads it.
pub(super) fn add(line: Line, is_deployed: bool, commands: &mut Vec<Command>) {
    let is_deployed = is_deployed && !line.is_development;
    let mut words = Vec::new();
    for word in line.words {
        if matches!(word.text.as_str(), "&&" | "||" | "|" | ";" | "&") {
            one(std::mem::take(&mut words), is_deployed, commands);
            continue;
        }
        let last = word.text.strip_suffix(';').map(str::to_owned);
        match last {
            Some(text) => {
                words.push(Word { text, ..word });
                one(std::mem::take(&mut words), is_deployed, commands);
            }
            None => words.push(word),
        }
    }
    one(words, is_deployed, commands);
}

/// Programs that start the rest of their arguments, with how many words of their own stand before it.
const LAUNCHERS: &[(&[&str], usize)] = &[
    (&["exec"], 1),
    (&["env"], 1),
    (&["nohup"], 1),
    (&["time"], 1),
    (&["poetry", "run"], 2),
    (&["pipenv", "run"], 2),
    (&["pdm", "run"], 2),
    (&["hatch", "run"], 2),
    (&["uv", "run"], 2),
    (&["rye", "run"], 2),
    (&["dumb-init", "--"], 2),
    (&["dumb-init"], 1),
    (&["tini", "--"], 2),
    (&["tini"], 1),
    (&["ddtrace-run"], 1),
    (&["opentelemetry-instrument"], 1),
    (&["newrelic-admin", "run-program"], 2),
];

fn one(mut words: Vec<Word>, is_deployed: bool, commands: &mut Vec<Command>) {
    loop {
        // `DEBUG=1 gunicorn`
        let is_assignment = |word: &Word| {
            let name = word.text.split_once('=').map(|(name, _)| name);
            name.is_some_and(|name| {
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            })
        };
        let assigned = words.iter().take_while(|word| is_assignment(word)).count();
        words.drain(..assigned);
        let is = |at: usize, name: &str| words.get(at).is_some_and(|word| base(&word.text) == name);
        let Some(program) = words.first() else {
            return;
        };
        let first = base(&program.text);
        let launcher = LAUNCHERS
            .iter()
            .find(|(names, _)| names.iter().enumerate().all(|(at, name)| is(at, name)));
        let taken = if let Some((_, taken)) = launcher {
            *taken
        } else if first.starts_with("python") && is(1, "-m") {
            2
        } else if matches!(first, "sh" | "bash" | "ash" | "dash") {
            // `sh -c "..."`
            let script = words
                .iter()
                .skip(1)
                .find(|word| !word.text.starts_with('-'));
            let has_c = words
                .get(1)
                .is_some_and(|word| word.text.starts_with('-') && word.text.ends_with('c'));
            if let Some(script) = script.filter(|_| has_c) {
                nested(script, is_deployed, commands);
            }
            return;
        } else {
            break;
        };
        if words.len() <= taken {
            return;
        }
        words.drain(..taken);
    }
    let mut words = words.into_iter();
    if let Some(mut program) = words.next() {
        program.text = base(&program.text).to_owned();
        commands.push(Command {
            program,
            arguments: words.collect(),
            is_deployed,
            environment: Vec::new(),
        });
    }
}

/// The lines of a script that stands in one word.
fn nested(script: &Word, is_deployed: bool, commands: &mut Vec<Command>) {
    for line in script.text.lines() {
        let words = shlex::split(line).unwrap_or_default();
        // Where the script stands as it is, its words do too.
        let is_plain = script.range.len().to_usize() == script.text.len();
        let words = match is_plain {
            true => {
                let start = script.text.find(line).unwrap_or(0);
                let mut from = start;
                let place = |text: String| {
                    let at = script.text.get(from..).and_then(|rest| rest.find(&text));
                    let range = match at {
                        Some(at) if !text.is_empty() => {
                            let begin = script.range.start().to_usize() + from + at;
                            from += at + text.len();
                            range(begin, begin + text.len())
                        }
                        _ => script.range,
                    };
                    Word { text, range }
                };
                words.into_iter().map(place).collect()
            }
            false => {
                let place = |text| Word {
                    text,
                    range: script.range,
                };
                words.into_iter().map(place).collect()
            }
        };
        let line = Line {
            words,
            is_development: false,
        };
        // A script within a script is nobody's habit.
        if line
            .words
            .first()
            .is_some_and(|word| !matches!(base(&word.text), "sh" | "bash" | "ash" | "dash"))
        {
            add(line, is_deployed, commands);
        }
    }
}

/// The last part of a path.
fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
