//! Bytes -> `Source`, or the reason why there is none.

mod encoding;

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use hotlint_core::commands::CommandFile;
use hotlint_core::python::{Source, SourceKind};
use hotlint_core::text_size::{TextRange, TextSize};
use ruff_notebook::{Notebook, NotebookError};

use crate::verdict::{Problem, ProblemKind};
use crate::words::reason;

pub use encoding::Encoding;
use encoding::Undecodable;

/// Where a text came from: what is needed to write it back as it was.
#[derive(Clone, Debug)]
pub struct Origin {
    /// On disk; `-` for standard input.
    pub path: PathBuf,
    pub encoding: Encoding,
    /// Whether the bytes began with a UTF-8 byte order mark.
    pub bom: bool,
    /// [`digest`] of the bytes that were read: a file that differs by the time of writing is left alone.
    pub digest: u64,
    /// The notebook that the text was taken from.
    pub notebook: Option<Notebook>,
}

impl Origin {
    /// Of a file that no text was taken from; nothing can be written back to it.
    pub fn of_unread(path: PathBuf) -> Self {
        Self {
            path,
            encoding: Encoding::Utf8,
            bom: false,
            digest: 0,
            notebook: None,
        }
    }
}

/// What came of reading a file.
#[derive(Debug)]
pub enum Reading {
    Text(Source, Origin),
    /// The source is for showing the place only.
    Refused(Source, Origin, Problem),
    /// A notebook in another language.
    Foreign,
}

/// A hash of raw bytes, the same within one process only.
pub fn digest(bytes: &[u8]) -> u64 {
    use std::hash::Hasher;
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

/// Reads the file at `path`; reports call it `shown`. At most `limit` bytes, if there is a limit.
pub fn file(path: &Path, shown: &str, limit: Option<u64>) -> Reading {
    taken(bytes(path, limit), path, shown, limit)
}

/// All bytes of the file at `path`, or the number of those that are more than `limit`.
pub fn bytes(path: &Path, limit: Option<u64>) -> io::Result<Result<Vec<u8>, u64>> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    match limit {
        Some(limit) if metadata.len() > limit => Ok(Err(metadata.len())),
        // The file may grow, and what is no regular file has no length.
        _ => limited(file, limit, usize::try_from(metadata.len()).unwrap_or(0)),
    }
}

/// Reads standard input; reports call it `shown`.
pub fn stdin(shown: &str, limit: Option<u64>) -> Reading {
    let bytes = limited(io::stdin().lock(), limit, 0);
    taken(bytes, Path::new("-"), shown, limit)
}

/// All bytes, of which there are likely so many, or the number of those that are too many.
fn limited(
    reader: impl io::Read,
    limit: Option<u64>,
    likely: usize,
) -> io::Result<Result<Vec<u8>, u64>> {
    let most = limit.map_or(u64::MAX, |limit| limit.saturating_add(1));
    // One more, so that the end shows without another round.
    let mut bytes = Vec::new();
    bytes
        .try_reserve(likely.saturating_add(1))
        .map_err(|_| io::ErrorKind::OutOfMemory)?;
    reader.take(most).read_to_end(&mut bytes)?;
    let size = bytes.len() as u64;
    // Offsets in a text have 32 bits.
    match limit.unwrap_or(u64::MAX).min(u64::from(u32::MAX)) < size {
        true => Ok(Err(size)),
        false => Ok(Ok(bytes)),
    }
}

/// What is made of the outcome of [`bytes`].
pub fn taken(
    bytes: io::Result<Result<Vec<u8>, u64>>,
    path: &Path,
    shown: &str,
    limit: Option<u64>,
) -> Reading {
    let file = Named { path, shown };
    match bytes {
        Ok(Ok(bytes)) => text(bytes, path, shown),
        Ok(Err(_)) => {
            let limit = limit.unwrap_or(u64::from(u32::MAX));
            file.refuse(Problem {
                kind: ProblemKind::TooLarge,
                range: None,
                message: format!("larger than {}, not checked", size(limit)),
                help: "`max-file-size` sets the limit".to_owned(),
            })
        }
        Err(error) => file.refuse(Problem {
            kind: ProblemKind::Unreadable,
            range: None,
            message: format!("cannot read the file: {}", reason(&error)),
            help: String::new(),
        }),
    }
}

