//! The syntax tree with its parents, its scopes and every place where a name occurs: one walk, no recursion afterwards.
//!
//! **Invariant**: nodes are numbered in the order of the walk, so a node's number is greater than its parent's, and no node
//! that a rule sees lies deeper than [`MAX_DEPTH`].

use ruff_python_ast::{self as ast, AnyNodeRef, HasNodeIndex, NodeKind};
use ruff_text_size::{Ranged, TextRange};

use super::interner::{Interner, NameId};
use super::spare::{keep, spare};
use super::walk::Walk;

pub use super::walk::MAX_DEPTH;

/// The number of a node in the order of the walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The kind of a node, and where it stands, as far as most rules ask.
#[derive(Clone, Copy)]
pub struct Tag(u16);

impl Tag {
    /// A loop or comprehension of the same function lies around it, however often it runs.
    pub const LOOPED: u16 = 1 << 7;
    /// The event loop runs it: directly in an `async def`, not in a function or lambda inside.
    pub const ASYNC: u16 = 1 << 8;
    /// How many different tags there are.
    pub const COUNT: usize = 1 << 9;

    /// `places` is any of [`Self::LOOPED`] and [`Self::ASYNC`].
    #[inline]
    pub fn new(kind: NodeKind, places: u16) -> Self {
        const { assert!((NodeKind::Identifier as u16) < Self::LOOPED) }
        Self(kind as u16 | places)
    }

    /// The number of the tag, below [`Self::COUNT`].
    #[inline]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// Whether the node is of that kind.
    #[inline]
    pub fn is(self, kind: NodeKind) -> bool {
        self.0 & (Self::LOOPED - 1) == kind as u16
    }

    /// Whether it stands in all of these places.
    #[inline]
    pub fn is_in(self, places: u16) -> bool {
        self.0 & places == places
    }
}

/// A place where a name is bound or read.
#[derive(Clone, Copy)]
pub(super) struct Occurrence {
    pub node: NodeId,
    pub scope: ScopeId,
    pub name: NameId,
    /// Bound, deleted or written, as against read.
    pub binds: bool,
}

/// `global` or `nonlocal` of one name.
#[derive(Clone, Copy)]
pub(super) struct Declaration {
    pub scope: ScopeId,
    pub name: NameId,
    pub global: bool,
}

/// The number of a scope in the order of the walk; 0 is the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId(pub(super) u32);

impl ScopeId {
    pub const MODULE: ScopeId = ScopeId(0);

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
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
    pub(super) nodes: Vec<AnyNodeRef<'a>>,
    pub(super) parents: Vec<NodeId>,
    pub(super) tags: Vec<Tag>,
    pub(super) scopes: Vec<Scope<'a>>,
    /// Every place where a name is bound or read, in the order of the walk.
    pub(super) occurrences: Vec<Occurrence>,
    pub(super) declarations: Vec<Declaration>,
    pub(super) names: Interner<'a>,
    /// The import statements, in the order of the walk.
    pub(super) imports: Vec<AnyNodeRef<'a>>,
    /// `from x import *` in this file: any name may come from there.
    pub(super) star_import: bool,
    /// Statements and imports that give something a second name: `pause = time.sleep`, `import x as y`.
    pub(super) renamings: Vec<AnyNodeRef<'a>>,
}

impl Drop for Tree<'_> {
    fn drop(&mut self) {
        let _ = spare(|spare| {
            spare.keep_nodes(&mut self.nodes);
            keep(&mut spare.parents, std::mem::take(&mut self.parents));
            keep(&mut spare.tags, std::mem::take(&mut self.tags));
            keep(
                &mut spare.occurrences,
                std::mem::take(&mut self.occurrences),
            );
        });
    }
}

impl<'a> Tree<'a> {
    /// Walks `module`; `Err` is the place where it nests deeper than [`MAX_DEPTH`].
    pub fn new(module: &'a ast::ModModule) -> Result<Self, TextRange> {
        Walk::of(module)
    }

    pub fn nodes(&self) -> &[AnyNodeRef<'a>] {
        &self.nodes
    }

    /// The nodes with their tags, which can be had without looking at the nodes.
    pub fn tagged(&self) -> impl Iterator<Item = (Tag, &AnyNodeRef<'a>)> {
        self.tags.iter().copied().zip(&self.nodes)
    }

    pub fn node(&self, id: NodeId) -> AnyNodeRef<'a> {
        self.nodes[id.index()]
    }

    pub fn scope(&self, id: ScopeId) -> Scope<'a> {
        self.scopes[id.0 as usize]
    }

    pub(super) fn scope_ids(&self) -> impl Iterator<Item = ScopeId> {
        (0..self.scopes.len()).filter_map(|i| u32::try_from(i).ok().map(ScopeId))
    }

    /// The import statements, in the order of the text.
    pub fn imports(&self) -> &[AnyNodeRef<'a>] {
        &self.imports
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

    /// The same with their tags, which can be had without looking at the nodes.
    pub fn tagged_descendants(
        &self,
        node: impl Into<AnyNodeRef<'a>>,
    ) -> impl Iterator<Item = (Tag, &AnyNodeRef<'a>)> {
        let root = self.id(node);
        let inside = self.parents[root.index()..]
            .iter()
            .enumerate()
            .take_while(move |(i, parent)| *i == 0 || **parent >= root);
        let tagged = self.tags[root.index()..].iter().copied();
        let nodes = tagged.zip(&self.nodes[root.index()..]);
        inside.zip(nodes).map(|(_, tagged)| tagged)
    }

    /// Whether a loop or comprehension of the same function lies around `node`; how often it runs is another question.
    pub fn is_looped(&self, node: impl Into<AnyNodeRef<'a>>) -> bool {
        self.tags[self.id(node).index()].is_in(Tag::LOOPED)
    }

    /// Whether the event loop runs `node`: it stands directly in an `async def`, not in a function or lambda inside.
    pub fn is_async(&self, node: impl Into<AnyNodeRef<'a>>) -> bool {
        self.tags[self.id(node).index()].is_in(Tag::ASYNC)
    }

    /// The tag of a node of this tree.
    pub fn tag(&self, node: impl Into<AnyNodeRef<'a>>) -> Tag {
        self.tags[self.id(node).index()]
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
