//! Finding a module from its import, as Python does: relative, in packages with and without `__init__.py`, in `src` folders, and
//! stubs where there is nothing else.

use std::sync::Arc;

use super::{Outline, View};
use crate::python::libraries::FOLDER;

/// Packages in packages: deeper is a circle of links.
const DEEPEST: usize = 24;

/// What a qualified name leads to: a module, and what of the name lies in it.
pub(super) struct Found<'n> {
    pub module: Arc<Outline>,
    /// The rest of the name, with dots.
    pub rest: &'n str,
}

impl View<'_> {
    /// The module that `name` begins with, asked from the file at `from`. Dots in front count as in `from ..x import y`.
    pub(super) fn find<'n>(&self, from: &str, name: &'n str) -> Option<Found<'n>> {
        let bare = name.trim_start_matches('.');
        let level = name.len() - bare.len();
        if level > 0 {
            let mut folder = parent(from).to_owned();
            for _ in 1..level {
                folder = above(&folder);
            }
            return self.descend(&folder, bare, true);
        }
        let first = bare.split('.').next().unwrap_or(bare);
        let home = self.home(from);
        // What the configuration says of a module counts for more than its code.
        let described = self.project.declared.map(|_| FOLDER);
        let roots = described
            .into_iter()
            .chain(std::iter::once(home.as_str()))
            .chain(self.project.roots.iter().map(String::as_str));
        for root in roots {
            // Most imports are of libraries: one look tells.
            let is_there = self.has(root, &format!("{first}.py"))
                || self.has(root, &format!("{first}/"))
                || self.has(root, &format!("{first}.pyi"));
            if is_there && let Some(found) = self.descend(root, bare, false) {
                return Some(found);
            }
        }
        None
    }

    /// The folder that holds the outermost package of a file.
    fn home(&self, file: &str) -> String {
        let mut folder = parent(file).to_owned();
        for _ in 0..DEEPEST {
            if !self.has(&folder, "__init__.py") {
                break;
            }
            folder = above(&folder);
        }
        folder
    }

    fn has(&self, folder: &str, name: &str) -> bool {
        self.folder(folder)
            .is_some_and(|names| names.contains(name))
    }

    /// Follows a dotted name from a folder as far as it names modules.
    fn descend<'n>(&self, folder: &str, name: &'n str, in_package: bool) -> Option<Found<'n>> {
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
            let file = [format!("{first}.py"), format!("{first}.pyi")]
                .into_iter()
                .find(|file| self.has(&folder, file));
            if self.has(&folder, &format!("{first}/")) {
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
            if let Some(file) = file {
                (module, module_rest) = (Some(joined(&folder, &file)), behind);
            }
            break;
        }
        Some(Found {
            module: self.outline(&module?)?,
            rest: module_rest,
        })
    }

    /// The file that a package runs when it is imported.
    fn init(&self, package: &str) -> Option<String> {
        ["__init__.py", "__init__.pyi"]
            .into_iter()
            .find(|name| self.has(package, name))
            .map(|name| joined(package, name))
    }
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
