//! The pipeline: discover -> read -> check -> render or fix.

pub mod check;
pub mod cli;
mod command;
pub mod config;
mod crash;
pub mod discover;
pub mod fix;
pub mod interpreters;
pub mod measure;
pub mod policy;
mod progress;
pub mod quiet;
pub mod read;
pub mod render;
pub mod report;
pub mod suppress;
mod terminal;

use std::ffi::OsString;

use clap::Parser as _;
use rayon::prelude::*;

use check::{FileReport, Setup};
use discover::{Input, Target};
use read::Reading;
use report::{Checked, Report};

pub use command::Exit;

/// Stack of each thread that visits trees; only what is used of it takes memory.
const STACK: usize = 256 << 20;

/// Does what the command line says and returns the exit code: 0, 1 or 2.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    crash::install();
    let cli = match cli::Cli::try_parse_from(cli::with_command(args)) {
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

/// Checks `targets` on `threads` threads, or on one for each processor where it is 0. The report is the same for any
/// number of them. `step` is called after each file.
pub fn lint(targets: &[Target], threads: usize, step: impl Fn() + Sync) -> std::io::Result<Report> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .stack_size(STACK)
        .build()
        .map_err(std::io::Error::other)?;
    let lint = |target| {
        let checked = lint_file(target);
        step();
        checked
    };
    let files = pool.install(|| targets.par_iter().filter_map(lint).collect());
    Ok(Report {
        files,
        checked: targets.len(),
    })
}

/// One file; `None` when there is nothing to say about it, so that its text can go.
fn lint_file(target: &Target) -> Option<Checked> {
    let checked = crash::guard(|| {
        let limit = target.config.settings.max_file_size;
        let reading = match &target.input {
            Input::File(path) => read::file(path, &target.shown, limit),
            Input::Stdin => read::stdin(&target.shown, limit),
        };
        match reading {
            Reading::Text(source, origin) => {
                let report = check::check(&source, &setup(target, source.text()));
                Some(Checked {
                    source,
                    origin,
                    report,
                })
            }
            Reading::Refused(source, origin, problem) => {
                let report = FileReport {
                    findings: Vec::new(),
                    problems: vec![problem],
                };
                Some(Checked {
                    source,
                    origin,
                    report,
                })
            }
            Reading::Foreign => None,
        }
    });
    let checked = checked.unwrap_or_else(|crash| Some(crash::report(target, &crash)))?;
    let FileReport { findings, problems } = &checked.report;
    (!findings.is_empty() || !problems.is_empty()).then_some(checked)
}

/// What decides about a file with this `text`.
pub fn setup(target: &Target, text: &str) -> Setup {
    Setup {
        python: target.config.versions(text),
        policy: target.config.settings.policy.clone(),
    }
}
