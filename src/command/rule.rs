//! `hotlint rule`: what a rule knows, for people and for programs.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use hotlint_core::lint::RuleInfo;

use super::Exit;
use super::config::wrap;
use super::measure;
use crate::cli::{Rule, RuleFormat};
use crate::config::did_you_mean;
use crate::measure::evidence;
use crate::page;
use crate::terminal::Terminal;

/// Columns of text.
const WIDTH: usize = 88;

/// Prints one rule, or all.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &Rule, terminal: Terminal) -> io::Result<Exit> {
    let known = || hotlint_rules::all().iter().map(|rule| &rule.info);
    let rules: Vec<&RuleInfo> = match &args.name {
        None => known().collect(),
        Some(name) => known().filter(|rule| rule.name == *name).collect(),
    };
    if let (Some(name), true) = (&args.name, rules.is_empty()) {
        let hint = did_you_mean(name, known().map(|rule| rule.name));
        let hint = if hint.is_empty() {
            "`hotlint rule --all` lists the rules".to_owned()
        } else {
            hint
        };
        terminal.error(format_args!("unknown rule `{name}`, {hint}"));
        return Ok(Exit::Error);
    }
    terminal.print(|out| match (args.output_format, args.all) {
        (RuleFormat::Text, false) => rules.iter().try_for_each(|rule| text(rule, out)),
        (RuleFormat::Text, true) => list(&rules, out),
        (RuleFormat::Markdown, _) => rules
            .iter()
            .try_for_each(|rule| out.write_all(page::markdown(rule).as_bytes())),
        (RuleFormat::Json, false) => rules
            .iter()
            .try_for_each(|rule| writeln!(out, "{:#}", json(rule))),
        (RuleFormat::Json, true) => {
            let rules: Vec<_> = rules.iter().map(|rule| json(rule)).collect();
            writeln!(out, "{:#}", serde_json::Value::from(rules))
        }
    })?;
    Ok(Exit::Clean)
}

/// One line for each rule, by group.
fn list(rules: &[&RuleInfo], out: &mut dyn Write) -> io::Result<()> {
    let mut rules = rules.to_vec();
    rules.sort_by_key(|rule| (rule.group, rule.name));
    let width = rules.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let bold = Style::new().bold();
    for group in rules.chunk_by(|one, other| one.group == other.group) {
        writeln!(out, "{bold}{}{bold:#}", group[0].group.name())?;
        for rule in group {
            let preview = if rule.is_preview() { "  (preview)" } else { "" };
            writeln!(
                out,
                "  {:width$}  {}{preview}",
                rule.name,
                plain(rule.title())
            )?;
        }
    }
    Ok(())
}

/// A page for the terminal.
fn text(rule: &RuleInfo, out: &mut dyn Write) -> io::Result<()> {
    let bold = Style::new().bold();
    let name = AnsiColor::Cyan.on_default().bold();
    writeln!(
        out,
        "{name}{}{name:#}: {bold}{}{bold:#}",
        rule.name,
        plain(rule.title())
    )?;
    writeln!(out)?;
    for (key, value) in page::facts(rule) {
        writeln!(out, "{key:9}{value}")?;
    }
    let mut lines = rule.page.lines().skip(1).peekable();
    while let Some(line) = lines.next() {
        if let Some(fence) = line.strip_prefix("```") {
            code(fence, &mut lines, out)?;
        } else if line.starts_with('#') {
            let heading = plain(line.trim_start_matches('#'));
            writeln!(out, "\n{bold}{heading}{bold:#}")?;
        } else if is_prose(line) {
            let mut paragraph = line.to_owned();
            while let Some(more) = lines.next_if(|next| is_prose(next)) {
                paragraph.push(' ');
                paragraph.push_str(more);
            }
            writeln!(out)?;
            for line in wrap(&plain(&paragraph), WIDTH) {
                writeln!(out, "{line}")?;
            }
        } else if !line.trim().is_empty() {
            writeln!(out, "{}", plain(line))?;
        }
    }
    if let Some(evidence) = evidence::of(rule) {
        writeln!(out, "\n{bold}Measured on {}{bold:#}", evidence.measured)?;
        measure::table(&evidence, out)?;
        measure::plot(&evidence, out)?;
    }
    Ok(())
}

/// Whether a line of Markdown may be joined with its neighbours.
fn is_prose(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with(['#', '-', '*', '|', '>', '`', ' '])
        || line.starts_with('`') && !line.starts_with("```")
}

/// A fence, under the word that says what it shows.
fn code<'a>(
    fence: &str,
    lines: &mut impl Iterator<Item = &'a str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (label, style) = match fence.split_whitespace().nth(1) {
        Some("bad") => ("slow", AnsiColor::Red.on_default().bold()),
        Some("good") => ("better", AnsiColor::Green.on_default().bold()),
        Some("fine") => ("fine as it is", AnsiColor::Blue.on_default().bold()),
        Some("input") => ("measured with", Style::new().dimmed()),
        _ => ("", Style::new()),
    };
    writeln!(out)?;
    if !label.is_empty() {
        writeln!(out, "{style}{label}{style:#}")?;
    }
    for line in lines.take_while(|line| !line.starts_with("```")) {
        writeln!(out, "{}", format!("    {line}").trim_end())?;
    }
    Ok(())
}

/// Markdown without the marks that a terminal has no use for.
fn plain(text: &str) -> String {
    text.replace("**", "").trim().to_owned()
}

fn json(rule: &RuleInfo) -> serde_json::Value {
    let evidence = rule
        .evidence
        .and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    serde_json::json!({
        "name": rule.name,
        "group": rule.group.name(),
        "title": rule.title(),
        "cost": rule.cost.to_string(),
        "severity": page::severity(rule),
        "fix": page::fix(rule).map(|(level, _)| level),
        "preview": rule.is_preview(),
        "default": rule.is_default(),
        "evidence": evidence,
        "page": rule.page,
    })
}
