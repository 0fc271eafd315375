//! Findings that were there before: a file of them, and which findings of a run they are.
//!
//! One JSON object on each line, sorted, so that changes are read and merged line by line. Line numbers are told nowhere: see
//! [`crate::anchor`].
//!
//! **Invariant**: an entry stands for as many findings as it counts and no more, and it follows code only away from a place that
//! is no more.

mod file;
mod known;
mod matching;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use hotlint_core::python::{STACK_SIZE, Source};
use rustc_hash::FxHashMap;

use crate::anchor::{Anchor, scopes};
use crate::discover::{Input, Target};
use crate::quiet::normal;
use crate::read::Reading;
use crate::report::Report;
use crate::rule_set::index_of;
use crate::verdict::{Fate, Marked};

pub use file::FileError;
pub use known::{Known, add, told, unreadable, unwritable};
pub use matching::{Entry, Place};
use matching::{Found, World, matched};

/// The name of a baseline whose name nobody chose.
pub const USUAL_NAME: &str = "hotlint-baseline.jsonl";

/// Findings that were there before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// How many findings each entry stands for.
    entries: BTreeMap<Entry, usize>,
}

/// What came of comparing a run with a baseline.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// What `update` would write.
    pub updated: Baseline,
    /// What `prune` would write: the same without what is new.
    pub pruned: Baseline,
    /// Entries that match nothing any more, with how many findings are gone.
    pub stale: Vec<(Entry, usize)>,
    /// How many findings were found at another place, or a little changed.
    pub moved: usize,
    /// How many were found where they were.
    pub kept: usize,
    /// How many nobody knew of.
    pub new: usize,
}

impl Baseline {
    /// All findings of `report` that stand, by what `path` calls their files.
    pub fn of(report: &Report, path: impl Fn(&str) -> String) -> Self {
        Self::of_those(report, path, &|fate| *fate == Fate::Stands)
    }

    /// The same with those that would stand if a profile found them hot.
    pub fn of_all(report: &Report, path: impl Fn(&str) -> String) -> Self {
        Self::of_those(report, path, &|fate| {
            matches!(fate, Fate::Stands | Fate::Assumed)
        })
    }

    fn of_those(
        report: &Report,
        path: impl Fn(&str) -> String,
        counts: &dyn Fn(&Fate) -> bool,
    ) -> Self {
        let mut baseline = Self::default();
        for file in &report.files {
            let path = path(file.source.path());
            for marked in &file.report.findings {
                if counts(&marked.fate) {
                    baseline.add(entry(&path, marked), 1);
                }
            }
        }
        baseline
    }

    pub fn add(&mut self, entry: Entry, count: usize) {
        *self.entries.entry(entry).or_default() += count;
    }

    pub fn entries(&self) -> impl Iterator<Item = (&Entry, usize)> {
        self.entries.iter().map(|(entry, count)| (entry, *count))
    }

    /// How many findings it stands for.
    pub fn len(&self) -> usize {
        self.entries.values().sum()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Gives the standing findings of `report` that were there before the fate `known`, and tells what has changed.
    pub fn mark(&self, report: &mut Report, scene: &dyn Scene, known: Fate) -> Comparison {
        report.compared = true;
        let paths: Vec<String> = (report.files.iter())
            .map(|file| scene.path(file.source.path()))
            .collect();
        let mut places = Vec::new();
        for (index, file) in report.files.iter().enumerate() {
            for (which, marked) in file.report.findings.iter().enumerate() {
                if matches!(marked.fate, Fate::Stands | Fate::Unchanged | Fate::Assumed) {
                    places.push((index, which));
                }
            }
        }
        let marked = |(index, which): (usize, usize)| &report.files[index].report.findings[which];
        // What is older than a change has the first claim, what is silent by default the last.
        places.sort_by_key(|place| match marked(*place).fate {
            Fate::Stands => 1,
            Fate::Assumed => 2,
            _ => 0,
        });
        let found: Vec<_> = (places.iter())
            .map(|place| Found {
                path: &paths[place.0],
                marked: marked(*place),
            })
            .collect();
        let entries: Vec<_> = self.entries().collect();
        let seen = Seen {
            scene,
            left: RefCell::default(),
        };
        let (origins, left) = matched(&entries, &found, &seen);
        let mut comparison = Comparison::default();
        for ((entry, count), left) in entries.iter().zip(left) {
            let kept = count - left;
            if left > 0 {
                match scene.is_judged(entry) {
                    true => comparison.stale.push(((*entry).clone(), left)),
                    // Nobody looked.
                    false => {
                        comparison.updated.add((*entry).clone(), left);
                        comparison.pruned.add((*entry).clone(), left);
                    }
                }
            }
            comparison.kept += kept;
        }
        for (found, place) in found.iter().zip(&origins) {
            // Nobody is told of it, so nobody need know it.
            if found.marked.fate == Fate::Assumed && place.is_none() {
                continue;
            }
            let entry = match place {
                // Its surroundings may have changed: that is no reason to change the file.
                Some((Place::Same, index)) => entries[*index].0.clone(),
                _ => entry(found.path, found.marked),
            };
            match place {
                None => comparison.new += 1,
                Some((place, _)) => {
                    comparison.moved += usize::from(*place == Place::Elsewhere);
                    comparison.pruned.add(entry.clone(), 1);
                }
            }
            comparison.updated.add(entry, 1);
        }
        comparison.kept -= comparison.moved;
        for ((index, which), origin) in places.into_iter().zip(origins) {
            let marked = &mut report.files[index].report.findings[which];
            if origin.is_some() && matches!(marked.fate, Fate::Stands | Fate::Assumed) {
                marked.fate = known.clone();
            }
        }
        comparison
    }
}

fn entry(path: &str, marked: &Marked) -> Entry {
    let Anchor {
        scope,
        code,
        statement,
        around,
    } = marked.anchor.clone();
    Entry {
        path: path.to_owned(),
        scope,
        rule: marked.finding.rule.to_owned(),
        code,
        statement: format!("{statement:016x}"),
        around: format!("{around:016x}"),
    }
}

/// What surrounds a comparison.
pub trait Scene {
    /// What the baseline calls a file that reports call `shown`.
    fn path(&self, shown: &str) -> String;
    /// Whether this run would have found what `entry` stands for.
    fn is_judged(&self, entry: &Entry) -> bool;
    /// What is left of a file.
    fn left(&self, path: &str) -> Left;
}

/// What is left of a file that an entry speaks of.
#[derive(Clone, Debug)]
pub enum Left {
    Nothing,
    /// Classes and functions of these qualified names, and the top level.
    Scopes(Vec<String>),
    /// Nobody knows, so nothing may be taken for gone.
    Unknown,
}

impl Left {
    /// What there is in a file of now.
    pub fn of(source: &Source) -> Self {
        // Nobody has promised that this thread can parse what the others can.
        let scopes = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK_SIZE);
            let parsing = thread.spawn_scoped(scope, || scopes(source));
            parsing.ok().and_then(|thread| thread.join().ok().flatten())
        });
        scopes.map_or(Self::Unknown, Self::Scopes)
    }
}

