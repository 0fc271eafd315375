//! Following calls: whether calling a function comes to do something, and by which steps.

use std::collections::VecDeque;
use std::sync::Arc;

use ruff_python_ast::{AnyNodeRef, ExprCall};
use rustc_hash::FxHashSet;

use super::meaning::{DEEPEST, Meaning, ProjectFunction};
use super::outline::Callee;
use super::trail::Trail;
use super::wants::{Leading, Wants};
use super::{Origin, View};
use crate::python::facts::Facts;
use crate::python::libraries::{Does, Effects, Entry, entry};

/// A call on the way, or what the last function does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is called: a function of the project as its file names it, or something of a library by its qualified name.
    pub name: String,
    /// What is known of it, at the last step.
    pub entry: Option<&'static Entry>,
    /// Whether it makes an object of a class of the project.
    pub makes: bool,
    /// Where the call stands.
    pub path: String,
    pub row: usize,
    /// Where the called function is defined, if it is the project's.
    pub defined: Option<(String, usize)>,
}

/// Which calls count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Following {
    /// Those that a call comes to for certain, as long as it is not asked to wait: no coroutines, no branches, nothing behind a
    /// `return`.
    Certain,
    /// The same, through coroutines that are awaited; but nothing that hands over many at once.
    Every,
}

/// A question that was answered.
pub(super) type Asked = (Box<str>, u32, Effects, Following);
pub(super) type Answer = Option<Vec<Step>>;
/// An answer, and what it was found in.
pub(super) type Followed = (Answer, Trail);

/// More steps than a reader follows.
const STEPS: usize = 6;
/// Functions that are looked at for one question.
const LOOKED_AT: usize = 200;

