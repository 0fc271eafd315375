//! `hotlint check`.

use std::io;
use std::mem::ManuallyDrop;
use std::time::Instant;

use hotlint_core::lint::Severity;

use super::run::Run;
use super::{Exit, config, verify};
use crate::baseline::Known;
use crate::changes::Changes;
use crate::ci;
use crate::cli;
use crate::config::Settings;
use crate::discover::Input;
use crate::output::{Output, outputs};
use crate::ranking::Ranking;
use crate::render::{self, Style, Tally};
use crate::report::Report;
use crate::terminal::Terminal;
use crate::verdict::{Fate, Join, Marked, ProblemKind};
use crate::words::{plural, reason};
use crate::{Mode, Outcome};

/// Fixes may bring others to light; those that do so for ever are stopped.
const MOST_ROUNDS: usize = 20;

/// Runs the command.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &cli::Check, terminal: Terminal) -> io::Result<Exit> {
    let start = Instant::now();
    let Some(run) = Run::new(args, terminal)? else {
        return Ok(Exit::Error);
    };
    // The process ends with the command: what is known of a large project would be taken apart for nobody.
    let mut run = ManuallyDrop::new(run);
    let settings = run.configs.of_run().settings;
    let wanted = outputs(
        &args.output_format,
        args.output_file.as_ref(),
        settings.output_format,
    );
    let known = Known::read(&settings, args.baseline.is_some(), terminal);
    let (outputs, known) = match wanted.and_then(|outputs| Ok((outputs, known?))) {
        Ok(wanted) => wanted,
        Err(message) => {
            terminal.error(message);
            return Ok(Exit::Error);
        }
    };
    let heat = match Ranking::new(&args.heat, &settings, run.configs.cwd(), terminal) {
        Ok(heat) => heat,
        Err(message) => {
            terminal.error(message);
            return Ok(Exit::Error);
        }
    };
    let mut changes = match run.narrow(args) {
        Ok(changes) => changes,
        Err(message) => {
            terminal.error(message);
            return Ok(Exit::Error);
        }
    };
    let mut exit = run.exit;
    if args.show_files {
        terminal.print(|out| {
            run.targets
                .iter()
                .try_for_each(|it| writeln!(out, "{}", it.shown))
        })?;
        return Ok(exit);
    }
    if args.show_settings {
        let first = run.targets.first().map(|target| target.config.clone());
        let resolved = first.unwrap_or_else(|| run.configs.of_run());
        terminal.print(|out| config::settings(&resolved, out))?;
        return Ok(exit);
    }
    if run.targets.is_empty() && exit == Exit::Clean && changes.is_none() {
        terminal.warn("no Python files found; `--show-files` lists what is checked");
    }
    if terminal.verbosity > 0 {
        let path = settings.path.as_deref();
        let path = path.map_or("no configuration file".into(), |path| {
            crate::words::shown(path, run.configs.cwd())
        });
        let rules = settings.policy.selected().count();
        terminal.note(format_args!(
            "{path}, {rules} rules, {} files",
            run.targets.len()
        ));
    }

    let proved = match args.wish() {
        None => None,
        Some(wish) => match verify::run(&run, args, wish, terminal)? {
            Ok(kept) => Some(kept),
            Err(message) => {
                terminal.error(message);
                return Ok(Exit::Error);
            }
        },
    };
    let mode = match (args.fixes() && proved.is_none(), args.diff) {
        (true, _) => Mode::Fix,
        (_, true) => Mode::Diff {
            color: terminal.stdout_style().color,
        },
        _ => Mode::Report,
    };
    let mut outcome = match &changes {
        Some(_) => match changed(args, mode, &mut run, &mut changes, terminal)? {
            Ok(outcome) => outcome,
            Err(message) => {
                terminal.error(message);
                return Ok(Exit::Error);
            }
        },
        None => run.lint(args, mode, terminal)?,
    };
    outcome.fixed += proved.unwrap_or_default();
    terminal.print(|out| out.write_all(&outcome.output))?;
    let mut report = outcome.report;
    if let Some(known) = known.filter(|_| !args.diff) {
        exit = exit.max(known.mark(&run, &mut report, terminal)?);
    }
    if let Some(heat) = &heat {
        exit = exit.max(heat.rank(&mut report, run.all(), terminal));
    }
    if args.fix_only {
        // What is left is for another run to tell; what could not be read or written is not.
        report
            .files
            .iter_mut()
            .for_each(|file| file.report.findings.clear());
    }
    let reads_stdin = run.targets.iter().any(|it| it.input == Input::Stdin);
    let mends_stdin = mode == Mode::Fix && reads_stdin;
    if mends_stdin && outcome.output.is_empty() && !report.files.is_empty() {
        // Who takes standard output for the mended file must not lose the file.
        exit = Exit::Error;
    }
    let takes_stdout = mends_stdin || args.diff;
    let below = ci::below(run.configs.cwd());
    show(args, &outputs, &report, &below, takes_stdout, terminal)?;
    if args.diff {
        let would = plural(outcome.fixed, "finding");
        terminal.note(format_args!("{would} would be fixed."));
    } else if !run.targets.is_empty() {
        let tally = Tally {
            fixed: outcome.fixed,
            elapsed: Some(start.elapsed()),
            ..Tally::of(&report)
        };
        terminal.note(format_args!("{tally}{}", silent_note(&report)));
    }
    let hot = args.heat.fail_on_hot.filter(|_| heat.is_some());
    exit = exit.max(verdict(&report, &settings, hot, args.exit_zero));
    if outcome.fixed > 0 && (args.diff && !args.exit_zero || args.exit_non_zero_on_fix) {
        exit = exit.max(Exit::Findings);
    }
    Ok(exit)
}