/// Takes `bytes` for the content of the file at `path`.
pub fn text(mut bytes: Vec<u8>, path: &Path, shown: &str) -> Reading {
    let file = Named { path, shown };
    let digest = digest(&bytes);
    let marks: [(&[u8], &str); 4] = [
        (b"\xff\xfe\0\0", "UTF-32"),
        (b"\0\0\xfe\xff", "UTF-32"),
        (b"\xff\xfe", "UTF-16"),
        (b"\xfe\xff", "UTF-16"),
    ];
    if let Some((_, name)) = marks.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        let message =
            format!("the file is {name} by its byte order mark, which Python does not read");
        return file.refuse(undecodable(None, message, "save it as UTF-8"));
    }
    let bom = bytes.starts_with(b"\xef\xbb\xbf");
    if bom {
        bytes.drain(..3);
    }
    let is_notebook = extension_is(path, shown, "ipynb");
    let declared = match is_notebook {
        true => None,
        false => encoding::declared(&bytes).map(|(at, name)| (at, name.to_owned())),
    };
    let encoding = match &declared {
        None => Encoding::Utf8,
        Some((at, name)) => match Encoding::named(name) {
            Some(encoding) if bom && encoding != Encoding::Utf8 => {
                let message = format!("`{name}` is declared, but the byte order mark says UTF-8");
                let help = "take out one of the two";
                return file.refuse_at(&bytes, *at, name.len(), message, help);
            }
            Some(encoding) => encoding,
            None => {
                let message = format!("unknown encoding `{name}` is declared");
                return file.refuse_at(&bytes, *at, name.len(), message, "save the file as UTF-8");
            }
        },
    };
    let text = match encoding.decode(bytes) {
        Ok(text) => text,
        Err(wrong) => return file.bad_byte(wrong, declared.map(|(_, name)| name)),
    };
    let origin = Origin {
        path: path.to_path_buf(),
        encoding,
        bom,
        digest,
        notebook: None,
    };
    file.decoded(text, origin)
}

/// Takes `text`, which an editor has open, for the content of the file at `path`.
pub fn buffer(text: &str, path: &Path, shown: &str) -> Reading {
    let origin = Origin {
        digest: digest(text.as_bytes()),
        ..Origin::of_unread(path.to_path_buf())
    };
    Named { path, shown }.decoded(text.to_owned(), origin)
}

/// A file while it is read.
#[derive(Clone, Copy)]
struct Named<'a> {
    path: &'a Path,
    shown: &'a str,
}

