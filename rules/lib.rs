//! What hotlint knows: one file per rule, in the folder of its group, found by `build.rs` because it is there.
//!
//! **Invariant**: depends on the core and the syntax crates only. A rule that reaches for configuration, a profile or the renderer does
//! not compile.

use hotlint_core::lint::{FixLevel, Group, RuleEntry};

include!(concat!(env!("OUT_DIR"), "/registry.rs"));

/// Every rule, ordered by name.
pub fn all() -> &'static [RuleEntry] {
    RULES
}

/// The rule with that name.
pub fn find(name: &str) -> Option<&'static RuleEntry> {
    RULES
        .binary_search_by(|rule| rule.name.cmp(name))
        .ok()
        .map(|i| &RULES[i])
}
