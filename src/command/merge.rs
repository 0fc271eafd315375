//! `hotlint merge`: the reports of several runs as those of one.

use std::io;
use std::path::PathBuf;

use super::Exit;
use super::check::{show, silent_note, verdict};

use super::run::Run;
use crate::baseline::Known;
use crate::bundle::{self, BundleError};
use crate::cli;
use crate::output::outputs;
use crate::ranking::{Ranking, least};
use crate::render::Tally;
use crate::report::Report;
use crate::terminal::Terminal;
use crate::verdict::Fate;
use crate::words::reason;

/// Runs the command.
///
/// # Errors
/// When the result cannot be written.
pub fn run(mut check: cli::Check, terminal: Terminal) -> io::Result<Exit> {
    let bundles = std::mem::take(&mut check.paths);
    if bundles.is_empty() {
        terminal
            .error("no reports to merge; `hotlint check --output-format bundle:FILE` writes them");
        return Ok(Exit::Error);
    }
    // The files themselves are needed for what a baseline says of them, and nothing else.
    let Some(run) = Run::new(&check, terminal)? else {
        return Ok(Exit::Error);
    };
    let settings = run.configs.of_run().settings;
    let wanted = outputs(
        &check.output_format,
        check.output_file.as_ref(),
        settings.output_format,
    );
    let known = Known::read(&settings, check.baseline.is_some(), terminal);
    let read = wanted.and_then(|outputs| Ok((outputs, known?, merged(&bundles)?)));
    let (outputs, known, mut report) = match read {
        Ok(read) => read,
        Err(message) => {
            terminal.error(message);
            return Ok(Exit::Error);
        }
    };
    let mut exit = run.exit;
    if let Some(known) = known {
        // Each part knew a part of the baseline's business.
        let findings = report
            .files
            .iter_mut()
            .flat_map(|file| &mut file.report.findings);
        for marked in findings.filter(|marked| marked.fate == Fate::Baselined) {
            marked.fate = settings.policy.fate_of(&marked.finding);
        }
        exit = exit.max(known.mark(&run, &mut report, terminal)?);
    }
    // What the parts were ranked by holds; where they were not, a profile that is named here does.
    match report.ranking.take() {
        Some(mut ranking) => {
            ranking.least = least(&check.heat, &settings).or(ranking.least);
            ranking.settle(&mut report);
            report.ranking = Some(ranking);
        }
        None => match Ranking::new(&check.heat, &settings, run.configs.cwd(), terminal) {
            Ok(Some(heat)) => exit = exit.max(heat.rank(&mut report, run.all(), terminal)),
            Ok(None) => {}
            Err(message) => {
                terminal.error(message);
                return Ok(Exit::Error);
            }
        },
    }
    let below = crate::ci::below(run.configs.cwd());
    show(&check, &outputs, &report, &below, false, terminal)?;
    terminal.note(format_args!(
        "{}{}",
        Tally::of(&report),
        silent_note(&report)
    ));
    let hot = (check.heat.fail_on_hot).filter(|_| report.ranking.is_some());
    Ok(exit.max(verdict(&report, &settings, hot, check.exit_zero)))
}

fn merged(bundles: &[PathBuf]) -> Result<Report, String> {
    let read = |path: &PathBuf| {
        let shown = path.display();
        let bytes = std::fs::read(path)
            .map_err(|error| format!("cannot read {shown}: {}", reason(&error)))?;
        bundle::read(&bytes).map_err(|error| format!("cannot read {shown}: {error}"))
    };
    let reports = bundles.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    bundle::merged(reports).map_err(|error: BundleError| error.to_string())
}
