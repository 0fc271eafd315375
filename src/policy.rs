//! Which rules run, how loudly they speak, and where they stay quiet.

use hotlint_core::lint::{Dispatch, Finding, RuleInfo, Severity};

use crate::quiet::Quiet;
use crate::rule_set::{RuleSet, index_of};
use crate::verdict::Fate;

/// Made once for each configuration file, shared by all files under it.
#[derive(Debug)]
pub struct Policy {
    severities: Vec<Option<Severity>>,
    /// The rules that run because somebody asked for them, not because they run anyway.
    chosen: RuleSet,
    /// A number for the choice of rules.
    pub fingerprint: u64,
    /// The rules that run, ready to run.
    pub dispatch: Dispatch,
    /// Files in which findings are kept quiet.
    pub quiet: Quiet,
}

impl Policy {
    /// `severities` is indexed like [`hotlint_rules::all`]; `None` for a rule that does not run. All others are taken for chosen.
    pub fn new(severities: Vec<Option<Severity>>, quiet: Quiet) -> Self {
        let rules = (hotlint_rules::all().iter().zip(&severities))
            .filter(|(_, severity)| severity.is_some());
        let names: Vec<_> = rules.clone().map(|(rule, _)| rule.name).collect();
        let dispatch = Dispatch::new(rules.map(|(rule, _)| *rule));
        Self {
            severities,
            chosen: RuleSet::of(|_| true),
            fingerprint: xxhash_rust::xxh3::xxh3_64(names.join(" ").as_bytes()),
            dispatch,
            quiet,
        }
    }

    /// The same, where somebody asked for the rules in `chosen` and the others run anyway.
    #[must_use]
    pub fn choosing(mut self, chosen: RuleSet) -> Self {
        self.chosen = chosen;
        self
    }

    /// What becomes of a finding that no file, comment or baseline has anything to say about: who asks for a rule wants to see what
    /// it assumes, too.
    pub fn fate_of(&self, finding: &Finding) -> Fate {
        match finding.assumed.is_empty() || self.chosen.contains(finding.rule) {
            true => Fate::Stands,
            false => Fate::Assumed,
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
        Self::new(severities, Quiet::default()).choosing(RuleSet::default())
    }
}
