//! Loops that compute value by value what whole arrays compute at once.
//!
//! **Invariant**: a loop is taken for one only if no iteration needs what another has computed, apart from sums.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprRef, Stmt};
use ruff_text_size::Ranged;
use rustc_hash::FxHashSet;

use super::arrays::Array;
use super::facts::Facts;
use super::loops::{FEW, Loop};
use super::symbols::{Binding, SymbolId};

/// What becomes of the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// They go into the same places of an array.
    Array,
    /// They are added up.
    Sum,
    /// They go into a list.
    List,
}

/// A loop over the values of an array, one by one.
#[derive(Clone, Copy, Debug)]
pub struct VectorLoop<'a> {
    /// An array of which values are read.
    pub array: &'a Expr,
    pub kind: Array,
    pub outcome: Outcome,
}

/// What is known while a body is read.
struct Reading<'a> {
    around: Loop<'a>,
    /// What the loops bind to positions.
    positions: FxHashSet<SymbolId>,
    /// What they bind to values of arrays, and names for what was computed of them.
    values: FxHashSet<SymbolId>,
    /// Arrays that are written to, with the position, as text.
    written: Vec<(&'a str, &'a str)>,
    /// Arrays that are read, with the position.
    read: Vec<(&'a Expr, &'a Expr)>,
    /// Names that are added to.
    sums: FxHashSet<SymbolId>,
    array: Option<(&'a Expr, Array)>,
    outcome: Option<Outcome>,
}

