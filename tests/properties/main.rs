//! Fixes of programs that are like those of the pages, but not the same: what holds for every one of them.
//!
//! Bounded and the same in every run; `HOTLINT_MUTANTS=200` looks longer, and `HOTLINT_SEED=7` elsewhere.

mod mutants;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use hotlint::check::{Setup, check};
use hotlint::fix::{Fixed, fix_to_fixpoint};
use hotlint::interpreters::installed;
use hotlint::policy::Policy;
use hotlint::quiet::Quiet;
use hotlint_core::lint::{FixLevel, RuleEntry, Severity, examples, pairs};
use hotlint_core::python::{PythonVersion, Source, Versions};
use mutants::{Random, comments_of, mutant};
use ruff_python_ast::PythonVersion as Target;
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

fn number(variable: &str, usual: usize) -> usize {
    let asked = std::env::var(variable).ok();
    asked.and_then(|asked| asked.parse().ok()).unwrap_or(usual)
}

fn setup(minor: Option<u8>, wanted: impl Fn(&RuleEntry) -> bool) -> Setup {
    let oldest = PythonVersion {
        major: 3,
        minor: minor.unwrap_or(9),
    };
    let rules = hotlint_rules::all().iter();
    let severities = rules.map(|rule| wanted(rule).then_some(Severity::Warning));
    Setup {
        python: Versions::since(oldest),
        policy: Arc::new(Policy::new(severities.collect(), Quiet::default())),
        ..Setup::default()
    }
}

fn fixed(text: &str, setup: &Setup, allowed: FixLevel) -> Fixed {
    fix_to_fixpoint(&Source::module("example.py", text), setup, allowed)
}

/// How many findings each rule has.
fn findings(text: &str, setup: &Setup) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for marked in check(&Source::module("example.py", text), setup).findings {
        *counts.entry(marked.finding.rule).or_default() += 1;
    }
    counts
}

/// What Python of that version does not understand, and other errors.
fn errors(text: &str, minor: u8) -> usize {
    let options = ParseOptions::from(Mode::Module).with_target_version(Target { major: 3, minor });
    let parsed = parse_unchecked(text, options);
    parsed.errors().len() + parsed.unsupported_syntax_errors().len()
}

/// What is wrong with the fixes of a program, by one rule or all.
fn broken(
    text: &str,
    minor: Option<u8>,
    own: &Setup,
    all: &Setup,
    allowed: FixLevel,
) -> Option<String> {
    let done = fixed(text, own, allowed);
    let after = done.source.text();
    if let Some(bug) = done.bugs.first() {
        return Some(bug.to_string());
    }
    if after == text {
        return None;
    }
    for minor in minor.unwrap_or(9)..=14 {
        if errors(after, minor) > errors(text, minor) {
            return Some(format!("does not parse on Python 3.{minor}:\n{after}"));
        }
    }
    let again = fixed(after, own, allowed);
    if again.source.text() != after {
        return Some(format!(
            "not idempotent:\n{after}\nand then\n{}",
            again.source.text()
        ));
    }
    if comments_of(text) != comments_of(after) {
        return Some(format!("comments were lost or moved:\n{after}"));
    }
    let mixes = |text: &str| text.contains("\r\n") && text.replace("\r\n", "").contains('\n');
    if mixes(after) && !mixes(text) {
        return Some(format!("line ends are mixed:\n{after:?}"));
    }
    let indented = |text: &str, by: &str| text.lines().any(|line| line.starts_with(by));
    if indented(text, "\t") && !indented(text, " ") && indented(after, " ") {
        return Some(format!("indentation is mixed:\n{after}"));
    }
    let before = findings(text, all);
    for (rule, count) in findings(after, all) {
        if count > before.get(rule).copied().unwrap_or(0) {
            return Some(format!("`{rule}` fires on the result:\n{after}"));
        }
    }
    None
}

#[test]
fn fixes_of_mutants_leave_good_programs() {
    let all = setup(None, |_| true);
    let (mut wrong, mut tried, mut fixes) = (String::new(), 0, 0);
    for rule in hotlint_rules::all()
        .iter()
        .filter(|rule| rule.fix.is_some_and(|level| level != FixLevel::Display))
    {
        let mut random = Random::new(
            number("HOTLINT_SEED", 1) as u64 ^ rule.name.bytes().map(u64::from).sum::<u64>(),
        );
        for example in examples(rule.page)
            .iter()
            .filter(|example| example.kind != hotlint_core::lint::ExampleKind::Input)
        {
            let own = setup(example.minor, |other| other.name == rule.name);
            for _ in 0..number("HOTLINT_MUTANTS", 6) {
                let Some(text) = mutant(&example.code, &mut random, false) else {
                    continue;
                };
                tried += 1;
                for allowed in [FixLevel::Safe, FixLevel::Unsafe] {
                    let rules = [&own, &all];
                    for setup in rules {
                        fixes += usize::from(fixed(&text, setup, allowed).source.text() != text);
                        if let Some(what) = broken(&text, example.minor, setup, &all, allowed) {
                            let _ = writeln!(
                                wrong,
                                "{} ({allowed:?}): {what}\nof\n{text}\n----",
                                rule.name
                            );
                        }
                    }
                }
            }
        }
    }
    println!("{tried} mutants, {fixes} of them fixed");
    assert!(fixes > 100, "the mutants are not what rules look for");
    assert!(wrong.is_empty(), "{wrong}");
}

/// Rules on code that copies a dict or a set again and again, and compares its keys each time: a fix that did not take that away would
/// be none.
const REPEAT: [&str; 2] = ["quadratic-dict-merge", "quadratic-set-union"];

