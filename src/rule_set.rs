//! Sets of rules.

use hotlint_core::lint::RuleInfo;

/// A set of rules, as the bits of a list that is indexed like [`hotlint_rules::all`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleSet(Vec<bool>);

impl RuleSet {
    pub fn of(wanted: impl Fn(&'static RuleInfo) -> bool) -> Self {
        Self(
            hotlint_rules::all()
                .iter()
                .map(|rule| wanted(rule))
                .collect(),
        )
    }

    /// Whether the rule of that name belongs to it.
    pub fn contains(&self, name: &str) -> bool {
        index_of(name).is_some_and(|index| self.0.get(index) == Some(&true))
    }

    /// Adds what `other` holds.
    pub fn add(&mut self, other: &RuleSet) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), false);
        }
        for (bit, more) in self.0.iter_mut().zip(&other.0) {
            *bit |= more;
        }
    }
}

/// The place of a rule in [`hotlint_rules::all`].
pub fn index_of(name: &str) -> Option<usize> {
    let rules = hotlint_rules::all();
    rules.binary_search_by(|rule| rule.name.cmp(name)).ok()
}
