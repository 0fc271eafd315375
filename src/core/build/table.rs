//! The table while it is being made: pools in which everything is kept once, and how they are written down.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::hash::Hash;

use crate::format::{self, SECTIONS, Section, tag};

/// A type; its operands are numbers of the pool.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ty {
    /// A tag without operands.
    Plain(u16),
    /// A tag with one operand: an element, a result, or the number of a variable.
    One(u16, u16),
    Dict(u16, u16),
    Union(Vec<u16>),
    Positions(Vec<u16>),
    Class(u16, Vec<u16>),
    Strings(Vec<String>),
    Int(i16),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Overload {
    pub result: u16,
    /// `None` takes any arguments.
    pub parameters: Option<Vec<(u16, String, u16)>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Function {
    /// What the function's own type variables are where nothing binds them.
    pub variables: Vec<u16>,
    pub overloads: Vec<Overload>,
}

#[derive(Debug, Default)]
pub struct Class {
    pub name: String,
    pub parameters: usize,
    pub bases: Vec<u16>,
    pub members: Members,
    pub constructor: Option<u16>,
    pub flags: u16,
}

/// Kind with effects, and number, by name.
pub type Members = BTreeMap<String, (u16, u16)>;

/// Keeps each value once.
#[derive(Debug)]
pub struct Pool<T> {
    pub items: Vec<T>,
    numbers: HashMap<T, u16>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            numbers: HashMap::new(),
        }
    }
}

impl<T: Clone + Eq + Hash> Pool<T> {
    pub fn add(&mut self, item: T) -> u16 {
        if let Some(number) = self.numbers.get(&item) {
            return *number;
        }
        let number = u16::try_from(self.items.len()).expect("fewer than 65,536 of a kind");
        self.items.push(item.clone());
        self.numbers.insert(item, number);
        number
    }
}

#[derive(Debug, Default)]
pub struct Table {
    pub types: Pool<Ty>,
    pub functions: Pool<Function>,
    pub classes: Vec<Class>,
    pub modules: BTreeMap<String, Members>,
}

