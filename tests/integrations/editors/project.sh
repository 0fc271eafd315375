# Sourced by the scripts beside it: a project with one finding whose fix is safe, in $project, and the program in $hotlint.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
hotlint=${HOTLINT:-$root/target/debug/hotlint}
[ -x "$hotlint" ] || { echo "no program at $hotlint: run \`cargo build\`, or set HOTLINT" >&2; exit 2; }
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
project=$temporary/shop
mkdir -p "$project/bin"
ln -s "$hotlint" "$project/bin/hotlint"
export PATH="$project/bin:$PATH" HOTLINT_NO_CACHE=1
cat > "$project/pyproject.toml" <<'TOML'
[project]
name = "orders"
requires-python = ">=3.12"
TOML
cat > "$project/orders.py" <<'PYTHON'
"""Wörter 𐐀."""


def known(names: list[str], allowed: list[str]) -> list[str]:
    return [name for name in names if name in set(allowed)]  # é
PYTHON
cat > "$project/wanted.py" <<'PYTHON'
"""Wörter 𐐀."""


def known(names: list[str], allowed: list[str]) -> list[str]:
    allowed_set = set(allowed)
    return [name for name in names if name in allowed_set]  # é
PYTHON
rule=set-built-per-probe
# The lines of a setup page between `<!-- NAME -->` and the end of the fence behind it: what users are told is what is run.
snippet() {
    awk -v name="<!-- $2 -->" '$0 == name {found = 1; next} found && /^```/ {if (open) exit; open = 1; next} open' "$root/editors/$1"
}
