//! Only what has changed: the findings of an edit, and not those that were there before it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const SLOW: &str = "\
import time


async def poll(names):
    first(names)
    time.sleep(1)
    last(names)
";

struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        repository.git("init -q -b main");
        repository.write("src/a.py", SLOW);
        repository.write("src/b c.py", SLOW);
        repository.commit("first");
        repository
    }

    fn path(&self) -> PathBuf {
        fs::canonicalize(self.0.path()).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn git(&self, line: &str) -> String {
        let mut command = Command::new("git");
        command.current_dir(self.path());
        // What a user may have set must not matter.
        command.args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b",
            "-c",
            "commit.gpgSign=false",
            "-c",
            "protocol.file.allow=always",
        ]);
        let done = command.args(line.split_whitespace()).output().unwrap();
        assert!(
            done.status.success(),
            "git {line}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        String::from_utf8(done.stdout).unwrap()
    }

    fn commit(&self, message: &str) {
        self.git("add -A");
        self.git(&format!("commit -q -m {message}"));
    }

    /// What is printed: `path:line` of each finding, or the complaint.
    fn found(&self, line: &str) -> String {
        found(&self.path(), line, "")
    }
}

fn found(folder: &Path, line: &str, stdin: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotlint"));
    for variable in [
        "CI",
        "HOTLINT_BASELINE",
        "HOTLINT_OUTPUT_FORMAT",
        "GITHUB_STEP_SUMMARY",
    ] {
        command.env_remove(variable);
    }
    command.current_dir(folder).args([
        "-q",
        "--select",
        "blocking-sleep-in-async",
        "--output-format",
        "concise",
    ]);
    command
        .args(line.split_whitespace())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(stdin.as_bytes())
        .unwrap();
    let done = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(done.stderr).unwrap();
    let stdout = String::from_utf8(done.stdout).unwrap();
    let places = stdout.lines().filter_map(|line| line.split(":5: ").next());
    let places = places.collect::<Vec<_>>().join(" ");
    let wanted = match (places.is_empty(), stderr.is_empty()) {
        (_, false) => 2,
        (false, _) => 1,
        (true, _) => 0,
    };
    assert_eq!(done.status.code(), Some(wanted), "{places} {stderr}");
    format!("{places}{stderr}")
}

#[test]
fn old_findings_are_nobody_s_business() {
    let repository = Repository::new();
    assert_eq!(repository.found("--since HEAD"), "");
    repository.write(
        "src/a.py",
        &format!("import os\n{SLOW}\n\nasync def more():\n    time.sleep(2)\n"),
    );
    repository.write("src/new.py", SLOW);
    assert_eq!(repository.found("--since HEAD"), "src/a.py:12 src/new.py:6");
    // From below, and for one file.
    assert_eq!(
        found(&repository.path().join("src"), "--since HEAD", ""),
        "a.py:12 new.py:6"
    );
    assert_eq!(repository.found("--since HEAD src/new.py"), "src/new.py:6");
    repository.commit("second");
    assert_eq!(repository.found("--since HEAD"), "");
    assert_eq!(
        repository.found("--since HEAD~1"),
        "src/a.py:12 src/new.py:6"
    );
}

#[test]
fn a_touched_line_counts_and_so_does_a_cause_elsewhere() {
    let repository = Repository::new();
    repository.write("src/a.py", &SLOW.replace("sleep(1)", "sleep(3)"));
    assert_eq!(repository.found("--since HEAD"), "src/a.py:6");
    // Reformatted is not touched.
    repository.write("src/a.py", &SLOW.replace("    ", "  "));
    assert_eq!(repository.found("--since HEAD"), "");
    // The line is as it was, but what it does is not.
    repository.write("src/a.py", &SLOW.replace("async def", "def"));
    repository.commit("calm");
    repository.write("src/a.py", SLOW);
    assert_eq!(repository.found("--since HEAD"), "src/a.py:6");
    repository.write("src/a.py", "from time import sleep\nimport calm as time\nasync def f():\n    pass\n    time.sleep(1)\n");
    repository.commit("other");
    repository.write(
        "src/a.py",
        "from time import sleep\nimport time\nasync def f():\n    pass\n    time.sleep(1)\n",
    );
    assert_eq!(repository.found("--since HEAD"), "src/a.py:5");
}

#[test]
fn only_what_counts_is_mended() {
    let lowest = |name: &str| {
        format!(
            "def {name}(marks: list[int]):\n    if not marks:\n        return 0\n    return sorted(marks)[0]\n"
        )
    };
    let repository = Repository::new();
    repository.write("src/b.py", &lowest("one"));
    repository.write("src/c.py", &lowest("other"));
    repository.commit("second");
    let before = format!("{}\n\n{}", lowest("one"), lowest("two"));
    repository.write("src/b.py", &before);
    let select = "--extend-select sorted-for-min-max --since HEAD";
    let read = |name: &str| fs::read_to_string(repository.path().join(name)).unwrap();
    repository.found(&format!("{select} --diff"));
    assert_eq!(read("src/b.py"), before, "shown, and no more");
    assert_eq!(repository.found(&format!("{select} --fix")), "");
    let after = before.replace(
        &lowest("two"),
        &lowest("two").replace("sorted(marks)[0]", "min(marks)"),
    );
    assert_eq!(read("src/b.py"), after);
    assert_eq!(read("src/c.py"), lowest("other"));
    // Twice is as good as once.
    assert_eq!(repository.found(&format!("{select} --fix")), "");
    assert_eq!(read("src/b.py"), after);
    assert!(
        repository
            .found("--staged --fix")
            .contains("cannot be used with")
    );
}

