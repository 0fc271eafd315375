//! Files that may be large, as the text shows: bytes of pictures and archives, what somebody sends, what is gone through line by line.
//!
//! **Invariant**: a guess by form. It decides what is reported unasked, never whether a finding is right.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::facts::Facts;
use super::symbols::Binding;

impl<'a> Facts<'a> {
    /// Whether the file at `path` that a call opens, or reads or writes as a whole, may be large: it holds bytes, is gone through in a
    /// loop, or somebody sent it.
    pub fn is_large_file(&self, call: &'a ast::ExprCall, path: &'a Expr) -> bool {
        self.holds_bytes(call, path) || self.is_gone_through(call) || self.was_sent(path, 0)
    }

    /// `open(path, "rb")`, `path.open("wb")`, `path.read_bytes()`
    fn holds_bytes(&self, call: &'a ast::ExprCall, path: &'a Expr) -> bool {
        let of_path = match &*call.func {
            Expr::Attribute(method) if method.value.range() == path.range() => Some(&*method.attr),
            _ => None,
        };
        let mode = call
            .arguments
            .find_argument_value("mode", usize::from(of_path.is_none()))
            .and_then(Expr::as_string_literal_expr);
        of_path.is_some_and(|name| name.ends_with("_bytes"))
            || mode.is_some_and(|mode| mode.value.to_str().contains('b'))
    }

    /// `with open(path) as file:` and a loop over the lines, or that reads or writes piece by piece.
    fn is_gone_through(&self, call: &'a ast::ExprCall) -> bool {
        let item = match self.tree.parent(call) {
            Some(AnyNodeRef::WithItem(item)) => item,
            Some(AnyNodeRef::StmtFor(stmt)) => return stmt.iter.range() == call.range(),
            Some(AnyNodeRef::Comprehension(clause)) => return clause.iter.range() == call.range(),
            _ => return false,
        };
        let name = item.optional_vars.as_deref().and_then(Expr::as_name_expr);
        let Some((symbol, block)) =
            (name.and_then(|name| self.symbol(name))).zip(self.tree.parent(item))
        else {
            return false;
        };
        self.reads(symbol).any(|file| {
            let is_items = match self.tree.parent(file) {
                Some(AnyNodeRef::StmtFor(stmt)) => stmt.iter.range() == file.range(),
                Some(AnyNodeRef::Comprehension(clause)) => clause.iter.range() == file.range(),
                _ => false,
            };
            let around = self.in_loop(file);
            is_items || around.is_some_and(|around| block.range().contains_range(around.range()))
        })
    }

    /// Whether a path is of what somebody sent: `process_uploaded_file(...)`, `upload_path`.
    fn was_sent(&self, path: &'a Expr, hops: u8) -> bool {
        let says = |name: &str| name.to_ascii_lowercase().contains("upload");
        self.tree.descendants(path).any(|node| match node {
            AnyNodeRef::ExprAttribute(part) => says(&part.attr),
            AnyNodeRef::ExprName(name) => {
                says(&name.id)
                    || hops < MAX_HOPS
                        && match self
                            .symbol(name)
                            .and_then(|symbol| self.only_binding(symbol))
                        {
                            Some(Binding::Assign(stmt)) => self.was_sent(&stmt.value, hops + 1),
                            Some(Binding::With(item, _)) => {
                                self.was_sent(&item.context_expr, hops + 1)
                            }
                            _ => false,
                        }
            }
            _ => false,
        })
    }
}

/// How many names are looked through.
const MAX_HOPS: u8 = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::facts::probe::probed;

    /// Whether what the last `open(path)` of a text opens, with `probe(path)` behind it, may be large.
    fn large(text: &str) -> bool {
        probed(&format!("{text}\nprobe(1)\n"), |facts, _| {
            let mut nodes = facts.tree.nodes().iter().rev();
            nodes
                .find_map(|node| match node {
                    AnyNodeRef::ExprCall(call) => match &*call.func {
                        Expr::Name(name) if name.id == "open" => {
                            Some(facts.is_large_file(call, call.arguments.args.first()?))
                        }
                        Expr::Attribute(method)
                            if matches!(&*method.attr, "open" | "read_bytes" | "read_text") =>
                        {
                            Some(facts.is_large_file(call, &method.value))
                        }
                        _ => None,
                    },
                    _ => None,
                })
                .expect("a file")
        })
    }

    #[test]
    fn bytes_loops_and_what_was_sent_may_be_large() {
        for (text, wanted) in [
            ("open(path, 'rb')", true),
            ("open(path, mode='wb')", true),
            ("path.open('rb')", true),
            ("path.read_bytes()", true),
            ("path.read_text()", false),
            ("open(path)", false),
            ("open(path, 'w')", false),
            (
                "with open(path) as file:\n    for line in file:\n        print(line)",
                true,
            ),
            (
                "with open(path, 'w') as file:\n    for line in lines:\n        file.write(line)",
                true,
            ),
            (
                "for path in paths:\n    with open(path) as file:\n        file.read()",
                false,
            ),
            ("for line in open(path):\n    print(line)", true),
            ("open(upload.path)", true),
            (
                "with process_uploaded_file(key) as path:\n    path.read_text()",
                true,
            ),
        ] {
            assert_eq!(large(text), wanted, "{text}");
        }
    }
}
