//! Paths of a profile -> files that were checked. The program may have run elsewhere: in a container, on another machine.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::profile::is_library;

/// The files that a profile may speak of.
#[derive(Debug, Default)]
pub struct Paths {
    /// Absolute, with forward slashes.
    files: Vec<String>,
    by_name: FxHashMap<String, Vec<usize>>,
    by_path: FxHashMap<String, usize>,
    /// What the user says: paths that begin so, begin otherwise here; longest first.
    prefixes: Vec<(String, String)>,
    /// The folder that relative paths are tried in first.
    here: String,
}

impl Paths {
    /// `files` are absolute; `prefixes` are pairs of a beginning in the profile and an absolute one here.
    pub fn new(files: Vec<String>, mut prefixes: Vec<(String, String)>, here: String) -> Self {
        for (from, to) in &mut prefixes {
            for side in [from, to] {
                side.truncate(side.trim_end_matches('/').len());
            }
        }
        prefixes.sort_by_key(|(from, _)| std::cmp::Reverse(from.len()));
        let mut by_name: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        let mut by_path = FxHashMap::default();
        for (at, file) in files.iter().enumerate() {
            by_name.entry(name(file).to_owned()).or_default().push(at);
            by_path.insert(file.clone(), at);
        }
        Self {
            files,
            by_name,
            by_path,
            prefixes,
            here,
        }
    }

    /// For each of `told`, which file it is; `None` where it is none, or may be several.
    pub fn find<'t>(
        &self,
        told: impl IntoIterator<Item = &'t str>,
    ) -> FxHashMap<&'t str, Option<usize>> {
        let mut found: FxHashMap<&str, Option<usize>> = FxHashMap::default();
        // Where the program lay, as those files tell that can be only one.
        let mut moves: FxHashMap<(&str, &str), usize> = FxHashMap::default();
        let mut doubtful = Vec::new();
        for path in told {
            if found.contains_key(path) {
                continue;
            }
            match self.guess(path) {
                Guess::Sure(at) => {
                    if let Some(moved) = self.files.get(at).and_then(|file| roots(path, file)) {
                        *moves.entry(moved).or_default() += 1;
                    }
                    found.insert(path, Some(at));
                }
                Guess::Doubtful => {
                    doubtful.push(path);
                    found.insert(path, None);
                }
                Guess::No => {
                    found.insert(path, None);
                }
            }
        }
        let mut moves: Vec<_> = moves.into_iter().collect();
        moves.sort_by_key(|((from, to), count)| (std::cmp::Reverse(*count), from.len(), *to));
        let taken: FxHashSet<usize> = found.values().flatten().copied().collect();
        for path in doubtful {
            let moved = moves.iter().find_map(|((from, to), _)| {
                let rest = path.strip_prefix(from)?;
                self.by_path.get(&format!("{to}{rest}")).copied()
            });
            // One file of that name is likely enough, if no other path is surer to be it and the code fits; that is for
            // others to see.
            let only = match self.by_name.get(name(path)).map(Vec::as_slice) {
                Some([only]) if !taken.contains(only) => Some(*only),
                _ => None,
            };
            found.insert(path, moved.or(only));
        }
        found
    }

    fn guess(&self, path: &str) -> Guess {
        for (from, to) in &self.prefixes {
            if let Some(rest) = path.strip_prefix(from.as_str())
                && (rest.starts_with('/') || rest.is_empty() || from.is_empty())
            {
                // A file, or what lies in a folder.
                let mapped = match rest {
                    "" => self.by_path.get(to),
                    _ => self
                        .by_path
                        .get(&format!("{to}/{}", rest.trim_start_matches('/'))),
                };
                return mapped.map_or(Guess::No, |at| Guess::Sure(*at));
            }
        }
        let here = if is_absolute(path) {
            path.to_owned()
        } else {
            format!("{}/{path}", self.here)
        };
        if let Some(at) = self.by_path.get(&here) {
            return Guess::Sure(*at);
        }
        if path.starts_with(['<', '~', '[']) || path.is_empty() {
            return Guess::No;
        }
        // An installed package is the same package elsewhere; what Python itself brings is nobody's project.
        let installed = ["/site-packages/", "/dist-packages/"]
            .iter()
            .find_map(|folder| path.rsplit_once(folder));
        let (tail, whole) = match installed {
            Some((_, tail)) => (tail, true),
            None if is_library(path) => return Guess::No,
            None => (path, !is_absolute(path)),
        };
        let parts = tail.split('/').filter(|part| !part.is_empty()).count();
        let candidates = self.by_name.get(name(path)).map_or(&[][..], Vec::as_slice);
        let mut best = (0, Vec::new());
        for at in candidates {
            let common = self.files.get(*at).map_or(0, |file| common(tail, file));
            match common.cmp(&best.0) {
                std::cmp::Ordering::Greater => best = (common, vec![*at]),
                std::cmp::Ordering::Equal => best.1.push(*at),
                std::cmp::Ordering::Less => {}
            }
        }
        match best {
            (0, _) => Guess::No,
            (common, _) if installed.is_some() && common < parts => Guess::No,
            (common, files) => match files.as_slice() {
                [only] if common >= 2 || whole && common == parts => Guess::Sure(*only),
                _ => Guess::Doubtful,
            },
        }
    }
}

