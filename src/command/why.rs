//! `hotlint why FILE:LINE`: what is reported there and why, and which fact silenced which rule.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

use hotlint_core::lint::{Asked, Finding, Silence};
use hotlint_core::python::Source;
use hotlint_core::text_size::TextRange;

use super::Exit;
use super::run::Run;
use crate::baseline::Known;
use crate::check::{Explanation, explain};
use crate::discover::Input;
use crate::read::{self, Reading};
use crate::rule_set::index_of;
use crate::terminal::Terminal;
use crate::verdict::Fate;
use crate::{Mode, cli, setup};

/// Questions that are shown of a silent rule, the last ones: what came before them went well.
const SHOWN: usize = 3;

/// Runs the command.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &cli::Check, terminal: Terminal) -> io::Result<Exit> {
    let (path, row) = match place(args) {
        Ok(place) => place,
        Err(message) => {
            terminal.error(message);
            return Ok(Exit::Error);
        }
    };
    let args = cli::Check {
        paths: vec![path],
        no_progress: true,
        ..args.clone()
    };
    let Some(run) = Run::new(&args, terminal)? else {
        return Ok(Exit::Error);
    };
    let Some(target) = run.targets.first() else {
        if run.exit == Exit::Clean {
            terminal.error("the file is excluded, or no Python; `hotlint check --show-files` lists what is checked");
        }
        return Ok(Exit::Error);
    };
    let Input::File(path) = &target.input else {
        terminal.error("`hotlint why` reads files");
        return Ok(Exit::Error);
    };
    let settings = &target.config.settings;
    let Reading::Text(source, _) = read::file(path, &target.shown, settings.max_file_size) else {
        terminal.error(format_args!(
            "{} cannot be checked; `hotlint check` says why",
            target.shown
        ));
        return Ok(Exit::Error);
    };
    let Some(line) = source.line(row) else {
        let count = source.lines().line_count();
        terminal.error(format_args!("{} has {count} lines", target.shown));
        return Ok(Exit::Error);
    };
    let setup = setup(target, source.text());
    let Ok(explanation) = explain(&source, &setup, line) else {
        terminal.error(format_args!(
            "{} cannot be parsed; `hotlint check` says why",
            target.shown
        ));
        return Ok(Exit::Error);
    };
    // What stands is told by the very run that `check` makes, baseline included.
    let mut report = run.lint(&args, Mode::Report, terminal)?.report;
    match Known::read(settings, args.baseline.is_some(), terminal) {
        Ok(Some(known)) => {
            known.mark(&run, &mut report, terminal)?;
        }
        Ok(None) => {}
        Err(message) => {
            terminal.error(message);
            return Ok(Exit::Error);
        }
    }
    let marked = report.files.iter().flat_map(|file| &file.report.findings);
    let fates: Vec<(&Finding, &Fate)> = marked
        .filter(|marked| touches(marked.finding.range, line))
        .map(|marked| (&marked.finding, &marked.fate))
        .collect();
    let text = Answer {
        source: &source,
        shown: &target.shown,
        row,
        line,
        fates: &fates,
        explanation: &explanation,
        is_selected: &|rule| index_of(rule).is_some_and(|i| setup.policy.severity(i).is_some()),
    }
    .text();
    terminal.print(|out| out.write_all(text.as_bytes()))?;
    Ok(Exit::Clean)
}

/// The file and the line that are asked about.
fn place(args: &cli::Check) -> Result<(PathBuf, usize), String> {
    let [place] = args.paths.as_slice() else {
        return Err("name one place: `hotlint why FILE:LINE`".to_owned());
    };
    let text = place.to_string_lossy();
    let mut parts = text.rsplitn(3, ':');
    let numbers: (Option<&str>, Option<&str>, Option<&str>) =
        (parts.next(), parts.next(), parts.next());
    let number = |part: Option<&str>| part.and_then(|part| part.parse::<usize>().ok());
    let (file, row) = match numbers {
        // FILE:LINE:COLUMN, as findings are printed.
        (column, row, Some(file)) if number(column).is_some() && number(row).is_some() => {
            (file.to_owned(), number(row))
        }
        (row, Some(file), before) if number(row).is_some() => {
            let file = before.map_or(file.to_owned(), |before| format!("{before}:{file}"));
            (file, number(row))
        }
        _ => return Err(format!("`{text}` names no line: `hotlint why FILE:LINE`")),
    };
    match row {
        Some(row) if row > 0 => Ok((file.into(), row)),
        _ => Err("lines are counted from 1".to_owned()),
    }
}

