//! The text behind the tree: comments, parentheses, lines and indentation, for whoever edits it.

use ruff_python_ast::token::parenthesized_range;
use ruff_python_ast::{AnyNodeRef, ExprRef};
use ruff_text_size::{Ranged, TextLen, TextRange, TextSize};

use super::blocks::function_around;
use super::facts::Facts;
use super::loops::Loop;

impl<'a> Facts<'a> {
    /// Whether a comment stands within `place`.
    pub fn has_comment(&self, place: impl Ranged) -> bool {
        self.comments().intersects(place.range())
    }

    /// The expression with all parentheses around it.
    pub fn parenthesized(&self, expr: impl Into<ExprRef<'a>>) -> TextRange {
        let expr: ExprRef<'a> = expr.into();
        match self.tree.parent(AnyNodeRef::from(expr)) {
            Some(parent) => parenthesized_range(expr, parent, self.tokens).unwrap_or(expr.range()),
            None => expr.range(),
        }
    }

    /// The line, or lines, that `place` stands on, with the final line end.
    pub fn lines_of(&self, place: impl Ranged) -> TextRange {
        let text = self.source.text();
        let (start, end) = (place.start().to_usize(), place.end().to_usize());
        let from = text[..start].rfind(['\n', '\r']).map_or(0, |i| i + 1);
        let to = match text[end..].find(['\n', '\r']) {
            Some(i) if text[end + i..].starts_with("\r\n") => end + i + 2,
            Some(i) => end + i + 1,
            None => text.len(),
        };
        TextRange::new(offset(from), offset(to))
    }

    /// The white space before the first token of the line that `place` starts on.
    pub fn indentation(&self, place: impl Ranged) -> &'a str {
        let line = &self.source.text()[self.lines_of(TextRange::empty(place.start()))];
        &line[..line.len() - line.trim_start_matches([' ', '\t', '\x0c']).len()]
    }

    /// The line end that the file uses.
    pub fn line_end(&self) -> &'static str {
        if self.source.text().contains("\r\n") {
            "\r\n"
        } else {
            "\n"
        }
    }

    /// The text of a place, to begin on a line with that indentation: the lines that follow keep their distance from the first.
    /// A string that runs over several lines keeps everything where it is.
    pub fn shifted(&self, place: impl Ranged, indentation: &str) -> String {
        let text = self.text(place.range());
        if !text.contains('\n') {
            return text.to_string();
        }
        let own = self.indentation(place.range());
        let tied = self.tree.nodes().iter().any(|node| {
            node.is_expression()
                && matches!(
                    node,
                    AnyNodeRef::ExprStringLiteral(_)
                        | AnyNodeRef::ExprBytesLiteral(_)
                        | AnyNodeRef::ExprFString(_)
                        | AnyNodeRef::ExprTString(_)
                )
                && place.range().contains_range(node.range())
                && TRIPLE.iter().any(|quotes| self.text(node).contains(quotes))
        });
        if tied {
            return text.to_string();
        }
        let lines = text.split_inclusive('\n').enumerate();
        let shifted = lines.map(|(i, line)| match line.strip_prefix(own) {
            Some(rest) if i > 0 => format!("{indentation}{rest}"),
            _ => line.to_string(),
        });
        shifted.collect()
    }

    /// Whether nothing but indentation stands before a statement on its line, and the line is not carried on from the one before.
    pub fn begins_its_line(&self, stmt: impl Ranged) -> bool {
        let above = &self.source.text()[..stmt.start().to_usize()];
        let start = above.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let (above, indentation) = above.split_at(start);
        let above = above.strip_suffix('\n').unwrap_or(above);
        let above = above.strip_suffix('\r').unwrap_or(above);
        indentation.trim().is_empty() && !above.ends_with('\\')
    }

    /// Whether a statement has its lines for itself: nothing but white space before it and nothing, not even a comment, behind.
    pub fn is_alone_on_its_lines(&self, stmt: impl Ranged) -> bool {
        let range = stmt.range();
        let lines = self.lines_of(range);
        let text = self.source.text();
        self.begins_its_line(range)
            && text[TextRange::new(range.end(), lines.end())]
                .trim()
                .is_empty()
    }

    /// A name that nothing in the file uses: `wish`, or `wish_2`, `wish_3`.
    pub fn fresh_name(&self, wish: &str) -> String {
        Self::name_not_in(wish, self.source.text())
    }

    /// A name for what a loop binds, which nothing in the same comprehension, or the same function, uses.
    pub fn fresh_target(&self, wish: &str, around: Loop<'a>) -> String {
        let region = match around {
            Loop::Clause { comprehension, .. } => comprehension.range(),
            _ => match function_around(&self.tree, around.node()) {
                Some(def) => def.range(),
                None => TextRange::up_to(self.source.text().text_len()),
            },
        };
        Self::name_not_in(wish, self.text(region))
    }

    fn name_not_in(wish: &str, text: &str) -> String {
        let taken = |name: &str| {
            text.match_indices(name).any(|(i, _)| {
                let word = |c: char| c.is_alphanumeric() || c == '_';
                !text[..i].ends_with(word) && !text[i + name.len()..].starts_with(word)
            })
        };
        let numbered = (2..).map(|n| format!("{wish}_{n}"));
        std::iter::once(wish.to_string())
            .chain(numbered)
            .find(|name| !taken(name))
            .unwrap_or_default()
    }
}

/// What opens a string that may run over several lines.
const TRIPLE: [&str; 2] = ["\"\"\"", "'''"];

fn offset(at: usize) -> TextSize {
    // The parser refuses text that does not fit into 32 bits.
    TextSize::try_from(at).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use ruff_python_ast::Stmt;

    use super::*;
    use crate::python::{Source, Versions, parse};

    /// The value of the first assignment, moved to an indentation of two.
    fn shifted(code: &str) -> String {
        let source = Source::module("example.py", code);
        let parsed = parse(&source).expect("the code parses");
        let facts = Facts::new(&source, &parsed, Versions::default()).expect("the code is flat");
        let assigned = facts.tree.nodes().iter().find_map(|node| match node {
            AnyNodeRef::StmtAssign(stmt) => Some(facts.shifted(&*stmt.value, "  ")),
            _ => None,
        });
        assert!(parsed.syntax().body.iter().all(Stmt::is_if_stmt));
        assigned.expect("an assignment")
    }

    /// Whether the second statement of a body begins its line.
    fn begins(code: &str) -> bool {
        let source = Source::module("example.py", code);
        let parsed = parse(&source).expect("the code parses");
        let facts = Facts::new(&source, &parsed, Versions::default()).expect("the code is flat");
        let stmt = parsed.syntax().body.get(1).expect("two statements");
        assert_eq!(
            facts.is_alone_on_its_lines(stmt),
            facts.begins_its_line(stmt)
        );
        facts.begins_its_line(stmt)
    }

    #[test]
    fn a_backslash_carries_a_line_on() {
        assert!(begins("a = 1\nb = 2\n"));
        assert!(begins("a = 1\r\nb = 2\r\n"));
        assert!(!begins("a = 1; b = 2\n"));
        assert!(!begins("a = 1\n\\\nb = 2\n"));
        assert!(!begins("a = 1\r\n\\\r\nb = 2\r\n"));
    }

    #[test]
    fn lines_keep_their_distance_and_strings_their_lines() {
        let call = "if a:\n    x = f(\n        1,\n\n    )\n";
        assert_eq!(shifted(call), "f(\n      1,\n\n  )");
        let text = "if a:\n    x = f(\n        '''b\n    c''')\n";
        assert_eq!(shifted(text), "f(\n        '''b\n    c''')");
    }
}
