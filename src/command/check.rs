//! `hotlint check`.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use hotlint_core::lint::Severity;

use super::ranking::Ranking;
use super::{Exit, config};
use crate::Mode;
use crate::cli;
use crate::config::{Configs, FailLevel, Issue, Selector, Settings};
use crate::discover::{self, Input, Request};
use crate::progress::Progress;
use crate::render::{self, Format, Style, Tally};
use crate::report::Report;
use crate::terminal::Terminal;
use crate::verdict::{Fate, Join, Marked, ProblemKind};
use crate::words::reason;

/// Runs the command.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &cli::Check, terminal: Terminal) -> io::Result<Exit> {
    let start = Instant::now();
    let cwd = std::env::current_dir()?;
    let configs = Configs::new(&cwd, args.sources());
    let settings = configs.of_run().settings;
    unknown_ignores(args, terminal);
    if tell(&configs, terminal) {
        return Ok(Exit::Error);
    }
    let request = match request(args) {
        Ok(request) => request,
        Err(message) => {
            terminal.error(message);
            return Ok(Exit::Error);
        }
    };
    let heat = match Ranking::new(&args.heat, &settings, &cwd, terminal) {
        Ok(heat) => heat,
        Err(message) => {
            terminal.error(message);
            return Ok(Exit::Error);
        }
    };
    let found = discover::find(&request, &configs);
    if tell(&configs, terminal) {
        return Ok(Exit::Error);
    }
    found
        .warnings
        .iter()
        .for_each(|warning| terminal.warn(warning));
    found.errors.iter().for_each(|error| terminal.error(error));
    let mut exit = match found.errors.is_empty() {
        true => Exit::Clean,
        false => Exit::Error,
    };
    if args.show_files {
        terminal.print(|out| {
            found
                .targets
                .iter()
                .try_for_each(|it| writeln!(out, "{}", it.shown))
        })?;
        return Ok(exit);
    }
    if args.show_settings {
        let first = found.targets.first().map(|target| target.config.clone());
        let resolved = first.unwrap_or_else(|| configs.of_run());
        terminal.print(|out| config::settings(&resolved, out))?;
        return Ok(exit);
    }
    if found.targets.is_empty() && exit == Exit::Clean {
        terminal.warn("no Python files found; `--show-files` lists what is checked");
    }
    if terminal.verbosity > 0 {
        let path = settings.path.as_deref();
        let path = path.map_or("no configuration file".into(), |path| {
            crate::words::shown(path, &cwd)
        });
        let rules = settings.policy.selected().count();
        terminal.note(format_args!(
            "{path}, {rules} rules, {} files",
            found.targets.len()
        ));
    }

    let mode = match (args.fixes(), args.diff) {
        (true, _) => Mode::Fix,
        (_, true) => Mode::Diff {
            color: terminal.stdout_style().color,
        },
        _ => Mode::Report,
    };
    let is_still = args.no_progress || terminal.verbosity < 0;
    let progress = Progress::new(found.targets.len(), !is_still);
    let outcome = crate::lint(&found.targets, mode, args.threads, || progress.step())?;
    progress.finish();

    terminal.print(|out| out.write_all(&outcome.output))?;
    let mut report = outcome.report;
    if let Some(heat) = &heat
        && heat.rank(&mut report, &found.targets, terminal) == Exit::Error
    {
        exit = Exit::Error;
    }
    if args.fix_only {
        // What is left is for another run to tell; what could not be read or written is not.
        report
            .files
            .iter_mut()
            .for_each(|file| file.report.findings.clear());
    }
    let reads_stdin = found.targets.iter().any(|it| it.input == Input::Stdin);
    let mends_stdin = mode == Mode::Fix && reads_stdin;
    if mends_stdin && outcome.output.is_empty() && !report.files.is_empty() {
        // Who takes standard output for the mended file must not lose the file.
        exit = Exit::Error;
    }
    if terminal.verbosity > -2 {
        let takes_stdout = mends_stdin || args.diff;
        show(args, &settings, &report, takes_stdout, terminal)?;
    }
    if args.diff {
        let would = plural(outcome.fixed, "finding");
        terminal.note(format_args!("{would} would be fixed."));
    } else if !found.targets.is_empty() {
        let tally = Tally {
            fixed: outcome.fixed,
            elapsed: Some(start.elapsed()),
            ..Tally::of(&report)
        };
        terminal.note(format_args!("{tally}{}", notes(&report)));
    }
    let level = Level {
        severity: settings.fail_level,
        hot: args.heat.fail_on_hot.filter(|_| heat.is_some()),
    };
    exit = exit.max(verdict(&report, level, args.exit_zero));
    if outcome.fixed > 0 && (args.diff && !args.exit_zero || args.exit_non_zero_on_fix) {
        exit = exit.max(Exit::Findings);
    }
    Ok(exit)
}

