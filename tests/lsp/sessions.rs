//! Whole sessions: what the server says in the end is what the command line says.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::client::{Client, list, pulling};

/// What `hotlint check` says of a file, as `line:column-line:column severity rule message`, from 0 and in characters.
fn command_line(folder: &Path, name: &str) -> Vec<String> {
    let mut check = Command::new(env!("CARGO_BIN_EXE_hotlint"));
    check.args(["check", "--no-cache", "-q", "--output-format", "json", name]);
    let output = check.current_dir(folder).output().unwrap();
    let found: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let place = |place: &Value| {
        let number = |key: &str| place[key].as_u64().unwrap() - 1;
        format!("{}:{}", number("row"), number("column"))
    };
    let one = |it: &Value| {
        let cell = it["cell"]
            .as_u64()
            .map_or(String::new(), |cell| format!("cell {cell} "));
        format!(
            "{cell}{}-{} {} {} {}",
            place(&it["location"]),
            place(&it["end_location"]),
            it["severity"].as_str().unwrap(),
            it["rule"].as_str().or(it["kind"].as_str()).unwrap(),
            it["message"].as_str().unwrap(),
        )
    };
    found.iter().map(one).collect()
}

/// The same of diagnostics that count in UTF-32.
fn server(items: &[Value], cell: Option<usize>) -> Vec<String> {
    let place = |place: &Value| format!("{}:{}", place["line"], place["character"]);
    let severity = |it: &Value| {
        ["error", "warning", "info", "hint"][it["severity"].as_u64().unwrap() as usize - 1]
    };
    let cell = cell.map_or(String::new(), |cell| format!("cell {cell} "));
    let one = |it: &Value| {
        format!(
            "{cell}{}-{} {} {} {}",
            place(&it["range"]["start"]),
            place(&it["range"]["end"]),
            severity(it),
            it["code"].as_str().unwrap(),
            it["message"].as_str().unwrap().lines().next().unwrap(),
        )
    };
    items.iter().map(one).collect()
}

fn in_characters() -> Value {
    let mut capabilities = pulling();
    capabilities["general"] = json!({"positionEncodings": ["utf-32"]});
    capabilities
}

#[test]
fn a_recorded_session_ends_with_what_the_command_line_says() {
    // What an editor sent while somebody wrote a small program, as it was recorded.
    let recorded = include_str!("recorded.jsonl");
    let mut client =
        Client::without_greeting(&[("pyproject.toml", "[tool.hotlint]\nselect = ['all']\n")]);
    let root = client.uri("");
    let mut text = String::new();
    for line in recorded.lines() {
        let message: Value =
            serde_json::from_str(&line.replace("file:///recorded", &root)).unwrap();
        let method = message["method"].as_str().unwrap();
        match message.get("id") {
            Some(_) => drop(client.request(method, message["params"].clone())),
            None => client.notify(method, message["params"].clone()),
        }
        if let Some(saved) = message["params"]["text"].as_str() {
            saved.clone_into(&mut text);
        }
    }
    client.write("story.py", &text);
    let items = list(&client.pull("story.py")["items"]);
    let wanted = command_line(&client.path(), "story.py");
    assert!(wanted.len() > 3, "{wanted:#?}");
    assert_eq!(server(&items, None), wanted);
}

/// A small generator of numbers: the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// Pieces that are typed, pasted and torn apart.
const PIECES: [&str; 16] = [
    "é",
    "𐐀 = '日本'",
    "\n",
    "\r\n",
    "    ",
    "x",
    "#",
    "import time\n",
    "\nasync def f():\n    time.sleep(1)\n",
    "\ndef g(a: list[str], b: list[str]):\n    return [x for x in a if x in set(b)]\n",
    "\ndef h(a: list[int]):\n    return sorted(a)[0]\n",
    "'''",
    "(",
    ")",
    "    time.sleep(2)  # hotlint: ignore[blocking-sleep-in-async] é\n",
    "",
];

/// A text as its editor has it: characters, and edits at lines and columns in UTF-16.
#[derive(Clone, Default)]
struct Buffer(Vec<char>);

impl Buffer {
    fn of(text: &str) -> Self {
        Self(text.chars().collect())
    }

