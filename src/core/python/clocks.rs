//! Readings of the wall clock that never leave the program: which variables hold one, and what is made of them.
//!
//! **Invariant**: every use of every variable that takes part is known, so that another clock could be read instead.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprContext, Operator};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::infer::Assigned;
use super::symbols::{Binding, SymbolId};
use super::tree::{NodeId, ScopeKind};

/// A clock that shows the time of day, and jumps when somebody sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// `time.time()`
    Seconds,
    /// `time.time_ns()`
    Nanoseconds,
    /// `datetime.now()` without a time zone, `datetime.utcnow()`
    Date,
}

/// Readings that are compared with one another and with nothing else.
#[derive(Clone, Debug)]
pub struct Times<'a> {
    pub clock: Clock,
    /// Every call that reads the clock for them.
    pub readings: Vec<&'a ast::ExprCall>,
    /// `end - start`, in the order in which they were found.
    pub differences: Vec<&'a ast::ExprBinOp>,
    /// `now < deadline`
    pub comparisons: Vec<&'a ast::ExprCompare>,
    /// Some are moved: `deadline = now + timeout`.
    pub are_moved: bool,
    /// No variable is seen outside of one function.
    pub are_local: bool,
}

impl<'a> Times<'a> {
    /// The reading that stands first in the text.
    pub fn first(&self) -> Option<&'a ast::ExprCall> {
        let readings = self.readings.iter().copied();
        readings.min_by_key(|reading| reading.start())
    }
}

impl<'a> Facts<'a> {
    /// The clock that a call reads.
    pub fn clock(&self, call: &'a ast::ExprCall) -> Option<Clock> {
        let spelled = match &*call.func {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return None,
        };
        // By another name: `from time import time as now`.
        let known = matches!(spelled, "time" | "time_ns" | "now" | "utcnow" | "today");
        if !call.arguments.is_empty() || !(known || call.func.is_name_expr()) {
            return None;
        }
        match self.path(&*call.func)?.as_str() {
            "time.time" => Some(Clock::Seconds),
            "time.time_ns" => Some(Clock::Nanoseconds),
            "datetime.datetime.now" | "datetime.datetime.utcnow" | "datetime.datetime.today" => {
                Some(Clock::Date)
            }
            _ => None,
        }
    }

    /// The readings behind the two sides of a difference or a comparison, with all that becomes of them; `None` where one is not
    /// certainly a reading, or is used as a date as well: printed, stored, compared with something else.
    pub fn times(&self, left: &'a Expr, right: &'a Expr) -> Option<Times<'a>> {
        let reads_clock = |side: &'a Expr| match side {
            Expr::Call(call) => self.clock(call),
            _ => None,
        };
        let mut clock = reads_clock(left).or_else(|| reads_clock(right));
        for side in [left, right] {
            if clock.is_none() {
                clock = self.first_reading(side, 0);
            }
        }
        let mut search = Search {
            facts: self,
            places: Vec::new(),
            times: Times {
                clock: clock?,
                readings: Vec::new(),
                differences: Vec::new(),
                comparisons: Vec::new(),
                are_moved: false,
                are_local: true,
            },
        };
        let places = search.time(left) && search.time(right) && search.follow();
        // Two readings on the spot are no interval, and nothing happens between a reading and itself.
        let apart = !search.places.is_empty() && search.times.readings.len() > 1;
        (places && apart).then_some(search.times)
    }

    /// The clock that the first binding of a variable reads.
    fn first_reading(&self, expr: &'a Expr, hops: u8) -> Option<Clock> {
        match expr {
            Expr::Call(call) => self.clock(call),
            Expr::BinOp(op) if hops < 4 => self
                .first_reading(&op.left, hops + 1)
                .or_else(|| self.first_reading(&op.right, hops + 1)),
            Expr::Name(name) if hops < 4 => {
                let value = match self.bindings(self.symbol(name)?).next()? {
                    Binding::Assign(stmt) => &*stmt.value,
                    Binding::Annotated(stmt) => stmt.value.as_deref()?,
                    _ => return None,
                };
                self.first_reading(value, hops + 1)
            }
            _ => None,
        }
    }
}

/// A variable, or an attribute that the instances of a class keep to themselves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place<'a> {
    Variable(SymbolId),
    Attribute(NodeId, &'a str),
}

struct Search<'f, 'a> {
    facts: &'f Facts<'a>,
    places: Vec<Place<'a>>,
    times: Times<'a>,
}

