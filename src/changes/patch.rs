//! Unified differences, as git and `diff -u` write them.

/// What a patch does to one file.
#[derive(Debug, Default)]
pub struct FileDiff {
    /// Path before; `None` for a new file.
    pub old: Option<Vec<u8>>,
    /// Path after; `None` for a file that goes.
    pub new: Option<Vec<u8>>,
    hunks: Vec<Hunk>,
}

#[derive(Debug, Default)]
struct Hunk {
    /// Lines of the new text before the hunk.
    start: usize,
    /// With their line ends.
    old: Vec<Vec<u8>>,
    new: Vec<(Vec<u8>, bool)>,
}

/// The files of a patch, in its order.
///
/// # Errors
/// When a hunk is cut short.
pub fn parse(patch: &[u8]) -> Result<Vec<FileDiff>, String> {
    let mut files: Vec<FileDiff> = Vec::new();
    let mut lines = patch.split_inclusive(|byte| *byte == b'\n').enumerate();
    // `diff -u` has no line that begins a file but this.
    let mut is_open = false;
    while let Some((number, line)) = lines.next() {
        let text = trimmed(line);
        if text.starts_with(b"diff --git ") {
            files.push(FileDiff::default());
            is_open = true;
        } else if let Some(name) = text.strip_prefix(b"rename from ") {
            last(&mut files).old = Some(unquoted(name));
        } else if let Some(name) = text.strip_prefix(b"rename to ") {
            last(&mut files).new = Some(unquoted(name));
        } else if let Some(name) = text.strip_prefix(b"--- ") {
            if !is_open {
                files.push(FileDiff::default());
            }
            is_open = false;
            last(&mut files).old = named(name, b"a/");
        } else if let Some(name) = text.strip_prefix(b"+++ ") {
            last(&mut files).new = named(name, b"b/");
        } else if let Some(head) = text.strip_prefix(b"@@ ") {
            let cut = || {
                format!(
                    "the patch is cut short, or no patch, at line {}",
                    number + 1
                )
            };
            let (before, (start, after)) = counts(head).ok_or_else(cut)?;
            let mut hunk = Hunk {
                // An empty side tells the line before it.
                start: if after == 0 {
                    start
                } else {
                    start.saturating_sub(1)
                },
                ..Hunk::default()
            };
            let mut added = 0;
            let mut gone = 0;
            while added < after || gone < before {
                let (_, line) = lines.next().ok_or_else(cut)?;
                match line.split_first() {
                    Some((b'-', rest)) => {
                        hunk.old.push(rest.to_vec());
                        gone += 1;
                    }
                    Some((b'+', rest)) => {
                        hunk.new.push((rest.to_vec(), true));
                        added += 1;
                    }
                    Some((b' ', rest)) => {
                        hunk.old.push(rest.to_vec());
                        hunk.new.push((rest.to_vec(), false));
                        added += 1;
                        gone += 1;
                    }
                    // Editors strip the blank of an empty line.
                    Some((b'\n' | b'\r', _)) => {
                        hunk.old.push(line.to_vec());
                        hunk.new.push((line.to_vec(), false));
                        added += 1;
                        gone += 1;
                    }
                    Some((b'\\', _)) => hunk.without_end(),
                    _ => return Err(cut()),
                }
            }
            last(&mut files).hunks.push(hunk);
        } else if text.starts_with(b"\\ ")
            && let Some(hunk) = files.last_mut().and_then(|file| file.hunks.last_mut())
        {
            hunk.without_end();
        }
    }
    // Changes of mode, binary files, and words between the files.
    files.retain(|file| file.old.is_some() || file.new.is_some());
    Ok(files)
}

fn last(files: &mut Vec<FileDiff>) -> &mut FileDiff {
    if files.is_empty() {
        files.push(FileDiff::default());
    }
    let end = files.len() - 1;
    &mut files[end]
}

impl Hunk {
    /// The line that was read last ends the file, without a line end.
    fn without_end(&mut self) {
        let new_is_last = self.new.last().is_some_and(|(_, is_added)| *is_added);
        let new = self.new.last_mut().map(|(line, _)| line);
        let line = if new_is_last {
            new
        } else {
            self.old.last_mut()
        };
        if let Some(line) = line
            && line.ends_with(b"\n")
        {
            line.pop();
        }
    }
}

impl FileDiff {
    /// The text before, when `after` is the text after; `None` where the patch does not fit it.
    pub fn before(&self, after: &[u8]) -> Option<Vec<u8>> {
        let after: Vec<&[u8]> = after.split_inclusive(|byte| *byte == b'\n').collect();
        let mut before = Vec::new();
        let mut at = 0;
        for hunk in &self.hunks {
            before.extend_from_slice(&after.get(at..hunk.start)?.concat());
            at = hunk.start + hunk.new.len();
            let there = after.get(hunk.start..at)?;
            // Line ends may have been translated.
            let fits =
                |((new, _), there): (&(Vec<u8>, bool), &&[u8])| trimmed(new) == trimmed(there);
            if !hunk.new.iter().zip(there).all(fits) {
                return None;
            }
            before.extend_from_slice(&hunk.old.concat());
        }
        before.extend_from_slice(&after.get(at..)?.concat());
        Some(before)
    }

