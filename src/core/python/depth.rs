//! Refuses text that nests too deeply for the parser, before the parser sees it.
//!
//! The parser recurses on brackets and unary operators, and whoever visits or drops its tree recurses on every operator and call
//! of a chain: an overflow aborts the process. So the text is measured first. [`super::tree`] measures the tree again, exactly;
//! here it is enough that whatever passes fits into the stack of a worker thread.

/// Text up to this size cannot nest deep enough to overflow [`STACK_SIZE`]: a level takes one byte of text at least and about
/// a kilobyte of stack at most.
const HARMLESS: usize = 96 * 1024;

/// The stack, in bytes, that a thread must have to parse and check any text that [`too_deep`] lets through.
pub const STACK_SIZE: usize = 256 * 1024 * 1024;

/// More than any code that CPython compiles; see [`super::tree::MAX_DEPTH`].
const MAX_NESTING: usize = 10_000;

/// The offset at which `text` nests too deeply, if it does.
///
/// Counts what deepens the tree since the last comma, per open bracket, and adds up over the brackets that are open: an upper bound
/// of the depth, within a factor. Strings and comments are skipped.
pub fn too_deep(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if is_harmless(bytes) {
        return None;
    }
    // Depth gathered in each open bracket since its last comma, and the sum of all but the last.
    let mut frames: Vec<usize> = Vec::new();
    let (mut here, mut outer) = (0, 0);
    let mut i = 0;
    while let Some(byte) = bytes.get(i) {
        match CLASSES[usize::from(*byte)] {
            Class::Plain => {}
            Class::Deeper => here += 1,
            // `not`, `await`, `lambda`, `if`, `else`: words in a row.
            Class::Space => {
                here += usize::from(bytes.get(i + 1).is_some_and(u8::is_ascii_alphabetic))
            }
            Class::Open => {
                frames.push(here + 1);
                outer += here + 1;
                here = 0;
            }
            Class::Close => {
                if let Some(before) = frames.pop() {
                    outer -= before;
                    here = before;
                }
            }
            Class::Comma => here = 0,
            Class::LineEnd => {
                if frames.is_empty() {
                    here = 0;
                }
            }
            Class::Quote => {
                i = string_end(bytes, i);
                continue;
            }
            Class::Comment => {
                i += line_rest(bytes, i);
                continue;
            }
        }
        if outer + here > MAX_NESTING {
            return Some(i);
        }
        i += 1;
    }
    None
}

/// Whether even a text of which every byte deepens the tree would fit: what nearly all files are, and quick to tell, for most bytes
/// need no second look.
fn is_harmless(bytes: &[u8]) -> bool {
    if bytes.len() <= HARMLESS {
        return true;
    }
    // For each open bracket the bytes since its last comma, and the sum of all but the last, which begin at `start`.
    let mut frames: Vec<usize> = Vec::new();
    let (mut start, mut outer) = (0, 0);
    let mut i = 0;
    while let Some(byte) = bytes.get(i) {
        let class = CLASSES[usize::from(*byte)];
        if matches!(class, Class::Plain | Class::Deeper | Class::Space) {
            i += 1;
            continue;
        }
        if outer + (i - start) > HARMLESS {
            return false;
        }
        match class {
            Class::Open => {
                frames.push(i + 1 - start);
                outer += i + 1 - start;
                start = i + 1;
            }
            Class::Close => {
                if let Some(before) = frames.pop() {
                    outer -= before;
                    start = (i + 1).saturating_sub(before);
                }
            }
            Class::Comma => start = i + 1,
            Class::LineEnd if frames.is_empty() => start = i + 1,
            Class::Quote => {
                i = string_end(bytes, i);
                continue;
            }
            Class::Comment => {
                i += line_rest(bytes, i);
                continue;
            }
            _ => {}
        }
        i += 1;
    }
    outer + (bytes.len() - start) <= HARMLESS
}

/// How far the next line end is from `start`, or the end of the text.
fn line_rest(bytes: &[u8], start: usize) -> usize {
    let rest = &bytes[start..];
    memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}

#[derive(Clone, Copy)]
enum Class {
    Plain,
    Deeper,
    Space,
    Open,
    Close,
    Comma,
    LineEnd,
    Quote,
    Comment,
}

/// What each byte does to the depth: nearly all do nothing, and a table says so fastest.
const CLASSES: [Class; 256] = {
    let mut classes = [Class::Plain; 256];
    let groups: [(&[u8], Class); 8] = [
        (b"+-*/%@&|^~<>.=!:", Class::Deeper),
        (b" \t", Class::Space),
        (b"([{", Class::Open),
        (b")]}", Class::Close),
        (b",", Class::Comma),
        (b"\n", Class::LineEnd),
        (b"\"'", Class::Quote),
        (b"#", Class::Comment),
    ];
    let mut group = 0;
    while group < groups.len() {
        let (bytes, class) = groups[group];
        let mut i = 0;
        while i < bytes.len() {
            classes[bytes[i] as usize] = class;
            i += 1;
        }
        group += 1;
    }
    classes
};

/// The offset behind the string that starts at `start`, on whose quote it stands.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let triple = bytes.get(start + 1) == Some(&quote) && bytes.get(start + 2) == Some(&quote);
    let mut i = if triple { start + 3 } else { start + 1 };
    while let Some(rest) = bytes.get(i..) {
        let next = if triple {
            memchr::memchr2(quote, b'\\', rest)
        } else {
            memchr::memchr3(quote, b'\\', b'\n', rest)
        };
        let Some(next) = next else { break };
        i += next;
        match bytes[i] {
            b'\\' => i += 2,
            b'\n' => return i,
            _ if !triple => return i + 1,
            _ if bytes.get(i + 1) == Some(&quote) && bytes.get(i + 2) == Some(&quote) => {
                return i + 3;
            }
            _ => i += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_a_row_are_too_deep() {
        assert!(too_deep(&"[".repeat(100_000)).is_some());
        assert!(
            too_deep(&format!(
                "x = {}1{}",
                "(".repeat(100_000),
                ")".repeat(100_000)
            ))
            .is_some()
        );
    }

    #[test]
    fn chains_are_too_deep() {
        assert!(too_deep(&format!("x = 1{}", " + 1".repeat(100_000))).is_some());
        assert!(too_deep(&format!("x = f{}", "()".repeat(100_000))).is_some());
        assert!(too_deep(&format!("x = {}1", "-".repeat(100_000))).is_some());
        assert!(too_deep(&format!("x = {}y", "not ".repeat(100_000))).is_some());
    }

    #[test]
    fn long_flat_data_is_fine() {
        assert_eq!(
            too_deep(&format!("x = [{}]", "(1, -2), ".repeat(100_000))),
            None
        );
        assert_eq!(too_deep(&"x = a.b(c) + 1\n".repeat(100_000)), None);
        assert_eq!(
            too_deep(&format!("x = '''{}'''", "([".repeat(100_000))),
            None
        );
        assert_eq!(
            too_deep(&format!("# {}\nx = 1\n", "([".repeat(100_000))),
            None
        );
    }
}
