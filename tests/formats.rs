//! The formats that other programs read, as those programs read them: byte columns, fingerprints, escapes.
//!
//! The schemas and validators of those programs are asked by `tests/integrations/formats.sh`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Characters of one to four bytes before the finding, a fix of several edits, a suppressed finding, and a name that a URI cannot
/// hold as it is.
const ODD: &str = "\
import asyncio, time


async def poll(names):
    s = 'a𐐀é'; time.sleep(1)
    time.sleep(2)  # hotlint: ignore[blocking-sleep-in-async] once
    return s


def squares(numbers):
    result = []
    for number in numbers:
        result.append(number * number)
    return result
";

fn hotlint(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotlint"));
    for variable in [
        "GITHUB_WORKSPACE",
        "CI_PROJECT_DIR",
        "BUILD_SOURCESDIRECTORY",
        "GITHUB_STEP_SUMMARY",
        "CI",
    ] {
        command.env_remove(variable);
    }
    let command = command.current_dir(folder).envs(variables.iter().copied());
    command
        .args(["--isolated", "--select", "all"])
        .args(args)
        .output()
        .unwrap()
}

/// What each of `formats` says of [`ODD`] and a file that is no Python.
fn written(formats: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("odd é")).unwrap();
    fs::write(folder.path().join("odd é/na me.py"), ODD).unwrap();
    fs::write(folder.path().join("broken.py"), "def f(:\n").unwrap();
    let outputs: Vec<_> = formats
        .iter()
        .map(|format| format!("{format}:out/{format}"))
        .collect();
    let args: Vec<_> = outputs
        .iter()
        .flat_map(|output| ["--output-format", output])
        .collect();
    let done = hotlint(folder.path(), &args, &[]);
    assert_eq!(
        done.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(done.stdout.is_empty(), "only what was asked for");
    let read = |format: &&str| fs::read_to_string(folder.path().join("out").join(format)).unwrap();
    formats.iter().map(read).collect()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn reviewdog_s_columns_count_bytes() {
    let [document, lines] = &written(&["rdjson", "rdjsonl"])[..] else {
        unreachable!()
    };
    let document = json(document);
    let diagnostics = document["diagnostics"].as_array().unwrap();
    let from_lines: Vec<_> = lines.lines().map(json).collect();
    assert_eq!(*diagnostics, from_lines);
    assert_eq!(diagnostics.len(), 3, "{document:#}");
    let sleep = &diagnostics[1];
    // `    s = 'a𐐀é'; ` has 15 characters and 19 bytes.
    assert_eq!(
        sleep["location"]["range"]["start"],
        serde_json::json!({"line": 5, "column": 20})
    );
    assert_eq!(diagnostics[0]["code"]["value"], "syntax-error");
}

/// Applies a suggestion as reviewdog does: lines and byte columns.
fn applied(text: &str, suggestion: &Value) -> String {
    let offset = |position: &Value| {
        let number = |key: &str| usize::try_from(position[key].as_u64().unwrap()).unwrap() - 1;
        let lines = text.split_inclusive('\n').take(number("line"));
        lines.map(str::len).sum::<usize>() + number("column")
    };
    let range = &suggestion["range"];
    let (start, end) = (offset(&range["start"]), offset(&range["end"]));
    format!(
        "{}{}{}",
        &text[..start],
        suggestion["text"].as_str().unwrap(),
        &text[end..]
    )
}

#[test]
fn a_suggestion_is_the_whole_fix() {
    let document = json(&written(&["rdjson"])[0]);
    let diagnostics = document["diagnostics"].as_array().unwrap();
    let mut mended = ODD.to_owned();
    // From the end, so that places stay where they are.
    for diagnostic in diagnostics.iter().rev() {
        let none = Vec::new();
        let suggestions = diagnostic["suggestions"].as_array().unwrap_or(&none);
        assert!(suggestions.len() <= 1);
        for suggestion in suggestions {
            mended = applied(&mended, suggestion);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.py");
    fs::write(&path, ODD).unwrap();
    let done = hotlint(folder.path(), &["--fix", "--unsafe-fixes", "a.py"], &[]);
    assert_eq!(
        done.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&done.stdout)
    );
    assert_eq!(mended, fs::read_to_string(path).unwrap());
    assert_ne!(mended, ODD);
}

#[test]
fn gitlab_gets_what_its_manual_asks_for() {
    let report = json(&written(&["gitlab"])[0]);
    for entry in report.as_array().unwrap() {
        assert!(
            entry["description"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
        assert!(["info", "minor", "major"].contains(&entry["severity"].as_str().unwrap()));
        assert!(
            entry["location"]["lines"]["begin"]
                .as_u64()
                .is_some_and(|line| line > 0)
        );
    }
    let prints: BTreeSet<_> = report
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["fingerprint"])
        .map(Value::to_string)
        .collect();
    assert_eq!(prints.len(), 3);
}

#[test]
fn fingerprints_stay_when_lines_move() {
    let prints = |text: &str| -> BTreeSet<String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.py"), text).unwrap();
        let done = hotlint(folder.path(), &["--output-format", "gitlab"], &[]);
        let report = json(std::str::from_utf8(&done.stdout).unwrap());
        report
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["fingerprint"].to_string())
            .collect()
    };
    let before = prints(ODD);
    assert_eq!(before.len(), 2);
    assert_eq!(
        before,
        prints(&format!(
            "# a line\n\n{}",
            ODD.replace("'a𐐀é'", "(\n        \"a𐐀é\"\n    )")
        ))
    );
    // What is left keeps its name when another finding goes.
    let less = prints(&ODD.replace("; time.sleep(1)", ""));
    assert!(
        less.is_subset(&before) && less.len() == 1,
        "{less:?} {before:?}"
    );
}

#[test]
fn sarif_is_within_the_rules_of_code_scanning() {
    let log = json(&written(&["sarif"])[0]);
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    let rules = driver["rules"].as_array().unwrap();
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            let text = rule[text]["text"].as_str().unwrap();
            assert!((1..=1024).contains(&text.chars().count()), "{rule:#}");
        }
        assert!(!rule["help"]["markdown"].as_str().unwrap().is_empty());
    }
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "odd%20%C3%A9/na%20me.py");
        assert_eq!(place["region"]["startLine"], place["region"]["endLine"]);
        assert!(
            result["partialFingerprints"]["primaryLocationLineHash"]
                .as_str()
                .unwrap()
                .contains(':')
        );
        assert!((0.0..=100.0).contains(&result["rank"].as_f64().unwrap()));
        assert!(
            result.get("baselineState").is_none(),
            "nothing was compared"
        );
    }
    // In characters.
    assert_eq!(
        results[0]["locations"][0]["physicalLocation"]["region"]["startColumn"],
        16
    );
    assert_eq!(results[1]["suppressions"][0]["kind"], "inSource");
    assert!(results[0].get("suppressions").is_none());
    let replacements = &results[2]["fixes"][0]["artifactChanges"][0]["replacements"];
    assert!(!replacements.as_array().unwrap().is_empty());
    let notification = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(notification["descriptor"]["id"], "syntax-error");
}

