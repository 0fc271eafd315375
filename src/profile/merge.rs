//! Several profiles -> one for each unit.

use std::collections::BTreeMap;

use super::{Format, Place, Profile, Site};

/// The sum of all profiles that count the same; those of different units stay apart.
pub fn merge(profiles: impl IntoIterator<Item = Profile>) -> Vec<Profile> {
    let mut units: BTreeMap<_, Vec<Profile>> = BTreeMap::new();
    for profile in profiles {
        units.entry(profile.unit).or_default().push(profile);
    }
    units
        .into_values()
        .filter_map(|profiles| profiles.into_iter().reduce(sum))
        .collect()
}

fn sum(one: Profile, other: Profile) -> Profile {
    let mut sites: BTreeMap<Place, Site> = one
        .sites
        .into_iter()
        .map(|site| (site.place.clone(), site))
        .collect();
    for site in other.sites {
        match sites.get_mut(&site.place) {
            Some(known) => add(known, site),
            None => {
                sites.insert(site.place.clone(), site);
            }
        }
    }
    let mut notes = one.notes;
    for note in other.notes {
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    Profile {
        format: if one.format == other.format {
            one.format
        } else {
            Format::Stored
        },
        unit: one.unit,
        total: one.total + other.total,
        drag: one.drag + other.drag,
        sites: sites.into_values().collect(),
        // What either of them watched as a whole was seen.
        partial: one.partial && other.partial,
        inclusive: one.inclusive || other.inclusive,
        drifting: one.drifting || other.drifting,
        notes,
    }
}

fn add(known: &mut Site, more: Site) {
    known.alone += more.alone;
    known.own += more.own;
    known.drag += more.drag;
    known.cumulative += more.cumulative;
    known.hits = match (known.hits, more.hits) {
        (Some(one), Some(other)) => Some(one.saturating_add(other)),
        (one, other) => one.or(other),
    };
    for (callee, spent) in more.calls {
        match known.calls.iter_mut().find(|(name, _)| *name == callee) {
            Some((_, sum)) => *sum += spent,
            None => known.calls.push((callee, spent)),
        }
    }
}

/// Counts in another unit, of which one of the old is `factor`.
pub(super) fn scale(profile: &mut Profile, factor: f64) {
    profile.total *= factor;
    profile.drag *= factor;
    for site in &mut profile.sites {
        site.alone *= factor;
        site.own *= factor;
        site.drag *= factor;
        site.cumulative *= factor;
        for (_, spent) in &mut site.calls {
            *spent *= factor;
        }
    }
}
