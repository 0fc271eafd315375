//! The signatures of builtins and the standard library, as typeshed's stubs declare them: a table that the build compiles.
//!
//! **Invariant**: nothing is read before it is asked for, and nothing is copied out: every answer is a number or a part of the table.

mod calls;
#[allow(
    dead_code,
    reason = "shared with the build, which needs other parts of it"
)]
mod format;
mod lowered;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use format::{MEMBER_RECORD, MODULE_RECORD, NONE, SECTIONS, Section, kind};

pub(super) use calls::Given;

/// The number of a class in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ClassId(u16);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TypeId(u16);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FunctionId(u16);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ModuleId(u16);

/// What a name in a module or class of the library stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member {
    Function(FunctionId),
    Class(ClassId),
    Module(ModuleId),
    /// A constant, an attribute or a property.
    Value(TypeId),
}

/// A member, and how it was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) member: Member,
    /// The class by whose name it was found.
    pub(super) class: Option<ClassId>,
}

/// The table; see `format.rs` for its layout.
pub(super) struct Table {
    sections: [&'static [u8]; SECTIONS],
}

static BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/typeshed.bin"));

static TABLE: LazyLock<Table> = LazyLock::new(|| Table {
    sections: std::array::from_fn(|i| {
        let number = |at: usize| {
            let bytes = BYTES.get(at..at + 4).and_then(|four| four.try_into().ok());
            u32::from_le_bytes(bytes.unwrap_or_default()) as usize
        };
        let (start, length) = (number(i * 8), number(i * 8 + 4));
        BYTES.get(start..start + length).unwrap_or_default()
    }),
});

/// Fields of a class's record.
#[derive(Clone, Copy)]
enum Field {
    Name,
    Parameters,
    Bases,
    BaseCount,
    Members,
    MemberCount,
    Constructor,
    Flags,
}

impl Table {
    pub(super) fn get() -> &'static Table {
        &TABLE
    }

    fn word(&self, section: Section, at: usize) -> u16 {
        let bytes = self.sections[section as usize].get(at * 2..at * 2 + 2);
        let two = bytes.and_then(|two| two.try_into().ok());
        u16::from_le_bytes(two.unwrap_or_default())
    }

    fn string_end(&self, at: usize) -> usize {
        let bytes = self.sections[Section::StringEnds as usize].get(at * 4..at * 4 + 4);
        let four = bytes.and_then(|four| four.try_into().ok());
        u32::from_le_bytes(four.unwrap_or_default()) as usize
    }

