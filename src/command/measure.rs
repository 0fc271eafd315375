//! `hotlint measure`: what the rules gain on the Pythons of this machine.

use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use hotlint_core::lint::RuleEntry;

use super::Exit;
use crate::cli::Measure;
use crate::config::did_you_mean;
use crate::interpreters::{Interpreter, ask, installed};
use crate::measure::evidence::{Evidence, thousands, times};
use crate::measure::measure;
use crate::terminal::Terminal;

/// Measures the named rules, or all, and prints or writes what was seen.
///
/// # Errors
/// When standard output or an evidence file cannot be written.
pub fn run(args: &Measure, terminal: Terminal) -> io::Result<Exit> {
    let mut rules: Vec<&'static RuleEntry> = Vec::new();
    for name in &args.rules {
        match hotlint_rules::find(name) {
            Some(rule) => rules.push(rule),
            None => {
                let hint = did_you_mean(name, hotlint_rules::all().iter().map(|rule| rule.name));
                terminal.error(format_args!("unknown rule `{name}`, {hint}"));
                return Ok(Exit::Error);
            }
        }
    }
    if rules.is_empty() {
        rules.extend(hotlint_rules::all());
    }
    let interpreters: Vec<Interpreter> = match args.python.as_slice() {
        [] => installed(),
        paths => paths.iter().filter_map(|path| ask(path.clone())).collect(),
    };
    if interpreters.is_empty() {
        terminal.error("no Python 3.8 or newer found; name one with `--python PATH`");
        return Ok(Exit::Error);
    }
    for rule in rules {
        match measure(rule, &interpreters, &today()) {
            Ok(None) => {}
            Ok(Some(evidence)) => {
                terminal.print(|out| {
                    writeln!(out, "{} ({})", rule.name, rule.cost)?;
                    table(&evidence, out)
                })?;
                if let Some(folder) = &args.write {
                    let file = format!("{}.json", rule.name.replace('-', "_"));
                    let path = folder.join(rule.group.name()).join(file);
                    let text = serde_json::to_string_pretty(&evidence).map_err(io::Error::other)?;
                    std::fs::write(path, text + "\n")?;
                }
            }
            Err(error) => {
                terminal.error(error);
                return Ok(Exit::Error);
            }
        }
    }
    Ok(Exit::Clean)
}

/// One line for each interpreter and pair: how many times faster the good half is at each size, and how much less memory it takes.
///
/// # Errors
/// When `out` cannot be written.
pub fn table(evidence: &Evidence, out: &mut dyn Write) -> io::Result<()> {
    for python in &evidence.pythons {
        for (i, pair) in python.pairs.iter().enumerate() {
            let sizes = pair
                .sizes
                .iter()
                .map(|timing| format!("{:>6} at n={}", times(timing.ratio()), thousands(timing.n)));
            let sizes = sizes.collect::<Vec<_>>().join(", ");
            let memory = times(pair.memory.bad as f64 / pair.memory.good.max(1) as f64);
            let (python, build) = match i {
                0 => (python.version.as_str(), python.build.as_str()),
                _ => ("", ""),
            };
            writeln!(
                out,
                "    {python:<8} {build:<5} pair {} {sizes}; memory {memory}",
                i + 1
            )?;
        }
    }
    Ok(())
}

/// The day by the clock of the machine, as `2026-11-20`.
fn today() -> String {
    let days = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs() / 86_400);
    // Howard Hinnant's `civil_from_days`, for days since 1970.
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}
