//! Does a profile find the bottleneck? Ten programs with one each, among decoys that rules report just as well.
//!
//! The line that a program is slow for ends with `# bottleneck`. Programs are run under cProfile, which counts processor time, so
//! that a busy machine changes little; the bottleneck takes most of it by far.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use hotlint::check::{Setup, check};
use hotlint::interpreters::installed;
use hotlint::policy::Policy;
use hotlint::profile;
use hotlint::quiet::Quiet;
use hotlint::rank::{Paths, Wanted, rank};
use hotlint::read::Origin;
use hotlint::report::{Checked, Report};
use hotlint_core::lint::Severity;
use hotlint_core::python::{PythonVersion, Source, Versions};

/// Runs a program under cProfile, by the processor's clock.
const RECORD: &str = "
import cProfile, runpy, sys, time
profile = cProfile.Profile(time.process_time)
profile.enable()
runpy.run_path(sys.argv[1], run_name='__main__')
profile.disable()
profile.dump_stats(sys.argv[2])
";

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeded");
    let mut programs: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the seeded programs")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .collect();
    programs.sort();
    programs
}

/// The program, checked with all rules.
fn checked(path: &Path, minor: u8) -> Report {
    let severities = hotlint_rules::all().iter().map(|_| Some(Severity::Warning));
    let setup = Setup {
        python: Versions::only(PythonVersion { major: 3, minor }),
        policy: Arc::new(Policy::new(severities.collect(), Quiet::default())),
        ..Setup::default()
    };
    let source = Source::module("program.py", fs::read_to_string(path).expect("readable"));
    let report = check(&source, &setup);
    assert!(
        report.problems.is_empty(),
        "{}: {:?}",
        path.display(),
        report.problems
    );
    Report {
        files: vec![Checked {
            source,
            origin: Origin::of_unread(path.into()),
            report,
        }],
        checked: 1,
        ..Report::default()
    }
}

/// Whether the finding is on the line that the program is slow for.
fn is_true(report: &Report, finding: usize) -> bool {
    let Checked { source, report, .. } = &report.files[0];
    let row = source
        .lines()
        .line_index(report.findings[finding].finding.range.start());
    source
        .text()
        .lines()
        .nth(row.to_zero_indexed())
        .is_some_and(|line| line.ends_with("# bottleneck"))
}

#[test]
fn the_hottest_finding_is_the_bottleneck() {
    let interpreters = installed();
    let newest = interpreters
        .iter()
        .max_by_key(|interpreter| interpreter.minor)
        .expect("a Python");
    let folder = tempfile::tempdir().expect("a folder");
    let (mut ranked, mut unranked, mut decoys) = (Vec::new(), 0, 0);
    let programs = programs();
    assert_eq!(programs.len(), 10);
    for program in &programs {
        let name = program
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let output = folder.path().join(&name);
        let ran = Command::new(&newest.path)
            .args(["-c", RECORD])
            .args([program, &output])
            .output()
            .expect("the interpreter answered before");
        assert!(
            ran.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&ran.stderr)
        );
        let mut report = checked(program, newest.minor);
        let findings = report.files[0].report.findings.len();
        assert!(findings >= 4, "{name}: {findings} findings are no haystack");
        decoys += findings - 1;
        unranked += usize::from(is_true(&report, 0));
        let profiles = profile::read(&output).expect("cProfile's own");
        let path = program.to_string_lossy().replace('\\', "/");
        let paths = Paths::new(vec![path], Vec::new(), String::new());
        let wanted = Wanted {
            hot_first: true,
            ..Wanted::default()
        };
        let ranking = rank(
            &mut report,
            &profiles,
            &paths,
            &["program.py".to_owned()],
            &wanted,
        );
        let (_, first) = ranking.order[0];
        let marked = &report.files[0].report.findings[first];
        let told = format!("{name}: {} {:?}", marked.finding.rule, marked.heat);
        println!(
            "{} {told}",
            if is_true(&report, first) {
                "found"
            } else {
                "MISSED"
            }
        );
        ranked.push((is_true(&report, first), told));
    }
    let found = ranked.iter().filter(|(found, _)| *found).count();
    println!("ranked: {found} of 10; in order of place: {unranked} of 10; {decoys} decoys");
    assert!(found >= 9, "only {found} of 10: {ranked:#?}");
    assert!(
        unranked <= 3,
        "the order of places finds {unranked} as well"
    );
}

