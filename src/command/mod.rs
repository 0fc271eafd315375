//! The commands of the command line.

mod baseline;
mod check;
mod clean;
mod config;
mod docs;
mod init;
mod measure;
mod merge;
mod migrate;
mod profile;
mod rule;
mod run;
mod server;
mod verify;
mod why;

use std::io::{self, Write};

use clap::CommandFactory as _;

use crate::cli::{Cli, Command, VersionFormat};
use crate::terminal::Terminal;
use crate::words::reason;

pub use run::cache_folder;

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Nothing to complain of.
    Clean,
    /// Findings from the fail level on, or files that are no valid Python.
    Findings,
    /// Wrong use, wrong configuration, files that cannot be read, or a bug.
    Error,
}

impl Exit {
    pub fn code(self) -> u8 {
        match self {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Error => 2,
        }
    }
}

/// Runs the command that `cli` names.
pub fn run(cli: Cli) -> Exit {
    let terminal = Terminal::new(&cli.global);
    if let Command::WatchJournal { folder } = &cli.command {
        crate::verify::journal::guard(folder);
        return Exit::Clean;
    }
    verify::clean_up(terminal);
    let done = match cli.command {
        Command::Check(args) => check::run(&args, terminal),
        Command::Profile { command } => profile::run(&command, &cli.global, terminal),
        Command::Baseline(command) => baseline::run(&command, terminal),
        Command::Clean { cache_dir } => clean::run(cache_dir.as_deref(), terminal),
        Command::Init => init::run(terminal),
        Command::Merge(args) => merge::run(*args, terminal),
        Command::Migrate(args) => migrate::run(&args, terminal),
        Command::Rule(args) => rule::run(&args, terminal),
        Command::Server(args) => server::run(&args, terminal),
        Command::Why(args) => why::run(&args, terminal),
        Command::Config { key } => config::run(key.as_deref(), terminal),
        Command::Measure(args) => measure::run(&args, terminal),
        Command::WatchJournal { .. } => Ok(Exit::Clean),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "hotlint", &mut script);
            terminal
                .print(|out| out.write_all(&script))
                .map(|()| Exit::Clean)
        }
        Command::Docs(what) => docs::run(&what, terminal),
        Command::Version { output_format } => terminal
            .print(|out| version(output_format, out))
            .map(|()| Exit::Clean),
    };
    done.unwrap_or_else(|error| {
        terminal.error(reason(&error));
        Exit::Error
    })
}

fn version(format: VersionFormat, out: &mut dyn Write) -> io::Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    match format {
        VersionFormat::Text => writeln!(out, "hotlint {version}"),
        VersionFormat::Json => {
            let newest = hotlint_core::python::Versions::NEWEST.to_string();
            let oldest = hotlint_core::python::Versions::default().oldest.to_string();
            let python = serde_json::json!({ "default": oldest, "newest": newest });
            let version =
                serde_json::json!({ "name": "hotlint", "version": version, "python": python });
            writeln!(out, "{version:#}")
        }
    }
}
