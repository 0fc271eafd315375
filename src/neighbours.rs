//! Linters that report some of the same code, and what their configuration says.
//!
//! **Invariant**: this table is the only place that knows other tools' codes.

use std::fs;
use std::path::Path;

use toml::{Table, Value};

use crate::rule_set::index_of;

/// Codes and names of others, with the rule here that reports the same code. Where one of theirs is several of ours, or the other
/// way round, there is a line for each.
const SAME: &[(&str, &str)] = &[
    // ruff
    ("PERF101", "unnecessary-list-cast-in-iteration"),
    ("PERF102", "dict-items-one-side-unused"),
    ("PERF203", "try-except-in-loop"),
    ("PERF401", "manual-list-comprehension"),
    ("PERF402", "manual-list-copy"),
    ("PERF403", "manual-dict-comprehension"),
    ("ASYNC251", "blocking-sleep-in-async"),
    ("B019", "cache-on-method"),
    ("C400", "identity-generator-copy"),
    ("C401", "identity-generator-copy"),
    ("C413", "redundant-collection-cast"),
    ("C414", "redundant-collection-cast"),
    ("C416", "identity-generator-copy"),
    ("C417", "map-filter-lambda"),
    ("C419", "list-comprehension-in-any-all"),
    ("C420", "loop-to-fromkeys"),
    ("FURB118", "lambda-sort-key-itemgetter"),
    ("FURB129", "readlines-in-for"),
    ("FURB142", "set-add-loop"),
    ("FURB148", "enumerate-index-unused"),
    ("FURB187", "reverse-copy"),
    ("FURB192", "sorted-for-min-max"),
    ("PIE810", "startswith-or-chain"),
    ("PLW0108", "lambda-wraps-callable"),
    ("RUF017", "quadratic-list-sum"),
    ("SIM911", "zip-keys-values"),
    // perflint, a plugin of Pylint
    ("W8101", "unnecessary-list-cast-in-iteration"),
    (
        "unnecessary-list-cast",
        "unnecessary-list-cast-in-iteration",
    ),
    ("W8102", "dict-items-one-side-unused"),
    (
        "incorrect-dictionary-iterator",
        "dict-items-one-side-unused",
    ),
    ("W8201", "loop-invariant-call"),
    ("loop-invariant-statement", "loop-invariant-call"),
    ("W8203", "try-except-in-loop"),
    ("loop-try-except-usage", "try-except-in-loop"),
    ("W8401", "manual-list-comprehension"),
    ("use-list-comprehension", "manual-list-comprehension"),
    ("W8402", "manual-list-copy"),
    ("use-list-copy", "manual-list-copy"),
    ("W8403", "manual-dict-comprehension"),
    ("use-dict-comprehension", "manual-dict-comprehension"),
    // Pylint itself
    ("W1518", "cache-on-method"),
    ("method-cache-max-size-none", "cache-on-method"),
    ("R1729", "list-comprehension-in-any-all"),
    ("use-a-generator", "list-comprehension-in-any-all"),
];

/// Codes of others with our rules, those rules only that this version has.
fn known() -> impl Iterator<Item = (&'static str, &'static str)> {
    let known = |(_, rule): &&(&str, &'static str)| index_of(rule).is_some();
    SAME.iter().filter(known).copied()
}

/// The rule that reports what another tool's `code` does.
pub fn rule_of(code: &str) -> Option<&'static str> {
    let same = |(theirs, _): &(&str, &str)| theirs.eq_ignore_ascii_case(code);
    known().find(same).map(|(_, rule)| rule)
}

/// What the other linters of a project are told to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// ruff's `target-version`, as in `py311`.
    pub target_version: Option<String>,
    /// ruff's `exclude`, in place of the usual.
    pub exclude: Option<Vec<String>>,
    pub extend_exclude: Vec<String>,
    /// Codes that ruff or Pylint reports and a rule here too, with that rule; in the order of the table.
    pub same: Vec<(&'static str, &'static str)>,
}

