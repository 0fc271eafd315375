//! Finding the few that are guilty among many, with as few trials as can be.

/// What a trial of some fixes came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trial<R> {
    Good,
    /// With the reason, in words for the user.
    Bad(R),
}

/// Fixes that are kept, and those that are not, each with the reason.
#[derive(Debug, PartialEq, Eq)]
pub struct Settled<R> {
    pub kept: Vec<usize>,
    pub guilty: Vec<(usize, R)>,
}

/// What tries the second list of fixes on top of the first, which was found good before.
pub type Try<'a, T, E> = dyn FnMut(&[usize], &[usize]) -> Result<T, E> + 'a;

/// Splits `all` into those that stand `trial` together and those that do not.
///
/// Nothing is kept that was not tried in the company of all that is kept: the last good trial is of exactly what is kept, so that
/// fixes that are good alone and bad together lose only as many as need be. Each guilty one was tried on top of what was kept by then.
///
/// # Errors
/// Those of `trial`, which end the search.
pub fn settle<R, E>(all: &[usize], trial: &mut Try<'_, Trial<R>, E>) -> Result<Settled<R>, E> {
    let mut settled = Settled {
        kept: Vec::new(),
        guilty: Vec::new(),
    };
    if !all.is_empty() {
        let known = trial(&settled.kept, all)?;
        part(all, known, &mut settled, trial)?;
    }
    settled.kept.sort_unstable();
    Ok(settled)
}

/// Settles `set`, of which `known` is the trial on top of what is kept.
fn part<R, E>(
    set: &[usize],
    known: Trial<R>,
    settled: &mut Settled<R>,
    trial: &mut Try<'_, Trial<R>, E>,
) -> Result<(), E> {
    let reason = match known {
        Trial::Good => {
            settled.kept.extend(set);
            return Ok(());
        }
        Trial::Bad(reason) => reason,
    };
    let (left, right) = match set {
        [] => return Ok(()),
        [one] => {
            settled.guilty.push((*one, reason));
            return Ok(());
        }
        _ => set.split_at(set.len() / 2),
    };
    let known = trial(&settled.kept, left)?;
    let all_left = matches!(known, Trial::Good);
    part(left, known, settled, trial)?;
    // With the whole left half in, the right one on top of it is the whole, which is known to be bad.
    let known = match all_left {
        true => Trial::Bad(reason),
        false => trial(&settled.kept, right)?,
    };
    part(right, known, settled, trial)
}

/// Fixes that are measurably faster, in groups of which no part is, each with its gain; and those that are not.
#[derive(Debug, PartialEq)]
pub struct Hastened<G> {
    pub groups: Vec<(Vec<usize>, G)>,
    pub idle: Vec<usize>,
}

/// Splits `all` into those that `measure` finds a gain for, and those that it does not.
///
/// # Errors
/// Those of `measure`, which end the search.
pub fn hasten<G, E>(all: &[usize], measure: &mut Try<'_, Option<G>, E>) -> Result<Hastened<G>, E> {
    let mut hastened = Hastened {
        groups: Vec::new(),
        idle: Vec::new(),
    };
    if all.is_empty() {
        return Ok(hastened);
    }
    match measure(&[], all)? {
        Some(gain) => split(all, gain, &mut hastened, measure)?,
        None => hastened.idle.extend(all),
    }
    Ok(hastened)
}

