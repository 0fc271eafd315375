#!/usr/bin/env bash
# Neovim shows a finding, and its code action mends it. The configuration is the one of editors/neovim.md.
. "$(dirname "$0")/project.sh"
nvim=${NVIM:-nvim}
version=$("$nvim" --version | head -n 1 | grep -o '[0-9]\+\.[0-9]\+')
case $version in
    0.[7-9] | 0.10) page=neovim-0.7 ;;
    *) page=neovim-0.11 ;;
esac
snippet neovim.md "$page" > "$project/init.lua"
[ -s "$project/init.lua" ] || { echo "no snippet $page" >&2; exit 2; }
cat > "$project/act.lua" <<'LUA'
local rule, wanted = vim.env.RULE, table.concat(vim.fn.readfile('wanted.py'), '\n')
local function fail(words)
  io.stderr:write(words .. '\n')
  vim.cmd('cquit 1')
end
local function found()
  return vim.diagnostic.get(0)
end
if not vim.wait(20000, function() return #found() > 0 end, 50) then
  fail('no diagnostic came')
end
local one = found()[1]
io.stdout:write(string.format('%d:%d %s %s: %s\n', one.lnum + 1, one.col + 1, one.source, one.code, vim.split(one.message, '\n')[1]))
if one.source ~= 'hotlint' or one.code ~= rule or one.lnum ~= 4 then
  fail('another diagnostic: ' .. vim.inspect(one))
end
-- The menu of code actions, in which the user takes the first one.
local offered
vim.ui.select = function(items, options, choose)
  offered = vim.tbl_map(function(item) return options.format_item(item) end, items)
  choose(items[1], 1)
end
vim.api.nvim_win_set_cursor(0, { one.lnum + 1, one.col })
vim.lsp.buf.code_action()
local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
end
vim.wait(20000, function() return text() == wanted end, 50)
for _, title in ipairs(offered or {}) do
  io.stdout:write('  offered: ' .. title .. '\n')
end
if text() ~= wanted then
  fail('another text:\n' .. text())
end
if not vim.wait(20000, function() return #found() == 0 end, 50) then
  fail('the finding is still shown')
end
io.stdout:write('mended\n')
vim.cmd('qall!')
LUA
cd "$project"
RULE=$rule timeout 120 "$nvim" --headless -u init.lua --cmd 'filetype on' orders.py -c 'luafile act.lua'
echo "neovim $version: ok"
