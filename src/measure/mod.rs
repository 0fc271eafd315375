//! `hotlint measure`: runs each rule's bad and good example on real interpreters and writes what was seen beside the rule.

pub mod evidence;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use hotlint_core::lint::{RuleEntry, pairs};
use serde::Deserialize;

use crate::interpreters::Interpreter;
use evidence::{Evidence, OnPython, Seen};

const PROTOCOL: &str = include_str!("protocol.py");

/// Why an interpreter could not measure.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    #[error("cannot run {0}: {1}")]
    Start(String, std::io::Error),
    #[error("{0} failed while it measured `{1}`: {2}")]
    Failed(String, &'static str, String),
}

/// What came of measuring a rule.
pub struct Measured {
    /// `None` if the rule has no pair with an input, or no interpreter can run one.
    pub evidence: Option<Evidence>,
    /// One for each interpreter that did not come to an end.
    pub failures: Vec<MeasureError>,
}

/// Measures the pairs of a rule that have an input, on each interpreter. One that fails does not keep the others from it; `lacks` is
/// told of each that is left out because it does not have the packages that the examples import.
pub fn measure(
    rule: &'static RuleEntry,
    interpreters: &[Interpreter],
    date: &str,
    mut lacks: impl FnMut(&Interpreter, &[String]),
) -> Measured {
    let pairs = pairs(rule.page);
    let (mut pythons, mut failures) = (Vec::new(), Vec::new());
    for interpreter in interpreters {
        let jobs: Vec<serde_json::Value> = pairs
            .iter()
            .filter_map(|pair| {
                let (good, input) = (pair.good.as_ref()?, pair.input.as_ref()?);
                let oldest = [&pair.bad, good, input].iter().filter_map(|half| half.minor).max();
                // The number on a bad example is the oldest Python that the project supports; it may need no newer one to run.
                oldest.is_none_or(|oldest| oldest <= interpreter.minor).then(|| {
                    serde_json::json!({"bad": pair.bad.code, "good": good.code, "input": input.code})
                })
            })
            .collect();
        if jobs.is_empty() {
            continue;
        }
        match run(rule, interpreter, &jobs) {
            Ok(answer) if answer.missing.is_empty() => pythons.push(answer.python),
            Ok(answer) => lacks(interpreter, &answer.missing),
            Err(error) => failures.push(error),
        }
    }
    let evidence = (!pythons.is_empty()).then(|| Evidence {
        measured: date.to_string(),
        pythons,
    });
    Measured { evidence, failures }
}

/// What an interpreter says.
#[derive(Deserialize)]
struct Answer {
    #[serde(flatten)]
    python: OnPython,
    /// Packages that the examples import, and that are not there: nothing was measured.
    missing: Vec<String>,
}

fn run(
    rule: &'static RuleEntry,
    interpreter: &Interpreter,
    jobs: &[serde_json::Value],
) -> Result<Answer, MeasureError> {
    let path = interpreter.path.display().to_string();
    let start = |error| MeasureError::Start(path.clone(), error);
    let failed = |why: String| MeasureError::Failed(path.clone(), rule.name, why);
    let mut child = Command::new(&interpreter.path)
        .args(["-c", PROTOCOL])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(start)?;
    // One that ends before it has read all says why: that comes first.
    let handed = (child.stdin.take()).map_or(Ok(()), |stdin| serde_json::to_writer(stdin, jobs));
    let mut lines = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            lines.push(line.map_err(|error| failed(error.to_string()))?);
        }
    }
    let output = child.wait_with_output().map_err(start)?;
    let told = || String::from_utf8_lossy(&output.stderr).trim().to_string();
    let (Some(first), true) = (lines.first(), output.status.success()) else {
        return Err(failed(told()));
    };
    handed.map_err(|error| failed(error.to_string()))?;
    let mut answer: Answer =
        serde_json::from_str(first).map_err(|error| failed(error.to_string()))?;
    let wanted = if answer.missing.is_empty() {
        jobs.len()
    } else {
        0
    };
    if lines.len() != wanted + 1 {
        return Err(failed(told()));
    }
    for line in lines.iter().skip(1) {
        let seen: Seen = serde_json::from_str(line).map_err(|error| failed(error.to_string()))?;
        answer.python.pairs.push(seen.rounded());
    }
    Ok(answer)
}
