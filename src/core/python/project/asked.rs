//! Questions to other files that are put off: while each file has its own turn, nothing is known of the others yet. When all have had
//! theirs, most questions come to nothing, and what was found without an answer stands; the few files that get one are looked at again.
//!
//! **Invariant**: a question that [`Project::answers`] denies is one that would have got no answer at once, so whoever asked nothing
//! else finds the same with and without it.

use std::sync::Arc;

use super::calls::{Following, follows};
use super::changes::Slot;
use super::meaning::{DEEPEST, Meaning};
use super::origin::Origin;
use super::outline::Outline;
use super::{Project, View, read, write};
use crate::python::containers::Containers;
use crate::python::facts::Facts;
use crate::python::libraries::{Effects, Entry, entry};
use crate::python::models::is_query_type;
use crate::python::types::Type;

/// What is to be known of something that an [`Origin`] tells.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::python) enum Wants {
    /// Whether calling it comes to do any of this; `awaited` tells whether the call is.
    Effects {
        effects: Effects,
        following: Following,
        awaited: bool,
    },
    /// What the tables of libraries say of calling it.
    Entry,
    /// What the project's configuration says of calling it.
    Declared,
    /// Whether it is a query over objects.
    Query,
    /// The relation by that name of its model.
    Relation(Box<str>),
    /// Whether it is a function whose arguments are keys of a cache.
    Hashing,
    /// Whether it is a generator function.
    Generator,
    /// How it goes through what it is given at a position.
    Taking(usize),
    /// How it changes a container that it is given.
    Changing(Slot, Containers),
    /// Whether all other files take its items one by one.
    Users,
    /// Whether nothing else runs while it does; its name, and those of the functions of its file that await it.
    Apart(Box<[Box<str>]>),
    /// Whether another file needs the instances of a class to have a `__dict__`; the attributes that would be slots.
    Dict(Box<[Box<str>]>),
}

/// A question that does not hang on the file that asks: the folder that decides what its imports bring, and what is asked.
pub(super) type Shared = (Arc<str>, Origin, Wants);

/// What is asked of a base in place of a class lies two steps farther away: whoever asks at once must not get farther than who asks later.
const FARTHEST: u8 = DEEPEST + 2;

/// The questions of one file.
#[derive(Debug)]
pub struct Open {
    /// The summary of the file where it is a part of any question, or nothing but its name.
    at: Arc<Outline>,
    asked: Vec<(Origin, Wants)>,
}

impl<'a> Facts<'a> {
    /// Puts the questions to other files off: see [`Self::open_questions`]. Where nothing is there but what a configuration describes,
    /// that answers at once. Others find a text that `is_on_disk` there.
    #[must_use]
    pub fn putting_off(mut self, is_on_disk: bool) -> Self {
        self.is_on_disk = is_on_disk;
        let waits = self.sees_others() && !self.project.project.only_declares;
        self.put_off = waits.then(Default::default);
        self
    }

    /// The questions that were put off. Where other files import this one, they will ask about it: then it is summarised now, and else
    /// when somebody asks all the same.
    pub fn open_questions(&self) -> Option<Open> {
        let put_off = self.put_off.as_ref()?;
        let project = self.project()?;
        let put_off = std::mem::take(&mut *put_off.borrow_mut());
        let mut asked = Vec::with_capacity(put_off.len());
        for (origin, wants) in put_off {
            match self.declared_libraries() {
                None => self.as_told_here(|facts| {
                    facts.left_to_ask(origin, &wants, &mut asked);
                }),
                Some(_) => asked.push((origin, wants)),
            }
        }
        let asks_itself = asked.iter().any(|(origin, _)| origin.is_of_its_file());
        let path = self.source.path();
        let is_imported = project.importing.add(self);
        let at = match asks_itself || is_imported || !self.is_on_disk {
            true => self.outline(),
            false => Arc::new(Outline::empty(path)),
        };
        // Calls that come to nothing by what the file itself tells are none.
        asked.retain(|(origin, wants)| match origin {
            Origin::Function(number) => {
                let function = at.function(*number);
                !matches!(wants, Wants::Effects { .. })
                    || function.is_none_or(|function| !function.calls.is_empty())
            }
            _ => true,
        });
        (!asked.is_empty()).then_some(Open { at, asked })
    }

    /// What a question is asked of, where it is asked at once; `None` where it is put off: nobody has an answer now.
    pub(super) fn ask_of(&self, origin: Origin, wants: impl FnOnce() -> Wants) -> Option<Origin> {
        let Some(put_off) = &self.put_off else {
            return Some(origin);
        };
        put_off.borrow_mut().insert((origin, wants()));
        None
    }
}

impl Project {
    /// Whether other files have an answer to any of the questions; if not, what was looked at to know.
    ///
    /// # Errors
    /// There is an answer.
    pub fn answers(&self, open: Open) -> Result<Seen<'_>, Answered> {
        let view = View::new(self);
        for (origin, wants) in open.asked {
            let has_answer = match origin.import() {
                Some(name) => {
                    let folder = view.asking_folder(&open.at.path, name);
                    view.answers_shared(&open.at, (folder, origin, wants))
                }
                _ => view.answers(&open.at, &origin, &wants),
            };
            if has_answer {
                return Err(Answered);
            }
        }
        Ok(Seen(view))
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
    /// The same for all files that import from the same folder: most questions are asked by many.
    fn answers_shared(&self, at: &Arc<Outline>, shared: Shared) -> bool {
        let known = read(&self.project.denied).get(&shared).cloned();
        if let Some(trail) = known {
            self.follow_trail(&trail);
            return false;
        }
        let view = View::new(self.project);
        let has_answer = view.answers(at, &shared.1, &shared.2);
        if !has_answer {
            let trail = view.into_trail();
            self.follow_trail(&trail);
            write(&self.project.denied).insert(shared, trail);
        }
        has_answer
    }

    fn answers(&self, at: &Arc<Outline>, origin: &Origin, wants: &Wants) -> bool {
        let meaning = || self.meaning(at, origin, FARTHEST);
        let callee = || self.callee_within(at, origin, FARTHEST);
        match wants {
            Wants::Effects {
                effects,
                following,
                awaited,
            } => callee()
                .filter(|callee| follows(callee, *following, *awaited))
                .is_some_and(|callee| self.follow(&callee, *effects, *following).is_some()),
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

/// What the tables of libraries say of calling something.
pub(in crate::python) fn known(callee: &Meaning<'_>) -> Option<&'static Entry> {
    match callee {
        Meaning::Library(name) | Meaning::Method(name, ..) => entry(name),
        _ => None,
    }
}
