//! Configuration, excluded files, baselines: what decides, and what happens when it changes.

use serde_json::json;

use super::client::{Client, brief, list, pulling, usual};
use super::{SAFE, SLEEP};

#[test]
fn what_a_run_passes_over_is_silent_in_the_editor_too() {
    let files = [
        (".git/HEAD", ""),
        (".gitignore", "ignored.py\n"),
        (
            "pyproject.toml",
            "[tool.hotlint]\nextend-exclude = ['skipped']\n",
        ),
        ("ignored.py", SLEEP),
        ("skipped/a.py", SLEEP),
        ("venv/b.py", SLEEP),
        ("tests/test_c.py", SLEEP),
        ("d.py", SLEEP),
        ("e.pyi", SLEEP),
    ];
    let mut client = Client::new(&files, pulling());
    for (name, _) in &files[3..] {
        client.open(name, SLEEP);
    }
    // Not saved so far: nowhere to be walked to.
    client.open("new.py", SLEEP);
    client.open("skipped/new.py", SLEEP);
    let speaks = |client: &mut Client, name: &str| !list(&client.pull(name)["items"]).is_empty();
    for silent in [
        "ignored.py",
        "skipped/a.py",
        "venv/b.py",
        "tests/test_c.py",
        "e.pyi",
        "skipped/new.py",
    ] {
        assert!(!speaks(&mut client, silent), "{silent}");
    }
    for loud in ["d.py", "new.py"] {
        assert!(speaks(&mut client, loud), "{loud}");
    }
}

#[test]
fn each_file_has_the_closest_configuration() {
    let files = [
        ("hotlint.toml", "select = ['blocking-sleep-in-async']\n"),
        ("sub/hotlint.toml", "select = ['set-built-per-probe']\n"),
        ("a.py", ""),
        ("sub/b.py", ""),
    ];
    let mut client = Client::new(&files, pulling());
    let text = format!("{SLEEP}\n\n{SAFE}");
    client.open("a.py", &text);
    client.open("sub/b.py", &text);
    assert_eq!(
        brief(&list(&client.pull("a.py")["items"])),
        ["4 blocking-sleep-in-async"]
    );
    assert_eq!(brief(&list(&client.pull("sub/b.py")["items"])).len(), 2);
}

#[test]
fn a_changed_configuration_counts_at_once() {
    let mut capabilities = usual();
    capabilities["workspace"]["didChangeWatchedFiles"] =
        json!({"dynamicRegistration": true, "relativePatternSupport": true});
    let mut client = Client::new(
        &[
            ("base.toml", ""),
            (
                "hotlint.toml",
                "extend = ['base.toml']\nbaseline = 'b.jsonl'\n",
            ),
        ],
        capabilities,
    );
    let registered = client.wait(|message| {
        message["method"] == "client/registerCapability"
            && message.to_string().contains("didChangeWatchedFiles")
    });
    let watchers =
        registered["params"]["registrations"][0]["registerOptions"]["watchers"].to_string();
    for glob in ["**/*.toml", "b.jsonl", ".gitignore"] {
        assert!(watchers.contains(glob), "{watchers}");
    }
    client.open("a.py", SLEEP);
    assert_eq!(client.published("a.py", 1).len(), 1);
    let changed = |client: &mut Client, name: &str| {
        let changes = json!([{"uri": client.uri(name), "type": 2}]);
        client.notify(
            "workspace/didChangeWatchedFiles",
            json!({ "changes": changes }),
        );
        client.published("a.py", 1)
    };
    client.write("base.toml", "ignore = ['blocking-sleep-in-async']\n");
    assert!(changed(&mut client, "base.toml").is_empty());
    // While it is broken, the last one counts; the user is told once, with the place.
    client.write("base.toml", "ignore = [\n");
    assert!(changed(&mut client, "base.toml").is_empty());
    let told = client.wait_for("window/showMessage");
    assert!(
        told["message"]
            .as_str()
            .unwrap()
            .contains("base.toml:1: invalid TOML"),
        "{told}"
    );
    client.write("base.toml", "");
    assert_eq!(changed(&mut client, "base.toml").len(), 1);
}

#[test]
fn changes_are_seen_by_those_who_are_not_told() {
    let mut client = Client::new(&[("hotlint.toml", "")], usual());
    client.open("a.py", SLEEP);
    assert_eq!(client.published("a.py", 1).len(), 1);
    client.write("hotlint.toml", "ignore = ['blocking-sleep-in-async']\n");
    client.notify(
        "textDocument/didSave",
        json!({"textDocument": {"uri": client.uri("a.py")}}),
    );
    assert!(client.published("a.py", 1).is_empty());
    // Without a word, too.
    client.write("hotlint.toml", "");
    assert_eq!(client.published("a.py", 1).len(), 1);
}