fn touches(place: TextRange, line: TextRange) -> bool {
    line.contains(place.start()) || place.contains_range(line) || line.contains_range(place)
}

/// Everything that is said about one line.
struct Answer<'a> {
    source: &'a Source,
    shown: &'a str,
    row: usize,
    line: TextRange,
    fates: &'a [(&'a Finding, &'a Fate)],
    explanation: &'a Explanation,
    is_selected: &'a dyn Fn(&str) -> bool,
}

impl Answer<'_> {
    fn text(&self) -> String {
        let mut out = String::new();
        let code = self.piece(self.line);
        let _ = writeln!(out, "{}:{}: {code}", self.shown, self.row);
        self.findings(&mut out);
        self.unselected(&mut out);
        self.silences(&mut out);
        if out.lines().count() == 1 {
            out.push_str("\nno rule has anything to look at here\n");
        }
        out
    }

    fn findings(&self, out: &mut String) {
        for (finding, fate) in self.fates {
            let fate = match fate {
                Fate::Stands => "reported".to_owned(),
                Fate::Assumed => format!(
                    "silent by default: nothing shows that `{}` is long; select the rule, or bring a profile",
                    finding.assumed
                ),
                Fate::Suppressed { by } => {
                    let row = self.row_of(*by);
                    format!("silenced by the comment on line {row}")
                }
                Fate::Quiet => "kept quiet by the configuration: see `hotlint config quiet-in` and `per-file-ignores`".to_owned(),
                Fate::Baselined => "known to the baseline".to_owned(),
                Fate::Unchanged => "not new in this change".to_owned(),
                Fate::Cold => "too cold to be shown: see `--only-hot`".to_owned(),
            };
            let _ = writeln!(out, "\n{}: {fate}", finding.rule);
            let _ = writeln!(out, "  {}", finding.message);
            let _ = writeln!(out, "  cost: {}", finding.cost);
            for cause in &finding.causes {
                let row = self.row_of(cause.range);
                let piece = self.piece(cause.range);
                let _ = writeln!(out, "  because of line {row}: {piece} ({})", cause.text);
            }
            for step in &finding.steps {
                let _ = writeln!(out, "  via {}:{}: {}", step.path, step.row, step.text);
            }
            self.asked(out, self.asked_of(finding.rule));
        }
    }

    /// Findings of rules that do not run.
    fn unselected(&self, out: &mut String) {
        for finding in &self.explanation.found {
            if !(self.is_selected)(finding.rule) {
                let _ = writeln!(out, "\n{}: not selected, would report", finding.rule);
                let _ = writeln!(out, "  {}", finding.message);
            }
        }
    }

    fn silences(&self, out: &mut String) {
        let silent =
            (self.explanation.silent.iter()).filter(|silence| (self.is_selected)(silence.rule));
        for silence in silent {
            let piece = self.piece(silence.place);
            let _ = writeln!(out, "\n{}: silent at `{piece}`", silence.rule);
            self.asked(out, &silence.asked);
        }
    }

    fn asked_of(&self, rule: &str) -> &[Asked] {
        let of = |silence: &&Silence| silence.rule == rule;
        let asked = self.explanation.spoken.iter().find(of);
        asked.map_or(&[], |silence| &silence.asked)
    }

    fn asked(&self, out: &mut String, asked: &[Asked]) {
        let last = asked.len().saturating_sub(SHOWN);
        for asked in asked.iter().skip(last) {
            let row = self.row_of(asked.place);
            let place = match row == self.row {
                true => String::new(),
                false => format!("line {row}: "),
            };
            let _ = writeln!(
                out,
                "  {place}`{}` {}",
                self.piece(asked.place),
                asked.answer
            );
        }
    }

    fn row_of(&self, place: TextRange) -> usize {
        let lines = self.source.lines();
        lines.line_index(place.start()).get()
    }

    /// The first line of a place, short enough for a message.
    fn piece(&self, place: TextRange) -> String {
        const WIDTH: usize = 60;
        let text = &self.source.text()[place];
        let first = text.trim().lines().next().unwrap_or_default();
        match first.chars().count() {
            0..=WIDTH => first.to_owned(),
            _ => first.chars().take(WIDTH - 1).chain(['…']).collect(),
        }
    }
}
