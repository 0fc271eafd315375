//! One page for a browser, all in one file: where the time goes, and the findings on the source with the heat in the margin.

mod treemap;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use hotlint_core::lint::{FixLevel, Severity};
use hotlint_core::python::SourceKind;

use super::heat::{amount, most, percent, words};
use super::{Place, Style, Tally, Told, cost, problem_name, standing, told};
use crate::measure::evidence;
use crate::rank::{COLD, HOT, LineHeat, MIN_SHARE, Ranking};
use crate::report::{Checked, Report};
use crate::verdict::{Heat, Join, Marked};
use treemap::{Area, squarify};

const CSS: &str = include_str!("html/page.css");

/// Lines around a finding, or a hot line, that are open from the start.
const AROUND: usize = 6;
/// Shares from which on a line is worth being seen.
const WARM: f64 = 0.005;
/// Functions of the map; the others are one area.
const AREAS: usize = 60;
/// The width of a letter, in units of the picture.
const LETTER: f64 = 8.0;
/// The map, in units of the picture.
const MAP_WIDTH: f64 = 1200.0;
const MAP_HEIGHT: f64 = 320.0;

pub(super) fn write(report: &Report, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    out.write_all(page(report).as_bytes())
}

fn page(report: &Report) -> String {
    let mut text = String::new();
    let ranking = report.ranking.as_ref();
    let tally = Tally::of(report).to_string();
    let _ = write!(
        text,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>hotlint</title>\n<style>\n{CSS}</style>\n</head>\n<body>\n<header>\n<h1>hotlint</h1>\n<p>{}</p>\n",
        escape(&tally)
    );
    if let Some(ranking) = ranking {
        let total = ranking.total.map_or(String::new(), |(unit, total)| {
            format!(", {}", amount(unit, total))
        });
        let _ = writeln!(
            text,
            "<p>profile: {}{total}</p>",
            escape(&ranking.sources.join(", "))
        );
        for note in &ranking.stale {
            let _ = writeln!(text, "<p class=\"stale\">{}</p>", escape(note));
        }
    }
    text.push_str("</header>\n<main>\n");
    if let Some(ranking) = ranking {
        map(&mut text, report, ranking);
    }
    list(&mut text, report);
    // The file of the hottest finding first.
    let mut files: Vec<usize> = told(report)
        .iter()
        .filter_map(|(file, _)| {
            report
                .files
                .iter()
                .position(|other| std::ptr::eq(other, *file))
        })
        .collect();
    let mut seen = std::collections::BTreeSet::new();
    files.retain(|at| seen.insert(*at));
    for at in files {
        let Some(file) = report.files.get(at) else {
            continue;
        };
        let lines = ranking.and_then(|ranking| ranking.lines.get(at));
        source(&mut text, at, file, lines);
    }
    text.push_str("</main>\n</body>\n</html>\n");
    text
}

/// How hot a share is drawn: `h0` to `h4`.
fn class(share: f64) -> &'static str {
    match share {
        share if share >= 0.3 => "h4",
        share if share >= HOT => "h3",
        share if share >= 0.03 => "h2",
        share if share >= MIN_SHARE => "h1",
        _ => "h0",
    }
}

/// Where the time went: an area for each function, with a mark where findings sit.
fn map(text: &mut String, report: &Report, ranking: &Ranking) {
    let mut places: Vec<_> = ranking
        .places
        .iter()
        .filter(|place| place.own >= COLD)
        .take(AREAS)
        .collect();
    places.sort_by(|a, b| b.own.total_cmp(&a.own));
    if places.is_empty() {
        return;
    }
    let rest = (1.0 - places.iter().map(|place| place.own).sum::<f64>()).max(0.0);
    let mut shares: Vec<f64> = places.iter().map(|place| place.own).collect();
    if rest > COLD {
        shares.push(rest);
    }
    let areas = squarify(&shares, MAP_WIDTH, MAP_HEIGHT);
    let _ = write!(
        text,
        "<section>\n<h2>Where it goes</h2>\n<svg class=\"map\" viewBox=\"0 0 {MAP_WIDTH} {MAP_HEIGHT}\" role=\"img\" \
         aria-label=\"functions by what they spend themselves\">\n"
    );
    for (at, area) in areas.iter().enumerate() {
        let Some(place) = places.get(at) else {
            label(
                text,
                area,
                "rest",
                "",
                "everything else: libraries, imports, many small functions",
                rest,
                "rest",
            );
            continue;
        };
        let found = report
            .files
            .iter()
            .position(|file| file.source.path() == place.file);
        let findings = found.map_or(0, |file| sits(report, ranking, file, place.line));
        let noun = if findings == 1 { "finding" } else { "findings" };
        let title = format!(
            "{} {}: {} itself, {} with what it calls, {findings} {noun}",
            place.file,
            place.function,
            percent(place.own),
            percent(place.cumulative)
        );
        let marks = "●".repeat(findings.min(5));
        if let Some(file) = found {
            let _ = write!(text, "<a href=\"#f{file}l{}\">", place.line);
        }
        label(
            text,
            area,
            &place.function,
            &marks,
            &title,
            place.own,
            class(place.own),
        );
        text.push_str(if found.is_some() { "</a>\n" } else { "\n" });
    }
    text.push_str("</svg>\n<p class=\"key\">each area is a function; ● are findings that stand in it</p>\n</section>\n");
}

