//! A client of the server: what an editor says, over standard input and output.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// Longer than any machine takes: what is waited for comes, or never will.
const PATIENCE: Duration = Duration::from_secs(120);

/// A folder with files, and a server that has it for its workspace.
pub struct Client {
    pub folder: tempfile::TempDir,
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// Came while something else was waited for.
    put_aside: VecDeque<Value>,
    last_id: i64,
    /// Requests of the server, in their order.
    pub asked: Vec<Value>,
    /// What `workspace/configuration` is answered with, for each item.
    pub configuration: Value,
}

/// What an editor of the usual kind can do.
pub fn usual() -> Value {
    json!({
        "textDocument": {
            "publishDiagnostics": {"relatedInformation": true, "versionSupport": true, "codeDescriptionSupport": true},
            "codeAction": {"dataSupport": true, "resolveSupport": {"properties": ["edit"]}},
            "hover": {"contentFormat": ["markdown"]},
        },
        "workspace": {"workspaceEdit": {"documentChanges": true}, "applyEdit": true},
    })
}

/// The same, asking for diagnostics by itself.
pub fn pulling() -> Value {
    let mut capabilities = usual();
    capabilities["textDocument"]["diagnostic"] = json!({"relatedDocumentSupport": false});
    capabilities["workspace"]["diagnostics"] = json!({"refreshSupport": true});
    capabilities
}

impl Client {
    /// Writes `files` and starts a server that knows nothing of them yet.
    pub fn without_greeting(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            write(&folder.path().join(name), text);
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_hotlint"))
            .args(["server", "--stdio"])
            .env_remove("HOTLINT_NO_CACHE")
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = child.stdout.take().unwrap();
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Self {
            folder,
            input: child.stdin.take(),
            child,
            messages,
            put_aside: VecDeque::new(),
            last_id: 0,
            asked: Vec::new(),
            configuration: Value::Null,
        }
    }

    /// A server that was greeted by a client with these capabilities.
    pub fn new(files: &[(&str, &str)], capabilities: Value) -> Self {
        Self::with_options(files, capabilities, Value::Null)
    }

    pub fn with_options(files: &[(&str, &str)], capabilities: Value, options: Value) -> Self {
        let mut client = Self::without_greeting(files);
        let params = json!({
            "processId": std::process::id(),
            "workspaceFolders": [{"uri": client.uri(""), "name": "x"}],
            "capabilities": capabilities,
            "initializationOptions": options,
        });
        client.request("initialize", params);
        client.notify("initialized", json!({}));
        client
    }

    pub fn path(&self) -> PathBuf {
        std::fs::canonicalize(self.folder.path()).unwrap()
    }

    /// The URI of a file of the folder.
    pub fn uri(&self, name: &str) -> String {
        let path = self.path().join(name);
        let uri = url::Url::from_file_path(path).unwrap().to_string();
        uri.trim_end_matches('/').to_owned()
    }

    pub fn write(&self, name: &str, text: &str) {
        write(&self.path().join(name), text);
    }

    pub fn send(&mut self, message: &Value) {
        self.send_bytes(message.to_string().as_bytes());
    }