    fn string_bytes(&self, id: u16) -> &'static [u8] {
        let at = usize::from(id);
        let start = if at == 0 { 0 } else { self.string_end(at - 1) };
        let text = self.sections[Section::Text as usize];
        text.get(start..self.string_end(at)).unwrap_or_default()
    }

    fn string(&self, id: u16) -> &'static str {
        std::str::from_utf8(self.string_bytes(id)).unwrap_or_default()
    }

    /// The number of a string that the table has.
    fn string_id(&self, text: &str) -> Option<u16> {
        static IDS: LazyLock<FxHashMap<&'static str, u16>> = LazyLock::new(|| {
            let table = Table::get();
            let count = table.sections[Section::StringEnds as usize].len() / 4;
            let ids = 0..u16::try_from(count).unwrap_or(NONE);
            ids.map(|id| (table.string(id), id)).collect()
        });
        IDS.get(text).copied()
    }

    fn member_in(&self, start: u16, count: u16, name: u16) -> Option<Entry> {
        let start = usize::from(start);
        let word = |i: usize, field: usize| self.word(Section::Members, i * MEMBER_RECORD + field);
        let at = search(start, start + usize::from(count), |i| word(i, 0).cmp(&name))?;
        let (kind, id) = (word(at, 1), word(at, 2));
        let member = match kind {
            kind::FUNCTION => Member::Function(FunctionId(id)),
            kind::CLASS => Member::Class(ClassId(id)),
            kind::MODULE => Member::Module(ModuleId(id)),
            kind::VALUE => Member::Value(TypeId(id)),
            _ => return None,
        };
        Some(Entry {
            member,
            class: None,
        })
    }

    fn module(&self, name: &str) -> Option<ModuleId> {
        static MODULES: LazyLock<FxHashMap<&'static str, ModuleId>> = LazyLock::new(|| {
            let table = Table::get();
            let count = table.sections[Section::Modules as usize].len() / (MODULE_RECORD * 2);
            let modules = (0..count).filter_map(|at| {
                let name = table.word(Section::Modules, at * MODULE_RECORD);
                Some((table.string(name), ModuleId(u16::try_from(at).ok()?)))
            });
            modules.collect()
        });
        MODULES.get(name).copied()
    }

    /// Whether the table has a module of that name.
    pub(super) fn has_module(&self, name: &str) -> bool {
        self.module(name).is_some()
    }

    fn module_member(&self, module: ModuleId, name: &str) -> Option<Entry> {
        let at = usize::from(module.0) * MODULE_RECORD;
        let (start, count) = (
            self.word(Section::Modules, at + 1),
            self.word(Section::Modules, at + 2),
        );
        self.member_in(start, count, self.string_id(name)?)
    }

    fn class_field(&self, class: ClassId, field: Field) -> u16 {
        let at = usize::from(class.0) * format::CLASS_RECORD + field as usize;
        self.word(Section::Classes, at)
    }

    pub(super) fn class_name(&self, class: ClassId) -> &'static str {
        self.string(self.class_field(class, Field::Name))
    }

    pub(super) fn class_parameters(&self, class: ClassId) -> usize {
        usize::from(self.class_field(class, Field::Parameters))
    }

    pub(super) fn is_unhashable(&self, class: ClassId) -> bool {
        self.class_field(class, Field::Flags) & format::CLASS_UNHASHABLE != 0
    }

    /// Whether the class may have members that the table lacks.
    pub(super) fn is_partial(&self, class: ClassId) -> bool {
        self.class_field(class, Field::Flags) & format::CLASS_PARTIAL != 0
    }

    fn is_protocol(&self, class: ClassId) -> bool {
        self.class_field(class, Field::Flags) & format::CLASS_PROTOCOL != 0
    }

    fn constructor(&self, class: ClassId) -> Option<FunctionId> {
        let id = self.class_field(class, Field::Constructor);
        (id != NONE).then_some(FunctionId(id))
    }

    /// The classes above a class, nearest first, each as the type that says with which arguments.
    fn bases(&self, class: ClassId) -> impl Iterator<Item = (ClassId, TypeId)> + '_ {
        let start = usize::from(self.class_field(class, Field::Bases));
        let count = usize::from(self.class_field(class, Field::BaseCount));
        (start..start + count).map(|at| {
            let ty = TypeId(self.word(Section::Bases, at));
            (self.class_of_reference(ty), ty)
        })
    }

    fn own_member(&self, class: ClassId, name: u16) -> Option<Entry> {
        let start = self.class_field(class, Field::Members);
        self.member_in(start, self.class_field(class, Field::MemberCount), name)
    }

    /// A member of a class or of what it derives from; with the base that has it, as a type in terms of the class's parameters.
    fn class_member(&self, class: ClassId, name: &str) -> Option<(Entry, Option<TypeId>)> {
        let name = self.string_id(name)?;
        if let Some(entry) = self.own_member(class, name) {
            return Some((entry, None));
        }
        self.bases(class)
            .find_map(|(base, ty)| Some((self.own_member(base, name)?, Some(ty))))
    }

    /// What a qualified name stands for: `os.path.join`, `collections.OrderedDict`, `builtins.str.split`. Names behind a constant
    /// are left to who knows its type.
    pub(super) fn lookup(&self, name: &str) -> Option<Entry> {
        let mut segments = name.split('.');
        let mut module = self.module(segments.next()?)?;
        let mut class = None;
        let mut entry = None;
        for segment in segments {
            let found = match class {
                None => self.module_member(module, segment)?,
                Some(_) => Entry {
                    class,
                    ..self.class_member(class?, segment)?.0
                },
            };
            match found.member {
                Member::Module(inner) => module = inner,
                Member::Class(inner) => class = Some(inner),
                Member::Function(_) | Member::Value(_) => {}
            }
            // Only at the end.
            if matches!(
                entry,
                Some(Entry {
                    member: Member::Function(_) | Member::Value(_),
                    ..
                })
            ) {
                return None;
            }
            entry = Some(found);
        }
        entry
    }

    /// The class that a qualified name stands for.
    pub(super) fn class(&self, name: &str) -> Option<ClassId> {
        match self.lookup(name)?.member {
            Member::Class(class) => Some(class),
            _ => None,
        }
    }
}

/// Binary search by position.
fn search(
    mut low: usize,
    mut high: usize,
    compare: impl Fn(usize) -> std::cmp::Ordering,
) -> Option<usize> {
    while low < high {
        let middle = low + (high - low) / 2;
        match compare(middle) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Equal => return Some(middle),
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_behind_aliases_and_in_bases() {
        let table = Table::get();
        let is_function = |name: &str| {
            matches!(
                table.lookup(name),
                Some(Entry {
                    member: Member::Function(_),
                    ..
                })
            )
        };
        assert!(is_function("builtins.sorted"));
        assert!(is_function("os.path.join"));
        assert!(is_function("posixpath.join"));
        assert!(is_function("collections.OrderedDict.setdefault"));
        assert!(is_function("json.loads"));
        assert!(!is_function("json.nothing"));
        assert!(!is_function("nothing.at.all"));
        assert!(!is_function("os"));
        assert_eq!(table.class("typing.List"), table.class("builtins.list"));
        let stream = table
            .class("io.StringIO")
            .map(|class| table.class_name(class));
        assert_eq!(stream, Some("io.StringIO"));
    }

    #[test]
    fn the_table_stays_small() {
        assert!(BYTES.len() < 700_000, "{} bytes", BYTES.len());
    }
}
