//! The walk that makes a [`Tree`]: numbers the nodes, opens the scopes, notes every name.
//!
//! Nodes come in source order, but a comprehension's first iterable comes before its target. The commonest nodes are spelled out
//! here, for this walk and the parser are where most of a run's time goes; the rest is left to ruff's visitor.

use ruff_python_ast::visitor::source_order::{
    self, SourceOrderVisitor, TraversalSignal, walk_expr, walk_parameter, walk_stmt,
};
use ruff_python_ast::{
    self as ast, AnyNodeRef, AtomicNodeIndex, Expr, ExprContext, HasNodeIndex, Mod, NodeIndex,
    Parameter, Stmt,
};
use ruff_text_size::{Ranged, TextRange};

use super::interner::Interner;
use super::spare::{Spare, spare};
use super::tree::{Declaration, NodeId, Occurrence, Scope, ScopeId, ScopeKind, Tag, Tree};

/// Deeper trees are refused. CPython refuses them as well: 200 brackets, or about 3,000 operators in a row up to 3.11.
pub const MAX_DEPTH: u32 = 5_000;

pub(super) struct Walk<'a> {
    tree: Tree<'a>,
    /// The node whose children are being walked.
    current: NodeId,
    scope: ScopeId,
    /// The scope that binds the parameters being walked: the function's own, while their defaults belong to the one around.
    parameters: ScopeId,
    depth: u32,
    /// Loops and comprehensions around, within the same function.
    loops: u32,
    /// Whether loops are around, and whether the event loop runs this; as [`Tag`] has it.
    places: u16,
    too_deep: Option<TextRange>,
}

impl<'a> Walk<'a> {
    /// The tree of `module`; `Err` is the place where it nests deeper than [`MAX_DEPTH`].
    pub fn of(module: &'a ast::ModModule) -> Result<Tree<'a>, TextRange> {
        let size = module.range.len().to_usize();
        let root = AnyNodeRef::from(module);
        let lists = |spare: &mut Spare| {
            (
                spare.nodes(),
                std::mem::take(&mut spare.parents),
                std::mem::take(&mut spare.tags),
                std::mem::take(&mut spare.occurrences),
            )
        };
        let (mut nodes, mut parents, mut tags, mut occurrences) = spare(lists).unwrap_or_default();
        // A node takes about 9 bytes of text on average code.
        nodes.reserve(size / 8 + 8);
        parents.reserve(size / 8 + 8);
        tags.reserve(size / 8 + 8);
        occurrences.reserve(size / 24 + 8);
        let mut walk = Walk {
            tree: Tree {
                nodes,
                parents,
                tags,
                scopes: vec![Scope {
                    kind: ScopeKind::Module,
                    node: root,
                    parent: ScopeId::MODULE,
                    yields: false,
                }],
                occurrences,
                declarations: Vec::new(),
                names: Interner::with_capacity(size / 256 + 8),
                imports: Vec::new(),
                star_import: false,
                renamings: Vec::new(),
            },
            current: NodeId(0),
            scope: ScopeId::MODULE,
            parameters: ScopeId::MODULE,
            depth: 0,
            loops: 0,
            places: 0,
            too_deep: None,
        };
        walk.enter(root, &module.node_index);
        walk.visit_body(&module.body);
        match walk.too_deep {
            Some(place) => Err(place),
            None => Ok(walk.tree),
        }
    }

    fn next(&self) -> NodeId {
        NodeId(u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX - 2))
    }

    /// Numbers a node without children that are walked.
    #[inline(always)]
    fn leaf(&mut self, node: AnyNodeRef<'a>, index: &AtomicNodeIndex) -> NodeId {
        let id = self.next();
        index.set(NodeIndex::from(id.0));
        self.tree.nodes.push(node);
        self.tree.parents.push(self.current);
        self.tree.tags.push(Tag::new(node.kind(), self.places));
        id
    }

    /// Numbers a node whose children come next; what is returned goes to [`Self::leave`].
    #[inline(always)]
    fn enter(&mut self, node: AnyNodeRef<'a>, index: &AtomicNodeIndex) -> NodeId {
        let id = self.leaf(node, index);
        std::mem::replace(&mut self.current, id)
    }

    #[inline]
    fn leave(&mut self, outer: NodeId) {
        self.current = outer;
    }

    #[inline]
    fn occurs(&mut self, node: NodeId, scope: ScopeId, name: &'a str, binds: bool) {
        let name = self.tree.names.intern(name);
        self.tree.occurrences.push(Occurrence {
            node,
            scope,
            name,
            binds,
        });
    }

