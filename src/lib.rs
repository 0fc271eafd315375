//! The pipeline: discover -> read -> check -> render or fix.

pub mod check;
pub mod read;
pub mod report;
