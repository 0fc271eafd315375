//! The words rules speak: query, rule, finding, fix, and the dispatch that brings a node to the rules that asked for it.
//!
//! **Invariant**: depends on [`crate::python`] only, never the other way round.

mod finding;
mod rule;

pub use finding::{Cause, Edit, Finding, Fix, FixLevel, Severity};
pub use rule::{Cost, Group, RuleInfo};
