//! The files that nobody has open: checked in the background, and told with a name for what was said, so that it need not be
//! said again.
//!
//! **Invariant**: what is kept of a file is its stamp and the name of what was said about it, never its text.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gen_lsp_types::{
    Diagnostic, FullDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport, Uri,
    WorkspaceDocumentDiagnosticReport, WorkspaceFullDocumentDiagnosticReport,
    WorkspaceUnchangedDocumentDiagnosticReport,
};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::analysis::{self, Analysis, Snapshot};
use super::client::Abilities;
use super::document::{Content, Part};
use super::folder::Folder;
use super::text::Text;
use super::{diagnostics, uri};
use crate::cache::{Cache, Stamp};
use crate::command::cache_folder;
use crate::discover::Target;
use hotlint_core::python::SourceKind;

/// Files that are told of at once.
const AT_ONCE: usize = 64;

/// What was said of the files of the disk, by their paths.
#[derive(Debug, Default)]
pub struct Memory(Mutex<FxHashMap<PathBuf, Known>>);

#[derive(Clone, Debug)]
struct Known {
    stamp: Stamp,
    generation: u64,
    /// `None` where there was nothing to say.
    result: Option<String>,
}

/// One request for everything.
pub struct Sweep<'a> {
    pub folders: Vec<Arc<Folder>>,
    pub abilities: Arc<Abilities>,
    /// What is open, as it is now.
    pub open: Vec<Snapshot>,
    /// What the client has, by URI.
    pub previous: FxHashMap<String, String>,
    pub memory: &'a Memory,
    /// Whether to use what earlier runs have left on the disk.
    pub uses_cache: bool,
    pub is_cancelled: &'a AtomicBool,
    /// Takes files as they are done.
    pub tell: &'a (dyn Fn(Vec<WorkspaceDocumentDiagnosticReport>) + Sync),
    /// Takes how many files are done, of how many.
    pub step: &'a (dyn Fn(usize, usize) + Sync),
}

