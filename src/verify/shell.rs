//! The commands that the user typed: run by the shell, with a limit, and stopped where the user stops.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often is looked whether the command has come to its end.
const POLL: Duration = Duration::from_millis(5);
/// A command with fixes may take this many times as long as without, and [`GRACE`] more.
const MOST_TIMES: u32 = 5;
const GRACE: Duration = Duration::from_secs(60);
/// So much of what it writes is kept, from the end.
const TAIL: u64 = 16 * 1024;

/// What a command came to.
#[derive(Debug)]
pub struct Ran {
    pub status: Option<ExitStatus>,
    /// By the clock on the wall.
    pub elapsed: Duration,
    /// Seconds of processor time of the command and all that it waited for; of the clock on the wall where the system does not tell.
    pub cpu: f64,
    /// The end of what it wrote.
    tail: String,
}

/// Why there is no outcome.
#[derive(Debug, thiserror::Error)]
pub enum ShellError {
    #[error("interrupted")]
    Interrupted,
    #[error("cannot run the command: {0}")]
    Io(#[from] io::Error),
}

impl Ran {
    pub fn passes(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }

    /// How it ended.
    pub fn end(&self) -> String {
        let seconds = self.elapsed.as_secs_f64();
        match self.status {
            None => format!("does not end within {seconds:.0} s"),
            Some(status) => match status.code() {
                Some(code) => format!("exits with {code}"),
                None => format!("ends with {status}"),
            },
        }
    }

    /// How it ended, and the line of its output that tells most.
    pub fn reason(&self) -> String {
        let end = self.end();
        match telling(&self.tail) {
            Some(line) => format!("{end}: {line}"),
            None => end,
        }
    }

    /// The end of what it wrote.
    pub fn tail(&self) -> &str {
        self.tail.trim_end()
    }
}

/// The last line that names a failure, as test runners write them; else the last line.
fn telling(tail: &str) -> Option<&str> {
    let lines = || {
        tail.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .rev()
    };
    let names_failure = |line: &&str| {
        ["FAILED ", "FAIL: ", "ERROR ", "ERROR: "]
            .iter()
            .any(|start| line.starts_with(start))
    };
    let names_exception = |line: &&str| {
        line.split_once(": ")
            .is_some_and(|(name, _)| name.ends_with("Error") && !name.contains(' '))
    };
    lines()
        .find(names_failure)
        .or_else(|| lines().find(names_exception))
        .or_else(|| lines().next())
}

/// Runs commands until somebody wants an end.
#[derive(Clone, Debug)]
pub struct Shell {
    stopped: Arc<AtomicBool>,
}

impl Shell {
    /// From here on signals that end a program only ask for an end: whoever runs commands looks at [`Shell::is_stopped`].
    pub fn new() -> io::Result<Self> {
        let stopped = Arc::new(AtomicBool::new(false));
        #[cfg(unix)]
        let signals = [nix::libc::SIGINT, nix::libc::SIGTERM, nix::libc::SIGHUP];
        // SIGINT and SIGTERM, which are all there are.
        #[cfg(not(unix))]
        let signals = [2, 15];
        for signal in signals {
            signal_hook::flag::register(signal, stopped.clone())?;
        }
        Ok(Self { stopped })
    }

    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Runs `command`, for at most as long as `usual` allows, with `environment` on top of this program's own.
    pub fn run(
        &self,
        command: &str,
        usual: Option<Duration>,
        environment: &[(&str, &Path)],
    ) -> Result<Ran, ShellError> {
        if self.is_stopped() {
            return Err(ShellError::Interrupted);
        }
        // To a file: a pipe that a grandchild keeps open would never end.
        let mut output = tempfile::tempfile()?;
        let mut shell = of_system(command);
        shell
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output.try_clone()?);
        let start = Instant::now();
        let before = cpu();
        let mut child = shell.spawn()?;
        let limit = usual.map(|usual| usual * MOST_TIMES + GRACE);
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break Some(status);
            }
            let too_long = limit.is_some_and(|limit| start.elapsed() > limit);
            if self.is_stopped() || too_long {
                end(&mut child);
                break None;
            }
            std::thread::sleep(POLL);
        };
        if self.is_stopped() {
            return Err(ShellError::Interrupted);
        }
        let elapsed = start.elapsed();
        let cpu = match (before, cpu()) {
            (Some(before), Some(after)) => after - before,
            _ => elapsed.as_secs_f64(),
        };
        Ok(Ran {
            status,
            elapsed,
            cpu,
            tail: tail(&mut output)?,
        })
    }
}

