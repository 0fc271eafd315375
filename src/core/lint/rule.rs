//! A rule: its declaration, and what the program may ask about it.

use ruff_python_ast::{AnyNodeRef, ExprCall, NodeKind};

use super::{Cx, Finding, FixLevel, Query, Severity};
use crate::commands::Command;
use crate::python::{Effects, Tag};

/// What a rule says of itself; made by `rules/build.rs` from the rule's file, so that nothing is said twice.
#[derive(Clone, Copy, Debug)]
pub struct RuleInfo {
    /// Kebab case, the file's name.
    pub name: &'static str,
    /// The folder that the file lies in.
    pub group: Group,
    /// The file's header: Markdown, with the heading first and `python bad`, `good`, `fine` and `input` fences.
    pub page: &'static str,
    /// The best level of fix that the rule can offer.
    pub fix: Option<FixLevel>,
    /// Whether it matters how much there is of something, so that findings are told from what is only assumed: [`Finding::sized`].
    pub weighs: bool,
    /// What the pattern costs, as declared.
    pub cost: Cost,
    /// Measured figures, as `hotlint measure` wrote them (JSON).
    pub evidence: Option<&'static str>,
}

impl RuleInfo {
    /// The heading of the page, without the `#`.
    pub fn title(&self) -> &'static str {
        let line = self.page.lines().next().unwrap_or_default();
        line.trim_start_matches('#').trim()
    }

    /// Rules whose claim could be timed and was not are in preview: they run when named, or when the group `preview` or `all` is.
    pub fn is_preview(&self) -> bool {
        self.evidence.is_none() && self.cost.can_be_timed()
    }

    /// Whether the rule runs when nothing was selected: its cost is one that every reader cares about.
    pub fn is_default(&self) -> bool {
        !self.is_preview() && self.cost.pays()
    }

    pub fn severity(&self) -> Severity {
        if self.cost.pays() {
            Severity::Warning
        } else {
            Severity::Info
        }
    }
}

/// What a rule is about; the folder that its file lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// The complexity class is worse than it needs to be.
    Algorithmic,
    /// Arrays, frames and tensors that Python goes through item by item, or makes anew for each.
    Arrays,
    /// The event loop stands still, or what was handed out to run at once does not.
    Async,
    /// A cache that leaks, never hits, or raises.
    Cache,
    /// A round trip or a system call per item.
    Io,
    /// More memory than needed, with little or no gain in time.
    Memory,
    /// A constant factor, and how it is measured.
    Micro,
}

impl Group {
    pub const ALL: [Group; 7] = [
        Group::Algorithmic,
        Group::Arrays,
        Group::Async,
        Group::Cache,
        Group::Io,
        Group::Memory,
        Group::Micro,
    ];

    /// The folder's name, and the word of the command line.
    pub fn name(self) -> &'static str {
        match self {
            Group::Algorithmic => "algorithmic",
            Group::Arrays => "arrays",
            Group::Async => "async",
            Group::Cache => "cache",
            Group::Io => "io",
            Group::Memory => "memory",
            Group::Micro => "micro",
        }
    }
}

