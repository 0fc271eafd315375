#!/usr/bin/env bash
# Vim with ALE shows a finding and applies its code action. The configuration is the one of editors/vim.md.
. "$(dirname "$0")/project.sh"
vim=${VIM_PROGRAM:-vim}
snippet vim.md ale > "$project/vimrc"
[ -s "$project/vimrc" ] || { echo 'no snippet ale' >&2; exit 2; }
cat > "$project/act.vim" <<'VIM'
function! Fail(words) abort
  call writefile([a:words], 'told', 'a')
  cquit!
endfunction
function! WaitFor(what, test) abort
  let end = localtime() + 40
  while !eval(a:test)
    if localtime() > end
      call Fail('waited in vain for ' . a:what)
    endif
    sleep 100m
  endwhile
endfunction
edit orders.py
call WaitFor('ALE to find something', 'len(ale#engine#GetLoclist(bufnr(""))) > 0')
let one = ale#engine#GetLoclist(bufnr(''))[0]
call writefile([one.lnum . ':' . one.col . ' ' . one.linter_name . ' ' . one.code . ': ' . split(one.text, "\n")[0]], 'told', 'a')
if one.lnum != 5 || one.code !=# $RULE
  call Fail('another finding: ' . string(one))
endif
call cursor(one.lnum, one.col)
" The user takes the first of the numbered actions.
runtime autoload/ale/util.vim
function! ale#util#Input(message, ...) abort
  call writefile(map(split(a:message, "\n"), '"  " . v:val'), 'told', 'a')
  return '1'
endfunction
ALECodeAction
VIM
cd "$project"
cat > end.vim <<'VIM'
function! Check(timer) abort
  let wanted = readfile('wanted.py')
  if getline(1, '$') ==# wanted
    call writefile(['mended'], 'told', 'a')
    noautocmd write
    qall!
  endif
  let g:tries = get(g:, 'tries', 0) + 1
  if g:tries > 200
    call Fail('another text: ' . join(getline(1, '$'), '\n'))
  endif
endfunction
call timer_start(200, 'Check', {'repeat': -1})
VIM
: > told
RULE=$rule TERM=xterm timeout 120 script -qec "$vim -Nu vimrc -S act.vim -S end.vim" /dev/null > screen.log 2>&1 < /dev/null || { cat told; exit 1; }
cat told
cmp orders.py wanted.py
echo "$("$vim" --version | head -n 1): ok"
