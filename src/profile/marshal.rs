//! The part of Python's marshal that profiles use, for the versions of all Pythons.
//!
//! Written here because what there is reads more than data, or lacks types that Python 2 wrote.

use super::object::{Arena, Bytes, Object, Ref};
use super::{Format, ProfileError};

/// Containers in one another; profiles have four.
const MAX_DEPTH: usize = 64;
/// Set on what may be referred to later.
const FLAG_REF: u8 = 0x80;

/// Reads one object.
///
/// # Errors
/// When the bytes are no marshal, or have what no profile has.
pub fn load(bytes: &[u8]) -> Result<(Arena, Ref), ProfileError> {
    // Marshal does not tell who wrote it. The module `profile` leaves a code object in, whose parts differ by version.
    let mut layouts = CODE.iter().map(|layout| load_with(*layout, bytes));
    let first = layouts.next().unwrap_or(Err(ProfileError::Unknown));
    match first {
        Err(error) => layouts.find(Result::is_ok).unwrap_or(Err(error)),
        read => read,
    }
}

/// How a code object is laid out: numbers of four bytes, then objects, the first line, and objects again.
type Layout = (usize, usize, usize);

/// Of Python 3.11 and newer, 3.8 to 3.10, and before.
const CODE: [Layout; 3] = [(5, 8, 2), (6, 8, 1), (5, 8, 1)];

fn load_with(layout: Layout, bytes: &[u8]) -> Result<(Arena, Ref), ProfileError> {
    let mut reader = Reader {
        layout,
        bytes: Bytes::new(bytes, Format::Pstats),
        arena: Arena::new(Format::Pstats),
        refs: Vec::new(),
        strings: Vec::new(),
    };
    match reader.object(0)? {
        Some(root) => Ok((reader.arena, root)),
        None => Err(reader.arena.broken("it holds nothing")),
    }
}

struct Reader<'a> {
    layout: Layout,
    bytes: Bytes<'a>,
    arena: Arena,
    refs: Vec<Option<Ref>>,
    /// What Python 2 refers to with `R`.
    strings: Vec<Ref>,
}

impl Reader<'_> {
    /// `None` for the mark that ends a dict.
    fn object(&mut self, depth: usize) -> Result<Option<Ref>, ProfileError> {
        if depth > MAX_DEPTH {
            return Err(self.arena.broken("nested too deeply"));
        }
        let code = self.bytes.u8()?;
        // A place among the references is taken before what lies within is read.
        let slot = (code & FLAG_REF != 0).then(|| {
            self.refs.push(None);
            self.refs.len() - 1
        });
        let kind = code & !FLAG_REF;
        let object = match kind {
            b'0' => return Ok(None),
            b'r' => {
                let index = self.bytes.u32()? as usize;
                let known = self.refs.get(index).copied().flatten();
                return known
                    .map(Some)
                    .ok_or_else(|| self.arena.broken("a reference to nothing"));
            }
            b'R' => {
                let index = self.bytes.u32()? as usize;
                let known = self.strings.get(index).copied();
                return known
                    .map(Some)
                    .ok_or_else(|| self.arena.broken("a reference to nothing"));
            }
            b'N' => Object::None,
            b'T' => Object::Bool(true),
            b'F' => Object::Bool(false),
            b'S' | b'.' => Object::Other,
            b'i' => Object::Int(i64::from(self.bytes.i32()?)),
            b'I' => Object::Int(self.bytes.i64()?),
            b'l' => Object::Int(self.long()?),
            b'g' => Object::Float(self.bytes.f64()?),
            b'f' => {
                let length = usize::from(self.bytes.u8()?);
                let text = self.bytes.take(length)?;
                let number = std::str::from_utf8(text)
                    .ok()
                    .and_then(|text| text.parse().ok());
                Object::Float(number.ok_or_else(|| self.arena.broken("a number that is none"))?)
            }
            b's' | b'u' | b't' | b'a' | b'A' => {
                let length = self.bytes.length()?;
                self.bytes.text(length)?
            }
            b'z' | b'Z' => {
                let length = usize::from(self.bytes.u8()?);
                self.bytes.text(length)?
            }
            b')' => {
                let count = usize::from(self.bytes.u8()?);
                Object::Items(self.items(count, depth)?)
            }
            b'(' | b'[' | b'<' | b'>' => {
                let count = self.bytes.length()?;
                Object::Items(self.items(count, depth)?)
            }
            b'{' => Object::Dict(self.pairs(depth)?),
            b'c' => {
                let (numbers, before, after) = self.layout;
                self.bytes.take(4 * numbers)?;
                self.items(before, depth)?;
                self.bytes.take(4)?;
                self.items(after, depth)?;
                Object::Other
            }
            other => {
                let other = char::from(other);
                return Err(self.arena.broken(format_args!(
                    "objects of a kind {other:?} that no profile has"
                )));
            }
        };
        let object = self.arena.add(object)?;
        if let Some(known) = slot.and_then(|slot| self.refs.get_mut(slot)) {
            *known = Some(object);
        }
        if kind == b't' {
            self.strings.push(object);
        }
        Ok(Some(object))
    }

    fn items(&mut self, count: usize, depth: usize) -> Result<Vec<Ref>, ProfileError> {
        let mut items = Vec::new();
        for _ in 0..count {
            let item = self.object(depth + 1)?;
            items.push(item.ok_or_else(|| self.arena.broken("an end where none should be"))?);
        }
        Ok(items)
    }

    fn pairs(&mut self, depth: usize) -> Result<Vec<(Ref, Ref)>, ProfileError> {
        let mut pairs = Vec::new();
        while let Some(key) = self.object(depth + 1)? {
            let value = self.object(depth + 1)?;
            let value = value.ok_or_else(|| self.arena.broken("a key without a value"))?;
            pairs.push((key, value));
        }
        Ok(pairs)
    }

    /// Digits of 15 bits, the sign in their number; what does not fit is as large as can be.
    fn long(&mut self) -> Result<i64, ProfileError> {
        let count = self.bytes.i32()?;
        let mut value: i64 = 0;
        for place in 0..count.unsigned_abs() {
            let digit = i64::from(self.bytes.u16()?);
            let shifted = match place < 4 {
                true => digit << (15 * place),
                false if digit == 0 => 0,
                false => i64::MAX,
            };
            value = value.saturating_add(shifted);
        }
        Ok(if count < 0 {
            value.saturating_neg()
        } else {
            value
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_and_long_numbers() {
        // (1 << 40, "ab", "ab") of Python 3.11
        let bytes = b"\xa9\x03l\x03\x00\x00\x00\x00\x00\x00\x00\x00\x04\xda\x02abr\x01\x00\x00\x00";
        let (arena, root) = load(bytes).unwrap();
        let items = arena.items(root).to_vec();
        assert_eq!(arena.get(items[0]), &Object::Int(1 << 40));
        assert_eq!(arena.text(items[1]), Some("ab"));
        assert_eq!(items[1], items[2]);
    }

    #[test]
    fn what_is_no_marshal_is_refused() {
        let deep = [b')', 1].repeat(100_000);
        let wide = b"(\xff\xff\xff\x7fNNN";
        let itself = b"\xa9\x01r\x00\x00\x00\x00";
        for wrong in [
            &b""[..],
            b"{",
            b"x",
            b"i\x01",
            &deep,
            wide,
            itself,
            b"r\x00\x00\x00\x00",
        ] {
            assert!(load(wrong).is_err(), "{wrong:?}");
        }
    }
}
