//! The pipeline: discover -> read -> check -> render or fix.

pub mod anchor;
pub mod baseline;
pub mod bundle;
pub mod cache;
mod cached;
pub mod changes;
pub mod check;
mod ci;
pub mod cli;
mod command;
pub mod config;
mod crash;
pub mod discover;
mod docs;
pub mod fix;
pub mod interpreters;
mod lsp;
pub mod measure;
mod mend;
mod migrate;
mod neighbours;
mod outcome;
mod output;
mod page;
pub mod policy;
pub mod profile;
mod progress;
pub mod project;
pub mod quiet;
pub mod rank;
mod ranking;
pub mod read;
pub mod render;
pub mod report;
pub mod rule_set;
mod shard;
mod stored;
pub mod suppress;
mod terminal;
pub mod verdict;
pub mod verify;
mod words;

use std::ffi::OsString;
use std::sync::Arc;

use hotlint_core::python::{Answered, STACK_SIZE};
use rayon::prelude::*;

use cache::Cache;
use check::{Asking, Setup};
use discover::{Input, Target};
use outcome::Linted;
use read::Reading;
use report::{Checked, Report};
use rustc_hash::FxHashMap;

pub use command::Exit;
pub use mend::Mode;
pub use outcome::Outcome;

/// Does what the command line says and returns the exit code: 0, 1 or 2.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    crash::install();
    let cli = match cli::parse(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody reads any more: then there is nobody to tell.
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Error.code()
            } else {
                Exit::Clean.code()
            };
        }
    };
    command::run(cli).code()
}

/// Checks `targets`, and mends them as `mode` says, on `threads` threads, or on one for each processor where it is 0.
/// The outcome is the same for any number of them, with and without a `cache`, and in the order of the targets. `step` is called
/// after each file.
pub fn lint(
    targets: &[Target],
    mode: Mode,
    threads: usize,
    cache: Option<&Cache>,
    step: impl Fn() + Sync,
) -> std::io::Result<Outcome> {
    let pool = pool(threads)?;
    let lint = |target: &Target| {
        let is_on_disk = matches!(target.input, Input::File(_));
        let linted = lint_file(target, mode, cache, Asking::Later { is_on_disk });
        step();
        linted
    };
    let mut files = pool.install(|| targets.par_iter().map(lint).collect::<Vec<_>>());
    if files.iter().any(|file| file.open.is_some()) {
        let asked = (targets.par_iter()).zip(&mut files);
        pool.install(|| asked.for_each(|(target, file)| settle(target, file, mode, cache)));
    }
    Ok(files.into_iter().fold(Outcome::of(targets), Outcome::with))
}

/// Asks other files what `file` has to know of them, now that all have been summarised. Where they have an answer, it is looked at again.
fn settle(target: &Target, file: &mut Linted, mode: Mode, cache: Option<&Cache>) {
    let Some((open, waiting)) = file.open.take() else {
        return;
    };
    let project = &target.config.project;
    match project.answers(open) {
        Ok(seen) => {
            debug_assert_eq!(
                file.found().collect::<Vec<_>>(),
                (lint_file(target, mode, None, Asking::AtOnce).found()).collect::<Vec<_>>(),
                "asking later misses or invents findings in {}",
                target.shown
            );
            if let (Some(cache), Some(key)) = (cache, waiting) {
                cache.settle(key, &seen.places(), project);
            }
        }
        Err(Answered) => *file = lint_file(target, mode, cache, Asking::AtOnce),
    }
}

/// One file, from its bytes to what is said about it.
fn lint_file(target: &Target, mode: Mode, cache: Option<&Cache>, asking: Asking) -> Linted {
    lint_whole(target, mode, cache, asking).without_idle_text()
}

/// The same, with the text, whether or not there is anything to say about it.
fn lint_whole(target: &Target, mode: Mode, cache: Option<&Cache>, asking: Asking) -> Linted {
    let linted = crash::guard(|| {
        let settings = &target.config.settings;
        let reading = match &target.input {
            Input::File(path) => match cache {
                Some(cache) if mode == Mode::Report => {
                    return cached::file(target, path, cache, asking);
                }
                _ => read::file(path, &target.shown, settings.max_file_size),
            },
            Input::Given(path, bytes) => read::text(bytes.to_vec(), path, &target.shown),
            Input::Buffer(path, text) => {
                let size = text.len() as u64;
                match settings.max_file_size.filter(|limit| size > *limit) {
                    None => read::buffer(text, path, &target.shown),
                    limit => read::taken(Ok(Err(size)), path, &target.shown, limit),
                }
            }
            Input::Stdin => read::stdin(&target.shown, settings.max_file_size),
        };
        match reading {
            Reading::Text(source, origin) => {
                let setup = setup(target, source.text());
                match mode {
                    Mode::Report => Linted::checked(source, origin, &Setup { asking, ..setup }),
                    mode => mend::file(source, origin, &setup, settings.unsafe_fixes, mode),
                }
            }
            Reading::Refused(source, origin, problem) => Linted::refused(source, origin, problem),
            Reading::Foreign => Linted::default(),
        }
    });
    linted.unwrap_or_else(|crash| crash::report(target, &crash))
}

/// Mends the findings that stand in `report`, the outcome of checking `targets`, as `mode` says.
///
/// # Errors
/// When there are no threads to be had.
pub fn mend_standing(
    report: Report,
    targets: &[Target],
    mode: Mode,
    threads: usize,
) -> std::io::Result<Outcome> {
    let by_name: FxHashMap<&str, &Target> =
        (targets.iter().map(|target| (target.shown.as_str(), target))).collect();
    let mend = |file: Checked| {
        let Some(target) = by_name.get(file.source.path()) else {
            return Linted::default();
        };
        let setup = setup(target, file.source.text());
        mend::standing(file, &setup, target.config.settings.unsafe_fixes, mode)
    };
    let files =
        pool(threads)?.install(|| report.files.into_par_iter().map(mend).collect::<Vec<_>>());
    Ok(files.into_iter().fold(Outcome::of(targets), Outcome::with))
}

fn pool(threads: usize) -> std::io::Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .stack_size(STACK_SIZE)
        .build()
        .map_err(std::io::Error::other)
}

/// What decides about a file with this `text`.
pub fn setup(target: &Target, text: &str) -> Setup {
    Setup {
        asking: Asking::AtOnce,
        types: None,
        python: target.config.versions(text),
        policy: target.config.settings.policy.clone(),
        project: (target.config.settings.looks_further())
            .then(|| Arc::clone(&target.config.project)),
    }
}
