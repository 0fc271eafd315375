//! What a server costs: the processor time of a keystroke in one file, and the memory for a workspace of many.
//!
//! `cargo run --example keystroke -- PROGRAM FILE.py [FOLDER]`, with PROGRAM a release build. Types into FILE and asks for its
//! diagnostics after each key; then, where a FOLDER is named, asks for those of all files in it, twice. Linux only: it reads `/proc`.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

/// Keys that are typed, once each is warm.
const KEYS: usize = 200;

struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last_id: u64,
}

type Done<T> = Result<T, Box<dyn std::error::Error>>;

impl Server {
    fn new(program: &Path, folder: &Path) -> Done<Self> {
        let mut child = Command::new(program)
            .args(["server", "--no-cache"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take().ok_or("no input")?;
        let output = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut server = Self {
            child,
            input,
            output,
            last_id: 0,
        };
        let capabilities = json!({
            "general": {"positionEncodings": ["utf-16"]},
            "textDocument": {"diagnostic": {}, "publishDiagnostics": {"relatedInformation": true}},
        });
        let root = format!("file://{}", folder.display());
        server.request(
            "initialize",
            &json!({"capabilities": capabilities, "rootUri": root}),
        )?;
        server.notify("initialized", &json!({}))?;
        Ok(server)
    }

    fn send(&mut self, message: &Value) -> Done<()> {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len())?;
        Ok(self.input.flush()?)
    }

    fn notify(&mut self, method: &str, params: &Value) -> Done<()> {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}))
    }

    fn request(&mut self, method: &str, params: &Value) -> Done<Value> {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))?;
        loop {
            let message = self.read()?;
            if message["id"] == id && message.get("method").is_none() {
                return Ok(message);
            }
        }
    }

    fn read(&mut self) -> Done<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line)? == 0 {
                return Err("the server is gone".into());
            }
            match line.trim().strip_prefix("Content-Length: ") {
                Some(value) => length = value.parse()?,
                None if line.trim().is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        std::io::Read::read_exact(&mut self.output, &mut body)?;
        Ok(serde_json::from_slice(&body)?)
    }

    /// Milliseconds of processor time so far, of all threads: the system counts in nanoseconds for each.
    fn cpu(&self) -> Done<f64> {
        let mut sum = 0.0;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let stat = std::fs::read_to_string(task?.path().join("schedstat"))?;
            let nanoseconds = stat.split_whitespace().next().unwrap_or("0");
            sum += nanoseconds.parse::<f64>()? / 1e6;
        }
        Ok(sum)
    }

    /// MiB in use, now and at most.
    fn memory(&self) -> Done<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
            number.unwrap_or(0) / 1024
        };
        Ok((of("VmRSS:"), of("VmHWM:")))
    }
}

fn main() -> Done<()> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(program), Some(file)) = (args.next(), args.next()) else {
        return Err("usage: keystroke PROGRAM FILE.py [FOLDER]".into());
    };
    let folder = args
        .next()
        .map(|folder| folder.canonicalize())
        .transpose()?;
    let file = file.canonicalize()?;
    let text = std::fs::read_to_string(&file)?;
    let place = file.parent().unwrap_or(Path::new("/"));
    let mut server = Server::new(&program, folder.as_deref().unwrap_or(place))?;
    // As the project's own file, so that what it imports is followed where the configuration says so.
    let uri = url::Url::from_file_path(&file).map_err(|()| "no path of a file")?;
    let uri = uri.as_str();
    let document = json!({"uri": uri, "languageId": "python", "version": 1, "text": text});
    server.notify("textDocument/didOpen", &json!({ "textDocument": document }))?;
    let pull = json!({"textDocument": {"uri": uri}});
    let first = server.request("textDocument/diagnostic", &pull)?;
    let found = first["result"]["items"].as_array().map_or(0, Vec::len);
    let lines = text.lines().count();
    println!("{}: {lines} lines, {found} diagnostics", file.display());

    // A word in a comment of its own, in the middle of the file.
    let line = text
        .lines()
        .enumerate()
        .skip(lines / 2)
        .find(|(_, line)| line.trim().is_empty());
    let line = line.map_or(0, |(line, _)| line);
    let mut times = Vec::new();
    let (mut waits, mut version) = (Vec::new(), 1);
    for key in 0..KEYS + 20 {
        let at = json!({"line": line, "character": key});
        let new = if key == 0 { "#" } else { "x" };
        version += 1;
        let change = json!([{"range": {"start": at, "end": at}, "text": new}]);
        let document = json!({"uri": uri, "version": version});
        let (before, start) = (server.cpu()?, Instant::now());
        server.notify(
            "textDocument/didChange",
            &json!({"textDocument": document, "contentChanges": change}),
        )?;
        server.request("textDocument/diagnostic", &pull)?;
        if key >= 20 {
            times.push(server.cpu()? - before);
            waits.push(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    times.sort_by(f64::total_cmp);
    waits.sort_by(f64::total_cmp);
    let at = |list: &[f64], share: f64| list[((list.len() - 1) as f64 * share) as usize];
    println!(
        "a keystroke: {:.1} ms of processor time at the median, {:.1} ms at worst; answered after {:.1} ms at the median",
        at(&times, 0.5),
        at(&times, 1.0),
        at(&waits, 0.5),
    );
    let (now, most) = server.memory()?;
    println!("memory: {now} MiB, at most {most} MiB");
    if folder.is_some() {
        for pass in ["first", "second"] {
            let (before, start) = (server.cpu()?, Instant::now());
            let answer =
                server.request("workspace/diagnostic", &json!({"previousResultIds": []}))?;
            let files = answer["result"]["items"].as_array().map_or(0, Vec::len);
            let (now, most) = server.memory()?;
            println!(
                "{pass} look at the workspace: {files} files with findings, {:.1} s, {:.1} s of processor time; memory {now} MiB, at most {most} MiB",
                start.elapsed().as_secs_f64(),
                (server.cpu()? - before) / 1e3,
            );
        }
    }
    server.request("shutdown", &Value::Null)?;
    server.notify("exit", &Value::Null)?;
    server.child.wait()?;
    Ok(())
}
