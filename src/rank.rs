//! Report + profiles -> the report with the heat of each finding, and the order in which they matter.
//!
//! **Invariant**: nothing is dropped. A finding in a file that no profile saw is unprofiled, which is not the same as cold.

mod join;
mod paths;
mod saving;
mod scopes;
mod shift;

use std::collections::BTreeMap;
use std::sync::Arc;

use hotlint_core::lint::{Cost, RuleInfo, Severity};
use hotlint_core::python::{STACK_SIZE, parse};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::profile::{Profile, Site, Unit, is_library};
use crate::report::{Checked, Report};
use crate::rule_set::index_of;
use crate::verdict::{Fate, Heat, Join};

use join::{Located, Watch};
pub use paths::Paths;
use scopes::Scopes;
use shift::Shift;
pub use shift::known;

/// From this share of a run on a finding is hot, and told one step louder.
pub const HOT: f64 = 0.10;
/// Below this share it is cold, and told one step more quietly.
pub const COLD: f64 = 0.001;
/// What `--only-hot` leaves out unless told otherwise.
pub const MIN_SHARE: f64 = 0.01;

/// How to rank.
#[derive(Debug, Default)]
pub struct Wanted {
    /// The revision that was running, if lines are to be mapped by git.
    pub revision: Option<String>,
    /// Findings of which less can be saved are not shown: a share of the run.
    pub least: Option<f64>,
    /// Whether the hottest comes first.
    pub hot_first: bool,
}

/// What the profiles say about a whole report.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Ranking {
    /// What was read, as people call it.
    pub sources: Vec<String>,
    /// The unit and the total of the profile that most findings are ranked by.
    pub total: Option<(Unit, f64)>,
    /// Findings by file and place in [`Report::files`], hottest first; empty where the order of places was asked for.
    #[serde(skip)]
    pub order: Vec<(usize, usize)>,
    /// What each line of a file with findings spent itself, as a share; like [`Report::files`].
    pub lines: Vec<BTreeMap<u32, LineHeat>>,
    /// What each function of a file took, in the order of the text; like [`Report::files`].
    pub functions: Vec<Vec<FunctionHeat>>,
    /// Where the time went, largest first; libraries are charged to who called them.
    pub places: Vec<PlaceHeat>,
    /// Files whose text is not the one that ran: what became of their places.
    pub stale: Vec<String>,
    /// Findings of which less can be saved are not shown: a share of the run.
    pub least: Option<f64>,
    /// Whether the hottest comes first.
    pub hot_first: bool,
}

/// The heat of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LineHeat {
    pub share: f64,
    /// Whether it is the heat of the function that begins here: the profile does not tell lines.
    pub of_function: bool,
    pub hits: Option<u64>,
}

/// The heat of a function of a file that is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FunctionHeat {
    /// `Work.build`
    pub name: String,
    /// The line of `def`, and the last one.
    pub lines: (u32, u32),
    /// The share that it spent itself, or that others spent on its behalf.
    pub own: f64,
    /// The share that was spent while it ran.
    pub cumulative: f64,
    pub hits: Option<u64>,
}

/// The heat of a function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceHeat {
    /// As reports call it, or as the profile does.
    pub file: String,
    pub function: String,
    /// Where it begins; 0 where that is not known.
    pub line: u32,
    pub own: f64,
    pub cumulative: f64,
}

/// Gives each finding of `report` its heat. `profiles` are one for each unit, `paths` knows all files that were checked;
/// `shown` is what reports call them.
pub fn rank(
    report: &mut Report,
    profiles: &[Profile],
    paths: &Paths,
    shown: &[String],
    wanted: &Wanted,
) -> Ranking {
    // Trees are parsed again, which wants the stack that the first time had.
    std::thread::scope(|scope| {
        let work = || rank_here(report, profiles, paths, shown, wanted);
        let thread = std::thread::Builder::new()
            .stack_size(STACK_SIZE)
            .spawn_scoped(scope, work);
        thread
            .ok()
            .and_then(|thread| thread.join().ok())
            .unwrap_or_default()
    })
}

