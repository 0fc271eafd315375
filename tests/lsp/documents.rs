//! Texts, their versions and their positions.

use serde_json::{Value, json};

use super::client::{Client, apply, brief, edited, list, pulling, usual};
use super::{SAFE, SLEEP};

#[test]
fn findings_come_as_one_types() {
    let mut client = Client::new(&[], usual());
    client.open("a.py", SLEEP);
    assert_eq!(
        brief(&client.published("a.py", 1)),
        ["4 blocking-sleep-in-async"]
    );
    // An `é` before it, then a line before all.
    let at = |line: u32, from: u32, to: u32| json!({"start": {"line": line, "character": from}, "end": {"line": line, "character": to}});
    client.change("a.py", 2, json!([{"range": at(3, 4, 4), "text": "'é𐐀'; "}]));
    let found = client.published("a.py", 2);
    assert_eq!(found[0]["range"], at(3, 11, 24), "{found:?}");
    client.change(
        "a.py",
        3,
        json!([{"range": at(0, 0, 0), "text": "\r\n"}, {"range": at(4, 0, 11), "text": "    "}]),
    );
    let found = client.published("a.py", 3);
    assert_eq!(found[0]["range"], at(4, 4, 17), "{found:?}");
    client.change("a.py", 4, json!([{"text": "x = 1\n"}]));
    assert!(client.published("a.py", 4).is_empty());
    client.notify(
        "textDocument/didClose",
        json!({"textDocument": {"uri": client.uri("a.py")}}),
    );
    let cleared = client.wait_for("textDocument/publishDiagnostics");
    assert_eq!(cleared["diagnostics"], json!([]));
    assert_eq!(client.leave(), 0);
}

#[test]
fn all_encodings_tell_the_same_place() {
    let text = "import time\n\nasync def f():\n    '𐐀é'; time.sleep(1)\n";
    for (encoding, column) in [("utf-8", 14), ("utf-16", 11), ("utf-32", 10)] {
        let mut capabilities = usual();
        capabilities["general"] = json!({"positionEncodings": [encoding]});
        let mut client = Client::without_greeting(&[]);
        let params = json!({"capabilities": capabilities, "rootUri": client.uri("")});
        let greeting = client.request("initialize", params);
        assert_eq!(greeting["capabilities"]["positionEncoding"], encoding);
        client.open("a.py", text);
        let found = client.published("a.py", 1);
        assert_eq!(
            found[0]["range"]["start"],
            json!({"line": 3, "character": column}),
            "{encoding}"
        );
        // An edit that is told in the same way lands in the same place.
        let place = json!({"line": 3, "character": column});
        client.change(
            "a.py",
            2,
            json!([{"range": {"start": place, "end": place}, "text": "x; "}]),
        );
        let found = client.published("a.py", 2);
        assert_eq!(
            found[0]["range"]["start"]["character"],
            column + 3,
            "{encoding}"
        );
    }
}

#[test]
fn those_who_pull_get_names_for_what_they_have() {
    let mut client = Client::new(&[], pulling());
    client.open("a.py", SLEEP);
    let first = client.pull("a.py");
    assert_eq!(
        (first["kind"].as_str(), list(&first["items"]).len()),
        (Some("full"), 1)
    );
    let params =
        json!({"textDocument": {"uri": client.uri("a.py")}, "previousResultId": first["resultId"]});
    let again = client.request("textDocument/diagnostic", params.clone());
    assert_eq!(
        again,
        json!({"kind": "unchanged", "resultId": first["resultId"]})
    );
    client.change("a.py", 2, json!([{"text": SAFE}]));
    let after = client.request("textDocument/diagnostic", params);
    assert_eq!(brief(&list(&after["items"])).len(), 2);
    // Nothing is pushed to those who pull.
    let unknown = client.pull("b.py");
    assert_eq!(unknown["items"], json!([]));
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    let mut client = Client::new(&[], usual());
    client.open("a.py", &format!("\u{feff}{SAFE}"));
    let found = client.published("a.py", 1);
    assert_eq!(
        brief(&found),
        ["2 set-built-per-probe", "6 set-built-per-probe"]
    );
    client.open(
        "b.py",
        "\u{feff}import time; time.sleep(1)\nasync def f(): time.sleep(2)\n",
    );
    let found = client.published("b.py", 1);
    let starts: Vec<_> = found.iter().map(|one| &one["range"]["start"]).collect();
    assert_eq!(
        starts,
        [
            &json!({"line": 0, "character": 14}),
            &json!({"line": 1, "character": 15})
        ]
    );
}

fn cell(client: &Client, number: u32) -> String {
    client
        .uri("n.ipynb")
        .replace("file:", "vscode-notebook-cell:")
        + &format!("#c{number}")
}

fn open_notebook(client: &mut Client, cells: &[(u32, &str)]) {
    let kinds: Vec<Value> = cells
        .iter()
        .map(|(number, text)| json!({"kind": if text.starts_with('#') { 1 } else { 2 }, "document": cell(client, *number)}))
        .collect();
    let texts: Vec<Value> = cells
        .iter()
        .map(|(number, text)| json!({"uri": cell(client, *number), "languageId": "python", "version": 1, "text": text}))
        .collect();
    client.notify(
        "notebookDocument/didOpen",
        json!({
            "notebookDocument": {"uri": client.uri("n.ipynb"), "notebookType": "jupyter-notebook", "version": 1, "cells": kinds},
            "cellTextDocuments": texts,
        }),
    );
}

