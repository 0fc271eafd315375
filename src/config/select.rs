//! The words that choose rules: a rule's name, a group, `preview`, `default` or `all`.

use std::str::FromStr;

use hotlint_core::lint::{Group, RuleInfo, Severity};

use super::issue::did_you_mean;
use crate::rule_set::RuleSet;

/// One word of `select`, `ignore` and their kin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Selector {
    /// Every rule, preview included.
    All,
    /// What runs when nothing is selected.
    Default,
    /// The rules that no evidence bears out yet.
    Preview,
    /// The rules of a group, without those in preview.
    Group(Group),
    /// One rule, in preview or not.
    Rule(&'static str),
}

impl Selector {
    /// Whether the word stands for `rule` when rules are chosen.
    pub fn chooses(self, rule: &RuleInfo) -> bool {
        match self {
            Selector::Default => rule.is_default(),
            Selector::Group(group) => rule.group == group && !rule.is_preview(),
            _ => self.covers(rule),
        }
    }

    /// Whether `rule` belongs to the word when something is said about rules that were chosen otherwise.
    pub fn covers(self, rule: &RuleInfo) -> bool {
        match self {
            Selector::All => true,
            Selector::Default => rule.is_default(),
            Selector::Preview => rule.is_preview(),
            Selector::Group(group) => rule.group == group,
            Selector::Rule(name) => rule.name == name,
        }
    }

    /// The more particular word wins over the more general one, wherever they are written.
    fn weight(self) -> u8 {
        match self {
            Selector::All => 0,
            Selector::Default => 1,
            Selector::Preview | Selector::Group(_) => 2,
            Selector::Rule(_) => 3,
        }
    }
}

const WEIGHTS: std::ops::RangeInclusive<u8> = 0..=3;

/// A word that chooses nothing, with the closest word that would.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown rule or group `{name}`")]
pub struct UnknownSelector {
    pub name: String,
    /// What to do about it.
    pub help: String,
}

impl FromStr for Selector {
    type Err = UnknownSelector;

    fn from_str(name: &str) -> Result<Self, UnknownSelector> {
        match name {
            "all" => return Ok(Selector::All),
            "default" => return Ok(Selector::Default),
            "preview" => return Ok(Selector::Preview),
            _ => {}
        }
        if let Some(group) = Group::ALL.into_iter().find(|group| group.name() == name) {
            return Ok(Selector::Group(group));
        }
        if let Some(rule) = hotlint_rules::all().iter().find(|rule| rule.name == name) {
            return Ok(Selector::Rule(rule.name));
        }
        let help = did_you_mean(name, words());
        Err(UnknownSelector {
            name: name.to_owned(),
            help: match help.is_empty() {
                true => "`hotlint rule --all` lists the rules and their groups".to_owned(),
                false => help,
            },
        })
    }
}

/// Every word that selects something.
pub fn words() -> impl Iterator<Item = &'static str> {
    let rules = hotlint_rules::all().iter().map(|rule| rule.name);
    let groups = Group::ALL.into_iter().map(Group::name);
    rules.chain(groups).chain(["preview", "default", "all"])
}

/// What one configuration says about the choice of rules.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Starts afresh, forgetting what configurations below have said.
    pub select: Option<Vec<Selector>>,
    pub extend_select: Vec<Selector>,
    pub ignore: Vec<Selector>,
}

/// The severity of each rule that runs, indexed like [`hotlint_rules::all`]; `selections` and `severities` from the
/// most general configuration to the most particular.
pub fn resolve(
    selections: &[&Selection],
    severities: &[(Selector, Severity)],
) -> Vec<Option<Severity>> {
    let decide = |rule: &RuleInfo| {
        let mut runs = rule.is_default();
        for selection in selections {
            runs = selection.decide(rule, runs);
        }
        runs.then(|| severity(rule, severities))
    };
    (hotlint_rules::all().iter())
        .map(|rule| decide(rule))
        .collect()
}

/// The rules that somebody asked for, by name, by group or all of them: not those that run because nobody said otherwise.
pub fn chosen(selections: &[&Selection]) -> RuleSet {
    RuleSet::of(|rule| {
        selections.iter().fold(false, |before, selection| {
            let words = selection.select.iter().flatten();
            let mut words = words.chain(&selection.extend_select);
            before && selection.select.is_none()
                || words.any(|word| *word != Selector::Default && word.chooses(rule))
        })
    })
}

