//! A type checker that sees the whole program can answer what a file does not tell: rules that were silent speak.

use std::sync::Arc;

use hotlint::check::{Setup, check};
use hotlint::policy::Policy;
use hotlint::quiet::Quiet;
use hotlint_core::lint::Severity;
use hotlint_core::python::{Source, TypeProvider};
use hotlint_core::text_size::TextRange;

const TEXT: &str = "\
from stock import known


def missing(rows):
    return [row for row in rows if row not in known]


def short(rows):
    names = ['a', 'b']
    return [row for row in rows if row not in names]
";

/// Knows the type of every name that is spelled so.
#[derive(Debug)]
struct Toy(&'static str, &'static str);

impl TypeProvider for Toy {
    fn type_of(&self, path: &str, range: TextRange) -> Option<String> {
        let asked = TEXT.get(range.start().to_usize()..range.end().to_usize())?;
        (path == "report.py" && asked == self.0).then(|| self.1.to_owned())
    }
}

/// The rules that speak, with the lines that they speak of.
fn found(types: Option<Toy>) -> Vec<(&'static str, usize)> {
    let all = hotlint_rules::all().iter();
    let severities = all.map(|_| Some(Severity::Warning)).collect();
    let setup = Setup {
        policy: Arc::new(Policy::new(severities, Quiet::default())),
        types: types.map(|types| Arc::new(types) as Arc<dyn TypeProvider>),
        ..Setup::default()
    };
    let source = Source::module("report.py", TEXT);
    let report = check(&source, &setup);
    let told = report.findings.iter().map(|marked| {
        let place = marked.finding.range.start();
        (marked.finding.rule, source.lines().line_index(place).get())
    });
    told.collect()
}

#[test]
fn what_a_file_does_not_tell_is_answered_from_outside() {
    let speaks = ("list-membership-in-loop", 5);
    assert!(!found(None).contains(&speaks));
    for list in ["list[str]", "builtins.list[str]", "list[str] | None"] {
        assert!(found(Some(Toy("known", list))).contains(&speaks), "{list}");
    }
    for other in [
        "set[str]",
        "dict[str, int]",
        "stock.Known",
        "str",
        "no type at all [",
    ] {
        assert!(
            !found(Some(Toy("known", other))).contains(&speaks),
            "{other}"
        );
    }
}

#[test]
fn what_a_file_tells_is_not_asked_for() {
    assert_eq!(found(Some(Toy("names", "set[str]"))), found(None));
}
