//! `hotlint server`.

use std::io;

use super::Exit;
use crate::cli;
use crate::lsp;
use crate::terminal::Terminal;

/// Serves an editor until it goes.
///
/// # Errors
/// When there are no threads to be had.
pub fn run(args: &cli::Server, terminal: Terminal) -> io::Result<Exit> {
    let options = lsp::Options {
        uses_cache: !args.no_cache,
    };
    Ok(match lsp::run(options, terminal)? {
        true => Exit::Clean,
        // The protocol wants a 1 where the client goes without a word.
        false => Exit::Findings,
    })
}
