//! Gathers places and what was spent there; every reader ends here.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::input::ProfileError;
use super::library::{is_library, normal};
use super::{Format, Place, Profile, Site, Span, Unit, bare};

/// Places of one profile.
const MAX_SITES: usize = 1_000_000;
/// Pairs of a place and a function called from there.
const MAX_CALLS: usize = 1_000_000;
/// Bytes of all names and paths.
const MAX_TEXT: usize = 256 << 20;
/// Frames of one stack; what lies nearer to the root is left out.
pub const MAX_STACK: usize = 4_096;
/// Bytes of one name or path; longer ones are cut.
const MAX_NAME: usize = 4_096;

/// A place that the recorder knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SiteId(u32);

/// A profile in the making.
#[derive(Debug, Default)]
pub struct Recorder {
    index: FxHashMap<Place, SiteId>,
    sites: Vec<Site>,
    /// Whether each of `sites` lies in a library.
    library: Vec<bool>,
    /// The number of the last stack that each of `sites` was counted for.
    seen: Vec<u64>,
    stacks: u64,
    calls: FxHashMap<(SiteId, Arc<str>), f64>,
    texts: FxHashSet<Arc<str>>,
    text: usize,
    total: f64,
    drag: f64,
}

impl Recorder {
    /// The place in `file` where `function` runs `line`; zeros and empty texts for what is not known.
    ///
    /// # Errors
    /// When there are too many.
    pub fn place(
        &mut self,
        file: &str,
        function: &str,
        first_line: u32,
        line: u32,
    ) -> Result<SiteId, ProfileError> {
        self.spot(file, function, first_line, line, None)
    }

    /// Like [`Self::place`], with columns.
    ///
    /// # Errors
    /// When there are too many.
    pub fn spot(
        &mut self,
        file: &str,
        function: &str,
        first_line: u32,
        line: u32,
        span: Option<Span>,
    ) -> Result<SiteId, ProfileError> {
        let place = Place {
            file: self.intern(&normal(cut(file)))?,
            function: self.intern(cut(function))?,
            first_line,
            line,
            span,
        };
        if let Some(id) = self.index.get(&place) {
            return Ok(*id);
        }
        if self.sites.len() >= MAX_SITES {
            return Err(ProfileError::broken(
                Format::Unknown,
                format_args!("more than {MAX_SITES} places"),
            ));
        }
        let id = SiteId(u32::try_from(self.sites.len()).unwrap_or(u32::MAX));
        self.library.push(is_library(&place.file));
        self.seen.push(0);
        self.sites.push(Site {
            place: place.clone(),
            alone: 0.0,
            own: 0.0,
            drag: 0.0,
            cumulative: 0.0,
            hits: None,
            calls: Vec::new(),
        });
        self.index.insert(place, id);
        Ok(id)
    }

    fn intern(&mut self, text: &str) -> Result<Arc<str>, ProfileError> {
        if let Some(known) = self.texts.get(text) {
            return Ok(known.clone());
        }
        self.text += text.len();
        if self.text > MAX_TEXT {
            return Err(ProfileError::broken(
                Format::Unknown,
                "names and paths beyond all measure",
            ));
        }
        let text: Arc<str> = text.into();
        self.texts.insert(text.clone());
        Ok(text)
    }

    pub fn is_library(&self, id: SiteId) -> bool {
        self.library.get(id.0 as usize).copied().unwrap_or(true)
    }

    /// The place's function, without what it is nested in.
    pub fn name(&mut self, id: SiteId) -> Result<Arc<str>, ProfileError> {
        let function = self
            .sites
            .get(id.0 as usize)
            .map(|site| site.place.function.clone());
        self.intern(bare(&function.unwrap_or_default()))
    }

    /// Adds to what a place spent. Numbers that are no numbers, or negative, count nothing.
    pub fn add(&mut self, id: SiteId, alone: f64, own: f64, cumulative: f64) {
        if let Some(site) = self.sites.get_mut(id.0 as usize) {
            site.alone += sane(alone);
            site.own += sane(own);
            site.cumulative += sane(cumulative);
        }
    }

    pub fn hit(&mut self, id: SiteId, times: u64) {
        if let Some(site) = self.sites.get_mut(id.0 as usize) {
            site.hits = Some(site.hits.unwrap_or(0).saturating_add(times));
        }
    }

    /// Adds to what the function `callee` took when called from `caller`.
    pub fn call(&mut self, caller: SiteId, callee: Arc<str>, spent: f64) {
        let key = (caller, callee);
        if self.calls.len() < MAX_CALLS || self.calls.contains_key(&key) {
            *self.calls.entry(key).or_default() += sane(spent);
        }
    }

    /// Adds to what the profiler itself may have taken of a place's time.
    pub fn drag(&mut self, id: SiteId, spent: f64) {
        if let Some(site) = self.sites.get_mut(id.0 as usize) {
            site.drag += sane(spent);
        }
    }

