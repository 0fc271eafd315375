//! Whether one of two programs is faster, from pairs of runs that took turns.

/// So many pairs at most.
pub const MOST_PAIRS: usize = 9;
/// As many in a row without a single loss are enough: by chance that happens once in 64 times.
const ENOUGH: usize = 6;
/// Less than this is not worth a change of the code, whether it can be measured or not.
const LEAST_GAIN: f64 = 0.01;

/// What pairs of runs say, as seconds of each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Comparison {
    /// Too early to tell.
    Open,
    Faster(Gain),
    /// It may be slower, or the same, or too little faster to be told from chance.
    NotFaster(Gain),
}

/// Medians of the time before and after, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gain {
    pub before: f64,
    pub after: f64,
}

impl Gain {
    /// How many times faster it is.
    pub fn times(self) -> f64 {
        self.before / self.after.max(f64::MIN_POSITIVE)
    }
}

/// Judges pairs of times, before and after, in the order in which they were taken.
pub fn compare(pairs: &[(f64, f64)]) -> Comparison {
    let losses = pairs
        .iter()
        .filter(|(before, after)| after >= before)
        .count();
    let gain = Gain {
        before: median(pairs.iter().map(|pair| pair.0)),
        after: median(pairs.iter().map(|pair| pair.1)),
    };
    let pays = gain.after <= gain.before * (1.0 - LEAST_GAIN);
    // One loss in nine happens by chance once in 50 times, two once in 11.
    if losses > 1 {
        Comparison::NotFaster(gain)
    } else if losses == 0 && pairs.len() >= ENOUGH || pairs.len() >= MOST_PAIRS {
        match pays {
            true => Comparison::Faster(gain),
            false => Comparison::NotFaster(gain),
        }
    } else {
        Comparison::Open
    }
}

fn median(times: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    match times.as_slice() {
        [] => 0.0,
        times if times.len() % 2 == 1 => times[times.len() / 2],
        times => (times[times.len() / 2 - 1] + times[times.len() / 2]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_clear_wins_are_enough() {
        let pairs = [
            (2.0, 1.0),
            (2.1, 1.1),
            (1.9, 0.9),
            (2.0, 1.0),
            (2.2, 1.0),
            (2.0, 1.2),
        ];
        assert_eq!(compare(&pairs[..5]), Comparison::Open);
        let gain = Gain {
            before: 2.0,
            after: 1.0,
        };
        assert_eq!(compare(&pairs), Comparison::Faster(gain));
        assert!((gain.times() - 2.0).abs() < 1e-9);
    }

    #[test]
    fn two_losses_are_too_many() {
        let pairs = [(2.0, 1.0), (1.0, 1.1), (2.0, 1.0), (1.0, 1.1)];
        assert_eq!(compare(&pairs[..3]), Comparison::Open);
        assert!(matches!(compare(&pairs), Comparison::NotFaster(_)));
    }

    #[test]
    fn one_loss_wants_all_the_pairs() {
        let mut pairs = vec![(1.0, 1.1)];
        pairs.extend([(2.0, 1.0); 7]);
        assert_eq!(compare(&pairs), Comparison::Open);
        pairs.push((2.0, 1.0));
        assert!(matches!(compare(&pairs), Comparison::Faster(_)));
    }

    #[test]
    fn what_gains_next_to_nothing_is_no_faster() {
        assert!(matches!(
            compare(&[(1.0, 0.995); 6]),
            Comparison::NotFaster(_)
        ));
        assert!(matches!(
            compare(&[(0.0, 0.0); 2]),
            Comparison::NotFaster(_)
        ));
    }
}