impl Named<'_> {
    fn source(self, text: String) -> Source {
        let name = self.shown.rsplit('/').next().unwrap_or(self.shown);
        let kind = match CommandFile::named(name) {
            Some(file) => SourceKind::Commands(file),
            None if extension_is(self.path, self.shown, "pyi") => SourceKind::Stub,
            None => SourceKind::Module,
        };
        Source::new(self.shown, text, kind)
    }

    /// Without a text.
    fn refuse(self, problem: Problem) -> Reading {
        self.refuse_showing(String::new(), problem)
    }

    fn refuse_showing(self, text: String, problem: Problem) -> Reading {
        let origin = Origin::of_unread(self.path.to_path_buf());
        Reading::Refused(self.source(text), origin, problem)
    }

    /// At a place in the first lines, before which all is ASCII or blank.
    fn refuse_at(
        self,
        bytes: &[u8],
        at: usize,
        len: usize,
        message: String,
        help: &str,
    ) -> Reading {
        let text = String::from_utf8_lossy(bytes).into_owned();
        // Bytes that are no UTF-8 before the place move it: then better no place than a wrong one.
        let before = bytes
            .get(..at)
            .is_some_and(|before| std::str::from_utf8(before).is_ok());
        let range = range(at, len).filter(|_| before);
        self.refuse_showing(text, undecodable(range, message, help))
    }

    fn bad_byte(self, wrong: Undecodable, declared: Option<String>) -> Reading {
        let Undecodable { text, at, byte } = wrong;
        let place = place(&text, at);
        let name = declared.as_deref().unwrap_or("UTF-8");
        let help = match declared {
            None => "save the file as UTF-8, or declare its encoding: `# -*- coding: latin-1 -*-`",
            Some(_) => "save the file in the encoding that it declares",
        };
        let message = format!("byte 0x{byte:02x} at {place} is not {name}");
        let len = char::REPLACEMENT_CHARACTER.len_utf8();
        let problem = undecodable(range(at, len), message, help);
        self.refuse_showing(text, problem)
    }

    fn decoded(self, text: String, origin: Origin) -> Reading {
        if extension_is(self.path, self.shown, "ipynb") {
            return self.notebook(&text, origin);
        }
        if let Some(at) = memchr::memchr(0, text.as_bytes()) {
            let place = place(&text, at);
            let message = format!("NUL byte at {place}, which Python does not read");
            let problem = undecodable(range(at, 1), message, "is it a text file?");
            return Reading::Refused(self.source(text), origin, problem);
        }
        Reading::Text(self.source(text), origin)
    }

    fn notebook(self, text: &str, mut origin: Origin) -> Reading {
        let notebook = match Notebook::from_source_code(text) {
            Ok(notebook) if notebook.is_python_notebook() => notebook,
            Ok(_) => return Reading::Foreign,
            Err(error) => {
                let what = match error {
                    NotebookError::InvalidFormat(format) => {
                        format!("notebooks of format {format} are not read, only those of format 4")
                    }
                    NotebookError::InvalidJson(error) => {
                        format!("the notebook is no JSON: {error}")
                    }
                    NotebookError::InvalidSchema(error) => format!("not a notebook: {error}"),
                    NotebookError::Json(error) => format!("cannot read the notebook: {error}"),
                    NotebookError::Io(error) => format!("cannot read the notebook: {error}"),
                };
                return self.refuse(undecodable(None, what, "does Jupyter open it?"));
            }
        };
        let cells = notebook.cell_offsets().iter().copied().collect();
        let code = notebook.source_code().to_owned();
        origin.notebook = Some(notebook);
        let source = Source::new(self.shown, code, SourceKind::Notebook { cells });
        Reading::Text(source, origin)
    }
}

fn undecodable(range: Option<TextRange>, message: String, help: &str) -> Problem {
    Problem {
        kind: ProblemKind::Undecodable,
        range,
        message,
        help: help.to_owned(),
    }
}

fn range(at: usize, len: usize) -> Option<TextRange> {
    let start = TextSize::try_from(at).ok()?;
    Some(TextRange::at(start, TextSize::try_from(len).ok()?))
}

/// "line 3, column 5", both from 1, columns in characters.
fn place(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default();
    let lines = before.replace("\r\n", "\n");
    let line = lines.matches(['\n', '\r']).count() + 1;
    let column = before
        .rsplit(['\n', '\r'])
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    format!("line {line}, column {column}")
}

