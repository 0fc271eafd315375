//! From a project that other linters look after to one with hotlint beside them, in three commands.

use std::fs;
use std::path::Path;
use std::process::Command;

const LOOP: &str = "\
import time


def copied(xs):
    ys = []
    for x in xs:  # noqa: PERF402, E501
        ys.append(x)
    return ys


async def poll():
    time.sleep(1)
";

fn hotlint(folder: &Path, line: &str) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotlint"));
    for variable in ["CI", "HOTLINT_BASELINE", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(variable);
    }
    command
        .env("HOTLINT_OUTPUT_FORMAT", "concise")
        .env("NO_COLOR", "1")
        .current_dir(folder);
    let done = command.args(line.split_whitespace()).output().unwrap();
    let said = String::from_utf8([done.stdout, done.stderr].concat()).unwrap();
    (done.status.code().unwrap(), said)
}

#[test]
fn three_commands_adopt_a_project() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let project = "[project]\nname = 'shop'\nrequires-python = '>=3.10'\n\n[tool.ruff]\nextend-exclude = ['gen']\n[tool.ruff.lint]\nselect = ['ASYNC', 'PERF']";
    fs::write(folder.join("pyproject.toml"), project).unwrap();
    fs::write(folder.join("a.py"), LOOP).unwrap();
    let (code, said) = hotlint(folder, "init");
    assert_eq!(code, 0, "{said}");
    let written = fs::read_to_string(folder.join("pyproject.toml")).unwrap();
    assert!(written.starts_with(project), "nothing of theirs is touched");
    assert!(written.contains("\n\n[tool.hotlint]\n"), "{written}");
    assert!(
        written.contains("\n    \"blocking-sleep-in-async\", # ASYNC251\n"),
        "{written}"
    );
    assert!(
        written.contains("\nextend-exclude = [\"gen\"]\n"),
        "{written}"
    );
    // What ruff reports is not reported twice.
    assert_eq!(hotlint(folder, "check").0, 0);
    assert_eq!(hotlint(folder, "init").0, 2);
    // Every line that is out of use can be taken into use.
    let used: String = written
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(key) if key.contains(" = ") => format!("{key}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    fs::write(
        folder.join("used.toml"),
        used.split("[tool.hotlint]\n").nth(1).unwrap(),
    )
    .unwrap();
    let (code, said) = hotlint(folder, "check --config used.toml");
    assert_eq!(code, 0, "{said}");

    fs::write(
        folder.join("pyproject.toml"),
        written.replace("\"blocking-sleep-in-async\", # ASYNC251", ""),
    )
    .unwrap();
    assert_eq!(hotlint(folder, "check").0, 1);
    let (code, said) = hotlint(folder, "baseline create");
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("pyproject.toml: `baseline` names it"),
        "{said}"
    );
    let (code, said) = hotlint(folder, "check");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(" in the baseline."), "{said}");
}

#[test]
fn a_bare_folder_gets_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("ruff.toml"),
        "target-version = 'py311'\nexclude = ['old \"x\"']\n",
    )
    .unwrap();
    assert_eq!(hotlint(folder.path(), "init").0, 0);
    let (code, said) = hotlint(
        folder.path(),
        "check --show-settings --stdin-filename a.py -",
    );
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("target-version = \">=3.11\""), "{said}");
    assert!(said.contains("exclude = ['old \"x\"']"), "{said}");
}

#[test]
fn comments_of_others_are_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("ruff.toml"), "[lint]\nselect = ['PERF']\n").unwrap();
    fs::write(folder.join("a.py"), LOOP).unwrap();
    let (code, said) = hotlint(folder, "migrate");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("-    for x in xs:  # noqa: PERF402, E501\n+    for x in xs:  # noqa: E501  # hotlint: ignore[manual-list-copy]\n"), "{said}");
    assert!(said.contains("--- ruff.toml\n+++ ruff.toml\n"), "{said}");
    assert!(said.contains("\n+extend-select = ["), "{said}");
    assert!(
        said.ends_with(
            "Would be migrated: comments of 1 file; ruff.toml, hotlint.toml; `--write` does it.\n"
        ),
        "{said}"
    );
    // Shown, and no more.
    assert_eq!(fs::read_to_string(folder.join("a.py")).unwrap(), LOOP);
    assert!(!folder.join("hotlint.toml").exists());
    let (code, said) = hotlint(folder, "migrate --write");
    assert_eq!(code, 0, "{said}");
    let ruff = fs::read_to_string(folder.join("ruff.toml")).unwrap();
    assert!(!ruff.contains("PERF4"), "{ruff}");
    let ours = fs::read_to_string(folder.join("hotlint.toml")).unwrap();
    assert!(ours.contains("\"manual-list-comprehension\""), "{ours}");
    let mended = fs::read_to_string(folder.join("a.py")).unwrap();
    assert_eq!(
        mended,
        LOOP.replace(
            "# noqa: PERF402, E501",
            "# noqa: E501  # hotlint: ignore[manual-list-copy]"
        )
    );
    assert_eq!(hotlint(folder, "check --select manual-list-copy").0, 0);
    let (_, said) = hotlint(folder, "migrate");
    assert!(said.starts_with("Nothing to migrate."), "{said}");
}
