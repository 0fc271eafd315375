//! Which name means what: symbols, where they are bound and where they are read.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, ExprContext, Parameter};
use ruff_text_size::Ranged;
use smallvec::SmallVec;

use super::interner::NameId;
use super::spare::{keep, spare};
use super::tree::{Declaration, NodeId, Occurrence, ScopeId, ScopeKind, Tree};

/// The number of a symbol in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolId(u32);

impl SymbolId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The symbol of nodes that name none.
const NOBODY: SymbolId = SymbolId(u32::MAX);

/// One variable, function, class or import of one scope.
#[derive(Debug)]
pub struct Symbol<'a> {
    pub(super) id: SymbolId,
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
    /// `type name = value`
    Alias(&'a ast::StmtTypeAlias),
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
    /// Those of one name lie together.
    symbols: Vec<Symbol<'a>>,
    /// By the number of the node that names it; [`NOBODY`] for all others.
    of_nodes: Vec<SymbolId>,
    /// By the number of a name: where its symbols begin. One more at the end.
    starts: Vec<u32>,
}

impl Drop for Symbols<'_> {
    fn drop(&mut self) {
        let _ = spare(|spare| keep(&mut spare.of_nodes, std::mem::take(&mut self.of_nodes)));
    }
}

impl<'a> Symbols<'a> {
    pub fn new(tree: &Tree<'a>) -> Self {
        let names = tree.names.texts();
        let grouped = Grouped::new(&tree.occurrences, names.len());
        let mut of_nodes = spare(|spare| std::mem::take(&mut spare.of_nodes)).unwrap_or_default();
        of_nodes.resize(tree.nodes().len(), NOBODY);
        let mut table = Self {
            symbols: Vec::with_capacity(tree.occurrences.len() / 4),
            of_nodes,
            starts: Vec::with_capacity(names.len() + 1),
        };
        let mut homes = vec![NOBODY; tree.scopes.len()];
        let mut declarations = tree.declarations.clone();
        declarations.sort_by_key(|declaration| declaration.name);
        for (i, (name, text)) in (0..).map(NameId).zip(names).enumerate() {
            table.starts.push(table.next().0);
            let places = grouped.of(i);
            // Builtins, and what comes from nowhere.
            if places.iter().all(|place| !place.binds) {
                continue;
            }
            let first = declarations.partition_point(|declaration| declaration.name < name);
            let rest = &declarations[first..];
            let own = rest.partition_point(|declaration| declaration.name == name);
            Naming {
                tree,
                text,
                declared: &rest[..own],
                homes: &mut homes,
                table: &mut table,
            }
            .resolve(places);
            let own = table.starts.last().map_or(0, |start| *start as usize);
            for symbol in &table.symbols[own..] {
                homes[symbol.scope.index()] = NOBODY;
            }
        }
        table.starts.push(table.next().0);
        table
    }

    fn next(&self) -> SymbolId {
        SymbolId(u32::try_from(self.symbols.len()).unwrap_or(u32::MAX))
    }

    /// The symbol that `name` means when it is read in `scope`; `None` is a builtin, or unknown.
    pub fn lookup(&self, tree: &Tree<'a>, scope: ScopeId, name: &str) -> Option<SymbolId> {
        let mut visible = visible(tree, scope);
        visible.find_map(|scope| self.in_scope(tree, scope, name))
    }

    /// The symbol that a node binds or reads.
    pub fn of(&self, tree: &Tree<'a>, node: impl Into<AnyNodeRef<'a>>) -> Option<SymbolId> {
        let symbol = *self.of_nodes.get(tree.id(node).index())?;
        (symbol != NOBODY).then_some(symbol)
    }

    pub fn get(&self, id: SymbolId) -> &Symbol<'a> {
        &self.symbols[id.0 as usize]
    }

    /// How many there are: their numbers are smaller.
    pub(super) fn len(&self) -> usize {
        self.symbols.len()
    }

    /// All symbols of exactly that scope.
    pub fn all_in(&self, scope: ScopeId) -> impl Iterator<Item = &Symbol<'a>> {
        self.symbols
            .iter()
            .filter(move |symbol| symbol.scope == scope)
    }

    /// The symbol called `name` of exactly that scope.
    pub fn in_scope(&self, tree: &Tree<'a>, scope: ScopeId, name: &str) -> Option<SymbolId> {
        let name = tree.names.get(name)?.0 as usize;
        let (start, end) = (*self.starts.get(name)?, *self.starts.get(name + 1)?);
        (start..end)
            .map(SymbolId)
            .find(|id| self.get(*id).scope == scope)
    }
}

/// The scopes whose names are seen from `scope`, innermost first: the names of a class body are not seen from the functions inside.
fn visible<'t>(tree: &'t Tree<'_>, scope: ScopeId) -> impl Iterator<Item = ScopeId> + 't {
    let outwards = std::iter::successors(Some(scope), |current| {
        (*current != ScopeId::MODULE).then(|| tree.scope(*current).parent)
    });
    outwards
        .filter(move |current| *current == scope || tree.scope(*current).kind != ScopeKind::Class)
}

