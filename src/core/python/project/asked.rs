//! Questions to other files that are put off: while each file has its own turn, nothing is known of the others yet. When all have had
//! theirs, most questions come to nothing, and what was found without an answer stands; the few files that get one are looked at again.
//!
//! **Invariant**: a question that [`Project::answers`] denies is one that would have got no answer at once, so whoever asked nothing
//! else finds the same with and without it.

use std::fmt;
use std::sync::{Arc, OnceLock, RwLock};

use rustc_hash::FxHashMap;

use super::calls::{counts, follows, known};
use super::importing::Imported;
use super::meaning::{DEEPEST, Meaning, ProjectFunction};
use super::modules::first_segment;
use super::origin::{Origin, is_of_library};
use super::outline::Outline;
use super::settled::Left;
use super::trail::Trail;
use super::wants::{Leading, Wants};
use super::{Project, View, fingerprint, read, write};
use crate::python::facts::Facts;
use crate::python::models::is_query_type;
use crate::python::types::Type;

/// A question that does not hang on the file that asks, but for the folder that decides what its imports bring: most are asked by many.
pub(super) struct Question {
    folder: Arc<str>,
    origin: Origin,
    wants: Wants,
    /// What was looked at to know that there is no answer; nothing where there is one.
    denied: OnceLock<Option<Trail>>,
}

impl Question {
    fn is(&self, folder: &str, origin: &Origin, wants: &Wants) -> bool {
        *self.folder == *folder && self.origin == *origin && self.wants == *wants
    }
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (&self.folder, &self.origin, &self.wants).fmt(f)
    }
}

/// The questions of all files, by their fingerprints: what lies behind pointers is dear to compare, and dearer to hash again.
#[derive(Default)]
pub(super) struct Questions(RwLock<FxHashMap<u64, Arc<Question>>>);

/// The questions that a file puts off, each once.
#[derive(Default)]
pub(in crate::python) struct PutOff {
    asked: Vec<(Origin, Wants)>,
    /// Where the one with a fingerprint stands.
    places: FxHashMap<u64, usize>,
}

impl PutOff {
    fn add(&mut self, origin: Origin, wants: Wants) {
        let place = *(self.places)
            .entry(fingerprint(&(&origin, &wants)))
            .or_insert(self.asked.len());
        // Two with the same fingerprint are nothing worse than a question that is asked twice.
        if (self.asked.get(place)).is_none_or(|known| known.0 != origin || known.1 != wants) {
            self.asked.push((origin, wants));
        }
    }
}

/// What is asked of a base in place of a class lies two steps farther away: whoever asks at once must not get farther than who asks later.
const FARTHEST: u8 = DEEPEST + 2;

/// The questions of one file.
#[derive(Debug)]
pub struct Open {
    /// The summary of the file where it is a part of any question, or nothing but its name.
    at: Arc<Outline>,
    /// Those in which it is.
    own: Vec<(Origin, Wants)>,
    shared: Vec<Arc<Question>>,
}

impl<'a> Facts<'a> {
    /// Puts the questions to other files off: see [`Self::open_questions`]. Where nothing is there but what a configuration describes,
    /// that answers at once. Others find a text that `is_on_disk` there.
    #[must_use]
    pub fn putting_off(mut self, is_on_disk: bool) -> Self {
        self.is_on_disk = is_on_disk;
        let waits = self.sees_others() && !self.project.project.only_declares;
        self.put_off = waits.then(Default::default);
        // Before the work on this file begins, so that whoever is at work on another beside it knows.
        if waits && let Some(project) = self.project() {
            project.importing.add(&self);
        }
        self
    }

