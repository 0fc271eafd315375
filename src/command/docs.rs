//! `hotlint docs`: what this version knows of itself, as files.

use std::io;

use super::Exit;
use crate::cli::Docs;
use crate::docs;
use crate::terminal::Terminal;

/// Runs the command.
///
/// # Errors
/// When the files cannot be written.
pub fn run(what: &Docs, terminal: Terminal) -> io::Result<Exit> {
    let (folder, files) = match what {
        Docs::Share { prefix } => (prefix, docs::share()?),
        Docs::Site { folder } => (folder, docs::site()),
    };
    for file in &files {
        let path = folder.join(&file.path);
        terminal.debug(path.display());
        Terminal::save(&path, |out| out.write_all(&file.bytes))?;
    }
    let files = crate::words::plural(files.len(), "file");
    terminal.note(format_args!("{}: {files} written.", folder.display()));
    Ok(Exit::Clean)
}
