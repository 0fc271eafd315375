//! Brings each node to the rules that asked for it: a table by kind of node and by whether a loop is around it, and an index of calls by
//! the callee's last name, which also tells whether a library knows something by that name that does what rules ask for.
//!
//! **Invariant**: finds exactly what trying every rule on every node finds; debug builds do both and compare.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall, NodeKind};
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
    /// Rules on attributes of a certain name.
    by_attribute: FxHashMap<&'static str, Vec<Wanted>>,
    callees: Sieve,
    attributes: Sieve,
}

/// Says of nearly every name at a glance that it is not among certain ones: by first byte, which lengths there are.
struct Sieve(Box<[u64; 256]>);

impl Sieve {
    fn of<'n>(names: impl Iterator<Item = &'n &'static str>) -> Self {
        let mut lengths = Box::new([0; 256]);
        for name in names {
            if let Some(first) = name.as_bytes().first() {
                lengths[usize::from(*first)] |= 1 << (name.len() % 64);
            }
        }
        Self(lengths)
    }

    #[inline]
    fn may_have(&self, name: &str) -> bool {
        let first = name.as_bytes().first();
        first.is_some_and(|first| self.0[usize::from(*first)] & (1 << (name.len() % 64)) != 0)
    }
}

/// A rule that wants certain nodes.
#[derive(Clone, Copy)]
struct Wanted {
    rule: u16,
    /// Only there.
    places: u16,
}

impl Wanted {
    fn fits(self, tag: Tag) -> bool {
        tag.is_in(self.places)
    }
}

/// What rules want of calls whose callee's name ends alike.
#[derive(Default)]
struct Called {
    /// Rules on methods of that name, whatever the receiver.
    methods: Vec<Wanted>,
    names: Vec<(&'static str, Wanted)>,
    /// Rules that ask for what a library's function by that name does.
    does: Vec<Wanted>,
}

impl Called {
    /// Whether a rule may want the call by the callee's name.
    fn is_named(&self, tag: Tag) -> bool {
        self.names.iter().any(|(_, wanted)| wanted.fits(tag))
    }

