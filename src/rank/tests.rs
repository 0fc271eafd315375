//! Findings of a small program, ranked by profiles made by hand and by the recorded ones.

use std::path::Path;
use std::sync::Arc;

use hotlint_core::python::{PythonVersion, Source, Versions};

use super::*;
use crate::check::{Setup, check};
use crate::policy::Policy;
use crate::profile::{self, Place};
use crate::quiet::Quiet;
use crate::read::Origin;
use crate::verdict::Marked;

/// `files` with a path and a text each, checked with all rules.
fn report(files: &[(&str, &str)]) -> Report {
    let severities = hotlint_rules::all().iter().map(|_| Some(Severity::Warning));
    let setup = Setup {
        python: Versions::since(PythonVersion { major: 3, minor: 9 }),
        policy: Arc::new(Policy::new(severities.collect(), Quiet::default())),
        ..Setup::default()
    };
    let files = files.iter().map(|(path, text)| {
        let source = Source::module(*path, *text);
        let report = check(&source, &setup);
        Checked {
            source,
            origin: Origin::of_unread(path.into()),
            report,
        }
    });
    Report {
        files: files.collect(),
        ..Report::default()
    }
}

fn ranked(report: &mut Report, profiles: &[Profile], wanted: &Wanted) -> Ranking {
    let shown: Vec<String> = report
        .files
        .iter()
        .map(|file| file.source.path().to_owned())
        .collect();
    let files = shown
        .iter()
        .map(|path| format!("/home/me/{path}"))
        .collect();
    let paths = Paths::new(files, Vec::new(), "/home/me".to_owned());
    rank(report, profiles, &paths, &shown, wanted)
}

fn finding<'r>(report: &'r Report, rule: &str) -> &'r Marked {
    let all = report.files.iter().flat_map(|file| &file.report.findings);
    let found: Vec<&Marked> = all.filter(|marked| marked.finding.rule == rule).collect();
    assert_eq!(found.len(), 1, "{rule}: {found:?}");
    found[0]
}

fn heat(report: &Report, rule: &str) -> Heat {
    finding(report, rule).heat.unwrap()
}

/// A profile of places: file, function, first line, line, own.
fn profile(total: f64, places: &[(&str, &str, u32, u32, f64)]) -> Profile {
    let site = |(file, function, first_line, line, own): &(&str, &str, u32, u32, f64)| Site {
        place: Place {
            file: (*file).into(),
            function: (*function).into(),
            first_line: *first_line,
            line: *line,
            span: None,
        },
        alone: *own,
        own: *own,
        drag: 0.0,
        cumulative: *own,
        hits: None,
        calls: Vec::new(),
    };
    Profile {
        format: profile::Format::Stored,
        unit: Unit::Seconds,
        total,
        sites: places.iter().map(site).collect(),
        drag: 0.0,
        partial: false,
        inclusive: false,
        drifting: false,
        notes: Vec::new(),
    }
}

const TEXT: &str = "\
import functools


@functools.cache
@functools.cache
def common(names, path):
    known = [line.strip() for line in path]
    total = sorted(names)[0]
    return [name for name in names if name in known], total
";

#[test]
fn a_line_is_surer_than_its_function() {
    let hot = |places: &[(&str, &str, u32, u32, f64)]| {
        let mut report = report(&[("app.py", TEXT)]);
        ranked(&mut report, &[profile(10.0, places)], &Wanted::default());
        heat(&report, "list-membership-in-loop")
    };
    let line = hot(&[
        ("/srv/app.py", "common", 4, 9, 8.0),
        ("/srv/app.py", "common", 4, 8, 1.0),
    ]);
    assert_eq!((line.join, line.share), (Join::Line, 0.8));
    // Python 3.12 has no code object for a list comprehension, 3.11 has one; the line of the decorator is the function's.
    for function in [
        hot(&[("/srv/app.py", "common", 4, 0, 8.0)]),
        hot(&[
            ("/srv/app.py", "common", 4, 0, 1.0),
            ("/srv/app.py", "<listcomp>", 9, 0, 8.0),
        ]),
        hot(&[("/srv/app.py", "common", 6, 0, 8.0)]),
        hot(&[("/srv/app.py", "common", 0, 6, 8.0)]),
    ] {
        assert_eq!((function.join, function.share), (Join::Function, 0.8));
        assert!(function.bound <= function.share && function.score < line.score);
    }
    let cold = hot(&[("/srv/app.py", "common", 4, 8, 1.0)]);
    assert_eq!((cold.join, cold.bound), (Join::Line, 0.0));
    let other = hot(&[("/srv/app.py", "<module>", 1, 0, 1.0)]);
    assert_eq!((other.join, other.bound), (Join::File, 0.0));
    let unseen = hot(&[("/srv/else.py", "common", 4, 9, 8.0)]);
    assert_eq!(unseen.join, Join::Unprofiled);
}