#[test]
fn cells_of_a_notebook_are_one_program() {
    let mut client = Client::new(&[], pulling());
    let sleep = "async def f():\n    'é'\n    time.sleep(1)";
    open_notebook(
        &mut client,
        &[(1, "import time"), (2, "# Words"), (3, sleep)],
    );
    let found = |client: &mut Client, number: u32| {
        let uri = cell(client, number);
        list(&client.pull_uri(&uri)["items"])
    };
    assert!(found(&mut client, 1).is_empty());
    assert_eq!(brief(&found(&mut client, 3)), ["3 blocking-sleep-in-async"]);
    // Another cell before it, and a character in it.
    let place = json!({"line": 2, "character": 4});
    client.notify(
        "notebookDocument/didChange",
        json!({
            "notebookDocument": {"uri": client.uri("n.ipynb"), "version": 2},
            "change": {"cells": {
                "structure": {
                    "array": {"start": 1, "deleteCount": 1, "cells": [{"kind": 2, "document": cell(&client, 4)}]},
                    "didOpen": [{"uri": cell(&client, 4), "languageId": "python", "version": 1, "text": "x = 1\ny = 2\n"}],
                    "didClose": [{"uri": cell(&client, 2)}],
                },
                "textContent": [{
                    "document": {"uri": cell(&client, 3), "version": 2},
                    "changes": [{"range": {"start": place, "end": place}, "text": "1; "}],
                }],
            }},
        }),
    );
    let after = found(&mut client, 3);
    assert_eq!(
        after[0]["range"]["start"],
        json!({"line": 2, "character": 7})
    );
    assert!(found(&mut client, 4).is_empty());
    // Without the import, nothing is known of `time`.
    client.notify(
        "notebookDocument/didChange",
        json!({
            "notebookDocument": {"uri": client.uri("n.ipynb"), "version": 3},
            "change": {"cells": {"structure": {"array": {"start": 0, "deleteCount": 1}, "didClose": [{"uri": cell(&client, 1)}]}}},
        }),
    );
    assert!(found(&mut client, 3).is_empty());
    assert_eq!(client.leave(), 0);
}

#[test]
fn fixes_of_a_notebook_stay_in_their_cells() {
    let mut client = Client::new(&[], pulling());
    let (first, second) = SAFE.split_at(SAFE.find("\n\ndef other").unwrap() + 2);
    open_notebook(
        &mut client,
        &[(1, first.trim_end()), (2, second.trim_end())],
    );
    let uri = cell(&client, 2);
    let range = json!({"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 99}});
    let params =
        json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": []}});
    let actions = list(&client.request("textDocument/codeAction", params));
    let edit = client.edit(&actions, "before the loop");
    assert_eq!(
        edit["documentChanges"][0]["textDocument"],
        json!({"uri": uri, "version": 1})
    );
    assert!(apply(second, &list(&edit["documentChanges"][0]["edits"])).contains("allowed_set"));
    let mut params =
        json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": []}});
    params["context"]["only"] = json!(["notebook.source.fixAll"]);
    let actions = list(&client.request("textDocument/codeAction", params));
    assert_eq!(actions.len(), 1);
    let edit = client.edit(&actions, "fix all");
    let changes = list(&edit["documentChanges"]);
    assert_eq!(changes.len(), 2, "{edit}");
    for (text, change) in [first, second].iter().zip(&changes) {
        let after = apply(text.trim_end(), &list(&change["edits"]));
        assert!(
            after.contains("allowed_set = set(allowed)\n    return") && !after.ends_with('\n'),
            "{after}"
        );
    }
}

#[test]
fn what_starts_servers_is_checked_as_a_run_checks_it() {
    let mut client = Client::new(&[], usual());
    let dockerfile = "FROM python:3.12\nCMD uvicorn shop.main:app --reload\n";
    let compose = "services:\n  web:\n    command: gunicorn shop.wsgi --reload\n";
    for (name, language, text, line) in [
        (
            "Procfile",
            "plaintext",
            "web: gunicorn shop.wsgi --reload\n",
            1,
        ),
        ("deploy/Dockerfile", "dockerfile", dockerfile, 2),
        ("compose.prod.yml", "dockercompose", compose, 3),
    ] {
        client.write(name, text);
        client.open_as(name, language, text);
        let found = brief(&client.published(name, 1));
        assert_eq!(found, [format!("{line} worker-config")], "{name}");
    }
    // A comment above: behind a command it would be a part of it.
    let actions = client.actions("deploy/Dockerfile", 1);
    let edit = client.edit(&actions, "Ignore `worker-config` on this line");
    let after = edited(dockerfile, &edit);
    assert_eq!(
        after,
        "FROM python:3.12\n# hotlint: ignore[worker-config]\nCMD uvicorn shop.main:app --reload\n"
    );
    // As typed, and of another name.
    client.change(
        "Procfile",
        2,
        json!([{"text": "web: gunicorn shop.wsgi\n"}]),
    );
    assert!(client.published("Procfile", 2).is_empty());
    client.open_as("values.yml", "yaml", compose);
    assert!(client.published("values.yml", 1).is_empty());
    assert_eq!(client.leave(), 0);
}
