//! The other files of a project: modules are found from their imports, summarised once when somebody first asks, and followed
//! through their calls.
//!
//! **Invariant**: a summary depends on the text of its own file and on nothing else, and an answer on summaries alone: whoever asks
//! first, on whichever thread, all get the same. The disk is reached through the [`Loader`] that the program hands in, and through
//! nothing else.

mod apart;
mod asked;
mod brought;
mod calls;
mod changes;
mod consumption;
mod details;
mod importing;
mod items;
mod meaning;
mod modules;
mod named;
mod naming;
mod origin;
mod outgoing;
mod outline;
mod reach;
mod relations;
mod returns;
mod settled;
mod shapes;
mod table;
mod trail;
mod users;
mod wants;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher as _};
use std::sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use ruff_python_ast::{Expr, ExprCall, ExprRef};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::facts::Facts;
use super::libraries::{Declared, Effects, FOLDER};
use super::parse::parse;
use super::source::Source;
use super::types::Type;
use super::versions::Versions;

pub(in crate::python) use asked::PutOff;
pub use asked::{Answered, Open, Seen};
pub(super) use calls::known;
pub use calls::{Following, Step};
pub(super) use meaning::{Meaning, ProjectClass};
pub use origin::Origin;
pub(super) use origin::{Numbers, Whence};
pub(super) use outline::Outline;
pub use outline::OutlineFunction;
pub(super) use reach::Reach;
use trail::Trail;
pub use users::User;
pub(super) use wants::Wants;

/// What the program lets a project see of the disk. Paths are as [`Source::path`] tells them.
pub trait Loader: Send + Sync {
    /// The names in a folder, folders with a slash behind; `None` where there is no such folder.
    fn list(&self, folder: &str) -> Option<Vec<String>>;
    /// The text of a file; `None` where it cannot be read.
    fn read(&self, path: &str) -> Option<Source>;

    /// The folder below which everything lies that may use what the files in `folder` define.
    fn repository(&self, _folder: &str) -> String {
        String::new()
    }

    /// All Python files below a repository; `None` where there are more than can be told.
    fn files(&self, _repository: &str) -> Option<Vec<String>> {
        None
    }

    /// Whether others use what is public in a repository.
    fn is_published(&self, _repository: &str) -> bool {
        true
    }
}

/// The names in a folder, sorted.
type Folder = Option<Arc<[String]>>;
/// Whether there is anything by the first part of an import's name, and what was looked at to know.
type Rooted = FxHashMap<Arc<str>, FxHashMap<Box<str>, (bool, Trail)>>;
/// What was looked for and found, from where and by which name.
type Searches = FxHashMap<Box<str>, FxHashMap<Box<str>, modules::Searched>>;
/// The folder that holds the outermost package of a folder, and what was looked at to know.
type Homes = FxHashMap<Box<str>, (Arc<str>, Trail)>;
/// A summary; `None` inside for a file that is no Python.
type Slot = Arc<OnceLock<Option<Arc<Outline>>>>;

/// All that is known of the files of a project; shared by all threads.
pub struct Project {
    loader: Box<dyn Loader>,
    /// Folders in which absolute imports are looked for, besides the one that holds the importing file's package.
    roots: Vec<String>,
    python: Versions,
    has_files: bool,
    /// Libraries that the project describes itself.
    pub(super) declared: Option<&'static Declared>,
    /// Whether nothing but those is there.
    only_declares: bool,
    /// With their names as places, so that all who look there share those.
    folders: RwLock<FxHashMap<String, (Arc<str>, Folder)>>,
    outlines: RwLock<FxHashMap<Arc<str>, Slot>>,
    followed: RwLock<FxHashMap<calls::Asked, calls::Followed>>,
    /// What files ask that had their turn.
    questions: asked::Questions,
    /// What files without a summary bring to those that import all of them.
    brought: RwLock<FxHashMap<Arc<str>, Arc<brought::Brought>>>,
    /// Modules by the folder that they are asked for from and by their names: absolute ones, and relative ones.
    modules: [RwLock<Searches>; 2],
    /// By folder, the one that holds the outermost package around it.
    homes: RwLock<Homes>,
    /// By the folder of the outermost package: whether there is anything by the first part of an import's name.
    rooted: RwLock<Rooted>,
    /// Of files that nobody has summarised.
    states: RwLock<FxHashMap<String, u64>>,
    /// What the files that had their turn import.
    importing: importing::Importing,
    /// Which files say which words, once somebody asks who uses something: by repository.
    words: RwLock<FxHashMap<String, naming::Slot>>,
    /// The repositories of folders, and whether others use what is public in them.
    repositories: RwLock<FxHashMap<String, String>>,
    published: RwLock<FxHashMap<String, bool>>,
    /// What files need of objects, where somebody asked.
    needs: RwLock<FxHashMap<String, Arc<OnceLock<Arc<shapes::Needs>>>>>,
}

