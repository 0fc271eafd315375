//! GitHub's own fingerprint of a line: a rolling hash of the line and what follows it.
//!
//! Code scanning works the value out for itself and complains where another tool's differs, so this one has to agree to the digit.

use std::collections::HashMap;

use crate::report::Checked;

/// UTF-16 units that one hash looks at.
const WINDOW: usize = 100;
const FACTOR: u64 = 37;
/// What stands for the end of the file.
const END: u16 = u16::MAX;

/// The hashes of all lines of a file.
pub(super) struct LineHashes(Vec<String>);

impl LineHashes {
    pub fn of(file: &Checked) -> Self {
        // The lines of a notebook are those of its JSON, which no finding is about.
        let text = match file.origin.notebook {
            Some(_) => "",
            None => file.source.text(),
        };
        // Read as UTF-8, the mark is a character.
        let mark = file.origin.bom.then_some('\u{feff}');
        Self::new(mark.into_iter().chain(text.chars()))
    }

    fn new(text: impl Iterator<Item = char>) -> Self {
        let mut units = Vec::new();
        let mut starts = vec![0];
        let mut pair = [0; 2];
        let mut after_return = false;
        for char in text {
            let is_second = char == '\n' && after_return;
            after_return = char == '\r';
            match char {
                ' ' | '\t' => {}
                '\n' if is_second => {}
                '\r' | '\n' => {
                    units.push(u16::from(b'\n'));
                    starts.push(units.len());
                }
                char => units.extend_from_slice(char.encode_utf16(&mut pair)),
            }
        }
        units.push(END);
        let leaving = (0..WINDOW).fold(1_u64, |power, _| power.wrapping_mul(FACTOR));
        let unit = |at: usize| units.get(at).copied().map_or(0, u64::from);
        // The hash at a line's start is that of the whole window before its last unit: it rolls over what came before.
        let mut hash = 0_u64;
        let mut hashes = Vec::with_capacity(starts.len());
        let mut next = starts.iter().copied().peekable();
        for end in 0..units.len() + WINDOW {
            if end >= WINDOW && next.next_if_eq(&(end - WINDOW)).is_some() {
                hashes.push(hash);
            }
            let gone = if end >= WINDOW { unit(end - WINDOW) } else { 0 };
            hash = hash
                .wrapping_mul(FACTOR)
                .wrapping_add(unit(end))
                .wrapping_sub(leaving.wrapping_mul(gone));
        }
        let mut seen: HashMap<u64, usize> = HashMap::new();
        let numbered = hashes.into_iter().map(|hash| {
            let count = seen.entry(hash).or_default();
            *count += 1;
            format!("{hash:x}:{count}")
        });
        Self(numbered.collect())
    }

    /// The hash of a line, counted from 1.
    pub fn line(&self, row: usize) -> Option<&str> {
        self.0.get(row.checked_sub(1)?).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<String> {
        LineHashes::new(text.chars()).0
    }

    /// The values are those that GitHub's own action gives.
    #[test]
    fn agrees_with_github() {
        assert_eq!(hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            hashes(" a\nb\n  \t\tc\n d"),
            [
                "271789c17abda88f:1",
                "54703d4cd895b18:1",
                "180aee12dab6264:1",
                "a23a3dc5e078b07b:1"
            ]
        );
        let repeated = hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10));
        assert_eq!(
            repeated[5..8],
            [
                "a7f2ff13bc495cf2:6",
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1"
            ]
        );
        assert_eq!(
            repeated.last().map(String::as_str),
            Some("c129715d7a2bc9a3:1")
        );
    }

    #[test]
    fn line_ends_are_all_the_same() {
        let lines = |end: &str| hashes(&["a", "b", "", "c", ""].join(end));
        assert_eq!(lines("\n"), lines("\r\n"));
        assert_eq!(lines("\n"), lines("\r"));
        assert_eq!(lines("\n").len(), 5);
    }
}
