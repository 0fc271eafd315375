//! Libraries that a project describes in its configuration.

use std::fs;
use std::path::Path;
use std::process::Command;

const TABLE: &str = r#"
[stubs]
ourlib = '''
from ourlib.client import Client as Client
def fetch(url) -> bytes: ...
'''
"ourlib.client" = '''
class Base:
    def query(self, sql) -> list[Row]: ...
class Client(Base):
    session: Session
    def __enter__(self) -> Self: ...
class Session:
    def run(self, sql): ...
class Row:
    def reload(self): ...
'''

[[calls]]
of = ["ourlib.fetch"]
blocks = ["http"]
async = "`await ourlib.aio.fetch(...)`"

[[calls]]
of = ["ourlib.client.Base.query", "ourlib.client.{Session.run,Row.reload}"]
blocks = ["database"]
does = ["queries", "round_trip", "varies"]
batched = "query_many"
"#;

const CODE: &str = r#"import ourlib
from ourlib import fetch as load
from ourlib.client import Client


async def page(url):
    ourlib.fetch(url)
    return load(url)


def of_instances(keys):
    client = Client("x")
    with Client("y") as other:
        first = [client.query("select ?", key) for key in keys]
        return first, [other.query("select ?", key) for key in keys]


def of_attributes(client: Client, keys):
    return [client.session.run("select ?", key) for key in keys]


def of_results(client: Client, keys):
    for row in client.query("all"):
        break
    return [row.reload("select ?", key) for key in keys]


class Mine(Client):
    def of_bases(self, keys):
        return [self.query("select ?", key) for key in keys]
"#;

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Exit code, and what stands before the message of each finding; or what is said of the configuration.
fn said(folder: &Path, args: &[&str]) -> (Option<i32>, Vec<String>) {
    let output = Command::new(env!("CARGO_BIN_EXE_hotlint"))
        .current_dir(folder)
        .args(["check", "--output-format", "concise"])
        .args(args)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "160")
        .output()
        .unwrap();
    let text = match output.status.code() {
        Some(2) => output.stderr,
        _ => output.stdout,
    };
    let text = String::from_utf8(text).unwrap();
    let lines = text.lines().map(|line| match output.status.code() {
        Some(2) => line.trim_end().to_owned(),
        _ => line.split(" `").next().unwrap_or_default().to_owned(),
    });
    (output.status.code(), lines.collect())
}

fn project(table: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    write(
        &path.join("hotlint.toml"),
        "libraries = [\"tables/ourlib.toml\"]\nextend-select = [\"query-in-loop\"]\n",
    );
    write(&path.join("tables/ourlib.toml"), table);
    write(&path.join("a.py"), CODE);
    folder
}

#[test]
fn what_they_do_is_known_through_calls_attributes_and_bases() {
    let folder = project(TABLE);
    let query = |place: &str| format!("a.py:{place}: query-in-loop");
    let blocking = |place: &str| format!("a.py:{place}: blocking-http-in-async");
    let expected = vec![
        blocking("7:5"),
        blocking("8:12"),
        query("14:18"),
        query("15:24"),
        query("19:13"),
        query("25:13"),
        query("30:17"),
    ];
    assert_eq!(said(folder.path(), &[]), (Some(1), expected.clone()));
    assert_eq!(
        said(folder.path(), &[]),
        (Some(1), expected),
        "from the cache"
    );
    assert_eq!(
        said(folder.path(), &["--config", "libraries = []"]).1.len(),
        0,
        "the command line wins"
    );
}

#[test]
fn calls_lead_to_them_over_other_files() {
    let folder = project(TABLE);
    let path = folder.path();
    write(
        &path.join("hotlint.toml"),
        "libraries = \"tables/ourlib.toml\"\nfollow-imports = true\nextend-select = [\"query-in-loop\"]\n",
    );
    write(
        &path.join("db.py"),
        "from ourlib import Client\n\nclient = Client('x')\n\n\ndef load(key):\n    return client.query('select ?', key)\n",
    );
    write(
        &path.join("a.py"),
        "from db import client, load\n\n\ndef f():\n    return [load(key) for key in open('keys')]\n\n\ndef g(keys):\n    return [client.query('select ?', key) for key in keys]\n",
    );
    let expected = [
        "a.py:5:13: cross-function-query-in-loop",
        "a.py:9:13: query-in-loop",
    ];
    assert_eq!(
        said(path, &[]),
        (Some(1), expected.map(String::from).into())
    );
}

#[test]
fn what_changes_in_a_table_counts_at_once() {
    let folder = project(TABLE);
    let path = folder.path();
    assert_eq!(said(path, &[]).1.len(), 7);
    let silent = TABLE.replace("blocks = [\"http\"]", "does = [\"pure\"]");
    write(&path.join("tables/ourlib.toml"), &silent);
    assert_eq!(said(path, &[]).1.len(), 5);
    write(&path.join("tables/ourlib.toml"), TABLE);
    assert_eq!(said(path, &[]).1.len(), 7);
}

#[test]
fn what_is_wrong_in_a_table_is_told_with_its_place() {
    let wrong = [
        (
            "of = [\"ourlib.fetch\"]",
            "of = [\"ourlib.fetsh\"]",
            "tables/ourlib.toml:20:7",
            "no stub defines `ourlib.fetsh`",
        ),
        (
            "[\"http\"]",
            "[\"htpt\"]",
            "tables/ourlib.toml:21:11",
            "unknown word `htpt` in `blocks`",
        ),
        (
            "def fetch(url) ->",
            "def fetch(url ->",
            "tables/ourlib.toml:5:",
            "stub of `ourlib`: ",
        ),
        (
            "batched =",
            "batch =",
            "tables/ourlib.toml:28:1",
            "unknown field `batch`",
        ),
        (
            "\"ourlib.client\" =",
            "\"redis.ourlib\" =",
            "tables/ourlib.toml:7:1",
            "hotlint knows the library of `redis.ourlib`",
        ),
        (
            "of = [\"ourlib.fetch\"]",
            "of = [\"ourlib.fetch\", \"ourlib.fetch\"]",
            "tables/ourlib.toml:20:23",
            "`ourlib.fetch` is told twice",
        ),
        (
            "ourlib.client.{Session.run,Row.reload}",
            "ourlib.client.Client.query",
            "tables/ourlib.toml:25:35",
            "`ourlib.client.Client.query` is told twice",
        ),
        (
            "blocks = [\"http\"]\n",
            "",
            "tables/ourlib.toml:20:6",
            "nothing is said of these calls",
        ),
        ("[stubs]", "[stubs", "tables/ourlib.toml:2:", "invalid TOML"),
    ];
    for (good, bad, place, message) in wrong {
        let table = TABLE.replacen(good, bad, 1);
        assert_ne!(table, TABLE, "{good}");
        let folder = project(&table);
        let (code, lines) = said(folder.path(), &[]);
        let text = lines.join("\n");
        assert_eq!(code, Some(2), "{bad}: {text}");
        assert!(text.contains(place), "{bad}: {text}");
        assert!(text.contains(message), "{bad}: {text}");
    }
    let folder = project(TABLE);
    fs::remove_file(folder.path().join("tables/ourlib.toml")).unwrap();
    let (code, lines) = said(folder.path(), &[]);
    assert_eq!(code, Some(2));
    let text = lines.join("\n");
    assert!(text.contains("cannot read tables/ourlib.toml"), "{text}");
    assert!(text.contains("hotlint.toml:1:14"), "{text}");
}