/// Checks what has changed, with findings marked that are older, and mends the others as `mode` says.
fn changed(
    args: &cli::Check,
    mode: Mode,
    run: &mut Run,
    changes: &mut Option<Changes>,
    terminal: Terminal,
) -> io::Result<Result<Outcome, String>> {
    let mut fixed = 0;
    for _ in 0..MOST_ROUNDS {
        let mut outcome = run.lint(args, Mode::Report, terminal)?;
        if let Some(changes) = changes {
            changes.mark(
                &mut outcome.report,
                &run.targets,
                &run.configs,
                args.threads,
            )?;
        }
        if mode == Mode::Report {
            return Ok(Ok(outcome));
        }
        let mended = crate::mend_standing(outcome.report, &run.targets, mode, args.threads)?;
        let goes_on = mended.fixed > 0 && mode == Mode::Fix;
        fixed += mended.fixed;
        if !goes_on {
            // What nothing was done about stands in the report as it was marked.
            return Ok(Ok(Outcome { fixed, ..mended }));
        }
        // What a fix has changed is part of the change.
        match run.narrow(args) {
            Ok(now) => *changes = now,
            Err(message) => return Ok(Err(message)),
        }
    }
    let mut outcome = run.lint(args, Mode::Report, terminal)?;
    if let Some(changes) = changes {
        changes.mark(
            &mut outcome.report,
            &run.targets,
            &run.configs,
            args.threads,
        )?;
    }
    Ok(Ok(Outcome { fixed, ..outcome }))
}

/// Writes the findings to all places; to standard error where standard output has something else.
pub(super) fn show(
    args: &cli::Check,
    outputs: &[Output],
    report: &Report,
    below: &str,
    takes_stdout: bool,
    terminal: Terminal,
) -> io::Result<()> {
    let plain = Style {
        below: below.to_owned(),
        ..Style::default()
    };
    for output in outputs {
        let format = output.format;
        let write = |out: &mut dyn io::Write, style: &Style| match args.statistics {
            true => render::statistics(report, format, out, style),
            false => render::write(report, format, out, style),
        };
        match &output.file {
            Some(path) => Terminal::save(path, |out| write(out, &plain)).map_err(|error| {
                let reason = reason(&error);
                io::Error::other(format!("cannot write {}: {reason}", path.display()))
            })?,
            None if terminal.verbosity < -1 => {}
            // A difference says all that there is to say, unless something went wrong.
            None if args.diff && report.files.is_empty() => {}
            None if takes_stdout => terminal.print_aside(|out| write(out, &plain))?,
            None if format.is_for_people() => {
                terminal.print(|out| write(out, &terminal.stdout_style()))?;
            }
            None => terminal.print(|out| write(out, &plain))?,
        }
    }
    ci::summarise(report, &plain).map_err(|error| {
        io::Error::other(format!("cannot write the step summary: {}", reason(&error)))
    })
}

/// What becomes of the run.
///
/// With `hot`, a share of the run that its fix can save makes a finding count, and not its severity.
pub(super) fn verdict(
    report: &Report,
    settings: &Settings,
    hot: Option<f64>,
    exit_zero: bool,
) -> Exit {
    let level = settings.fail_level;
    let failed = match exit_zero {
        true => Exit::Clean,
        false => Exit::Findings,
    };
    let problems = report.files.iter().flat_map(|file| &file.report.problems);
    let problem = problems.map(|problem| match problem.kind {
        ProblemKind::Unreadable | ProblemKind::Internal => Exit::Error,
        // A notice: the user set the limit.
        ProblemKind::TooLarge => Exit::Clean,
        // As loud as a warning.
        ProblemKind::Undecodable | ProblemKind::Syntax | ProblemKind::TooDeep => {
            match level.is_reached_by(Severity::Warning) {
                true => failed,
                false => Exit::Clean,
            }
        }
    });
    let findings = report.files.iter().flat_map(|file| &file.report.findings);
    let is_loud = |marked: &Marked| match hot {
        Some(least) => marked.heat.is_some_and(|heat| heat.reaches(least)),
        None => level.is_reached_by(marked.severity),
    };
    let counts = |marked: &&Marked| marked.fate == Fate::Stands && is_loud(marked);
    let finding = match findings.filter(counts).count() > settings.max_findings {
        true => failed,
        false => Exit::Clean,
    };
    problem.max().unwrap_or(Exit::Clean).max(finding)
}

/// A reader who looks for a finding should know why it is not there.
pub(super) fn silent_note(report: &Report) -> String {
    let findings = || report.files.iter().flat_map(|file| &file.report.findings);
    let count = |fate: Fate| findings().filter(|marked| marked.fate == fate).count();
    let is_unprofiled =
        |marked: &&Marked| (marked.heat).is_some_and(|heat| heat.join == Join::Unprofiled);
    let cold = findings().filter(|marked| marked.fate == Fate::Cold);
    let unprofiled = cold.filter(is_unprofiled).count();
    let mut note = String::new();
    for (count, words) in [
        (
            count(Fate::Quiet),
            "kept quiet (see `hotlint config quiet-in`)",
        ),
        (count(Fate::Baselined), "in the baseline"),
        (count(Fate::Unchanged), "older than the change"),
        (count(Fate::Cold) - unprofiled, "too cold to be shown"),
        (unprofiled, "not shown, as no profile saw their code"),
    ] {
        if count > 0 {
            note.push_str(&format!(" {count} {words}."));
        }
    }
    note
}
