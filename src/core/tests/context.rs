//! When code runs. The examples are checked for Python 3.9 and newer.

use hotlint_core::ast::AnyNodeRef;
use hotlint_core::python::{Facts, PythonVersion, Runs, Source, Versions, parse};

fn with_probe<T>(code: &str, ask: impl for<'a> FnOnce(&Facts<'a>, AnyNodeRef<'a>) -> T) -> T {
    let source = Source::module("example.py", code);
    let parsed = parse(&source).expect("the example parses");
    let facts = Facts::new(&source, &parsed, Versions::since(PythonVersion::PY39))
        .expect("the example is flat");
    let nodes = facts.tree.nodes();
    let probe = nodes
        .iter()
        .find(|node| matches!(node, AnyNodeRef::ExprName(name) if name.id == "probe"));
    ask(&facts, *probe.expect("the example has a probe"))
}

fn runs(code: &str) -> Runs {
    with_probe(code, |facts, probe| facts.runs(probe))
}

#[test]
fn module_level_runs_once() {
    assert_eq!(runs("probe()"), Runs::Once);
    assert_eq!(runs("class A:\n    x = probe()"), Runs::Once);
    assert_eq!(runs("if __name__ == '__main__':\n    probe()"), Runs::Once);
    assert_eq!(runs("def f(x=probe()): pass"), Runs::Once);
    assert_eq!(runs("@probe\ndef f(x): pass"), Runs::Once);
}

#[test]
fn functions_and_loops_run_often() {
    assert_eq!(runs("def f():\n    probe()"), Runs::Often);
    assert_eq!(runs("f = lambda: probe()"), Runs::Often);
    assert_eq!(runs("for x in xs:\n    probe()"), Runs::Often);
    assert_eq!(runs("ys = [probe(x) for x in xs]"), Runs::Often);
    assert_eq!(
        runs("for x in xs:\n    def f(y=probe()): pass"),
        Runs::Often
    );
}

#[test]
fn code_for_type_checkers_never_runs() {
    assert_eq!(
        runs("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    probe()"),
        Runs::Never
    );
    assert_eq!(
        runs("import typing\nif typing.TYPE_CHECKING:\n    probe()\nelse:\n    pass"),
        Runs::Never
    );
    assert_eq!(
        runs("import typing\nif typing.TYPE_CHECKING:\n    pass\nelse:\n    probe()"),
        Runs::Once
    );
    assert_eq!(
        runs("import typing\nif not typing.TYPE_CHECKING:\n    probe()"),
        Runs::Once
    );
    assert_eq!(
        runs("def f():\n    if False:\n        probe()"),
        Runs::Never
    );
}

#[test]
fn branches_of_other_versions_never_run() {
    let branch = |test: &str| runs(&format!("import sys\nif {test}:\n    probe()"));
    assert_eq!(branch("sys.version_info < (3, 9)"), Runs::Never);
    assert_eq!(branch("sys.version_info < (3,)"), Runs::Never);
    assert_eq!(branch("sys.version_info[0] == 2"), Runs::Never);
    assert_eq!(branch("sys.version_info.major < 3"), Runs::Never);
    assert_eq!(branch("sys.version_info[:2] <= (3, 8)"), Runs::Never);
    assert_eq!(branch("not sys.version_info >= (3, 9)"), Runs::Never);
    assert_eq!(branch("sys.version_info < (3, 9) and fast"), Runs::Never);
    // Some supported version passes, or it depends on the release.
    assert_eq!(branch("sys.version_info < (3, 10)"), Runs::Once);
    assert_eq!(branch("sys.version_info >= (3, 9)"), Runs::Once);
    assert_eq!(branch("sys.version_info[:2] == (3, 12)"), Runs::Once);
    assert_eq!(branch("sys.version_info < (3, 9, 2)"), Runs::Once);
    assert_eq!(branch("sys.version_info < (3, 9) or fast"), Runs::Once);
    assert_eq!(branch("fast"), Runs::Once);
    let other = "import sys\nif sys.version_info >= (3,):\n    pass\nelse:\n    probe()";
    assert_eq!(runs(other), Runs::Never);
    let third = "import sys\nif a:\n    pass\nelif sys.version_info >= (3, 8):\n    pass\nelse:\n    probe()";
    assert_eq!(runs(third), Runs::Never);
    let named = "import sys\nPY2 = sys.version_info[0] == 2\nif PY2:\n    probe()";
    assert_eq!(runs(named), Runs::Never);
}

#[test]
fn scripts_and_tests_are_told() {
    let script = |code: &str| with_probe(code, |facts, _| facts.is_script());
    assert!(script("if '__main__' == __name__:\n    probe()"));
    assert!(script("#!/usr/bin/env python3\nprobe()"));
    assert!(script("# /// script\n# dependencies = []\n# ///\nprobe()"));
    assert!(!script("if __name__ == 'other':\n    probe()"));

    let in_main = |code: &str| with_probe(code, |facts, probe| facts.is_in_main_block(probe));
    assert!(in_main("if __name__ == '__main__':\n    probe()"));
    assert!(!in_main("probe()"));

    let in_test = |code: &str| with_probe(code, |facts, probe| facts.is_in_test(probe));
    assert!(in_test("def test_one():\n    probe()"));
    assert!(in_test(
        "class A(unittest.TestCase):\n    def check(self):\n        probe()"
    ));
    assert!(!in_test("def contest():\n    probe()"));
    assert!(in_test(
        "import pytest\n@pytest.fixture(scope='session')\nasync def repo():\n    probe()"
    ));
    assert!(!in_test(
        "import shop\n@shop.fixture\ndef repo():\n    probe()"
    ));
}