/// What to look for.
fn request(args: &cli::Check) -> Result<Request, String> {
    let dash = Path::new("-");
    let mut roots = args.paths.clone();
    roots.retain(|path| path != dash);
    let mut reads_stdin = roots.len() < args.paths.len();
    if let Some(list) = &args.files_from {
        if reads_stdin && list == dash {
            return Err("`-` and `--files-from -` cannot both read standard input".to_owned());
        }
        let listed = discover::listed(list);
        let listed = listed
            .map_err(|error| format!("cannot read {}: {}", list.display(), reason(&error)))?;
        roots.extend(listed);
    } else if args.paths.is_empty() {
        reads_stdin = args.stdin_filename.is_some();
        if !reads_stdin {
            roots.push(PathBuf::from("."));
        }
    }
    let name = args
        .stdin_filename
        .clone()
        .unwrap_or_else(|| dash.to_path_buf());
    Ok(Request {
        roots,
        stdin: reads_stdin.then_some(name),
        threads: args.threads,
    })
}

/// Tells what is wrong with the configuration; whether anything is wrong enough to stop.
fn tell(configs: &Configs, terminal: Terminal) -> bool {
    let issues = configs.take_issues();
    issues.iter().for_each(|issue| terminal.complain(issue));
    issues.iter().any(|issue| !issue.is_warning)
}

/// Names that `--ignore` has and no rule: a warning, as in a file.
fn unknown_ignores(args: &cli::Check, terminal: Terminal) {
    for error in args
        .ignore
        .iter()
        .filter_map(|name| name.parse::<Selector>().err())
    {
        terminal.complain(&Issue::new(error.to_string()).help(error.help).warning());
    }
}

/// Writes the findings; to standard error where standard output has something else.
fn show(
    args: &cli::Check,
    settings: &Settings,
    report: &Report,
    takes_stdout: bool,
    terminal: Terminal,
) -> io::Result<()> {
    let format = settings.output_format;
    let write = |out: &mut dyn io::Write, style: &Style| match args.statistics {
        true => render::statistics(report, format, out, style),
        false => render::write(report, format, out, style),
    };
    if let Some(path) = &args.output_file {
        return Terminal::save(path, |out| write(out, &Style::default())).map_err(|error| {
            let reason = reason(&error);
            io::Error::other(format!("cannot write {}: {reason}", path.display()))
        });
    }
    // A difference says all that there is to say, unless something went wrong.
    if takes_stdout {
        return match args.diff && report.files.is_empty() {
            true => Ok(()),
            false => terminal.print_aside(|out| write(out, &Style::default())),
        };
    }
    let style = match format {
        Format::Html | Format::Json | Format::JsonLines => Style::default(),
        _ => terminal.stdout_style(),
    };
    terminal.print(|out| write(out, &style))
}

/// From where on a finding makes the run fail.
#[derive(Clone, Copy)]
struct Level {
    severity: FailLevel,
    /// A share of the run that can be saved; counts in place of the severity.
    hot: Option<f64>,
}

impl Level {
    fn is_reached_by(self, marked: &Marked) -> bool {
        match (self.hot, &marked.heat) {
            (Some(least), Some(heat)) => heat.join != Join::Unprofiled && heat.bound >= least,
            (Some(_), None) => false,
            (None, _) => self.severity.is_reached_by(marked.severity),
        }
    }
}

/// What becomes of the run.
fn verdict(report: &Report, level: Level, exit_zero: bool) -> Exit {
    let problems = report.files.iter().flat_map(|file| &file.report.problems);
    let problem = problems.map(|problem| match problem.kind {
        ProblemKind::Unreadable | ProblemKind::Internal => Exit::Error,
        // A notice: the user set the limit.
        ProblemKind::TooLarge => Exit::Clean,
        // As loud as a warning.
        ProblemKind::Undecodable | ProblemKind::Syntax | ProblemKind::TooDeep => {
            match level.severity.is_reached_by(Severity::Warning) && !exit_zero {
                true => Exit::Findings,
                false => Exit::Clean,
            }
        }
    });
    let findings = report.files.iter().flat_map(|file| &file.report.findings);
    let finding = findings.map(|marked| {
        let counts = marked.fate == Fate::Stands && level.is_reached_by(marked);
        match counts && !exit_zero {
            true => Exit::Findings,
            false => Exit::Clean,
        }
    });
    problem.chain(finding).max().unwrap_or(Exit::Clean)
}

fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// A reader who looks for a finding should know why there is none.
fn notes(report: &Report) -> String {
    let count = |is_meant: &dyn Fn(&Marked) -> bool| {
        let findings = report.files.iter().flat_map(|file| &file.report.findings);
        findings.filter(|marked| is_meant(marked)).count()
    };
    let is_unprofiled = |marked: &Marked| {
        marked
            .heat
            .is_some_and(|heat| heat.join == Join::Unprofiled)
    };
    let mut notes = String::new();
    for (count, words) in [
        (
            count(&|marked| marked.fate == Fate::Quiet),
            "kept quiet (see `hotlint config quiet-in`)",
        ),
        (
            count(&|marked| marked.fate == Fate::Cold && !is_unprofiled(marked)),
            "too cold to be shown",
        ),
        (
            count(&|marked| marked.fate == Fate::Cold && is_unprofiled(marked)),
            "not shown, as no profile saw their code",
        ),
    ] {
        if count > 0 {
            notes.push_str(&format!(" {count} {words}."));
        }
    }
    notes
}
