//! The program from outside: the manual's sessions run as they are printed.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

#[test]
fn sessions() {
    trycmd::TestCases::new()
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .env("HOTLINT_NO_CACHE", "1")
        .case("tests/cli/*.md");
}

const SLOW: &str = "import asyncio\nimport time\nasync def f():\n    time.sleep(1)\n";
const MENDED: &str = "import asyncio\nimport time\nasync def f():\n    await asyncio.sleep(1)\n";

fn hotlint(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotlint"));
    command.current_dir(folder).args(args);
    for variable in [
        "NO_COLOR",
        "FORCE_COLOR",
        "CLICOLOR_FORCE",
        "HOTLINT_OUTPUT_FORMAT",
        "HOTLINT_OUTPUT_FILE",
        "HOTLINT_COLOR",
    ] {
        command.env_remove(variable);
    }
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(mut command: Command, stdin: &[u8]) -> Output {
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn standard_input_is_checked_and_mended() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["-q", "--select", "all", "--output-format", "concise", "-"];
    let named = [&args[..], &["--stdin-filename", "src/a.py"]].concat();
    let found = run(hotlint(folder.path(), &named), SLOW.as_bytes());
    assert!(text(&found.stdout).starts_with("src/a.py:4:5: blocking-sleep-in-async"));
    assert_eq!(found.status.code(), Some(1));

    let mended = run(
        hotlint(folder.path(), &[&args[..], &["--fix"]].concat()),
        SLOW.as_bytes(),
    );
    assert_eq!(text(&mended.stdout), MENDED);
    assert_eq!(mended.status.code(), Some(0));

    // What cannot be mended comes out as it went in, encoding included.
    let odd = b"\xef\xbb\xbf# coding: utf-8\r\nx = 1\r\n";
    let kept = run(
        hotlint(folder.path(), &[&args[..], &["--fix"]].concat()),
        odd,
    );
    assert_eq!(kept.stdout, odd);
    let broken = run(
        hotlint(folder.path(), &[&args[..], &["--fix"]].concat()),
        b"\xff",
    );
    assert_eq!(text(&broken.stdout), "");
    assert_eq!(broken.status.code(), Some(2));

    let excluded = ["--stdin-filename", "venv/a.py", "--force-exclude"];
    let passed = run(
        hotlint(folder.path(), &[&args[..], &excluded].concat()),
        SLOW.as_bytes(),
    );
    assert_eq!(passed.status.code(), Some(0));
}

#[test]
fn lists_of_files_come_from_standard_input_too() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.py", "b c.py", "d.py"] {
        fs::write(folder.path().join(name), "x = 1\n").unwrap();
    }
    let list = |list: &[u8]| {
        let found = run(
            hotlint(folder.path(), &["--show-files", "--files-from", "-"]),
            list,
        );
        text(&found.stdout).to_owned()
    };
    assert_eq!(list(b"d.py\nb c.py\r\n\nd.py"), "b c.py\nd.py\n");
    assert_eq!(list(b"d.py\0b c.py\0"), "b c.py\nd.py\n");
    assert_eq!(list(b""), "");
}

#[test]
fn one_thread_says_what_many_say() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..200 {
        let path = folder.path().join(format!("p{}/m{number}.py", number % 7));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let wrong = if number % 50 == 0 { "def f(:\n" } else { SLOW };
        fs::write(path, wrong).unwrap();
    }
    let output = |threads| {
        let args = [
            "--select",
            "all",
            "--threads",
            threads,
            "--output-format",
            "json",
        ];
        run(hotlint(folder.path(), &args), b"").stdout
    };
    let one = output("1");
    assert!(one.len() > 10_000);
    assert_eq!(one, output("8"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..300 {
        fs::write(folder.path().join(format!("m{number}.py")), SLOW).unwrap();
    }
    let mut child = hotlint(folder.path(), &["--select", "all"])
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(
        !text(&ended.stderr).contains("error"),
        "{}",
        text(&ended.stderr)
    );
}

#[test]
fn colour_comes_when_it_is_called() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.py"), SLOW).unwrap();
    let colored = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = hotlint(folder.path(), &[&["--select", "all"], args].concat());
        command.envs(variables.iter().copied());
        text(&run(command, b"").stdout).contains('\x1b')
    };
    assert!(!colored(&[], &[]));
    assert!(colored(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(colored(&[], &[("FORCE_COLOR", "1")]));
    assert!(colored(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&[], &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
    assert!(!colored(&["--color", "never"], &[("FORCE_COLOR", "1")]));
    assert!(!colored(
        &["--output-format", "json"],
        &[("FORCE_COLOR", "1")]
    ));
}

#[test]
fn findings_go_to_a_file_in_a_new_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.py"), SLOW).unwrap();
    let args = [
        "--select",
        "all",
        "-o",
        "out/new/report.json",
        "--output-format",
        "json",
        "--color",
        "always",
    ];
    let done = run(hotlint(folder.path(), &args), b"");
    assert_eq!(text(&done.stdout), "");
    assert_eq!(done.status.code(), Some(1));
    let report = fs::read_to_string(folder.path().join("out/new/report.json")).unwrap();
    assert!(report.contains("blocking-sleep-in-async") && !report.contains('\x1b'));
}
