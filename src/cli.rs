//! The words of the command line.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{
    Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum, ValueHint,
};
use clap_complete::Shell;
use hotlint_core::lint::Severity;
use hotlint_core::python::Versions;

use crate::changes::Since;
use crate::config::{
    BaselineMode, FailLevel, Options, Selection, Selector, Sources, parse_versions,
};
use crate::output::{self, Output};
use crate::shard::Shard;
use crate::verify::Wish;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "\
`hotlint PATH...` is short for `hotlint check PATH...`.

Exit codes:
  0  nothing to complain of
  1  findings from the fail level on, or files that are no valid Python
  2  wrong use, wrong configuration, files that cannot be read, or a bug in hotlint";

/// Finds Python code that is slow for a reason a reader can see.
#[derive(Debug, Parser)]
#[command(name = "hotlint", version, styles = STYLES, after_help = EXAMPLES, max_term_width = 110)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: Global,
}

/// Flags that every command takes.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// When to write in colour
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        env = "HOTLINT_COLOR",
        hide_env_values = true,
        help_heading = "Global options"
    )]
    pub color: Color,
    /// Say less: no warnings and no closing line; twice: nothing but the exit code
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "verbose", help_heading = "Global options")]
    pub quiet: u8,
    /// Say more: which files, which configuration
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Global options")]
    pub verbose: u8,
}

/// When to write in colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR says otherwise; FORCE_COLOR and CLICOLOR_FORCE count too
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Finds, explains and fixes slow code
    Check(Box<Check>),
    /// Records, shows and merges profiles, which say which findings matter
    Profile {
        #[command(subcommand)]
        command: ProfileCommand,
    },
    /// Keeps a file of findings that were there before, so that only new ones are reported
    #[command(subcommand)]
    Baseline(Baseline),
    /// Explains a line: what is reported there, and which fact silenced which rule
    ///
    /// Takes FILE:LINE, and what `hotlint check` takes.
    Why(Box<Check>),
    /// Forgets what was found before
    Clean {
        /// Where it was remembered [default: .hotlint_cache beside the configuration]
        #[arg(long, value_name = "FOLDER", env = "HOTLINT_CACHE_DIR", hide_env_values = true, value_hint = ValueHint::DirPath)]
        cache_dir: Option<PathBuf>,
    },
    /// Writes a configuration to start from
    ///
    /// Takes over the Python version and the excluded files of ruff, and leaves out what ruff reports already.
    Init,
    /// Puts the reports of several runs together: those of `--shard`, or of several projects
    ///
    /// PATH names what `hotlint check --output-format bundle:FILE` wrote. Loses nothing: what comes out, in whatever format, is what
    /// one run over all files would have written.
    Merge(Box<Check>),
    /// Turns comments and settings for ruff and perflint into hotlint's
    ///
    /// Comments, and the selections in pyproject.toml, ruff.toml, .pylintrc and hotlint.toml. Shows what would change; `--write` does it.
    Migrate(Migrate),
    /// Explains a rule
    Rule(Rule),
    /// Explains the keys of a configuration file
    Config {
        /// One key, or `schema` for a JSON schema of them all; without, all keys are listed
        key: Option<String>,
    },
    /// Puts the files of a killed run with `--verify` back
    #[command(name = crate::verify::WATCH, hide = true)]
    WatchJournal { folder: PathBuf },
    /// Runs the examples of rules on the Pythons of this machine and tells how much they gain
    ///
    /// Runs hotlint's own examples, never the code of a project.
    Measure(Measure),
    /// Serves an editor: the language server protocol, on standard input and output
    Server(Server),
    /// Prints the completions of a shell
    Completions { shell: Shell },
    /// Writes the documentation of this very version
    #[command(hide = true, subcommand)]
    Docs(Docs),
    /// Prints the version
    Version {
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        output_format: VersionFormat,
    },
}