impl View<'_> {
    pub(super) fn follow_call<'a>(
        &self,
        facts: &Facts<'a>,
        call: &'a ExprCall,
        effects: Effects,
        following: Following,
    ) -> Answer {
        if !facts.may_be_elsewhere((&*call.func).into()) {
            return None;
        }
        let origin = facts.origin(&call.func);
        if matches!(origin, Origin::Unknown | Origin::Value(_)) {
            return None;
        }
        let awaited = is_awaited(facts, call);
        let leading = Leading {
            effects,
            following,
            awaited,
        };
        let origin = facts.ask_of(origin, || Wants::Effects(leading))?;
        let own = match origin.is_of_its_file() {
            true => facts.outline(),
            false => facts.outline_for(&origin),
        };
        let function = self.callee(&own, &origin)?;
        if !follows(&function, leading) {
            return None;
        }
        let step = self.step(&own.path, facts.row_of(call), &function)?;
        let rest = self.follow(&function, effects, following)?;
        Some(std::iter::once(step).chain(rest).collect())
    }

    /// How many lines a function has.
    pub(super) fn length(&self, function: &ProjectFunction) -> usize {
        let length = self.project.read_anew(&function.outline.path, |facts| {
            let id = facts
                .numbers()
                .functions
                .get(usize::try_from(function.number).ok()?)?;
            let def = facts.tree.node(*id);
            Some(facts.text(def).lines().count())
        });
        length.flatten().unwrap_or(0)
    }

    /// The function of the project that a call runs.
    pub(super) fn callee(
        &self,
        at: &Arc<super::Outline>,
        origin: &Origin,
    ) -> Option<ProjectFunction> {
        self.callee_within(at, origin, DEEPEST)
    }

    /// The same, over so many files at most.
    pub(super) fn callee_within(
        &self,
        at: &Arc<super::Outline>,
        origin: &Origin,
        depth: u8,
    ) -> Option<ProjectFunction> {
        self.run_by(self.meaning(at, origin, depth))
    }

    /// The function of the project that calling something runs.
    pub(super) fn run_by(&self, callee: Meaning<'_>) -> Option<ProjectFunction> {
        match callee {
            Meaning::Function(function) => Some(function),
            // Making an instance runs `__init__`.
            Meaning::Class(class) => {
                let number = class.outline.among(&class.get()?.methods, "__init__")?;
                let outline = class.outline;
                Some(ProjectFunction { outline, number })
            }
            _ => None,
        }
    }

    pub(super) fn follow(
        &self,
        function: &ProjectFunction,
        effects: Effects,
        following: Following,
    ) -> Answer {
        // A file that is being edited is not what others have read.
        let known = self.outline(&function.outline.path);
        if !known.is_some_and(|known| Arc::ptr_eq(&known, &function.outline)) {
            return self.search(function, effects, following);
        }
        let path = function.outline.path.clone();
        let asked: Asked = (path, function.number, effects, following);
        let (answer, trail) = self.project.followed(asked, || {
            let view = View::new(self.project);
            let answer = view.search(function, effects, following);
            (answer, view.into_trail())
        });
        self.follow_trail(&trail);
        answer
    }

    /// The shortest way, and among those the first in the order of the text: breadth first.
    fn search(&self, start: &ProjectFunction, effects: Effects, following: Following) -> Answer {
        let mut seen: FxHashSet<(Box<str>, u32)> = FxHashSet::default();
        seen.insert((start.outline.path.clone(), start.number));
        let mut open: VecDeque<(ProjectFunction, Vec<Step>)> = VecDeque::new();
        open.push_back((start.clone(), Vec::new()));
        let mut looked_at = 0;
        while let Some((function, steps)) = open.pop_front() {
            looked_at += 1;
            if looked_at > LOOKED_AT || steps.len() >= STEPS {
                return None;
            }
            let path = &function.outline.path;
            for call in &function.get()?.calls {
                let known = match &call.callee {
                    Callee::Known(entry) => Err(Some(*entry)),
                    Callee::Other(origin) => {
                        self.run_within(self.meaning(&function.outline, origin, DEEPEST))
                    }
                };
                let callee = match known {
                    Ok(callee) => callee,
                    Err(Some(entry)) if counts(entry, effects, following) => {
                        return Some(with(steps, known_step(entry, path, call.row as usize)));
                    }
                    Err(_) => continue,
                };
                let leading = Leading {
                    effects,
                    following,
                    awaited: call.awaited,
                };
                if !follows(&callee, leading)
                    || !seen.insert((callee.outline.path.clone(), callee.number))
                {
                    continue;
                }
                if let Some(step) = self.step(path, call.row as usize, &callee) {
                    open.push_back((callee, with(steps.clone(), step)));
                }
            }
        }
        None
    }

    /// The function of the project that runs where a function calls something.
    ///
    /// # Errors
    /// It is not followed: what is known of it, if anything is.
    pub(super) fn run_within(
        &self,
        callee: Meaning<'_>,
    ) -> Result<ProjectFunction, Option<&'static Entry>> {
        match callee {
            Meaning::Library(_) | Meaning::Method(..) => Err(known(&callee)),
            Meaning::Function(_) | Meaning::Class(_) => match self.declared(&callee) {
                Some(entry) => Err(Some(entry)),
                None => self.run_by(callee).ok_or(None),
            },
            _ => Err(None),
        }
    }

    /// What the project's configuration says of a function or class.
    pub(in crate::python) fn declared(&self, callee: &Meaning<'_>) -> Option<&'static Entry> {
        let declared = self.project.declared?;
        match callee {
            Meaning::Function(function) => {
                declared.function(&function.outline.path, function.number)
            }
            Meaning::Class(class) => declared.class(&class.outline.path, class.number),
            _ => None,
        }
    }

    pub(super) fn step(&self, path: &str, row: usize, function: &ProjectFunction) -> Option<Step> {
        let def = function.get()?;
        let class = def.class.and_then(|class| function.outline.class(class));
        let makes = class.is_some() && &*def.name == "__init__";
        let name = match class {
            Some(class) if makes => class.name.to_string(),
            Some(class) => format!("{}.{}", class.name, def.name),
            None => def.name.to_string(),
        };
        Some(Step {
            name,
            entry: None,
            makes,
            path: path.to_owned(),
            row,
            defined: Some((function.outline.path.to_string(), def.row as usize)),
        })
    }
}

pub(super) fn counts(entry: &Entry, effects: Effects, following: Following) -> bool {
    let many = following == Following::Every && entry.does(Does::Batches);
    entry.effects.any_of(effects) && !many
}

fn known_step(entry: &'static Entry, path: &str, row: usize) -> Step {
    Step {
        name: entry.name.to_owned(),
        entry: Some(entry),
        makes: false,
        path: path.to_owned(),
        row,
        defined: None,
    }
}

fn with(mut steps: Vec<Step>, step: Step) -> Vec<Step> {
    steps.push(step);
    steps
}

/// Whether a call of a function runs its body, as far as it is to be followed.
pub(super) fn follows(function: &ProjectFunction, leading: Leading) -> bool {
    (function.get()).is_some_and(|def| leading.runs(def.is_async) && def.is_followed())
}

fn is_awaited<'a>(facts: &Facts<'a>, call: &'a ExprCall) -> bool {
    matches!(facts.tree.parent(call), Some(AnyNodeRef::ExprAwait(_)))
}

/// What the tables of libraries say of calling something.
pub(in crate::python) fn known(callee: &Meaning<'_>) -> Option<&'static Entry> {
    match callee {
        Meaning::Library(name) | Meaning::Method(name, ..) => entry(name),
        _ => None,
    }
}