    /// The lines of the new text that are new, counted from 1. One that was only moved in or out is not: what that does is
    /// seen by what it does.
    pub fn changed_lines(&self) -> Vec<usize> {
        let mut lines = Vec::new();
        for hunk in &self.hunks {
            let mut gone: Vec<Vec<u8>> = hunk.old.iter().map(|line| bare(line)).collect();
            for (index, (line, is_added)) in hunk.new.iter().enumerate() {
                let same = gone.iter().position(|old| *old == bare(line));
                match same {
                    Some(same) => {
                        gone.swap_remove(same);
                    }
                    None if *is_added => lines.push(hunk.start + index + 1),
                    None => {}
                }
            }
        }
        lines
    }
}

/// A line without white space.
fn bare(line: &[u8]) -> Vec<u8> {
    let kept = line.iter().filter(|byte| !byte.is_ascii_whitespace());
    kept.copied().collect()
}

fn trimmed(line: &[u8]) -> &[u8] {
    line.trim_ascii_end()
}

/// `-3,2 +4 @@ …` as (2, (4, 1)).
fn counts(head: &[u8]) -> Option<(usize, (usize, usize))> {
    let head = std::str::from_utf8(head.split(|byte| *byte == b'@').next()?).ok()?;
    let mut words = head.split_whitespace();
    let mut side = |sign: char| {
        let word = words.next()?.strip_prefix(sign)?;
        let (start, count) = word.split_once(',').unwrap_or((word, "1"));
        Some((start.parse::<usize>().ok()?, count.parse::<usize>().ok()?))
    };
    let (_, before) = side('-')?;
    Some((before, side('+')?))
}

/// The path behind `---` or `+++`; `None` for `/dev/null`.
fn named(name: &[u8], prefix: &[u8]) -> Option<Vec<u8>> {
    let name = unquoted(name.split(|byte| *byte == b'\t').next().unwrap_or(name));
    match name.as_slice() {
        b"/dev/null" => None,
        name => Some(name.strip_prefix(prefix).unwrap_or(name).to_vec()),
    }
}

/// A path as git writes it: in double quotes, with the escapes of C, where it has odd characters.
fn unquoted(name: &[u8]) -> Vec<u8> {
    let Some(inner) = name
        .strip_prefix(b"\"")
        .and_then(|name| name.strip_suffix(b"\""))
    else {
        return name.to_vec();
    };
    let mut path = Vec::new();
    let mut bytes = inner.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            path.push(byte);
            continue;
        }
        match bytes.next() {
            Some(digit @ b'0'..=b'7') => {
                let mut value = u32::from(digit - b'0');
                for _ in 0..2 {
                    if let Some(digit) = bytes.next_if(|byte| (b'0'..=b'7').contains(byte)) {
                        value = value * 8 + u32::from(digit - b'0');
                    }
                }
                path.extend(u8::try_from(value));
            }
            Some(b'n') => path.push(b'\n'),
            Some(b't') => path.push(b'\t'),
            Some(b'r') => path.push(b'\r'),
            Some(b'a') => path.push(7),
            Some(b'b') => path.push(8),
            Some(b'v') => path.push(11),
            Some(b'f') => path.push(12),
            Some(other) => path.push(other),
            None => {}
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = "\
diff --git a/src/a.py b/src/a.py
index 1..2 100644
--- a/src/a.py
+++ b/src/a.py
@@ -1,2 +1,3 @@ def f():
 one
-two
+  two
+three
@@ -9,0 +11 @@
+eleven
diff --git \"a/odd \\303\\251.py\" b/new.py
similarity index 90%
rename from \"odd \\303\\251.py\"
rename to new.py
diff --git a/gone.py b/gone.py
deleted file mode 100644
--- a/gone.py
+++ /dev/null
@@ -1,2 +0,0 @@
-a
-b
\\ No newline at end of file
";

    #[test]
    fn the_text_before_comes_back() {
        let diffs = parse(PATCH.as_bytes()).unwrap();
        let paths: Vec<_> = diffs
            .iter()
            .map(|diff| (diff.old.as_deref(), diff.new.as_deref()))
            .collect();
        assert_eq!(
            paths,
            [
                (Some(&b"src/a.py"[..]), Some(&b"src/a.py"[..])),
                (Some("odd é.py".as_bytes()), Some(b"new.py")),
                (Some(b"gone.py"), None),
            ]
        );
        let after = b"one\n  two\nthree\n3\n4\n5\n6\n7\n8\n9\neleven\n10";
        let before = diffs[0].before(after).unwrap();
        assert_eq!(
            String::from_utf8(before).unwrap(),
            "one\ntwo\n3\n4\n5\n6\n7\n8\n9\n10"
        );
        assert_eq!(diffs[0].changed_lines(), [3, 11]);
        assert_eq!(diffs[0].before(b"one\nother\n"), None);
        assert_eq!(diffs[1].before(b"x"), Some(b"x".to_vec()));
        assert_eq!(diffs[2].before(b""), Some(b"a\nb".to_vec()));
    }

    #[test]
    fn line_ends_may_differ() {
        let patch = b"--- a.py\t2026-01-01\n+++ a.py\t2026-01-02\n@@ -1 +1,2 @@\n a\n+b\n";
        let diffs = parse(patch).unwrap();
        assert_eq!(diffs[0].before(b"a\r\nb\r\n"), Some(b"a\n".to_vec()));
        assert!(parse(b"--- a\n+++ a\n@@ -1 +1,2 @@\n a\n").is_err());
        assert!(parse(b"no patch at all\n").unwrap().is_empty());
    }
}
