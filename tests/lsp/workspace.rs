//! Diagnostics of files that nobody has open.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::client::{Client, brief, list, pulling};
use super::{SAFE, SLEEP};

fn sweep(client: &mut Client, ids: &BTreeMap<String, String>) -> Vec<Value> {
    let ids: Vec<Value> = ids
        .iter()
        .map(|(uri, value)| json!({"uri": uri, "value": value}))
        .collect();
    let params = json!({"previousResultIds": ids});
    list(&client.request("workspace/diagnostic", params)["items"])
}

/// What a client has after `items`.
fn take(ids: &mut BTreeMap<String, String>, items: &[Value]) {
    for item in items {
        let uri = item["uri"].as_str().unwrap().to_owned();
        match item["resultId"].as_str() {
            Some(id) => ids.insert(uri, id.to_owned()),
            None => ids.remove(&uri),
        };
    }
}

fn kinds(client: &Client, items: &[Value]) -> Vec<String> {
    let root = client.uri("");
    let mut kinds: Vec<String> = items
        .iter()
        .map(|item| {
            let name = item["uri"].as_str().unwrap().strip_prefix(&root).unwrap();
            let count = list(&item["items"]).len();
            format!("{} {} {count}", &name[1..], item["kind"].as_str().unwrap())
        })
        .collect();
    kinds.sort();
    kinds
}

#[test]
fn all_files_are_told_and_what_is_known_is_not_told_again() {
    let files = [
        ("a.py", SLEEP),
        ("sub/b.py", SAFE),
        ("c.py", "x = 1\n"),
        ("venv/d.py", SLEEP),
        ("e.py", "def f(:\n"),
    ];
    let mut client = Client::new(&files, pulling());
    let mut ids = BTreeMap::new();
    let items = sweep(&mut client, &ids);
    assert_eq!(
        kinds(&client, &items),
        ["a.py full 1", "e.py full 1", "sub/b.py full 2"]
    );
    take(&mut ids, &items);
    let items = sweep(&mut client, &ids);
    assert_eq!(
        kinds(&client, &items),
        [
            "a.py unchanged 0",
            "e.py unchanged 0",
            "sub/b.py unchanged 0"
        ]
    );
    // On the disk, in a buffer, new and gone.
    client.write("a.py", SAFE);
    client.write("new.py", SLEEP);
    std::fs::remove_file(client.path().join("e.py")).unwrap();
    client.open("sub/b.py", SLEEP);
    let items = sweep(&mut client, &ids);
    assert_eq!(
        kinds(&client, &items),
        [
            "a.py full 2",
            "e.py full 0",
            "new.py full 1",
            "sub/b.py full 1"
        ]
    );
    let open = items
        .iter()
        .find(|item| item["uri"].as_str().unwrap().ends_with("b.py"))
        .unwrap();
    assert_eq!(
        (&open["version"], brief(&list(&open["items"])).len()),
        (&json!(1), 1)
    );
    take(&mut ids, &items);
    // Those who have nothing get everything.
    assert_eq!(sweep(&mut client, &BTreeMap::new()).len(), 3);
    client.write("hotlint.toml", "select = ['set-built-per-probe']\n");
    client.notify(
        "textDocument/didSave",
        json!({"textDocument": {"uri": client.uri("a.py")}}),
    );
    let items = sweep(&mut client, &ids);
    assert_eq!(
        kinds(&client, &items),
        ["a.py unchanged 0", "new.py full 0", "sub/b.py full 0"]
    );
}

#[test]
fn who_tells_of_changes_is_not_made_to_wait_for_none() {
    let mut capabilities = pulling();
    capabilities["workspace"]["didChangeWatchedFiles"] = json!({"dynamicRegistration": true});
    let mut client = Client::new(&[("a.py", SLEEP)], capabilities);
    let mut ids = BTreeMap::new();
    let items = sweep(&mut client, &ids);
    take(&mut ids, &items);
    assert!(sweep(&mut client, &ids).is_empty());
    client.write("a.py", "x = 1\n");
    let changes = json!([{"uri": client.uri("a.py"), "type": 2}]);
    client.notify(
        "workspace/didChangeWatchedFiles",
        json!({ "changes": changes }),
    );
    client.wait_for("workspace/diagnostic/refresh");
    let items = sweep(&mut client, &ids);
    assert_eq!(kinds(&client, &items), ["a.py full 0"]);
}

#[test]
fn much_comes_in_parts_and_with_progress() {
    let names: Vec<String> = (0..200).map(|number| format!("m{number}.py")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), SLEEP)).collect();
    let mut client = Client::new(&files, pulling());
    let params =
        json!({"previousResultIds": [], "partialResultToken": "parts", "workDoneToken": 7});
    let id = client.ask("workspace/diagnostic", params);
    let answer = client.answer(id);
    assert_eq!(answer["result"]["items"], json!([]));
    let (mut parts, mut told, mut last) = (0, 0, -1);
    let mut states = Vec::new();
    while states.last().is_none_or(|state| state != "end") {
        let progress = client.wait_for("$/progress");
        if progress["token"] == "parts" {
            parts += 1;
            told += list(&progress["value"]["items"]).len();
        } else {
            assert_eq!(progress["token"], 7);
            let percent = progress["value"]["percentage"].as_i64();
            assert!(percent.is_none_or(|percent| percent >= last));
            last = percent.unwrap_or(last);
            states.push(progress["value"]["kind"].as_str().unwrap().to_owned());
        }
    }
    assert!(parts > 1, "{parts}");
    assert_eq!((told, states[0].as_str(), last), (200, "begin", 100));
}

#[test]
fn a_cancelled_sweep_ends() {
    let names: Vec<String> = (0..300).map(|number| format!("m{number}.py")).collect();
    let text = SAFE.repeat(40);
    let files: Vec<(&str, &str)> = names
        .iter()
        .map(|name| (name.as_str(), text.as_str()))
        .collect();
    let mut client = Client::new(&files, pulling());
    let id = client.ask("workspace/diagnostic", json!({"previousResultIds": []}));
    client.notify("$/cancelRequest", json!({ "id": id }));
    assert_eq!(client.answer(id)["error"]["code"], -32800);
    // There is nothing in the way of the next one.
    client.open("m0.py", SLEEP);
    assert_eq!(list(&client.pull("m0.py")["items"]).len(), 1);
}