impl std::fmt::Debug for Project {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Project")
            .field("roots", &self.roots)
            .finish_non_exhaustive()
    }
}

impl Project {
    /// `roots` are folders in which absolute imports are looked for, in that order: the project's own, its `src`.
    pub fn new(loader: impl Loader + 'static, roots: Vec<String>, python: Versions) -> Self {
        Self {
            loader: Box::new(loader),
            roots,
            python,
            has_files: true,
            declared: None,
            only_declares: false,
            folders: RwLock::default(),
            outlines: RwLock::default(),
            followed: RwLock::default(),
            questions: asked::Questions::default(),
            brought: RwLock::default(),
            modules: Default::default(),
            homes: RwLock::default(),
            rooted: RwLock::default(),
            states: RwLock::default(),
            importing: importing::Importing::default(),
            words: RwLock::default(),
            repositories: RwLock::default(),
            published: RwLock::default(),
            needs: RwLock::default(),
        }
    }

    /// The project of files that are looked at alone, with the libraries that its configuration describes.
    pub fn declaring(declared: &'static Declared, python: Versions) -> Self {
        Self {
            declared: Some(declared),
            only_declares: true,
            ..Self::new(Nothing, Vec::new(), python)
        }
    }

    /// The same project with the libraries that its configuration describes.
    #[must_use]
    pub fn with_declared(mut self, declared: Option<&'static Declared>) -> Self {
        self.declared = declared;
        self
    }

    /// The file that defines what a qualified name stands for, its number there, and whether it is a class.
    pub(super) fn place(&self, name: &str) -> Option<((Box<str>, u32), bool)> {
        match View::new(self).imported("", name, meaning::DEEPEST) {
            Meaning::Function(found) => Some(((found.outline.path.clone(), found.number), false)),
            Meaning::Class(found) => Some(((found.outline.path.clone(), found.number), true)),
            _ => None,
        }
    }

    /// Who knows what lies at a place.
    fn loader(&self, path: &str) -> &dyn Loader {
        match self.declared {
            Some(declared) if path.starts_with(FOLDER) => declared.loader(),
            _ => &*self.loader,
        }
    }