/// Looks for the part of `set` that its `gain` comes from.
fn split<G, E>(
    set: &[usize],
    gain: G,
    hastened: &mut Hastened<G>,
    measure: &mut Try<'_, Option<G>, E>,
) -> Result<(), E> {
    if set.len() < 2 {
        hastened.groups.push((set.to_vec(), gain));
        return Ok(());
    }
    let (left, right) = set.split_at(set.len() / 2);
    let mut found = false;
    for half in [left, right] {
        let kept: Vec<usize> = hastened
            .groups
            .iter()
            .flat_map(|group| group.0.clone())
            .collect();
        if let Some(gain) = measure(&kept, half)? {
            found = true;
            split(half, gain, hastened, measure)?;
        } else {
            hastened.idle.extend(half);
        }
    }
    if !found {
        // Each half gains too little to be measured, and both together do not.
        hastened.idle.retain(|one| !set.contains(one));
        hastened.groups.push((set.to_vec(), gain));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// Settles `count` fixes of which no set that holds all of one of `bad` is good; checks what has to hold, and counts trials.
    fn settled(count: usize, bad: &[&[usize]]) -> (Vec<usize>, Vec<usize>, usize) {
        let all: Vec<usize> = (0..count).collect();
        let mut trials = 0;
        let mut last_good = Vec::new();
        let is_bad = |set: &[usize]| {
            bad.iter()
                .any(|bad| bad.iter().all(|one| set.contains(one)))
        };
        let done = settle::<(), Infallible>(&all, &mut |kept, more| {
            trials += 1;
            let set = [kept, more].concat();
            if is_bad(&set) {
                return Ok(Trial::Bad(()));
            }
            last_good = set;
            Ok(Trial::Good)
        });
        let Ok(done) = done;
        last_good.sort_unstable();
        assert_eq!(done.kept, last_good);
        let guilty: Vec<usize> = done.guilty.into_iter().map(|(one, ())| one).collect();
        for one in &guilty {
            let mut more = done.kept.clone();
            more.push(*one);
            assert!(is_bad(&more), "{one} could have been kept");
        }
        (done.kept, guilty, trials)
    }

    #[test]
    fn one_trial_is_enough_where_nothing_is_wrong() {
        assert_eq!(settled(100, &[]), ((0..100).collect(), vec![], 1));
    }

    #[test]
    fn one_guilty_fix_is_found_by_halving() {
        for guilty in [0, 41, 99] {
            let (kept, found, trials) = settled(100, &[&[guilty]]);
            assert_eq!((kept.len(), found), (99, vec![guilty]));
            assert!(trials <= 16, "{trials}");
        }
    }

    #[test]
    fn fixes_that_are_bad_only_together_lose_one() {
        let (kept, guilty, _) = settled(64, &[&[3, 50]]);
        assert_eq!((kept.len(), guilty), (63, vec![50]));
        let (kept, guilty, _) = settled(64, &[&[3, 4, 60], &[3, 4, 9], &[10]]);
        assert_eq!((kept.len(), guilty), (61, vec![9, 10, 60]));
    }

    #[test]
    fn nothing_is_kept_where_all_are_guilty() {
        let each: Vec<[usize; 1]> = (0..9).map(|one| [one]).collect();
        let each: Vec<&[usize]> = each.iter().map(|one| &one[..]).collect();
        // The last good trial is the one that never was: nothing.
        assert_eq!(settled(9, &each).1.len(), 9);
    }

    #[test]
    fn the_first_error_ends_the_search() {
        let mut trials = 0;
        let done = settle::<(), &str>(&[0, 1, 2, 3], &mut |_, _| {
            trials += 1;
            if trials == 2 {
                Err("interrupted")
            } else {
                Ok(Trial::Bad(()))
            }
        });
        assert_eq!((done, trials), (Err("interrupted"), 2));
    }

    /// Hastens fixes that gain so much each; from 10 on it can be measured.
    fn hastened(gains: &[u32]) -> (Vec<Vec<usize>>, Vec<usize>) {
        let all: Vec<usize> = (0..gains.len()).collect();
        let done = hasten::<u32, Infallible>(&all, &mut |_, more| {
            let gain = more.iter().map(|one| gains[*one]).sum();
            Ok((gain >= 10).then_some(gain))
        });
        let Ok(done) = done;
        (
            done.groups.into_iter().map(|group| group.0).collect(),
            done.idle,
        )
    }

    #[test]
    fn only_what_gains_is_kept() {
        assert_eq!(hastened(&[0, 0, 50, 0]), (vec![vec![2]], vec![0, 1, 3]));
        assert_eq!(
            hastened(&[50, 0, 0, 50]),
            (vec![vec![0], vec![3]], vec![1, 2])
        );
        assert_eq!(hastened(&[1, 2, 3]), (vec![], vec![0, 1, 2]));
    }

    #[test]
    fn what_gains_together_stays_together() {
        assert_eq!(hastened(&[4, 4, 4, 4]), (vec![vec![0, 1, 2, 3]], vec![]));
    }
}
