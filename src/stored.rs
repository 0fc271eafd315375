//! What is said about a file, in a form that can be kept and read again: by the cache, and by `hotlint merge`.
//!
//! **Invariant**: nothing is lost. What is read back says what was said, or nothing at all.

use hotlint_core::lint::{Cause, Edit, Elsewhere, Finding, Fix, FixLevel, Severity};
use hotlint_core::text_size::{TextRange, TextSize};
use serde::{Deserialize, Serialize};

use crate::anchor::Anchor;
use crate::suppress;
use crate::verdict::{Fate, FileReport, Heat, Marked, Problem, ProblemKind};

/// Start and end in bytes.
type Range = (u32, u32);

/// A [`FileReport`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StoredReport {
    findings: Vec<StoredFinding>,
    problems: Vec<StoredProblem>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct StoredFinding {
    rule: String,
    message: String,
    range: Range,
    label: String,
    causes: Vec<(Range, String)>,
    steps: Vec<(String, usize, String)>,
    cost: String,
    help: String,
    fix: Option<StoredFix>,
    severity: Loudness,
    fate: StoredFate,
    /// Nothing in the cache, which is filled before a profile is asked.
    heat: Option<Heat>,
    scope: String,
    code: String,
    statement: u64,
    around: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct StoredFix {
    level: Level,
    title: String,
    caveat: String,
    edits: Vec<(Range, String)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct StoredProblem {
    kind: Kind,
    range: Option<Range>,
    message: String,
    help: String,
}

/// Binds the variants of an enumeration of ours to those of one that can be kept.
macro_rules! kept {
    ($stored:ident for $ours:ident: $($variant:ident)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        enum $stored { $($variant),* }

        impl From<$ours> for $stored {
            fn from(ours: $ours) -> Self {
                match ours { $($ours::$variant => Self::$variant),* }
            }
        }

        impl From<$stored> for $ours {
            fn from(stored: $stored) -> Self {
                match stored { $($stored::$variant => Self::$variant),* }
            }
        }
    };
}

kept!(Loudness for Severity: Info Warning Error);
kept!(Level for FixLevel: Display Unsafe Safe);
kept!(Kind for ProblemKind: Unreadable Undecodable Syntax TooDeep TooLarge Internal);

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StoredFate {
    Stands,
    Suppressed(Range),
    Quiet,
    Baselined,
    Cold,
    Unchanged,
}

impl StoredReport {
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty() && self.problems.is_empty()
    }

    /// What was said; `None` when it speaks of a rule that is no more.
    pub fn restored(&self) -> Option<FileReport> {
        let findings = self.findings.iter().map(StoredFinding::restored);
        Some(FileReport {
            findings: findings.collect::<Option<_>>()?,
            problems: self.problems.iter().map(StoredProblem::restored).collect(),
            ..FileReport::default()
        })
    }
}

impl From<&FileReport> for StoredReport {
    fn from(report: &FileReport) -> Self {
        Self {
            findings: report.findings.iter().map(Into::into).collect(),
            problems: report.problems.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Marked> for StoredFinding {
    fn from(marked: &Marked) -> Self {
        let Marked {
            finding,
            severity,
            fate,
            anchor,
            heat,
        } = marked;
        let fix = finding.fix.as_ref().map(|fix| StoredFix {
            level: fix.level.into(),
            title: fix.title.clone(),
            caveat: fix.caveat.clone(),
            edits: (fix.edits.iter())
                .map(|edit| (pair(edit.range), edit.text.clone()))
                .collect(),
        });
        Self {
            rule: finding.rule.to_owned(),
            message: finding.message.clone(),
            range: pair(finding.range),
            label: finding.label.clone(),
            causes: (finding.causes.iter())
                .map(|cause| (pair(cause.range), cause.text.clone()))
                .collect(),
            steps: (finding.steps.iter())
                .map(|step| (step.path.clone(), step.row, step.text.clone()))
                .collect(),
            cost: finding.cost.clone(),
            help: finding.help.clone(),
            fix,
            severity: (*severity).into(),
            fate: match fate {
                Fate::Stands => StoredFate::Stands,
                Fate::Suppressed { by } => StoredFate::Suppressed(pair(*by)),
                Fate::Quiet => StoredFate::Quiet,
                Fate::Baselined => StoredFate::Baselined,
                Fate::Cold => StoredFate::Cold,
                Fate::Unchanged => StoredFate::Unchanged,
            },
            heat: *heat,
            scope: anchor.scope.clone(),
            code: anchor.code.clone(),
            statement: anchor.statement,
            around: anchor.around,
        }
    }
}

impl StoredFinding {
    fn restored(&self) -> Option<Marked> {
        let fix = self.fix.as_ref().map(|fix| Fix {
            level: fix.level.into(),
            title: fix.title.clone(),
            caveat: fix.caveat.clone(),
            edits: (fix.edits.iter())
                .map(|(place, text)| Edit::replace(range(*place), text))
                .collect(),
        });
        let causes = self.causes.iter().map(|(place, text)| Cause {
            range: range(*place),
            text: text.clone(),
        });
        let finding = Finding {
            rule: rule(&self.rule)?,
            message: self.message.clone(),
            range: range(self.range),
            label: self.label.clone(),
            causes: causes.collect(),
            steps: (self.steps.iter().cloned())
                .map(|(path, row, text)| Elsewhere { path, row, text })
                .collect(),
            cost: self.cost.clone(),
            help: self.help.clone(),
            fix,
        };
        Some(Marked {
            finding,
            severity: self.severity.into(),
            fate: match self.fate {
                StoredFate::Stands => Fate::Stands,
                StoredFate::Suppressed(by) => Fate::Suppressed { by: range(by) },
                StoredFate::Quiet => Fate::Quiet,
                StoredFate::Baselined => Fate::Baselined,
                StoredFate::Cold => Fate::Cold,
                StoredFate::Unchanged => Fate::Unchanged,
            },
            anchor: Anchor {
                scope: self.scope.clone(),
                code: self.code.clone(),
                statement: self.statement,
                around: self.around,
            },
            heat: self.heat,
        })
    }
}

impl From<&Problem> for StoredProblem {
    fn from(problem: &Problem) -> Self {
        Self {
            kind: problem.kind.into(),
            range: problem.range.map(pair),
            message: problem.message.clone(),
            help: problem.help.clone(),
        }
    }
}

impl StoredProblem {
    fn restored(&self) -> Problem {
        Problem {
            kind: self.kind.into(),
            range: self.range.map(range),
            message: self.message.clone(),
            help: self.help.clone(),
        }
    }
}

fn pair(range: TextRange) -> Range {
    (range.start().to_u32(), range.end().to_u32())
}

fn range((start, end): Range) -> TextRange {
    // The other way round is no range: a file that somebody has edited.
    TextRange::new(TextSize::new(start.min(end)), TextSize::new(end))
}

/// The name of a rule, or of what reports like one, as the program has it.
fn rule(name: &str) -> Option<&'static str> {
    let own = suppress::NAMES.into_iter().find(|known| *known == name);
    own.or_else(|| hotlint_rules::find(name).map(|rule| rule.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Setup, check};
    use hotlint_core::python::Source;

    #[test]
    fn what_is_read_back_says_what_was_said() {
        let text = "import time\nasync def f(xs):\n    time.sleep(1)\n    time.sleep(2)  # hotlint: ignore[blocking-sleep-in-async]\n    x = 1  # hotlint: ignore[nonesuch]\n";
        let mut report = check(&Source::module("a.py", text), &Setup::default());
        assert_eq!(report.findings.len(), 3);
        report.findings[0].fate = Fate::Baselined;
        report.findings[1].fate = Fate::Cold;
        report.findings[1].heat = Some(Heat {
            share: 0.3,
            times: Some(4.5),
            ..Heat::unprofiled()
        });
        report.problems.push(Problem {
            kind: ProblemKind::TooDeep,
            range: Some(range((1, 2))),
            message: "deep".to_owned(),
            help: String::new(),
        });
        let stored = StoredReport::from(&report);
        let restored = stored.restored().unwrap();
        assert_eq!(format!("{restored:?}"), format!("{report:?}"));
        let json = serde_json::to_string(&stored).unwrap();
        assert_eq!(serde_json::from_str::<StoredReport>(&json).unwrap(), stored);
        let foreign = json.replace("blocking-sleep-in-async", "rule-of-the-future");
        assert!(
            serde_json::from_str::<StoredReport>(&foreign)
                .unwrap()
                .restored()
                .is_none()
        );
    }
}