impl<'a> Facts<'a> {
    /// A `for` loop that does nothing but compute with the values of arrays, position by position.
    pub fn vector_loop(&self, stmt: &'a ast::StmtFor) -> Option<VectorLoop<'a>> {
        if !self.has_arrays() || stmt.is_async || !stmt.orelse.is_empty() {
            return None;
        }
        let mut reading = Reading {
            around: Loop::For(stmt),
            positions: FxHashSet::default(),
            values: FxHashSet::default(),
            written: Vec::new(),
            read: Vec::new(),
            sums: FxHashSet::default(),
            array: None,
            outcome: None,
        };
        self.read_for(stmt, &mut reading)?;
        let (array, kind) = reading.array?;
        let outcome = reading.outcome?;
        // What is written is read nowhere else than where it is written.
        let carried = reading.read.iter().any(|(read, position)| {
            let (name, at) = (self.text(*read), self.text(*position));
            reading
                .written
                .iter()
                .any(|(written, own)| *written == name && *own != at)
        });
        let twice = reading.written.iter().any(|(name, at)| {
            reading
                .written
                .iter()
                .any(|(other, own)| other == name && own != at)
        });
        (!carried && !twice && !self.is_small_array(array)).then_some(VectorLoop {
            array,
            kind,
            outcome,
        })
    }

    fn read_for(&self, stmt: &'a ast::StmtFor, reading: &mut Reading<'a>) -> Option<()> {
        if stmt.is_async || !stmt.orelse.is_empty() {
            return None;
        }
        let around = Loop::For(stmt);
        if self.trip_count(around).is_some_and(|n| n < FEW) || self.is_few(&stmt.iter) {
            return None;
        }
        self.read_head(&stmt.target, &stmt.iter, reading)?;
        self.read_body(&stmt.body, reading)
    }

    /// What a loop binds: positions of `range(...)`, values of an array, or both.
    fn read_head(&self, target: &'a Expr, iter: &'a Expr, reading: &mut Reading<'a>) -> Option<()> {
        if let Expr::Call(call) = iter {
            let args = &call.arguments.args;
            if self.is(&*call.func, "builtins.range") {
                let position = self.symbol(target.as_name_expr()?)?;
                reading.positions.insert(position.id);
                return Some(());
            }
            if self.is(&*call.func, "builtins.enumerate") {
                let [position, value] = target.as_tuple_expr()?.elts.as_slice() else {
                    return None;
                };
                let position = self.symbol(position.as_name_expr()?)?;
                reading.positions.insert(position.id);
                return self.read_head(value, args.first()?, reading);
            }
            if self.is(&*call.func, "builtins.zip") {
                let targets = &target.as_tuple_expr()?.elts;
                if targets.len() != args.len() {
                    return None;
                }
                for (target, iter) in targets.iter().zip(args) {
                    self.read_values(target, iter, reading)?;
                }
                return Some(());
            }
        }
        self.read_values(target, iter, reading)
    }

    fn read_values(
        &self,
        target: &'a Expr,
        iter: &'a Expr,
        reading: &mut Reading<'a>,
    ) -> Option<()> {
        let value = self.symbol(target.as_name_expr()?)?;
        let kind = self.array(iter).filter(|kind| *kind != Array::Frame)?;
        reading.array.get_or_insert((iter, kind));
        reading.values.insert(value.id);
        Some(())
    }

    fn read_body(&self, body: &'a [Stmt], reading: &mut Reading<'a>) -> Option<()> {
        for stmt in body {
            match stmt {
                Stmt::For(inner) => self.read_for(inner, reading)?,
                Stmt::If(branch) => {
                    self.read_value(&branch.test, reading)?;
                    self.read_body(&branch.body, reading)?;
                    for clause in &branch.elif_else_clauses {
                        if let Some(test) = &clause.test {
                            self.read_value(test, reading)?;
                        }
                        self.read_body(&clause.body, reading)?;
                    }
                }
                Stmt::Assign(assign) => {
                    let [target] = assign.targets.as_slice() else {
                        return None;
                    };
                    self.read_value(&assign.value, reading)?;
                    match target {
                        Expr::Subscript(item) => self.write(item, reading)?,
                        Expr::Name(name) => {
                            let symbol = self.symbol(name)?;
                            // A name for a value, which the loop alone knows: what is read before it is given is of the iteration before.
                            let own = !symbol.shared
                                && self.bindings(symbol).count() == 1
                                && !self.reads(symbol).any(|read| {
                                    read.start() < assign.start() || !reading.around.repeats(read)
                                })
                                && !self.is_under_if(stmt, reading.around);
                            if !own {
                                return None;
                            }
                            reading.values.insert(symbol.id);
                        }
                        _ => return None,
                    }
                }
                Stmt::AugAssign(sum) => {
                    self.read_value(&sum.value, reading)?;
                    match &*sum.target {
                        Expr::Subscript(item) => self.write(item, reading)?,
                        // Into an array, rows are added up.
                        Expr::Name(name)
                            if (sum.op.is_add() || sum.op.is_sub())
                                && self.array(&sum.target).is_none() =>
                        {
                            reading.sums.insert(self.symbol(name)?.id);
                            reading.outcome.get_or_insert(Outcome::Sum);
                        }
                        _ => return None,
                    }
                }
                Stmt::Expr(alone) => {
                    let call = alone.value.as_call_expr()?;
                    let (Expr::Attribute(method), [value]) = (&*call.func, &*call.arguments.args)
                    else {
                        return None;
                    };
                    let appends = method.attr.as_str() == "append"
                        && self.ty(&*method.value).is_list()
                        && call.arguments.keywords.is_empty();
                    if !appends || !self.computes_number(value) {
                        return None;
                    }
                    self.read_value(value, reading)?;
                    reading.outcome.get_or_insert(Outcome::List);
                }
                Stmt::Pass(_) => {}
                _ => return None,
            }
        }
        Some(())
    }

    /// `out[i, j] = ...`: a place of its own for each iteration.
    fn write(&self, item: &'a ast::ExprSubscript, reading: &mut Reading<'a>) -> Option<()> {
        let kind = self.array(&item.value)?;
        let steady = self.is_setting_of(&item.value, reading.around);
        if kind == Array::Frame || !steady || !self.is_position(&item.slice, reading) {
            return None;
        }
        reading
            .written
            .push((self.text(&*item.value), self.text(&*item.slice)));
        reading.outcome = Some(Outcome::Array);
        Some(())
    }

    fn read_value(&self, expr: &'a Expr, reading: &mut Reading<'a>) -> Option<()> {
        let mut items: Vec<&'a ast::ExprSubscript> = Vec::new();
        let inside = AnyNodeRef::from(ExprRef::from(expr));
        for node in self.tree.descendants(inside) {
            match node {
                AnyNodeRef::ExprSubscript(item) if self.is_position(&item.slice, reading) => {
                    items.push(item);
                }
                // What was added up so far is what other iterations computed.
                AnyNodeRef::ExprName(name) => {
                    let id = self.symbol(name).map(|symbol| symbol.id);
                    if id.is_some_and(|id| reading.sums.contains(&id)) {
                        return None;
                    }
                }
                _ => {}
            }
        }
        let is_leaf = |leaf: &'a Expr| match leaf {
            Expr::Name(name)
                if self.symbol(name).is_some_and(|symbol| {
                    reading.positions.contains(&symbol.id) || reading.values.contains(&symbol.id)
                }) =>
            {
                true
            }
            Expr::Subscript(item) if self.is_position(&item.slice, reading) => {
                self.is_setting_of(&item.value, reading.around)
                    && self
                        .array(&item.value)
                        .is_some_and(|kind| kind != Array::Frame)
            }
            // One number for all.
            other => self.is_setting_of(other, reading.around) && self.array(other).is_none(),
        };
        if !self.is_elementwise(expr, &is_leaf) {
            return None;
        }
        for item in items {
            if let Some(kind) = self.array(&item.value) {
                reading.array.get_or_insert((&item.value, kind));
            }
            reading.read.push((&item.value, &item.slice));
        }
        Some(())
    }

