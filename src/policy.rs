//! Which rules run, how loudly they speak, and where they stay quiet.

use hotlint_core::lint::{Dispatch, RuleInfo, Severity};

use crate::quiet::Quiet;

/// Made once for each configuration file, shared by all files under it.
#[derive(Debug)]
pub struct Policy {
    severities: Vec<Option<Severity>>,
    /// The rules that run, ready to run.
    pub dispatch: Dispatch,
    /// Files in which findings are kept quiet.
    pub quiet: Quiet,
}

impl Policy {
    /// `severities` is indexed like [`hotlint_rules::all`]; `None` for a rule that does not run.
    pub fn new(severities: Vec<Option<Severity>>, quiet: Quiet) -> Self {
        let rules = (hotlint_rules::all().iter().zip(&severities))
            .filter(|(_, severity)| severity.is_some());
        let dispatch = Dispatch::new(rules.map(|(rule, _)| *rule));
        Self {
            severities,
            dispatch,
            quiet,
        }
    }

    /// How loudly a rule speaks, by its name.
    pub fn severity_of(&self, name: &str) -> Severity {
        let severity = index_of(name).and_then(|index| self.severity(index));
        severity.unwrap_or(Severity::Warning)
    }

    /// How loudly the rule at `index` of [`hotlint_rules::all`] speaks; `None` when it does not run.
    pub fn severity(&self, index: usize) -> Option<Severity> {
        self.severities.get(index).copied().flatten()
    }

    /// The rules that run, with their index and severity.
    pub fn selected(&self) -> impl Iterator<Item = (usize, &'static RuleInfo, Severity)> {
        (hotlint_rules::all().iter().enumerate()).filter_map(|(index, rule)| {
            let severity = self.severity(index)?;
            Some((index, &rule.info, severity))
        })
    }
}

impl Default for Policy {
    /// What an empty configuration file gives, without quiet files.
    fn default() -> Self {
        let severity = |rule: &RuleInfo| rule.is_default().then(|| rule.severity());
        let severities = hotlint_rules::all()
            .iter()
            .map(|rule| severity(rule))
            .collect();
        Self::new(severities, Quiet::default())
    }
}

/// The place of a rule in [`hotlint_rules::all`].
fn index_of(name: &str) -> Option<usize> {
    let rules = hotlint_rules::all();
    rules.binary_search_by(|rule| rule.name.cmp(name)).ok()
}

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
