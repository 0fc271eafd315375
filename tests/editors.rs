//! The setup pages: what they tell users to write can be read, and the command in it greets a client.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// All fences of a page, with the name in the comment before, if there is one, and their language.
fn fences(page: &str) -> Vec<(String, String, String)> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("editors")
        .join(page);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{page}: {error}"));
    let mut fences = Vec::new();
    let mut lines = text.lines();
    let mut name = String::new();
    while let Some(line) = lines.next() {
        if let Some(comment) = line.strip_prefix("<!-- ") {
            name = comment.trim_end_matches(" -->").to_owned();
        } else if let Some(language) = line.strip_prefix("```") {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            fences.push((
                std::mem::take(&mut name),
                language.to_owned(),
                body.join("\n"),
            ));
        }
    }
    fences
}

fn parsed(language: &str, text: &str) -> Option<Value> {
    match language {
        "json" => Some(serde_json::from_str(text).expect(text)),
        "toml" => {
            let table: toml::Table = toml::from_str(text).expect(text);
            Some(serde_json::to_value(table).unwrap())
        }
        _ => None,
    }
}

fn snippet(page: &str, name: &str) -> Value {
    let fences = fences(page);
    let found = fences.iter().find(|(known, ..)| known == name);
    let (_, language, text) = found.unwrap_or_else(|| panic!("{page} has no {name}"));
    parsed(language, text).expect("a table")
}

/// Starts `command` in the place of a program on the path, with `options`; what the server says of itself.
fn greeted(command: &[&str], options: &Value) -> Value {
    assert_eq!(command[0], "hotlint");
    let mut server = Command::new(env!("CARGO_BIN_EXE_hotlint"))
        .args(&command[1..])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let params = json!({"capabilities": {}, "initializationOptions": options});
    let body =
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}).to_string();
    let mut input = server.stdin.take().unwrap();
    write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    input.flush().unwrap();
    let mut output = BufReader::new(server.stdout.take().unwrap());
    let (mut head, mut blank) = (String::new(), String::new());
    output.read_line(&mut head).unwrap();
    output.read_line(&mut blank).unwrap();
    let length: usize = head
        .trim()
        .strip_prefix("Content-Length: ")
        .unwrap()
        .parse()
        .unwrap();
    let mut body = vec![0; length];
    output.read_exact(&mut body).unwrap();
    drop(input);
    server.wait().unwrap();
    let answer: Value = serde_json::from_slice(&body).unwrap();
    answer["result"]["serverInfo"]["name"].clone()
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap())
        .collect()
}

#[test]
fn the_commands_of_the_pages_start_a_server() {
    let helix = snippet("helix.md", "helix");
    let server = &helix["language-server"]["hotlint"];
    let command = [&["hotlint"], words(&server["args"]).as_slice()].concat();
    assert_eq!(server["command"], "hotlint");
    assert_eq!(greeted(&command, &json!({})), "hotlint");
    assert_eq!(
        words(&helix["language"][0]["language-servers"]),
        ["hotlint"]
    );

    let zed = snippet("zed.md", "zed");
    let server = &zed["lsp"]["pylsp"];
    let command = [
        &["hotlint"],
        words(&server["binary"]["arguments"]).as_slice(),
    ]
    .concat();
    assert_eq!(server["binary"]["path"], "hotlint");
    assert_eq!(
        greeted(&command, &server["initialization_options"]),
        "hotlint"
    );

    let sublime = snippet("sublime.md", "sublime");
    let server = &sublime["clients"]["hotlint"];
    assert_eq!(
        greeted(&words(&server["command"]), &server["initializationOptions"]),
        "hotlint"
    );

    let kate = snippet("kate.md", "kate");
    let command = &kate["servers"]["python"]["command"];
    assert_eq!(greeted(&words(command), &Value::Null), "hotlint");

    let options = snippet("pycharm.md", "pycharm");
    assert_eq!(greeted(&["hotlint", "server"], &options), "hotlint");
}

#[test]
fn every_table_of_the_pages_can_be_read() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("editors");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".md") {
            let fences = fences(&name);
            count += fences
                .iter()
                .filter_map(|(_, language, text)| parsed(language, text))
                .count();
        }
    }
    assert!(count > 5, "{count}");
}

#[test]
fn the_settings_of_the_extension_are_those_of_the_server() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("editors");
    let package = std::fs::read_to_string(folder.join("vscode/package.json")).unwrap();
    let package: Value = serde_json::from_str(&package).unwrap();
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let settings = package["contributes"]["configuration"]["properties"]
        .as_object()
        .unwrap();
    // What concerns the extension alone.
    let own = [
        "enable",
        "path",
        "importStrategy",
        "interpreter",
        "trace.server",
    ];
    for name in settings
        .keys()
        .map(|key| key.strip_prefix("hotlint.").unwrap())
    {
        assert!(
            own.contains(&name) || readme.contains(&format!("`{name}`")),
            "{name}"
        );
    }
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
}
