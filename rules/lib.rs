//! What hotlint knows: one file per rule, found by `build.rs` because it is there.

use hotlint_core::lint::RuleInfo;

/// Every rule, ordered by name.
pub fn all() -> &'static [RuleInfo] {
    &[]
}
