//! `hotlint baseline`, and what a baseline does to `hotlint check`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Exit;
use super::run::Run;
use crate::baseline::{
    Baseline, Comparison, Entry, FileError, Known, OnDisk, USUAL_NAME, told, unreadable,
};
use crate::config::{BaselineMode, Settings, with_key};
use crate::report::Report;
use crate::terminal::Terminal;
use crate::verdict::Fate;
use crate::words::{plural, reason};
use crate::{Mode, ci, cli};

/// Entries that are named one by one.
const NAMED: usize = 20;

impl Known {
    /// Marks what is known, and keeps the file up to date or watches over it.
    ///
    /// # Errors
    /// When the baseline cannot be written.
    pub fn mark(self, run: &Run, report: &mut Report, terminal: Terminal) -> io::Result<Exit> {
        let comparison = self.compare(run.configs.cwd(), &run.targets, report);
        let path = told(&self.path);
        let gone: usize = comparison.stale.iter().map(|(_, count)| count).sum();
        match self.mode.resolved(ci::is_on()) {
            BaselineMode::Lock if gone > 0 => {
                name(&comparison.stale, terminal);
                terminal.error(format_args!(
                    "{} of {path} {} nothing any more; run `hotlint baseline prune` and commit the file",
                    plural(gone, "finding"),
                    if gone == 1 { "matches" } else { "match" },
                ));
                return Ok(Exit::Findings);
            }
            BaselineMode::Auto if comparison.pruned != self.baseline => {
                save(&comparison.pruned, &self.path)?;
                terminal.note(format_args!("{path}: {}.", changes(&comparison, false)));
            }
            _ => {}
        }
        Ok(Exit::Clean)
    }
}

/// Runs the command.
///
/// # Errors
/// When standard output or the baseline cannot be written.
pub fn run(command: &cli::Baseline, terminal: Terminal) -> io::Result<Exit> {
    let args = command.args();
    if args.fixes() || args.diff {
        terminal.error("`hotlint baseline` fixes nothing; `hotlint check --fix` does");
        return Ok(Exit::Error);
    }
    if args.changes().is_some() {
        terminal.error("a baseline holds all findings, not only those of a change");
        return Ok(Exit::Error);
    }
    let Some(run) = Run::new(args, terminal)? else {
        return Ok(Exit::Error);
    };
    let settings = run.configs.of_run().settings;
    let path = match &settings.baseline {
        Some(path) => path.clone(),
        None => settings.root.join(USUAL_NAME),
    };
    let before = match Baseline::read(&path) {
        Ok(baseline) => Some(baseline),
        Err(FileError::Io(error)) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            terminal.error(unreadable(&path, &error));
            return Ok(Exit::Error);
        }
    };
    let shown = told(&path);
    let before = match (command, before) {
        (cli::Baseline::Create(_), Some(_)) => {
            terminal.error(format_args!(
                "there is a baseline {shown} already; `hotlint baseline update` rewrites it"
            ));
            return Ok(Exit::Error);
        }
        (cli::Baseline::Create(_), None) => Baseline::default(),
        (_, Some(before)) => before,
        (_, None) => {
            terminal.error(format_args!(
                "there is no baseline {shown}; `hotlint baseline create` makes it"
            ));
            return Ok(Exit::Error);
        }
    };
    if let cli::Baseline::Stats(_) = command {
        terminal.print(|out| stats(&before, out))?;
        return Ok(Exit::Clean);
    }
    let outcome = run.lint(args, Mode::Report, terminal)?;
    let mut report = outcome.report;
    let scene = OnDisk::new(&path, run.configs.cwd(), &run.targets, &report);
    let comparison = before.mark(&mut report, &scene, Fate::Baselined);
    let broken = report
        .files
        .iter()
        .filter(|file| !file.report.problems.is_empty());
    match broken.count() {
        0 => {}
        count => terminal.warn(format_args!(
            "{} could not be checked in full and {} left as {} in the baseline",
            plural(count, "file"),
            if count == 1 { "is" } else { "are" },
            if count == 1 { "it is" } else { "they are" },
        )),
    }
    match command {
        cli::Baseline::Create(_) | cli::Baseline::Update(_) => {
            save(&comparison.updated, &path)?;
            terminal.note(match command {
                cli::Baseline::Create(_) => format!("{shown}: {}.", contents(&comparison.updated)),
                _ => format!("{shown}: {}.", changes(&comparison, true)),
            });
            let is_new = matches!(command, cli::Baseline::Create(_));
            let adopted = match is_new && settings.baseline.is_none() {
                true => adopt(&settings)?,
                false => None,
            };
            if let Some(config) = adopted {
                let config = told(&config);
                terminal.note(format_args!(
                    "{config}: `baseline` names it, so that every run uses it."
                ));
            } else if settings.baseline.is_none() {
                terminal.note(format_args!(
                    "`baseline = \"{shown}\"` in the configuration makes every run use it; so does `--baseline {shown}` for one."
                ));
            }
            Ok(run.exit)
        }
        cli::Baseline::Prune(_) => {
            save(&comparison.pruned, &path)?;
            terminal.note(format_args!("{shown}: {}.", changes(&comparison, false)));
            Ok(run.exit)
        }
        cli::Baseline::Check(_) | cli::Baseline::Stats(_) => {
            name(&comparison.stale, terminal);
            terminal.note(format_args!("{shown}: {}.", changes(&comparison, true)));
            Ok(match comparison.updated == before {
                true => run.exit,
                false => run.exit.max(Exit::Findings),
            })
        }
    }
}

