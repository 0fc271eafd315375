#!/usr/bin/env bash
# Makes a baseline of real projects, then does to them what people do, and counts what comes back. Needs the network once, for
# `pip install black ruff`.
# Usage: tests/integrations/baseline.sh PROJECT...   (folders of Python; they are copied), with HOTLINT naming the program.
. "$(dirname "$0")/kit.sh"
bin=$(tools formatters black ruff)
failed=0

lint() { "$hotlint" check --isolated --select all --config 'quiet-in = []' --baseline "$work/known.jsonl" --baseline-mode keep "$@"; }

# What stands after a change that brings nothing new. The findings on suppressions are about comments.
after() {
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
    after 'nothing' 0
    "$bin/black" -q --fast "$work/p" 2>/dev/null || true
    after 'black' 0
    fresh "$project"; "$bin/black" -q --fast --preview --line-length 50 "$work/p" 2>/dev/null || true
    after 'black --preview --line-length 50' 0
    fresh "$project"; "$bin/ruff" format -q --isolated --line-length 120 --config 'format.quote-style = "single"' "$work/p" 2>/dev/null || true
    after 'ruff format, single quotes, 120 columns' 0
    fresh "$project"; "$bin/ruff" format -q --isolated --config 'indent-width = 2' --config 'format.indent-style = "space"' "$work/p" 2>/dev/null || true
    after 'ruff format, two spaces' 0
    fresh "$project"
    find "$work/p" -name '*.py' -print0 | while IFS= read -r -d '' file; do
        mv "$file" "${file%.py}_renamed.py"
    done
    after 'every file renamed' 0
    fresh "$project"; mkdir "$work/top"; mv "$work/p" "$work/top/src"; mv "$work/top" "$work/p"
    after 'every file in another folder' 0
    fresh "$project"
    "$bin/python" - "$work/p" <<'PY'
import collections, pathlib, re, sys
for path in pathlib.Path(sys.argv[1]).rglob("*.py"):
    text = path.read_bytes()
    words = collections.Counter(re.findall(rb"\w+", text))
    # Others that speak of the function would be changed too, and may become slow by it.
    def renamed(found):
        return found[0] + b"_renamed" if words[found[1]] == 1 else found[0]
    path.write_bytes(re.sub(rb"\bdef ([a-z]\w*)(?=\()", renamed, text))
PY
    after 'functions renamed that nobody calls by name' 0
    fresh "$project"
    find "$work/p" -name '*.py' -print0 | xargs -0 sed -i -E '1{/coding|^#!/!s/^/# a line more\n\n/}'
    after 'lines put in at the top' 0
done
exit $failed
