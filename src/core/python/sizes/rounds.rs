//! How often loops run.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::{Evidence, Sight};
use crate::python::arrays::Array;
use crate::python::libraries::{Blocks, Entry};
use crate::python::loops::Loop;
use crate::python::uses::Use;

impl<'a> Sight<'_, 'a> {
    /// What shows that a loop runs often.
    pub(super) fn rounds(&mut self, around: Loop<'a>) -> Option<Evidence> {
        let (iter, target) = match around {
            Loop::For(stmt) => (&*stmt.iter, &*stmt.target),
            Loop::Clause { clause, .. } => (&clause.iter, &clause.target),
            Loop::While(stmt) => return self.while_rounds(stmt),
        };
        let found = self.items(iter).or_else(|| self.records(iter, target));
        found.or_else(|| {
            // A frame is gone through by its columns.
            let by_value = |kind| kind != Array::Frame;
            let passed = match iter {
                Expr::Call(call) => call.arguments.args.first(),
                _ => None,
            };
            let array = [Some(iter), passed]
                .into_iter()
                .flatten()
                .find(|values| self.facts.array(values).is_some_and(by_value))?;
            self.values(array)
        })
    }

    /// `for user in json.load(file): user["id"]`: a document that is a list of records, and no configuration.
    pub(super) fn records(&self, iter: &'a Expr, target: &'a Expr) -> Option<Evidence> {
        let facts = self.facts;
        let value = match iter {
            Expr::Name(_) => facts.only_value(iter)?,
            value => value,
        };
        let call = value.as_call_expr()?;
        let name = facts.name(&*call.func)?;
        let parses = matches!(name.as_str(), "json.load" | "json.loads");
        let symbol = facts.symbol(target.as_name_expr().filter(|_| parses)?)?;
        let is_record = facts.reads(symbol).any(|read| match facts.usage(read) {
            Use::Item(item) => item.slice.is_string_literal_expr(),
            Use::Method("get", _) => true,
            _ => false,
        });
        is_record.then(|| Self::evidence(call, "record of the document"))
    }

    pub(super) fn while_rounds(&mut self, stmt: &'a ast::StmtWhile) -> Option<Evidence> {
        self.once(stmt.range(), |sight| {
            sight.chunks(stmt).or_else(|| {
                let Expr::Compare(compare) = &*stmt.test else {
                    return None;
                };
                // `while i < len(xs)`
                let sides = std::iter::once(&*compare.left).chain(&compare.comparators);
                sides
                    .filter(|side| side.is_call_expr())
                    .find_map(|side| sight.count(side))
            })
        })
    }

    /// `while chunk := file.read(size)`
    pub(super) fn chunks(&self, stmt: &'a ast::StmtWhile) -> Option<Evidence> {
        self.facts.tree.descendants(stmt).find_map(|node| {
            let AnyNodeRef::ExprCall(call) = node else {
                return None;
            };
            let method = call.func.as_attribute_expr()?;
            if !matches!(
                method.attr.as_str(),
                "read" | "read1" | "readline" | "recv" | "recvfrom"
            ) {
                return None;
            }
            // Somebody types.
            if self.facts.is(&*method.value, "sys.stdin") {
                return None;
            }
            // `read(size - len(data))` asks for what a read left out: a few rounds at the most.
            let counts = call.arguments.args.iter().any(|arg| {
                self.facts.tree.descendants(arg).any(|node| {
                    matches!(node, AnyNodeRef::ExprCall(call) if self.facts.is(&*call.func, "builtins.len"))
                })
            });
            if counts {
                return None;
            }
            let reads = |entry: &Entry| entry.blocks(Blocks::File) || entry.blocks(Blocks::Socket);
            let waits = self.is_file(&method.value)
                || self.facts.knows(call).is_some_and(reads);
            let innermost = self.facts.in_loop(call)?;
            (waits && innermost.range() == stmt.range())
                .then(|| Self::evidence(call, "piece that is read"))
        })
    }
}