/// `hotlint profile`
#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// Shows what a profile says: where the time, or the memory, went
    Show {
        #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
        files: Vec<PathBuf>,
        /// How many places
        #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
        top: usize,
        /// Show libraries too
        #[arg(long)]
        libraries: bool,
    },
    /// Merges profiles into one small file, to be kept with the code for the editor and for CI
    Merge {
        #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
        files: Vec<PathBuf>,
        /// Where to write it; standard output where it is missing
        #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        output: Option<PathBuf>,
        /// The folder in which the profiled program had this project
        #[arg(long, value_name = "FOLDER")]
        profile_root: Option<String>,
        /// Paths of the profile that begin so are those that begin otherwise here: `/app=src`
        #[arg(long, value_name = "FROM=TO", value_parser = path_pair)]
        path_map: Vec<(String, PathBuf)>,
    },
    /// Runs a command under a profiler, and then checks with what it recorded
    ///
    /// The command is run as it is given; its own output stays where it is.
    Record(Box<Record>),
}

/// `hotlint profile record`
#[derive(Debug, Args)]
pub struct Record {
    /// Which profiler; it has to be installed for the Python that the command runs
    #[arg(long, value_name = "NAME", default_value = "cprofile")]
    pub profiler: Profiler,
    /// Where to keep the profile; it is thrown away where this is missing
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Files and folders to check [default: the current folder]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub check: Vec<PathBuf>,
    /// The command: `python app.py`, `python -m package`, or a script that Python runs
    #[arg(
        value_name = "COMMAND",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub command: Vec<OsString>,
}

/// Profilers that `hotlint profile record` knows how to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Profiler {
    /// Python's own: counts each call, and slows calls down
    Cprofile,
    /// Looks a hundred times a second from outside; knows lines
    PySpy,
    /// Looks a thousand times a second from inside; knows lines
    Pyinstrument,
    /// Traces each call
    Viztracer,
}

/// `hotlint baseline`; all commands take what `hotlint check` takes.
#[derive(Debug, Subcommand)]
pub enum Baseline {
    /// Writes all findings of now to a new baseline
    Create(Box<Check>),
    /// Rewrites the baseline: what is new comes in, what is gone goes out
    Update(Box<Check>),
    /// Takes out what is gone, and lets nothing new in
    Prune(Box<Check>),
    /// Fails unless the baseline is what `update` would write
    Check(Box<Check>),
    /// Counts what the baseline holds, by rule and by file
    Stats(Box<Check>),
}

impl Baseline {
    pub fn args(&self) -> &Check {
        match self {
            Self::Create(args)
            | Self::Update(args)
            | Self::Prune(args)
            | Self::Check(args)
            | Self::Stats(args) => args,
        }
    }
}

/// `hotlint docs`, for those who build packages and the site.
#[derive(Debug, Subcommand)]
pub enum Docs {
    /// Manual pages and completions, where a package puts them below its prefix: `share/man/man1`, ...
    Share {
        #[arg(value_name = "PREFIX", value_hint = ValueHint::DirPath)]
        prefix: PathBuf,
    },
    /// The site as Markdown, with the configuration of its generator
    Site {
        #[arg(value_name = "FOLDER", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
}

/// `hotlint migrate`
#[derive(Debug, Args)]
pub struct Migrate {
    /// Change the files
    #[arg(long)]
    pub write: bool,
    #[command(flatten)]
    pub check: Box<Check>,
}

/// `hotlint measure`
#[derive(Debug, Args)]
pub struct Measure {
    /// Rules to measure; all where none is named
    #[arg(value_name = "RULE")]
    pub rules: Vec<String>,

    /// Interpreters to measure on; those of pyenv and of the PATH where none is given
    #[arg(long, value_name = "PATH")]
    pub python: Vec<PathBuf>,

