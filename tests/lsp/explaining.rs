//! Why something is slow, how much, and how hot it is.

use serde_json::{Value, json};

use super::SLEEP;
use super::client::{Client, action, list, pulling, usual};

const LOOP: &str = "\
def both(names: list[str], allowed: list[str]):
    found = []
    for name in names:
        if name in allowed:
            found.append(name)
    return found
";
/// Nothing in [`LOOP`] shows that the list is long: who asks for the rule is told all the same.
const ASKED: &str = "extend-select = ['list-membership-in-loop']\n";

fn hover(client: &mut Client, line: u32, character: u32) -> String {
    let place = json!({"line": line, "character": character});
    let params = json!({"textDocument": {"uri": client.uri("a.py")}, "position": place});
    let hover = client.request("textDocument/hover", params);
    hover["contents"]["value"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn pointing_at_a_finding_tells_cost_and_evidence() {
    let config = format!("{ASKED}target-version = 'py312'\n");
    let mut client = Client::new(&[("hotlint.toml", &*config)], usual());
    client.open("a.py", LOOP);
    let text = hover(&mut client, 3, 13);
    assert!(
        text.starts_with("**list-membership-in-loop**: O(n·m) -> O(n+m)"),
        "{text}"
    );
    assert!(text.contains("gain on Python 3.12"), "{text}");
    assert!(text.contains("make a set of `allowed` once"), "{text}");
    assert_eq!(hover(&mut client, 1, 1), "");
    // A name in a comment is explained as well.
    let comment = "if name in allowed:  # hotlint: ignore[list-membership-in-loop] few";
    let ignored = LOOP.replace("if name in allowed:", comment);
    client.change("a.py", 2, json!([{"text": ignored}]));
    assert!(hover(&mut client, 3, 60).starts_with("**list-membership-in-loop**"));
    assert_eq!(hover(&mut client, 3, 13), "");
}

#[test]
fn a_finding_names_the_places_that_make_it_slow() {
    let mut client = Client::new(&[("hotlint.toml", ASKED)], usual());
    client.open("a.py", LOOP);
    let found = client.published("a.py", 1);
    let related = list(&found[0]["relatedInformation"]);
    let places: Vec<String> = (related.iter())
        .map(|it| {
            format!(
                "{} {}",
                it["location"]["range"]["start"]["line"],
                it["message"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        places,
        ["2 for each iteration of this loop", "0 a list, made here"]
    );
    let message = found[0]["message"].as_str().unwrap();
    assert_eq!(
        message.lines().next(),
        Some("`name in allowed` scans a list in every iteration")
    );
    // Those who cannot show them have them in words.
    let mut client = Client::new(&[("hotlint.toml", ASKED)], json!({}));
    client.open("a.py", LOOP);
    let found = client.wait_for("textDocument/publishDiagnostics");
    let message = found["diagnostics"][0]["message"].as_str().unwrap();
    assert!(
        message.ends_with("line 3: for each iteration of this loop\nline 1: a list, made here"),
        "{message}"
    );
}

#[test]
fn severities_are_those_of_the_configuration() {
    let config = "extend-select = ['list-membership-in-loop']\n[severity]\n\"list-membership-in-loop\" = \"error\"\n\"blocking-sleep-in-async\" = \"info\"\n";
    let mut client = Client::new(&[("hotlint.toml", config)], usual());
    client.open("a.py", &format!("{SLEEP}\n{LOOP}"));
    let found = client.published("a.py", 1);
    let severities: Vec<&Value> = found.iter().map(|it| &it["severity"]).collect();
    assert_eq!(severities, [3, 1]);
}

#[test]
fn the_page_of_a_rule_is_a_click_away() {
    let options = json!({"settings": {"docsUrl": "https://example.org/rules/{rule}.html"}});
    let mut client = Client::with_options(&[], usual(), options);
    client.open("a.py", SLEEP);
    let found = client.published("a.py", 1);
    let href = "https://example.org/rules/blocking-sleep-in-async.html";
    assert_eq!(found[0]["codeDescription"]["href"], href);
    // Without a place for pages, a client that shows made-up documents has one all the same.
    let mut capabilities = usual();
    capabilities["workspace"]["textDocumentContent"] = json!({});
    let mut client = Client::new(&[], capabilities);
    client.open("a.py", SLEEP);
    let found = client.published("a.py", 1);
    let href = found[0]["codeDescription"]["href"].clone();
    let page = client.request("workspace/textDocumentContent", json!({ "uri": href }));
    assert!(page["text"].as_str().unwrap().starts_with("# "));
    // Others have an action.
    let mut client = Client::new(&[], usual());
    client.open("a.py", SLEEP);
    assert!(
        client.published("a.py", 1)[0]
            .get("codeDescription")
            .is_none()
    );
    let actions = client.actions("a.py", 3);
    let command = action(&actions, "Explain")["command"].clone();
    client.request("workspace/executeCommand", command);
    let shown = client.wait_for("window/showMessage");
    assert!(
        shown["message"]
            .as_str()
            .unwrap()
            .contains("blocking-sleep-in-async")
    );
}

/// Line 4 of `a.py` took 30 of 40 samples.
const PROFILE: &str = "\
main (a.py:8);both (a.py:4) 30
main (a.py:8);both (a.py:3) 8
main (a.py:9) 2
";

fn heated() -> String {
    format!("{LOOP}def main():\n    both([], [])\n    print()\n")
}

#[test]
fn heat_stands_beside_the_code_when_it_is_wanted() {
    let files = [
        ("hotlint.toml", "profile = ['p.txt']\n"),
        ("p.txt", PROFILE),
        ("a.py", &heated()),
    ];
    let mut capabilities = pulling();
    capabilities["workspace"]["codeLens"] = json!({"refreshSupport": true});
    let options = json!({"codeLens": {"enable": true}, "inlayHints": {"enable": true}});
    let mut client = Client::with_options(&files, capabilities, options);
    client.open("a.py", &heated());
    // Profiles are read in the background.
    client.wait_for("workspace/codeLens/refresh");
    let uri = client.uri("a.py");
    let lenses = client.request(
        "textDocument/codeLens",
        json!({"textDocument": {"uri": uri}}),
    );
    let titles: Vec<&str> = list(&lenses)
        .iter()
        .map(|lens| lens["command"]["title"].as_str().unwrap())
        .map(|it| it.to_owned().leak() as &str)
        .collect();
    assert_eq!(
        titles,
        [
            "95 % of the run · 1 finding",
            "100 % of the run, 5.0 % by itself"
        ]
    );
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
    let hints = client.request(
        "textDocument/inlayHint",
        json!({"textDocument": {"uri": uri}, "range": range}),
    );
    let hints: Vec<String> = list(&hints)
        .iter()
        .map(|it| {
            format!(
                "{} {}",
                it["position"]["line"],
                it["label"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(hints, ["2 20 %", "3 75 %", "8 5.0 %"]);
    // A hot finding is louder, and says why.
    let found = client.pull("a.py");
    let first = &found["items"][0];
    assert_eq!(first["severity"], 1);
    assert!(
        first["message"]
            .as_str()
            .unwrap()
            .contains("profile: at most "),
        "{first}"
    );
    assert!(hover(&mut client, 3, 13).contains("**Profile**"));
}

#[test]
fn heat_is_off_until_somebody_wants_it_and_profiles_come_and_go() {
    let files = [
        ("hotlint.toml", ASKED),
        ("a.py", &*heated()),
        ("p.txt", PROFILE),
    ];
    let mut client = Client::new(&files, pulling());
    client.open("a.py", &heated());
    let uri = client.uri("a.py");
    let cold = client.pull("a.py");
    assert_eq!(cold["items"][0]["severity"], 2);
    let profile = client.path().join("p.txt");
    let load = json!({"command": "hotlint.loadProfile", "arguments": [[profile]]});
    client.request("workspace/executeCommand", load);
    client.wait_for("workspace/diagnostic/refresh");
    client.wait_for("workspace/diagnostic/refresh");
    assert_eq!(client.pull("a.py")["items"][0]["severity"], 1);
    let lenses = client.request(
        "textDocument/codeLens",
        json!({"textDocument": {"uri": uri}}),
    );
    assert_eq!(lenses, json!([]));
    client.request(
        "workspace/executeCommand",
        json!({"command": "hotlint.clearProfile"}),
    );
    assert_eq!(client.pull("a.py")["items"][0]["severity"], 2);
    // One that is none is told of, and nothing is lost.
    let load = json!({"command": "hotlint.loadProfile", "arguments": [client.path().join("a.py")]});
    client.request("workspace/executeCommand", load);
    let shown = client.wait_for("window/showMessage");
    assert!(
        shown["message"]
            .as_str()
            .unwrap()
            .contains("cannot use the profile"),
        "{shown}"
    );
    assert_eq!(list(&client.pull("a.py")["items"]).len(), 1);
}
