//! What is remembered, and what is forgotten.

use super::*;
use crate::check::{Setup, check};
use hotlint_core::python::Source;

fn slow() -> FileReport {
    let text = "import time\nasync def f():\n    time.sleep(1)\n";
    check(&Source::module("a.py", text), &Setup::default())
}

fn stamp(cache: &Cache, age: Duration) -> Stamp {
    let then = cache.now.duration_since(UNIX_EPOCH).unwrap() - age;
    let nanos = u64::try_from(then.as_nanos()).unwrap();
    Stamp {
        size: 1,
        modified: nanos,
        changed: nanos,
    }
}

fn is_report(answer: &Answer) -> bool {
    matches!(answer, Answer::Report(report) if report.findings.len() == 1)
}

#[test]
fn what_is_closed_is_known_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("cache");
    let cache = Cache::open(&folder);
    assert!(matches!(cache.of(1, Project::alone()), Answer::Nothing));
    let old = stamp(&cache, TICK * 2);
    cache.remember(
        "/a.py",
        7,
        Some(old),
        1,
        Some(&FileReport::default()),
        Project::alone(),
    );
    cache.remember("/b.py", 7, Some(old), 2, Some(&slow()), Project::alone());
    cache.close().unwrap();
    let cache = Cache::open(&folder);
    assert!(matches!(cache.of(1, Project::alone()), Answer::Clean));
    assert!(is_report(&cache.of(2, Project::alone())));
    assert!(matches!(
        cache.of_unread("/a.py", 7, old, Project::alone()),
        Answer::Clean
    ));
    // What has something to say has to be read to say it.
    assert!(matches!(
        cache.of_unread("/b.py", 7, old, Project::alone()),
        Answer::Nothing
    ));
    // Other questions, other files, other times.
    assert!(matches!(
        cache.of_unread("/a.py", 8, old, Project::alone()),
        Answer::Nothing
    ));
    let younger = stamp(&cache, TICK);
    assert!(matches!(
        cache.of_unread("/a.py", 7, younger, Project::alone()),
        Answer::Nothing
    ));
    assert_eq!(
        fs::read_to_string(folder.join(".gitignore")).unwrap(),
        "*\n"
    );
    assert!(clean(&folder).unwrap() && !folder.exists());
    assert!(!clean(&folder).unwrap());
}

#[test]
fn a_file_that_has_just_been_written_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path());
    let young = stamp(&cache, Duration::ZERO);
    cache.remember(
        "/a.py",
        7,
        Some(young),
        1,
        Some(&FileReport::default()),
        Project::alone(),
    );
    cache.close().unwrap();
    let cache = Cache::open(folder.path());
    assert!(matches!(
        cache.of_unread("/a.py", 7, young, Project::alone()),
        Answer::Nothing
    ));
    assert!(matches!(cache.of(1, Project::alone()), Answer::Clean));
}

#[test]
fn damage_is_no_knowledge() {
    let folder = tempfile::tempdir().unwrap();
    let remember = || {
        let cache = Cache::open(folder.path());
        cache.remember("/b.py", 7, None, 2, Some(&slow()), Project::alone());
        let path = cache.path.clone();
        cache.close().unwrap();
        path
    };
    let path = remember();
    let bytes = fs::read(&path).unwrap();
    assert!(bytes.len() > 100);
    for damaged in [&b""[..], b"short", &bytes[..bytes.len() - 1]] {
        fs::write(&path, damaged).unwrap();
        assert!(matches!(
            Cache::open(folder.path()).of(2, Project::alone()),
            Answer::Nothing
        ));
    }
    for at in (0..bytes.len()).step_by(17) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 4;
        fs::write(&path, damaged).unwrap();
        assert!(
            matches!(
                Cache::open(folder.path()).of(2, Project::alone()),
                Answer::Nothing
            ),
            "{at}"
        );
    }
    remember();
    assert!(is_report(
        &Cache::open(folder.path()).of(2, Project::alone())
    ));
}

#[test]
fn runs_at_once_keep_what_both_have_found() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (Cache::open(folder.path()), Cache::open(folder.path()));
    one.remember(
        "/a.py",
        7,
        None,
        1,
        Some(&FileReport::default()),
        Project::alone(),
    );
    other.remember("/b.py", 7, None, 2, Some(&slow()), Project::alone());
    one.close().unwrap();
    other.close().unwrap();
    let cache = Cache::open(folder.path());
    assert!(
        matches!(cache.of(1, Project::alone()), Answer::Clean)
            && is_report(&cache.of(2, Project::alone()))
    );
}

#[test]
fn what_nobody_asks_for_goes_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut cache = Cache::open(folder.path());
    cache.today -= KEPT_DAYS + 1;
    cache.remember(
        "/a.py",
        7,
        None,
        1,
        Some(&FileReport::default()),
        Project::alone(),
    );
    cache.remember("/b.py", 7, None, 2, Some(&slow()), Project::alone());
    cache.close().unwrap();
    let cache = Cache::open(folder.path());
    assert!(is_report(&cache.of(2, Project::alone())));
    cache.remember(
        "/c.py",
        7,
        None,
        3,
        Some(&FileReport::default()),
        Project::alone(),
    );
    cache.close().unwrap();
    let cache = Cache::open(folder.path());
    assert!(matches!(cache.of(1, Project::alone()), Answer::Nothing));
    assert!(
        is_report(&cache.of(2, Project::alone())),
        "it was asked for"
    );
}

#[test]
fn other_folders_are_not_ours_to_take_away() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("CACHEDIR.TAG"),
        "Signature: 8a477f597d28d172789f06886806bc55\n",
    )
    .unwrap();
    assert!(!clean(folder.path()).unwrap());
    assert!(folder.path().exists());
}

#[test]
fn keys_depend_on_all_that_decides() {
    assert_ne!(key(b"a", 1), key(b"b", 1));
    assert_ne!(key(b"a", 1), key(b"a", 2));
    assert_ne!(key(b"a", 0), key(b"a", u64::MAX));
}
