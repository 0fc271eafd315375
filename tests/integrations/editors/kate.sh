#!/usr/bin/env bash
# Kate starts the server and shows the finding; a picture is kept of it. The configuration is the one of editors/kate.md.
# Usage: kate.sh [FOLDER FOR PICTURES]
. "$(dirname "$0")/project.sh"
pictures=${1:-$temporary/pictures}
mkdir -p "$pictures"
export HOME=$temporary/home XDG_RUNTIME_DIR=$temporary/run QT_QPA_PLATFORM=xcb LANG=C.UTF-8
unset XDG_CONFIG_HOME XDG_DATA_HOME
mkdir -p "$HOME/.config/kate/lspclient" "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
snippet kate.md kate > "$HOME/.config/kate/lspclient/settings.json"
[ -s "$HOME/.config/kate/lspclient/settings.json" ] || { echo 'no snippet kate' >&2; exit 2; }
printf '[Kate Plugins]\nlspclientplugin=true\n\n[lspclient]\nAllowedServerCommandLines=%s server\n' "$project/bin/hotlint" > "$HOME/.config/katerc"
# A program in between writes down what the server says.
rm "$project/bin/hotlint"
cat > "$project/bin/hotlint" <<SH
#!/bin/sh
"$hotlint" "\$@" | tee "$temporary/said"
SH
chmod +x "$project/bin/hotlint"
cd "$project"
number=99
Xvfb ":$number" -screen 0 1280x760x24 > /dev/null 2>&1 &
screen=$!
export DISPLAY=":$number"
sleep 2
dbus-run-session -- kate --startanon --block --line 5 --column 46 orders.py > "$temporary/kate.log" 2>&1 &
kate=$!
stop() {
    kill "$kate" "$screen" 2>/dev/null || true
    rm -rf "$temporary"
}
trap stop EXIT
for _ in $(seq 120); do
    if grep -aq "$rule" "$temporary/said" 2>/dev/null; then found=yes; break; fi
    sleep 0.5
done
sleep 3
import -window root "$pictures/kate.png"
[ "${found:-}" = yes ] || { tail -n 20 "$temporary/kate.log"; echo 'Kate got no finding'; exit 1; }
# Menu "LSP Client", "Code Action": the first of the actions is the fix.
xdotool mousemove 336 10 click 1
sleep 2
xdotool mousemove 366 309 click 1
sleep 4
import -window root "$pictures/kate-actions.png"
xdotool key --delay 200 Down Return
sleep 2
xdotool key ctrl+s
for _ in $(seq 40); do
    if cmp -s orders.py wanted.py; then mended=yes; break; fi
    sleep 0.5
done
import -window root "$pictures/kate-mended.png"
[ "${mended:-}" = yes ] || { cat orders.py; echo 'the fix was not applied'; exit 1; }
grep -ao '"code":"[a-z-]*"' "$temporary/said" | sort -u
echo "Kate: ok, picture in $pictures"
