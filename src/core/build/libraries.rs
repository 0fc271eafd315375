//! Reads what is known of libraries from `libraries/*.toml`, checks it, and writes it down as a table of Rust.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::effects::{Blocks, Builds, Does};
use crate::format::kind;
use crate::pattern::{PRELUDE, expanded};
use crate::stubs::{Def, Stubs};
use crate::table::{Table, Ty};

/// One file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Library {
    /// Classes and signatures by module, as the text of a stub.
    #[serde(default)]
    stubs: BTreeMap<String, String>,
    #[serde(default)]
    calls: Vec<Calls>,
    #[serde(default)]
    sizes: Vec<Sizes>,
}

/// What certain calls give many of, or what iterating over certain classes does.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sizes {
    /// Qualified names, as in [`Calls::of`]; `a.C.__iter__` is whatever goes over a `C`.
    of: Vec<String>,
    /// What there is one item for, so that there are as many as the data have: "line of the file".
    each: String,
    /// Whether what is called gives an array or a frame that is as long: whoever goes over a frame gets its columns.
    #[serde(default)]
    arrays: bool,
    /// Methods whose names tell enough where the class of the object is not known: nothing else has a method of that name.
    #[serde(default)]
    peculiar: Vec<String>,
}

/// What calling certain things does.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Calls {
    /// Qualified names; `a.{b,c}` is `a.b` and `a.c`.
    of: Vec<String>,
    #[serde(default)]
    blocks: Vec<String>,
    #[serde(default)]
    builds: Vec<String>,
    #[serde(default)]
    does: Vec<String>,
    /// What to await instead.
    #[serde(default, rename = "async")]
    awaited: String,
    /// What does the same for many at once.
    #[serde(default)]
    batched: String,
}

impl Calls {
    fn effects(&self) -> Result<u64, String> {
        let of = self.of.join(", ");
        let mut effects = 0;
        for word in &self.blocks {
            let known = Blocks::ALL.iter().find(|known| known.text() == word);
            effects |= *known.ok_or_else(|| format!("{of}: nothing blocks for `{word}`"))? as u64;
        }
        for word in &self.builds {
            let known = Builds::ALL.iter().find(|known| known.text() == word);
            effects |= *known.ok_or_else(|| format!("{of}: nothing builds a `{word}`"))? as u64;
        }
        for word in &self.does {
            let known = Does::ALL.iter().find(|known| known.text() == word);
            effects |= *known.ok_or_else(|| format!("{of}: nothing does `{word}`"))? as u64;
        }
        if effects == 0 {
            return Err(format!("{of}: nothing is said of it"));
        }
        Ok(effects)
    }
}

/// One name with what its call does.
struct Entry {
    effects: u64,
    awaited: String,
    batched: String,
    file: PathBuf,
}

/// What was read, before the stubs are compiled.
pub struct Libraries {
    entries: BTreeMap<String, Entry>,
    /// What there is one item for, whether an array or a frame has so many, and the file that says so.
    sizes: BTreeMap<String, (String, bool, PathBuf)>,
    /// The same by the names of methods.
    peculiar: BTreeMap<String, String>,
}

impl Libraries {
    /// Reads all files of `folder`, and adds the classes that they declare to `stubs`.
    ///
    /// # Errors
    /// A file that is no TOML, has an unknown key or effect, a stub that is no Python, or says something twice.
    pub fn read(folder: &Path, stubs: &mut Stubs) -> Result<Self, Box<dyn Error>> {
        let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
        let mut all_sizes: BTreeMap<String, (String, bool, PathBuf)> = BTreeMap::new();
        let mut peculiar: BTreeMap<String, String> = BTreeMap::new();
        let mut files: Vec<PathBuf> = fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<_, std::io::Error>>()?;
        files.retain(|file| {
            file.extension()
                .is_some_and(|extension| extension == "toml")
        });
        files.sort();
        for file in files {
            let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
            let library: Library =
                toml::from_str(&fs::read_to_string(&file)?).map_err(|error| wrong(&error))?;
            for (module, text) in &library.stubs {
                let text = format!("{PRELUDE}\n{text}");
                let added = stubs.add(module, &text);
                added.map_err(|error| wrong(&format!("stub of {module}: {error}")))?;
            }
            for calls in &library.calls {
                let effects = calls.effects().map_err(|error| wrong(&error))?;
                for name in calls.of.iter().flat_map(|pattern| expanded(pattern)) {
                    let entry = Entry {
                        effects,
                        awaited: calls.awaited.clone(),
                        batched: calls.batched.clone(),
                        file: file.clone(),
                    };
                    if let Some(before) = entries.insert(name.clone(), entry) {
                        let before = before.file.display();
                        return Err(wrong(&format!("{name} is told twice, see {before}")).into());
                    }
                }
            }
            for sizes in &library.sizes {
                let methods = sizes.peculiar.iter();
                peculiar.extend(methods.map(|method| (method.clone(), sizes.each.clone())));
                for name in sizes.of.iter().flat_map(|pattern| expanded(pattern)) {
                    let told = (sizes.each.clone(), sizes.arrays, file.clone());
                    if let Some((_, _, before)) = all_sizes.insert(name.clone(), told) {
                        let before = before.display();
                        return Err(wrong(&format!("{name} is told twice, see {before}")).into());
                    }
                }
            }
        }
        stubs.add_packages();
        Ok(Self {
            entries,
            sizes: all_sizes,
            peculiar,
        })
    }

