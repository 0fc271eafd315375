//! Code that runs once, whoever calls it: a variable of the module, or of a class, remembers that it did.

use ruff_python_ast::{self as ast, AnyNodeRef, CmpOp, Expr, UnaryOp};
use ruff_text_size::Ranged;

use super::blocks::{Leaves, function_around, leaves, siblings};
use super::facts::Facts;
use super::tree::ScopeKind;

impl<'a> Facts<'a> {
    /// Whether `node` runs no more once a variable is set that all share: `if CACHE is None: CACHE = read()`, and what stands behind
    /// `if CACHE is not None: return CACHE`.
    pub fn runs_once(&self, node: impl Into<AnyNodeRef<'a>>) -> bool {
        let mut inner: AnyNodeRef<'a> = node.into();
        let Some(def) = function_around(&self.tree, inner) else {
            return false;
        };
        let remembers = |test: &'a Expr, wanted: Told| {
            told(test)
                .is_some_and(|(place, told)| told == wanted && self.is_remembered_in(place, def))
        };
        while let Some(outer) = self.tree.parent(inner) {
            if let AnyNodeRef::StmtIf(branch) = outer
                && (branch.body.iter()).any(|stmt| stmt.range().contains_range(inner.range()))
                && remembers(&branch.test, Told::Unset)
            {
                return true;
            }
            if inner.is_statement() {
                let mut before = siblings(&self.tree, inner)
                    .iter()
                    .take_while(|other| other.start() < inner.start())
                    .filter_map(ast::Stmt::as_if_stmt);
                if before.any(|branch| {
                    leaves(&branch.body) == Some(Leaves::Function)
                        && remembers(&branch.test, Told::Set)
                }) {
                    return true;
                }
            }
            if outer.is_stmt_function_def() {
                return false;
            }
            inner = outer;
        }
        false
    }

    /// Whether a function sets a variable of the module, or an attribute of a class.
    fn is_remembered_in(&self, place: &'a Expr, def: &'a ast::StmtFunctionDef) -> bool {
        match place {
            Expr::Name(name) => self.symbol(name).is_some_and(|symbol| {
                self.tree.scope(symbol.scope).kind == ScopeKind::Module
                    && (self.binding_nodes(symbol))
                        .any(|bound| def.range().contains_range(bound.range()))
            }),
            Expr::Attribute(attribute) => {
                let of_class = self.is_class(&attribute.value)
                    || (attribute.value.as_name_expr()).is_some_and(|name| name.id == "cls");
                let text = self.text(attribute);
                of_class
                    && self.tree.descendants(def).any(|node| {
                        matches!(node, AnyNodeRef::ExprAttribute(set)
                            if !set.ctx.is_load() && self.text(set) == text)
                    })
            }
            _ => false,
        }
    }
}

/// What a test tells of a variable.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Set,
    Unset,
}

/// `x is None`, `not x`, `x is not None`, `x`
fn told(test: &Expr) -> Option<(&Expr, Told)> {
    match test {
        Expr::UnaryOp(op) if op.op == UnaryOp::Not => Some((&op.operand, Told::Unset)),
        Expr::Compare(compare) => match (&*compare.ops, &*compare.comparators) {
            ([CmpOp::Is], [Expr::NoneLiteral(_)]) => Some((&compare.left, Told::Unset)),
            ([CmpOp::IsNot], [Expr::NoneLiteral(_)]) => Some((&compare.left, Told::Set)),
            _ => None,
        },
        Expr::Name(_) | Expr::Attribute(_) => Some((test, Told::Set)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::python::facts::probe::probed;

    #[test]
    fn what_a_variable_remembers_runs_once() {
        for (body, wanted) in [
            (
                "def f():\n    global KEPT\n    if KEPT is None:\n        KEPT = probe(1)\n    return KEPT\n",
                true,
            ),
            (
                "async def f():\n    global KEPT\n    if KEPT is not None:\n        return KEPT\n    with lock:\n        KEPT = probe(1)\n    return KEPT\n",
                true,
            ),
            (
                "class C:\n    @classmethod\n    def f(cls):\n        if not cls.kept:\n            cls.kept = probe(1)\n        return cls.kept\n",
                true,
            ),
            // Once for each object.
            (
                "class C:\n    def f(self):\n        if not self.kept:\n            self.kept = probe(1)\n        return self.kept\n",
                false,
            ),
            // Nothing remembers it.
            (
                "def f():\n    if KEPT is None:\n        return probe(1)\n",
                false,
            ),
            (
                "def f():\n    KEPT = None\n    if KEPT is None:\n        KEPT = probe(1)\n",
                false,
            ),
            // It runs whenever it is set.
            (
                "def f():\n    global KEPT\n    if KEPT is not None:\n        KEPT = probe(1)\n",
                false,
            ),
            (
                "def f():\n    global KEPT\n    if KEPT:\n        print(KEPT)\n    KEPT = probe(1)\n",
                false,
            ),
        ] {
            let text = format!("KEPT = None\n{body}");
            let found = probed(&text, |facts, one| facts.runs_once(one));
            assert_eq!(found, wanted, "{text}");
        }
    }
}
