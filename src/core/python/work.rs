//! How much work a call does that changes nothing: whether it goes over everything that it is given.

use std::sync::LazyLock;

use ruff_python_ast::{self as ast, Expr};
use rustc_hash::FxHashSet;

use super::effects::Purity;
use super::facts::Facts;
use super::symbols::Binding;
use super::types::Type;

/// A call that takes time in proportion to what it is given, and changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// What it goes over; `None` for a function of this file that loops.
    pub over: Option<&'a Expr>,
    /// Whether each call may make an object of its own that can be changed: two of them are not the same as one.
    pub makes_new: bool,
}

/// Functions of the standard library and of NumPy that only compute, and go over their first argument.
pub(super) const PASSES: &[&str] = &[
    "ast.literal_eval",
    "ast.parse",
    "base64.b64decode",
    "base64.b64encode",
    "collections.Counter",
    "inspect.cleandoc",
    "inspect.getdoc",
    "inspect.getmembers",
    "inspect.getsource",
    "inspect.signature",
    "json.dumps",
    "json.loads",
    "math.fsum",
    "math.prod",
    "numpy.argmax",
    "numpy.argmin",
    "numpy.argsort",
    "numpy.count_nonzero",
    "numpy.cumsum",
    "numpy.linalg.det",
    "numpy.linalg.eig",
    "numpy.linalg.eigh",
    "numpy.linalg.inv",
    "numpy.linalg.norm",
    "numpy.linalg.pinv",
    "numpy.linalg.svd",
    "numpy.max",
    "numpy.mean",
    "numpy.median",
    "numpy.min",
    "numpy.percentile",
    "numpy.quantile",
    "numpy.sort",
    "numpy.std",
    "numpy.sum",
    "numpy.unique",
    "numpy.var",
    "shlex.split",
    "statistics.fmean",
    "statistics.mean",
    "statistics.median",
    "statistics.pstdev",
    "statistics.stdev",
    "statistics.variance",
    "textwrap.dedent",
    "typing.get_type_hints",
    "urllib.parse.parse_qs",
    "urllib.parse.urlparse",
    "urllib.parse.urlsplit",
    "zlib.adler32",
    "zlib.crc32",
];

/// The builtins that only compute and go over what they are given, or over their receiver.
const BUILTINS: &[&str] = &[
    "count",
    "dict",
    "frozenset",
    "index",
    "join",
    "list",
    "max",
    "min",
    "rsplit",
    "set",
    "sorted",
    "split",
    "splitlines",
    "sum",
    "tuple",
];

/// The last words of all of these.
static WORDS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
    let passes = PASSES.iter().filter_map(|pass| pass.rsplit('.').next());
    passes.chain(BUILTINS.iter().copied()).collect()
});

// Left out on purpose: `lower`, `encode` and their like. They go over the text as well, but over a word of it, mostly: a reader
// shrugs at 50 nanoseconds.

impl<'a> Facts<'a> {
    /// Whether the spelling of a call allows for [`Self::work`]: a look at one word, for calls by the million.
    pub fn may_work(&self, call: &'a ast::ExprCall) -> bool {
        match &*call.func {
            // One that is not of this file may be another name for any of them.
            Expr::Name(name) => match self.symbol(name) {
                Some(symbol) => !matches!(self.only_binding(symbol), Some(Binding::Class(_))),
                None => WORDS.contains(name.id.as_str()),
            },
            Expr::Attribute(method) => {
                WORDS.contains(method.attr.as_str()) || self.callee(call).is_some()
            }
            _ => false,
        }
    }

    /// The work that a call does over and over if it is repeated, where it changes nothing and takes more than constant time.
    pub fn work(&self, call: &'a ast::ExprCall) -> Option<Work<'a>> {
        if let Some(def) = self.callee(call) {
            let loops = || {
                self.own_nodes(def).any(|node| match node {
                    ruff_python_ast::AnyNodeRef::StmtFor(_)
                    | ruff_python_ast::AnyNodeRef::StmtWhile(_) => true,
                    other => !super::tree::comprehension_generators(other).is_empty(),
                })
            };
            // The cheaper question first.
            let works = loops() && self.function_purity(def) > Purity::Impure;
            return works.then_some(Work {
                over: None,
                makes_new: true,
            });
        }
        let name = self.name(&*call.func)?;
        let args = &*call.arguments.args;
        let pass = |over, makes_new| {
            Some(Work {
                over: Some(over),
                makes_new,
            })
        };
        let Some(builtin) = name.strip_prefix("builtins.") else {
            let first = args.first().filter(|_| PASSES.contains(&&*name))?;
            return pass(first, true);
        };
        let receiver = || Some(&*call.func.as_attribute_expr()?.value);
        match (builtin, args) {
            (
                "sum" | "max" | "min" | "sorted" | "set" | "frozenset" | "dict" | "list" | "tuple",
                [items, ..],
            ) if args.len() == 1 || builtin == "sum" => {
                let fixed = matches!(
                    self.ty(items),
                    // Used up by the first call, or no collection at all.
                    Type::Iterator(_) | Type::File(_) | Type::Range
                );
                if fixed || items.is_starred_expr() {
                    return None;
                }
                pass(items, !matches!(builtin, "sum" | "max" | "min"))
            }
            (
                "str.split" | "str.rsplit" | "str.splitlines" | "bytes.split" | "bytes.splitlines",
                _,
            ) => pass(receiver()?, true),
            ("str.join" | "bytes.join", [items]) => pass(items, false),
            ("list.count" | "list.index" | "tuple.count" | "tuple.index", _) => {
                pass(receiver()?, false)
            }
            _ => None,
        }
    }
}
