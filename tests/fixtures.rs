//! The projects in `fixtures/`: every line marked `#~ rule-name` is reported by that rule, and no other line is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use hotlint::check::{Setup, check};
use hotlint::policy::Policy;
use hotlint::quiet::Quiet;
use hotlint_core::lint::Severity;
use hotlint_core::python::{Project, PythonVersion, Source, Versions};

/// Path, line and rule.
type Mark = (String, usize, String);

fn python_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .expect("fixtures")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            python_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "py") {
            found.push(path);
        }
    }
}

#[test]
fn marked_lines_and_no_others_are_reported() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut files = Vec::new();
    python_files(&root, &mut files);
    assert!(files.len() >= 8, "the fixtures are gone");
    let severities = hotlint_rules::all().iter().map(|_| Some(Severity::Warning));
    let policy = Arc::new(Policy::new(severities.collect(), Quiet::default()));
    // Each folder is a project of its own.
    let mut projects: BTreeMap<String, Arc<Project>> = BTreeMap::new();
    let (mut wanted, mut got): (BTreeSet<Mark>, BTreeSet<Mark>) = Default::default();
    for path in files {
        let text = std::fs::read_to_string(&path).expect("readable");
        let shown = path
            .strip_prefix(&root)
            .expect("below")
            .display()
            .to_string();
        // The crawler needs 3.11, the ledger 3.10, as their configuration says.
        let name = shown.split('/').next().unwrap_or_default();
        let project = projects.entry(name.to_owned()).or_insert_with(|| {
            let folder = root.join(name);
            Arc::new(hotlint::project::project(
                &folder,
                &root,
                None,
                Versions::default(),
            ))
        });
        let minor = match shown.split('/').next() {
            Some("crawler") => 11,
            Some("ledger") => 10,
            _ => 9,
        };
        for (i, line) in text.lines().enumerate() {
            let marks = line.split_once("#~").map_or("", |(_, marks)| marks);
            wanted.extend(
                marks
                    .split(',')
                    .map(str::trim)
                    .filter(|mark| !mark.is_empty())
                    .map(|mark| (shown.clone(), i + 1, mark.to_string())),
            );
        }
        let source = Source::module(shown.clone(), text);
        let setup = Setup {
            python: Versions::since(PythonVersion { major: 3, minor }),
            policy: Arc::clone(&policy),
            project: Some(Arc::clone(project)),
            ..Setup::default()
        };
        let report = check(&source, &setup);
        assert!(report.problems.is_empty(), "{shown}: {:?}", report.problems);
        got.extend(report.findings.iter().map(|marked| {
            let line = source.lines().line_index(marked.finding.range.start());
            (shown.clone(), line.get(), marked.finding.rule.to_string())
        }));
    }
    let missing: Vec<_> = wanted.difference(&got).collect();
    let unexpected: Vec<_> = got.difference(&wanted).collect();
    assert!(
        missing.is_empty() && unexpected.is_empty(),
        "not reported: {missing:#?}\nreported: {unexpected:#?}"
    );
}

/// Fixtures that are whole programs have tests of their own, for plain Python. What needs a package that is missing skips itself, and says
/// so; `HOTLINT_TEST_PYTHON` names a Python that has them.
#[test]
fn programs_pass_their_own_tests() {
    let named = std::env::var_os("HOTLINT_TEST_PYTHON").map(PathBuf::from);
    let found = || hotlint::interpreters::installed().pop().map(|it| it.path);
    let python = named
        .or_else(found)
        .expect("a Python to run the tests of the fixtures with");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for (name, more) in [
        ("api", &[][..]),
        ("batch", &[]),
        ("etl", &["-s", "tests"]),
        ("shop", &[]),
        ("trainer", &["-s", "tests"]),
        ("worker", &[]),
    ] {
        let output = Command::new(&python)
            .current_dir(root.join(name))
            .args(["-B", "-m", "unittest", "discover", "--verbose"])
            .args(more)
            .output()
            .expect("the interpreter answered before");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {told}");
        assert!(!told.contains("Ran 0 tests"), "{name}: {told}");
        if let Some(skipped) = told.lines().find(|line| line.contains("is not installed")) {
            println!("{name}: {skipped}");
        }
    }
}