    /// Writes what was seen beside the rules in this folder of hotlint's own sources
    #[arg(long, value_name = "FOLDER")]
    pub write: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum VersionFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RuleFormat {
    Text,
    Json,
    Markdown,
}

#[derive(Debug, Args)]
pub struct Rule {
    /// The rule's name, as it stands in findings
    #[arg(required_unless_present = "all")]
    pub name: Option<String>,
    /// All rules
    #[arg(long, conflicts_with = "name")]
    pub all: bool,
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output_format: RuleFormat,
}

#[derive(Clone, Debug, Args)]
pub struct Check {
    /// Files and folders, `-` for standard input [default: the current folder]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// Apply the fixes that are safe
    #[arg(long, conflicts_with_all = ["staged", "since_diff"], help_heading = "Fixing")]
    pub fix: bool,
    /// Take fixes in that may change more than the time; `--no-unsafe-fixes` takes it back
    #[arg(long, overrides_with = "no_unsafe_fixes", help_heading = "Fixing")]
    pub unsafe_fixes: bool,
    #[arg(long, overrides_with = "unsafe_fixes", hide = true)]
    pub no_unsafe_fixes: bool,
    /// Apply fixes and do not report what is left
    #[arg(long, conflicts_with_all = ["diff", "staged", "since_diff"], help_heading = "Fixing")]
    pub fix_only: bool,
    /// With `--fix`: run COMMAND without and with the fixes, and take back those with which it fails
    ///
    /// The shell runs COMMAND, in the current folder, as often as it takes. All files are as they were should anything go wrong.
    #[arg(long, value_name = "COMMAND", conflicts_with = "diff", value_hint = ValueHint::CommandString, help_heading = "Fixing")]
    pub verify: Option<String>,
    /// With `--fix`: keep only fixes with which COMMAND takes measurably less processor time
    #[arg(long, value_name = "COMMAND", conflicts_with = "diff", value_hint = ValueHint::CommandString, help_heading = "Fixing")]
    pub verify_faster: Option<String>,
    /// Show what `--fix` would change, and change nothing
    #[arg(long, conflicts_with_all = ["fix", "staged", "since_diff"], help_heading = "Fixing")]
    pub diff: bool,

