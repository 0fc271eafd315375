//! A text that is edited in place, and the positions that clients tell.
//!
//! **Invariant**: lines end where the protocol says and where `Source` says, which is the same: `\n`, `\r\n` and `\r`. No position
//! is wrong enough to panic: what lies past an end is at that end.

use gen_lsp_types::{Position, PositionEncodingKind, Range};

/// What the character of a position counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    #[default]
    Utf16,
    Utf32,
}

impl Encoding {
    /// The one that costs least among those that a client `offers`; UTF-16 where it offers none.
    pub fn best<'a>(offers: impl Iterator<Item = &'a str> + Clone) -> Self {
        let has = |name: &str| offers.clone().any(|offer| offer == name);
        match (has("utf-8"), has("utf-32")) {
            (true, _) => Self::Utf8,
            (_, true) => Self::Utf32,
            _ => Self::Utf16,
        }
    }

    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn width(self, char: char) -> usize {
        match self {
            Self::Utf8 => char.len_utf8(),
            Self::Utf16 => char.len_utf16(),
            Self::Utf32 => 1,
        }
    }

    fn length(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            _ if text.is_ascii() => text.len(),
            _ => text.chars().map(|char| self.width(char)).sum(),
        }
    }
}

/// A text with the places where its lines start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    text: String,
    /// Never empty: the first line starts at 0.
    starts: Vec<usize>,
}

impl Text {
    pub fn new(text: String) -> Self {
        let mut starts = vec![0];
        starts_in(&text, 0, &mut starts);
        Self { text, starts }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where `offset`, in bytes, is.
    pub fn position(&self, offset: usize, encoding: Encoding) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let before = self.text.get(self.starts[line]..offset);
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Position {
            line: count(line),
            character: count(encoding.length(before.unwrap_or_default())),
        }
    }

    /// The offset, in bytes, of `position`; within a character it is that of the character.
    pub fn offset(&self, position: Position, encoding: Encoding) -> usize {
        let Some(start) = self.starts.get(position.line as usize).copied() else {
            return self.text.len();
        };
        let end = self.starts.get(position.line as usize + 1);
        let line = self
            .text
            .get(start..end.copied().unwrap_or(self.text.len()));
        let line = line.unwrap_or_default().trim_end_matches(['\n', '\r']);
        let wanted = position.character as usize;
        if encoding == Encoding::Utf8 || line.is_ascii() {
            return start + line.floor_char_boundary(wanted);
        }
        let mut count = 0;
        for (at, char) in line.char_indices() {
            count += encoding.width(char);
            if count > wanted {
                return start + at;
            }
        }
        start + line.len()
    }

    /// Puts `new` in the place of `range`; ends that stand the wrong way round are taken the other way.
    pub fn replace(&mut self, range: Range, new: &str, encoding: Encoding) {
        let one = self.offset(range.start, encoding);
        let other = self.offset(range.end, encoding);
        let (start, end) = (one.min(other), one.max(other));
        self.text.replace_range(start..end, new);
        // A `\r` before the edit may have become part of a `\r\n`, or ceased to be: begin a line earlier.
        let first = self.starts.partition_point(|line| *line < start);
        let first = first.saturating_sub(2);
        let tail = self.starts.partition_point(|line| *line <= end + 1);
        let moved = |line: usize| line - end + start + new.len();
        let old_tail: Vec<usize> = self.starts.drain(tail..).map(moved).collect();
        self.starts.truncate(first + 1);
        let upto = old_tail.first().copied().unwrap_or(self.text.len());
        let begin = self.starts[first];
        let between = self.text.get(begin..upto).unwrap_or_default();
        starts_in(between, begin, &mut self.starts);
        if !old_tail.is_empty() && self.starts.last() == Some(&upto) {
            self.starts.pop();
        }
        self.starts.extend(old_tail);
    }
}

/// Adds where lines start in `text`, which begins at `base`, without its own beginning.
fn starts_in(text: &str, base: usize, starts: &mut Vec<usize>) {
    let bytes = text.as_bytes();
    for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
            continue;
        }
        starts.push(base + at + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn positions_count_what_was_agreed_on() {
        let text = Text::new("x\r\né = '𐐀' + y\rz\n".to_owned());
        let y = text.as_str().find('y').unwrap();
        for (encoding, character) in [
            (Encoding::Utf8, 14),
            (Encoding::Utf16, 11),
            (Encoding::Utf32, 10),
        ] {
            assert_eq!(text.position(y, encoding), at(1, character));
            assert_eq!(text.offset(at(1, character), encoding), y);
            assert_eq!(text.position(999, encoding), at(3, 0));
            assert_eq!(text.offset(at(9, 9), encoding), text.as_str().len());
            assert_eq!(text.offset(at(0, 9), encoding), 1);
        }
        // Between the halves of a surrogate pair.
        let inside = text.offset(at(1, 6), Encoding::Utf16);
        assert!(text.as_str()[inside..].starts_with('𐐀'));
    }

    #[test]
    fn lines_are_known_after_any_edit() {
        let pieces = [
            "", "a", "é", "𐐀", "\r", "\n", "\r\n", "\n\r", "x\ny", "\r\r\n",
        ];
        let mut seed = 7u64;
        let mut next = |below: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed % below.max(1) as u64) as usize
        };
        let mut text = Text::new(String::new());
        for _ in 0..20_000 {
            let count = text.starts.len();
            let place = |line: usize, character: usize| at(line as u32, character as u32);
            let start = place(next(count + 1), next(4));
            let end = place(start.line as usize + next(3), next(4));
            let new = pieces[next(pieces.len())].repeat(1 + next(2));
            let new = match text.as_str().len() > 60 {
                true => String::new(),
                false => new,
            };
            text.replace(Range { start, end }, &new, Encoding::Utf16);
            assert_eq!(text, Text::new(text.text.clone()));
        }
    }
}
