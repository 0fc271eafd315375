//! Which files of a project say a name: a look at their words alone, so that the others need not be read as Python.

use std::sync::{Arc, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Project, View, fingerprint, read, write};

/// Which files say which words.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// In order.
    files: Vec<Arc<str>>,
    /// By the number of a word; two words of one number are taken for the same.
    by_word: FxHashMap<u32, Vec<u32>>,
}

/// The words of one repository; `None` inside where nobody knows all files.
pub(super) type Slot = Arc<OnceLock<Option<Words>>>;

/// What stands before a word, and before the folder that asks for it, where it is a place that an answer hangs on.
const SAYS: char = '?';

impl Words {
    fn of(project: &Project, repository: &str) -> Option<Self> {
        let mut files = project.loader.files(repository)?;
        files.sort_unstable();
        files.dedup();
        let mut words = Self::default();
        for path in files {
            let Some(source) = project.loader.read(&path) else {
                continue;
            };
            let Ok(number) = u32::try_from(words.files.len()) else {
                break;
            };
            words.files.push(path.into());
            let is_part = |c: char| c == '_' || c.is_alphanumeric();
            let said = source.text().split(|c: char| !is_part(c));
            let said: FxHashSet<u32> = said
                .filter(|word| word.starts_with(|c: char| !c.is_ascii_digit()))
                .map(number_of)
                .collect();
            for word in said {
                words.by_word.entry(word).or_default().push(number);
            }
        }
        Some(words)
    }

    fn saying(&self, name: &str) -> Vec<Arc<str>> {
        let numbers = self.by_word.get(&number_of(name)).into_iter().flatten();
        let files = numbers.filter_map(|number| self.files.get(usize::try_from(*number).ok()?));
        files.map(Arc::clone).collect()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "half of the number tells words apart"
)]
fn number_of(word: &str) -> u32 {
    fingerprint(word) as u32
}

impl Project {
    /// The files that say a name and may mean what a file in `folder` defines, in order; `None` where nobody knows all files.
    fn naming(&self, name: &str, folder: &str) -> Option<Vec<Arc<str>>> {
        let repository = self.repository(folder);
        let slot = Arc::clone(write(&self.words).entry(repository.clone()).or_default());
        let words = slot.get_or_init(|| Words::of(self, &repository));
        Some(words.as_ref()?.saying(name))
    }

    /// Whether others than the repository of the file at `path` use what is public in it.
    pub(super) fn is_published(&self, path: &str) -> bool {
        let repository = self.repository(folder_of(path));
        if let Some(known) = read(&self.published).get(&repository) {
            return *known;
        }
        let found = self.loader.is_published(&repository);
        write(&self.published).insert(repository, found);
        found
    }

    /// The folder of the repository that a folder is part of.
    fn repository(&self, folder: &str) -> String {
        if let Some(known) = read(&self.repositories).get(folder) {
            return known.clone();
        }
        let found = self.loader.repository(folder);
        write(&self.repositories).insert(folder.to_owned(), found.clone());
        found
    }

    /// What is to be known of a place that stands for the files that say a name; `None` for other places.
    pub(super) fn naming_state(&self, place: &str) -> Option<u64> {
        let (name, folder) = place.strip_prefix(SAYS)?.split_once(SAYS)?;
        let files = self.naming(name, folder);
        Some(files.map_or(0, |files| fingerprint(&files)))
    }
}

impl View<'_> {
    /// The files that say a name and may mean what the file at `path` defines, in order; `None` where nobody knows all files.
    pub(super) fn naming(&self, name: &str, path: &str) -> Option<Vec<Arc<str>>> {
        let folder = folder_of(path);
        self.note(format!("{SAYS}{name}{SAYS}{folder}").into());
        self.project.naming(name, folder)
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
