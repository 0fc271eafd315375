//! Calls: what the functions of this file do when they are called, and which of them a loop may run.
//!
//! **Invariant**: a callee is looked through only where the call certainly means it; what a loop *may* run is told by the spelling of
//! names alone, and so is never too little as long as the code is in this file.

use std::rc::Rc;

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprContext, Stmt};
use ruff_text_size::Ranged;
use rustc_hash::{FxHashMap, FxHashSet};

use super::effects::Purity;
use super::facts::Facts;
use super::loops::Loop;
use super::symbols::{Binding, Symbol};
use super::tree::NodeId;
use super::uses::Use;

/// Modules whose functions change nothing but, at most, the object that they are methods of.
const HARMLESS_MODULES: &[&str] = &[
    "math.",
    "cmath.",
    "re.",
    "operator.",
    "itertools.",
    "collections.",
    "string.",
    "textwrap.",
    "statistics.",
    "json.loads",
    "json.dumps",
    "os.path.join",
    "os.path.basename",
    "os.path.dirname",
    "os.path.splitext",
    "os.path.split",
    "datetime.",
    "decimal.",
    "fractions.",
    "time.time",
    "time.perf_counter",
    "time.monotonic",
    "copy.copy",
    "copy.deepcopy",
];

/// Builtins that do more than read their arguments and make something of them.
const HARMFUL_BUILTINS: &[&str] = &[
    "__import__",
    "anext",
    "breakpoint",
    "compile",
    "delattr",
    "eval",
    "exec",
    "getattr",
    "help",
    "input",
    "next",
    "setattr",
    "super",
];

/// The functions of a file by the last part of their name.
pub(super) type Named<'a> = FxHashMap<&'a str, Vec<&'a ast::StmtFunctionDef>>;

impl<'a> Facts<'a> {
    /// Whether calling a function of this file does nothing but compute a value from its arguments and from what it reads.
    pub fn function_purity(&self, def: &'a ast::StmtFunctionDef) -> Purity {
        let id = self.tree.id(def);
        if let Some(known) = self.function_purities.borrow().get(&id) {
            return *known;
        }
        // While it is being looked at: a function that calls itself is not worth the trouble.
        let mut known = self.function_purities.borrow_mut();
        known.insert(id, Purity::Impure);
        drop(known);
        let odd = def.is_async || !def.decorator_list.is_empty() || self.is_generator(def);
        let purity = if odd {
            Purity::Impure
        } else {
            // What the loop or the test of a function of ours costs is not known to end, so never `Certain`.
            let inside = self.own_nodes(def).filter(|node| !is_signature(*node, def));
            let mut least = Purity::Likely;
            for node in inside {
                least = least.min(self.purity_in_function(node, def));
                if least == Purity::Impure {
                    break;
                }
            }
            least
        };
        self.function_purities.borrow_mut().insert(id, purity);
        purity
    }

    fn purity_in_function(&self, node: AnyNodeRef<'a>, def: &'a ast::StmtFunctionDef) -> Purity {
        match node {
            AnyNodeRef::StmtGlobal(_)
            | AnyNodeRef::StmtNonlocal(_)
            | AnyNodeRef::StmtImport(_)
            | AnyNodeRef::StmtImportFrom(_)
            | AnyNodeRef::StmtWith(_)
            | AnyNodeRef::StmtDelete(_)
            | AnyNodeRef::StmtClassDef(_)
            | AnyNodeRef::StmtFunctionDef(_) => Purity::Impure,
            AnyNodeRef::StmtAugAssign(stmt) if !stmt.target.is_name_expr() => Purity::Impure,
            AnyNodeRef::StmtAugAssign(stmt) => {
                let scalar = self.ty(&*stmt.target).is_hashable();
                let own = stmt
                    .target
                    .as_name_expr()
                    .and_then(|name| self.symbol(name))
                    .is_some_and(|symbol| {
                        self.tree.scope(symbol.scope).node.range() == def.range()
                            && self.is_never_foreign(symbol)
                    });
                if scalar || own {
                    Purity::Likely
                } else {
                    Purity::Impure
                }
            }
            AnyNodeRef::ExprNamed(_) => Purity::Likely,
            AnyNodeRef::ExprAttribute(attribute) if attribute.ctx != ExprContext::Load => {
                Purity::Impure
            }
            AnyNodeRef::ExprSubscript(item) if item.ctx != ExprContext::Load => {
                if self.is_own(&item.value, def) {
                    Purity::Likely
                } else {
                    Purity::Impure
                }
            }
            AnyNodeRef::ExprCall(call) => {
                if let Expr::Attribute(method) = &*call.func
                    && self.is_own(&method.value, def)
                    && self.ty(&*method.value).is_builtin_container()
                {
                    return Purity::Likely;
                }
                self.own_purity(node)
            }
            _ => self.own_purity(node),
        }
    }

