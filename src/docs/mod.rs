//! The documentation, generated from what the program knows: it cannot be out of date.
//!
//! **Invariant**: pure. Who asks for files writes them.

mod share;

pub use share::share;

/// One file of the documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocFile {
    /// Relative, with forward slashes.
    pub path: String,
    pub bytes: Vec<u8>,
}

/// The pages of the site.
pub fn site() -> Vec<DocFile> {
    Vec::new()
}
