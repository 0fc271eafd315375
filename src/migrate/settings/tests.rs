//! What becomes of configurations.

use std::fs;

use super::*;

fn file(name: &str, text: &str) -> Option<File> {
    Some((name.to_owned(), text.to_owned()))
}

/// The files after the migration; those of before are put into a folder, for that is where neighbours are read from.
fn migrated(files: &Files) -> Files {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files.clone().into_list().into_iter().flatten() {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let after = files.migrated(&Neighbours::of(folder.path())).unwrap();
    // Once is enough.
    for (name, text) in after.clone().into_list().into_iter().flatten() {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let neighbours = Neighbours::of(folder.path());
    assert_eq!(neighbours.same, [], "nothing is reported twice");
    assert_eq!(after.migrated(&neighbours).unwrap(), after);
    after
}

fn text(file: Option<File>) -> String {
    file.unwrap().1
}

#[test]
fn a_family_that_ours_has_goes_as_a_whole() {
    let has_all = PERF.iter().all(|code| rule_of(code).is_some());
    let before = "# ours\n[tool.ruff.lint]\nselect = [\n    \"E\",  # style\n    \"PERF\",  # speed\n    \"F\",\n]\n\n[tool.other]\nx = 1  # kept\n";
    let after = text(
        migrated(&Files {
            pyproject: file("pyproject.toml", before),
            ..Files::default()
        })
        .pyproject,
    );
    if has_all {
        assert!(!after.contains("\"PERF"), "{after}");
    } else {
        // Those that hotlint lacks stay where they are.
        assert!(
            !after.contains("\"PERF\"") && !after.contains("\"PERF401\""),
            "{after}"
        );
        assert!(
            PERF.iter()
                .all(|code| after.contains(code) == rule_of(code).is_none()),
            "{after}"
        );
    }
    assert!(
        after.starts_with("# ours\n[tool.ruff.lint]\nselect = [\n    \"E\",  # style\n"),
        "{after}"
    );
    assert!(after.contains("[tool.other]\nx = 1  # kept\n"), "{after}");
    assert!(
        after.contains("[tool.hotlint]\nextend-select = ["),
        "{after}"
    );
    assert!(after.contains("\"manual-list-comprehension\""), "{after}");
}

#[test]
fn what_is_selected_with_others_is_ignored() {
    let before = "[lint]\nselect = [\"C4\", \"ASYNC251\", \"PERF401\"]\nignore = [\"E501\"]\n";
    let after = migrated(&Files {
        ruff: file("ruff.toml", before),
        ..Files::default()
    });
    let ruff = text(after.ruff);
    assert!(ruff.contains("select = [\"C4\"]\n"), "{ruff}");
    assert!(ruff.contains("ignore = [\"E501\", \"C4"), "{ruff}");
    assert!(ruff.contains("\"C419\""), "{ruff}");
    let hotlint = text(after.hotlint);
    assert!(
        hotlint.starts_with("extend-select = [\"")
            && hotlint.contains("\"manual-list-comprehension\""),
        "{hotlint}"
    );
    // What runs anyway needs no word.
    assert!(!hotlint.contains("blocking-sleep-in-async"), "{hotlint}");
    let after = migrated(&Files {
        ruff: file("ruff.toml", "select = [\"ALL\"]\n"),
        ..Files::default()
    });
    let ruff = text(after.ruff);
    assert!(
        ruff.contains("select = [\"ALL\"]") && ruff.contains("\"PERF401\""),
        "{ruff}"
    );
}

#[test]
fn what_init_left_to_others_is_taken_back() {
    let before = "[tool.ruff.lint]\nselect = ['ASYNC', 'PERF402']\nper-file-ignores = { 'tests/**' = ['PERF', 'E501'], 'x.py' = ['E501'] }\n[tool.hotlint]\nignore = [\n    \"blocking-sleep-in-async\", # ASYNC251\n    \"manual-list-copy\", # PERF402\n]\n";
    let after = text(
        migrated(&Files {
            pyproject: file("pyproject.toml", before),
            ..Files::default()
        })
        .pyproject,
    );
    assert!(
        !after.contains("\"blocking-sleep-in-async\"") && after.contains("\"ASYNC251\""),
        "{after}"
    );
    assert!(
        after.contains("[tool.hotlint.per-file-ignores]\n\"tests/**\" = [\""),
        "{after}"
    );
    assert!(!after.contains("\"x.py\" = "), "{after}");
}

#[test]
fn perflint_is_told_what_to_leave() {
    let before = "[MAIN]\nload-plugins=perflint\n\n[MESSAGES CONTROL]\ndisable=invalid-name,\n        line-too-long\nmax=1\n";
    let after = migrated(&Files {
        pylint: file(".pylintrc", before),
        ..Files::default()
    });
    let pylint = text(after.pylint);
    assert!(
        pylint.contains("\n        line-too-long,W8101,"),
        "{pylint}"
    );
    assert!(pylint.ends_with("\nmax=1\n"), "{pylint}");
    let bare = migrated(&Files {
        pylint: file("pylintrc", "[MAIN]\nload-plugins = perflint\n"),
        ..Files::default()
    });
    let bare = text(bare.pylint);
    assert!(bare.contains("\n[MESSAGES CONTROL]\ndisable=W8"), "{bare}");
    let project = "[tool.pylint.main]\nload-plugins = ['perflint']\n";
    let after = migrated(&Files {
        pyproject: file("pyproject.toml", project),
        ..Files::default()
    });
    let after = text(after.pyproject);
    assert!(
        after.contains("[tool.pylint.\"messages control\"]\ndisable = [\"W8"),
        "{after}"
    );
}

#[test]
fn a_project_without_them_stays_as_it_is() {
    let project = "[tool.ruff.lint]\nselect = ['E']\n";
    let files = Files {
        pyproject: file("pyproject.toml", project),
        ..Files::default()
    };
    assert_eq!(migrated(&files), files);
    let broken = Files {
        pyproject: file("pyproject.toml", "[tool"),
        ..Files::default()
    };
    let error = broken.migrated(&Neighbours::default()).unwrap_err();
    assert!(
        error.to_string().starts_with("pyproject.toml is no TOML: "),
        "{error}"
    );
}