impl<'a> Search<'_, 'a> {
    /// Takes an expression as a reading of the clock, moved or not, and notes the places that it comes from.
    fn time(&mut self, expr: &'a Expr) -> bool {
        match expr {
            Expr::Call(call) => {
                let reads = self.facts.clock(call) == Some(self.times.clock);
                if reads
                    && !self
                        .times
                        .readings
                        .iter()
                        .any(|own| own.range() == call.range())
                {
                    self.times.readings.push(call);
                }
                reads
            }
            Expr::Name(_) | Expr::Attribute(_) => match self.place(expr) {
                Some(place) if self.may_be_time(place, 0) => {
                    if !self.places.contains(&place) {
                        self.places.push(place);
                    }
                    true
                }
                _ => false,
            },
            Expr::BinOp(op) => match self.moved(op) {
                Some(of) => {
                    self.times.are_moved = true;
                    self.time(of)
                }
                None => false,
            },
            _ => false,
        }
    }

    /// The side of `now + timeout` or `now - age` that is a time.
    fn moved(&self, op: &'a ast::ExprBinOp) -> Option<&'a Expr> {
        let (left, right) = (self.is_time(&op.left, 0), self.is_time(&op.right, 0));
        match op.op {
            Operator::Add if left != right => Some(if left { &op.left } else { &op.right }),
            Operator::Sub if left && !right => Some(&op.left),
            _ => None,
        }
    }

    fn is_time(&self, expr: &'a Expr, hops: u8) -> bool {
        match expr {
            Expr::Call(call) => self.facts.clock(call) == Some(self.times.clock),
            Expr::Name(_) | Expr::Attribute(_) => self
                .place(expr)
                .is_some_and(|place| self.may_be_time(place, hops)),
            Expr::BinOp(op) if hops < 4 => {
                let left = self.is_time(&op.left, hops + 1);
                match op.op {
                    Operator::Add => left != self.is_time(&op.right, hops + 1),
                    Operator::Sub => left && !self.is_time(&op.right, hops + 1),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    fn place(&self, expr: &'a Expr) -> Option<Place<'a>> {
        match expr {
            Expr::Name(name) => {
                let symbol = self.facts.symbol(name)?;
                let scope = self.facts.tree.scope(symbol.scope).kind;
                let usable = !symbol.shared && scope != ScopeKind::Class;
                usable.then_some(Place::Variable(symbol.id))
            }
            Expr::Attribute(attribute) => {
                let name = attribute.attr.as_str();
                let class = self.facts.class_of_self(attribute.value.as_name_expr()?)?;
                // Others may read it as the date that it is.
                let private = name.starts_with('_') && !name.starts_with("__");
                private.then_some(Place::Attribute(self.facts.tree.id(class), name))
            }
            _ => None,
        }
    }

    /// What a place is given; `None` where it is not told in so many words.
    fn values(&self, place: Place<'a>) -> Option<Vec<&'a Expr>> {
        let facts = self.facts;
        match place {
            Place::Variable(id) => {
                let symbol = facts.symbols().get(id);
                facts
                    .bindings(symbol)
                    .map(|binding| match binding {
                        Binding::Assign(stmt) => Some(&*stmt.value),
                        Binding::Annotated(stmt) => stmt.value.as_deref(),
                        _ => None,
                    })
                    .collect()
            }
            Place::Attribute(id, name) => {
                let AnyNodeRef::StmtClassDef(class) = facts.tree.node(id) else {
                    return None;
                };
                let attributes = facts.attributes_of(class);
                let mut values = Vec::new();
                for assigned in attributes.get(name)? {
                    match assigned {
                        Assigned::Value(Expr::NoneLiteral(_)) | Assigned::Annotation(_) => {}
                        Assigned::Value(value) => values.push(*value),
                        _ => return None,
                    }
                }
                Some(values)
            }
        }
    }

    /// Whether all that a place is given may be a time; what refers to each other is assumed to be.
    fn may_be_time(&self, place: Place<'a>, hops: u8) -> bool {
        if self.places.contains(&place) {
            return true;
        }
        if hops >= 4 {
            return false;
        }
        let values = self.values(place).unwrap_or_default();
        !values.is_empty() && values.iter().all(|value| self.is_time(value, hops + 1))
    }

    /// Looks at all that the noted places are given, and at all that is made of them.
    fn follow(&mut self) -> bool {
        let facts = self.facts;
        let mut next = 0;
        while let Some(place) = self.places.get(next).copied() {
            next += 1;
            let Some(values) = self.values(place) else {
                return false;
            };
            for value in values {
                if !self.time(value) || !self.assigned(value) {
                    return false;
                }
            }
            let reads: Vec<AnyNodeRef<'a>> = match place {
                Place::Variable(id) => {
                    let symbol = facts.symbols().get(id);
                    self.times.are_local &=
                        facts.tree.scope(symbol.scope).kind == ScopeKind::Function;
                    facts.reads(symbol).map(AnyNodeRef::from).collect()
                }
                Place::Attribute(_, name) => {
                    self.times.are_local = false;
                    let nodes = facts.tree.nodes().iter();
                    nodes
                        .filter(|node| match node {
                            AnyNodeRef::ExprAttribute(attribute) => {
                                attribute.attr.as_str() == name
                                    && attribute.ctx == ExprContext::Load
                            }
                            _ => false,
                        })
                        .copied()
                        .collect()
                }
            };
            if !reads.into_iter().all(|read| self.used(read)) {
                return false;
            }
        }
        true
    }

    /// Whether all names that a value is assigned to are places as well.
    fn assigned(&mut self, value: &'a Expr) -> bool {
        match self.facts.tree.parent(value) {
            Some(AnyNodeRef::StmtAssign(stmt)) => {
                stmt.targets.iter().all(|target| self.time(target))
            }
            Some(AnyNodeRef::StmtAnnAssign(stmt)) => self.time(&stmt.target),
            _ => false,
        }
    }

    /// Whether a time is made into a difference, compared with another time, or kept in a place.
    fn used(&mut self, time: AnyNodeRef<'a>) -> bool {
        let Some(parent) = self.facts.tree.parent(time) else {
            return false;
        };
        match parent {
            AnyNodeRef::ExprBinOp(op) if self.moved(op).is_some() => {
                self.times.are_moved = true;
                self.used(parent)
            }
            AnyNodeRef::ExprBinOp(op) => {
                let difference =
                    op.op == Operator::Sub && self.time(&op.left) && self.time(&op.right);
                let known = |own: &&ast::ExprBinOp| own.range() == op.range();
                if difference && !self.times.differences.iter().any(known) {
                    self.times.differences.push(op);
                }
                difference
            }
            AnyNodeRef::ExprCompare(compare) => {
                let ordered = compare.ops.iter().all(|op| {
                    matches!(
                        op,
                        ast::CmpOp::Lt | ast::CmpOp::LtE | ast::CmpOp::Gt | ast::CmpOp::GtE
                    )
                });
                let identity = compare.ops.iter().all(|op| op.is_is() || op.is_is_not());
                if identity {
                    return compare.comparators.iter().all(Expr::is_none_literal_expr);
                }
                let times = ordered
                    && self.time(&compare.left)
                    && compare.comparators.iter().all(|side| self.time(side));
                let known = |own: &&ast::ExprCompare| own.range() == compare.range();
                if times && !self.times.comparisons.iter().any(known) {
                    self.times.comparisons.push(compare);
                }
                times
            }
            AnyNodeRef::StmtAssign(stmt) => stmt.targets.iter().all(|target| self.time(target)),
            AnyNodeRef::StmtAnnAssign(stmt) => self.time(&stmt.target),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    /// Readings, differences and comparisons around the first difference of the text, and whether all is local.
    fn times(text: &str) -> Option<(usize, usize, usize, bool)> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        let mut nodes = facts.tree.nodes().iter();
        nodes.find_map(|node| {
            let times = match node {
                AnyNodeRef::ExprBinOp(op) if op.op == Operator::Sub => {
                    facts.times(&op.left, &op.right)?
                }
                _ => return None,
            };
            let counts = (times.readings.len(), times.differences.len());
            Some((counts.0, counts.1, times.comparisons.len(), times.are_local))
        })
    }

    #[test]
    fn readings_are_followed_from_variable_to_variable() {
        let laps = "import time\ndef f(xs):\n    last = time.time()\n    for x in xs:\n        now = time.time()\n        print(now - last)\n        last = now\n";
        assert_eq!(times(laps), Some((2, 1, 0, true)));
        let due = "import time\ndef f(t):\n    end = time.time() + t\n    while time.time() < end:\n        wait(end - time.time())\n";
        assert_eq!(times(due), Some((3, 1, 1, true)));
        let kept = "import time\nclass C:\n    def start(self):\n        self._at = time.time()\n    def stop(self):\n        return time.time() - self._at\n";
        assert_eq!(times(kept), Some((2, 1, 0, false)));
    }

    #[test]
    fn a_date_is_no_reading() {
        for used in [
            "print(start)",
            "return start",
            "row.start = start",
            "start > path.stat().st_mtime",
            "g(lambda: start)",
        ] {
            let text = format!(
                "import time\ndef f(path, row):\n    start = time.time()\n    {used}\n    return time.time() - start\n"
            );
            assert_eq!(times(&text), None, "{used}");
        }
        let unpacked = "import time\nclass C:\n    _delay, _last = 0.1, 0\n    def f(self):\n        late = time.time() - self._last > 5\n        self._last = time.time()\n";
        assert_eq!(times(unpacked), None);
        let once = "import time\ndef f(d):\n    now = time.time()\n    return (now + d) - now\n";
        assert_eq!(times(once), None);
        let given = "import time\ndef f(start):\n    return time.time() - start\n";
        assert_eq!(times(given), None);
        let zero = "import time\ndef f(xs):\n    last = 0\n    for x in xs:\n        if time.time() - last > 5:\n            last = time.time()\n";
        assert_eq!(times(zero), None);
    }
}
