//! `hotlint migrate`: from ruff's and perflint's rules to ours, in the configuration and in comments.

use std::io;

use hotlint_core::lint::{Fix, FixLevel};
use hotlint_core::python::Source;

use super::Exit;
use super::run::Run;
use crate::config::Selector;
use crate::discover::Input;
use crate::neighbours::Neighbours;
use crate::read::{self, Reading};
use crate::render;
use crate::report::Checked;
use crate::terminal::Terminal;
use crate::verdict::FileReport;
use crate::words::plural;
use crate::{cli, fix, migrate};

/// Runs the command.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &cli::Migrate, terminal: Terminal) -> io::Result<Exit> {
    let Some(run) = Run::new(&args.check, terminal)? else {
        return Ok(Exit::Error);
    };
    let mut exit = run.exit;
    let mut changed = 0;
    for target in &run.targets {
        let Input::File(path) = &target.input else {
            continue;
        };
        let reading = read::file(path, &target.shown, target.config.settings.max_file_size);
        let Reading::Text(source, origin) = reading else {
            continue;
        };
        // Parsing wants more stack than this thread may have.
        let Some(after) = on_large_stack(|| migrated(&source)) else {
            continue;
        };
        changed += 1;
        match args.write {
            true => {
                if let Err(error) = fix::write(&origin, &source, &after) {
                    terminal.error(format_args!("{}: {error}", target.shown));
                    exit = Exit::Error;
                }
            }
            false => {
                let before = Checked {
                    source,
                    origin,
                    report: FileReport::default(),
                };
                let style = terminal.stdout_style();
                terminal.print(|out| render::diff(&before, &after, out, &style))?;
            }
        }
    }
    let files = plural(changed, "file");
    terminal.note(match (changed, args.write) {
        (0, _) => "No comments to migrate.".to_owned(),
        (_, true) => format!(
            "Comments of {files} migrated; `hotlint check` tells those that silence nothing here."
        ),
        (_, false) => format!("Comments of {files} would be migrated; `--write` does it."),
    });
    configuration(&run, terminal);
    Ok(exit)
}

fn migrated(source: &Source) -> Option<Source> {
    let edits = migrate::edits(source);
    if edits.is_empty() {
        return None;
    }
    let fix = Fix::safe("Use hotlint's comments", edits);
    Some(fix::apply(source, &[&fix], FixLevel::Safe).source)
}

/// What to write into the configurations, in words: they are written by people, with comments of theirs.
fn configuration(run: &Run, terminal: Terminal) {
    let neighbours = Neighbours::of(run.configs.cwd());
    let rules = neighbours.rules();
    if rules.is_empty() {
        return;
    }
    let settings = run.configs.of_run().settings;
    let runs = |rule: &&str| {
        settings
            .policy
            .selected()
            .any(|(_, info, _)| info.name == *rule)
    };
    let missing: Vec<_> = rules.iter().filter(|rule| !runs(rule)).collect();
    if !missing.is_empty() {
        let named = |rule: &&&str| rule.parse::<Selector>().is_ok();
        let names: Vec<_> = missing
            .into_iter()
            .filter(named)
            .map(|rule| format!("{rule:?}"))
            .collect();
        terminal.note(format_args!(
            "\nIn the configuration of hotlint, and not in its `ignore`:\nextend-select = [{}]",
            names.join(", ")
        ));
    }
    let codes: Vec<_> = neighbours
        .same
        .iter()
        .map(|(code, _)| format!("{code:?}"))
        .collect();
    terminal.note(format_args!(
        "\nIn the `ignore` of ruff or the `disable` of Pylint, so that nothing is reported twice:\n{}",
        codes.join(", ")
    ));
}

fn on_large_stack<T: Send>(work: impl FnOnce() -> Option<T> + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(hotlint_core::python::STACK_SIZE);
        let working = thread.spawn_scoped(scope, work);
        working.ok()?.join().ok()?
    })
}