    /// The questions that were put off. Where other files import this one, they will ask about it: then it is summarised now, and else
    /// when somebody asks all the same.
    pub fn open_questions(&self) -> Option<Open> {
        let put_off = self.put_off.as_ref()?;
        let project = self.project()?;
        let put_off = std::mem::take(&mut *put_off.borrow_mut());
        let mut left = Left::default();
        self.as_told_here(|facts| {
            for (origin, wants) in put_off.asked {
                match facts.declared_libraries() {
                    None => facts.left_to_ask(origin, wants, &mut left),
                    Some(_) => left.questions.push((origin, wants)),
                }
            }
        });
        let path = self.source.path();
        let (own, others): (Vec<_>, Vec<_>) =
            (left.questions.into_iter()).partition(|(origin, _)| origin.import().is_none());
        let shared = project.shared(path, others);
        let imported = project.importing.how(path);
        let is_asked = !own.is_empty() || imported == Imported::ByName || !self.is_on_disk;
        let is_of_details = |(_, wants): &(Origin, Wants)| wants.is_of_details();
        let at = match is_asked {
            true if own.iter().any(is_of_details) => self.outline_in_detail(),
            true => self.outline(),
            false => Arc::new(Outline::empty(path)),
        };
        if !is_asked && imported == Imported::Whole {
            project.keep_brought(self);
        }
        (!own.is_empty() || !shared.is_empty()).then_some(Open { at, own, shared })
    }

    /// What a question is asked of, where it is asked at once; `None` where it is put off: nobody has an answer now.
    pub(super) fn ask_of(&self, origin: Origin, wants: impl FnOnce() -> Wants) -> Option<Origin> {
        let Some(put_off) = &self.put_off else {
            return Some(origin);
        };
        // Of libraries that nobody described no other file has anything to tell.
        let is_here = |name: &str| name.starts_with('.') || self.has_root(first_segment(name));
        if origin.import().is_none_or(is_here) {
            put_off.borrow_mut().add(origin, wants());
        }
        None
    }

    /// Whether the project, or a library that is known, has anything by the first part of an import's name.
    fn has_root(&self, first: &str) -> bool {
        let known = (self.roots.borrow().iter())
            .find_map(|(root, known)| (**root == *first).then_some(*known));
        known.unwrap_or_else(|| {
            let is_there = is_of_library(first) || self.project.has_root(self.source.path(), first);
            self.roots.borrow_mut().push((first.into(), is_there));
            is_there
        })
    }
}

impl Project {
    /// The same questions, asked by the file at `path`, as others have asked them.
    fn shared(&self, path: &str, questions: Vec<(Origin, Wants)>) -> Vec<Arc<Question>> {
        if questions.is_empty() {
            return Vec::new();
        }
        let view = View::new(self);
        // What relative imports hang on, and what absolute ones do.
        let (folder, home) = (view.asking_folder(path, "."), view.asking_folder(path, ""));
        let mut new = Vec::new();
        let mut shared = Vec::with_capacity(questions.len());
        let known = read(&self.questions.0);
        for (origin, wants) in questions {
            let is_relative = origin.import().is_some_and(|name| name.starts_with('.'));
            let folder = if is_relative { &folder } else { &home };
            let number = fingerprint(&(folder, &origin, &wants));
            match known.get(&number) {
                Some(known) if known.is(folder, &origin, &wants) => shared.push(Arc::clone(known)),
                _ => new.push((number, Arc::clone(folder), origin, wants)),
            }
        }
        drop(known);
        if !new.is_empty() {
            let mut known = write(&self.questions.0);
            for (number, folder, origin, wants) in new {
                let question = match known.get(&number) {
                    // Another thread was faster.
                    Some(known) if known.is(&folder, &origin, &wants) => Arc::clone(known),
                    other => {
                        let is_first = other.is_none();
                        let question = Arc::new(Question {
                            folder,
                            origin,
                            wants,
                            denied: OnceLock::new(),
                        });
                        // One of two with the same fingerprint is asked by each file anew.
                        if is_first {
                            known.insert(number, Arc::clone(&question));
                        }
                        question
                    }
                };
                shared.push(question);
            }
        }
        shared
    }

