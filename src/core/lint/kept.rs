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
