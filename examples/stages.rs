//! Where the time of a run goes, stage by stage, on one thread: `cargo run --release --example stages -- PATH`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hotlint::check::{Setup, check};
use hotlint::policy::Policy;
use hotlint::quiet::Quiet;
use hotlint_core::lint::{Cx, Severity};
use hotlint_core::python::{Facts, STACK_SIZE, Source, Versions, parse};
use ruff_python_ast::PySourceType;
use ruff_python_parser::parse_unchecked_source;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let run = std::thread::Builder::new()
        .stack_size(STACK_SIZE)
        .spawn(stages);
    if let Ok(run) = run {
        let _ = run.join();
    }
}

fn stages() {
    let severities = hotlint_rules::all().iter().map(|_| Some(Severity::Warning));
    let setup = Setup {
        python: Versions::default(),
        policy: Arc::new(Policy::new(severities.collect(), Quiet::default())),
        ..Setup::default()
    };
    let mut total = [Duration::ZERO; 8];
    let files = std::env::args()
        .skip(1)
        .flat_map(|root| ignore::WalkBuilder::new(root).build())
        .flatten()
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "py")
        });
    let mut nodes = 0;
    for entry in files {
        let mut last = Instant::now();
        let mut lap = |stage: usize| {
            let now = Instant::now();
            total[stage] += now - last;
            last = now;
        };
        let Ok(text) = std::fs::read_to_string(entry.path()) else {
            continue;
        };
        lap(0);
        drop(parse_unchecked_source(&text, PySourceType::Python));
        lap(1);
        let source = Source::module("file.py", text);
        let Ok(parsed) = parse(&source) else { continue };
        lap(2);
        let Ok(facts) = Facts::new(&source, &parsed, setup.python) else {
            continue;
        };
        nodes += facts.tree.nodes().len();
        lap(3);
        facts.warm();
        lap(4);
        let cx = Cx::new(facts);
        let found = setup.policy.dispatch.run(&cx);
        lap(5);
        drop((found, cx));
        drop(parsed);
        lap(6);
        drop(check(&source, &setup));
        lap(7);
    }
    let names = [
        "read",
        "leanest parse and drop",
        "parse with depth",
        "tree",
        "symbols",
        "rules",
        "drop",
        "check, whole",
    ];
    for (name, time) in names.iter().zip(total) {
        println!("{name:24} {:.3} s", time.as_secs_f64());
    }
    println!("{nodes} nodes");
}
