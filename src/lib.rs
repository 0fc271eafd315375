//! The pipeline: discover -> read -> check -> render or fix.

pub mod check;
pub mod config;
pub mod discover;
pub mod fix;
pub mod policy;
pub mod quiet;
pub mod read;
pub mod render;
pub mod report;
pub mod suppress;
