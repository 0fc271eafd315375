# What the scripts of this folder have in common; each of them sources it.
#   HOTLINT  the program to try; that of the last `cargo build` where it is missing
#   KIT      a folder for the tools of others, kept from run to run
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
hotlint=${HOTLINT:-$root/target/debug/hotlint}
kit=${KIT:-${TMPDIR:-/tmp}/hotlint-kit}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$kit"
# Nothing of the one who runs this may decide.
unset HOTLINT_BASELINE HOTLINT_OUTPUT_FORMAT HOTLINT_OUTPUT_FILE HOTLINT_CACHE_DIR HOTLINT_NO_CACHE GITHUB_STEP_SUMMARY CI
export NO_COLOR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1

# The folder of the programs that these packages of PyPI bring, in an environment of their own.
tools() {
    local venv=$kit/$1
    shift
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
    "$venv/bin/python" -m pip install -q "$@" >&2
    echo "$venv/bin"
}

step() { printf '%-60s ' "$*"; }
passed() { echo ok; }
fail() { echo "FAILED: $*"; exit 1; }

# Runs a command and compares its exit code; what it says is in $said.
said=
expect() {
    local wanted=$1 code=0
    shift
    said=$("$@" 2>&1) || code=$?
    [ "$code" = "$wanted" ] || fail "exit code $code and not $wanted: $*"$'\n'"$said"
}
says() { grep -qE -- "$1" <<<"$said" || fail "not said: $1"$'\n'"$said"; }
