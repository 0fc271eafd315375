//! Loop invariance: whether an expression would give the same value in every iteration.
//!
//! Two answers. *Left alone*: neither the text of the loop, nor any function of this file that it may run, rebinds or changes what the
//! expression reads. *Invariant*: nothing at all can change it, through whatever alias.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprContext, ExprRef};
use ruff_text_size::{Ranged, TextRange};

use super::effects::Purity;
use super::facts::Facts;
use super::loops::Loop;
use super::symbols::{Binding, Symbol};
use super::tree::ScopeId;
use super::types::Type;
use super::uses::Use;

impl<'a> Facts<'a> {
    /// Whether what a variable holds may be changed by an iteration of `around`: rebound, or mutated through this name or an alias.
    ///
    /// Immutable values can only be rebound. An object that somebody else got hold of may be changed by any call, so it counts as
    /// changed as soon as the loop calls something unknown, or changes some object that may be the same.
    pub fn changes_in(&self, symbol: &Symbol<'a>, around: Loop<'a>) -> bool {
        let open = symbol.shared || symbol.scope == ScopeId::MODULE && self.may_be_rebound(symbol);
        if self.is_touched_in(symbol, around) || (open && self.calls_unknown(around)) {
            return true;
        }
        let ty = self.symbol_type(symbol);
        if ty.is_hashable() {
            return false;
        }
        let mut let_go = self.bindings(symbol).any(|binding| !self.is_fresh(binding));
        for read in self.reads(symbol) {
            let used = self.usage(read);
            let_go |= self.lets_go(used) && !matches!(used, Use::Returned);
            // A function of the same file may be what somebody else calls.
            let_go |= self.may_mutate(used) && self.is_captured_by(symbol, read);
        }
        let_go && (self.calls_unknown(around) || self.mutates_other(&ty, around))
    }

    /// Whether a name of the module has several bindings: somebody rebinds it at a time of their own.
    fn may_be_rebound(&self, symbol: &Symbol<'a>) -> bool {
        symbol.bindings.len() > 1
    }

