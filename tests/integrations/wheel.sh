#!/usr/bin/env bash
# Builds the sdist, from it the wheel, and tries that in fresh environments of every CPython from 3.8 on that is here; then
# `cargo install`. Needs PyPI for `build` and `twine`, and Rust.
# Usage: tests/integrations/wheel.sh   PROFILE names the Cargo profile (default: dist, which takes minutes; dev is quick),
#        WHEEL a wheel that is tried in place of one built here.
. "$(dirname "$0")/kit.sh"
profile=${PROFILE:-dist}
# What a build needs of crates is the same in the sdist and here.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}
bin=$(tools build build twine)

wheel=${WHEEL:-}
if [ -z "$wheel" ]; then
    step "sdist, and the wheel from it (profile $profile)"
    (cd "$root" && MATURIN_PEP517_ARGS="--profile $profile --compatibility pypi" "$bin/python" -m build -o "$work/dist" . >"$work/log" 2>&1) \
        || { tail -n 40 "$work/log"; fail 'no wheel'; }
    wheel=$(ls "$work"/dist/*.whl)
    passed
    step 'PyPI would take them'
    expect 0 "$bin/twine" check --strict "$work"/dist/*
    passed
fi
ls -l "$wheel" "$work"/dist/*.tar.gz 2>/dev/null | awk '{ print "  " $5, $NF }'

mkdir "$work/project"
cat >"$work/project/a.py" <<'PY'
import time
async def poll():
    time.sleep(1)
PY
cd "$work/project"

pythons=()
for minor in 8 9 10 11 12 13; do
    found=$(ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3."$minor".*/bin/python 2>/dev/null | tail -n 1 || true)
    [ -n "$found" ] || found=$(command -v "python3.$minor" || true)
    if [ -n "$found" ] && "$found" -c '' 2>/dev/null; then pythons+=("$found"); else echo "CPython 3.$minor is not here: not tried"; fi
done
[ ${#pythons[@]} -gt 0 ] || fail 'no CPython to try the wheel with'

for python in "${pythons[@]}"; do
    venv=$work/venv
    rm -rf "$venv"
    "$python" -m venv "$venv"
    step "$("$venv/bin/python" -V)"
    expect 0 "$venv/bin/pip" install -q --no-index "$wheel"
    expect 0 "$venv/bin/hotlint" version
    says '^hotlint [0-9]+\.[0-9]+\.[0-9]+'
    expect 1 "$venv/bin/hotlint" check --output-format concise --no-cache
    says '^a.py:3:5: blocking-sleep-in-async '
    expect 1 "$venv/bin/python" -m hotlint --output-format concise --no-cache a.py
    says '^a.py:3:5: blocking-sleep-in-async '
    expect 2 "$venv/bin/python" -m hotlint nonesuch.py
    for file in man/man1/hotlint.1 man/man1/hotlint-check.1 bash-completion/completions/hotlint zsh/site-functions/_hotlint fish/vendor_completions.d/hotlint.fish; do
        [ -s "$venv/share/$file" ] || fail "no share/$file"
    done
    expect 0 bash -c "source '$venv/share/bash-completion/completions/hotlint' && complete -p hotlint"
    # Without an environment: `--target` and `--prefix`.
    expect 0 "$venv/bin/pip" install -q --no-index --target "$work/target" "$wheel"
    expect 0 "$venv/bin/pip" install -q --no-index --prefix "$work/prefix" --ignore-installed "$wheel"
    expect 0 "$venv/bin/pip" uninstall -q -y hotlint
    [ ! -e "$venv/bin/hotlint" ] && [ ! -e "$venv/share/man/man1/hotlint.1" ] || fail 'uninstalling leaves something'
    expect 0 env PYTHONPATH="$work/target" "$venv/bin/python" -m hotlint version
    packages=$(echo "$work"/prefix/lib/python3.*/site-packages)
    expect 0 env PYTHONPATH="$packages" "$venv/bin/python" -m hotlint version
    rm -rf "$work/target" "$work/prefix"
    passed
done

step "cargo install --path . (profile $profile)"
expect 0 cargo install --quiet --locked --profile "$profile" --path "$root" --root "$work/cargo" --no-track
expect 1 "$work/cargo/bin/hotlint" check --no-cache
passed