/// How many findings stand in the function that begins at `line`, as far as the next one.
fn sits(report: &Report, ranking: &Ranking, file: usize, line: u32) -> usize {
    let Some(checked) = report.files.get(file) else {
        return 0;
    };
    let path = checked.source.path();
    let others = ranking
        .places
        .iter()
        .filter(|place| place.file == path && place.line > line);
    let end = others.map(|place| place.line).min().unwrap_or(u32::MAX);
    let rows = standing(&checked.report).map(|marked| row(checked, marked));
    rows.filter(|row| (line as usize..end as usize).contains(row))
        .count()
}

fn label(
    text: &mut String,
    area: &Area,
    name: &str,
    marks: &str,
    title: &str,
    share: f64,
    class: &str,
) {
    let Area {
        x,
        y,
        width,
        height,
    } = area;
    let _ = write!(
        text,
        "<g class=\"{class}\"><title>{}</title><rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>",
        escape(title)
    );
    let fits = (width - 10.0) / LETTER;
    if fits >= 4.0 && *height >= 20.0 {
        let name: String = match name.chars().count() as f64 > fits {
            true => name.chars().take(fits as usize - 1).chain(['…']).collect(),
            false => name.to_owned(),
        };
        let _ = write!(
            text,
            "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            x + 5.0,
            y + 15.0,
            escape(&name)
        );
        if *height >= 36.0 {
            let words = format!("{} {marks}", percent(share));
            let _ = write!(
                text,
                "<text class=\"small\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                x + 5.0,
                y + 31.0,
                escape(words.trim())
            );
        }
    }
    text.push_str("</g>");
}

/// All findings in the order in which they matter.
fn list(text: &mut String, report: &Report) {
    text.push_str("<section>\n<h2>Findings</h2>\n<table>\n");
    for (file, told) in told(report) {
        let at = report
            .files
            .iter()
            .position(|other| std::ptr::eq(other, file))
            .unwrap_or(0);
        let path = escape(file.source.path());
        match told {
            Told::Problem(problem) => {
                let _ = writeln!(
                    text,
                    "<tr class=\"error\"><td></td><td></td><td>{path}</td><td><code>{}</code></td><td>{}</td></tr>",
                    problem_name(problem.kind),
                    escape(&problem.message)
                );
            }
            Told::Finding(marked) => {
                let place = Place::of(file, marked.finding.range.start());
                let (share, bar) = marked
                    .heat
                    .as_ref()
                    .map_or((String::new(), String::new()), told_share);
                let _ = writeln!(
                    text,
                    "<tr><td class=\"share\">{share}</td><td class=\"bar\">{bar}</td>\
                     <td><a href=\"#f{at}l{}\">{path}:{place}</a></td><td><code>{}</code></td><td>{}</td></tr>",
                    row(file, marked),
                    escape(marked.finding.rule),
                    code(&marked.finding.message)
                );
            }
        }
    }
    text.push_str("</table>\n</section>\n");
}

/// The bound in words, and as a bar.
fn told_share(heat: &Heat) -> (String, String) {
    if heat.join == Join::Unprofiled {
        return ("unprofiled".to_owned(), String::new());
    }
    let words = match most(heat.bound) {
        _ if heat.bound < COLD => "cold".to_owned(),
        percent => format!("≤ {percent}"),
    };
    (words, bar(heat.bound))
}

fn bar(share: f64) -> String {
    let width = (share * 100.0).clamp(0.0, 100.0);
    format!(
        "<i class=\"{}\" style=\"width:{width:.1}%\"></i>",
        class(share)
    )
}

/// The row of the text, whatever cells it has.
fn row(file: &Checked, marked: &Marked) -> usize {
    file.source
        .lines()
        .line_index(marked.finding.range.start())
        .get()
}