#[test]
fn workflow_commands_cannot_be_broken_out_of() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a,b;c%]::.py"), ODD).unwrap();
    let line = |format: &str| {
        let done = hotlint(folder.path(), &["--output-format", format], &[]);
        String::from_utf8(done.stdout)
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .to_owned()
    };
    let github = line("github");
    assert!(
        github.starts_with("::warning title=hotlint (blocking-sleep-in-async),file=a%2Cb;c%25]%3A%3A.py,line=5,endLine=5,col=16,endColumn=29::a,b;c%25]::.py:5:16: "),
        "{github}"
    );
    let azure = line("azure");
    assert!(
        azure.starts_with("##vso[task.logissue type=warning;sourcepath=a,b%3Bc%AZP25%5D::.py;linenumber=5;columnnumber=16;code=blocking-sleep-in-async]"),
        "{azure}"
    );
}

#[test]
fn paths_are_those_of_the_repository() {
    let folder = tempfile::tempdir().unwrap();
    let top = fs::canonicalize(folder.path()).unwrap();
    fs::create_dir_all(top.join("services/shop")).unwrap();
    fs::write(top.join("services/shop/a.py"), ODD).unwrap();
    for (format, variable) in [
        ("gitlab", "CI_PROJECT_DIR"),
        ("sarif", "GITHUB_WORKSPACE"),
        ("github", "GITHUB_WORKSPACE"),
    ] {
        let top = top.to_str().unwrap();
        let done = hotlint(
            &folder.path().join("services/shop"),
            &["--output-format", format],
            &[(variable, top)],
        );
        let text = String::from_utf8(done.stdout).unwrap();
        assert!(text.contains("services/shop/a.py"), "{text}");
    }
}

#[test]
fn a_step_gets_a_summary() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.py"), ODD).unwrap();
    fs::write(folder.path().join("summary.md"), "before\n").unwrap();
    hotlint(
        folder.path(),
        &["-q"],
        &[("GITHUB_STEP_SUMMARY", "summary.md")],
    );
    let summary = fs::read_to_string(folder.path().join("summary.md")).unwrap();
    assert!(
        summary.starts_with("before\n### hotlint\n\nFound 2 findings in 1 of 1 file."),
        "{summary}"
    );
    assert!(
        summary.contains(
            "| `a.py:5:16` | `blocking-sleep-in-async` | `time.sleep` in an `async def` stops"
        ),
        "{summary}"
    );
}

#[test]
fn the_lines_and_the_xml_of_others() {
    let [pylint, checkstyle, junit] = &written(&["pylint", "checkstyle", "junit"])[..] else {
        unreachable!()
    };
    assert!(
        pylint.contains("\nodd é/na me.py:5: [blocking-sleep-in-async] `time.sleep` in an"),
        "{pylint}"
    );
    assert!(
        checkstyle.contains(
            "<error line=\"5\" column=\"16\" severity=\"warning\" message=\"`time.sleep` in an"
        ),
        "{checkstyle}"
    );
    assert!(
        junit.contains("<testsuites name=\"hotlint\" tests=\"3\" failures=\"2\" errors=\"1\">"),
        "{junit}"
    );
    assert!(junit.contains("<testsuite name=\"odd é/na me.py\" package=\"hotlint\" file=\"odd é/na me.py\" tests=\"2\" failures=\"2\" errors=\"0\">"), "{junit}");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.py"), "x = 1\n").unwrap();
    let done = hotlint(folder.path(), &["--output-format", "junit"], &[]);
    let junit = String::from_utf8(done.stdout).unwrap();
    assert!(
        junit.contains("<testsuites name=\"hotlint\" tests=\"1\" failures=\"0\" errors=\"0\">"),
        "{junit}"
    );
}
