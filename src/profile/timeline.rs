//! Calls with a beginning and an end -> places and what was spent there.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::ProfileError;
use super::recorder::{MAX_STACK, Recorder, SiteId};

/// Threads that are told apart.
const MAX_THREADS: usize = 4_096;
/// Calls that ended and wait for their caller to end.
const MAX_WAITING: usize = 1_000_000;
/// Names that a call of a library hands on to its caller.
const MAX_NAMES: usize = 64;

/// The calls of all threads, as they come.
#[derive(Debug, Default)]
pub struct Timeline {
    threads: FxHashMap<(i64, i64), Thread>,
}

#[derive(Debug, Default)]
struct Thread {
    /// Begun and not ended, outermost first.
    open: Vec<Call>,
    /// Ended, told as a whole, with a caller that may still come; in order of time.
    waiting: Vec<Call>,
}

#[derive(Debug)]
struct Call {
    site: SiteId,
    start: f64,
    end: f64,
    /// What calls within took.
    within: f64,
    /// What library calls within took, and nobody owns yet.
    pending: f64,
    /// Functions of the user that were called from here, or by libraries on behalf of this.
    calls: Vec<(Arc<str>, f64)>,
}

impl Call {
    fn new(site: SiteId, start: f64, end: f64) -> Self {
        Self {
            site,
            start,
            end,
            within: 0.0,
            pending: 0.0,
            calls: Vec::new(),
        }
    }

    fn note(&mut self, name: Arc<str>, spent: f64) {
        let has_room = self.calls.len() < MAX_NAMES;
        match self.calls.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sum)) => *sum += spent,
            None if has_room => self.calls.push((name, spent)),
            None => {}
        }
    }

    /// Counts this call, and tells its caller.
    fn close(self, caller: Option<&mut Call>, recorder: &mut Recorder) -> Result<(), ProfileError> {
        let spent = (self.end - self.start).max(0.0);
        let alone = (spent - self.within).max(0.0);
        recorder.hit(self.site, 1);
        let is_library = recorder.is_library(self.site);
        let own = alone + self.pending;
        recorder.add(self.site, alone, own, spent);
        recorder.add_total(alone);
        if !is_library {
            for (name, spent) in &self.calls {
                recorder.call(self.site, name.clone(), *spent);
            }
        }
        if let Some(caller) = caller {
            caller.within += spent;
            if is_library {
                caller.pending += own;
                for (name, spent) in self.calls {
                    caller.note(name, spent);
                }
            } else {
                let name = recorder.name(self.site)?;
                caller.note(name, spent);
            }
        }
        Ok(())
    }
}

impl Timeline {
    fn thread(&mut self, thread: (i64, i64)) -> &mut Thread {
        let thread = match self.threads.len() < MAX_THREADS || self.threads.contains_key(&thread) {
            true => thread,
            false => (0, 0),
        };
        self.threads.entry(thread).or_default()
    }

    /// A call begins.
    pub fn begin(&mut self, thread: (i64, i64), site: SiteId, at: f64) {
        let open = &mut self.thread(thread).open;
        if open.len() < MAX_STACK {
            // Until it ends, whatever comes lies within.
            open.push(Call::new(site, at, f64::INFINITY));
        }
    }

    /// The innermost call of the thread ends.
    ///
    /// # Errors
    /// When there are too many names.
    pub fn end(
        &mut self,
        thread: (i64, i64),
        at: f64,
        recorder: &mut Recorder,
    ) -> Result<(), ProfileError> {
        let open = &mut self.thread(thread).open;
        match open.pop() {
            Some(mut call) => {
                call.end = at;
                call.close(open.last_mut(), recorder)
            }
            None => Ok(()),
        }
    }

