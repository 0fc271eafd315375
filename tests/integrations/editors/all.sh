#!/usr/bin/env bash
# Runs the scripts beside it whose editor is installed; says which are not.
here=$(cd "$(dirname "$0")" && pwd)
failed=0
while read -r script program; do
    if ! command -v "$program" > /dev/null; then
        echo "$script: $program is not installed, skipped"
    elif ! "$here/$script"; then
        echo "$script: failed"
        failed=1
    fi
done <<'LIST'
neovim.sh nvim
emacs.sh emacs
vim.sh vim
kate.sh kate
vscode.sh chromium
LIST
exit $failed