fn rank_here(
    report: &mut Report,
    profiles: &[Profile],
    paths: &Paths,
    shown: &[String],
    wanted: &Wanted,
) -> Ranking {
    let mut ranking = Ranking {
        lines: vec![BTreeMap::new(); report.files.len()],
        least: wanted.least,
        hot_first: wanted.hot_first,
        functions: vec![Vec::new(); report.files.len()],
        ..Ranking::default()
    };
    let indices: FxHashMap<&str, usize> = shown
        .iter()
        .enumerate()
        .map(|(at, name)| (name.as_str(), at))
        .collect();
    for marked in report
        .files
        .iter_mut()
        .flat_map(|file| &mut file.report.findings)
    {
        marked.heat = Some(Heat::unprofiled());
    }
    // Time first: it is what a bound is told of, where memory tells something too.
    for profile in profiles {
        let is_first = ranking.total.is_none();
        let found = paths.find(profile.sites.iter().map(|site| &*site.place.file));
        let mut by_file: FxHashMap<usize, Vec<&Site>> = FxHashMap::default();
        for site in &profile.sites {
            if let Some(at) = found.get(&*site.place.file).copied().flatten() {
                by_file.entry(at).or_default().push(site);
            }
        }
        let watch = watch(profile);
        let minor = python_of(profile);
        for (at, file) in report.files.iter_mut().enumerate() {
            let sites = indices
                .get(file.source.path())
                .and_then(|index| by_file.get(index));
            let Some(sites) = sites else {
                continue;
            };
            let Ok(parsed) = parse(&file.source) else {
                continue;
            };
            let scopes = Scopes::of(parsed.syntax(), &file.source);
            let shift = wanted
                .revision
                .as_deref()
                .and_then(|revision| Shift::since(revision, &file.origin.path));
            let located = Located::of(&scopes, sites.iter().copied(), shift.as_ref());
            if let Some(note) = staleness(file, &located) {
                ranking.stale.push(note);
            }
            if located.is_foreign() {
                continue;
            }
            // What is gone may be here by another name.
            let watch = Watch {
                partial: watch.partial || located.gone > 0,
                ..watch.clone()
            };
            heat(file, &scopes, &located, profile, &watch, minor);
            if let Some(functions) = ranking.functions.get_mut(at)
                && (profile.unit.is_time() && functions.is_empty())
            {
                *functions = function_heat(&scopes, &located, profile);
            }
            let lines = ranking.lines.get_mut(at);
            if let Some(lines) = lines.filter(|_| is_first || profile.unit.is_time()) {
                // Of two profiles the one that tells lines.
                let heat = line_heat(&scopes, &located, profile.total);
                if lines.is_empty()
                    || !located.lines.is_empty() && lines.values().all(|line| line.of_function)
                {
                    *lines = heat;
                }
            }
        }
        if is_first {
            ranking.total = Some((profile.unit, profile.total));
            ranking.places = places(profile, &found, shown);
        }
    }
    ranking.stale.sort();
    ranking.stale.dedup();
    for marked in report
        .files
        .iter_mut()
        .flat_map(|file| &mut file.report.findings)
    {
        let Some(heat) = marked.heat else {
            continue;
        };
        marked.severity = louder(marked.severity, &heat);
        // The profile has seen what the text does not show.
        if marked.fate == Fate::Assumed && heat.reaches(MIN_SHARE) {
            marked.fate = Fate::Stands;
        }
    }
    ranking.settle(report);
    ranking
}

impl Ranking {
    /// Leaves out what is too cold to be shown, and puts the others in order; to be done again when fates change.
    pub fn settle(&mut self, report: &mut Report) {
        let findings = report
            .files
            .iter_mut()
            .flat_map(|file| &mut file.report.findings);
        for marked in findings.filter(|marked| marked.fate == Fate::Stands) {
            let reaches = |least| marked.heat.is_none_or(|heat| heat.reaches(least));
            if !self.least.is_none_or(reaches) {
                marked.fate = Fate::Cold;
            }
        }
        self.order = match self.hot_first {
            true => order(report),
            false => Vec::new(),
        };
    }

    /// Adds what `other` says of files of its own, which follow.
    pub fn join(&mut self, other: Self) {
        let Self {
            sources,
            total,
            order: _,
            lines,
            functions,
            places,
            stale,
            least,
            hot_first,
        } = other;
        if self.sources.is_empty() && self.total.is_none() {
            self.total = total;
        } else if self.sources != sources {
            // Of two runs: each finding tells its share of its own.
            self.total = None;
        }
        for source in sources {
            if !self.sources.contains(&source) {
                self.sources.push(source);
            }
        }
        self.lines.extend(lines);
        self.functions.extend(functions);
        let key = |place: &PlaceHeat| (place.file.clone(), place.function.clone());
        let known: FxHashSet<_> = self.places.iter().map(key).collect();
        let more = places
            .into_iter()
            .filter(|place| !known.contains(&key(place)));
        self.places.extend(more);
        self.places.sort_by(|a, b| b.own.total_cmp(&a.own));
        self.stale.extend(stale);
        self.stale.sort();
        self.stale.dedup();
        self.least = match (self.least, least) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        self.hot_first |= hot_first;
    }
}

