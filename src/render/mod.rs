//! Report -> text, one file per output format.
//!
//! Lines and columns are 1-based and columns count characters (Unicode scalar values), for people and machines alike.
//!
//! **Invariant**: a pure function of the report and the [`Style`]: no environment, no terminal, the same bytes each time.
//! Only findings that stand are printed.

mod azure;
mod bundle;
mod checkstyle;
mod closing;
mod concise;
mod diff;
mod excerpt;
mod full;
mod github;
mod gitlab;
mod grouped;
pub(crate) mod heat;
mod html;
mod json;
mod json_lines;
mod junit;
mod markdown;
mod place;
mod pylint;
mod rdjson;
mod rdjsonl;
mod record;
mod remark;
mod sarif;
mod sketch;
mod statistics;
mod xml;

use std::io;

use hotlint_core::lint::{FixLevel, RuleInfo};

use crate::report::{Checked, Report};
use crate::verdict::{Fate, FileReport, Marked, Problem, ProblemKind};

pub use closing::Tally;
pub use diff::diff;
pub use heat::{amount, percent};
pub use place::Place;
pub use statistics::{Count, statistics};

/// What the terminal can do; worked out from flags and environment by the shell.
#[derive(Clone, Debug)]
pub struct Style {
    pub color: bool,
    /// Whether the terminal understands OSC 8 links.
    pub hyperlinks: bool,
    /// Columns that fit on one line.
    pub width: usize,
    /// Where the current folder lies in the repository, as services on the web see it; empty at the top.
    pub below: String,
}

impl Default for Style {
    /// A file or a pipe.
    fn default() -> Self {
        Self {
            color: false,
            hyperlinks: false,
            width: 100,
            below: String::new(),
        }
    }
}

/// One line adds a format; its file has a `write` with the signature of [`write`] without the format.
macro_rules! formats {
    ($($(#[$doc:meta])* $format:ident => $module:ident,)*) => {
        /// How findings are written.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Format { $($(#[$doc])* $format,)* }

        /// Writes all findings and problems of `report`, in its order.
        pub fn write(
            report: &Report,
            format: Format,
            out: &mut dyn io::Write,
            style: &Style,
        ) -> io::Result<()> {
            match format { $(Format::$format => $module::write(report, out, style),)* }
        }
    };
}

formats! {
    /// One line for each finding
    Concise => concise,
    /// The code, the cause, the cost and the fix
    Full => full,
    /// One block for each file
    Grouped => grouped,
    /// One page for a browser: findings on the source, and where the time goes
    Html => html,
    /// One array of objects
    Json => json,
    /// One object on each line
    JsonLines => json_lines,
    /// SARIF 2.1.0, as code scanning of GitHub reads it
    Sarif => sarif,
    /// Annotations of GitHub Actions
    Github => github,
    /// A Code Quality report of GitLab
    Gitlab => gitlab,
    /// Logging commands of Azure Pipelines
    Azure => azure,
    /// JUnit's XML
    Junit => junit,
    /// Checkstyle's XML
    Checkstyle => checkstyle,
    /// The diagnostic format of reviewdog
    Rdjson => rdjson,
    /// The same, one object on each line
    Rdjsonl => rdjsonl,
    /// The lines of Pylint
    Pylint => pylint,
    /// A table for pull requests and step summaries
    Markdown => markdown,
    /// Everything, for `hotlint merge`
    Bundle => bundle,
}

impl Format {
    /// Whether people read it, on a terminal: in colour, and as wide as that is.
    pub fn is_for_people(self) -> bool {
        matches!(self, Format::Concise | Format::Full | Format::Grouped)
    }
}

/// The findings that are printed.
fn standing(report: &FileReport) -> impl Iterator<Item = &Marked> {
    report
        .findings
        .iter()
        .filter(|marked| marked.fate == Fate::Stands)
}

/// What is printed of a file.
enum Told<'a> {
    Problem(&'a Problem),
    Finding(&'a Marked),
}

/// Everything that is printed, in the order of printing: by place, each file's problems first; or, where a profile
/// ranks, all problems and then the findings, hottest first.
fn told(report: &Report) -> Vec<(&Checked, Told<'_>)> {
    let order = report
        .ranking
        .as_ref()
        .map_or(&[][..], |ranking| &ranking.order);
    let mut all = Vec::new();
    for file in &report.files {
        let problems = file.report.problems.iter();
        all.extend(problems.map(|problem| (file, Told::Problem(problem))));
        if order.is_empty() {
            all.extend(standing(&file.report).map(|marked| (file, Told::Finding(marked))));
        }
    }
    all.extend(order.iter().filter_map(|(file, finding)| {
        let file = report.files.get(*file)?;
        let marked = file.report.findings.get(*finding)?;
        (marked.fate == Fate::Stands).then_some((file, Told::Finding(marked)))
    }));
    all
}

/// What the rule of that name declares; `None` for what is no rule, such as the findings on suppressions.
pub(crate) fn rule_info(name: &str) -> Option<&'static RuleInfo> {
    let rules = hotlint_rules::all();
    rules
        .binary_search_by(|rule| rule.name.cmp(name))
        .ok()
        .map(|index| &rules[index].info)
}

/// What the finding costs: its own words, else those of its rule; may be empty.
pub(crate) fn cost(marked: &Marked) -> String {
    if marked.finding.cost.is_empty() {
        rule_info(marked.finding.rule).map_or_else(String::new, |rule| rule.cost.to_string())
    } else {
        marked.finding.cost.clone()
    }
}

/// Whether `--fix` alone would mend it.
fn is_fixable(marked: &Marked) -> bool {
    level(marked) == Some(FixLevel::Safe)
}

fn level(marked: &Marked) -> Option<FixLevel> {
    marked.finding.fix.as_ref().map(|fix| fix.level)
}

/// The word that stands where a finding has its rule.
pub(crate) fn problem_name(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Unreadable => "unreadable",
        ProblemKind::Undecodable => "undecodable",
        ProblemKind::Syntax => "syntax-error",
        ProblemKind::TooDeep => "too-deep",
        ProblemKind::TooLarge => "too-large",
        ProblemKind::Internal => "internal-error",
    }
}

/// `text` in `style`, if colours are wanted.
fn paint(style: &Style, paint: anstyle::Style, text: impl std::fmt::Display) -> String {
    if style.color {
        format!("{paint}{text}{paint:#}")
    } else {
        text.to_string()
    }
}

#[cfg(test)]
pub(crate) mod sample;

#[cfg(test)]
mod tests;
