//! Libraries that a project describes itself, in the words of `libraries/*.toml`.
//!
//! Their stubs are files of the project like any other, in a folder that no disk has: classes, bases, results and imports among them
//! are followed as those of code are, and what a call does is known by the function that it comes to.
//!
//! **Invariant**: the same description is the same value, kept for as long as the program runs; a program that reads a description
//! again keeps nothing new.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use ruff_python_ast::{Expr, Stmt};
use rustc_hash::{FxHashMap, FxHashSet};

use super::super::parse::{ParseProblem, parse};
use super::super::project::{Loader, Project, fingerprint};
use super::super::source::{Source, SourceKind};
use super::super::typeshed::Table;
use super::super::versions::Versions;
use super::pattern::PRELUDE;
use super::{Effects, Entry};

/// The folder of the stubs, a name that no path begins with.
pub(in crate::python) const FOLDER: &str = "\0libraries";

/// Modules as stubs, and what calling their functions, classes and methods does.
#[derive(Debug)]
pub struct Declared {
    stubs: Arc<Stubs>,
    /// By file and number of the function.
    functions: FxHashMap<(Box<str>, u32), &'static Entry>,
    /// By file and number of the class.
    classes: FxHashMap<(Box<str>, u32), &'static Entry>,
    /// The last parts of the names of all that.
    lasts: FxHashSet<&'static str>,
    fingerprint: u64,
}

/// The texts of modules as files.
#[derive(Debug, Default)]
struct Stubs {
    /// By path.
    files: BTreeMap<String, String>,
    /// Names in folders, by path.
    folders: BTreeMap<String, BTreeSet<String>>,
}

/// What one name of a description does when it is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Declaration {
    /// The qualified name, without braces.
    pub name: String,
    pub effects: Effects,
    /// What to await instead, in words; may be empty.
    pub awaited: String,
    /// What does the same for many at once, in words; may be empty.
    pub batched: String,
}

/// What is wrong with a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The stub of a module is no Python: what is wrong, and at which byte of the stub.
    Stub {
        module: String,
        message: String,
        at: usize,
    },
    /// The module belongs to a library that hotlint knows.
    Known { module: String },
    /// A declaration, by its position, of what no stub defines.
    Missing { declaration: usize },
    /// A declaration, by its position, of what an earlier one was about.
    Twice { declaration: usize },
}

type Description = (Vec<(String, String)>, Vec<Declaration>);

