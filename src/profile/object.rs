//! Python objects as bytes describe them: an arena, so that no depth and no sharing in the input costs stack or memory.

use std::sync::Arc;

use super::{Format, ProfileError};

/// Objects of one profile.
const MAX_OBJECTS: usize = 16_000_000;

/// An object of an [`Arena`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ref(u32);

/// What an object is, as far as profiles have it.
#[derive(Clone, Debug, PartialEq)]
pub enum Object {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Arc<str>),
    /// Tuples, lists and sets.
    Items(Vec<Ref>),
    Dict(Vec<(Ref, Ref)>),
    /// What a class or a call made: its name, and what it was given.
    Made {
        class: Ref,
        state: Option<Ref>,
    },
    /// The dotted name of a class or a function; nothing is imported.
    Global(Arc<str>),
    /// Something that no profile needs.
    Other,
}

/// The objects of one input.
#[derive(Debug)]
pub struct Arena {
    objects: Vec<Object>,
    format: Format,
}

impl Arena {
    pub fn new(format: Format) -> Self {
        Self {
            objects: Vec::new(),
            format,
        }
    }

    pub fn broken(&self, why: impl std::fmt::Display) -> ProfileError {
        ProfileError::broken(self.format, why)
    }

    /// # Errors
    /// When there are too many.
    pub fn add(&mut self, object: Object) -> Result<Ref, ProfileError> {
        if self.objects.len() >= MAX_OBJECTS {
            return Err(self.broken(format_args!("more than {MAX_OBJECTS} objects")));
        }
        let index = u32::try_from(self.objects.len()).unwrap_or(u32::MAX);
        self.objects.push(object);
        Ok(Ref(index))
    }

    pub fn get(&self, object: Ref) -> &Object {
        self.objects
            .get(object.0 as usize)
            .unwrap_or(&Object::Other)
    }

    pub fn get_mut(&mut self, object: Ref) -> Option<&mut Object> {
        self.objects.get_mut(object.0 as usize)
    }

    pub fn items(&self, object: Ref) -> &[Ref] {
        match self.get(object) {
            Object::Items(items) => items,
            _ => &[],
        }
    }

    pub fn dict(&self, object: Ref) -> &[(Ref, Ref)] {
        match self.get(object) {
            Object::Dict(pairs) => pairs,
            _ => &[],
        }
    }

    /// The value of `key` in a dict.
    pub fn value(&self, dict: Ref, key: &str) -> Option<Ref> {
        let pairs = self.dict(dict).iter();
        pairs
            .clone()
            .find(|(name, _)| self.text(*name) == Some(key))
            .map(|(_, value)| *value)
    }

    pub fn text(&self, object: Ref) -> Option<&str> {
        match self.get(object) {
            Object::Text(text) | Object::Global(text) => Some(text),
            _ => None,
        }
    }

    /// A number, whole or not.
    pub fn number(&self, object: Ref) -> Option<f64> {
        match self.get(object) {
            Object::Int(number) => Some(*number as f64),
            Object::Float(number) => Some(*number),
            Object::Bool(truth) => Some(f64::from(u8::from(*truth))),
            _ => None,
        }
    }

    /// A count, or the number of a line; 0 for what is negative or none.
    pub fn count(&self, object: Ref) -> u64 {
        match self.get(object) {
            Object::Int(number) => u64::try_from(*number).unwrap_or(0),
            _ => 0,
        }
    }

    pub fn line(&self, object: Ref) -> u32 {
        u32::try_from(self.count(object)).unwrap_or(0)
    }
}

/// Bytes, one after the other; whoever reads past their end is told.
#[derive(Debug)]
pub struct Bytes<'a> {
    rest: &'a [u8],
    format: Format,
}

impl<'a> Bytes<'a> {
    pub fn new(bytes: &'a [u8], format: Format) -> Self {
        Self {
            rest: bytes,
            format,
        }
    }

    /// # Errors
    /// When fewer are left.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], ProfileError> {
        match self.rest.split_at_checked(count) {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken)
            }
            None => Err(ProfileError::broken(self.format, "it ends too early")),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ProfileError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub fn u8(&mut self) -> Result<u8, ProfileError> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    pub fn u16(&mut self) -> Result<u16, ProfileError> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub fn u32(&mut self) -> Result<u32, ProfileError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub fn i32(&mut self) -> Result<i32, ProfileError> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    pub fn i64(&mut self) -> Result<i64, ProfileError> {
        Ok(i64::from_le_bytes(self.array()?))
    }

    pub fn f64(&mut self) -> Result<f64, ProfileError> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    pub fn f64_big(&mut self) -> Result<f64, ProfileError> {
        Ok(f64::from_be_bytes(self.array()?))
    }

    /// A length in four bytes, which cannot be more than what is left.
    pub fn length(&mut self) -> Result<usize, ProfileError> {
        let length = self.u32()? as usize;
        match length <= self.rest.len() {
            true => Ok(length),
            false => Err(ProfileError::broken(self.format, "a length beyond its end")),
        }
    }

    /// Everything up to the next line end, which is taken too.
    pub fn line(&mut self) -> Result<&'a [u8], ProfileError> {
        let end = memchr::memchr(b'\n', self.rest)
            .ok_or_else(|| ProfileError::broken(self.format, "it ends too early"))?;
        let line = self.take(end)?;
        self.take(1)?;
        Ok(line)
    }

    pub fn text(&mut self, length: usize) -> Result<Object, ProfileError> {
        let text = String::from_utf8_lossy(self.take(length)?);
        Ok(Object::Text(text.as_ref().into()))
    }
}
