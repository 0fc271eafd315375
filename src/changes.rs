//! What has changed since a commit, in the index or in a patch, and which findings that concerns.
//!
//! A finding counts when its place or a cause of it meets a changed line, or when the older version of the code did not have it:
//! an edit elsewhere may have made it slow.
//!
//! **Invariant**: where it is not known what a file was like before, all of it counts as changed.

mod git;
mod patch;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hotlint_core::text_size::TextRange;

use crate::Mode;
use crate::baseline::{Baseline, Entry, Left, Scene};
use crate::config::Configs;
use crate::discover::{Input, Target};
use crate::quiet::normal;
use crate::read::{self, Reading};
use crate::report::{Checked, Report};
use crate::verdict::Fate;
use crate::words::{reason, shown};
use patch::FileDiff;

/// What a run compares with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// The files of now with a commit.
    Commit(String),
    /// The files of now with the last commit that they have in common with another.
    MergeBase(String),
    /// What is to be committed with the last commit.
    Staged,
    /// The files of now with what they were before a patch; `-` is standard input.
    Patch(PathBuf),
}

/// What has changed, file by file.
#[derive(Debug, Default)]
pub struct Changes {
    /// By the whole path of now.
    files: BTreeMap<PathBuf, Changed>,
    /// Files that are no more, with the text that they had.
    removed: Vec<(PathBuf, Arc<[u8]>)>,
}

/// What has changed in one file.
#[derive(Debug)]
struct Changed {
    /// The content before; `None` for a new file, and where it is not known.
    before: Option<Arc<[u8]>>,
    /// The content that counts, where it is not that on disk.
    after: Option<Arc<[u8]>>,
    lines: Lines,
}

#[derive(Debug, PartialEq, Eq)]
enum Lines {
    All,
    /// Numbers from 1, in order.
    These(Vec<usize>),
}

impl Changes {
    /// Asks git, or reads the patch. `targets` are the files that matter.
    ///
    /// # Errors
    /// When there is no repository, no such commit or no such patch, in words for the user.
    pub fn since(since: &Since, cwd: &Path, targets: &[Target]) -> Result<Self, String> {
        if let Since::Patch(path) = since {
            let bytes = match path == Path::new("-") {
                true => read_all(io::stdin().lock()),
                false => std::fs::read(path),
            };
            let shown = path.display();
            let bytes =
                bytes.map_err(|error| format!("cannot read {shown}: {}", reason(&error)))?;
            let diffs = patch::parse(&bytes)?;
            // Tools write paths as seen from the top of the repository, or from where they were started.
            let top = git::top(cwd).ok();
            let place = |path: &[u8]| -> PathBuf {
                let path = git::path_of(path);
                let below = normal(&cwd.join(&path));
                match &top {
                    Some(top) if !below.exists() => normal(&top.join(&path)),
                    _ => below,
                }
            };
            let mut changes = Self::default();
            for diff in diffs {
                let Some(path) = diff.new.as_deref().map(place) else {
                    changes.remove(&diff, diff.old.as_deref().map(place));
                    continue;
                };
                let after = std::fs::read(&path).map_err(|error| {
                    format!("cannot read {}: {}", path.display(), reason(&error))
                })?;
                let Some(before) = diff.before(&after) else {
                    let file = words_of(&path, cwd);
                    return Err(format!("{shown} does not fit {file}; apply it first"));
                };
                changes.add(path, &diff, Some(before), None);
            }
            return Ok(changes);
        }
        let top = git::top(cwd)?;
        let is_staged = *since == Since::Staged;
        let commit = match since {
            Since::Commit(name) => Some(git::commit(cwd, name)?),
            Since::MergeBase(name) => Some(git::merge_base(cwd, name)?),
            Since::Staged | Since::Patch(_) => git::commit(cwd, "HEAD").ok(),
        };
        let others = targets.iter().filter_map(|target| match &target.input {
            Input::File(path) if path.extension().is_none() => Some(path.as_path()),
            _ => None,
        });
        let bytes = git::diff(cwd, commit.as_deref(), is_staged, others)?;
        let mut changes = Self::default();
        for diff in patch::parse(&bytes)? {
            let whole = |path: &[u8]| normal(&top.join(git::path_of(path)));
            let Some(path) = diff.new.as_deref().map(whole) else {
                changes.remove(&diff, diff.old.as_deref().map(whole));
                continue;
            };
            let staged = match (is_staged, &diff.new) {
                (true, Some(name)) => Some(Arc::from(git::staged(&top, name)?)),
                _ => None,
            };
            let after = match &staged {
                Some(bytes) => Some(Arc::clone(bytes)),
                None => std::fs::read(&path).ok().map(Arc::from),
            };
            // Filters may show git other bytes than us.
            let before = after.and_then(|after: Arc<[u8]>| diff.before(&after));
            changes.add(path, &diff, before, staged);
        }
        if !is_staged {
            for name in git::untracked(&top)? {
                let path = normal(&top.join(git::path_of(&name)));
                let changed = Changed {
                    before: None,
                    after: None,
                    lines: Lines::All,
                };
                changes.files.insert(path, changed);
            }
        }
        Ok(changes)
    }

    fn add(
        &mut self,
        path: PathBuf,
        diff: &FileDiff,
        before: Option<Vec<u8>>,
        after: Option<Arc<[u8]>>,
    ) {
        let lines = match before {
            Some(_) if diff.old.is_some() => Lines::These(diff.changed_lines()),
            _ => Lines::All,
        };
        let before = before.filter(|_| diff.old.is_some()).map(Arc::from);
        let changed = Changed {
            before,
            after,
            lines,
        };
        self.files.insert(path, changed);
    }