#[test]
fn a_bound_leaves_out_what_the_profiler_takes_elsewhere() {
    let bound = |drag: f64, here: f64| {
        let mut report = report(&[("app.py", TEXT)]);
        let mut profile = profile(10.0, &[("/srv/app.py", "common", 4, 9, 4.0)]);
        profile.drag = drag;
        profile.sites[0].drag = here;
        ranked(&mut report, &[profile], &Wanted::default());
        let heat = heat(&report, "list-membership-in-loop");
        assert_eq!(heat.share, 0.4, "what was measured is told as it was");
        heat.bound
    };
    assert_eq!(bound(0.0, 0.0), 0.4);
    assert_eq!(bound(2.0, 0.0), 0.5);
    // What it takes here makes the place look larger than it is, not smaller.
    assert_eq!(bound(2.0, 2.0), 0.4);
    assert_eq!(bound(9.0, 0.0), 1.0);
}

#[test]
fn what_moved_is_found_by_its_name_and_what_is_gone_is_told() {
    let stale = |places: &[(&str, &str, u32, u32, f64)]| {
        let mut report = report(&[("app.py", TEXT)]);
        let ranking = ranked(&mut report, &[profile(10.0, places)], &Wanted::default());
        (heat(&report, "list-membership-in-loop"), ranking.stale)
    };
    // Twenty lines were taken out above.
    let (heat, notes) = stale(&[("/srv/app.py", "common", 24, 29, 8.0)]);
    assert_eq!((heat.join, heat.share), (Join::Line, 0.8));
    assert!(notes[0].contains("of 1 functions 1 moved"), "{notes:?}");
    // Only the line that ran is told, and it is no line of the function any more.
    let (heat, _) = stale(&[("/srv/app.py", "common", 0, 29, 8.0)]);
    assert_eq!((heat.join, heat.share), (Join::Function, 0.8));
    let (heat, notes) = stale(&[("/srv/app.py", "renamed", 24, 29, 8.0)]);
    assert_eq!(heat.join, Join::Unprofiled);
    assert!(notes[0].contains("none of the functions"), "{notes:?}");
    // Of a file of which something is gone, what was not seen is not cold: it may be that.
    let two = [
        ("/srv/app.py", "renamed", 24, 29, 8.0),
        ("/srv/app.py", "<module>", 1, 1, 1.0),
        ("/srv/app.py", "other", 4, 5, 1.0),
    ];
    let text = format!("{TEXT}\n\ndef other(): ...\n");
    let mut report = self::report(&[("app.py", &text)]);
    ranked(&mut report, &[profile(10.0, &two)], &Wanted::default());
    let unseen = finding(&report, "list-membership-in-loop").heat.unwrap();
    assert_eq!(unseen.join, Join::Unprofiled);
}

#[test]
fn calls_of_other_functions_count_only_where_the_finding_makes_them() {
    let text = "\
def main(xs, rows):
    known = [row.strip() for row in rows]
    first = sorted(xs)[0]
    work(first)
    return [x for x in xs if norm(x) in known]
";
    let mut report = report(&[("app.py", text)]);
    let mut profile = profile(10.0, &[("app.py", "main", 1, 0, 1.0)]);
    profile.sites[0].calls = vec![("norm".into(), 4.0), ("work".into(), 5.0)];
    ranked(&mut report, &[profile], &Wanted::default());
    assert_eq!(heat(&report, "sorted-for-min-max").share, 0.1);
    assert_eq!(heat(&report, "list-membership-in-loop").share, 0.5);
}

