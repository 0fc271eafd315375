//! What was measured for a rule: the `.json` beside it, and what may be claimed from it.

use std::sync::OnceLock;

use hotlint_core::lint::{Cost, RuleInfo};
use serde::{Deserialize, Serialize};

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
    /// One for each pair of examples with an input, in the order of the page.
    #[serde(default)]
    pub pairs: Vec<Seen>,
}

/// The measurements of one pair of examples on one interpreter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub sizes: Vec<Timing>,
    pub memory: Memory,
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
        self
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

/// What may be said of a rule's gain in a few words; made when first asked for, as reading all evidence takes longer than checking a
/// few files.
pub fn claim(rule: &str) -> Option<&'static str> {
    static CLAIMS: OnceLock<Box<[OnceLock<Option<String>>]>> = OnceLock::new();
    let rules = hotlint_rules::all();
    let claims = CLAIMS.get_or_init(|| rules.iter().map(|_| OnceLock::new()).collect());
    let at = rules.iter().position(|other| other.name == rule)?;
    let claim = claims
        .get(at)?
        .get_or_init(|| of(&rules[at])?.claim(rules[at].cost));
    claim.as_deref()
}

impl Evidence {
    /// A claim in a few words, for the pair and size that show it best on the newest interpreter: "up to 12x faster at n=1,000 on
    /// Python 3.13".
    pub fn claim(&self, cost: Cost) -> Option<String> {
        self.claim_on(cost, self.pythons.last())
    }

    /// The same for one of the interpreters.
    pub fn claim_on(&self, cost: Cost, python: Option<&OnPython>) -> Option<String> {
        let newest = python?;
        let minor = newest.minor()?;
        if matches!(cost, Cost::Memory(_)) {
            let ratio = |memory: &Memory| memory.bad as f64 / memory.good.max(1) as f64;
            let memory = newest.pairs.iter().map(|pair| pair.memory);
            let best = memory.max_by(|a, b| ratio(a).total_cmp(&ratio(b)))?;
            let (ratio, n) = (times(ratio(&best)), thousands(best.n));
            return Some(format!("{ratio} less memory at n={n} on Python 3.{minor}"));
        }
        let best = newest.pairs.iter().filter_map(Seen::best);
        let best = best.max_by(|a, b| a.ratio().total_cmp(&b.ratio()))?;
        let (ratio, n) = (times(best.ratio()), thousands(best.n));
        Some(format!("up to {ratio} faster at n={n} on Python 3.{minor}"))
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
            .pythons
            .iter()
            .filter(|python| !python.pairs.iter().any(bears_out));
        without
            .map(|python| format!("{} {}: {:?}", python.version, python.build, python.pairs))
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