    /// The project of a file that is looked at alone: nothing is there.
    pub fn alone() -> &'static Self {
        &NOTHING
    }

    /// The summary of the file at `path`, and its place.
    fn outline(&self, path: &str) -> (Arc<str>, Option<Arc<Outline>>) {
        let (place, slot) = self.slot(path);
        let make = || self.read_anew(path, |facts| Arc::new(Outline::of(facts)));
        (place, slot.get_or_init(make).clone())
    }

    /// Reads a file and asks it something; `None` where it cannot be read, or is no Python.
    fn read_anew<T>(&self, path: &str, ask: impl FnOnce(&Facts<'_>) -> T) -> Option<T> {
        let source = self.loader(path).read(path)?;
        let parsed = parse(&source).ok()?;
        let facts = Facts::new(&source, &parsed, self.python).ok()?;
        Some(ask(&facts))
    }

    /// What is there at a place that [`Facts::seen`] tells, as a number: it changes with the text of a file and with the names in a
    /// folder.
    pub fn state(&self, place: &str) -> u64 {
        if let Some(state) = self.naming_state(place) {
            return state;
        }
        if let Some(folder) = place.strip_suffix('/') {
            let folder = match folder {
                "." => "",
                folder => folder,
            };
            let listed = self.has_files.then(|| self.folder(folder).1).flatten();
            return listed.map_or(0, |names| fingerprint(&names));
        }
        let known = read(&self.outlines)
            .get(place)
            .and_then(|slot| slot.get().cloned());
        match known {
            Some(outline) => outline.map_or(1, |outline| outline.text),
            None => {
                if let Some(brought) = read(&self.brought).get(place) {
                    return brought.text;
                }
                if let Some(state) = read(&self.states).get(place) {
                    return *state;
                }
                let source = self.loader(place).read(place);
                let state = source.map_or(1, |source| fingerprint(source.text()));
                write(&self.states).insert(place.to_owned(), state);
                state
            }
        }
    }

    /// The answer to a question that others may have asked.
    fn followed(
        &self,
        asked: calls::Asked,
        ask: impl FnOnce() -> (calls::Answer, Trail),
    ) -> calls::Followed {
        if let Some(known) = read(&self.followed).get(&asked) {
            return known.clone();
        }
        let found = ask();
        write(&self.followed).insert(asked, found.clone());
        found
    }

    fn slot(&self, path: &str) -> (Arc<str>, Slot) {
        if let Some((place, slot)) = read(&self.outlines).get_key_value(path) {
            return (Arc::clone(place), Arc::clone(slot));
        }
        let place: Arc<str> = path.into();
        let mut outlines = write(&self.outlines);
        let slot = Arc::clone(outlines.entry(Arc::clone(&place)).or_default());
        (place, slot)
    }

    /// The names in a folder, and its place.
    fn folder(&self, path: &str) -> (Arc<str>, Folder) {
        if let Some(known) = read(&self.folders).get(path) {
            return known.clone();
        }
        let listed = self.loader(path).list(path);
        let names: Folder = listed.map(|mut names| {
            names.sort_unstable();
            names.into()
        });
        let place = match path {
            "" => "./".into(),
            path => format!("{path}/").into(),
        };
        let folder = (place, names);
        write(&self.folders).insert(path.to_owned(), folder.clone());
        folder
    }

    /// All files and folders that were looked at so far, for tests of what a project costs.
    pub fn summarised(&self) -> Vec<String> {
        let outlines = read(&self.outlines);
        let mut paths: Vec<String> = outlines.keys().map(|path| path.to_string()).collect();
        paths.sort();
        paths
    }
}

/// The project of a file that is looked at alone.
pub(super) static NOTHING: LazyLock<Project> = LazyLock::new(|| Project {
    has_files: false,
    ..Project::new(Nothing, Vec::new(), Versions::default())
});

struct Nothing;

impl Loader for Nothing {
    fn list(&self, _: &str) -> Option<Vec<String>> {
        None
    }

    fn read(&self, _: &str) -> Option<Source> {
        None
    }
}

/// A function of the project, with what its own file tells of it.
#[derive(Clone)]
pub struct Called(meaning::ProjectFunction);

impl Called {
    /// What its own file tells of it.
    pub fn outline(&self) -> Option<&OutlineFunction> {
        self.0.get()
    }

    /// The file that defines it, as reports call it.
    pub fn path(&self) -> &str {
        &self.0.outline.path
    }
}

