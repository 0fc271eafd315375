//! Lists the rules that lie in the folders beside this file. Nothing else names a rule.
//!
//! All that a rule's file says already is taken from it: the name from the file's name, the group from the folder, the page from the
//! header, the level of its fixes from the constructors that it calls, whether it weighs sizes from a call of `sized`, the evidence from
//! the `.json` beside it.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Folder and variant of `hotlint_core::lint::Group`.
const GROUPS: &[(&str, &str)] = &[
    ("algorithmic", "Algorithmic"),
    ("arrays", "Arrays"),
    ("async", "Async"),
    ("cache", "Cache"),
    ("io", "Io"),
    ("memory", "Memory"),
    ("micro", "Micro"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let mut entries: Vec<(String, String)> = Vec::new();
    let mut modules = String::new();
    for (folder, variant) in GROUPS {
        let folder = root.join(folder);
        println!("cargo::rerun-if-changed={}", folder.display());
        for file in rust_files(&folder)? {
            let text = fs::read_to_string(&file)?;
            let stem = file
                .file_stem()
                .and_then(|stem| stem.to_str())
                .ok_or("a rule's file name is no UTF-8")?;
            println!("cargo::rerun-if-changed={}", file.display());
            let name = stem.replace('_', "-");
            let ty = rule_type(&text)
                .ok_or_else(|| format!("{}: no `impl Rule for ...`", file.display()))?;
            writeln!(
                modules,
                "#[path = {:?}]\nmod {stem};",
                file.display().to_string()
            )?;
            let evidence = file.with_extension("json");
            let evidence = if evidence.exists() {
                println!("cargo::rerun-if-changed={}", evidence.display());
                format!("Some(include_str!({:?}))", evidence.display().to_string())
            } else {
                "None".to_string()
            };
            let entry = format!(
                "RuleEntry::new::<{stem}::{ty}>({name:?}, Group::{variant}, {:?}, {}, {}, {evidence})",
                page(&text),
                fix_level(&text),
                text.contains(".sized("),
            );
            entries.push((name, entry));
        }
    }
    entries.sort();
    if let Some(twice) = entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!("two rules are called {}", twice[0].0).into());
    }
    let mut registry = modules;
    writeln!(registry, "static RULES: &[RuleEntry] = &[")?;
    for (_, entry) in entries {
        writeln!(registry, "    {entry},")?;
    }
    writeln!(registry, "];")?;
    fs::write(
        PathBuf::from(env::var("OUT_DIR")?).join("registry.rs"),
        registry,
    )?;
    Ok(())
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    if folder.exists() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The header of the file, without the comment signs.
fn page(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
}

fn rule_type(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("\nimpl Rule for ")?;
    rest.split_once([' ', '{']).map(|(name, _)| name)
}

/// The best level of fix that the file makes.
fn fix_level(text: &str) -> &'static str {
    if text.contains("Fix::safe(") {
        "Some(FixLevel::Safe)"
    } else if text.contains("Fix::unsafe_(") {
        "Some(FixLevel::Unsafe)"
    } else if text.contains("Fix::display(") {
        "Some(FixLevel::Display)"
    } else {
        "None"
    }
}