/// Rules with a fix whose programs no test can run, and why.
const NOT_RUN: [(&str, &str); 9] = [
    ("blocking-sleep-in-async", "an event loop has no result"),
    ("fk-id-via-relation", "needs Django and a database"),
    ("indirect-blocking-in-async", "an event loop has no result"),
    ("pool-lambda-star", "starts processes"),
    ("queryset-len", "needs Django and a database"),
    ("queryset-truthiness", "needs Django and a database"),
    ("timedelta-seconds-ttl", "the result is a time of day"),
    ("wall-clock-for-duration", "the result is a time of day"),
    ("wall-clock-ttl", "the result is a time of day"),
];

/// The fixes of pages' programs and their mutants, as jobs for Python: whatever the input is for safe ones, and for usual inputs only
/// where they are unsafe.
fn jobs(minor: u8, mutants: usize) -> Vec<serde_json::Value> {
    let mut jobs = Vec::new();
    for rule in hotlint_rules::all()
        .iter()
        .filter(|rule| rule.fix.is_some())
    {
        let mut random = Random::new(
            number("HOTLINT_SEED", 1) as u64 ^ rule.name.bytes().map(u64::from).sum::<u64>(),
        );
        for pair in pairs(rule.page) {
            let Some(input) = &pair.input else { continue };
            let needed = [Some(&pair.bad), pair.good.as_ref(), Some(input)];
            if needed
                .iter()
                .flatten()
                .any(|half| half.minor.is_some_and(|oldest| oldest > minor))
            {
                continue;
            }
            let own = setup(pair.bad.minor, |other| other.name == rule.name);
            let all = setup(pair.bad.minor, |_| true);
            let programs = std::iter::once(Some(pair.bad.code.clone()))
                .chain((0..mutants).map(|_| mutant(&pair.bad.code, &mut random, true)));
            for before in programs.flatten() {
                let mut seen = vec![before.clone()];
                for (setup, level) in [
                    (&own, FixLevel::Safe),
                    (&all, FixLevel::Safe),
                    (&own, FixLevel::Unsafe),
                ] {
                    let after = fixed(&before, setup, level).source.text().to_owned();
                    if seen.contains(&after) {
                        continue;
                    }
                    seen.push(after.clone());
                    jobs.push(serde_json::json!({
                        "name": rule.name, "repeats": REPEAT.contains(&rule.name), "before": before, "after": after, "input": input.code,
                        "safe": level == FixLevel::Safe,
                    }));
                }
            }
        }
    }
    jobs
}

/// What is wrong with the rules that were run: one with a fix that no job tried, or one that needs no excuse.
fn untried(run: &[(String, bool)]) -> Vec<String> {
    let fixing = |rule: &&RuleEntry| rule.fix.is_some_and(|level| level != FixLevel::Display);
    let rules = hotlint_rules::all().iter().filter(fixing);
    let mut wrong: Vec<String> = rules
        .filter_map(|rule| {
            let excused = NOT_RUN.iter().any(|(name, _)| *name == rule.name);
            let safe = rule.fix == Some(FixLevel::Safe);
            let tried = run
                .iter()
                .any(|(name, was)| name == rule.name && (*was || !safe));
            match (tried, excused) {
                (false, false) => Some(format!(
                    "no program shows that the fix of `{}` changes nothing",
                    rule.name
                )),
                (true, true) => Some(format!("`{}` is run: it needs no excuse", rule.name)),
                _ => None,
            }
        })
        .collect();
    let gone = NOT_RUN
        .iter()
        .filter(|(name, _)| hotlint_rules::find(name).is_none());
    wrong.extend(gone.map(|(name, _)| format!("there is no rule `{name}` to excuse")));
    wrong
}

#[test]
fn safe_fixes_change_nothing_that_a_caller_can_see() {
    let found = installed();
    let is_long = std::env::var_os("HOTLINT_MUTANTS").is_some();
    // The oldest and the newest differ most.
    let wanted = match (is_long, found.as_slice()) {
        (false, [first, .., last]) => vec![first, last],
        _ => found.iter().collect(),
    };
    let mut wrong = String::new();
    let mut run = Vec::new();
    for python in wanted {
        let jobs = jobs(python.minor, number("HOTLINT_MUTANTS", 2));
        run.extend(
            jobs.iter()
                .filter_map(|job| Some((job["name"].as_str()?.to_owned(), job["safe"].as_bool()?))),
        );
        assert!(
            jobs.len() > 50,
            "only {} programs with a safe fix can run",
            jobs.len()
        );
        let sizes: &[usize] = if is_long {
            &[0, 1, 2, 7, 40, 3000]
        } else {
            &[0, 1, 7]
        };
        let fuses: &[usize] = if is_long {
            &[1, 2, 3, 5, 8, 13, 21, 34]
        } else {
            &[1, 4, 9]
        };
        let task = serde_json::json!({ "jobs": jobs, "sizes": sizes, "fuses": fuses });
        let mut child = Command::new(&python.path)
            .args(["-c", include_str!("driver.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the interpreter answered before");
        let stdin = child.stdin.take().expect("piped");
        serde_json::to_writer(stdin, &task).expect("the interpreter reads");
        let output = child.wait_with_output().expect("the interpreter ends");
        let told = String::from_utf8_lossy(&output.stdout);
        let failed = String::from_utf8_lossy(&output.stderr);
        if told.trim() != format!("ran {}", jobs.len()) {
            let _ = writeln!(wrong, "Python 3.{}:\n{told}{failed}", python.minor);
        }
    }
    let untried = untried(&run);
    assert!(untried.is_empty(), "{}", untried.join("\n"));
    assert!(wrong.is_empty(), "{wrong}");
}