#[test]
fn settings_of_the_editor_count() {
    let options = json!({"settings": {"ignore": ["blocking-sleep-in-async", "nonesuch"]}});
    let mut client = Client::with_options(&[], pulling(), options);
    client.open("a.py", SLEEP);
    assert!(list(&client.pull("a.py")["items"]).is_empty());
    let told = client.wait_for("window/showMessage");
    assert!(
        told["message"]
            .as_str()
            .unwrap()
            .contains("unknown rule or group `nonesuch`")
    );
    let settings = json!({"hotlint": {"configuration": "severity = {all = 'error'}"}});
    client.notify(
        "workspace/didChangeConfiguration",
        json!({ "settings": settings }),
    );
    assert_eq!(client.pull("a.py")["items"][0]["severity"], 1);

    // Asked for, each folder has its own.
    let mut capabilities = pulling();
    capabilities["workspace"]["configuration"] = json!(true);
    let mut client = Client::without_greeting(&[]);
    client.configuration = json!({"select": ["memory"]});
    let params = json!({"capabilities": capabilities, "rootUri": client.uri("")});
    client.request("initialize", params);
    client.notify("initialized", json!({}));
    client.open("a.py", SLEEP);
    client.wait_for("workspace/diagnostic/refresh");
    assert!(list(&client.pull("a.py")["items"]).is_empty());
    client.configuration = json!(null);
}

#[test]
fn folders_come_and_go() {
    let files = [
        ("one/hotlint.toml", "ignore = ['blocking-sleep-in-async']\n"),
        ("one/a.py", SLEEP),
        ("two/a.py", SLEEP),
    ];
    let mut client = Client::without_greeting(&files);
    let folder = |client: &Client, name: &str| json!({"uri": client.uri(name), "name": name});
    let params = json!({"capabilities": usual(), "workspaceFolders": [folder(&client, "one"), folder(&client, "two")]});
    client.request("initialize", params);
    client.open("one/a.py", SLEEP);
    client.open("two/a.py", SLEEP);
    assert!(client.published("one/a.py", 1).is_empty());
    assert_eq!(client.published("two/a.py", 1).len(), 1);
    // The parent as one folder: `one` keeps its configuration, and globs start at the parent.
    client.write("hotlint.toml", "extend-exclude = ['two/a.py']\n");
    let event = json!({"added": [folder(&client, "")], "removed": [folder(&client, "two")]});
    client.notify(
        "workspace/didChangeWorkspaceFolders",
        json!({ "event": event }),
    );
    assert!(client.published("two/a.py", 1).is_empty());
}

#[test]
fn a_file_outside_of_all_folders_has_its_own_configuration() {
    let files = [
        ("in/x.py", ""),
        ("out/hotlint.toml", "select = ['set-built-per-probe']\n"),
        ("out/a.py", SLEEP),
    ];
    let mut client = Client::without_greeting(&files);
    let params = json!({"capabilities": pulling(), "workspaceFolders": [{"uri": client.uri("in"), "name": "in"}]});
    client.request("initialize", params);
    let text = format!("{SLEEP}\n\n{SAFE}");
    client.open("out/a.py", &text);
    assert_eq!(brief(&list(&client.pull("out/a.py")["items"])).len(), 2);
}

#[test]
fn what_another_file_says_counts_once_it_is_saved() {
    let caller = "from b import wait\n\n\nasync def f():\n    wait()\n";
    let slow = "import time\n\n\ndef wait():\n    time.sleep(1)\n";
    let mut client = Client::new(
        &[
            ("hotlint.toml", "follow-imports = true\n"),
            ("a.py", caller),
            ("b.py", slow),
        ],
        usual(),
    );
    client.open("a.py", caller);
    let found = client.published("a.py", 1);
    assert_eq!(brief(&found), ["5 indirect-blocking-in-async"]);
    let steps = list(&found[0]["relatedInformation"]);
    let elsewhere = client.uri("b.py");
    assert!(
        steps
            .iter()
            .any(|step| step["location"]["uri"] == json!(elsewhere)
                && step["location"]["range"]["start"]["line"] == 4),
        "{steps:?}"
    );
    client.write("b.py", "def wait():\n    pass\n");
    client.notify(
        "textDocument/didSave",
        json!({"textDocument": {"uri": client.uri("b.py")}}),
    );
    assert!(client.published("a.py", 1).is_empty());
}
