//! SARIF 2.1.0, within the rules that GitHub's code scanning has for it.
//!
//! What is suppressed, baselined or older than the change is told too, marked as such. The region of a result is one line, since
//! GitHub shows an alert in a pull request only where all of its lines are part of the difference; the loop, the list and other
//! causes are related locations.

mod line_hash;

use std::collections::BTreeMap;
use std::io;

use hotlint_core::lint::{Cost, FixLevel, RuleInfo, Severity};
use hotlint_core::text_size::TextRange;
use serde_json::{Value, json};

use super::remark::{Region, Remark, path};
use super::{Style, cost, rule_info};
use crate::anchor::Fingerprints;
use crate::report::{Checked, Report};
use crate::suppress;
use crate::verdict::{Fate, Join, Marked};
use line_hash::LineHashes;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// Where to read about hotlint: as long as the package has no home page, the package itself.
const HOME: &str = if env!("CARGO_PKG_HOMEPAGE").is_empty() {
    "pkg:pypi/hotlint"
} else {
    env!("CARGO_PKG_HOMEPAGE")
};
/// The top of the repository.
const ROOT: &str = "%SRCROOT%";
/// What the description of a rule may have.
const LONGEST_DESCRIPTION: usize = 1024;

pub(super) fn write(report: &Report, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let told = |marked: &&Marked| !matches!(marked.fate, Fate::Quiet | Fate::Assumed);
    let findings = || (report.files.iter()).flat_map(|file| &file.report.findings);
    // A rule is as loud as its loudest finding.
    let mut rules: BTreeMap<&'static str, Severity> = BTreeMap::new();
    for marked in findings().filter(told) {
        let severity = rules.entry(marked.finding.rule).or_insert(marked.severity);
        *severity = (*severity).max(marked.severity);
    }
    let mut fingerprints = Fingerprints::default();
    let mut results = Vec::new();
    let mut notifications = Vec::new();
    for file in &report.files {
        let writer = Writer {
            file,
            path: path(file, style),
            compared: report.compared,
        };
        for problem in &file.report.problems {
            notifications.push(writer.notification(&Remark::problem(file, problem)));
        }
        let mut hashes = None;
        for marked in file.report.findings.iter().filter(told) {
            let hashes = hashes.get_or_insert_with(|| LineHashes::of(file));
            let index = rules.keys().position(|rule| *rule == marked.finding.rule);
            let fingerprint = fingerprints.next(&writer.path, marked);
            results.push(writer.result(marked, index.unwrap_or(0), fingerprint, hashes));
        }
    }
    let rules: Vec<_> = rules
        .into_iter()
        .map(|(name, severity)| rule(name, severity))
        .collect();
    let successful = notifications
        .iter()
        .all(|notification| notification["level"] != "error");
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "hotlint",
                "informationUri": HOME,
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "automationDetails": { "id": "hotlint/" },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { ROOT: { "description": { "text": "The top folder of the repository." } } },
            "invocations": [{
                "executionSuccessful": successful,
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

/// What SARIF says of one file.
struct Writer<'a> {
    file: &'a Checked,
    path: String,
    /// Whether findings were compared with a baseline or an older version.
    compared: bool,
}

impl Writer<'_> {
    fn result(
        &self,
        marked: &Marked,
        rule_index: usize,
        fingerprint: String,
        hashes: &LineHashes,
    ) -> Value {
        let finding = &marked.finding;
        let remark = Remark::finding(self.file, marked);
        let causes = &finding.causes;
        let mut message = escaped(&remark.message);
        let cost = cost(marked);
        if !cost.is_empty() {
            message.push_str(&format!("; {}", escaped(&cost)));
        }
        if !causes.is_empty() {
            let link =
                |(index, text): (usize, &str)| format!("[{}]({})", link_text(text), index + 1);
            let texts = causes.iter().map(|cause| cause.text.as_str()).enumerate();
            let links: Vec<_> = texts.map(link).collect();
            message.push_str(&format!("; {}", links.join(", ")));
        }
        message.push('.');
        let region = one_line(self.file, finding.range);
        let related = causes.iter().enumerate().map(|(index, cause)| {
            json!({
                "id": index + 1,
                "message": { "text": sentence(&cause.text) },
                "physicalLocation": self.place(region_of(self.file, cause.range), None),
            })
        });
        let behind = finding.steps.iter().enumerate().map(|(index, step)| {
            json!({
                "id": causes.len() + index + 1,
                "message": { "text": sentence(&step.text) },
                "physicalLocation": {
                    "artifactLocation": artifact(&step.path),
                    "region": { "startLine": step.row },
                },
            })
        });
        let mut location = json!({
            "physicalLocation": self.place(region, self.snippet(finding.range)),
        });
        if !marked.anchor.scope.is_empty() {
            location["logicalLocations"] =
                json!([{ "fullyQualifiedName": marked.anchor.scope, "kind": "function" }]);
        }
        let mut prints = json!({ "hotlint/v1": fingerprint });
        if let Some(hash) = hashes.line(region.row) {
            prints["primaryLocationLineHash"] = hash.into();
        }
        let mut result = json!({
            "ruleId": finding.rule,
            "ruleIndex": rule_index,
            "level": level(marked.severity),
            "message": { "text": message },
            "locations": [location],
            "partialFingerprints": prints,
            "rank": rank(marked),
        });
        let related: Vec<_> = related.chain(behind).collect();
        if !related.is_empty() {
            result["relatedLocations"] = related.into();
        }
        if let Some(fix) = self.fix(marked) {
            result["fixes"] = json!([fix]);
        }
        match &marked.fate {
            Fate::Suppressed { by } => {
                result["suppressions"] = json!([{
                    "kind": "inSource",
                    "location": { "physicalLocation": self.place(region_of(self.file, *by), None) },
                }]);
            }
            Fate::Baselined => {
                result["suppressions"] =
                    json!([{ "kind": "external", "justification": "part of the baseline" }]);
            }
            Fate::Cold => {
                result["suppressions"] = json!([{
                    "kind": "external",
                    "justification": "a profile says that little can be saved here, or saw nothing of it",
                }]);
            }
            Fate::Stands | Fate::Assumed | Fate::Unchanged | Fate::Quiet => {}
        }
        if self.compared {
            result["baselineState"] = match marked.fate {
                Fate::Baselined | Fate::Unchanged => "unchanged".into(),
                _ => "new".into(),
            };
        }
        result
    }

    fn fix(&self, marked: &Marked) -> Option<Value> {
        let fix = marked.finding.fix.as_ref()?;
        if self.file.origin.notebook.is_some() {
            return None;
        }
        let words = match (fix.level, fix.caveat.is_empty()) {
            (FixLevel::Safe, _) | (_, true) => fix.title.clone(),
            (_, false) => format!("{} ({})", fix.title, fix.caveat),
        };
        let replacements = fix.edits.iter().map(|edit| {
            json!({
                "deletedRegion": region(region_of(self.file, edit.range)),
                "insertedContent": { "text": edit.text },
            })
        });
        Some(json!({
            "description": { "text": sentence(&words) },
            "artifactChanges": [{
                "artifactLocation": self.artifact(),
                "replacements": replacements.collect::<Vec<_>>(),
            }],
        }))
    }

    fn notification(&self, remark: &Remark) -> Value {
        let whole = Region {
            row: 1,
            column: 1,
            end_row: 1,
            end_column: 1,
        };
        json!({
            "level": level(remark.severity),
            "message": { "text": sentence(&escaped(&remark.message)) },
            "descriptor": { "id": remark.name },
            "locations": [{ "physicalLocation": self.place(remark.region.unwrap_or(whole), None) }],
        })
    }

    fn place(&self, at: Region, snippet: Option<&str>) -> Value {
        let mut region = region(at);
        if let Some(text) = snippet {
            region["snippet"] = json!({ "text": text });
        }
        json!({ "artifactLocation": self.artifact(), "region": region })
    }

    fn artifact(&self) -> Value {
        artifact(&self.path)
    }

    fn snippet(&self, range: TextRange) -> Option<&str> {
        let text = self.file.source.text().get(range.to_std_range())?;
        let line = text.lines().next()?;
        (self.file.origin.notebook.is_none() && !line.is_empty()).then_some(line)
    }
}

fn artifact(path: &str) -> Value {
    match std::path::Path::new(path).is_absolute() {
        true => json!({ "uri": format!("file://{}", percent_encoded(path)) }),
        false => json!({ "uri": percent_encoded(path), "uriBaseId": ROOT }),
    }
}

fn region_of(file: &Checked, range: TextRange) -> Region {
    Region::of(file, range)
}

/// The first line of a range.
fn one_line(file: &Checked, range: TextRange) -> Region {
    let region = Region::of(file, range);
    if region.is_one_line() {
        return region;
    }
    let text = file
        .source
        .text()
        .get(range.to_std_range())
        .unwrap_or_default();
    let first = text.lines().next().unwrap_or_default();
    Region {
        end_row: region.row,
        end_column: region.column + first.chars().count(),
        ..region
    }
}

fn region(at: Region) -> Value {
    json!({
        "startLine": at.row,
        "startColumn": at.column,
        "endLine": at.end_row,
        "endColumn": at.end_column,
    })
}

fn rule(name: &'static str, severity: Severity) -> Value {
    let info = rule_info(name);
    let title = sentence(&info.map_or_else(
        || suppression(name).to_owned(),
        |rule| rule.title().replace('`', "'"),
    ));
    let page = info.map_or_else(
        || format!("# {}\n", suppression(name)),
        |rule| rule.page.to_owned(),
    );
    let cost = info.map_or_else(String::new, |rule| rule.cost.to_string());
    let description = info.and_then(description).unwrap_or_else(|| title.clone());
    let help = match cost.is_empty() {
        true => description.clone(),
        false => format!("{description} Cost: {cost}."),
    };
    json!({
        "id": name,
        "name": pascal_case(name),
        "shortDescription": { "text": title },
        "fullDescription": { "text": description },
        "help": { "text": help, "markdown": page },
        "defaultConfiguration": { "level": level(severity), "rank": info.map_or(10.0, importance) },
        "properties": {
            "tags": tags(info),
            "precision": "very-high",
            "problem.severity": match severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "recommendation",
            },
        },
    })
}

