//! What is known again, and what is not.

use std::collections::BTreeMap;

use super::*;
use crate::check::{Setup, check};
use crate::render::sample;

/// Files of now, all of them checked.
#[derive(Clone, Default)]
struct Files(BTreeMap<String, String>);

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        Self(files.iter().map(owned).collect())
    }

    fn report(&self) -> Report {
        let files = self.0.iter().map(|(path, text)| {
            let mut file = sample::file(path, text, Vec::new());
            file.report = check(&file.source, &Setup::default());
            assert!(file.report.problems.is_empty(), "{path}: {text}");
            file
        });
        Report {
            files: files.collect(),
            ..Report::default()
        }
    }
}

impl Scene for Files {
    fn path(&self, shown: &str) -> String {
        shown.to_owned()
    }

    fn is_judged(&self, _: &Entry) -> bool {
        true
    }

    fn left(&self, path: &str) -> Left {
        let text = self.0.get(path);
        text.map_or(Left::Nothing, |text| Left::of(&Source::module(path, text)))
    }
}

/// (as before, moved, new, gone) when `before` becomes `after`.
fn compared(before: &[(&str, &str)], after: &[(&str, &str)]) -> (usize, usize, usize, usize) {
    let baseline = Baseline::of(&Files::new(before).report(), str::to_owned);
    let after = Files::new(after);
    let mut report = after.report();
    let comparison = baseline.mark(&mut report, &after, Fate::Baselined);
    let fates = |fate: Fate| {
        let findings = report.files.iter().flat_map(|file| &file.report.findings);
        findings.filter(|marked| marked.fate == fate).count()
    };
    assert_eq!(fates(Fate::Baselined), comparison.kept + comparison.moved);
    assert_eq!(fates(Fate::Stands), comparison.new);
    assert_eq!(comparison.pruned.len(), comparison.kept + comparison.moved);
    assert_eq!(
        comparison.updated.len(),
        comparison.pruned.len() + comparison.new
    );
    let gone = comparison.stale.iter().map(|(_, count)| count).sum();
    (comparison.kept, comparison.moved, comparison.new, gone)
}

/// The same within one file.
fn edited(before: &str, after: &str) -> (usize, usize, usize, usize) {
    compared(&[("a.py", before)], &[("a.py", after)])
}

const POLL: &str = "\
import time


async def poll(names):
    first(names)
    time.sleep(1)
    last(names)


async def other():
    time.sleep(2)
";

#[test]
fn formatting_and_edits_around_bring_nothing_back() {
    assert_eq!(edited(POLL, POLL), (2, 0, 0, 0));
    let indented = POLL
        .replace("    ", "  ")
        .replace("time.sleep(1)", "time.sleep(\n    1,\n  )  # why");
    assert_eq!(edited(POLL, &indented), (2, 0, 0, 0));
    assert_eq!(edited(POLL, &format!("import os\n\n{POLL}")), (2, 0, 0, 0));
    assert_eq!(
        edited(
            POLL,
            &POLL.replace("first(names)", "if names:\n        first(names)")
        ),
        (2, 0, 0, 0)
    );
    let nested = POLL.replace(
        "    time.sleep(1)\n",
        "    if names:\n        time.sleep(1)\n",
    );
    assert_eq!(edited(POLL, &nested), (2, 0, 0, 0));
    // The whole file under a new condition.
    let lines = POLL.lines().skip(3).map(|line| format!("    {line}\n"));
    let deeper = format!("import time\nif True:\n{}", lines.collect::<String>());
    assert_eq!(edited(POLL, &deeper), (2, 0, 0, 0));
}

#[test]
fn code_is_followed_when_its_old_place_is_gone() {
    assert_eq!(
        edited(POLL, &POLL.replace("def poll", "def wait")),
        (1, 1, 0, 0)
    );
    assert_eq!(
        compared(&[("a.py", POLL)], &[("b/c.py", POLL)]),
        (0, 2, 0, 0)
    );
    let (poll, other) = POLL.split_at(POLL.find("async def other").unwrap());
    let other = format!("import time\n{other}");
    assert_eq!(
        compared(&[("a.py", POLL)], &[("a.py", poll), ("b.py", &other)]),
        (1, 1, 0, 0)
    );
    // The order of functions says nothing.
    let turned = format!("{other}\n\n{}", poll.replace("import time\n", ""));
    assert_eq!(edited(POLL, &turned), (2, 0, 0, 0));
}

#[test]
fn a_new_finding_is_never_swallowed() {
    // One more of the same.
    let twice = POLL.replace(
        "    time.sleep(1)\n",
        "    time.sleep(1)\n    time.sleep(1)\n",
    );
    assert_eq!(edited(POLL, &twice), (2, 0, 1, 0));
    // One mended, another made: elsewhere in the function, in another function, in another file.
    let mended = POLL.replace("    time.sleep(1)\n", "");
    let elsewhere = mended.replace(
        "    last(names)\n",
        "    last(names)\n    if names:\n        time.sleep(1.5)\n",
    );
    assert_eq!(edited(POLL, &elsewhere), (1, 0, 1, 1));
    let function = format!(
        "{mended}\n\nasync def third(names):\n    first(names)\n    time.sleep(1)\n    last(names)\n"
    );
    assert_eq!(edited(POLL, &function), (1, 0, 1, 1));
    let file = "import time\nasync def third(names):\n    time.sleep(1)\n";
    assert_eq!(
        compared(&[("a.py", POLL)], &[("a.py", &mended), ("b.py", file)]),
        (1, 0, 1, 1)
    );
    // A copy of a function, or of a file, is new code.
    let copy = format!(
        "{POLL}{}",
        POLL.replace("def poll", "def poll_again")
            .replace("def other", "def other_again")
    );
    assert_eq!(edited(POLL, &copy), (2, 0, 2, 0));
    assert_eq!(
        compared(&[("a.py", POLL)], &[("a.py", POLL), ("b.py", POLL)]),
        (2, 0, 2, 0)
    );
}

#[test]
fn a_changed_statement_is_known_by_its_surroundings() {
    let assigned = POLL.replace("    time.sleep(1)", "    done = time.sleep(1)");
    assert_eq!(edited(POLL, &assigned), (1, 1, 0, 0));
    let longer = "import time\nasync def f(a, b, c):\n    time.sleep(a.b.c.d + b.c.d.e + c)\n";
    assert_eq!(
        edited(longer, &longer.replace("+ c)", "+ a)")),
        (0, 1, 0, 0)
    );
    assert_eq!(
        edited(longer, &longer.replace("a.b.c.d + b.c.d.e + c", "a")),
        (0, 0, 1, 1)
    );
}

#[test]
fn what_is_mended_or_suppressed_is_gone() {
    assert_eq!(edited(POLL, "import time\n"), (0, 0, 0, 2));
    assert_eq!(
        edited(
            POLL,
            &POLL.replace(
                "sleep(1)",
                "sleep(1)  # hotlint: ignore[blocking-sleep-in-async]"
            )
        ),
        (1, 0, 0, 1)
    );
    assert_eq!(compared(&[("a.py", POLL)], &[]), (0, 0, 0, 2));
}

#[test]
fn paths_are_seen_from_the_folder_of_the_baseline() {
    let told = |path: &str, root: &str| relative(Path::new(path), Path::new(root));
    assert_eq!(told("/p/src/a.py", "/p"), "src/a.py");
    assert_eq!(told("/p/src/a.py", "/p/conf"), "../src/a.py");
}
