//! What a file of a project says of a function or a class that another one defines, with imports followed.

use std::fs;
use std::path::Path;
use std::process::Command;

const CONFIG: &str = "follow-imports = true\ntarget-version = \"3.10\"\n";

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "hotlint.toml", CONFIG);
    for (name, text) in files {
        write(folder.path(), name, text);
    }
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The findings of one rule, of a run over `paths`.
fn found(folder: &Path, rule: &str, args: &[&str]) -> Vec<serde_json::Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_hotlint"))
        .current_dir(folder)
        .env_remove("HOTLINT_CACHE_DIR")
        .env_remove("HOTLINT_NO_CACHE")
        .args(["check", "-q", "--select", rule, "--output-format", "json"])
        .args(args)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert_ne!(
        output.status.code(),
        Some(2),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    told.as_array().unwrap().clone()
}

/// How many findings there are, which is the same for a run over the whole project and one over the file alone, with a cache and
/// without.
fn count(folder: &Path, rule: &str, file: &str) -> usize {
    let whole = found(folder, rule, &["--no-cache", "."]);
    assert_eq!(found(folder, rule, &["--no-cache", file]), whole);
    for _ in 0..2 {
        assert_eq!(found(folder, rule, &["."]), whole, "remembered");
    }
    whole.len()
}

const LISTS: &str = "return-list-could-yield";
const SQUARES: &str = "def squares(numbers):\n    found = []\n    for number in numbers:\n        found.append(number * number)\n    return found\n";
const TAKES: &str = "from .squares import squares\n\n\ndef total(numbers):\n    total = 0\n    for square in squares(numbers):\n        total += square\n    return total\n";

fn lists(more: &[(&str, &str)]) -> usize {
    let files = [("app/__init__.py", ""), ("app/squares.py", SQUARES)];
    let folder = project(&[&files, more].concat());
    count(folder.path(), LISTS, "app/squares.py")
}

#[test]
fn a_list_that_all_files_run_over_once_could_be_a_generator() {
    let by_module = "from app import squares\n\n\ndef largest(numbers):\n    return max(squares.squares(numbers))\n";
    let files = [
        ("app/__init__.py", ""),
        ("app/squares.py", SQUARES),
        ("app/take.py", TAKES),
        ("main.py", by_module),
    ];
    let folder = project(&files);
    assert_eq!(count(folder.path(), LISTS, "app/squares.py"), 1);
    let told = &found(folder.path(), LISTS, &["app/squares.py"])[0];
    let told = told.to_string();
    for place in ["app/take.py", "main.py"] {
        assert!(told.contains(place), "{place} is not named: {told}");
    }
}

#[test]
fn who_needs_the_list_keeps_it() {
    assert_eq!(lists(&[("app/take.py", TAKES)]), 1);
    for (why, other) in [
        (
            "counts",
            "from app.squares import squares\n\nprint(len(squares([1])))\n",
        ),
        (
            "keeps",
            "from app.squares import squares\n\nkept = squares([1])\n",
        ),
        (
            "passes on",
            "from app.squares import squares\n\nprint(list(map(squares, [[1]])))\n",
        ),
        ("exports", "from app.squares import squares as squares\n"),
        (
            "renames",
            "from app.squares import squares as s\n\nprint(s([1])[0])\n",
        ),
        (
            "takes once and keeps once",
            "from app.squares import squares\n\nfor x in squares([1]):\n    print(x)\nkept = squares([1])\n",
        ),
        (
            "by the module",
            "import app.squares\n\nprint(len(app.squares.squares([1])))\n",
        ),
        (
            "a module by another name",
            "import app.squares as sq\n\nprint(sq.squares([1])[0])\n",
        ),
        (
            "by its name",
            "from unittest import mock\n\n\ndef test():\n    with mock.patch(\"app.squares.squares\"):\n        pass\n",
        ),
        (
            "all names",
            "from app.squares import *\n\nprint(squares([1])[0])\n",
        ),
        (
            "a loop that changes what is read",
            "from app.squares import squares\n\n\ndef run(numbers):\n    for square in squares(numbers):\n        numbers.append(square)\n",
        ),
    ] {
        let found = lists(&[("app/take.py", TAKES), ("other.py", other)]);
        assert_eq!(found, 0, "{why}");
    }
}

