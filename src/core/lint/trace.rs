//! Which facts a rule asked for, and what it was told: what `why` shows of a rule that stayed silent.
//!
//! The questions of [`Facts`] that decide most often are asked again here under the same name, so that a rule that asks `cx` leaves
//! a trace. Nothing is noted unless [`Cx::traced`] is running.

use ruff_python_ast::{AnyNodeRef, Expr, ExprRef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::Cx;
use crate::python::{Binding, Entry, Facts, Loop, Purity, Runs, Size, Symbol, Type, Use};

/// A question that a rule asked, and the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What the question was about.
    pub place: TextRange,
    /// What is said of that place, as in "is of unknown type".
    pub answer: String,
}

impl<'a> Cx<'a> {
    /// Runs `check`, and returns what it asked, in order, with what came of it.
    pub(super) fn traced<T>(&self, check: impl FnOnce() -> T) -> (T, Vec<Asked>) {
        let outer = self.trace.replace(Some(Vec::new()));
        let found = check();
        let asked = self.trace.replace(outer).unwrap_or_default();
        (found, asked)
    }

    #[inline]
    fn note<T>(&self, place: impl Ranged, answer: T, words: impl FnOnce(&T) -> String) -> T {
        // Cheap where nobody listens: a look at one word.
        if let Ok(mut trace) = self.trace.try_borrow_mut()
            && let Some(asked) = &mut *trace
        {
            asked.push(Asked {
                place: place.range(),
                answer: words(&answer),
            });
        }
        answer
    }

