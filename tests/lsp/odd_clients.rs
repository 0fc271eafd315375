//! Clients that say little, say it wrongly, or go without a word.

use serde_json::{Value, json};

use super::SLEEP;
use super::client::{Client, list, usual};

#[test]
fn little_has_to_be_said() {
    for params in [
        json!({"capabilities": {}}),
        json!({"processId": null, "rootUri": null, "workspaceFolders": null, "capabilities": {}, "initializationOptions": {}}),
        json!({"capabilities": {"textDocument": 3, "workspace": null}, "initializationOptions": {"settings": {}}, "workspaceFolders": []}),
        json!({"capabilities": {}, "initializationOptions": {"settings": {"select": null, "configuration": 7}}, "rootPath": "/"}),
    ] {
        let mut client = Client::without_greeting(&[]);
        client.request("initialize", params);
        // No `initialized`, and settings that say nothing.
        client.notify("workspace/didChangeConfiguration", json!({"settings": {}}));
        client.notify(
            "workspace/didChangeConfiguration",
            json!({"settings": null}),
        );
        client.notify("workspace/didChangeConfiguration", json!({}));
        client.open("a.py", SLEEP);
        let found = client.wait_for("textDocument/publishDiagnostics");
        assert_eq!(list(&found["diagnostics"]).len(), 1);
        assert!(found.get("version").is_none());
        assert_eq!(client.leave(), 0);
    }
}

#[test]
fn what_cannot_be_read_is_refused_and_the_next_is_served() {
    let mut client = Client::new(&[], usual());
    client.open("a.py", SLEEP);
    assert_eq!(client.published("a.py", 1).len(), 1);
    let error = |client: &mut Client, method: &str, params: Value| {
        let id = client.ask(method, params);
        client.answer(id)["error"]["code"].as_i64()
    };
    assert_eq!(
        error(
            &mut client,
            "textDocument/hover",
            json!({"position": "here"})
        ),
        Some(-32602)
    );
    assert_eq!(
        error(&mut client, "textDocument/codeAction", json!(null)),
        Some(-32602)
    );
    assert_eq!(
        error(&mut client, "textDocument/rename", json!({})),
        Some(-32601)
    );
    assert_eq!(error(&mut client, "initialize", json!({})), Some(-32600));
    assert_eq!(
        error(
            &mut client,
            "workspace/executeCommand",
            json!({"command": "rm"})
        ),
        Some(-32602)
    );
    assert_eq!(
        error(
            &mut client,
            "workspace/executeCommand",
            json!({"command": "hotlint.rulePage", "arguments": ["x"]})
        ),
        Some(-32602)
    );
    client.send_bytes(b"this is no JSON");
    client.send_bytes(
        b"{\"jsonrpc\": \"2.0\", \"id\": null, \"error\": {\"code\": 1, \"message\": \"?\"}}",
    );
    client.send_bytes(b"[1, 2]");
    client.send(&json!({"jsonrpc": "2.0", "id": 999, "result": null}));
    client.notify("textDocument/didChange", json!({"textDocument": {"uri": "file:///nowhere.py", "version": 1}, "contentChanges": [{"text": ""}]}));
    client.notify("textDocument/didChange", json!("nonsense"));
    client.notify(
        "textDocument/didClose",
        json!({"textDocument": {"uri": "no uri at all"}}),
    );
    client.notify("$/setTrace", json!({"value": "off"}));
    client.notify("$/cancelRequest", json!({"id": 12345}));
    // Ranges that are nowhere.
    let range = json!({"start": {"line": 4_000_000_000u32, "character": 4_000_000_000u32}, "end": {"line": 0, "character": 0}});
    client.change("a.py", 2, json!([{"range": range, "text": SLEEP}]));
    assert_eq!(client.published("a.py", 2).len(), 1);
    assert_eq!(client.leave(), 0);
}

#[test]
fn nothing_is_served_before_the_greeting_or_after_the_farewell() {
    let mut client = Client::without_greeting(&[]);
    client.open("a.py", SLEEP);
    let id = client.ask("textDocument/hover", json!({}));
    assert_eq!(client.answer(id)["error"]["code"], -32002);
    client.request("initialize", json!({"capabilities": {}}));
    client.request("shutdown", Value::Null);
    let id = client.ask("textDocument/hover", json!({}));
    assert_eq!(client.answer(id)["error"]["code"], -32600);
    client.notify("exit", Value::Null);
    assert_eq!(client.exit_code(), 0);
}

#[test]
fn who_goes_without_a_word_gets_a_one() {
    let client = Client::new(&[], usual());
    assert_eq!(client.exit_code(), 1);
    let mut client = Client::new(&[], usual());
    client.notify("exit", Value::Null);
    assert_eq!(client.exit_code(), 1);
}

#[test]
fn a_file_without_a_place_is_checked_by_its_language() {
    let mut client = Client::new(&[], usual());
    for (uri, language, count) in [
        ("untitled:Untitled-1", "python", 1),
        ("vscode-vfs://somewhere/a%20b.py", "python", 1),
        ("untitled:Untitled-2", "plaintext", 0),
    ] {
        let item = json!({"uri": uri, "languageId": language, "version": 1, "text": SLEEP});
        client.notify("textDocument/didOpen", json!({ "textDocument": item }));
        let found = client.wait(|message| message["params"]["uri"] == uri);
        assert_eq!(list(&found["params"]["diagnostics"]).len(), count, "{uri}");
    }
}

#[test]
fn a_cancelled_request_is_answered_once() {
    let mut client = Client::new(&[], usual());
    client.open("a.py", &SLEEP.repeat(200));
    let place = json!({"textDocument": {"uri": client.uri("a.py")}, "position": {"line": 3, "character": 6}});
    let id = client.ask("textDocument/hover", place.clone());
    client.notify("$/cancelRequest", json!({ "id": id }));
    let answer = client.answer(id);
    // It may have been quicker than the change of mind.
    assert!(
        answer["error"]["code"] == -32800 || answer.get("result").is_some(),
        "{answer}"
    );
    client.request("textDocument/hover", place);
    assert_eq!(client.leave(), 0);
}
