//! Manual pages and completions, below `share/` as packages lay them out.

use std::io;

use clap::{Command, CommandFactory as _};
use clap_complete::Shell;

use super::DocFile;
use crate::cli::Cli;

/// Where each shell looks for completions that a package brings.
const COMPLETIONS: [(Shell, &str); 3] = [
    (Shell::Bash, "share/bash-completion/completions/hotlint"),
    (Shell::Fish, "share/fish/vendor_completions.d/hotlint.fish"),
    (Shell::Zsh, "share/zsh/site-functions/_hotlint"),
];

/// One manual page for each command, and the completions of the shells that look for them in a fixed place.
///
/// # Errors
/// Never in practice: the pages are written to memory.
pub fn share() -> io::Result<Vec<DocFile>> {
    let mut files = Vec::new();
    for (shell, path) in COMPLETIONS {
        let mut bytes = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "hotlint", &mut bytes);
        files.push(DocFile {
            path: path.to_owned(),
            bytes,
        });
    }
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    manual(&command, &mut files)?;
    Ok(files)
}

/// The page of `command`, and of the commands below it.
fn manual(command: &Command, files: &mut Vec<DocFile>) -> io::Result<()> {
    // The commands below have no version of their own.
    let page = clap_mangen::Man::new(command.clone().version(env!("CARGO_PKG_VERSION")));
    let mut bytes = Vec::new();
    page.render(&mut bytes)?;
    files.push(DocFile {
        path: format!("share/man/man1/{}", page.get_filename()),
        bytes,
    });
    let shown = |below: &&Command| !below.is_hide_set();
    command
        .get_subcommands()
        .filter(shown)
        .try_for_each(|below| manual(below, files))
}