fn read<T>(table: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    table.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(table: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    table.write().unwrap_or_else(PoisonError::into_inner)
}

/// A number that changes with `value`, and with nothing else: not from run to run.
pub(super) fn fingerprint(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The project as one file sees it, with a note of all that was looked at.
pub(super) struct View<'p> {
    pub(super) project: &'p Project,
    seen: RefCell<FxHashSet<Arc<str>>>,
    /// What others had looked at when they found what this one was told, by where it lies in memory.
    trails: RefCell<FxHashMap<usize, Trail>>,
}

impl<'p> View<'p> {
    pub(super) fn new(project: &'p Project) -> Self {
        Self {
            project,
            seen: RefCell::default(),
            trails: RefCell::default(),
        }
    }

    /// All that was looked at.
    fn into_trail(self) -> Trail {
        let mut trails = self.trails.into_inner();
        let seen = self.seen.into_inner();
        // Who has nothing to add stands where the other does.
        if seen.is_empty()
            && trails.len() == 1
            && let Some((_, only)) = trails.drain().next()
        {
            return only;
        }
        Trail::new(seen, trails.into_values())
    }

    fn all_seen(&self) -> BTreeSet<Arc<str>> {
        let mut all: BTreeSet<Arc<str>> = self.seen.borrow().iter().cloned().collect();
        Trail::add_places(self.trails.borrow().values().cloned(), &mut all);
        all
    }

    /// Takes over what others have looked at.
    fn follow_trail(&self, trail: &Trail) {
        let mut trails = self.trails.borrow_mut();
        trails.entry(trail.id()).or_insert_with(|| trail.clone());
    }

    /// The summary of the file at `path`.
    fn outline(&self, path: &str) -> Option<Arc<Outline>> {
        if !self.project.has_files {
            return None;
        }
        let (place, outline) = self.project.outline(path);
        self.note(place);
        outline
    }

    fn folder(&self, path: &str) -> Folder {
        if !self.project.has_files {
            return None;
        }
        let (place, names) = self.project.folder(path);
        self.note(place);
        names
    }

    fn note(&self, place: Arc<str>) {
        self.seen.borrow_mut().insert(place);
    }
}

impl<'a> Facts<'a> {
    /// The project that the file belongs to, where the program knows one.
    pub fn project(&self) -> Option<&'a Project> {
        self.sees_others().then_some(self.project.project)
    }

    /// What of other files, and of folders (with a slash behind), the answers so far hang on; see [`Project::state`].
    pub fn seen(&self) -> Vec<Arc<str>> {
        let all = self.project.all_seen();
        let others = all
            .into_iter()
            .filter(|place| **place != *self.source.path());
        others.collect()
    }

    pub(super) fn sees_others(&self) -> bool {
        self.project.project.has_files
    }

    /// Takes other files into account.
    #[must_use]
    pub fn within(mut self, project: Option<&'a Project>) -> Self {
        let concerned = |project: &&Project| match project.declared {
            Some(declared) if project.only_declares => self.imports_any_of(declared),
            _ => true,
        };
        self.project = View::new(project.filter(concerned).unwrap_or(&NOTHING));
        self
    }

    /// What the file itself is to others.
    pub(super) fn outline(&self) -> Arc<Outline> {
        let make = || Arc::new(self.as_told_here(Outline::of));
        let own = self.outline.get_or_init(|| match self.project() {
            // Others will ask for it: they need not read the file again.
            Some(project) if project.python == self.python => {
                let (_, slot) = project.slot(self.source.path());
                match slot.get_or_init(|| Some(make())) {
                    Some(outline) if outline.is_of(self.source.text()) => Arc::clone(outline),
                    _ => make(),
                }
            }
            _ => make(),
        });
        Arc::clone(own)
    }

    /// The type of an expression by what this file tells, and where it tells nothing, by what others do. Dear: for questions that few
    /// expressions get.
    pub(super) fn type_anywhere(
        &self,
        expr: impl Into<ExprRef<'a>>,
        wants: impl FnOnce() -> Wants,
    ) -> Type<'a> {
        let expr = expr.into();
        let own = self.ty(expr);
        match own.is_unknown() {
            true => self.type_elsewhere(expr, wants),
            false => own,
        }
    }

    /// The type of an expression by what other files tell.
    pub(super) fn type_elsewhere(
        &self,
        expr: impl Into<ExprRef<'a>>,
        wants: impl FnOnce() -> Wants,
    ) -> Type<'a> {
        let expr = expr.into();
        if !self.sees_others() || !self.may_be_elsewhere(expr) {
            return Type::Unknown;
        }
        match self.stands_for(expr, wants) {
            Meaning::Value(found) => found,
            _ => Type::Unknown,
        }
    }

    /// What an expression stands for, by what other files say; and what of it is to be known.
    pub(super) fn stands_for(
        &self,
        expr: ExprRef<'a>,
        wants: impl FnOnce() -> Wants,
    ) -> Meaning<'a> {
        self.stands_where(expr, wants, || true)
    }

    /// The same, where others are asked only if that `is_worth_asking`.
    pub(super) fn stands_where(
        &self,
        expr: ExprRef<'a>,
        wants: impl FnOnce() -> Wants,
        is_worth_asking: impl FnOnce() -> bool,
    ) -> Meaning<'a> {
        if !self.sees_others() || self.alone.get() {
            return Meaning::Unknown;
        }
        let id = self.tree.id(expr);
        if let Some(known) = self.meanings.borrow().get(&id) {
            return known.clone();
        }
        let origin = match self.may_be_elsewhere(expr) {
            true => self.origin_of(expr),
            false => Origin::Unknown,
        };
        let found = match origin {
            Origin::Unknown | Origin::Value(_) => Meaning::Unknown,
            origin if origin.is_elsewhere() => {
                if !is_worth_asking() {
                    return Meaning::Unknown;
                }
                let Some(origin) = self.ask_of(origin, wants) else {
                    return Meaning::Unknown;
                };
                let at = self.outline_for(&origin);
                self.project.meaning(&at, &origin, meaning::DEEPEST)
            }
            _ => Meaning::Unknown,
        };
        self.meanings.borrow_mut().insert(id, found.clone());
        found
    }

    /// The summary of the file, or nothing but its name where the origin asks for nothing else.
    fn outline_for(&self, origin: &Origin) -> Arc<Outline> {
        match origin.is_of_its_file() {
            // Whoever has the whole has its shape.
            true => match self.outline.get() {
                Some(whole) => Arc::clone(whole),
                None => Arc::clone(
                    self.shape
                        .get_or_init(|| Arc::new(self.as_told_here(Outline::shape))),
                ),
            },
            false => Arc::clone(self.nameplate.get_or_init(|| {
                let path = self.source.path();
                Arc::new(Outline::empty(path))
            })),
        }
    }

    /// Whether a call is of something that is imported from a file of the project, or of a member of that, by the names alone.
    pub fn is_imported_from_project(&self, call: &'a ExprCall) -> bool {
        let imported = match &*call.func {
            Expr::Name(function) => function,
            Expr::Attribute(member) => match &*member.value {
                Expr::Name(module) => module,
                _ => return false,
            },
            _ => return false,
        };
        self.is_import_of_project(imported)
    }

    /// The function of the project that a call runs, of this file or of another, if its arguments are keys of a cache.
    pub fn hashing_function(&self, call: &'a ExprCall) -> Option<Called> {
        let called = self.called_function(call, || Wants::Hashing)?;
        called.outline()?.hashes_arguments.then_some(called)
    }

    /// The function of the project that a call runs, of this file or of another.
    fn called_function(&self, call: &'a ExprCall, wants: impl FnOnce() -> Wants) -> Option<Called> {
        if !self.may_be_elsewhere((&*call.func).into()) {
            return None;
        }
        let origin = self.origin(&call.func);
        if matches!(origin, Origin::Unknown | Origin::Value(_)) {
            return None;
        }
        let origin = self.ask_of(origin, wants)?;
        let function = self.project.callee(&self.outline_for(&origin), &origin)?;
        function.get()?;
        Some(Called(function))
    }

    /// How many lines the function has that a call runs, of this file or of another; none where that is not known. Dear: to be asked
    /// last.
    pub fn length_of_callee(&self, call: &'a ExprCall) -> usize {
        if let Some(def) = self.callee(call) {
            return self.text(def).lines().count();
        }
        // Asked of what was found to lead somewhere: that was not put off, and so is this not.
        let called = self.called_function(call, || Wants::Generator);
        called.map_or(0, |called| self.project.length(&called.0))
    }

    /// How calling a function of the project comes to do any of `effects`: the calls on the way, and the last one that does it;
    /// `None` where it does not, as far as is known.
    pub fn leads_to(
        &self,
        call: &'a ExprCall,
        effects: Effects,
        following: Following,
    ) -> Option<Vec<Step>> {
        if !self.may_lead_to(call, effects) {
            debug_assert!(
                self.sees_others()
                    || (self.project.follow_call(self, call, effects, following)).is_none(),
                "the quick look misses what a search finds"
            );
            return None;
        }
        self.project.follow_call(self, call, effects, following)
    }
}
