//! The text behind the tree: comments, parentheses, lines and indentation, for whoever edits it.

use ruff_python_ast::token::parenthesized_range;
use ruff_python_ast::{AnyNodeRef, ExprRef};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::facts::Facts;

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

    /// Whether a statement has its lines for itself: nothing but white space before it and nothing, not even a comment, behind.
    pub fn is_alone_on_its_lines(&self, stmt: impl Ranged) -> bool {
        let range = stmt.range();
        let lines = self.lines_of(range);
        let text = self.source.text();
        text[TextRange::new(lines.start(), range.start())]
            .trim()
            .is_empty()
            && text[TextRange::new(range.end(), lines.end())]
                .trim()
                .is_empty()
    }

    /// A name that nothing in the file uses: `wish`, or `wish_2`, `wish_3`.
    pub fn fresh_name(&self, wish: &str) -> String {
        let taken = |name: &str| {
            let text = self.source.text();
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

fn offset(at: usize) -> TextSize {
    // The parser refuses text that does not fit into 32 bits.
    TextSize::try_from(at).unwrap_or_default()
}