fn tags(info: Option<&RuleInfo>) -> Vec<&'static str> {
    let group = info.map(|rule| rule.group.name());
    ["performance", "python"].into_iter().chain(group).collect()
}

/// The first paragraph of a rule's page.
fn description(rule: &RuleInfo) -> Option<String> {
    let body = rule.page.split_once('\n')?.1.trim_start();
    let paragraph = body.split("\n\n").next()?;
    if paragraph.is_empty() || paragraph.starts_with("```") {
        return None;
    }
    let words = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let text: String = words
        .replace('`', "'")
        .chars()
        .take(LONGEST_DESCRIPTION - 1)
        .collect();
    Some(sentence(&text))
}

/// What the findings on suppressions are about, which have no page.
fn suppression(name: &str) -> &'static str {
    match name {
        suppress::UNUSED => "A comment that silences nothing",
        suppress::UNKNOWN => "A comment that silences a rule that is not there",
        _ => "A comment that looks like a suppression and is none",
    }
}

/// What comes first, from 0 to 100: where a profile was asked, by what the fix is expected to save, and last what no profile saw.
fn rank(marked: &Marked) -> f64 {
    match marked.heat {
        Some(heat) if heat.join != Join::Unprofiled => {
            ((UNPROFILED + (100.0 - UNPROFILED) * heat.score) * 100.0).round() / 100.0
        }
        Some(_) => unheated(marked) / 100.0 * UNPROFILED,
        None => unheated(marked),
    }
}

