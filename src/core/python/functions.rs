//! What a function is: a generator or not, what runs when it is called, where its variables live.

use ruff_python_ast::{self as ast, AnyNodeRef};

use super::facts::Facts;
use super::symbols::Symbol;
use super::tree::ScopeKind;
use super::versions::PythonVersion;

impl<'a> Facts<'a> {
    /// Whether a function yields.
    pub fn is_generator(&self, def: &'a ast::StmtFunctionDef) -> bool {
        self.tree.scope_in(def).is_some_and(|scope| scope.yields)
    }

    /// The nodes of a function's body that run when it is called: inner functions and classes are left out.
    pub fn own_nodes(
        &self,
        def: &'a ast::StmtFunctionDef,
    ) -> impl Iterator<Item = AnyNodeRef<'a>> + '_ {
        let own = self.tree.id(def);
        self.tree.descendants(def).filter(move |node| {
            let around = self.tree.ancestors(*node).find(|outer| {
                matches!(
                    outer,
                    AnyNodeRef::StmtFunctionDef(_)
                        | AnyNodeRef::ExprLambda(_)
                        | AnyNodeRef::StmtClassDef(_)
                )
            });
            around.is_some_and(|around| self.tree.id(around) == own)
        })
    }

    /// Whether a symbol is a plain local variable of a function: it lives in a fast slot, seen by no inner function.
    pub fn is_fast_local(&self, symbol: &Symbol<'a>) -> bool {
        self.is_fast_local_on(symbol, self.python.oldest)
    }

    /// The same on one version of Python.
    pub fn is_fast_local_on(&self, symbol: &Symbol<'a>, python: PythonVersion) -> bool {
        // Before 3.12 a comprehension was a function of its own, and what it reads became a cell; a generator still is one.
        let inlined = |node: AnyNodeRef<'a>| {
            python >= PythonVersion::PY312 && !matches!(node, AnyNodeRef::ExprGenerator(_))
        };
        let scope = self.tree.scope(symbol.scope);
        let captured = symbol.reads.iter().chain(&symbol.bindings).any(|id| {
            let mut scope = self.tree.scope_of(self.tree.node(*id));
            while self.tree.scope(scope).kind == ScopeKind::Comprehension
                && inlined(self.tree.scope(scope).node)
            {
                scope = self.tree.scope(scope).parent;
            }
            let node = self.tree.node(*id);
            scope != symbol.scope && !matches!(node, AnyNodeRef::Parameter(_))
        });
        scope.kind == ScopeKind::Function && !symbol.shared && !captured
    }
}
