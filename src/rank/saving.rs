//! What a rule saves where it strikes, as far as it was measured.

use hotlint_core::lint::{Cost, RuleInfo};

use crate::measure::evidence::{self, Seen};

/// Shares of what the slow operation takes now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Saving {
    /// The most that was seen on any input.
    pub most: f64,
    /// What is usual on inputs of a thousand items.
    pub usual: f64,
    /// How many times less, at most; `None` where nothing was measured.
    pub times: Option<f64>,
}

/// Items of a usual input.
const USUAL: u64 = 1_000;
/// Where nothing can be measured, such as a stopped event loop: all of it may go, half of it will.
const UNKNOWN: Saving = Saving {
    most: 1.0,
    usual: 0.5,
    times: None,
};

/// What `rule` saves on Python 3.`minor`, or the version closest to it that was measured; of bytes, or else of time.
pub fn of(rule: &RuleInfo, minor: Option<u8>, bytes: bool) -> Saving {
    let Some(evidence) = evidence::of(rule).filter(|_| rule.cost.can_be_timed()) else {
        return UNKNOWN;
    };
    let pairs = evidence
        .closest(minor)
        .map_or(&[][..], |python| &python.pairs);
    let ratios: Vec<(f64, f64)> = pairs
        .iter()
        .filter_map(|pair| ratios(pair, bytes))
        .collect();
    let most = ratios.iter().map(|(most, _)| *most).fold(1.0, f64::max);
    let mut usual: Vec<f64> = ratios.iter().map(|(_, usual)| *usual).collect();
    usual.sort_by(f64::total_cmp);
    let usual = usual.get(usual.len() / 2).copied().unwrap_or(1.0);
    // A loop that is hot has more than a few items, so what grows with their number counts as it grows.
    let usual = match rule.cost {
        Cost::Growth(..) => (usual.max(1.0) * most).sqrt(),
        _ => usual,
    };
    Saving {
        most: match rule.cost {
            // On inputs larger than those that were measured, more.
            Cost::Growth(..) => 1.0,
            _ => 1.0 - 1.0 / most,
        },
        usual: (1.0 - 1.0 / usual).max(0.0),
        times: Some(most),
    }
}

/// The best ratio, and that at the usual size.
fn ratios(pair: &Seen, bytes: bool) -> Option<(f64, f64)> {
    if bytes {
        let ratio = pair.memory.bad as f64 / pair.memory.good.max(1) as f64;
        return Some((ratio, ratio));
    }
    let usual = pair
        .sizes
        .iter()
        .min_by_key(|timing| timing.n.abs_diff(USUAL))?;
    Some((pair.best()?.ratio(), usual.ratio()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saving(rule: &str, minor: Option<u8>, bytes: bool) -> Saving {
        of(hotlint_rules::find(rule).unwrap(), minor, bytes)
    }

    #[test]
    fn what_grows_saves_more_than_a_factor() {
        let growth = saving("list-membership-in-loop", Some(11), false);
        let factor = saving("manual-list-comprehension", Some(13), false);
        assert!(growth.most == 1.0 && growth.usual > 0.9, "{growth:?}");
        assert!(
            factor.most < 0.5 && factor.usual < growth.usual,
            "{factor:?}"
        );
        assert!(factor.usual <= factor.most);
    }

    #[test]
    fn bytes_have_figures_of_their_own() {
        let memory = saving("list-built-only-to-iterate", Some(13), true);
        assert!(memory.most > 0.9, "{memory:?}");
    }

    #[test]
    fn what_cannot_be_measured_may_save_all() {
        assert_eq!(saving("blocking-sleep-in-async", None, false), UNKNOWN);
    }
}
