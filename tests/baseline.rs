//! A project with old findings: only new ones are reported, and the file that knows the old ones stays true.

use std::fs;
use std::path::Path;
use std::process::Command;

const SLOW: &str = "import time\n\n\nasync def poll():\n    time.sleep(1)\n\n\nasync def wait():\n    time.sleep(2)\n";

struct Project(tempfile::TempDir);

impl Project {
    fn new() -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        project.write(
            "hotlint.toml",
            "select = ['blocking-sleep-in-async']\nbaseline = 'known.jsonl'\n",
        );
        project.write("src/a.py", SLOW);
        project
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Exit code, and all that was said.
    fn run(&self, line: &str) -> (i32, String) {
        self.run_in(self.0.path(), line, &[])
    }

    fn in_ci(&self, line: &str) -> (i32, String) {
        self.run_in(self.0.path(), line, &[("CI", "true")])
    }

    fn run_in(&self, folder: &Path, line: &str, variables: &[(&str, &str)]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hotlint"));
        for variable in [
            "CI",
            "HOTLINT_BASELINE",
            "HOTLINT_OUTPUT_FORMAT",
            "GITHUB_STEP_SUMMARY",
        ] {
            command.env_remove(variable);
        }
        command
            .env("HOTLINT_OUTPUT_FORMAT", "concise")
            .env("NO_COLOR", "1");
        command.current_dir(folder).envs(variables.iter().copied());
        let done = command.args(line.split_whitespace()).output().unwrap();
        let said = [done.stdout, done.stderr].concat();
        (
            done.status.code().unwrap(),
            String::from_utf8(said).unwrap(),
        )
    }
}

#[test]
fn a_legacy_project_starts_clean() {
    let project = Project::new();
    let (code, said) = project.run("check");
    assert_eq!(code, 1);
    assert!(
        said.contains("there is no baseline known.jsonl yet"),
        "{said}"
    );
    let (code, said) = project.run("baseline create");
    assert_eq!(
        (code, said.as_str()),
        (0, "known.jsonl: 2 findings of 1 rule in 1 file.\n")
    );
    assert_eq!(project.read("known.jsonl").lines().count(), 3);
    let (code, said) = project.run("check");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(" 2 in the baseline."), "{said}");
    assert_eq!(project.run("baseline check").0, 0);
    // Once is enough.
    assert_eq!(project.run("baseline create").0, 2);
    let (code, said) = project.run("baseline stats");
    assert_eq!(
        (code, said.as_str()),
        (
            0,
            "2 findings of 1 rule in 1 file\n\nrules\n  2  blocking-sleep-in-async\n\nfiles\n  2  src/a.py\n"
        )
    );
    // From another folder, and for one file alone.
    let (code, said) = project.run_in(&project.path("src"), "a.py", &[]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(project.run("check --no-baseline").0, 1);
}

#[test]
fn new_findings_are_reported_and_only_those() {
    let project = Project::new();
    project.run("baseline create");
    let before = project.read("known.jsonl");
    project.write(
        "src/a.py",
        &format!("{SLOW}\n\nasync def more():\n    time.sleep(3)\n"),
    );
    let (code, said) = project.run("check");
    assert_eq!(code, 1);
    assert!(said.starts_with("src/a.py:13:5: "), "{said}");
    assert_eq!(said.matches("blocking-sleep").count(), 1, "{said}");
    assert_eq!(project.read("known.jsonl"), before);
    assert_eq!(project.run("check --max-findings 1").0, 0);
    // Pruning lets nothing in.
    assert_eq!(project.run("baseline prune").0, 0);
    assert_eq!(project.read("known.jsonl"), before);
    assert_eq!(project.run("baseline check").0, 1);
    let (code, said) = project.run("baseline update");
    assert_eq!(
        (code, said.as_str()),
        (0, "known.jsonl: 1 new, 2 as before.\n")
    );
    assert_eq!(project.run("check").0, 0);
}