enum Guess {
    Sure(usize),
    /// Several, or one of which only the name is the same.
    Doubtful,
    No,
}

fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || path.get(1..3).is_some_and(|drive| drive == ":/")
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// How many parts two paths share at their ends.
fn common(one: &str, other: &str) -> usize {
    let parts = one.rsplit('/').zip(other.rsplit('/'));
    parts
        .take_while(|(one, other)| one == other && !one.is_empty())
        .count()
}

/// What differs at the beginnings of two paths.
fn roots<'t, 'f>(told: &'t str, file: &'f str) -> Option<(&'t str, &'f str)> {
    let ends = told.bytes().rev().zip(file.bytes().rev());
    let same = ends.take_while(|(one, other)| one == other).count();
    let tail = told.get(told.len() - same..)?;
    let tail = &tail[tail.find('/')?..];
    Some((told.strip_suffix(tail)?, file.strip_suffix(tail)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[&str], prefixes: &[(&str, &str)], told: &[&str]) -> Vec<Option<usize>> {
        let files = files.iter().map(|file| (*file).to_owned()).collect();
        let prefixes = prefixes
            .iter()
            .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()))
            .collect();
        let paths = Paths::new(files, prefixes, "/home/me/shop".to_owned());
        let found = paths.find(told.iter().copied());
        told.iter().map(|path| found[path]).collect()
    }

    #[test]
    fn a_container_is_recognized_by_the_ends_of_paths() {
        let files = [
            "/home/me/shop/app.py",
            "/home/me/shop/stock/shelf.py",
            "/home/me/shop/stock/__init__.py",
            "/home/me/shop/view/__init__.py",
        ];
        assert_eq!(
            found(
                &files,
                &[],
                &[
                    "/app/stock/shelf.py",
                    "/app/app.py",
                    "/app/view/__init__.py",
                    "stock/shelf.py",
                    "app.py"
                ]
            ),
            [Some(1), Some(0), Some(3), Some(1), Some(0)]
        );
    }

    #[test]
    fn what_may_be_several_files_is_none_unless_others_tell() {
        let files = [
            "/home/me/shop/a/util.py",
            "/home/me/shop/b/util.py",
            "/home/me/shop/a/long/name.py",
        ];
        assert_eq!(found(&files, &[], &["/srv/util.py"]), [None]);
        assert_eq!(found(&files, &[], &["/opt/name.py"]), [Some(2)]);
        assert_eq!(
            found(&files, &[], &["/opt/name.py", "/srv/long/name.py"]),
            [None, Some(2)]
        );
        assert_eq!(found(&files, &[], &["/srv/x/a/util.py"]), [Some(0)]);
        // `/srv` is `/home/me/shop/a`, as the other file tells.
        assert_eq!(
            found(&files, &[], &["/srv/long/name.py", "/srv/util.py"]),
            [Some(2), Some(0)]
        );
    }

    #[test]
    fn libraries_are_no_files_of_the_project() {
        let files = [
            "/home/me/shop/json/__init__.py",
            "/home/me/shop/src/shop/cart.py",
        ];
        assert_eq!(
            found(
                &files,
                &[],
                &[
                    "/usr/lib/python3.11/json/__init__.py",
                    "<frozen json>",
                    "~",
                    "/venv/lib/python3.11/site-packages/shop/cart.py",
                    "/venv/lib/python3.11/site-packages/other/cart.py",
                ]
            ),
            [None, None, None, Some(1), None]
        );
    }

    #[test]
    fn what_the_user_says_counts() {
        let files = ["/home/me/shop/src/a.py", "/home/me/shop/lib/a.py"];
        assert_eq!(
            found(
                &files,
                &[("/app", "/home/me/shop/lib")],
                &["/app/a.py", "/app/b.py"]
            ),
            [Some(1), None]
        );
        // A file by itself, too.
        assert_eq!(
            found(
                &files,
                &[("/app/old.py", "/home/me/shop/lib/a.py")],
                &["/app/old.py", "/app/old.pyx"]
            ),
            [Some(1), None]
        );
        assert_eq!(
            found(
                &files,
                &[("/app", "/home/me/shop"), ("/app/src", "/home/me/shop/lib")],
                &["/app/src/a.py"]
            ),
            [Some(1)]
        );
    }

    #[test]
    fn windows_paths_are_paths() {
        assert_eq!(
            found(
                &["/home/me/shop/stock/shelf.py"],
                &[],
                &["C:/work/shop/stock/shelf.py"]
            ),
            [Some(0)]
        );
    }
}