#[test]
fn moved_code_is_not_new() {
    let repository = Repository::new();
    repository.git("mv src/a.py lib.py");
    assert_eq!(repository.found("--since HEAD"), "");
    // Moved with so much around it that git sees a new file.
    let much: String = (0..100)
        .map(|number| format!("x{number} = {number}\n"))
        .collect();
    repository.write("lib.py", &format!("{much}{SLOW}"));
    repository.git("add -A");
    assert_eq!(
        repository.found("--since HEAD").replace("lib.py:106", ""),
        "",
        "at most its own lines"
    );
}

#[test]
fn what_is_staged_is_what_is_checked() {
    let repository = Repository::new();
    repository.write(
        "src/a.py",
        &format!("{SLOW}\n\nasync def more():\n    time.sleep(2)\n"),
    );
    repository.git("add src/a.py");
    // On disk it is long mended, and something else is wrong.
    repository.write("src/a.py", "import time\n");
    repository.write(
        "src/b c.py",
        &format!("{SLOW}\n\nasync def more():\n    time.sleep(2)\n"),
    );
    repository.write("untracked.py", SLOW);
    assert_eq!(repository.found("--staged"), "src/a.py:11");
    assert_eq!(
        repository.found("--since HEAD"),
        "src/b c.py:11 untracked.py:6"
    );
}

#[test]
fn the_first_commit_can_be_checked_too() {
    let folder = tempfile::tempdir().unwrap();
    let repository = Repository(folder);
    repository.git("init -q -b main");
    repository.write("a.py", SLOW);
    repository.git("add a.py");
    assert_eq!(repository.found("--staged"), "a.py:6");
}

#[test]
fn a_branch_is_compared_with_where_it_began() {
    let repository = Repository::new();
    repository.git("checkout -q -b feature");
    repository.write("src/new.py", SLOW);
    repository.commit("feature");
    repository.git("checkout -q main");
    repository.write("src/a.py", "import time\n");
    repository.commit("mended");
    repository.git("checkout -q feature");
    assert_eq!(repository.found("--since-merge-base main"), "src/new.py:6");
    assert_eq!(repository.found("--since main"), "src/a.py:6 src/new.py:6");
}

#[test]
fn patches_serve_where_there_is_no_git() {
    let repository = Repository::new();
    repository.write(
        "src/a.py",
        &format!("{SLOW}\n\nasync def more():\n    time.sleep(2)\n"),
    );
    let patch = repository.git("diff");
    repository.write("change.patch", &patch);
    assert_eq!(repository.found("--since-diff change.patch"), "src/a.py:11");
    assert_eq!(
        found(&repository.path(), "--since-diff -", &patch),
        "src/a.py:11"
    );
    fs::rename(
        repository.path().join(".git"),
        repository.path().join("git"),
    )
    .unwrap();
    assert_eq!(repository.found("--since-diff change.patch"), "src/a.py:11");
    repository.write("src/a.py", SLOW);
    assert_eq!(
        repository.found("--since-diff change.patch"),
        "error: change.patch does not fit src/a.py; apply it first\n"
    );
}

#[test]
fn what_git_does_not_know_is_told() {
    let repository = Repository::new();
    assert_eq!(
        repository.found("--since nonesuch"),
        "error: git has no commit `nonesuch` here; `git fetch` may bring it\n"
    );
    assert_eq!(
        repository.found("--since=--output=x"),
        "error: git has no commit `--output=x` here; `git fetch` may bring it\n"
    );
    repository.write("src/a.py", "x = 1\n");
    repository.commit("second");
    let clone = tempfile::tempdir().unwrap();
    let clone = fs::canonicalize(clone.path()).unwrap().join("clone");
    fs::create_dir_all(clone.parent().unwrap()).unwrap();
    repository.git(&format!(
        "clone -q --depth 1 file://{} {}",
        repository.path().display(),
        clone.display()
    ));
    let said = found(&clone, "--since HEAD~1", "");
    assert!(
        said.contains("this clone is shallow") && said.contains("fetch-depth: 0"),
        "{said}"
    );
    let bare = tempfile::tempdir().unwrap();
    fs::write(bare.path().join("a.py"), SLOW).unwrap();
    let said = found(bare.path(), "--since HEAD", "");
    assert!(said.contains("is in no git repository"), "{said}");
}

#[test]
fn a_baseline_and_a_change_go_together() {
    let repository = Repository::new();
    repository.write("hotlint.toml", "baseline = 'known.jsonl'\n");
    let create = Command::new(env!("CARGO_BIN_EXE_hotlint"))
        .current_dir(repository.path())
        .env_remove("CI")
        .args([
            "-q",
            "baseline",
            "create",
            "--select",
            "blocking-sleep-in-async",
        ])
        .status();
    assert!(create.unwrap().success());
    repository.commit("baseline");
    let before = fs::read(repository.path().join("known.jsonl")).unwrap();
    // The same again, where the baseline knows of one: the old one has the first claim.
    repository.write(
        "src/a.py",
        &SLOW.replace(
            "    time.sleep(1)\n",
            "    time.sleep(1)\n    time.sleep(1)\n",
        ),
    );
    assert_eq!(repository.found("--since HEAD"), "src/a.py:7");
    assert_eq!(
        fs::read(repository.path().join("known.jsonl")).unwrap(),
        before
    );
}