#[test]
fn what_is_gone_is_taken_out_but_not_in_ci() {
    let project = Project::new();
    project.run("baseline create");
    let before = project.read("known.jsonl");
    project.write("src/a.py", &SLOW.replace("    time.sleep(2)", "    pass"));
    let (code, said) = project.in_ci("check");
    assert_eq!(code, 1);
    assert!(
        said.contains("gone: src/a.py in wait: blocking-sleep-in-async `time . sleep 2`"),
        "{said}"
    );
    assert!(
        said.contains(
            "error: 1 finding of known.jsonl matches nothing any more; run `hotlint baseline prune`"
        ),
        "{said}"
    );
    assert_eq!(project.read("known.jsonl"), before);
    assert_eq!(project.run("check --baseline-mode keep").0, 0);
    assert_eq!(project.read("known.jsonl"), before);
    // Rules and files that did not run say nothing about their entries.
    for line in [
        "check --select sorted-for-min-max",
        "check --diff",
        "check hotlint.toml",
    ] {
        project.run(line);
        assert_eq!(project.read("known.jsonl"), before, "{line}");
    }
    let (code, said) = project.run("check");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("known.jsonl: 1 gone, 1 as before."), "{said}");
    assert_eq!(project.read("known.jsonl").lines().count(), 2);
    assert_eq!(project.in_ci("check").0, 0);
}

#[test]
fn a_file_that_cannot_be_read_keeps_its_entries() {
    let project = Project::new();
    project.run("baseline create");
    let before = project.read("known.jsonl");
    project.write("src/a.py", "def f(:\n");
    assert_eq!(project.run("check").0, 1);
    project.run("baseline prune");
    project.run("baseline update");
    assert_eq!(project.read("known.jsonl"), before);
}

#[test]
fn a_moved_file_takes_its_entries_along() {
    let project = Project::new();
    project.run("baseline create");
    fs::rename(project.path("src"), project.path("lib")).unwrap();
    let before = project.read("known.jsonl");
    // Where nobody commits, the old file serves.
    assert_eq!(project.in_ci("check").0, 0);
    assert_eq!(project.read("known.jsonl"), before);
    let (code, said) = project.run("check");
    assert_eq!(code, 0, "{said}");
    assert_eq!(
        project.read("known.jsonl"),
        before.replace("src/a.py", "lib/a.py")
    );
}

#[test]
fn broken_baselines_are_told_before_anything_is_done() {
    let project = Project::new();
    for (text, words) in [
        ("", "is it a baseline?"),
        (
            "{\"hotlint-baseline\":1}\n<<<<<<< HEAD\n",
            "line 2 is a mark of a merge conflict",
        ),
    ] {
        project.write("known.jsonl", text);
        let (code, said) = project.run("check");
        assert_eq!(code, 2);
        assert!(
            said.starts_with("error: cannot read the baseline known.jsonl: "),
            "{said}"
        );
        assert!(said.contains(words), "{said}");
    }
    let (code, said) = project.run("check --baseline nonesuch");
    assert_eq!(
        (code, said.as_str()),
        (
            2,
            "error: cannot read the baseline nonesuch: no such file\n"
        )
    );
}

#[test]
fn sarif_tells_what_is_new() {
    let project = Project::new();
    project.run("baseline create");
    project.write(
        "src/a.py",
        &format!("{SLOW}\n\nasync def more():\n    time.sleep(3)\n"),
    );
    project.run("check --output-format sarif:out.sarif");
    let log: serde_json::Value = serde_json::from_str(&project.read("out.sarif")).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let told: Vec<_> = results
        .iter()
        .map(|result| {
            (
                result["baselineState"].as_str().unwrap(),
                result["suppressions"][0]["kind"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("unchanged", Some("external")),
            ("unchanged", Some("external")),
            ("new", None)
        ]
    );
}
