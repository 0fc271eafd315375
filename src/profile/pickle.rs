//! The part of Python's pickle that line_profiler uses: values are built, classes are only named.
//!
//! Written here because readers that copy what is shared can be made to fill all memory by a few hundred bytes.

use super::object::{Arena, Bytes, Object, Ref};
use super::{Format, ProfileError};

/// Reads one object, protocols 2 to 5.
///
/// # Errors
/// When the bytes are no pickle, or have what no profile has.
pub fn load(bytes: &[u8]) -> Result<(Arena, Ref), ProfileError> {
    let mut machine = Machine {
        bytes: Bytes::new(bytes, Format::LineProfiler),
        arena: Arena::new(Format::LineProfiler),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: Vec::new(),
    };
    while machine.step()? {}
    let root = machine.pop()?;
    Ok((machine.arena, root))
}

struct Machine<'a> {
    bytes: Bytes<'a>,
    arena: Arena,
    stack: Vec<Ref>,
    marks: Vec<usize>,
    memo: Vec<Option<Ref>>,
}

impl Machine<'_> {
    /// Whether there is more to come.
    fn step(&mut self) -> Result<bool, ProfileError> {
        let object = match self.bytes.u8()? {
            b'.' => return Ok(false),
            0x80 => {
                self.bytes.u8()?;
                return Ok(true);
            }
            // A frame only says how much may be read ahead.
            0x95 => {
                self.bytes.i64()?;
                return Ok(true);
            }
            b'(' => {
                self.marks.push(self.stack.len());
                return Ok(true);
            }
            b'0' => {
                self.pop()?;
                return Ok(true);
            }
            0x94 => {
                let top = self.top()?;
                self.memo.push(Some(top));
                return Ok(true);
            }
            b'q' => {
                let index = usize::from(self.bytes.u8()?);
                return self.memoize(index);
            }
            b'r' => {
                let index = self.bytes.u32()? as usize;
                return self.memoize(index);
            }
            b'h' => {
                let index = usize::from(self.bytes.u8()?);
                return self.recall(index);
            }
            b'j' => {
                let index = self.bytes.u32()? as usize;
                return self.recall(index);
            }
            b'a' => {
                let item = self.pop()?;
                return self.extend(&[item]);
            }
            b'e' => {
                let items = self.marked()?;
                return self.extend(&items);
            }
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                return self.update(&[key, value]);
            }
            b'u' => {
                let items = self.marked()?;
                return self.update(&items);
            }
            b'b' => {
                let given = self.pop()?;
                let made = self.top()?;
                if let Some(Object::Made { state, .. }) = self.arena.get_mut(made) {
                    *state = Some(given);
                }
                return Ok(true);
            }
            // `NEWOBJ` and `REDUCE`: what a class makes of arguments, which stay unmade.
            0x81 | b'R' => {
                let arguments = self.pop()?;
                let class = self.pop()?;
                Object::Made {
                    class,
                    state: Some(arguments),
                }
            }
            b'N' => Object::None,
            0x88 => Object::Bool(true),
            0x89 => Object::Bool(false),
            b'K' => Object::Int(i64::from(self.bytes.u8()?)),
            b'M' => Object::Int(i64::from(self.bytes.u16()?)),
            b'J' => Object::Int(i64::from(self.bytes.i32()?)),
            0x8a => {
                let length = usize::from(self.bytes.u8()?);
                Object::Int(long(self.bytes.take(length)?))
            }
            b'G' => Object::Float(self.bytes.f64_big()?),
            0x8c | b'C' => {
                let length = usize::from(self.bytes.u8()?);
                self.bytes.text(length)?
            }
            b'X' | b'B' => {
                let length = self.bytes.length()?;
                self.bytes.text(length)?
            }
            0x8d => {
                let length = usize::try_from(self.bytes.i64()?).unwrap_or(usize::MAX);
                self.bytes.text(length)?
            }
            b'c' => {
                let module = String::from_utf8_lossy(self.bytes.line()?).into_owned();
                let name = String::from_utf8_lossy(self.bytes.line()?);
                Object::Global(format!("{module}.{name}").into())
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let name = [module, name].map(|part| self.arena.text(part).unwrap_or_default());
                Object::Global(name.join(".").into())
            }
            b')' | b']' | 0x8f => Object::Items(Vec::new()),
            b'}' => Object::Dict(Vec::new()),
            b't' => Object::Items(self.marked()?),
            tuple @ 0x85..=0x87 => {
                let count = usize::from(tuple - 0x84);
                let start = self.stack.len().checked_sub(count);
                Object::Items(
                    start
                        .map(|start| self.stack.split_off(start))
                        .ok_or_else(|| self.dry())?,
                )
            }
            other => {
                return Err(self.arena.broken(format_args!(
                    "an instruction {other:#x} that no profile has"
                )));
            }
        };
        let object = self.arena.add(object)?;
        self.stack.push(object);
        Ok(true)
    }

    fn dry(&self) -> ProfileError {
        self.arena.broken("it takes more than it has")
    }

    fn pop(&mut self) -> Result<Ref, ProfileError> {
        self.stack.pop().ok_or_else(|| self.dry())
    }

    fn top(&self) -> Result<Ref, ProfileError> {
        self.stack.last().copied().ok_or_else(|| self.dry())
    }

    /// What lies above the last mark.
    fn marked(&mut self) -> Result<Vec<Ref>, ProfileError> {
        match self.marks.pop() {
            Some(mark) if mark <= self.stack.len() => Ok(self.stack.split_off(mark)),
            _ => Err(self.dry()),
        }
    }

    fn memoize(&mut self, index: usize) -> Result<bool, ProfileError> {
        let top = self.top()?;
        // Writers number without gaps.
        if index > self.memo.len() {
            return Err(self.arena.broken("a memory with gaps"));
        }
        match self.memo.get_mut(index) {
            Some(known) => *known = Some(top),
            None => self.memo.push(Some(top)),
        }
        Ok(true)
    }

    fn recall(&mut self, index: usize) -> Result<bool, ProfileError> {
        let known = self.memo.get(index).copied().flatten();
        let known = known.ok_or_else(|| self.arena.broken("a reference to nothing"))?;
        self.stack.push(known);
        Ok(true)
    }

    fn extend(&mut self, more: &[Ref]) -> Result<bool, ProfileError> {
        let list = self.top()?;
        if let Some(Object::Items(items)) = self.arena.get_mut(list) {
            items.extend_from_slice(more);
        }
        Ok(true)
    }

    fn update(&mut self, more: &[Ref]) -> Result<bool, ProfileError> {
        let dict = self.top()?;
        if let Some(Object::Dict(pairs)) = self.arena.get_mut(dict) {
            pairs.extend(more.chunks_exact(2).map(|pair| (pair[0], pair[1])));
        }
        Ok(true)
    }
}

