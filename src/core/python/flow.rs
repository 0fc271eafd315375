//! The type of a variable at one place: the assignments that reach it, and what the tests on the way there tell.
//!
//! Walks up from the place, over the statements before it, and only over those that bind or test the variable.
//! **Invariant**: where the way is not understood, the answer is the type over the whole life of the variable.

use std::cell::Cell;
use std::rc::Rc;

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprName, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::blocks::{bodies, leaves};
use super::facts::Facts;
use super::operations::augmented;
use super::questions::Question;
use super::symbols::{Binding, Symbol, SymbolId, binding};
use super::tree::{NodeId, ScopeKind, comprehension_generators};
use super::types::Type;

/// Steps that one question may take: who writes longer functions writes them for machines.
const STEPS: u32 = 300;

/// Levels between a place and the function around it.
const HIGHEST: u32 = 40;

/// Where a variable is bound or tested.
pub(super) struct Events {
    /// In the order of the walk; tests count only where they may narrow the type.
    nodes: Vec<NodeId>,
    /// Whether any of them is a test.
    tested: bool,
    /// Whether any of them asks for the class.
    classified: bool,
    /// Whether any of them is a `:=`, which binds in the middle of an expression.
    pub(super) walrus: bool,
}

/// One question: what does this variable hold?
pub(super) struct Flow<'q, 'a> {
    pub(super) symbol: &'q Symbol<'a>,
    pub(super) events: Rc<Events>,
    whole: Type<'a>,
    steps: Cell<u32>,
    height: Cell<u32>,
}

