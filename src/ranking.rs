//! Profiles from the disk, put to use on a report.

use std::path::{Path, PathBuf};

use crate::cli::{Heat, Stale};
use crate::command::Exit;
use crate::config::Settings;
use crate::discover::Target;
use crate::profile::{self, Profile};
use crate::rank::{self, MIN_SHARE, Paths, Wanted};
use crate::report::Report;
use crate::terminal::Terminal;
use crate::verdict::Join;
use crate::words::shown;

/// What a run ranks by.
#[derive(Debug)]
pub struct Ranking {
    /// One for each unit.
    profiles: Vec<Profile>,
    sources: Vec<String>,
    prefixes: Vec<(String, String)>,
    here: String,
    wanted: Wanted,
    stale: Stale,
}

impl Ranking {
    /// Reads the profiles that the command line names, or else the configuration; `None` where neither does.
    ///
    /// # Errors
    /// When a profile cannot be read, or flags ask for heat without one.
    pub fn new(
        args: &Heat,
        settings: &Settings,
        cwd: &Path,
        terminal: Terminal,
    ) -> Result<Option<Self>, String> {
        let mut files = args.profile.clone();
        if files.is_empty() {
            // Those of the configuration need not be there on every machine.
            files.extend(
                settings
                    .profiles
                    .iter()
                    .filter(|path| path.exists())
                    .cloned(),
            );
        }
        if files.is_empty() {
            let flag = [
                (args.only_hot, "--only-hot"),
                (args.min_share.is_some(), "--min-share"),
                (args.fail_on_hot.is_some(), "--fail-on-hot"),
                (args.hot_first, "--hot-first"),
            ];
            return match flag.iter().find(|(given, _)| *given) {
                Some((_, flag)) => Err(format!(
                    "`{flag}` wants a profile: name one with `--profile FILE`"
                )),
                None => Ok(None),
            };
        }
        let (profiles, sources) = read(&files, cwd, terminal)?;
        if let Some(revision) = &args.profile_rev {
            rank::known(revision, cwd)?;
        }
        let prefixes = prefixes(
            args.profile_root.as_deref(),
            &args.path_map,
            &settings.path_map,
            cwd,
        );
        Ok(Some(Self {
            profiles,
            sources,
            prefixes,
            here: slashes(cwd),
            wanted: Wanted {
                revision: args.profile_rev.clone(),
                least: least(args, settings),
                hot_first: !args.no_hot_first,
            },
            stale: args.stale_profile.unwrap_or_default(),
        }))
    }

    /// Where the profiles have the files of `targets`.
    pub fn paths<'t>(&self, targets: impl Iterator<Item = &'t Target>) -> Paths {
        let files = targets.map(|target| match target.input.path() {
            Some(path) => slashes(path),
            None => format!("{}/{}", self.here, target.shown),
        });
        Paths::new(files.collect(), self.prefixes.clone(), self.here.clone())
    }

    /// Gives each finding of `report` its heat; `paths` and `names` are those of all files that there are.
    pub fn heat(&self, report: &mut Report, paths: &Paths, names: &[String]) -> rank::Ranking {
        let mut ranking = rank::rank(report, &self.profiles, paths, names, &self.wanted);
        ranking.sources.clone_from(&self.sources);
        ranking
    }

    /// What was read, as people call it.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// Marks the findings of `report`, and tells what does not fit.
    pub fn rank<'t>(
        &self,
        report: &mut Report,
        targets: impl Iterator<Item = &'t Target> + Clone,
        terminal: Terminal,
    ) -> Exit {
        let names: Vec<String> = targets.clone().map(|target| target.shown.clone()).collect();
        let ranking = self.heat(report, &self.paths(targets), &names);
        let mut exit = Exit::Clean;
        for note in &ranking.stale {
            match self.stale {
                Stale::Error => {
                    terminal.error(note);
                    exit = Exit::Error;
                }
                Stale::Warn => terminal.warn(note),
                Stale::Ignore => {}
            }
        }
        self.tell_strangers(report, &ranking, &names, terminal);
        report.ranking = Some(ranking);
        exit
    }

    /// A profile that speaks of none of the files was not meant, or its paths are.
    fn tell_strangers(
        &self,
        report: &Report,
        ranking: &rank::Ranking,
        names: &[String],
        terminal: Terminal,
    ) {
        let mut findings = report
            .files
            .iter()
            .flat_map(|file| &file.report.findings)
            .peekable();
        let unprofiled = |marked: &crate::verdict::Marked| {
            marked
                .heat
                .is_some_and(|heat| heat.join == Join::Unprofiled)
        };
        if findings.peek().is_none() || !findings.all(unprofiled) || !ranking.stale.is_empty() {
            return;
        }
        if let Some(place) = ranking
            .places
            .iter()
            .find(|place| !names.contains(&place.file))
        {
            terminal.warn(format_args!(
                "no profile saw a file with findings; a profile has `{}`, which `--path-map FROM=TO` can map",
                place.file
            ));
        }
    }
}

/// The share from which on a finding is shown; all are where this is `None`.
pub fn least(args: &Heat, settings: &Settings) -> Option<f64> {
    let configured = settings.min_share.unwrap_or(MIN_SHARE);
    args.min_share.or(args.only_hot.then_some(configured))
}

/// The profiles in `files`, one for each unit, and what they are called.
///
/// # Errors
/// When one of them cannot be read.
pub fn read(
    files: &[PathBuf],
    cwd: &Path,
    terminal: Terminal,
) -> Result<(Vec<Profile>, Vec<String>), String> {
    let mut profiles = Vec::new();
    let mut names = Vec::new();
    for file in files {
        let name = shown(file, cwd);
        let read = profile::read(file)
            .map_err(|error| format!("cannot use the profile {name}: {error}"))?;
        for note in read.iter().flat_map(|profile| &profile.notes) {
            terminal.note(format_args!("{name}: {note}"));
        }
        names.push(name);
        profiles.extend(read);
    }
    Ok((profile::merge(profiles), names))
}

/// Pairs of beginnings: what the command line says before what the configuration says.
pub fn prefixes(
    root: Option<&str>,
    given: &[(String, PathBuf)],
    configured: &[(String, PathBuf)],
    cwd: &Path,
) -> Vec<(String, String)> {
    let root = root.map(|root| (root.replace('\\', "/"), slashes(cwd)));
    let pair =
        |(from, to): &(String, PathBuf)| (from.replace('\\', "/"), slashes(&absolute(to, cwd)));
    root.into_iter()
        .chain(given.iter().map(pair))
        .chain(configured.iter().map(pair))
        .collect()
}

/// Without `.` and `..`, as the paths of files are.
fn absolute(path: &Path, cwd: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in cwd.join(path).components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                whole.pop();
            }
            part => whole.push(part),
        }
    }
    whole
}

pub fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
