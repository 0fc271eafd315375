//! What a loop walks over: whether anything can change it meanwhile, by whatever name and in whatever thread.

use ruff_python_ast::{AnyNodeRef, Expr, ExprContext};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::loops::Loop;
use super::tree::ScopeKind;
use super::types::Type;

impl<'a> Facts<'a> {
    /// Whether a loop takes all its items here and now. A generator that is handed on may be asked for them by code that changes what it
    /// walks over: `xs.extend(x for x in xs)`.
    pub fn runs_in_place(&self, around: Loop<'a>) -> bool {
        match around {
            Loop::Clause {
                comprehension: AnyNodeRef::ExprGenerator(generator),
                ..
            } => self
                .consumed_by(generator)
                .is_some_and(|(call, _)| call.func.is_name_expr()),
            _ => true,
        }
    }

    /// Whether nothing can change `source` while a loop walks over it, by whatever name: it cannot change at all, or only this function
    /// holds it and the loop leaves it alone.
    ///
    /// Stronger than [`Self::is_invariant`]: what belongs to an object or a module may be changed by another thread, too.
    pub fn is_steady(&self, source: &'a Expr, around: Loop<'a>) -> bool {
        let ty = self.ty(source);
        if matches!(
            ty,
            Type::Tuple(_) | Type::FrozenSet(_) | Type::Str | Type::Bytes | Type::Range
        ) || self.makes_new(source)
        {
            return true;
        }
        let own = self.tree.descendants(source).all(|node| match node {
            AnyNodeRef::ExprName(name) => self.symbol(name).is_none_or(|symbol| {
                self.tree.scope(symbol.scope).kind == ScopeKind::Function && !symbol.shared
            }),
            AnyNodeRef::ExprAttribute(attribute) => {
                matches!(self.tree.parent(attribute), Some(AnyNodeRef::ExprCall(call)) if call.func.range() == attribute.range())
            }
            // What lies in a container may have other names.
            AnyNodeRef::ExprSubscript(_) => false,
            // So may what a function gives: `globals()`, or the registry of a package.
            AnyNodeRef::ExprCall(call) => {
                let ty = self.ty(call);
                let view = matches!(ty, Type::DictView(_)) && call.func.is_attribute_expr();
                view || ty.is_hashable() || self.call_makes_new(call)
            }
            _ => true,
        });
        own && self.runs_in_place(around)
            && self.is_invariant(source, around)
            && !self.stores_in_unknown(around)
    }

    /// Whether a loop stores an item in an object of an unknown class, which may do anything then.
    fn stores_in_unknown(&self, around: Loop<'a>) -> bool {
        self.tree.descendants(around.node()).any(|node| match node {
            AnyNodeRef::ExprSubscript(item) if item.ctx != ExprContext::Load => {
                let ty = self.ty(&*item.value);
                !ty.is_mapping()
                    && !matches!(
                        ty,
                        Type::List(_) | Type::Deque(_) | Type::Bytearray | Type::DictView(_)
                    )
            }
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    /// Asks about the first loop or clause of a text.
    fn first_loop<T>(text: &str, ask: impl for<'a> Fn(&Facts<'a>, Loop<'a>) -> T) -> Option<T> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        let around = facts.tree.nodes().iter().find_map(|node| match node {
            AnyNodeRef::StmtFor(stmt) => Some(Loop::For(stmt)),
            AnyNodeRef::Comprehension(clause) => Some(Loop::Clause {
                comprehension: facts.tree.parent(*clause)?,
                clause,
            }),
            _ => None,
        })?;
        Some(ask(&facts, around))
    }

    #[test]
    fn a_generator_that_is_handed_on_runs_later() {
        let in_place = |text: &str| first_loop(text, |facts, around| facts.runs_in_place(around));
        assert_eq!(in_place("sum(x for x in xs)\n"), Some(true));
        assert_eq!(in_place("[x for x in xs]\n"), Some(true));
        assert_eq!(in_place("xs = []\nxs.extend(x for x in xs)\n"), Some(false));
        assert_eq!(in_place("f(x for x in xs)\n"), Some(false));
    }

    #[test]
    fn only_what_nobody_else_holds_is_steady() {
        let steady = |text: &str| {
            first_loop(text, |facts, around| {
                around
                    .iter()
                    .is_some_and(|iter| facts.is_steady(iter, around))
            })
        };
        let function = |body: &str| format!("def f(self, other):\n    d = {{}}\n    {body}\n");
        for body in [
            "for x in d: print(x)",
            "for x in (1, 2): other(x)",
            "for x in sorted(other): self.run(x)",
        ] {
            assert_eq!(steady(&function(body)), Some(true), "{body}");
        }
        for body in [
            "for x in d: d.pop(x)",
            "for x in self.items: print(x)",
            "for x in d[0]: print(x)",
            "for x in d: other[0] = x",
            "for x in vars(): y = x",
            "for x in globals().items(): y = x",
        ] {
            assert_eq!(steady(&function(body)), Some(false), "{body}");
        }
        assert_eq!(steady("d = {}\nfor x in d: print(x)\n"), Some(false));
    }
}