    fn facts(&self) -> &Facts<'a> {
        self
    }

    /// [`Facts::ty`]
    pub fn ty(&self, expr: impl Into<ExprRef<'a>>) -> Type<'a> {
        let expr = expr.into();
        self.note(expr, self.facts().ty(expr), |ty| match ty.is_unknown() {
            true => "is of unknown type".to_owned(),
            false => format!("is of type `{ty}`"),
        })
    }

    /// [`Facts::name`]
    pub fn name(&self, expr: impl Into<ExprRef<'a>>) -> Option<String> {
        let expr = expr.into();
        self.note(expr, self.facts().name(expr), |name| match name {
            Some(name) => format!("means `{}`", name.trim_start_matches('.')),
            None => "could mean anything".to_owned(),
        })
    }

    /// [`Facts::knows`]
    pub fn knows(&self, call: &'a ruff_python_ast::ExprCall) -> Option<&'static Entry> {
        let known = self.facts().knows(call);
        self.note(&*call.func, known, |known| match known {
            Some(entry) => format!("means `{}`", entry.name),
            None => "is no call of a library that is known".to_owned(),
        })
    }

    /// [`Facts::is`]
    pub fn is(&self, expr: impl Into<ExprRef<'a>>, name: &str) -> bool {
        let expr = expr.into();
        let short = name.trim_start_matches("builtins.");
        self.note(expr, self.facts().is(expr, name), |is| {
            format!(
                "{} `{short}`",
                if *is { "means" } else { "is not known to mean" }
            )
        })
    }

    /// [`Facts::in_loop`]
    pub fn in_loop(&self, node: impl Into<AnyNodeRef<'a>>) -> Option<Loop<'a>> {
        let node = node.into();
        self.note(node, self.facts().in_loop(node), |around| match around {
            Some(around) => format!("is repeated by `{}`", self.line_of(around.header())),
            None => "is in no loop that runs more than a few times".to_owned(),
        })
    }

    /// [`Facts::known_length`]
    pub fn known_length(&self, expr: &'a Expr) -> Option<u64> {
        self.note(
            expr,
            self.facts().known_length(expr),
            |length| match length {
                Some(length) => format!("holds {length} items at the most"),
                None => "may be of any length".to_owned(),
            },
        )
    }

    /// [`Facts::size`]
    pub fn size(&self, expr: &'a Expr) -> Size {
        self.note(expr, self.facts().size(expr), size_words)
    }

    /// [`Facts::size_in`]
    pub fn size_in(&self, expr: &'a Expr, around: Option<&Loop<'a>>) -> Size {
        self.note(expr, self.facts().size_in(expr, around), size_words)
    }

    /// [`Facts::rounds`]
    pub fn rounds(&self, loops: &[Loop<'a>]) -> Size {
        let size = self.facts().rounds(loops);
        match loops.first() {
            Some(innermost) => self.note(innermost.header(), size, size_words),
            None => size,
        }
    }

    /// [`Facts::trip_count`]
    pub fn trip_count(&self, around: Loop<'a>) -> Option<u64> {
        self.note(
            around.header(),
            self.facts().trip_count(around),
            |count| match count {
                Some(count) => format!("runs {count} times at the most"),
                None => "may run any number of times".to_owned(),
            },
        )
    }

    /// [`Facts::is_invariant`]
    pub fn is_invariant(&self, expr: impl Into<ExprRef<'a>>, around: Loop<'a>) -> bool {
        let expr = expr.into();
        self.note(
            expr,
            self.facts().is_invariant(expr, around),
            |same| match same {
                true => "stays the same in the loop".to_owned(),
                false => "may change in the loop".to_owned(),
            },
        )
    }

    /// [`Facts::changes_in`]
    pub fn changes_in(&self, symbol: &Symbol<'a>, around: Loop<'a>) -> bool {
        let changes = self.facts().changes_in(symbol, around);
        self.note(around.header(), changes, |changes| match changes {
            true => format!("may change `{}`", symbol.name),
            false => format!("leaves `{}` alone", symbol.name),
        })
    }

    /// [`Facts::is_seen_outside`]
    pub fn is_seen_outside(&self, symbol: &Symbol<'a>, inside: impl Ranged) -> bool {
        let seen = self.facts().is_seen_outside(symbol, inside.range());
        self.note(inside.range(), seen, |seen| match seen {
            true => format!("is not the only code that may see `{}`", symbol.name),
            false => format!("is the only code that sees `{}`", symbol.name),
        })
    }

    /// [`Facts::leaks_target`]
    pub fn leaks_target(&self, around: Loop<'a>) -> bool {
        let leaks = self.facts().leaks_target(around);
        self.note(around.header(), leaks, |leaks| match leaks {
            true => "binds a variable that is used behind the loop".to_owned(),
            false => "binds variables of its own".to_owned(),
        })
    }

    /// [`Facts::calls_unknown`]
    pub fn calls_unknown(&self, around: Loop<'a>) -> bool {
        let calls = self.facts().calls_unknown(around);
        self.note(around.header(), calls, |calls| match calls {
            true => "calls code that may do anything".to_owned(),
            false => "calls nothing unknown".to_owned(),
        })
    }

    /// [`Facts::purity`]
    pub fn purity(&self, expr: impl Into<ExprRef<'a>>) -> Purity {
        let expr = expr.into();
        self.note(expr, self.facts().purity(expr), |purity| match purity {
            Purity::Certain => "has no side effects".to_owned(),
            _ => "may have side effects".to_owned(),
        })
    }

    /// [`Facts::may_raise`]
    pub fn may_raise(&self, expr: impl Into<ExprRef<'a>>) -> bool {
        let expr = expr.into();
        self.note(expr, self.facts().may_raise(expr), |raises| match raises {
            true => "may raise".to_owned(),
            false => "never raises".to_owned(),
        })
    }

    /// [`Facts::usage`]
    pub fn usage(&self, name: impl Into<AnyNodeRef<'a>>) -> Use<'a> {
        let name = name.into();
        self.note(name, self.facts().usage(name), |used| match used {
            Use::Method(method, _) => format!("is used by `.{method}()`"),
            Use::Argument(_) => "is passed on".to_owned(),
            Use::Returned => "is returned".to_owned(),
            Use::Iterated(_) => "is iterated over".to_owned(),
            _ => "is used in its own way".to_owned(),
        })
    }

    /// [`Facts::runs`]
    pub fn runs(&self, node: impl Into<AnyNodeRef<'a>>) -> Runs {
        let node = node.into();
        self.note(node, self.facts().runs(node), |runs| match runs {
            Runs::Never => "never runs on the supported Pythons".to_owned(),
            Runs::Once => "runs once, at import".to_owned(),
            Runs::Often => "may run often".to_owned(),
        })
    }

    /// [`Facts::is_compiled`]
    pub fn is_compiled(&self, node: impl Into<AnyNodeRef<'a>>) -> bool {
        let node = node.into();
        let compiled = self.facts().is_compiled(node);
        match compiled {
            true => self.note(node, true, |_| "is run by another compiler".to_owned()),
            false => false,
        }
    }

    /// [`Facts::callee`]
    pub fn callee(&self, call: &'a ruff_python_ast::ExprCall) -> Option<&'a StmtFunctionDef> {
        self.note(&*call.func, self.facts().callee(call), |def| match def {
            Some(def) => format!("is the function `{}` of this file", def.name),
            None => "is no function of this file, or may be another".to_owned(),
        })
    }

    /// [`Facts::only_binding`]
    pub fn only_binding(&self, symbol: &Symbol<'a>) -> Option<Binding<'a>> {
        let first = self.facts().binding_nodes(symbol).next();
        let place = first.map(|node| node.range()).unwrap_or_default();
        self.note(
            place,
            self.facts().only_binding(symbol),
            |only| match only {
                Some(_) => "is bound once".to_owned(),
                None => "is bound more than once".to_owned(),
            },
        )
    }

    /// The first line of a place.
    fn line_of(&self, place: TextRange) -> &'a str {
        self.text(place).lines().next().unwrap_or_default()
    }
}

/// A rule that looked at a place and stayed silent.
#[derive(Clone, Debug)]
pub struct Silence {
    pub rule: &'static str,
    /// What the rule looked at.
    pub place: TextRange,
    /// What it asked, in order; the last answer is the one that silenced it.
    pub asked: Vec<Asked>,
}
fn size_words(size: &Size) -> String {
    match size {
        Size::Few => "is few by its nature".to_owned(),
        Size::Seen(evidence) => format!("is seen to be long: {}", evidence.text),
        Size::Unknown => "is not seen to be long".to_owned(),
    }
}
