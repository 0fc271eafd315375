//! What was measured for a rule: the `.json` beside it, and what may be claimed from it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use hotlint_core::lint::{Cost, RuleInfo};
use hotlint_core::python::Versions;
use serde::{Deserialize, Serialize};

/// Ratios up to this are noise: identical code gives 0.97 to 1.03.
const NO_GAIN: f64 = 1.05;
/// Items of a usual input.
const USUAL: u64 = 1_000;

/// The measurements of one rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The day, as `2026-11-20`.
    pub measured: String,
    pub pythons: Vec<OnPython>,
}

/// The measurements on one interpreter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OnPython {
    /// `3.11.7`
    pub version: String,
    pub implementation: String,
    /// `PGO` or `plain`: profile-guided builds differ enough to be told apart.
    pub build: String,
    /// The packages that the examples import, with their versions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub packages: BTreeMap<String, String>,
    /// One for each pair of examples with an input, in the order of the page.
    #[serde(default)]
    pub pairs: Vec<Seen>,
}

/// The measurements of one pair of examples on one interpreter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub sizes: Vec<Timing>,
    pub memory: Memory,
    /// How both halves grow, as exponents: 1 is linear, 2 quadratic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grows: Option<Grows>,
    /// The smallest size from which on the good half is faster at every size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pays_from: Option<u64>,
}

/// Measured exponents of growth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grows {
    pub bad: f64,
    pub good: f64,
}

/// Seconds that each half takes at one size: the minimum of many rounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    pub n: u64,
    pub bad: f64,
    pub good: f64,
}

/// Bytes at the peak, at one size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    pub n: u64,
    pub bad: u64,
    pub good: u64,
}

impl Memory {
    /// How many times less the good half takes.
    pub fn ratio(self) -> f64 {
        self.bad as f64 / self.good.max(1) as f64
    }
}

impl Timing {
    /// How many times faster the good half is.
    pub fn ratio(self) -> f64 {
        self.bad / self.good
    }
}

impl Seen {
    /// Three digits are more than the noise leaves.
    pub(super) fn rounded(mut self) -> Self {
        let round = |seconds: f64| format!("{seconds:.2e}").parse().unwrap_or(seconds);
        for timing in &mut self.sizes {
            timing.bad = round(timing.bad);
            timing.good = round(timing.good);
        }
        let tenth = |exponent: f64| (exponent * 10.0).round() / 10.0;
        self.grows = self.growth().map(|(bad, good)| Grows {
            bad: tenth(bad),
            good: tenth(good),
        });
        self.pays_from = self.pays();
        self
    }

    /// The smallest size from which on the good half is faster at every size.
    pub fn pays(&self) -> Option<u64> {
        let paying = self
            .sizes
            .iter()
            .rev()
            .take_while(|timing| timing.ratio() > NO_GAIN);
        paying.last().map(|timing| timing.n)
    }

    /// The ratio that is worth telling: that of a usual size, or the best one where a usual size shows nothing.
    pub fn telling(&self) -> Option<Timing> {
        let usual = self.sizes.iter().copied().find(|timing| timing.n == USUAL);
        usual
            .filter(|timing| timing.ratio() > NO_GAIN)
            .or_else(|| self.best())
    }

    /// The measured exponents of growth over the three largest sizes: 1 is linear, 2 quadratic. Two would be at the mercy of one
    /// noisy figure.
    pub fn growth(&self) -> Option<(f64, f64)> {
        let [.., before, _, last] = self.sizes.as_slice() else {
            return None;
        };
        let steps = (last.n as f64 / before.n as f64).ln();
        Some((
            (last.bad / before.bad).ln() / steps,
            (last.good / before.good).ln() / steps,
        ))
    }

    /// The best ratio over all sizes; the smaller sizes hide what only grows with size.
    pub fn best(&self) -> Option<Timing> {
        self.sizes
            .iter()
            .copied()
            .max_by(|a, b| a.ratio().total_cmp(&b.ratio()))
    }
}

impl OnPython {
    /// Whether hotlint's claims are about it: other implementations are measured, and told of.
    pub fn is_cpython(&self) -> bool {
        self.implementation == "CPython"
    }

    /// The most that any pair gains at any size: time, or bytes.
    fn best(&self, cost: Cost) -> f64 {
        let best = |pair: &Seen| match cost {
            Cost::Memory(_) => pair.memory.ratio(),
            _ => pair.best().map_or(1.0, Timing::ratio),
        };
        self.pairs.iter().map(best).fold(0.0, f64::max)
    }