    pub fn send_bytes(&mut self, body: &[u8]) {
        let input = self.input.as_mut().expect("an open input");
        let head = format!("Content-Length: {}\r\n\r\n", body.len());
        input.write_all(head.as_bytes()).unwrap();
        input.write_all(body).unwrap();
        input.flush().unwrap();
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Asks, without waiting for the answer; the request's number.
    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// The whole answer to a request.
    pub fn answer(&mut self, id: i64) -> Value {
        self.wait(|message| message["id"] == id && message.get("method").is_none())
    }

    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        let answer = self.answer(id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// The first message that `is_it`; what else comes is kept for later, requests of the server are answered.
    pub fn wait(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.put_aside.iter().position(&is_it) {
            return self.put_aside.remove(at).unwrap();
        }
        loop {
            let message = self
                .messages
                .recv_timeout(PATIENCE)
                .expect("what is waited for comes");
            let is_request = message.get("method").is_some() && message.get("id").is_some();
            if is_request {
                self.serve(&message);
            }
            if is_it(&message) {
                return message;
            }
            self.put_aside.push_back(message);
        }
    }

    fn serve(&mut self, request: &Value) {
        let result = match request["method"].as_str() {
            Some("workspace/configuration") => {
                let items = request["params"]["items"].as_array().unwrap().len();
                json!(vec![self.configuration.clone(); items])
            }
            Some("workspace/applyEdit") => json!({"applied": true}),
            Some("window/showDocument") => json!({"success": true}),
            _ => Value::Null,
        };
        self.asked.push(request.clone());
        self.send(&json!({"jsonrpc": "2.0", "id": request["id"], "result": result}));
    }

    pub fn wait_for(&mut self, method: &str) -> Value {
        self.wait(|message| message["method"] == method)["params"].clone()
    }

    pub fn open(&mut self, name: &str, text: &str) {
        self.open_as(name, "python", text);
    }

    pub fn open_as(&mut self, name: &str, language: &str, text: &str) {
        let item =
            json!({"uri": self.uri(name), "languageId": language, "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({ "textDocument": item }));
    }

    pub fn change(&mut self, name: &str, version: i64, changes: Value) {
        let document = json!({"uri": self.uri(name), "version": version});
        let params = json!({"textDocument": document, "contentChanges": changes});
        self.notify("textDocument/didChange", params);
    }

    /// The diagnostics that are published for a version of a file.
    pub fn published(&mut self, name: &str, version: i64) -> Vec<Value> {
        let uri = self.uri(name);
        let message = self.wait(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && message["params"]["version"] == version
        });
        list(&message["params"]["diagnostics"])
    }

    pub fn pull(&mut self, name: &str) -> Value {
        let uri = self.uri(name);
        self.pull_uri(&uri)
    }

    pub fn pull_uri(&mut self, uri: &str) -> Value {
        self.request(
            "textDocument/diagnostic",
            json!({"textDocument": {"uri": uri}}),
        )
    }

    /// The actions for a line, from 0.
    pub fn actions(&mut self, name: &str, line: u32) -> Vec<Value> {
        let range = json!({"start": {"line": line, "character": 0}, "end": {"line": line, "character": 999}});
        let params = json!({"textDocument": {"uri": self.uri(name)}, "range": range, "context": {"diagnostics": []}});
        list(&self.request("textDocument/codeAction", params))
    }

    /// The edit of the one action whose title holds `words`.
    pub fn edit(&mut self, actions: &[Value], words: &str) -> Value {
        let action = action(actions, words).clone();
        match action.get("edit") {
            Some(edit) => edit.clone(),
            None => self.request("codeAction/resolve", action)["edit"].clone(),
        }
    }

    /// Takes leave; the exit code.
    pub fn leave(mut self) -> i32 {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.exit_code()
    }

    /// Closes the input; the exit code.
    pub fn exit_code(mut self) -> i32 {
        self.input = None;
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn action<'a>(actions: &'a [Value], words: &str) -> &'a Value {
    let mut found = actions
        .iter()
        .filter(|action| title(action).contains(words));
    let titles: Vec<&str> = actions.iter().map(title).collect();
    found
        .next()
        .unwrap_or_else(|| panic!("no {words:?} in {titles:?}"))
}

pub fn title(action: &Value) -> &str {
    action["title"].as_str().unwrap()
}

pub fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// Rules and lines, from 1, of diagnostics.
pub fn brief(diagnostics: &[Value]) -> Vec<String> {
    let one = |it: &Value| {
        let line = it["range"]["start"]["line"].as_u64().unwrap() + 1;
        format!("{line} {}", it["code"].as_str().unwrap())
    };
    diagnostics.iter().map(one).collect()
}

/// `text` after the edits to the one file that `edit` changes, counted in UTF-16.
pub fn edited(text: &str, edit: &Value) -> String {
    let edits = match edit.get("documentChanges") {
        Some(changes) => list(&changes[0]["edits"]),
        None => {
            let changes = edit["changes"].as_object().expect("an edit");
            list(changes.values().next().unwrap())
        }
    };
    apply(text, &edits)
}

pub fn apply(text: &str, edits: &[Value]) -> String {
    let place = |position: &Value| {
        let line = position["line"].as_u64().unwrap() as usize;
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let mut units = position["character"].as_u64().unwrap();
        let rest = &text[start..];
        let found = rest.char_indices().find(|(_, char)| {
            let is_there = units == 0;
            units = units.saturating_sub(char.len_utf16() as u64);
            is_there
        });
        found.map_or(text.len(), |(at, _)| start + at)
    };
    let mut places: Vec<(usize, usize, &str)> = edits
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            let new = edit["newText"].as_str().unwrap();
            (place(&range["start"]), place(&range["end"]), new)
        })
        .collect();
    places.sort();
    let mut result = text.to_owned();
    for (start, end, new) in places.into_iter().rev() {
        result.replace_range(start..end, new);
    }
    result
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