#[test]
fn heat_changes_how_loudly_a_finding_is_told_and_never_drops_it() {
    let places = [
        ("app.py", "common", 4, 9, 9.0),
        ("app.py", "common", 4, 8, 0.001),
    ];
    let wanted = Wanted {
        least: Some(0.01),
        hot_first: true,
        ..Wanted::default()
    };
    let mut report = report(&[
        ("app.py", TEXT),
        ("new.py", "def f(xs):\n    return sorted(xs)[-1]\n"),
    ]);
    let before: usize = report
        .files
        .iter()
        .map(|file| file.report.findings.len())
        .sum();
    let ranking = ranked(&mut report, &[profile(10.0, &places)], &wanted);
    let after: usize = report
        .files
        .iter()
        .map(|file| file.report.findings.len())
        .sum();
    assert_eq!(before, after);
    let hot = finding(&report, "list-membership-in-loop");
    assert_eq!((hot.severity, &hot.fate), (Severity::Error, &Fate::Stands));
    let all = |path: &str| {
        let file = report
            .files
            .iter()
            .find(|file| file.source.path() == path)
            .unwrap();
        let marked = file
            .report
            .findings
            .iter()
            .find(|marked| marked.finding.rule == "sorted-for-min-max")
            .unwrap();
        (
            marked.severity,
            marked.fate.clone(),
            marked.heat.unwrap().join,
        )
    };
    assert_eq!(all("app.py"), (Severity::Info, Fate::Cold, Join::Line));
    assert_eq!(
        all("new.py"),
        (Severity::Warning, Fate::Cold, Join::Unprofiled)
    );
    assert_eq!(ranking.order.len(), 1);
}

/// The program that the fixtures were recorded from.
fn warehouse() -> Report {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/profiles/warehouse");
    let read = |path: &str| std::fs::read_to_string(folder.join(path)).unwrap();
    let (app, orders, shelf) = (
        read("app.py"),
        read("stock/orders.py"),
        read("stock/shelf.py"),
    );
    report(&[
        ("app.py", &app),
        ("stock/orders.py", &orders),
        ("stock/shelf.py", &shelf),
    ])
}

#[test]
fn every_recorded_profile_of_time_ranks_the_true_bottleneck_first() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/profiles");
    let wanted = Wanted {
        hot_first: true,
        ..Wanted::default()
    };
    let mut ranked_by = 0;
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if !path.is_file() || path.extension().is_some_and(|extension| extension == "md") {
            continue;
        }
        let profiles: Vec<Profile> = profile::read(&path)
            .unwrap()
            .into_iter()
            .filter(|profile| profile.unit.is_time())
            .collect();
        if profiles.is_empty() {
            continue;
        }
        let mut report = warehouse();
        let ranking = ranked(&mut report, &profiles, &wanted);
        let (file, first) = ranking.order[0];
        let marked = &report.files[file].report.findings[first];
        let name = path.display();
        assert_eq!(marked.finding.rule, "list-membership-in-loop", "{name}");
        let heat = marked.heat.unwrap();
        assert!(
            heat.bound > 0.6 && heat.bound >= heat.share && heat.bound <= 1.0,
            "{name}: {heat:?}"
        );
        assert_eq!(ranking.stale, [""; 0], "{name}");
        ranked_by += 1;
    }
    assert!(ranked_by >= 33, "only {ranked_by} profiles of time");
}

#[test]
fn the_spans_of_the_sampling_profiler_are_the_surest() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/profiles/sampling.jsonl");
    let mut report = warehouse();
    ranked(
        &mut report,
        &profile::read(&path).unwrap(),
        &Wanted::default(),
    );
    let heat = heat(&report, "list-membership-in-loop");
    assert_eq!((heat.join, heat.share), (Join::Span, 0.85));
}

#[test]
fn bytes_rank_what_costs_memory() {
    let text = "\
def lines(path):
    with open(path) as file:
        for line in file.readlines():
            print(line)
";
    let mut report = report(&[("app.py", text)]);
    let mut bytes = profile(100.0, &[("app.py", "lines", 0, 3, 90.0)]);
    bytes.unit = Unit::Bytes;
    let time = profile(10.0, &[("app.py", "lines", 0, 3, 0.1)]);
    ranked(&mut report, &[time, bytes], &Wanted::default());
    let heat = heat(&report, "readlines-in-for");
    assert_eq!((heat.unit, heat.share), (Unit::Bytes, 0.9));
}

#[test]
fn a_class_is_as_hot_as_what_makes_its_instances() {
    let text = "\
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def far(self):
        return self.x + self.y


def load(rows):
    return [Point(x, y) for x, y in rows]
";
    let mut report = report(&[("app.py", text)]);
    let mut profile = profile(
        100.0,
        &[
            ("app.py", "__init__", 2, 3, 40.0),
            ("app.py", "far", 6, 7, 9.0),
        ],
    );
    profile.unit = Unit::Bytes;
    ranked(&mut report, &[profile], &Wanted::default());
    let heat = heat(&report, "class-without-slots");
    assert_eq!(
        (heat.join, heat.share, heat.unit),
        (Join::Function, 0.4, Unit::Bytes)
    );
}
