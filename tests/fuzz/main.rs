//! Any bytes: no panic, no hang, no flood of memory; and what parses still parses when it is fixed.
//!
//! Its own mutator, for it has to run wherever the tests do. Bounded and the same in every run; `HOTLINT_FUZZ=100000` looks longer, and
//! `HOTLINT_SEED=7` elsewhere, `HOTLINT_SEEDS=FOLDER` from the Python files there as well. What it finds is stored in
//! `tests/fuzz/found`, and tried first from then on.

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hotlint::check::{Setup, check};
use hotlint::fix::fix_to_fixpoint;
use hotlint::policy::Policy;
use hotlint::quiet::Quiet;
use hotlint::read::{Reading, text};
use hotlint::verdict::ProblemKind;
use hotlint_core::lint::{ExampleKind, FixLevel, Severity, examples};
use hotlint_core::python::{STACK_SIZE, Source, Versions};

/// One input may take so long, on a machine that does other things as well.
const PATIENCE: Duration = Duration::from_secs(120);
/// One input may take so much memory, and so many bytes for each of its own.
const BYTES: usize = 64 << 20;
const BYTES_EACH: usize = 20_000;
/// Files from elsewhere are no longer than this: a mutant of a short file says as much.
const LONGEST_SEED: usize = 50_000;

/// The system's allocator, with a note of how much is in use.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator as it comes.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = IN_USE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What is inserted: words and signs that decide how a text is read.
const WORDS: [&str; 48] = [
    "for ",
    "in ",
    "if ",
    "else",
    "lambda x: ",
    "await ",
    "async ",
    "yield ",
    "def f(",
    "class C:",
    "with ",
    "try:",
    "import ",
    "from ",
    "return ",
    "match x:",
    "case ",
    "type X = ",
    "not ",
    "is ",
    "*",
    "**",
    ":=",
    "=",
    "+=",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"\"\"",
    "f\"{",
    "}\"",
    "\\\n",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "    ",
    "#",
    ";",
    ",",
    "\u{feff}",
    "\u{c}",
    "𝔘",
    "# hotlint: ignore",
];

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % end.max(1)
    }
}

fn number(variable: &str, usual: usize) -> usize {
    let asked = std::env::var(variable).ok();
    asked.and_then(|asked| asked.parse().ok()).unwrap_or(usual)
}

fn found() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/found")
}

/// What was found before, by file name.
fn known() -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(found()).into_iter().flatten().flatten();
    let mut known: Vec<_> = entries
        .map(|entry| {
            (
                entry.file_name().to_string_lossy().into_owned(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .collect();
    known.sort();
    known
}

/// All programs of the pages, of the fixtures, and of the folder that was asked for.
fn seeds() -> Vec<Vec<u8>> {
    let pages = hotlint_rules::all()
        .iter()
        .flat_map(|rule| examples(rule.page));
    let mut seeds: Vec<Vec<u8>> = pages
        .filter(|example| example.kind != ExampleKind::Input)
        .map(|example| example.code.into_bytes())
        .collect();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")];
    folders.extend(std::env::var_os("HOTLINT_SEEDS").map(PathBuf::from));
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .flatten()
            .map(|entry| entry.path())
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "py") {
                seeds.push(fs::read(path).unwrap());
            }
        }
    }
    seeds.retain(|seed| seed.len() <= LONGEST_SEED);
    seeds
}

fn mutated(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = seeds[random.below(seeds.len())].clone();
    // Lines of another program, at the depth where they are put.
    if random.below(3) == 0 {
        let other = &seeds[random.below(seeds.len())];
        let (from, to) = (random.below(other.len()), random.below(bytes.len()));
        let line = |bytes: &[u8], at: usize| {
            bytes[..at.min(bytes.len())]
                .iter()
                .rposition(|b| *b == b'\n')
                .map_or(0, |end| end + 1)
        };
        let (from, to) = (line(other, from), line(&bytes, to));
        let end = line(other, from + random.below(other.len() - from + 1)).max(from);
        bytes.splice(to..to, other[from..end].iter().copied());
    }
    for _ in 0..random.below(6) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(12)).min(bytes.len());
        match random.below(8) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let copy = bytes[at..end].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            2 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            3 => {
                let byte = u8::try_from(random.below(256)).unwrap_or_default();
                bytes.insert(at, byte);
            }
            // Deep nesting, and long lines.
            4 if random.below(8) == 0 => {
                let sign = [b'(', b'[', b'{', b'-', b' '][random.below(5)];
                bytes.splice(at..at, vec![sign; random.below(3000)]);
            }
            _ => {
                let word = WORDS[random.below(WORDS.len())];
                bytes.splice(at..at, word.bytes());
            }
        }
    }
    bytes
}