    /// The table as Rust, sorted by the last part of the name, then by the name.
    ///
    /// # Errors
    /// A name that no stub has.
    pub fn lines(&self, stubs: &Stubs, table: &Table) -> Result<String, Box<dyn Error>> {
        let names = Names {
            stubs,
            table,
            homes: homes(stubs),
            heirs: heirs(table),
        };
        let entries = self.entries.iter();
        let known = names.spread(entries.map(|(name, entry)| (&**name, entry, &entry.file)))?;
        let sizes = self.sizes.iter();
        let sizes = sizes.map(|(name, (each, arrays, file))| (&**name, (&**each, *arrays), file));
        let sizes = names.spread(sizes)?;
        let roots: BTreeSet<&str> = known.keys().map(|(_, name)| root(name)).collect();
        let numbers: HashMap<&str, usize> = (0..).zip(&roots).map(|(i, root)| (*root, i)).collect();
        if roots.len() > 256 {
            return Err("more than 256 libraries".into());
        }
        let mut lines = String::new();
        writeln!(
            lines,
            "static ROOTS: &[&str] = &{:?};",
            roots.iter().collect::<Vec<_>>()
        )?;
        writeln!(lines, "static ENTRIES: &[Entry] = &[")?;
        for ((_, name), entry) in &known {
            writeln!(
                lines,
                "    Entry {{ name: {name:?}, effects: Effects({}), awaited: {:?}, batched: {:?}, root: {} }},",
                entry.effects,
                entry.awaited,
                entry.batched,
                numbers[root(name)]
            )?;
        }
        writeln!(lines, "];")?;
        let listed = |arrays: bool| -> Vec<(&str, &str)> {
            let mut listed: Vec<_> = (sizes.iter())
                .filter(|(_, (_, of_arrays))| *of_arrays == arrays)
                .map(|((_, name), (each, _))| (name.as_str(), *each))
                .collect();
            listed.sort_unstable();
            listed
        };
        let peculiar: Vec<_> = self.peculiar.iter().collect();
        writeln!(lines, "static PECULIAR: &[(&str, &str)] = &{peculiar:?};")?;
        writeln!(
            lines,
            "static SIZES: &[(&str, &str)] = &{:?};",
            listed(false)
        )?;
        writeln!(
            lines,
            "static ARRAY_SIZES: &[(&str, &str)] = &{:?};",
            listed(true)
        )?;
        Ok(lines)
    }
}

/// Where the names of things lead.
struct Names<'t> {
    stubs: &'t Stubs,
    table: &'t Table,
    homes: HashMap<(&'static str, &'static str), Vec<String>>,
    heirs: HashMap<u16, Vec<u16>>,
}