/// The highest rank of what no profile saw, where one saw other things.
const UNPROFILED: f64 = 10.0;

/// What comes first when nothing is known of how hot the code is.
fn unheated(marked: &Marked) -> f64 {
    let base = rule_info(marked.finding.rule).map_or(10.0, importance);
    match marked.severity {
        Severity::Error => (base + 20.0_f64).min(100.0),
        Severity::Warning => base,
        Severity::Info => base / 2.0,
    }
}

fn importance(rule: &RuleInfo) -> f64 {
    match rule.cost {
        Cost::Growth(..) | Cost::RoundTrips(..) | Cost::BlocksEventLoop => 80.0,
        Cost::Leak(_) | Cost::Broken(_) | Cost::Wait(_) => 70.0,
        Cost::Factor(_) => 50.0,
        Cost::Memory(_) => 30.0,
        Cost::Constant(_) | Cost::Debatable(_) => 20.0,
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// With a capital and a full stop, as SARIF wants its messages.
fn sentence(text: &str) -> String {
    let mut chars = text.trim().chars();
    let Some(first) = chars.next() else {
        return ".".to_owned();
    };
    let rest = chars.as_str();
    let stop = if rest.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{}{rest}{stop}", first.to_uppercase())
}

/// Text in which nothing is taken for a link.
fn escaped(text: &str) -> String {
    text.replace("](", "]\u{200b}(")
}

fn link_text(text: &str) -> String {
    text.replace('[', "\\[").replace(']', "\\]")
}

/// `list-membership-in-loop` as `ListMembershipInLoop`.
fn pascal_case(name: &str) -> String {
    name.split('-')
        .map(|word| {
            let mut chars = word.chars();
            let first = chars.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(chars).collect::<String>()
        })
        .collect()
}

/// A path as a URI reference.
fn percent_encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b'/'
            | b'+'
            | b'@'
            | b','
            | b'=' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
