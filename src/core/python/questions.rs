//! Questions about types that may lead back to themselves: each is answered once, whoever asks.
//!
//! What leads back to itself is assumed to be nothing yet, and all that leaned on the assumption is answered again from what was
//! found, until nothing changes.
//!
//! **Invariant**: an answer that leans on an assumption is used in that round alone.

use ruff_python_ast::AnyNodeRef;

use super::facts::Facts;
use super::symbols::SymbolId;
use super::tree::NodeId;
use super::types::Type;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Question<'a> {
    /// What a variable holds over its whole life.
    Symbol(SymbolId),
    /// What it holds where a name reads it.
    Place(NodeId),
    /// What a function of this file gives.
    Result(NodeId),
    /// What an attribute of the instances of a class of this file holds.
    Attribute(NodeId, &'a str),
}

/// What is known so far.
pub(super) struct Answer<'a> {
    ty: Type<'a>,
    /// The round in which this was assumed; `None` once it is certain.
    assumed: Option<u32>,
}

/// Where the inference of what depends on each other is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Inference {
    /// How many questions are open right now, one for the sake of the other.
    depth: u32,
    /// Counts on and on.
    round: u32,
    /// Whether an assumption was read since this was last reset.
    leaning: bool,
    /// Whether an assumption of this round turned out wrong.
    changed: bool,
}

impl Inference {
    /// Whether no question is open: what is answered now is certain.
    pub(super) fn is_idle(self) -> bool {
        self.depth == 0
    }
}

/// A large circle is nobody's idea of readable code.
const DEEPEST: u32 = 100;
const ROUNDS: u32 = 4;

impl<'a> Facts<'a> {
    pub(super) fn ask(&self, question: Question<'a>) -> Type<'a> {
        let mut state = self.inference.get();
        let mut assumed = Type::Never;
        if let Some(answer) = self.answers.borrow().get(&question) {
            match answer.assumed {
                None => return answer.ty.clone(),
                Some(round) if round == state.round => {
                    state.leaning = true;
                    self.inference.set(state);
                    return answer.ty.clone();
                }
                Some(_) => assumed = answer.ty.clone(),
            }
        }
        if state.depth == 0 {
            return self.ask_in_rounds(question);
        }
        if state.depth > DEEPEST {
            return Type::Unknown;
        }
        self.ask_once(question, assumed)
    }

    /// Says that what is being answered leans on what was assumed of it.
    pub(super) fn lean(&self) {
        let mut state = self.inference.get();
        state.leaning = true;
        self.inference.set(state);
    }

    /// Answers a question and all that it leans on: each once a round, from what the round before found, until nothing changes.
    fn ask_in_rounds(&self, question: Question<'a>) -> Type<'a> {
        let mut assumed = Type::Never;
        for _ in 0..ROUNDS {
            let mut state = self.inference.get();
            state.round += 1;
            state.changed = false;
            self.inference.set(state);
            let found = self.ask_once(question, assumed);
            let mut answers = self.answers.borrow_mut();
            if answers
                .get(&question)
                .is_some_and(|answer| answer.assumed.is_none())
            {
                return found;
            }
            if !self.inference.get().changed {
                // Every assumption of this round was borne out.
                answers.retain(|_, answer| {
                    let certain = answer.assumed.is_none_or(|round| round == state.round);
                    answer.assumed = None;
                    certain
                });
                return found;
            }
            assumed = found;
        }
        let mut answers = self.answers.borrow_mut();
        answers.retain(|_, answer| answer.assumed.is_none());
        let ty = Type::Unknown;
        answers.insert(question, Answer { ty, assumed: None });
        Type::Unknown
    }

    /// Answers a question once. Whoever asks it again meanwhile sees what is assumed.
    fn ask_once(&self, question: Question<'a>, assumed: Type<'a>) -> Type<'a> {
        let before = self.inference.get();
        self.inference.set(Inference {
            depth: before.depth + 1,
            leaning: false,
            ..before
        });
        let keep = |ty: &Type<'a>, assumed| {
            let ty = ty.clone();
            let mut answers = self.answers.borrow_mut();
            answers.insert(question, Answer { ty, assumed });
        };
        keep(&assumed, Some(before.round));
        let found = match question {
            Question::Symbol(id) => self.life_of(id, &assumed),
            Question::Place(id) => match self.tree.node(id) {
                AnyNodeRef::ExprName(name) => self.at_place(name),
                _ => Type::Unknown,
            },
            Question::Result(id) => match self.tree.node(id) {
                AnyNodeRef::StmtFunctionDef(def) => self.given_by(def),
                _ => Type::Unknown,
            },
            Question::Attribute(id, name) => match self.tree.node(id) {
                AnyNodeRef::StmtClassDef(class) => self.attribute_of(class, name),
                _ => Type::Unknown,
            },
        };
        let mut after = self.inference.get();
        keep(&found, after.leaning.then_some(before.round));
        after.changed |= after.leaning && found != assumed;
        after.leaning |= before.leaning;
        after.depth = before.depth;
        self.inference.set(after);
        found
    }
}
