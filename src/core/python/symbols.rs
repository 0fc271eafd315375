//! Which name means what: symbols, where they are bound and where they are read.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprContext, Parameter};
use ruff_text_size::Ranged;
use rustc_hash::{FxBuildHasher, FxHashMap};
use smallvec::SmallVec;

use super::tree::{NodeId, ScopeId, ScopeKind, Tree};

/// The number of a symbol in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolId(u32);

/// The symbol of nodes that name none.
const NOBODY: SymbolId = SymbolId(u32::MAX);

/// One variable, function, class or import of one scope.
#[derive(Debug)]
pub struct Symbol<'a> {
    pub name: &'a str,
    pub scope: ScopeId,
    /// Where it is bound, deleted or written, in the order of the walk.
    pub bindings: Places,
    /// Where it is read, also from inner scopes, in the order of the walk. The target of `+=` counts as binding and read.
    pub reads: Places,
    /// Some scope says `global` or `nonlocal` of it: other code may bind it at any time.
    pub shared: bool,
}

/// Nodes, in the order of the walk; most names occur a few times only, which needs no allocation.
pub type Places = SmallVec<[NodeId; 4]>;

/// What gives a name its value.
#[derive(Clone, Copy, Debug)]
pub enum Binding<'a> {
    /// `name = value`, also as one of several targets.
    Assign(&'a ast::StmtAssign),
    /// `name: annotation` with or without `= value`.
    Annotated(&'a ast::StmtAnnAssign),
    /// `name += value`
    Augmented(&'a ast::StmtAugAssign),
    /// `(name := value)`
    Walrus(&'a ast::ExprNamed),
    /// `for name in iter`
    For(&'a ast::StmtFor),
    /// `... for name in iter`
    Comprehension(&'a ast::Comprehension),
    /// A part of a tuple or list target of any kind of statement.
    Unpacked,
    /// `with item as name`
    With(&'a ast::WithItem, bool),
    /// `except E as name`
    Except,
    Import(&'a ast::StmtImport, &'a ast::Alias),
    ImportFrom(&'a ast::StmtImportFrom, &'a ast::Alias),
    Function(&'a ast::StmtFunctionDef),
    Class(&'a ast::StmtClassDef),
    Parameter(&'a Parameter),
    /// `case name`
    Pattern,
    TypeParameter,
    /// `del name`
    Deleted,
}

/// See the module's documentation.
pub struct Symbols<'a> {
    symbols: Vec<Symbol<'a>>,
    /// By the number of the node that names it; [`NOBODY`] for all others.
    of_nodes: Vec<SymbolId>,
    /// A number for each name of the file, so that everything below compares numbers.
    names: FxHashMap<&'a str, u32>,
    by_key: FxHashMap<Key, SymbolId>,
    /// `from x import *` in this file: any name may come from there.
    star_import: bool,
}

/// A scope, and the number of a name.
type Key = (ScopeId, u32);

/// What a scope says of a name, by `global` (`true`) or `nonlocal` (`false`).
type Declared = FxHashMap<Key, bool>;

/// One place where a name occurs.
#[derive(Clone, Copy)]
struct Occurrence {
    node: NodeId,
    scope: ScopeId,
    name: u32,
}

impl<'a> Symbols<'a> {
    pub fn new(tree: &Tree<'a>) -> Self {
        let places = tree.names().len();
        let mut table = Self {
            symbols: Vec::with_capacity(places / 4),
            of_nodes: vec![NOBODY; tree.nodes().len()],
            names: FxHashMap::with_capacity_and_hasher(places / 6, FxBuildHasher),
            by_key: FxHashMap::with_capacity_and_hasher(places / 4, FxBuildHasher),
            star_import: false,
        };
        let mut declared = Declared::default();
        let mut bound: Vec<(Occurrence, &'a str)> = Vec::with_capacity(places / 3);
        let mut read: Vec<Occurrence> = Vec::with_capacity(places);
        for (id, scope) in tree.names() {
            let node = tree.node(*id);
            let mut occurrence = |name: &'a str| Occurrence {
                node: *id,
                scope: *scope,
                name: table.intern(name),
            };
            match node {
                AnyNodeRef::ExprName(name) if name.ctx == ExprContext::Load => {
                    read.push(occurrence(&name.id));
                }
                AnyNodeRef::StmtGlobal(stmt) => {
                    let names = stmt.names.iter().map(|name| occurrence(name).name);
                    declared.extend(names.map(|name| ((*scope, name), true)));
                }
                AnyNodeRef::StmtNonlocal(stmt) => {
                    let names = stmt.names.iter().map(|name| occurrence(name).name);
                    declared.extend(names.map(|name| ((*scope, name), false)));
                }
                AnyNodeRef::Alias(alias) if alias.name.as_str() == "*" => table.star_import = true,
                _ => {
                    if let Some(name) = bound_name(node) {
                        bound.push((occurrence(name), name));
                    }
                }
            }
        }
        // First what is bound, for only then is it known where a read name comes from; and `nonlocal` names last, for they may be
        // bound further down in the function around.
        let is_nonlocal = |place: &Occurrence| {
            !declared.is_empty() && declared.get(&(place.scope, place.name)) == Some(&false)
        };
        for (place, name) in bound.iter().filter(|(place, _)| !is_nonlocal(place)) {
            table.bind(tree, &declared, *place, name, &mut read);
        }
        for (place, name) in bound.iter().filter(|(place, _)| is_nonlocal(place)) {
            table.bind(tree, &declared, *place, name, &mut read);
        }
        // The targets of `+=` came in with the bindings.
        read.sort_by_key(|place| place.node);
        for place in read {
            if table.of_nodes[place.node.index()] == NOBODY {
                let scope = match declared.get(&(place.scope, place.name)) {
                    Some(true) => ScopeId::MODULE,
                    Some(false) => tree.scope(place.scope).parent,
                    None => place.scope,
                };
                let found = table.find(tree, scope, place.name);
                table.of_nodes[place.node.index()] = found.unwrap_or(NOBODY);
            }
            let symbol = table.of_nodes[place.node.index()];
            if symbol != NOBODY {
                table.symbols[symbol.0 as usize].reads.push(place.node);
            }
        }
        table
    }

    fn intern(&mut self, name: &'a str) -> u32 {
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        *self.names.entry(name).or_insert(next)
    }

    fn bind(
        &mut self,
        tree: &Tree<'a>,
        declared: &Declared,
        place: Occurrence,
        name: &'a str,
        read: &mut Vec<Occurrence>,
    ) {
        let node = tree.node(place.node);
        let home = self.home(tree, declared, node, place);
        let next = SymbolId(u32::try_from(self.symbols.len()).unwrap_or(u32::MAX));
        let symbol = *self.by_key.entry((home, place.name)).or_insert(next);
        if symbol == next {
            self.symbols.push(Symbol {
                name,
                scope: home,
                bindings: Places::new(),
                reads: Places::new(),
                shared: false,
            });
        }
        let entry = &mut self.symbols[symbol.0 as usize];
        entry.bindings.push(place.node);
        entry.shared |= declared.contains_key(&(place.scope, place.name));
        self.of_nodes[place.node.index()] = symbol;
        if let AnyNodeRef::ExprName(name) = node
            && matches!(tree.parent(name), Some(AnyNodeRef::StmtAugAssign(stmt)) if stmt.target.range() == name.range())
        {
            read.push(place);
        }
    }

    /// The scope that a binding at `place` binds.
    fn home(
        &self,
        tree: &Tree<'a>,
        declared: &Declared,
        node: AnyNodeRef<'a>,
        place: Occurrence,
    ) -> ScopeId {
        let mut scope = place.scope;
        // A walrus in a comprehension binds in the function around it.
        if tree.scope(scope).kind == ScopeKind::Comprehension
            && matches!(tree.parent(node), Some(AnyNodeRef::ExprNamed(_)))
        {
            while tree.scope(scope).kind == ScopeKind::Comprehension {
                scope = tree.scope(scope).parent;
            }
        }
        match declared.get(&(scope, place.name)) {
            None => scope,
            Some(true) => ScopeId::MODULE,
            Some(false) => {
                let mut outer = tree.scope(scope).parent;
                while outer != ScopeId::MODULE
                    && (tree.scope(outer).kind == ScopeKind::Class
                        || declared.contains_key(&(outer, place.name))
                        || !self.by_key.contains_key(&(outer, place.name)))
                {
                    outer = tree.scope(outer).parent;
                }
                outer
            }
        }
    }

    /// The symbol that `name` means when it is read in `scope`; `None` is a builtin, or unknown.
    pub fn lookup(&self, tree: &Tree<'a>, scope: ScopeId, name: &str) -> Option<SymbolId> {
        self.find(tree, scope, *self.names.get(name)?)
    }

    fn find(&self, tree: &Tree<'a>, scope: ScopeId, name: u32) -> Option<SymbolId> {
        let mut current = scope;
        loop {
            // The names of a class body are not seen from the functions inside it.
            let visible = current == scope || tree.scope(current).kind != ScopeKind::Class;
            if visible && let Some(symbol) = self.by_key.get(&(current, name)) {
                return Some(*symbol);
            }
            if current == ScopeId::MODULE {
                return None;
            }
            current = tree.scope(current).parent;
        }
    }

    /// The symbol that a node binds or reads.
    pub fn of(&self, tree: &Tree<'a>, node: impl Into<AnyNodeRef<'a>>) -> Option<SymbolId> {
        let symbol = *self.of_nodes.get(tree.id(node).index())?;
        (symbol != NOBODY).then_some(symbol)
    }

    pub fn get(&self, id: SymbolId) -> &Symbol<'a> {
        &self.symbols[id.0 as usize]
    }

    pub fn in_scope(&self, scope: ScopeId, name: &str) -> Option<SymbolId> {
        let name = *self.names.get(name)?;
        self.by_key.get(&(scope, name)).copied()
    }

    pub fn has_star_import(&self) -> bool {
        self.star_import
    }
}

/// The name that a node binds by itself.
fn bound_name(node: AnyNodeRef<'_>) -> Option<&str> {
    match node {
        AnyNodeRef::ExprName(name) if name.ctx != ExprContext::Load => Some(name.id.as_str()),
        AnyNodeRef::Alias(alias) => Some(match &alias.asname {
            Some(name) => name.as_str(),
            None => alias.name.split('.').next().unwrap_or_default(),
        }),
        AnyNodeRef::ExceptHandlerExceptHandler(handler) => handler.name.as_deref(),
        AnyNodeRef::PatternMatchAs(pattern) => pattern.name.as_deref(),
        AnyNodeRef::PatternMatchStar(pattern) => pattern.name.as_deref(),
        AnyNodeRef::PatternMatchMapping(pattern) => pattern.rest.as_deref(),
        AnyNodeRef::TypeParamTypeVar(param) => Some(param.name.as_str()),
        AnyNodeRef::TypeParamTypeVarTuple(param) => Some(param.name.as_str()),
        AnyNodeRef::TypeParamParamSpec(param) => Some(param.name.as_str()),
        AnyNodeRef::StmtFunctionDef(def) => Some(def.name.as_str()),
        AnyNodeRef::StmtClassDef(def) => Some(def.name.as_str()),
        AnyNodeRef::Parameter(parameter) => Some(parameter.name.as_str()),
        _ => None,
    }
}

/// What a node that binds a name binds it to.
pub fn binding<'a>(tree: &Tree<'a>, id: NodeId) -> Option<Binding<'a>> {
    let node = tree.node(id);
    Some(match node {
        AnyNodeRef::StmtFunctionDef(def) => Binding::Function(def),
        AnyNodeRef::StmtClassDef(def) => Binding::Class(def),
        AnyNodeRef::Parameter(parameter) => Binding::Parameter(parameter),
        AnyNodeRef::ExceptHandlerExceptHandler(_) => Binding::Except,
        AnyNodeRef::PatternMatchAs(_)
        | AnyNodeRef::PatternMatchStar(_)
        | AnyNodeRef::PatternMatchMapping(_) => Binding::Pattern,
        AnyNodeRef::TypeParamTypeVar(_)
        | AnyNodeRef::TypeParamTypeVarTuple(_)
        | AnyNodeRef::TypeParamParamSpec(_) => Binding::TypeParameter,
        AnyNodeRef::Alias(alias) => match tree.parent(alias)? {
            AnyNodeRef::StmtImport(stmt) => Binding::Import(stmt, alias),
            AnyNodeRef::StmtImportFrom(stmt) => Binding::ImportFrom(stmt, alias),
            _ => return None,
        },
        AnyNodeRef::ExprName(name) => {
            if name.ctx == ExprContext::Del {
                return Some(Binding::Deleted);
            }
            let is = |target: &Expr| target.range() == name.range();
            match tree.parent(name)? {
                AnyNodeRef::StmtAssign(stmt) => Binding::Assign(stmt),
                AnyNodeRef::StmtAnnAssign(stmt) => Binding::Annotated(stmt),
                AnyNodeRef::StmtAugAssign(stmt) => Binding::Augmented(stmt),
                AnyNodeRef::ExprNamed(walrus) => Binding::Walrus(walrus),
                AnyNodeRef::StmtFor(stmt) if is(&stmt.target) => Binding::For(stmt),
                AnyNodeRef::Comprehension(part) if is(&part.target) => Binding::Comprehension(part),
                AnyNodeRef::WithItem(item) => {
                    let is_async =
                        matches!(tree.parent(item)?, AnyNodeRef::StmtWith(with) if with.is_async);
                    Binding::With(item, is_async)
                }
                _ => Binding::Unpacked,
            }
        }
        _ => return None,
    })
}