    /// Whether an expression is a variable of `def` that holds nothing but objects which `def` makes.
    fn is_own(&self, expr: &'a Expr, def: &'a ast::StmtFunctionDef) -> bool {
        let Some(symbol) = expr.as_name_expr().and_then(|name| self.symbol(name)) else {
            return false;
        };
        let scope = self.tree.scope(symbol.scope).node;
        scope.range() == def.range() && self.is_own_object(symbol)
    }

    /// Whether a variable holds nothing but objects that its own bindings make.
    pub fn is_own_object(&self, symbol: &Symbol<'a>) -> bool {
        !symbol.shared && self.bindings(symbol).all(|bound| self.is_fresh(bound))
    }

    /// Whether a call is known to change nothing but, at most, the object that it is a method of.
    pub fn is_harmless_call(&self, call: &'a ast::ExprCall) -> bool {
        if let Some(def) = self.callee(call) {
            return self.function_purity(def) > Purity::Impure;
        }
        let Some(name) = self.name(&*call.func) else {
            return false;
        };
        let known = match name.strip_prefix("builtins.") {
            Some(builtin) => !HARMFUL_BUILTINS.contains(&builtin),
            None => HARMLESS_MODULES
                .iter()
                .any(|module| name.starts_with(module)),
        };
        known && !self.calls_back_unknown(call)
    }

    /// Whether a call is given a function to call that is not known to be harmless: `sorted(xs, key=f)`, `map(f, xs)`.
    pub(super) fn calls_back_unknown(&self, call: &'a ast::ExprCall) -> bool {
        let key = call.arguments.find_keyword("key").map(|key| &key.value);
        let first = call.arguments.args.first().filter(|_| {
            let called = ["map", "filter", "reduce", "starmap", "accumulate"];
            match &*call.func {
                Expr::Name(name) => called.contains(&name.id.as_str()),
                Expr::Attribute(attribute) => called.contains(&attribute.attr.as_str()),
                _ => false,
            }
        });
        let second = call.arguments.args.get(1).filter(|_| {
            let name = self.name(&*call.func);
            matches!(
                name.as_deref(),
                Some("re.sub" | "re.subn" | "re.Pattern.sub" | "re.Pattern.subn")
            )
        });
        [key, first, second]
            .into_iter()
            .flatten()
            .any(|function| !self.is_harmless_function(function))
    }

    fn is_harmless_function(&self, function: &'a Expr) -> bool {
        match function {
            // Its body is part of the text, and is judged with it.
            Expr::Lambda(_) | Expr::NoneLiteral(_) | Expr::StringLiteral(_) => true,
            Expr::Name(name) => match self.symbol(name).map(|symbol| self.only_binding(symbol)) {
                Some(Some(Binding::Function(def))) => self.function_purity(def) > Purity::Impure,
                _ => self.is_harmless_name(function),
            },
            Expr::Attribute(_) => self.is_harmless_name(function),
            Expr::Call(call) => self
                .name(&*call.func)
                .is_some_and(|name| name.starts_with("operator.")),
            _ => self.ty(function).is_scalar(),
        }
    }

    fn is_harmless_name(&self, function: &'a Expr) -> bool {
        if self.ty(function).is_scalar() {
            return true;
        }
        self.name(function)
            .is_some_and(|name| match name.strip_prefix("builtins.") {
                Some(builtin) => !HARMFUL_BUILTINS.contains(&builtin),
                None => HARMLESS_MODULES
                    .iter()
                    .any(|module| name.starts_with(module)),
            })
    }

    /// Whether an iteration calls anything but functions and methods that are known to change nothing of the project's.
    pub fn calls_unknown(&self, around: Loop<'a>) -> bool {
        let id = self.tree.id(around.node());
        if let Some(known) = self.unknown_calls.borrow().get(&id) {
            return *known;
        }
        let mut inside = self.tree.descendants(around.node());
        let found = inside.any(|node| match node {
            AnyNodeRef::ExprCall(call) => around.repeats(call) && !self.is_harmless_call(call),
            AnyNodeRef::ExprAwait(_) | AnyNodeRef::ExprYield(_) | AnyNodeRef::ExprYieldFrom(_) => {
                true
            }
            _ => false,
        });
        self.unknown_calls.borrow_mut().insert(id, found);
        found
    }

