#!/usr/bin/env bash
# Validates what hotlint writes with the schemas and validators of those who read it. Needs the network once, for:
#   npm   @microsoft/sarif-multitool-linux: SARIF, and the rules of GitHub's code scanning
#   pip   check-jsonschema; the sdist of pytest, which holds the strict JUnit schema
#   xmllint (Debian: libxml2-utils)
# Usage: tests/integrations/formats.sh [PATH...]   (default: the fixtures), with HOTLINT naming the program.
. "$(dirname "$0")/kit.sh"
out=$work
paths=("$@")
[ $# -gt 0 ] || paths=("$root/fixtures")

bin=$(tools validators check-jsonschema)
cd "$kit"
[ -d node_modules/@microsoft/sarif-multitool-linux ] || npm install --silent @microsoft/sarif-multitool-linux@5.7.0
if [ ! -f junit-10.xsd ]; then
    "$bin/pip" download -q --no-deps --no-binary :all: pytest==8.3.3
    tar xzf pytest-8.3.3.tar.gz --strip-components=3 pytest-8.3.3/testing/example_scripts/junit-10.xsd
fi

mkdir -p "$out/project" && cd "$out/project"
for path in "${paths[@]}"; do cp -r "$path" .; done
mkdir -p 'odd é [x]'
printf 'import time\nasync def f():\n    s = "a𐐀é"; time.sleep(1)\n    time.sleep(2)  # hotlint: ignore[blocking-sleep-in-async] once\n' > 'odd é [x]/na me%.py'
printf 'def f(:\n' > broken.py
formats=()
for format in sarif junit checkstyle rdjson rdjsonl gitlab; do formats+=(--output-format "$format:$out/$format"); done
check=("$hotlint" -qq --isolated --select all --config 'quiet-in = []' --exit-zero)
"${check[@]}" "${formats[@]}"
"${check[@]}" --output-format "junit:$out/junit-empty" --select cache-unhashable-args "odd é [x]"

export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
cp "$out/sarif" "$out/report.sarif"
"$kit/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool" validate "$out/report.sarif" \
    --rule-kind 'Sarif;Ghas' --level 'Error;Warning' | tee "$out/sarif.log" | tail -n 3
if grep -E ': (error|warning) ' "$out/sarif.log"; then exit 1; fi
xmllint --noout --schema "$kit/junit-10.xsd" "$out/junit" "$out/junit-empty"
xmllint --noout "$out/checkstyle"
"$bin/check-jsonschema" --schemafile "$root/tests/schemas/rdjson.json" "$out/rdjson"
"$bin/check-jsonschema" --schemafile "$root/tests/schemas/gitlab.json" "$out/gitlab"
echo 'all formats are valid'
