//! The parts of a project, merged, say what one run over all of it says.

use std::fs;
use std::path::Path;
use std::process::Command;

const SLOW: &str = "import time\n\n\nasync def f():\n    time.sleep(1)\n    time.sleep(2)  # hotlint: ignore[blocking-sleep-in-async]\n";

fn hotlint(folder: &Path, line: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotlint"));
    for variable in ["CI", "HOTLINT_BASELINE", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(variable);
    }
    command.env("HOTLINT_NO_CACHE", "1").current_dir(folder);
    let done = command.args(line.split_whitespace()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (done.status.code(), text(done.stdout), text(done.stderr))
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    for number in 0..40 {
        let text = if number % 3 == 0 {
            SLOW.replace("sleep(1)", &format!("sleep({number})"))
        } else {
            "x = 1\n".to_owned()
        };
        write(&format!("p{}/m{number}.py", number % 4), &text);
        write(&format!("p{}.py", number % 4), SLOW);
    }
    write("tests/test_a.py", SLOW);
    write("broken.py", "def f(:\n");
    write("odd é.py", &format!("\u{feff}s = 'é𐐀'\r\n{SLOW}"));
    let book = serde_json::json!({
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": "words"},
            {"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": SLOW},
        ],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 2,
    });
    write("book.ipynb", &book.to_string());
    write("hotlint.toml", "extend-select = ['all']\n");
    folder
}

/// Runs all parts, the last one first, and merges them.
fn merged(folder: &Path, count: usize, format: &str) -> (Option<i32>, String, String) {
    let mut names = String::new();
    for index in (1..=count).rev() {
        let (_, stdout, _) = hotlint(
            folder,
            &format!("check -q --shard {index}/{count} --output-format bundle:out/{index}"),
        );
        assert_eq!(stdout, "");
        names.push_str(&format!(" out/{index}"));
    }
    hotlint(folder, &format!("merge --output-format {format}{names}"))
}

/// Without the time that a run took: `Found 2 findings in 1 file in 0.03 s.`
fn closing(text: &str) -> String {
    let (sentence, rest) = text.split_once(" s.").unwrap_or((text, ""));
    let head = sentence
        .rsplit_once(" in ")
        .map_or(sentence, |(head, _)| head);
    format!("{head}.{rest}")
}

#[test]
fn parts_are_one_run() {
    let project = project();
    for format in [
        "full", "json", "sarif", "gitlab", "rdjson", "junit", "bundle",
    ] {
        let (code, wanted, _) = hotlint(project.path(), &format!("check --output-format {format}"));
        for count in [1, 3, 7] {
            let (merged_code, merged, _) = merged(project.path(), count, format);
            assert_eq!(merged, wanted, "{format} of {count}");
            assert_eq!(merged_code, code);
        }
    }
    let (_, _, one) = hotlint(project.path(), "check --output-format json");
    let (_, _, many) = merged(project.path(), 3, "json");
    assert_eq!(many, closing(&one));
}

#[test]
fn heat_is_that_of_the_whole() {
    let project = project();
    let folder = project.path();
    fs::remove_file(folder.join("broken.py")).unwrap();
    // As it was recorded elsewhere: `a/m.py` could be told by its name, if `b/m.py` were not there.
    for name in ["a/m.py", "b/m.py"] {
        fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
        fs::write(folder.join(name), SLOW).unwrap();
    }
    fs::write(
        folder.join("run.txt"),
        "f (/srv/p0/m0.py:5) 60\nf (/srv/p3/m3.py:5) 30\nf (/srv/p2/m6.py:5) 1\nf (/srv/else/m.py:5) 9\n",
    )
    .unwrap();
    for flags in ["", " --only-hot", " --only-hot --min-share 20%"] {
        for format in ["full", "json", "sarif", "html", "concise"] {
            let line = format!("check --profile run.txt{flags} --output-format {format}");
            let (code, wanted, said) = hotlint(folder, &line);
            assert_eq!(code, Some(1), "{said}");
            let mut names = String::new();
            for index in [3, 1, 2] {
                hotlint(
                    folder,
                    &format!(
                        "check -q --profile run.txt{flags} --shard {index}/3 --output-format bundle:out/{index}"
                    ),
                );
                names.push_str(&format!(" out/{index}"));
            }
            let (code, merged, told) =
                hotlint(folder, &format!("merge --output-format {format}{names}"));
            assert_eq!((code, &merged), (Some(1), &wanted), "{format}{flags}");
            assert_eq!(told, closing(&said[said.find("Found").unwrap()..]));
            let hot =
                |share: &str| hotlint(folder, &format!("merge --fail-on-hot {share}{names}")).0;
            assert_eq!((hot("50%"), hot("70%")), (Some(1), Some(0)));
        }
    }
    // Or the parts were not ranked, and the whole is.
    let (_, wanted, _) = hotlint(folder, "check --profile run.txt --output-format json");
    hotlint(folder, "check -q --output-format bundle:out/all");
    let (_, merged, _) = hotlint(
        folder,
        "merge --profile run.txt --output-format json out/all",
    );
    assert_eq!(merged, wanted);
    let (_, sarif, _) = hotlint(folder, "check --profile run.txt --output-format sarif");
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let rank = |uri: &str| {
        let here = |result: &&serde_json::Value| {
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri
        };
        let ranks = results
            .iter()
            .filter(here)
            .map(|result| result["rank"].as_f64().unwrap());
        ranks.fold(0.0, f64::max)
    };
    let ranks = ["p0/m0.py", "p3/m3.py", "p2/m6.py", "p0.py"].map(rank);
    assert!(
        ranks.is_sorted_by(|one, other| one > other) && ranks[3] < 10.0,
        "{ranks:?}"
    );
}

#[test]
fn a_baseline_holds_for_the_whole() {
    let project = project();
    let folder = project.path();
    fs::write(folder.join("hotlint.toml"), "baseline = 'known.jsonl'\n").unwrap();
    assert_eq!(hotlint(folder, "baseline create").0, Some(0));
    fs::remove_file(folder.join("broken.py")).unwrap();
    // Code that moves from a part to another.
    fs::write(folder.join("p0.py"), "x = 1\n").unwrap();
    fs::write(folder.join("moved.py"), SLOW.replace("1", "1.5")).unwrap();
    let (code, wanted, _) = hotlint(folder, "check --baseline-mode keep --output-format sarif");
    assert_eq!(code, Some(1));
    let (merged_code, merged, _) = merged(folder, 5, "sarif --baseline-mode keep");
    assert_eq!((merged_code, merged), (code, wanted));
}

#[test]
fn what_is_no_report_is_told() {
    let project = project();
    let folder = project.path();
    fs::write(folder.join("a.json"), "[]").unwrap();
    let (code, _, said) = hotlint(folder, "merge a.json");
    assert_eq!(code, Some(2));
    assert!(
        said.starts_with("error: cannot read a.json: it is no bundle of hotlint"),
        "{said}"
    );
    let (code, _, said) = hotlint(folder, "merge");
    assert_eq!(code, Some(2));
    assert!(said.starts_with("error: no reports to merge"), "{said}");
    hotlint(folder, "check -q --output-format bundle:one");
    fs::write(
        folder.join("p1.py"),
        "import time\nasync def f():\n    time.sleep(3)\n",
    )
    .unwrap();
    hotlint(folder, "check -q --output-format bundle:other");
    let (code, _, said) = hotlint(folder, "merge one other");
    assert_eq!(
        (code, said.as_str()),
        (
            Some(2),
            "error: two reports speak of p1.py, and differently\n"
        )
    );
}