/// Where the profile and the text differ; `None` where they fit.
fn staleness(file: &Checked, located: &Located) -> Option<String> {
    let path = file.source.path();
    let Located {
        exact, moved, gone, ..
    } = located;
    if located.is_foreign() {
        return Some(format!(
            "{path} has none of the functions that the profile has in it, and is taken for unprofiled"
        ));
    }
    if *moved == 0 && *gone == 0 {
        return None;
    }
    let all = exact + moved + gone;
    Some(format!(
        "{path} changed since it was profiled: of {all} functions {moved} moved, and were found by name, and {gone} are gone"
    ))
}

fn watch(profile: &Profile) -> Watch {
    let own = profile
        .sites
        .iter()
        .filter(|site| !is_library(&site.place.file));
    let functions: FxHashSet<Arc<str>> = own
        .filter(|site| site.cumulative > 0.0)
        .map(|site| site.place.bare().into())
        .collect();
    Watch {
        partial: profile.partial,
        inclusive: profile.inclusive,
        drifting: profile.drifting,
        functions: Arc::new(functions),
    }
}

/// The 11 of `/usr/lib/python3.11/json/__init__.py`: the Python that ran.
fn python_of(profile: &Profile) -> Option<u8> {
    profile.sites.iter().find_map(|site| {
        let (_, rest) = site.place.file.split_once("/python3.")?;
        rest.split('/').next()?.parse().ok()
    })
}

