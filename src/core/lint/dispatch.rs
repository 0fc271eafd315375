//! Brings each node to the rules that asked for it: a table by kind of node and by whether a loop is around it, and an index of calls by
//! the callee's last name, which also tells whether a library knows something by that name that does what rules ask for.
//!
//! **Invariant**: finds exactly what trying every rule on every node finds; debug builds do both and compare.

use ruff_python_ast::{AnyNodeRef, Expr, NodeKind};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::{Cost, Cx, Finding, RuleEntry, Silence};
use crate::commands::Command;
use crate::python::{Effects, Runs, Tag, entries};

/// A set of rules, arranged for speed. Built once a configuration, shared by all threads.
pub struct Dispatch {
    rules: Vec<RuleEntry>,
    /// Rules on any node of a kind, as indices of `rules`, by the node's tag.
    by_tag: Box<[Vec<u16>]>,
    /// By tag: whether any rule may want such a node.
    wanted: [bool; Tag::COUNT],
    /// Rules on certain calls, by the last segment of the callee's name.
    by_callee: FxHashMap<&'static str, Called>,
    /// Rules on calls that do something.
    by_effect: Vec<(Effects, Wanted)>,
}

/// A rule that wants certain calls.
#[derive(Clone, Copy)]
struct Wanted {
    rule: u16,
    /// Only with a loop around them.
    looped: bool,
}

impl Wanted {
    fn fits(self, tag: Tag) -> bool {
        tag.is_looped() || !self.looped
    }
}

/// What rules want of calls whose callee's name ends alike.
#[derive(Default)]
struct Called {
    names: Vec<(&'static str, Wanted)>,
    /// Whether a library has something by that name that does what rules ask for: without a loop around, and with one.
    does: [bool; 2],
}

impl Called {
    /// Whether a rule may want the call by the callee's name.
    fn is_named(&self, tag: Tag) -> bool {
        self.names.iter().any(|(_, wanted)| wanted.fits(tag))
    }

    /// Whether a rule may want it for what it does.
    fn does(&self, tag: Tag) -> bool {
        self.does[usize::from(tag.is_looped())]
    }
}

impl std::fmt::Debug for Dispatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.rules.iter().map(|rule| rule.info.name))
            .finish()
    }
}

impl Dispatch {
    pub fn new(rules: impl IntoIterator<Item = RuleEntry>) -> Self {
        let rules: Vec<RuleEntry> = rules.into_iter().collect();
        let mut by_tag = vec![Vec::new(); Tag::COUNT].into_boxed_slice();
        let mut by_callee: FxHashMap<&'static str, Called> = FxHashMap::default();
        let mut by_effect = Vec::new();
        // Without a loop around, and with one.
        let mut asked = [Effects::NONE; 2];
        for (i, rule) in (0u16..).zip(&rules) {
            if rule.wants_all() {
                for kind in rule.kinds {
                    by_tag[Tag::new(*kind, true).index()].push(i);
                    if !rule.looped {
                        by_tag[Tag::new(*kind, false).index()].push(i);
                    }
                }
            }
            let wanted = Wanted {
                rule: i,
                looped: rule.looped,
            };
            for callee in rule.callees {
                let known = by_callee.entry(last_segment(callee)).or_default();
                known.names.push((callee, wanted));
            }
            if !rule.effects.is_empty() {
                by_effect.push((rule.effects, wanted));
                asked[1] = asked[1].or(rule.effects);
                if !rule.looped {
                    asked[0] = asked[0].or(rule.effects);
                }
            }
        }
        for entry in entries() {
            let does = asked.map(|asked| entry.effects.any_of(asked));
            if does[1] {
                let known = &mut by_callee.entry(entry.last()).or_default().does;
                *known = [known[0] || does[0], true];
            }
        }
        let mut wanted = [false; Tag::COUNT];
        for (wanted, rules) in wanted.iter_mut().zip(&by_tag) {
            *wanted = !rules.is_empty();
        }
        if !by_callee.is_empty() {
            for looped in [true, false] {
                wanted[Tag::new(NodeKind::ExprCall, looped).index()] = true;
            }
        }
        Self {
            rules,
            by_tag,
            wanted,
            by_callee,
            by_effect,
        }
    }

