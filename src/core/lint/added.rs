//! What an assignment adds to what it makes longer, as text for another statement that does it in place.

use ruff_python_ast::{DictItem, Expr, ExprCall, Operator, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::Cx;
use crate::python::{Accumulation, Loop, Shape, merged, summands};

/// What is added, with its text.
#[derive(Clone, Debug)]
pub enum Added<'a> {
    /// `+ a + b`, `| a | b`: the text can stand behind `+=` or `|=`.
    Operands(Vec<&'a Expr>, String),
    /// `[*xs, a, b]`: the text is that of the items.
    Items(&'a [Expr], String),
    /// `{**d, k: v}`: the text is that of the pairs.
    Pairs(&'a [DictItem], String),
    /// `dict(d, k=v)`, `s.union(x)`: the text is that of the arguments.
    Arguments(&'a ExprCall, String),
}

impl<'a> Cx<'a> {
    /// What `found` adds behind what is there; `None` where it adds in front, or a comment or a parenthesis is in the way.
    pub fn added(&self, found: &Accumulation<'a>) -> Option<Added<'a>> {
        let value = found.value;
        if self.has_comment(found.stmt) {
            return None;
        }
        match found.shape {
            Shape::Prepended | Shape::Joined(_) => return None,
            Shape::Augmented => {
                let text = self.text(self.parenthesized(value)).to_string();
                return Some(Added::Operands(vec![value], text));
            }
            Shape::Appended | Shape::Chained | Shape::Merged => {}
        }
        let rest = |from: &dyn Ranged, to: TextRange| {
            self.text(TextRange::new(from.start(), to.end()))
                .to_string()
        };
        match value {
            Expr::BinOp(op) => {
                let parts = match op.op {
                    Operator::BitOr => merged(value),
                    _ => summands(value),
                };
                let (own, parts) = parts.split_first()?;
                // `(xs + a) + b`: the parentheses would lose their other half.
                let chain = std::iter::successors(Some(op), |op| op.left.as_bin_op_expr());
                let mut inner = chain.take(parts.len()).skip(1);
                let flat = inner.all(|op| self.parenthesized(op) == op.range())
                    && self.parenthesized(*own) == own.range();
                let first = self.parenthesized(*parts.first()?);
                let last = self.parenthesized(*parts.last()?);
                let text = rest(&first, last);
                // Behind `+=` no parenthesis allows another line.
                (flat && (parts.len() == 1 || !text.contains('\n')))
                    .then_some(Added::Operands(parts.to_vec(), text))
            }
            Expr::List(list) => self.items(&list.elts),
            Expr::Tuple(tuple) => self.items(&tuple.elts),
            Expr::Set(set) => self.items(&set.elts),
            Expr::Dict(dict) => {
                let pairs = dict.items.get(1..)?;
                let first = pairs.first()?;
                // The stars stand before the item.
                let (stars, first) = match &first.key {
                    Some(key) => ("", self.parenthesized(key)),
                    None => ("**", self.parenthesized(&first.value)),
                };
                let last = self.parenthesized(&pairs.last()?.value);
                Some(Added::Pairs(
                    pairs,
                    format!("{stars}{}", rest(&first, last)),
                ))
            }
            Expr::Call(call) => {
                let args = &call.arguments;
                let positional = args.args.iter().map(|arg| self.parenthesized(arg));
                let keywords = args.keywords.iter().map(|keyword| {
                    TextRange::new(keyword.start(), self.parenthesized(&keyword.value).end())
                });
                let mut all: Vec<TextRange> = positional.chain(keywords).collect();
                all.sort_by_key(Ranged::start);
                let own = usize::from(!call.func.is_attribute_expr());
                let (first, last) = (all.get(own)?, all.last()?);
                let text = self.text(TextRange::new(first.start(), last.end()));
                Some(Added::Arguments(call, text.to_string()))
            }
            _ => None,
        }
    }

    /// Whether `text`, in place of `found`, would leave a loop that does nothing but append, for which other rules know better.
    pub fn only_appends(&self, found: &Accumulation<'a>, text: &str) -> bool {
        let Loop::For(stmt) = found.around else {
            return false;
        };
        let (filtered, body) = match stmt.body.as_slice() {
            [Stmt::If(branch)] if branch.elif_else_clauses.is_empty() => (true, &branch.body),
            _ => (false, &stmt.body),
        };
        let alone = matches!(body.as_slice(), [only] if only.range() == found.stmt.range());
        let item = text
            .split_once(".append(")
            .and_then(|(_, item)| item.strip_suffix(')'));
        let copies = !filtered && item == Some(self.text(&*stmt.target));
        alone && item.is_some() && (copies || self.python().any_before(11))
    }

    fn items(&self, elts: &'a [Expr]) -> Option<Added<'a>> {
        let items = elts.get(1..)?;
        let (first, last) = (items.first()?, items.last()?);
        let range = TextRange::new(
            self.parenthesized(first).start(),
            self.parenthesized(last).end(),
        );
        Some(Added::Items(items, self.text(range).to_string()))
    }
}
