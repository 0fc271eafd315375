//! Configuration and command line, as the program itself reads them.

use std::fmt::Write as _;

use clap::{Command, CommandFactory as _};

use crate::cli::Cli;
use crate::config::KEYS;

/// Every key of a configuration.
pub fn configuration() -> String {
    let mut text = String::from(
        "# Configuration\n\nKeys stand in `[tool.hotlint]` of pyproject.toml, or at the top of `hotlint.toml` or `.hotlint.toml`. The file closest to the Python file counts, alone: nothing is merged but what it names in `extend`. `hotlint init` writes a file to start from, `hotlint check --show-settings` says what counts, and `--config 'key = value'` overrides it for one run.\n\nThe [JSON schema](hotlint.schema.json) of the file is what `hotlint config schema` prints; editors that know TOML complete and check with it.\n",
    );
    for key in KEYS {
        let _ = writeln!(
            text,
            "\n## `{}`\n\n{}\n\n- Type: {}\n- Default: `{}`",
            key.name, key.doc, key.kind, key.default
        );
    }
    text
}

/// Every command with its options.
pub fn command_line() -> String {
    let mut text = String::from(
        "# Command line\n\nWhat `hotlint COMMAND --help` prints. `hotlint PATH...` is short for `hotlint check PATH...`.\n",
    );
    let mut root = Cli::command().term_width(100).disable_help_subcommand(true);
    root.build();
    commands(&root, &mut text);
    text
}

fn commands(command: &Command, text: &mut String) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let help = command.clone().render_long_help().to_string();
    let _ = writeln!(text, "\n## `{name}`\n\n```text");
    for line in help.trim_end().lines() {
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text.push_str("```\n");
    let shown = |below: &&Command| !below.is_hide_set();
    for below in command.get_subcommands().filter(shown) {
        commands(below, text);
    }
}
