//! The language server: buffers in, the same `check` as the command line, positions out.
//!
//! One thread reads messages and keeps the documents; checking, and everything that looks at what was found, is done by others on
//! snapshots. A request that fails, or whose work panics, gets an error for an answer.
//!
//! **Invariant**: no finding is made, marked or dropped here: [`analysis`] has the pipeline do it.

mod actions;
mod analysis;
mod answers;
mod client;
mod commands;
mod diagnostics;
mod document;
mod edits;
mod folder;
mod greeting;
mod heat;
mod hover;
mod server;
mod sweeps;
mod text;
mod transport;
mod uri;
mod work;
mod workspace;

use std::io;

use crate::terminal::Terminal;

/// How the server is run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether to use what earlier runs have left on the disk, and to leave something.
    pub uses_cache: bool,
}

/// Serves one client on standard input and output; whether it took its leave as the protocol wants.
///
/// # Errors
/// When there are no threads to be had.
pub fn run(options: Options, terminal: Terminal) -> io::Result<bool> {
    let stdio = transport::stdio()?;
    let was_shut_down = server::Server::new(stdio.sender, options, terminal)?.run(&stdio.receiver);
    // The last words are written once nobody can say any more; the thread ends then.
    let _ = stdio.writer.join();
    Ok(was_shut_down)
}
