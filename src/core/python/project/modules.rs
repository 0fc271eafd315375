//! Finding a module from its import, as Python does: relative, in packages with and without `__init__.py`, in `src` folders, and
//! stubs where there is nothing else.

use std::sync::Arc;

use super::trail::Trail;
use super::{Folder, Outline, View, read, write};
use crate::python::libraries::FOLDER;

/// Packages in packages: deeper is a circle of links.
const DEEPEST: usize = 24;

/// What a qualified name leads to: a module, and what of the name lies in it.
pub(super) struct Found<'n> {
    pub module: Arc<Outline>,
    /// The rest of the name, with dots.
    pub rest: &'n str,
}

/// Where the file of a module lies, and how many bytes of the name are left; with all places that were looked at.
pub(super) type Searched = (Option<(Arc<str>, usize)>, Trail);

impl View<'_> {
    /// The module that `name` begins with, asked from the file at `from`. Dots in front count as in `from ..x import y`.
    pub(super) fn find<'n>(&self, from: &str, name: &'n str) -> Option<Found<'n>> {
        let (path, rest) = self.located(from, name)?;
        Some(Found {
            module: self.outline(&path)?,
            rest: name.get(name.len() - rest..)?,
        })
    }

    /// Where the file of a module lies, if all of `name` leads there.
    pub(super) fn place_of(&self, from: &str, name: &str) -> Option<Arc<str>> {
        let (place, rest) = self.located(from, name)?;
        (rest == 0).then_some(place)
    }

    fn located(&self, from: &str, name: &str) -> Option<(Arc<str>, usize)> {
        let bare = name.trim_start_matches('.');
        let level = name.len() - bare.len();
        if level == 0 {
            return self.searched(&self.home(parent(from)), bare, false);
        }
        let mut folder = parent(from).to_owned();
        for _ in 1..level {
            folder = above(&folder);
        }
        self.searched(&folder, bare, true)
    }

    /// Where the module that `name` begins with lies: in a package, or in the folder of the outermost one and the project's roots. Found
    /// once for all files that ask from there.
    fn searched(&self, folder: &str, name: &str, in_package: bool) -> Option<(Arc<str>, usize)> {
        let known = {
            let modules = read(&self.project.modules[usize::from(in_package)]);
            let of_folder = modules.get(folder);
            of_folder.and_then(|names| names.get(name)).cloned()
        };
        let (found, trail) = known.unwrap_or_else(|| {
            let view = View::new(self.project);
            let found = match in_package {
                true => view.descend(folder, name, true),
                false => view.below_roots(folder, name),
            };
            let searched: Searched = (found, view.into_trail());
            let mut modules = write(&self.project.modules[usize::from(in_package)]);
            let of_folder = modules.entry(folder.into()).or_default();
            of_folder.insert(name.into(), searched.clone());
            searched
        });
        self.follow_trail(&trail);
        found
    }

    fn below_roots(&self, home: &str, name: &str) -> Option<(Arc<str>, usize)> {
        let first = first_segment(name);
        self.roots(home).find_map(|root| {
            // Most imports are of libraries: one look tells.
            let is_there = self.is_in(root, first);
            is_there.then(|| self.descend(root, name, false)).flatten()
        })
    }

    /// Where the modules of a file lie that are not told by dots: below `home` and the project's roots.
    fn roots<'s>(&'s self, home: &'s str) -> impl Iterator<Item = &'s str> {
        // What the configuration says of a module counts for more than its code.
        let described = self.project.declared.map(|_| FOLDER);
        described
            .into_iter()
            .chain(std::iter::once(home))
            .chain(self.project.roots.iter().map(String::as_str))
    }

    /// Whether a module or a package of that name lies in a folder.
    fn is_in(&self, folder: &str, name: &str) -> bool {
        let names = self.folder(folder);
        [".py", "/", ".pyi"]
            .iter()
            .any(|ending| has(&names, name, ending))
    }

    /// Whether the project has anything by the first part of a name that the file at `from` imports; libraries lie elsewhere. Found once
    /// for all files that ask from there.
    pub(super) fn has_root(&self, from: &str, name: &str) -> bool {
        let home = self.home(parent(from));
        let first = first_segment(name);
        let known = {
            let rooted = read(&self.project.rooted);
            let of_home = rooted.get(&*home);
            of_home.and_then(|names| names.get(first)).cloned()
        };
        let (is_there, trail) = known.unwrap_or_else(|| {
            let view = View::new(self.project);
            let is_there = view.roots(&home).any(|root| view.is_in(root, first));
            let found = (is_there, view.into_trail());
            let mut rooted = write(&self.project.rooted);
            let of_home = rooted.entry(home).or_default();
            of_home.insert(first.into(), found.clone());
            found
        });
        self.follow_trail(&trail);
        is_there
    }

    /// The folder that decides what an import in the file at `from` brings: all files that share it bring the same by that name.
    pub(super) fn asking_folder(&self, from: &str, name: &str) -> Arc<str> {
        match name.starts_with('.') {
            true => parent(from).into(),
            false => self.home(parent(from)),
        }
    }

    /// The folder that holds the outermost package that a folder is part of.
    fn home(&self, folder: &str) -> Arc<str> {
        let known = read(&self.project.homes).get(folder).cloned();
        let (home, trail) = known.unwrap_or_else(|| {
            let view = View::new(self.project);
            let mut home = folder.to_owned();
            for _ in 0..DEEPEST {
                if !has(&view.folder(&home), "__init__", ".py") {
                    break;
                }
                home = above(&home);
            }
            let found: (Arc<str>, Trail) = (home.into(), view.into_trail());
            write(&self.project.homes).insert(folder.into(), found.clone());
            found
        });
        self.follow_trail(&trail);
        home
    }

    /// Follows a dotted name from a folder as far as it names modules.
    fn descend(&self, folder: &str, name: &str, in_package: bool) -> Option<(Arc<str>, usize)> {
        let mut folder = folder.to_owned();
        let mut rest = name;
        let mut module = match in_package {
            true => self.init(&folder),
            false => None,
        };
        let mut module_rest = rest;
        for _ in 0..DEEPEST {
            let (first, behind) = rest.split_once('.').unwrap_or((rest, ""));
            if first.is_empty() {
                break;
            }
            let names = self.folder(&folder);
            let file = [".py", ".pyi"]
                .iter()
                .find(|ending| has(&names, first, ending));
            if has(&names, first, "/") {
                let package = joined(&folder, first);
                if let Some(init) = self.init(&package) {
                    (module, module_rest) = (Some(init), behind);
                    (folder, rest) = (package, behind);
                    continue;
                }
                // A folder without `__init__.py` counts only where no module of the name is there.
                if file.is_none() {
                    (folder, rest) = (package, behind);
                    continue;
                }
            }
            if let Some(ending) = file {
                let path = joined(&folder, &format!("{first}{ending}"));
                (module, module_rest) = (Some(path), behind);
            }
            break;
        }
        Some((module?.into(), module_rest.len()))
    }

    /// The file that a package runs when it is imported.
    fn init(&self, package: &str) -> Option<String> {
        let names = self.folder(package);
        [".py", ".pyi"]
            .into_iter()
            .find(|ending| has(&names, "__init__", ending))
            .map(|ending| joined(package, &format!("__init__{ending}")))
    }
}

/// Whether something of that name and ending lies in a folder.
fn has(folder: &Folder, name: &str, ending: &str) -> bool {
    folder.as_deref().is_some_and(|names| {
        let compared = |one: &String| {
            let (start, rest) = one.as_bytes().split_at(one.len().min(name.len()));
            start.cmp(name.as_bytes()).then(rest.cmp(ending.as_bytes()))
        };
        names.binary_search_by(compared).is_ok()
    })
}

pub(super) fn first_segment(name: &str) -> &str {
    let end = memchr::memchr(b'.', name.as_bytes()).unwrap_or(name.len());
    &name[..end]
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The folder around a folder; that around the current one has a name too.
fn above(folder: &str) -> String {
    match folder {
        "" => "..".to_owned(),
        _ if folder == ".." || folder.ends_with("/..") => format!("{folder}/.."),
        _ => parent(folder).to_owned(),
    }
}

fn joined(folder: &str, name: &str) -> String {
    match folder {
        "" => name.to_owned(),
        _ => format!("{folder}/{name}"),
    }
}