/// The source of a file, open around its findings and its hot lines.
fn source(text: &mut String, at: usize, file: &Checked, heat: Option<&BTreeMap<u32, LineHeat>>) {
    let mut findings: BTreeMap<usize, Vec<&Marked>> = BTreeMap::new();
    for marked in standing(&file.report) {
        findings.entry(row(file, marked)).or_default().push(marked);
    }
    if findings.is_empty() {
        return;
    }
    let lines: Vec<&str> = file.source.text().lines().collect();
    let warm = |row: usize| {
        let heat = heat.and_then(|heat| heat.get(&u32::try_from(row).ok()?));
        heat.copied().filter(|heat| heat.share >= COLD)
    };
    let is_open = |row: usize| {
        let near = row.saturating_sub(AROUND)..=row + AROUND;
        findings.range(near.clone()).next().is_some()
            || near
                .clone()
                .any(|row| warm(row).is_some_and(|heat| heat.share >= WARM))
    };
    let _ = writeln!(
        text,
        "<section class=\"file\" id=\"f{at}\">\n<h2>{}</h2>",
        escape(file.source.path())
    );
    let mut open = None;
    for (index, line) in lines.iter().enumerate() {
        let row = index + 1;
        let wanted = is_open(row);
        if open != Some(wanted) {
            match open {
                Some(true) => text.push_str("</div>\n"),
                Some(false) => text.push_str("</div></details>\n"),
                None => {}
            }
            match wanted {
                true => text.push_str("<div class=\"code\">\n"),
                false => {
                    let end = (row..=lines.len())
                        .find(|row| is_open(*row))
                        .unwrap_or(lines.len() + 1);
                    let count = end - row;
                    let noun = if count == 1 { "line" } else { "lines" };
                    let _ = writeln!(
                        text,
                        "<details><summary>{count} {noun}</summary><div class=\"code\">"
                    );
                }
            }
            open = Some(wanted);
        }
        code_line(text, at, row, line, warm(row), findings.contains_key(&row));
        for marked in findings.get(&row).into_iter().flatten() {
            finding(text, file, marked);
        }
    }
    text.push_str(match open {
        Some(true) => "</div>\n",
        Some(false) => "</div></details>\n",
        None => "",
    });
    text.push_str("</section>\n");
}

fn code_line(
    text: &mut String,
    at: usize,
    row: usize,
    line: &str,
    heat: Option<LineHeat>,
    is_found: bool,
) {
    let (share, title, kind) = match heat {
        None => (String::new(), String::new(), "h0"),
        Some(heat) => {
            let hits = heat
                .hits
                .filter(|hits| *hits > 0)
                .map_or(String::new(), |hits| {
                    format!(", ran {} times", evidence::thousands(hits))
                });
            let what = if heat.of_function {
                "this function"
            } else {
                "this line"
            };
            let title = format!(
                " title=\"{what} itself: {}{hits}\"",
                escape(&percent(heat.share))
            );
            let function = if heat.of_function { "ƒ " } else { "" };
            (
                format!("{function}{}", escape(&percent(heat.share))),
                title,
                class(heat.share),
            )
        }
    };
    let found = if is_found { " found" } else { "" };
    let _ = writeln!(
        text,
        "<div class=\"line{found}\" id=\"f{at}l{row}\"><span class=\"heat {kind}\"{title}>{share}</span><span class=\"row\">{row}</span>\
         <span class=\"text\">{}</span></div>",
        escape(line)
    );
}

fn finding(text: &mut String, file: &Checked, marked: &Marked) {
    let severity = match marked.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    let finding = &marked.finding;
    let _ = writeln!(
        text,
        "<div class=\"finding {severity}\"><p><code class=\"rule\">{}</code> {}</p>",
        escape(finding.rule),
        code(&finding.message)
    );
    let mut line = |name: &str, words: &str| {
        if !words.is_empty() {
            let _ = writeln!(text, "<p><b>{name}</b> {}</p>", code(words));
        }
    };
    if let Some(heat) = &marked.heat {
        line("heat", &words(heat));
    }
    let mut cost = cost(marked);
    if let (false, Some(claim)) = (cost.is_empty(), evidence::figure(finding.rule)) {
        let _ = write!(cost, " (measured: {claim})");
    }
    line("cost", &cost);
    for cause in &finding.causes {
        let place = Place::of(file, cause.range.start());
        line("because", &format!("line {}: {}", place.row, cause.text));
    }
    for step in &finding.steps {
        let words = format!("{}:{}: {}", step.path, step.row, step.text);
        line("via", &words);
    }
    line("help", &finding.help);
    if let Some(fix) = &finding.fix {
        let name = match fix.level {
            FixLevel::Safe => "fix",
            FixLevel::Unsafe => "unsafe fix",
            FixLevel::Display => "suggestion",
        };
        let caveat = if fix.caveat.is_empty() {
            String::new()
        } else {
            format!(" ({})", fix.caveat)
        };
        line(name, &format!("{}{caveat}", fix.title));
    }
    if matches!(file.source.kind(), SourceKind::Notebook { .. }) {
        let place = Place::of(file, finding.range.start());
        line("place", &place.to_string());
    }
    text.push_str("</div>\n");
}

/// `text` with what stands in backticks as code.
fn code(text: &str) -> String {
    let mut marked = String::new();
    for (at, part) in text.split('`').enumerate() {
        match at % 2 {
            0 => marked.push_str(&escape(part)),
            _ => {
                let _ = write!(marked, "<code>{}</code>", escape(part));
            }
        }
    }
    marked
}

/// `text` as no browser takes it for anything else.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Not allowed in a page, whatever they mean in Python.
            char if char.is_control() && char != '\t' && char != '\n' => safe.push('\u{fffd}'),
            char => safe.push(char),
        }
    }
    safe
}

#[cfg(test)]
mod tests;