    /// Adds to what the profiler itself may have taken of all.
    pub fn add_drag(&mut self, spent: f64) {
        self.drag += sane(spent);
    }

    /// Adds to the total, which is otherwise what was spent alone everywhere.
    pub fn add_total(&mut self, spent: f64) {
        self.total += sane(spent);
    }

    /// One sample, or many alike: `stack` is root first, `weight` what was spent at its end.
    ///
    /// # Errors
    /// When there are too many names.
    pub fn stack(&mut self, stack: &[SiteId], weight: f64) -> Result<(), ProfileError> {
        let weight = sane(weight);
        let stack = stack
            .get(stack.len().saturating_sub(MAX_STACK)..)
            .unwrap_or(stack);
        let Some(leaf) = stack.last().copied() else {
            self.total += weight;
            return Ok(());
        };
        self.total += weight;
        self.stacks += 1;
        for id in stack {
            let at = id.0 as usize;
            // A function that calls itself was running once all the same.
            if let (Some(seen), Some(site)) = (self.seen.get_mut(at), self.sites.get_mut(at))
                && *seen != self.stacks
            {
                *seen = self.stacks;
                site.cumulative += weight;
            }
        }
        let mut callee: Option<SiteId> = None;
        for id in stack.iter().rev().copied() {
            if self.is_library(id) {
                continue;
            }
            match callee {
                None => self.add(id, 0.0, weight, 0.0),
                Some(callee) => {
                    let name = self.name(callee)?;
                    self.call(id, name, weight);
                }
            }
            callee = Some(id);
        }
        let own = if self.is_library(leaf) { weight } else { 0.0 };
        self.add(leaf, weight, own, 0.0);
        Ok(())
    }

    /// The profile. Its total is what was added to it, or else what was spent alone everywhere.
    pub fn profile(mut self, unit: Unit) -> Profile {
        for ((caller, callee), spent) in self.calls {
            if let Some(site) = self.sites.get_mut(caller.0 as usize) {
                site.calls.push((callee, spent));
            }
        }
        for site in &mut self.sites {
            site.calls.sort_by(|a, b| a.0.cmp(&b.0));
        }
        self.sites
            .retain(|site| site.cumulative > 0.0 || site.alone > 0.0 || site.hits.is_some());
        self.sites.sort_by(|a, b| a.place.cmp(&b.place));
        let total = match self.total > 0.0 {
            true => self.total,
            false => self.sites.iter().map(|site| site.alone).sum(),
        };
        Profile {
            format: Format::Unknown,
            unit,
            total,
            drag: self.drag.min(total),
            sites: self.sites,
            partial: false,
            inclusive: false,
            drifting: false,
            notes: Vec::new(),
        }
    }
}

fn sane(number: f64) -> f64 {
    match number.is_finite() && number > 0.0 {
        true => number,
        false => 0.0,
    }
}

fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_NAME))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site<'a>(profile: &'a Profile, function: &str) -> &'a Site {
        let found = profile
            .sites
            .iter()
            .find(|site| &*site.place.function == function);
        found.unwrap()
    }

    #[test]
    fn time_of_libraries_is_owned_by_who_calls_them() {
        let mut recorder = Recorder::default();
        let main = recorder.place("app.py", "main", 1, 3).unwrap();
        let work = recorder.place("app.py", "Work.do", 5, 7).unwrap();
        let json = recorder
            .place("/usr/lib/python3.11/json/__init__.py", "dumps", 1, 2)
            .unwrap();
        recorder.stack(&[main, work, json], 4.0).unwrap();
        recorder.stack(&[main, work], 2.0).unwrap();
        recorder.stack(&[main, json, work, work], 1.0).unwrap();
        let profile = recorder.profile(Unit::Samples);
        assert_eq!(profile.total, 7.0);
        let work = site(&profile, "Work.do");
        assert_eq!((work.alone, work.own, work.cumulative), (3.0, 7.0, 7.0));
        let main = site(&profile, "main");
        assert_eq!((main.alone, main.own, main.cumulative), (0.0, 0.0, 7.0));
        assert_eq!(main.calls, [("do".into(), 7.0)]);
        let dumps = site(&profile, "dumps");
        assert_eq!((dumps.alone, dumps.own), (4.0, 4.0));
    }

    #[test]
    fn numbers_that_are_none_count_nothing() {
        let mut recorder = Recorder::default();
        let main = recorder.place("app.py", "main", 1, 3).unwrap();
        for wrong in [f64::NAN, f64::INFINITY, -3.0] {
            recorder.stack(&[main], wrong).unwrap();
        }
        recorder.stack(&[main], 1.0).unwrap();
        assert_eq!(recorder.profile(Unit::Samples).total, 1.0);
    }
}