/// Has the configuration of the run name the usual baseline; the file, where that was to be done.
fn adopt(settings: &Settings) -> io::Result<Option<PathBuf>> {
    // What another file starts from, or what was named for one run, is not ours to change.
    let own = |path: &&PathBuf| path.parent() == Some(&*settings.root);
    let Some(path) = settings.path.as_ref().filter(own) else {
        return Ok(None);
    };
    let tables: &[&str] = match path
        .file_name()
        .is_some_and(|name| name == "pyproject.toml")
    {
        true => &["tool", "hotlint"],
        false => &[],
    };
    let text = fs::read_to_string(path)?;
    let Some(text) = with_key(&text, tables, "baseline", USUAL_NAME) else {
        return Ok(None);
    };
    fs::write(path, text)?;
    Ok(Some(path.clone()))
}

fn save(baseline: &Baseline, path: &Path) -> io::Result<()> {
    baseline.write(path).map_err(|error| {
        io::Error::other(format!("cannot write {}: {}", told(path), reason(&error)))
    })
}

/// Names entries that are gone, one by one.
fn name(stale: &[(Entry, usize)], terminal: Terminal) {
    for (entry, count) in stale.iter().take(NAMED) {
        let place = match entry.scope.is_empty() {
            true => entry.path.clone(),
            false => format!("{} in {}", entry.path, entry.scope),
        };
        let times = if *count > 1 {
            format!(" ({count} times)")
        } else {
            String::new()
        };
        terminal.note(format_args!(
            "gone: {place}: {} `{}`{times}",
            entry.rule, entry.code
        ));
    }
    if stale.len() > NAMED {
        terminal.note(format_args!("gone: {} more", stale.len() - NAMED));
    }
}

fn changes(comparison: &Comparison, with_new: bool) -> String {
    let gone: usize = comparison.stale.iter().map(|(_, count)| count).sum();
    let mut parts = Vec::new();
    for (count, word) in [
        (if with_new { comparison.new } else { 0 }, "new"),
        (gone, "gone"),
        (comparison.moved, "moved or edited"),
        (comparison.kept, "as before"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    match parts.is_empty() {
        true => "empty".to_owned(),
        false => parts.join(", "),
    }
}

fn contents(baseline: &Baseline) -> String {
    let count = |key: fn(&Entry) -> &str| {
        let mut keys: Vec<_> = baseline.entries().map(|(entry, _)| key(entry)).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.len()
    };
    format!(
        "{} of {} in {}",
        plural(baseline.len(), "finding"),
        plural(count(|entry| &entry.rule), "rule"),
        plural(count(|entry| &entry.path), "file"),
    )
}

/// What a baseline holds, by rule and by file.
fn stats(baseline: &Baseline, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", contents(baseline))?;
    for (title, key) in [
        ("rules", (|entry| &entry.rule) as fn(&Entry) -> &String),
        ("files", |entry| &entry.path),
    ] {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (entry, count) in baseline.entries() {
            *counts.entry(key(entry)).or_default() += count;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let digits = counts.first().map_or(1, |(_, most)| most.to_string().len());
        if !counts.is_empty() {
            writeln!(out, "\n{title}")?;
        }
        for (name, count) in counts.iter().take(NAMED) {
            writeln!(out, "  {count:>digits$}  {name}")?;
        }
        if counts.len() > NAMED {
            writeln!(out, "  and {} more", counts.len() - NAMED)?;
        }
    }
    Ok(())
}
