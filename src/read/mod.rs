//! Bytes -> `Source`, or the reason why there is none.

mod encoding;

use std::path::PathBuf;

pub use encoding::Encoding;

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
    pub notebook: Option<ruff_notebook::Notebook>,
}

/// A hash of raw bytes, the same within one process only.
pub fn digest(bytes: &[u8]) -> u64 {
    use std::hash::Hasher;
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}
