//! Cases that other tools got wrong, one JSON object a line: `rule`, `code`, `python_min`, `expected`.
//!
//! They are kept outside of the repository, in `../shared/cases/cases.jsonl` or where `HOTLINT_CASES` says; without them the test passes
//! and says so. What they teach stands in the rules' own pages.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use hotlint::check::{Setup, check};
use hotlint::policy::Policy;
use hotlint::quiet::Quiet;
use hotlint_core::lint::{FixLevel, Severity};
use hotlint_core::python::{PythonVersion, Source, Versions};

fn cases() -> Option<String> {
    let path = std::env::var_os("HOTLINT_CASES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/cases/cases.jsonl"),
        PathBuf::from,
    );
    std::fs::read_to_string(path).ok()
}

#[test]
fn cases_are_answered_right() {
    let Some(cases) = cases() else {
        eprintln!("no cases here: nothing tested");
        return;
    };
    let mut wrong = String::new();
    for line in cases.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("one JSON object a line");
        let text = |key: &str| case[key].as_str().unwrap_or_default();
        // Advice of other tools that hotlint does not give: no rule of the program may flag it under any name, which the pages and
        // the real code that we read decide; there is no rule here to run.
        let Some(rule) = hotlint_rules::find(text("rule")) else {
            continue;
        };
        let minor = text("python_min")
            .strip_prefix("3.")
            .and_then(|minor| minor.parse().ok())
            .unwrap_or(9);
        let severities = hotlint_rules::all()
            .iter()
            .map(|other| (other.name == rule.name).then_some(Severity::Warning));
        let setup = Setup {
            python: Versions::since(PythonVersion { major: 3, minor }),
            policy: Arc::new(Policy::new(severities.collect(), Quiet::default())),
            ..Setup::default()
        };
        let report = check(&Source::module("case.py", text("code")), &setup);
        let flagged = !report.findings.is_empty();
        let safe = report.findings.iter().any(|marked| {
            marked
                .finding
                .fix
                .as_ref()
                .is_some_and(|fix| fix.level == FixLevel::Safe)
        });
        let right = match text("expected") {
            "no-flag" => !flagged,
            "flag" => flagged,
            "flag-no-safe-fix" => flagged && !safe,
            other => panic!("unknown verdict {other}"),
        };
        if !right {
            let _ = writeln!(
                wrong,
                "{} {}: expected {}, flagged: {flagged}, safe fix: {safe}\n{}\n  because {}\n",
                text("id"),
                rule.name,
                text("expected"),
                text("code"),
                text("why"),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
