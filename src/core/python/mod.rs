//! Facts about one Python file: what a name means, what an expression is, what a loop does.
//!
//! **Invariant**: knows nothing of rules and findings.

mod accumulation;
mod annotations;
mod appends;
mod blocks;
mod caches;
mod callees;
mod classes;
mod compiled;
mod depth;
mod effects;
mod facts;
mod fate;
mod functions;
mod guards;
mod imports;
mod infer;
mod instances;
mod invariance;
mod loops;
mod messages;
mod names;
mod operations;
mod parse;
mod source;
mod symbols;
mod text;
mod tree;
mod types;
mod uses;
mod versions;
mod work;

pub use accumulation::{Accumulation, Shape, summands};
pub use appends::{AppendLoop, Partial};
pub use blocks::{Leaves, bodies, function_around, leaves, siblings};
pub use caches::{CacheLimit, Cached};
pub use classes::{Base, Layout, Slots};
pub use depth::STACK_SIZE;
pub use effects::Purity;
pub use facts::Facts;
pub use imports::Import;
pub use instances::Instances;
pub use loops::{FEW, Loop};
pub use parse::{ParseProblem, Parsed, parse};
pub use source::{Source, SourceKind};
pub use symbols::{Binding, Symbol};
pub use tree::{MAX_DEPTH, NodeId, Scope, ScopeId, ScopeKind, Tree, comprehension_generators};
pub use types::{ClassRef, Type};
pub use uses::Use;
pub use versions::{PythonVersion, Versions};
pub use work::Work;