impl Neighbours {
    /// What stands in the configuration files of `folder`; what cannot be read is left to those whom it concerns.
    pub fn of(folder: &Path) -> Self {
        let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
        let table = |text: &str| text.parse::<Table>().unwrap_or_default();
        let pyproject = table(&text("pyproject.toml"));
        let mut neighbours = Self::default();
        // The first that there is counts alone.
        let own = [".ruff.toml", "ruff.toml"]
            .iter()
            .find(|name| folder.join(name).is_file());
        let ruff = match own {
            Some(name) => Some(table(&text(name))),
            None => get(&pyproject, &["tool", "ruff"])
                .and_then(Value::as_table)
                .cloned(),
        };
        if let Some(ruff) = &ruff {
            neighbours.target_version = get(ruff, &["target-version"])
                .and_then(Value::as_str)
                .map(str::to_owned);
            neighbours.exclude = get(ruff, &["exclude"]).map(strings);
            neighbours.extend_exclude = get(ruff, &["extend-exclude"])
                .map(strings)
                .unwrap_or_default();
        }
        let pylint = Pylint::of(&pyproject, &text(".pylintrc"), &text("pylintrc"));
        let selection = ruff.as_ref().map(Selection::of);
        let is_on =
            |code: &str| selection.as_ref().is_some_and(|ruff| ruff.has(code)) || pylint.has(code);
        neighbours.same = known().filter(|(code, _)| is_on(code)).collect();
        neighbours
    }

    /// The rules that others report too, in order.
    pub fn rules(&self) -> Vec<&'static str> {
        let mut rules: Vec<_> = self.same.iter().map(|(_, rule)| *rule).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}

fn get<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Value> {
    let (last, tables) = path.split_last()?;
    let mut table = table;
    for name in tables {
        table = table.get(*name)?.as_table()?;
    }
    table.get(*last)
}

/// A list of strings, or one with commas in it.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        Value::String(text) => text.split(',').map(|word| word.trim().to_owned()).collect(),
        _ => Vec::new(),
    }
}

/// What ruff runs.
struct Selection {
    select: Vec<String>,
    ignore: Vec<String>,
}

impl Selection {
    fn of(ruff: &Table) -> Self {
        let list = |names: &[&str]| {
            let places = names
                .iter()
                .flat_map(|name| [vec!["lint", name], vec![*name]]);
            places
                .filter_map(|path| get(ruff, &path))
                .flat_map(strings)
                .collect()
        };
        Self {
            select: list(&["select", "extend-select"]),
            ignore: list(&["ignore", "extend-ignore"]),
        }
    }

    /// The longest prefix decides, as in ruff.
    fn has(&self, code: &str) -> bool {
        // What is none of ruff's codes is not selected by `ALL` either.
        if !code
            .chars()
            .next()
            .is_some_and(|first| first.is_ascii_uppercase())
            || code.starts_with("W8")
            || code.starts_with("W1")
            || code.starts_with("R1")
        {
            return false;
        }
        let longest = |list: &[String]| {
            let fits = |prefix: &&String| *prefix == "ALL" || code.starts_with(prefix.as_str());
            let weight = |prefix: &String| if prefix == "ALL" { 0 } else { prefix.len() };
            list.iter().filter(fits).map(weight).max()
        };
        longest(&self.select) > longest(&self.ignore)
    }
}

/// What Pylint runs.
#[derive(Default)]
struct Pylint {
    has_perflint: bool,
    disabled: Vec<String>,
}

impl Pylint {
    fn of(pyproject: &Table, hidden: &str, plain: &str) -> Self {
        let mut pylint = Self::default();
        for section in ["main", "master", "MAIN", "MASTER"] {
            let plugins = get(pyproject, &["tool", "pylint", section, "load-plugins"]);
            let plugins = plugins.map(strings).unwrap_or_default();
            pylint.has_perflint |= plugins.iter().any(|name| name == "perflint");
        }
        for section in ["messages control", "messages_control", "MESSAGES CONTROL"] {
            let disabled = get(pyproject, &["tool", "pylint", section, "disable"]);
            pylint
                .disabled
                .extend(disabled.map(strings).unwrap_or_default());
        }
        for ini in [hidden, plain] {
            let values = |key: &'static str| values(ini, key).collect::<Vec<_>>();
            pylint.has_perflint |= values("load-plugins")
                .iter()
                .any(|name| name.contains("perflint"));
            pylint.disabled.extend(values("disable"));
        }
        pylint
    }

