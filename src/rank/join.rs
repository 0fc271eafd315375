//! What a profile says about the places of one file.

use std::sync::Arc;

use hotlint_core::python::Source;
use hotlint_core::text_size::TextRange;
use rustc_hash::{FxHashMap, FxHashSet};

use super::scopes::{Kind, Scopes};
use super::shift::Shift;
use crate::profile::{Site, Span};
use crate::verdict::Join;

/// What was spent at a place, in the unit of the profile.
#[derive(Clone, Debug, Default)]
pub struct Amount {
    pub alone: f64,
    pub own: f64,
    pub drag: f64,
    pub cumulative: f64,
    pub hits: Option<u64>,
    calls: FxHashMap<Arc<str>, f64>,
}

impl Amount {
    fn add(&mut self, site: &Site) {
        self.alone += site.alone;
        self.own += site.own;
        self.drag += site.drag;
        self.cumulative += site.cumulative;
        self.hits = match (self.hits, site.hits) {
            (Some(one), Some(other)) => Some(one.max(other)),
            (one, other) => one.or(other),
        };
        for (name, spent) in &site.calls {
            *self.calls.entry(name.clone()).or_default() += spent;
        }
    }

    fn join(&mut self, other: &Amount) {
        self.alone += other.alone;
        self.own += other.own;
        self.drag += other.drag;
        self.cumulative += other.cumulative;
        self.hits = self.hits.max(other.hits);
        for (name, spent) in &other.calls {
            *self.calls.entry(name.clone()).or_default() += spent;
        }
    }
}

/// The part of a profile that speaks of one file.
#[derive(Debug, Default)]
pub struct Located {
    /// By code object.
    pub functions: FxHashMap<usize, Amount>,
    /// By code object and line.
    pub lines: FxHashMap<(usize, u32), Amount>,
    spans: Vec<(u32, Span, Amount)>,
    /// Functions that are where the profile says, that are elsewhere by now, and that are gone.
    pub exact: usize,
    pub moved: usize,
    pub gone: usize,
}

/// What a profile says about one finding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spent {
    pub join: Join,
    /// By the place itself, and by builtins and libraries on its behalf.
    pub own: f64,
    /// How much of `own` the profiler may have taken.
    pub drag: f64,
    /// By functions of the user that the place calls, or may call.
    pub called: f64,
    pub hits: Option<u64>,
    /// The line where the place begins.
    pub at: u32,
}

/// Where a site is in the text as it is now.
enum Found {
    /// The code object; its lines are those of the profile.
    Exact(usize),
    /// The code object by its name; its lines lie so much later, if that is known.
    Moved(usize, Option<i64>),
    Gone,
}