    /// The ratio of the pair and size that tell most, and that size.
    fn best_size(&self, cost: Cost) -> Option<(f64, u64)> {
        let sizes = self.pairs.iter().filter_map(|pair| match cost {
            Cost::Memory(_) => Some((pair.memory.ratio(), pair.memory.n)),
            _ => pair.telling().map(|timing| (timing.ratio(), timing.n)),
        });
        sizes.max_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// The 11 of `3.11.7`.
    pub fn minor(&self) -> Option<u8> {
        self.version.split('.').nth(1)?.parse().ok()
    }
}

/// What was measured for a rule, if anything was.
pub fn of(rule: &RuleInfo) -> Option<Evidence> {
    // The files are made by this program; a test reads every one of them.
    serde_json::from_str(rule.evidence?).ok()
}

/// A rule's figure: what is told with each of its findings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// How many times less, in time or in bytes.
    pub times: f64,
    /// At this size.
    pub n: u64,
    /// On this interpreter, as `3.13`.
    pub python: String,
    /// Whether bytes were counted, and not time.
    pub memory: bool,
}

impl Figure {
    fn new(times: f64, n: u64, minor: u8, cost: Cost) -> Self {
        Self {
            times: (times * 100.0).round() / 100.0,
            n,
            python: format!("3.{minor}"),
            memory: matches!(cost, Cost::Memory(_)),
        }
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = if self.memory { "less memory" } else { "faster" };
        let (ratio, n) = (times(self.times), thousands(self.n));
        write!(f, "{ratio} {what} at n={n} on Python {}", self.python)
    }
}

/// What programs ask of a rule. Made when first asked for: to read all evidence takes longer than to check a few files.
struct Known {
    figure: Option<Figure>,
    /// The gain on each minor version of CPython: the least of its builds.
    gains: Vec<(u8, f64)>,
}

fn known(rule: &str) -> Option<&'static Known> {
    static KNOWN: OnceLock<Box<[OnceLock<Option<Known>>]>> = OnceLock::new();
    let rules = hotlint_rules::all();
    let all = KNOWN.get_or_init(|| rules.iter().map(|_| OnceLock::new()).collect());
    let at = rules.iter().position(|other| other.name == rule)?;
    let make = || {
        let rule = &rules[at];
        let evidence = of(rule)?;
        let gains = match rule.cost.can_be_timed() {
            true => evidence.gains(rule.cost),
            false => Vec::new(),
        };
        let figure = evidence.figure(rule.cost);
        Some(Known { figure, gains })
    };
    all.get(at)?.get_or_init(make).as_ref()
}

/// The figure of a rule, if it was measured.
pub fn figure(rule: &str) -> Option<&'static Figure> {
    known(rule)?.figure.as_ref()
}

/// Whether a rule gains nothing on the oldest and on the newest of these versions, or those closest to them that were measured.
pub fn gains_nothing(rule: &str, python: Versions) -> bool {
    known(rule).is_some_and(|known| no_gain(&known.gains, python))
}

fn no_gain(gains: &[(u8, f64)], python: Versions) -> bool {
    let at = |minor: u8| {
        let closest = gains.iter().min_by_key(|(known, _)| known.abs_diff(minor));
        closest.is_some_and(|(_, gain)| *gain <= NO_GAIN)
    };
    at(python.oldest.minor) && at(python.newest.minor)
}

impl Evidence {
    /// The figure of the pair that shows it best, on the newest CPython: where several builds were measured, of the one that gains least.
    pub fn figure(&self, cost: Cost) -> Option<Figure> {
        let newest = self.cpythons().filter_map(OnPython::minor).max()?;
        let builds = self
            .cpythons()
            .filter(|python| python.minor() == Some(newest));
        let best = builds.filter_map(|python| python.best_size(cost));
        let (times, n) = best.min_by(|a, b| a.0.total_cmp(&b.0))?;
        Some(Figure::new(times, n, newest, cost))
    }

    /// The same for one of the interpreters.
    pub fn figure_on(&self, cost: Cost, python: &OnPython) -> Option<Figure> {
        let (times, n) = python.best_size(cost)?;
        Some(Figure::new(times, n, python.minor()?, cost))
    }

    fn cpythons(&self) -> impl Iterator<Item = &OnPython> {
        self.pythons.iter().filter(|python| python.is_cpython())
    }

    /// The gain on each minor version of CPython; what holds on one build only is none.
    fn gains(&self, cost: Cost) -> Vec<(u8, f64)> {
        let mut gains: Vec<(u8, f64)> = Vec::new();
        for python in self.cpythons() {
            let Some(minor) = python.minor() else {
                continue;
            };
            let gain = python.best(cost);
            match gains.iter_mut().find(|(known, _)| *known == minor) {
                Some((_, least)) => *least = least.min(gain),
                None => gains.push((minor, gain)),
            }
        }
        gains
    }

