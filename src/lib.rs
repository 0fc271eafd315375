//! The pipeline: discover -> read -> check -> render or fix.

pub mod check;
pub mod fix;
pub mod read;
pub mod render;
pub mod report;
pub mod suppress;
