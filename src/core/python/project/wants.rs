//! What can be asked of things in other files.

use super::calls::Following;
use super::changes::Slot;
use crate::python::containers::Containers;
use crate::python::libraries::Effects;

/// What is to be known of something that an [`Origin`](super::Origin) tells.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::python) enum Wants {
    /// Whether calling it comes to do any of this.
    Effects(Leading),
    /// The same where a function calls it that is on the way: what a library does counts too.
    Outgoing(Leading),
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

/// What a call is to lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::python) struct Leading {
    pub effects: Effects,
    pub following: Following,
    /// Whether the call is awaited.
    pub awaited: bool,
}

impl Leading {
    /// Whether the call runs the body of a function.
    pub(super) fn runs(self, is_async: bool) -> bool {
        !is_async || self.awaited && self.following == Following::Every
    }
}

impl Wants {
    /// Whether it is asked of functions and of nothing else.
    pub(super) fn is_of_function(&self) -> bool {
        self.leading().is_some() || matches!(self, Wants::Hashing | Wants::Generator)
    }

    /// Whether the details of a summary tell it.
    pub(super) fn is_of_details(&self) -> bool {
        matches!(self, Wants::Taking(_) | Wants::Changing(..))
    }

    pub(super) fn leading(&self) -> Option<Leading> {
        match self {
            Wants::Effects(leading) | Wants::Outgoing(leading) => Some(*leading),
            _ => None,
        }
    }
}
