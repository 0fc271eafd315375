//! `hotlint profile`.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser as _;

use super::Exit;
use crate::cli::{Cli, Command as Parsed, Global, ProfileCommand, Profiler, Record};
use crate::config::{Configs, Sources};
use crate::discover::{self, Request};
use crate::profile::{Profile, is_library, store};
use crate::rank::Paths;
use crate::ranking;
use crate::render::{amount, percent};
use crate::terminal::Terminal;
use crate::words::{reason, shown};

/// Runs the command.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(command: &ProfileCommand, global: &Global, terminal: Terminal) -> io::Result<Exit> {
    let done = match command {
        ProfileCommand::Show {
            files,
            top,
            libraries,
        } => show(files, *top, *libraries, terminal)?,
        ProfileCommand::Merge {
            files,
            output,
            profile_root,
            path_map,
        } => merge(
            files,
            output.as_deref(),
            profile_root.as_deref(),
            path_map,
            terminal,
        )?,
        ProfileCommand::Record(args) => record(args, global, terminal)?,
    };
    Ok(done.unwrap_or_else(|message| {
        terminal.error(message);
        Exit::Error
    }))
}

/// The hottest functions, or lines where the profile knows them.
fn show(
    files: &[PathBuf],
    top: usize,
    libraries: bool,
    terminal: Terminal,
) -> io::Result<Result<Exit, String>> {
    let cwd = std::env::current_dir()?;
    let profiles = match ranking::read(files, &cwd, terminal) {
        Ok((profiles, _)) => profiles,
        Err(message) => return Ok(Err(message)),
    };
    terminal.print(|out| {
        profiles.iter().enumerate().try_for_each(|(at, profile)| {
            if at > 0 {
                writeln!(out)?;
            }
            table(profile, top, libraries, out)
        })
    })?;
    Ok(Ok(Exit::Clean))
}

fn table(profile: &Profile, top: usize, libraries: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut sites: Vec<_> = profile
        .sites
        .iter()
        .filter(|site| libraries || !is_library(&site.place.file))
        .collect();
    let places = sites.len();
    sites.sort_by(|a, b| {
        b.own
            .total_cmp(&a.own)
            .then(b.cumulative.total_cmp(&a.cumulative))
            .then(a.place.cmp(&b.place))
    });
    writeln!(
        out,
        "{}, {}, {places} places",
        profile.format.name(),
        amount(profile.unit, profile.total)
    )?;
    writeln!(out, "{:>7} {:>7} {:>9}  place", "own", "all", "ran")?;
    for site in sites.iter().take(top) {
        let share = |spent: f64| percent((spent / profile.total).min(1.0));
        let place = &site.place;
        let line = if place.line > 0 {
            place.line
        } else {
            place.first_line
        };
        let line = if line > 0 {
            format!(":{line}")
        } else {
            String::new()
        };
        let hits = site
            .hits
            .filter(|hits| *hits > 0)
            .map_or(String::new(), |hits| hits.to_string());
        let file = if place.file.is_empty() {
            "builtin"
        } else {
            &place.file
        };
        writeln!(
            out,
            "{:>7} {:>7} {hits:>9}  {file}{line} {}",
            share(site.own),
            share(site.cumulative),
            place.function
        )?;
    }
    Ok(())
}

/// One small file, with the paths of the project.
fn merge(
    files: &[PathBuf],
    output: Option<&Path>,
    root: Option<&str>,
    path_map: &[(String, PathBuf)],
    terminal: Terminal,
) -> io::Result<Result<Exit, String>> {
    let cwd = std::env::current_dir()?;
    let profiles = match ranking::read(files, &cwd, terminal) {
        Ok((profiles, _)) => profiles,
        Err(message) => return Ok(Err(message)),
    };
    let configs = Configs::new(&cwd, Sources::default());
    let request = Request {
        roots: vec![cwd.clone()],
        ..Request::default()
    };
    let targets = discover::find(&request, &configs, None).targets;
    let settings = configs.of_run().settings;
    let known = targets.iter().filter_map(|target| target.input.path());
    let known = known.map(ranking::slashes);
    let prefixes = ranking::prefixes(root, path_map, &settings.path_map, &cwd);
    let paths = Paths::new(known.collect(), prefixes, ranking::slashes(&cwd));
    let told = profiles
        .iter()
        .flat_map(|profile| &profile.sites)
        .map(|site| &*site.place.file);
    let found = paths.find(told);
    let name = |file: &str| {
        let at = found.get(file).copied().flatten()?;
        Some(targets.get(at)?.shown.clone())
    };
    let text = store(&profiles, name).map_err(io::Error::other)?;
    let strangers: BTreeMap<&str, ()> = found
        .iter()
        .filter(|(file, at)| at.is_none() && !is_library(file))
        .map(|(file, _)| (*file, ()))
        .collect();
    if let Some((first, ())) = strangers.first_key_value() {
        let count = strangers.len();
        terminal.warn(format_args!(
            "{count} files of the profile are not of this project, and are left out: {first}"
        ));
    }
    match output {
        None => terminal.print(|out| out.write_all(text.as_bytes()))?,
        Some(path) => {
            let saved = Terminal::save(path, |out| out.write_all(text.as_bytes()));
            if let Err(error) = saved {
                return Ok(Err(format!(
                    "cannot write {}: {}",
                    path.display(),
                    reason(&error)
                )));
            }
        }
    }
    Ok(Ok(Exit::Clean))
}