impl Located {
    /// Finds the places of `sites`, all of this file, in its text; `shift` says where lines went since, if git knows.
    pub fn of<'s>(
        scopes: &Scopes,
        sites: impl Iterator<Item = &'s Site>,
        shift: Option<&Shift>,
    ) -> Self {
        let mut located = Self::default();
        let mut seen: FxHashSet<(Arc<str>, u32)> = FxHashSet::default();
        for site in sites {
            let shifted;
            let site = match shift {
                Some(shift) => {
                    shifted = shift.site(site);
                    &shifted
                }
                None => site,
            };
            let place = &site.place;
            let found = find(scopes, site);
            let is_told = !place.function.is_empty() && &*place.function != "<module>";
            if is_told && seen.insert((place.function.clone(), place.first_line)) {
                match found {
                    Found::Exact(_) => located.exact += 1,
                    Found::Moved(..) => located.moved += 1,
                    Found::Gone => located.gone += 1,
                }
            }
            let (scope, delta) = match found {
                Found::Exact(scope) => (scope, Some(0)),
                Found::Moved(scope, delta) => (scope, delta),
                Found::Gone => continue,
            };
            let line = delta.and_then(|delta| u32::try_from(i64::from(place.line) + delta).ok());
            let line = line.filter(|_| place.line > 0);
            // A `def` line runs in no frame of its own: it stands for the function, as some profilers have it.
            let stands_for_all = |line: u32| {
                scopes.all.get(scope).is_some_and(|scope| {
                    scope.kind == Kind::Function
                        && scope.last_line > scope.def_line
                        && (line == scope.first_line || line == scope.def_line)
                })
            };
            match line {
                Some(line) if !stands_for_all(line) => {
                    located.lines.entry((scope, line)).or_default().add(site);
                    if let Some(span) = place.span {
                        let mut amount = Amount::default();
                        amount.add(site);
                        located.spans.push((line, span, amount));
                    }
                }
                _ => located.functions.entry(scope).or_default().add(site),
            }
        }
        located
    }

    /// Whether nothing of it is in this text: then it is another file, or was.
    pub fn is_foreign(&self) -> bool {
        self.exact == 0 && self.moved == 0 && self.gone > 0
    }

    /// What was spent where a finding is; `None` where the profile does not tell. `known` are the functions of the user.
    pub fn spent(
        &self,
        source: &Source,
        scopes: &Scopes,
        range: TextRange,
        watch: &Watch,
    ) -> Option<Spent> {
        if let Some(defined) = scopes.defined(range) {
            // It is about the function as a whole, and how often it is called.
            let kind = scopes.all.get(defined)?.kind;
            let called = match kind {
                // Of a class, what makes its instances is; the memory of these may be told of who asked for them.
                Kind::Class => scopes.all.iter().position(|scope| {
                    scope.parent == defined
                        && scope.kind == Kind::Function
                        && scope.name == "__init__"
                })?,
                Kind::Function => defined,
                _ => return None,
            };
            return match self.function(called) {
                Some(amount) => Some(Spent {
                    join: Join::Function,
                    own: amount.own,
                    drag: amount.drag,
                    called: (amount.cumulative - amount.own).max(0.0),
                    hits: amount.hits,
                    at: scopes.all.get(defined).map_or(0, |scope| scope.def_line),
                }),
                None => (!watch.partial && kind == Kind::Function).then(Spent::nothing),
            };
        }
        let scope = scopes.running(range);
        let statement = scopes.statement(range);
        self.at_spans(source, scopes, range, watch)
            .or_else(|| match watch.drifting {
                true => None,
                false => self.at_lines(source, scopes, scope, statement, range, watch),
            })
            .or_else(|| self.at_function(scopes, scope, statement, range, watch))
            .or_else(|| (!watch.partial).then(Spent::nothing))
    }

    /// All lines of a code object together, and what is told of it as a whole.
    pub fn function(&self, scope: usize) -> Option<Amount> {
        let whole = self.functions.get(&scope);
        let mut lines = self
            .lines
            .iter()
            .filter(|((of, _), _)| *of == scope)
            .peekable();
        if whole.is_none() && lines.peek().is_none() {
            return None;
        }
        let mut all = whole.cloned().unwrap_or_default();
        lines.for_each(|(_, amount)| all.join(amount));
        Some(all)
    }

    fn at_spans(
        &self,
        source: &Source,
        scopes: &Scopes,
        range: TextRange,
        watch: &Watch,
    ) -> Option<Spent> {
        if self.spans.is_empty() {
            return None;
        }
        let start = place(source, range.start());
        let end = place(source, range.end());
        let mut all = Amount::default();
        let mut widest: f64 = 0.0;
        let mut any = false;
        for (line, span, amount) in &self.spans {
            if (*line, span.column) >= start && (span.end_line, span.end_column) <= end {
                all.join(amount);
                widest = widest.max(amount.cumulative);
                any = true;
            }
        }
        // Instructions within one another wait for the same calls.
        all.own = all.alone.max(widest);
        all.cumulative = all.own;
        any.then(|| watch.split(&all, scopes, range, range, (Join::Span, start.0)))
    }

    fn at_lines(
        &self,
        source: &Source,
        scopes: &Scopes,
        scope: usize,
        statement: TextRange,
        range: TextRange,
        watch: &Watch,
    ) -> Option<Spent> {
        // Comprehensions on the line belong to it, other functions that begin there do not.
        let function = |scope: usize| {
            let mut at = scope;
            while let Some(inner) = scopes.all.get(at)
                && matches!(inner.kind, Kind::Comprehension | Kind::Generator)
            {
                at = inner.parent;
            }
            at
        };
        let wanted = function(scope);
        let mut own = self
            .lines
            .iter()
            .filter(|((of, _), _)| function(*of) == wanted)
            .peekable();
        own.peek()?;
        let first = line(source, statement.start());
        let last = line(source, statement.end());
        let mut all = Amount::default();
        for ((_, line), amount) in own {
            if (first..=last).contains(line) {
                all.join(amount);
            }
        }
        // What is told of the function as a whole may be of any of its lines.
        let rest = self.functions.get(&wanted).map_or(0.0, |whole| whole.own);
        let mut spent = watch.split(&all, scopes, range, statement, (Join::Line, first));
        spent.called += rest;
        Some(spent)
    }

    fn at_function(
        &self,
        scopes: &Scopes,
        scope: usize,
        statement: TextRange,
        range: TextRange,
        watch: &Watch,
    ) -> Option<Spent> {
        let mut at = scope;
        // A comprehension that has no code object of its own is part of its function.
        while self.function(at).is_none()
            && let Some(inner) = scopes.all.get(at)
            && matches!(inner.kind, Kind::Comprehension | Kind::Generator)
        {
            at = inner.parent;
        }
        let begins = |at: usize| scopes.all.get(at).map_or(0, |scope| scope.def_line);
        let mut all = self.function(at)?;
        for inner in scopes
            .comprehensions_in(statement)
            .filter(|inner| *inner != at)
        {
            if let Some(amount) = self.function(inner) {
                all.own += amount.own;
                all.drag += amount.drag;
                all.alone += amount.alone;
                for (name, spent) in &amount.calls {
                    *all.calls.entry(name.clone()).or_default() += spent;
                }
            }
        }
        Some(watch.split(&all, scopes, range, statement, (Join::Function, begins(at))))
    }
}

