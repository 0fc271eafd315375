//! Settings of servers in files that are no Python.

use std::fs;
use std::path::Path;
use std::process::Command;

const PROCFILE: &str =
    "web: gunicorn shop.wsgi --worker-class gevent --threads 8\nworker: celery -A shop worker\n";

const DOCKERFILE: &str =
    "FROM python:3.12\nCMD [\"uvicorn\", \"shop.main:app\", \"--workers\", \"4\", \"--reload\"]\n";

const COMPOSE: &str =
    "services:\n  web:\n    command:\n      - gunicorn\n      - shop.wsgi\n      - --reload\n";

const UNIT: &str = "[Service]\nExecStart=/srv/bin/gunicorn --workers 1 shop.wsgi\n";

/// Python that says the same.
const CONFIG: &str = "workers = 4\nthreads = 8\nworker_class = \"gevent\"\n";

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    write(&path.join("Procfile"), PROCFILE);
    write(&path.join("Dockerfile"), DOCKERFILE);
    write(
        &path.join("Dockerfile.dev"),
        "FROM x\nCMD uvicorn shop.main:app --reload\n",
    );
    write(&path.join("compose.yml"), COMPOSE);
    write(&path.join("compose.prod.yml"), COMPOSE);
    write(&path.join("deploy/shop.service"), UNIT);
    write(&path.join("gunicorn.conf.py"), CONFIG);
    folder
}

fn output(folder: &Path, args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_hotlint"))
        .current_dir(folder)
        .args(args)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "120")
        .output()
        .unwrap();
    assert_ne!(output.status.code(), Some(2), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Places and rules.
fn places(folder: &Path, args: &[&str]) -> Vec<String> {
    let text = output(
        folder,
        &[&["check", "--output-format", "concise"], args].concat(),
    );
    let places = text.lines().map(|line| {
        let mut words = line.splitn(3, ' ');
        format!(
            "{} {}",
            words.next().unwrap_or(""),
            words.next().unwrap_or("")
        )
    });
    places.collect()
}

const ALL: [&str; 5] = [
    "Dockerfile:2:35: worker-config",
    "Procfile:1:47: worker-config",
    "compose.prod.yml:6:9: worker-config",
    "deploy/shop.service:2:29: worker-config",
    "gunicorn.conf.py:2:1: worker-config",
];

#[test]
fn they_are_found_beside_python_and_remembered() {
    let folder = project();
    assert_eq!(places(folder.path(), &[]), ALL);
    assert_eq!(places(folder.path(), &[]), ALL, "from the cache");
    write(
        &folder.path().join("Procfile"),
        "web: gunicorn shop.wsgi -w 4\n",
    );
    assert_eq!(places(folder.path(), &[]).len(), ALL.len() - 1);
}

#[test]
fn they_are_looked_for_only_where_a_rule_asks() {
    let folder = project();
    let path = folder.path();
    let files = |args: &[&str]| {
        let shown = output(path, &[&["check", "--show-files"], args].concat());
        shown.lines().count()
    };
    assert_eq!(files(&["--ignore", "worker-config"]), 1);
    assert_eq!(files(&[]), 7);
    assert_eq!(
        files(&["--ignore", "worker-config"]),
        1,
        "whatever was remembered"
    );
    assert_eq!(
        places(path, &["--ignore", "worker-config"]),
        Vec::<String>::new()
    );
    assert_eq!(places(path, &["Procfile"]), [ALL[1]]);
}

#[test]
fn they_are_silenced_like_python() {
    let folder = project();
    let path = folder.path();
    let ignore = "# hotlint: ignore[worker-config] behind a proxy that";
    write(&path.join("Procfile"), &format!("{ignore}\n{PROCFILE}"));
    write(
        &path.join("Dockerfile"),
        &DOCKERFILE.replace("CMD", &format!("{ignore}\nCMD")),
    );
    write(
        &path.join("compose.prod.yml"),
        &COMPOSE.replace("    command", &format!("    {ignore}\n    command")),
    );
    write(
        &path.join("deploy/shop.service"),
        &UNIT.replace("Exec", "# hotlint: file-ignore[worker-config]\nExec"),
    );
    write(&path.join("gunicorn.conf.py"), "");
    assert_eq!(places(path, &[]), Vec::<String>::new());
    write(
        &path.join("compose.prod.yml"),
        &COMPOSE.replace("--reload", "--reload # hotlint: ignore[worker-config]"),
    );
    write(
        &path.join("Procfile"),
        "# hotlint: ignore[worker-config]\nweb: gunicorn shop.wsgi -w 4\n",
    );
    assert_eq!(places(path, &[]), ["Procfile:1:1: unused-suppression"]);
    write(&path.join("Procfile"), PROCFILE);
    write(
        &path.join("hotlint.toml"),
        "per-file-ignores = { \"Procfile\" = [\"worker-config\"] }\n",
    );
    assert_eq!(places(path, &[]), Vec::<String>::new());
}

#[test]
fn they_are_told_in_every_format_and_never_rewritten() {
    let folder = project();
    let path = folder.path();
    for format in [
        "full", "json", "sarif", "github", "gitlab", "junit", "html", "markdown", "grouped",
    ] {
        let text = output(path, &["check", "--output-format", format]);
        assert!(text.contains("Procfile"), "{format}");
        assert!(text.contains("worker-config"), "{format}");
    }
    output(path, &["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(fs::read_to_string(path.join("Procfile")).unwrap(), PROCFILE);
    assert_eq!(
        fs::read_to_string(path.join("Dockerfile")).unwrap(),
        DOCKERFILE
    );
}

#[test]
fn a_baseline_knows_them_again() {
    let folder = project();
    let path = folder.path();
    output(path, &["baseline", "create"]);
    let known = ["--baseline", ".hotlint-baseline.json"];
    let file = fs::read_dir(path)
        .unwrap()
        .flatten()
        .find(|entry| entry.file_name().to_string_lossy().contains("baseline"));
    let file = file.expect("a baseline").file_name();
    let args = [known[0], file.to_str().unwrap(), "--baseline-mode", "keep"];
    assert_eq!(places(path, &args), Vec::<String>::new());
    write(
        &path.join("Procfile"),
        &format!("release: python manage.py migrate\n\n{PROCFILE}"),
    );
    assert_eq!(places(path, &args), Vec::<String>::new(), "lines move");
    write(
        &path.join("Procfile"),
        &format!("{PROCFILE}api: uvicorn shop:app --reload\n"),
    );
    assert_eq!(places(path, &args), ["Procfile:3:23: worker-config"]);
}
