//! What this repository promises of itself, where the compiler does not see to it.

use std::path::{Path, PathBuf};

use hotlint::measure::evidence;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder)
        .expect("a folder of this repository")
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "target") {
                rust_files(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn sources(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for folder in folders {
        rust_files(&root().join(folder), &mut files);
    }
    files.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("readable");
        (path, text)
    };
    files.into_iter().map(read).collect()
}

#[test]
fn modules_open_with_a_sentence_on_their_job() {
    for (path, text) in sources(&["src", "rules", "tests", "benches", "examples"]) {
        assert!(
            text.starts_with("//!"),
            "{}: no `//!` at the top",
            path.display()
        );
    }
}

#[test]
fn no_file_is_a_drawer_for_odds_and_ends() {
    for (path, _) in sources(&["src", "rules"]) {
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        assert!(
            !["util", "utils", "helper", "helpers", "common", "misc"].contains(&stem),
            "{}",
            path.display()
        );
    }
}

#[test]
fn the_core_touches_no_disk_clock_or_environment() {
    for (path, text) in sources(&["src/core/python", "src/core/lint", "rules"]) {
        if path.ends_with("rules/build.rs") {
            continue;
        }
        for forbidden in [
            "std::fs",
            "std::env",
            "std::time",
            "std::process",
            "std::net",
            "println!",
            "eprintln!",
        ] {
            assert!(!text.contains(forbidden), "{}: {forbidden}", path.display());
        }
    }
}

#[test]
fn rules_do_not_panic_on_purpose() {
    for (path, text) in sources(&["src/core/python", "src/core/lint", "rules"]) {
        if path.ends_with("rules/build.rs") {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for forbidden in [
            ".unwrap()",
            ".expect(",
            "panic!(",
            "unreachable!(",
            "todo!(",
            "unimplemented!(",
        ] {
            assert!(!code.contains(forbidden), "{}: {forbidden}", path.display());
        }
    }
}

#[test]
fn rule_names_are_patterns_in_kebab_case() {
    for rule in hotlint_rules::all() {
        let kebab = rule
            .name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        assert!(kebab && rule.name.contains('-'), "{}", rule.name);
        assert!(
            !rule.name.starts_with("use-") && !rule.name.starts_with("no-"),
            "{}: allow or ignore must read well",
            rule.name
        );
        assert!(
            rule.page.starts_with("# "),
            "{}: its page has no heading",
            rule.name
        );
    }
}

#[test]
fn evidence_can_be_read_and_bears_out_the_claim() {
    for rule in hotlint_rules::all() {
        if rule.evidence.is_none() {
            continue;
        }
        let evidence = evidence::of(rule);
        let against = evidence
            .as_ref()
            .map(|evidence| evidence.against(rule.cost));
        assert_eq!(against.as_deref(), Some(&[][..]), "{}", rule.name);
    }
}