    /// Run these rules and groups in place of the configured ones
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = selector, help_heading = "Rules")]
    pub select: Option<Vec<Selector>>,
    /// Run these rules and groups too
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = selector, help_heading = "Rules")]
    pub extend_select: Vec<Selector>,
    /// Do not run these rules and groups
    #[arg(
        long,
        value_name = "RULES",
        value_delimiter = ',',
        help_heading = "Rules"
    )]
    pub ignore: Vec<String>,
    /// Take findings of these rules for errors
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = selector, help_heading = "Rules")]
    pub error: Vec<Selector>,
    /// Take findings of these rules for warnings
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = selector, help_heading = "Rules")]
    pub warn: Vec<Selector>,
    /// Take findings of these rules for mere information
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = selector, help_heading = "Rules")]
    pub info: Vec<Selector>,
    /// The Python versions that the code supports: `py311`, or `>=3.9,<3.14`
    #[arg(long, value_name = "VERSIONS", value_parser = parse_versions, help_heading = "Rules")]
    pub target_version: Option<Versions>,

    /// Pass over these files and folders, in place of the configured ones
    #[arg(long, value_name = "GLOBS", value_delimiter = ',', value_parser = glob, help_heading = "Files")]
    pub exclude: Option<Vec<String>>,
    /// Pass over these files and folders too
    #[arg(long, value_name = "GLOBS", value_delimiter = ',', value_parser = glob, help_heading = "Files")]
    pub extend_exclude: Vec<String>,
    /// Pass over what is excluded even where it is named; `--no-force-exclude` takes it back
    #[arg(long, overrides_with = "no_force_exclude", help_heading = "Files")]
    pub force_exclude: bool,
    #[arg(long, overrides_with = "force_exclude", hide = true)]
    pub no_force_exclude: bool,
    /// Check what .gitignore names too
    #[arg(long, overrides_with = "respect_gitignore", help_heading = "Files")]
    pub no_respect_gitignore: bool,
    #[arg(long, overrides_with = "no_respect_gitignore", hide = true)]
    pub respect_gitignore: bool,
    /// What to call standard input
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath, help_heading = "Files")]
    pub stdin_filename: Option<PathBuf>,
    /// Check the files that this list names, one a line or separated by NUL bytes; `-` for standard input
    #[arg(long, value_name = "LIST", value_hint = ValueHint::FilePath, help_heading = "Files")]
    pub files_from: Option<PathBuf>,
    /// Check one part of the files, as in `2/5`; `hotlint merge` puts the parts together
    #[arg(long, value_name = "I/N", help_heading = "Files")]
    pub shard: Option<Shard>,
    /// Print the files that would be checked
    #[arg(long, help_heading = "Files")]
    pub show_files: bool,

    #[command(flatten)]
    pub heat: Heat,

    /// A configuration file in place of the closest one, or a `key = value`
    #[arg(long, value_name = "FILE|KEY=VALUE", help_heading = "Configuration")]
    pub config: Vec<String>,
    /// Read no configuration files
    #[arg(long, help_heading = "Configuration")]
    pub isolated: bool,
    /// Print the settings of the first file that would be checked
    #[arg(long, conflicts_with = "show_files", help_heading = "Configuration")]
    pub show_settings: bool,

    /// Report only what has changed since a commit, in the files of now
    #[arg(
        long,
        value_name = "COMMIT",
        group = "changes",
        help_heading = "What counts"
    )]
    pub since: Option<String>,
    /// Report only what has changed since the last commit in common with another, such as `origin/main`
    #[arg(
        long,
        value_name = "COMMIT",
        group = "changes",
        help_heading = "What counts"
    )]
    pub since_merge_base: Option<String>,
    /// Check what is about to be committed, and report only what has changed in it
    #[arg(long, group = "changes", help_heading = "What counts")]
    pub staged: bool,
    /// Report only what a patch has changed; `-` for standard input
    #[arg(long, value_name = "FILE", group = "changes", value_hint = ValueHint::FilePath, help_heading = "What counts")]
    pub since_diff: Option<PathBuf>,
    /// Report only what this file of older findings does not hold; see `hotlint baseline`
    #[arg(long, value_name = "FILE", env = "HOTLINT_BASELINE", hide_env_values = true, value_hint = ValueHint::FilePath, help_heading = "What counts")]
    pub baseline: Option<PathBuf>,
    /// Use no baseline
    #[arg(long, conflicts_with = "baseline", help_heading = "What counts")]
    pub no_baseline: bool,
    /// What becomes of entries of the baseline that are gone [default: auto]
    #[arg(long, value_name = "MODE", help_heading = "What counts")]
    pub baseline_mode: Option<BaselineMode>,

    /// How to write findings, and where; may be given several times
    #[arg(
        long,
        value_name = "FORMAT[:FILE]",
        value_delimiter = ',',
        env = "HOTLINT_OUTPUT_FORMAT",
        hide_env_values = true,
        help = output_help(),
        help_heading = "Output"
    )]
    pub output_format: Vec<Output>,
    /// Write findings to a file
    #[arg(short, long, value_name = "FILE", env = "HOTLINT_OUTPUT_FILE", hide_env_values = true, value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub output_file: Option<PathBuf>,
    /// Count findings by rule in place of showing them
    #[arg(long, conflicts_with = "diff", help_heading = "Output")]
    pub statistics: bool,
    /// No progress bar
    #[arg(long, help_heading = "Output")]
    pub no_progress: bool,

    /// The severity from which on findings make the exit code 1 [default: info]
    #[arg(long, value_name = "LEVEL", help_heading = "Exit code")]
    pub fail_level: Option<FailLevel>,
    /// Exit with 0 as long as there are no more findings than this [default: 0]
    #[arg(long, value_name = "N", help_heading = "Exit code")]
    pub max_findings: Option<usize>,
    /// Exit with 0 in spite of findings
    #[arg(short = 'e', long, help_heading = "Exit code")]
    pub exit_zero: bool,
    /// Exit with 1 when something was fixed
    #[arg(long, conflicts_with = "exit_zero", help_heading = "Exit code")]
    pub exit_non_zero_on_fix: bool,

    /// Look at all files afresh, and remember nothing
    #[arg(long, env = "HOTLINT_NO_CACHE", hide_env_values = true, value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue, help_heading = "Global options")]
    pub no_cache: bool,
    /// Where to remember what was found [default: .hotlint_cache beside the configuration]
    #[arg(long, value_name = "FOLDER", env = "HOTLINT_CACHE_DIR", hide_env_values = true, value_hint = ValueHint::DirPath, help_heading = "Global options")]
    pub cache_dir: Option<PathBuf>,
    /// How many threads to work with [default: one for each processor]
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true,
        help_heading = "Global options"
    )]
    pub threads: usize,
}

