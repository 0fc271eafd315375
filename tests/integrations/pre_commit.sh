#!/usr/bin/env bash
# Runs the hooks by the real pre-commit and the real prek: from this repository, which they build; from a mirror, as people use that
# installs the wheel; and as a local hook. Needs PyPI for `pre-commit`, `prek` and `build`, and Rust.
# Usage: tests/integrations/pre_commit.sh   HEAD of this repository is what they get. WHEEL names a wheel to use, PROFILE the Cargo
#        profile to build with (default: dev).
. "$(dirname "$0")/kit.sh"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}
export MATURIN_PEP517_ARGS="--profile ${PROFILE:-dev}"
bin=$(tools hooks pre-commit prek build)
export PRE_COMMIT_HOME=$work/pre-commit PREK_HOME=$work/prek
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
# Hooks come from folders here.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=protocol.file.allow GIT_CONFIG_VALUE_0=always

step 'the manifest is valid'
expect 0 "$bin/pre-commit" validate-manifest "$root/.pre-commit-hooks.yaml"
expect 0 "$bin/prek" validate-manifest "$root/.pre-commit-hooks.yaml"
passed

wheel=${WHEEL:-}
if [ -z "$wheel" ]; then
    step 'wheel'
    expect 0 bash -c "cd '$root' && '$bin/python' -m build --wheel -o '$work/dist' ."
    wheel=$(ls "$work"/dist/*.whl)
    passed
fi
version=$(basename "$wheel" | cut -d- -f2)

# A mirror: what a release puts into a repository of its own, so that nobody's commit waits for a compiler.
mirror=$work/mirror
mkdir "$mirror"
cp "$root/.pre-commit-hooks.yaml" "$mirror"
cat >"$mirror/pyproject.toml" <<TOML
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "hotlint-pre-commit"
version = "0.0.0"
dependencies = ["hotlint==$version"]
[tool.setuptools]
py-modules = []
TOML
git -C "$mirror" init -q && git -C "$mirror" add -A && git -C "$mirror" commit -qm mirror && git -C "$mirror" tag "v$version"

project() {
    rm -rf "$work/project"
    mkdir -p "$work/project/shop" "$work/project/tests" "$work/project/vendored"
    cd "$work/project"
    git init -q
    cat >pyproject.toml <<'TOML'
[project]
name = "shop"
requires-python = ">=3.9"
[tool.hotlint]
extend-exclude = ["vendored"]
TOML
    cat >shop/poll.py <<'PY'
import time


async def poll():
    time.sleep(1)
PY
    cat >shop/lowest.py <<'PY'
def lowest(marks: list[int]):
    if not marks:
        return 0
    return sorted(marks)[0]
PY
    cp shop/poll.py tests/test_poll.py
    cp shop/poll.py vendored/poll.py
    echo 'x = 1' >shop/clean.py
    printf 'FROM python:3.12\nCMD uvicorn shop.main:app --reload\n' >Dockerfile
    printf 'services:\n  web:\n    command: gunicorn shop.wsgi --reload\n' >compose.prod.yml
    echo 'command: gunicorn shop.wsgi --reload' >other.yml
}

config() {
    cat >.pre-commit-config.yaml
    git add -A
}
remote() {
    config <<YAML
repos:
- repo: $1
  rev: $2
  hooks:
  - id: $3
YAML
}

# Hooks of one run: what they say, what they change, what they leave alone.
try() {
    local runner=$1 where=$2
    step "$(basename "$runner"), $where: findings"
    expect 1 "$runner" run --all-files
    says 'shop/poll.py:5:5'
    if [ "$where" != 'a local hook' ]; then
        says 'Dockerfile:2:27'
        says 'compose.prod.yml:3:33'
        grep -q 'other.yml' <<<"$said" && fail "YAML that starts nothing is passed"$'\n'"$said"
    fi
    grep -qE 'vendored|tests/' <<<"$said" && fail "excluded and quiet files are told"$'\n'"$said"
    # One file that is clean, among others that are not.
    git commit -qm all --no-verify && echo 'y = 2' >>shop/clean.py && git add -A
    expect 0 "$runner" run
    passed
}

for runner in "$bin/pre-commit" "$bin/prek"; do
    # What the wheel is found by; the tools of the build come from the index as ever.
    export PIP_FIND_LINKS=$(dirname "$wheel") UV_FIND_LINKS=$(dirname "$wheel")
    project
    remote "$mirror" "v$version" hotlint
    expect 0 "$runner" validate-config .pre-commit-config.yaml
    try "$runner" 'a mirror'

    step "$(basename "$runner"), hotlint-fix"
    project
    sed -i 's/time.sleep(1)/await asyncio.sleep(1)/; s/import time/import asyncio/' shop/poll.py
    remote "$mirror" "v$version" hotlint-fix
    expect 1 "$runner" run --all-files
    says 'files were modified by this hook'
    grep -q 'return min(marks)' shop/lowest.py || fail 'not mended'
    git add -A
    expect 0 "$runner" run --all-files
    passed

    step "$(basename "$runner"), a baseline is left alone where files are not named"
    project
    remote "$mirror" "v$version" hotlint
    echo 'baseline = "known.jsonl"' >>pyproject.toml
    "$hotlint" -q baseline create
    before=$(cat known.jsonl)
    git add -A && git commit -qm all --no-verify
    echo 'y = 2' >>shop/clean.py && git add -A
    expect 0 "$runner" run
    [ "$before" = "$(cat known.jsonl)" ] || fail 'the baseline has changed'
    printf '\n\nasync def again():\n    time.sleep(2)\n' >>shop/poll.py && git add -A
    expect 1 "$runner" run
    says 'shop/poll.py:9:5'
    grep -q 'poll.py:5:5' <<<"$said" && fail "what the baseline holds is told"
    passed

    project
    config <<YAML
repos:
- repo: local
  hooks:
  - id: hotlint
    name: hotlint
    entry: hotlint check --force-exclude
    language: python
    types_or: [python, pyi, jupyter]
    require_serial: true
    additional_dependencies: ["hotlint==$version"]
YAML
    try "$runner" 'a local hook'
    unset PIP_FIND_LINKS UV_FIND_LINKS

    project
    remote "$root" "$(git -C "$root" rev-parse HEAD)" hotlint
    try "$runner" 'this repository'
done
echo 'pre-commit and prek are served'
