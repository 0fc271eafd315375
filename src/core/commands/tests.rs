//! Files of commands to programs, arguments and places.

use ruff_text_size::Ranged;

use super::{Command, CommandFile, commands};

fn read(path: &str, text: &str) -> Vec<Command> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let file = CommandFile::named(name).expect("a file of commands");
    commands(file, path, text)
}

/// Programs with their arguments; and each word has to stand where it is said to.
fn told(path: &str, text: &str) -> Vec<String> {
    let found = read(path, text);
    for word in found.iter().flat_map(|command| &command.arguments) {
        let range = word.range();
        let place = &text[range.start().to_usize()..range.end().to_usize()];
        assert!(place.contains(&word.text), "{word:?} is not {place:?}");
    }
    let line = |command: &Command| {
        let words = command.arguments.iter().map(|word| word.text.as_str());
        let all = std::iter::once(command.program.text.as_str()).chain(words);
        all.collect::<Vec<_>>().join(" ")
    };
    found.iter().map(line).collect()
}

#[test]
fn files_are_known_by_their_names() {
    let kinds = [
        ("Procfile", Some(CommandFile::Procfile)),
        ("Dockerfile", Some(CommandFile::Dockerfile)),
        ("Dockerfile.prod", Some(CommandFile::Dockerfile)),
        ("web.dockerfile", Some(CommandFile::Dockerfile)),
        ("compose.yaml", Some(CommandFile::Compose)),
        ("docker-compose.prod.yml", Some(CommandFile::Compose)),
        ("shop.service", Some(CommandFile::Unit)),
        ("dockerfile.py", None),
        ("composer.yml", None),
        ("service.py", None),
        ("Makefile", None),
    ];
    for (name, kind) in kinds {
        assert_eq!(CommandFile::named(name), kind, "{name}");
    }
}

#[test]
fn lines_of_a_procfile() {
    assert_eq!(
        told(
            "Procfile",
            "# servers\nweb: DEBUG=0 exec gunicorn 'shop.wsgi' -w 4\nworker: python -m celery -A shop\n"
        ),
        ["gunicorn shop.wsgi -w 4", "celery -A shop"]
    );
}

#[test]
fn what_an_image_runs_is_the_last_of_each_stage() {
    let text = "FROM python:3.12 AS base\nCMD [\"flask\", \"run\"]\nCMD gunicorn shop.wsgi \\\n    --threads 4 && echo é\n\
                FROM base\nENTRYPOINT [\"/venv/bin/uvicorn\", \"shop:app\"]\nCMD [\"--workers\", \"4\"]\n";
    assert_eq!(
        told("Dockerfile", text),
        [
            "gunicorn shop.wsgi --threads 4",
            "echo é",
            "uvicorn shop:app --workers 4"
        ]
    );
    // A shell does not hand `CMD` on.
    let text = "FROM x\nENTRYPOINT gunicorn shop.wsgi\nCMD [\"--reload\"]\n";
    assert_eq!(told("Dockerfile", text), ["gunicorn shop.wsgi"]);
    // An entry point takes back what came before.
    let text = "FROM x\nCMD [\"--reload\"]\nENTRYPOINT [\"gunicorn\", \"shop.wsgi\"]\n";
    assert_eq!(told("Dockerfile", text), ["gunicorn shop.wsgi"]);
    let text =
        "FROM x\nCMD [\"sh\", \"-c\", \"migrate && exec poetry run gunicorn shop.wsgi -w 1\"]\n";
    assert_eq!(
        told("Dockerfile", text),
        ["migrate", "gunicorn shop.wsgi -w 1"]
    );
}

#[test]
fn services_of_a_compose_file() {
    let text = "# größer\nservices:\n  web:\n    command: gunicorn shop.wsgi -w 2  # two\n  api:\n    entrypoint: [uvicorn]\n    command:\n      - shop:app\n      - \"--reload\"\n  job:\n    command: >\n      bash -c \"python -m gunicorn shop.wsgi\n      --threads 4\"\n  other: 3\n";
    assert_eq!(
        told("compose.yml", text),
        [
            "gunicorn shop.wsgi -w 2",
            "uvicorn shop:app --reload",
            "gunicorn shop.wsgi --threads 4"
        ]
    );
}

#[test]
fn what_a_unit_starts() {
    let text = "[Unit]\nExecStart=/bin/false\n[Service]\nExecStartPre=/bin/true\nExecStart=-/srv/venv/bin/gunicorn \\\n  --workers 1 \\\n  shop.wsgi\nRestart=always\n";
    assert_eq!(
        told("shop.service", text),
        ["gunicorn --workers 1 shop.wsgi"]
    );
}

#[test]
fn what_is_no_such_file_has_no_commands() {
    let deep = "[".repeat(100_000);
    for (path, text) in [
        ("Dockerfile", "{% if x %}\nCMD gunicorn"),
        ("compose.yml", "services:\n  web: {{ name }}\n  - x: ["),
        ("compose.yml", deep.as_str()),
        ("compose.yml", "- 1\n"),
        ("Procfile", "web: gunicorn 'shop"),
        ("Procfile", "web:\n: x\n"),
        ("shop.service", "[Service]\nExecStart=\\"),
        ("shop.service", "ExecStart=gunicorn"),
        ("Dockerfile", ""),
    ] {
        assert_eq!(told(path, text), Vec::<String>::new(), "{path}: {text:.40}");
    }
}

#[test]
fn options_are_found_however_they_are_written() {
    let option = |line: &str, names: &[&str]| {
        let found = read("Procfile", &format!("web: gunicorn {line}\n"));
        found[0].option(names).map(|word| word.text)
    };
    let workers = ["-w", "--workers"];
    for line in [
        "-w 3",
        "-w3",
        "--workers 3",
        "--workers=3",
        "-w 9 --workers=3",
    ] {
        assert_eq!(option(line, &workers).as_deref(), Some("3"), "{line}");
    }
    for line in ["--workers-x 3", "shop:w", "--worker-class x", "-w"] {
        assert_eq!(option(line, &workers), None, "{line}");
    }
}

#[test]
fn users_are_served_where_no_name_says_otherwise() {
    let is_deployed = |path: &str, text: &str| read(path, text)[0].is_deployed;
    let stage = "FROM x AS development\nCMD gunicorn\n";
    assert!(is_deployed("Procfile", "web: gunicorn"));
    assert!(is_deployed(
        "deploy/shop.service",
        "[Service]\nExecStart=gunicorn"
    ));
    assert!(is_deployed(
        "compose.prod.yml",
        "services: {web: {command: gunicorn}}"
    ));
    assert!(!is_deployed(
        "compose.yml",
        "services: {web: {command: gunicorn}}"
    ));
    assert!(!is_deployed("Dockerfile.dev", "FROM x\nCMD gunicorn"));
    assert!(!is_deployed(
        "docker/local/Dockerfile",
        "FROM x\nCMD gunicorn"
    ));
    assert!(!is_deployed("Dockerfile", stage));
}
