//! Fixes that have to stand a command, from outside: what is kept, what is taken back, and that nothing in between remains.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

/// A project of several files, each with one safe fix, and a place for journals beside it.
struct Project {
    folder: tempfile::TempDir,
    /// Numbers what the command is told, so that no two runs are killed at the same point.
    seed: u64,
}

type Files = BTreeMap<PathBuf, Vec<u8>>;

impl Project {
    fn new(files: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let project = Self { folder, seed: 7 };
        fs::create_dir(project.root()).unwrap();
        fs::create_dir(project.root().join("elsewhere")).unwrap();
        for number in 0..files {
            let path = project.root().join(format!("m{number}.py"));
            fs::write(path, format!("def names{number}(items: list[int]):\n    return ', '.join(hex(x) for x in items)\n")).unwrap();
        }
        project
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    fn journals(&self) -> PathBuf {
        self.folder.path().join("state/hotlint/verify")
    }

    fn start(&self, args: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_hotlint"))
            .current_dir(self.root())
            .env("XDG_STATE_HOME", self.folder.path().join("state"))
            .env_remove("HOTLINT_OUTPUT_FORMAT")
            .args([
                "check",
                "--isolated",
                "--no-cache",
                "--select",
                "generator-in-join",
            ])
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn run(&self, args: &[&str]) -> (i32, String) {
        let Output { status, stderr, .. } = self.start(args).wait_with_output().unwrap();
        (status.code().unwrap(), String::from_utf8(stderr).unwrap())
    }

    /// All files of the project, hidden ones too.
    fn files(&self) -> Files {
        let entries = fs::read_dir(self.root()).unwrap().flatten();
        let files = entries
            .map(|entry| entry.path())
            .filter(|path| path.is_file());
        files
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect()
    }

    fn modified(&self, name: &str) -> SystemTime {
        fs::metadata(self.root().join(name))
            .unwrap()
            .modified()
            .unwrap()
    }

    fn is_fixed(&self, number: usize) -> bool {
        let text = fs::read_to_string(self.root().join(format!("m{number}.py"))).unwrap();
        text.contains("join([hex(x) for x in items])")
    }

    /// The next of a row of numbers that is the same for every run of the tests.
    fn random(&mut self, below: u64) -> u64 {
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.seed >> 33) % below
    }

    /// Waits until nobody has anything to clean up any more.
    fn settle(&self) {
        let start = Instant::now();
        let is_busy = || {
            let mut journals = fs::read_dir(self.journals())
                .into_iter()
                .flatten()
                .flatten();
            journals.any(|journal| journal.path().join("journal.json").exists())
        };
        while is_busy() {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "nobody cleans up"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn the_guilty_are_taken_back_and_the_rest_stays() {
    let project = Project::new(9);
    let (code, told) = project.run(&["--fix", "--verify", "! grep -q '\\[hex' m2.py m7.py"]);
    let fixed: Vec<usize> = (0..9).filter(|number| project.is_fixed(*number)).collect();
    assert_eq!(fixed, [0, 1, 3, 4, 5, 6, 8], "{told}");
    // Two findings are left.
    assert_eq!(code, 1);
    assert!(told.contains("Kept 7, rolled back 2"), "{told}");
    assert!(
        told.contains("rolled back  m7.py:2:22 generator-in-join: `! grep"),
        "{told}"
    );
    assert!(told.contains("Fixed 7 findings. 2 findings left"), "{told}");
    project.settle();
}

#[test]
fn fixes_that_fail_only_together_lose_no_more_than_one() {
    let project = Project::new(6);
    let (_, told) = project.run(&[
        "--fix",
        "--verify",
        "! (grep -q '\\[hex' m1.py && grep -q '\\[hex' m4.py)",
    ]);
    let fixed = (0..6).filter(|number| project.is_fixed(*number)).count();
    assert_eq!(fixed, 5, "{told}");
    assert!(!(project.is_fixed(1) && project.is_fixed(4)), "{told}");
}

#[test]
fn a_command_that_fails_already_proves_nothing() {
    let project = Project::new(2);
    let before = project.files();
    let (code, told) = project.run(&["--fix", "--verify", "echo broken; exit 3"]);
    assert_eq!((code, project.files()), (2, before));
    assert!(told.contains("fails without any fix"), "{told}");
    assert!(
        told.contains("exits with 3") && told.contains("| broken"),
        "{told}"
    );
}

#[test]
fn a_command_that_changes_the_files_is_refused() {
    let project = Project::new(2);
    let (code, told) = project.run(&["--fix", "--verify", "echo '# mine' >> m1.py"]);
    assert_eq!(code, 2);
    assert!(
        told.contains("m1.py was changed by somebody else"),
        "{told}"
    );
    assert!(!project.is_fixed(0) && !project.is_fixed(1));
    let theirs = fs::read_to_string(project.root().join("m1.py")).unwrap();
    assert!(theirs.ends_with("# mine\n"), "{theirs}");
}

#[test]
fn nothing_runs_where_there_is_nothing_to_prove() {
    let project = Project::new(1);
    assert_eq!(project.run(&["--fix", "--verify", "true"]).0, 0);
    let (code, told) = project.run(&["--fix", "--verify", "touch ran"]);
    assert_eq!(code, 0, "{told}");
    assert!(!project.root().join("ran").exists());
    let (code, told) = project.run(&["--verify", "touch ran"]);
    assert_eq!(code, 2);
    assert!(told.contains("needs `--fix`"), "{told}");
}

#[test]
fn files_that_are_not_fixed_keep_their_time() {
    let project = Project::new(2);
    let before = project.modified("m1.py");
    project.run(&["--fix", "--verify", "! grep -q '\\[hex' m1.py"]);
    assert!(project.is_fixed(0));
    assert_eq!(project.modified("m1.py"), before);
}

#[test]
fn only_what_makes_the_command_faster_is_kept() {
    // Burns processor time unless m2.py is fixed.
    let command = "i=0; grep -q '\\[hex' m2.py || while [ $i -lt 300000 ]; do i=$((i+1)); done";
    let run = || {
        let project = Project::new(4);
        let (code, told) = project.run(&["--fix", "--verify", "true", "--verify-faster", command]);
        let fixed: Vec<usize> = (0..4).filter(|number| project.is_fixed(*number)).collect();
        (code, fixed, told)
    };
    // A fix that gains nothing wins all its runs by chance once in 64 times, as `verify/faster.rs` says; hardly three times in a row.
    let is_right = |(code, fixed, _): &(i32, Vec<usize>, String)| (*code, &**fixed) == (1, &[2]);
    let mut runs = std::iter::repeat_with(run).take(3);
    let (code, fixed, told) = runs.find(is_right).unwrap_or_else(run);
    assert_eq!((code, fixed), (1, vec![2]), "{told}");
    assert!(told.contains("is not measurably faster with it"), "{told}");
    assert!(told.contains("s of processor time in place of"), "{told}");
}

/// Kills runs at points that are spread over all that they do, and looks at the files then.
fn killed(signal: nix::sys::signal::Signal, runs: usize) {
    let mut project = Project::new(25);
    let before = project.files();
    // Two guilty fixes, so that there is a good number of states to be killed in.
    let args = [
        "--fix",
        "--verify",
        "sleep 0.01; ! grep -q '\\[hex' m3.py m17.py",
    ];
    project.run(&args);
    project.settle();
    let after = project.files();
    assert_ne!(before, after);
    let (mut undone, mut done) = (0, 0);
    for _ in 0..runs {
        for (path, bytes) in &before {
            fs::write(path, bytes).unwrap();
        }
        let mut child = project.start(&args);
        std::thread::sleep(Duration::from_millis(project.random(1500)));
        let process = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
        let _ = nix::sys::signal::kill(process, signal);
        child.wait().unwrap();
        project.settle();
        let files = project.files();
        match (files == before, files == after) {
            (true, _) => undone += 1,
            (_, true) => done += 1,
            _ => panic!("in between: {:?}", differing(&before, &files)),
        }
    }
    assert_eq!(undone + done, runs);
    assert!(undone > 0);
}

fn differing<'a>(before: &'a Files, now: &'a Files) -> Vec<&'a Path> {
    let paths = before.keys().chain(now.keys());
    paths
        .filter(|path| before.get(*path) != now.get(*path))
        .map(PathBuf::as_path)
        .collect()
}

fn runs() -> usize {
    std::env::var("HOTLINT_KILLS")
        .ok()
        .and_then(|runs| runs.parse().ok())
        .unwrap_or(10)
}

#[test]
fn a_run_that_is_killed_leaves_nothing_in_between() {
    killed(nix::sys::signal::Signal::SIGKILL, runs());
}

#[test]
fn a_run_that_is_interrupted_leaves_nothing_in_between() {
    killed(nix::sys::signal::Signal::SIGINT, runs());
}

#[test]
fn the_next_run_cleans_up_where_nobody_else_could() {
    let project = Project::new(3);
    let before = project.files();
    // The watch is killed together with the run, as when the power fails.
    let command = "! grep -q '\\[hex' m0.py || sleep 5";
    let mut child = project.start(&["--fix", "--verify", command]);
    let start = Instant::now();
    while !(0..3).all(|number| project.is_fixed(number)) {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "no fix was tried"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    for process in processes(project.folder.path()) {
        let _ = nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGKILL);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_ne!(project.files(), before);
    let (_, told) = project.run(&[]);
    assert!(told.contains("is again as it was"), "{told}");
    assert_eq!(project.files(), before);
}

/// The watches over journals below `folder`.
fn processes(folder: &Path) -> Vec<nix::unistd::Pid> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let of_ours = entries.filter_map(|entry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        let command = fs::read(entry.path().join("cmdline")).ok()?;
        let command = String::from_utf8_lossy(&command).into_owned();
        let is_watch = command.contains("watch-journal") && command.contains(folder.to_str()?);
        is_watch.then_some(nix::unistd::Pid::from_raw(id))
    });
    of_ours.collect()
}
