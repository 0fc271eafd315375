//! `hotlint migrate`: from ruff's and perflint's rules to ours, in the configuration and in comments.

use std::fs;
use std::io;
use std::path::Path;

use hotlint_core::lint::{Fix, FixLevel};
use hotlint_core::python::{Source, Versions};

use super::Exit;
use super::run::Run;
use crate::discover::Input;
use crate::migrate::settings::Files;
use crate::neighbours::Neighbours;
use crate::read::{self, Origin, Reading};
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
    let mut put = |before: Checked, after: Source| {
        if !args.write {
            let style = terminal.stdout_style();
            return terminal.print(|out| render::diff(&before, &after, out, &style));
        }
        let Checked { source, origin, .. } = &before;
        let written = match origin.path.exists() {
            true => fix::write(origin, source, &after),
            false => fs::write(&origin.path, after.text()).map_err(fix::WriteError::from),
        };
        if let Err(error) = written {
            terminal.error(format_args!("{}: {error}", source.path()));
            exit = Exit::Error;
        }
        Ok(())
    };
    let mut comments = 0;
    for target in &run.targets {
        let Input::File(path) = &target.input else {
            continue;
        };
        let reading = read::file(path, &target.shown, target.config.settings.max_file_size);
        let Reading::Text(source, origin) = reading else {
            continue;
        };
        // Parsing wants more stack than this thread may have.
        let Some(after) =
            on_large_stack(|| migrated(&source, target.config.versions(source.text())))
        else {
            continue;
        };
        comments += 1;
        put(unchecked(source, origin), after)?;
    }
    let changed = match configurations(run.configs.cwd()) {
        Ok(changed) => changed,
        Err(message) => {
            terminal.error(format_args!("{message}; left alone"));
            exit = Exit::Error;
            return Ok(exit);
        }
    };
    let names: Vec<_> = changed
        .iter()
        .map(|(_, after)| after.path().to_owned())
        .collect();
    for (before, after) in changed {
        put(before, after)?;
    }
    let mut parts = Vec::new();
    if comments > 0 {
        parts.push(format!("comments of {}", plural(comments, "file")));
    }
    if !names.is_empty() {
        parts.push(names.join(", "));
    }
    terminal.note(match (parts.is_empty(), args.write) {
        (true, _) => "Nothing to migrate.".to_owned(),
        (_, true) => format!(
            "Migrated: {}. `hotlint check` tells the comments that silence nothing here.",
            parts.join("; ")
        ),
        (_, false) => format!(
            "Would be migrated: {}; `--write` does it.",
            parts.join("; ")
        ),
    });
    Ok(exit)
}

/// The configuration files of a folder that change, before and after.
fn configurations(folder: &Path) -> Result<Vec<(Checked, Source)>, String> {
    let text = |name: &str| Some((name.to_owned(), fs::read_to_string(folder.join(name)).ok()?));
    let first = |names: &[&str]| names.iter().find_map(|name| text(name));
    let before = Files {
        pyproject: text("pyproject.toml"),
        ruff: first(&[".ruff.toml", "ruff.toml"]),
        pylint: first(&[".pylintrc", "pylintrc"]),
        hotlint: first(&[".hotlint.toml", "hotlint.toml"]),
    };
    let after = before
        .migrated(&Neighbours::of(folder))
        .map_err(|error| error.to_string())?;
    let pairs = before.into_list().into_iter().zip(after.into_list());
    let changed = pairs.filter_map(|(before, after)| {
        let (name, after) = after.filter(|after| before.as_ref() != Some(after))?;
        let path = folder.join(&name);
        let before = before.map_or_else(String::new, |(_, text)| text);
        match read::text(before.into_bytes(), &path, &name) {
            Reading::Text(source, origin) => {
                let kind = source.kind().clone();
                Some((unchecked(source, origin), Source::new(name, after, kind)))
            }
            _ => None,
        }
    });
    Ok(changed.collect())
}

fn unchecked(source: Source, origin: Origin) -> Checked {
    Checked {
        source,
        origin,
        report: FileReport::default(),
    }
}

fn migrated(source: &Source, python: Versions) -> Option<Source> {
    let edits = migrate::edits(source, python);
    if edits.is_empty() {
        return None;
    }
    let fix = Fix::safe("Use hotlint's comments", edits);
    Some(fix::apply(source, &[&fix], FixLevel::Safe).source)
}

fn on_large_stack<T: Send>(work: impl FnOnce() -> Option<T> + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(hotlint_core::python::STACK_SIZE);
        let working = thread.spawn_scoped(scope, work);
        working.ok()?.join().ok()?
    })
}
