//! The bytes of a profile, unpacked where they are packed, and the reasons why they cannot be read.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;

use flate2::bufread::MultiGzDecoder;

use super::Format;

/// Bytes of a profile that has to be held as a whole.
pub const MAX_WHOLE: u64 = 256 << 20;
/// Bytes of a profile that is read piece by piece.
const MAX_STREAM: u64 = 8 << 30;
/// Bytes of one line of text.
pub const MAX_LINE: u64 = 4 << 20;

/// Where the bytes come from; read from the start as often as needed.
#[derive(Clone, Debug)]
pub enum Input {
    File(PathBuf),
    Bytes(Vec<u8>),
}

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    #[error("{}", crate::words::reason(.0))]
    Io(#[from] io::Error),
    #[error(
        "no profile that hotlint knows; it reads cProfile, line_profiler, py-spy, pyinstrument, scalene, memray, viztracer, austin, pprof, yappi, perf script, profiling.sampling and speedscope"
    )]
    Unknown,
    #[error("{0}, which only its own program reads; convert it: `{1}`")]
    Convert(&'static str, &'static str),
    #[error("larger than {0} MiB")]
    TooLarge(u64),
    #[error("no {} that can be read: {}", .0.name(), .1)]
    Broken(Format, String),
    #[error("{}nothing was recorded in it", prefix(*.0))]
    Empty(Format),
}

fn prefix(format: Format) -> String {
    match format {
        Format::Unknown => String::new(),
        format => format!("{}: ", format.name()),
    }
}

impl ProfileError {
    pub fn broken(format: Format, why: impl std::fmt::Display) -> Self {
        Self::Broken(format, why.to_string())
    }
}

impl Input {
    /// The unpacked bytes, from the start.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open(&self) -> io::Result<Box<dyn BufRead + '_>> {
        let mut raw: Box<dyn BufRead + '_> = match self {
            Input::File(path) => {
                let file = std::fs::File::open(path)?;
                if file.metadata()?.is_dir() {
                    return Err(io::ErrorKind::IsADirectory.into());
                }
                Box::new(BufReader::with_capacity(64 << 10, file))
            }
            Input::Bytes(bytes) => Box::new(bytes.as_slice()),
        };
        let is_packed = raw.fill_buf()?.starts_with(&[0x1f, 0x8b]);
        Ok(match is_packed {
            true => Box::new(BufReader::new(MultiGzDecoder::new(raw).take(MAX_STREAM))),
            false => Box::new(raw.take(MAX_STREAM)),
        })
    }

    /// All bytes at once.
    ///
    /// # Errors
    /// When there are too many, or the file cannot be read.
    pub fn whole(&self) -> Result<Vec<u8>, ProfileError> {
        let mut bytes = Vec::new();
        let read = self.open()?.take(MAX_WHOLE + 1).read_to_end(&mut bytes)?;
        match read as u64 > MAX_WHOLE {
            true => Err(ProfileError::TooLarge(MAX_WHOLE >> 20)),
            false => Ok(bytes),
        }
    }

    /// Calls `each` with every line, without its end; what is not UTF-8 is replaced.
    ///
    /// # Errors
    /// When the file cannot be read, a line is absurdly long, or `each` gives up.
    pub fn lines(
        &self,
        mut each: impl FnMut(&str) -> Result<(), ProfileError>,
    ) -> Result<(), ProfileError> {
        let mut reader = self.open()?;
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = (&mut reader)
                .take(MAX_LINE + 1)
                .read_until(b'\n', &mut line)? as u64;
            match read {
                0 => return Ok(()),
                read if read > MAX_LINE => return Err(ProfileError::TooLarge(MAX_LINE >> 20)),
                _ => each(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']))?,
            }
        }
    }
}

/// A reader that fails when too much is read at once: what is parsed from a stream is held until it is complete.
pub struct Metered<'a, R> {
    inner: R,
    left: &'a Cell<u64>,
}

impl<'a, R: Read> Metered<'a, R> {
    /// `left` is how many bytes may still be read; whoever has used up what was read sets it anew.
    pub fn new(inner: R, left: &'a Cell<u64>) -> Self {
        Self { inner, left }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let left = self.left.get().checked_sub(read as u64);
        self.left
            .set(left.ok_or_else(|| io::Error::other("more than can be held at once"))?);
        Ok(read)
    }
}
