//! `hotlint clean`.

use std::io;
use std::path::Path;

use super::Exit;
use super::run::cache_folder;
use crate::cache;
use crate::config::{Configs, Sources};
use crate::terminal::Terminal;
use crate::words::{reason, shown};

/// Runs the command.
///
/// # Errors
/// When the folder cannot be taken away.
pub fn run(asked: Option<&Path>, terminal: Terminal) -> io::Result<Exit> {
    let cwd = std::env::current_dir()?;
    let folder = cache_folder(&Configs::new(&cwd, Sources::default()), asked);
    let name = shown(&folder, &cwd);
    match cache::clean(&folder) {
        Ok(true) => terminal.note(format_args!("{name}: removed.")),
        Ok(false) if folder.exists() => {
            terminal.error(format_args!(
                "{name} is no cache of hotlint, and was left alone"
            ));
            return Ok(Exit::Error);
        }
        Ok(false) => terminal.note(format_args!("{name}: there is none.")),
        Err(error) => {
            terminal.error(format_args!("cannot remove {name}: {}", reason(&error)));
            return Ok(Exit::Error);
        }
    }
    Ok(Exit::Clean)
}
