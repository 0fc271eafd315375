//! `hotlint measure`: what the rules gain on the Pythons of this machine.

use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use hotlint_core::lint::RuleEntry;

use super::Exit;
use crate::cli::Measure;
use crate::config::did_you_mean;
use crate::interpreters::{Interpreter, all_installed, ask};
use crate::measure::evidence::{Evidence, thousands, times};
use crate::measure::{Measured, measure};
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
    let interpreters = match args.python.as_slice() {
        [] => all_installed(),
        paths => {
            let mut answering = Vec::new();
            for path in paths {
                let Some(interpreter) = ask(path.clone()) else {
                    let path = path.display();
                    terminal.error(format_args!("{path} is no Python 3 that answers"));
                    return Ok(Exit::Error);
                };
                answering.push(interpreter);
            }
            answering
        }
    };
    if interpreters.is_empty() {
        terminal.error("no Python 3.8 or newer found; name one with `--python PATH`");
        return Ok(Exit::Error);
    }
    let mut summary = Summary::default();
    for rule in rules {
        let lacks = |interpreter: &Interpreter, missing: &[String]| {
            let path = interpreter.path.display();
            let missing = missing.join(" and ");
            terminal.note(format_args!(
                "{} is not measured by {path}, which has no {missing}",
                rule.name
            ));
        };
        let Measured { evidence, failures } = measure(rule, &interpreters, &today(), lacks);
        for failure in &failures {
            terminal.error(failure);
        }
        if !failures.is_empty() {
            summary.failed.push(rule.name);
        }
        let Some(evidence) = evidence else {
            continue;
        };
        summary.measured += 1;
        terminal.print(|out| {
            writeln!(out, "{} ({})", rule.name, rule.cost)?;
            table(&evidence, out)
        })?;
        if rule.cost.can_be_timed() && evidence.pythons.iter().any(|it| it.is_cpython()) {
            let against = evidence.against(rule.cost).join(", ");
            terminal.print(|out| match against.is_empty() {
                true => writeln!(out, "    bears out what the rule claims"),
                false => writeln!(
                    out,
                    "    does not bear out what the rule claims on {against}"
                ),
            })?;
            if !against.is_empty() {
                summary.not_borne_out.push((rule.name, against));
            }
        }
        // What is known of an interpreter is not given up because it failed today.
        if let Some(folder) = args.write.as_ref().filter(|_| failures.is_empty()) {
            let file = format!("{}.json", rule.name.replace('-', "_"));
            let path = folder.join(rule.group.name()).join(file);
            let text = serde_json::to_string_pretty(&evidence).map_err(io::Error::other)?;
            std::fs::write(path, text + "\n")?;
        }
    }
    summary.tell(terminal)
}

/// What is left to look at when many rules were measured.
#[derive(Default)]
struct Summary {
    measured: usize,
    /// With the interpreters.
    not_borne_out: Vec<(&'static str, String)>,
    failed: Vec<&'static str>,
}

impl Summary {
    fn tell(&self, terminal: Terminal) -> io::Result<Exit> {
        if self.measured + self.failed.len() > 1 {
            terminal.print(|out| {
                writeln!(out, "\n{} rules measured", self.measured)?;
                for (rule, against) in &self.not_borne_out {
                    writeln!(out, "    {rule} is not borne out on {against}")?;
                }
                for rule in &self.failed {
                    writeln!(out, "    {rule} failed")?;
                }
                Ok(())
            })?;
        }
        Ok(match self.failed.is_empty() {
            true => Exit::Clean,
            false => Exit::Error,
        })
    }
}

/// One line for each interpreter and pair: how many times faster the good half is at each size, from where on it pays, how both grow, and
/// how much less memory it takes.
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
            let mut said = vec![sizes.collect::<Vec<_>>().join(", ")];
            said.extend(pair.pays().map(|n| format!("pays from n={}", thousands(n))));
            let growth = pair
                .growth()
                .map(|(bad, good)| format!("grows as n^{bad:.1} -> n^{good:.1}"));
            said.extend(growth);
            if pair.memory.bad > 0 {
                said.push(format!("memory {}", times(pair.memory.ratio())));
            }
            let (version, build) = match i {
                0 if python.is_cpython() => (python.version.clone(), python.build.as_str()),
                // Its builds are all of one kind.
                0 => (python.version.clone(), python.implementation.as_str()),
                _ => (String::new(), ""),
            };
            writeln!(
                out,
                "    {version:<8} {build:<5} pair {} {}",
                i + 1,
                said.join("; ")
            )?;
        }
    }
    Ok(())
}

/// The ratios of each pair on the newest interpreter, as bars: ten times faster is a bar of ten.
///
/// # Errors
/// When `out` cannot be written.
pub fn plot(evidence: &Evidence, out: &mut dyn Write) -> io::Result<()> {
    let Some(newest) = evidence.pythons.iter().rfind(|python| python.is_cpython()) else {
        return Ok(());
    };
    for (i, pair) in newest.pairs.iter().enumerate() {
        writeln!(
            out,
            "\n    pair {} on {} {}, times faster",
            i + 1,
            newest.version,
            newest.build
        )?;
        for timing in &pair.sizes {
            let (ratio, n) = (timing.ratio(), thousands(timing.n));
            writeln!(
                out,
                "    {:>9} {} {}",
                format!("n={n}"),
                bar(ratio),
                times(ratio)
            )?;
        }
    }
    Ok(())
}

/// A bar whose length tells how often something doubles: a factor of 1,000 still has to fit.
fn bar(ratio: f64) -> String {
    // Eighths of a column; four columns for each doubling.
    let eighths = (ratio.max(1.0).log2() * 4.0 * 8.0).round();
    let eighths = if eighths.is_finite() {
        eighths as usize
    } else {
        0
    };
    let eighths = eighths.min(60 * 8);
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let rest = rest.get(eighths % 8).copied().unwrap_or_default();
    format!("▏{}{rest}", "█".repeat(eighths / 8))
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
