#!/usr/bin/env bash
# Moves a project from ruff's performance rules to hotlint's, with the real ruff as judge: what it reported hotlint reports, and neither
# complains of the other. Needs PyPI for `ruff` and `pylint`.
. "$(dirname "$0")/kit.sh"
bin=$(tools neighbours ruff pylint)
mkdir "$work/project" && cd "$work/project"
cat >pyproject.toml <<'TOML'
[project]
name = "shop"
version = "1"
requires-python = ">=3.9"

[tool.ruff.lint]
select = [
    "E",      # style
    "PERF",   # speed
    "RUF100", # comments that silence nothing
    "RUF102",
]

[tool.ruff.lint.per-file-ignores]
"scripts/**" = ["PERF402"]
TOML
mkdir scripts
cat >copies.py <<'PY'
def copies(xs: list, ys: dict):
    one = []
    for x in xs:
        one.append(x)
    two = []
    for x in xs:
        two.append(x)  # noqa: PERF402
    three = []
    for x in xs:
        if x:
            three.append(x * 2)
    for key, _ in ys.items():
        print(key)
    return one, two, three
PY
cp copies.py scripts/copies.py
# Rules and files; lines differ, for ruff points at `append` and hotlint at the loop.
theirs() {
    { "$bin/ruff" check --no-cache --output-format concise || true; } | sed -nE 's/^([a-z/]+\.py):[0-9:]+ (PERF[0-9]+) .*/\1 \2/p' | sort
}
ours() {
    "$hotlint" check --no-cache --exit-zero --output-format concise \
        | sed -nE 's/^([a-z/]+\.py):[0-9:]+ ([a-z-]+) .*/\1 \2/p' \
        | sed 's/manual-list-copy/PERF402/; s/manual-list-comprehension/PERF401/; s/dict-items-one-side-unused/PERF102/' | sort
}

step 'before: ruff reports'
before=$(theirs)
[ "$(wc -l <<<"$before")" -ge 4 ] || fail "too few: $before"
passed

step 'migrate shows, and changes nothing'
expect 0 "$hotlint" migrate
says '^-    "PERF",   # speed$'
says 'noqa: PERF402$'
[ "$before" = "$(theirs)" ] || fail 'ruff reports something else'
passed

step 'migrate --write: hotlint reports the same, ruff nothing'
expect 0 "$hotlint" migrate --write
rules=$(grep -oE '^extend-select = .*' pyproject.toml)
after=$(ours)
[ "$before" = "$after" ] || { diff <(echo "$before") <(echo "$after") || true; fail "not the same; $rules"; }
expect 0 "$bin/ruff" check --no-cache --preview
grep -q 'for x in xs:  # hotlint: ignore\[manual-list-copy\]$' copies.py || fail 'the comment is not where the finding is'
passed

step 'once is enough'
expect 0 "$hotlint" migrate
says '^Nothing to migrate'
passed

step 'Pylint reads what is written for it'
printf '[MAIN]\nload-plugins=perflint\n\n[MESSAGES CONTROL]\ndisable=missing-docstring,\n        invalid-name\n' >.pylintrc
expect 0 "$hotlint" migrate --write
"$bin/python" - <<'PY'
import configparser
read = configparser.ConfigParser()
read.read(".pylintrc")
names = [name.strip() for name in read["MESSAGES CONTROL"]["disable"].split(",")]
assert names[:2] == ["missing-docstring", "invalid-name"] and "W8402" in names, names
PY
passed
echo 'hotlint and its neighbours agree'
