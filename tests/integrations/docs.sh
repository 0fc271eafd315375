#!/usr/bin/env bash
# Writes the site, builds it with Zensical, follows every link, and looks at pages in a real browser; checks the schema of the
# configuration, and that it agrees with the program about samples. Needs PyPI for `zensical` and `check-jsonschema`, and chromium
# (Debian: chromium) for the looking.
# Usage: tests/integrations/docs.sh   SHOTS names a folder for screenshots, SITE one where the built site is kept.
. "$(dirname "$0")/kit.sh"
bin=$(tools docs zensical check-jsonschema)

step 'the site is written and built'
expect 0 "$hotlint" docs site "$work/source"
cd "$work/source"
expect 0 "$bin/zensical" build --clean --strict
passed

step 'every link leads somewhere'
expect 0 "$bin/python" "$here/links.py" site
passed
echo "  $said"
if [ -n "${SITE:-}" ]; then mkdir -p "$SITE" && cp -r site/. "$SITE"; fi

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ]; then
    echo 'no chromium here: pages were not looked at'
else
    "$bin/python" -u - site >"$work/port" 2>/dev/null <<'PY' &
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
print(server.server_port)
server.serve_forever()
PY
    server=$!
    trap 'kill $server 2>/dev/null; rm -rf "$work"' EXIT
    for _ in $(seq 100); do [ -s "$work/port" ] && break; sleep 0.1; done
    port=$(cat "$work/port")
    look() {
        timeout 60 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
            --disable-component-update --disable-sync --user-data-dir="$(mktemp -d -p "$work")" --enable-logging=stderr \
            --virtual-time-budget=5000 --window-size=1280,1600 --hide-scrollbars "$@" 2>"$work/console"
        # What a page's scripts could not do.
        if grep -E 'CONSOLE.*(Uncaught|Failed to load)' "$work/console" | grep -v 'https://'; then fail "errors in the console: $*"; fi
    }
    for page in '' first-five-minutes/ rules/ rules/list-membership-in-loop/ configuration/ command-line/ silent/; do
        step "in a browser: /$page"
        look --dump-dom "http://127.0.0.1:$port/$page" >"$work/dom"
        grep -q '<h1' "$work/dom" || fail 'no heading'
        grep -q 'class="md-nav' "$work/dom" || fail 'no menu'
        if [ -n "${SHOTS:-}" ]; then
            mkdir -p "$SHOTS"
            look --screenshot="$SHOTS/$(tr / - <<<"${page:-index}" | sed 's/-$//').png" "http://127.0.0.1:$port/$page" >/dev/null
        fi
        passed
    done
    kill "$server"
fi

step 'the schema of the configuration is one'
"$hotlint" config schema >"$work/schema.json"
expect 0 "$bin/check-jsonschema" --check-metaschema "$work/schema.json"
cmp -s "$work/schema.json" "$work/source/docs/hotlint.schema.json" || fail 'the site has another'
passed

# Samples, one a line: what the schema and the program have to think of it, and the configuration.
step 'schema and program agree'
mkdir "$work/configs" && cd "$work/configs"
while read -r verdict sample; do
    [ -n "$verdict" ] || continue
    printf '%b\n' "$sample" >sample.toml
    schema=0 program=0
    "$bin/check-jsonschema" --schemafile "$work/schema.json" sample.toml >said 2>&1 || schema=1
    "$hotlint" check --config sample.toml --show-settings >>said 2>&1 || program=1
    wanted=$([ "$verdict" = good ] && echo 0 || echo 1)
    [ "$schema$program" = "$wanted$wanted" ] || { cat said; fail "$verdict: $sample (schema $schema, program $program)"; }
done <<'SAMPLES'
good
good select = ["default", "micro", "list-membership-in-loop"]
good select = "all"
good ignore = ["no-such-rule", "micro"]
good target-version = ">=3.9,<3.14"
good severity = { micro = "info", "sorted-for-min-max" = "error" }
good per-file-ignores = { "scripts/**" = ["all"], "!src/**" = "micro" }
good quiet-in = []
good quiet-in = ["tests", "generated"]
good exclude = [".git", "build"]\nextend-exclude = "gen"\nforce-exclude = true
good fail-level = "never"\nmax-findings = 10\nmax-file-size = "8 MiB"
good max-file-size = 0
good baseline = "known.jsonl"\nbaseline-mode = "lock"
good output-format = "concise"\nunsafe-fixes = false
good profile = ["a.prof"]\nmin-share = "0.5%"\n[path-map]\n"/app" = "src"
bad nonesuch = 1
bad select = ["no-such-rule"]
bad select = 1
bad severity = { micro = "loud" }
bad severity = { nonesuch = "info" }
bad quiet-in = "tests"
bad quiet-in = ["docs"]
bad force-exclude = "yes"
bad fail-level = "loud"
bad max-findings = -1
bad max-findings = "1"
bad max-file-size = "8 parsecs"
bad baseline = true
bad output-format = "xml"
bad min-share = "some"
bad path-map = ["/app"]
bad per-file-ignores = { "a" = 1 }
SAMPLES
passed
echo 'the documentation holds'
