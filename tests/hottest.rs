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
    };
    let source = Source::module("program.py", fs::read_to_string(path).expect("readable"));
    let report = check(&source, &setup);
    assert!(report.problems.is_empty(), "{}: {:?}", path.display(), report.problems);
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
    let row = source.lines().line_index(report.findings[finding].finding.range.start());
    source.text().lines().nth(row.to_zero_indexed()).is_some_and(|line| line.ends_with("# bottleneck"))
}

#[test]
fn the_hottest_finding_is_the_bottleneck() {
    let interpreters = installed();
    let newest = interpreters.iter().max_by_key(|interpreter| interpreter.minor).expect("a Python");
    let folder = tempfile::tempdir().expect("a folder");
    let (mut ranked, mut unranked, mut decoys) = (Vec::new(), 0, 0);
    let programs = programs();
    assert_eq!(programs.len(), 10);
    for program in &programs {
        let name = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let output = folder.path().join(&name);
        let ran = Command::new(&newest.path)
            .args(["-c", RECORD])
            .args([program, &output])
            .output()
            .expect("the interpreter answered before");
        assert!(ran.status.success(), "{name}: {}", String::from_utf8_lossy(&ran.stderr));
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
        let ranking = rank(&mut report, &profiles, &paths, &["program.py".to_owned()], &wanted);
        let (_, first) = ranking.order[0];
        let marked = &report.files[0].report.findings[first];
        let told = format!("{name}: {} {:?}", marked.finding.rule, marked.heat);
        println!("{} {told}", if is_true(&report, first) { "found" } else { "MISSED" });
        ranked.push((is_true(&report, first), told));
    }
    let found = ranked.iter().filter(|(found, _)| *found).count();
    println!("ranked: {found} of 10; in order of place: {unranked} of 10; {decoys} decoys");
    assert!(found >= 9, "only {found} of 10: {ranked:#?}");
    assert!(unranked <= 3, "the order of places finds {unranked} as well");
}
