#!/usr/bin/env bash
# Checks the GitHub action and the GitLab template with the services' schemas, and runs their scripts with a wheel.
# Needs PyPI for `check-jsonschema`, `pyyaml` and `build`, and Rust.
# Usage: tests/integrations/action.sh   WHEEL names a wheel to use, PROFILE the Cargo profile to build one with (default: dev).
. "$(dirname "$0")/kit.sh"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}
export MATURIN_PEP517_ARGS="--profile ${PROFILE:-dev}"
bin=$(tools action check-jsonschema pyyaml build)

step 'action.yml and the GitLab template are valid'
expect 0 "$bin/check-jsonschema" --builtin-schema vendor.github-actions "$root/action.yml"
expect 0 "$bin/check-jsonschema" --builtin-schema vendor.gitlab-ci "$root/templates/gitlab.yml"
passed

step 'so are the samples of the manual'
mkdir "$work/samples"
"$bin/python" - "$root/src/docs/pages/integrations.md" "$work/samples" <<'PY'
import pathlib, re, sys
text = pathlib.Path(sys.argv[1]).read_text()
for index, (name, body) in enumerate(re.findall(r"```yaml\n# (\S+)\n(.*?)```", text, re.S)):
    kind = {".yml": "workflow"}.get(name[-4:]) if name.startswith(".github/") else {".gitlab-ci.yml": "gitlab", ".pre-commit-config.yaml": "hooks"}[name]
    pathlib.Path(sys.argv[2], f"{kind}-{index}.yml").write_text(body)
PY
expect 0 "$bin/check-jsonschema" --builtin-schema vendor.github-workflows "$work"/samples/workflow-*.yml
expect 0 "$bin/check-jsonschema" --builtin-schema vendor.gitlab-ci "$work"/samples/gitlab-*.yml
expect 0 "$(tools hooks pre-commit prek build)/pre-commit" validate-config "$work"/samples/hooks-*.yml
passed

wheel=${WHEEL:-}
if [ -z "$wheel" ]; then
    step 'wheel'
    expect 0 bash -c "cd '$root' && '$bin/python' -m build --wheel -o '$work/dist' ."
    wheel=$(ls "$work"/dist/*.whl)
    passed
fi
export PIP_FIND_LINKS=$(dirname "$wheel") PIP_NO_INDEX=1
version=$(basename "$wheel" | cut -d- -f2)

export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
git init -q -b main "$work/repository"
cd "$work/repository"
mkdir 'src' 'other'
printf 'import time\n\n\nasync def poll():\n    time.sleep(1)\n' >src/poll.py
echo 'x = 1' >other/clean.py
git add -A && git commit -qm first
git update-ref refs/remotes/origin/main HEAD

github() {
    rm -rf "$work/runner"
    mkdir "$work/runner"
    : >"$work/path" >"$work/output" >"$work/summary"
    env CI=true GITHUB_ACTIONS=true GITHUB_WORKSPACE="$PWD" RUNNER_TEMP="$work/runner" GITHUB_PATH="$work/path" \
        GITHUB_OUTPUT="$work/output" GITHUB_STEP_SUMMARY="$work/summary" GITHUB_BASE_REF="${base:-}" \
        "$bin/python" "$here/workflow.py" action "$root/action.yml" "$@"
}

step 'action: findings are annotations, a summary and SARIF'
expect 1 github "version=$version" 'paths=src other' sarif=out/hotlint.sarif
says '^::warning .*file=src/poll.py,line=5,'
grep -q '^exit-code=1$' "$work/output" || fail 'no exit code'
grep -q 'blocking-sleep-in-async' "$work/summary" || fail 'no summary'
grep -q '"version": "2.1.0"' out/hotlint.sarif || fail 'no SARIF'
[ -d "$work/runner/hotlint-cache" ] || fail 'no cache'
passed
step 'action: arguments, folders, ranges of versions'
expect 0 github "version=>=0.1" working-directory=src 'args=--ignore blocking-sleep-in-async'
expect 0 github paths=other
expect 2 github paths=nonesuch
grep -q '^exit-code=2$' "$work/output" || fail 'no exit code'
expect 1 github version=99
says 'No matching distribution'
passed
step 'action: blanks, quotes and commands in an input stay words'
expect 2 github 'paths=$(touch hacked); `touch hacked` "a b"'
[ ! -e hacked ] || fail 'a command was run'
passed
step 'action: only what a pull request changes'
git checkout -q -b change
echo 'y = 1' >>other/clean.py && git commit -qam second
base=main expect 0 github only-changes=true
printf '\n\nasync def again():\n    time.sleep(2)\n' >>src/poll.py && git commit -qam third
base=main expect 1 github only-changes=true
says 'line=9,'
grep -q 'line=5,' <<<"$said" && fail 'what was there before is told'
passed

gitlab() {
    python3 -m venv "$work/image"
    env PATH="$work/image/bin:$PATH" CI=true GITLAB_CI=true CI_PROJECT_DIR="$PWD" CI_MERGE_REQUEST_DIFF_BASE_SHA="${base:-}" \
        "$bin/python" "$here/workflow.py" gitlab "$root/templates/gitlab.yml" hotlint "$@"
}
step 'GitLab: findings in the log and in the report'
expect 1 gitlab "HOTLINT_VERSION===$version"
says 'src/poll.py:5:5'
expect 0 "$bin/check-jsonschema" --schemafile "$root/tests/schemas/gitlab.json" gl-code-quality-report.json
grep -q '"path": *"src/poll.py"' gl-code-quality-report.json || fail 'no path below the top'
[ -d .hotlint_cache ] || fail 'no cache'
passed
step 'GitLab: arguments, and only what a merge request changes'
expect 0 gitlab HOTLINT_PATHS=other
expect 0 gitlab 'HOTLINT_ARGS=--ignore blocking-sleep-in-async --quiet'
base=$(git rev-parse main) expect 1 gitlab HOTLINT_ONLY_CHANGES=true
says 'src/poll.py:9:5'
grep -q 'src/poll.py:5:5' <<<"$said" && fail 'what was there before is told'
passed
echo 'the action and the template work'