/// What a pattern costs: the claim that the evidence has to bear out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Growth of the bad and of the good form, as in `("O(n²)", "O(n)")`.
    Growth(&'static str, &'static str),
    /// Waits for the network, a disk or a server, with a word on how many: `("n round trips", "1")`. No stopwatch here knows how
    /// long one takes there.
    RoundTrips(&'static str, &'static str),
    /// No other task runs for as long as the call takes.
    BlocksEventLoop,
    /// Bytes that need not be held.
    Memory(&'static str),
    /// Memory that is never given back.
    Leak(&'static str),
    /// The same growth, at least 1.5 times faster on every Python version that the rule speaks up for.
    Factor(&'static str),
    /// The same growth, a little faster.
    Constant(&'static str),
    /// It does not do what it looks like: an exception, a wrong figure, or nothing at all.
    Broken(&'static str),
    /// Time spent waiting for what could run at the same time, or later, or not at all. A stopwatch on an example says nothing of it.
    Wait(&'static str),
    /// It depends on what the text does not tell, as what the code is for. For those who ask.
    Debatable(&'static str),
}

impl Cost {
    /// Whether a stopwatch or a count of bytes can bear the claim out; that an exception is raised needs neither.
    pub fn can_be_timed(self) -> bool {
        matches!(
            self,
            Cost::Growth(..) | Cost::Factor(_) | Cost::Constant(_) | Cost::Memory(_)
        )
    }

    /// Whether the cost is worth everybody's time. Memory, small factors and what depends are for those who ask: a reader who was
    /// not told to care shrugs at them.
    pub fn pays(self) -> bool {
        !matches!(
            self,
            Cost::Memory(_) | Cost::Constant(_) | Cost::Debatable(_)
        )
    }
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Cost::Growth(bad, good) | Cost::RoundTrips(bad, good) => write!(f, "{bad} -> {good}"),
            Cost::BlocksEventLoop => f.write_str("blocks the event loop"),
            Cost::Memory(text)
            | Cost::Leak(text)
            | Cost::Factor(text)
            | Cost::Constant(text)
            | Cost::Broken(text)
            | Cost::Wait(text)
            | Cost::Debatable(text) => f.write_str(text),
        }
    }
}

/// A rule: what it wants to see, and what it thinks of it.
///
/// One file a rule, found by being there: `rules/<group>/<name>.rs` has the page in its header and one `impl Rule`.
pub trait Rule {
    /// What the rule wants to see.
    type On: Query;
    /// For rules on calls and attributes: the methods or attributes that they want, as they are spelled, whatever the receiver is. Joins
    /// the callees.
    const METHODS: &'static [&'static str] = &[];
    /// For rules on calls: the qualified names whose calls they want; empty is every call.
    const CALLEES: &'static [&'static str] = &[];
    /// For rules on calls: what the calls that they want do, as far as libraries are known: any of these. Joins the callees.
    const EFFECTS: Effects = Effects::NONE;
    /// The claimed cost, which the evidence has to bear out.
    const COST: Cost;
    /// Whether [`Rule::check_command`] has anything to say: command lines are read for such rules only.
    const READS_COMMANDS: bool = false;

    /// The same of a command line that lies beside the Python code.
    fn check_command(_: &Command) -> Option<Finding> {
        None
    }

    /// For rules on what calls do: whether a call can be what the rule looks for, by what stands around it. Asked before the libraries,
    /// for whose sake other files may have to be read.
    fn is_worth_asking<'a>(_: &'a ExprCall, _: &Cx<'a>) -> bool {
        true
    }

    /// Whether the file may have what the rule looks for, by what it imports and the like: asked once a file, before any node.
    fn concerns(_: &Cx<'_>) -> bool {
        true
    }

    fn check<'a>(node: <Self::On as Query>::Node<'a>, cx: &Cx<'a>) -> Option<Finding>;
}

/// A rule as the dispatch sees it: its own words, and how to run it.
#[derive(Clone, Copy)]
pub struct RuleEntry {
    pub info: RuleInfo,
    pub(super) kinds: &'static [NodeKind],
    /// Where the nodes stand, as [`crate::python::Tag`] has it.
    pub(super) places: u16,
    pub(super) methods: &'static [&'static str],
    pub(super) callees: &'static [&'static str],
    pub(super) effects: Effects,
    pub(super) run_on_command: Option<fn(&Command) -> Option<Finding>>,
    pub(super) is_worth_asking: for<'a> fn(&'a ExprCall, &Cx<'a>) -> bool,
    pub(super) concerns: for<'a> fn(&Cx<'a>) -> bool,
    /// Boxed, for there is none nearly always: nothing but a null has to be handed back.
    pub(super) run: for<'a> fn(AnyNodeRef<'a>, &Cx<'a>) -> Option<Box<Finding>>,
}

impl RuleEntry {
    /// Binds what `build.rs` read from the rule's file to the rule itself.
    pub const fn new<R: Rule>(
        name: &'static str,
        group: Group,
        page: &'static str,
        fix: Option<FixLevel>,
        weighs: bool,
        evidence: Option<&'static str>,
    ) -> Self {
        Self {
            info: RuleInfo {
                name,
                group,
                page,
                fix,
                weighs,
                cost: R::COST,
                evidence,
            },
            kinds: <R::On as Query>::KINDS,
            places: if <R::On as Query>::LOOPED {
                Tag::LOOPED
            } else {
                0
            } | if <R::On as Query>::ASYNC {
                Tag::ASYNC
            } else {
                0
            },
            methods: R::METHODS,
            callees: R::CALLEES,
            effects: R::EFFECTS,
            run_on_command: if R::READS_COMMANDS {
                Some(R::check_command)
            } else {
                None
            },
            is_worth_asking: R::is_worth_asking,
            concerns: R::concerns,
            run: run::<R>,
        }
    }
}

impl RuleEntry {
    /// Whether it has anything to say of command lines.
    pub const fn reads_commands(&self) -> bool {
        self.run_on_command.is_some()
    }

    /// Whether the rule wants all nodes of a kind of its own, not only those that are called or spelled as it says.
    pub(super) fn wants_all(&self, kind: NodeKind) -> bool {
        match kind {
            NodeKind::ExprCall => {
                self.callees.is_empty() && self.effects.is_empty() && self.methods.is_empty()
            }
            NodeKind::ExprAttribute => self.methods.is_empty(),
            _ => true,
        }
    }
}

impl std::ops::Deref for RuleEntry {
    type Target = RuleInfo;

    fn deref(&self) -> &RuleInfo {
        &self.info
    }
}

fn run<'a, R: Rule>(node: AnyNodeRef<'a>, cx: &Cx<'a>) -> Option<Box<Finding>> {
    let found = R::check(<R::On as Query>::get(node, cx)?, cx)?;
    <R::On as Query>::holds(node, cx).then(|| Box::new(found))
}