/// `hotlint server`
#[derive(Clone, Debug, Args)]
pub struct Server {
    /// Accepted, as clients pass it; there is no other way
    #[arg(long)]
    pub stdio: bool,
    /// What several clients pass: the process that started the server
    #[arg(long = "clientProcessId", value_name = "PID", hide = true)]
    pub client_process_id: Option<String>,
    /// Remember nothing of files that are not open
    #[arg(long, env = "HOTLINT_NO_CACHE", hide_env_values = true, value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue, help_heading = "Global options")]
    pub no_cache: bool,
}

/// What profiles are read, and what is made of them.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Profiles")]
pub struct Heat {
    /// Rank findings by what a profiler recorded: of cProfile, py-spy, line_profiler, pyinstrument, scalene, memray, ...
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub profile: Vec<PathBuf>,
    /// The folder in which the profiled program had this project
    #[arg(long, value_name = "FOLDER")]
    pub profile_root: Option<String>,
    /// Paths of the profile that begin so are those that begin otherwise here: `/app=src`
    #[arg(long, value_name = "FROM=TO", value_parser = path_pair)]
    pub path_map: Vec<(String, PathBuf)>,
    /// The git revision that was profiled: lines are followed to where they are now
    #[arg(long, value_name = "REVISION")]
    pub profile_rev: Option<String>,
    /// What to do when the code changed since it was profiled [default: warn]
    #[arg(long, value_name = "WHAT")]
    pub stale_profile: Option<Stale>,
    /// Show the hottest findings first, as is done with a profile; `--no-hot-first` keeps the order of places
    #[arg(long, overrides_with = "no_hot_first")]
    pub hot_first: bool,
    #[arg(long, overrides_with = "hot_first", hide = true)]
    pub no_hot_first: bool,
    /// Show only findings that a profile saw, and whose fix can save 1 % of the run, or what `--min-share` says
    #[arg(long)]
    pub only_hot: bool,
    /// Show only findings whose fix can save this share of the run: `2%`
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub min_share: Option<f64>,
    /// Exit with 1 only when the fix of a finding can save this share of the run
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub fail_on_hot: Option<f64>,
}

/// What to do with a profile of other code than is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Stale {
    /// Stop
    Error,
    /// Say so
    #[default]
    Warn,
    /// Say nothing
    Ignore,
}

/// `2%`, `0.5 %` or `2`, as a share from 0 to 1.
pub fn share(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim_end().parse::<f64>();
    match number {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err("not a share like `2%`".to_owned()),
    }
}

fn path_pair(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((from, to)) if !from.is_empty() => Ok((from.to_owned(), PathBuf::from(to))),
        _ => Err("not a pair like `/app=src`".to_owned()),
    }
}

impl Check {
    /// Where settings come from.
    pub fn sources(&self) -> Sources {
        let mut flags = Options {
            target_version: self.target_version,
            selection: Selection {
                select: self.select.clone(),
                extend_select: self.extend_select.clone(),
                // Unknown ones get a warning: see `unknown_ignores`.
                ignore: self
                    .ignore
                    .iter()
                    .filter_map(|name| name.parse().ok())
                    .collect(),
            },
            exclude: self.exclude.clone(),
            extend_exclude: self.extend_exclude.clone(),
            force_exclude: either(self.force_exclude, self.no_force_exclude),
            respect_gitignore: either(self.respect_gitignore, self.no_respect_gitignore),
            fail_level: self.fail_level,
            max_findings: self.max_findings,
            baseline: match self.no_baseline {
                true => Some(PathBuf::new()),
                false => self.baseline.clone(),
            },
            baseline_mode: self.baseline_mode,
            unsafe_fixes: either(self.unsafe_fixes, self.no_unsafe_fixes),
            ..Options::default()
        };
        for (selectors, severity) in [
            (&self.info, Severity::Info),
            (&self.warn, Severity::Warning),
            (&self.error, Severity::Error),
        ] {
            let pairs = selectors.iter().map(|selector| (*selector, severity));
            flags.severity.extend(pairs);
        }
        Sources {
            isolated: self.isolated,
            config: self.config.clone(),
            flags,
        }
    }

