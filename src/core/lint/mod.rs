//! The words rules speak: query, rule, finding, fix, and the dispatch that brings a node to the rules that asked for it.
//!
//! **Invariant**: depends on [`crate::python`] only, never the other way round.

mod added;
mod before_loop;
mod blocking;
mod built;
mod clocks;
mod comprehensions;
mod cx;
mod dispatch;
mod finding;
mod hoist;
mod kept;
mod page;
mod query;
mod rule;
mod sides;
mod steps;
mod trace;

pub use added::Added;
pub use cx::Cx;
pub use dispatch::Dispatch;
pub use finding::{Cause, Edit, Elsewhere, Finding, Fix, FixLevel, Severity};
pub use page::{Example, ExampleKind, Pair, examples, pairs};
pub use query::{
    Accumulating, AnyComprehension, AnyFor, AnyImport, CallOrDecorated, FirstElement, InAsync,
    InLoop, Looped, Query,
};
pub use rule::{Cost, Group, Rule, RuleEntry, RuleInfo};
pub use sides::OneSided;
pub use steps::way;
pub use trace::{Asked, Silence};