/// A number of any size, in two's complement; what does not fit is as large as can be.
fn long(bytes: &[u8]) -> i64 {
    let negative = bytes.last().is_some_and(|last| last & 0x80 != 0);
    let fill = if negative { 0xff } else { 0 };
    let Some((low, high)) = bytes.split_at_checked(8) else {
        let mut all = [fill; 8];
        all[..bytes.len()].copy_from_slice(bytes);
        return i64::from_le_bytes(all);
    };
    let low = i64::from_le_bytes(low.try_into().unwrap_or_default());
    match (
        high.iter().all(|byte| *byte == fill) && (low < 0) == negative,
        negative,
    ) {
        (true, _) => low,
        (false, true) => i64::MIN,
        (false, false) => i64::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_made_of_what_a_pickle_names() {
        // os.system("true")
        let (arena, root) = load(b"\x80\x04cos\nsystem\n\x8c\x04true\x85R.").unwrap();
        let Object::Made { class, .. } = arena.get(root) else {
            panic!("{:?}", arena.get(root));
        };
        assert_eq!(arena.text(*class), Some("os.system"));
    }

    #[test]
    fn what_is_shared_is_not_copied() {
        // [[], [x, x], [y, y], ...] forty times over: a copy would have 2^40 lists.
        let mut bytes = b"\x80\x04]\x94".to_vec();
        for level in 0..40u8 {
            bytes.extend([b']', 0x94, b'(', b'h', level, b'h', level, b'e']);
        }
        bytes.push(b'.');
        let (arena, root) = load(&bytes).unwrap();
        assert_eq!(arena.items(root).len(), 2);
    }

    #[test]
    fn numbers_of_any_size() {
        assert_eq!(long(b""), 0);
        assert_eq!(long(b"\xff"), -1);
        assert_eq!(long(b"\x00\xff"), -256);
        assert_eq!(long(&[1, 0, 0, 0, 0, 0, 0, 0, 1]), i64::MAX);
    }

    #[test]
    fn what_is_no_pickle_is_refused() {
        for wrong in [
            &b""[..],
            b"\x80",
            b"\x80\x04",
            b".",
            b"\x85.",
            b"e.",
            b"h\x07.",
            b"X\xff\xff\xff\xff",
            b"\x8d\xff\xff\xff\xff\xff\xff\xff\xff",
        ] {
            assert!(load(wrong).is_err(), "{wrong:?}");
        }
    }
}
