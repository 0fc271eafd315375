//! What a `case` tells of the type of the variable that is matched, when its pattern fits and when it does not.
//!
//! **Invariant**: a pattern that may fail on some value of a type takes nothing of that type away from the cases behind it.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Pattern, Singleton};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::flow::Flow;
use super::narrowing::{filter, remove, without_none};
use super::types::Type;

/// Classes of which `case int(number)` matches the value itself.
const WHOLE: &[&str] = &[
    "builtins.bool",
    "builtins.bytearray",
    "builtins.bytes",
    "builtins.dict",
    "builtins.float",
    "builtins.frozenset",
    "builtins.int",
    "builtins.list",
    "builtins.set",
    "builtins.str",
    "builtins.tuple",
];

impl<'a> Facts<'a> {
    /// What the variable holds once the pattern of a case fits, before its guard; `state` is what it held before the statement.
    pub(super) fn at_case(
        &self,
        flow: &Flow<'_, 'a>,
        stmt: &'a ast::StmtMatch,
        case: &'a ast::MatchCase,
        state: Type<'a>,
    ) -> Option<Type<'a>> {
        let is_subject = self.is_subject(flow, stmt)?;
        let mut state = state;
        for earlier in stmt
            .cases
            .iter()
            .take_while(|other| other.start() < case.start())
        {
            state = self.behind_case(flow, earlier, is_subject, state)?;
        }
        if flow.has_event(self, case.pattern.range(), case.into()) {
            return None;
        }
        Some(match is_subject {
            true => self.fitting(&case.pattern, state),
            false => state,
        })
    }

    /// What the variable holds behind a `match`: at the end of each case, and where none fits.
    pub(super) fn after_match(
        &self,
        flow: &Flow<'_, 'a>,
        stmt: &'a ast::StmtMatch,
        state: Type<'a>,
    ) -> Option<Type<'a>> {
        let is_subject = self.is_subject(flow, stmt)?;
        let mut end = Type::Never;
        let mut rest = state;
        for case in &stmt.cases {
            if flow.has_event(self, case.pattern.range(), case.into()) {
                return None;
            }
            let mut start = match is_subject {
                true => self.fitting(&case.pattern, rest.clone()),
                false => rest.clone(),
            };
            if let Some(guard) = &case.guard {
                start = self.past(flow, guard, true, start)?;
            }
            end = end.join(self.run(flow, &case.body, start)?);
            rest = self.behind_case(flow, case, is_subject, rest)?;
        }
        Some(end.join(rest))
    }

    /// Whether the variable is what is matched; `None` where the question itself binds it.
    fn is_subject(&self, flow: &Flow<'_, 'a>, stmt: &'a ast::StmtMatch) -> Option<bool> {
        if stmt.subject.is_name_expr() {
            return Some(self.is_read_of(&stmt.subject, flow.symbol));
        }
        (!flow.events.walrus || !flow.has_event(self, stmt.subject.range(), stmt.into()))
            .then_some(false)
    }

    /// Where a case was passed over.
    fn behind_case(
        &self,
        flow: &Flow<'_, 'a>,
        case: &'a ast::MatchCase,
        is_subject: bool,
        state: Type<'a>,
    ) -> Option<Type<'a>> {
        // Names may be bound even if the rest of the pattern, or the guard, fails.
        let binds = |place: AnyNodeRef<'a>| flow.has_event(self, place.range(), case.into());
        if binds((&case.pattern).into()) {
            return None;
        }
        match &case.guard {
            Some(guard) if flow.events.walrus && binds(guard.as_ref().into()) => None,
            Some(_) => Some(state),
            None if case.pattern.is_irrefutable() => Some(Type::Never),
            None if is_subject => Some(self.failing(&case.pattern, state)),
            None => Some(state),
        }
    }

    fn fitting(&self, pattern: &'a Pattern, state: Type<'a>) -> Type<'a> {
        match pattern {
            Pattern::MatchSingleton(one) => match one.value {
                Singleton::None => Type::None,
                Singleton::True | Singleton::False => Type::Bool,
            },
            Pattern::MatchClass(class) => match self.instances_of(&class.cls, 0) {
                Some(told) => filter(state, &told),
                None => Type::Unknown,
            },
            Pattern::MatchOr(either) => {
                let mut rest = state;
                let mut all = Type::Never;
                for pattern in &either.patterns {
                    all = all.join(self.fitting(pattern, rest.clone()));
                    rest = self.failing(pattern, rest);
                }
                all
            }
            Pattern::MatchAs(named) => match &named.pattern {
                Some(inner) => self.fitting(inner, state),
                None => state,
            },
            // Nothing that is written down is equal to `None`, which is no sequence and no mapping either.
            Pattern::MatchValue(value) if value.value.is_literal_expr() => without_none(state),
            Pattern::MatchSequence(_) | Pattern::MatchMapping(_) => without_none(state),
            Pattern::MatchValue(_) | Pattern::MatchStar(_) => state,
        }
    }

    fn failing(&self, pattern: &'a Pattern, state: Type<'a>) -> Type<'a> {
        match pattern {
            Pattern::MatchSingleton(one) if one.value == Singleton::None => without_none(state),
            Pattern::MatchClass(class) if self.fits_all(class) => {
                match self.instances_of(&class.cls, 0) {
                    Some(told) => remove(state, &told),
                    None => state,
                }
            }
            Pattern::MatchOr(either) => {
                let each = either.patterns.iter();
                each.fold(state, |state, pattern| self.failing(pattern, state))
            }
            Pattern::MatchAs(named) => match &named.pattern {
                Some(inner) => self.failing(inner, state),
                None => Type::Never,
            },
            _ => state,
        }
    }

    /// Whether a pattern fits every instance of its class: `case int():`, `case int(number):`.
    fn fits_all(&self, class: &'a ast::PatternMatchClass) -> bool {
        let inside = &class.arguments;
        if !inside.keywords.is_empty() {
            return false;
        }
        match &*inside.patterns {
            [] => true,
            [one] => {
                let is_whole = |class: &'a Expr| WHOLE.iter().any(|name| self.is(class, name));
                one.is_irrefutable() && is_whole(&class.cls)
            }
            _ => false,
        }
    }
}
