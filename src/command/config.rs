//! `hotlint config` and `--show-settings`.

use std::io::{self, Write};

use clap::ValueEnum;

use super::Exit;
use crate::config::{KEYS, Key, Resolved, did_you_mean, schema};
use crate::terminal::Terminal;

/// Columns of text.
const WIDTH: usize = 80;

/// Prints what the key `name` means, or lists all keys.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(name: Option<&str>, terminal: Terminal) -> io::Result<Exit> {
    let Some(name) = name else {
        terminal.print(|out| {
            let width = KEYS.iter().map(|key| key.name.len()).max().unwrap_or(0);
            for key in KEYS {
                let ends = [". ", "; ", ": "].map(|end| key.doc.find(end));
                let end = ends.into_iter().flatten().min();
                let first = &key.doc[..end.unwrap_or(key.doc.len())];
                let first = first.trim_end_matches('.');
                writeln!(out, "{:width$}  {first}", key.name)?;
            }
            writeln!(out, "\n`hotlint config KEY` tells more, `hotlint config schema` gives a JSON schema. Keys stand in `[tool.hotlint]` of pyproject.toml, or at the top of")?;
            writeln!(out, "hotlint.toml or .hotlint.toml; the file closest to the Python file counts.")
        })?;
        return Ok(Exit::Clean);
    };
    if name == "schema" {
        terminal.print(|out| writeln!(out, "{:#}", schema()))?;
        return Ok(Exit::Clean);
    }
    match KEYS.iter().find(|key| key.name == name) {
        Some(key) => {
            terminal.print(|out| explain(key, out))?;
            Ok(Exit::Clean)
        }
        None => {
            let hint = did_you_mean(name, KEYS.iter().map(|key| key.name));
            let hint = if hint.is_empty() {
                "`hotlint config` lists the keys".to_owned()
            } else {
                hint
            };
            terminal.error(format_args!("unknown key `{name}`, {hint}"));
            Ok(Exit::Error)
        }
    }
}

fn explain(key: &Key, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}\n", key.name)?;
    for line in wrap(key.doc, WIDTH) {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "\nType:    {}", key.kind)?;
    writeln!(out, "Default: {}", key.default)
}

/// Lines of at most `width` characters, as far as words allow.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.extend(Some(line).filter(|line| !line.is_empty()));
    lines
}

/// Prints settings as the configuration file that would give them.
pub fn settings(resolved: &Resolved, out: &mut dyn Write) -> io::Result<()> {
    let settings = &resolved.settings;
    match &settings.path {
        Some(path) => writeln!(out, "# from {}", path.display())?,
        None => writeln!(out, "# no configuration file")?,
    }
    let versions = settings
        .target_version
        .or(resolved.requires_python)
        .unwrap_or_default();
    let upper =
        match versions.newest == hotlint_core::python::Versions::since(versions.oldest).newest {
            true => String::new(),
            false => format!(",<={}", versions.newest),
        };
    writeln!(out, "target-version = \">={}{upper}\"", versions.oldest)?;
    let rules: Vec<_> = settings
        .policy
        .selected()
        .map(|(_, rule, _)| rule.name)
        .collect();
    list(out, "select", &rules)?;
    let quiet: Vec<_> = settings.quiet_in.iter().map(|place| place.name()).collect();
    list(out, "quiet-in", &quiet)?;
    let globs: Vec<_> = settings.exclude_globs.iter().map(String::as_str).collect();
    list(out, "exclude", &globs)?;
    writeln!(out, "force-exclude = {}", settings.force_exclude)?;
    writeln!(out, "respect-gitignore = {}", settings.respect_gitignore)?;
    writeln!(out, "fail-level = \"{}\"", name(settings.fail_level))?;
    writeln!(out, "max-findings = {}", settings.max_findings)?;
    if let Some(path) = &settings.baseline {
        writeln!(out, "baseline = {:?}", path.display().to_string())?;
    }
    writeln!(out, "baseline-mode = \"{}\"", name(settings.baseline_mode))?;
    writeln!(out, "unsafe-fixes = {}", settings.unsafe_fixes)?;
    writeln!(out, "output-format = \"{}\"", name(settings.output_format))?;
    writeln!(
        out,
        "max-file-size = {}",
        settings.max_file_size.unwrap_or(0)
    )?;
    writeln!(out, "follow-imports = {}", settings.follow_imports)?;
    if !settings.libraries.files.is_empty() {
        let paths: Vec<_> = (settings.libraries.files.iter())
            .map(|path| path.to_string_lossy())
            .collect();
        let paths: Vec<_> = paths.iter().map(|path| &**path).collect();
        list(out, "libraries", &paths)?;
    }
    if !settings.profiles.is_empty() {
        let paths: Vec<_> = settings
            .profiles
            .iter()
            .map(|path| path.to_string_lossy())
            .collect();
        let paths: Vec<_> = paths.iter().map(|path| &**path).collect();
        list(out, "profile", &paths)?;
    }
    if let Some(share) = settings.min_share {
        writeln!(out, "min-share = \"{}%\"", share * 100.0)?;
    }
    if !settings.path_map.is_empty() {
        writeln!(out, "\n[path-map]")?;
    }
    for (from, to) in &settings.path_map {
        let [from, to] = [from.clone(), to.display().to_string()].map(toml::Value::from);
        writeln!(out, "{from} = {to}")?;
    }
    writeln!(out, "\n[severity]")?;
    for (_, rule, severity) in settings.policy.selected() {
        writeln!(
            out,
            "{} = \"{}\"",
            rule.name,
            format!("{severity:?}").to_lowercase()
        )?;
    }
    Ok(())
}

fn list(out: &mut dyn Write, key: &str, items: &[&str]) -> io::Result<()> {
    let items: Vec<_> = items
        .iter()
        .map(|item| toml::Value::from(*item).to_string())
        .collect();
    match items.concat().len() < WIDTH {
        true => writeln!(out, "{key} = [{}]", items.join(", ")),
        false => writeln!(out, "{key} = [\n    {},\n]", items.join(",\n    ")),
    }
}

fn name(value: impl ValueEnum) -> String {
    let value = value.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}
