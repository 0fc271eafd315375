//! Comments that silence findings, and findings on those that silence nothing.
//!
//! ```python
//! x in names  # hotlint: ignore[list-membership-in-loop] names are few
//! # hotlint: ignore[rule]          on a line of its own: for the statement below, or its head
//! # hotlint: file-ignore[rule]     on a line of its own at the top level
//! # hotlint: disable[rule]         until `enable[rule]`, or until the block ends
//! ```
//!
//! **Invariant**: only what stands between `# hotlint:` and the next `#` is read or changed.

mod add;
mod directive;
mod mend;
mod scope;

use std::sync::LazyLock;

use memchr::memmem::Finder;

use hotlint_core::ast::token::Token;
use hotlint_core::lint::{Finding, Severity};
use hotlint_core::python::Source;
use hotlint_core::text_size::{Ranged, TextRange};

pub use add::ignore;

use crate::anchor::Anchor;
use crate::verdict::{Fate, FileReport, Marked, ProblemKind};
use directive::Kind;
use scope::{Reach, Statements};

/// A directive that silences nothing.
pub const UNUSED: &str = "unused-suppression";
/// A directive that names a rule that is not there.
pub const UNKNOWN: &str = "unknown-suppression";
/// A comment that begins like a directive, but is none.
pub const MALFORMED: &str = "malformed-suppression";

/// Names under which this module reports; they may be suppressed too.
pub const NAMES: [&str; 3] = [MALFORMED, UNKNOWN, UNUSED];

/// A rule's name, and whether it ran on this file: what did not run cannot be called unused.
pub type Ran<'a> = (&'a str, bool);

/// Marks the findings that a comment silences, and adds findings on comments that are wrong or do nothing.
///
/// `rules` lists every rule; it is only asked when the text speaks of hotlint at all.
pub fn mark<'a>(
    source: &Source,
    tokens: &[Token],
    report: &mut FileReport,
    rules: impl FnOnce() -> Vec<Ran<'a>>,
) {
    static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(directive::MARK));
    if FINDER.find(source.text().as_bytes()).is_none() {
        return;
    }
    let statements = Statements::new(tokens);
    let (mut directives, mut faults) = directive::read(source, tokens);
    let reaches = scope::reaches(source, &statements, &mut directives, &mut faults);

    let suppressor = |finding: TextRange, rule: &str| {
        let mut best: Option<(usize, usize)> = None;
        for (index, directive) in directives.iter().enumerate() {
            if directive.kind == Kind::Enable {
                continue;
            }
            for (which, name) in directive.names.iter().enumerate() {
                let closer = best.is_none_or(|(other, _)| directive.kind < directives[other].kind);
                if closer && name.text == rule && reaches[index][which].holds(source, finding) {
                    best = Some((index, which));
                }
            }
        }
        best
    };

    let mut used = Vec::new();
    for marked in &mut report.findings {
        let Some(by) = suppressor(marked.finding.range, marked.finding.rule) else {
            continue;
        };
        used.push(by);
        if marked.fate == Fate::Stands {
            marked.fate = Fate::Suppressed {
                by: directives[by.0].range,
            };
        }
    }

    // Findings may be missing from a file that was not understood.
    let understood = report.problems.is_empty()
        || report.problems.iter().all(|problem| {
            !matches!(
                problem.kind,
                ProblemKind::Syntax | ProblemKind::TooDeep | ProblemKind::Internal
            )
        });
    let rules = rules();
    let ran = |name: &str| rules.iter().find(|rule| rule.0 == name).map(|rule| rule.1);
    let mut own: Vec<Finding> = faults
        .into_iter()
        .map(|fault| mend::malformed(source, fault))
        .collect();
    for (index, directive) in directives.iter().enumerate() {
        let (mut unused, mut unknown) = (Vec::new(), Vec::new());
        for (which, name) in directive.names.iter().enumerate() {
            if NAMES.contains(&name.text.as_str()) {
                continue;
            }
            match ran(&name.text) {
                None => unknown.push(which),
                Some(_) if !understood => {}
                Some(true) if directive.kind != Kind::Enable => {
                    if !used.contains(&(index, which)) {
                        unused.push(which);
                    }
                }
                // An `enable` is of use when it ends something, whether or not the rule ran.
                Some(_) => {
                    if directive.kind == Kind::Enable
                        && matches!(reaches[index][which], Reach::Nothing)
                    {
                        unused.push(which);
                    }
                }
            }
        }
        if !unknown.is_empty() {
            own.push(mend::unknown(source, directive, &unknown, &rules));
        }
        if !unused.is_empty() {
            own.push(mend::unused(source, directive, &unused));
        }
    }
    let own: Vec<Marked> = own
        .into_iter()
        .map(|finding| Marked {
            fate: match suppressor(finding.range, finding.rule) {
                Some((by, _)) => Fate::Suppressed {
                    by: directives[by].range,
                },
                None => Fate::Stands,
            },
            severity: Severity::Warning,
            anchor: Anchor::default(),
            finding,
            heat: None,
        })
        .collect();
    if !own.is_empty() {
        report.findings.extend(own);
        report.findings.sort_by(|a, b| {
            let key = |marked: &Marked| (marked.finding.start(), marked.finding.rule);
            key(a).cmp(&key(b))
        });
    }
}

#[cfg(test)]
mod tests;