    /// The functions of this file, outside of the loop, that an iteration of `around` may run: those whose name the loop says, and
    /// whatever these say in turn.
    pub fn reached_from(&self, around: Loop<'a>) -> Rc<[&'a ast::StmtFunctionDef]> {
        let id = self.tree.id(around.node());
        if let Some(known) = self.reached.borrow().get(&id) {
            return Rc::clone(known);
        }
        let mut seen: FxHashSet<NodeId> = FxHashSet::default();
        let mut found: Vec<&'a ast::StmtFunctionDef> = Vec::new();
        let mut places: Vec<AnyNodeRef<'a>> = vec![around.node()];
        let named = self.named_functions();
        while let Some(place) = places.pop() {
            for node in self.tree.descendants(place) {
                let word = match node {
                    AnyNodeRef::ExprName(name) if name.ctx == ExprContext::Load => name.id.as_str(),
                    AnyNodeRef::ExprAttribute(attribute) => attribute.attr.as_str(),
                    _ => continue,
                };
                for def in named.get(word).into_iter().flatten() {
                    if !around.range().contains_range(def.range())
                        && seen.insert(self.tree.id(*def))
                    {
                        found.push(def);
                        places.push((*def).into());
                    }
                }
                // The class is called: its `__init__` runs.
                if word.starts_with(char::is_uppercase)
                    && let AnyNodeRef::ExprName(name) = node
                    && let Some(symbol) = self.symbol(name)
                    && let Some(Binding::Class(class)) = self.only_binding(symbol)
                {
                    for stmt in &class.body {
                        if let Stmt::FunctionDef(def) = stmt
                            && matches!(
                                def.name.as_str(),
                                "__init__" | "__post_init__" | "__new__" | "__call__"
                            )
                            && seen.insert(self.tree.id(def))
                        {
                            found.push(def);
                            places.push(def.into());
                        }
                    }
                }
            }
        }
        let found: Rc<[&'a ast::StmtFunctionDef]> = found.into();
        self.reached.borrow_mut().insert(id, Rc::clone(&found));
        found
    }

    pub(super) fn named_functions(&self) -> Rc<Named<'a>> {
        Rc::clone(self.named_functions.get_or_init(|| {
            let mut named = Named::default();
            for node in self.tree.nodes() {
                if let AnyNodeRef::StmtFunctionDef(def) = node {
                    named.entry(def.name.as_str()).or_default().push(def);
                }
            }
            Rc::new(named)
        }))
    }

    /// Whether a read passes the object, or something inside it, on to be changed: through items, attributes, the target of a loop,
    /// and variables that it is assigned to.
    pub(super) fn leads_to_change(&self, node: impl Into<AnyNodeRef<'a>>) -> bool {
        self.leads_on(node.into(), &mut FxHashSet::default())
    }

    fn leads_on(&self, node: AnyNodeRef<'a>, seen: &mut FxHashSet<NodeId>) -> bool {
        if let Some(expr) = node.as_expr_ref()
            && self.ty(expr).is_hashable()
        {
            return false;
        }
        let used = self.usage(node);
        match used {
            Use::Item(item) => item.ctx != ExprContext::Load || self.leads_on(item.into(), seen),
            Use::Attribute(_) => match self.tree.parent(node) {
                Some(AnyNodeRef::ExprAttribute(attribute)) => {
                    attribute.ctx != ExprContext::Load || self.leads_on(attribute.into(), seen)
                }
                _ => true,
            },
            Use::Method(_, call) => self.may_mutate(used) || self.leads_on(call.into(), seen),
            Use::Argument(call) => !self.reads_only(call) || self.leads_on(call.into(), seen),
            Use::Iterated(AnyNodeRef::StmtFor(stmt)) => self.target_leads_on(&stmt.target, seen),
            Use::Iterated(AnyNodeRef::Comprehension(clause)) => {
                self.target_leads_on(&clause.target, seen)
            }
            Use::Stored => match self.tree.parent(node) {
                Some(AnyNodeRef::StmtAssign(stmt)) => stmt
                    .targets
                    .iter()
                    .any(|target| self.target_leads_on(target, seen)),
                // The element or a condition of a comprehension, or an index: what comes of it is another object.
                Some(
                    AnyNodeRef::ExprListComp(_)
                    | AnyNodeRef::ExprSetComp(_)
                    | AnyNodeRef::ExprGenerator(_)
                    | AnyNodeRef::ExprDictComp(_)
                    | AnyNodeRef::ExprSubscript(_),
                ) => false,
                Some(AnyNodeRef::ExprBoolOp(op)) => self.leads_on(op.into(), seen),
                Some(AnyNodeRef::ExprIf(branch)) => self.leads_on(branch.into(), seen),
                _ => true,
            },
            Use::Augmented(_) | Use::Awaited | Use::Yielded => true,
            _ => false,
        }
    }

    /// The same of all variables that a target binds.
    fn target_leads_on(&self, target: &'a Expr, seen: &mut FxHashSet<NodeId>) -> bool {
        let Some(names) = self.target_names(target) else {
            return true;
        };
        names.into_iter().any(|name| {
            let Some(symbol) = self.symbol(name) else {
                return true;
            };
            let first = symbol.bindings.first().copied();
            if first.is_some_and(|first| !seen.insert(first)) {
                return false;
            }
            let reads: Vec<&'a ast::ExprName> = self.reads(symbol).collect();
            reads
                .into_iter()
                .any(|read| self.leads_on(read.into(), seen))
        })
    }
}

/// Whether a node belongs to the head of a function, which runs when it is defined.
fn is_signature(node: AnyNodeRef<'_>, def: &ast::StmtFunctionDef) -> bool {
    def.body
        .first()
        .is_none_or(|first| node.start() < first.start())
}