/// What is wrong with what becomes of `bytes`, as a file of that name.
fn wrong(bytes: &[u8], name: &str, setup: &Setup) -> Option<String> {
    let (source, before) = match text(bytes.to_vec(), Path::new(name), name) {
        Reading::Text(source, _) => {
            let report = check(&source, setup);
            let parses = !report
                .problems
                .iter()
                .any(|it| matches!(it.kind, ProblemKind::Syntax | ProblemKind::TooDeep));
            (source, parses)
        }
        Reading::Refused(..) | Reading::Foreign => return None,
    };
    for level in [FixLevel::Safe, FixLevel::Unsafe] {
        let fixed = fix_to_fixpoint(&source, setup, level);
        if let Some(bug) = fixed.bugs.first() {
            return Some(bug.to_string());
        }
        let now = fixed.source.text();
        if now.len() > 4 * source.text().len() + 4096 {
            return Some("the text grows".to_owned());
        }
        let copy = Source::new(name, now, fixed.source.kind().clone());
        let problems = check(&copy, setup).problems;
        if before && problems.iter().any(|it| it.kind == ProblemKind::Syntax) {
            return Some(format!("what parsed does not parse any more:\n{now}"));
        }
        if problems.iter().any(|it| it.kind == ProblemKind::Internal) {
            return Some("a rule crashed".to_owned());
        }
    }
    None
}

/// Tries each input on a thread with the stack that the program gives itself; the words for the first that fails.
fn try_all(inputs: impl Iterator<Item = (String, Vec<u8>)> + Send + 'static) -> usize {
    let (send, receive) = channel();
    let now = Arc::new(Mutex::new((String::new(), Vec::new())));
    let tried = now.clone();
    let work = move || {
        let rules = hotlint_rules::all().iter();
        let severities = rules.map(|_| Some(Severity::Warning)).collect();
        let setup = Setup {
            python: Versions::default(),
            policy: Arc::new(Policy::new(severities, Quiet::default())),
            ..Setup::default()
        };
        for (name, bytes) in inputs {
            *tried.lock().unwrap() = (name.clone(), bytes.clone());
            let before = IN_USE.load(Ordering::Relaxed);
            PEAK.store(before, Ordering::Relaxed);
            let what = catch_unwind(AssertUnwindSafe(|| wrong(&bytes, &name, &setup)));
            let what = what.unwrap_or_else(|_| Some("a panic".to_owned()));
            let taken = PEAK.load(Ordering::Relaxed).saturating_sub(before);
            let what = what.or_else(|| {
                (taken > BYTES + BYTES_EACH * bytes.len())
                    .then(|| format!("{taken} bytes of memory"))
            });
            if send.send(what.map(|what| (name, bytes, what))).is_err() {
                return;
            }
        }
    };
    let worker = std::thread::Builder::new()
        .stack_size(STACK_SIZE)
        .spawn(work)
        .unwrap();
    let (mut count, mut failures) = (0, Vec::new());
    loop {
        match receive.recv_timeout(PATIENCE) {
            Ok(None) => count += 1,
            Ok(Some(failure)) => {
                count += 1;
                failures.push(failure);
            }
            Err(RecvTimeoutError::Timeout) => {
                let (name, bytes) = now.lock().unwrap().clone();
                panic!("{name}: no end:\n{}", String::from_utf8_lossy(&bytes));
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    worker.join().unwrap();
    if std::env::var_os("HOTLINT_FUZZ").is_some() {
        for (number, (name, bytes, _)) in failures.iter().enumerate() {
            let name = if name.ends_with("ipynb") {
                "ipynb"
            } else {
                "py"
            };
            fs::write(found().join(format!("new-{number}.{name}")), bytes).unwrap();
        }
    }
    let told: Vec<String> = failures
        .iter()
        .map(|(name, bytes, what)| {
            format!(
                "{name}: {what}\nof\n{}\n----\n",
                String::from_utf8_lossy(bytes)
            )
        })
        .collect();
    assert!(told.is_empty(), "{}", told.concat());
    count
}

#[test]
fn what_was_found_before_does_not_come_back() {
    try_all(known().into_iter());
}

#[test]
fn any_bytes_are_taken() {
    let seeds = seeds();
    assert!(seeds.len() > 100);
    let mut random =
        Random((number("HOTLINT_SEED", 1) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let inputs = number("HOTLINT_FUZZ", 1500);
    let all = (0..inputs).map(move |number| {
        let bytes = mutated(&seeds, &mut random);
        match number % 16 {
            // A notebook of the same lines.
            15 => {
                let lines = String::from_utf8_lossy(&bytes).into_owned();
                let cell = serde_json::json!({
                    "cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": lines,
                });
                let cells = [cell.clone(), cell];
                let notebook = serde_json::json!({ "cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 2 });
                ("fuzz.ipynb".to_owned(), notebook.to_string().into_bytes())
            }
            _ => ("fuzz.py".to_owned(), bytes),
        }
    });
    assert_eq!(try_all(all), inputs);
}
