#!/usr/bin/env bash
# Emacs shows a finding and mends it by its code action: with eglot and flymake, then with lsp-mode. The configuration is the one of
# editors/emacs.md.
. "$(dirname "$0")/project.sh"
emacs=${EMACS:-emacs}
# Debian leaves the packages where only its own start-up finds them.
packages=()
for folder in /usr/share/emacs/site-lisp/elpa-src/* /usr/share/emacs/site-lisp/elpa/*; do
    if [ -d "$folder" ]; then packages+=(-L "$folder"); fi
done
git init -q "$project" 2>/dev/null || true
cat > "$project/act.el" <<'ELISP'
(setq debug-on-error nil make-backup-files nil create-lockfiles nil)
(defun fail (words &rest arguments)
  (princ (concat (apply #'format words arguments) "\n") #'external-debugging-output)
  (kill-emacs 1))
(defun wait-for (what test)
  (let ((end (+ (float-time) 40)))
    (while (not (funcall test))
      (when (> (float-time) end) (fail "waited in vain for %s" what))
      (accept-process-output nil 0.1))))
(defun told (line words)
  (princ (format "%d %s\n" line (car (split-string words "\n")))))
(defun text-of (file) (with-temp-buffer (insert-file-contents file) (buffer-string)))
(defun finish (which)
  (let ((wanted (text-of "wanted.py")))
    (wait-for "the fixed text" (lambda () (string= (buffer-string) wanted))))
  (save-buffer)
  (princ (format "%s: mended\n" which)))
ELISP
cat > "$project/eglot.el" <<'ELISP'
(load-file "act.el")
(load-file "init.el")
(find-file "orders.py")
;; What `eglot-ensure` waits for: the end of a command, which a script has none of.
(run-hooks 'post-command-hook)
(wait-for "the server" (lambda () (and (fboundp 'eglot-current-server) (eglot-current-server))))
(flymake-mode 1)
(wait-for "a diagnostic" (lambda () (flymake-start) (flymake-diagnostics)))
(let* ((one (car (flymake-diagnostics))) (line (line-number-at-pos (flymake-diagnostic-beg one))))
  (told line (flymake-diagnostic-text one))
  (unless (and (= line 5) (string-match-p "set-built-per-probe" (flymake-diagnostic-text one)))
    (fail "another diagnostic: %S" one))
  (goto-char (flymake-diagnostic-beg one))
  ;; The menu of code actions, in which the user takes the first one.
  (cl-letf (((symbol-function 'completing-read)
             (lambda (_prompt titles &rest _) (caar titles)))
            ((symbol-function 'tmm-prompt) (lambda (menu &rest _) (cadr (cadr (cadr menu))))))
    (let ((last-nonmenu-event t) (use-dialog-box nil))
      (eglot-code-actions (flymake-diagnostic-beg one) (flymake-diagnostic-end one) "quickfix" t))))
(finish "eglot")
(kill-emacs 0)
ELISP
cat > "$project/lsp-mode.el" <<'ELISP'
(load-file "act.el")
(setq lsp-auto-guess-root t lsp-keep-workspace-alive nil lsp-restart 'ignore lsp-enable-file-watchers nil
      lsp-session-file (expand-file-name "session") lsp-diagnostics-provider :none lsp-warn-no-matched-clients nil)
(load-file "init.el")
(lsp-workspace-folders-add default-directory)
(find-file "orders.py")
;; The hook waits for a window, which there is none of.
(lsp)
(wait-for "the server" (lambda () (lsp-workspaces)))
(wait-for "a diagnostic" (lambda () (> (hash-table-count (lsp-diagnostics)) 0)))
(let* ((one (car (gethash (buffer-file-name) (lsp-diagnostics))))
       (line (1+ (lsp:position-line (lsp:range-start (lsp:diagnostic-range one))))))
  (told line (lsp:diagnostic-message one))
  (unless (and (= line 5) (equal (lsp:diagnostic-code? one) "set-built-per-probe"))
    (fail "another diagnostic: %S" one))
  (goto-char (lsp--position-to-point (lsp:range-start (lsp:diagnostic-range one))))
  (let ((actions (lsp-code-actions-at-point "quickfix")))
    (seq-do (lambda (action) (princ (format "  offered: %s\n" (lsp:code-action-title action)))) actions)
    (lsp-execute-code-action (seq-elt actions 0))))
(finish "lsp-mode")
(kill-emacs 0)
ELISP
cd "$project"
cp orders.py before.py
for client in eglot lsp-mode; do
    library=${client/eglot/eglot.el}
    library=${library/lsp-mode/lsp-mode.el}
    if ! "$emacs" --batch "${packages[@]}" --eval "(unless (locate-library \"$library\") (kill-emacs 1))"; then
        echo "$client is not installed: skipped"
        continue
    fi
    snippet emacs.md "$client" > init.el
    [ -s init.el ] || { echo "no snippet $client" >&2; exit 2; }
    cp before.py orders.py
    timeout 120 "$emacs" --batch -Q "${packages[@]}" -l "$client.el" 2> "$client.log" || { tail -n 20 "$client.log"; exit 1; }
    cmp orders.py wanted.py
done
echo "$("$emacs" --version | head -n 1): ok"