impl Spent {
    /// The file was seen, and nothing of this place.
    fn nothing() -> Self {
        Self {
            join: Join::File,
            own: 0.0,
            drag: 0.0,
            called: 0.0,
            hits: None,
            at: 0,
        }
    }
}

/// What counts for a whole profile.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    pub partial: bool,
    pub inclusive: bool,
    pub drifting: bool,
    /// Bare names of the functions outside of libraries that took any time.
    pub functions: Arc<FxHashSet<Arc<str>>>,
}

impl Watch {
    /// What the place spends itself, and what functions take that it calls by name.
    fn split(
        &self,
        all: &Amount,
        scopes: &Scopes,
        range: TextRange,
        statement: TextRange,
        (join, at): (Join, u32),
    ) -> Spent {
        let (mut own, mut called) = (all.own, 0.0);
        if self.inclusive {
            // Who called whom is not told: where the statement calls a function of the user, it may be all of that.
            let calls = scopes
                .called_in(statement)
                .any(|name| self.functions.contains(init(name)));
            if calls {
                own = all.alone;
                called = (all.own - all.alone).max(0.0);
            }
        } else {
            for (name, spent) in &all.calls {
                if is_operator(name) {
                    // `x in list` calls `__eq__` without saying so.
                    own += spent;
                } else if scopes
                    .called_in(range)
                    .any(|called| init(called) == &**name)
                {
                    called += spent;
                }
            }
        }
        Spent {
            join,
            own,
            drag: all.drag,
            called,
            hits: all.hits,
            at,
        }
    }
}

/// The name of the function that a call of `name` runs: classes, as far as their names tell, run `__init__`.
fn init(name: &str) -> &str {
    match name.starts_with(char::is_uppercase) {
        true => "__init__",
        false => name,
    }
}

fn is_operator(name: &str) -> bool {
    let is_special = name.starts_with("__") && name.ends_with("__") && name.len() > 4;
    is_special && !["__init__", "__new__", "__call__", "__enter__", "__exit__"].contains(&name)
}

fn find(scopes: &Scopes, site: &Site) -> Found {
    let place = &site.place;
    let line = if place.line > 0 {
        place.line
    } else {
        place.first_line
    };
    let holds = |at: usize| {
        scopes
            .all
            .get(at)
            .is_some_and(|scope| (scope.first_line..=scope.last_line).contains(&line))
    };
    if place.function.is_empty() {
        // Only the line is told, and has to be believed.
        return Found::Exact(
            (0..scopes.all.len())
                .rev()
                .find(|at| holds(*at))
                .unwrap_or(0),
        );
    }
    let bare = place.bare();
    if bare == "<module>" {
        return Found::Exact(0);
    }
    let named: Vec<usize> = (0..scopes.all.len())
        .filter(|at| scopes.all.get(*at).is_some_and(|scope| scope.name == bare))
        .collect();
    let begins = |at: &&usize| {
        scopes.all.get(**at).is_some_and(|scope| {
            place.first_line == scope.first_line || place.first_line == scope.def_line
        })
    };
    let exact = match (place.first_line, place.line) {
        (0, 0) => None,
        (0, _) => named.iter().rev().find(|at| holds(**at)),
        _ => named.iter().find(begins),
    };
    if let Some(at) = exact {
        return Found::Exact(*at);
    }
    let qualified = |at: &usize| {
        scopes
            .all
            .get(*at)
            .is_some_and(|scope| scope.qualified == *place.function)
    };
    let by_name = match named
        .iter()
        .filter(|at| qualified(at))
        .collect::<Vec<_>>()
        .as_slice()
    {
        [only] => Some(**only),
        _ => match named.as_slice() {
            [only] => Some(*only),
            _ => None,
        },
    };
    match by_name {
        // No line was told that could be wrong.
        Some(at) if place.first_line == 0 && place.line == 0 => Found::Exact(at),
        Some(at) => {
            let begins = scopes
                .all
                .get(at)
                .map_or(0, |scope| i64::from(scope.first_line));
            let delta = (place.first_line > 0).then(|| begins - i64::from(place.first_line));
            Found::Moved(at, delta)
        }
        None => Found::Gone,
    }
}

fn line(source: &Source, at: hotlint_core::text_size::TextSize) -> u32 {
    u32::try_from(source.lines().line_index(at).get()).unwrap_or(u32::MAX)
}

/// Line from 1, and column in bytes from 0, as CPython counts.
fn place(source: &Source, at: hotlint_core::text_size::TextSize) -> (u32, u32) {
    let index = source.lines().line_index(at);
    let start = source.lines().line_start(index, source.text());
    (line(source, at), (at - start).to_u32())
}
