//! What can be done about findings.

use serde_json::{Value, json};

use super::client::{Client, action, brief, edited, list, pulling, title, usual};
use super::{SAFE, SLEEP};

#[test]
fn a_safe_fix_is_preferred_and_does_what_the_command_line_does() {
    let mut client = Client::new(&[], usual());
    client.open("a.py", SAFE);
    let actions = client.actions("a.py", 1);
    let fix = action(&actions, "set");
    assert_eq!(fix["isPreferred"], true);
    assert_eq!(fix["kind"], "quickfix");
    assert_eq!(fix["diagnostics"][0]["code"], "set-built-per-probe");
    // It comes when it is wanted, for the version that it is made from.
    assert!(fix.get("edit").is_none());
    let title = title(fix).to_owned();
    let edit = client.edit(&actions, &title);
    assert_eq!(edit["documentChanges"][0]["textDocument"]["version"], 1);
    let after = edited(SAFE, &edit);
    assert_eq!(
        after.matches("allowed_set = set(allowed)").count(),
        1,
        "{after}"
    );
    client.change("a.py", 2, json!([{"text": after}]));
    assert_eq!(client.published("a.py", 2).len(), 1);
}

#[test]
fn an_unsafe_fix_says_so() {
    let mut client = Client::new(&[], usual());
    client.open("a.py", SLEEP);
    let actions = client.actions("a.py", 3);
    let fix = action(&actions, "Replace with");
    assert!(title(fix).contains("(unsafe: assumes that the event loop is asyncio's)"));
    assert!(fix.get("isPreferred").is_none());
}