    fn text(&self) -> String {
        self.0.iter().collect()
    }

    fn place(&self, at: usize) -> Value {
        let (mut line, mut character) = (0, 0);
        let mut before = ' ';
        for (index, char) in self.0[..at].iter().enumerate() {
            // Between `\r` and `\n` is no place of its own: `edit` keeps clear of it.
            match char {
                '\n' => (line, character) = (line + 1, 0),
                '\r' if self.0.get(index + 1) != Some(&'\n') => (line, character) = (line + 1, 0),
                _ => character += char.len_utf16(),
            }
            before = *char;
        }
        let _ = before;
        json!({"line": line, "character": character})
    }

    fn is_split(&self, at: usize) -> bool {
        at > 0 && self.0.get(at - 1) == Some(&'\r') && self.0.get(at) == Some(&'\n')
    }

    /// A random edit, as it is told to the server.
    fn edit(&mut self, dice: &mut Dice) -> Value {
        let size = self.0.len();
        let mut start = dice.below(size + 1);
        let most = if size > 3_000 { 600 } else { 12 };
        let mut end = (start + dice.below(most)).min(size);
        start -= usize::from(self.is_split(start));
        end += usize::from(self.is_split(end));
        let new = dice.one(&PIECES);
        let range = json!({"start": self.place(start), "end": self.place(end)});
        self.0.splice(start..end, new.chars());
        json!({"range": range, "text": new})
    }
}

#[test]
fn a_long_random_session_ends_where_a_fresh_run_begins() {
    let mut client = Client::new(&[], pulling());
    let mut dice = Dice(0x5eed);
    let mut buffer = Buffer::default();
    client.open("a.py", "");
    let mut compared = 0;
    for version in 2..4_000 {
        let count = 1 + dice.below(3);
        let changes: Vec<Value> = (0..count).map(|_| buffer.edit(&mut dice)).collect();
        client.change("a.py", version, json!(changes));
        match dice.below(40) {
            0 => drop(client.actions("a.py", 3)),
            1 => {
                // Start again with something that parses.
                buffer = Buffer::of(&PIECES[7..11].concat());
                client.change("a.py", version, json!([{"text": buffer.text()}]));
            }
            _ => {}
        }
        if version % 400 == 0 || version == 3_999 {
            // A fresh document with the same text, through a fresh parse.
            client.write("fresh.py", &buffer.text());
            let document = json!({"uri": client.uri("fresh.py"), "languageId": "python", "version": 1, "text": buffer.text()});
            client.notify("textDocument/didOpen", json!({ "textDocument": document }));
            let (old, new) = (client.pull("a.py"), client.pull("fresh.py"));
            assert_eq!(
                old["items"],
                new["items"],
                "version {version}: {}",
                buffer.text()
            );
            assert_eq!(
                in_units(&client, &buffer),
                server(&list(&old["items"]), None),
                "version {version}"
            );
            client.notify(
                "textDocument/didClose",
                json!({"textDocument": {"uri": client.uri("fresh.py")}}),
            );
            compared += list(&old["items"]).len();
        }
    }
    assert!(compared > 5, "{compared}");
    assert_eq!(client.leave(), 0);
}

/// What the command line says of the buffer, in UTF-16.
fn in_units(client: &Client, buffer: &Buffer) -> Vec<String> {
    let text = buffer.text();
    let normal = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = normal.split('\n').collect();
    let told = command_line(&client.path(), "fresh.py");
    let units = |place: &str| {
        let (line, column) = place.split_once(':').unwrap();
        let (line, column): (usize, usize) = (line.parse().unwrap(), column.parse().unwrap());
        let before: String = lines[line].chars().take(column).collect();
        format!("{line}:{}", before.encode_utf16().count())
    };
    let one = |told: &String| {
        let (range, rest) = told.split_once(' ').unwrap();
        let (start, end) = range.split_once('-').unwrap();
        format!("{}-{} {rest}", units(start), units(end))
    };
    told.iter().map(one).collect()
}

