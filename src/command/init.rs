//! `hotlint init`: a configuration to start from, with what the project has said elsewhere already.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use super::Exit;
use crate::config::FILE_NAMES;
use crate::neighbours::Neighbours;
use crate::terminal::Terminal;

/// Runs the command.
///
/// # Errors
/// When the configuration cannot be written.
pub fn run(terminal: Terminal) -> io::Result<Exit> {
    let folder = std::env::current_dir()?;
    let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
    for name in FILE_NAMES {
        let is_there = match name {
            "pyproject.toml" => text(name).contains("[tool.hotlint"),
            name => folder.join(name).exists(),
        };
        if is_there {
            terminal.error(format_args!("{name} configures hotlint already"));
            return Ok(Exit::Error);
        }
    }
    let neighbours = Neighbours::of(&folder);
    let project = text("pyproject.toml");
    let has_project = folder.join("pyproject.toml").is_file();
    let knows_versions = project.contains("requires-python");
    let body = configuration(&neighbours, knows_versions);
    let name = match has_project {
        true => {
            let gap = match project.is_empty() {
                true => "",
                false if project.ends_with('\n') => "\n",
                false => "\n\n",
            };
            write(
                &folder.join("pyproject.toml"),
                &format!("{project}{gap}[tool.hotlint]\n{body}"),
            )?;
            "pyproject.toml"
        }
        false => {
            write(&folder.join("hotlint.toml"), &body)?;
            "hotlint.toml"
        }
    };
    terminal.note(format_args!(
        "{name}: written; every key is explained by `hotlint config`."
    ));
    let same = neighbours.rules();
    if !same.is_empty() {
        terminal.note(format_args!(
            "{} left to the linters that report the same; `hotlint migrate` takes them over.",
            crate::words::plural(same.len(), "rule")
        ));
    }
    terminal.note("`hotlint baseline create` keeps the findings of now apart from those to come.");
    Ok(Exit::Clean)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text)
}

/// The lines of a configuration, without the head of a table.
pub fn configuration(neighbours: &Neighbours, knows_versions: bool) -> String {
    let mut text = String::new();
    let mut say = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    match &neighbours.target_version {
        _ if knows_versions => {
            say("# The Python versions that the code supports are those of `requires-python`.")
        }
        Some(version) => {
            say(
                "# The Python versions that the code supports: this one and newer. As in the configuration of ruff.",
            );
            say(&format!("target-version = {version:?}"));
        }
        None => {
            say("# The Python versions that the code supports: this one and newer.");
            say("# target-version = \"py310\"");
        }
    }
    say("");
    say(
        "# Rules beside those that pay in most code: a group (`micro`, `memory`), or a rule by its name.",
    );
    say("# extend-select = [\"memory\"]");
    let same = neighbours.rules();
    if same.is_empty() {
        say("# ignore = []");
    } else {
        say("# Left to the linters that report the same code here:");
        say("ignore = [");
        for rule in same {
            let codes: Vec<_> = (neighbours.same.iter())
                .filter(|(_, ours)| *ours == rule)
                .map(|(code, _)| *code)
                .collect();
            say(&format!("    {rule:?}, # {}", codes.join(", ")));
        }
        say("]");
    }
    say("");
    say("# Files that are not checked, beside those that git ignores.");
    match &neighbours.exclude {
        Some(globs) => say(&format!("exclude = {}", list(globs))),
        None => say("# exclude = [\".git\", \".venv\", \"build\"]"),
    }
    match neighbours.extend_exclude.is_empty() {
        false => say(&format!(
            "extend-exclude = {}",
            list(&neighbours.extend_exclude)
        )),
        true => say("# extend-exclude = []"),
    }
    say("# Files that are checked but kept quiet.");
    say("# quiet-in = [\"tests\", \"migrations\", \"generated\"]");
    say("# per-file-ignores = { \"scripts/**\" = [\"algorithmic\"] }");
    say("");
    say(
        "# From which severity on a finding makes the exit code 1: \"error\", \"warning\", \"info\" or \"never\".",
    );
    say("# fail-level = \"info\"");
    say("# severity = { micro = \"info\" }");
    say("# Findings of before, which are not reported: `hotlint baseline create` writes the file.");
    say("# baseline = \"hotlint-baseline.jsonl\"");
    text
}

fn list(globs: &[String]) -> String {
    let mut list = String::from("[");
    for (index, glob) in globs.iter().enumerate() {
        let comma = if index > 0 { ", " } else { "" };
        let _ = write!(list, "{comma}{}", toml::Value::from(glob.as_str()));
    }
    list.push(']');
    list
}