    /// Names of the rules that run.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.rules.iter().map(|rule| rule.info.name)
    }

    /// What the rules find, in order of place, then of rule.
    pub fn run<'a>(&self, cx: &Cx<'a>) -> Vec<Finding> {
        let mut found = Vec::new();
        let renamed = self.renamed(cx);
        let declared = cx.declared_libraries();
        for (tag, node) in cx.tree.tagged() {
            if !self.wanted[tag.index()] {
                continue;
            }
            for rule in &self.by_tag[tag.index()] {
                self.try_rule(*rule, *node, cx, &mut found);
            }
            if let AnyNodeRef::ExprCall(call) = node
                && let Some(spelled) = spelled(&call.func)
            {
                let called = self.by_callee.get(spelled);
                let renamed = renamed.contains(spelled);
                let by_name = renamed || called.is_some_and(|called| called.is_named(tag));
                let by_effect = renamed
                    || called.is_some_and(|called| called.does(tag))
                    || declared.is_some_and(|declared| declared.has_last(spelled));
                let mut tried: SmallVec<[u16; 4]> = SmallVec::new();
                if by_name && let Some(name) = cx.name(&*call.func) {
                    let called = self.by_callee.get(last_segment(&name));
                    for (callee, wanted) in called.into_iter().flat_map(|called| &called.names) {
                        if *callee == name && wanted.fits(tag) {
                            self.try_rule(wanted.rule, *node, cx, &mut found);
                            tried.push(wanted.rule);
                        }
                    }
                }
                if by_effect
                    && !self.by_effect.is_empty()
                    && let Some(entry) = cx.knows(call)
                {
                    for (effects, wanted) in &self.by_effect {
                        if entry.effects.any_of(*effects)
                            && wanted.fits(tag)
                            && !tried.contains(&wanted.rule)
                        {
                            self.try_rule(wanted.rule, *node, cx, &mut found);
                        }
                    }
                }
            }
        }
        sort(&mut found);
        debug_assert_eq!(
            found,
            self.run_plainly(cx),
            "the dispatch misses or invents findings"
        );
        found
    }

    /// What the rules find in command lines, in the same order.
    pub fn run_on_commands(&self, commands: &[Command]) -> Vec<Finding> {
        let mut found = Vec::new();
        for command in commands {
            for rule in &self.rules {
                let Some(mut finding) = rule.run_on_command.and_then(|run| run(command)) else {
                    continue;
                };
                finding.rule = rule.info.name;
                if finding.cost.is_empty() {
                    finding.cost = rule.info.cost.to_string();
                }
                found.push(finding);
            }
        }
        sort(&mut found);
        found.dedup();
        found
    }

    /// What every rule says of the nodes that begin within `lines`, and what it asked: first of those that spoke, then of those
    /// that asked something and stayed silent.
    pub fn explain<'a>(
        &self,
        cx: &Cx<'a>,
        lines: TextRange,
    ) -> (Vec<(Finding, Silence)>, Vec<Silence>) {
        let mut spoke: Vec<(Finding, Silence)> = Vec::new();
        let mut silent: Vec<Silence> = Vec::new();
        for node in cx.tree.nodes() {
            if !lines.contains(node.start()) {
                continue;
            }
            for (i, rule) in (0u16..).zip(&self.rules) {
                if !self.wants(rule, *node, cx) {
                    continue;
                }
                let mut found = Vec::new();
                let ((), asked) = cx.traced(|| self.try_rule(i, *node, cx, &mut found));
                let silence = Silence {
                    rule: rule.info.name,
                    place: node.range(),
                    asked,
                };
                match found.pop() {
                    Some(finding) => spoke.push((finding, silence)),
                    // One that asked nothing saw at a glance that the code is none of its business.
                    None if silence.asked.is_empty() => {}
                    None => match silent.iter_mut().find(|other| other.rule == silence.rule) {
                        Some(other) if other.asked.len() >= silence.asked.len() => {}
                        Some(other) => *other = silence,
                        None => silent.push(silence),
                    },
                }
            }
        }
        silent.retain(|silence| spoke.iter().all(|(_, other)| other.rule != silence.rule));
        silent.sort_by_key(|silence| std::cmp::Reverse(silence.asked.len()));
        (spoke, silent)
    }

    /// Whether a rule asked for nodes like this one.
    fn wants<'a>(&self, rule: &RuleEntry, node: AnyNodeRef<'a>, cx: &Cx<'a>) -> bool {
        rule.kinds.contains(&node.kind())
            && (rule.wants_all()
                || match node {
                    AnyNodeRef::ExprCall(call) => {
                        let named = || {
                            let name = cx.name(&*call.func);
                            name.is_some_and(|name| rule.callees.contains(&name.as_str()))
                        };
                        let does = || {
                            let known = cx.knows(call);
                            known.is_some_and(|known| known.effects.any_of(rule.effects))
                        };
                        (!rule.callees.is_empty() && named())
                            || (!rule.effects.is_empty() && does())
                    }
                    _ => false,
                })
    }

    /// The same, by trying every rule on every node.
    fn run_plainly<'a>(&self, cx: &Cx<'a>) -> Vec<Finding> {
        let mut found = Vec::new();
        for node in cx.tree.nodes() {
            for (i, rule) in (0u16..).zip(&self.rules) {
                if self.wants(rule, *node, cx) {
                    self.try_rule(i, *node, cx, &mut found);
                }
            }
        }
        sort(&mut found);
        found
    }

    fn try_rule<'a>(&self, rule: u16, node: AnyNodeRef<'a>, cx: &Cx<'a>, found: &mut Vec<Finding>) {
        let entry = &self.rules[usize::from(rule)];
        // Asked last, as findings are few.
        if let Some(mut finding) = (entry.run)(node, cx)
            && can_matter(entry.info.cost, node, cx)
        {
            finding.rule = entry.info.name;
            if finding.cost.is_empty() {
                finding.cost = entry.info.cost.to_string();
            }
            found.push(finding);
        }
    }

    /// Names under which the file calls something that rules want: `from time import sleep as pause`, `pause = time.sleep`.
    fn renamed<'a>(&self, cx: &Cx<'a>) -> FxHashSet<&'a str> {
        let given = cx.tree.renamings().iter().filter_map(|node| match node {
            AnyNodeRef::Alias(alias) => {
                let name = alias.asname.as_ref()?;
                Some((name.as_str(), last_segment(alias.name.as_str())))
            }
            AnyNodeRef::StmtAssign(stmt) => {
                match (stmt.targets.as_slice(), spelled(&stmt.value)?) {
                    ([Expr::Name(name)], value) => Some((name.id.as_str(), value)),
                    _ => None,
                }
            }
            _ => None,
        });
        let given: Vec<(&'a str, &'a str)> = given.collect();
        let declared = cx.declared_libraries();
        let is_wanted = |name: &str| {
            self.by_callee.contains_key(name)
                || declared.is_some_and(|declared| declared.has_last(name))
        };
        let mut renamed: FxHashSet<&'a str> = FxHashSet::default();
        // A name may be passed on several times; the order of the text settles nearly all chains in one round.
        loop {
            let before = renamed.len();
            for (name, value) in &given {
                if is_wanted(value) || renamed.contains(value) {
                    renamed.insert(name);
                }
            }
            if renamed.len() == before {
                return renamed;
            }
        }
    }
}

fn sort(found: &mut [Finding]) {
    found.sort_by(|a, b| {
        let place = |finding: &Finding| (finding.range.start(), finding.range.end());
        place(a).cmp(&place(b)).then(a.rule.cmp(b.rule))
    });
}

fn spelled(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr),
        _ => None,
    }
}

/// Whether the cost of `node` can matter where it stands: what another compiler runs has other costs, what never runs has none, and a
/// factor of what runs once at import is nothing.
fn can_matter<'a>(cost: Cost, node: AnyNodeRef<'a>, cx: &Cx<'a>) -> bool {
    let is_factor = matches!(cost, Cost::Factor(_) | Cost::Constant(_));
    let is_definition = node.is_stmt_function_def() || node.is_stmt_class_def();
    !cx.is_compiled(node)
        && match cx.runs(node) {
            Runs::Never => false,
            Runs::Once => !is_factor || is_definition,
            Runs::Often => true,
        }
}

fn last_segment(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
