//! What layers of configuration come to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{Glob, GlobSetBuilder};
use hotlint_core::lint::Severity;
use hotlint_core::python::Versions;

use super::exclude::{Exclude, USUAL};
use super::file::Layer;
use super::libraries::Libraries;
use super::options::{Options, QuietPlace};
use super::{BaselineMode, FailLevel, select};
use crate::policy::Policy;
use crate::quiet::{PerFileIgnore, Quiet};
use crate::render::Format;
use crate::rule_set::RuleSet;

const MAX_FILE_SIZE: u64 = 8 << 20;

/// Everything that a configuration decides, with nothing left unsaid.
#[derive(Debug)]
pub struct Settings {
    /// The file that says so, if there is one.
    pub path: Option<PathBuf>,
    /// That file, those that it extends, and the tables of libraries that they name.
    pub files: Vec<PathBuf>,
    /// Its folder.
    pub root: PathBuf,
    pub target_version: Option<Versions>,
    pub policy: Arc<Policy>,
    pub exclude: Exclude,
    /// The globs of `exclude`, as they were written.
    pub exclude_globs: Vec<String>,
    /// A number for what `exclude` and its kin come to, and what else decides about a walk.
    pub excluded: u64,
    pub quiet_in: Vec<QuietPlace>,
    pub force_exclude: bool,
    /// Whether files are looked for that hold command lines.
    pub reads_commands: bool,
    pub respect_gitignore: bool,
    pub fail_level: FailLevel,
    pub max_findings: usize,
    /// A whole path.
    pub baseline: Option<PathBuf>,
    pub baseline_mode: BaselineMode,
    pub unsafe_fixes: bool,
    pub output_format: Format,
    /// In bytes; `None` without a limit.
    pub max_file_size: Option<u64>,
    pub follow_imports: bool,
    /// Libraries that the project describes itself.
    pub libraries: Libraries,
    /// Profiles to rank by; absolute.
    pub profiles: Vec<PathBuf>,
    /// Beginnings of paths in profiles, and the absolute folders that they are here.
    pub path_map: Vec<(String, PathBuf)>,
    /// A share from 0 to 1.
    pub min_share: Option<f64>,
}

impl Settings {
    /// `layers` from the most general to the most particular; `path` is the file that they come from, `root` its
    /// folder, `cwd` the folder that shown paths are relative to.
    pub fn resolve(path: Option<PathBuf>, root: &Path, cwd: &Path, layers: &[Layer]) -> Self {
        let quiet_in = last(layers, |options| options.quiet_in.as_ref());
        let quiet_in = quiet_in.map_or(QuietPlace::ALL.to_vec(), |(_, places)| places.clone());
        let globs = exclude_globs(layers);
        let force_exclude = value(layers, |options| options.force_exclude).unwrap_or(false);
        let severities = severities(layers);
        let reads_commands = reads_commands(&severities);
        let words = format!(
            "{}\0{force_exclude}\0{reads_commands}\0{globs:?}",
            root.display()
        );
        let libraries = last(layers, |options| options.libraries.as_ref());
        let libraries = libraries.map_or_else(Libraries::default, |(_, known)| known.clone());
        let size = value(layers, |options| options.max_file_size).unwrap_or(MAX_FILE_SIZE);
        Self {
            path,
            files: layers
                .iter()
                .filter_map(|layer| layer.path.clone())
                .chain(libraries.files.iter().cloned())
                .collect(),
            root: root.to_path_buf(),
            target_version: value(layers, |options| options.target_version),
            policy: Arc::new(
                Policy::new(severities, quiet(layers, &quiet_in, root, cwd))
                    .choosing(select::chosen(&selections(layers))),
            ),
            excluded: xxhash_rust::xxh3::xxh3_64(words.as_bytes()),
            exclude: Exclude::new(globs.iter().copied()),
            exclude_globs: globs.iter().map(|(_, glob)| (*glob).to_owned()).collect(),
            quiet_in,
            force_exclude,
            reads_commands,
            respect_gitignore: value(layers, |options| options.respect_gitignore).unwrap_or(true),
            fail_level: value(layers, |options| options.fail_level).unwrap_or_default(),
            max_findings: value(layers, |options| options.max_findings).unwrap_or(0),
            baseline: last(layers, |options| options.baseline.as_ref())
                .filter(|(_, path)| !path.as_os_str().is_empty())
                .map(|(root, path)| root.join(path)),
            baseline_mode: value(layers, |options| options.baseline_mode).unwrap_or_default(),
            unsafe_fixes: value(layers, |options| options.unsafe_fixes).unwrap_or(false),
            output_format: value(layers, |options| options.output_format).unwrap_or(Format::Full),
            max_file_size: (size > 0).then_some(size),
            follow_imports: value(layers, |options| options.follow_imports).unwrap_or(false),
            libraries,
            profiles: last(layers, |options| options.profile.as_ref())
                .map(|(root, paths)| paths.iter().map(|path| root.join(path)).collect())
                .unwrap_or_default(),
            path_map: last(layers, |options| options.path_map.as_ref())
                .map(|(root, pairs)| {
                    let pair = |(from, to): &(String, String)| (from.clone(), root.join(to));
                    pairs.iter().map(pair).collect()
                })
                .unwrap_or_default(),
            min_share: value(layers, |options| options.min_share),
        }
    }
}