impl<'a> Facts<'a> {
    /// The type that a name has where it is read.
    pub(super) fn infer_name(&self, name: &'a ExprName, id: SymbolId) -> Type<'a> {
        let symbol = self.symbols().get(id);
        if symbol.shared || !name.ctx.is_load() {
            return self.infer_symbol(id);
        }
        let whole = self.infer_symbol(id);
        if !matches!(whole, Type::Unknown | Type::Union(_) | Type::Never) {
            return whole;
        }
        let events = self.events(symbol);
        let may_narrow = match whole {
            Type::Union(_) => events.tested,
            _ => events.classified,
        };
        if symbol.bindings.len() == 1 && !may_narrow {
            return whole;
        }
        self.ask(Question::Place(self.tree.id(name)))
    }

    /// The type that a name has where it is read, by what leads there.
    pub(super) fn at_place(&self, name: &'a ExprName) -> Type<'a> {
        let Some(id) = self.symbol_id(name) else {
            return Type::Unknown;
        };
        let symbol = self.symbols().get(id);
        let flow = Flow {
            symbol,
            events: self.events(symbol),
            whole: self.infer_symbol(id),
            steps: Cell::new(STEPS),
            height: Cell::new(0),
        };
        match self.before(&flow, name.into()) {
            // A place that is never reached, or the way there was not understood.
            None | Some(Type::Never) => flow.whole,
            Some(found) => found,
        }
    }

    fn events(&self, symbol: &Symbol<'a>) -> Rc<Events> {
        if let Some(found) = self.events.borrow().get(&symbol.id) {
            return Rc::clone(found);
        }
        let mut found = Events {
            nodes: symbol.bindings.to_vec(),
            tested: false,
            classified: false,
            walrus: false,
        };
        for id in &symbol.bindings {
            let parent = self
                .tree
                .parent_id(*id)
                .map(|parent| self.tree.node(parent));
            found.walrus |= matches!(parent, Some(AnyNodeRef::ExprNamed(_)));
        }
        for id in &symbol.reads {
            if let Some(classifies) = self.test_of(*id) {
                found.tested = true;
                found.classified |= classifies;
                found.nodes.push(*id);
            }
        }
        // A tested walrus is a test as well.
        found.tested |= found.walrus;
        found.nodes.sort_unstable();
        found.nodes.dedup();
        let found = Rc::new(found);
        let mut all = self.events.borrow_mut();
        all.insert(symbol.id, Rc::clone(&found));
        found
    }

    /// Whether a read stands where its truth or its being `None` is asked for (`false`), or its class (`true`).
    fn test_of(&self, id: NodeId) -> Option<bool> {
        let parent = self.tree.parent_id(id)?;
        match self.tree.node(parent) {
            AnyNodeRef::ExprCompare(compare) => compare
                .comparators
                .iter()
                .all(Expr::is_none_literal_expr)
                .then_some(false),
            AnyNodeRef::StmtIf(_)
            | AnyNodeRef::ElifElseClause(_)
            | AnyNodeRef::StmtWhile(_)
            | AnyNodeRef::StmtAssert(_)
            | AnyNodeRef::ExprBoolOp(_)
            | AnyNodeRef::ExprIf(_)
            | AnyNodeRef::Comprehension(_) => Some(false),
            AnyNodeRef::ExprUnaryOp(op) => op.op.is_not().then_some(false),
            AnyNodeRef::StmtMatch(_) => Some(true),
            AnyNodeRef::Arguments(_) => match self.tree.node(self.tree.parent_id(parent)?) {
                AnyNodeRef::ExprCall(call) => match &*call.func {
                    Expr::Name(name) => {
                        matches!(name.id.as_str(), "isinstance" | "type").then_some(true)
                    }
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// What the variable holds right before `node` is evaluated; `None` if that is not understood.
    fn before(&self, flow: &Flow<'_, 'a>, node: AnyNodeRef<'a>) -> Option<Type<'a>> {
        flow.steps.set(flow.steps.get().checked_sub(1)?);
        let height = flow.height.get();
        if height > HIGHEST {
            return None;
        }
        flow.height.set(height + 1);
        let node = self.outermost_alike(flow, node);
        let found = node.and_then(|node| self.before_inner(flow, node));
        flow.height.set(height);
        found
    }

    /// Goes up as long as the expression around is evaluated as a whole, whatever its parts tell of the variable.
    fn outermost_alike(&self, flow: &Flow<'_, 'a>, node: AnyNodeRef<'a>) -> Option<AnyNodeRef<'a>> {
        let mut node = node;
        while !node.is_statement() {
            let parent = self.tree.parent(node)?;
            let decides = matches!(
                parent,
                AnyNodeRef::ExprBoolOp(_)
                    | AnyNodeRef::ExprIf(_)
                    | AnyNodeRef::Comprehension(_)
                    | AnyNodeRef::ExprListComp(_)
                    | AnyNodeRef::ExprSetComp(_)
                    | AnyNodeRef::ExprDictComp(_)
                    | AnyNodeRef::ExprGenerator(_)
                    | AnyNodeRef::ExprLambda(_)
                    | AnyNodeRef::ElifElseClause(_)
                    | AnyNodeRef::StmtWhile(_)
                    | AnyNodeRef::StmtWith(_)
                    | AnyNodeRef::ExceptHandlerExceptHandler(_)
                    | AnyNodeRef::MatchCase(_)
            );
            if decides {
                break;
            }
            // A `:=` further left has run already.
            let earlier = TextRange::new(parent.start(), node.start().max(parent.start()));
            if flow.events.walrus && flow.has_event(self, earlier, parent) {
                return None;
            }
            node = parent;
        }
        Some(node)
    }

    fn before_inner(&self, flow: &Flow<'_, 'a>, node: AnyNodeRef<'a>) -> Option<Type<'a>> {
        let parent = self.tree.parent(node)?;
        if node.is_statement() {
            return self.before_statement(flow, parent, node);
        }
        let is = |expr: &Expr| expr.range() == node.range();
        match parent {
            // Operands to the left were evaluated, and decided that this one is.
            AnyNodeRef::ExprBoolOp(op) => {
                let mut state = self.before(flow, parent)?;
                for value in op.values.iter().take_while(|value| !is(value)) {
                    state = self.past(flow, value, op.op.is_and(), state)?;
                }
                Some(state)
            }
            AnyNodeRef::ExprIf(branch) => {
                let state = self.before(flow, parent)?;
                if is(&branch.test) {
                    return Some(state);
                }
                self.past(flow, &branch.test, is(&branch.body), state)
            }
            AnyNodeRef::Comprehension(clause) => {
                let around = self.tree.parent(parent)?;
                let mut state = self.before_clause(flow, around, parent)?;
                if !is(&clause.iter) && !is(&clause.target) {
                    for test in clause.ifs.iter().take_while(|test| !is(test)) {
                        state = self.past(flow, test, true, state)?;
                    }
                }
                Some(state)
            }
            AnyNodeRef::ExprListComp(_)
            | AnyNodeRef::ExprSetComp(_)
            | AnyNodeRef::ExprDictComp(_)
            | AnyNodeRef::ExprGenerator(_)
                if !matches!(node, AnyNodeRef::Comprehension(_)) =>
            {
                // The element: behind all clauses and their conditions.
                let clauses = comprehension_generators(parent);
                let last = clauses.last()?;
                let mut state = self.before_clause(flow, parent, last.into())?;
                for test in &last.ifs {
                    state = self.past(flow, test, true, state)?;
                }
                Some(state)
            }
            // Runs some time later, when other assignments may have reached it.
            AnyNodeRef::ExprLambda(_) => Some(flow.whole.clone()),
            AnyNodeRef::ElifElseClause(clause) => {
                // The test: those before it have failed.
                let Some(AnyNodeRef::StmtIf(branch)) = self.tree.parent(clause) else {
                    return None;
                };
                self.before_clause_of_if(flow, branch, clause)
            }
            AnyNodeRef::StmtWhile(stmt) => self.loop_head(flow, stmt.into()),
            AnyNodeRef::StmtWith(stmt) => {
                let state = self.before(flow, parent)?;
                let items = stmt.items.iter();
                let earlier = items.take_while(|item| item.start() < node.start());
                self.after_items(flow, earlier, state)
            }
            AnyNodeRef::MatchCase(case) if case.guard.as_deref().is_some_and(is) => {
                self.before_guard(flow, case)
            }
            AnyNodeRef::ExceptHandlerExceptHandler(_) | AnyNodeRef::MatchCase(_) => None,
            _ => self.before(flow, parent),
        }
    }

    /// Before the clause of a comprehension: behind those before it.
    fn before_clause(
        &self,
        flow: &Flow<'_, 'a>,
        comprehension: AnyNodeRef<'a>,
        clause: AnyNodeRef<'a>,
    ) -> Option<Type<'a>> {
        let own = self.tree.scope(flow.symbol.scope);
        let inside = self.tree.id(own.node) == self.tree.id(comprehension);
        let clauses = comprehension_generators(comprehension);
        let lazy =
            matches!(comprehension, AnyNodeRef::ExprGenerator(_)) && flow.symbol.bindings.len() > 1;
        let mut state = if inside || lazy {
            flow.whole.clone()
        } else {
            self.before(flow, comprehension)?
        };
        for earlier in clauses
            .iter()
            .take_while(|other| other.start() < clause.start())
        {
            for test in &earlier.ifs {
                state = self.past(flow, test, true, state)?;
            }
        }
        Some(state)
    }

    fn before_clause_of_if(
        &self,
        flow: &Flow<'_, 'a>,
        branch: &'a ast::StmtIf,
        clause: &'a ast::ElifElseClause,
    ) -> Option<Type<'a>> {
        let mut state = self.before(flow, branch.into())?;
        state = self.past(flow, &branch.test, false, state)?;
        let earlier = branch.elif_else_clauses.iter();
        for other in earlier.take_while(|other| other.start() < clause.start()) {
            if let Some(test) = &other.test {
                state = self.past(flow, test, false, state)?;
            }
        }
        Some(state)
    }

    /// Before a statement: behind its siblings, or at the start of their list.
    fn before_statement(
        &self,
        flow: &Flow<'_, 'a>,
        parent: AnyNodeRef<'a>,
        stmt: AnyNodeRef<'a>,
    ) -> Option<Type<'a>> {
        let list = bodies(parent)
            .into_iter()
            .find(|list| list.iter().any(|other| other.range() == stmt.range()))?;
        let first = self.tree.id(list.first()?);
        let mut limit = self.tree.id(stmt);
        let mut passed: Vec<&'a Stmt> = Vec::new();
        let mut state = None;
        while let Some(event) = flow
            .last_event_before(limit)
            .filter(|event| *event >= first)
        {
            flow.steps.set(flow.steps.get().checked_sub(1)?);
            let at = list.partition_point(|other| self.tree.id(other) <= event);
            let sibling = list.get(at.checked_sub(1)?)?;
            limit = self.tree.id(sibling);
            if let Some(value) = self.assigned_by(flow, sibling) {
                state = Some(value);
                break;
            }
            passed.push(sibling);
        }
        let mut state = match state {
            Some(state) => state,
            None => self.at_start(flow, parent, list)?,
        };
        for sibling in passed.into_iter().rev() {
            state = self.after(flow, sibling, state)?;
        }
        Some(state)
    }

    /// At the start of a list of statements.
    fn at_start(
        &self,
        flow: &Flow<'_, 'a>,
        parent: AnyNodeRef<'a>,
        list: &'a [Stmt],
    ) -> Option<Type<'a>> {
        let is = |other: &[Stmt]| std::ptr::eq(other.as_ptr(), list.as_ptr());
        match parent {
            AnyNodeRef::StmtIf(stmt) => {
                let state = self.before(flow, parent)?;
                self.past(flow, &stmt.test, true, state)
            }
            AnyNodeRef::ElifElseClause(clause) => {
                let AnyNodeRef::StmtIf(branch) = self.tree.parent(parent)? else {
                    return None;
                };
                let state = self.before_clause_of_if(flow, branch, clause)?;
                match &clause.test {
                    Some(test) => self.past(flow, test, true, state),
                    None => Some(state),
                }
            }
            AnyNodeRef::StmtFor(stmt) => {
                let state = self.loop_head(flow, parent)?;
                if is(&stmt.orelse) || !self.binds(&stmt.target, flow.symbol) {
                    return Some(state);
                }
                self.bound_within(flow, stmt.target.as_ref().into())
            }
            AnyNodeRef::StmtWhile(stmt) => {
                let state = self.loop_head(flow, parent)?;
                self.past(flow, &stmt.test, is(&stmt.body), state)
            }
            AnyNodeRef::StmtWith(stmt) => {
                let state = self.before(flow, parent)?;
                self.after_items(flow, stmt.items.iter(), state)
            }
            AnyNodeRef::StmtTry(stmt) => {
                let state = self.before(flow, parent)?;
                if is(&stmt.body) {
                    return Some(state);
                }
                if is(&stmt.orelse) {
                    return self.run(flow, &stmt.body, state);
                }
                Some(state.join(self.bound_within(flow, parent)?))
            }
            AnyNodeRef::ExceptHandlerExceptHandler(handler) => {
                let AnyNodeRef::StmtTry(stmt) = self.tree.parent(parent)? else {
                    return None;
                };
                let state = self.before(flow, stmt.into())?;
                self.at_handler(flow, stmt, handler, state)
            }
            AnyNodeRef::MatchCase(case) => {
                let state = self.before_guard(flow, case)?;
                match &case.guard {
                    Some(guard) => self.past(flow, guard, true, state),
                    None => Some(state),
                }
            }
            AnyNodeRef::StmtFunctionDef(def) => {
                let own = self.tree.scope(flow.symbol.scope);
                if self.tree.id(own.node) != self.tree.id(def) {
                    // Read from an inner function: who knows when.
                    return Some(flow.whole.clone());
                }
                let mut parameters = flow.symbol.bindings.iter();
                let parameter = parameters.find_map(|id| match self.tree.node(*id) {
                    AnyNodeRef::Parameter(parameter) => Some(parameter),
                    _ => None,
                });
                Some(match parameter {
                    Some(parameter) => self.infer_parameter(parameter),
                    // Not bound yet: reading it raises.
                    None => Type::Never,
                })
            }
            AnyNodeRef::ModModule(_) => {
                let own = self.tree.scope(flow.symbol.scope);
                (own.kind == ScopeKind::Module).then_some(Type::Never)
            }
            _ => None,
        }
    }

    /// Where the pattern of a case fits, before its guard.
    fn before_guard(&self, flow: &Flow<'_, 'a>, case: &'a ast::MatchCase) -> Option<Type<'a>> {
        let AnyNodeRef::StmtMatch(stmt) = self.tree.parent(case)? else {
            return None;
        };
        let state = self.before(flow, stmt.into())?;
        self.at_case(flow, stmt, case, state)
    }

    /// At the head of a loop: from before it, or from any place inside of it.
    fn loop_head(&self, flow: &Flow<'_, 'a>, stmt: AnyNodeRef<'a>) -> Option<Type<'a>> {
        let state = self.before(flow, stmt)?;
        Some(state.join(self.bound_within(flow, stmt)?))
    }

    /// Whatever is assigned anywhere inside a node.
    fn bound_within(&self, flow: &Flow<'_, 'a>, node: AnyNodeRef<'a>) -> Option<Type<'a>> {
        let mut all = Type::Never;
        let first = self.tree.id(node);
        let from = flow.events.nodes.partition_point(|event| *event < first);
        for event in flow.events.nodes.get(from..).unwrap_or_default() {
            let found = self.tree.node(*event);
            if !node.range().contains_range(found.range()) {
                break;
            }
            if flow.symbol.bindings.contains(event) {
                flow.steps.set(flow.steps.get().checked_sub(1)?);
                all = all.join(self.bound_at(flow, *event));
            }
        }
        Some(all)
    }

    fn bound_at(&self, flow: &Flow<'_, 'a>, id: NodeId) -> Type<'a> {
        self.infer_binding_at(id, &flow.whole)
    }

    /// What a statement certainly assigns to the variable, whatever it held before.
    fn assigned_by(&self, flow: &Flow<'_, 'a>, stmt: &'a Stmt) -> Option<Type<'a>> {
        match stmt {
            Stmt::Assign(_) | Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::Delete(_) => {}
            Stmt::AnnAssign(assign) if assign.value.is_some() => {}
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {
                let own = self.tree.id(stmt);
                let binds = flow.symbol.bindings.contains(&own);
                return binds.then(|| self.bound_at(flow, own));
            }
            _ => return None,
        }
        let first = self.tree.id(stmt);
        let from = flow.events.nodes.partition_point(|event| *event < first);
        let events = flow.events.nodes.get(from..).unwrap_or_default();
        let inside = events
            .iter()
            .take_while(|event| stmt.range().contains_range(self.tree.node(**event).range()));
        // The last one counts, unless it is a walrus that may not run.
        let mut found = None;
        for event in inside {
            if !flow.symbol.bindings.contains(event) {
                continue;
            }
            match binding(&self.tree, *event) {
                Some(Binding::Walrus(_)) | None => return None,
                Some(_) => found = Some(*event),
            }
        }
        found.map(|event| match binding(&self.tree, event) {
            Some(Binding::Deleted) => Type::Never,
            _ => self.assigned_at(flow, event),
        })
    }

    /// What an assignment gives: its value, or what the variable was declared to hold where the value is not known.
    fn assigned_at(&self, flow: &Flow<'_, 'a>, event: NodeId) -> Type<'a> {
        let value = self.bound_at(flow, event);
        if !value.is_unknown() {
            return value;
        }
        let mut declared =
            flow.symbol
                .bindings
                .iter()
                .filter_map(|id| match binding(&self.tree, *id)? {
                    Binding::Annotated(stmt) => Some(self.annotation(&stmt.annotation)),
                    Binding::Parameter(parameter) if parameter.annotation.is_some() => {
                        Some(self.infer_parameter(parameter))
                    }
                    _ => None,
                });
        match (declared.next(), value) {
            (_, Type::Never) => Type::Never,
            (Some(declared), _) => declared,
            (None, value) => value,
        }
    }

    /// What the variable holds after a statement.
    fn after(&self, flow: &Flow<'_, 'a>, stmt: &'a Stmt, state: Type<'a>) -> Option<Type<'a>> {
        flow.steps.set(flow.steps.get().checked_sub(1)?);
        match stmt {
            Stmt::If(branch) => {
                let start = self.after_expr(flow, &branch.test, state)?;
                let taken = self.narrow(flow, start.clone(), &branch.test, true);
                let mut end = self.run(flow, &branch.body, taken)?;
                let mut rest = self.narrow(flow, start, &branch.test, false);
                let mut has_else = false;
                for clause in &branch.elif_else_clauses {
                    let taken = match &clause.test {
                        Some(test) => {
                            let start = self.after_expr(flow, test, rest)?;
                            rest = self.narrow(flow, start.clone(), test, false);
                            self.narrow(flow, start, test, true)
                        }
                        None => {
                            has_else = true;
                            rest.clone()
                        }
                    };
                    end = end.join(self.run(flow, &clause.body, taken)?);
                }
                Some(if has_else { end } else { rest.join(end) })
            }
            Stmt::Assert(assert) => self.past(flow, &assert.test, true, state),
            Stmt::AugAssign(assign) if self.binds(&assign.target, flow.symbol) => {
                Some(augmented(assign.op, &state, || self.infer(&*assign.value)))
            }
            // `name: annotation` assigns nothing.
            Stmt::AnnAssign(assign) if assign.value.is_none() => Some(state),
            Stmt::With(with) => {
                let start = self.after_items(flow, with.items.iter(), state)?;
                let end = self.run(flow, &with.body, start.clone())?;
                if self.may_swallow(with) {
                    Some(start.join(end).join(self.bound_within(flow, stmt.into())?))
                } else {
                    Some(end)
                }
            }
            Stmt::Try(attempt) => {
                let body = self.run(flow, &attempt.body, state.clone())?;
                let mut end = if leaves(&attempt.body).is_some() {
                    Type::Never
                } else {
                    self.run(flow, &attempt.orelse, body)?
                };
                for ast::ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    let start = self.at_handler(flow, attempt, handler, state.clone())?;
                    end = end.join(self.run(flow, &handler.body, start)?);
                }
                self.run(flow, &attempt.finalbody, end)
            }
            Stmt::Expr(expr) => self.after_expr(flow, &expr.value, state),
            Stmt::Match(matched) => match self.after_match(flow, matched, state.clone()) {
                Some(end) => Some(end),
                None => Some(state.join(self.bound_within(flow, stmt.into())?)),
            },
            // Loops: from before, or from any place inside.
            _ => Some(state.join(self.bound_within(flow, stmt.into())?)),
        }
    }

    /// What the variable holds after a list of statements; `Never` if control does not come out of its end.
    pub(super) fn run(
        &self,
        flow: &Flow<'_, 'a>,
        list: &'a [Stmt],
        state: Type<'a>,
    ) -> Option<Type<'a>> {
        if leaves(list).is_some() {
            return Some(Type::Never);
        }
        let mut state = state;
        for stmt in list {
            if !flow.has_event(self, stmt.range(), stmt.into()) {
                continue;
            }
            state = match self.assigned_by(flow, stmt) {
                Some(value) => value,
                None => self.after(flow, stmt, state)?,
            };
        }
        Some(state)
    }

    fn at_handler(
        &self,
        flow: &Flow<'_, 'a>,
        attempt: &'a ast::StmtTry,
        handler: &'a ast::ExceptHandlerExceptHandler,
        state: Type<'a>,
    ) -> Option<Type<'a>> {
        if handler.name.as_deref() == Some(flow.symbol.name) {
            return None;
        }
        let mut state = state;
        for stmt in attempt.body.iter().chain(&attempt.orelse) {
            state = state.join(self.bound_within(flow, stmt.into())?);
        }
        Some(state)
    }

    fn after_items(
        &self,
        flow: &Flow<'_, 'a>,
        items: impl Iterator<Item = &'a ast::WithItem>,
        state: Type<'a>,
    ) -> Option<Type<'a>> {
        let mut state = state;
        for item in items {
            state = self.after_expr(flow, &item.context_expr, state)?;
            if let Some(target) = &item.optional_vars
                && self.binds(target, flow.symbol)
            {
                state = self.bound_within(flow, target.as_ref().into())?;
            }
        }
        Some(state)
    }

    /// Whether a `with` may go on behind its body after an exception in it.
    fn may_swallow(&self, with: &'a ast::StmtWith) -> bool {
        !with
            .items
            .iter()
            .all(|item| matches!(self.infer(&item.context_expr), Type::File(_)))
    }

    /// What the variable holds after a test that turned out so.
    pub(super) fn past(
        &self,
        flow: &Flow<'_, 'a>,
        test: &'a Expr,
        holds: bool,
        state: Type<'a>,
    ) -> Option<Type<'a>> {
        let state = self.after_expr(flow, test, state)?;
        Some(self.narrow(flow, state, test, holds))
    }

    /// What the variable holds after an expression, which may bind it by `:=`.
    fn after_expr(&self, flow: &Flow<'_, 'a>, expr: &'a Expr, state: Type<'a>) -> Option<Type<'a>> {
        let first = self.tree.id(expr);
        let from = flow.events.nodes.partition_point(|event| *event < first);
        let events = flow.events.nodes.get(from..).unwrap_or_default();
        let inside = events
            .iter()
            .take_while(|event| expr.range().contains_range(self.tree.node(**event).range()));
        let mut state = state;
        for event in inside.filter(|event| flow.symbol.bindings.contains(event)) {
            let value = self.bound_at(flow, *event);
            // Whether it runs at all is clear only right at the start.
            let certain = match expr {
                Expr::Named(_) => true,
                Expr::UnaryOp(op) => op.operand.is_named_expr(),
                Expr::Compare(compare) => compare.left.is_named_expr(),
                _ => false,
            };
            state = if certain { value } else { state.join(value) };
        }
        Some(state)
    }
}

impl Flow<'_, '_> {
    fn last_event_before(&self, limit: NodeId) -> Option<NodeId> {
        let at = self.events.nodes.partition_point(|event| *event < limit);
        self.events.nodes.get(at.checked_sub(1)?).copied()
    }

    /// Whether the variable is bound or tested in a part of a node.
    pub(super) fn has_event<'a>(
        &self,
        facts: &Facts<'a>,
        part: TextRange,
        node: AnyNodeRef<'a>,
    ) -> bool {
        let first = facts.tree.id(node);
        let from = self.events.nodes.partition_point(|event| *event < first);
        let events = self.events.nodes.get(from..).unwrap_or_default();
        let mut inside = events
            .iter()
            .map(|event| facts.tree.node(*event).range())
            .take_while(|range| node.range().contains_range(*range));
        inside.any(|range| part.contains_range(range))
    }
}
