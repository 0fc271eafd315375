//! The pipeline: discover -> read -> check -> render or fix.

pub mod check;