/// Whether a rule that is on has something to say of command lines.
fn reads_commands(severities: &[Option<Severity>]) -> bool {
    let rules = hotlint_rules::all().iter().zip(severities);
    let mut on = rules.filter(|(_, severity)| severity.is_some());
    on.any(|(rule, _)| rule.reads_commands())
}

impl Settings {
    /// Whether what is found in a file may hang on something beside it.
    pub fn looks_further(&self) -> bool {
        self.follow_imports || self.libraries.declared.is_some()
    }
}

/// What the most particular layer says that says anything, with that layer's folder.
fn last<'a, T>(
    layers: &'a [Layer],
    get: impl Fn(&'a Options) -> Option<T>,
) -> Option<(&'a Path, T)> {
    let said = |layer: &'a Layer| Some((&*layer.root, get(&layer.options)?));
    layers.iter().rev().find_map(said)
}

fn value<T>(layers: &[Layer], get: impl Fn(&Options) -> Option<T>) -> Option<T> {
    layers.iter().rev().find_map(|layer| get(&layer.options))
}

fn exclude_globs(layers: &[Layer]) -> Vec<(&Path, &str)> {
    let mut globs: Vec<(&Path, &str)> = match last(layers, |options| options.exclude.as_ref()) {
        Some((root, globs)) => globs.iter().map(|glob| (root, &**glob)).collect(),
        None => USUAL.iter().map(|glob| (Path::new(""), *glob)).collect(),
    };
    for layer in layers {
        let more = layer.options.extend_exclude.iter();
        globs.extend(more.map(|glob| (&*layer.root, &**glob)));
    }
    globs
}

fn severities(layers: &[Layer]) -> Vec<Option<Severity>> {
    let severities: Vec<_> = (layers.iter())
        .flat_map(|layer| layer.options.severity.iter().copied())
        .collect();
    select::resolve(&selections(layers), &severities)
}

fn selections(layers: &[Layer]) -> Vec<&select::Selection> {
    let all = layers.iter().map(|layer| &layer.options.selection);
    all.collect()
}

fn quiet(layers: &[Layer], places: &[QuietPlace], root: &Path, cwd: &Path) -> Quiet {
    let mut files = GlobSetBuilder::new();
    for glob in places.iter().flat_map(|place| place.globs()) {
        if let Ok(glob) = Glob::new(glob) {
            files.add(glob);
        }
    }
    let ignores = last(layers, |options| options.per_file_ignores.as_ref());
    let ignores = ignores.map_or(&[][..], |(_, ignores)| ignores);
    let ignore = |(glob, selectors): &(String, Vec<select::Selector>)| {
        let bare = glob.trim_start_matches('!');
        Some(PerFileIgnore {
            // Invalid ones were told of when they were read.
            glob: Glob::new(bare).ok()?.compile_matcher(),
            negated: bare.len() != glob.len(),
            rules: RuleSet::of(|rule| selectors.iter().any(|selector| selector.covers(rule))),
        })
    };
    Quiet {
        base: cwd.to_path_buf(),
        root: root.to_path_buf(),
        files: files.build().unwrap_or_default(),
        generated: places.contains(&QuietPlace::Generated),
        ignores: ignores.iter().filter_map(ignore).collect(),
    }
}
