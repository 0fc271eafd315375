//! What is seen to be long is reported; what is assumed to be waits for those who ask.

use std::fs;
use std::process::Command;

const APP: &str = "\
def order(xs):
    done = []
    for x in xs:
        if x in done:
            continue
        done.append(x)
    return done


def again(path):
    done = []
    for line in open(path):
        if line in done:
            print(line)
        done.append(line)
";

/// What hotlint prints, without the closing line.
fn told(args: &[&str], config: &str) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("app.py"), APP).expect("a file");
    fs::write(folder.path().join("hotlint.toml"), config).expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_hotlint"))
        .current_dir(folder.path())
        .args(args)
        .env("NO_COLOR", "1")
        .output()
        .expect("hotlint runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

fn rows(args: &[&str], config: &str) -> Vec<usize> {
    let concise = [args, &["--output-format", "concise"]].concat();
    let (_, text, _) = told(&concise, config);
    let row = |line: &str| line.split(':').nth(1)?.parse().ok();
    text.lines().filter_map(row).collect()
}

#[test]
fn who_asks_for_a_rule_is_told_what_it_assumes() {
    assert_eq!(rows(&["check"], ""), [13]);
    assert_eq!(rows(&["check", "--select", "default"], ""), [13]);
    for word in ["list-membership-in-loop", "algorithmic", "all"] {
        let found = rows(&["check", "--select", word], "");
        assert!(
            found.contains(&4) && found.contains(&13),
            "{word}: {found:?}"
        );
    }
    let config = "extend-select = ['list-membership-in-loop']\n";
    assert_eq!(rows(&["check"], config), [4, 13]);
}

#[test]
fn silence_is_counted_and_explained() {
    let (code, text, noted) = told(&["check"], "");
    assert_eq!(code, Some(1));
    assert!(text.contains("one for each line of the file"), "{text}");
    assert!(
        noted.contains("1 not shown, as nothing shows that their data are many"),
        "{noted}"
    );
    let (_, why, _) = told(&["why", "app.py:4"], "");
    assert!(
        why.contains("silent by default: nothing shows that `done` is long; select the rule, or bring a profile"),
        "{why}"
    );
}

#[test]
fn what_is_silent_by_default_is_in_no_report_for_machines() {
    let (_, sarif, _) = told(&["check", "--output-format", "sarif"], "");
    assert_eq!(
        sarif
            .matches("\"ruleId\": \"list-membership-in-loop\"")
            .count(),
        1,
        "{sarif}"
    );
    let (_, json, _) = told(&["check", "--output-format", "json"], "");
    assert!(!json.contains("\"assumed\""), "{json}");
}