    /// Notes the name that a node with children binds by itself, if it does.
    fn binds(&mut self, node: AnyNodeRef<'a>) {
        let name = match node {
            AnyNodeRef::Alias(alias) if alias.name.as_str() == "*" => {
                self.tree.star_import = true;
                None
            }
            AnyNodeRef::Alias(alias) => match &alias.asname {
                Some(name) => Some(name.as_str()),
                None => alias.name.split('.').next(),
            },
            AnyNodeRef::ExceptHandlerExceptHandler(handler) => handler.name.as_deref(),
            AnyNodeRef::PatternMatchAs(pattern) => pattern.name.as_deref(),
            AnyNodeRef::PatternMatchStar(pattern) => pattern.name.as_deref(),
            AnyNodeRef::PatternMatchMapping(pattern) => pattern.rest.as_deref(),
            AnyNodeRef::TypeParamTypeVar(param) => Some(param.name.as_str()),
            AnyNodeRef::TypeParamTypeVarTuple(param) => Some(param.name.as_str()),
            AnyNodeRef::TypeParamParamSpec(param) => Some(param.name.as_str()),
            _ => None,
        };
        if let Some(name) = name {
            self.occurs(self.current, self.scope, name, true);
        }
    }

    fn declares(&mut self, names: &'a [ast::Identifier], global: bool) {
        for name in names {
            let name = self.tree.names.intern(name);
            self.tree.declarations.push(Declaration {
                scope: self.scope,
                name,
                global,
            });
        }
    }

    fn open(&mut self, kind: ScopeKind, node: AnyNodeRef<'a>) -> ScopeId {
        let id = ScopeId(u32::try_from(self.tree.scopes.len()).unwrap_or(u32::MAX));
        self.tree.scopes.push(Scope {
            kind,
            node,
            parent: self.scope,
            yields: false,
        });
        id
    }

    fn inside(&mut self, scope: ScopeId, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.scope, scope);
        visit(self);
        self.scope = outer;
    }

    /// The body of a function, lambda or class: the loops around it repeat its definition, not the body. The event loop runs it where
    /// `places` says so.
    fn body(&mut self, scope: ScopeId, places: u16, visit: impl FnOnce(&mut Self)) {
        let loops = std::mem::take(&mut self.loops);
        let outer = std::mem::replace(&mut self.places, places);
        self.inside(scope, visit);
        self.loops = loops;
        self.places = outer;
    }

    /// What a loop or comprehension repeats.
    fn repeated(&mut self, visit: impl FnOnce(&mut Self)) {
        self.loops += 1;
        self.places |= Tag::LOOPED;
        visit(self);
        self.loops -= 1;
        if self.loops == 0 {
            self.places &= !Tag::LOOPED;
        }
    }

    fn with_parameters(&mut self, scope: ScopeId, parameters: &'a ast::Parameters) {
        let outer = std::mem::replace(&mut self.parameters, scope);
        self.visit_parameters(parameters);
        self.parameters = outer;
    }

    /// Takes one step down; `false` is too deep.
    #[inline]
    fn descend(&mut self, place: impl Ranged) -> bool {
        if self.depth >= MAX_DEPTH {
            self.too_deep.get_or_insert(place.range());
            return false;
        }
        self.depth += 1;
        true
    }

    fn function(&mut self, def: &'a ast::StmtFunctionDef) {
        let outer = self.enter(def.into(), &def.node_index);
        self.occurs(self.current, self.scope, &def.name, true);
        let scope = self.open(ScopeKind::Function, def.into());
        for decorator in &def.decorator_list {
            self.visit_decorator(decorator);
        }
        if let Some(params) = &def.type_params {
            self.visit_type_params(params);
        }
        self.with_parameters(scope, &def.parameters);
        if let Some(returns) = &def.returns {
            self.visit_annotation(returns);
        }
        let places = if def.is_async { Tag::ASYNC } else { 0 };
        self.body(scope, places, |walk| walk.visit_body(&def.body));
        self.leave(outer);
    }

    fn class(&mut self, def: &'a ast::StmtClassDef) {
        let outer = self.enter(def.into(), &def.node_index);
        self.occurs(self.current, self.scope, &def.name, true);
        let scope = self.open(ScopeKind::Class, def.into());
        for decorator in &def.decorator_list {
            self.visit_decorator(decorator);
        }
        if let Some(params) = &def.type_params {
            self.visit_type_params(params);
        }
        if let Some(arguments) = &def.arguments {
            self.visit_arguments(arguments);
        }
        // The body of a class runs where the class is defined.
        let places = self.places & Tag::ASYNC;
        self.body(scope, places, |walk| walk.visit_body(&def.body));
        self.leave(outer);
    }

    fn comprehension(
        &mut self,
        node: AnyNodeRef<'a>,
        parts: [Option<&'a Expr>; 2],
        generators: &'a [ast::Comprehension],
    ) {
        let around = self.enter(node, node.node_index());
        let scope = self.open(ScopeKind::Comprehension, node);
        let outer = self.scope;
        self.repeated(|walk| {
            walk.inside(scope, |walk| {
                for part in parts.into_iter().flatten() {
                    walk.visit_expr(part);
                }
                for (i, generator) in generators.iter().enumerate() {
                    let around = walk.enter(generator.into(), &generator.node_index);
                    // The first iterable is evaluated before the comprehension's scope exists.
                    let iter_scope = if i == 0 { outer } else { scope };
                    walk.inside(iter_scope, |walk| walk.visit_expr(&generator.iter));
                    walk.visit_expr(&generator.target);
                    for test in &generator.ifs {
                        walk.visit_expr(test);
                    }
                    walk.leave(around);
                }
            })
        });
        self.leave(around);
    }

    fn arguments(&mut self, arguments: &'a ast::Arguments) {
        let outer = self.enter(arguments.into(), &arguments.node_index);
        let (args, keywords) = (&arguments.args, &arguments.keywords);
        let in_order = match (args.last(), keywords.first()) {
            (Some(arg), Some(keyword)) => arg.start() < keyword.start(),
            _ => true,
        };
        if in_order {
            for arg in args {
                self.visit_expr(arg);
            }
            for keyword in keywords {
                self.keyword(keyword);
            }
        } else {
            for argument in arguments.iter_source_order() {
                match argument {
                    ast::ArgOrKeyword::Arg(arg) => self.visit_expr(arg),
                    ast::ArgOrKeyword::Keyword(keyword) => self.keyword(keyword),
                }
            }
        }
        self.leave(outer);
    }

    #[inline]
    fn keyword(&mut self, keyword: &'a ast::Keyword) {
        let outer = self.enter(keyword.into(), &keyword.node_index);
        self.visit_expr(&keyword.value);
        self.leave(outer);
    }

    #[inline]
    fn exprs(&mut self, exprs: &'a [Expr]) {
        for expr in exprs {
            self.visit_expr(expr);
        }
    }
}

