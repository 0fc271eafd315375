#!/usr/bin/env python3
"""Proves the fixes on the test suites of real packages: they pass with all safe fixes as they do without.

    tests/suites/prove.py                     safe fixes on all packages, then on CPython's standard library
    tests/suites/prove.py --quick             the packages whose tests take seconds, for CI
    tests/suites/prove.py --unsafe            all fixes: for the figures, failures are to be expected
    tests/suites/prove.py --only click,parso

Needs the suites beside this repository (`../shared/suites`, or --suites), their Pythons in ~/.pyenv, and PyPI once for what they depend on,
which is kept in $SUITES_HOME. Prints the fixes applied and the tests that fail for each package, and the fixes of each rule. Exit code: 0
where nothing new fails.
"""

import argparse
import collections
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUICK = "click,boltons,markdown,parso,werkzeug,jinja2,docutils"
HOME = Path(os.environ.get("SUITES_HOME", Path.home() / ".cache" / "hotlint-suites"))


def apply(arguments):
    """What the suites call for each package: counts what there is to fix, fixes it, and says how much it was."""
    hotlint, counts, folder, *options = arguments
    check = [hotlint, "check", "--isolated", "--no-cache", "--select", "all", "--exit-zero", *options]
    told = subprocess.run([*check, "--output-format", "json", folder], capture_output=True, text=True)
    levels = ("safe", "unsafe") if "--unsafe-fixes" in options else ("safe",)
    rules = collections.Counter()
    for finding in json.loads(told.stdout):
        if finding["kind"] == "finding" and finding["fate"] == "stands" and finding["fix"] and finding["fix"]["level"] in levels:
            rules[finding["rule"]] += 1
    Path(counts).mkdir(parents=True, exist_ok=True)
    (Path(counts) / (Path(folder).parent.name + ".json")).write_text(json.dumps(rules))
    done = subprocess.run([*check, "--fix", "--fix-only", folder], capture_output=True, text=True)
    print(done.stderr)
    words = done.stderr.split()
    fixed = int(words[words.index("Fixed") + 1]) if "Fixed" in words else 0
    # The form in which the suites look for the number.
    print(f"({fixed} fixed")
    return done.returncode


def skipped_here(suites, record):
    """Tests that were not run, and are not run here without fixes either: they depend on the machine."""
    if record["new_failures"] or not record.get("missing") or not record["name"].startswith("cpython"):
        return False
    python = Path.home() / ".pyenv" / "versions"
    [python] = [path for path in python.iterdir() if path.name.startswith(record["name"].split("-")[1] + ".")][:1]
    for test in record["missing"]:
        module, name = test.split("::")[-1].split(".")[1], test.split(".")[-1]
        run = [str(python / "bin" / "python3"), "-m", "test", "-v", "-m", name, module]
        told = subprocess.run(run, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if f"{name} " not in told.stdout or "... skipped" not in told.stdout:
            return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suites", type=Path, default=ROOT.parent / "shared" / "suites")
    parser.add_argument("--hotlint", type=Path, default=ROOT / "target" / "debug" / "hotlint")
    parser.add_argument("--only")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--unsafe", action="store_true")
    options = parser.parse_args()
    runner = options.suites / "run.py"
    if not runner.exists():
        print(f"no suites in {options.suites}: name their folder with --suites", file=sys.stderr)
        return 2
    label = "prove-unsafe" if options.unsafe else "prove-safe"
    counts = HOME / "counts" / label
    words = [sys.executable, __file__, "--apply", options.hotlint.resolve(), counts]
    transform = " ".join(shlex.quote(str(word)) for word in words) + " {dir}" + (" --unsafe-fixes" if options.unsafe else "")
    only = QUICK if options.quick else options.only
    lists = [["--only", only]] if only else [[], ["--list", "cpython.json", "--only", "cpython-3.11"]]
    environment = {**os.environ, "SUITES_HOME": str(HOME)}
    failed = []
    applied = 0
    rules = collections.Counter()
    for more in lists:
        for mode in (["--setup"], ["--jobs", "1", "--label", label, "--transform", transform]):
            done = subprocess.run([sys.executable, str(runner), *more, *mode], env=environment)
            if done.returncode == 2:
                return 2
        summary = json.loads((HOME / "results" / label / "_summary.json").read_text())
        for package in summary["packages"]:
            applied += package.get("fixes") or 0
            counted = counts / (package["name"] + ".json")
            if counted.exists():
                rules.update(json.loads(counted.read_text()))
            if package["name"] in summary["break"] and not skipped_here(options.suites, package):
                failed.append(package)
    for rule, count in rules.most_common():
        print(f"{count:6} {rule}")
    print(f"{applied} fixes applied, {sum(len(it.get('new_failures', [])) + len(it.get('missing', [])) for it in failed)} tests fail that passed")
    for package in failed:
        print(f"  {package['name']}: {package['status']}", *(package.get("new_failures") or package.get("missing") or [package.get("error", "")])[:5], sep="\n    ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(apply(sys.argv[2:]) if sys.argv[1:2] == ["--apply"] else main())
