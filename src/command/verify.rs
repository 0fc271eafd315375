//! `hotlint check --fix --verify`: what the user is told of it.

use std::io;

use super::run::Run;
use crate::Mode;
use crate::cli;
use crate::discover::Input;
use crate::terminal::Terminal;
use crate::verify::{self, Wish, journal};

/// Applies the fixes that stand `wish`; how many they are, or why there are none, in words for the user.
///
/// # Errors
/// When the current folder is not to be had.
pub fn run(
    run: &Run,
    args: &cli::Check,
    wish: Wish,
    terminal: Terminal,
) -> io::Result<Result<usize, String>> {
    if !args.fixes() {
        return Ok(Err("`--verify` needs `--fix`".to_owned()));
    }
    if run
        .targets
        .iter()
        .any(|target| target.input == Input::Stdin)
    {
        return Ok(Err(
            "`--verify` tries fixes out on files, not on standard input".to_owned(),
        ));
    }
    // What was remembered of a file may be of another state.
    let fresh = cli::Check {
        no_cache: true,
        ..args.clone()
    };
    let look = || run.lint(&fresh, Mode::Report, terminal);
    let tell = |step: String| terminal.note(step);
    let verified = match verify::run(wish, &run.targets, &look, &tell) {
        Ok(verified) => verified,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let (kept, lost) = (verified.kept.len(), verified.rolled_back.len());
    if kept + lost == 0 {
        return Ok(Ok(0));
    }
    terminal.note(format_args!("Kept {kept}, rolled back {lost}:"));
    for place in &verified.kept {
        terminal.note(format_args!("  kept         {} {}", place.at, place.rule));
    }
    for (place, reason) in &verified.rolled_back {
        terminal.note(format_args!(
            "  rolled back  {} {}: {reason}",
            place.at, place.rule
        ));
    }
    if let Some(gain) = &verified.gain {
        terminal.note(gain);
    }
    Ok(Ok(kept))
}

/// Puts files back that a run with `--verify` left in between when it was killed, and says so.
pub fn clean_up(terminal: Terminal) {
    let Some(home) = journal::home() else {
        return;
    };
    let restored = journal::recover(&home);
    for path in &restored.back {
        terminal.warn(format_args!(
            "{} is again as it was before a run with `--verify` that was killed",
            path.display()
        ));
    }
    for (path, copy) in &restored.changed {
        terminal.warn(format_args!(
            "{} was changed after a run with `--verify` was killed, so it was left alone; {} is what it was before",
            path.display(),
            copy.display()
        ));
    }
}
