#!/usr/bin/env bash
# Makes a baseline of real projects, then does to them what people do, and counts what comes back. Needs the network once, for
# `pip install black ruff`.
# Usage: tests/integrations/baseline.sh PROJECT...   (folders of Python; they are copied), with HOTLINT naming the program.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
hotlint=${HOTLINT:-$here/../../target/debug/hotlint}
kit=${KIT:-${TMPDIR:-/tmp}/hotlint-formatters}
[ -x "$kit/bin/black" ] || { python3 -m venv "$kit" && "$kit/bin/pip" install -q black ruff; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

lint() { "$hotlint" check --isolated --select all --config 'quiet-in = []' --baseline "$work/known.jsonl" --baseline-mode keep "$@"; }

# What stands after a change that brings nothing new. The findings on suppressions are about comments.
expect() {
    local what=$1 wanted=$2 found
    found=$(cd "$work/p" && lint -q --exit-zero --output-format concise . | grep -vcE ' (syntax-error|undecodable|unreadable|too-deep) ' || true)
    printf '%-48s %6s come back\n' "$what" "$found"
    [ "$found" = "$wanted" ] || { failed=1; echo "  expected $wanted"; }
}

fresh() { rm -rf "$work/p"; cp -r "$1" "$work/p"; find "$work/p" -name .git -prune -exec rm -rf {} +; }

for project in "$@"; do
    echo "== $(basename "$project")"
    fresh "$project"
    rm -f "$work/known.jsonl"
    (cd "$work/p" && "$hotlint" baseline create --isolated --select all --config 'quiet-in = []' --config "baseline = '$work/known.jsonl'" .)
    expect 'nothing' 0
    "$kit/bin/black" -q --fast "$work/p" 2>/dev/null || true
    expect 'black' 0
    fresh "$project"; "$kit/bin/black" -q --fast --preview --line-length 50 "$work/p" 2>/dev/null || true
    expect 'black --preview --line-length 50' 0
    fresh "$project"; "$kit/bin/ruff" format -q --isolated --line-length 120 --config 'format.quote-style = "single"' "$work/p" 2>/dev/null || true
    expect 'ruff format, single quotes, 120 columns' 0
    fresh "$project"; "$kit/bin/ruff" format -q --isolated --config 'indent-width = 2' --config 'format.indent-style = "space"' "$work/p" 2>/dev/null || true
    expect 'ruff format, two spaces' 0
    fresh "$project"
    find "$work/p" -name '*.py' -print0 | while IFS= read -r -d '' file; do
        mv "$file" "${file%.py}_renamed.py"
    done
    expect 'every file renamed' 0
    fresh "$project"; mkdir "$work/top"; mv "$work/p" "$work/top/src"; mv "$work/top" "$work/p"
    expect 'every file in another folder' 0
    fresh "$project"
    find "$work/p" -name '*.py' -print0 | xargs -0 sed -i -E 's/^( *)((async )?def )([a-z][a-z_0-9]*)\(/\1\2\4_renamed(/'
    expect 'every function renamed' 0
    fresh "$project"
    find "$work/p" -name '*.py' -print0 | xargs -0 sed -i -E '1{/coding|^#!/!s/^/# a line more\n\n/}'
    expect 'lines put in at the top' 0
done
exit $failed
