//! Questions to other files that are put off: while each file has its own turn, nothing is known of the others yet. When all have had
//! theirs, most questions come to nothing, and what was found without an answer stands; the few files that get one are looked at again.
//!
//! **Invariant**: a question that [`Project::answers`] denies is one that would have got no answer at once, so whoever asked nothing
//! else finds the same with and without it.

use std::sync::Arc;

use super::calls::{Following, follows};
use super::meaning::{DEEPEST, Meaning};
use super::origin::Origin;
use super::outline::Outline;
use super::{Project, Trail, View};
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
    /// Whether all other files take its items one by one.
    Users,
    /// Whether another file needs the instances of a class to have a `__dict__`; the attributes that would be slots.
    Dict(Box<[Box<str>]>),
}

/// The questions of one file.
#[derive(Debug)]
pub struct Open {
    at: Arc<Outline>,
    asked: Vec<(Origin, Wants)>,
}

impl<'a> Facts<'a> {
    /// Puts the questions to other files off: see [`Self::open_questions`]. Where nothing is there but what a configuration describes,
    /// that answers at once.
    #[must_use]
    pub fn putting_off(mut self) -> Self {
        let waits = self.sees_others() && !self.project.project.only_declares;
        self.put_off = waits.then(Default::default);
        self
    }

    /// The questions that were put off. Others will ask about this file: it is summarised now.
    pub fn open_questions(&self) -> Option<Open> {
        let put_off = self.put_off.as_ref()?;
        let at = self.outline();
        let asked: Vec<(Origin, Wants)> = put_off.borrow_mut().drain().collect();
        (!asked.is_empty()).then_some(Open { at, asked })
    }

    /// Whether a question is put off; if so, nobody has an answer now.
    pub(super) fn puts_off(&self, origin: &Origin, wants: impl FnOnce() -> Wants) -> bool {
        let Some(put_off) = &self.put_off else {
            return false;
        };
        put_off.borrow_mut().insert((origin.clone(), wants()));
        true
    }
}

impl Project {
    /// Whether other files have an answer to any of the questions; if not, what was looked at to know.
    ///
    /// # Errors
    /// There is an answer.
    pub fn answers(&self, open: &Open) -> Result<Seen<'_>, Answered> {
        let view = View::new(self);
        for (origin, wants) in &open.asked {
            if view.answers(&open.at, origin, wants) {
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
    pub fn places(self) -> Trail {
        self.0.into_trail()
    }
}

/// Somebody had an answer: the file that asked has to be looked at again.
#[derive(Clone, Copy, Debug)]
pub struct Answered;

impl View<'_> {
    fn answers(&self, at: &Arc<Outline>, origin: &Origin, wants: &Wants) -> bool {
        let meaning = || self.meaning(at, origin, DEEPEST);
        let callee = || self.callee(at, origin);
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
            Wants::Dict(fields) => match meaning() {
                Meaning::Class(class) => self.needs_dict(&class, fields),
                _ => false,
            },
            Wants::Taking(at) => callee().is_some_and(|callee| self.takes(&callee, *at).is_some()),
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
