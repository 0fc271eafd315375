//! What the commands have in common that check files: which files, under which configuration.

use std::io;
use std::path::{Path, PathBuf};

use super::Exit;
use crate::cache::{self, Cache};
use crate::changes::Changes;
use crate::cli;
use crate::config::{Configs, Issue, Selector};
use crate::discover::{self, Request, Target};
use crate::progress::Progress;
use crate::terminal::Terminal;
use crate::words::reason;
use crate::{Mode, Outcome};

/// What is to be checked.
pub struct Run {
    pub configs: Configs,
    pub targets: Vec<Target>,
    /// What belongs to other parts of the project, where only a part is to be checked.
    pub others: Vec<Target>,
    /// An error, when some of what was named is not there.
    pub exit: Exit,
    /// What earlier runs have found, unless nothing is to be remembered.
    cache: Option<Cache>,
}

impl Run {
    /// All files of the project, so that a part of it finds in a profile what the whole does.
    pub fn all(&self) -> impl Iterator<Item = &Target> + Clone {
        self.targets.iter().chain(&self.others)
    }

    /// Reads the configuration and finds the files; `None` when that went wrong, and was told.
    ///
    /// # Errors
    /// When the current folder is not to be had.
    pub fn new(args: &cli::Check, terminal: Terminal) -> io::Result<Option<Self>> {
        let cwd = std::env::current_dir()?;
        let configs = Configs::new(&cwd, args.sources());
        // The configuration of the run is read before anything is said about it.
        configs.of_run();
        unknown_ignores(args, terminal);
        if tell(&configs, terminal) {
            return Ok(None);
        }
        let request = match request(args) {
            Ok(request) => request,
            Err(message) => {
                terminal.error(message);
                return Ok(None);
            }
        };
        let cache = (!args.no_cache)
            .then(|| Cache::open(&cache_folder(&configs, args.cache_dir.as_deref())));
        // Where every run has a checkout of its own, the times of folders tell nothing to the next.
        let keeps_walks = !args.show_files && !crate::ci::is_on();
        let walks = cache.as_ref().filter(|_| keeps_walks);
        let mut found = discover::find(&request, &configs, walks);
        let mut others = Vec::new();
        if let Some(shard) = args.shard {
            let parts = std::mem::take(&mut found.targets).into_iter();
            (found.targets, others) = parts.partition(|target| shard.has(&target.shown));
        }
        if tell(&configs, terminal) {
            return Ok(None);
        }
        (found.warnings.iter()).for_each(|warning| terminal.warn(warning));
        found.errors.iter().for_each(|error| terminal.error(error));
        let exit = match found.errors.is_empty() {
            true => Exit::Clean,
            false => Exit::Error,
        };
        Ok(Some(Self {
            configs,
            targets: found.targets,
            others,
            exit,
            cache,
        }))
    }

    /// Keeps the targets that have changed, where only those are asked for.
    ///
    /// # Errors
    /// When it cannot be known what has changed, in words for the user.
    pub fn narrow(&mut self, args: &cli::Check) -> Result<Option<Changes>, String> {
        let Some(since) = args.changes() else {
            return Ok(None);
        };
        let cwd = self.configs.cwd();
        let changes = Changes::since(&since, cwd, &self.targets)?;
        self.targets = changes.narrow(std::mem::take(&mut self.targets), cwd);
        Ok(Some(changes))
    }

    /// Checks the files, with a bar where somebody looks.
    ///
    /// # Errors
    /// When there are no threads to be had.
    pub fn lint(&self, args: &cli::Check, mode: Mode, terminal: Terminal) -> io::Result<Outcome> {
        let is_still = args.no_progress || terminal.verbosity < 0;
        let progress = Progress::new(self.targets.len(), !is_still);
        let cache = self.cache.as_ref();
        let step = || progress.step();
        let outcome = crate::lint(&self.targets, mode, args.threads, cache, step)?;
        progress.finish();
        if let Some(Err(error)) = cache.map(Cache::close) {
            // The findings are there all the same.
            terminal.debug(format_args!(
                "the cache was not written: {}",
                reason(&error)
            ));
        }
        Ok(outcome)
    }
}

/// Where the cache of a run lies: beside its configuration, unless somebody says otherwise.
pub fn cache_folder(configs: &Configs, asked: Option<&Path>) -> PathBuf {
    match asked {
        Some(folder) => configs.cwd().join(folder),
        None => configs.of_run().settings.root.join(cache::FOLDER),
    }
}

/// What to look for.
fn request(args: &cli::Check) -> Result<Request, String> {
    let dash = Path::new("-");
    let mut roots = args.paths.clone();
    roots.retain(|path| path != dash);
    let mut reads_stdin = roots.len() < args.paths.len();
    if let Some(list) = &args.files_from {
        if reads_stdin && list == dash {
            return Err("`-` and `--files-from -` cannot both read standard input".to_owned());
        }
        let listed = discover::listed(list);
        let listed = listed
            .map_err(|error| format!("cannot read {}: {}", list.display(), reason(&error)))?;
        roots.extend(listed);
    } else if args.paths.is_empty() {
        reads_stdin = args.stdin_filename.is_some();
        if !reads_stdin {
            roots.push(PathBuf::from("."));
        }
    }
    let name = args
        .stdin_filename
        .clone()
        .unwrap_or_else(|| dash.to_path_buf());
    Ok(Request {
        roots,
        stdin: reads_stdin.then_some(name),
        threads: args.threads,
    })
}

/// Tells what is wrong with the configuration; whether anything is wrong enough to stop.
fn tell(configs: &Configs, terminal: Terminal) -> bool {
    let issues = configs.take_issues();
    issues.iter().for_each(|issue| terminal.complain(issue));
    issues.iter().any(|issue| !issue.is_warning)
}

/// Names that `--ignore` has and no rule: a warning, as in a file.
fn unknown_ignores(args: &cli::Check, terminal: Terminal) {
    for error in args
        .ignore
        .iter()
        .filter_map(|name| name.parse::<Selector>().err())
    {
        terminal.complain(&Issue::new(error.to_string()).help(error.help).warning());
    }
}