/// The heat of the findings of one file; of several profiles, the one that tells more counts.
fn heat(
    file: &mut Checked,
    scopes: &Scopes,
    located: &Located,
    profile: &Profile,
    watch: &Watch,
    minor: Option<u8>,
) {
    let Checked { source, report, .. } = file;
    for marked in &mut report.findings {
        let rule = index_of(marked.finding.rule).and_then(|index| hotlint_rules::all().get(index));
        let rule: Option<&RuleInfo> = rule.map(|rule| &rule.info);
        let is_memory =
            rule.is_some_and(|rule| matches!(rule.cost, Cost::Memory(_) | Cost::Leak(_)));
        let bytes = profile.unit == Unit::Bytes;
        // Bytes say nothing about time.
        if bytes && !is_memory {
            continue;
        }
        let Some(spent) = located.spent(source, scopes, marked.finding.range, watch) else {
            continue;
        };
        let share = |spent: f64| (spent / profile.total.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
        let saving = match rule {
            Some(rule) => saving::of(rule, minor, bytes),
            None => continue,
        };
        let heat = Heat {
            join: spent.join,
            unit: profile.unit,
            share: share(spent.own + spent.called),
            bound: most(profile, spent.own + spent.called, spent.drag) * saving.most,
            score: (share(spent.own) + CALLED * share(spent.called))
                * saving.usual
                * confidence(spent.join),
            times: saving.times,
            hits: spent.hits.filter(|hits| *hits > 0),
            at: spent.at,
        };
        let known = marked.heat.unwrap_or(Heat::unprofiled());
        // Of a memory rule, bytes tell more than time.
        let tells_more = known.join == Join::Unprofiled
            || (bytes && is_memory)
            || heat.score > known.score && (known.unit != Unit::Bytes);
        if tells_more {
            marked.heat = Some(heat);
        }
    }
}

/// The largest share of an unprofiled run that `spent` can be.
///
/// A profiler that looks at every call slows calls down, and leaves alone what makes none: what it may have taken
/// elsewhere is left out of the run. What it may have taken here is `drag`.
fn most(profile: &Profile, spent: f64, drag: f64) -> f64 {
    let elsewhere = (profile.drag - drag).max(0.0);
    let run = (profile.total - elsewhere).max(spent);
    (spent / run.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0)
}

/// How much of what a called function takes is expected to go: the fix may call it as often.
const CALLED: f64 = 0.25;

/// How sure it is that the time of a place is the time of the finding in it.
fn confidence(join: Join) -> f64 {
    match join {
        Join::Span => 1.0,
        Join::Line => 0.9,
        Join::Function => 0.6,
        Join::File => 0.2,
        Join::Unprofiled => 0.0,
    }
}

fn louder(severity: Severity, heat: &Heat) -> Severity {
    match (heat.join, severity) {
        (Join::Unprofiled, severity) => severity,
        (_, Severity::Info) if heat.bound >= HOT => Severity::Warning,
        (_, _) if heat.bound >= HOT => Severity::Error,
        (_, Severity::Error) if heat.bound < COLD => Severity::Warning,
        (_, _) if heat.bound < COLD => Severity::Info,
        (_, severity) => severity,
    }
}

fn line_heat(scopes: &Scopes, located: &Located, total: f64) -> BTreeMap<u32, LineHeat> {
    let mut lines: BTreeMap<u32, LineHeat> = BTreeMap::new();
    let share = |spent: f64| (spent / total.max(f64::MIN_POSITIVE)).min(1.0);
    for ((_, line), amount) in &located.lines {
        let heat = lines.entry(*line).or_default();
        heat.share = (heat.share + share(amount.own)).min(1.0);
        heat.hits = heat.hits.max(amount.hits);
    }
    for (scope, amount) in &located.functions {
        let Some(scope) = scopes.all.get(*scope).filter(|_| amount.own > 0.0) else {
            continue;
        };
        let heat = lines.entry(scope.def_line).or_default();
        heat.share = (heat.share + share(amount.own)).min(1.0);
        heat.hits = heat.hits.max(amount.hits);
        heat.of_function = true;
    }
    lines
}

/// The functions of one file that the profile saw.
fn function_heat(scopes: &Scopes, located: &Located, profile: &Profile) -> Vec<FunctionHeat> {
    let share = |spent: f64| (spent / profile.total.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
    let functions = scopes.all.iter().enumerate().filter_map(|(at, scope)| {
        let amount = scope.is_def().then(|| located.function(at))??;
        Some(FunctionHeat {
            name: scope.qualified.replace("<locals>.", ""),
            lines: (scope.def_line, scope.last_line),
            own: share(if profile.inclusive {
                amount.alone.max(0.0)
            } else {
                amount.own
            }),
            cumulative: share(amount.cumulative.max(amount.own)),
            hits: amount.hits.filter(|hits| *hits > 0),
        })
    });
    functions.collect()
}

/// The functions outside of libraries, largest first.
fn places(
    profile: &Profile,
    found: &FxHashMap<&str, Option<usize>>,
    shown: &[String],
) -> Vec<PlaceHeat> {
    let mut places: BTreeMap<(String, String), PlaceHeat> = BTreeMap::new();
    for site in profile
        .sites
        .iter()
        .filter(|site| !is_library(&site.place.file))
    {
        let file = found
            .get(&*site.place.file)
            .copied()
            .flatten()
            .and_then(|at| shown.get(at));
        let file = file.map_or(&*site.place.file, String::as_str).to_owned();
        let function = site.place.function.to_string();
        let place = places
            .entry((file.clone(), function.clone()))
            .or_insert(PlaceHeat {
                file,
                function,
                line: 0,
                own: 0.0,
                cumulative: 0.0,
            });
        let line = [site.place.first_line, site.place.line]
            .into_iter()
            .find(|line| *line > 0)
            .unwrap_or(0);
        place.line = match place.line {
            0 => line,
            known => known.min(line),
        };
        let own = if profile.inclusive {
            site.alone.max(if profile.partial { site.own } else { 0.0 })
        } else {
            site.own
        };
        place.own = (place.own + own / profile.total).min(1.0);
        place.cumulative = (place.cumulative + site.cumulative / profile.total).min(1.0);
    }
    let mut places: Vec<PlaceHeat> = places
        .into_values()
        .filter(|place| place.own > 0.0 || place.cumulative > 0.0)
        .collect();
    places.sort_by(|a, b| b.own.total_cmp(&a.own));
    places
}

/// Findings that stand, by what their fix is expected to save; then those that are cold, then the unprofiled.
fn order(report: &Report) -> Vec<(usize, usize)> {
    let mut order: Vec<(usize, usize)> = Vec::new();
    for (at, file) in report.files.iter().enumerate() {
        let standing = file
            .report
            .findings
            .iter()
            .enumerate()
            .filter(|(_, marked)| marked.fate == Fate::Stands);
        order.extend(standing.map(|(finding, _)| (at, finding)));
    }
    let rank = |(file, finding): &(usize, usize)| {
        let marked = report
            .files
            .get(*file)
            .and_then(|file| file.report.findings.get(*finding));
        let heat = marked
            .and_then(|marked| marked.heat)
            .unwrap_or(Heat::unprofiled());
        (heat.join != Join::Unprofiled, heat.score, heat.bound)
    };
    // Places keep their order where heat does not tell.
    order.sort_by(|one, other| {
        let (one, other) = (rank(one), rank(other));
        other
            .0
            .cmp(&one.0)
            .then(other.1.total_cmp(&one.1))
            .then(other.2.total_cmp(&one.2))
    });
    order
}

#[cfg(test)]
mod tests;