    /// Whether a key is made of positions that the loops bind, and constants: `i`, `i, j`, `i + 1`.
    fn is_position(&self, key: &'a Expr, reading: &Reading<'a>) -> bool {
        let parts = match key {
            Expr::Tuple(tuple) => tuple.elts.as_slice(),
            one => std::slice::from_ref(one),
        };
        let is_bound = |expr: &'a Expr| {
            expr.as_name_expr()
                .and_then(|name| self.symbol(name))
                .is_some_and(|symbol| reading.positions.contains(&symbol.id))
        };
        let is_part = |expr: &'a Expr| match expr {
            Expr::BinOp(op) => {
                (op.op.is_add() || op.op.is_sub())
                    && is_bound(&op.left)
                    && op.right.is_number_literal_expr()
            }
            Expr::NumberLiteral(_) => true,
            other => is_bound(other),
        };
        parts.iter().all(is_part) && parts.iter().any(|part| !part.is_number_literal_expr())
    }

    /// Whether a statement runs in some iterations only.
    fn is_under_if(&self, stmt: &'a Stmt, around: Loop<'a>) -> bool {
        let mut outer = self.tree.ancestors(stmt);
        outer
            .find(|outer| outer.is_stmt_if() || outer.range() == around.range())
            .is_some_and(|outer| outer.is_stmt_if())
    }

    /// Whether something that is the same for all values is a number and no array, as far as anybody can tell: by its type, or as a
    /// parameter or an attribute of which nothing is known.
    fn is_one_number(&self, expr: &'a Expr) -> bool {
        let ty = self.ty(expr);
        if !ty.is_unknown() {
            return ty.is_scalar();
        }
        match expr {
            Expr::Name(name) => self.symbol(name).is_none_or(|symbol| {
                let mut bound = self.bindings(symbol);
                bound.all(|bound| matches!(bound, Binding::Parameter(_)))
            }),
            _ => true,
        }
    }

    /// A comprehension that computes with each value of an array: `[x * 2 for x in a]`.
    pub fn vector_comprehension(&self, comprehension: AnyNodeRef<'a>) -> Option<VectorLoop<'a>> {
        let (elt, generators) = match comprehension {
            AnyNodeRef::ExprListComp(comp) => (&*comp.elt, &comp.generators),
            AnyNodeRef::ExprGenerator(comp) => (&*comp.elt, &comp.generators),
            _ => return None,
        };
        let [clause] = generators.as_slice() else {
            return None;
        };
        let value = self.symbol(clause.target.as_name_expr()?)?;
        if clause.is_async || !self.computes_number(elt) {
            return None;
        }
        // Done once, with an array of this function's own making, it is a few settings as likely as data.
        let handed_in = clause
            .iter
            .as_name_expr()
            .and_then(|name| self.symbol(name))
            .is_some_and(|symbol| matches!(self.only_binding(symbol), Some(Binding::Parameter(_))));
        if !handed_in && self.in_loop(comprehension).is_none() {
            return None;
        }
        let kind = self
            .array(&clause.iter)
            .filter(|kind| *kind != Array::Frame)?;
        let around = Loop::Clause {
            comprehension,
            clause,
        };
        let is_leaf = |leaf: &'a Expr| match leaf {
            Expr::Name(name)
                if self
                    .symbol(name)
                    .is_some_and(|symbol| symbol.id == value.id) =>
            {
                true
            }
            other => self.is_setting_of(other, around) && self.is_one_number(other),
        };
        // `all(0 <= q <= 1 for q in a)` may end with the first value.
        let stops = match self.consumed_by(comprehension.as_expr_ref()?) {
            Some((call, _)) => ["builtins.all", "builtins.any", "builtins.next"]
                .iter()
                .any(|name| self.is(&*call.func, name)),
            None => false,
        };
        if stops {
            return None;
        }
        let computed = std::iter::once(elt).chain(&clause.ifs);
        let all = computed
            .into_iter()
            .all(|part| self.is_elementwise(part, &is_leaf));
        (all && !self.is_small_array(&clause.iter)).then_some(VectorLoop {
            array: &clause.iter,
            kind,
            outcome: Outcome::List,
        })
    }
}
