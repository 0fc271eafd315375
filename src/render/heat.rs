//! Heat in words and bars.

use std::collections::BTreeMap;
use std::io;

use anstyle::AnsiColor;

use super::{Place, Style, Told, paint, standing, told};
use crate::profile::Unit;
use crate::rank::{COLD, HOT, MIN_SHARE};
use crate::report::Report;
use crate::verdict::{Heat, Join, Marked};

/// Characters of a full bar.
const BAR: usize = 10;
/// How many findings the list at the top has.
const TOP: usize = 5;

/// `22 %`, `2.5 %`, `0.3 %`, `<0.1 %`, `0 %`
pub fn percent(share: f64) -> String {
    match share * 100.0 {
        0.0 => "0 %".to_owned(),
        percent if percent < 0.1 => "<0.1 %".to_owned(),
        percent if percent < 9.95 => format!("{percent:.1} %"),
        percent => format!("{percent:.0} %"),
    }
}

/// Like [`percent`], and never less than it is: of what is promised to be the most.
pub fn most(share: f64) -> String {
    let step = if share < 0.0995 { 1e-3 } else { 1e-2 };
    // What is a whole step but for the noise of numbers is that step.
    percent(((share / step) - 1e-6).ceil().max(0.0) * step)
}

/// `1.2 s`, `350 samples`, `12 MiB`
pub fn amount(unit: Unit, amount: f64) -> String {
    match unit {
        Unit::Seconds if amount < 0.9995 => format!("{:.0} ms", amount * 1e3),
        Unit::Seconds => format!("{amount:.1} s"),
        Unit::Samples => format!("{amount:.0} samples"),
        Unit::Bytes if amount < 1_048_576.0 => format!("{:.0} KiB", amount / 1_024.0),
        Unit::Bytes => format!("{:.0} MiB", amount / 1_048_576.0),
    }
}

/// A bar with a blank behind it; as long as the share, and in a colour that grows warmer with it.
pub(super) fn bar(share: f64, style: &Style) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * (BAR * 8) as f64).ceil() as usize;
    let (full, rest) = (eighths / 8, eighths % 8);
    let bar = format!("{}{}", "█".repeat(full), EIGHTHS[rest]);
    let blank = " ".repeat(BAR - full - usize::from(rest > 0) + 1);
    format!("{}{blank}", paint(style, color(share).on_default(), bar))
}

fn color(share: f64) -> AnsiColor {
    match share {
        share if share >= HOT => AnsiColor::Red,
        share if share >= MIN_SHARE => AnsiColor::Yellow,
        _ => AnsiColor::Blue,
    }
}

/// What can be saved, in a few words.
pub(crate) fn brief(heat: &Heat) -> String {
    match heat.join {
        Join::Unprofiled => "unprofiled".to_owned(),
        _ if heat.bound < COLD => "cold".to_owned(),
        _ => format!("at most {} {}", most(heat.bound), of_what(heat.unit)),
    }
}

/// What can be saved, and why that is believed.
pub(crate) fn words(heat: &Heat) -> String {
    let took = match heat.unit {
        Unit::Bytes => "allocated",
        _ => "took",
    };
    let place = match heat.join {
        Join::Unprofiled => return "unprofiled: no profile saw this code".to_owned(),
        Join::File => {
            return "cold: the profile saw the file, and nothing of this function".to_owned();
        }
        Join::Function => "its function",
        Join::Line => "its line",
        Join::Span => "this expression",
    };
    let hits = match heat.hits {
        Some(1) => " once",
        Some(hits) => &format!(" {} times", crate::measure::evidence::thousands(hits)),
        None => "",
    };
    let ran = if hits.is_empty() {
        String::new()
    } else {
        format!(", and ran{hits}")
    };
    format!(
        "{}; {place} {took} {}{ran}",
        brief(heat),
        percent(heat.share)
    )
}

fn of_what(unit: Unit) -> &'static str {
    match unit {
        Unit::Bytes => "of what this run allocated",
        _ => "of this run",
    }
}

/// The few findings that matter most, where a profile tells.
pub(super) fn hottest(report: &Report, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let Some(ranking) = report
        .ranking
        .as_ref()
        .filter(|ranking| !ranking.order.is_empty())
    else {
        return Ok(());
    };
    let findings = told(report)
        .into_iter()
        .filter_map(|(file, told)| match told {
            Told::Finding(marked) => Some((file, marked)),
            Told::Problem(_) => None,
        });
    let hot = |marked: &Marked| marked.heat.filter(|heat| heat.bound >= COLD);
    let top: Vec<_> = findings
        .filter_map(|(file, marked)| Some((file, marked, hot(marked)?)))
        .take(TOP)
        .collect();
    if top.is_empty() {
        return Ok(());
    }
    let total = ranking.total.map_or(String::new(), |(unit, total)| {
        format!(" ({})", amount(unit, total))
    });
    let bold = anstyle::Style::new().bold();
    writeln!(
        out,
        "{}{total}",
        paint(
            style,
            bold,
            format_args!("hottest of {}", ranking.sources.join(", "))
        )
    )?;
    let places = top.iter().map(|(file, marked, _)| {
        format!(
            "{}:{}",
            file.source.path(),
            Place::of(file, marked.finding.range.start())
        )
    });
    let places: Vec<String> = places.collect();
    let width = places.iter().map(String::len).max().unwrap_or(0);
    for ((_, marked, heat), place) in top.iter().zip(&places) {
        let share = paint(
            style,
            color(heat.bound).on_default(),
            format_args!("{:>6}", most(heat.bound)),
        );
        writeln!(
            out,
            "  {}{share}  {place:width$}  {}",
            bar(heat.bound, style),
            marked.finding.rule
        )?;
    }
    writeln!(out)
}

/// What mending all findings of a rule saves at most.
pub(super) fn shares(report: &Report) -> BTreeMap<&'static str, f64> {
    let mut shares: BTreeMap<&'static str, f64> = BTreeMap::new();
    for file in &report.files {
        // Findings in one function, or on one line, share its time.
        let mut places: BTreeMap<(&'static str, u32), f64> = BTreeMap::new();
        for marked in standing(&file.report) {
            let Some(heat) = marked.heat else {
                continue;
            };
            let most = places.entry((marked.finding.rule, heat.at)).or_default();
            *most = most.max(heat.bound);
        }
        for ((rule, _), bound) in places {
            let share = shares.entry(rule).or_default();
            *share = (*share + bound).min(1.0);
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_told_as_precisely_as_they_are_known() {
        let told: Vec<String> = [0.0, 0.0001, 0.004, 0.025, 0.22, 1.0].map(percent).into();
        assert_eq!(told, ["0 %", "<0.1 %", "0.4 %", "2.5 %", "22 %", "100 %"]);
    }

    #[test]
    fn what_is_promised_at_most_is_rounded_up() {
        let told: Vec<String> = [0.0, 0.0041, 0.025, 0.0991, 0.2201, 0.22, 0.995, 1.0]
            .map(most)
            .into();
        assert_eq!(
            told,
            [
                "0 %", "0.5 %", "2.5 %", "10 %", "23 %", "22 %", "100 %", "100 %"
            ]
        );
    }

    #[test]
    fn bars_are_as_wide_as_all_others() {
        for share in [0.0, 0.001, 0.5, 0.99, 1.0, 7.0] {
            assert_eq!(
                bar(share, &Style::default()).chars().count(),
                BAR + 1,
                "{share}"
            );
        }
    }
}