    /// The measurements of the newest version up to 3.`minor`; of the newest of all, where the version is not known.
    pub fn closest(&self, minor: Option<u8>) -> Option<&OnPython> {
        let upto = |minor: u8| {
            let mut known = self.pythons.iter().rev();
            known.find(|python| python.minor().is_some_and(|known| known <= minor))
        };
        minor.and_then(upto).or(match minor {
            Some(_) => self.pythons.first(),
            None => self.pythons.last(),
        })
    }

    /// The interpreters on which no pair bears out the cost that the rule claims; empty is well.
    pub fn against(&self, cost: Cost) -> Vec<String> {
        let bears_out = |pair: &Seen| match cost {
            Cost::Growth(..) => match (pair.growth(), pair.best()) {
                (Some((bad, good)), Some(best)) => bad - good > 0.35 && best.ratio() > 2.0,
                _ => false,
            },
            Cost::Factor(_) => pair.best().is_some_and(|best| best.ratio() >= 1.5),
            Cost::Memory(_) => pair.memory.good < pair.memory.bad,
            _ => true,
        };
        let without = self
            .cpythons()
            .filter(|python| !python.pairs.iter().any(bears_out));
        without
            .map(|python| format!("{} {}", python.version, python.build))
            .collect()
    }
}

/// `1.4x`, `12x`, `1,200x`
pub fn times(ratio: f64) -> String {
    if ratio < 10.0 {
        format!("{ratio:.1}x")
    } else {
        format!("{}x", thousands(ratio.round() as u64))
    }
}

/// `1,234,567`
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(version: &str, build: &str, ratios: &[(u64, f64)]) -> OnPython {
        let sizes = ratios.iter().map(|(n, ratio)| Timing {
            n: *n,
            bad: *ratio,
            good: 1.0,
        });
        let memory = Memory {
            n: 10,
            bad: 30,
            good: 10,
        };
        let seen = Seen {
            sizes: sizes.collect(),
            memory,
            grows: None,
            pays_from: None,
        };
        OnPython {
            version: version.to_owned(),
            implementation: if build == "PyPy" { "PyPy" } else { "CPython" }.to_owned(),
            packages: BTreeMap::new(),
            build: build.to_owned(),
            pairs: vec![seen],
        }
    }

    fn evidence(pythons: Vec<OnPython>) -> Evidence {
        Evidence {
            measured: "2026-11-20".to_owned(),
            pythons,
        }
    }

    #[test]
    fn the_figure_is_that_of_the_build_that_gains_least() {
        let evidence = evidence(vec![
            on("3.12.1", "plain", &[(1000, 20.0)]),
            on(
                "3.13.0",
                "plain",
                &[(100, 2.0), (1000, 12.0), (30_000, 300.0)],
            ),
            on("3.13.5", "PGO", &[(100, 2.0), (1000, 8.0)]),
            on("3.11.13", "PyPy", &[(1000, 1.0)]),
        ]);
        let figure = evidence.figure(Cost::Factor("")).unwrap();
        assert_eq!(figure.to_string(), "8.0x faster at n=1,000 on Python 3.13");
        let figure = evidence.figure(Cost::Memory("")).unwrap();
        assert_eq!(
            figure.to_string(),
            "3.0x less memory at n=10 on Python 3.13"
        );
        assert_eq!(evidence.gains(Cost::Factor("")), [(12, 20.0), (13, 8.0)]);
    }

    #[test]
    fn what_gains_nothing_at_either_end_is_silent() {
        let version = |minor| hotlint_core::python::PythonVersion { major: 3, minor };
        let between = |oldest, newest| Versions {
            oldest: version(oldest),
            newest: version(newest),
        };
        let gains = [(8, 2.0), (9, 1.05), (12, 1.0), (13, 0.9)];
        assert!(!no_gain(&gains, between(8, 13)));
        assert!(no_gain(&gains, between(9, 13)));
        // Versions that were not measured are like those closest to them.
        assert!(no_gain(&gains, between(12, 15)));
        assert!(!no_gain(&gains, between(7, 8)));
        assert!(!no_gain(&[], between(8, 13)));
    }

    #[test]
    fn a_rule_pays_from_the_size_after_the_last_that_it_loses_at() {
        let seen = |ratios| on("3.13.0", "plain", ratios).pairs.remove(0);
        assert_eq!(
            seen(&[(10, 2.0), (100, 1.0), (1000, 1.5), (10_000, 3.0)]).pays(),
            Some(1000)
        );
        assert_eq!(seen(&[(10, 2.0), (100, 1.0)]).pays(), None);
        // A usual size that shows nothing is not the one to tell.
        assert_eq!(
            seen(&[(1000, 1.0), (10_000, 3.0)])
                .telling()
                .map(|timing| timing.n),
            Some(10_000)
        );
    }
}
