//! Facts about one Python file: what a name means, what an expression is, what a loop does.
//!
//! **Invariant**: knows nothing of rules and findings.

mod source;
mod versions;

pub use source::{Source, SourceKind};
pub use versions::{PythonVersion, Versions};