    /// Whether other files have an answer to any of the questions; if not, what was looked at to know.
    ///
    /// # Errors
    /// There is an answer.
    pub fn answers(&self, open: Open) -> Result<Seen<'_>, Answered> {
        let view = View::new(self);
        let at = &open.at;
        // What an absolute import brings hangs on where the outermost package lies.
        view.asking_folder(&at.path, "");
        let has_answer = (open.own.iter()).any(|(origin, wants)| view.answers(at, origin, wants))
            || open
                .shared
                .iter()
                .any(|question| view.answers_shared(at, question));
        match has_answer {
            true => Err(Answered),
            false => Ok(Seen(view)),
        }
    }
}

/// What was looked at.
pub struct Seen<'p>(View<'p>);

impl Seen<'_> {
    /// The places, as [`Facts::seen`] tells them.
    pub fn places(self) -> Vec<Arc<str>> {
        self.0.all_seen().into_iter().collect()
    }
}

/// Somebody had an answer: the file that asked has to be looked at again.
#[derive(Clone, Copy, Debug)]
pub struct Answered;

impl View<'_> {
    /// The same for all files that import from the same folder.
    fn answers_shared(&self, at: &Arc<Outline>, question: &Question) -> bool {
        let denied = question.denied.get_or_init(|| {
            let view = View::new(self.project);
            let has_answer = view.answers(at, &question.origin, &question.wants);
            (!has_answer).then(|| view.into_trail())
        });
        match denied {
            Some(trail) => self.follow_trail(trail),
            None => return true,
        }
        false
    }

    fn answers(&self, at: &Arc<Outline>, origin: &Origin, wants: &Wants) -> bool {
        let meaning = || self.meaning(at, origin, FARTHEST);
        let callee = || self.callee_within(at, origin, FARTHEST);
        match wants {
            Wants::Effects(leading) => callee().is_some_and(|callee| self.leads(&callee, *leading)),
            Wants::Outgoing(leading) => match self.run_within(meaning()) {
                Ok(callee) => self.leads(&callee, *leading),
                Err(known) => {
                    known.is_some_and(|entry| counts(entry, leading.effects, leading.following))
                }
            },
            Wants::Entry => known(&meaning()).is_some(),
            Wants::Declared => self.declared(&meaning()).is_some(),
            Wants::Query => match meaning() {
                Meaning::Value(Type::Instance(class)) if class.project().is_some() => class
                    .project()
                    .is_some_and(|class| self.is_query_class(class)),
                Meaning::Value(ty) => is_query_type(&ty),
                _ => false,
            },
            Wants::Relation(name) => match meaning() {
                Meaning::Value(Type::Instance(class)) => class
                    .project()
                    .is_some_and(|class| self.relation(class, name).is_some()),
                _ => false,
            },
            Wants::Hashing => callee()
                .and_then(|callee| Some(callee.get()?.hashes_arguments))
                .unwrap_or(false),
            Wants::Generator => callee()
                .and_then(|callee| Some(callee.get()?.makes_generator()))
                .unwrap_or(false),
            Wants::Users => callee().is_some_and(|callee| self.users(&callee).is_some()),
            Wants::Apart(names) => callee().is_some_and(|callee| self.runs_apart(&callee, names)),
            Wants::Dict(fields) => match meaning() {
                Meaning::Class(class) => self.needs_dict(&class, fields),
                _ => false,
            },
            Wants::Taking(at) => callee().is_some_and(|callee| self.takes(&callee, *at).is_some()),
            Wants::Changing(slot, container) => {
                callee().is_some_and(|callee| self.changes(&callee, slot, *container).is_some())
            }
        }
    }
}

impl View<'_> {
    fn leads(&self, callee: &ProjectFunction, leading: Leading) -> bool {
        follows(callee, leading)
            && (self.follow(callee, leading.effects, leading.following)).is_some()
    }
}
