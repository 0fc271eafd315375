//! Facts about one Python file: what a name means, what an expression is, what a loop does.
//!
//! **Invariant**: knows nothing of rules and findings.

mod accumulation;
mod annotations;
mod blocks;
mod caches;
mod classes;
mod compiled;
mod context;
mod depth;
mod effects;
mod facts;
mod fills;
mod functions;
mod imports;
mod infer;
mod interner;
mod iteration;
mod loops;
mod names;
mod operations;
mod parse;
mod per_item;
mod source;
mod symbols;
mod text;
mod tree;
mod types;
mod uses;
mod versions;
mod walk;

pub use accumulation::{Accumulation, Shape, summands};
pub use blocks::{Leaves, bodies, function_around, is_for_an_error, leaves, siblings};
pub use caches::{CacheLimit, Cached};
pub use classes::{Base, Layout, Slots};
pub use context::Runs;
pub use depth::STACK_SIZE;
pub use effects::Purity;
pub use facts::Facts;
pub use fills::{Fill, FillLoop, Partial};
pub use imports::Import;
pub use iteration::Consumer;
pub use loops::{FEW, Loop};
pub use parse::{ParseProblem, Parsed, parse};
pub use per_item::{PerItem, plain_parameters};
pub use source::{Source, SourceKind};
pub use symbols::{Binding, Symbol};
pub use tree::{MAX_DEPTH, NodeId, Scope, ScopeId, ScopeKind, Tree, comprehension_generators};
pub use types::{ClassRef, Type};
pub use uses::Use;
pub use versions::{PythonVersion, Versions};