#[test]
fn all_fixes_of_a_rule_or_of_a_file_come_at_once() {
    let text = SAFE.to_owned() + "\n\n" + SLEEP;
    for resolves in [true, false] {
        let mut capabilities = usual();
        if !resolves {
            capabilities["textDocument"]["codeAction"] = json!({});
            capabilities["workspace"]["workspaceEdit"] = json!({});
        }
        let mut client = Client::new(&[("a.py", &text)], capabilities);
        client.open("a.py", &text);
        let actions = client.actions("a.py", 1);
        let edit = client.edit(&actions, "Fix all `set-built-per-probe` in this file");
        let by_rule = edited(&text, &edit);
        assert_eq!(by_rule.matches("allowed_set = ").count(), 2, "{by_rule}");
        let range =
            json!({"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}});
        let context = json!({"diagnostics": [], "only": ["source.fixAll"]});
        let params = json!({"textDocument": {"uri": client.uri("a.py")}, "range": range, "context": context});
        let actions = list(&client.request("textDocument/codeAction", params));
        assert_eq!(actions.len(), 1);
        assert_eq!(actions[0]["kind"], "source.fixAll.hotlint");
        let edit = client.edit(&actions, "fix all");
        // As the command line does it, to the byte.
        let mut fix = std::process::Command::new(env!("CARGO_BIN_EXE_hotlint"));
        fix.args(["check", "--fix", "--isolated", "-qq", "--no-cache", "a.py"])
            .current_dir(client.path());
        fix.status().unwrap();
        let on_disk = std::fs::read_to_string(client.path().join("a.py")).unwrap();
        assert_eq!(edited(&text, &edit), on_disk);
    }
}

#[test]
fn a_fix_for_another_text_is_refused() {
    let mut client = Client::new(&[], usual());
    client.open("a.py", SAFE);
    let actions = client.actions("a.py", 1);
    client.change("a.py", 2, json!([{"text": format!("\n{SAFE}")}]));
    let id = client.ask("codeAction/resolve", actions[0].clone());
    assert_eq!(client.answer(id)["error"]["code"], -32801);
}

#[test]
fn a_comment_silences_a_finding_and_can_say_why() {
    let mut client = Client::new(&[], usual());
    client.open("a.py", SLEEP);
    let actions = client.actions("a.py", 3);
    let edit = client.edit(&actions, "on this line, with a reason");
    let ignored = "    time.sleep(1)  # hotlint: ignore[blocking-sleep-in-async]";
    assert_eq!(
        edited(SLEEP, &edit).lines().nth(3).unwrap(),
        format!("{ignored} reason")
    );
    let edit = client.edit(&actions, "on this line");
    let after = edited(SLEEP, &edit);
    assert_eq!(after.lines().nth(3).unwrap(), ignored);
    client.change("a.py", 2, json!([{"text": after}]));
    assert!(client.published("a.py", 2).is_empty());
}

#[test]
fn a_reason_is_asked_for_where_the_client_can() {
    let mut capabilities = usual();
    capabilities["workspace"]["workspaceEdit"]["snippetEditSupport"] = json!(true);
    let mut client = Client::new(&[], capabilities.clone());
    client.open("a.py", SLEEP);
    let actions = client.actions("a.py", 3);
    let edit = client.edit(&actions, "with a reason");
    let snippet = &edit["documentChanges"][0]["edits"][0]["snippet"]["value"];
    assert_eq!(
        snippet,
        "  # hotlint: ignore[blocking-sleep-in-async] ${1:reason}"
    );

    capabilities["experimental"] = json!({"hotlint": {"commands": true}});
    let mut client = Client::new(&[], capabilities);
    client.open("a.py", SLEEP);
    let actions = client.actions("a.py", 3);
    let command = &action(&actions, "with a reason")["command"];
    assert_eq!(command["command"], "hotlint.askReason");
    let arguments = json!([command["arguments"][0], "it is a toy"]);
    client.request(
        "workspace/executeCommand",
        json!({"command": "hotlint.ignore", "arguments": arguments}),
    );
    let asked = client.wait(|message| message["method"] == "workspace/applyEdit");
    let after = edited(SLEEP, &asked["params"]["edit"]);
    assert!(
        after.contains("# hotlint: ignore[blocking-sleep-in-async] it is a toy\n"),
        "{after}"
    );
}

#[test]
fn a_finding_goes_to_the_baseline_and_becomes_a_hint() {
    let config = "baseline = 'known.jsonl'\n";
    let mut client = Client::new(&[("hotlint.toml", config), ("sub/a.py", SLEEP)], usual());
    client.open("sub/a.py", SLEEP);
    assert_eq!(client.published("sub/a.py", 1)[0]["severity"], 2);
    let actions = client.actions("sub/a.py", 3);
    let command = action(&actions, "to known.jsonl")["command"].clone();
    client.request("workspace/executeCommand", command);
    let found = client.published("sub/a.py", 1);
    assert_eq!(
        (found.len(), &found[0]["severity"]),
        (1, &json!(4)),
        "{found:?}"
    );
    // The command line knows it too.
    let mut check = std::process::Command::new(env!("CARGO_BIN_EXE_hotlint"));
    check
        .args(["check", "--no-cache", "-q"])
        .current_dir(client.path());
    assert!(check.status().unwrap().success());
    let actions = client.actions("sub/a.py", 3);
    assert!(
        !actions
            .iter()
            .any(|action| title(action).contains("known.jsonl"))
    );
}

#[test]
fn without_a_baseline_none_is_offered() {
    let mut client = Client::new(&[], pulling());
    client.open("a.py", SLEEP);
    let actions = client.actions("a.py", 3);
    assert!(
        !actions
            .iter()
            .any(|action| title(action).contains("Add this"))
    );
    assert!(client.actions("a.py", 0).is_empty());
}

#[test]
fn everything_is_fixed_on_command() {
    let mut client = Client::new(&[], usual());
    client.open("a.py", SAFE);
    let arguments = json!([client.uri("a.py")]);
    let params = json!({"command": "hotlint.fixAll", "arguments": arguments});
    assert_eq!(
        client.request("workspace/executeCommand", params),
        Value::Null
    );
    let asked = client.wait(|message| message["method"] == "workspace/applyEdit");
    let after = edited(SAFE, &asked["params"]["edit"]);
    client.change("a.py", 2, json!([{"text": after}]));
    assert_eq!(brief(&client.published("a.py", 2)), [""; 0]);
}
