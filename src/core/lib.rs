//! Facts about Python code, and the words that hotlint's rules speak.
//!
//! **Invariant**: this crate knows no rule, no file system, no clock and no environment. Text goes in, answers come out.

pub mod commands;
pub mod lint;
pub mod python;

/// The syntax tree. The only door to ruff's crates for everyone else.
pub use ruff_python_ast as ast;
pub use ruff_source_file as source_file;
pub use ruff_text_size as text_size;