/// By the path, or by the name that standard input is given.
fn extension_is(path: &Path, shown: &str, extension: &str) -> bool {
    let path = if path.as_os_str() == "-" {
        Path::new(shown)
    } else {
        path
    };
    path.extension()
        .and_then(OsStr::to_str)
        .is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

/// "8 MiB".
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        _ if bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        _ if bytes.is_multiple_of(1 << 10) => format!("{} KiB", bytes >> 10),
        _ => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Reading {
        text(bytes.to_vec(), Path::new("a.py"), "a.py")
    }

    #[track_caller]
    fn refused(bytes: &[u8]) -> (Source, Problem) {
        match read(bytes) {
            Reading::Refused(source, _, problem) => (source, problem),
            other => panic!("not refused: {other:?}"),
        }
    }

    #[track_caller]
    fn accepted(bytes: &[u8]) -> (Source, Origin) {
        match read(bytes) {
            Reading::Text(source, origin) => (source, origin),
            other => panic!("refused: {other:?}"),
        }
    }

    #[test]
    fn what_is_read_can_be_written_back() {
        for bytes in [
            &b"x = 1\r\ny = 2\r"[..],
            b"\xef\xbb\xbfx = 1\n",
            b"\xef\xbb\xbf# coding: utf-8-sig\n",
            b"# coding: latin-1\nx = '\x80\xe9'\n",
            b"# coding: iso-8859-15\nx = '\xa4'\n",
            b"# coding: cp1252\nx = '\x80'\n",
            b"",
        ] {
            let (source, origin) = accepted(bytes);
            assert!(!source.text().starts_with('\u{feff}'));
            let mut back = if origin.bom {
                b"\xef\xbb\xbf".to_vec()
            } else {
                Vec::new()
            };
            back.extend(origin.encoding.encode(source.text()).unwrap());
            assert_eq!(back, bytes);
            assert_eq!(origin.digest, digest(bytes));
        }
        assert_eq!(
            accepted(b"# coding: iso-8859-15\n'\xa4'").0.text(),
            "# coding: iso-8859-15\n'€'"
        );
    }

    #[test]
    fn refusals_tell_the_place() {
        let (source, problem) = refused(
            "é = 1\r\nx = 'é\u{1f}"
                .as_bytes()
                .iter()
                .copied()
                .chain(*b"\xff'\n")
                .collect::<Vec<_>>()
                .as_slice(),
        );
        assert_eq!(
            problem.message,
            "byte 0xff at line 2, column 8 is not UTF-8"
        );
        assert_eq!(&source.text()[problem.range.unwrap()], "\u{fffd}");

        let (source, problem) = refused(b"x = 1\ny = '\0'\n");
        assert_eq!(
            problem.message,
            "NUL byte at line 2, column 6, which Python does not read"
        );
        assert_eq!(&source.text()[problem.range.unwrap()], "\0");

        let (source, problem) = refused(b"# coding: nonesuch\n\xff");
        assert_eq!(problem.message, "unknown encoding `nonesuch` is declared");
        assert_eq!(&source.text()[problem.range.unwrap()], "nonesuch");

        let (_, problem) = refused(b"\xef\xbb\xbf# coding: latin-1\n");
        assert_eq!(
            problem.message,
            "`latin-1` is declared, but the byte order mark says UTF-8"
        );

        let (_, problem) = refused(b"\xff\xfex\0");
        assert_eq!(
            problem.message,
            "the file is UTF-16 by its byte order mark, which Python does not read"
        );
        let (_, problem) = refused(b"\xff\xfe\0\0x\0\0\0");
        assert_eq!(
            problem.message,
            "the file is UTF-32 by its byte order mark, which Python does not read"
        );

        let (_, problem) = refused(b"# coding: ascii\n\xe9");
        assert_eq!(
            problem.message,
            "byte 0xe9 at line 2, column 1 is not ascii"
        );
    }

    #[test]
    fn notebooks_join_the_cells_of_python() {
        let cell = |source: &str| {
            format!(
                r#"{{"cell_type": "code", "execution_count": null, "metadata": {{}}, "outputs": [], "source": ["{source}"]}}"#
            )
        };
        let book = |language: &str| {
            let cells = [cell("x = 1"), cell("%%bash\\nls"), cell("y = x")].join(", ");
            format!(
                r#"{{"cells": [{cells}], "metadata": {{"language_info": {{"name": "{language}"}}}}, "nbformat": 4, "nbformat_minor": 4}}"#
            )
        };
        let read = |json: &str| text(json.as_bytes().to_vec(), Path::new("a.ipynb"), "a.ipynb");
        let Reading::Text(source, origin) = read(&book("python")) else {
            panic!("refused");
        };
        assert_eq!(source.text(), "x = 1\ny = x\n");
        let cells = [0, 6, 12].map(TextSize::new).to_vec();
        assert_eq!(*source.kind(), SourceKind::Notebook { cells });
        assert!(origin.notebook.is_some());
        assert!(matches!(read(&book("julia")), Reading::Foreign));
        for broken in [
            "",
            "[]",
            "{",
            "{}",
            r#"{"cells": [], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}"#,
        ] {
            assert!(matches!(read(broken), Reading::Refused(..)), "{broken}");
        }
    }

    #[test]
    fn the_limit_is_exact() {
        let path = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&path, "x = 1\n").unwrap();
        let read = |limit| file(path.path(), "a.py", limit);
        assert!(matches!(read(Some(6)), Reading::Text(..)));
        assert!(matches!(read(None), Reading::Text(..)));
        let Reading::Refused(_, _, problem) = read(Some(5)) else {
            panic!("not refused");
        };
        assert_eq!(problem.message, "larger than 5 bytes, not checked");
    }

    #[test]
    fn what_is_not_there_is_told() {
        let Reading::Refused(_, _, problem) = file(Path::new("nonesuch.py"), "nonesuch.py", None)
        else {
            panic!("not refused");
        };
        assert_eq!(problem.message, "cannot read the file: no such file");
    }
}