    /// Whether a rule may want it for what it does.
    fn does(&self, tag: Tag) -> bool {
        self.does.iter().any(|wanted| wanted.fits(tag))
    }
}

/// What rules may ask of the place of a node.
const PLACES: [u16; 4] = [0, Tag::LOOPED, Tag::ASYNC, Tag::LOOPED | Tag::ASYNC];

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
        let mut by_attribute: FxHashMap<&'static str, Vec<Wanted>> = FxHashMap::default();
        let mut by_effect = Vec::new();
        for (i, rule) in (0u16..).zip(&rules) {
            let wanted = Wanted {
                rule: i,
                places: rule.places,
            };
            for kind in rule.kinds.iter().filter(|kind| rule.wants_all(**kind)) {
                for places in PLACES {
                    let tag = Tag::new(*kind, places);
                    if wanted.fits(tag) {
                        by_tag[tag.index()].push(i);
                    }
                }
            }
            for name in rule.methods {
                if rule.kinds.contains(&NodeKind::ExprCall) {
                    by_callee.entry(name).or_default().methods.push(wanted);
                }
                if rule.kinds.contains(&NodeKind::ExprAttribute) {
                    by_attribute.entry(name).or_default().push(wanted);
                }
            }
            for callee in rule.callees {
                let known = by_callee.entry(last_segment(callee)).or_default();
                known.names.push((callee, wanted));
            }
            if !rule.effects.is_empty() {
                by_effect.push((rule.effects, wanted));
            }
        }
        for entry in entries() {
            for (effects, wanted) in &by_effect {
                if entry.effects.any_of(*effects) {
                    let does = &mut by_callee.entry(entry.last()).or_default().does;
                    if does.iter().all(|known| known.rule != wanted.rule) {
                        does.push(*wanted);
                    }
                }
            }
        }
        let mut wanted = [false; Tag::COUNT];
        for (wanted, rules) in wanted.iter_mut().zip(&by_tag) {
            *wanted = !rules.is_empty();
        }
        for places in PLACES {
            wanted[Tag::new(NodeKind::ExprCall, places).index()] |= !by_callee.is_empty();
            wanted[Tag::new(NodeKind::ExprAttribute, places).index()] |= !by_attribute.is_empty();
        }
        Self {
            callees: Sieve::of(by_callee.keys()),
            attributes: Sieve::of(by_attribute.keys()),
            rules,
            by_tag,
            wanted,
            by_callee,
            by_effect,
            by_attribute,
        }
    }

    /// Names of the rules that run.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.rules.iter().map(|rule| rule.info.name)
    }

    /// What the rules find, in order of place, then of rule.
    pub fn run<'a>(&self, cx: &Cx<'a>) -> Vec<Finding> {
        let mut run = Run {
            dispatch: self,
            cx,
            concerned: self.concerned(cx),
            renamed: self.renamed(cx),
            found: Vec::new(),
        };
        for (tag, node) in cx.tree.tagged() {
            if !self.wanted[tag.index()] {
                continue;
            }
            for rule in &self.by_tag[tag.index()] {
                run.try_rule(*rule, *node);
            }
            match node {
                AnyNodeRef::ExprCall(call) => run.try_call(tag, *node, call),
                AnyNodeRef::ExprAttribute(attribute) => {
                    if self.attributes.may_have(&attribute.attr)
                        && let Some(all) = self.by_attribute.get(attribute.attr.as_str())
                    {
                        for wanted in all.iter().filter(|wanted| wanted.fits(tag)) {
                            run.try_rule(wanted.rule, *node);
                        }
                    }
                }
                _ => {}
            }
        }
        let mut found = run.found;
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

    /// Which rules may find something in this file.
    fn concerned(&self, cx: &Cx<'_>) -> Vec<bool> {
        self.rules.iter().map(|rule| (rule.concerns)(cx)).collect()
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
            for rule in &self.rules {
                if !self.wants(rule, *node, cx) {
                    continue;
                }
                let (found, asked) = cx.traced(|| ask(rule, *node, cx));
                let silence = Silence {
                    rule: rule.info.name,
                    place: node.range(),
                    asked,
                };
                match found {
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
        if !rule.kinds.contains(&node.kind()) || !cx.tree.tag(node).is_in(rule.places) {
            return false;
        }
        if rule.wants_all(node.kind()) {
            return true;
        }
        let named_or_does = |call: &'a ExprCall| {
            let named = || {
                let name = cx.name(&*call.func);
                name.is_some_and(|name| rule.callees.contains(&name.as_str()))
            };
            let does = || {
                let known = (rule.is_worth_asking)(call, cx).then(|| cx.knows(call));
                (known.flatten()).is_some_and(|known| known.effects.any_of(rule.effects))
            };
            (!rule.callees.is_empty() && named()) || (!rule.effects.is_empty() && does())
        };
        let is_spelled = |name: Option<&str>| name.is_some_and(|name| rule.methods.contains(&name));
        match node {
            AnyNodeRef::ExprCall(call) => {
                let method = call.func.as_attribute_expr();
                is_spelled(method.map(|method| method.attr.as_str())) || named_or_does(call)
            }
            AnyNodeRef::ExprAttribute(attribute) => is_spelled(Some(&attribute.attr)),
            _ => false,
        }
    }

    /// The same, by trying every rule on every node, whatever it says that concerns it.
    fn run_plainly<'a>(&self, cx: &Cx<'a>) -> Vec<Finding> {
        let mut found = Vec::new();
        for node in cx.tree.nodes() {
            for rule in &self.rules {
                if self.wants(rule, *node, cx) {
                    found.extend(ask(rule, *node, cx));
                }
            }
        }
        sort(&mut found);
        found
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

/// The rules at work on one file.
struct Run<'d, 'c, 'a> {
    dispatch: &'d Dispatch,
    cx: &'c Cx<'a>,
    /// By rule: whether the file may have what it looks for.
    concerned: Vec<bool>,
    /// See [`Dispatch::renamed`].
    renamed: FxHashSet<&'a str>,
    found: Vec<Finding>,
}

impl<'a> Run<'_, '_, 'a> {
    #[inline]
    fn try_rule(&mut self, rule: u16, node: AnyNodeRef<'a>) {
        let rule = usize::from(rule);
        if self.concerned[rule]
            && let Some(finding) = (self.dispatch.rules[rule].run)(node, self.cx)
        {
            self.keep(rule, node, finding);
        }
    }

    #[cold]
    fn keep(&mut self, rule: usize, node: AnyNodeRef<'a>, finding: Box<Finding>) {
        self.found
            .extend(settled(&self.dispatch.rules[rule], node, *finding, self.cx));
    }

    /// The rules that want certain calls.
    fn try_call(&mut self, tag: Tag, node: AnyNodeRef<'a>, call: &'a ExprCall) {
        let Some(spelled) = spelled(&call.func) else {
            return;
        };
        let dispatch = self.dispatch;
        let known = dispatch.callees.may_have(spelled);
        let called = known.then(|| dispatch.by_callee.get(spelled)).flatten();
        let renamed = !self.renamed.is_empty() && self.renamed.contains(spelled);
        let declared = self
            .cx
            .declared_libraries()
            .is_some_and(|declared| declared.has_last(spelled));
        if called.is_none() && !renamed && !declared {
            return;
        }
        let mut tried: SmallVec<[u16; 4]> = SmallVec::new();
        let mut once = |run: &mut Self, rule: u16| {
            if !tried.contains(&rule) {
                tried.push(rule);
                run.try_rule(rule, node);
            }
        };
        for wanted in called.into_iter().flat_map(|called| &called.methods) {
            if call.func.is_attribute_expr() && wanted.fits(tag) {
                once(self, wanted.rule);
            }
        }
        let by_name = renamed || called.is_some_and(|called| called.is_named(tag));
        if by_name && let Some(name) = self.cx.name(&*call.func) {
            let called = dispatch.by_callee.get(last_segment(&name));
            for (callee, wanted) in called.into_iter().flat_map(|called| &called.names) {
                if *callee == name && wanted.fits(tag) {
                    once(self, wanted.rule);
                }
            }
        }
        // Under another name it may be anything.
        let is_anything = renamed || declared;
        if !is_anything && !called.is_some_and(|called| called.does(tag)) {
            return;
        }
        let may_do = |rule: u16| {
            let does = called.into_iter().flat_map(|called| &called.does);
            is_anything || does.into_iter().any(|wanted| wanted.rule == rule)
        };
        let may_speak = |(_, wanted): &&(Effects, Wanted)| {
            wanted.fits(tag) && self.concerned[usize::from(wanted.rule)] && may_do(wanted.rule)
        };
        let rules: SmallVec<[_; 8]> = dispatch.by_effect.iter().filter(may_speak).collect();
        let is_worth_asking =
            |rule: u16| (dispatch.rules[usize::from(rule)].is_worth_asking)(call, self.cx);
        if rules.is_empty() {
            return;
        }
        let is_worth = || rules.iter().any(|(_, wanted)| is_worth_asking(wanted.rule));
        if let Some(entry) = self.cx.knows_where(call, is_worth) {
            for (effects, wanted) in &rules {
                if entry.effects.any_of(*effects) && is_worth_asking(wanted.rule) {
                    once(self, wanted.rule);
                }
            }
        }
    }
}

/// What a rule says of a node.
fn ask<'a>(rule: &RuleEntry, node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<Finding> {
    let finding = (rule.run)(node, cx)?;
    settled(rule, node, *finding, cx)
}

/// A finding with all that the rule need not say, where it matters.
fn settled<'a>(
    rule: &RuleEntry,
    node: AnyNodeRef<'a>,
    mut finding: Finding,
    cx: &Cx<'a>,
) -> Option<Finding> {
    // Asked last, as findings are few.
    if !can_matter(rule.info.cost, node, cx) {
        return None;
    }
    finding.rule = rule.info.name;
    if finding.cost.is_empty() {
        finding.cost = rule.info.cost.to_string();
    }
    Some(finding)
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
