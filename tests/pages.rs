//! Every rule's page holds: bad is flagged, good and fine are silent, the fix of bad gives good, and both compute the same.

use std::fmt::Write as _;
use std::process::Command;
use std::sync::Arc;

use hotlint::check::{Setup, check};
use hotlint::interpreters::{Interpreter, ask, installed};
use hotlint::policy::Policy;
use hotlint::quiet::Quiet;
use hotlint::verdict::FileReport;
use hotlint_core::lint::{
    Edit, Example, ExampleKind, Finding, RuleEntry, Severity, examples, pairs,
};
use hotlint_core::python::{PythonVersion, Source, Versions};

/// Oldest version that an example is checked for, where it does not say: old enough for every version gate.
const OLDEST: u8 = 9;

fn setup(minor: Option<u8>, wanted: impl Fn(&RuleEntry) -> bool) -> Setup {
    let oldest = PythonVersion {
        major: 3,
        minor: minor.unwrap_or(OLDEST),
    };
    let severities = hotlint_rules::all()
        .iter()
        .map(|rule| wanted(rule).then_some(Severity::Warning));
    Setup {
        python: Versions::since(oldest),
        policy: Arc::new(Policy::new(severities.collect(), Quiet::default())),
        ..Setup::default()
    }
}

fn run(example: &Example, wanted: impl Fn(&RuleEntry) -> bool) -> FileReport {
    check(
        &Source::module("example.py", example.code.clone()),
        &setup(example.minor, wanted),
    )
}

fn edited(code: &str, edits: &[Edit]) -> String {
    let mut text = code.to_string();
    for edit in edits.iter().rev() {
        text.replace_range(
            edit.range.start().to_usize()..edit.range.end().to_usize(),
            &edit.text,
        );
    }
    text
}

/// The text after the fixes of one rule, one after the other.
fn fixed(rule: &RuleEntry, example: &Example) -> Option<String> {
    let mut example = example.clone();
    let mut changed = false;
    for _ in 0..20 {
        let report = run(&example, |other| other.name == rule.name);
        let Some(fix) = report
            .findings
            .into_iter()
            .find_map(|marked| marked.finding.fix)
        else {
            break;
        };
        example.code = edited(&example.code, &fix.edits);
        changed = true;
    }
    changed.then_some(example.code)
}

fn told(findings: &[Finding]) -> String {
    findings.iter().fold(String::new(), |mut text, finding| {
        let _ = writeln!(text, "  {}: {}", finding.rule, finding.message);
        text
    })
}

#[test]
fn pages_hold() {
    let mut wrong = String::new();
    for rule in hotlint_rules::all() {
        let all = examples(rule.page);
        let bad = all
            .iter()
            .filter(|example| example.kind == ExampleKind::Bad);
        if bad.count() == 0 || !all.iter().any(|example| example.kind == ExampleKind::Fine) {
            let _ = writeln!(
                wrong,
                "{}: its page needs a bad and a fine example",
                rule.name
            );
        }
        for example in &all {
            let own = |other: &RuleEntry| other.name == rule.name;
            let report = match example.kind {
                ExampleKind::Bad | ExampleKind::Fine => run(example, own),
                ExampleKind::Good => run(example, |_| true),
                ExampleKind::Input => continue,
            };
            let findings: Vec<Finding> = report
                .findings
                .into_iter()
                .map(|marked| marked.finding)
                .collect();
            if let Some(problem) = report.problems.first() {
                let _ = writeln!(
                    wrong,
                    "{}: {:?} does not parse: {}\n{}",
                    rule.name, example.kind, problem.message, example.code
                );
            }
            let flagged = !findings.is_empty();
            if flagged != (example.kind == ExampleKind::Bad) {
                let _ = writeln!(
                    wrong,
                    "{}: {:?} example\n{}{}",
                    rule.name,
                    example.kind,
                    example.code,
                    told(&findings)
                );
            }
        }
        for pair in pairs(rule.page) {
            if let (Some(good), Some(got)) = (&pair.good, fixed(rule, &pair.bad))
                && got != good.code
            {
                let _ = writeln!(
                    wrong,
                    "{}: the fix of\n{}gives\n{got}and not\n{}",
                    rule.name, pair.bad.code, good.code
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Runs both halves on small inputs and prints what differs. Programs come on standard input, one JSON object.
const COMPARE: &str = r#"
import __future__, json, sys, types
def lacks(job):
    """Whether the example imports a package that this interpreter does not have: others run it."""
    for line in (job["bad"] + job["good"] + job["input"]).split("\n"):
        words = line.split()
        if words and words[0] in ("import", "from"):
            try:
                __import__(words[1].split(".")[0])
            except ModuleNotFoundError:
                return True
for job in json.load(sys.stdin):
    if lacks(job):
        continue
    for n in (0, 1, 2, 7, 40):
        seen = []
        for half in ("bad", "good"):
            module = sys.modules["example"] = types.ModuleType("example")
            space = module.__dict__
            space["n"] = n
            # Annotations are read, not evaluated: `list[str]` is no type on Python 3.8.
            exec(compile(job[half], half, "exec", __future__.annotations.compiler_flag), space)
            try:
                *setup, last = job["input"].strip().split("\n")
                exec("\n".join(setup), space)
                value = eval(last, space)
                if hasattr(value, "__next__"):
                    value = list(value)
                seen.append((type(value).__name__, repr(value)))
            except Exception as error:
                seen.append(("raised", type(error).__name__))
        if seen[0] != seen[1]:
            print(job["rule"], "n =", n, "bad:", seen[0], "good:", seen[1])
"#;

#[test]
fn bad_and_good_compute_the_same() {
    let mut found = installed();
    assert!(
        !found.is_empty(),
        "no Python 3.8 or newer to run the examples with"
    );
    // One that has NumPy, pandas and torch, for the examples that import them.
    if let Some(path) = std::env::var_os("HOTLINT_TEST_PYTHON") {
        found.extend(ask(path.into()));
    }
    let mut wrong = String::new();
    for Interpreter { minor, path, .. } in &found {
        let mut jobs = Vec::new();
        for rule in hotlint_rules::all() {
            for pair in pairs(rule.page) {
                let (Some(good), Some(input)) = (pair.good, pair.input) else {
                    continue;
                };
                if [&pair.bad, &good, &input]
                    .iter()
                    .any(|half| half.minor.is_some_and(|oldest| oldest > *minor))
                {
                    continue;
                }
                jobs.push(serde_json::json!({
                    "rule": rule.name, "bad": pair.bad.code, "good": good.code, "input": input.code,
                }));
            }
        }
        let mut child = Command::new(path)
            .args(["-c", COMPARE])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("the interpreter answered before");
        serde_json::to_writer(child.stdin.take().expect("piped"), &jobs)
            .expect("the interpreter reads");
        let output = child.wait_with_output().expect("the interpreter ends");
        let (told, failed) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        if !told.is_empty() || !output.status.success() {
            let _ = writeln!(wrong, "Python 3.{minor}:\n{told}{failed}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
