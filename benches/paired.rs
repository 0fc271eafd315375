//! `cargo bench --bench paired -- PATH [ROUNDS]`: hotlint with all rules, parsing alone, and ruff with its performance rules, in turn on
//! the same tree. Prints CPU seconds, peak memory, and the ratios round by round.
//!
//! ruff is taken from the `PATH` (`pip install ruff`) and left out where it is not there. Machines are noisy: read the ratios.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What one run of a program took.
#[derive(Clone, Copy)]
struct Usage {
    /// User and system time, in seconds.
    cpu: f64,
    /// Largest resident set, in MiB.
    memory: f64,
}

struct Contender {
    name: &'static str,
    program: PathBuf,
    args: Vec<String>,
}

fn main() {
    // Cargo passes `--bench` itself.
    let mut args = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with("--"));
    let Some(tree) = args.next() else {
        eprintln!("name a folder of Python files: cargo bench --bench paired -- PATH [ROUNDS]");
        return;
    };
    let rounds: usize = args
        .next()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(7);
    let built = PathBuf::from(env!("CARGO_BIN_EXE_hotlint"));
    let contender = |name, program: PathBuf, args: &[&str]| {
        let args = args
            .iter()
            .chain([&tree.as_str()])
            .map(ToString::to_string)
            .collect();
        Contender {
            name,
            program,
            args,
        }
    };
    let floor = built.with_file_name("examples").join("parse_only");
    if !floor.exists() {
        eprintln!("build the floor first: cargo build --release --example parse_only");
        return;
    }
    let quiet = [
        "check",
        "--isolated",
        "--select",
        "all",
        "--exit-zero",
        "--output-format",
        "concise",
        "-qq",
    ];
    let contenders = [
        contender("parsing alone", floor, &[]),
        contender("hotlint, all rules", built, &quiet),
        contender(
            "ruff --select PERF",
            "ruff".into(),
            &[
                "check",
                "--isolated",
                "--no-cache",
                "--select",
                "PERF",
                "--exit-zero",
                "--quiet",
                "--output-format",
                "concise",
            ],
        ),
    ];
    let mut seen: Vec<Vec<Usage>> = vec![Vec::new(); contenders.len()];
    for round in 0..=rounds {
        for (contender, seen) in contenders.iter().zip(&mut seen) {
            if let Some(usage) = run(contender)
                && round > 0
            {
                seen.push(usage);
            }
        }
    }
    for (contender, runs) in contenders.iter().zip(&seen) {
        if runs.is_empty() {
            println!("{:<20} not here", contender.name);
            continue;
        }
        let cpu = median(runs.iter().map(|usage| usage.cpu));
        let memory = median(runs.iter().map(|usage| usage.memory));
        let ratio = median(
            runs.iter()
                .zip(&seen[0])
                .map(|(own, floor)| own.cpu / floor.cpu),
        );
        println!(
            "{:<20} {cpu:6.2} CPU s, {ratio:4.2} of parsing alone, {memory:4.0} MiB",
            contender.name
        );
    }
}

fn run(contender: &Contender) -> Option<Usage> {
    let mut command = Command::new(&contender.program);
    command
        .args(&contender.args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    let child = command.spawn().ok()?;
    let pid = i32::try_from(child.id()).ok()?;
    let mut status = 0;
    // SAFETY: `wait4` writes to the two places it is given, which live until it returns; the child is ours and not waited for elsewhere.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        if libc::wait4(pid, &raw mut status, 0, &raw mut usage) != pid {
            return None;
        }
        usage
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    Some(Usage {
        cpu: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        memory: usage.ru_maxrss as f64 / 1024.0,
    })
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