#[test]
fn a_long_random_session_on_a_notebook_ends_where_a_fresh_run_begins() {
    let mut client = Client::new(&[], in_characters());
    let mut dice = Dice(0xce11);
    let uri = client.uri("n.ipynb");
    let name = |number: usize| format!("{uri}#{number}");
    let mut cells: Vec<(usize, i64, Buffer)> = Vec::new();
    let mut last = 0;
    client.notify(
        "notebookDocument/didOpen",
        json!({"notebookDocument": {"uri": uri, "notebookType": "jupyter-notebook", "version": 1, "cells": []}, "cellTextDocuments": []}),
    );
    let mut compared = 0;
    for version in 2..1_500 {
        let change = match dice.below(12) {
            // A new cell, one less, or one that is moved.
            0 if cells.len() < 9 => {
                last += 1;
                let at = dice.below(cells.len() + 1);
                let text = dice.one(&PIECES[7..11]);
                cells.insert(at, (last, 1, Buffer::of(text)));
                json!({"structure": {
                    "array": {"start": at, "deleteCount": 0, "cells": [{"kind": 2, "document": name(last)}]},
                    "didOpen": [{"uri": name(last), "languageId": "python", "version": 1, "text": text}],
                }})
            }
            1 if cells.len() > 4 => {
                let at = dice.below(cells.len());
                let (gone, ..) = cells.remove(at);
                json!({"structure": {"array": {"start": at, "deleteCount": 1}, "didClose": [{"uri": name(gone)}]}})
            }
            2 if cells.len() > 1 => {
                let at = dice.below(cells.len() - 1);
                cells.swap(at, at + 1);
                let moved: Vec<Value> = cells[at..at + 2]
                    .iter()
                    .map(|(number, ..)| json!({"kind": 2, "document": name(*number)}))
                    .collect();
                json!({"structure": {"array": {"start": at, "deleteCount": 2, "cells": moved}}})
            }
            _ if cells.is_empty() => continue,
            _ => {
                let at = dice.below(cells.len());
                let (number, edition, buffer) = &mut cells[at];
                *edition += 1;
                let edit = match dice.below(8) {
                    0 => {
                        *buffer = Buffer::of(PIECES[7 + dice.below(4)]);
                        json!({"text": buffer.text()})
                    }
                    _ => in_chars(buffer, &mut dice),
                };
                json!({"textContent": [{"document": {"uri": name(*number), "version": edition}, "changes": [edit]}]})
            }
        };
        let document = json!({"uri": uri, "version": version});
        client.notify(
            "notebookDocument/didChange",
            json!({"notebookDocument": document, "change": {"cells": change}}),
        );
        if version % 50 == 0 {
            let sources: Vec<Value> = cells
                .iter()
                .map(|(.., buffer)| json!({"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": buffer.text()}))
                .collect();
            let notebook = json!({"cells": sources, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 4});
            client.write("n.ipynb", &notebook.to_string());
            let mut found = Vec::new();
            for (at, (number, ..)) in cells.iter().enumerate() {
                let items = list(&client.pull_uri(&name(*number))["items"]);
                found.extend(server(&items, Some(at + 1)));
            }
            // The parser may miss something up to another cell, where a cell's diagnostic cannot reach.
            let without_end = |told: &String| match told.split_once(" error syntax-error ") {
                Some((place, words)) => {
                    let start = place.split('-').next().unwrap_or_default();
                    format!("{start} {words}")
                }
                None => told.clone(),
            };
            let mut wanted: Vec<String> = (command_line(&client.path(), "n.ipynb").iter())
                .map(without_end)
                .collect();
            let mut found: Vec<String> = found.iter().map(without_end).collect();
            wanted.sort();
            found.sort();
            assert_eq!(found, wanted, "version {version}");
            compared += found.len();
        }
    }
    assert!(compared > 5, "{compared}");
    assert_eq!(client.leave(), 0);
}

/// An edit that counts characters.
fn in_chars(buffer: &mut Buffer, dice: &mut Dice) -> Value {
    let before = buffer.clone();
    let mut edit = buffer.edit(dice);
    for end in ["start", "end"] {
        let place = edit["range"][end].clone();
        let at = (0..=before.0.len())
            .find(|at| before.place(*at) == place && !before.is_split(*at))
            .unwrap();
        let start = (0..=at)
            .rev()
            .find(|at| before.place(*at)["character"] == 0)
            .unwrap();
        edit["range"][end]["character"] = json!(at - start);
    }
    edit
}