    /// Whether an iteration changes some object of that type, or of an unknown one, that it does not own.
    fn mutates_other(&self, ty: &Type<'a>, around: Loop<'a>) -> bool {
        let may_be_it = |expr: &'a Expr| {
            let own = expr
                .as_name_expr()
                .and_then(|name| self.symbol(name))
                .is_some_and(|symbol| self.is_never_foreign(symbol));
            let other = self.ty(expr);
            let differs = !other.is_unknown()
                && !ty.is_unknown()
                && std::mem::discriminant(&other) != std::mem::discriminant(ty)
                && !matches!(other, Type::Union(_))
                && !matches!(ty, Type::Union(_));
            !own && !differs
        };
        self.tree.descendants(around.node()).any(|node| {
            around.repeats(node)
                && match node {
                    AnyNodeRef::ExprCall(call) => match &*call.func {
                        Expr::Attribute(method) => {
                            let used = Use::Method(&method.attr, call);
                            self.may_mutate(used)
                                && !self.ty(&*method.value).is_hashable()
                                && may_be_it(&method.value)
                        }
                        _ => false,
                    },
                    AnyNodeRef::ExprSubscript(item) => {
                        item.ctx != ExprContext::Load && may_be_it(&item.value)
                    }
                    AnyNodeRef::StmtAugAssign(stmt) => {
                        !self.ty(&*stmt.target).is_hashable() && may_be_it(&stmt.target)
                    }
                    _ => false,
                }
        })
    }

    /// Whether a variable holds new objects, immutable ones, and what operators make of these: never an object with another name.
    pub(super) fn is_never_foreign(&self, symbol: &Symbol<'a>) -> bool {
        !symbol.shared
            && self.bindings(symbol).all(|bound| match bound {
                Binding::Augmented(_) => true,
                Binding::Assign(stmt) if self.ty(&*stmt.value).is_hashable() => true,
                other => self.is_fresh(other),
            })
    }

    /// Whether an iteration of `around` rebinds a variable, or may mutate its object through this very name.
    ///
    /// Aliases are left out: see [`Self::changes_in`].
    pub fn is_touched_in(&self, symbol: &Symbol<'a>, around: Loop<'a>) -> bool {
        // Who changes a function, a class or a module that is imported does it elsewhere.
        let defined = matches!(
            self.only_binding(symbol),
            Some(Binding::Function(_) | Binding::Class(_) | Binding::Import(..))
        );
        self.is_rebound_in(symbol, around)
            || (!defined
                && !self.symbol_type(symbol).is_hashable()
                && self
                    .reads(symbol)
                    .any(|read| self.runs_in(read, around) && self.may_mutate(self.usage(read))))
    }

    fn is_rebound_in(&self, symbol: &Symbol<'a>, around: Loop<'a>) -> bool {
        symbol.bindings.iter().any(|id| {
            let node = self.tree.node(*id);
            around.repeats(node) || symbol.shared && self.runs_in(node, around)
        })
    }

    /// Whether an iteration may run `place`: it stands in the loop, or in a function of this file that the loop reaches.
    fn runs_in(&self, place: impl Ranged, around: Loop<'a>) -> bool {
        let place = place.range();
        around.repeats(place)
            || self
                .reached_from(around)
                .iter()
                .any(|def| def.range().contains_range(place))
    }

    /// Whether an iteration of `around` leaves alone what `expr` reads: nothing there, nor in the functions of this file that it may
    /// run, rebinds it or may mutate it.
    ///
    /// Weaker than [`Self::is_invariant`]: code of other files may still change it through an alias.
    pub fn is_left_alone(&self, expr: impl Into<ExprRef<'a>>, around: Loop<'a>) -> bool {
        let expr: ExprRef<'a> = expr.into();
        if self.reads_what_is_bound_in(expr, around) || self.purity(expr) == Purity::Impure {
            return false;
        }
        // Of the items of a list it matters only whether they are others, unless somebody looks inside.
        let expr = AnyNodeRef::from(expr);
        let deep = self.looks_inside(expr);
        self.tree
            .descendants(expr)
            .all(|node| self.node_is_left_alone(node, expr.range(), deep, around))
            && self.callees_are_left_alone(expr, around)
    }

    /// Whether `expr` reads a variable that the loop binds outside of it: a look at names alone, which answers for nearly everything
    /// in a loop that it does not stay the same.
    pub fn reads_what_is_bound_in(&self, expr: impl Into<ExprRef<'a>>, around: Loop<'a>) -> bool {
        let expr = AnyNodeRef::from(expr.into());
        let inside = expr.range();
        self.tree.descendants(expr).any(|node| match node {
            AnyNodeRef::ExprName(name) => self.symbol(name).is_some_and(|symbol| {
                self.binding_nodes(symbol).any(|binding| {
                    around.repeats(binding) && !inside.contains_range(binding.range())
                })
            }),
            _ => false,
        })
    }

    /// The loops around `expr` that leave it alone, innermost first, up to the first that does not.
    pub fn loops_leaving_alone(&self, expr: impl Into<ExprRef<'a>>) -> Vec<Loop<'a>> {
        let expr: ExprRef<'a> = expr.into();
        let mut loops = self.loops(AnyNodeRef::from(expr));
        let steady = loops
            .iter()
            .take_while(|around| self.is_left_alone(expr, **around))
            .count();
        loops.truncate(steady);
        loops
    }

    /// The largest expression around `expr` that `around` leaves alone as well: of `x * len(text.split())` the call of `len`.
    pub fn largest_left_alone(
        &self,
        expr: impl Into<ExprRef<'a>>,
        around: Loop<'a>,
    ) -> ExprRef<'a> {
        let expr: ExprRef<'a> = expr.into();
        let mut largest = expr;
        for outer in self.tree.ancestors(AnyNodeRef::from(expr)) {
            let outer = match outer {
                AnyNodeRef::Arguments(_) | AnyNodeRef::Keyword(_) => continue,
                AnyNodeRef::ExprCall(_)
                | AnyNodeRef::ExprAttribute(_)
                | AnyNodeRef::ExprSubscript(_)
                | AnyNodeRef::ExprBinOp(_)
                | AnyNodeRef::ExprUnaryOp(_)
                | AnyNodeRef::ExprCompare(_) => outer,
                _ => break,
            };
            let Some(outer) = outer.as_expr_ref() else {
                break;
            };
            // A method on its way to be called is no value.
            let called =
                matches!(outer, ExprRef::Attribute(attribute) if self.is_called(attribute));
            if !around.repeats(outer) || !called && !self.is_left_alone(outer, around) {
                break;
            }
            if !called {
                largest = outer;
            }
        }
        largest
    }

    fn looks_inside(&self, expr: AnyNodeRef<'a>) -> bool {
        let reads_inside = |node: AnyNodeRef<'a>| {
            let items_only = |elt: &Expr| elt.is_name_expr();
            match node {
                AnyNodeRef::ExprListComp(comp) => !items_only(&comp.elt),
                AnyNodeRef::ExprSetComp(comp) => !items_only(&comp.elt),
                AnyNodeRef::ExprGenerator(comp) => !items_only(&comp.elt),
                AnyNodeRef::ExprDictComp(_) => true,
                AnyNodeRef::Comprehension(clause) => !clause.ifs.is_empty(),
                // What the library goes through, it goes through to the bottom: `json.dumps(rows)`.
                AnyNodeRef::ExprCall(call) => {
                    self.callee(call).is_some()
                        || (self.name(&*call.func))
                            .is_some_and(|name| !name.starts_with("builtins."))
                }
                _ => false,
            }
        };
        self.tree.descendants(expr).any(reads_inside)
    }

    fn node_is_left_alone(
        &self,
        node: AnyNodeRef<'a>,
        inside: TextRange,
        deep: bool,
        around: Loop<'a>,
    ) -> bool {
        match node {
            AnyNodeRef::ExprName(name) => match self.symbol(name) {
                // A name that a comprehension inside the expression binds is its own affair.
                Some(symbol)
                    if inside.contains_range(self.tree.scope(symbol.scope).node.range()) =>
                {
                    true
                }
                // Of `x.items` it is `items` that counts, as long as `x` stays the same object.
                Some(symbol) if matches!(self.usage(name), Use::Attribute(_)) => {
                    !self.is_rebound_in(symbol, around)
                }
                Some(symbol) => {
                    let changed_inside = || {
                        self.reads(symbol).any(|read| {
                            self.runs_in(read, around)
                                && !inside.contains_range(read.range())
                                && self.leads_to_change(read)
                        })
                    };
                    !(self.is_touched_in(symbol, around) || deep && changed_inside())
                }
                None => !self.tree.star_import,
            },
            AnyNodeRef::ExprAttribute(attribute) => {
                if self.is_called(attribute) {
                    return true;
                }
                if self.is_of_module(attribute) {
                    // `sys.modules`, `os.environ`: what everybody may change.
                    let state = attribute.attr.chars().all(|c| c.is_lowercase() || c == '_');
                    return !state || !self.calls_unknown(around);
                }
                // What is written down as it is found changes only where it is assigned anew.
                let looked_into = !matches!(
                    self.tree.parent(attribute),
                    Some(
                        AnyNodeRef::ExprListComp(_)
                            | AnyNodeRef::ExprSetComp(_)
                            | AnyNodeRef::ExprDictComp(_)
                            | AnyNodeRef::ExprGenerator(_)
                            | AnyNodeRef::ExprCompare(_)
                            | AnyNodeRef::ExprTuple(_)
                            | AnyNodeRef::InterpolatedElement(_)
                    )
                );
                !self.is_mutated_like(around, inside, looked_into, deep, |other| {
                    matches!(other, AnyNodeRef::ExprAttribute(other) if other.attr.id == attribute.attr.id)
                }) && !self.waits(around)
                    && !self.hands_on_self(attribute, around)
            }
            AnyNodeRef::ExprSubscript(subscript) => {
                let base = self.text(&*subscript.value);
                !self.is_mutated_like(around, inside, true, deep, |other| {
                    matches!(other, AnyNodeRef::ExprSubscript(other) if self.text(&*other.value) == base)
                })
            }
            AnyNodeRef::ExprLambda(_) => false,
            _ => true,
        }
    }

    /// What the functions of this file that `expr` calls read from outside of themselves is left alone as well.
    fn callees_are_left_alone(&self, expr: AnyNodeRef<'a>, around: Loop<'a>) -> bool {
        let mut callees: Vec<&'a ast::StmtFunctionDef> = Vec::new();
        let mut places: Vec<AnyNodeRef<'a>> = vec![expr];
        while let Some(place) = places.pop() {
            for node in self.tree.descendants(place) {
                if let AnyNodeRef::ExprCall(call) = node
                    && let Some(def) = self.callee(call)
                    && !callees.iter().any(|known| std::ptr::eq(*known, def))
                {
                    callees.push(def);
                    places.push(def.into());
                }
            }
        }
        callees.into_iter().all(|def| {
            self.tree.descendants(def).all(|node| {
                node.range() == def.range()
                    || !node.is_expression()
                    || self.node_is_left_alone(node, def.range(), true, around)
            })
        })
    }

    fn is_called(&self, attribute: &'a ast::ExprAttribute) -> bool {
        matches!(
            self.tree.parent(attribute),
            Some(AnyNodeRef::ExprCall(call)) if call.func.range() == attribute.range()
        )
    }

    /// Whether an attribute is a name of an imported module, or of a class of one: as good as a constant.
    fn is_of_module(&self, attribute: &'a ast::ExprAttribute) -> bool {
        let mut root = &*attribute.value;
        while let Expr::Attribute(outer) = root {
            root = &outer.value;
        }
        root.as_name_expr()
            .and_then(|name| self.symbol(name))
            .is_some_and(|symbol| {
                matches!(
                    self.only_binding(symbol),
                    Some(Binding::Import(..) | Binding::ImportFrom(..) | Binding::Class(_))
                )
            })
    }

    /// Whether an iteration hands the object that an attribute belongs to, where it is `self`, to code that is not known: a visitor
    /// is called back, and changes itself.
    fn hands_on_self(&self, attribute: &'a ast::ExprAttribute, around: Loop<'a>) -> bool {
        let Some(class) = attribute
            .value
            .as_name_expr()
            .and_then(|name| self.class_of_self(name))
        else {
            return false;
        };
        let hands_on = |node: AnyNodeRef<'a>| match node {
            AnyNodeRef::ExprName(name) if name.ctx == ExprContext::Load => {
                matches!(self.usage(name), Use::Argument(call) if !self.reads_only(call))
                    && (self.class_of_self(name)).is_some_and(|of| std::ptr::eq(of, class))
            }
            _ => false,
        };
        let mut here = self.tree.descendants(around.node());
        here.any(|node| around.repeats(node) && hands_on(node))
            || self
                .reached_from(around)
                .iter()
                .any(|def| self.tree.descendants(*def).any(hands_on))
    }

    /// Whether an iteration lets other tasks run, which may change any attribute.
    fn waits(&self, around: Loop<'a>) -> bool {
        if let Loop::For(stmt) = around
            && stmt.is_async
        {
            return true;
        }
        self.tree.descendants(around.node()).any(|node| {
            matches!(node, AnyNodeRef::ExprAwait(_) | AnyNodeRef::ExprYield(_))
                && around.repeats(node)
        })
    }

    /// Whether an iteration writes, or may mutate, the object behind an attribute or item like the one in question.
    fn is_mutated_like(
        &self,
        around: Loop<'a>,
        inside: TextRange,
        looked_into: bool,
        deep: bool,
        alike: impl Fn(AnyNodeRef<'a>) -> bool,
    ) -> bool {
        let changed = |node: AnyNodeRef<'a>| {
            let written = match node {
                AnyNodeRef::ExprAttribute(attribute) => attribute.ctx != ExprContext::Load,
                AnyNodeRef::ExprSubscript(subscript) => subscript.ctx != ExprContext::Load,
                _ => return false,
            };
            alike(node)
                && (written
                    || looked_into
                        && !inside.contains_range(node.range())
                        && (self.may_mutate(self.usage(node))
                            || deep && self.leads_to_change(node)))
        };
        let here = self
            .tree
            .descendants(around.node())
            .any(|node| around.repeats(node) && changed(node));
        here || self
            .reached_from(around)
            .iter()
            .any(|def| self.tree.descendants(*def).any(changed))
    }

    /// Whether evaluating `expr` gives the same value in every iteration of `around`: nothing it reads is rebound, mutated or
    /// called upon there.
    pub fn is_invariant(&self, expr: impl Into<ExprRef<'a>>, around: Loop<'a>) -> bool {
        let expr: ExprRef<'a> = expr.into();
        let expr = AnyNodeRef::from(expr);
        self.tree.descendants(expr).all(|node| match node {
            AnyNodeRef::ExprName(name) if name.ctx == ExprContext::Load => {
                match self.symbol(name) {
                    // A name that a comprehension inside the expression binds is its own affair.
                    Some(symbol)
                        if expr
                            .range()
                            .contains_range(self.tree.scope(symbol.scope).node.range()) =>
                    {
                        true
                    }
                    Some(symbol) => !self.changes_in(symbol, around),
                    None => !self.tree.star_import,
                }
            }
            AnyNodeRef::ExprAttribute(attribute) => {
                // Any call may assign an attribute; methods and names of modules are as good as constants.
                self.is_called(attribute)
                    || self.is_of_module(attribute)
                    || !self.calls_unknown(around)
                        && !self.is_mutated_like(around, expr.range(), true, true, |other| {
                            matches!(other, AnyNodeRef::ExprAttribute(other) if other.attr.id == attribute.attr.id)
                        })
            }
            AnyNodeRef::ExprSubscript(_) => !self.calls_unknown(around),
            AnyNodeRef::ExprCall(call) => {
                self.is_harmless_call(call) && self.callee(call).is_none()
            }
            AnyNodeRef::ExprAwait(_)
            | AnyNodeRef::ExprYield(_)
            | AnyNodeRef::ExprYieldFrom(_)
            | AnyNodeRef::ExprNamed(_)
            | AnyNodeRef::ExprLambda(_) => false,
            _ => true,
        })
    }

    /// Whether a name certainly has a value when `stmt` begins: a parameter, or bound by a statement before, at the same level or
    /// around.
    pub fn is_bound_before(&self, name: &'a ast::ExprName, stmt: AnyNodeRef<'a>) -> bool {
        let Some(symbol) = self.symbol(name) else {
            return !self.tree.star_import;
        };
        let mut deleted = false;
        let mut bound = false;
        for binding in self.bindings(symbol) {
            deleted |= matches!(binding, Binding::Deleted);
            bound |= matches!(binding, Binding::Parameter(_));
        }
        if deleted {
            return false;
        }
        // What a module or a function around binds is there by the time that an inner function runs, or was meant to be.
        let scope = self.tree.scope_of(stmt);
        if bound || symbol.scope != scope && symbol.scope == ScopeId::MODULE && !symbol.shared {
            return true;
        }
        let mut inner = stmt;
        loop {
            if inner.is_statement() {
                let before = super::blocks::siblings(&self.tree, inner)
                    .iter()
                    .take_while(|other| other.start() < inner.start());
                for other in before {
                    if self.certainly_binds(other, symbol) {
                        return true;
                    }
                }
            }
            match self.tree.parent(inner) {
                Some(AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::ModModule(_)) | None => {
                    return false;
                }
                Some(outer) => {
                    let in_body = |body: &[ast::Stmt]| {
                        body.first()
                            .is_some_and(|first| first.start() <= inner.start())
                            && body.last().is_some_and(|last| inner.end() <= last.end())
                    };
                    let own = match outer {
                        AnyNodeRef::StmtFor(stmt) if in_body(&stmt.body) => {
                            self.binds(&stmt.target, symbol)
                        }
                        AnyNodeRef::StmtWith(stmt) => stmt.items.iter().any(|item| {
                            item.optional_vars
                                .as_deref()
                                .is_some_and(|target| self.binds(target, symbol))
                        }),
                        _ => false,
                    };
                    if own {
                        return true;
                    }
                    inner = outer;
                }
            }
        }
    }

    fn certainly_binds(&self, stmt: &'a ast::Stmt, symbol: &Symbol<'a>) -> bool {
        let is = |node: AnyNodeRef<'a>| {
            self.symbol(node)
                .is_some_and(|own| std::ptr::eq(own, symbol))
        };
        match stmt {
            ast::Stmt::Assign(assign) => assign
                .targets
                .iter()
                .any(|target| self.binds(target, symbol)),
            ast::Stmt::AnnAssign(assign) => {
                assign.value.is_some() && self.binds(&assign.target, symbol)
            }
            ast::Stmt::FunctionDef(def) => is(def.into()),
            ast::Stmt::ClassDef(def) => is(def.into()),
            ast::Stmt::Import(import) => import.names.iter().any(|alias| is(alias.into())),
            ast::Stmt::ImportFrom(import) => import.names.iter().any(|alias| is(alias.into())),
            ast::Stmt::With(with) => with.items.iter().any(|item| {
                item.optional_vars
                    .as_deref()
                    .is_some_and(|target| self.binds(target, symbol))
            }),
            ast::Stmt::If(branch) => {
                let has_else = branch
                    .elif_else_clauses
                    .last()
                    .is_some_and(|clause| clause.test.is_none());
                let binds = |body: &'a [ast::Stmt]| {
                    super::blocks::leaves(body).is_some()
                        || body.iter().any(|stmt| self.certainly_binds(stmt, symbol))
                };
                has_else
                    && binds(&branch.body)
                    && branch
                        .elif_else_clauses
                        .iter()
                        .all(|clause| binds(&clause.body))
            }
            _ => false,
        }
    }
}