impl Selection {
    fn decide(&self, rule: &RuleInfo, before: bool) -> bool {
        let mut runs = before && self.select.is_none();
        for weight in WEIGHTS {
            let at = |selector: &&Selector| selector.weight() == weight;
            let select = self.select.iter().flatten().chain(&self.extend_select);
            if select.filter(at).any(|selector| selector.chooses(rule)) {
                runs = true;
            }
            if (self.ignore.iter().filter(at)).any(|selector| selector.covers(rule)) {
                runs = false;
            }
        }
        runs
    }
}

fn severity(rule: &RuleInfo, severities: &[(Selector, Severity)]) -> Severity {
    let said = (severities.iter())
        .filter(|(selector, _)| selector.covers(rule))
        .max_by_key(|(selector, _)| selector.weight());
    said.map_or_else(|| rule.severity(), |(_, severity)| *severity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hotlint_core::lint::{Cost, RuleInfo};

    const fn rule(name: &'static str, cost: Cost, evidence: Option<&'static str>) -> RuleInfo {
        RuleInfo {
            name,
            group: match cost {
                Cost::Memory(_) => Group::Memory,
                _ => Group::Algorithmic,
            },
            page: "# a",
            fix: None,
            weighs: false,
            cost,
            evidence,
        }
    }

    const FAST: RuleInfo = rule("fast", Cost::Growth("O(n²)", "O(n)"), Some("{}"));
    const LEAN: RuleInfo = rule("lean", Cost::Memory("a list"), Some("{}"));
    const FRESH: RuleInfo = rule("fresh", Cost::Memory("a list"), None);

    fn runs(selection: &Selection) -> [bool; 3] {
        [FAST, LEAN, FRESH].map(|rule| selection.decide(&rule, rule.is_default()))
    }

    #[test]
    fn preview_runs_when_named_and_only_then() {
        let select = |words: &[Selector]| Selection {
            select: Some(words.to_vec()),
            ..Selection::default()
        };
        assert_eq!(runs(&Selection::default()), [true, false, false]);
        assert_eq!(runs(&select(&[])), [false, false, false]);
        assert_eq!(
            runs(&select(&[Selector::Group(Group::Memory)])),
            [false, true, false]
        );
        assert_eq!(runs(&select(&[Selector::Preview])), [false, false, true]);
        assert_eq!(
            runs(&select(&[Selector::Rule("fresh")])),
            [false, false, true]
        );
        assert_eq!(runs(&select(&[Selector::All])), [true, true, true]);
    }

    #[test]
    fn who_asks_for_a_rule_chooses_it_and_who_asks_for_the_default_does_not() {
        let words = |words: &[Selector]| Selection {
            select: Some(words.to_vec()),
            ..Selection::default()
        };
        let rule = "list-membership-in-loop";
        let is_chosen = |selections: &[&Selection]| chosen(selections).contains(rule);
        let group = words(&[Selector::Group(Group::Algorithmic)]);
        let nothing = Selection::default();
        let more = Selection {
            extend_select: vec![Selector::Rule(rule)],
            ..Selection::default()
        };
        assert!(!is_chosen(&[&nothing]));
        assert!(!is_chosen(&[&words(&[Selector::Default])]));
        assert!(is_chosen(&[&group]) && is_chosen(&[&words(&[Selector::All])]));
        assert!(is_chosen(&[&nothing, &more]) && is_chosen(&[&more, &nothing]));
        // What is selected anew forgets what was.
        assert!(!is_chosen(&[&group, &words(&[Selector::Default])]));
    }

    #[test]
    fn the_particular_wins_over_the_general() {
        let selection = Selection {
            extend_select: vec![Selector::Rule("lean")],
            ignore: vec![Selector::Group(Group::Memory), Selector::Rule("fast")],
            ..Selection::default()
        };
        assert_eq!(runs(&selection), [false, true, false]);
        let severities = [
            (Selector::Rule("fast"), Severity::Error),
            (Selector::All, Severity::Info),
        ];
        assert_eq!(severity(&FAST, &severities), Severity::Error);
        assert_eq!(severity(&LEAN, &severities), Severity::Info);
        let last = [
            (Selector::All, Severity::Info),
            (Selector::All, Severity::Error),
        ];
        assert_eq!(severity(&LEAN, &last), Severity::Error);
    }

    #[test]
    fn an_unknown_word_gets_the_closest_known_one() {
        let error = "algoritmic".parse::<Selector>().unwrap_err();
        assert_eq!(error.help, "did you mean `algorithmic`?");
    }
}