    /// What the files are compared with.
    pub fn changes(&self) -> Option<Since> {
        let commit = self.since.clone().map(Since::Commit);
        let base = self.since_merge_base.clone().map(Since::MergeBase);
        let patch = self.since_diff.clone().map(Since::Patch);
        let staged = self.staged.then_some(Since::Staged);
        commit.or(base).or(patch).or(staged)
    }

    /// What fixes have to stand.
    pub fn wish(&self) -> Option<Wish<'_>> {
        let (passes, faster) = (self.verify.as_deref(), self.verify_faster.as_deref());
        (passes.is_some() || faster.is_some()).then_some(Wish { passes, faster })
    }

    /// Whether files are to be changed.
    pub fn fixes(&self) -> bool {
        self.fix || self.fix_only
    }
}

fn output_help() -> String {
    let names: Vec<_> = output::names().collect();
    format!(
        "How to write findings, and where, as in `sarif:out.sarif`; may be given several times [default: full] [formats: {}]",
        names.join(", ")
    )
}

/// Two flags of which the later one counts.
fn either(yes: bool, no: bool) -> Option<bool> {
    match (yes, no) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

fn selector(text: &str) -> Result<Selector, String> {
    let selector = text.trim().parse::<Selector>();
    selector.map_err(|error| format!("{error}, {}", error.help))
}

fn glob(text: &str) -> Result<String, String> {
    let valid = globset::Glob::new(text);
    valid
        .map(|_| text.to_owned())
        .map_err(|error| error.kind().to_string())
}

/// What `args` say; `check` is meant where no command is named.
///
/// # Errors
/// When they make no sense, and when help is asked for, in words for the user.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut command = Cli::command();
    let args = with_command(&command, args);
    let mut matches = command.try_get_matches_from_mut(args)?;
    Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
}

/// `args` with the word `check` where none of `commands` is named.
fn with_command(
    commands: &clap::Command,
    args: impl IntoIterator<Item = OsString>,
) -> Vec<OsString> {
    let mut args: Vec<_> = args.into_iter().collect();
    let mut at = 1;
    while let Some(arg) = args.get(at).and_then(|arg| arg.to_str()) {
        match arg {
            "--color" => at += 2,
            "--quiet" | "--verbose" => at += 1,
            _ if arg.starts_with("--color=") => at += 1,
            _ if is_counted(arg) => at += 1,
            _ => break,
        }
    }
    let is_command = |word: &OsStr| {
        let named = commands
            .get_subcommands()
            .any(|command| command.get_name() == word);
        named
            || ["help", "--help", "-h", "--version", "-V"]
                .iter()
                .any(|known| *known == word)
    };
    if !args.get(at).is_some_and(|word| is_command(word)) {
        args.insert(at.min(args.len()), "check".into());
    }
    args
}

/// `-q`, `-vv`
fn is_counted(arg: &str) -> bool {
    arg.strip_prefix('-').is_some_and(|flags| {
        !flags.is_empty() && flags.chars().all(|flag| matches!(flag, 'q' | 'v'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn check_is_meant_when_no_command_is_named() {
        let given = |line: &str| {
            let args = format!("hotlint {line}");
            let args = with_command(&Cli::command(), args.split_whitespace().map(OsString::from));
            args[1..].join(OsStr::new(" ")).into_string().unwrap()
        };
        for (line, wanted) in [
            ("", "check"),
            ("a.py", "check a.py"),
            ("--fix src", "check --fix src"),
            ("-q --color never src", "-q --color never check src"),
            ("-q rule", "-q rule"),
            ("check rule", "check rule"),
            ("./rule", "check ./rule"),
            ("--select rule", "check --select rule"),
            ("-", "check -"),
            ("--help", "--help"),
            ("--color", "--color check"),
        ] {
            assert_eq!(given(line), wanted);
        }
    }
}