    /// A call that is told as a whole: after those that it made, or before them.
    ///
    /// # Errors
    /// When there are too many names.
    pub fn whole(
        &mut self,
        thread: (i64, i64),
        site: SiteId,
        start: f64,
        end: f64,
        recorder: &mut Recorder,
    ) -> Result<(), ProfileError> {
        let Thread { open, waiting } = self.thread(thread);
        let mut call = Call::new(site, start, end);
        // Told before what it calls: the last one may have this one within.
        while let Some(outer) = open.last() {
            if start >= outer.start && end <= outer.end {
                open.push(call);
                return Ok(());
            }
            if let Some(outer) = open.pop() {
                settle(outer, open, waiting, recorder)?;
            }
        }
        // Told after what it called.
        while waiting
            .last()
            .is_some_and(|last| last.start >= start && last.end <= end)
        {
            if let Some(inner) = waiting.pop() {
                inner.close(Some(&mut call), recorder)?;
            }
        }
        if waiting.len() >= MAX_WAITING {
            for call in waiting.drain(..) {
                call.close(None, recorder)?;
            }
        }
        // Whether what follows lies within is seen when it comes.
        open.push(call);
        Ok(())
    }

    /// No more calls: those still open end with what they called.
    ///
    /// # Errors
    /// When there are too many names.
    pub fn finish(self, recorder: &mut Recorder) -> Result<(), ProfileError> {
        for Thread {
            mut open,
            mut waiting,
        } in self.threads.into_values()
        {
            while let Some(mut call) = open.pop() {
                if !call.end.is_finite() {
                    call.end = call.start + call.within;
                }
                settle(call, &mut open, &mut waiting, recorder)?;
            }
            for call in waiting {
                call.close(None, recorder)?;
            }
        }
        Ok(())
    }
}

/// A call that nothing more lies within: its caller is still open, or may come later.
fn settle(
    call: Call,
    open: &mut [Call],
    waiting: &mut Vec<Call>,
    recorder: &mut Recorder,
) -> Result<(), ProfileError> {
    match open.last_mut() {
        Some(caller) => call.close(Some(caller), recorder),
        None => {
            waiting.push(call);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Unit;

    /// `main` from 0 to 10 calls `dumps` of a library from 1 to 7, which calls `encode` from 2 to 4.
    fn told(order: &[usize]) -> Vec<(String, f64, f64, f64)> {
        let mut recorder = Recorder::default();
        let mut timeline = Timeline::default();
        let calls = [
            ("app.py", "main", 0.0, 10.0),
            ("/usr/lib/python3.12/json.py", "dumps", 1.0, 7.0),
            ("app.py", "encode", 2.0, 4.0),
            ("app.py", "after", 8.0, 9.0),
        ];
        for at in order {
            let (file, function, start, end) = calls[*at];
            let site = recorder.place(file, function, 1, 0).unwrap();
            timeline
                .whole((1, 1), site, start, end, &mut recorder)
                .unwrap();
        }
        timeline.finish(&mut recorder).unwrap();
        let profile = recorder.profile(Unit::Seconds);
        assert_eq!(profile.total, 10.0);
        let main = profile
            .sites
            .iter()
            .find(|site| &*site.place.function == "main")
            .unwrap();
        assert_eq!(main.calls, [("after".into(), 1.0), ("encode".into(), 2.0)]);
        let told = |site: &crate::profile::Site| {
            (
                site.place.function.to_string(),
                site.alone,
                site.own,
                site.cumulative,
            )
        };
        profile.sites.iter().map(told).collect()
    }

    #[test]
    fn callers_may_be_told_before_or_after_what_they_call() {
        let before = told(&[0, 1, 2, 3]);
        assert_eq!(before, told(&[2, 1, 3, 0]));
        assert!(before.contains(&("main".to_owned(), 3.0, 7.0, 10.0)));
    }

    #[test]
    fn beginnings_and_ends() {
        let mut recorder = Recorder::default();
        let mut timeline = Timeline::default();
        let main = recorder.place("app.py", "main", 1, 0).unwrap();
        let work = recorder.place("app.py", "work", 5, 0).unwrap();
        timeline.begin((0, 0), main, 0.0);
        timeline.begin((0, 0), work, 1.0);
        timeline.end((0, 0), 4.0, &mut recorder).unwrap();
        timeline.end((0, 0), 5.0, &mut recorder).unwrap();
        timeline.end((0, 0), 5.0, &mut recorder).unwrap();
        timeline.finish(&mut recorder).unwrap();
        let profile = recorder.profile(Unit::Seconds);
        let alone: Vec<f64> = profile.sites.iter().map(|site| site.alone).collect();
        assert_eq!(alone, [2.0, 3.0]);
    }
}