impl Table {
    /// The table as the reader expects it.
    pub fn bytes(&self) -> Result<Vec<u8>, Box<dyn Error>> {
        let mut strings: BTreeSet<&str> = BTreeSet::new();
        for ty in &self.types.items {
            if let Ty::Strings(texts) = ty {
                strings.extend(texts.iter().map(String::as_str));
            }
        }
        for overload in self.functions.items.iter().flat_map(|f| &f.overloads) {
            let parameters = overload.parameters.iter().flatten();
            strings.extend(parameters.map(|(_, name, _)| name.as_str()));
        }
        for class in &self.classes {
            strings.insert(&class.name);
            strings.extend(class.members.keys().map(String::as_str));
        }
        for (name, members) in &self.modules {
            strings.insert(name);
            strings.extend(members.keys().map(String::as_str));
        }
        let numbers: HashMap<&str, u16> = (0..).zip(&strings).map(|(i, s)| (*s, i)).collect();
        if numbers.len() != strings.len() || strings.len() >= usize::from(format::NONE) {
            return Err("too many strings".into());
        }
        let number = |text: &str| numbers.get(text).copied().unwrap_or(format::NONE);

        let mut sections: [Vec<u16>; SECTIONS] = Default::default();
        for ty in &self.types.items {
            let start = u16::try_from(sections[Section::TypeWords as usize].len())?;
            sections[Section::TypeStarts as usize].push(start);
            sections[Section::TypeWords as usize].extend(type_words(ty, &number)?);
        }
        for function in &self.functions.items {
            let start = u16::try_from(sections[Section::FunctionWords as usize].len())?;
            sections[Section::FunctionStarts as usize].push(start);
            sections[Section::FunctionWords as usize].extend(function_words(function, &number)?);
        }
        // Strings are sorted, so names in order are numbers in order.
        let put_members = |sections: &mut [Vec<u16>; SECTIONS], of: &Members| {
            let all = &mut sections[Section::Members as usize];
            let start = all.len() / format::MEMBER_RECORD;
            for (name, (kind, id)) in of {
                all.extend([number(name), *kind, *id]);
            }
            Ok::<_, Box<dyn Error>>([u16::try_from(start)?, u16::try_from(of.len())?])
        };
        for class in &self.classes {
            let [start, count] = put_members(&mut sections, &class.members)?;
            let record: [u16; format::CLASS_RECORD] = [
                number(&class.name),
                u16::try_from(class.parameters)?,
                u16::try_from(sections[Section::Bases as usize].len())?,
                u16::try_from(class.bases.len())?,
                start,
                count,
                class.constructor.unwrap_or(format::NONE),
                class.flags,
            ];
            sections[Section::Bases as usize].extend(&class.bases);
            sections[Section::Classes as usize].extend(record);
        }
        for (name, of) in &self.modules {
            let [start, count] = put_members(&mut sections, of)?;
            let record: [u16; format::MODULE_RECORD] = [number(name), start, count];
            sections[Section::Modules as usize].extend(record);
        }
        let words = sections
            .iter()
            .map(|words| words.iter().flat_map(|word| word.to_le_bytes()));
        let mut sections: Vec<Vec<u8>> = words.map(Iterator::collect).collect();
        for string in &strings {
            sections[Section::Text as usize].extend(string.as_bytes());
            let end = u32::try_from(sections[Section::Text as usize].len())?;
            sections[Section::StringEnds as usize].extend(end.to_le_bytes());
        }

        let mut bytes = Vec::new();
        let mut offset = SECTIONS * 8;
        for section in &sections {
            bytes.extend(u32::try_from(offset)?.to_le_bytes());
            bytes.extend(u32::try_from(section.len())?.to_le_bytes());
            offset += section.len();
        }
        bytes.extend(sections.iter().flatten());
        Ok(bytes)
    }
}

fn type_words(ty: &Ty, number: &impl Fn(&str) -> u16) -> Result<Vec<u16>, Box<dyn Error>> {
    let counted = |tag: u16, items: &[u16]| -> Result<Vec<u16>, Box<dyn Error>> {
        let mut words = vec![tag, u16::try_from(items.len())?];
        words.extend(items);
        Ok(words)
    };
    Ok(match ty {
        Ty::Plain(tag) => vec![*tag],
        Ty::One(tag, operand) => vec![*tag, *operand],
        Ty::Dict(key, value) => vec![tag::DICT, *key, *value],
        Ty::Union(parts) => counted(tag::UNION, parts)?,
        Ty::Positions(parts) => counted(tag::POSITIONS, parts)?,
        Ty::Class(class, args) => {
            let mut words = vec![tag::CLASS, *class, u16::try_from(args.len())?];
            words.extend(args);
            words
        }
        Ty::Strings(texts) => {
            let numbers: Vec<u16> = texts.iter().map(|text| number(text)).collect();
            counted(tag::LITERAL_STR, &numbers)?
        }
        Ty::Int(int) => vec![tag::LITERAL_INT, u16::from_le_bytes(int.to_le_bytes())],
    })
}

fn function_words(
    function: &Function,
    number: &impl Fn(&str) -> u16,
) -> Result<Vec<u16>, Box<dyn Error>> {
    let mut words = vec![u16::try_from(function.variables.len())?];
    words.extend(&function.variables);
    words.push(u16::try_from(function.overloads.len())?);
    for overload in &function.overloads {
        words.push(overload.result);
        match &overload.parameters {
            None => words.push(format::PARAMETERS_ANY),
            Some(parameters) => {
                words.push(u16::try_from(parameters.len())?);
                for (kind, name, ty) in parameters {
                    words.extend([*kind, number(name), *ty]);
                }
            }
        }
    }
    Ok(words)
}
