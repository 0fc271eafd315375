#!/usr/bin/env bash
# Runs all of these checks, one after the other, and says in the end which held.
# Usage: tests/integrations/all.sh [PROJECT...]   folders of Python for the baseline (default: hotlint's own fixtures). PROFILE names
#        the Cargo profile of the wheel (default: dev; dist is what users get).
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
export KIT=${KIT:-${TMPDIR:-/tmp}/hotlint-kit} PROFILE=${PROFILE:-dev}
projects=("$@")
[ $# -gt 0 ] || projects=("$root/fixtures")

[ -n "${HOTLINT:-}" ] || cargo build --quiet --manifest-path "$root/Cargo.toml" || exit 2
passed=() failed=()
run() {
    echo "== $1"
    if bash "$here/$1.sh" "${@:2}"; then passed+=("$1"); else failed+=("$1"); fi
}
run formats
run baseline "${projects[@]}"
run neighbours
run docs
run wheel
run pre_commit
run action
run editors/all
echo
echo "held: ${passed[*]:-none}; failed: ${failed[*]:-none}"
echo "${#passed[@]} passed, ${#failed[@]} failed"
[ ${#failed[@]} -eq 0 ]