/// Runs the user's command under a profiler, then `hotlint check` with what it wrote.
fn record(args: &Record, global: &Global, terminal: Terminal) -> io::Result<Result<Exit, String>> {
    let folder = tempfile::tempdir()?;
    let output = match &args.output {
        Some(output) => output.clone(),
        None => folder.path().join(args.profiler.file()),
    };
    let command = match args.profiler.command(&args.command, &output) {
        Ok(command) => command,
        Err(message) => return Ok(Err(message)),
    };
    if terminal.verbosity > 0 {
        let words: Vec<_> = command.iter().map(|word| word.to_string_lossy()).collect();
        terminal.note(words.join(" "));
    }
    let Some((program, rest)) = command.split_first() else {
        return Ok(Err("no command".to_owned()));
    };
    // Servers are stopped with Ctrl-C, which is for the command, and not for who waits for it.
    let _ = ctrlc::set_handler(|| {});
    let status = match Command::new(program).args(rest).status() {
        Ok(status) => status,
        Err(error) => {
            return Ok(Err(format!(
                "cannot run {}: {}",
                program.to_string_lossy(),
                reason(&error)
            )));
        }
    };
    if !output.exists() {
        let shown = program.to_string_lossy();
        return Ok(Err(format!(
            "{shown} recorded nothing ({status}); is {} installed for it?",
            args.profiler.name()
        )));
    }
    if !status.success() {
        terminal.warn(format_args!(
            "the command ended with {status}; what was recorded until then counts"
        ));
    }
    if args.output.is_some() {
        let cwd = std::env::current_dir()?;
        terminal.note(format_args!(
            "the profile is kept in {}",
            shown(&output, &cwd)
        ));
    }
    let mut words: Vec<OsString> = ["hotlint", "check", "--profile"].map(OsString::from).into();
    words.push(output.into());
    words.extend(args.check.iter().map(OsString::from));
    match Cli::try_parse_from(words) {
        Ok(Cli {
            command: Parsed::Check(check),
            ..
        }) => super::check::run(&check, Terminal::new(global)).map(Ok),
        _ => Ok(Err("the paths to check cannot be understood".to_owned())),
    }
}

impl Profiler {
    fn name(self) -> &'static str {
        match self {
            Profiler::Cprofile => "cProfile",
            Profiler::PySpy => "py-spy",
            Profiler::Pyinstrument => "pyinstrument",
            Profiler::Viztracer => "viztracer",
        }
    }

    fn file(self) -> &'static str {
        match self {
            Profiler::Cprofile => "run.pstats",
            Profiler::PySpy => "run.txt",
            Profiler::Pyinstrument => "run.pyisession",
            Profiler::Viztracer => "run.json",
        }
    }

    /// `command` as this profiler runs it, so that `output` is written.
    fn command(self, command: &[OsString], output: &Path) -> Result<Vec<OsString>, String> {
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        if self == Profiler::PySpy {
            let mut whole = words(&[
                "py-spy",
                "record",
                "--full-filenames",
                "--subprocesses",
                "--format",
                "raw",
                "--output",
            ]);
            whole.push(output.into());
            whole.push("--".into());
            whole.extend_from_slice(command);
            return Ok(whole);
        }
        let (mut whole, program) = interpreter(command)?;
        whole.extend(match self {
            Profiler::Cprofile | Profiler::PySpy => words(&["-m", "cProfile", "-o"]),
            Profiler::Pyinstrument => words(&["-m", "pyinstrument", "-r", "session", "-o"]),
            Profiler::Viztracer => words(&["-m", "viztracer", "--quiet", "-o"]),
        });
        whole.push(output.into());
        if self == Profiler::Viztracer && program.first().is_some_and(|first| first != "-m") {
            whole.push("--".into());
        }
        whole.extend(program);
        Ok(whole)
    }
}

