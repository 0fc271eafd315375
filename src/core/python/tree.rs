//! The syntax tree with its parents, its scopes and every place where a name occurs: one walk, no recursion afterwards.
//!
//! **Invariant**: nodes are numbered in the order of the walk, so a node's number is greater than its parent's, and no node
//! that a rule sees lies deeper than [`MAX_DEPTH`].

use ruff_python_ast::visitor::source_order::{
    self, SourceOrderVisitor, TraversalSignal, walk_expr, walk_parameter,
};
use ruff_python_ast::{
    self as ast, AnyNodeRef, Expr, HasNodeIndex, Mod, NodeIndex, Parameter, Stmt,
};
use ruff_text_size::{Ranged, TextRange};

/// Deeper trees are refused. CPython refuses them as well: 200 brackets, or about 3,000 operators in a row up to 3.11.
pub const MAX_DEPTH: u32 = 5_000;

/// The number of a node in the order of the walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The number of a scope in the order of the walk; 0 is the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId(pub(super) u32);

impl ScopeId {
    pub const MODULE: ScopeId = ScopeId(0);
}

/// A region in which names are bound.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    pub kind: ScopeKind,
    pub node: AnyNodeRef<'a>,
    /// The scope around it; the module is its own parent.
    pub parent: ScopeId,
    /// A function whose body yields: calling it gives a generator.
    pub yields: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    Module,
    Class,
    /// `def`, `async def` or `lambda`.
    Function,
    Comprehension,
}

/// See the module's documentation.
pub struct Tree<'a> {
    nodes: Vec<AnyNodeRef<'a>>,
    parents: Vec<NodeId>,
    /// Whether a loop or comprehension of the same function lies around the node, however often it runs.
    looped: Vec<bool>,
    scopes: Vec<Scope<'a>>,
    /// Every node that binds, reads or declares a name, with its scope; in ascending order.
    names: Vec<(NodeId, ScopeId)>,
    /// Statements and imports that give something a second name: `pause = time.sleep`, `import x as y`.
    renamings: Vec<AnyNodeRef<'a>>,
}

impl<'a> Tree<'a> {
    /// Walks `module`; `Err` is the place where it nests deeper than [`MAX_DEPTH`].
    pub fn new(module: &'a ast::ModModule) -> Result<Self, TextRange> {
        let size = module.range.len().to_usize();
        let root = AnyNodeRef::from(module);
        let mut walk = Walk {
            tree: Tree {
                // A node takes about 9 bytes of text on average code.
                nodes: Vec::with_capacity(size / 8 + 8),
                parents: Vec::with_capacity(size / 8 + 8),
                looped: Vec::with_capacity(size / 8 + 8),
                scopes: vec![Scope {
                    kind: ScopeKind::Module,
                    node: root,
                    parent: ScopeId::MODULE,
                    yields: false,
                }],
                names: Vec::with_capacity(size / 24 + 8),
                renamings: Vec::new(),
            },
            current: NodeId(0),
            scope: ScopeId::MODULE,
            parameters: ScopeId::MODULE,
            depth: 0,
            loops: 0,
            too_deep: None,
        };
        walk.enter_node(root);
        walk.visit_body(&module.body);
        match walk.too_deep {
            Some(place) => Err(place),
            None => Ok(walk.tree),
        }
    }

    pub fn nodes(&self) -> &[AnyNodeRef<'a>] {
        &self.nodes
    }

