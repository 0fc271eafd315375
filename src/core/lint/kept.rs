//! Comments that a fix must not lose.

use super::{Cx, Fix};

impl Cx<'_> {
    /// Whether a comment that stands where `fix` edits the text is not in the text that it puts there.
    ///
    /// A last look, so that no rule has to be trusted with it: the finding stays, without the fix.
    pub fn loses_comment(&self, fix: &Fix) -> bool {
        let comments = self.comments();
        if comments.is_empty() {
            return false;
        }
        let edited = |place| {
            fix.edits
                .iter()
                .any(|edit| edit.range.contains_range(place))
        };
        let mut lost = comments.iter().filter(|comment| edited(**comment));
        // Two comments of the same text need two places.
        let count = |text: &str, within: &str| within.matches(text).count();
        lost.any(|comment| {
            let text = self.text(comment).trim_end();
            let before: usize = fix
                .edits
                .iter()
                .map(|edit| count(text, self.text(edit.range)))
                .sum();
            let after: usize = fix.edits.iter().map(|edit| count(text, &edit.text)).sum();
            after < before
        })
    }
}

#[cfg(test)]
mod tests {
    use ruff_text_size::{TextRange, TextSize};

    use super::*;
    use crate::lint::Edit;
    use crate::python::{Facts, Source, Versions, parse};

    const CODE: &str = "a = f(  # first\n    1,\n)  # second\n";

    fn loses(edits: Vec<Edit>) -> bool {
        let source = Source::module("example.py", CODE);
        let parsed = parse(&source).expect("the code parses");
        let facts = Facts::new(&source, &parsed, Versions::default()).expect("the code is flat");
        Cx::new(facts).loses_comment(&Fix::safe("", edits))
    }

    fn replace(part: &str, text: &str) -> Edit {
        let start = TextSize::try_from(CODE.find(part).unwrap()).unwrap();
        Edit::replace(
            TextRange::at(start, TextSize::try_from(part.len()).unwrap()),
            text,
        )
    }

    #[test]
    fn what_is_edited_away_has_to_come_back() {
        assert!(!loses(vec![replace("1,", "2,")]));
        assert!(loses(vec![replace("f(  # first\n    1,\n)", "2")]));
        assert!(!loses(vec![replace(
            "f(  # first\n    1,\n)",
            "2  # first\n"
        )]));
        // One edit may bring what another takes.
        let moved = vec![replace("  # first\n    1", "1"), replace(")", ")  # first")];
        assert!(!loses(moved));
        assert!(loses(vec![replace("  # second", "  # first")]));
    }
}
