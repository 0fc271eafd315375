//! The pipeline: discover -> read -> check -> render or fix.

pub mod check;
pub mod interpreters;
pub mod measure;
pub mod policy;
pub mod quiet;
pub mod read;
pub mod report;