#[test]
fn who_means_something_else_by_the_name_is_no_user() {
    let other = "import numpy as np\n\n\nclass Board:\n    def squares(self):\n        return [1]\n\n\ndef show(board: Board, squares):\n    # squares\n    return len(board.squares()), squares[0], len(np.squares)\n";
    assert_eq!(lists(&[("app/take.py", TAKES), ("other.py", other)]), 1);
}

#[test]
fn users_outside_of_the_project_cannot_be_seen() {
    let built = "[build-system]\nrequires = [\"hatchling\"]\n";
    assert_eq!(
        lists(&[("app/take.py", TAKES), ("pyproject.toml", built)]),
        0
    );
    assert_eq!(
        lists(&[
            ("app/take.py", TAKES),
            ("pyproject.toml", "[project]\nname = \"app\"\n")
        ]),
        1
    );
    // Nobody uses it: there is nothing to be seen.
    assert_eq!(lists(&[]), 0);
}

#[test]
fn who_uses_a_function_is_looked_for_in_its_repository() {
    let keeps = "from app.squares import squares\n\nkept = squares([1])\n";
    let files = |keeper: &str| {
        project(&[
            ("first/.git/HEAD", "ref: refs/heads/main\n"),
            ("first/lib/app/__init__.py", ""),
            ("first/lib/app/squares.py", SQUARES),
            ("first/lib/app/take.py", TAKES),
            ("second/.git/HEAD", "ref: refs/heads/main\n"),
            (keeper, keeps),
        ])
    };
    let squares = "first/lib/app/squares.py";
    // It has installed its own.
    let folder = files("second/keep.py");
    assert_eq!(count(folder.path(), LISTS, squares), 1, "another");
    for keeper in ["first/lib/keep.py", "first/keep.py"] {
        let folder = files(keeper);
        assert_eq!(count(folder.path(), LISTS, squares), 0, "{keeper}");
    }
    // A package of its own beside it, in the same repository.
    let folder = files("first/tools/tool/keep.py");
    write(
        folder.path(),
        "first/tools/pyproject.toml",
        "[project]\nname = 'tool'\n",
    );
    assert_eq!(count(folder.path(), LISTS, squares), 0, "a sibling");
    // What is told of a repository hangs on where it ends.
    let folder = files("second/keep.py");
    assert_eq!(count(folder.path(), LISTS, squares), 1);
    fs::create_dir(folder.path().join(".git")).unwrap();
    assert_eq!(count(folder.path(), LISTS, squares), 0, "one for both");
    // Others install what is built.
    let folder = files("second/keep.py");
    write(folder.path(), "first/setup.py", "");
    assert_eq!(count(folder.path(), LISTS, squares), 0, "published");
}

#[test]
fn a_new_user_is_seen_by_a_run_that_remembers() {
    let folder = project(&[
        ("app/__init__.py", ""),
        ("app/squares.py", SQUARES),
        ("app/take.py", TAKES),
    ]);
    let folder = folder.path();
    assert_eq!(found(folder, LISTS, &["."]).len(), 1);
    let keeps = "from app.squares import squares\n\nkept = squares([1])\n";
    write(folder, "other.py", keeps);
    assert_eq!(found(folder, LISTS, &["."]).len(), 0, "somebody keeps it");
    write(folder, "other.py", "x = 1\n");
    assert_eq!(found(folder, LISTS, &["."]).len(), 1, "and no more");
}

const SLOTS: &str = "dataclass-without-slots";
const POINT: &str = "from dataclasses import dataclass\n\n\n@dataclass\nclass Point:\n    x: int\n    y: int = 0\n\n\ndef nearest(points: list[Point]) -> Point:\n    return min(points, key=abs)\n";

fn slots(other: &str) -> usize {
    let folder = project(&[
        ("app/__init__.py", ""),
        ("app/point.py", POINT),
        ("app/other.py", other),
    ]);
    count(folder.path(), SLOTS, "app/point.py")
}