impl Sweep<'_> {
    /// Checks everything; ends early when it is cancelled.
    pub fn run(mut self, pool: &rayon::ThreadPool) {
        let mut told: FxHashSet<String> = FxHashSet::default();
        for snapshot in std::mem::take(&mut self.open) {
            let analysis = pool.install(|| snapshot.analyse());
            let reports = self.of_open(&analysis);
            told.extend(
                analysis
                    .snapshot
                    .content
                    .parts()
                    .map(|part| part.uri.0.clone()),
            );
            told.insert(analysis.snapshot.uri.0.clone());
            told.extend(uri::of(&analysis.snapshot.path).map(|uri| uri.0));
            (self.tell)(reports);
        }
        let folders = self.folders.clone();
        let caches: Vec<Option<Cache>> = (folders.iter())
            .map(|folder| {
                let place = self.uses_cache.then(|| cache_folder(&folder.configs, None));
                place.map(|place| Cache::open(&place))
            })
            .collect();
        let targets: Vec<(&Arc<Folder>, Option<&Cache>, Target)> = (folders.iter().zip(&caches))
            .flat_map(|(folder, cache)| {
                let targets = match folder.is_broken {
                    true => Vec::new(),
                    false => folder.targets(),
                };
                let inner = |path: &Path| {
                    folders.iter().any(|other| {
                        other.path != folder.path
                            && other.path.starts_with(&folder.path)
                            && path.starts_with(&other.path)
                    })
                };
                let own = targets
                    .into_iter()
                    .filter(move |target| target.input.path().is_some_and(|path| !inner(path)));
                own.map(|target| (folder, cache.as_ref(), target))
                    .collect::<Vec<_>>()
            })
            .collect();
        let done = AtomicUsize::new(0);
        for some in targets.chunks(AT_ONCE) {
            if self.is_cancelled.load(Ordering::Relaxed) {
                return;
            }
            let one = |(folder, cache, target): &(&Arc<Folder>, Option<&Cache>, Target)| {
                let name = uri::of(target.input.path()?)?;
                if told.contains(&name.0) || self.is_cancelled.load(Ordering::Relaxed) {
                    return None;
                }
                Some((name.clone(), self.of_file(folder, *cache, target, name)))
            };
            let reports: Vec<_> = pool.install(|| some.par_iter().filter_map(one).collect());
            let (names, reports): (Vec<Uri>, Vec<_>) = reports.into_iter().unzip();
            told.extend(names.into_iter().map(|name| name.0));
            (self.tell)(reports.into_iter().flatten().collect());
            let done = done.fetch_add(some.len(), Ordering::Relaxed) + some.len();
            (self.step)(done, targets.len());
        }
        let there: FxHashSet<&Path> = (targets.iter())
            .filter_map(|(_, _, target)| target.input.path())
            .collect();
        self.memory.forget(|path| there.contains(path));
        for cache in caches.into_iter().flatten() {
            // What cannot be remembered is found again.
            let _ = cache.close();
        }
        // What the client still shows of files that are no more.
        let gone = self.previous.keys().filter(|uri| !told.contains(*uri));
        let gone = gone.map(|uri| full(Uri::from(uri.as_str()), None, None, Vec::new()));
        (self.tell)(gone.collect());
    }

    fn of_open(&self, analysis: &Analysis) -> Vec<WorkspaceDocumentDiagnosticReport> {
        let told = diagnostics::of(analysis).into_iter();
        told.map(|(page, list)| {
            let result = diagnostics::result_id(&list);
            self.report(page.part.uri.clone(), Some(page.part.version), result, list)
        })
        .collect()
    }

    /// `None` where nothing is to be said and nothing was said before.
    fn of_file(
        &self,
        folder: &Arc<Folder>,
        cache: Option<&Cache>,
        target: &Target,
        name: Uri,
    ) -> Option<WorkspaceDocumentDiagnosticReport> {
        let path = target.input.path()?;
        let metadata = std::fs::metadata(path).ok();
        let stamp = metadata.as_ref().and_then(Stamp::of);
        let previous = self.previous.get(name.as_ref());
        if let Some(stamp) = stamp
            && let Some(known) = self.memory.of(path, stamp, folder.generation)
            && known.as_ref() == previous
        {
            return known.map(|result| unchanged(name, None, result));
        }
        let list = self.check(folder, cache, target, &name);
        let result = (!list.is_empty()).then(|| diagnostics::result_id(&list));
        if let Some(stamp) = stamp {
            self.memory
                .keep(path, stamp, folder.generation, result.clone());
        }
        match result {
            Some(result) => Some(self.report(name, None, result, list)),
            None => previous.map(|_| full(name, None, None, Vec::new())),
        }
    }

    fn check(
        &self,
        folder: &Arc<Folder>,
        cache: Option<&Cache>,
        target: &Target,
        name: &Uri,
    ) -> Vec<Diagnostic> {
        let (report, ranking) = analysis::told(target, folder, cache);
        let Some(checked) = report.files.into_iter().next() else {
            return Vec::new();
        };
        if checked.report.findings.is_empty() && checked.report.problems.is_empty() {
            return Vec::new();
        }
        // Cells have no names while a notebook is closed: it is told of when it is opened.
        if matches!(checked.source.kind(), SourceKind::Notebook { .. }) {
            return Vec::new();
        }
        let text = checked.source.text().to_owned();
        let content = Content::File(Part {
            uri: name.clone(),
            version: 0,
            text: Arc::new(Text::new(text)),
        });
        let snapshot = Snapshot {
            uri: name.clone(),
            path: checked.origin.path.clone(),
            revision: 0,
            is_python: true,
            content,
            folder: Arc::clone(folder),
            abilities: Arc::clone(&self.abilities),
        };
        let analysis = Analysis::new(snapshot, target, Some(checked), ranking);
        let told = diagnostics::of(&analysis).into_iter();
        told.flat_map(|(_, list)| list).collect()
    }

    fn report(
        &self,
        name: Uri,
        version: Option<i32>,
        result: String,
        list: Vec<Diagnostic>,
    ) -> WorkspaceDocumentDiagnosticReport {
        match self.previous.get(name.as_ref()) == Some(&result) {
            true => unchanged(name, version, result),
            false => full(name, version, Some(result), list),
        }
    }
}

fn full(
    uri: Uri,
    version: Option<i32>,
    result_id: Option<String>,
    items: Vec<Diagnostic>,
) -> WorkspaceDocumentDiagnosticReport {
    WorkspaceDocumentDiagnosticReport::WorkspaceFullDocumentDiagnosticReport(
        WorkspaceFullDocumentDiagnosticReport {
            uri,
            version,
            full_document_diagnostic_report: FullDocumentDiagnosticReport { result_id, items },
        },
    )
}

fn unchanged(
    uri: Uri,
    version: Option<i32>,
    result_id: String,
) -> WorkspaceDocumentDiagnosticReport {
    WorkspaceDocumentDiagnosticReport::WorkspaceUnchangedDocumentDiagnosticReport(
        WorkspaceUnchangedDocumentDiagnosticReport {
            uri,
            version,
            unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id },
        },
    )
}

impl Memory {
    /// What was said of the file with this stamp, in this generation of its folder; `None` where that is not known.
    #[expect(clippy::option_option, reason = "known to be nothing is not unknown")]
    fn of(&self, path: &Path, stamp: Stamp, generation: u64) -> Option<Option<String>> {
        let files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = files.get(path)?;
        (known.stamp == stamp && known.generation == generation).then(|| known.result.clone())
    }

    fn keep(&self, path: &Path, stamp: Stamp, generation: u64, result: Option<String>) {
        let known = Known {
            stamp,
            generation,
            result,
        };
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(path.to_path_buf(), known);
    }

    fn forget(&self, is_there: impl Fn(&Path) -> bool) {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|path, _| is_there(path));
    }
}
