//! Command lines that a repository holds beside its Python: Procfiles, Dockerfiles, compose files, units of systemd. Read for the
//! settings of servers, and never rewritten.
//!
//! **Invariant**: what is not understood is left out: a template, a variable, a file that its own reader would refuse.

mod compose;
mod dockerfile;
mod line;
mod statements;
mod systemd;

use ruff_text_size::{Ranged, TextRange, TextSize};

pub use statements::statements;

/// What kind of file holds the commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandFile {
    Procfile,
    Dockerfile,
    Compose,
    /// A `.service` of systemd.
    Unit,
}

impl CommandFile {
    /// By the file's name, its last part.
    pub fn named(name: &str) -> Option<Self> {
        // Nearly all files end in something else, which has to be told quickly.
        let lower = name.to_ascii_lowercase();
        let stem = lower
            .strip_suffix(".yml")
            .or_else(|| lower.strip_suffix(".yaml"));
        if let Some(stem) = stem {
            let first = stem.split('.').next().unwrap_or(stem);
            return matches!(first, "compose" | "docker-compose").then_some(Self::Compose);
        }
        if lower.ends_with(".service") {
            return Some(Self::Unit);
        }
        match lower.as_str() {
            "procfile" => Some(Self::Procfile),
            "dockerfile" | "containerfile" => Some(Self::Dockerfile),
            _ if [".py", ".pyi", ".pyw", ".ipynb"]
                .iter()
                .any(|python| lower.ends_with(python)) =>
            {
                None
            }
            _ if lower.starts_with("dockerfile.") || lower.ends_with(".dockerfile") => {
                Some(Self::Dockerfile)
            }
            _ => None,
        }
    }
}

/// A word of a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Without quotes.
    pub text: String,
    /// Where it stands; the whole command line where escapes hide it.
    pub range: TextRange,
}

impl Ranged for Word {
    fn range(&self) -> TextRange {
        self.range
    }
}

/// A program that is started, with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The last part of its path: `gunicorn` for `/srv/venv/bin/gunicorn`, and for `exec poetry run python -m gunicorn`.
    pub program: Word,
    pub arguments: Vec<Word>,
    /// Whether it starts where users are: nothing about the file says that it is for development or tests.
    pub is_deployed: bool,
    /// Whether the environment may add to the arguments, as far as the file tells.
    pub environment: Vec<String>,
}

impl Command {
    /// The word of an option without a value: `--reload`.
    pub fn flag(&self, name: &str) -> Option<&Word> {
        self.arguments.iter().find(|word| word.text == name)
    }

    /// The last value of an option by any of its names, with the place of the value: `-w 4`, `-w4`, `--workers 4`, `--workers=4`.
    pub fn option(&self, names: &[&str]) -> Option<Word> {
        let mut found = None;
        for (at, word) in self.arguments.iter().enumerate() {
            for name in names {
                let Some(rest) = word.text.strip_prefix(name) else {
                    continue;
                };
                let value = match rest {
                    "" => self.arguments.get(at + 1).map(|next| next.text.clone()),
                    _ if name.starts_with("--") => rest.strip_prefix('=').map(str::to_owned),
                    _ => Some(rest.trim_start_matches('=').to_owned()),
                };
                if let Some(text) = value {
                    let range = match self.arguments.get(at + 1) {
                        Some(next) if rest.is_empty() && next.range.start() >= word.range.end() => {
                            word.range.cover(next.range)
                        }
                        _ => word.range,
                    };
                    found = Some(Word { text, range });
                }
            }
        }
        found
    }
}

/// All commands of a file, in the order of the text.
pub fn commands(file: CommandFile, path: &str, text: &str) -> Vec<Command> {
    let lines = match file {
        CommandFile::Procfile => line::of_procfile(text),
        CommandFile::Dockerfile => dockerfile::lines(text),
        CommandFile::Compose => compose::lines(text),
        CommandFile::Unit => systemd::lines(text),
    };
    // A compose file is for development as a rule, others are so by name.
    let is_deployed = !is_about(path, DEVELOPMENT)
        && (file != CommandFile::Compose || is_about(path, &["prod", "production"]));
    let mut commands = Vec::new();
    for found in lines {
        line::add(found, is_deployed, &mut commands);
    }
    for command in &mut commands {
        let told = ADDING.iter().filter(|name| text.contains(**name));
        command.environment = told.map(|name| (*name).to_owned()).collect();
    }
    commands
}

/// Variables that servers take further settings from.
const ADDING: &[&str] = &["GUNICORN_CMD_ARGS", "WEB_CONCURRENCY", "UVICORN_"];

/// Words of paths that are not about what users see.
const DEVELOPMENT: &[&str] = &[
    "dev",
    "devel",
    "develop",
    "development",
    "devcontainer",
    "local",
    "debug",
    "test",
    "tests",
    "testing",
    "ci",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "docs",
    "playground",
];

fn is_about(path: &str, words: &[&str]) -> bool {
    let mut parts = path.split(|c: char| !c.is_ascii_alphanumeric());
    parts.any(|part| words.iter().any(|word| part.eq_ignore_ascii_case(word)))
}

/// A command line as a file holds it.
struct Line {
    words: Vec<Word>,
    /// Whether it is for development, whatever the file is for.
    is_development: bool,
}

/// A text inside a file: what it means, and where it stands.
#[derive(Clone, Copy)]
struct Piece<'a> {
    value: &'a str,
    range: TextRange,
}

fn range(start: usize, end: usize) -> TextRange {
    let at = |offset: usize| TextSize::try_from(offset).unwrap_or_default();
    TextRange::new(at(start.min(end)), at(end))
}

#[cfg(test)]
mod tests;