#[test]
fn a_class_keeps_its_dict_where_another_file_needs_it() {
    for (why, other) in [
        (
            "an attribute more",
            "from .point import Point\n\n\ndef mark(point: Point):\n    point.color = 1\n",
        ),
        (
            "of who knows what",
            "from .point import Point\n\n\ndef mark(points):\n    for point in points:\n        point.color = Point(1)\n",
        ),
        (
            "that a function gives",
            "from .point import nearest\n\n\ndef mark(points):\n    first = nearest(points)\n    first.color = 1\n",
        ),
        (
            "all attributes",
            "from .point import Point\n\n\ndef show(point: Point):\n    return vars(point)\n",
        ),
        (
            "the dict",
            "from app import point\n\n\ndef show(one: point.Point):\n    return one.__dict__\n",
        ),
        (
            "weak references",
            "import weakref\n\nfrom .point import Point\n\nseen = weakref.WeakSet([Point(1)])\n",
        ),
        ("a default", "from .point import Point\n\nprint(Point.y)\n"),
        (
            "a second base",
            "from .point import Point\n\n\nclass Both(dict, Point):\n    pass\n",
        ),
    ] {
        assert_eq!(slots(other), 0, "{why}");
    }
}

#[test]
fn a_class_whose_users_keep_to_its_fields_could_have_slots() {
    for other in [
        "x = 1\n",
        "from .point import Point\n\n\ndef move(point: Point):\n    point.x = 1\n",
        "from .point import Point\n\n\nclass Colored(Point):\n    def __init__(self):\n        self.color = 1\n",
        "class Point:\n    pass\n\n\ndef mark(point: Point):\n    point.color = 1\n",
        "class Board:\n    pass\n\n\ndef mark(board: Board):\n    board.color = 1\n",
    ] {
        assert_eq!(slots(other), 1, "{other}");
    }
}

const CACHED: &str = "from functools import lru_cache

from app.fill import complete


@lru_cache(maxsize=128)
def parts(path: str):
    return path.split('/')


def page(path: str):
    return complete(parts(path))


def pages(path: str):
    found = parts(path)
    return complete(found)
";

#[test]
fn a_cached_list_that_another_file_changes_is_told_with_every_step() {
    const RULE: &str = "cache-returns-mutable";
    let project_with = |fill: &str| {
        project(&[
            ("app/__init__.py", ""),
            ("app/pages.py", CACHED),
            ("app/fill.py", fill),
            ("app/ends.py", "def end(rows):\n    rows.append('index')\n"),
        ])
    };
    let changing =
        "from app.ends import end\n\n\ndef complete(rows):\n    end(rows)\n    return rows\n";
    let folder = project_with(changing);
    assert_eq!(count(folder.path(), RULE, "app/pages.py"), 1);
    let told = found(folder.path(), RULE, &["app/pages.py"])[0].to_string();
    for step in [
        "app/fill.py",
        "app/ends.py",
        "calls `end`",
        "changes: `rows`",
    ] {
        assert!(told.contains(step), "{step} is not told: {told}");
    }
    // What is remembered hangs on the files on the way.
    write(
        folder.path(),
        "app/ends.py",
        "def end(rows):\n    print(rows)\n",
    );
    assert_eq!(count(folder.path(), RULE, "app/pages.py"), 0);

    // A function of the same file needs no other, whether imports are followed or not.
    let alone = CACHED.replace(
        "from app.fill import complete\n",
        "def complete(rows):\n    rows.sort()\n",
    );
    let folder = project(&[("app/pages.py", &alone)]);
    assert_eq!(count(folder.path(), RULE, "app/pages.py"), 1);
    write(folder.path(), "hotlint.toml", "");
    assert_eq!(count(folder.path(), RULE, "app/pages.py"), 1);

    for (why, fill) in [
        (
            "copies",
            "from app.ends import end\n\n\ndef complete(rows):\n    rows = list(rows)\n    end(rows)\n    return rows\n",
        ),
        (
            "passes a copy",
            "from app.ends import end\n\n\ndef complete(rows):\n    end(rows[:])\n    return rows\n",
        ),
        (
            "another function of that name",
            "def end(rows):\n    return rows\n\n\ndef complete(rows):\n    return end(rows)\n",
        ),
    ] {
        let folder = project_with(fill);
        assert_eq!(count(folder.path(), RULE, "app/pages.py"), 0, "{why}");
    }
}

const SETTINGS: &str =
    "async def read():\n    with open(\"settings.txt\") as file:\n        return file.read()\n";

/// How many findings there are on a coroutine that reads a file, where another file has this to say of it.
fn reads(other: &str) -> usize {
    let folder = project(&[
        ("app/__init__.py", ""),
        ("app/settings.py", SETTINGS),
        ("app/main.py", other),
    ]);
    count(folder.path(), "blocking-file-in-async", "app/settings.py")
}

