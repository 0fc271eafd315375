#!/usr/bin/env python3
"""Proves the fixes on the test suites of real packages: they pass with all safe fixes as they do without.

    tests/suites/prove.py                     safe fixes on all packages, then on CPython's standard library
    tests/suites/prove.py --quick             the packages whose tests take seconds, for CI
    tests/suites/prove.py --unsafe            all fixes, and for each package that breaks the search for the rules and files to blame
    tests/suites/prove.py --only click,parso,cpython-3.13

Needs the suites beside this repository (`../shared/suites`, or --suites), their Pythons in ~/.pyenv, and PyPI once for what they depend on,
which is kept in $SUITES_HOME, as are the outcomes of untouched packages that the suites do not bring. Prints for each rule the fixes applied and those that break a test, and for each package the tests that fail.
Exit code: 0 where nothing new fails.
"""

import argparse
import collections
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUICK = "click,boltons,markdown,parso,werkzeug,jinja2,docutils"
HOME = Path(os.environ.get("SUITES_HOME", Path.home() / ".cache" / "hotlint-suites"))


def apply(arguments):
    """What the suites call for each package: counts what there is to fix, fixes it, and says how much it was.

    `units`, where it is a file, names what is to be fixed: a list of pairs of rule and path.
    """
    hotlint, counts, units, folder, *options = arguments
    check = [hotlint, "check", "--isolated", "--no-cache", "--exit-zero", *options]
    jobs = {(".",): ["all"]}
    if units != "all":
        rules = collections.defaultdict(list)
        for rule, path in json.loads(Path(units).read_text()):
            rules[path].append(rule)
        # One run for all files with the same rules.
        jobs = collections.defaultdict(list)
        for path, names in rules.items():
            jobs[",".join(sorted(names))].append(path)
        jobs = {tuple(paths): names.split(",") for names, paths in jobs.items()}
    else:
        count(check, counts, folder, options)
    fixed = 0
    for paths, names in jobs.items():
        selected = ["--select", ",".join(names), "--fix", "--fix-only"]
        done = subprocess.run([*check, *selected, *paths], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            print(done.stderr)
            return done.returncode
        words = done.stderr.split()
        fixed += int(words[words.index("Fixed") + 1]) if "Fixed" in words else 0
    # The form in which the suites look for the number.
    print(f"({fixed} fixed")
    return 0


def count(check, counts, folder, options):
    """Writes what there is to fix: one list of rule, path and level a fix."""
    told = subprocess.run([*check, "--select", "all", "--output-format", "json", "."], cwd=folder, capture_output=True, text=True)
    levels = ("safe", "unsafe") if "--unsafe-fixes" in options else ("safe",)
    fixes = []
    for finding in json.loads(told.stdout):
        if finding["kind"] == "finding" and finding["fate"] == "stands" and finding["fix"] and finding["fix"]["level"] in levels:
            fixes.append([finding["rule"], finding["path"], finding["fix"]["level"]])
    Path(counts).mkdir(parents=True, exist_ok=True)
    (Path(counts) / (Path(folder).parent.name + ".json")).write_text(json.dumps(fixes))


def skipped_here(record):
    """Tests that were not run, and are not run here without fixes either: they depend on the machine."""
    if record.get("new_failures") or not record.get("missing") or not record["name"].startswith("cpython"):
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


class Suites:
    """The suites, and what is done to their packages."""

    def __init__(self, runner, hotlint, unsafe):
        self.runner = runner
        self.hotlint = hotlint
        self.unsafe = unsafe
        self.label = "prove-unsafe" if unsafe else "prove-safe"
        self.counts = HOME / "counts" / self.label
        # Outcomes that are missing are added to a copy.
        self.baselines = HOME / "baselines"
        shutil.copytree(runner.parent / "baselines", self.baselines, dirs_exist_ok=True)
        self.environment = {**os.environ, "SUITES_HOME": str(HOME), "SUITES_BASELINES": str(self.baselines)}

    def run(self, *arguments, quiet=False):
        out = subprocess.DEVNULL if quiet else None
        return subprocess.run([sys.executable, str(self.runner), *arguments], env=self.environment, stdout=out).returncode

    def prepare(self, packages):
        """What the packages need to run, and their outcomes without fixes."""
        listed = packages[packages.index("--list") + 1] if "--list" in packages else "open.json"
        only = packages[packages.index("--only") + 1].split(",") if "--only" in packages else None
        for package in json.loads((self.runner.parent / listed).read_text()):
            name = package["name"]
            if (only is None or name in only) and not (self.baselines / (name + ".json.gz")).exists():
                self.run("--list", listed, "--only", name, "--baseline", "1")
        return self.run(*packages, "--setup")

    def results(self, packages, units="all", label=None, quiet=False):
        """Fixes and tests packages; what the suites recorded of each."""
        label = label or self.label
        words = [sys.executable, __file__, "--apply", self.hotlint, self.counts, units]
        transform = " ".join(shlex.quote(str(word)) for word in words) + " {dir}" + (" --unsafe-fixes" if self.unsafe else "")
        if self.run(*packages, "--jobs", "1", "--label", label, "--transform", transform, quiet=quiet) == 2:
            sys.exit(2)
        summary = json.loads((HOME / "results" / label / "_summary.json").read_text())
        broken = summary["break"]
        return [(record, record["name"] in broken and not skipped_here(record)) for record in summary["packages"]]

    def fixes(self, package):
        counted = self.counts / (package + ".json")
        return json.loads(counted.read_text()) if counted.exists() else []

    def guilty(self, package):
        """The pairs of rule and path whose fixes break a package, each alone or, where it takes several, in one list."""
        names = ["--only", package] + (["--list", "cpython.json"] if package.startswith("cpython") else [])
        wanted = self.counts / "wanted.json"

        def breaks(units):
            wanted.write_text(json.dumps(units))
            [(record, broken)] = self.results(names, wanted, self.label + "-search", quiet=True)
            print(f"  {package}: {len(units)} of {len(every)} {'break' if broken else 'pass'}", flush=True)
            return broken

        def search(units):
            """What is to blame in `units`, which break together."""
            if len(units) == 1:
                return [units]
            middle = len(units) // 2
            first, second = units[:middle], units[middle:]
            if not breaks(first):
                # What does not come from one half comes from the other, or from both together.
                return search(second) if breaks(second) else [units]
            return search(first) + (search(second) if breaks(second) else [])

        # By rule first, so that most of them are acquitted at once.
        every = sorted({(rule, path) for rule, path, _ in self.fixes(package)})
        return search(every)


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
    suites = Suites(runner, options.hotlint.resolve(), options.unsafe)
    only = QUICK if options.quick else options.only
    lists = [[], ["--list", "cpython.json"]]
    if only:
        names = only.split(",")
        packages = [name for name in names if not name.startswith("cpython")]
        pythons = [name for name in names if name.startswith("cpython")]
        lists = [[*more, "--only", ",".join(names)] for more, names in zip(lists, (packages, pythons)) if names]
    applied, rules = 0, collections.defaultdict(collections.Counter)
    failed = []
    for more in lists:
        if suites.prepare(more) == 2:
            return 2
        for record, broken in suites.results(more):
            name = record["name"]
            applied += record.get("fixes") or 0
            for rule, _, level in suites.fixes(name):
                rules[rule][level] += 1
            if broken:
                failed.append(record)
    for record in failed:
        blamed = suites.guilty(record["name"])
        record["blamed"] = blamed
        for units in blamed:
            for rule, path in units:
                rules[rule]["breaking"] += sum([rule, path] == fix[:2] for fix in suites.fixes(record["name"]))
    print(f"{'safe':>6} {'unsafe':>6} {'breaking':>8} rule")
    for rule, levels in sorted(rules.items(), key=lambda it: (-it[1]["safe"] - it[1]["unsafe"], it[0])):
        print(f"{levels['safe']:6} {levels['unsafe']:6} {levels['breaking']:8} {rule}")
    print(f"{applied} fixes applied, {sum(len(it.get('new_failures', [])) + len(it.get('missing', [])) for it in failed)} tests fail that passed")
    for record in failed:
        print(f"  {record['name']}: {record['status']}", *(record.get("new_failures") or record.get("missing") or [record.get("error", "")])[:5], sep="\n    ")
        for units in record["blamed"]:
            print("    because of", ", together with ".join(f"{rule} in {path}" for rule, path in units))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(apply(sys.argv[2:]) if sys.argv[1:2] == ["--apply"] else main())