impl Names<'_> {
    /// What is said of each name, for all names that the thing goes by, by the last part of the name and the name. `told` are names,
    /// what is said of them, and where.
    fn spread<'e, T: Copy>(
        &self,
        told: impl Iterator<Item = (&'e str, T, &'e PathBuf)> + Clone,
    ) -> Result<BTreeMap<(String, String), T>, Box<dyn Error>> {
        let own: BTreeSet<&str> = told.clone().map(|(name, ..)| name).collect();
        let mut known: BTreeMap<(String, String), T> = BTreeMap::new();
        let mut add = |name: &str, entry: T, inherited: bool| {
            let last = name.rsplit('.').next().unwrap_or(name).to_owned();
            let slot = known.entry((last, name.to_owned()));
            if inherited {
                slot.or_insert(entry);
            } else {
                *slot.or_insert(entry) = entry;
            }
        };
        let mut missing: Vec<String> = Vec::new();
        for (name, entry, file) in told {
            let Some(found) = resolved(self.stubs, self.table, name) else {
                missing.push(format!("{}: no stub has {name}", file.display()));
                continue;
            };
            match found {
                Found::Global(module, member) => {
                    add(name, entry, false);
                    // The same under other names: `requests.get` is `requests.api.get`.
                    let module = (self.stubs.modules)
                        .get_key_value(module)
                        .map(|(module, _)| *module);
                    let home = module.and_then(|module| self.stubs.resolve(module, member));
                    let same = home.and_then(|(home, own, _)| self.homes.get(&(home, own)));
                    for other in same.into_iter().flatten() {
                        add(other, entry, true);
                    }
                }
                Found::Method(class, member) => {
                    let owner = &self.table.classes[usize::from(class)].name;
                    add(&format!("{owner}.{member}"), entry, false);
                    for heir in self.heirs.get(&class).into_iter().flatten() {
                        let heir = &self.table.classes[usize::from(*heir)];
                        let overridden = own.contains(&*format!("{}.{member}", heir.name))
                            || heir.members.contains_key(member);
                        if !overridden {
                            add(&format!("{}.{member}", heir.name), entry, true);
                        }
                    }
                }
                Found::FileMethod => add(name, entry, false),
            }
        }
        match missing.is_empty() {
            true => Ok(known),
            false => Err(missing.join("; ").into()),
        }
    }
}

fn root(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// What a qualified name stands for.
enum Found<'n, 't> {
    Global(&'t str, &'n str),
    Method(u16, &'n str),
    /// A method of what `open` gives, whose class goes by a name of its own.
    FileMethod,
}

fn resolved<'n, 't>(stubs: &Stubs, table: &'t Table, name: &'n str) -> Option<Found<'n, 't>> {
    let (path, last) = name.rsplit_once('.')?;
    if path == "io.IOBase" {
        return Some(Found::FileMethod);
    }
    if let Some((module, members)) = table.modules.get_key_value(path) {
        let is_there = match members.get(last) {
            Some((kind, _)) => *kind != kind::MODULE,
            // Too hard for the table of types, and there all the same: `open = TarFile.open`.
            None => (stubs.modules.get(path)).is_some_and(|names| names.defs.contains_key(last)),
        };
        return is_there.then_some(Found::Global(module, last));
    }
    let class = match path.rsplit_once('.') {
        Some((module, class)) => table.modules.get(module)?.get(class).copied(),
        None => None,
    };
    let class = match class {
        Some((kind::CLASS, class)) => class,
        Some(_) => return None,
        // One that nobody imports has no name in its module.
        None => {
            let position = table.classes.iter().position(|class| class.name == path)?;
            u16::try_from(position).ok()?
        }
    };
    let levels = std::iter::once(class).chain(bases(table, class));
    let has = |level: u16| table.classes[usize::from(level)].members.contains_key(last);
    levels
        .into_iter()
        .any(has)
        .then_some(Found::Method(class, last))
}

fn bases(table: &Table, class: u16) -> impl Iterator<Item = u16> + '_ {
    let bases = table.classes[usize::from(class)].bases.iter();
    bases.filter_map(|ty| match table.types.items[usize::from(*ty)] {
        Ty::Class(base, _) => Some(base),
        _ => None,
    })
}

/// The classes that derive from each.
fn heirs(table: &Table) -> HashMap<u16, Vec<u16>> {
    let mut heirs: HashMap<u16, Vec<u16>> = HashMap::new();
    for class in (0..).take(table.classes.len()) {
        for base in bases(table, class) {
            heirs.entry(base).or_default().push(class);
        }
    }
    heirs
}

/// All public names of what a module defines.
fn homes(stubs: &Stubs) -> HashMap<(&'static str, &'static str), Vec<String>> {
    let mut homes: HashMap<_, Vec<String>> = HashMap::new();
    for (module, names) in &stubs.modules {
        for name in names.defs.keys().filter(|name| names.is_public(name)) {
            if let Some((home, own, [.., Def::Function(_) | Def::Class(_)])) =
                stubs.resolve(module, name)
            {
                homes
                    .entry((home, own))
                    .or_default()
                    .push(format!("{module}.{name}"));
            }
        }
    }
    homes
}