/// The interpreter with its own options, and what it runs: `python -X dev` and `app.py --fast`.
fn interpreter(command: &[OsString]) -> Result<(Vec<OsString>, Vec<OsString>), String> {
    let (first, rest) = command.split_first().ok_or("no command")?;
    if !is_python(first) {
        // A script that Python runs, such as `pytest`.
        let script = find_program(first)
            .ok_or_else(|| format!("cannot find {}", first.to_string_lossy()))?;
        let python = shebang(&script).ok_or_else(|| {
            format!("{} is no Python, and no script that Python runs; `--profiler py-spy` can run anything", first.to_string_lossy())
        })?;
        let mut program = vec![script.into_os_string()];
        program.extend_from_slice(rest);
        return Ok((python, program));
    }
    let mut python = vec![first.clone()];
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        let text = word.to_string_lossy();
        match &*text {
            "-c" => {
                return Err("`python -c` cannot be profiled; put the code into a file".to_owned());
            }
            // Options of the interpreter with a value of their own.
            "-X" | "-W" | "--check-hash-based-pycs" => {
                python.push(word.clone());
                python.extend(rest.next().cloned());
            }
            "-m" => {
                let module = rest.cloned();
                return Ok((
                    python,
                    std::iter::once(word.clone()).chain(module).collect(),
                ));
            }
            text if text.starts_with('-') && text != "-" => python.push(word.clone()),
            _ => return Ok((python, std::iter::once(word).chain(rest).cloned().collect())),
        }
    }
    Err("no program for Python to run".to_owned())
}

fn is_python(word: &OsStr) -> bool {
    let name = Path::new(word)
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    // `python3.11` has a stem of `python3`.
    ["python", "pypy", "graalpy"].iter().any(|known| {
        name.strip_prefix(known)
            .is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.'))
    }) || name == "py"
}

/// Where a shell would find `word`.
fn find_program(word: &OsStr) -> Option<PathBuf> {
    let path = Path::new(word);
    if path.components().count() > 1 {
        return path.is_file().then(|| path.to_path_buf());
    }
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(path))
        .find(|path| path.is_file())
}

/// The Python of the first line of a script.
fn shebang(script: &Path) -> Option<Vec<OsString>> {
    let mut head = [0; 512];
    let read = std::fs::File::open(script)
        .and_then(|mut file| io::Read::read(&mut file, &mut head))
        .ok()?;
    let text = String::from_utf8_lossy(head.get(..read)?).into_owned();
    let line = text.lines().next()?.strip_prefix("#!")?;
    let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
    words.iter().any(|word| is_python(word)).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(profiler: Profiler, command: &str) -> String {
        let words: Vec<OsString> = command.split_whitespace().map(OsString::from).collect();
        match profiler.command(&words, Path::new("out")) {
            Ok(words) => words.join(OsStr::new(" ")).into_string().unwrap(),
            Err(message) => message,
        }
    }

    #[test]
    fn the_profiler_stands_between_python_and_the_program() {
        for (command, wanted) in [
            (
                "python app.py --fast",
                "python -m cProfile -o out app.py --fast",
            ),
            (
                "/usr/bin/python3.11 -X dev -u app.py -m x",
                "/usr/bin/python3.11 -X dev -u -m cProfile -o out app.py -m x",
            ),
            (
                "python -m shop serve -p 1",
                "python -m cProfile -o out -m shop serve -p 1",
            ),
            (
                "python -c 1",
                "`python -c` cannot be profiled; put the code into a file",
            ),
            ("python", "no program for Python to run"),
            ("no-such-program", "cannot find no-such-program"),
        ] {
            assert_eq!(told(Profiler::Cprofile, command), wanted, "{command}");
        }
        assert_eq!(
            told(Profiler::PySpy, "uwsgi --ini x"),
            "py-spy record --full-filenames --subprocesses --format raw --output out -- uwsgi --ini x"
        );
        assert_eq!(
            told(Profiler::Pyinstrument, "py app.py"),
            "py -m pyinstrument -r session -o out app.py"
        );
        assert_eq!(
            told(Profiler::Viztracer, "python3 app.py -o x"),
            "python3 -m viztracer --quiet -o out -- app.py -o x"
        );
    }

    #[test]
    fn scripts_are_run_by_the_python_they_name() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("tool");
        std::fs::write(&script, "#!/venv/bin/python3 -s\nimport x\n").unwrap();
        let wanted = format!(
            "/venv/bin/python3 -s -m cProfile -o out {} -v",
            script.display()
        );
        assert_eq!(
            told(Profiler::Cprofile, &format!("{} -v", script.display())),
            wanted
        );
        std::fs::write(&script, "#!/bin/sh\n").unwrap();
        assert!(
            told(Profiler::Cprofile, &script.display().to_string())
                .contains("no script that Python runs")
        );
    }
}