    fn has(&self, code: &str) -> bool {
        let is_perflint = code.starts_with("W8") && code.len() == 5;
        self.has_perflint && is_perflint && {
            let rule = rule_of(code);
            !self
                .disabled
                .iter()
                .any(|name| name == code || rule.is_some() && rule_of(name) == rule)
        }
    }
}

/// The words of a list in an INI file; it goes on in lines that are indented.
fn values<'i>(ini: &'i str, key: &'i str) -> impl Iterator<Item = String> + 'i {
    let mut is_in = false;
    let lines = ini.lines().filter_map(move |line| {
        let is_more = line.starts_with([' ', '\t']) && !line.trim().is_empty();
        if is_more {
            return is_in.then_some(line);
        }
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        is_in = name.trim() == key;
        is_in.then_some(value)
    });
    let words = lines.flat_map(|line| line.split(','));
    words.map(|word| word.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beside(files: &[(&str, &str)]) -> Neighbours {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Neighbours::of(folder.path())
    }

    fn codes(files: &[(&str, &str)]) -> Vec<&'static str> {
        beside(files).same.iter().map(|(code, _)| *code).collect()
    }

    #[test]
    fn ruff_is_read_as_ruff_reads_it() {
        let ruff = "[tool.ruff]\ntarget-version = 'py311'\nextend-exclude = ['gen']\n[tool.ruff.lint]\nselect = ['E', 'PERF', 'C4']\nignore = ['PERF402', 'C41']\nextend-select = ['C419']\n";
        let seen = beside(&[("pyproject.toml", ruff)]);
        assert_eq!(seen.target_version.as_deref(), Some("py311"));
        assert_eq!(seen.extend_exclude, ["gen"]);
        let codes_of =
            |seen: &Neighbours| seen.same.iter().map(|(code, _)| *code).collect::<Vec<_>>();
        let codes_seen = codes_of(&seen);
        assert!(
            codes_seen.contains(&"PERF401") && codes_seen.contains(&"C419"),
            "{codes_seen:?}"
        );
        assert!(
            !codes_seen
                .iter()
                .any(|code| ["PERF402", "C416", "B019", "W8401"].contains(code)),
            "{codes_seen:?}"
        );
        // A file of its own counts alone.
        assert!(codes(&[("pyproject.toml", ruff), ("ruff.toml", "select = ['B0']\n")]) == ["B019"]);
        assert!(codes(&[("pyproject.toml", "[tool.ruff]\n")]).is_empty());
        assert!(
            codes(&[("ruff.toml", "select = ['ALL']\nignore = ['PERF']\n")]).contains(&"RUF017")
        );
    }

    #[test]
    fn perflint_counts_where_pylint_loads_it() {
        let loaded = (
            "pyproject.toml",
            "[tool.pylint.main]\nload-plugins = ['perflint']\n[tool.pylint.'messages control']\ndisable = ['use-list-copy']\n",
        );
        assert!(codes(&[loaded]).contains(&"W8401") && !codes(&[loaded]).contains(&"W8402"));
        assert!(
            codes(&[(
                ".pylintrc",
                "[MAIN]\nload-plugins=perflint\ndisable=W8401\n"
            )])
            .contains(&"W8402")
        );
        assert!(codes(&[(".pylintrc", "[MAIN]\n")]).is_empty());
    }

    #[test]
    fn codes_lead_to_rules_of_ours() {
        assert_eq!(rule_of("PERF401"), Some("manual-list-comprehension"));
        assert_eq!(rule_of("perf401"), Some("manual-list-comprehension"));
        assert_eq!(rule_of("use-list-copy"), Some("manual-list-copy"));
        assert_eq!(rule_of("E501"), None);
    }
}
