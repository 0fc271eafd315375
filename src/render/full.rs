//! The code with the slow operation and its cause, the cost, and the edit that mends it; the default.

use std::fmt::Write as _;
use std::io;

use anstyle::AnsiColor;
use hotlint_core::lint::{FixLevel, Severity};
use hotlint_core::text_size::Ranged;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::excerpt::{CONTEXT, Excerpt, Label, TAB};
use crate::measure::evidence;

use super::{Place, Style, Told, cost, heat, paint, problem_name, sketch, told};
use crate::report::{Checked, Report};
use crate::verdict::{Marked, Problem};

/// Where rule pages are to be read; empty as long as the package has no home page.
const HOME: &str = env!("CARGO_PKG_HOMEPAGE");

pub(super) fn write(report: &Report, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let painter = Painter::new(style);
    let mut text = String::new();
    heat::hottest(report, out, style)?;
    for (file, told) in told(report) {
        text.clear();
        match told {
            Told::Problem(problem) => painter.problem(&mut text, file, problem),
            Told::Finding(marked) => painter.finding(&mut text, file, marked),
        }
        out.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// Draws one finding after the other; what is the same for all of them is made once.
struct Painter<'a> {
    style: &'a Style,
    theme: GraphicalTheme,
}

impl<'a> Painter<'a> {
    fn new(style: &'a Style) -> Self {
        let theme = if style.color {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::unicode_nocolor()
        };
        Self { style, theme }
    }

    fn finding(&self, text: &mut String, file: &Checked, marked: &Marked) {
        let finding = &marked.finding;
        let mut labels = vec![Label {
            range: finding.range,
            text: &finding.label,
        }];
        labels.extend(finding.causes.iter().map(|cause| Label {
            range: cause.range,
            text: &cause.text,
        }));
        let (excerpt, labels) = Excerpt::new(file, &labels, self.style.width);
        let mut name = linked(finding.rule, HOME, self.style);
        if excerpt.begins_elsewhere() {
            // The first place to be seen is not that of the finding.
            let place = Place::of(file, finding.start());
            let _ = write!(name, " at {}:{place}", file.source.path());
        }
        self.graph(
            text,
            Graph {
                name,
                message: finding.message.clone(),
                severity: marked.severity,
                excerpt: Some(excerpt),
                labels,
            },
        );
        for step in &finding.steps {
            let words = format!("{}:{}: {}", step.path, step.row, step.text);
            self.line(text, AnsiColor::Cyan, "via", &words);
        }
        if let Some(heat) = &marked.heat {
            let words = format!("{}{}", heat::bar(heat.bound, self.style), heat::words(heat));
            self.line(text, AnsiColor::Cyan, "heat", &words);
        }
        let mut cost = cost(marked);
        if let (false, Some(claim)) = (cost.is_empty(), evidence::figure(marked.finding.rule)) {
            cost = format!("{cost} (measured: {claim})");
        }
        self.line(text, AnsiColor::Cyan, "cost", &cost);
        self.line(text, AnsiColor::Cyan, "help", &finding.help);
        if let Some(fix) = &finding.fix {
            let (color, name, caveat) = match fix.level {
                FixLevel::Safe => (AnsiColor::Green, "fix", String::new()),
                FixLevel::Unsafe => (AnsiColor::Yellow, "unsafe fix", fix.caveat.clone()),
                FixLevel::Display => (AnsiColor::Cyan, "suggestion", fix.caveat.clone()),
            };
            let mut title = fix.title.clone();
            if !caveat.is_empty() {
                let _ = write!(title, " ({caveat})");
            }
            self.line(text, color, name, &title);
            sketch::write(text, file, fix, self.style);
        }
        text.push('\n');
    }

    fn problem(&self, text: &mut String, file: &Checked, problem: &Problem) {
        let name = problem_name(problem.kind);
        let (excerpt, labels, message) = match problem.range {
            Some(range) => {
                let label = Label { range, text: "" };
                let (excerpt, labels) = Excerpt::new(file, &[label], self.style.width);
                (Some(excerpt), labels, problem.message.clone())
            }
            None => {
                let message = format!("{}: {}", file.source.path(), problem.message);
                (None, Vec::new(), message)
            }
        };
        self.graph(
            text,
            Graph {
                name: name.to_owned(),
                message,
                severity: Severity::Error,
                excerpt,
                labels,
            },
        );
        self.line(text, AnsiColor::Cyan, "help", &problem.help);
        text.push('\n');
    }

    /// miette's part: name, message and code.
    fn graph(&self, text: &mut String, graph: Graph) {
        let mut theme = self.theme.clone();
        if self.style.color {
            // miette gives out colours in the order of the labels; the finding's own is to be told from its causes.
            let own = match graph.severity {
                Severity::Error => theme.styles.error,
                Severity::Warning => theme.styles.warning,
                Severity::Info => theme.styles.advice,
            };
            let own = own.bold();
            let mut labels: Vec<&LabeledSpan> = graph.labels.iter().collect();
            labels.sort_by_key(|label| label.offset());
            theme.styles.highlights = labels
                .iter()
                .map(|label| {
                    if label.primary() {
                        own
                    } else {
                        theme.styles.help
                    }
                })
                .collect();
            if theme.styles.highlights.is_empty() {
                theme.styles.highlights.push(own);
            }
        }
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(self.style.width)
            .with_context_lines(CONTEXT)
            .tab_width(TAB)
            .with_links(false)
            .without_syntax_highlighting()
            .with_word_splitter(textwrap::WordSplitter::NoHyphenation);
        // Writing to a string cannot fail, and miette's other reason, a label outside the source, is ruled out by `Excerpt`.
        if handler.render_report(text, &graph).is_err() {
            let _ = writeln!(text, "{}: {}", graph.name, graph.message);
        }
    }

    /// `  name: words`, wrapped; nothing where there are no words.
    fn line(&self, text: &mut String, color: AnsiColor, name: &str, words: &str) {
        if words.is_empty() {
            return;
        }
        let first = format!("  {}: ", paint(self.style, color.on_default(), name));
        let rest = " ".repeat(name.len() + 4);
        let options = textwrap::Options::new(self.style.width.max(20))
            .initial_indent(&first)
            .subsequent_indent(&rest)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let _ = writeln!(text, "{}", textwrap::fill(words, options));
    }
}

/// `rule` as a link to its page, where the terminal knows links and there is a page.
fn linked(rule: &str, home: &str, style: &Style) -> String {
    if style.hyperlinks && !home.is_empty() {
        let home = home.trim_end_matches('/');
        format!("\u{1b}]8;;{home}/rules/{rule}\u{1b}\\{rule}\u{1b}]8;;\u{1b}\\")
    } else {
        rule.to_owned()
    }
}

/// A finding or a problem in miette's words.
struct Graph {
    name: String,
    message: String,
    severity: Severity,
    excerpt: Option<Excerpt>,
    labels: Vec<LabeledSpan>,
}

impl std::fmt::Debug for Graph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl std::fmt::Display for Graph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Graph {}

impl Diagnostic for Graph {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new(&self.name))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt
            .as_ref()
            .map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

#[cfg(test)]
mod tests;