#[cfg(unix)]
fn of_system(command: &str) -> Command {
    use std::os::unix::process::CommandExt as _;
    let mut shell = Command::new("sh");
    // A group of its own, to be stopped as a whole, and not by the Ctrl-C that is for this program to answer.
    shell.args(["-c", command]).process_group(0);
    shell
}

#[cfg(windows)]
fn of_system(command: &str) -> Command {
    use std::os::windows::process::CommandExt as _;
    let mut shell = Command::new("cmd");
    // `cmd` has its own rules of quoting, by which the command was typed.
    shell.arg("/C").raw_arg(command);
    shell
}

#[cfg(unix)]
fn end(child: &mut Child) {
    use nix::sys::signal::{Signal, killpg};
    let group = i32::try_from(child.id()).map(nix::unistd::Pid::from_raw);
    for (signal, patience) in [
        (Signal::SIGTERM, Duration::from_secs(2)),
        (Signal::SIGKILL, Duration::MAX),
    ] {
        if let Ok(group) = group {
            let _ = killpg(group, signal);
        }
        let start = Instant::now();
        while start.elapsed() < patience {
            match child.try_wait() {
                Ok(None) => std::thread::sleep(POLL),
                _ => {
                    // What the shell started may have outlived it.
                    if let Ok(group) = group {
                        let _ = killpg(group, Signal::SIGKILL);
                    }
                    return;
                }
            }
        }
    }
}

#[cfg(not(unix))]
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// Seconds of processor time of all children that were waited for.
#[cfg(unix)]
fn cpu() -> Option<f64> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike as _;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
    let time = usage.user_time() + usage.system_time();
    Some(time.num_microseconds() as f64 / 1e6)
}

#[cfg(not(unix))]
fn cpu() -> Option<f64> {
    None
}

fn tail(output: &mut File) -> io::Result<String> {
    let length = output.metadata()?.len();
    output.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    output.take(TAIL).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_names_the_failure_is_told() {
        let pytest = "F..\n=== FAILURES ===\nE   AssertionError: x\nFAILED tests/test_a.py::test_b - AssertionError\n1 failed, 2 passed in 0.1s\n";
        assert_eq!(
            telling(pytest),
            Some("FAILED tests/test_a.py::test_b - AssertionError")
        );
        let traceback =
            "Traceback (most recent call last):\n  File \"a.py\", line 1\nValueError: no: such\n\n";
        assert_eq!(telling(traceback), Some("ValueError: no: such"));
        assert_eq!(telling("one\ntwo\n\n"), Some("two"));
        assert_eq!(telling(" \n"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_command_ends_with_its_status_and_the_end_of_its_output() {
        let shell = Shell {
            stopped: Arc::default(),
        };
        let ran = shell.run(
            "echo one; echo $WORD >&2; exit 3",
            None,
            &[("WORD", Path::new("two"))],
        );
        let ran = ran.unwrap();
        assert!(!ran.passes());
        assert_eq!(
            (ran.tail(), ran.reason().as_str()),
            ("one\ntwo", "exits with 3: two")
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_stopped_shell_ends_what_runs_and_all_it_started() {
        let shell = Shell {
            stopped: Arc::default(),
        };
        let stop = shell.clone();
        let stopper = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(200));
            stop.stopped.store(true, Ordering::Relaxed);
        });
        let ran = shell.run("sleep 600 | sleep 600", None, &[]);
        stopper.join().unwrap();
        assert!(matches!(ran, Err(ShellError::Interrupted)));
        assert!(matches!(
            shell.run("true", None, &[]),
            Err(ShellError::Interrupted)
        ));
    }
}