#[test]
fn nobody_waits_for_what_other_files_do_while_they_start() {
    for (how, other) in [
        (
            "a framework runs it",
            "from fastapi import FastAPI\n\nfrom .settings import read\n\n\nasync def lifespan(app):\n    app.settings = await read()\n    yield\n\n\napp = FastAPI(lifespan=lifespan)\n",
        ),
        (
            "over a function",
            "from fastapi import FastAPI\n\nfrom app import settings\n\napp = FastAPI()\n\n\nasync def load():\n    app.settings = await settings.read()\n\n\n@app.on_event(\"startup\")\nasync def start():\n    await load()\n",
        ),
        (
            "by hand",
            "import asyncio\n\nfrom .settings import read as settings_of\n\n\nasync def main():\n    print(await settings_of())\n\n\nif __name__ == \"__main__\":\n    asyncio.run(main())\n",
        ),
        (
            "on a loop of its own",
            "import asyncio\n\nfrom app.settings import read\n\n\ndef settings():\n    return asyncio.run(read())\n",
        ),
        (
            "before others",
            "import asyncio\n\nfrom app.settings import read\n\n\nasync def main():\n    await read()\n    await asyncio.gather(serve(1), serve(2))\n\n\nasyncio.run(main())\n",
        ),
    ] {
        assert_eq!(reads(other), 0, "{how}");
    }
}

#[test]
fn whoever_may_run_beside_others_stops_them() {
    let starts = "from fastapi import FastAPI\n\nfrom .settings import read\n\n\nasync def lifespan(app):\n    app.settings = await read()\n    yield\n\n\napp = FastAPI(lifespan=lifespan)\n";
    for (how, more) in [
        (
            "a request",
            "\n\n@app.get(\"/settings\")\nasync def settings():\n    return await read()\n",
        ),
        ("who knows", "\n\nhandlers = [read]\n"),
        (
            "by a function",
            "\n\nasync def again():\n    return await read()\n\n\nhandlers = [again]\n",
        ),
        ("by its name", "\n\nhandler = \"app.settings:read\"\n"),
    ] {
        assert_eq!(reads(&format!("{starts}{more}")), 1, "{how}");
    }
    assert_eq!(reads("print(1)\n"), 1, "nobody");
    assert_eq!(reads("from .settings import read\n"), 1, "nobody yet");
    let folder = project(&[
        ("app/__init__.py", ""),
        ("app/settings.py", SETTINGS),
        (
            "tests/test_settings.py",
            "import asyncio\n\nfrom app.settings import read\n\n\ndef test_read():\n    assert asyncio.run(read())\n",
        ),
    ]);
    let tested = count(folder.path(), "blocking-file-in-async", "app/settings.py");
    assert_eq!(tested, 1, "a test");
    // Where no program begins, nobody looks.
    let folder = project(&[
        ("app/__init__.py", ""),
        ("app/settings.py", SETTINGS),
        ("app/tools/begin.py", starts),
    ]);
    let hidden = count(folder.path(), "blocking-file-in-async", "app/settings.py");
    assert_eq!(hidden, 1, "out of the way");
    // Another one by that name.
    let other = "from fastapi import FastAPI\n\nfrom .files import read\n\n\nasync def lifespan(app):\n    await read()\n    yield\n\n\napp = FastAPI(lifespan=lifespan)\n";
    assert_eq!(reads(other), 1, "another");
}

#[test]
fn a_new_request_is_seen_by_a_run_that_remembers() {
    let main = "import asyncio\n\nfrom .settings import read\n\nasyncio.run(read())\n";
    let folder = project(&[
        ("app/__init__.py", ""),
        ("app/settings.py", SETTINGS),
        ("app/main.py", main),
    ]);
    let folder = folder.path();
    let rule = "blocking-file-in-async";
    assert_eq!(found(folder, rule, &["."]).len(), 0);
    write(
        folder,
        "app/views.py",
        "from starlette.requests import Request\n\nfrom .settings import read\n\n\nasync def view(request: Request):\n    return await read()\n",
    );
    assert_eq!(found(folder, rule, &["."]).len(), 1, "a request");
    write(folder, "app/views.py", "x = 1\n");
    assert_eq!(found(folder, rule, &["."]).len(), 0, "and no more");
}