/// A scene, with what was seen of it.
struct Seen<'a> {
    scene: &'a dyn Scene,
    left: RefCell<FxHashMap<String, Left>>,
}

impl World for Seen<'_> {
    fn is_left(&self, path: &str, scope: &str) -> bool {
        let mut seen = self.left.borrow_mut();
        let left = seen
            .entry(path.to_owned())
            .or_insert_with(|| self.scene.left(path));
        match left {
            Left::Nothing => false,
            Left::Unknown => true,
            Left::Scopes(scopes) => scope.is_empty() || scopes.iter().any(|known| known == scope),
        }
    }
}

/// The scene of a run over files, and a baseline on disk.
pub struct OnDisk<'a> {
    cwd: &'a Path,
    /// The folder of the baseline; its paths are relative to it.
    root: PathBuf,
    /// The files of the run, by what the baseline calls them. `None` where the file could not be understood.
    checked: FxHashMap<String, Option<&'a Target>>,
}

impl<'a> OnDisk<'a> {
    /// `file` is the baseline; `targets` were checked, with what `report` says.
    pub fn new(file: &Path, cwd: &'a Path, targets: &'a [Target], report: &Report) -> Self {
        let root = normal(&cwd.join(file));
        let root = root.parent().unwrap_or(cwd).to_path_buf();
        let mut scene = Self {
            cwd,
            root,
            checked: FxHashMap::default(),
        };
        for target in targets {
            let path = scene.path(&target.shown);
            scene.checked.insert(path, Some(target));
        }
        for file in &report.files {
            if !file.report.problems.is_empty() {
                let path = scene.path(file.source.path());
                scene.checked.insert(path, None);
            }
        }
        scene
    }
}

impl Scene for OnDisk<'_> {
    fn path(&self, shown: &str) -> String {
        relative(&normal(&self.cwd.join(shown)), &self.root)
    }

    fn is_judged(&self, entry: &Entry) -> bool {
        match self.checked.get(&entry.path) {
            Some(None) => false,
            // Rules that this version does not know find nothing.
            Some(Some(target)) => index_of(&entry.rule)
                .is_none_or(|rule| target.config.settings.policy.severity(rule).is_some()),
            None => !self.root.join(&entry.path).exists(),
        }
    }

    fn left(&self, path: &str) -> Left {
        let file = self.root.join(path);
        match self.checked.get(path) {
            Some(None) => Left::Unknown,
            // What is on disk is not what was checked.
            Some(Some(target)) if target.input == Input::Stdin => Left::Unknown,
            Some(Some(Target {
                input: Input::Buffer(file, text),
                ..
            })) => match crate::read::buffer(text, file, path) {
                Reading::Text(source, _) => Left::of(&source),
                _ => Left::Unknown,
            },
            // Only runs that look at a file may say what has become of it.
            None if file.exists() => Left::Unknown,
            _ => match crate::read::file(&file, path, None) {
                Reading::Text(source, _) => Left::of(&source),
                _ if file.exists() => Left::Unknown,
                _ => Left::Nothing,
            },
        }
    }
}

/// `path` as seen from `root`, with forward slashes.
fn relative(path: &Path, root: &Path) -> String {
    let (mut path, mut root) = (path.components().peekable(), root.components().peekable());
    while path.peek().is_some() && path.peek() == root.peek() {
        path.next();
        root.next();
    }
    let up = root.map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(path).collect();
    crate::words::shown(&path, Path::new(""))
}

#[cfg(test)]
mod tests;
