//! Refuses text that nests too deeply for the parser, before the parser sees it.
//!
//! The parser recurses on brackets and unary operators, and whoever visits or drops its tree recurses on every operator and call
//! of a chain: an overflow aborts the process. So the text is measured first. [`super::tree`] measures the tree again, exactly;
//! here it is enough that whatever passes fits into the stack of a worker thread.

/// Text up to this size cannot nest deep enough to overflow [`STACK_SIZE`]: a level takes one byte of text at least and about
/// a kilobyte of stack at most.
const HARMLESS: usize = 64 * 1024;

/// The stack, in bytes, that a thread must have to parse and check any text that [`too_deep`] lets through.
pub const STACK_SIZE: usize = 256 * 1024 * 1024;

/// More than any code that CPython compiles; see [`super::tree::MAX_DEPTH`].
const MAX_NESTING: usize = 10_000;

/// The offset at which `text` nests too deeply, if it does.
///
/// Counts what deepens the tree since the last comma, per open bracket, and adds up over the brackets that are open: an upper bound
/// of the depth, within a factor. Strings and comments are skipped.
pub fn too_deep(text: &str) -> Option<usize> {
    if text.len() <= HARMLESS {
        return None;
    }
    let bytes = text.as_bytes();
    // Depth gathered in each open bracket since its last comma, and the sum of all but the last.
    let mut frames: Vec<usize> = vec![0];
    let mut outer = 0;
    let mut i = 0;
    while i < bytes.len() {
        let byte = bytes[i];
        let mut deeper = 0;
        match byte {
            b'#' => {
                i += bytes[i..]
                    .iter()
                    .position(|b| *b == b'\n')
                    .unwrap_or(bytes.len() - i);
                continue;
            }
            b'"' | b'\'' => {
                i = string_end(bytes, i);
                continue;
            }
            b'(' | b'[' | b'{' => {
                let here = frames.last().copied().unwrap_or(0) + 1;
                outer += here;
                frames.push(0);
                if let Some(last) = frames.iter_mut().rev().nth(1) {
                    *last = here;
                }
            }
            b')' | b']' | b'}' => {
                if frames.len() > 1 {
                    frames.pop();
                    outer -= frames.last().copied().unwrap_or(0);
                }
            }
            b',' => {
                if let Some(last) = frames.last_mut() {
                    *last = 0;
                }
            }
            b'\n' if frames.len() == 1 => frames[0] = 0,
            b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^' | b'~' | b'<' | b'>'
            | b'.' | b'=' | b'!' | b':' => deeper = 1,
            // `not`, `await`, `lambda`, `if`, `else`: words in a row.
            b' ' | b'\t' if bytes.get(i + 1).is_some_and(u8::is_ascii_alphabetic) => deeper = 1,
            _ => {}
        }
        if deeper > 0
            && let Some(last) = frames.last_mut()
        {
            *last += deeper;
        }
        if outer + frames.last().copied().unwrap_or(0) > MAX_NESTING {
            return Some(i);
        }
        i += 1;
    }
    None
}

/// The offset behind the string that starts at `start`, on whose quote it stands.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let triple = bytes.get(start + 1) == Some(&quote) && bytes.get(start + 2) == Some(&quote);
    let mut i = if triple { start + 3 } else { start + 1 };
    while i < bytes.len() {
        match bytes[i] {
            b'\\' => i += 1,
            b'\n' if !triple => return i,
            byte if byte == quote => {
                if !triple {
                    return i + 1;
                }
                if bytes.get(i + 1) == Some(&quote) && bytes.get(i + 2) == Some(&quote) {
                    return i + 3;
                }
            }
            _ => {}
        }
        i += 1;
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