/// All descriptions that were ever read without a fault: entries are part of answers that outlive the configuration.
static READ: Mutex<Vec<(Description, &'static Declared)>> = Mutex::new(Vec::new());

impl Declared {
    /// `stubs` are texts by module.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn read(
        stubs: Vec<(String, String)>,
        declarations: Vec<Declaration>,
    ) -> Result<&'static Self, Vec<Fault>> {
        let description = (stubs, declarations);
        let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = read.iter().find(|(known, _)| *known == description) {
            return Ok(known);
        }
        let declared: &'static Self = Box::leak(Box::new(Self::new(&description)?));
        read.push((description, declared));
        Ok(declared)
    }

    fn new((stubs, declarations): &Description) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut files = Stubs::default();
        let mut lasts: FxHashSet<&'static str> = FxHashSet::default();
        for (module, text) in stubs {
            let root = module.split('.').next().unwrap_or(module);
            if Table::get().has_module(root) {
                let module = module.clone();
                faults.push(Fault::Known { module });
                continue;
            }
            match other_names(text) {
                Ok(names) => lasts.extend(names.into_iter().map(|name| &*name.leak())),
                Err((message, at)) => {
                    let module = module.clone();
                    faults.push(Fault::Stub {
                        module,
                        message,
                        at,
                    });
                    continue;
                }
            }
            files.add(module, format!("{PRELUDE}\n{text}"));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let files = Arc::new(files);
        let roots = vec![FOLDER.to_owned()];
        let project = Project::new(Arc::clone(&files), roots, Versions::default());
        let mut functions = FxHashMap::default();
        let mut classes = FxHashMap::default();
        for (number, declaration) in declarations.iter().enumerate() {
            let (known, place) = match project.place(&declaration.name) {
                Some((place, true)) => (&mut classes, place),
                Some((place, false)) => (&mut functions, place),
                None => {
                    faults.push(Fault::Missing {
                        declaration: number,
                    });
                    continue;
                }
            };
            if known.insert(place, declaration).is_some() {
                faults.push(Fault::Twice {
                    declaration: number,
                });
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let kept = |known: FxHashMap<(Box<str>, u32), &Declaration>| -> FxHashMap<(Box<str>, u32), &'static Entry> {
            let kept = known.into_iter();
            kept.map(|(place, declaration)| (place, declaration.kept()))
                .collect()
        };
        let (functions, classes) = (kept(functions), kept(classes));
        let entries = functions.values().chain(classes.values());
        lasts.extend(entries.map(|entry| entry.last()));
        Ok(Self {
            stubs: files,
            lasts,
            functions,
            classes,
            fingerprint: fingerprint(&(stubs, declarations)),
        })
    }

    /// A number that changes with what is said.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// Whether something of that last name is described; the other way of calling it is by another name.
    pub fn has_last(&self, last: &str) -> bool {
        self.lasts.contains(last)
    }

    /// Whether a module of that name, up to its first dot, is described.
    pub(in crate::python) fn has_root(&self, root: &str) -> bool {
        let roots = self.stubs.folders.get(FOLDER);
        roots.is_some_and(|roots| {
            let name = |known: &String| known.strip_suffix('/') == Some(root);
            roots.iter().any(name)
        })
    }

    /// The folder of the stubs, and what lies in it.
    pub(in crate::python) fn loader(&self) -> &dyn Loader {
        &self.stubs
    }

    pub(in crate::python) fn function(&self, path: &str, number: u32) -> Option<&'static Entry> {
        self.functions.get(&(path.into(), number)).copied()
    }

    pub(in crate::python) fn class(&self, path: &str, number: u32) -> Option<&'static Entry> {
        self.classes.get(&(path.into(), number)).copied()
    }
}

impl Stubs {
    /// A module is a package: it may hold others.
    fn add(&mut self, module: &str, text: String) {
        let mut folder = FOLDER.to_owned();
        for part in module.split('.') {
            let names = self.folders.entry(folder.clone()).or_default();
            names.insert(format!("{part}/"));
            folder = format!("{folder}/{part}");
        }
        let names = self.folders.entry(folder.clone()).or_default();
        names.insert("__init__.pyi".to_owned());
        self.files.insert(format!("{folder}/__init__.pyi"), text);
    }
}

impl Loader for Arc<Stubs> {
    fn list(&self, folder: &str) -> Option<Vec<String>> {
        let names = self.folders.get(folder)?;
        Some(names.iter().cloned().collect())
    }

    fn read(&self, path: &str) -> Option<Source> {
        let text = self.files.get(path)?;
        Some(Source::new(path, text.as_str(), SourceKind::Stub))
    }
}

impl Declaration {
    fn kept(&self) -> &'static Entry {
        Box::leak(Box::new(Entry {
            name: self.name.clone().leak(),
            effects: self.effects,
            awaited: self.awaited.clone().leak(),
            batched: self.batched.clone().leak(),
            root: u8::MAX,
        }))
    }
}

/// The names under which a stub gives away what is defined elsewhere; or what keeps it from being read, and at which byte.
fn other_names(text: &str) -> Result<Vec<String>, (String, usize)> {
    let source = Source::new("stub.pyi", text, SourceKind::Stub);
    let parsed = match parse(&source) {
        Ok(parsed) => parsed,
        Err(ParseProblem::Syntax(place, message)) => {
            return Err((message, place.start().to_usize()));
        }
        Err(ParseProblem::TooDeep(place)) => {
            return Err(("nested too deep".to_owned(), place.start().to_usize()));
        }
    };
    let mut names = Vec::new();
    for stmt in parsed.suite() {
        match stmt {
            Stmt::ImportFrom(stmt) => {
                let given = stmt.names.iter().filter_map(|alias| alias.asname.as_ref());
                names.extend(given.map(ToString::to_string));
            }
            Stmt::Assign(stmt) => {
                let targets = stmt.targets.iter().filter_map(Expr::as_name_expr);
                names.extend(targets.map(|name| name.id.to_string()));
            }
            _ => {}
        }
    }
    Ok(names)
}