/// A copy of the story's program, in a folder of its own.
fn story() -> tempfile::TempDir {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).expect("a folder");
        for entry in fs::read_dir(from).expect("the story").flatten() {
            let (path, target) = (entry.path(), to.join(entry.file_name()));
            match path.is_dir() {
                true => copy(&path, &target),
                false => drop(fs::copy(&path, target).expect("a copy")),
            }
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/story"),
        folder.path(),
    );
    folder
}

fn hotlint(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_hotlint"))
        .current_dir(folder)
        .args(args)
        .env("NO_COLOR", "1")
        .env("HOTLINT_OUTPUT_FORMAT", "json")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("hotlint runs");
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
    )
}

/// What the program printed, and seconds of the processor: the least of three runs.
fn timed(python: &Path, folder: &Path) -> (String, f64) {
    let program = "import runpy, sys, time; sys.argv = ['app.py', '7000']; sys.path[0] = '.'; t = time.process_time(); \
                   runpy.run_path('app.py', run_name='__main__'); print(time.process_time() - t)";
    let run = || {
        let output = Command::new(python)
            .current_dir(folder)
            .args(["-c", program])
            .output()
            .expect("Python runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let (said, seconds) = text.trim().rsplit_once('\n').expect("two lines");
        (said.to_owned(), seconds.parse::<f64>().expect("seconds"))
    };
    let runs = [run(), run(), run()];
    let least = runs
        .iter()
        .map(|(_, seconds)| *seconds)
        .fold(f64::INFINITY, f64::min);
    (runs[0].0.clone(), least)
}

/// The findings as they are told, hottest first: rule, and what can be saved at most.
fn told(json: &str) -> Vec<(String, f64)> {
    // The program's own words come first.
    let json = &json[json.find("[\n").expect("a list")..];
    let records: Vec<serde_json::Value> = serde_json::from_str(json).expect("JSON");
    let told = |record: &serde_json::Value| {
        let rule = record["rule"].as_str().unwrap_or_default().to_owned();
        (rule, record["heat"]["bound"].as_f64().expect("a bound"))
    };
    records.iter().map(told).collect()
}

#[test]
fn from_a_slow_program_to_a_mended_one() {
    let interpreters = installed();
    let python = &interpreters
        .iter()
        .max_by_key(|interpreter| interpreter.minor)
        .expect("a Python")
        .path;
    let folder = story();
    let shown = python.to_string_lossy().into_owned();
    let record = ["-q", "profile", "record", "--", &shown, "app.py", "7000"];

    // Find and rank.
    let (code, json) = hotlint(folder.path(), &record);
    assert_eq!(code, Some(1), "{json}");
    let before = told(&json);
    assert_eq!(before[0].0, "list-membership-in-loop", "{before:?}");
    assert_eq!(before[1].0, "list-insert-front-in-loop", "{before:?}");
    let (said, slow) = timed(python, folder.path());

    // Mend the first one, and nothing else.
    let fix = [
        "-q",
        "--fix",
        "--unsafe-fixes",
        "--fix-only",
        "--select",
        "list-membership-in-loop",
    ];
    hotlint(folder.path(), &fix);
    let (now, fast) = timed(python, folder.path());
    assert_eq!(said, now, "the fix changed the result");
    println!(
        "estimate: at most {:.0} % of {slow:.3} s; truth: {:.0} %, {fast:.3} s are left",
        before[0].1 * 100.0,
        (1.0 - fast / slow) * 100.0
    );

    // What was second is first by now.
    let (_, json) = hotlint(folder.path(), &record);
    let after = told(&json);
    assert_eq!(after[0].0, "list-insert-front-in-loop", "{after:?}");
    assert!(
        after
            .iter()
            .all(|(rule, _)| rule != "list-membership-in-loop"),
        "{after:?}"
    );
    assert!(after[0].1 > before[1].1, "{before:?} {after:?}");
}