    pub fn node(&self, id: NodeId) -> AnyNodeRef<'a> {
        self.nodes[id.index()]
    }

    pub(super) fn names(&self) -> &[(NodeId, ScopeId)] {
        &self.names
    }

    pub fn scope(&self, id: ScopeId) -> Scope<'a> {
        self.scopes[id.0 as usize]
    }

    pub(super) fn scope_ids(&self) -> impl Iterator<Item = ScopeId> {
        (0..self.scopes.len()).filter_map(|i| u32::try_from(i).ok().map(ScopeId))
    }

    /// Assignments of one name or attribute to one name, and imports with `as`, in the order of the text.
    pub fn renamings(&self) -> &[AnyNodeRef<'a>] {
        &self.renamings
    }

    /// The number of a node of this tree.
    pub fn id(&self, node: impl Into<AnyNodeRef<'a>>) -> NodeId {
        let index = node.into().node_index().load().as_u32().unwrap_or(0);
        NodeId(index)
    }

    pub fn parent_id(&self, id: NodeId) -> Option<NodeId> {
        (id.0 > 0).then(|| self.parents[id.index()])
    }

    pub fn parent(&self, node: impl Into<AnyNodeRef<'a>>) -> Option<AnyNodeRef<'a>> {
        self.parent_id(self.id(node)).map(|id| self.node(id))
    }

    /// The nodes around `node`, innermost first, without `node` itself.
    pub fn ancestors(
        &self,
        node: impl Into<AnyNodeRef<'a>>,
    ) -> impl Iterator<Item = AnyNodeRef<'a>> + '_ {
        std::iter::successors(self.parent_id(self.id(node)), |id| self.parent_id(*id))
            .map(|id| self.node(id))
    }

    /// The nodes inside `node`, in the order of the walk, `node` first.
    pub fn descendants(
        &self,
        node: impl Into<AnyNodeRef<'a>>,
    ) -> impl Iterator<Item = AnyNodeRef<'a>> + '_ {
        let root = self.id(node);
        let rest = &self.nodes[root.index()..];
        rest.iter()
            .zip(&self.parents[root.index()..])
            .enumerate()
            .take_while(move |(i, (_, parent))| *i == 0 || **parent >= root)
            .map(|(_, (node, _))| *node)
    }

    /// Whether a loop or comprehension of the same function lies around `node`; how often it runs is another question.
    pub fn is_looped(&self, node: impl Into<AnyNodeRef<'a>>) -> bool {
        self.looped[self.id(node).index()]
    }

    /// The scope that a definition, lambda or comprehension opens.
    pub fn scope_in(&self, node: impl Into<AnyNodeRef<'a>>) -> Option<Scope<'a>> {
        self.scope_opened_by(self.id(node)).map(|id| self.scope(id))
    }

    /// The statement that `node` belongs to; `node` itself if it is one.
    pub fn statement(&self, node: impl Into<AnyNodeRef<'a>>) -> Option<AnyNodeRef<'a>> {
        let node = node.into();
        std::iter::once(node)
            .chain(self.ancestors(node))
            .find(|node| node.is_statement())
    }

    /// The scope that the code of `node` runs in, comprehensions included.
    pub fn scope_of(&self, node: impl Into<AnyNodeRef<'a>>) -> ScopeId {
        let mut inner = self.id(node);
        let mut innermost = inner;
        while let Some(outer) = self.parent_id(inner) {
            if let Some(scope) = self.scope_opened_by(outer)
                && self.runs_inside(outer, inner, innermost)
            {
                return scope;
            }
            innermost = inner;
            inner = outer;
        }
        ScopeId::MODULE
    }

    pub(super) fn scope_opened_by(&self, id: NodeId) -> Option<ScopeId> {
        let node = self.node(id);
        if !matches!(
            node,
            AnyNodeRef::StmtFunctionDef(_)
                | AnyNodeRef::StmtClassDef(_)
                | AnyNodeRef::ExprLambda(_)
                | AnyNodeRef::ExprListComp(_)
                | AnyNodeRef::ExprSetComp(_)
                | AnyNodeRef::ExprDictComp(_)
                | AnyNodeRef::ExprGenerator(_)
        ) {
            return None;
        }
        let index = self
            .scopes
            .binary_search_by_key(&id, |scope| self.id(scope.node))
            .ok()?;
        Some(ScopeId(u32::try_from(index).ok()?))
    }

    /// Whether `child`, a direct child of the scope's node, and `grandchild` below it, are evaluated inside that scope: a
    /// decorator, a default or the first iterable of a comprehension is not.
    fn runs_inside(&self, scope: NodeId, child: NodeId, grandchild: NodeId) -> bool {
        let child = self.node(child);
        match self.node(scope) {
            AnyNodeRef::StmtFunctionDef(def) => {
                child.is_statement()
                    && def
                        .body
                        .first()
                        .is_some_and(|first| child.start() >= first.start())
            }
            AnyNodeRef::StmtClassDef(_) => child.is_statement(),
            AnyNodeRef::ExprLambda(lambda) => child.range() == lambda.body.range(),
            node => {
                let first = comprehension_generators(node).first();
                first.is_none_or(|first| {
                    child.range() != first.range()
                        || !first
                            .iter
                            .range()
                            .contains_range(self.node(grandchild).range())
                })
            }
        }
    }
}

/// The `for` clauses of a comprehension; empty for every other node.
pub fn comprehension_generators(node: AnyNodeRef<'_>) -> &[ast::Comprehension] {
    match node {
        AnyNodeRef::ExprListComp(comp) => &comp.generators,
        AnyNodeRef::ExprSetComp(comp) => &comp.generators,
        AnyNodeRef::ExprDictComp(comp) => &comp.generators,
        AnyNodeRef::ExprGenerator(comp) => &comp.generators,
        _ => &[],
    }
}

struct Walk<'a> {
    tree: Tree<'a>,
    current: NodeId,
    scope: ScopeId,
    /// The scope that binds the parameters being walked: the function's own, while their defaults belong to the one around.
    parameters: ScopeId,
    depth: u32,
    /// Loops and comprehensions around, within the same function.
    loops: u32,
    too_deep: Option<TextRange>,
}

impl<'a> Walk<'a> {
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

    /// The body of a function, lambda or class: the loops around it repeat its definition, not the body.
    fn body(&mut self, scope: ScopeId, visit: impl FnOnce(&mut Self)) {
        let loops = std::mem::take(&mut self.loops);
        self.inside(scope, visit);
        self.loops = loops;
    }

    fn with_parameters(&mut self, scope: ScopeId, parameters: &'a ast::Parameters) {
        let outer = std::mem::replace(&mut self.parameters, scope);
        self.visit_parameters(parameters);
        self.parameters = outer;
    }

    /// Takes one step down; `false` is too deep.
    fn descend(&mut self, place: impl Ranged) -> bool {
        if self.depth >= MAX_DEPTH {
            self.too_deep.get_or_insert(place.range());
            return false;
        }
        self.depth += 1;
        true
    }

    fn comprehension(
        &mut self,
        expr: &'a Expr,
        parts: [Option<&'a Expr>; 2],
        generators: &'a [ast::Comprehension],
    ) {
        let node = AnyNodeRef::from(expr);
        self.enter_node(node);
        let scope = self.open(ScopeKind::Comprehension, node);
        let outer = self.scope;
        self.loops += 1;
        self.inside(scope, |walk| {
            for part in parts.into_iter().flatten() {
                walk.visit_expr(part);
            }
            for (i, generator) in generators.iter().enumerate() {
                walk.enter_node(generator.into());
                // The first iterable is evaluated before the comprehension's scope exists.
                let iter_scope = if i == 0 { outer } else { scope };
                walk.inside(iter_scope, |walk| walk.visit_expr(&generator.iter));
                walk.visit_expr(&generator.target);
                for test in &generator.ifs {
                    walk.visit_expr(test);
                }
                walk.leave_node(generator.into());
            }
        });
        self.loops -= 1;
        self.leave_node(node);
    }
}

impl<'a> SourceOrderVisitor<'a> for Walk<'a> {
    #[inline]
    fn enter_node(&mut self, node: AnyNodeRef<'a>) -> TraversalSignal {
        let id = u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX - 2);
        node.node_index().set(NodeIndex::from(id));
        self.tree.nodes.push(node);
        self.tree.parents.push(self.current);
        self.tree.looped.push(self.loops > 0);
        self.current = NodeId(id);
        if matches!(
            node,
            AnyNodeRef::ExprName(_)
                | AnyNodeRef::Alias(_)
                | AnyNodeRef::StmtGlobal(_)
                | AnyNodeRef::StmtNonlocal(_)
                | AnyNodeRef::ExceptHandlerExceptHandler(_)
                | AnyNodeRef::PatternMatchAs(_)
                | AnyNodeRef::PatternMatchStar(_)
                | AnyNodeRef::PatternMatchMapping(_)
                | AnyNodeRef::TypeParamTypeVar(_)
                | AnyNodeRef::TypeParamTypeVarTuple(_)
                | AnyNodeRef::TypeParamParamSpec(_)
                | AnyNodeRef::StmtFunctionDef(_)
                | AnyNodeRef::StmtClassDef(_)
        ) {
            self.tree.names.push((self.current, self.scope));
        }
        TraversalSignal::Traverse
    }

    #[inline]
    fn leave_node(&mut self, _node: AnyNodeRef<'a>) {
        self.current = self.tree.parents[self.current.index()];
    }

    fn visit_mod(&mut self, _module: &'a Mod) {}

    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if !self.descend(stmt) {
            return;
        }
        match stmt {
            Stmt::FunctionDef(def) => {
                self.enter_node(def.into());
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
                self.body(scope, |walk| walk.visit_body(&def.body));
                self.leave_node(def.into());
            }
            Stmt::ClassDef(def) => {
                self.enter_node(def.into());
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
                self.body(scope, |walk| walk.visit_body(&def.body));
                self.leave_node(def.into());
            }
            Stmt::Assign(assign) => {
                if assign.targets.len() == 1
                    && matches!(&*assign.value, Expr::Name(_) | Expr::Attribute(_))
                {
                    self.tree.renamings.push(assign.into());
                }
                source_order::walk_stmt(self, stmt);
            }
            Stmt::For(_) | Stmt::While(_) => {
                self.loops += 1;
                source_order::walk_stmt(self, stmt);
                self.loops -= 1;
            }
            _ => source_order::walk_stmt(self, stmt),
        }
        self.depth -= 1;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if !self.descend(expr) {
            return;
        }
        match expr {
            Expr::Lambda(lambda) => {
                self.enter_node(lambda.into());
                let scope = self.open(ScopeKind::Function, lambda.into());
                if let Some(parameters) = &lambda.parameters {
                    self.with_parameters(scope, parameters);
                }
                self.body(scope, |walk| walk.visit_expr(&lambda.body));
                self.leave_node(lambda.into());
            }
            Expr::ListComp(comp) => {
                self.comprehension(expr, [Some(&comp.elt), None], &comp.generators)
            }
            Expr::SetComp(comp) => {
                self.comprehension(expr, [Some(&comp.elt), None], &comp.generators)
            }
            Expr::Generator(comp) => {
                self.comprehension(expr, [Some(&comp.elt), None], &comp.generators)
            }
            Expr::DictComp(comp) => {
                self.comprehension(
                    expr,
                    [comp.key.as_deref(), Some(&comp.value)],
                    &comp.generators,
                );
            }
            Expr::Yield(_) | Expr::YieldFrom(_) => {
                self.tree.scopes[self.scope.0 as usize].yields = true;
                walk_expr(self, expr);
            }
            _ => walk_expr(self, expr),
        }
        self.depth -= 1;
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        let id = NodeId(u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX - 2));
        self.tree.names.push((id, self.parameters));
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