    fn remove(&mut self, diff: &FileDiff, path: Option<PathBuf>) {
        if let (Some(path), Some(before)) = (path, diff.before(b"")) {
            self.removed.push((path, Arc::from(before)));
        }
    }

    /// The targets that have changed, with the content that counts.
    pub fn narrow(&self, targets: Vec<Target>, cwd: &Path) -> Vec<Target> {
        let narrowed = targets.into_iter().filter_map(|mut target| {
            let changed = self.files.get(&whole(&target, cwd))?;
            if let (Input::File(path), Some(bytes)) = (&target.input, &changed.after) {
                target.input = Input::Given(path.clone(), Arc::clone(bytes));
            }
            Some(target)
        });
        narrowed.collect()
    }

    /// Marks the findings that are older than the change.
    ///
    /// # Errors
    /// When there are no threads to be had.
    pub fn mark(
        &self,
        report: &mut Report,
        targets: &[Target],
        configs: &Configs,
        threads: usize,
    ) -> io::Result<()> {
        let cwd = configs.cwd();
        let older = self.older(targets, configs);
        let before = crate::lint(&older, Mode::Report, threads, None, || ())?.report;
        let baseline = Baseline::of_all(&before, str::to_owned);
        let scene = Now {
            cwd,
            targets: targets
                .iter()
                .map(|target| (target.shown.as_str(), target))
                .collect(),
        };
        let fates = |report: &Report| -> Vec<Vec<Fate>> {
            let files = report.files.iter().map(|file| &file.report.findings);
            files
                .map(|found| found.iter().map(|marked| marked.fate.clone()).collect())
                .collect()
        };
        let own = fates(report);
        baseline.mark(report, &scene, Fate::Unchanged);
        for (file, own) in report.files.iter_mut().zip(own) {
            let path = normal(&cwd.join(file.source.path()));
            let Some(changed) = self.files.get(&path) else {
                continue;
            };
            let touched: Vec<bool> = (file.report.findings.iter())
                .map(|marked| {
                    let causes = marked.finding.causes.iter().map(|cause| cause.range);
                    let mut places = std::iter::once(marked.finding.range).chain(causes);
                    places.any(|place| changed.touches(file, place))
                })
                .collect();
            let findings = file.report.findings.iter_mut().zip(own);
            for ((marked, own), touched) in findings.zip(touched) {
                if touched && marked.fate == Fate::Unchanged {
                    marked.fate = own;
                }
            }
        }
        Ok(())
    }

    /// The changed files as they were.
    fn older(&self, targets: &[Target], configs: &Configs) -> Vec<Target> {
        let cwd = configs.cwd();
        let changed = targets.iter().filter_map(|target| {
            let changed = self.files.get(&whole(target, cwd))?;
            let bytes = Arc::clone(changed.before.as_ref()?);
            let path = whole(target, cwd);
            Some(Target {
                input: Input::Given(path, bytes),
                ..target.clone()
            })
        });
        let removed = self.removed.iter().map(|(path, bytes)| Target {
            shown: shown(path, cwd),
            input: Input::Given(path.clone(), Arc::clone(bytes)),
            config: configs.of(path.parent().unwrap_or(path)),
        });
        changed.chain(removed).collect()
    }
}

impl Changed {
    fn touches(&self, file: &Checked, place: TextRange) -> bool {
        let Lines::These(lines) = &self.lines else {
            return true;
        };
        // The lines of a notebook are those of its JSON: what it says more than before is all that can be told.
        if file.origin.notebook.is_some() {
            return false;
        }
        let index = file.source.lines();
        let first = index.line_index(place.start()).get();
        let last = index.line_index(place.end()).get();
        let next = lines.partition_point(|line| *line < first);
        lines.get(next).is_some_and(|line| *line <= last)
    }
}

fn whole(target: &Target, cwd: &Path) -> PathBuf {
    match target.input.path() {
        Some(path) => path.to_path_buf(),
        None => normal(&cwd.join(&target.shown)),
    }
}

fn words_of(path: &Path, cwd: &Path) -> String {
    shown(path, cwd)
}

fn read_all(mut reader: impl io::Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The files of now, for findings of before.
struct Now<'a> {
    cwd: &'a Path,
    targets: BTreeMap<&'a str, &'a Target>,
}

impl Scene for Now<'_> {
    fn path(&self, shown: &str) -> String {
        shown.to_owned()
    }

    fn is_judged(&self, _: &Entry) -> bool {
        true
    }

    fn left(&self, path: &str) -> Left {
        let file = self.cwd.join(path);
        let reading = match self.targets.get(path).map(|target| &target.input) {
            Some(Input::Given(path, bytes)) => {
                read::text(bytes.to_vec(), path, &path.to_string_lossy())
            }
            Some(Input::File(file)) => read::file(file, path, None),
            Some(Input::Buffer(file, text)) => read::buffer(text, file, path),
            Some(Input::Stdin) => return Left::Unknown,
            // Removed, or removed from what is to be committed.
            None => return Left::Nothing,
        };
        match reading {
            Reading::Text(source, _) => Left::of(&source),
            _ if file.exists() => Left::Unknown,
            _ => Left::Nothing,
        }
    }
}
