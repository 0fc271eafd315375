//! Pages of rules: what a rule says of itself, its facts, and its figures.

use std::fmt::Write as _;

use hotlint_core::lint::{Group, RuleInfo};

use super::Page;
use crate::measure::evidence::{self, Evidence, Seen, thousands, times};
use crate::page;

/// The pages of a group, in order of name.
pub fn pages(group: Group) -> Vec<Page> {
    let of_group = hotlint_rules::all()
        .iter()
        .filter(|rule| rule.group == group);
    of_group.map(|rule| page(rule)).collect()
}

fn page(rule: &RuleInfo) -> Page {
    let mut text = format!("# {}\n\n", rule.title());
    for (index, (key, value)) in page::facts(rule).into_iter().enumerate() {
        let _ = writeln!(text, "| {key} | {} |", cell(&value));
        if index == 0 {
            text.push_str("|---|---|\n");
        }
    }
    let body = rule.page.split_once('\n').map_or("", |(_, body)| body);
    for line in body.lines() {
        text.push_str(&fence(line));
        text.push('\n');
    }
    if let Some(evidence) = evidence::of(rule) {
        figures(&evidence, &mut text);
    }
    let _ = writeln!(
        text,
        "\n## Silencing it\n\n```python\nx = y  # hotlint: ignore[{name}] the reason\n```\n\nor, in the configuration, `ignore = [\"{name}\"]`.",
        name = rule.name
    );
    Page::new(format!("rules/{}.md", rule.name), rule.title(), text)
}

/// The words of an example's fence become a heading over it.
fn fence(line: &str) -> String {
    let Some(words) = line.strip_prefix("```python ") else {
        return line.to_owned();
    };
    let (kind, oldest) = words.split_once(' ').unwrap_or((words, ""));
    let title = match kind {
        "bad" => "slow",
        "good" => "better",
        "fine" => "fine as it is",
        "input" => "measured with",
        other => other,
    };
    let since = match oldest {
        "" => String::new(),
        oldest => format!(", for Python {oldest} and newer"),
    };
    format!("```python title=\"{title}{since}\"")
}

/// How many times faster the better half is, for each pair, interpreter and size.
fn figures(evidence: &Evidence, text: &mut String) {
    let _ = writeln!(
        text,
        "\n## Measured\n\nHow many times faster the better form is, by the size `n` of the input. Measured on {} by `hotlint measure`, which repeats it on your machine.",
        evidence.measured
    );
    let pairs = evidence
        .pythons
        .iter()
        .map(|python| python.pairs.len())
        .max();
    let count = pairs.unwrap_or(0);
    for index in 0..count {
        let seen = || {
            let pythons = evidence.pythons.iter();
            pythons.filter_map(|python| Some((python, python.pairs.get(index)?)))
        };
        let mut sizes: Vec<u64> = seen()
            .flat_map(|(_, pair)| &pair.sizes)
            .map(|timing| timing.n)
            .collect();
        sizes.sort_unstable();
        sizes.dedup();
        if count > 1 {
            let _ = writeln!(text, "\nPair {}:", index + 1);
        }
        text.push_str("\n| Python |");
        for n in &sizes {
            let _ = write!(text, " n={} |", thousands(*n));
        }
        text.push_str(" memory |\n|---|");
        text.push_str(&"---:|".repeat(sizes.len() + 1));
        text.push('\n');
        for (python, pair) in seen() {
            let _ = write!(text, "| {} ({}) |", python.version, python.build);
            for n in &sizes {
                let _ = write!(text, " {} |", ratio(pair, *n));
            }
            let memory = pair.memory.bad as f64 / pair.memory.good.max(1) as f64;
            let _ = writeln!(text, " {} |", times(memory));
        }
    }
}

fn ratio(pair: &Seen, n: u64) -> String {
    let timing = pair.sizes.iter().find(|timing| timing.n == n);
    timing.map_or_else(String::new, |timing| times(timing.ratio()))
}

/// The rules in tables, one for each group.
pub fn index() -> String {
    let mut text = String::from(
        "# All rules\n\nRules that run by default are those whose pattern grows worse with the data, stops an event loop, leaks, breaks, or costs at least a factor of 1.5 on every Python that they speak up for. The others run when they, or their group, are selected.\n",
    );
    for group in Group::ALL {
        let rules = || {
            hotlint_rules::all()
                .iter()
                .filter(|rule| rule.group == group)
        };
        if rules().next().is_none() {
            continue;
        }
        let _ = writeln!(
            text,
            "\n## {}\n\n| Rule | Finds | Costs | Runs | Fix |\n|---|---|---|---|---|",
            group.name()
        );
        for rule in rules() {
            let facts = page::facts(rule);
            let fact = |wanted: &str| {
                let found = facts.iter().find(|(key, _)| *key == wanted);
                found.map_or("", |(_, value)| value.as_str())
            };
            let runs = match rule.is_preview() {
                true => "in preview",
                false => fact("runs"),
            };
            let fix = fact("fix").split([' ', ',']).next().unwrap_or_default();
            let _ = writeln!(
                text,
                "| [`{name}`]({name}.md) | {} | {} | {runs} | {fix} |",
                cell(rule.title()),
                cell(fact("cost")),
                name = rule.name
            );
        }
    }
    text
}

/// Text that may stand in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