/// Occurrences, sorted by name, then by place.
struct Grouped {
    places: Vec<Occurrence>,
    /// By the number of a name: where its places begin. One more at the end.
    starts: Vec<u32>,
}

impl Grouped {
    fn new(occurrences: &[Occurrence], names: usize) -> Self {
        // A counting sort: twice through the list, whatever its length.
        let mut starts = vec![0u32; names + 1];
        for place in occurrences {
            starts[place.name.0 as usize + 1] += 1;
        }
        for i in 0..names {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut places = occurrences.to_vec();
        for place in occurrences {
            let at = &mut next[place.name.0 as usize];
            places[*at as usize] = *place;
            *at += 1;
        }
        Self { places, starts }
    }

    fn of(&self, name: usize) -> &[Occurrence] {
        &self.places[self.starts[name] as usize..self.starts[name + 1] as usize]
    }
}

/// The resolution of all places of one name.
struct Naming<'t, 'a> {
    tree: &'t Tree<'a>,
    text: &'a str,
    declared: &'t [Declaration],
    /// By the number of a scope: the symbol of this name that lives there.
    homes: &'t mut [SymbolId],
    table: &'t mut Symbols<'a>,
}

impl Naming<'_, '_> {
    fn resolve(mut self, places: &[Occurrence]) {
        // First what is bound, for only then is it known where a read name comes from; and `nonlocal` names last, for they may be
        // bound further down in the function around.
        let has_nonlocal = self.declared.iter().any(|declaration| !declaration.global);
        let bound = || places.iter().filter(|place| place.binds);
        for place in bound() {
            if !has_nonlocal || self.declared(place.scope) != Some(false) {
                self.bind(*place);
            }
        }
        if has_nonlocal {
            for place in bound() {
                if self.declared(place.scope) == Some(false) {
                    self.bind(*place);
                }
            }
        }
        for place in places {
            let symbol = match place.binds {
                true if self.is_augmented(*place) => self.table.of_nodes[place.node.index()],
                true => NOBODY,
                false => self.read(*place),
            };
            if symbol != NOBODY {
                self.table.symbols[symbol.0 as usize].reads.push(place.node);
            }
        }
    }

    /// What the scope says of the name: `global` is `true`, `nonlocal` is `false`.
    fn declared(&self, scope: ScopeId) -> Option<bool> {
        let found = self.declared.iter().rev().find(|one| one.scope == scope)?;
        Some(found.global)
    }

    fn bind(&mut self, place: Occurrence) {
        let home = self.home(place);
        let shared = self.declared(place.scope).is_some();
        if self.homes[home.index()] == NOBODY {
            let id = self.table.next();
            self.homes[home.index()] = id;
            self.table.symbols.push(Symbol {
                id,
                name: self.text,
                scope: home,
                bindings: Places::new(),
                reads: Places::new(),
                shared: false,
            });
        }
        let symbol = self.homes[home.index()];
        let entry = &mut self.table.symbols[symbol.0 as usize];
        entry.bindings.push(place.node);
        entry.shared |= shared;
        self.table.of_nodes[place.node.index()] = symbol;
    }

    /// Whether a place is the target of `+=`, which reads as well.
    fn is_augmented(&self, place: Occurrence) -> bool {
        let AnyNodeRef::ExprName(name) = self.tree.node(place.node) else {
            return false;
        };
        matches!(self.tree.parent(name), Some(AnyNodeRef::StmtAugAssign(stmt)) if stmt.target.range() == name.range())
    }

    /// The scope that a binding at `place` binds.
    fn home(&self, place: Occurrence) -> ScopeId {
        let tree = self.tree;
        let mut scope = place.scope;
        // A walrus in a comprehension binds in the function around it.
        if tree.scope(scope).kind == ScopeKind::Comprehension
            && matches!(
                tree.parent(tree.node(place.node)),
                Some(AnyNodeRef::ExprNamed(_))
            )
        {
            while tree.scope(scope).kind == ScopeKind::Comprehension {
                scope = tree.scope(scope).parent;
            }
        }
        match self.declared(scope) {
            None => scope,
            Some(true) => ScopeId::MODULE,
            Some(false) => {
                let mut outer = tree.scope(scope).parent;
                while outer != ScopeId::MODULE
                    && (tree.scope(outer).kind == ScopeKind::Class
                        || self.declared(outer).is_some()
                        || self.homes[outer.index()] == NOBODY)
                {
                    outer = tree.scope(outer).parent;
                }
                outer
            }
        }
    }

    /// The symbol that is read at `place`.
    fn read(&mut self, place: Occurrence) -> SymbolId {
        let scope = match self.declared(place.scope) {
            Some(true) => ScopeId::MODULE,
            Some(false) => self.tree.scope(place.scope).parent,
            None => place.scope,
        };
        let symbol = visible(self.tree, scope)
            .map(|scope| self.homes[scope.index()])
            .find(|symbol| *symbol != NOBODY)
            .unwrap_or(NOBODY);
        self.table.of_nodes[place.node.index()] = symbol;
        symbol
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
                AnyNodeRef::StmtTypeAlias(stmt) => Binding::Alias(stmt),
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
