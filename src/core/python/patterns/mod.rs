//! Regular expressions as Python's `re` reads them: what a pattern is made of, as far as it is certain to compile.
//!
//! **Invariant**: a pattern that is parsed means to `re` what the tree says, for text in ASCII; whatever else there is, as looking
//! ahead, references to groups, word boundaries and anchors in the middle, is refused.

mod ambiguity;
mod syntax;

pub use ambiguity::Blowup;
pub use syntax::{PatternFlags, Regex};

/// The text that a pattern stands for, where it matches nothing but one text: no operator, and no escape but of punctuation.
pub fn plain_text(pattern: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => text.push(rest.next().filter(char::is_ascii_punctuation)?),
            '.' | '^' | '$' | '*' | '+' | '?' | '{' | '}' | '[' | ']' | '(' | ')' | '|' => {
                return None;
            }
            c => text.push(c),
        }
    }
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::plain_text;

    #[test]
    fn only_text_is_plain() {
        assert_eq!(plain_text("a b"), Some("a b".into()));
        assert_eq!(plain_text(r"\.py\\"), Some(r".py\".into()));
        for pattern in ["", "a.b", "a)b", r"\d", r"\", "a{", "^a", "a|b", r"\_"] {
            let escaped_underscore = pattern == r"\_";
            assert_eq!(
                plain_text(pattern).is_some(),
                escaped_underscore,
                "{pattern}"
            );
        }
    }
}