impl<'a> SourceOrderVisitor<'a> for Walk<'a> {
    #[inline]
    fn enter_node(&mut self, node: AnyNodeRef<'a>) -> TraversalSignal {
        self.enter(node, node.node_index());
        self.binds(node);
        TraversalSignal::Traverse
    }

    #[inline]
    fn leave_node(&mut self, _node: AnyNodeRef<'a>) {
        if let Some(outer) = self.tree.parent_id(self.current) {
            self.current = outer;
        }
    }

    fn visit_mod(&mut self, _module: &'a Mod) {}

    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if !self.descend(stmt) {
            return;
        }
        match stmt {
            Stmt::Expr(expr) => {
                let outer = self.enter(expr.into(), &expr.node_index);
                self.visit_expr(&expr.value);
                self.leave(outer);
            }
            Stmt::Assign(assign) => {
                let outer = self.enter(assign.into(), &assign.node_index);
                if assign.targets.len() == 1
                    && matches!(&*assign.value, Expr::Name(_) | Expr::Attribute(_))
                {
                    self.tree.renamings.push(assign.into());
                }
                self.exprs(&assign.targets);
                self.visit_expr(&assign.value);
                self.leave(outer);
            }
            Stmt::Return(stmt) => {
                let outer = self.enter(stmt.into(), &stmt.node_index);
                if let Some(value) = &stmt.value {
                    self.visit_expr(value);
                }
                self.leave(outer);
            }
            Stmt::If(stmt) => {
                let outer = self.enter(stmt.into(), &stmt.node_index);
                self.visit_expr(&stmt.test);
                self.visit_body(&stmt.body);
                for clause in &stmt.elif_else_clauses {
                    let outer = self.enter(clause.into(), &clause.node_index);
                    if let Some(test) = &clause.test {
                        self.visit_expr(test);
                    }
                    self.visit_body(&clause.body);
                    self.leave(outer);
                }
                self.leave(outer);
            }
            Stmt::FunctionDef(def) => self.function(def),
            Stmt::ClassDef(def) => self.class(def),
            Stmt::For(_) | Stmt::While(_) => {
                self.repeated(|walk| walk_stmt(walk, stmt));
            }
            Stmt::Global(stmt) => {
                self.leaf(stmt.into(), &stmt.node_index);
                self.declares(&stmt.names, true);
            }
            Stmt::Nonlocal(stmt) => {
                self.leaf(stmt.into(), &stmt.node_index);
                self.declares(&stmt.names, false);
            }
            Stmt::Import(_) | Stmt::ImportFrom(_) => {
                self.tree.imports.push(stmt.into());
                walk_stmt(self, stmt);
            }
            _ => walk_stmt(self, stmt),
        }
        self.depth -= 1;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        // Leaves first: they are the most, and need no measure of depth.
        match expr {
            Expr::Name(name) => {
                let id = self.leaf(name.into(), &name.node_index);
                let binds = name.ctx != ExprContext::Load;
                return self.occurs(id, self.scope, &name.id, binds);
            }
            Expr::StringLiteral(literal) => {
                self.leaf(literal.into(), &literal.node_index);
                return;
            }
            Expr::NumberLiteral(literal) => {
                self.leaf(literal.into(), &literal.node_index);
                return;
            }
            Expr::NoneLiteral(literal) => {
                self.leaf(literal.into(), &literal.node_index);
                return;
            }
            Expr::BooleanLiteral(literal) => {
                self.leaf(literal.into(), &literal.node_index);
                return;
            }
            _ => {}
        }
        if !self.descend(expr) {
            return;
        }
        match expr {
            Expr::Attribute(attribute) => {
                let outer = self.enter(attribute.into(), &attribute.node_index);
                self.visit_expr(&attribute.value);
                self.leave(outer);
            }
            Expr::Call(call) => {
                let outer = self.enter(call.into(), &call.node_index);
                self.visit_expr(&call.func);
                self.arguments(&call.arguments);
                self.leave(outer);
            }
            Expr::BinOp(op) => {
                let outer = self.enter(op.into(), &op.node_index);
                self.visit_expr(&op.left);
                self.visit_expr(&op.right);
                self.leave(outer);
            }
            Expr::Compare(compare) => {
                let outer = self.enter(compare.into(), &compare.node_index);
                self.visit_expr(&compare.left);
                self.exprs(&compare.comparators);
                self.leave(outer);
            }
            Expr::BoolOp(op) => {
                let outer = self.enter(op.into(), &op.node_index);
                self.exprs(&op.values);
                self.leave(outer);
            }
            Expr::UnaryOp(op) => {
                let outer = self.enter(op.into(), &op.node_index);
                self.visit_expr(&op.operand);
                self.leave(outer);
            }
            Expr::Subscript(subscript) => {
                let outer = self.enter(subscript.into(), &subscript.node_index);
                self.visit_expr(&subscript.value);
                self.visit_expr(&subscript.slice);
                self.leave(outer);
            }
            Expr::Tuple(tuple) => {
                let outer = self.enter(tuple.into(), &tuple.node_index);
                self.exprs(&tuple.elts);
                self.leave(outer);
            }
            Expr::List(list) => {
                let outer = self.enter(list.into(), &list.node_index);
                self.exprs(&list.elts);
                self.leave(outer);
            }
            Expr::Dict(dict) => {
                let outer = self.enter(dict.into(), &dict.node_index);
                for item in &dict.items {
                    if let Some(key) = &item.key {
                        self.visit_expr(key);
                    }
                    self.visit_expr(&item.value);
                }
                self.leave(outer);
            }
            Expr::Lambda(lambda) => {
                let outer = self.enter(lambda.into(), &lambda.node_index);
                let scope = self.open(ScopeKind::Function, lambda.into());
                if let Some(parameters) = &lambda.parameters {
                    self.with_parameters(scope, parameters);
                }
                self.body(scope, 0, |walk| walk.visit_expr(&lambda.body));
                self.leave(outer);
            }
            Expr::ListComp(comp) => {
                self.comprehension(comp.into(), [Some(&comp.elt), None], &comp.generators);
            }
            Expr::SetComp(comp) => {
                self.comprehension(comp.into(), [Some(&comp.elt), None], &comp.generators);
            }
            Expr::Generator(comp) => {
                self.comprehension(comp.into(), [Some(&comp.elt), None], &comp.generators);
            }
            Expr::DictComp(comp) => {
                let parts = [comp.key.as_deref(), Some(&*comp.value)];
                self.comprehension(comp.into(), parts, &comp.generators);
            }
            Expr::Yield(_) | Expr::YieldFrom(_) => {
                self.tree.scopes[self.scope.0 as usize].yields = true;
                walk_expr(self, expr);
            }
            _ => walk_expr(self, expr),
        }
        self.depth -= 1;
    }

    fn visit_arguments(&mut self, arguments: &'a ast::Arguments) {
        self.arguments(arguments);
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        let id = self.next();
        self.occurs(id, self.parameters, &parameter.name, true);
        walk_parameter(self, parameter);
    }

    fn visit_alias(&mut self, alias: &'a ast::Alias) {
        if alias.asname.is_some() {
            self.tree.renamings.push(alias.into());
        }
        source_order::walk_alias(self, alias);
    }

    // Leaves that nobody asks for: the expression around them has the answers.
    fn visit_identifier(&mut self, _identifier: &'a ast::Identifier) {}
    fn visit_string_literal(&mut self, _literal: &'a ast::StringLiteral) {}
    fn visit_bytes_literal(&mut self, _literal: &'a ast::BytesLiteral) {}
}
