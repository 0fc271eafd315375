//! The page of a rule, as readers of Markdown get it.

use hotlint_core::lint::{FixLevel, RuleInfo};

use crate::measure::evidence::{self, Evidence, thousands, times};

/// The whole page, in Markdown.
pub fn markdown(rule: &RuleInfo) -> String {
    let (heading, body) = rule.page.split_once('\n').unwrap_or((rule.page, ""));
    let facts = facts(rule).into_iter();
    let facts: String = facts
        .map(|(key, value)| format!("- {key}: {value}\n"))
        .collect();
    format!("{heading}\n\n{facts}{}\n\n", body.trim_end())
}

/// What there is to know before reading.
pub fn facts(rule: &RuleInfo) -> Vec<(&'static str, String)> {
    let preview = if rule.is_preview() {
        ", in preview"
    } else {
        ""
    };
    let runs = match (rule.is_default(), rule.weighs) {
        (true, true) => {
            "by default where the data are seen to be many; where nothing shows that, when selected or hot in a profile"
        }
        (true, false) => "by default",
        (false, _) => "when selected",
    };
    let mut facts = vec![
        ("rule", format!("`{}`", rule.name)),
        ("group", format!("{}{preview}", rule.group.name())),
        ("cost", rule.cost.to_string()),
        ("severity", severity(rule).to_owned()),
        (
            "fix",
            fix(rule).map_or("none", |(_, words)| words).to_owned(),
        ),
        ("runs", runs.to_owned()),
    ];
    if let Some(figure) = evidence::figure(rule.name) {
        facts.push(("measured", figure.to_string()));
    }
    facts
}

pub fn severity(rule: &RuleInfo) -> String {
    format!("{:?}", rule.severity()).to_lowercase()
}

/// The level of the fix, for machines and for people.
pub fn fix(rule: &RuleInfo) -> Option<(&'static str, &'static str)> {
    rule.fix.map(|level| match level {
        FixLevel::Safe => ("safe", "safe at best, with `--fix`"),
        FixLevel::Unsafe => ("unsafe", "unsafe at best, with `--fix --unsafe-fixes`"),
        FixLevel::Display => ("display", "shown, never applied"),
    })
}

/// The paragraphs before the first example.
pub fn summary(rule: &RuleInfo) -> &str {
    let body = rule.page.split_once('\n').map_or("", |(_, body)| body);
    body.split("```").next().unwrap_or_default().trim()
}

/// What was measured on the Python closest to 3.`minor`, as a table.
pub fn measured(evidence: &Evidence, minor: Option<u8>) -> Option<String> {
    let python = evidence.closest(minor)?;
    let pair = python.pairs.iter().max_by(|one, other| {
        let best = |pair: &evidence::Seen| pair.best().map_or(0.0, evidence::Timing::ratio);
        best(one).total_cmp(&best(other))
    })?;
    let rows = pair.sizes.iter().map(|timing| {
        format!(
            "| {} | {} | {} | {} |\n",
            thousands(timing.n),
            duration(timing.bad),
            duration(timing.good),
            times(timing.ratio())
        )
    });
    let rows: String = rows.collect();
    (!rows.is_empty()).then(|| {
        let version = &python.version;
        format!("| n | slow | better | gain on Python {version} |\n|--:|--:|--:|--:|\n{rows}")
    })
}

/// `120 ns`, `3.4 µs`, `56 ms`
fn duration(seconds: f64) -> String {
    let (amount, unit) = match seconds {
        seconds if seconds < 1e-6 => (seconds * 1e9, "ns"),
        seconds if seconds < 1e-3 => (seconds * 1e6, "µs"),
        seconds if seconds < 1.0 => (seconds * 1e3, "ms"),
        seconds => (seconds, "s"),
    };
    match amount {
        amount if amount < 9.95 => format!("{amount:.1} {unit}"),
        amount => format!("{amount:.0} {unit}"),
    }
}
