//! Comments by which an author told another linter that a line is meant as it stands.

use ruff_text_size::{Ranged, TextRange};

use super::facts::Facts;

impl Facts<'_> {
    /// Whether a comment on the lines of `place` waives one of `codes` of other linters by name: `# noqa: B019`,
    /// `# pylint: disable=method-cache-max-size-none`. A `noqa` for everything says nothing of any of them.
    pub fn is_waived(&self, place: TextRange, codes: &[&str]) -> bool {
        let lines = self.lines_of(place);
        self.comments()
            .iter()
            .filter(|comment| lines.contains_range(comment.range()))
            .any(|comment| {
                let text = self.text(comment);
                let is_waiver = ["noqa:", "pylint: disable", "pylint:disable", "ruff: noqa"]
                    .iter()
                    .any(|start| text.contains(start));
                is_waiver
                    && text
                        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
                        .any(|word| codes.contains(&word))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Source, Versions, parse};

    fn waived(text: &str) -> bool {
        let source = Source::module("example.py", text);
        let parsed = parse(&source).expect("the code parses");
        let facts = Facts::new(&source, &parsed, Versions::default()).expect("the code is flat");
        let first = parsed.syntax().body.first().expect("a statement");
        facts.is_waived(first.range(), &["B019", "method-cache-max-size-none"])
    }

    #[test]
    fn a_waiver_names_what_it_waives() {
        for (text, wanted) in [
            ("f()  # noqa: B019\n", true),
            ("f()  # noqa: E501,B019 -- one instance\n", true),
            ("f()  # pylint: disable=method-cache-max-size-none\n", true),
            ("f(\n    1,  # noqa: B019\n)\n", true),
            ("f()  # noqa\n", false),
            ("f()  # noqa: B0190\n", false),
            ("f()  # see B019\n", false),
            ("f()\ng()  # noqa: B019\n", false),
        ] {
            assert_eq!(waived(text), wanted, "{text}");
        }
    }
}
