//! Strings that are cut out of others, or decoded: new ones each time. Equal ones lie in memory side by side.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::symbols::{Binding, Symbol};
use super::types::Type;

/// Names that are followed one after the other.
const HOPS: u8 = 4;

impl<'a> Facts<'a> {
    /// Whether evaluating `expr` certainly gives a string that was cut out of a text for it, and not one that somebody else has as well.
    pub fn is_cut_out(&self, expr: &'a Expr) -> bool {
        self.is_cut_out_from(expr, 0)
    }

    fn is_cut_out_from(&self, expr: &'a Expr, hops: u8) -> bool {
        if hops > HOPS {
            return false;
        }
        match expr {
            Expr::Call(call) => {
                // `strip` and the like may give the string itself back.
                let method = call.func.as_attribute_expr();
                self.ty(expr).is_str()
                    && method.is_some_and(|method| match self.ty(&*method.value) {
                        Type::Bytes => true,
                        Type::Str => self.is_cut_out_from(&method.value, hops + 1),
                        _ => false,
                    })
            }
            Expr::Subscript(item) if item.slice.is_slice_expr() => self.ty(&*item.value).is_str(),
            Expr::Subscript(item) => self.are_cut_out(&item.value, hops),
            Expr::Name(name) => self.symbol(name).is_some_and(|symbol| {
                self.every_value(symbol, |value, is_item| match is_item {
                    true => self.are_cut_out(value, hops + 1),
                    false => self.is_cut_out_from(value, hops + 1),
                })
            }),
            _ => false,
        }
    }

    /// Whether an expression gives a list or tuple of such strings: `line.split()`.
    fn are_cut_out(&self, expr: &'a Expr, hops: u8) -> bool {
        match expr {
            Expr::Call(call) => {
                let receiver = call.func.as_attribute_expr();
                receiver.is_some_and(|method| self.ty(&*method.value).is_str())
                    && matches!(self.ty(expr), Type::List(element) | Type::Tuple(element) if element.is_str())
            }
            Expr::Name(name) if hops <= HOPS => self.symbol(name).is_some_and(|symbol| {
                self.every_value(symbol, |value, is_item| {
                    !is_item && self.are_cut_out(value, hops + 1)
                })
            }),
            _ => false,
        }
    }

    /// Whether all that a variable gets, as a whole or as one item of something, passes a test.
    fn every_value(&self, symbol: &Symbol<'a>, test: impl Fn(&'a Expr, bool) -> bool) -> bool {
        let mut values = self.bindings(symbol).zip(self.binding_nodes(symbol));
        !symbol.shared
            && values.all(|(binding, node)| match binding {
                Binding::Assign(stmt) => test(&stmt.value, false),
                Binding::Walrus(walrus) => test(&walrus.value, false),
                Binding::For(ast::StmtFor {
                    iter,
                    is_async: false,
                    ..
                }) => test(iter, true),
                Binding::Comprehension(clause) if !clause.is_async => test(&clause.iter, true),
                Binding::Unpacked => match self.tree.ancestors(node).nth(1) {
                    Some(AnyNodeRef::StmtAssign(stmt))
                        if stmt
                            .targets
                            .iter()
                            .any(|target| target.range().contains_range(node.range())) =>
                    {
                        test(&stmt.value, true)
                    }
                    _ => false,
                },
                _ => false,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    /// Whether the last statement of a text is such a string.
    fn is_new(text: &str) -> Option<bool> {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, Versions::default()).ok()?;
        let last = facts
            .tree
            .nodes()
            .iter()
            .rev()
            .find_map(|node| match node {
                AnyNodeRef::StmtExpr(stmt) => Some(&*stmt.value),
                _ => None,
            })?;
        Some(facts.is_cut_out(last))
    }

    #[test]
    fn what_is_cut_out_of_a_text_is_new() {
        for text in [
            "def f(line: str):\n    line[2:]\n",
            "def f(line: str):\n    line.split()[0]\n",
            "def f(line: str):\n    key, value = line.split('=')\n    key\n",
            "def f(line: str):\n    for part in line.split():\n        part\n",
            "def f(line: str):\n    parts = line.split()\n    parts[1]\n",
            "def f(line: bytes):\n    line.decode()\n",
        ] {
            assert_eq!(is_new(text), Some(true), "{text}");
        }
    }

    #[test]
    fn what_comes_from_elsewhere_is_not() {
        for text in [
            "def f(line: str):\n    line\n",
            "def f(line: str):\n    line.strip()\n",
            "def f(names: list[str]):\n    for name in names:\n        name\n",
            "def f(n: int):\n    f'{n}'\n",
            "def f(line):\n    key, value = line.split('=')\n    key\n",
            "def f(line: str):\n    key = 'a'\n    if line:\n        key = line[1:]\n    key\n",
        ] {
            assert_eq!(is_new(text), Some(false), "{text}");
        }
    }
}
